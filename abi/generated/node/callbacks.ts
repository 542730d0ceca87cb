// Generated from abi/src by `bf build abi`. Do not edit.

// Exit reasons on AMD, as the vmexit callback gets them (APM volume 2, appendix C)

/** Of control register 0; the other 15 follow. */
export const AMD_EXIT_CR_READ = 0x0n;
/** Of control register 0; the other 15 follow. */
export const AMD_EXIT_CR_WRITE = 0x10n;
/** Of debug register 0; the other 15 follow. */
export const AMD_EXIT_DR_READ = 0x20n;
/** Of debug register 0; the other 15 follow. */
export const AMD_EXIT_DR_WRITE = 0x30n;
/** Vector 0; the other 31 follow. */
export const AMD_EXIT_EXCEPTION = 0x40n;
export const AMD_EXIT_INTR = 0x60n;
export const AMD_EXIT_NMI = 0x61n;
export const AMD_EXIT_SMI = 0x62n;
export const AMD_EXIT_INIT = 0x63n;
export const AMD_EXIT_VINTR = 0x64n;
export const AMD_EXIT_CR0_SELECTIVE_WRITE = 0x65n;
export const AMD_EXIT_IDTR_READ = 0x66n;
export const AMD_EXIT_GDTR_READ = 0x67n;
export const AMD_EXIT_LDTR_READ = 0x68n;
export const AMD_EXIT_TR_READ = 0x69n;
export const AMD_EXIT_IDTR_WRITE = 0x6an;
export const AMD_EXIT_GDTR_WRITE = 0x6bn;
export const AMD_EXIT_LDTR_WRITE = 0x6cn;
export const AMD_EXIT_TR_WRITE = 0x6dn;
export const AMD_EXIT_RDTSC = 0x6en;
export const AMD_EXIT_RDPMC = 0x6fn;
export const AMD_EXIT_PUSHF = 0x70n;
export const AMD_EXIT_POPF = 0x71n;
export const AMD_EXIT_CPUID = 0x72n;
export const AMD_EXIT_RSM = 0x73n;
export const AMD_EXIT_IRET = 0x74n;
export const AMD_EXIT_INT = 0x75n;
export const AMD_EXIT_INVD = 0x76n;
export const AMD_EXIT_PAUSE = 0x77n;
export const AMD_EXIT_HLT = 0x78n;
export const AMD_EXIT_INVLPG = 0x79n;
export const AMD_EXIT_INVLPGA = 0x7an;
export const AMD_EXIT_IO = 0x7bn;
export const AMD_EXIT_MSR = 0x7cn;
export const AMD_EXIT_TASK_SWITCH = 0x7dn;
export const AMD_EXIT_FERR_FREEZE = 0x7en;
export const AMD_EXIT_SHUTDOWN = 0x7fn;
export const AMD_EXIT_VMRUN = 0x80n;
export const AMD_EXIT_VMMCALL = 0x81n;
export const AMD_EXIT_VMLOAD = 0x82n;
export const AMD_EXIT_VMSAVE = 0x83n;
export const AMD_EXIT_STGI = 0x84n;
export const AMD_EXIT_CLGI = 0x85n;
export const AMD_EXIT_SKINIT = 0x86n;
export const AMD_EXIT_RDTSCP = 0x87n;
export const AMD_EXIT_ICEBP = 0x88n;
export const AMD_EXIT_WBINVD = 0x89n;
export const AMD_EXIT_MONITOR = 0x8an;
export const AMD_EXIT_MWAIT = 0x8bn;
export const AMD_EXIT_MWAIT_ARMED = 0x8cn;
export const AMD_EXIT_XSETBV = 0x8dn;
export const AMD_EXIT_RDPRU = 0x8en;
export const AMD_EXIT_EFER_WRITE_TRAP = 0x8fn;
/** Of control register 0, after the write; the other 15 follow. */
export const AMD_EXIT_CR_WRITE_TRAP = 0x90n;
export const AMD_EXIT_INVLPGB = 0xa0n;
export const AMD_EXIT_INVLPGB_ILLEGAL = 0xa1n;
export const AMD_EXIT_INVPCID = 0xa2n;
export const AMD_EXIT_MCOMMIT = 0xa3n;
export const AMD_EXIT_TLBSYNC = 0xa4n;
export const AMD_EXIT_BUS_LOCK = 0xa5n;
export const AMD_EXIT_IDLE_HLT = 0xa6n;
export const AMD_EXIT_NESTED_PAGE_FAULT = 0x400n;
export const AMD_EXIT_AVIC_INCOMPLETE_IPI = 0x401n;
export const AMD_EXIT_AVIC_NO_ACCELERATION = 0x402n;
export const AMD_EXIT_VMGEXIT = 0x403n;
/** The processor refused the VS's state. */
export const AMD_EXIT_INVALID = 0xffffffffffffffffn;

