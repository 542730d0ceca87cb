// Generated from abi/src by `bf build abi`. Do not edit.

// MvPage.access: what a guest wanted of memory

export const MV_ACCESS_WRITE: u32 = 0x2;
export const MV_ACCESS_EXECUTE: u32 = 0x4;
/** The processor itself, for the guest's page tables. */
export const MV_ACCESS_TABLE_WALK: u32 = 0x8;

// MicroV's hypercalls: bits 31:0 of RAX (group << 16 | index)

/** R10 out: the versions that there are, MV_VERSION_* bits. No handle. */
export const MV_ID_VERSION: u32 = 0x0;
/** R10 in: a version, one bit. R10 out: the handle. */
export const MV_HANDLE_OPEN: u32 = 0x10000;
/** R10: the handle. */
export const MV_HANDLE_CLOSE: u32 = 0x10001;
/** R10, R11: two numbers for the debug ring. No handle. */
export const MV_DEBUG_OUT: u32 = 0x20000;
/** R10 out: the processor that the call is made on. */
export const MV_PP_PPID: u32 = 0x30000;
/** R10 out: how many processors there are. */
export const MV_PP_ONLINE_PPS: u32 = 0x30001;
/** R11: leaf, R12: subleaf. What a guest may be shown: R10: EAX | EBX << 32, R11: ECX | EDX << 32. */
export const MV_PP_CPUID_GET: u32 = 0x30100;
/** R11: an index from 0. R10 out: that MSR of those that guests have. */
export const MV_PP_MSR_GET_SUPPORTED: u32 = 0x30101;
/** R10 out: the VM. */
export const MV_VM_CREATE: u32 = 0x40000;
/** R11: a VM, whose VPs are gone. */
export const MV_VM_DESTROY: u32 = 0x40001;
/** R11: a VM, R12: guest physical address, R13: host physical address | MV_MAP_*, R14: bytes; all multiples of 4 KiB. R10 out: bytes done, which may be fewer. */
export const MV_VM_MAP: u32 = 0x40100;
/** R11: a VM, R12: guest physical address, R13: bytes. R10 out: bytes done, which may be fewer. */
export const MV_VM_UNMAP: u32 = 0x40101;
/** R11: a VM. R10 out: how many processors may still use memory that was unmapped; 0: give it back. */
export const MV_VM_UNFLUSHED: u32 = 0x40102;
/** R11: a VM, R12: MV_OPTION_*: what its guests find from now on, in place of what they found before. */
export const MV_VM_CONFIGURE: u32 = 0x40103;
/** R11: a VM without VPs, R12: MV_IRQCHIP_*, R13: ticks of the time stamp counter in a millisecond. Each VS that it gets is to get a local APIC. */
export const MV_VM_IRQCHIP_CREATE: u32 = 0x40104;
/** R11: a VM, R12: MV_CHIP_*, R13: a line of its | MV_SOURCE_*, R14: 1: asserted, 0: not. R10 out: VSs to wake, a bit for each by its APIC's ID; R11 out: how many local APICs took it, 0: it waits there already, all ones: it is masked. */
export const MV_VM_IRQ_LINE: u32 = 0x40105;
/** R11: a VM, R12: address, R13: data of the message. R10, R11 out: the same. */
export const MV_VM_MSI: u32 = 0x40106;
/** R11: a VM, R12: offset in the I/O APIC's memory. R10 out: 32 bits. */
export const MV_VM_IO_APIC_READ: u32 = 0x40107;
/** R11: a VM, R12: offset, R13: 32 bits. R10 out: VSs to wake. */
export const MV_VM_IO_APIC_WRITE: u32 = 0x40108;
/** R11: a VM, R12: MV_CHIP_*, R13: which 64 bits of its state, in KVM's layout. R10 out: they. */
export const MV_VM_IRQCHIP_GET: u32 = 0x40109;
/** R11: a VM, R12: MV_CHIP_*, R13: which 64 bits, R14: they; the last ones have it take all. R10 out: VSs to wake. */
export const MV_VM_IRQCHIP_SET: u32 = 0x4010a;
/** R11: a VM. R10 out: the VP. */
export const MV_VP_CREATE: u32 = 0x50000;
/** R11: a VP, whose VS is gone. */
export const MV_VP_DESTROY: u32 = 0x50001;
/** R11: a VP. R10 out: the VS, R11 out: physical address of the MvPage that it shares with its caller. */
export const MV_VS_CREATE: u32 = 0x60000;
/** R11: a VS. RETRY_CONTINUATION: another processor may still use its page; the VS is there until the call is made again. */
export const MV_VS_DESTROY: u32 = 0x60001;
/** R11: a VS. R10 out: MV_EXIT_*; its page tells more. */
export const MV_VS_RUN: u32 = 0x60008;
/** R11: a VS, R12: place of the first one. The page's list of MvCpuid: leaves that the guest has; the last one of the list is the last of all. */
export const MV_VS_CPUID_SET_LIST: u32 = 0x6000c;
/** R11: a VS. The page's list of registers (MV_REG_*) gets their values. R10 out: how many. */
export const MV_VS_REG_GET_LIST: u32 = 0x6000f;
/** R11: a VS. Its registers get the values of the page's list. R10 out: how many. */
export const MV_VS_REG_SET_LIST: u32 = 0x60010;
/** R11: a VS. The same with MSRs. R10 out: how many, which end at one that the guest has not. */
export const MV_VS_MSR_GET_LIST: u32 = 0x60019;
/** R11: a VS. The same: it ends at one that the guest has not, or a value that it refuses. */
export const MV_VS_MSR_SET_LIST: u32 = 0x6001a;
/** R11: a VS, R12: a place in its XSAVE area, R13: bytes. The page's list gets them. R10 out: bytes of the area, as far as a page holds it. */
export const MV_VS_FPU_GET_ALL: u32 = 0x6001d;
/** R11: a VS, R12: a place, R13: bytes, which are in the page's list. R14: 1: the VS gets the area that was put together so; 0: more follows. */
export const MV_VS_FPU_SET_ALL: u32 = 0x6001e;
/** R11: a VS, R12: vector, R13: error code | MV_EVENT_HAS_CODE. */
export const MV_VS_INJECT_EXCEPTION: u32 = 0x60025;
/** R11: a VS, which can take one now, R12: vector. */
export const MV_VS_QUEUE_INTERRUPT: u32 = 0x60026;
/** R11: a VS, R12: MCG_CAP. Its machine check banks begin anew: all enabled, nothing reported. */
export const MV_VS_MCE_SETUP: u32 = 0x60101;
/** R11: a VS, which gets it when it runs next, or behind the handler of another one. */
export const MV_VS_INJECT_NMI: u32 = 0x60100;
/** R11: a VS, R12: MV_OPTION_*: what its guest finds from now on. */
export const MV_VS_CONFIGURE: u32 = 0x60102;
/** R11: a VS without a local APIC, of a VM with interrupt controllers, R12: the APIC's ID, which no other one of the VM has. */
export const MV_VS_APIC_CREATE: u32 = 0x60103;
/** R11: a VS in xAPIC mode, R12: offset in its local APIC's memory. R10 out: 32 bits. */
export const MV_VS_APIC_READ: u32 = 0x60104;
/** R11: a VS in xAPIC mode, R12: offset, R13: 32 bits. R10 out: VSs to wake; R11 out: 0, or MV_EXIT_EOI as if the guest had come back so. */
export const MV_VS_APIC_WRITE: u32 = 0x60105;
/** R11: a VS. The page's list gets the 1 KiB of its local APIC's registers. */
export const MV_VS_APIC_GET: u32 = 0x60106;
/** R11: a VS. Its local APIC gets them of the page's list. */
export const MV_VS_APIC_SET: u32 = 0x60107;

