// MicroV's hypercalls: how the kernel of the root VM makes guest VMs, and runs them
//
// Numbers, registers and status codes are those of upstream's "Mv#1" where upstream has the call; what is ours has indices
// from MV_OWN on. RAX: MV_SIGNATURE << 48 | the call; R10: the handle, or the first argument of a call that wants none; R11,
// R12, R13, R14: arguments. Out: RAX a status, R10 to R13 results.

import { structure, table } from "./schema.ts";

export const mvCalls = table("hypercalls", "MicroV's hypercalls: bits 31:0 of RAX (group << 16 | index)", "u32", {
  MV_ID_VERSION: [0x0_0000, "R10 out: the versions that there are, MV_VERSION_* bits. No handle."],
  MV_HANDLE_OPEN: [0x1_0000, "R10 in: a version, one bit. R10 out: the handle."],
  MV_HANDLE_CLOSE: [0x1_0001, "R10: the handle."],
  MV_DEBUG_OUT: [0x2_0000, "R10, R11: two numbers for the debug ring. No handle."],
  MV_PP_PPID: [0x3_0000, "R10 out: the processor that the call is made on."],
  MV_PP_ONLINE_PPS: [0x3_0001, "R10 out: how many processors there are."],
  MV_PP_CPUID_GET: [
    0x3_0100,
    "R11: leaf, R12: subleaf. What a guest may be shown: R10: EAX | EBX << 32, R11: ECX | EDX << 32.",
  ],
  MV_PP_MSR_GET_SUPPORTED: [0x3_0101, "R11: an index from 0. R10 out: that MSR of those that guests have."],
  MV_VM_CREATE: [0x4_0000, "R10 out: the VM."],
  MV_VM_DESTROY: [0x4_0001, "R11: a VM, whose VPs are gone."],
  MV_VM_MAP: [
    0x4_0100,
    "R11: a VM, R12: guest physical address, R13: host physical address | MV_MAP_*, R14: bytes; all multiples of 4 KiB. R10 out: bytes done, which may be fewer.",
  ],
  MV_VM_UNMAP: [
    0x4_0101,
    "R11: a VM, R12: guest physical address, R13: bytes. R10 out: bytes done, which may be fewer.",
  ],
  MV_VM_UNFLUSHED: [
    0x4_0102,
    "R11: a VM. R10 out: how many processors may still use memory that was unmapped; 0: give it back.",
  ],
  MV_VM_CONFIGURE: [
    0x4_0103,
    "R11: a VM, R12: MV_OPTION_*: what its guests find from now on, in place of what they found before.",
  ],
  MV_VM_IRQCHIP_CREATE: [
    0x4_0104,
    "R11: a VM without VPs, R12: MV_IRQCHIP_*, R13: ticks of the time stamp counter in a millisecond. Each VS that it gets is to get a local APIC.",
  ],
  MV_VM_IRQ_LINE: [
    0x4_0105,
    "R11: a VM, R12: MV_CHIP_*, R13: a line of its | MV_SOURCE_*, R14: 1: asserted, 0: not. R10 out: VSs to wake, a bit for each by its APIC's ID; R11 out: how many local APICs took it, 0: it waits there already, all ones: it is masked.",
  ],
  MV_VM_MSI: [0x4_0106, "R11: a VM, R12: address, R13: data of the message. R10, R11 out: the same."],
  MV_VM_IO_APIC_READ: [0x4_0107, "R11: a VM, R12: offset in the I/O APIC's memory. R10 out: 32 bits."],
  MV_VM_IO_APIC_WRITE: [0x4_0108, "R11: a VM, R12: offset, R13: 32 bits. R10 out: VSs to wake."],
  MV_VM_IRQCHIP_GET: [
    0x4_0109,
    "R11: a VM, R12: MV_CHIP_*, R13: which 64 bits of its state, in KVM's layout. R10 out: they.",
  ],
  MV_VM_IRQCHIP_SET: [
    0x4_010a,
    "R11: a VM, R12: MV_CHIP_*, R13: which 64 bits, R14: they; the last ones have it take all. R10 out: VSs to wake.",
  ],
  MV_VP_CREATE: [0x5_0000, "R11: a VM. R10 out: the VP."],
  MV_VP_DESTROY: [0x5_0001, "R11: a VP, whose VS is gone."],
  MV_VS_CREATE: [
    0x6_0000,
    "R11: a VP. R10 out: the VS, R11 out: physical address of the MvPage that it shares with its caller.",
  ],
  MV_VS_DESTROY: [
    0x6_0001,
    "R11: a VS. RETRY_CONTINUATION: another processor may still use its page; the VS is there until the call is made again.",
  ],
  MV_VS_RUN: [0x6_0008, "R11: a VS. R10 out: MV_EXIT_*; its page tells more."],
  MV_VS_CPUID_SET_LIST: [
    0x6_000c,
    "R11: a VS, R12: place of the first one. The page's list of MvCpuid: leaves that the guest has; the last one of the list is the last of all.",
  ],
  MV_VS_REG_GET_LIST: [
    0x6_000f,
    "R11: a VS. The page's list of registers (MV_REG_*) gets their values. R10 out: how many.",
  ],
  MV_VS_REG_SET_LIST: [0x6_0010, "R11: a VS. Its registers get the values of the page's list. R10 out: how many."],
  MV_VS_MSR_GET_LIST: [
    0x6_0019,
    "R11: a VS. The same with MSRs. R10 out: how many, which end at one that the guest has not.",
  ],
  MV_VS_MSR_SET_LIST: [
    0x6_001a,
    "R11: a VS. The same: it ends at one that the guest has not, or a value that it refuses.",
  ],
  MV_VS_FPU_GET_ALL: [
    0x6_001d,
    "R11: a VS, R12: a place in its XSAVE area, R13: bytes. The page's list gets them. R10 out: bytes of the area, as far as a page holds it.",
  ],
  MV_VS_FPU_SET_ALL: [
    0x6_001e,
    "R11: a VS, R12: a place, R13: bytes, which are in the page's list. R14: 1: the VS gets the area that was put together so; 0: more follows.",
  ],
  MV_VS_INJECT_EXCEPTION: [0x6_0025, "R11: a VS, R12: vector, R13: error code | MV_EVENT_HAS_CODE."],
  MV_VS_QUEUE_INTERRUPT: [0x6_0026, "R11: a VS, which can take one now, R12: vector."],
  MV_VS_MCE_SETUP: [
    0x6_0101,
    "R11: a VS, R12: MCG_CAP. Its machine check banks begin anew: all enabled, nothing reported.",
  ],
  MV_VS_INJECT_NMI: [0x6_0100, "R11: a VS, which gets it when it runs next, or behind the handler of another one."],
  MV_VS_CONFIGURE: [0x6_0102, "R11: a VS, R12: MV_OPTION_*: what its guest finds from now on."],
  MV_VS_APIC_CREATE: [
    0x6_0103,
    "R11: a VS without a local APIC, of a VM with interrupt controllers, R12: the APIC's ID, which no other one of the VM has.",
  ],
  MV_VS_APIC_READ: [0x6_0104, "R11: a VS in xAPIC mode, R12: offset in its local APIC's memory. R10 out: 32 bits."],
  MV_VS_APIC_WRITE: [
    0x6_0105,
    "R11: a VS in xAPIC mode, R12: offset, R13: 32 bits. R10 out: VSs to wake; R11 out: 0, or MV_EXIT_EOI as if the guest had come back so.",
  ],
  MV_VS_APIC_GET: [0x6_0106, "R11: a VS. The page's list gets the 1 KiB of its local APIC's registers."],
  MV_VS_APIC_SET: [0x6_0107, "R11: a VS. Its local APIC gets them of the page's list."],
});

