// Generated from abi/src by `bf build abi`. Do not edit.

// Exit reasons on AMD, as the vmexit callback gets them (APM volume 2, appendix C)

/** Of control register 0; the other 15 follow. */
export const AMD_EXIT_CR_READ: u64 = 0x0;
/** Of control register 0; the other 15 follow. */
export const AMD_EXIT_CR_WRITE: u64 = 0x10;
/** Of debug register 0; the other 15 follow. */
export const AMD_EXIT_DR_READ: u64 = 0x20;
/** Of debug register 0; the other 15 follow. */
export const AMD_EXIT_DR_WRITE: u64 = 0x30;
/** Vector 0; the other 31 follow. */
export const AMD_EXIT_EXCEPTION: u64 = 0x40;
export const AMD_EXIT_INTR: u64 = 0x60;
export const AMD_EXIT_NMI: u64 = 0x61;
export const AMD_EXIT_SMI: u64 = 0x62;
export const AMD_EXIT_INIT: u64 = 0x63;
export const AMD_EXIT_VINTR: u64 = 0x64;
export const AMD_EXIT_CR0_SELECTIVE_WRITE: u64 = 0x65;
export const AMD_EXIT_IDTR_READ: u64 = 0x66;
export const AMD_EXIT_GDTR_READ: u64 = 0x67;
export const AMD_EXIT_LDTR_READ: u64 = 0x68;
export const AMD_EXIT_TR_READ: u64 = 0x69;
export const AMD_EXIT_IDTR_WRITE: u64 = 0x6a;
export const AMD_EXIT_GDTR_WRITE: u64 = 0x6b;
export const AMD_EXIT_LDTR_WRITE: u64 = 0x6c;
export const AMD_EXIT_TR_WRITE: u64 = 0x6d;
export const AMD_EXIT_RDTSC: u64 = 0x6e;
export const AMD_EXIT_RDPMC: u64 = 0x6f;
export const AMD_EXIT_PUSHF: u64 = 0x70;
export const AMD_EXIT_POPF: u64 = 0x71;
export const AMD_EXIT_CPUID: u64 = 0x72;
export const AMD_EXIT_RSM: u64 = 0x73;
export const AMD_EXIT_IRET: u64 = 0x74;
export const AMD_EXIT_INT: u64 = 0x75;
export const AMD_EXIT_INVD: u64 = 0x76;
export const AMD_EXIT_PAUSE: u64 = 0x77;
export const AMD_EXIT_HLT: u64 = 0x78;
export const AMD_EXIT_INVLPG: u64 = 0x79;
export const AMD_EXIT_INVLPGA: u64 = 0x7a;
export const AMD_EXIT_IO: u64 = 0x7b;
export const AMD_EXIT_MSR: u64 = 0x7c;
export const AMD_EXIT_TASK_SWITCH: u64 = 0x7d;
export const AMD_EXIT_FERR_FREEZE: u64 = 0x7e;
export const AMD_EXIT_SHUTDOWN: u64 = 0x7f;
export const AMD_EXIT_VMRUN: u64 = 0x80;
export const AMD_EXIT_VMMCALL: u64 = 0x81;
export const AMD_EXIT_VMLOAD: u64 = 0x82;
export const AMD_EXIT_VMSAVE: u64 = 0x83;
export const AMD_EXIT_STGI: u64 = 0x84;
export const AMD_EXIT_CLGI: u64 = 0x85;
export const AMD_EXIT_SKINIT: u64 = 0x86;
export const AMD_EXIT_RDTSCP: u64 = 0x87;
export const AMD_EXIT_ICEBP: u64 = 0x88;
export const AMD_EXIT_WBINVD: u64 = 0x89;
export const AMD_EXIT_MONITOR: u64 = 0x8a;
export const AMD_EXIT_MWAIT: u64 = 0x8b;
export const AMD_EXIT_MWAIT_ARMED: u64 = 0x8c;
export const AMD_EXIT_XSETBV: u64 = 0x8d;
export const AMD_EXIT_RDPRU: u64 = 0x8e;
export const AMD_EXIT_EFER_WRITE_TRAP: u64 = 0x8f;
/** Of control register 0, after the write; the other 15 follow. */
export const AMD_EXIT_CR_WRITE_TRAP: u64 = 0x90;
export const AMD_EXIT_INVLPGB: u64 = 0xa0;
export const AMD_EXIT_INVLPGB_ILLEGAL: u64 = 0xa1;
export const AMD_EXIT_INVPCID: u64 = 0xa2;
export const AMD_EXIT_MCOMMIT: u64 = 0xa3;
export const AMD_EXIT_TLBSYNC: u64 = 0xa4;
export const AMD_EXIT_BUS_LOCK: u64 = 0xa5;
export const AMD_EXIT_IDLE_HLT: u64 = 0xa6;
export const AMD_EXIT_NESTED_PAGE_FAULT: u64 = 0x400;
export const AMD_EXIT_AVIC_INCOMPLETE_IPI: u64 = 0x401;
export const AMD_EXIT_AVIC_NO_ACCELERATION: u64 = 0x402;
export const AMD_EXIT_VMGEXIT: u64 = 0x403;
/** The processor refused the VS's state. */
export const AMD_EXIT_INVALID: u64 = 0xffffffffffffffff;

