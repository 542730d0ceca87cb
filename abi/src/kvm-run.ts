// The KVM API: struct kvm_run, which a virtual processor and its user share, and why KVM_RUN returned

import { type Fields, structure, table } from "./schema.ts";

const HEADER_WORDS = 4;

export const kvmRun = structure("kvm", "KvmRun", "The first page of a virtual processor's mapping", {
  requestInterruptWindow: ["u8", "In: exit when an interrupt can be injected."],
  immediateExit: ["u8", "In: KVM_RUN ends with EINTR at once, when what is pending has been completed."],
  padding1: "u8[6]",
  exitReason: ["u32", "KVM_EXIT_*."],
  readyForInterruptInjection: ["u8", "KVM_INTERRUPT would be accepted now."],
  ifFlag: ["u8", "RFLAGS.IF."],
  flags: ["u16", "KVM_RUN_X86_*."],
  cr8: ["u64", "In and out, without an interrupt controller in the kernel."],
  apicBase: "u64",
  exit: ["u64[32]", "Depends on the reason: KvmRunIo, KvmRunMmio and so on describe it."],
  kvmValidRegs: ["u64", "In: KVM_SYNC_X86_* to store at each exit."],
  kvmDirtyRegs: ["u64", "In: KVM_SYNC_X86_* to load from there."],
  regs: ["u8[144]", "s.regs.regs: KvmRegs."],
  sregs: ["u8[312]", "s.regs.sregs: KvmSregs."],
  events: ["u8[64]", "s.regs.events: KvmVcpuEvents."],
  padding: "u8[1528]",
});

export const kvmSyncRegs = table("kvm", "KvmRun.kvmValidRegs, kvmDirtyRegs", "u32", {
  KVM_SYNC_X86_REGS: 1,
  KVM_SYNC_X86_SREGS: 2,
  KVM_SYNC_X86_EVENTS: 4,
});

export const kvmRunFlags = table("kvm", "KvmRun.flags", "u32", { KVM_RUN_X86_SMM: 1, KVM_RUN_X86_BUS_LOCK: 2 });

export const kvmRunPages = table("kvm", "Pages of a virtual processor's mapping", "u32", {
  KVM_PIO_PAGE_OFFSET: [1, "Data of port accesses."],
  KVM_COALESCED_MMIO_PAGE_OFFSET: [2, "The ring of coalesced accesses, where there is one."],
  KVM_PAGE_BYTES: 0x1000,
});

export const kvmExits = table("kvm", "KvmRun.exitReason", "u32", {
  KVM_EXIT_UNKNOWN: [0, "KvmRunHw."],
  KVM_EXIT_EXCEPTION: [1, "KvmRunEx."],
  KVM_EXIT_IO: [2, "KvmRunIo."],
  KVM_EXIT_HYPERCALL: [3, "KvmRunHypercall."],
  KVM_EXIT_DEBUG: [4, "KvmRunDebug."],
  KVM_EXIT_HLT: 5,
  KVM_EXIT_MMIO: [6, "KvmRunMmio."],
  KVM_EXIT_IRQ_WINDOW_OPEN: 7,
  KVM_EXIT_SHUTDOWN: [8, "A triple fault."],
  KVM_EXIT_FAIL_ENTRY: [9, "KvmRunFailEntry."],
  KVM_EXIT_INTR: [10, "A signal; KVM_RUN failed with EINTR."],
  KVM_EXIT_SET_TPR: 11,
  KVM_EXIT_TPR_ACCESS: [12, "KvmRunTprAccess."],
  KVM_EXIT_NMI: 16,
  KVM_EXIT_INTERNAL_ERROR: [17, "KvmRunInternal."],
  KVM_EXIT_WATCHDOG: 21,
  KVM_EXIT_SYSTEM_EVENT: [24, "KvmRunSystemEvent."],
  KVM_EXIT_IOAPIC_EOI: [26, "KvmRunEoi."],
  KVM_EXIT_HYPERV: 27,
  KVM_EXIT_X86_RDMSR: [29, "KvmRunMsr."],
  KVM_EXIT_X86_WRMSR: [30, "KvmRunMsr."],
  KVM_EXIT_DIRTY_RING_FULL: 31,
  KVM_EXIT_AP_RESET_HOLD: 32,
  KVM_EXIT_X86_BUS_LOCK: 33,
  KVM_EXIT_XEN: 34,
  KVM_EXIT_NOTIFY: [37, "KvmRunNotify."],
});

/** What KvmRun has for one exit reason; offsets are those in KvmRun. */
const exit = (name: string, reason: string, fields: Fields) =>
  structure("kvm", name, `KvmRun of an exit ${reason}`, { header: [`u64[${HEADER_WORDS}]`, "As KvmRun."], ...fields });