export const mvVmOptions = table("hypercalls", "MV_VM_CONFIGURE: R12", "u32", {
  MV_OPTION_MSR_ASKED: [
    1,
    "Each access to an MSR that exits comes to the caller (MV_EXIT_MSR_ACCESS), before anything of it is done.",
  ],
  MV_OPTION_MSR_UNKNOWN: [2, "Accesses to MSRs that the guest has not exit, instead of #GP."],
  MV_OPTION_MSR_REFUSED: [4, "So do writes of values that the guest's MSR does not take."],
  MV_OPTION_MWAIT_BY_CPUID: [8, "MONITOR and MWAIT are #UD where CPUID has them not, instead of nothing."],
  MV_OPTION_MWAIT_BY_MSR: [
    16,
    "CPUID has MONITOR and MWAIT while MISC_ENABLE's bit 18 is set, whatever the caller gave it.",
  ],
  MV_OPTION_MSR_CLOSED: [
    32,
    "MSRs exit that may change hands with the VS: reads of the time stamp counter, SYSENTER's, SYSCALL's, FS_BASE, GS_BASE and KERNEL_GS_BASE.",
  ],
  MV_OPTION_UNDEFINED_ASKED: [64, "#UD of the guest comes to the caller (MV_EXIT_UNDEFINED), who may know better."],
});