// Interrupt controllers: R12. KVM's numbers

export const MV_CHIP_PIC_MASTER: u32 = 0x0;
export const MV_CHIP_PIC_SLAVE: u32 = 0x1;
export const MV_CHIP_IO_APIC: u32 = 0x2;

// An entry of MV_VS_CPUID_SET_LIST

/** u32. */
export const MV_CPUID_LEAF: u32 = 0x0;
/** u32. */
export const MV_CPUID_SUBLEAF: u32 = 0x4;
/** u32: MV_CPUID_FLAG_*. */
export const MV_CPUID_FLAGS: u32 = 0x8;
/** u32. */
export const MV_CPUID_EAX: u32 = 0xc;
/** u32. */
export const MV_CPUID_EBX: u32 = 0x10;
/** u32. */
export const MV_CPUID_ECX: u32 = 0x14;
/** u32. */
export const MV_CPUID_EDX: u32 = 0x18;
/** u32. */
export const MV_CPUID_RESERVED: u32 = 0x1c;
/** Size of the structure. */
export const MV_CPUID_BYTES: u32 = 0x20;

// MvCpuid.flags

/** Only this subleaf; without it, all of the leaf. KVM's KVM_CPUID_FLAG_SIGNIFCANT_INDEX. */
export const MV_CPUID_FLAG_SUBLEAF: u32 = 0x1;

