// What loader and microkernel tell each other

import { structure, table } from "./schema.ts";

export const versions = table("boot", "Versions that must match between kernel image, loader and bfm", "u64", {
  BOOT_MAGIC: [0x4c45_4e52_454b_4642n, '"BFKERNEL", little endian.'],
  BOOT_VERSION: [
    7n,
    "Version of BootArgs, SavedState and StartRecord; the kernel's ELF note carries the one it was built for.",
  ],
});

export const notes = table("boot", 'ELF notes, owner "Bareflank"', "u32", {
  NOTE_KERNEL: [1, "Descriptor: u64 BOOT_VERSION. Only a kernel image has it."],
  NOTE_EXTENSION_MEMORY: [2, "Descriptor: ExtensionMemory. Only a TypeScript extension has it."],
  NOTE_EXTENSION_SETTINGS: [3, "Descriptor: ExtensionSettings. An extension that can be given settings has it."],
  NOTE_RELOCATIONS: [
    5,
    "Descriptor: Relocations. A kernel image that can be put elsewhere in its windows has it; toolchain/src/relocations.ts.",
  ],
  NOTE_EXTENSION_VERSIONS: [4, "Descriptor: u32 SPEC_VERSION_* that the extension knows. Without it: SPEC_VERSION_1."],
});

export const relocations = structure("boot", "Relocations", "Where a kernel image names its own addresses", {
  offset: ["u32", "Of the table in the file: words of 16 bits, RELOCATION_*."],
  count: ["u32", "Its words."],
});

export const relocationBits = table("boot", "A word of a kernel image's table of relocations", "u32", {
  RELOCATION_DISTANCE: [
    0x3fff,
    "Bytes from the last one, from the image's base the first time. All ones: nothing is there.",
  ],
  RELOCATION_OTHER: [0x4000, "In the image 64 bits, otherwise 32. In the linear memory relative to the instruction."],
  RELOCATION_MEMORY: [0x8000, "It is an address of the linear memory, otherwise of the image."],
});

export const extensionSettings = structure("boot", "ExtensionSettings", "Where an extension keeps its settings", {
  address: ["u64", "Virtual address of the area, which the file has bytes for: lines `key=value`, then zeroes."],
  size: ["u64", "Size of the area in bytes."],
});

export const extensionMemory = structure(
  "boot",
  "ExtensionMemory",
  "Linear memory that an extension asks for, in TypeScript for its variables, otherwise for its heap",
  {
    version: ["u32", "1."],
    flags: ["u32", "EXT_MEMORY_*."],
    initialPages: ["u32", "4 KiB pages mapped at start, counted from EXT_MEMORY_BASE + dataOffset."],
    maximumPages: ["u32", "Most 4 KiB pages that it may grow to."],
    dataOffset: ["u32", "Offset of the first mapped byte; a multiple of 4 KiB, at least 64 KiB."],
    reserved: "u32",
  },
);

export const extensionMemoryFlags = table("boot", "ExtensionMemory.flags", "u32", {
  EXT_MEMORY_PER_PP: [1, "One instance per processor; otherwise one shared by all."],
  EXT_MEMORY_COLLECTED: [2, "Has a garbage collector."],
});

export const extensionPolicy = structure("boot", "ExtensionPolicy", "What a manifest says about an extension", {
  name: ["u8[32]", "Zero padded; what message_find looks for."],
  denied: ["u32[16]", "Bit n of word g: call n of group g is denied."],
  flags: ["u32", "POLICY_*."],
  msrCount: ["u32", "Entries of msrFirst, msrLast and msrRights."],
  msrFirst: ["u32[32]", "First MSR of a range."],
  msrLast: ["u32[32]", "Last MSR of it."],
  msrRights: ["u32[32]", "MSR_RIGHT_*."],
  portCount: ["u32", "Entries of portFirst and portLast."],
  portFirst: ["u32[32]", "First port of a range."],
  portLast: ["u32[32]", "Last port of it."],
  reserved: "u32",
  quota: ["u32[4]", "The most that it may have of each QUOTA_* at one time; 0: as much as there is."],
});

export const quotas = table("boot", "ExtensionPolicy.quota", "u32", {
  QUOTA_VMS: [0, "VMs that it has made."],
  QUOTA_VPS: [1, "VPs."],
  QUOTA_VSS: [2, "VSs."],
  QUOTA_PAGES: [3, "Pages that it was given by alloc_page, alloc_huge and memory_grow."],
});