export const mvVsOptions = table("hypercalls", "MV_VS_CONFIGURE: R12", "u32", {
  MV_OPTION_FEATURES: [1, "The guest has those MSRs of KVM's alone whose bits CPUID leaf 0x40000001 has."],
});

export const mvIrqchip = table("hypercalls", "MV_VM_IRQCHIP_CREATE: R12", "u32", {
  MV_IRQCHIP_FULL: [0, "Local APICs, an I/O APIC and a pair of 8259."],
  MV_IRQCHIP_SPLIT: [1, "Local APICs; the others are the caller's."],
});

export const mvChips = table("hypercalls", "Interrupt controllers: R12. KVM's numbers", "u32", {
  MV_CHIP_PIC_MASTER: 0,
  MV_CHIP_PIC_SLAVE: 1,
  MV_CHIP_IO_APIC: 2,
});

export const mvSources = table("hypercalls", "MV_VM_IRQ_LINE: who asserts; a line is asserted while one does", "u32", {
  MV_SOURCE_USER: 0,
  MV_SOURCE_TIMER: [0x100, "The interval timer."],
  MV_SOURCE_RESAMPLED: [0x200, "Those that are told when the guest has ended the interrupt."],
});

export const mvMp = table("hypercalls", "MvPage.mpState: KVM's numbers", "u32", {
  MV_MP_RUNNABLE: 0,
  MV_MP_UNINITIALIZED: [1, "Waits for INIT."],
  MV_MP_INIT_RECEIVED: [2, "Waits for SIPI."],
  MV_MP_HALTED: 3,
});

export const mvLimits = table("hypercalls", "Versions and limits of MicroV's hypercalls", "u32", {
  MV_SIGNATURE: [0x764d, "Bits 63:48 of RAX."],
  MV_SPEC_ID: [
    0x3123_764d,
    '"Mv#1": EAX of CPUID leaf 0x40000001 where there is MicroV is the microkernel\'s; this is ECX.',
  ],
  MV_VERSION_1: [0x2, "The version of upstream's interface."],
  MV_HANDLE: [0x42, "The handle, as upstream's."],
  MV_INVALID_ID: 0xffff,
  MV_OWN: [0x100, "Calls with such an index are not upstream's."],
  MV_MAX_VMS: 64,
  MV_MAX_VPS: [256, "Of all VMs together."],
  MV_MAX_CPUIDS: [120, "Leaves of a guest."],
  MV_LIST_BYTES: [3840, "Of the page's list."],
  MV_FPU_BYTES: [4096, "Of an XSAVE area, at most."],
  MV_LIST_ENTRIES: [240, "Registers or MSRs of a call."],
  MV_MAX_APICS: [64, "Of a VM, and so their IDs."],
  MV_APIC_BYTES: [1024, "Of a local APIC's registers."],
});

