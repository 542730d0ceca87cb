// The microkernel's per-processor block: what its assembly and its TypeScript share

import { structure, table } from "./schema.ts";

/** What the kernel keeps about one extension on one processor. */
const seatFields = {
  userRsp: ["u64", "Saved by the entry of a system call, like the next nine."],
  userRip: "u64",
  userRflags: "u64",
  reg0: ["u64", "RDI, and REG0 of the result."],
  reg1: ["u64", "RSI, and REG1 of the result."],
  reg2: ["u64", "RDX, and REG2 of the result."],
  reg3: ["u64", "R10, and REG3 of the result."],
  reg4: ["u64", "R8."],
  reg5: ["u64", "R9."],
  status: ["u64", "RAX of the result."],
  userRbx: ["u64", "Saved with the five behind it while another extension runs."],
  userRbp: "u64",
  userR12: "u64",
  userR13: "u64",
  userR14: "u64",
  userR15: "u64",
  upcallRip: ["u64", "Where ACTION_UPCALL enters ring 3."],
  upcallRsp: "u64",
  upcallReg0: ["u64", "RDI of the callback."],
  upcallReg1: ["u64", "RSI of the callback."],
  upcallReg2: ["u64", "RDX of the callback."],
  upcallReg3: ["u64", "R10 of the callback."],
  upcallReg4: ["u64", "R8 of the callback."],
  tcbIds0: ["u64", "extid, vmid, vpid and vsid as the TCB shows them."],
  root: ["u64", "Physical address of its top-level page table on this processor."],
  userRoot: ["u64", "The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same."],
  tcb: ["u64", "Physical address of its TCB on this processor."],
  fpu: ["u64", "Object that holds its x87 and vector registers while the processor does not."],
  failFpu: ["u64", "The same for its fail callback."],
  shown: ["u64", "The entries, bit by bit, by which its table shows the direct map of `view`."],
  memoryPages: ["u64", "Pages of its linear memory here, unless all processors share one."],
  overdue: ["u64", "The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue."],
  faultFrame: ["u64[22]", "Its registers at its last fault, as the entry of an exception pushes them."],
  extension: ["u32", "Its linear address."],
  activeVs: ["u32", "Linear address of the VS that is active for it; 0: none."],
  view: ["u32", "Identifier of the VM whose direct map it sees; INVALID_ID: none."],
  failedContext: ["u32", "Context in which it failed, while context is CONTEXT_FAIL."],
  failedStatus: ["u32", "Why it failed: BOOT_*, while context is CONTEXT_FAIL."],
  failedDetail: ["u32", "Its detail: the vector of a fault."],
  presence: ["u32", "PRESENCE_*: whether it takes messages."],
  caller: ["u32", "Linear address of the extension that waits for its reply; 0: none."],
  context: ["u32", "CONTEXT_*: what it is being asked to do. Last: see PpBlock.work."],
} as const;

