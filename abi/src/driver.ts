// The driver's interface: ioctls of /dev/bareflank, their argument blocks, states and errors

import { structure, table } from "./schema.ts";

const direction = { none: 0, write: 1, read: 2 } as const;
/** Linux's _IOC: direction << 30 | size << 16 | type << 8 | number. */
const ioc = (number: number, size: number): number =>
  ((direction.read | direction.write) * 0x4000_0000 + size * 0x1_0000 + 0xbf * 0x100 + number) >>> 0;

/** What an operation ended with; stands at offset 8 of every argument block. */
const report = {
  error: ["u32", "ERROR_*: what went wrong; 0 when all went well."],
  cpu: ["u32", "Processor that it happened on, or 0xFFFFFFFF."],
  phase: ["u32", "PHASE_* that this processor had reached."],
  file: ["u32", "0: the kernel image; n: extension n."],
  detail: ["u64", "Depends on the error: ELF error, boot status << 32 | its detail, or bytes."],
} as const;

const header = { version: ["u64", "DRIVER_VERSION; the driver writes its own back."], ...report } as const;

export const driverVersion = table("driver", "Version of the driver's interface", "u64", { DRIVER_VERSION: 7n });

export const loadArgs = structure("driver", "LoadArgs", "Argument of IOCTL_LOAD", {
  ...header,
  kernelAddress: ["u64", "The kernel image's bytes, in the caller's address space."],
  kernelBytes: "u64",
  extCount: ["u32", "1 to MAX_EXTENSIONS."],
  flags: "u32",
  extAddress: "u64[64]",
  extBytes: "u64[64]",
  policyAddress: ["u64", "ExtensionPolicy of each extension, in their order."],
  policyBytes: ["u64", "0: no manifest, then every extension may make every call."],
});

export const operationArgs = structure("driver", "OperationArgs", "Argument of IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP", {
  ...header,
  flags: ["u32", "OPERATION_*; of a start."],
  watchdogMs: ["u32", "Of a start: milliseconds after which an extension is taken off a processor; 0: never."],
  leastBytes: ["u64", "Of a start: memory that the hypervisor begins with; 0: what it needs."],
  mostBytes: ["u64", "Of a start: memory that it may grow to; 0: a quarter of what there is."],
});

export const operationFlags = table("driver", "OperationArgs.flags", "u32", {
  OPERATION_ONCE: [
    1,
    "When the operating system's sleep or a change of its processors ends what is started, it stays so.",
  ],
  OPERATION_NO_MITIGATIONS: [2, "Nothing is done against speculation."],
  OPERATION_NO_SLIDE: [4, "The microkernel lies where it was linked, and not at a random place."],
  OPERATION_ALL_MITIGATIONS: [8, "The root VM and its extension are kept apart from the microkernel like all others."],
  OPERATION_ISOLATE_KERNEL: [
    16,
    "While an extension runs, nothing of the microkernel is mapped but what entries need.",
  ],
});

/** Of what runs; of what is loaded the number, the names and the build id. */
const facts = {
  extCount: ["u32", "Extensions that are loaded, or run."],
  watchdogMs: ["u32", "After how many milliseconds an extension is taken off a processor; 0: never."],
  mitigations: ["u32", "On any of its processors: MITIGATION_*."],
  exposures: ["u32", "The same: EXPOSED_*."],
  imageSlide: ["u64", "How far the microkernel's image lies above where it was linked."],
  memorySlide: ["u64", "The same of its linear memory."],
  extNames: [
    "u8[832]",
    "Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room.",
  ],
  kernelBuildId: ["u8[24]", "First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded."],
} as const;

export const statusArgs = structure("driver", "StatusArgs", "Argument of IOCTL_STATUS", {
  ...header,
  state: ["u32", "STATE_*."],
  cpuCount: ["u32", "Processors that the operating system has online."],
  runningCount: ["u32", "Processors that run under the hypervisor."],
  vendor: ["u32", "VENDOR_*; 0 before the first start."],
  memoryBytes: ["u64", "Memory that the hypervisor holds now, pools included; 0 unless running."],
  allocatedPages: ["u64", "4 KiB pages that the driver has taken from the operating system and not given back."],
  ringBytes: ["u64", "Characters in the debug ring."],
  startCount: ["u64", "Successful starts since the driver was inserted."],
  stopCount: "u64",
  running: ["u64[16]", "Bit n % 64 of word n / 64: processor n runs under the hypervisor."],
  startedBy: ["u32", "Of what runs: STARTED_BY_*; 0: nothing runs."],
  reserved: "u32",
  ...facts,
});

