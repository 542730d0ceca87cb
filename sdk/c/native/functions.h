// SPDX-License-Identifier: MIT
// Intrinsics of sdk/typescript/src/calls/native.ts: functions of the extension, and what vs.c knows

struct bf_root {
    u32 vp, vs;
};
extern struct bf_root bf_roots[] __attribute__((visibility("hidden")));

INTRINSIC(u32, native, callHandler, u64 handler, u32 vsid) { return ((bool (*)(u32))handler)(vsid); }
INTRINSIC(void, native, callReceiver, u64 receiver, u32 from, u32 kind, u64 a, u64 b)
{
    ((void (*)(u32, u32, u64, u64))receiver)(from, kind, a, b);
}
INTRINSIC(u64, native, callFunction, u64 address) { return ((u64(*)(void))address)(); }
INTRINSIC(u64, native, rootOf, u32 ppid) { return (u64)bf_roots[ppid].vs << 32 | bf_roots[ppid].vp; }
