// Address windows: what lies where while a processor is in host mode

import { table } from "./schema.ts";

/** Fixed by Bareflank 3.0's interface: extensions are linked for these and read them literally. */
export const extensionWindows = table(
  "windows",
  "Windows of an extension (fixed by the system call interface)",
  "u64",
  {
    EXT_POOL_BASE: [0x2000_0000_0000n, "Pages and huge allocations of an extension."],
    EXT_STACK_BASE: [0x3080_0000_0000n, "Stack of PP n at base + n * EXT_STACK_STRIDE."],
    EXT_FAIL_STACK_BASE: [0x3180_0000_0000n, "Stack of the fail callback of PP n."],
    EXT_STACK_BYTES: 0x8000n,
    EXT_STACK_STRIDE: [0x9000n, "A stack and the guard page above it."],
    EXT_CODE_BASE: 0x3280_0000_0000n,
    EXT_CODE_BYTES: 0x80_0000n,
    EXT_TLS_BASE: [
      0x3380_0000_0000n,
      "TLS data page of PP n at base + n * EXT_TLS_STRIDE, its TCB in the page behind.",
    ],
    EXT_TLS_BYTES: 0x2000n,
    EXT_TLS_STRIDE: 0x3000n,
    EXT_DIRECT_BASE: [0x6000_0000_0000n, "map_direct: virtual = base + physical."],
    EXT_DIRECT_BYTES: 0x2000_0000_0000n,
  },
);

/**
 * The microkernel's own. Everything that an exit's path touches lies below 2 GiB, where an instruction can name it by a
 * 32-bit displacement. The first GiB is private to each processor, so its blocks have the same address everywhere.
 */
export const kernelWindows = table("windows", "Windows of the microkernel", "u64", {
  PP_AREA_BASE: [0x2000_0000n, "What is private to a processor; see the PP_* offsets."],
  KERNEL_IMAGE_BASE: [0x4000_0000n, "The kernel's ELF segments; one second-level table, shared by all processors."],
  KERNEL_IMAGE_BYTES: 0x2000_0000n,
  KERNEL_MEMORY_BASE: [
    0x6000_0000n,
    "Linear memory of the kernel's wasm module: an 8 GiB window, first 64 KiB unmapped.",
  ],
  KERNEL_MEMORY_BYTES: [
    0x400_0000n,
    "So much of it may be used: data, and windows of objects. It stays below 2 GiB, where one second-level table leads to it.",
  ],
  MODULE_MEMORY_WINDOW: [0x2_0000_0000n, "No 32-bit address plus 32-bit offset leaves a window of this size."],
  EXT_FILE_BASE: [0x3_0000_0000n, "The extensions' ELF files, read-only, while they are being loaded."],
  EXT_FILE_STRIDE: [0x100_0000n, "Distance of two files; a file has at most EXT_CODE_BYTES."],
  EXT_POLICY_BASE: [0x3_4000_0000n, "Their policies, behind the files: ExtensionPolicy of each, read-only."],
  EXT_MEMORY_BASE: [
    0x4_0000_0000n,
    "Linear memory of an extension (in TypeScript this processor's instance), 8 GiB window.",
  ],
  HANDOFF_BASE: [0x6_0000_0000n, "The loader's page of code for entering and leaving, mapped in every table."],
  HANDOFF_STATE_STRIDE: [0x1000n, "Behind that page: each processor's SavedState, at base + (ppid + 1) * stride."],
  DIRECT_BASE: [0x4000_0000_0000n, "Physical memory that belongs to the hypervisor: virtual = base + physical."],
  DIRECT_BYTES: 0x2000_0000_0000n,
});

export const ppArea = table("windows", "The processor's private area: offsets from PP_AREA_BASE", "u32", {
  PP_STACK: [0x1000, "The kernel's stack (lowest byte). The pages between the parts stay unmapped."],
  PP_STACK_BYTES: 0x4000,
  PP_NMI_STACK: 0x6000,
  PP_DF_STACK: 0x9000,
  PP_MC_STACK: 0xc000,
  PP_IST_STACK_BYTES: 0x2000,
  PP_BLOCK: [0xf000, "The kernel's per-processor block (PpBlock)."],
  PP_TCB: [0x1_4000, "The kernel's own mapping of the active extension's TCB on this processor."],
  PP_ARGS: [0x1_5000, "BootArgs, written by the loader."],
  PP_STATE: [0x1_6000, "SavedState, written by the loader."],
  PP_STATE_BYTES: 0x1000,
  PP_STATISTICS: [0x1_7000, "One page of u64 counters: exits by reason, then system calls by number."],
  PP_ENTRY: [
    0x1_9000,
    "EntryArea, where the kernel is isolated. Above every stack of the kernel's: entry.S tells them apart.",
  ],
  PP_APIC: [0x1_c000, "The local APIC's registers, where this processor sends NMIs."],
  PP_IDT: [0x1_e000, "The IDT, one page that all processors share."],
  PP_GDT: [0x2_0000, "GDT. After a VM exit its limit is 0xFFFF on Intel: nothing else may be mapped for 64 KiB."],
  PP_TSS: [0x3_1000, "TSS at the page's end, the running extension's I/O permission bitmap in the pages behind."],
  PP_WINDOW: [0x3_c000, "A page of memory that is not the hypervisor's, while it is copied from or to."],
  PP_SEATS: [0x4_0000, "Seats of all extensions, when there are several."],
  PP_SEAT_STRIDE: 0x400,
});