export const policyFlags = table("boot", "ExtensionPolicy.flags", "u32", {
  POLICY_MSRS: [1, "MSRs outside the ranges are denied."],
  POLICY_PORTS: [2, "Ports outside the ranges are denied."],
  POLICY_VERSION_2: [4, "It may open version 2 of the interface, and no other."],
});

export const msrRights = table("boot", "ExtensionPolicy.msrRights", "u32", {
  MSR_RIGHT_READ: 1,
  MSR_RIGHT_WRITE: 2,
});

export const phases = table("boot", "BootReport.phase: how far a processor has come", "u32", {
  PHASE_NONE: 0,
  PHASE_KERNEL: [1, "In the microkernel's own start."],
  PHASE_START: [2, "In the extension's _start."],
  PHASE_BOOTSTRAP: [3, "In the extension's bootstrap callback."],
  PHASE_RUNNING: [4, "The operating system runs as a VM."],
  PHASE_STOPPED: [5, "The operating system has its processor back."],
  PHASE_HALTED: [6, "The microkernel halted this processor; the ring says why."],
});

export const bootStatus = table("boot", "BootReport.status: why the kernel gave a processor back", "u32", {
  BOOT_OK: 0,
  BOOT_BAD_ARGS: [1, "Magic or version of BootArgs is wrong."],
  BOOT_NO_MEMORY: [2, "A pool is empty."],
  BOOT_EXT_ELF: [3, "An extension's file is no valid ELF file; detail: ElfError."],
  BOOT_EXT_NO_BOOTSTRAP: [4, "_start ended without a bootstrap callback."],
  BOOT_EXT_NO_VMEXIT: [5, "_start ended without a vmexit callback."],
  BOOT_EXT_NO_FAIL: [6, "_start ended without a fail callback."],
  BOOT_EXT_FAULT: [7, "The extension faulted, in its fail callback too or without one; detail: vector."],
  BOOT_EXT_RETURNED: [8, "A callback returned instead of ending in a system call."],
  BOOT_EXT_EXIT: [9, "The extension asked to exit."],
  BOOT_EXT_WAIT: [10, "The extension called wait where that is no valid end."],
  BOOT_KERNEL_FAULT: [11, "The microkernel itself faulted; detail: vector."],
  BOOT_INVALID_VM: [12, "The processor refused the root VS's state."],
  BOOT_NO_VMX_OPERATION: [13, "Intel: the processor refused VMXON."],
  BOOT_EXT_OVERDUE: [14, "The extension kept the processor for longer than the watchdog allows."],
});

/** One per processor, at PP_AREA_BASE + PP_ARGS while in host mode. */
export const bootArgs = structure("boot", "BootArgs", "What the loader hands to the kernel on one processor", {
  magic: ["u64", "BOOT_MAGIC."],
  version: ["u64", "BOOT_VERSION."],
  ppid: "u32",
  ppCount: ["u32", "Processors that will be started, this one included."],
  rootPhys: ["u64", "This processor's top-level page table (CR3)."],
  ringPhys: ["u64", "The debug ring (DebugRing), physically contiguous."],
  promoteEntry: [
    "u64",
    "Where to jump, in host mode, to leave for good: RDI = 0; SavedState holds the state to restore.",
  ],
  arenaCount: ["u32", "Entries of arena."],
  extCount: ["u32", "Entries of ext."],
  vendor: ["u32", "VENDOR_*."],
  features: ["u32", "CPU_FEATURE_* that the loader found on every processor."],
  reportPhys: ["u64", "This processor's BootReport, which is the operating system's memory."],
  extBytes: ["u64[64]", "Sizes of the extensions' files; file n lies at EXT_FILE_BASE + n * EXT_FILE_STRIDE."],
  arenaPhys: [
    "u64[64]",
    "Physically contiguous chunks that belong to the hypervisor, page aligned, all in the direct map.",
  ],
  arenaBytes: ["u64[64]", "Their sizes."],
  arenaUsed: ["u64[64]", "Bytes at each chunk's start that the loader uses itself; the rest is the kernel's pool."],
  policyBytes: ["u64", "ExtensionPolicy of every extension, at EXT_POLICY_BASE; 0: none, then every call is allowed."],
  debugLevel: ["u32", "0 errors, 1 life cycle, 2 every exit."],
  mitigations: ["u32", "MITIGATION_* that this processor needs; docs/security.md says against what."],
  watchTicks: [
    "u64",
    "Ticks of the time stamp counter that a processor may spend without running a VM; 0: nobody watches.",
  ],
  exchangePhys: ["u64", "MemoryExchange, a page; 0: memory neither comes nor goes while the hypervisor runs."],
  hostSpecCtrl: ["u64", "SPEC_CTRL in host mode, with MITIGATION_SPEC_CTRL."],
});

