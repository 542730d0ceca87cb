// Generated from abi/src by `bf build abi`. Do not edit.

// Exit reasons that AMD and Intel have both

export const EXIT_EXTERNAL_INTERRUPT = 0x10060;
export const EXIT_INTERRUPT_WINDOW = 0x70064;
export const EXIT_TASK_SWITCH = 0x9007d;
export const EXIT_CPUID = 0xa0072;
export const EXIT_HLT = 0xc0078;
export const EXIT_INVD = 0xd0076;
export const EXIT_INVLPG = 0xe0079;
export const EXIT_IO = 0x1e007b;
export const EXIT_MONITOR = 0x27008a;
export const EXIT_MWAIT = 0x24008b;
export const EXIT_PAUSE = 0x280077;
export const EXIT_RDPMC = 0xf006f;
export const EXIT_RDTSC = 0x10006e;
export const EXIT_RDTSCP = 0x330087;
export const EXIT_WBINVD = 0x360089;
export const EXIT_XSETBV = 0x37008d;
export const EXIT_HYPERCALL = 0x120081;
export const EXIT_SHUTDOWN = 0x2007f;
export const EXIT_NESTED_PAGE_FAULT = 0x300400;

// What a VM exits for, on AMD and Intel: register << 5 | bit; Intel's is 0 for what exits always there

/** External interrupts. */
export const INTERCEPT_INTERRUPT = 0x9400280;
/** Non-maskable interrupts; on Intel they exit always. */
export const INTERCEPT_NMI = 0x9430281;
/** The VM can take an interrupt. */
export const INTERCEPT_INTERRUPT_WINDOW = 0x9620284;
/** On Intel RDTSCP, too. */
export const INTERCEPT_RDTSC = 0x96c028e;
export const INTERCEPT_RDPMC = 0x96b028f;
/** Exits always on Intel. */
export const INTERCEPT_CPUID = 0x292;
/** Exits always on Intel. */
export const INTERCEPT_INVD = 0x296;
export const INTERCEPT_PAUSE = 0x97e0297;
export const INTERCEPT_HLT = 0x9670298;
export const INTERCEPT_INVLPG = 0x9690299;
/** I/O ports whose bit is set in the map that the VS has. */
export const INTERCEPT_IO = 0x979029b;
/** MSRs whose bit is set in the map that the VS has. On Intel they exit all without it. */
export const INTERCEPT_MSR = 0x97c029c;
/** Triple faults. Exits always on Intel. */
export const INTERCEPT_SHUTDOWN = 0x29f;
/** VMMCALL; VMCALL, which exits always on Intel. */
export const INTERCEPT_HYPERCALL = 0x2a1;
/** On Intel RDTSC, too. */
export const INTERCEPT_RDTSCP = 0x96c02a7;
export const INTERCEPT_WBINVD = 0xb2602a9;
export const INTERCEPT_MONITOR = 0x97d02aa;
export const INTERCEPT_MWAIT = 0x96a02ab;
/** Exits always on Intel. */
export const INTERCEPT_XSETBV = 0x2ad;

// Registers of a VS that AMD and Intel have both

export const REG_RAX = 0x10063;
export const REG_RBX = 0x20001;
export const REG_RCX = 0x30002;
export const REG_RDX = 0x40003;
export const REG_RBP = 0x50004;
export const REG_RSI = 0x60005;
export const REG_RDI = 0x70006;
export const REG_R8 = 0x80007;
export const REG_R9 = 0x90008;
export const REG_R10 = 0xa0009;
export const REG_R11 = 0xb000a;
export const REG_R12 = 0xc000b;
export const REG_R13 = 0xd000c;
export const REG_R14 = 0xe000d;
export const REG_R15 = 0xf000e;
export const REG_RIP = 0x980061;
export const REG_RSP = 0x970062;
export const REG_RFLAGS = 0x990060;
export const REG_CR0 = 0x89005d;
export const REG_CR2 = 0x10006c;
export const REG_CR3 = 0x8a005c;
export const REG_CR4 = 0x8b005b;
export const REG_CR8 = 0x9d0073;
export const REG_EFER = 0x42005a;
export const REG_XCR0 = 0xa20078;
export const REG_DR0 = 0x9e0074;
export const REG_DR1 = 0x9f0075;
export const REG_DR2 = 0xa00076;
export const REG_DR3 = 0xa10077;
export const REG_DR6 = 0x11005f;
export const REG_DR7 = 0x96005e;
export const REG_STAR = 0x120064;
export const REG_LSTAR = 0x130065;
export const REG_CSTAR = 0x140066;
export const REG_SFMASK = 0x150067;
export const REG_KERNEL_GS_BASE = 0x160068;
export const REG_SYSENTER_CS = 0x790069;
export const REG_SYSENTER_ESP = 0x9b006a;
export const REG_SYSENTER_EIP = 0x9c006b;
export const REG_PAT = 0x41006d;
export const REG_DEBUG_CONTROL = 0x40006e;
export const REG_ES_SELECTOR = 0x1a0031;
export const REG_ES_ATTRIB = 0x6e0032;
export const REG_ES_LIMIT = 0x640033;
export const REG_ES_BASE = 0x8c0034;
export const REG_CS_SELECTOR = 0x1b0035;
export const REG_CS_ATTRIB = 0x6f0036;
export const REG_CS_LIMIT = 0x650037;
export const REG_CS_BASE = 0x8d0038;
export const REG_SS_SELECTOR = 0x1c0039;
export const REG_SS_ATTRIB = 0x70003a;
export const REG_SS_LIMIT = 0x66003b;
export const REG_SS_BASE = 0x8e003c;
export const REG_DS_SELECTOR = 0x1d003d;
export const REG_DS_ATTRIB = 0x71003e;
export const REG_DS_LIMIT = 0x67003f;
export const REG_DS_BASE = 0x8f0040;
export const REG_FS_SELECTOR = 0x1e0041;
export const REG_FS_ATTRIB = 0x720042;
export const REG_FS_LIMIT = 0x680043;
export const REG_FS_BASE = 0x900044;
export const REG_GS_SELECTOR = 0x1f0045;
export const REG_GS_ATTRIB = 0x730046;
export const REG_GS_LIMIT = 0x690047;
export const REG_GS_BASE = 0x910048;
export const REG_LDTR_SELECTOR = 0x20004d;
export const REG_LDTR_ATTRIB = 0x74004e;
export const REG_LDTR_LIMIT = 0x6a004f;
export const REG_LDTR_BASE = 0x920050;
export const REG_TR_SELECTOR = 0x210055;
export const REG_TR_ATTRIB = 0x750056;
export const REG_TR_LIMIT = 0x6b0057;
export const REG_TR_BASE = 0x930058;
export const REG_GDTR_LIMIT = 0x6c004b;
export const REG_GDTR_BASE = 0x94004c;
export const REG_IDTR_LIMIT = 0x6d0053;
export const REG_IDTR_BASE = 0x950054;
export const REG_ADDRESS_SPACE_ID = 0x17001c;
export const REG_TSC_OFFSET = 0x2c001b;
/** The current privilege level: on Intel bits 6:5 of SS's attributes. */
export const REG_CPL = 0x700059;
