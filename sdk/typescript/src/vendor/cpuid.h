// SPDX-License-Identifier: MIT
// Intrinsics of cpuid.ts

MODULE_INLINE u32 sdk_cpuid(u32 leaf, u32 subleaf, u32 index)
{
    u32 r[4] = {leaf, 0, subleaf, 0};
    __asm__("cpuid" : "+a"(r[0]), "=b"(r[1]), "+c"(r[2]), "=d"(r[3]));
    return r[index & 3];
}

INTRINSIC(u32, cpuid, cpuidRegister, u32 leaf, u32 subleaf, u32 index) { return sdk_cpuid(leaf, subleaf, index); }
INTRINSIC(u32, cpuid, cpuidEdx, u32 leaf, u32 subleaf) { return sdk_cpuid(leaf, subleaf, 3); }
INTRINSIC(u64, cpuid, cpuidEaxEdx, u32 leaf, u32 subleaf)
{
    return (u64)sdk_cpuid(leaf, subleaf, 3) << 32 | sdk_cpuid(leaf, subleaf, 0);
}