export const mitigations = table("boot", "BootArgs.mitigations: what is done against speculation", "u32", {
  MITIGATION_SPEC_CTRL: [1, "Host mode has a value of its own in SPEC_CTRL, and each VS one, which change hands."],
  MITIGATION_VIRTUAL_SPEC_CTRL: [2, "AMD: the VMCB has the VS's, and the processor changes hands."],
  MITIGATION_AUTOMATIC_IBRS: [4, "AMD: EFER.AIBRSE is set in host mode."],
  MITIGATION_EXIT_BARRIER: [8, "IBPB behind each VM exit."],
  MITIGATION_CALL_BARRIER: [16, "IBPB when an extension calls or faults."],
  MITIGATION_CALL_IBRS: [32, "IBRS is written anew when an extension calls or faults."],
  MITIGATION_SWITCH_BARRIER: [64, "IBPB when another extension or another VM runs."],
  MITIGATION_RETURN_STACK: [128, "The return stack is filled behind each VM exit."],
  MITIGATION_CLEAR_BUFFERS: [256, "VERW before an extension and before a VM runs."],
  MITIGATION_FLUSH_L1D: [512, "The first level data cache is flushed before a VM runs."],
  MITIGATION_GUEST_BARRIER: [1024, "IBPB behind each exit of a VM that is not the root VM."],
  MITIGATION_SERVICE_BARRIER: [2048, "IBPB when an extension that does not own the root VM calls or faults."],
  MITIGATION_ISOLATE_KERNEL: [
    0x1_0000,
    "While an extension runs, nothing of the kernel is mapped but what entries need. When it is asked for.",
  ],
});

/**
 * One per processor, all in one page. Beside the debug ring it is the only memory that kernel and operating system share while
 * the hypervisor runs: what the kernel reads there it does not rely on.
 */
export const bootReport = structure("boot", "BootReport", "What the kernel tells the loader on one processor", {
  phase: ["u32", "PHASE_*."],
  status: ["u32", "BOOT_*."],
  detail: ["u64", "Depends on status."],
  watching: ["u32", "1 while the processor is watched and without a VM: an NMI reaches the kernel."],
  kick: [
    "u32",
    "1, written by the loader: an NMI for the kernel is on its way. The kernel makes it 0 when it has taken that.",
  ],
});

export const vendors = table("boot", "BootArgs.vendor", "u32", { VENDOR_AMD: 1, VENDOR_INTEL: 2 });

export const features = table("boot", "BootArgs.features", "u32", {
  CPU_FEATURE_SMEP: 1,
  CPU_FEATURE_SMAP: 2,
  CPU_FEATURE_UMIP: 4,
  CPU_FEATURE_XSAVE: 8,
  CPU_FEATURE_NRIP: [16, "AMD: the VMCB's nRIP is written at exits."],
  CPU_FEATURE_FLUSH_ASID: [32, "AMD: TLB_CONTROL 3 works."],
  CPU_FEATURE_FSGSBASE: 64,
  CPU_FEATURE_PCID: 128,
});

/**
 * The operating system's state on one processor: read by the loader before it enters, turned into the root VS by the
 * kernel, and written back by the kernel before it jumps to promoteEntry. On AMD the hand-off code lets VMSAVE write FS,
 * GS, LDTR and TR into the same page, where a VMCB has them (0x440 to 0x49F), as the processor holds them: what a
 * descriptor says may differ from it.
 */
