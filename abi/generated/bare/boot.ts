// Generated from abi/src by `bf build abi`. Do not edit.

// What the loader hands to the kernel on one processor

/** u64: BOOT_MAGIC. */
export const BOOT_ARGS_MAGIC: u32 = 0x0;
/** u64: BOOT_VERSION. */
export const BOOT_ARGS_VERSION: u32 = 0x8;
/** u32. */
export const BOOT_ARGS_PPID: u32 = 0x10;
/** u32: Processors that will be started, this one included. */
export const BOOT_ARGS_PP_COUNT: u32 = 0x14;
/** u64: This processor's top-level page table (CR3). */
export const BOOT_ARGS_ROOT_PHYS: u32 = 0x18;
/** u64: The debug ring (DebugRing), physically contiguous. */
export const BOOT_ARGS_RING_PHYS: u32 = 0x20;
/** u64: Where to jump, in host mode, to leave for good: RDI = 0; SavedState holds the state to restore. */
export const BOOT_ARGS_PROMOTE_ENTRY: u32 = 0x28;
/** u32: Entries of arena. */
export const BOOT_ARGS_ARENA_COUNT: u32 = 0x30;
/** u32: Entries of ext. */
export const BOOT_ARGS_EXT_COUNT: u32 = 0x34;
/** u32: VENDOR_*. */
export const BOOT_ARGS_VENDOR: u32 = 0x38;
/** u32: CPU_FEATURE_* that the loader found on every processor. */
export const BOOT_ARGS_FEATURES: u32 = 0x3c;
/** u64: This processor's BootReport, which is the operating system's memory. */
export const BOOT_ARGS_REPORT_PHYS: u32 = 0x40;
/** u64[64]: Sizes of the extensions' files; file n lies at EXT_FILE_BASE + n * EXT_FILE_STRIDE. */
export const BOOT_ARGS_EXT_BYTES: u32 = 0x48;
/** u64[64]: Physically contiguous chunks that belong to the hypervisor, page aligned, all in the direct map. */
export const BOOT_ARGS_ARENA_PHYS: u32 = 0x248;
/** u64[64]: Their sizes. */
export const BOOT_ARGS_ARENA_BYTES: u32 = 0x448;
/** u64[64]: Bytes at each chunk's start that the loader uses itself; the rest is the kernel's pool. */
export const BOOT_ARGS_ARENA_USED: u32 = 0x648;
/** u64: ExtensionPolicy of every extension, at EXT_POLICY_BASE; 0: none, then every call is allowed. */
export const BOOT_ARGS_POLICY_BYTES: u32 = 0x848;
/** u32: 0 errors, 1 life cycle, 2 every exit. */
export const BOOT_ARGS_DEBUG_LEVEL: u32 = 0x850;
/** u32: MITIGATION_* that this processor needs; docs/security.md says against what. */
export const BOOT_ARGS_MITIGATIONS: u32 = 0x854;
/** u64: Ticks of the time stamp counter that a processor may spend without running a VM; 0: nobody watches. */
export const BOOT_ARGS_WATCH_TICKS: u32 = 0x858;
/** u64: MemoryExchange, a page; 0: memory neither comes nor goes while the hypervisor runs. */
export const BOOT_ARGS_EXCHANGE_PHYS: u32 = 0x860;
/** u64: SPEC_CTRL in host mode, with MITIGATION_SPEC_CTRL. */
export const BOOT_ARGS_HOST_SPEC_CTRL: u32 = 0x868;
/** Size of the structure. */
export const BOOT_ARGS_BYTES: u32 = 0x870;

// What the kernel tells the loader on one processor

/** u32: PHASE_*. */
export const BOOT_REPORT_PHASE: u32 = 0x0;
/** u32: BOOT_*. */
export const BOOT_REPORT_STATUS: u32 = 0x4;
/** u64: Depends on status. */
export const BOOT_REPORT_DETAIL: u32 = 0x8;
/** u32: 1 while the processor is watched and without a VM: an NMI reaches the kernel. */
export const BOOT_REPORT_WATCHING: u32 = 0x10;
/** u32: 1, written by the loader: an NMI for the kernel is on its way. The kernel makes it 0 when it has taken that. */
export const BOOT_REPORT_KICK: u32 = 0x14;
/** Size of the structure. */
export const BOOT_REPORT_BYTES: u32 = 0x18;

// BootReport.status: why the kernel gave a processor back

