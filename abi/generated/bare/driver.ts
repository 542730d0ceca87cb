// Generated from abi/src by `bf build abi`. Do not edit.

// Version of the driver's interface

export const DRIVER_VERSION: u64 = 0x7;

// Argument of IOCTL_DUMP

/** u64: DRIVER_VERSION; the driver writes its own back. */
export const DUMP_ARGS_VERSION: u32 = 0x0;
/** u32: ERROR_*: what went wrong; 0 when all went well. */
export const DUMP_ARGS_ERROR: u32 = 0x8;
/** u32: Processor that it happened on, or 0xFFFFFFFF. */
export const DUMP_ARGS_CPU: u32 = 0xc;
/** u32: PHASE_* that this processor had reached. */
export const DUMP_ARGS_PHASE: u32 = 0x10;
/** u32: 0: the kernel image; n: extension n. */
export const DUMP_ARGS_FILE: u32 = 0x14;
/** u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
export const DUMP_ARGS_DETAIL: u32 = 0x18;
/** u64. */
export const DUMP_ARGS_BUFFER_ADDRESS: u32 = 0x20;
/** u64: DEBUG_RING_CHARS takes any ring; a smaller buffer gets the newest text. */
export const DUMP_ARGS_BUFFER_BYTES: u32 = 0x28;
/** u64. */
export const DUMP_ARGS_WRITTEN_BYTES: u32 = 0x30;
/** Size of the structure. */
export const DUMP_ARGS_BYTES: u32 = 0x38;

// What can be wrong with an ELF file

export const ELF_OK: u32 = 0x0;
/** Shorter than its own header. */
export const ELF_TOO_SMALL: u32 = 0x1;
/** Larger than 8 MiB. */
export const ELF_TOO_LARGE: u32 = 0x2;
/** No ELF file. */
export const ELF_MAGIC: u32 = 0x3;
/** Not 64-bit. */
export const ELF_CLASS: u32 = 0x4;
/** Not little endian. */
export const ELF_ENDIANNESS: u32 = 0x5;
/** Not the System V ABI. */
export const ELF_ABI: u32 = 0x6;
/** Not an executable at fixed addresses (ET_EXEC). */
export const ELF_TYPE: u32 = 0x7;
/** For another machine than x86-64. */
export const ELF_MACHINE: u32 = 0x8;
/** Program headers are missing, of the wrong size or outside the file. */
export const ELF_PROGRAM_HEADERS: u32 = 0x9;
/** A segment reaches beyond the end of the file. */
export const ELF_TRUNCATED: u32 = 0xa;
/** A segment has more bytes in the file than in memory, or wraps around. */
export const ELF_SEGMENT_SIZE: u32 = 0xb;
/** A segment is not aligned to 4 KiB. */
export const ELF_SEGMENT_ALIGNMENT: u32 = 0xc;
/** A segment is writable and executable. */
export const ELF_SEGMENT_WX: u32 = 0xd;
/** A segment lies outside its address window. */
export const ELF_SEGMENT_WINDOW: u32 = 0xe;
/** Two segments overlap. */
export const ELF_SEGMENT_OVERLAP: u32 = 0xf;
/** Nothing to load. */
export const ELF_NO_SEGMENTS: u32 = 0x10;
/** The entry point is in no executable segment. */
export const ELF_ENTRY: u32 = 0x11;
/** It asks for an executable stack. */
export const ELF_STACK_EXECUTABLE: u32 = 0x12;
/** Its thread-local storage is larger than a page, or executable. */
export const ELF_TLS: u32 = 0x13;
/** A note is damaged or of an unknown version. */
export const ELF_NOTE: u32 = 0x14;
/** No Bareflank kernel image: its version note is missing. */
export const ELF_NO_KERNEL_NOTE: u32 = 0x15;

// Errors of the driver

