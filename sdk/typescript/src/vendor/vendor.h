// SPDX-License-Identifier: MIT
// Intrinsics of vendor.ts: the start file has asked CPUID

extern u8 bf_is_intel __attribute__((visibility("hidden")));

INTRINSIC0(u32, vendor, isIntel) { return bf_is_intel; }