// What happens after a callback: its result

/** Skip the instruction that the VM exited for, and run it on. */
export const NEXT_ADVANCE_AND_RUN: u32 = 0x0;
/** Run the VM on where it is: the instruction is executed again. */
export const NEXT_RUN: u32 = 0x1;
/** Skip the instruction, and give this processor back to the operating system for good. */
export const NEXT_STOP: u32 = 0x2;
/** Give up: the processor is lost to this extension, and the debug ring says so. */
export const NEXT_FAIL: u32 = 0x3;
/** Only in bootstrap of a service, which does not own the root VM: done, messages may come. */
export const NEXT_WAIT: u32 = 0x5;
/** Only in vmexit, of the extension that owns the root VM: the microkernel keeps the processor, without running a VM, until it is kicked. */
export const NEXT_AWAIT_KICK: u32 = 0x6;
/** Only in fail: go on where the callback failed. A fault's instruction is executed once more. */
export const NEXT_AGAIN: u32 = 0x4;

// What the fail callback is told that is no exception: its first argument

/** The watchdog took the processor back; the second argument is where the extension was. Exceptions have error code << 32 | vector. */
export const FAIL_OVERDUE: u64 = 0x100;

// Exit reasons on Intel, as the vmexit callback gets them (SDM volume 3, appendix C)

