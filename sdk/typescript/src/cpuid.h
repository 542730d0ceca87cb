// SPDX-License-Identifier: MIT
// Intrinsics of cpuid.ts

MODULE_INLINE u64 sdk_cpuid(u32 leaf, u32 subleaf)
{
    u32 eax = leaf, ebx, ecx = subleaf, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (u64)edx << 32 | eax;
}

INTRINSIC(u64, cpuid, cpuidEaxEdx, u32 leaf, u32 subleaf) { return sdk_cpuid(leaf, subleaf); }
INTRINSIC(u32, cpuid, cpuidEdx, u32 leaf, u32 subleaf) { return sdk_cpuid(leaf, subleaf) >> 32; }
