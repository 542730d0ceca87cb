// What the delivery of #DB does beside: an exit of Intel's processors in its place leaves it out, and so does raising it again (SDM
// volume 3, 28.1 and 27.6.1)
//
// AMD's processors have done it when they exit (APM volume 2, 15.12.2).

/** DR6, and at the same places the exit's qualification (table 28-1): B0 to B3; with BD and BS. */
const HITS: u64 = 0xf;
const CAUSES: u64 = 0x600f;
/** Likewise, but clear in DR6 when they are meant: a bus lock; RTM, which each other #DB sets (18.2.3). */
const BUS_LOCK: u64 = 1 << 11;
const RTM: u64 = 1 << 16;
const GENERAL_DETECT: u64 = 1 << 13;
const LBR_AND_BTF: u64 = 3;

/** DR6 as the handler of a #DB with that qualification finds it. */
export function dr6Delivered(dr6: u64, qualification: u64): u64 {
  return ((dr6 & ~HITS) | RTM | (qualification & CAUSES)) & ~(qualification & (BUS_LOCK | RTM));
}

/** DR7 likewise: without GD, or the handler's own accesses to debug registers would trap (18.2.4). */
export function dr7Delivered(dr7: u64): u64 {
  return dr7 & ~GENERAL_DETECT;
}

/** DEBUGCTL likewise: without LBR and BTF (18.4.1, 18.4.3). */
export function debugControlDelivered(debugControl: u64): u64 {
  return debugControl & ~LBR_AND_BTF;
}
