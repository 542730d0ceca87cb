// SPDX-License-Identifier: MIT
// Intrinsics of log.ts: the line that each processor puts together, its own even when all share an instance

// As many bytes as LINE_BYTES.
static _Thread_local struct {
    u8 text[256];
    u32 length, wanted;
} sdk_line;

INTRINSIC(void, log, beginLine, u32 wanted)
{
    sdk_line.length = 0;
    sdk_line.wanted = wanted;
}

INTRINSIC0(u32, log, isWanted) { return sdk_line.wanted; }
INTRINSIC0(u32, log, lineLength) { return sdk_line.length; }
INTRINSIC0(u64, log, lineText) { return (u64)sdk_line.text; }
INTRINSIC(void, log, append, u32 byte) { sdk_line.text[sdk_line.length++] = (u8)byte; }