export const ERROR_NONE: u32 = 0x0;
export const ERROR_NOT_LOADED: u32 = 0x1;
export const ERROR_NOT_RUNNING: u32 = 0x2;
export const ERROR_CORRUPT: u32 = 0x3;
/** detail: bytes that were asked for. */
export const ERROR_NO_MEMORY: u32 = 0x4;
/** file, detail: ELF_*. */
export const ERROR_ELF: u32 = 0x5;
/** The kernel image is for another BOOT_VERSION; detail: its version. */
export const ERROR_KERNEL_VERSION: u32 = 0x6;
/** detail: how many there are. */
export const ERROR_TOO_MANY_CPUS: u32 = 0x7;
/** Neither AMD nor Intel. */
export const ERROR_VENDOR: u32 = 0x8;
export const ERROR_NO_SVM: u32 = 0x9;
/** VM_CR.SVMDIS is set: the firmware switched SVM off. */
export const ERROR_SVM_LOCKED: u32 = 0xa;
/** EFER.SVME is set already: another hypervisor (KVM?) runs. */
export const ERROR_SVM_IN_USE: u32 = 0xb;
export const ERROR_NO_NX: u32 = 0xc;
/** The operating system uses 5-level paging. */
export const ERROR_LA57: u32 = 0xd;
/** cpu, phase, detail: BOOT_* << 32 | its detail. */
export const ERROR_START_FAILED: u32 = 0xe;
/** The extension did not return and the operation was interrupted: cpu and phase. */
export const ERROR_TIMEOUT: u32 = 0xf;
/** The processor runs, but the extension does not answer the control leaf. */
export const ERROR_NO_ANSWER: u32 = 0x10;
/** The extension does not give the processor back; it works on as before. */
export const ERROR_STOP_REFUSED: u32 = 0x11;
/** A signal ended the wait before anything was done. */
export const ERROR_INTERRUPTED: u32 = 0x12;
/** A size, count or address in the argument block is impossible. */
export const ERROR_INVALID_ARGUMENT: u32 = 0x13;
export const ERROR_NO_LONG_MODE: u32 = 0x14;
/** The extension takes no hypercalls. */
export const ERROR_NO_HYPERCALLS: u32 = 0x16;
/** The operating system encrypts its memory (SME). */
export const ERROR_MEMORY_ENCRYPTION: u32 = 0x18;
/** The extension does not know this hypercall. */
export const ERROR_UNKNOWN_HYPERCALL: u32 = 0x19;
/** The processor is not in the hypervisor's care; cpu: which. */
export const ERROR_NO_SUCH_CPU: u32 = 0x17;
export const ERROR_NO_VMX: u32 = 0x1a;
/** IA32_FEATURE_CONTROL is locked without VMXON: the firmware switched VT-x off. */
export const ERROR_VMX_LOCKED: u32 = 0x1b;
/** CR4.VMXE is set already: another hypervisor (KVM?) runs. */
export const ERROR_VMX_IN_USE: u32 = 0x1c;
export const ERROR_NO_SECONDARY_CONTROLS: u32 = 0x1d;
export const ERROR_NO_EPT: u32 = 0x1e;
export const ERROR_NO_UNRESTRICTED_GUEST: u32 = 0x1f;
export const ERROR_NO_VPID: u32 = 0x20;
export const ERROR_NO_VIRTUAL_NMIS: u32 = 0x21;
/** No MSR or I/O bitmaps. */
export const ERROR_NO_BITMAPS: u32 = 0x22;
/** Exits for CR3 cannot be switched off. */
export const ERROR_NO_TRUE_CONTROLS: u32 = 0x23;
/** VM exits do not lead to 64-bit mode. */
export const ERROR_NO_HOST_64: u32 = 0x24;
/** VM entries and exits do not save and load EFER. */
export const ERROR_NO_EFER_SWITCH: u32 = 0x25;
/** VM entries and exits do not save and load PAT. */
export const ERROR_NO_PAT_SWITCH: u32 = 0x26;
/** VMX structures must not be cached; detail: the memory type that they need. */
export const ERROR_VMX_MEMORY_TYPE: u32 = 0x27;
/** detail: bits of CR0 that VMX wants otherwise. */
export const ERROR_VMX_CR0: u32 = 0x28;
/** detail: bits of CR4 that VMX wants otherwise. */
export const ERROR_VMX_CR4: u32 = 0x29;
/** EPT without four levels, write-back memory or INVEPT; detail: what is missing of it. */
export const ERROR_NO_EPT_FLUSH: u32 = 0x2a;
/** One processor, and no performance counter that could watch it. */
export const ERROR_NOBODY_WATCHES: u32 = 0x2b;
/** The operating system does not know the rate of the time stamp counter. */
export const ERROR_NO_CLOCK: u32 = 0x2c;
/** The start takes more memory than it may; detail: bytes that it takes. */
export const ERROR_MEMORY_LIMIT: u32 = 0x2d;
/** The hypervisor may not grow further; detail: bytes that were to be given. */
export const ERROR_GROWTH_LIMIT: u32 = 0x2e;
/** The microkernel refused a chunk; detail: GIVE_*. */
export const ERROR_CHUNK_REFUSED: u32 = 0x2f;
/** A hypervisor runs that UEFI has started: nothing else is loaded or started before it is stopped. */
export const ERROR_STARTED_BEFORE: u32 = 0x30;
/** The operating system runs in a hypervisor of another release; detail: its BOOT_VERSION. */
export const ERROR_FOREIGN_HYPERVISOR: u32 = 0x31;
/** A processor of the hypervisor's is offline in the operating system; detail: the hypervisor's number of it. */
export const ERROR_CPU_OFFLINE: u32 = 0x32;
/** The microkernel does not let its stop end in this driver; detail: ADOPT_* or DOOR_UNKNOWN. */
export const ERROR_ADOPTION_REFUSED: u32 = 0x33;
/** The extension does not give the processor back while its guest VMs live. */
export const ERROR_STOP_GUESTS: u32 = 0x34;
/** A start or a stop has changed a register of the operating system's; detail: its offset in SavedState. */
export const ERROR_STOP_MISMATCH: u32 = 0x15;