export const BOOT_OK: u32 = 0x0;
/** Magic or version of BootArgs is wrong. */
export const BOOT_BAD_ARGS: u32 = 0x1;
/** A pool is empty. */
export const BOOT_NO_MEMORY: u32 = 0x2;
/** An extension's file is no valid ELF file; detail: ElfError. */
export const BOOT_EXT_ELF: u32 = 0x3;
/** _start ended without a bootstrap callback. */
export const BOOT_EXT_NO_BOOTSTRAP: u32 = 0x4;
/** _start ended without a vmexit callback. */
export const BOOT_EXT_NO_VMEXIT: u32 = 0x5;
/** _start ended without a fail callback. */
export const BOOT_EXT_NO_FAIL: u32 = 0x6;
/** The extension faulted, in its fail callback too or without one; detail: vector. */
export const BOOT_EXT_FAULT: u32 = 0x7;
/** A callback returned instead of ending in a system call. */
export const BOOT_EXT_RETURNED: u32 = 0x8;
/** The extension asked to exit. */
export const BOOT_EXT_EXIT: u32 = 0x9;
/** The extension called wait where that is no valid end. */
export const BOOT_EXT_WAIT: u32 = 0xa;
/** The microkernel itself faulted; detail: vector. */
export const BOOT_KERNEL_FAULT: u32 = 0xb;
/** The processor refused the root VS's state. */
export const BOOT_INVALID_VM: u32 = 0xc;
/** Intel: the processor refused VMXON. */
export const BOOT_NO_VMX_OPERATION: u32 = 0xd;
/** The extension kept the processor for longer than the watchdog allows. */
export const BOOT_EXT_OVERDUE: u32 = 0xe;

// Linear memory that an extension asks for, in TypeScript for its variables, otherwise for its heap

/** u32: 1. */
export const EXTENSION_MEMORY_VERSION: u32 = 0x0;
/** u32: EXT_MEMORY_*. */
export const EXTENSION_MEMORY_FLAGS: u32 = 0x4;
/** u32: 4 KiB pages mapped at start, counted from EXT_MEMORY_BASE + dataOffset. */
export const EXTENSION_MEMORY_INITIAL_PAGES: u32 = 0x8;
/** u32: Most 4 KiB pages that it may grow to. */
export const EXTENSION_MEMORY_MAXIMUM_PAGES: u32 = 0xc;
/** u32: Offset of the first mapped byte; a multiple of 4 KiB, at least 64 KiB. */
export const EXTENSION_MEMORY_DATA_OFFSET: u32 = 0x10;
/** u32. */
export const EXTENSION_MEMORY_RESERVED: u32 = 0x14;
/** Size of the structure. */
export const EXTENSION_MEMORY_BYTES: u32 = 0x18;

// ExtensionMemory.flags

/** One instance per processor; otherwise one shared by all. */
export const EXT_MEMORY_PER_PP: u32 = 0x1;
/** Has a garbage collector. */
export const EXT_MEMORY_COLLECTED: u32 = 0x2;

// What a manifest says about an extension

/** u8[32]: Zero padded; what message_find looks for. */
export const EXTENSION_POLICY_NAME: u32 = 0x0;
/** u32[16]: Bit n of word g: call n of group g is denied. */
export const EXTENSION_POLICY_DENIED: u32 = 0x20;
/** u32: POLICY_*. */
export const EXTENSION_POLICY_FLAGS: u32 = 0x60;
/** u32: Entries of msrFirst, msrLast and msrRights. */
export const EXTENSION_POLICY_MSR_COUNT: u32 = 0x64;
/** u32[32]: First MSR of a range. */
export const EXTENSION_POLICY_MSR_FIRST: u32 = 0x68;
/** u32[32]: Last MSR of it. */
export const EXTENSION_POLICY_MSR_LAST: u32 = 0xe8;
/** u32[32]: MSR_RIGHT_*. */
export const EXTENSION_POLICY_MSR_RIGHTS: u32 = 0x168;
/** u32: Entries of portFirst and portLast. */
export const EXTENSION_POLICY_PORT_COUNT: u32 = 0x1e8;
/** u32[32]: First port of a range. */
export const EXTENSION_POLICY_PORT_FIRST: u32 = 0x1ec;
/** u32[32]: Last port of it. */
export const EXTENSION_POLICY_PORT_LAST: u32 = 0x26c;
/** u32. */
export const EXTENSION_POLICY_RESERVED: u32 = 0x2ec;
/** u32[4]: The most that it may have of each QUOTA_* at one time; 0: as much as there is. */
export const EXTENSION_POLICY_QUOTA: u32 = 0x2f0;
/** Size of the structure. */
export const EXTENSION_POLICY_BYTES: u32 = 0x300;

