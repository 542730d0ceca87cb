// Capability MSRs and controls of VMX that the checks look at (SDM volume 3, appendix A, 25.6 to 25.8)

/** Capability MSRs. The TRUE ones of pin, primary, exit and entry controls lie a fixed distance behind. */
export const MSR_BASIC: u32 = 0x480;
export const MSR_PIN: u32 = 0x481;
export const MSR_PRIMARY: u32 = 0x482;
export const MSR_EXIT: u32 = 0x483;
export const MSR_ENTRY: u32 = 0x484;
export const MSR_MISC: u32 = 0x485;
export const MSR_CR0_FIXED0: u32 = 0x486;
export const MSR_CR0_FIXED1: u32 = 0x487;
export const MSR_CR4_FIXED0: u32 = 0x488;
export const MSR_CR4_FIXED1: u32 = 0x489;
export const MSR_SECONDARY: u32 = 0x48b;
export const MSR_EPT_VPID: u32 = 0x48c;
export const MSR_VMFUNC: u32 = 0x491;
export const MSR_TRUE_DISTANCE: u32 = 0xc;

/** Pin-based controls (25.6.1). */
export const PIN_EXTERNAL_INTERRUPTS: u32 = 0;
export const PIN_NMIS: u32 = 3;
export const PIN_VIRTUAL_NMIS: u32 = 5;
export const PIN_TIMER: u32 = 6;
export const PIN_POSTED_INTERRUPTS: u32 = 7;

/** Primary processor-based controls (25.6.2). */
export const PRIMARY_TPR_SHADOW: u32 = 21;
export const PRIMARY_NMI_WINDOW: u32 = 22;
export const PRIMARY_IO_BITMAPS: u32 = 25;
export const PRIMARY_MONITOR_TRAP: u32 = 27;
export const PRIMARY_MSR_BITMAPS: u32 = 28;
export const PRIMARY_SECONDARY: u32 = 31;

/** Secondary processor-based controls (25.6.2). */
export const SECONDARY_APIC_ACCESSES: u32 = 0;
export const SECONDARY_EPT: u32 = 1;
export const SECONDARY_X2APIC: u32 = 4;
export const SECONDARY_VPID: u32 = 5;
export const SECONDARY_UNRESTRICTED: u32 = 7;
export const SECONDARY_APIC_REGISTERS: u32 = 8;
export const SECONDARY_VIRTUAL_INTERRUPTS: u32 = 9;
export const SECONDARY_VM_FUNCTIONS: u32 = 13;
export const SECONDARY_SHADOWING: u32 = 14;
export const SECONDARY_PML: u32 = 17;
export const SECONDARY_VE: u32 = 18;
export const SECONDARY_EPT_MODE_BASED: u32 = 22;
export const SECONDARY_SUB_PAGE: u32 = 23;
export const SECONDARY_TSC_SCALING: u32 = 25;

/** VM-exit controls (25.7.1). */
export const EXIT_HOST_64: u32 = 9;
export const EXIT_ACKNOWLEDGE: u32 = 15;
export const EXIT_SAVE_TIMER: u32 = 22;

/** VM-entry controls (25.8.1). */
export const ENTRY_DEBUG: u32 = 2;
export const ENTRY_IA32E: u32 = 9;
export const ENTRY_SMM: u32 = 10;
export const ENTRY_DUAL_MONITOR: u32 = 11;
export const ENTRY_PAT: u32 = 14;
export const ENTRY_EFER: u32 = 15;
export const ENTRY_BNDCFGS: u32 = 16;

/** Event to inject: valid, type, vector, error code (25.8.3). */
export const EVENT_VALID: u32 = 31;
export const EVENT_ERROR_CODE: u32 = 11;
export const TYPE_EXTERNAL: u64 = 0;
export const TYPE_RESERVED: u64 = 1;
export const TYPE_NMI: u64 = 2;
export const TYPE_EXCEPTION: u64 = 3;
export const TYPE_SOFTWARE_INTERRUPT: u64 = 4;
export const TYPE_SOFTWARE_EXCEPTION: u64 = 6;
export const TYPE_OTHER: u64 = 7;
export const VECTOR_DEBUG: u64 = 1;
export const VECTOR_NMI: u64 = 2;
export const VECTOR_MACHINE_CHECK: u64 = 18;

/** Control registers and flags (2.5, 3.4.3). */
export const CR0_PE: u32 = 0;
export const CR0_WP: u32 = 16;
export const CR0_PG: u32 = 31;
export const CR4_PAE: u32 = 5;
export const CR4_PCIDE: u32 = 17;
export const CR4_CET: u32 = 23;
export const RFLAGS_TF: u32 = 8;
export const RFLAGS_IF: u32 = 9;
export const RFLAGS_VM: u32 = 17;

/** Bits of a segment's access rights (25.4.1). */
export const RIGHTS_S: u32 = 4;
export const RIGHTS_P: u32 = 7;
export const RIGHTS_L: u32 = 13;
export const RIGHTS_D: u32 = 14;
export const RIGHTS_G: u32 = 15;
export const RIGHTS_UNUSABLE: u32 = 16;

/** The type of an event to inject. */
export function eventType(event: u64): u64 {
  return (event >> 8) & 7;
}