export const INTEL_EXIT_EXCEPTION_OR_NMI: u64 = 0x0;
export const INTEL_EXIT_EXTERNAL_INTERRUPT: u64 = 0x1;
export const INTEL_EXIT_TRIPLE_FAULT: u64 = 0x2;
export const INTEL_EXIT_INIT: u64 = 0x3;
export const INTEL_EXIT_SIPI: u64 = 0x4;
export const INTEL_EXIT_IO_SMI: u64 = 0x5;
export const INTEL_EXIT_OTHER_SMI: u64 = 0x6;
export const INTEL_EXIT_INTERRUPT_WINDOW: u64 = 0x7;
export const INTEL_EXIT_NMI_WINDOW: u64 = 0x8;
export const INTEL_EXIT_TASK_SWITCH: u64 = 0x9;
export const INTEL_EXIT_CPUID: u64 = 0xa;
export const INTEL_EXIT_GETSEC: u64 = 0xb;
export const INTEL_EXIT_HLT: u64 = 0xc;
export const INTEL_EXIT_INVD: u64 = 0xd;
export const INTEL_EXIT_INVLPG: u64 = 0xe;
export const INTEL_EXIT_RDPMC: u64 = 0xf;
export const INTEL_EXIT_RDTSC: u64 = 0x10;
export const INTEL_EXIT_RSM: u64 = 0x11;
export const INTEL_EXIT_VMCALL: u64 = 0x12;
export const INTEL_EXIT_VMCLEAR: u64 = 0x13;
export const INTEL_EXIT_VMLAUNCH: u64 = 0x14;
export const INTEL_EXIT_VMPTRLD: u64 = 0x15;
export const INTEL_EXIT_VMPTRST: u64 = 0x16;
export const INTEL_EXIT_VMREAD: u64 = 0x17;
export const INTEL_EXIT_VMRESUME: u64 = 0x18;
export const INTEL_EXIT_VMWRITE: u64 = 0x19;
export const INTEL_EXIT_VMXOFF: u64 = 0x1a;
export const INTEL_EXIT_VMXON: u64 = 0x1b;
export const INTEL_EXIT_CR_ACCESS: u64 = 0x1c;
export const INTEL_EXIT_MOV_DR: u64 = 0x1d;
export const INTEL_EXIT_IO: u64 = 0x1e;
export const INTEL_EXIT_RDMSR: u64 = 0x1f;
export const INTEL_EXIT_WRMSR: u64 = 0x20;
export const INTEL_EXIT_INVALID_GUEST_STATE: u64 = 0x21;
export const INTEL_EXIT_INVALID_MSR_LOADING: u64 = 0x22;
export const INTEL_EXIT_MWAIT: u64 = 0x24;
export const INTEL_EXIT_MONITOR_TRAP_FLAG: u64 = 0x25;
export const INTEL_EXIT_MONITOR: u64 = 0x27;
export const INTEL_EXIT_PAUSE: u64 = 0x28;
export const INTEL_EXIT_MACHINE_CHECK_AT_ENTRY: u64 = 0x29;
export const INTEL_EXIT_TPR_BELOW_THRESHOLD: u64 = 0x2b;
export const INTEL_EXIT_APIC_ACCESS: u64 = 0x2c;
export const INTEL_EXIT_VIRTUALIZED_EOI: u64 = 0x2d;
export const INTEL_EXIT_GDTR_IDTR_ACCESS: u64 = 0x2e;
export const INTEL_EXIT_LDTR_TR_ACCESS: u64 = 0x2f;
export const INTEL_EXIT_EPT_VIOLATION: u64 = 0x30;
export const INTEL_EXIT_EPT_MISCONFIGURATION: u64 = 0x31;
export const INTEL_EXIT_INVEPT: u64 = 0x32;
export const INTEL_EXIT_RDTSCP: u64 = 0x33;
export const INTEL_EXIT_PREEMPTION_TIMER: u64 = 0x34;
export const INTEL_EXIT_INVVPID: u64 = 0x35;
export const INTEL_EXIT_WBINVD: u64 = 0x36;
export const INTEL_EXIT_XSETBV: u64 = 0x37;
export const INTEL_EXIT_APIC_WRITE: u64 = 0x38;
export const INTEL_EXIT_RDRAND: u64 = 0x39;
export const INTEL_EXIT_INVPCID: u64 = 0x3a;
export const INTEL_EXIT_VMFUNC: u64 = 0x3b;
export const INTEL_EXIT_ENCLS: u64 = 0x3c;
export const INTEL_EXIT_RDSEED: u64 = 0x3d;
export const INTEL_EXIT_PAGE_MODIFICATION_LOG_FULL: u64 = 0x3e;
export const INTEL_EXIT_XSAVES: u64 = 0x3f;
export const INTEL_EXIT_XRSTORS: u64 = 0x40;
export const INTEL_EXIT_PCONFIG: u64 = 0x41;
export const INTEL_EXIT_SPP_EVENT: u64 = 0x42;
export const INTEL_EXIT_UMWAIT: u64 = 0x43;
export const INTEL_EXIT_TPAUSE: u64 = 0x44;
export const INTEL_EXIT_LOADIWKEY: u64 = 0x45;
export const INTEL_EXIT_ENCLV: u64 = 0x46;
export const INTEL_EXIT_ENQCMD: u64 = 0x48;
export const INTEL_EXIT_ENQCMDS: u64 = 0x49;
export const INTEL_EXIT_BUS_LOCK: u64 = 0x4a;
export const INTEL_EXIT_INSTRUCTION_TIMEOUT: u64 = 0x4b;
export const INTEL_EXIT_SEAMCALL: u64 = 0x4c;
export const INTEL_EXIT_TDCALL: u64 = 0x4d;
export const INTEL_EXIT_RDMSRLIST: u64 = 0x4e;
export const INTEL_EXIT_WRMSRLIST: u64 = 0x4f;
export const INTEL_EXIT_URDMSR: u64 = 0x50;
export const INTEL_EXIT_UWRMSR: u64 = 0x51;
export const INTEL_EXIT_RDMSR_IMMEDIATE: u64 = 0x54;
export const INTEL_EXIT_WRMSRNS_IMMEDIATE: u64 = 0x55;
/** Bit 31: the processor refused the VS's state. */
export const INTEL_EXIT_ENTRY_FAILURE: u64 = 0x80000000;

// Exit reasons of the microkernel's own, on both vendors

/** The processor was kicked. Nothing has happened in the VM, so there is no instruction to skip: run it on, or wait. */
export const EXIT_KICK: u64 = 0x100000000;
