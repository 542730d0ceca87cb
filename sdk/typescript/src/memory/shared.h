// SPDX-License-Identifier: MIT
// Intrinsics of shared.ts: a page of the image's data, of which there is one, unlike the module's memory

static u8 sdk_shared[4096] __attribute__((aligned(4096)));

INTRINSIC0(u64, shared, sharedMemory) { return (u64)sdk_shared; }