// StatusArgs.exposures: what speculation still lets out

/** Nothing keeps branches from what others have trained, or microcode is missing for it. */
export const EXPOSED_BRANCHES: u32 = 0x1;
/** Buffers in the processor are not cleared (MDS, TAA, MMIO, RFDS, TSA). */
export const EXPOSED_BUFFERS: u32 = 0x2;
/** The first level data cache is not flushed for VMs (L1TF). */
export const EXPOSED_L1D: u32 = 0x4;
/** Extensions read what is mapped for the microkernel alone (Meltdown). */
export const EXPOSED_KERNEL_MEMORY: u32 = 0x8;
/** Extensions read x87 and vector registers that are others' (lazy switching). */
export const EXPOSED_VECTOR_REGISTERS: u32 = 0x10;
/** A core runs two threads, and what one clears the other one can fill. */
export const EXPOSED_SIBLINGS: u32 = 0x20;
/** What runs in the root VM may lead its extension by branches that it has trained, and the microkernel on AMD to Zen 4. */
export const EXPOSED_ROOT_BRANCHES: u32 = 0x40;

// ioctl numbers of /dev/bareflank (type 0xBF, read and write)

export const IOCTL_LOAD: u32 = 0xc448bf01;
export const IOCTL_UNLOAD: u32 = 0xc038bf02;
export const IOCTL_START: u32 = 0xc038bf03;
export const IOCTL_STOP: u32 = 0xc038bf04;
export const IOCTL_STATUS: u32 = 0xc458bf05;
export const IOCTL_DUMP: u32 = 0xc038bf06;
export const IOCTL_VMCALL: u32 = 0xc068bf07;
export const IOCTL_MEMORY: u32 = 0xc040bf08;

// Argument of IOCTL_LOAD

/** u64: DRIVER_VERSION; the driver writes its own back. */
export const LOAD_ARGS_VERSION: u32 = 0x0;
/** u32: ERROR_*: what went wrong; 0 when all went well. */
export const LOAD_ARGS_ERROR: u32 = 0x8;
/** u32: Processor that it happened on, or 0xFFFFFFFF. */
export const LOAD_ARGS_CPU: u32 = 0xc;
/** u32: PHASE_* that this processor had reached. */
export const LOAD_ARGS_PHASE: u32 = 0x10;
/** u32: 0: the kernel image; n: extension n. */
export const LOAD_ARGS_FILE: u32 = 0x14;
/** u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
export const LOAD_ARGS_DETAIL: u32 = 0x18;
/** u64: The kernel image's bytes, in the caller's address space. */
export const LOAD_ARGS_KERNEL_ADDRESS: u32 = 0x20;
/** u64. */
export const LOAD_ARGS_KERNEL_BYTES: u32 = 0x28;
/** u32: 1 to MAX_EXTENSIONS. */
export const LOAD_ARGS_EXT_COUNT: u32 = 0x30;
/** u32. */
export const LOAD_ARGS_FLAGS: u32 = 0x34;
/** u64[64]. */
export const LOAD_ARGS_EXT_ADDRESS: u32 = 0x38;
/** u64[64]. */
export const LOAD_ARGS_EXT_BYTES: u32 = 0x238;
/** u64: ExtensionPolicy of each extension, in their order. */
export const LOAD_ARGS_POLICY_ADDRESS: u32 = 0x438;
/** u64: 0: no manifest, then every extension may make every call. */
export const LOAD_ARGS_POLICY_BYTES: u32 = 0x440;
/** Size of the structure. */
export const LOAD_ARGS_BYTES: u32 = 0x448;