export const mvStatus = table("hypercalls", "Status codes of MicroV's hypercalls: RAX", "u64", {
  MV_STATUS_SUCCESS: 0n,
  MV_STATUS_FAILURE_UNKNOWN: 0xdead_0000_0001_0001n,
  MV_STATUS_FAILURE_INVALID_HANDLE: 0xdead_0000_0002_0001n,
  MV_STATUS_FAILURE_UNSUPPORTED: 0xdead_0000_0004_0001n,
  MV_STATUS_INVALID_PERM_DENIED: 0xdead_0000_0001_0002n,
  MV_STATUS_INVALID_INPUT_REG0: 0xdead_0000_0001_0003n,
  MV_STATUS_INVALID_INPUT_REG1: 0xdead_0000_0002_0003n,
  MV_STATUS_INVALID_INPUT_REG2: 0xdead_0000_0004_0003n,
  MV_STATUS_INVALID_INPUT_REG3: 0xdead_0000_0008_0003n,
  MV_STATUS_INVALID_INPUT_REG4: [0xdead_0000_0010_0003n, "Ours, with R14."],
  MV_STATUS_RETRY_CONTINUATION: 0xdead_0000_0010_0004n,
  MV_STATUS_EXIT_FAILURE: [0xdead_0000_0010_0005n, "The processor refuses to run the VS: the debug ring says why."],
  MV_STATUS_EXIT_UNKNOWN: 0xdead_0000_0020_0005n,
});

export const mvMapFlags = table("hypercalls", "MV_VM_MAP: bits 11:0 of R13", "u32", {
  MV_MAP_READ: 1,
  MV_MAP_WRITE: 2,
  MV_MAP_EXECUTE: 4,
});

export const mvExits = table("hypercalls", "Why a guest came back: R10 after MV_VS_RUN", "u32", {
  MV_EXIT_FAILURE: [0, "The processor refuses its state; nothing has run."],
  MV_EXIT_UNKNOWN: [1, "An exit that nobody knows: `detail` is the processor's reason."],
  MV_EXIT_HLT: [
    2,
    "With a local APIC: the VS waits (`mpState`), and is to be run again when `notified` or at `deadline`.",
  ],
  MV_EXIT_IO: [3, "A port: `port`, `ioBytes`, `ioFlags`, `data`."],
  MV_EXIT_MMIO: [4, "Memory that is not mapped, or not so: `address`, `access`."],
  MV_EXIT_MSR: [5, "The guest has written one of MV_MSR_KVM_*: `msr`, `data`. It is behind that."],
  MV_EXIT_INTERRUPT: [6, "An interrupt of the machine, which the caller takes when it enables interrupts."],
  MV_EXIT_WINDOW: [7, "The guest can take an interrupt, as was asked for."],
  MV_EXIT_NMI: [8, "An NMI of the machine."],
  MV_EXIT_SHUTDOWN: [9, "A triple fault."],
  MV_EXIT_MACHINE_CHECK: [
    10,
    "A machine check of the machine's, which the caller gets as an exception behind its hypercall.",
  ],
  MV_EXIT_MSR_ACCESS: [
    11,
    "RDMSR or WRMSR: `msr`, `msrFlags`, `data` of a WRMSR. Nothing has happened, the guest is still at it: MV_RUN_MSR_* says what becomes of it.",
  ],
  MV_EXIT_STOP: [12, "As was asked for: nothing has run."],
  MV_EXIT_UNDEFINED: [
    13,
    "With MV_OPTION_UNDEFINED_ASKED: an instruction that is none. The guest is at it, with `general`, `rip` and `rflags`, and has got no exception.",
  ],
  MV_EXIT_TIMER: [14, "Its local APIC's timer has another `deadline`, which has not passed."],
  MV_EXIT_WAKE: [15, "It has sent something to the VSs of `wake`."],
  MV_EXIT_EOI: [
    16,
    "It has ended an interrupt that was level-triggered. Split: `vector`. Full: `data` has the lines that MV_SOURCE_RESAMPLED asserts no more: pins of the I/O APIC, and from bit 32 those of the 8259 pair; and there may be VSs to `wake`.",
  ],
});

