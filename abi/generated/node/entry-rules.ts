// Generated from abi/src by `bf build abi`. Do not edit.

// Rules of VMRUN on AMD

/** 15.5.1 EFER: SVME must be 1 */
export const AMD_RULE_EFER_SVME = 0x1;
/** 15.5.1 CR0: NW needs CD */
export const AMD_RULE_CR0_NW = 0x2;
/** 15.5.1 CR0: bits 63:32 must be 0 */
export const AMD_RULE_CR0_RESERVED = 0x3;
/** 15.5.1 CR3: beyond this processor's addresses, or a reserved bit is 1 */
export const AMD_RULE_CR3_RESERVED = 0x4;
/** 15.5.1 CR4: a bit that this processor does not have is 1 */
export const AMD_RULE_CR4_RESERVED = 0x5;
/** 15.5.1 DR6: bits 63:32 must be 0 */
export const AMD_RULE_DR6 = 0x6;
/** 15.5.1 DR7: bits 63:32 must be 0 */
export const AMD_RULE_DR7 = 0x7;
/** 15.5.1 EFER: a bit that this processor does not have is 1 */
export const AMD_RULE_EFER_RESERVED = 0x8;
/** 15.5.1 long mode with paging needs CR4.PAE */
export const AMD_RULE_LONG_PAE = 0x9;
/** 15.5.1 long mode with paging needs CR0.PE */
export const AMD_RULE_LONG_PE = 0xa;
/** 15.5.1 CS attrib: D and L together in long mode */
export const AMD_RULE_CS_D = 0xb;
/** 15.5.1 CR4: CET needs CR0.WP */
export const AMD_RULE_CET = 0xc;
/** 15.5.1 intercept instruction2: VMRUN must be intercepted (bit 0) */
export const AMD_RULE_VMRUN = 0xd;
/** 15.5.1 MSR permission map: ends beyond this processor's addresses */
export const AMD_RULE_MSRPM = 0xe;
/** 15.5.1 I/O permission map: ends beyond this processor's addresses */
export const AMD_RULE_IOPM = 0xf;
/** 15.5.1 guest ASID must not be 0 */
export const AMD_RULE_ASID = 0x10;
/** 15.20 event to inject: its type is reserved */
export const AMD_RULE_EVENT_TYPE = 0x11;
/** 15.20 event to inject: an exception has no vector above 31, and none is the NMI */
export const AMD_RULE_EVENT_VECTOR = 0x12;
/** 15.25.3 nested CR3: beyond this processor's addresses, or a reserved bit is 1 */
export const AMD_RULE_N_CR3 = 0x13;
/** 15.25.4 guest PAT: an entry is no memory type (0, 1, 4, 5, 6, 7) */
export const AMD_RULE_G_PAT = 0x14;

// Rules of a VM entry on Intel