export const starters = table("driver", "StatusArgs.startedBy: who has started what runs", "u32", {
  STARTED_BY_DRIVER: 1,
  STARTED_BY_UEFI: [2, "It was there before the driver: the operating system booted inside."],
});

/** Behind the reports, in their page: a driver that comes to a hypervisor which it did not start reads there what that is. */
export const startRecord = structure("driver", "StartRecord", "What a loader leaves about what it has started", {
  memoryBytes: ["u64", "Memory that the hypervisor holds."],
  ...facts,
});

export const startRecordPlace = table("driver", "Where a StartRecord lies in the page of reports", "u32", {
  START_RECORD_OFFSET: [0xc00, "Behind as many reports as there can be."],
});

export const exposures = table("driver", "StatusArgs.exposures: what speculation still lets out", "u32", {
  EXPOSED_BRANCHES: [1, "Nothing keeps branches from what others have trained, or microcode is missing for it."],
  EXPOSED_BUFFERS: [2, "Buffers in the processor are not cleared (MDS, TAA, MMIO, RFDS, TSA)."],
  EXPOSED_L1D: [4, "The first level data cache is not flushed for VMs (L1TF)."],
  EXPOSED_KERNEL_MEMORY: [8, "Extensions read what is mapped for the microkernel alone (Meltdown)."],
  EXPOSED_VECTOR_REGISTERS: [16, "Extensions read x87 and vector registers that are others' (lazy switching)."],
  EXPOSED_SIBLINGS: [32, "A core runs two threads, and what one clears the other one can fill."],
  EXPOSED_ROOT_BRANCHES: [
    64,
    "What runs in the root VM may lead its extension by branches that it has trained, and the microkernel on AMD to Zen 4.",
  ],
});

export const dumpArgs = structure("driver", "DumpArgs", "Argument of IOCTL_DUMP", {
  ...header,
  bufferAddress: "u64",
  bufferBytes: ["u64", "DEBUG_RING_CHARS takes any ring; a smaller buffer gets the newest text."],
  writtenBytes: "u64",
});

export const vmcallArgs = structure("driver", "VmcallArgs", "Argument of IOCTL_VMCALL", {
  ...header,
  target: ["u32", "Processor to make the hypercall on."],
  reserved: "u32",
  rax: ["u64", "Registers of the hypercall; on return those that the extension left."],
  rbx: "u64",
  rcx: "u64",
  rdx: "u64",
  rsi: "u64",
  rdi: "u64",
  r8: "u64",
  r9: "u64",
});

export const memoryArgs = structure("driver", "MemoryArgs", "Argument of IOCTL_MEMORY", {
  ...header,
  bufferAddress: ["u64", "Gets a MemoryExchange, reported just now, and a MemoryLoans behind it."],
  bufferBytes: "u64",
  donateBytes: [
    "u64",
    "Give the microkernel so much before, asked or not: a power of two, CHUNK_LEAST_BYTES at least; 0: nothing.",
  ],
  reserved: "u64",
});

export const memoryLoans = structure("driver", "MemoryLoans", "What the driver knows of the hypervisor's memory", {
  startBytes: ["u64", "All that the hypervisor held when it had started."],
  heldBytes: ["u64", "All that it holds now."],
  mostBytes: ["u64", "What it may grow to."],
  lentChunks: ["u32[12]", "Chunks that came since, by order: 2^order pages. Runs are not among them."],
  events: ["u64", "Events since the start; number n is in slot n % MOST_MEMORY_EVENTS."],
  eventTime: ["u64[32]", "Nanoseconds since 1970."],
  eventBytes: ["u64[32]", "Bytes that it is about."],
  eventKind: ["u32[32]", "MEMORY_EVENT_*."],
  eventDetail: ["u32[32]", "GIVE_* of what was refused by the microkernel."],
});