export const mvMsrFlags = table("hypercalls", "MvPage.msrFlags: an access, and why it exits", "u32", {
  MV_MSR_WRITE: 1,
  MV_MSR_ASKED: [2, "MV_OPTION_MSR_ASKED."],
  MV_MSR_UNKNOWN: [4, "MV_OPTION_MSR_UNKNOWN."],
  MV_MSR_REFUSED: [8, "MV_OPTION_MSR_REFUSED."],
});

export const mvMsrs = table("hypercalls", "MSRs by which guests ask their VMM for something", "u32", {
  MV_MSR_TIME_STAMP_COUNTER: 0x10,
  MV_MSR_KVM_WALL_CLOCK: 0x11,
  MV_MSR_KVM_SYSTEM_TIME: 0x12,
  MV_MSR_KVM_WALL_CLOCK_NEW: 0x4b56_4d00,
  MV_MSR_KVM_SYSTEM_TIME_NEW: 0x4b56_4d01,
});

export const mvAccess = table("hypercalls", "MvPage.access: what a guest wanted of memory", "u32", {
  MV_ACCESS_WRITE: 2,
  MV_ACCESS_EXECUTE: 4,
  MV_ACCESS_TABLE_WALK: [8, "The processor itself, for the guest's page tables."],
});

export const mvIo = table("hypercalls", "MvPage.ioFlags", "u32", {
  MV_IO_IN: 1,
  MV_IO_STRING: [2, "INS or OUTS, which the caller carries out: nothing has happened, the guest is still at it."],
  MV_IO_REPEATED: 4,
});

export const mvRun = table("hypercalls", "MvPage.request and MvPage.state", "u32", {
  MV_RUN_WINDOW: [1, "request: come back as soon as the guest can take an interrupt."],
  MV_RUN_REGISTERS: [
    2,
    "request: the guest has carried out an instruction, and has `general`, `rip` and `rflags` behind it.",
  ],
  MV_RUN_STOP: [4, "request: what else is asked for is done, and nothing runs."],
  MV_RUN_MSR_DONE: [8, "request: the access to an MSR is done; a RDMSR's answer is `data`."],
  MV_RUN_MSR_FAULT: [16, "request: it raises #GP."],
  MV_RUN_MSR_ALLOWED: [
    32,
    "request: it is carried out, if it is what the guest does next, and does not exit for MV_OPTION_MSR_ASKED.",
  ],
  MV_STATE_INTERRUPTIBLE: [1, "state: the guest can take an interrupt now."],
  MV_STATE_IF: [2, "state: RFLAGS.IF."],
});

export const mvEvent = table("hypercalls", "MV_VS_INJECT_EXCEPTION: R13", "u64", {
  MV_EVENT_HAS_CODE: 0x1_0000_0000n,
});