// MV_VS_INJECT_EXCEPTION: R13

export const MV_EVENT_HAS_CODE: u64 = 0x100000000;

// Why a guest came back: R10 after MV_VS_RUN

/** The processor refuses its state; nothing has run. */
export const MV_EXIT_FAILURE: u32 = 0x0;
/** An exit that nobody knows: `detail` is the processor's reason. */
export const MV_EXIT_UNKNOWN: u32 = 0x1;
/** With a local APIC: the VS waits (`mpState`), and is to be run again when `notified` or at `deadline`. */
export const MV_EXIT_HLT: u32 = 0x2;
/** A port: `port`, `ioBytes`, `ioFlags`, `data`. */
export const MV_EXIT_IO: u32 = 0x3;
/** Memory that is not mapped, or not so: `address`, `access`. */
export const MV_EXIT_MMIO: u32 = 0x4;
/** The guest has written one of MV_MSR_KVM_*: `msr`, `data`. It is behind that. */
export const MV_EXIT_MSR: u32 = 0x5;
/** An interrupt of the machine, which the caller takes when it enables interrupts. */
export const MV_EXIT_INTERRUPT: u32 = 0x6;
/** The guest can take an interrupt, as was asked for. */
export const MV_EXIT_WINDOW: u32 = 0x7;
/** An NMI of the machine. */
export const MV_EXIT_NMI: u32 = 0x8;
/** A triple fault. */
export const MV_EXIT_SHUTDOWN: u32 = 0x9;
/** A machine check of the machine's, which the caller gets as an exception behind its hypercall. */
export const MV_EXIT_MACHINE_CHECK: u32 = 0xa;
/** RDMSR or WRMSR: `msr`, `msrFlags`, `data` of a WRMSR. Nothing has happened, the guest is still at it: MV_RUN_MSR_* says what becomes of it. */
export const MV_EXIT_MSR_ACCESS: u32 = 0xb;
/** As was asked for: nothing has run. */
export const MV_EXIT_STOP: u32 = 0xc;
/** With MV_OPTION_UNDEFINED_ASKED: an instruction that is none. The guest is at it, with `general`, `rip` and `rflags`, and has got no exception. */
export const MV_EXIT_UNDEFINED: u32 = 0xd;
/** Its local APIC's timer has another `deadline`, which has not passed. */
export const MV_EXIT_TIMER: u32 = 0xe;
/** It has sent something to the VSs of `wake`. */
export const MV_EXIT_WAKE: u32 = 0xf;
/** It has ended an interrupt that was level-triggered. Split: `vector`. Full: `data` has the lines that MV_SOURCE_RESAMPLED asserts no more: pins of the I/O APIC, and from bit 32 those of the 8259 pair; and there may be VSs to `wake`. */
export const MV_EXIT_EOI: u32 = 0x10;

// MvPage.ioFlags

export const MV_IO_IN: u32 = 0x1;
/** INS or OUTS, which the caller carries out: nothing has happened, the guest is still at it. */
export const MV_IO_STRING: u32 = 0x2;
export const MV_IO_REPEATED: u32 = 0x4;

// MV_VM_IRQCHIP_CREATE: R12

