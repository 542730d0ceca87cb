// Fields of the VMCB in which the kernel has a say: what an extension wrote is kept in the VS for reading back, and the VMCB
// holds what confinement.ts and address-space.ts make of it

/** Vs.asked: intercept vectors 2 to 5, one behind the other; then the rest. */
export const ASKED_INTERCEPTS: u32 = 0;
export const ASKED_IOPM: u32 = 4;
export const ASKED_MSRPM: u32 = 5;
export const ASKED_ASID: u32 = 6;
export const ASKED_TLB_CONTROL: u32 = 7;
/** Of the first word of virtual interrupts, of which the processor writes others, V_INTR_MASKING alone. */
export const ASKED_MASKING: u32 = 8;
export const ASKED_NESTED_CONTROL: u32 = 9;
export const ASKED_CLEAN_BITS: u32 = 10;
export const ASKED_VIRTUAL_LBR: u32 = 11;

/** V_INTR_MASKING: RFLAGS.IF and CR8 of a VM are its own, and mask no interrupt of the machine (15.21.1 and 15.21.2). */
export const INTERRUPT_MASKING: u64 = 1 << 24;
