// SPDX-License-Identifier: MIT
// Intrinsics of objects.ts

// Each processor has its own, as it has the module's globals.
static _Thread_local u64 sdk_results[4];

INTRINSIC(u64, objects, callObject, u32 call, u64 reg1, u64 reg2, u64 reg3, u64 reg4, u64 reg5)
{
    u64 status, reg0 = bf_handle;
    register u64 r10 __asm__("r10") = reg3, r8 __asm__("r8") = reg4, r9 __asm__("r9") = reg5;
    __asm__ volatile("syscall"
                     : "=a"(status), "+D"(reg0), "+S"(reg1), "+d"(reg2), "+r"(r10)
                     : "a"(SYSCALL_RAX(call)), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    sdk_results[0] = reg0;
    sdk_results[1] = reg1;
    sdk_results[2] = reg2;
    sdk_results[3] = r10;
    return status;
}

INTRINSIC(u64, objects, callResult, u32 index) { return sdk_results[index & 3]; }