/** 27.2.1.1 pin-based controls: a bit is not as this processor wants it */
export const INTEL_RULE_PIN_RESERVED = 0x1;
/** 27.2.1.1 primary controls: a bit is not as this processor wants it */
export const INTEL_RULE_PRIMARY_RESERVED = 0x2;
/** 27.2.1.1 secondary controls: a bit is not as this processor wants it */
export const INTEL_RULE_SECONDARY_RESERVED = 0x3;
/** 27.2.1.1 CR3-target count: more than this processor has */
export const INTEL_RULE_CR3_TARGET_COUNT = 0x4;
/** 27.2.1.1 I/O bitmap A: no page address of this processor */
export const INTEL_RULE_IO_BITMAP_A = 0x5;
/** 27.2.1.1 I/O bitmap B: no page address of this processor */
export const INTEL_RULE_IO_BITMAP_B = 0x6;
/** 27.2.1.1 MSR bitmaps: no page address of this processor */
export const INTEL_RULE_MSR_BITMAP = 0x7;
/** 27.2.1.1 virtual-APIC page: no page address of this processor */
export const INTEL_RULE_VIRTUAL_APIC = 0x8;
/** 27.2.1.1 TPR threshold: bits 31:4 must be 0 */
export const INTEL_RULE_TPR_THRESHOLD = 0x9;
/** 27.2.1.1 x2APIC mode, APIC registers and virtual interrupts need the TPR shadow */
export const INTEL_RULE_TPR_SHADOW = 0xa;
/** 27.2.1.1 virtual NMIs need NMI exiting */
export const INTEL_RULE_VIRTUAL_NMIS = 0xb;
/** 27.2.1.1 NMI-window exiting needs virtual NMIs */
export const INTEL_RULE_NMI_WINDOW = 0xc;
/** 27.2.1.1 APIC-access page: no page address of this processor */
export const INTEL_RULE_APIC_ACCESS = 0xd;
/** 27.2.1.1 x2APIC mode excludes APIC accesses */
export const INTEL_RULE_X2APIC = 0xe;
/** 27.2.1.1 virtual-interrupt delivery needs external-interrupt exiting */
export const INTEL_RULE_VIRTUAL_INTERRUPTS = 0xf;
/** 27.2.1.1 posted interrupts need virtual-interrupt delivery and acknowledge-on-exit */
export const INTEL_RULE_POSTED_CONTROLS = 0x10;
/** 27.2.1.1 posted-interrupt notification vector: above 255 */
export const INTEL_RULE_POSTED_VECTOR = 0x11;
/** 27.2.1.1 posted-interrupt descriptor: no address on 64 bytes of this processor */
export const INTEL_RULE_POSTED_DESCRIPTOR = 0x12;
/** 27.2.1.1 VPID must not be 0 */
export const INTEL_RULE_VPID = 0x13;
/** 27.2.1.1 EPT pointer: memory type that this processor does not take (bits 2:0) */
export const INTEL_RULE_EPTP_TYPE = 0x14;
/** 27.2.1.1 EPT pointer: page-walk length that this processor does not take (bits 5:3) */
export const INTEL_RULE_EPTP_WALK = 0x15;
/** 27.2.1.1 EPT pointer: this processor has no accessed and dirty flags (bit 6) */
export const INTEL_RULE_EPTP_DIRTY = 0x16;
/** 27.2.1.1 EPT pointer: a reserved bit is 1, or the address too wide */
export const INTEL_RULE_EPTP_RESERVED = 0x17;
/** 27.2.1.1 unrestricted guest, PML, mode-based execution and sub-page rights need EPT */
export const INTEL_RULE_NEEDS_EPT = 0x18;
/** 27.2.1.1 PML page: no page address of this processor */
export const INTEL_RULE_PML = 0x19;
/** 27.2.1.1 sub-page permission table: no page address of this processor */
export const INTEL_RULE_SUB_PAGE = 0x1a;
/** 27.2.1.1 VM-function controls: a reserved bit is 1 */
export const INTEL_RULE_VM_FUNCTIONS = 0x1b;
/** 27.2.1.1 EPTP list: needs EPT and a page address of this processor */
export const INTEL_RULE_EPTP_LIST = 0x1c;
/** 27.2.1.1 VMREAD bitmap: no page address of this processor */
export const INTEL_RULE_VMREAD_BITMAP = 0x1d;
/** 27.2.1.1 VMWRITE bitmap: no page address of this processor */
export const INTEL_RULE_VMWRITE_BITMAP = 0x1e;
/** 27.2.1.1 virtualization-exception information: no page address of this processor */
export const INTEL_RULE_VE_INFORMATION = 0x1f;
/** 27.2.1.1 TSC multiplier must not be 0 */
export const INTEL_RULE_TSC_MULTIPLIER = 0x20;
/** 27.2.1.2 VM-exit controls: a bit is not as this processor wants it */
export const INTEL_RULE_EXIT_RESERVED = 0x21;
/** 27.2.1.2 saving the preemption timer needs the timer */
export const INTEL_RULE_SAVE_TIMER = 0x22;
/** 27.2.1.2 exit MSR-store area: not on 16 bytes, or beyond this processor's addresses */
export const INTEL_RULE_EXIT_STORE_AREA = 0x23;
/** 27.2.1.2 exit MSR-load area: not on 16 bytes, or beyond this processor's addresses */
export const INTEL_RULE_EXIT_LOAD_AREA = 0x24;
/** 27.2.1.3 VM-entry controls: a bit is not as this processor wants it */
export const INTEL_RULE_ENTRY_RESERVED = 0x25;
/** 27.2.1.3 entry to SMM and dual-monitor treatment must be 0 outside of SMM */
export const INTEL_RULE_ENTRY_SMM = 0x26;
/** 27.2.1.3 event to inject: its type is reserved */
export const INTEL_RULE_EVENT_TYPE = 0x27;
/** 27.2.1.3 event to inject: its vector does not go with its type */
export const INTEL_RULE_EVENT_VECTOR = 0x28;
/** 27.2.1.3 event to inject: an error code where the event has none, or none where it has one */
export const INTEL_RULE_EVENT_ERROR_CODE = 0x29;
/** 27.2.1.3 event to inject: bits 30:12 must be 0 */
export const INTEL_RULE_EVENT_RESERVED = 0x2a;
/** 27.2.1.3 error code to inject: bits 31:16 must be 0 */
export const INTEL_RULE_ERROR_CODE = 0x2b;
/** 27.2.1.3 instruction length of the event: not 1 to 15 */
export const INTEL_RULE_INSTRUCTION_LENGTH = 0x2c;
/** 27.2.1.3 entry MSR-load area: not on 16 bytes, or beyond this processor's addresses */
export const INTEL_RULE_ENTRY_LOAD_AREA = 0x2d;
/** 27.2.4 VM-exit controls: host address-space size must be 1 */
export const INTEL_RULE_HOST_64 = 0x2e;
/** 27.2.2 the microkernel's own state: please report this */
export const INTEL_RULE_HOST_STATE = 0x2f;
/** 27.3.1.1 CR0: a bit is not as VMX wants it */
export const INTEL_RULE_CR0_FIXED = 0x30;
/** 27.3.1.1 CR0: PG needs PE */
export const INTEL_RULE_CR0_PG = 0x31;
/** 27.3.1.1 CR4: a bit is not as VMX wants it */
export const INTEL_RULE_CR4_FIXED = 0x32;
/** 27.3.1.1 CR4: CET needs CR0.WP */
export const INTEL_RULE_CR4_CET = 0x33;
/** 27.3.1.1 DEBUGCTL: a reserved bit is 1 */
export const INTEL_RULE_DEBUGCTL = 0x34;
/** 27.3.1.1 IA-32e mode needs CR0.PG */
export const INTEL_RULE_LONG_PG = 0x35;
/** 27.3.1.1 IA-32e mode needs CR4.PAE */
export const INTEL_RULE_LONG_PAE = 0x36;
/** 27.3.1.1 CR4: PCIDE needs IA-32e mode */
export const INTEL_RULE_PCIDE = 0x37;
/** 27.3.1.1 CR3: beyond this processor's addresses */
export const INTEL_RULE_CR3 = 0x38;
/** 27.3.1.1 DR7: bits 63:32 must be 0 */
export const INTEL_RULE_DR7 = 0x39;
/** 27.3.1.1 SYSENTER_ESP: not canonical */
export const INTEL_RULE_SYSENTER_ESP = 0x3a;
/** 27.3.1.1 SYSENTER_EIP: not canonical */
export const INTEL_RULE_SYSENTER_EIP = 0x3b;
/** 27.3.1.1 PAT: an entry is no memory type (0, 1, 4, 5, 6, 7) */
export const INTEL_RULE_PAT = 0x3c;
/** 27.3.1.1 EFER: a reserved bit is 1 */
export const INTEL_RULE_EFER_RESERVED = 0x3d;
/** 27.3.1.1 EFER: LMA must equal the entry control for IA-32e mode */
export const INTEL_RULE_EFER_LMA = 0x3e;
/** 27.3.1.1 EFER: LME must equal LMA while CR0.PG is 1 */
export const INTEL_RULE_EFER_LME = 0x3f;
/** 27.3.1.1 BNDCFGS: a reserved bit is 1, or the address not canonical */
export const INTEL_RULE_BNDCFGS = 0x40;
/** 27.3.1.2 TR selector: names the LDT */
export const INTEL_RULE_TR_LOCAL = 0x41;
/** 27.3.1.2 LDTR selector: names the LDT */
export const INTEL_RULE_LDTR_LOCAL = 0x42;
/** 27.3.1.2 SS selector: its RPL must be that of CS */
export const INTEL_RULE_SS_RPL = 0x43;
/** 27.3.1.2 % base: must be 16 times the selector in virtual-8086 mode */
export const INTEL_RULE_V86_BASE = 0x44;
/** 27.3.1.2 % limit: must be 0xffff in virtual-8086 mode */
export const INTEL_RULE_V86_LIMIT = 0x45;
/** 27.3.1.2 % attrib: must be 0xf3 in virtual-8086 mode */
export const INTEL_RULE_V86_ATTRIB = 0x46;
/** 27.3.1.2 % base: not canonical */
export const INTEL_RULE_BASE_CANONICAL = 0x47;
/** 27.3.1.2 % base: bits 63:32 must be 0 */
export const INTEL_RULE_BASE_32 = 0x48;
/** 27.3.1.2 CS attrib: type must be accessed code, or data 3 for an unrestricted guest */
export const INTEL_RULE_CS_TYPE = 0x49;
/** 27.3.1.2 SS attrib: type must be 3 or 7 */
export const INTEL_RULE_SS_TYPE = 0x4a;
/** 27.3.1.2 % attrib: type must be accessed, and code readable */
export const INTEL_RULE_DATA_TYPE = 0x4b;
/** 27.3.1.2 % attrib: S must be 1 */
export const INTEL_RULE_SEGMENT_S = 0x4c;
/** 27.3.1.2 CS attrib: DPL does not go with type and the DPL of SS */
export const INTEL_RULE_CS_DPL = 0x4d;
/** 27.3.1.2 SS attrib: DPL must be the RPL, or 0 in real mode and where CS is data */
export const INTEL_RULE_SS_DPL = 0x4e;
/** 27.3.1.2 % attrib: DPL below RPL */
export const INTEL_RULE_DATA_DPL = 0x4f;
/** 27.3.1.2 % attrib: P must be 1 */
export const INTEL_RULE_SEGMENT_P = 0x50;
/** 27.3.1.2 % attrib: a reserved bit is 1 */
export const INTEL_RULE_SEGMENT_RESERVED = 0x51;
/** 27.3.1.2 CS attrib: D and L together */
export const INTEL_RULE_CS_D = 0x52;
/** 27.3.1.2 % attrib: G does not go with the limit */
export const INTEL_RULE_SEGMENT_G = 0x53;
/** 27.3.1.2 TR attrib: type must be 11, or 3 outside of IA-32e mode */
export const INTEL_RULE_TR_TYPE = 0x54;
/** 27.3.1.2 TR attrib: must be usable */
export const INTEL_RULE_TR_USABLE = 0x55;
/** 27.3.1.2 LDTR attrib: type must be 2 */
export const INTEL_RULE_LDTR_TYPE = 0x56;
/** 27.3.1.2 % attrib: S must be 0 */
export const INTEL_RULE_SYSTEM_S = 0x57;
/** 27.3.1.3 % base: not canonical */
export const INTEL_RULE_TABLE_BASE = 0x58;
/** 27.3.1.3 % limit: bits 31:16 must be 0 */
export const INTEL_RULE_TABLE_LIMIT = 0x59;
/** 27.3.1.4 RIP: bits 63:32 must be 0 outside of 64-bit mode */
export const INTEL_RULE_RIP_32 = 0x5a;
/** 27.3.1.4 RIP: not canonical */
export const INTEL_RULE_RIP = 0x5b;
/** 27.3.1.4 RFLAGS: bit 1 must be 1, bits 63:22, 15, 5 and 3 must be 0 */
export const INTEL_RULE_RFLAGS_RESERVED = 0x5c;
/** 27.3.1.4 RFLAGS: VM must be 0 in IA-32e mode and in real mode */
export const INTEL_RULE_RFLAGS_VM = 0x5d;
/** 27.3.1.4 RFLAGS: IF must be 1 to inject an external interrupt */
export const INTEL_RULE_RFLAGS_IF = 0x5e;
/** 27.3.1.5 activity state: none of this processor's */
export const INTEL_RULE_ACTIVITY = 0x5f;
/** 27.3.1.5 activity state: HLT needs SS.DPL 0 */
export const INTEL_RULE_ACTIVITY_HLT = 0x60;
/** 27.3.1.5 activity state: must be active while STI or MOV SS blocks interrupts */
export const INTEL_RULE_ACTIVITY_BLOCKING = 0x61;
/** 27.3.1.5 activity state: does not go with the event to inject */
export const INTEL_RULE_ACTIVITY_EVENT = 0x62;
/** 27.3.1.5 interruptibility: a reserved bit is 1 */
export const INTEL_RULE_BLOCKING_RESERVED = 0x63;
/** 27.3.1.5 interruptibility: STI and MOV SS exclude each other */
export const INTEL_RULE_BLOCKING_BOTH = 0x64;
/** 27.3.1.5 interruptibility: blocking by STI needs RFLAGS.IF */
export const INTEL_RULE_BLOCKING_STI = 0x65;
/** 27.3.1.5 interruptibility: blocks the external interrupt to inject */
export const INTEL_RULE_BLOCKING_INTERRUPT = 0x66;
/** 27.3.1.5 interruptibility: blocks the NMI to inject */
export const INTEL_RULE_BLOCKING_NMI = 0x67;
/** 27.3.1.5 interruptibility: blocking by SMI outside of SMM */
export const INTEL_RULE_BLOCKING_SMI = 0x68;
/** 27.3.1.5 interruptibility: enclave interruption excludes blocking by MOV SS */
export const INTEL_RULE_BLOCKING_ENCLAVE = 0x69;
/** 27.3.1.5 pending debug exceptions: a reserved bit is 1 */
export const INTEL_RULE_DEBUG_RESERVED = 0x6a;
/** 27.3.1.5 pending debug exceptions: BS must be RFLAGS.TF (without BTF) while halted or blocked */
export const INTEL_RULE_DEBUG_STEP = 0x6b;
/** 27.3.1.5 pending debug exceptions: RTM excludes all but bit 12, which it needs */
export const INTEL_RULE_DEBUG_RTM = 0x6c;
/** 27.3.1.5 VMCS link pointer: neither all ones nor a VMCS of this processor */
export const INTEL_RULE_LINK_POINTER = 0x6d;
/** 27.3.1.6 PDPTE: a reserved bit is 1 */
export const INTEL_RULE_PDPTE = 0x6e;
/** 27.3.1.6 CR3: a PDPTE there has a reserved bit */
export const INTEL_RULE_PDPTE_IN_MEMORY = 0x6f;
/** 27.4 entry MSR-load area: an entry that cannot be loaded (exit qualification: which) */
export const INTEL_RULE_LOAD_MSR = 0x70;
