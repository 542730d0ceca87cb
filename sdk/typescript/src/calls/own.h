// SPDX-License-Identifier: MIT
// Intrinsics of own.ts

static _Thread_local u64 sdk_own[18];

INTRINSIC(u64, own, ownWord, u32 which) { return sdk_own[which]; }
INTRINSIC(void, own, setOwnWord, u32 which, u64 value) { sdk_own[which] = value; }
INTRINSIC(u64, own, ownAddress, u32 which) { return (u64)&sdk_own[which]; }