export const memoryEvents = table("driver", "What happens to the hypervisor's memory", "u32", {
  MOST_MEMORY_EVENTS: [32, "Entries of MemoryLoans.eventKind."],
  MEMORY_EVENT_ASKED: [1, "The microkernel asked for memory."],
  MEMORY_EVENT_GIVEN: [2, "A chunk was given."],
  MEMORY_EVENT_RETURNED: [3, "A chunk came back."],
  MEMORY_EVENT_NO_MEMORY: [4, "The operating system has no memory to give."],
  MEMORY_EVENT_LIMIT: [5, "It may not grow further."],
  MEMORY_EVENT_REFUSED: [6, "The microkernel refused a chunk."],
});

export const ioctls = table("driver", "ioctl numbers of /dev/bareflank (type 0xBF, read and write)", "u32", {
  IOCTL_LOAD: ioc(1, loadArgs.sizeBytes),
  IOCTL_UNLOAD: ioc(2, operationArgs.sizeBytes),
  IOCTL_START: ioc(3, operationArgs.sizeBytes),
  IOCTL_STOP: ioc(4, operationArgs.sizeBytes),
  IOCTL_STATUS: ioc(5, statusArgs.sizeBytes),
  IOCTL_DUMP: ioc(6, dumpArgs.sizeBytes),
  IOCTL_VMCALL: ioc(7, vmcallArgs.sizeBytes),
  IOCTL_MEMORY: ioc(8, memoryArgs.sizeBytes),
});

export const states = table("driver", "States of the driver", "u32", {
  STATE_UNLOADED: 10,
  STATE_LOADED: 11,
  STATE_RUNNING: 12,
  STATE_CORRUPT: [100, "A processor was lost or could not be given back: only a reboot helps."],
});

export const errors = table("driver", "Errors of the driver", "u32", {
  ERROR_NONE: 0,
  ERROR_NOT_LOADED: 1,
  ERROR_NOT_RUNNING: 2,
  ERROR_CORRUPT: 3,
  ERROR_NO_MEMORY: [4, "detail: bytes that were asked for."],
  ERROR_ELF: [5, "file, detail: ELF_*."],
  ERROR_KERNEL_VERSION: [6, "The kernel image is for another BOOT_VERSION; detail: its version."],
  ERROR_TOO_MANY_CPUS: [7, "detail: how many there are."],
  ERROR_VENDOR: [8, "Neither AMD nor Intel."],
  ERROR_NO_SVM: 9,
  ERROR_SVM_LOCKED: [10, "VM_CR.SVMDIS is set: the firmware switched SVM off."],
  ERROR_SVM_IN_USE: [11, "EFER.SVME is set already: another hypervisor (KVM?) runs."],
  ERROR_NO_NX: 12,
  ERROR_LA57: [13, "The operating system uses 5-level paging."],
  ERROR_START_FAILED: [14, "cpu, phase, detail: BOOT_* << 32 | its detail."],
  ERROR_TIMEOUT: [15, "The extension did not return and the operation was interrupted: cpu and phase."],
  ERROR_NO_ANSWER: [16, "The processor runs, but the extension does not answer the control leaf."],
  ERROR_STOP_REFUSED: [17, "The extension does not give the processor back; it works on as before."],
  ERROR_INTERRUPTED: [18, "A signal ended the wait before anything was done."],
  ERROR_INVALID_ARGUMENT: [19, "A size, count or address in the argument block is impossible."],
  ERROR_NO_LONG_MODE: 20,
  ERROR_NO_HYPERCALLS: [22, "The extension takes no hypercalls."],
  ERROR_MEMORY_ENCRYPTION: [24, "The operating system encrypts its memory (SME)."],
  ERROR_UNKNOWN_HYPERCALL: [25, "The extension does not know this hypercall."],
  ERROR_NO_SUCH_CPU: [23, "The processor is not in the hypervisor's care; cpu: which."],
  ERROR_NO_VMX: 26,
  ERROR_VMX_LOCKED: [27, "IA32_FEATURE_CONTROL is locked without VMXON: the firmware switched VT-x off."],
  ERROR_VMX_IN_USE: [28, "CR4.VMXE is set already: another hypervisor (KVM?) runs."],
  ERROR_NO_SECONDARY_CONTROLS: 29,
  ERROR_NO_EPT: 30,
  ERROR_NO_UNRESTRICTED_GUEST: 31,
  ERROR_NO_VPID: 32,
  ERROR_NO_VIRTUAL_NMIS: 33,
  ERROR_NO_BITMAPS: [34, "No MSR or I/O bitmaps."],
  ERROR_NO_TRUE_CONTROLS: [35, "Exits for CR3 cannot be switched off."],
  ERROR_NO_HOST_64: [36, "VM exits do not lead to 64-bit mode."],
  ERROR_NO_EFER_SWITCH: [37, "VM entries and exits do not save and load EFER."],
  ERROR_NO_PAT_SWITCH: [38, "VM entries and exits do not save and load PAT."],
  ERROR_VMX_MEMORY_TYPE: [39, "VMX structures must not be cached; detail: the memory type that they need."],
  ERROR_VMX_CR0: [40, "detail: bits of CR0 that VMX wants otherwise."],
  ERROR_VMX_CR4: [41, "detail: bits of CR4 that VMX wants otherwise."],
  ERROR_NO_EPT_FLUSH: [42, "EPT without four levels, write-back memory or INVEPT; detail: what is missing of it."],
  ERROR_NOBODY_WATCHES: [43, "One processor, and no performance counter that could watch it."],
  ERROR_NO_CLOCK: [44, "The operating system does not know the rate of the time stamp counter."],
  ERROR_MEMORY_LIMIT: [45, "The start takes more memory than it may; detail: bytes that it takes."],
  ERROR_GROWTH_LIMIT: [46, "The hypervisor may not grow further; detail: bytes that were to be given."],
  ERROR_CHUNK_REFUSED: [47, "The microkernel refused a chunk; detail: GIVE_*."],
  ERROR_STARTED_BEFORE: [
    48,
    "A hypervisor runs that UEFI has started: nothing else is loaded or started before it is stopped.",
  ],
  ERROR_FOREIGN_HYPERVISOR: [
    49,
    "The operating system runs in a hypervisor of another release; detail: its BOOT_VERSION.",
  ],
  ERROR_CPU_OFFLINE: [
    50,
    "A processor of the hypervisor's is offline in the operating system; detail: the hypervisor's number of it.",
  ],
  ERROR_ADOPTION_REFUSED: [
    51,
    "The microkernel does not let its stop end in this driver; detail: ADOPT_* or DOOR_UNKNOWN.",
  ],
  ERROR_STOP_GUESTS: [52, "The extension does not give the processor back while its guest VMs live."],
  ERROR_STOP_MISMATCH: [
    21,
    "A start or a stop has changed a register of the operating system's; detail: its offset in SavedState.",
  ],
});