// Where an extension keeps its settings

/** u64: Virtual address of the area, which the file has bytes for: lines `key=value`, then zeroes. */
export const EXTENSION_SETTINGS_ADDRESS: u32 = 0x0;
/** u64: Size of the area in bytes. */
export const EXTENSION_SETTINGS_SIZE: u32 = 0x8;
/** Size of the structure. */
export const EXTENSION_SETTINGS_BYTES: u32 = 0x10;

// BootArgs.features

export const CPU_FEATURE_SMEP: u32 = 0x1;
export const CPU_FEATURE_SMAP: u32 = 0x2;
export const CPU_FEATURE_UMIP: u32 = 0x4;
export const CPU_FEATURE_XSAVE: u32 = 0x8;
/** AMD: the VMCB's nRIP is written at exits. */
export const CPU_FEATURE_NRIP: u32 = 0x10;
/** AMD: TLB_CONTROL 3 works. */
export const CPU_FEATURE_FLUSH_ASID: u32 = 0x20;
export const CPU_FEATURE_FSGSBASE: u32 = 0x40;
export const CPU_FEATURE_PCID: u32 = 0x80;

// What the hand-off code needs, at SavedState + HANDOFF_OFFSET

/** u64: SavedState's address in the hand-off window. */
export const HANDOFF_ALIAS: u32 = 0x0;
/** u64: Where promote continues at the operating system's address of the code. */
export const HANDOFF_PROMOTE_IN_OS: u32 = 0x8;
/** u64[32]: Host mode's code and stack segments, the operating system's, and room for its TSS. */
export const HANDOFF_GDT: u32 = 0x10;
/** u64[6]: Three gates, of which the one for NMIs is used, by the operating system's addresses. */
export const HANDOFF_IDT_IN_OS: u32 = 0x110;
/** u64[6]: The same by the addresses of host mode. */
export const HANDOFF_IDT_IN_HOST: u32 = 0x140;
/** u64[2]: Operands of LGDT and LIDT: limit in the first word's upper 16 bits, then the base. */
export const HANDOFF_GDTR_IN_OS: u32 = 0x170;
/** u64[2]. */
export const HANDOFF_GDTR_IN_HOST: u32 = 0x180;
/** u64[2]. */
export const HANDOFF_IDTR_IN_OS: u32 = 0x190;
/** u64[2]. */
export const HANDOFF_IDTR_IN_HOST: u32 = 0x1a0;
/** u64[64]: Used while neither side's stack is mapped. */
export const HANDOFF_STACK: u32 = 0x1b0;
/** Size of the structure. */
export const HANDOFF_BYTES: u32 = 0x3b0;

// Where the Handoff structure lies

/** Behind SavedState. */
export const HANDOFF_OFFSET: u32 = 0x800;

// BootArgs.mitigations: what is done against speculation

/** Host mode has a value of its own in SPEC_CTRL, and each VS one, which change hands. */
export const MITIGATION_SPEC_CTRL: u32 = 0x1;
/** AMD: the VMCB has the VS's, and the processor changes hands. */
export const MITIGATION_VIRTUAL_SPEC_CTRL: u32 = 0x2;
/** AMD: EFER.AIBRSE is set in host mode. */
export const MITIGATION_AUTOMATIC_IBRS: u32 = 0x4;
/** IBPB behind each VM exit. */
export const MITIGATION_EXIT_BARRIER: u32 = 0x8;
/** IBPB when an extension calls or faults. */
export const MITIGATION_CALL_BARRIER: u32 = 0x10;
/** IBRS is written anew when an extension calls or faults. */
export const MITIGATION_CALL_IBRS: u32 = 0x20;
/** IBPB when another extension or another VM runs. */
export const MITIGATION_SWITCH_BARRIER: u32 = 0x40;
/** The return stack is filled behind each VM exit. */
export const MITIGATION_RETURN_STACK: u32 = 0x80;
/** VERW before an extension and before a VM runs. */
export const MITIGATION_CLEAR_BUFFERS: u32 = 0x100;
/** The first level data cache is flushed before a VM runs. */
export const MITIGATION_FLUSH_L1D: u32 = 0x200;
/** IBPB behind each exit of a VM that is not the root VM. */
export const MITIGATION_GUEST_BARRIER: u32 = 0x400;
/** IBPB when an extension that does not own the root VM calls or faults. */
export const MITIGATION_SERVICE_BARRIER: u32 = 0x800;
/** While an extension runs, nothing of the kernel is mapped but what entries need. When it is asked for. */
export const MITIGATION_ISOLATE_KERNEL: u32 = 0x10000;