export const savedState = structure("boot", "SavedState", "The operating system's state on one processor", {
  osAddress: ["u64", "This structure's own address in the operating system's address space."],
  hostCr4: ["u64", "CR4 to enter host mode with (no PCIDE, no PGE)."],
  transitionCr3: [
    "u64",
    "Table that maps the hand-off code at HANDOFF_BASE and at the operating system's address of it.",
  ],
  hostCr3: ["u64", "BootArgs.rootPhys."],
  kernelEntry: ["u64", "The kernel's entry point."],
  hostEfer: ["u64", "EFER to enter host mode with."],
  hostDebugctl: [
    "u64",
    "DEBUGCTL to enter host mode with: on Intel 0, for the tables of its records are not mapped there.",
  ],
  physical: ["u64", "This structure's physical address."],
  rax: "u64",
  rbx: "u64",
  rcx: "u64",
  rdx: "u64",
  rbp: "u64",
  rsi: "u64",
  rdi: "u64",
  r8: "u64",
  r9: "u64",
  r10: "u64",
  r11: "u64",
  r12: "u64",
  r13: "u64",
  r14: "u64",
  r15: "u64",
  rip: "u64",
  rsp: "u64",
  rflags: "u64",
  cr0: "u64",
  cr2: "u64",
  cr3: "u64",
  cr4: "u64",
  cr8: "u64",
  xcr0: "u64",
  dr0: "u64",
  dr1: "u64",
  dr2: "u64",
  dr3: "u64",
  dr6: "u64",
  dr7: "u64",
  efer: "u64",
  star: "u64",
  lstar: "u64",
  cstar: "u64",
  sfmask: "u64",
  kernelGsBase: "u64",
  sysenterCs: "u64",
  sysenterEsp: "u64",
  sysenterEip: "u64",
  pat: "u64",
  debugctl: "u64",
  hsavePa: ["u64", "AMD: VM_HSAVE_PA."],
  gdtrBase: "u64",
  idtrBase: "u64",
  gdtrLimit: "u32",
  idtrLimit: "u32",
  esSelector: "u16",
  esAttrib: ["u16", "Descriptor bits 55:52 and 47:40 as the VMCB holds them (APM 2, 15.5.1); 0 for a null selector."],
  esLimit: ["u32", "In bytes, granularity applied."],
  esBase: "u64",
  csSelector: "u16",
  csAttrib: "u16",
  csLimit: "u32",
  csBase: "u64",
  ssSelector: "u16",
  ssAttrib: "u16",
  ssLimit: "u32",
  ssBase: "u64",
  dsSelector: "u16",
  dsAttrib: "u16",
  dsLimit: "u32",
  dsBase: "u64",
  fsSelector: "u16",
  fsAttrib: "u16",
  fsLimit: "u32",
  fsBase: "u64",
  gsSelector: "u16",
  gsAttrib: "u16",
  gsLimit: "u32",
  gsBase: "u64",
  ldtrSelector: "u16",
  ldtrAttrib: "u16",
  ldtrLimit: "u32",
  ldtrBase: "u64",
  trSelector: "u16",
  trAttrib: "u16",
  trLimit: "u32",
  trBase: "u64",
  handoffNmis: [
    "u32",
    "Intel: NMIs that came while the hand-off code had the processor. Kernel or operating system takes each, once.",
  ],
  reserved: "u32",
});

/**
 * The loader's own, behind SavedState in the same page: what the hand-off code needs while it has left one side and not
 * arrived at the other. The page is mapped at the operating system's address of it, and at HANDOFF_BASE +
 * HANDOFF_STATE_STRIDE * (ppid + 1) in host mode; the transition table has it at both.
 */
export const handoff = structure("boot", "Handoff", "What the hand-off code needs, at SavedState + HANDOFF_OFFSET", {
  alias: ["u64", "SavedState's address in the hand-off window."],
  promoteInOs: ["u64", "Where promote continues at the operating system's address of the code."],
  gdt: ["u64[32]", "Host mode's code and stack segments, the operating system's, and room for its TSS."],
  idtInOs: ["u64[6]", "Three gates, of which the one for NMIs is used, by the operating system's addresses."],
  idtInHost: ["u64[6]", "The same by the addresses of host mode."],
  gdtrInOs: ["u64[2]", "Operands of LGDT and LIDT: limit in the first word's upper 16 bits, then the base."],
  gdtrInHost: "u64[2]",
  idtrInOs: "u64[2]",
  idtrInHost: "u64[2]",
  stack: ["u64[64]", "Used while neither side's stack is mapped."],
});

export const handoffPlace = table("boot", "Where the Handoff structure lies", "u32", {
  HANDOFF_OFFSET: [0x800, "Behind SavedState."],
});

/** The kernel writes characters at end modulo the buffer's size; begin moves ahead of it when the ring is full. */
export const ring = structure("boot", "DebugRing", "The debug ring, 128 KiB", {
  begin: ["u64", "Bytes ever dropped: text starts at buffer[begin % DEBUG_RING_CHARS]."],
  end: ["u64", "Bytes ever written."],
});

export const ringSizes = table("boot", "Debug ring", "u32", {
  DEBUG_RING_AREA_BYTES: [0x2_0000, "The structure and its text."],
  DEBUG_RING_CHARS: [0x1_fff0, "Its text, directly behind the structure."],
});