// What happens after a callback: its result

/** Skip the instruction that the VM exited for, and run it on. */
export const NEXT_ADVANCE_AND_RUN = 0x0;
/** Run the VM on where it is: the instruction is executed again. */
export const NEXT_RUN = 0x1;
/** Skip the instruction, and give this processor back to the operating system for good. */
export const NEXT_STOP = 0x2;
/** Give up: the processor is lost to this extension, and the debug ring says so. */
export const NEXT_FAIL = 0x3;
/** Only in bootstrap of a service, which does not own the root VM: done, messages may come. */
export const NEXT_WAIT = 0x5;
/** Only in vmexit, of the extension that owns the root VM: the microkernel keeps the processor, without running a VM, until it is kicked. */
export const NEXT_AWAIT_KICK = 0x6;
/** Only in fail: go on where the callback failed. A fault's instruction is executed once more. */
export const NEXT_AGAIN = 0x4;

// What the fail callback is told that is no exception: its first argument

/** The watchdog took the processor back; the second argument is where the extension was. Exceptions have error code << 32 | vector. */
export const FAIL_OVERDUE = 0x100n;

// Exit reasons on Intel, as the vmexit callback gets them (SDM volume 3, appendix C)

export const INTEL_EXIT_EXCEPTION_OR_NMI = 0x0n;
export const INTEL_EXIT_EXTERNAL_INTERRUPT = 0x1n;
export const INTEL_EXIT_TRIPLE_FAULT = 0x2n;
export const INTEL_EXIT_INIT = 0x3n;
export const INTEL_EXIT_SIPI = 0x4n;
export const INTEL_EXIT_IO_SMI = 0x5n;
export const INTEL_EXIT_OTHER_SMI = 0x6n;
export const INTEL_EXIT_INTERRUPT_WINDOW = 0x7n;
export const INTEL_EXIT_NMI_WINDOW = 0x8n;
export const INTEL_EXIT_TASK_SWITCH = 0x9n;
export const INTEL_EXIT_CPUID = 0xan;
export const INTEL_EXIT_GETSEC = 0xbn;
export const INTEL_EXIT_HLT = 0xcn;
export const INTEL_EXIT_INVD = 0xdn;
export const INTEL_EXIT_INVLPG = 0xen;
export const INTEL_EXIT_RDPMC = 0xfn;
export const INTEL_EXIT_RDTSC = 0x10n;
export const INTEL_EXIT_RSM = 0x11n;
export const INTEL_EXIT_VMCALL = 0x12n;
export const INTEL_EXIT_VMCLEAR = 0x13n;
export const INTEL_EXIT_VMLAUNCH = 0x14n;
export const INTEL_EXIT_VMPTRLD = 0x15n;
export const INTEL_EXIT_VMPTRST = 0x16n;
export const INTEL_EXIT_VMREAD = 0x17n;
export const INTEL_EXIT_VMRESUME = 0x18n;
export const INTEL_EXIT_VMWRITE = 0x19n;
export const INTEL_EXIT_VMXOFF = 0x1an;
export const INTEL_EXIT_VMXON = 0x1bn;
export const INTEL_EXIT_CR_ACCESS = 0x1cn;
export const INTEL_EXIT_MOV_DR = 0x1dn;
export const INTEL_EXIT_IO = 0x1en;
export const INTEL_EXIT_RDMSR = 0x1fn;
export const INTEL_EXIT_WRMSR = 0x20n;
export const INTEL_EXIT_INVALID_GUEST_STATE = 0x21n;
export const INTEL_EXIT_INVALID_MSR_LOADING = 0x22n;
export const INTEL_EXIT_MWAIT = 0x24n;
export const INTEL_EXIT_MONITOR_TRAP_FLAG = 0x25n;
export const INTEL_EXIT_MONITOR = 0x27n;
export const INTEL_EXIT_PAUSE = 0x28n;
export const INTEL_EXIT_MACHINE_CHECK_AT_ENTRY = 0x29n;
export const INTEL_EXIT_TPR_BELOW_THRESHOLD = 0x2bn;
export const INTEL_EXIT_APIC_ACCESS = 0x2cn;
export const INTEL_EXIT_VIRTUALIZED_EOI = 0x2dn;
export const INTEL_EXIT_GDTR_IDTR_ACCESS = 0x2en;
export const INTEL_EXIT_LDTR_TR_ACCESS = 0x2fn;
export const INTEL_EXIT_EPT_VIOLATION = 0x30n;
export const INTEL_EXIT_EPT_MISCONFIGURATION = 0x31n;
export const INTEL_EXIT_INVEPT = 0x32n;
export const INTEL_EXIT_RDTSCP = 0x33n;
export const INTEL_EXIT_PREEMPTION_TIMER = 0x34n;
export const INTEL_EXIT_INVVPID = 0x35n;
export const INTEL_EXIT_WBINVD = 0x36n;
export const INTEL_EXIT_XSETBV = 0x37n;
export const INTEL_EXIT_APIC_WRITE = 0x38n;
export const INTEL_EXIT_RDRAND = 0x39n;
export const INTEL_EXIT_INVPCID = 0x3an;
export const INTEL_EXIT_VMFUNC = 0x3bn;
export const INTEL_EXIT_ENCLS = 0x3cn;
export const INTEL_EXIT_RDSEED = 0x3dn;
export const INTEL_EXIT_PAGE_MODIFICATION_LOG_FULL = 0x3en;
export const INTEL_EXIT_XSAVES = 0x3fn;
export const INTEL_EXIT_XRSTORS = 0x40n;
export const INTEL_EXIT_PCONFIG = 0x41n;
export const INTEL_EXIT_SPP_EVENT = 0x42n;
export const INTEL_EXIT_UMWAIT = 0x43n;
export const INTEL_EXIT_TPAUSE = 0x44n;
export const INTEL_EXIT_LOADIWKEY = 0x45n;
export const INTEL_EXIT_ENCLV = 0x46n;
export const INTEL_EXIT_ENQCMD = 0x48n;
export const INTEL_EXIT_ENQCMDS = 0x49n;
export const INTEL_EXIT_BUS_LOCK = 0x4an;
export const INTEL_EXIT_INSTRUCTION_TIMEOUT = 0x4bn;
export const INTEL_EXIT_SEAMCALL = 0x4cn;
export const INTEL_EXIT_TDCALL = 0x4dn;
export const INTEL_EXIT_RDMSRLIST = 0x4en;
export const INTEL_EXIT_WRMSRLIST = 0x4fn;
export const INTEL_EXIT_URDMSR = 0x50n;
export const INTEL_EXIT_UWRMSR = 0x51n;
export const INTEL_EXIT_RDMSR_IMMEDIATE = 0x54n;
export const INTEL_EXIT_WRMSRNS_IMMEDIATE = 0x55n;
/** Bit 31: the processor refused the VS's state. */
export const INTEL_EXIT_ENTRY_FAILURE = 0x80000000n;

// Exit reasons of the microkernel's own, on both vendors

/** The processor was kicked. Nothing has happened in the VM, so there is no instruction to skip: run it on, or wait. */
export const EXIT_KICK = 0x100000000n;
