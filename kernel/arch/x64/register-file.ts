// What a VS's registers are while it is not active: u64 after u64, and the place of each among them

/** General registers other than RSP, in the TCB's order: rax rbx rcx rdx rbp rsi rdi r8 to r15. */
export const GENERAL_REGISTERS: u32 = 15;
/** Behind them what else the processor holds while the VS is active. */
export const VS_CR8: u32 = 15;
export const VS_DR0: u32 = 16;
export const VS_XCR0: u32 = 20;
/** On Intel these too, which AMD's VMCB holds. */
export const VS_CR2: u32 = 21;
export const VS_DR6: u32 = 22;
export const VS_STAR: u32 = 23;
export const VS_LSTAR: u32 = 24;
export const VS_CSTAR: u32 = 25;
export const VS_FMASK: u32 = 26;
export const VS_KERNEL_GS_BASE: u32 = 27;

/** On AMD what its extension wrote last there: EVENTINJ, then EFER to DR6 as the ABI numbers them (amd/written.ts). */
export const VS_WRITTEN_EVENT: u32 = 21;
export const VS_WRITTEN_STATE: u32 = 22;

/**
 * What its extension wrote into registers of the control block in which the kernel has a say, to be read back: the vendor
 * numbers them.
 */
export const VS_ASKED: u32 = 28;
const ASKED_COUNT: u32 = 12;

/** SPEC_CTRL, where it changes hands (speculation.ts). */
export const VS_SPEC_CTRL: u32 = VS_ASKED + ASKED_COUNT;

/** A guest's own MSRs (own-msrs.ts). */
export const VS_MSRS: u32 = VS_SPEC_CTRL + 1;
const MSR_COUNT: u32 = 17;

export const REGISTER_FILE_BYTES: u32 = (VS_MSRS + MSR_COUNT) * 8;