// ExtensionPolicy.msrRights

export const MSR_RIGHT_READ: u32 = 0x1;
export const MSR_RIGHT_WRITE: u32 = 0x2;

// ELF notes, owner "Bareflank"

/** Descriptor: u64 BOOT_VERSION. Only a kernel image has it. */
export const NOTE_KERNEL: u32 = 0x1;
/** Descriptor: ExtensionMemory. Only a TypeScript extension has it. */
export const NOTE_EXTENSION_MEMORY: u32 = 0x2;
/** Descriptor: ExtensionSettings. An extension that can be given settings has it. */
export const NOTE_EXTENSION_SETTINGS: u32 = 0x3;
/** Descriptor: Relocations. A kernel image that can be put elsewhere in its windows has it; toolchain/src/relocations.ts. */
export const NOTE_RELOCATIONS: u32 = 0x5;
/** Descriptor: u32 SPEC_VERSION_* that the extension knows. Without it: SPEC_VERSION_1. */
export const NOTE_EXTENSION_VERSIONS: u32 = 0x4;

// BootReport.phase: how far a processor has come

export const PHASE_NONE: u32 = 0x0;
/** In the microkernel's own start. */
export const PHASE_KERNEL: u32 = 0x1;
/** In the extension's _start. */
export const PHASE_START: u32 = 0x2;
/** In the extension's bootstrap callback. */
export const PHASE_BOOTSTRAP: u32 = 0x3;
/** The operating system runs as a VM. */
export const PHASE_RUNNING: u32 = 0x4;
/** The operating system has its processor back. */
export const PHASE_STOPPED: u32 = 0x5;
/** The microkernel halted this processor; the ring says why. */
export const PHASE_HALTED: u32 = 0x6;

// ExtensionPolicy.flags

/** MSRs outside the ranges are denied. */
export const POLICY_MSRS: u32 = 0x1;
/** Ports outside the ranges are denied. */
export const POLICY_PORTS: u32 = 0x2;
/** It may open version 2 of the interface, and no other. */
export const POLICY_VERSION_2: u32 = 0x4;

// ExtensionPolicy.quota

/** VMs that it has made. */
export const QUOTA_VMS: u32 = 0x0;
/** VPs. */
export const QUOTA_VPS: u32 = 0x1;
/** VSs. */
export const QUOTA_VSS: u32 = 0x2;
/** Pages that it was given by alloc_page, alloc_huge and memory_grow. */
export const QUOTA_PAGES: u32 = 0x3;

// A word of a kernel image's table of relocations

/** Bytes from the last one, from the image's base the first time. All ones: nothing is there. */
export const RELOCATION_DISTANCE: u32 = 0x3fff;
/** In the image 64 bits, otherwise 32. In the linear memory relative to the instruction. */
export const RELOCATION_OTHER: u32 = 0x4000;
/** It is an address of the linear memory, otherwise of the image. */
export const RELOCATION_MEMORY: u32 = 0x8000;

// Where a kernel image names its own addresses

/** u32: Of the table in the file: words of 16 bits, RELOCATION_*. */
export const RELOCATIONS_OFFSET: u32 = 0x0;
/** u32: Its words. */
export const RELOCATIONS_COUNT: u32 = 0x4;
/** Size of the structure. */
export const RELOCATIONS_BYTES: u32 = 0x8;

// The debug ring, 128 KiB

/** u64: Bytes ever dropped: text starts at buffer[begin % DEBUG_RING_CHARS]. */
export const DEBUG_RING_BEGIN: u32 = 0x0;
/** u64: Bytes ever written. */
export const DEBUG_RING_END: u32 = 0x8;
/** Size of the structure. */
export const DEBUG_RING_BYTES: u32 = 0x10;

// Debug ring

/** The structure and its text. */
export const DEBUG_RING_AREA_BYTES: u32 = 0x20000;
/** Its text, directly behind the structure. */
export const DEBUG_RING_CHARS: u32 = 0x1fff0;

// The operating system's state on one processor