// Argument of IOCTL_MEMORY

/** u64: DRIVER_VERSION; the driver writes its own back. */
export const MEMORY_ARGS_VERSION: u32 = 0x0;
/** u32: ERROR_*: what went wrong; 0 when all went well. */
export const MEMORY_ARGS_ERROR: u32 = 0x8;
/** u32: Processor that it happened on, or 0xFFFFFFFF. */
export const MEMORY_ARGS_CPU: u32 = 0xc;
/** u32: PHASE_* that this processor had reached. */
export const MEMORY_ARGS_PHASE: u32 = 0x10;
/** u32: 0: the kernel image; n: extension n. */
export const MEMORY_ARGS_FILE: u32 = 0x14;
/** u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
export const MEMORY_ARGS_DETAIL: u32 = 0x18;
/** u64: Gets a MemoryExchange, reported just now, and a MemoryLoans behind it. */
export const MEMORY_ARGS_BUFFER_ADDRESS: u32 = 0x20;
/** u64. */
export const MEMORY_ARGS_BUFFER_BYTES: u32 = 0x28;
/** u64: Give the microkernel so much before, asked or not: a power of two, CHUNK_LEAST_BYTES at least; 0: nothing. */
export const MEMORY_ARGS_DONATE_BYTES: u32 = 0x30;
/** u64. */
export const MEMORY_ARGS_RESERVED: u32 = 0x38;
/** Size of the structure. */
export const MEMORY_ARGS_BYTES: u32 = 0x40;

// What happens to the hypervisor's memory

/** Entries of MemoryLoans.eventKind. */
export const MOST_MEMORY_EVENTS: u32 = 0x20;
/** The microkernel asked for memory. */
export const MEMORY_EVENT_ASKED: u32 = 0x1;
/** A chunk was given. */
export const MEMORY_EVENT_GIVEN: u32 = 0x2;
/** A chunk came back. */
export const MEMORY_EVENT_RETURNED: u32 = 0x3;
/** The operating system has no memory to give. */
export const MEMORY_EVENT_NO_MEMORY: u32 = 0x4;
/** It may not grow further. */
export const MEMORY_EVENT_LIMIT: u32 = 0x5;
/** The microkernel refused a chunk. */
export const MEMORY_EVENT_REFUSED: u32 = 0x6;

// What the driver knows of the hypervisor's memory

/** u64: All that the hypervisor held when it had started. */
export const MEMORY_LOANS_START_BYTES: u32 = 0x0;
/** u64: All that it holds now. */
export const MEMORY_LOANS_HELD_BYTES: u32 = 0x8;
/** u64: What it may grow to. */
export const MEMORY_LOANS_MOST_BYTES: u32 = 0x10;
/** u32[12]: Chunks that came since, by order: 2^order pages. Runs are not among them. */
export const MEMORY_LOANS_LENT_CHUNKS: u32 = 0x18;
/** u64: Events since the start; number n is in slot n % MOST_MEMORY_EVENTS. */
export const MEMORY_LOANS_EVENTS: u32 = 0x48;
/** u64[32]: Nanoseconds since 1970. */
export const MEMORY_LOANS_EVENT_TIME: u32 = 0x50;
/** u64[32]: Bytes that it is about. */
export const MEMORY_LOANS_EVENT_BYTES: u32 = 0x150;
/** u32[32]: MEMORY_EVENT_*. */
export const MEMORY_LOANS_EVENT_KIND: u32 = 0x250;
/** u32[32]: GIVE_* of what was refused by the microkernel. */
export const MEMORY_LOANS_EVENT_DETAIL: u32 = 0x2d0;
/** Size of the structure. */
export const MEMORY_LOANS_BYTES: u32 = 0x350;

// Argument of IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP

/** u64: DRIVER_VERSION; the driver writes its own back. */
export const OPERATION_ARGS_VERSION: u32 = 0x0;
/** u32: ERROR_*: what went wrong; 0 when all went well. */
export const OPERATION_ARGS_ERROR: u32 = 0x8;
/** u32: Processor that it happened on, or 0xFFFFFFFF. */
export const OPERATION_ARGS_CPU: u32 = 0xc;
/** u32: PHASE_* that this processor had reached. */
export const OPERATION_ARGS_PHASE: u32 = 0x10;
/** u32: 0: the kernel image; n: extension n. */
export const OPERATION_ARGS_FILE: u32 = 0x14;
/** u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
export const OPERATION_ARGS_DETAIL: u32 = 0x18;
/** u32: OPERATION_*; of a start. */
export const OPERATION_ARGS_FLAGS: u32 = 0x20;
/** u32: Of a start: milliseconds after which an extension is taken off a processor; 0: never. */
export const OPERATION_ARGS_WATCHDOG_MS: u32 = 0x24;
/** u64: Of a start: memory that the hypervisor begins with; 0: what it needs. */
export const OPERATION_ARGS_LEAST_BYTES: u32 = 0x28;
/** u64: Of a start: memory that it may grow to; 0: a quarter of what there is. */
export const OPERATION_ARGS_MOST_BYTES: u32 = 0x30;
/** Size of the structure. */
export const OPERATION_ARGS_BYTES: u32 = 0x38;

// OperationArgs.flags

/** When the operating system's sleep or a change of its processors ends what is started, it stays so. */
export const OPERATION_ONCE: u32 = 0x1;
/** Nothing is done against speculation. */
export const OPERATION_NO_MITIGATIONS: u32 = 0x2;
/** The microkernel lies where it was linked, and not at a random place. */
export const OPERATION_NO_SLIDE: u32 = 0x4;
/** The root VM and its extension are kept apart from the microkernel like all others. */
export const OPERATION_ALL_MITIGATIONS: u32 = 0x8;
/** While an extension runs, nothing of the microkernel is mapped but what entries need. */
export const OPERATION_ISOLATE_KERNEL: u32 = 0x10;

// What a loader leaves about what it has started

/** u64: Memory that the hypervisor holds. */
export const START_RECORD_MEMORY_BYTES: u32 = 0x0;
/** u32: Extensions that are loaded, or run. */
export const START_RECORD_EXT_COUNT: u32 = 0x8;
/** u32: After how many milliseconds an extension is taken off a processor; 0: never. */
export const START_RECORD_WATCHDOG_MS: u32 = 0xc;
/** u32: On any of its processors: MITIGATION_*. */
export const START_RECORD_MITIGATIONS: u32 = 0x10;
/** u32: The same: EXPOSED_*. */
export const START_RECORD_EXPOSURES: u32 = 0x14;
/** u64: How far the microkernel's image lies above where it was linked. */
export const START_RECORD_IMAGE_SLIDE: u32 = 0x18;
/** u64: The same of its linear memory. */
export const START_RECORD_MEMORY_SLIDE: u32 = 0x20;
/** u8[832]: Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room. */
export const START_RECORD_EXT_NAMES: u32 = 0x28;
/** u8[24]: First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded. */
export const START_RECORD_KERNEL_BUILD_ID: u32 = 0x368;
/** Size of the structure. */
export const START_RECORD_BYTES: u32 = 0x380;

// Where a StartRecord lies in the page of reports

/** Behind as many reports as there can be. */
export const START_RECORD_OFFSET: u32 = 0xc00;

// StatusArgs.startedBy: who has started what runs

export const STARTED_BY_DRIVER: u32 = 0x1;
/** It was there before the driver: the operating system booted inside. */
export const STARTED_BY_UEFI: u32 = 0x2;

// States of the driver

export const STATE_UNLOADED: u32 = 0xa;
export const STATE_LOADED: u32 = 0xb;
export const STATE_RUNNING: u32 = 0xc;
/** A processor was lost or could not be given back: only a reboot helps. */
export const STATE_CORRUPT: u32 = 0x64;

// Argument of IOCTL_STATUS

