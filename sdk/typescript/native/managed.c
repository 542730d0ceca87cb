// SPDX-License-Identifier: MIT
// The runtime "managed": errors that nobody catches, traps as errors, and what the collector wants to know

#ifdef MODULE_MANAGED

// Makes the system call for a decision, whatever is on the stack: the next callback begins on an empty one (start.S).
_Noreturn void bf_decide(u32 next) __attribute__((visibility("hidden")));

// No callback returns from here: what lies on the stack is forgotten.
_Noreturn void module_uncaught(u32 error)
{
    if (sdk_uncaught_handler == 0)
        bf_decide(SDK_GIVE_UP);
    bf_decide(SDK_CALL(u32 (*)(void *, u32), sdk_uncaught_handler, error));
}

_Noreturn void module_trap(u32 code)
{
    if (sdk_thrower != 0)
        SDK_CALL(void (*)(void *, u32), sdk_thrower, code);
    __builtin_trap();
}

u32 heap_heapBytes(void) { return MODULE_ALLOCATED; }

u32 heap_heapWasExhausted(void)
{
    bool was = module_error.exhausted;
    module_error.exhausted = false;
    return was;
}

u32 stacktrace_traceLength(void) { return module_error.frames; }
u64 stacktrace_traceAddress(u32 index) { return module_error.trace[index]; }
void stacktrace_forgetTrace(void) { module_error.frames = 0; }

#endif