export const kvmRunHw = exit("KvmRunHw", "KVM_EXIT_UNKNOWN", {
  hardwareExitReason: ["u64", "What the processor said."],
});

export const kvmRunFailEntry = exit("KvmRunFailEntry", "KVM_EXIT_FAIL_ENTRY", {
  hardwareEntryFailureReason: ["u64", "Why the processor does not enter the guest."],
  cpu: ["u32", "The processor that it was."],
  padding: "u32",
});

export const kvmRunEx = exit("KvmRunEx", "KVM_EXIT_EXCEPTION", { exception: "u32", errorCode: "u32" });

export const kvmRunIo = exit("KvmRunIo", "KVM_EXIT_IO", {
  direction: ["u8", "KVM_EXIT_IO_IN, KVM_EXIT_IO_OUT."],
  size: ["u8", "Bytes of one access: 1, 2, 4."],
  port: "u16",
  count: ["u32", "More than 1: INS or OUTS."],
  dataOffset: ["u64", "Where the data is, from KvmRun's beginning; of an IN it goes there before the next KVM_RUN."],
});

export const kvmIoDirections = table("kvm", "KvmRunIo.direction", "u32", { KVM_EXIT_IO_IN: 0, KVM_EXIT_IO_OUT: 1 });

export const kvmRunDebug = exit("KvmRunDebug", "KVM_EXIT_DEBUG", {
  exception: "u32",
  padding: "u32",
  pc: "u64",
  dr6: "u64",
  dr7: "u64",
});

export const kvmRunMmio = exit("KvmRunMmio", "KVM_EXIT_MMIO", {
  physAddr: "u64",
  data: ["u8[8]", "Of a read it goes there before the next KVM_RUN."],
  len: "u32",
  isWrite: "u8",
  padding: "u8[3]",
});

export const kvmRunHypercall = exit("KvmRunHypercall", "KVM_EXIT_HYPERCALL", {
  nr: "u64",
  args: "u64[6]",
  ret: ["u64", "Goes into RAX at the next KVM_RUN."],
  longmode: "u32",
  padding: "u32",
});

export const kvmRunTprAccess = exit("KvmRunTprAccess", "KVM_EXIT_TPR_ACCESS", {
  rip: "u64",
  isWrite: "u32",
  padding: "u32",
});

export const kvmRunInternal = exit("KvmRunInternal", "KVM_EXIT_INTERNAL_ERROR", {
  suberror: ["u32", "KVM_INTERNAL_ERROR_*."],
  ndata: ["u32", "How many words of data there are."],
  data: [
    "u64[16]",
    "Of an emulation failure: flags; length of the instruction in bits 7:0 of the next, its bytes behind.",
  ],
});

export const kvmInternalErrors = table("kvm", "KvmRunInternal.suberror", "u32", {
  KVM_INTERNAL_ERROR_EMULATION: 1,
  KVM_INTERNAL_ERROR_SIMUL_EX: 2,
  KVM_INTERNAL_ERROR_DELIVERY_EV: 3,
  KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON: 4,
  KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES: [1, "In data[0]: the instruction's bytes are there."],
});

export const kvmRunSystemEvent = exit("KvmRunSystemEvent", "KVM_EXIT_SYSTEM_EVENT", {
  eventType: ["u32", "KVM_SYSTEM_EVENT_*."],
  ndata: "u32",
  data: "u64[16]",
});

export const kvmSystemEvents = table("kvm", "KvmRunSystemEvent.eventType", "u32", {
  KVM_SYSTEM_EVENT_SHUTDOWN: 1,
  KVM_SYSTEM_EVENT_RESET: 2,
  KVM_SYSTEM_EVENT_CRASH: 3,
});

export const kvmRunEoi = exit("KvmRunEoi", "KVM_EXIT_IOAPIC_EOI", { vector: "u8", padding: "u8[7]" });

export const kvmRunMsr = exit("KvmRunMsr", "KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR", {
  error: ["u8", "In: 1 makes the instruction fault."],
  padding: "u8[7]",
  reason: ["u32", "KVM_MSR_EXIT_REASON_*."],
  index: "u32",
  data: "u64",
});

export const kvmMsrExitReasons = table("kvm", "KvmRunMsr.reason", "u32", {
  KVM_MSR_EXIT_REASON_INVAL: 1,
  KVM_MSR_EXIT_REASON_UNKNOWN: 2,
  KVM_MSR_EXIT_REASON_FILTER: 4,
});

export const kvmRunNotify = exit("KvmRunNotify", "KVM_EXIT_NOTIFY", { flags: "u32", padding: "u32" });