/** At PP_AREA_BASE + PP_BLOCK on every processor; it begins with the seat of the extension that runs in ring 3. */
export const ppBlock = structure("pp-block", "PpBlock", "The kernel's per-processor block", {
  ...seatFields,
  work: [
    "u32",
    "WORK_*: to be done before ring 3 or a guest is entered again. Behind context, so that one look tells of both.",
  ],
  vmcb: ["u64", "Physical address of the loaded VS's VMCB."],
  vmcbVirtual: ["u64", "The same in the direct map."],
  hostVmcb: ["u64", "Physical address of the VMCB that holds the host's VMLOAD state."],
  hostArea: [
    "u64",
    "Physical address of what the processor keeps for itself: AMD's host save area, Intel's VMXON region.",
  ],
  ppid: "u32",
  loadedVs: ["u32", "Linear address of the VS whose other registers the processor holds; 0: none."],
  inUser: ["u32", "1 while ring 3 runs or is about to: another processor that wants something must wait."],
  cpuidFaulting: ["u32", "1 when CPUID faulted in the operating system's programs as the processor came."],
  nmisOpen: ["u32", "AMD: 1 when NMIs come through while ring 3 runs; see entry.S."],
  careful: ["u32", "AMD: 1 when the ways in and out are those that look: NMIs come through, or there are mitigations."],
  mitigations: ["u32", "MITIGATION_* in force, those for what runs now among them."],
  kick: ["u32", "KICK_*: whose NMI is on its way to this processor, or may come."],
  stretch: ["u64", "Counts, while the processor is watched, how often it has come from a VM to ring 3."],
  watchDue: ["u64", "The time from which on it is overdue, by its time stamp counter; 0: nobody measures."],
  nextLook: ["u64", "When it looks at the other processors again, by its time stamp counter."],
  counterControl: ["u64", "What the operating system had in the performance counter that watches, while it does."],
  counterValue: "u64",
  counterGlobal: "u64",
  counterEntry: "u64",
  loadedVm: ["u64", "Identifier of the VM whose VS was loaded last."],
  callEntry: ["u64", "Where SYSCALL leads in host mode."],
  hostSpecCtrl: ["u64", "SPEC_CTRL in host mode, like the next two with MITIGATION_SPEC_CTRL."],
  guestSpecCtrl: ["u64", "The loaded VS's, while it does not run."],
  osSpecCtrl: ["u64", "What the operating system came with."],
  scratch: ["u64", "Where an intrinsic leaves a second result."],
  tcbIds1: ["u64", "ppid and onlinePps as the TCB shows them."],
  bootFpu: ["u64", "Object for the x87 and vector registers that the operating system entered with."],
  fpuOwner: ["u64", "Object whose x87 and vector registers the processor has; 0: nobody's."],
  plainExit: [
    "u64",
    "The reason that goes the short way: CPUID's, or none while it may fault in programs of the loaded VS.",
  ],
  vmcs: ["u64", "Intel: physical address of the VMCS that NMIs are armed in, the loaded VS's; 0: none is current."],
  guestCr2: ["u64", "Intel: a guest's register that host mode has changed or may change, saved at each exit."],
  guestDr6: ["u64", "The same, like the next three."],
  guestStar: "u64",
  guestLstar: "u64",
  guestFmask: "u64",
  entryWork: ["u32", "Intel: ENTRY_*, what the next entry has to do besides VMRESUME."],
  lastSpace: ["u32", "AMD: the address space identifier that a VS got last, 0 before; see amd/address-space.ts."],
  spaceGeneration: ["u32", "AMD: how often their numbers have begun anew."],
  portsOpen: ["u32", "Intel: 1 when TR has been loaded again since the last exit, which cuts the I/O permissions off."],
  machineMsrs: ["u64[17]", "The machine's, while the loaded VS has its own: by the rows of own-msrs.ts."],
});

/** Seats of the extensions that do not run at the moment: at PP_AREA_BASE + PP_SEATS + number * PP_SEAT_STRIDE. */
export const seat = structure("pp-block", "Seat", "What the kernel keeps about one extension on one processor", {
  ...seatFields,
  reserved: "u32",
});

export const presences = table("pp-block", "Seat.presence", "u32", {
  PRESENCE_NEW: [0, "Its bootstrap callback is still to come."],
  PRESENCE_READY: [1, "It takes a message."],
  PRESENCE_BUSY: [2, "In a callback, or waiting for a reply."],
  PRESENCE_DEAD: [3, "It failed for good on this processor."],
});

export const actions = table("pp-block", "What the assembly does when the kernel's TypeScript returns", "u32", {
  ACTION_RETURN: [0, "Return from the system call with status, REG0 and REG1."],
  ACTION_UPCALL: [1, "Enter a callback."],
  ACTION_RUN: [2, "Run the active VS."],
  ACTION_RESUME: [3, "Resume the extension at faultFrame."],
  ACTION_PROMOTE: [4, "Give the processor back for good: SavedState holds the state."],
  ACTION_HALT: [5, "Halt this processor."],
  ACTION_EXCHANGE: [8, "A message or a reply: save what functions preserve, and call enterExchange."],
  ACTION_RETURN_SAVED: [9, "As ACTION_RETURN, with what functions preserve as the block has it."],
  ACTION_UPCALL_FRAME: [10, "As ACTION_UPCALL, on Intel where the kernel is isolated."],
  ACTION_SERVE: [7, "The system call is not the one that ends nearly every exit: call enterSyscall."],
  ACTION_IRET: [6, "Return from an exception to the frame on the stack (changed by the exception table)."],
});

export const contexts = table("pp-block", "PpBlock.context", "u32", {
  CONTEXT_NONE: 0,
  CONTEXT_START: [1, "_start"],
  CONTEXT_BOOTSTRAP: [2, "the bootstrap callback"],
  CONTEXT_FIRST_VMEXIT: [3, "the vmexit callback, before any exit was handled successfully"],
  CONTEXT_VMEXIT: [4, "the vmexit callback"],
  CONTEXT_FAIL: [5, "the fail callback"],
  CONTEXT_MESSAGE: [6, "the message callback"],
});

