// Where a local APIC keeps what it knows: a page of its VS
//
// The first KiB is its registers, at the offsets that they have in memory (SDM volume 3, table 11-1), 32 bits each at a multiple of
// 16. Behind them is what no register shows. Only the processor that has acquired the VS writes there, but for what is
// posted (posted.ts).

import { peek32, poke32 } from "../../../../bsl/src/memory";

export const APIC_ID: u32 = 0x20;
export const APIC_VERSION: u32 = 0x30;
export const APIC_TASK_PRIORITY: u32 = 0x80;
export const APIC_ARBITRATION_PRIORITY: u32 = 0x90;
export const APIC_PROCESSOR_PRIORITY: u32 = 0xa0;
export const APIC_EOI: u32 = 0xb0;
export const APIC_REMOTE_READ: u32 = 0xc0;
export const APIC_LOGICAL_DESTINATION: u32 = 0xd0;
export const APIC_DESTINATION_FORMAT: u32 = 0xe0;
export const APIC_SPURIOUS: u32 = 0xf0;
export const APIC_IN_SERVICE: u32 = 0x100;
export const APIC_TRIGGER_MODE: u32 = 0x180;
export const APIC_REQUESTED: u32 = 0x200;
export const APIC_ERROR: u32 = 0x280;
export const APIC_COMMAND: u32 = 0x300;
export const APIC_COMMAND_HIGH: u32 = 0x310;
export const APIC_LVT_TIMER: u32 = 0x320;
export const APIC_LVT_THERMAL: u32 = 0x330;
export const APIC_LVT_COUNTERS: u32 = 0x340;
export const APIC_LVT_LINT0: u32 = 0x350;
export const APIC_LVT_LINT1: u32 = 0x360;
export const APIC_LVT_ERROR: u32 = 0x370;
export const APIC_INITIAL_COUNT: u32 = 0x380;
export const APIC_CURRENT_COUNT: u32 = 0x390;
export const APIC_DIVIDE: u32 = 0x3e0;
export const APIC_SELF_IPI: u32 = 0x3f0;
export const APIC_REGISTERS_END: u32 = 0x400;

/** Vectors that others have posted, a bit each, and which of them are level-triggered: 32 bytes each. */
export const APIC_POSTED: u64 = 0x400;
export const APIC_POSTED_LEVELS: u64 = 0x420;
/** POSTED_*: what else they have. */
export const APIC_POSTED_EVENTS: u64 = 0x440;
/** The number by which the VM knows it: its ID in x2APIC mode. */
export const APIC_NUMBER: u64 = 0x448;
/** MODE_*. */
export const APIC_MODE: u64 = 0x44c;
/** Ticks of the time stamp counter in a millisecond. */
export const APIC_KHZ: u64 = 0x450;
/** By the processor's time stamp counter: when the timer is due, 0: never; and after how much it is again, 0: never. */
export const APIC_DEADLINE: u64 = 0x458;
export const APIC_PERIOD: u64 = 0x460;
/** What the guest has written to TSC_DEADLINE; 0 when it has come. */
export const APIC_TSC_DEADLINE: u64 = 0x468;
/** A vector of an 8259 that the caller has, | EXTERNAL_WAITS; 0: none. */
export const APIC_EXTERNAL: u64 = 0x470;

export const EXTERNAL_WAITS: u32 = 0x100;

/** The mode that APIC_BASE says. */
export const MODE_DISABLED: u32 = 0;
export const MODE_XAPIC: u32 = 1;
export const MODE_X2APIC: u32 = 2;

export function register(apic: u64, offset: u32): u32 {
  return peek32(apic + offset);
}
export function setRegister(apic: u64, offset: u32, value: u32): void {
  poke32(apic + offset, value);
}

export function modeOf(apic: u64): u32 {
  return peek32(apic + APIC_MODE);
}
export function numberOf(apic: u64): u32 {
  return peek32(apic + APIC_NUMBER);
}
