// SPDX-License-Identifier: MIT
// Intrinsics of cpuid.ts

INTRINSIC(u32, cpuid, cpuidEdx, u32 leaf, u32 subleaf)
{
    u32 eax = leaf, ebx, ecx = subleaf, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return edx;
}