export const mvPage = structure("hypercalls", "MvPage", "What a VS and its caller share: a page", {
  request: ["u32", "To MV_VS_RUN: MV_RUN_*."],
  state: ["u32", "MV_STATE_*, as the VS is while it does not run."],
  data: ["u64", "A port's datum: of an OUT, and what the next MV_VS_RUN gives an IN."],
  port: "u16",
  ioBytes: ["u8", "1, 2 or 4."],
  ioFlags: ["u8", "MV_IO_*."],
  access: ["u32", "MV_ACCESS_*."],
  address: ["u64", "The guest physical address that was accessed."],
  detail: ["u64", "The processor's exit reason."],
  cr8: ["u64", "The task priority: in and out, and MV_REG_CR8."],
  apicBase: ["u64", "The local APIC's base MSR: the same."],
  exits: ["u64", "Exits of the VS since it was made."],
  processor: ["u32", "MV_EXIT_FAILURE: the processor that does not run it."],
  msr: ["u32", "Its number."],
  general: [
    "u64[16]",
    "MV_EXIT_MMIO, MV_EXIT_UNDEFINED, MV_EXIT_IO of strings: registers in the order of their encodings. In with MV_RUN_REGISTERS, as the next two.",
  ],
  rip: "u64",
  rflags: "u64",
  msrFlags: ["u32", "MV_MSR_*."],
  mpState: ["u32", "MV_MP_*: in and out, for a VS with a local APIC."],
  deadline: [
    "u64",
    "When its local APIC's timer is due, by the processor's time stamp counter; 0: never. It is to be run then.",
  ],
  wake: ["u64", "MV_EXIT_WAKE, MV_EXIT_EOI: a bit for each VS, by its APIC's ID."],
  notified: ["u32", "1: something has come for it while it did not run, so that it is to be run."],
  vector: ["u32", "MV_EXIT_EOI, split."],
  listCount: ["u64", "Entries of the list."],
  list: ["u64[480]", "Up to MV_LIST_ENTRIES of {number, value}, or MvCpuids."],
});

export const mvCpuid = structure("hypercalls", "MvCpuid", "An entry of MV_VS_CPUID_SET_LIST", {
  leaf: "u32",
  subleaf: "u32",
  flags: ["u32", "MV_CPUID_FLAG_*."],
  eax: "u32",
  ebx: "u32",
  ecx: "u32",
  edx: "u32",
  reserved: "u32",
});

export const mvCpuidFlags = table("hypercalls", "MvCpuid.flags", "u32", {
  MV_CPUID_FLAG_SUBLEAF: [1, "Only this subleaf; without it, all of the leaf. KVM's KVM_CPUID_FLAG_SIGNIFCANT_INDEX."],
});

/** Upstream's numbers, and ours behind them. */
const segments = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"];
const registerNames = [
  ..."RAX RBX RCX RDX RBP RSI RDI R8 R9 R10 R11 R12 R13 R14 R15 RSP RIP RFLAGS".split(" "),
  ...segments.flatMap((name) => ["SELECTOR", "ATTRIB", "LIMIT", "BASE"].map((part) => `${name}_${part}`)),
  ..."GDTR_SELECTOR GDTR_ATTRIB GDTR_LIMIT GDTR_BASE IDTR_SELECTOR IDTR_ATTRIB IDTR_LIMIT IDTR_BASE".split(" "),
  ..."DR0 DR1 DR2 DR3 DR6 DR7 CR0 CR2 CR3 CR4 CR8 XCR0".split(" "),
];

export const mvRegisters = table("hypercalls", "Registers of a guest, by MicroV's numbers", "u32", {
  ...Object.fromEntries(registerNames.map((name, index) => [`MV_REG_${name}`, index + 1])),
  MV_REG_EFER: [0x100, "Ours, like all that follow."],
  MV_REG_APIC_BASE: 0x101,
  MV_REG_INTERRUPT_SHADOW: [0x102, "1: no interrupt before the next instruction is done."],
  MV_REG_EVENT: [
    0x103,
    "The event that is delivered when the VS runs next: bits 7:0 vector, 10:8 type, 11 has a code, 31 valid, 63:32 the code (APM volume 2, 15.20); 0: none.",
  ],
  MV_REG_TSC_OFFSET: [0x104, "What its time stamp counter has more than the processor's."],
  MV_REG_NMI: [0x105, "MV_NMI_*."],
});

export const mvNmi = table("hypercalls", "MV_REG_NMI", "u32", {
  MV_NMI_WAITS: [1, "One comes as soon as none is handled."],
  MV_NMI_BLOCKED: [2, "One is handled: its handler has not returned."],
});