export const work = table("pp-block", "PpBlock.work", "u32", {
  WORK_FLUSH_HOST: [1, "Host translations have become stale."],
  WORK_END_FLUSH: [2, "At the next exit the guest's translations are flushed: take the request out of the VMCB."],
  WORK_FLUSH_GUESTS: [8, "Translations of guests have become stale: flushed before one is entered."],
  WORK_FPU: [16, "The extension has taken the x87 and vector registers: before a guest runs, they are its own again."],
  WORK_WATCH: [32, "Always there while processors are watched: time is measured, and the fast way never taken."],
  WORK_MITIGATE: [64, "Always there while there are mitigations: the fast way is never taken."],
  WORK_LOG: [4, "The debug level asks for a record of every exit."],
  WORK_SIGNAL: [128, "Memory is to come or to go: the driver is told by an NMI."],
  WORK_KICK: [256, "Kicked: whoever's VS would be entered next gets EXIT_KICK instead."],
  WORK_KICK_OWNER: [
    512,
    "The same for the extension that owns the root VM, where another's VM ran when the kick came.",
  ],
  WORK_KICKED: [1024, "The callback that runs was entered for EXIT_KICK: there is no instruction to skip."],
});

export const kicks = table("pp-block", "PpBlock.kick", "u32", {
  KICK_WATCH: [1, "The watchdog of another processor sends one."],
  KICK_CALL: [2, "pp_kick sends one."],
  KICK_OWED: [
    4,
    "AMD: the next one is left to the root VM, because it is the operating system's. No other is sent meanwhile.",
  ],
  KICK_AWAY: [8, "The processor is not in host mode: none is sent."],
});

export const entryWork = table("pp-block", "PpBlock.entryWork", "u32", {
  ENTRY_LAUNCH: [1, "The VMCS is clear: VMLAUNCH."],
  ENTRY_STATE: [2, "CR2, DR6, STAR and FMASK are not the guest's."],
  ENTRY_REFUSED: [4, "Set by the entry itself: VMLAUNCH or VMRESUME failed, nothing has run."],
  ENTRY_MITIGATED: [8, "Always there while there are mitigations: each exit goes the way that looks."],
});

/** At PP_AREA_BASE + PP_ENTRY where the kernel is isolated: in the tables of both sides, so nothing in it is a secret. */
export const entryArea = structure("pp-block", "EntryArea", "What entries and exits need on ring 3's table", {
  kernelRoot: ["u64", "CR3 of the kernel: the running extension's PpBlock.root."],
  userRoot: ["u64", "CR3 of ring 3. Without ENTRY_KEEP, its translations are dropped when it is loaded next."],
  keep: ["u64", "What the exits set in userRoot when they have loaded it: ENTRY_KEEP or 0."],
  rsp: ["u64", "Ring 3's, while RSP moves CR3."],
  nmisOpen: ["u64", "PpBlock.nmisOpen."],
  stack: ["u64[31]", "Of exceptions in ring 3. Each stack ends at a multiple of 16 bytes."],
  stackOf: ["u64", "The top of the kernel's stack that this one stands for; the same below."],
  nmiStack: "u64[31]",
  nmiStackOf: "u64",
  doubleFaultStack: "u64[31]",
  doubleFaultStackOf: "u64",
  machineCheckStack: "u64[31]",
  machineCheckStackOf: "u64",
});

export const entryRoots = table("pp-block", "EntryArea.userRoot", "u64", {
  ENTRY_KEEP: [0x8000_0000_0000_0000n, "CR3's bit 63: translations of the address space are kept."],
  ENTRY_SPACE: [1n, "The address space (PCID) of ring 3; the kernel's is 0."],
});

/** An exception's frame: pushed by the stub (general registers, vector, error code) and by the processor. */
export const faultFrame = structure("pp-block", "FaultFrame", "Registers at an exception", {
  r15: "u64",
  r14: "u64",
  r13: "u64",
  r12: "u64",
  r11: "u64",
  r10: "u64",
  r9: "u64",
  r8: "u64",
  rdi: "u64",
  rsi: "u64",
  rbp: "u64",
  rdx: "u64",
  rcx: "u64",
  rbx: "u64",
  rax: "u64",
  vector: "u64",
  errorCode: "u64",
  rip: "u64",
  cs: "u64",
  rflags: "u64",
  rsp: "u64",
  ss: "u64",
});
