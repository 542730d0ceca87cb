// SPDX-License-Identifier: MIT
// Intrinsics of embed.ts. The toolchain writes the table (toolchain/src/embed.ts) for an extension that embeds anything:
// addresses and sizes in turn.

extern const u64 sdk_embedded_count __attribute__((visibility("hidden"))), sdk_embedded[] __attribute__((visibility("hidden")));

INTRINSIC(u64, embed, embeddedAddress, u32 index) { return index < sdk_embedded_count ? sdk_embedded[2 * index] : 0; }
INTRINSIC(u64, embed, embeddedBytes, u32 index) { return index < sdk_embedded_count ? sdk_embedded[2 * index + 1] : 0; }