/** u64: This structure's own address in the operating system's address space. */
export const SAVED_STATE_OS_ADDRESS: u32 = 0x0;
/** u64: CR4 to enter host mode with (no PCIDE, no PGE). */
export const SAVED_STATE_HOST_CR4: u32 = 0x8;
/** u64: Table that maps the hand-off code at HANDOFF_BASE and at the operating system's address of it. */
export const SAVED_STATE_TRANSITION_CR3: u32 = 0x10;
/** u64: BootArgs.rootPhys. */
export const SAVED_STATE_HOST_CR3: u32 = 0x18;
/** u64: The kernel's entry point. */
export const SAVED_STATE_KERNEL_ENTRY: u32 = 0x20;
/** u64: EFER to enter host mode with. */
export const SAVED_STATE_HOST_EFER: u32 = 0x28;
/** u64: DEBUGCTL to enter host mode with: on Intel 0, for the tables of its records are not mapped there. */
export const SAVED_STATE_HOST_DEBUGCTL: u32 = 0x30;
/** u64: This structure's physical address. */
export const SAVED_STATE_PHYSICAL: u32 = 0x38;
/** u64. */
export const SAVED_STATE_RAX: u32 = 0x40;
/** u64. */
export const SAVED_STATE_RBX: u32 = 0x48;
/** u64. */
export const SAVED_STATE_RCX: u32 = 0x50;
/** u64. */
export const SAVED_STATE_RDX: u32 = 0x58;
/** u64. */
export const SAVED_STATE_RBP: u32 = 0x60;
/** u64. */
export const SAVED_STATE_RSI: u32 = 0x68;
/** u64. */
export const SAVED_STATE_RDI: u32 = 0x70;
/** u64. */
export const SAVED_STATE_R8: u32 = 0x78;
/** u64. */
export const SAVED_STATE_R9: u32 = 0x80;
/** u64. */
export const SAVED_STATE_R10: u32 = 0x88;
/** u64. */
export const SAVED_STATE_R11: u32 = 0x90;
/** u64. */
export const SAVED_STATE_R12: u32 = 0x98;
/** u64. */
export const SAVED_STATE_R13: u32 = 0xa0;
/** u64. */
export const SAVED_STATE_R14: u32 = 0xa8;
/** u64. */
export const SAVED_STATE_R15: u32 = 0xb0;
/** u64. */
export const SAVED_STATE_RIP: u32 = 0xb8;
/** u64. */
export const SAVED_STATE_RSP: u32 = 0xc0;
/** u64. */
export const SAVED_STATE_RFLAGS: u32 = 0xc8;
/** u64. */
export const SAVED_STATE_CR0: u32 = 0xd0;
/** u64. */
export const SAVED_STATE_CR2: u32 = 0xd8;
/** u64. */
export const SAVED_STATE_CR3: u32 = 0xe0;
/** u64. */
export const SAVED_STATE_CR4: u32 = 0xe8;
/** u64. */
export const SAVED_STATE_CR8: u32 = 0xf0;
/** u64. */
export const SAVED_STATE_XCR0: u32 = 0xf8;
/** u64. */
export const SAVED_STATE_DR0: u32 = 0x100;
/** u64. */
export const SAVED_STATE_DR1: u32 = 0x108;
/** u64. */
export const SAVED_STATE_DR2: u32 = 0x110;
/** u64. */
export const SAVED_STATE_DR3: u32 = 0x118;
/** u64. */
export const SAVED_STATE_DR6: u32 = 0x120;
/** u64. */
export const SAVED_STATE_DR7: u32 = 0x128;
/** u64. */
export const SAVED_STATE_EFER: u32 = 0x130;
/** u64. */
export const SAVED_STATE_STAR: u32 = 0x138;
/** u64. */
export const SAVED_STATE_LSTAR: u32 = 0x140;
/** u64. */
export const SAVED_STATE_CSTAR: u32 = 0x148;
/** u64. */
export const SAVED_STATE_SFMASK: u32 = 0x150;
/** u64. */
export const SAVED_STATE_KERNEL_GS_BASE: u32 = 0x158;
/** u64. */
export const SAVED_STATE_SYSENTER_CS: u32 = 0x160;
/** u64. */
export const SAVED_STATE_SYSENTER_ESP: u32 = 0x168;
/** u64. */
export const SAVED_STATE_SYSENTER_EIP: u32 = 0x170;
/** u64. */
export const SAVED_STATE_PAT: u32 = 0x178;
/** u64. */
export const SAVED_STATE_DEBUGCTL: u32 = 0x180;
/** u64: AMD: VM_HSAVE_PA. */
export const SAVED_STATE_HSAVE_PA: u32 = 0x188;
/** u64. */
export const SAVED_STATE_GDTR_BASE: u32 = 0x190;
/** u64. */
export const SAVED_STATE_IDTR_BASE: u32 = 0x198;
/** u32. */
export const SAVED_STATE_GDTR_LIMIT: u32 = 0x1a0;
/** u32. */
export const SAVED_STATE_IDTR_LIMIT: u32 = 0x1a4;
/** u16. */
export const SAVED_STATE_ES_SELECTOR: u32 = 0x1a8;
/** u16: Descriptor bits 55:52 and 47:40 as the VMCB holds them (APM 2, 15.5.1); 0 for a null selector. */
export const SAVED_STATE_ES_ATTRIB: u32 = 0x1aa;
/** u32: In bytes, granularity applied. */
export const SAVED_STATE_ES_LIMIT: u32 = 0x1ac;
/** u64. */
export const SAVED_STATE_ES_BASE: u32 = 0x1b0;
/** u16. */
export const SAVED_STATE_CS_SELECTOR: u32 = 0x1b8;
/** u16. */
export const SAVED_STATE_CS_ATTRIB: u32 = 0x1ba;
/** u32. */
export const SAVED_STATE_CS_LIMIT: u32 = 0x1bc;
/** u64. */
export const SAVED_STATE_CS_BASE: u32 = 0x1c0;
/** u16. */
export const SAVED_STATE_SS_SELECTOR: u32 = 0x1c8;
/** u16. */
export const SAVED_STATE_SS_ATTRIB: u32 = 0x1ca;
/** u32. */
export const SAVED_STATE_SS_LIMIT: u32 = 0x1cc;
/** u64. */
export const SAVED_STATE_SS_BASE: u32 = 0x1d0;
/** u16. */
export const SAVED_STATE_DS_SELECTOR: u32 = 0x1d8;
/** u16. */
export const SAVED_STATE_DS_ATTRIB: u32 = 0x1da;
/** u32. */
export const SAVED_STATE_DS_LIMIT: u32 = 0x1dc;
/** u64. */
export const SAVED_STATE_DS_BASE: u32 = 0x1e0;
/** u16. */
export const SAVED_STATE_FS_SELECTOR: u32 = 0x1e8;
/** u16. */
export const SAVED_STATE_FS_ATTRIB: u32 = 0x1ea;
/** u32. */
export const SAVED_STATE_FS_LIMIT: u32 = 0x1ec;
/** u64. */
export const SAVED_STATE_FS_BASE: u32 = 0x1f0;
/** u16. */
export const SAVED_STATE_GS_SELECTOR: u32 = 0x1f8;
/** u16. */
export const SAVED_STATE_GS_ATTRIB: u32 = 0x1fa;
/** u32. */
export const SAVED_STATE_GS_LIMIT: u32 = 0x1fc;
/** u64. */
export const SAVED_STATE_GS_BASE: u32 = 0x200;
/** u16. */
export const SAVED_STATE_LDTR_SELECTOR: u32 = 0x208;
/** u16. */
export const SAVED_STATE_LDTR_ATTRIB: u32 = 0x20a;
/** u32. */
export const SAVED_STATE_LDTR_LIMIT: u32 = 0x20c;
/** u64. */
export const SAVED_STATE_LDTR_BASE: u32 = 0x210;
/** u16. */
export const SAVED_STATE_TR_SELECTOR: u32 = 0x218;
/** u16. */
export const SAVED_STATE_TR_ATTRIB: u32 = 0x21a;
/** u32. */
export const SAVED_STATE_TR_LIMIT: u32 = 0x21c;
/** u64. */
export const SAVED_STATE_TR_BASE: u32 = 0x220;
/** u32: Intel: NMIs that came while the hand-off code had the processor. Kernel or operating system takes each, once. */
export const SAVED_STATE_HANDOFF_NMIS: u32 = 0x228;
/** u32. */
export const SAVED_STATE_RESERVED: u32 = 0x22c;
/** Size of the structure. */
export const SAVED_STATE_BYTES: u32 = 0x230;

// BootArgs.vendor

export const VENDOR_AMD: u32 = 0x1;
export const VENDOR_INTEL: u32 = 0x2;

// Versions that must match between kernel image, loader and bfm

/** "BFKERNEL", little endian. */
export const BOOT_MAGIC: u64 = 0x4c454e52454b4642;
/** Version of BootArgs, SavedState and StartRecord; the kernel's ELF note carries the one it was built for. */
export const BOOT_VERSION: u64 = 0x7;