/** Local APICs, an I/O APIC and a pair of 8259. */
export const MV_IRQCHIP_FULL: u32 = 0x0;
/** Local APICs; the others are the caller's. */
export const MV_IRQCHIP_SPLIT: u32 = 0x1;

// Versions and limits of MicroV's hypercalls

/** Bits 63:48 of RAX. */
export const MV_SIGNATURE: u32 = 0x764d;
/** "Mv#1": EAX of CPUID leaf 0x40000001 where there is MicroV is the microkernel's; this is ECX. */
export const MV_SPEC_ID: u32 = 0x3123764d;
/** The version of upstream's interface. */
export const MV_VERSION_1: u32 = 0x2;
/** The handle, as upstream's. */
export const MV_HANDLE: u32 = 0x42;
export const MV_INVALID_ID: u32 = 0xffff;
/** Calls with such an index are not upstream's. */
export const MV_OWN: u32 = 0x100;
export const MV_MAX_VMS: u32 = 0x40;
/** Of all VMs together. */
export const MV_MAX_VPS: u32 = 0x100;
/** Leaves of a guest. */
export const MV_MAX_CPUIDS: u32 = 0x78;
/** Of the page's list. */
export const MV_LIST_BYTES: u32 = 0xf00;
/** Of an XSAVE area, at most. */
export const MV_FPU_BYTES: u32 = 0x1000;
/** Registers or MSRs of a call. */
export const MV_LIST_ENTRIES: u32 = 0xf0;
/** Of a VM, and so their IDs. */
export const MV_MAX_APICS: u32 = 0x40;
/** Of a local APIC's registers. */
export const MV_APIC_BYTES: u32 = 0x400;

// MV_VM_MAP: bits 11:0 of R13

export const MV_MAP_READ: u32 = 0x1;
export const MV_MAP_WRITE: u32 = 0x2;
export const MV_MAP_EXECUTE: u32 = 0x4;

// MvPage.mpState: KVM's numbers

export const MV_MP_RUNNABLE: u32 = 0x0;
/** Waits for INIT. */
export const MV_MP_UNINITIALIZED: u32 = 0x1;
/** Waits for SIPI. */
export const MV_MP_INIT_RECEIVED: u32 = 0x2;
export const MV_MP_HALTED: u32 = 0x3;

// MvPage.msrFlags: an access, and why it exits

export const MV_MSR_WRITE: u32 = 0x1;
/** MV_OPTION_MSR_ASKED. */
export const MV_MSR_ASKED: u32 = 0x2;
/** MV_OPTION_MSR_UNKNOWN. */
export const MV_MSR_UNKNOWN: u32 = 0x4;
/** MV_OPTION_MSR_REFUSED. */
export const MV_MSR_REFUSED: u32 = 0x8;

// MSRs by which guests ask their VMM for something

export const MV_MSR_TIME_STAMP_COUNTER: u32 = 0x10;
export const MV_MSR_KVM_WALL_CLOCK: u32 = 0x11;
export const MV_MSR_KVM_SYSTEM_TIME: u32 = 0x12;
export const MV_MSR_KVM_WALL_CLOCK_NEW: u32 = 0x4b564d00;
export const MV_MSR_KVM_SYSTEM_TIME_NEW: u32 = 0x4b564d01;

// MV_REG_NMI

/** One comes as soon as none is handled. */
export const MV_NMI_WAITS: u32 = 0x1;
/** One is handled: its handler has not returned. */
export const MV_NMI_BLOCKED: u32 = 0x2;

// What a VS and its caller share: a page

