// SPDX-License-Identifier: MIT
// Intrinsics of tsc.ts

INTRINSIC0(u64, tsc, readTsc)
{
    u32 low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (u64)high << 32 | low;
}
