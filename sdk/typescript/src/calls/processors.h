// SPDX-License-Identifier: MIT
// Intrinsics of processors.ts: data of the image, of which there is one, unlike the module's memory

static u64 sdk_running, sdk_mailboxes[BF_MAX_PPS], sdk_apics[BF_MAX_PPS][4];

INTRINSIC0(u64, processors, runningProcessors) { return (u64)&sdk_running; }
INTRINSIC(u64, processors, mailboxWord, u32 ppid) { return (u64)&sdk_mailboxes[ppid]; }
INTRINSIC(u64, processors, apicWords, u32 ppid) { return (u64)sdk_apics[ppid]; }