/** u32: To MV_VS_RUN: MV_RUN_*. */
export const MV_PAGE_REQUEST: u32 = 0x0;
/** u32: MV_STATE_*, as the VS is while it does not run. */
export const MV_PAGE_STATE: u32 = 0x4;
/** u64: A port's datum: of an OUT, and what the next MV_VS_RUN gives an IN. */
export const MV_PAGE_DATA: u32 = 0x8;
/** u16. */
export const MV_PAGE_PORT: u32 = 0x10;
/** u8: 1, 2 or 4. */
export const MV_PAGE_IO_BYTES: u32 = 0x12;
/** u8: MV_IO_*. */
export const MV_PAGE_IO_FLAGS: u32 = 0x13;
/** u32: MV_ACCESS_*. */
export const MV_PAGE_ACCESS: u32 = 0x14;
/** u64: The guest physical address that was accessed. */
export const MV_PAGE_ADDRESS: u32 = 0x18;
/** u64: The processor's exit reason. */
export const MV_PAGE_DETAIL: u32 = 0x20;
/** u64: The task priority: in and out, and MV_REG_CR8. */
export const MV_PAGE_CR8: u32 = 0x28;
/** u64: The local APIC's base MSR: the same. */
export const MV_PAGE_APIC_BASE: u32 = 0x30;
/** u64: Exits of the VS since it was made. */
export const MV_PAGE_EXITS: u32 = 0x38;
/** u32: MV_EXIT_FAILURE: the processor that does not run it. */
export const MV_PAGE_PROCESSOR: u32 = 0x40;
/** u32: Its number. */
export const MV_PAGE_MSR: u32 = 0x44;
/** u64[16]: MV_EXIT_MMIO, MV_EXIT_UNDEFINED, MV_EXIT_IO of strings: registers in the order of their encodings. In with MV_RUN_REGISTERS, as the next two. */
export const MV_PAGE_GENERAL: u32 = 0x48;
/** u64. */
export const MV_PAGE_RIP: u32 = 0xc8;
/** u64. */
export const MV_PAGE_RFLAGS: u32 = 0xd0;
/** u32: MV_MSR_*. */
export const MV_PAGE_MSR_FLAGS: u32 = 0xd8;
/** u32: MV_MP_*: in and out, for a VS with a local APIC. */
export const MV_PAGE_MP_STATE: u32 = 0xdc;
/** u64: When its local APIC's timer is due, by the processor's time stamp counter; 0: never. It is to be run then. */
export const MV_PAGE_DEADLINE: u32 = 0xe0;
/** u64: MV_EXIT_WAKE, MV_EXIT_EOI: a bit for each VS, by its APIC's ID. */
export const MV_PAGE_WAKE: u32 = 0xe8;
/** u32: 1: something has come for it while it did not run, so that it is to be run. */
export const MV_PAGE_NOTIFIED: u32 = 0xf0;
/** u32: MV_EXIT_EOI, split. */
export const MV_PAGE_VECTOR: u32 = 0xf4;
/** u64: Entries of the list. */
export const MV_PAGE_LIST_COUNT: u32 = 0xf8;
/** u64[480]: Up to MV_LIST_ENTRIES of {number, value}, or MvCpuids. */
export const MV_PAGE_LIST: u32 = 0x100;
/** Size of the structure. */
export const MV_PAGE_BYTES: u32 = 0x1000;

// Registers of a guest, by MicroV's numbers

