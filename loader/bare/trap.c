// SPDX-License-Identifier: MIT
// Ends the run when the module traps: a bug in its TypeScript

#include "wasm-rt.h"

void bareTrap(u32 code);

_Noreturn void module_trap(u32 code)
{
    bareTrap(code);
    __builtin_trap();
}
