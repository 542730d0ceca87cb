// Generated from abi/src by `bf build abi`. Do not edit.

// Thread control block of an extension on one PP (FS base points at it)

/** u64: The block's own address, as the System V ABI wants it. */
export const TCB_SELF = 0x0;
/** u64[255]. */
export const TCB_RESERVED0 = 0x8;
/** u64. */
export const TCB_RAX = 0x800;
/** u64. */
export const TCB_RBX = 0x808;
/** u64. */
export const TCB_RCX = 0x810;
/** u64. */
export const TCB_RDX = 0x818;
/** u64. */
export const TCB_RBP = 0x820;
/** u64. */
export const TCB_RSI = 0x828;
/** u64. */
export const TCB_RDI = 0x830;
/** u64. */
export const TCB_R8 = 0x838;
/** u64. */
export const TCB_R9 = 0x840;
/** u64. */
export const TCB_R10 = 0x848;
/** u64. */
export const TCB_R11 = 0x850;
/** u64. */
export const TCB_R12 = 0x858;
/** u64. */
export const TCB_R13 = 0x860;
/** u64. */
export const TCB_R14 = 0x868;
/** u64. */
export const TCB_R15 = 0x870;
/** u64[225]. */
export const TCB_RESERVED1 = 0x878;
/** u64: Of the last exit but CPUID's, like the five behind it. AMD: the interrupt shadow's word; Intel: the interruptibility state. */
export const TCB_EXIT_SHADOW = 0xf80;
/** u64: CR8 of a VM that has its own, one that is not the root VM and was made through version 2: bits 3:0. AMD: the others are V_IRQ and its like. */
export const TCB_EXIT_PRIORITY = 0xf88;
/** u64. */
export const TCB_EXIT_RIP = 0xf90;
/** u64: Behind the instruction that exited. AMD: 0 where the processor does not tell; Intel: RIP and length. */
export const TCB_EXIT_NEXT_RIP = 0xf98;
/** u64. */
export const TCB_EXIT_RFLAGS = 0xfa0;
/** u64: Attributes of the code segment, as VS_READ gives them. */
export const TCB_EXIT_CODE = 0xfa8;
/** u64: CR4 of the active VS, as VS_READ gives it. */
export const TCB_CR4 = 0xfb0;
/** u64: Of the last exit but CPUID's, like the four behind it. AMD: EXITINFO1; Intel: the exit qualification. */
export const TCB_EXIT_INFORMATION1 = 0xfb8;
/** u64: AMD: EXITINFO2; Intel: the guest physical address. */
export const TCB_EXIT_INFORMATION2 = 0xfc0;
/** u64: What was being delivered. AMD: EXITINTINFO; Intel: the IDT-vectoring information. */
export const TCB_EXIT_EVENT = 0xfc8;
/** u64: Intel: the VM-exit instruction information. */
export const TCB_EXIT_INSTRUCTION = 0xfd0;
/** u64: Current privilege level. */
export const TCB_EXIT_PRIVILEGE = 0xfd8;
/** u32: Version 2 only: identifiers of the active VM, VP and VS with their generations; INVALID_ID: none. */
export const TCB_ACTIVE_VM = 0xfe0;
/** u32. */
export const TCB_ACTIVE_VP = 0xfe4;
/** u32. */
export const TCB_ACTIVE_VS = 0xfe8;
/** u32. */
export const TCB_RESERVED3 = 0xfec;
/** u16. */
export const TCB_EXTID = 0xff0;
/** u16. */
export const TCB_VMID = 0xff2;
/** u16. */
export const TCB_VPID = 0xff4;
/** u16. */
export const TCB_VSID = 0xff6;
/** u16. */
export const TCB_PPID = 0xff8;
/** u16. */
export const TCB_ONLINE_PPS = 0xffa;
/** u32. */
export const TCB_RESERVED2 = 0xffc;
/** Size of the structure. */
export const TCB_BYTES = 0x1000;
