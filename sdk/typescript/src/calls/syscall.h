// SPDX-License-Identifier: MIT
// Intrinsics of syscall.ts

#include "bareflank.h"

#define SYSCALL_RAX(call) ((u64)BF_SYSCALL_SIGNATURE << 48 | (call))

// The handle that the start file opened.
extern u64 bf_handle __attribute__((visibility("hidden")));

// Functions of the module's table, the same on every processor; native/callbacks.c calls them.
static u32 sdk_dispatcher, sdk_fail_handler, sdk_loader, sdk_uncaught_handler, sdk_thrower, sdk_answerer;

// RCX and R11 go to the instruction itself; registers that a call does not name as outputs stay.
MODULE_INLINE u64 sdk_call(u32 call, u64 *reg0, u64 *reg1, u64 *reg2, u64 reg3)
{
    u64 status;
    register u64 r10 __asm__("r10") = reg3;
    __asm__ volatile("syscall"
                     : "=a"(status), "+D"(*reg0), "+S"(*reg1), "+d"(*reg2)
                     : "a"(SYSCALL_RAX(call)), "r"(r10)
                     : "rcx", "r11", "memory");
    return status;
}

INTRINSIC(u64, syscall, callStatus, u32 call, u64 reg1, u64 reg2, u64 reg3)
{
    u64 reg0 = bf_handle;
    return sdk_call(call, &reg0, &reg1, &reg2, reg3);
}

// What an assertion was about: call, REG1, REG2, status. defaults.S writes it.
_Thread_local u64 sdk_refusal[4] __attribute__((visibility("hidden")));

// No call that a compiler knows of: it would save registers for it where all goes well. Nothing comes back.
INTRINSIC(void, syscall, refuse, u32 call, u64 reg1, u64 reg2, u64 status)
{
    __asm__ volatile("call sdk_refused" : : "a"(status), "D"((u64)call), "S"(reg1), "d"(reg2));
    __builtin_unreachable();
}

INTRINSIC(u64, syscall, callValue, u32 call, u64 reg1, u64 reg2, u64 reg3)
{
    u64 reg0 = bf_handle, status = sdk_call(call, &reg0, &reg1, &reg2, reg3);
    if (__builtin_expect(status != BF_STATUS_SUCCESS, 0))
        w2c_syscall_refuse(0, call, reg1, reg2, status);
    return reg0;
}

INTRINSIC(u64, syscall, callOrZero, u32 call, u64 reg1, u64 reg2, u64 reg3)
{
    u64 reg0 = bf_handle;
    return sdk_call(call, &reg0, &reg1, &reg2, reg3) == BF_STATUS_SUCCESS ? reg0 : 0;
}

// Each processor has its own, as it has the module's globals.
static _Thread_local u64 sdk_output;

INTRINSIC(u64, syscall, callWithOutput, u32 call, u64 reg1, u64 reg2, u64 reg3)
{
    sdk_output = bf_handle;
    return sdk_call(call, &sdk_output, &reg1, &reg2, reg3);
}

INTRINSIC0(u64, syscall, callOutput) { return sdk_output; }

INTRINSIC(void, syscall, callDebug, u32 call, u64 reg0, u64 reg1)
{
    u64 reg2 = 0;
    sdk_call(call, &reg0, &reg1, &reg2, 0);
}

INTRINSIC0(void, syscall, assertionFailed)
{
    __asm__ volatile("int3");
}

INTRINSIC(u64, syscall, refusal, u32 index) { return sdk_refusal[index & 3]; }
INTRINSIC0(void, syscall, forgetRefusal) { sdk_refusal[0] = 0; }

INTRINSIC(void, syscall, useDispatcher, u32 index) { sdk_dispatcher = index; }
INTRINSIC(void, syscall, useFailHandler, u32 index) { sdk_fail_handler = index; }
INTRINSIC(void, syscall, useLoader, u32 index) { sdk_loader = index; }
INTRINSIC(void, syscall, useUncaughtHandler, u32 index) { sdk_uncaught_handler = index; }
INTRINSIC(void, syscall, useThrower, u32 index) { sdk_thrower = index; }
INTRINSIC(void, syscall, useAnswerer, u32 index) { sdk_answerer = index; }