export const MV_REG_RAX: u32 = 0x1;
export const MV_REG_RBX: u32 = 0x2;
export const MV_REG_RCX: u32 = 0x3;
export const MV_REG_RDX: u32 = 0x4;
export const MV_REG_RBP: u32 = 0x5;
export const MV_REG_RSI: u32 = 0x6;
export const MV_REG_RDI: u32 = 0x7;
export const MV_REG_R8: u32 = 0x8;
export const MV_REG_R9: u32 = 0x9;
export const MV_REG_R10: u32 = 0xa;
export const MV_REG_R11: u32 = 0xb;
export const MV_REG_R12: u32 = 0xc;
export const MV_REG_R13: u32 = 0xd;
export const MV_REG_R14: u32 = 0xe;
export const MV_REG_R15: u32 = 0xf;
export const MV_REG_RSP: u32 = 0x10;
export const MV_REG_RIP: u32 = 0x11;
export const MV_REG_RFLAGS: u32 = 0x12;
export const MV_REG_ES_SELECTOR: u32 = 0x13;
export const MV_REG_ES_ATTRIB: u32 = 0x14;
export const MV_REG_ES_LIMIT: u32 = 0x15;
export const MV_REG_ES_BASE: u32 = 0x16;
export const MV_REG_CS_SELECTOR: u32 = 0x17;
export const MV_REG_CS_ATTRIB: u32 = 0x18;
export const MV_REG_CS_LIMIT: u32 = 0x19;
export const MV_REG_CS_BASE: u32 = 0x1a;
export const MV_REG_SS_SELECTOR: u32 = 0x1b;
export const MV_REG_SS_ATTRIB: u32 = 0x1c;
export const MV_REG_SS_LIMIT: u32 = 0x1d;
export const MV_REG_SS_BASE: u32 = 0x1e;
export const MV_REG_DS_SELECTOR: u32 = 0x1f;
export const MV_REG_DS_ATTRIB: u32 = 0x20;
export const MV_REG_DS_LIMIT: u32 = 0x21;
export const MV_REG_DS_BASE: u32 = 0x22;
export const MV_REG_FS_SELECTOR: u32 = 0x23;
export const MV_REG_FS_ATTRIB: u32 = 0x24;
export const MV_REG_FS_LIMIT: u32 = 0x25;
export const MV_REG_FS_BASE: u32 = 0x26;
export const MV_REG_GS_SELECTOR: u32 = 0x27;
export const MV_REG_GS_ATTRIB: u32 = 0x28;
export const MV_REG_GS_LIMIT: u32 = 0x29;
export const MV_REG_GS_BASE: u32 = 0x2a;
export const MV_REG_LDTR_SELECTOR: u32 = 0x2b;
export const MV_REG_LDTR_ATTRIB: u32 = 0x2c;
export const MV_REG_LDTR_LIMIT: u32 = 0x2d;
export const MV_REG_LDTR_BASE: u32 = 0x2e;
export const MV_REG_TR_SELECTOR: u32 = 0x2f;
export const MV_REG_TR_ATTRIB: u32 = 0x30;
export const MV_REG_TR_LIMIT: u32 = 0x31;
export const MV_REG_TR_BASE: u32 = 0x32;
export const MV_REG_GDTR_SELECTOR: u32 = 0x33;
export const MV_REG_GDTR_ATTRIB: u32 = 0x34;
export const MV_REG_GDTR_LIMIT: u32 = 0x35;
export const MV_REG_GDTR_BASE: u32 = 0x36;
export const MV_REG_IDTR_SELECTOR: u32 = 0x37;
export const MV_REG_IDTR_ATTRIB: u32 = 0x38;
export const MV_REG_IDTR_LIMIT: u32 = 0x39;
export const MV_REG_IDTR_BASE: u32 = 0x3a;
export const MV_REG_DR0: u32 = 0x3b;
export const MV_REG_DR1: u32 = 0x3c;
export const MV_REG_DR2: u32 = 0x3d;
export const MV_REG_DR3: u32 = 0x3e;
export const MV_REG_DR6: u32 = 0x3f;
export const MV_REG_DR7: u32 = 0x40;
export const MV_REG_CR0: u32 = 0x41;
export const MV_REG_CR2: u32 = 0x42;
export const MV_REG_CR3: u32 = 0x43;
export const MV_REG_CR4: u32 = 0x44;
export const MV_REG_CR8: u32 = 0x45;
export const MV_REG_XCR0: u32 = 0x46;
/** Ours, like all that follow. */
export const MV_REG_EFER: u32 = 0x100;
export const MV_REG_APIC_BASE: u32 = 0x101;
/** 1: no interrupt before the next instruction is done. */
export const MV_REG_INTERRUPT_SHADOW: u32 = 0x102;
/** The event that is delivered when the VS runs next: bits 7:0 vector, 10:8 type, 11 has a code, 31 valid, 63:32 the code (APM volume 2, 15.20); 0: none. */
export const MV_REG_EVENT: u32 = 0x103;
/** What its time stamp counter has more than the processor's. */
export const MV_REG_TSC_OFFSET: u32 = 0x104;
/** MV_NMI_*. */
export const MV_REG_NMI: u32 = 0x105;

// MvPage.request and MvPage.state