/** u64: DRIVER_VERSION; the driver writes its own back. */
export const STATUS_ARGS_VERSION: u32 = 0x0;
/** u32: ERROR_*: what went wrong; 0 when all went well. */
export const STATUS_ARGS_ERROR: u32 = 0x8;
/** u32: Processor that it happened on, or 0xFFFFFFFF. */
export const STATUS_ARGS_CPU: u32 = 0xc;
/** u32: PHASE_* that this processor had reached. */
export const STATUS_ARGS_PHASE: u32 = 0x10;
/** u32: 0: the kernel image; n: extension n. */
export const STATUS_ARGS_FILE: u32 = 0x14;
/** u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
export const STATUS_ARGS_DETAIL: u32 = 0x18;
/** u32: STATE_*. */
export const STATUS_ARGS_STATE: u32 = 0x20;
/** u32: Processors that the operating system has online. */
export const STATUS_ARGS_CPU_COUNT: u32 = 0x24;
/** u32: Processors that run under the hypervisor. */
export const STATUS_ARGS_RUNNING_COUNT: u32 = 0x28;
/** u32: VENDOR_*; 0 before the first start. */
export const STATUS_ARGS_VENDOR: u32 = 0x2c;
/** u64: Memory that the hypervisor holds now, pools included; 0 unless running. */
export const STATUS_ARGS_MEMORY_BYTES: u32 = 0x30;
/** u64: 4 KiB pages that the driver has taken from the operating system and not given back. */
export const STATUS_ARGS_ALLOCATED_PAGES: u32 = 0x38;
/** u64: Characters in the debug ring. */
export const STATUS_ARGS_RING_BYTES: u32 = 0x40;
/** u64: Successful starts since the driver was inserted. */
export const STATUS_ARGS_START_COUNT: u32 = 0x48;
/** u64. */
export const STATUS_ARGS_STOP_COUNT: u32 = 0x50;
/** u64[16]: Bit n % 64 of word n / 64: processor n runs under the hypervisor. */
export const STATUS_ARGS_RUNNING: u32 = 0x58;
/** u32: Of what runs: STARTED_BY_*; 0: nothing runs. */
export const STATUS_ARGS_STARTED_BY: u32 = 0xd8;
/** u32. */
export const STATUS_ARGS_RESERVED: u32 = 0xdc;
/** u32: Extensions that are loaded, or run. */
export const STATUS_ARGS_EXT_COUNT: u32 = 0xe0;
/** u32: After how many milliseconds an extension is taken off a processor; 0: never. */
export const STATUS_ARGS_WATCHDOG_MS: u32 = 0xe4;
/** u32: On any of its processors: MITIGATION_*. */
export const STATUS_ARGS_MITIGATIONS: u32 = 0xe8;
/** u32: The same: EXPOSED_*. */
export const STATUS_ARGS_EXPOSURES: u32 = 0xec;
/** u64: How far the microkernel's image lies above where it was linked. */
export const STATUS_ARGS_IMAGE_SLIDE: u32 = 0xf0;
/** u64: The same of its linear memory. */
export const STATUS_ARGS_MEMORY_SLIDE: u32 = 0xf8;
/** u8[832]: Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room. */
export const STATUS_ARGS_EXT_NAMES: u32 = 0x100;
/** u8[24]: First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded. */
export const STATUS_ARGS_KERNEL_BUILD_ID: u32 = 0x440;
/** Size of the structure. */
export const STATUS_ARGS_BYTES: u32 = 0x458;

// Argument of IOCTL_VMCALL

/** u64: DRIVER_VERSION; the driver writes its own back. */
export const VMCALL_ARGS_VERSION: u32 = 0x0;
/** u32: ERROR_*: what went wrong; 0 when all went well. */
export const VMCALL_ARGS_ERROR: u32 = 0x8;
/** u32: Processor that it happened on, or 0xFFFFFFFF. */
export const VMCALL_ARGS_CPU: u32 = 0xc;
/** u32: PHASE_* that this processor had reached. */
export const VMCALL_ARGS_PHASE: u32 = 0x10;
/** u32: 0: the kernel image; n: extension n. */
export const VMCALL_ARGS_FILE: u32 = 0x14;
/** u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
export const VMCALL_ARGS_DETAIL: u32 = 0x18;
/** u32: Processor to make the hypercall on. */
export const VMCALL_ARGS_TARGET: u32 = 0x20;
/** u32. */
export const VMCALL_ARGS_RESERVED: u32 = 0x24;
/** u64: Registers of the hypercall; on return those that the extension left. */
export const VMCALL_ARGS_RAX: u32 = 0x28;
/** u64. */
export const VMCALL_ARGS_RBX: u32 = 0x30;
/** u64. */
export const VMCALL_ARGS_RCX: u32 = 0x38;
/** u64. */
export const VMCALL_ARGS_RDX: u32 = 0x40;
/** u64. */
export const VMCALL_ARGS_RSI: u32 = 0x48;
/** u64. */
export const VMCALL_ARGS_RDI: u32 = 0x50;
/** u64. */
export const VMCALL_ARGS_R8: u32 = 0x58;
/** u64. */
export const VMCALL_ARGS_R9: u32 = 0x60;
/** Size of the structure. */
export const VMCALL_ARGS_BYTES: u32 = 0x68;