export const elfErrors = table("driver", "What can be wrong with an ELF file", "u32", {
  ELF_OK: 0,
  ELF_TOO_SMALL: [1, "Shorter than its own header."],
  ELF_TOO_LARGE: [2, "Larger than 8 MiB."],
  ELF_MAGIC: [3, "No ELF file."],
  ELF_CLASS: [4, "Not 64-bit."],
  ELF_ENDIANNESS: [5, "Not little endian."],
  ELF_ABI: [6, "Not the System V ABI."],
  ELF_TYPE: [7, "Not an executable at fixed addresses (ET_EXEC)."],
  ELF_MACHINE: [8, "For another machine than x86-64."],
  ELF_PROGRAM_HEADERS: [9, "Program headers are missing, of the wrong size or outside the file."],
  ELF_TRUNCATED: [10, "A segment reaches beyond the end of the file."],
  ELF_SEGMENT_SIZE: [11, "A segment has more bytes in the file than in memory, or wraps around."],
  ELF_SEGMENT_ALIGNMENT: [12, "A segment is not aligned to 4 KiB."],
  ELF_SEGMENT_WX: [13, "A segment is writable and executable."],
  ELF_SEGMENT_WINDOW: [14, "A segment lies outside its address window."],
  ELF_SEGMENT_OVERLAP: [15, "Two segments overlap."],
  ELF_NO_SEGMENTS: [16, "Nothing to load."],
  ELF_ENTRY: [17, "The entry point is in no executable segment."],
  ELF_STACK_EXECUTABLE: [18, "It asks for an executable stack."],
  ELF_TLS: [19, "Its thread-local storage is larger than a page, or executable."],
  ELF_NOTE: [20, "A note is damaged or of an unknown version."],
  ELF_NO_KERNEL_NOTE: [21, "No Bareflank kernel image: its version note is missing."],
});