/** request: come back as soon as the guest can take an interrupt. */
export const MV_RUN_WINDOW: u32 = 0x1;
/** request: the guest has carried out an instruction, and has `general`, `rip` and `rflags` behind it. */
export const MV_RUN_REGISTERS: u32 = 0x2;
/** request: what else is asked for is done, and nothing runs. */
export const MV_RUN_STOP: u32 = 0x4;
/** request: the access to an MSR is done; a RDMSR's answer is `data`. */
export const MV_RUN_MSR_DONE: u32 = 0x8;
/** request: it raises #GP. */
export const MV_RUN_MSR_FAULT: u32 = 0x10;
/** request: it is carried out, if it is what the guest does next, and does not exit for MV_OPTION_MSR_ASKED. */
export const MV_RUN_MSR_ALLOWED: u32 = 0x20;
/** state: the guest can take an interrupt now. */
export const MV_STATE_INTERRUPTIBLE: u32 = 0x1;
/** state: RFLAGS.IF. */
export const MV_STATE_IF: u32 = 0x2;

// MV_VM_IRQ_LINE: who asserts; a line is asserted while one does

export const MV_SOURCE_USER: u32 = 0x0;
/** The interval timer. */
export const MV_SOURCE_TIMER: u32 = 0x100;
/** Those that are told when the guest has ended the interrupt. */
export const MV_SOURCE_RESAMPLED: u32 = 0x200;

// Status codes of MicroV's hypercalls: RAX

export const MV_STATUS_SUCCESS: u64 = 0x0;
export const MV_STATUS_FAILURE_UNKNOWN: u64 = 0xdead000000010001;
export const MV_STATUS_FAILURE_INVALID_HANDLE: u64 = 0xdead000000020001;
export const MV_STATUS_FAILURE_UNSUPPORTED: u64 = 0xdead000000040001;
export const MV_STATUS_INVALID_PERM_DENIED: u64 = 0xdead000000010002;
export const MV_STATUS_INVALID_INPUT_REG0: u64 = 0xdead000000010003;
export const MV_STATUS_INVALID_INPUT_REG1: u64 = 0xdead000000020003;
export const MV_STATUS_INVALID_INPUT_REG2: u64 = 0xdead000000040003;
export const MV_STATUS_INVALID_INPUT_REG3: u64 = 0xdead000000080003;
/** Ours, with R14. */
export const MV_STATUS_INVALID_INPUT_REG4: u64 = 0xdead000000100003;
export const MV_STATUS_RETRY_CONTINUATION: u64 = 0xdead000000100004;
/** The processor refuses to run the VS: the debug ring says why. */
export const MV_STATUS_EXIT_FAILURE: u64 = 0xdead000000100005;
export const MV_STATUS_EXIT_UNKNOWN: u64 = 0xdead000000200005;

// MV_VM_CONFIGURE: R12

/** Each access to an MSR that exits comes to the caller (MV_EXIT_MSR_ACCESS), before anything of it is done. */
export const MV_OPTION_MSR_ASKED: u32 = 0x1;
/** Accesses to MSRs that the guest has not exit, instead of #GP. */
export const MV_OPTION_MSR_UNKNOWN: u32 = 0x2;
/** So do writes of values that the guest's MSR does not take. */
export const MV_OPTION_MSR_REFUSED: u32 = 0x4;
/** MONITOR and MWAIT are #UD where CPUID has them not, instead of nothing. */
export const MV_OPTION_MWAIT_BY_CPUID: u32 = 0x8;
/** CPUID has MONITOR and MWAIT while MISC_ENABLE's bit 18 is set, whatever the caller gave it. */
export const MV_OPTION_MWAIT_BY_MSR: u32 = 0x10;
/** MSRs exit that may change hands with the VS: reads of the time stamp counter, SYSENTER's, SYSCALL's, FS_BASE, GS_BASE and KERNEL_GS_BASE. */
export const MV_OPTION_MSR_CLOSED: u32 = 0x20;
/** #UD of the guest comes to the caller (MV_EXIT_UNDEFINED), who may know better. */
export const MV_OPTION_UNDEFINED_ASKED: u32 = 0x40;

// MV_VS_CONFIGURE: R12

/** The guest has those MSRs of KVM's alone whose bits CPUID leaf 0x40000001 has. */
export const MV_OPTION_FEATURES: u32 = 0x1;
