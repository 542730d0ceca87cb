// Generated from abi/src by `bf build abi`. Do not edit.

// Windows of an extension (fixed by the system call interface)

/** Pages and huge allocations of an extension. */
export const EXT_POOL_BASE: u64 = 0x200000000000;
/** Stack of PP n at base + n * EXT_STACK_STRIDE. */
export const EXT_STACK_BASE: u64 = 0x308000000000;
/** Stack of the fail callback of PP n. */
export const EXT_FAIL_STACK_BASE: u64 = 0x318000000000;
export const EXT_STACK_BYTES: u64 = 0x8000;
/** A stack and the guard page above it. */
export const EXT_STACK_STRIDE: u64 = 0x9000;
export const EXT_CODE_BASE: u64 = 0x328000000000;
export const EXT_CODE_BYTES: u64 = 0x800000;
/** TLS data page of PP n at base + n * EXT_TLS_STRIDE, its TCB in the page behind. */
export const EXT_TLS_BASE: u64 = 0x338000000000;
export const EXT_TLS_BYTES: u64 = 0x2000;
export const EXT_TLS_STRIDE: u64 = 0x3000;
/** map_direct: virtual = base + physical. */
export const EXT_DIRECT_BASE: u64 = 0x600000000000;
export const EXT_DIRECT_BYTES: u64 = 0x200000000000;

// Windows of the microkernel

/** What is private to a processor; see the PP_* offsets. */
export const PP_AREA_BASE: u64 = 0x20000000;
/** The kernel's ELF segments; one second-level table, shared by all processors. */
export const KERNEL_IMAGE_BASE: u64 = 0x40000000;
export const KERNEL_IMAGE_BYTES: u64 = 0x20000000;
/** Linear memory of the kernel's wasm module: an 8 GiB window, first 64 KiB unmapped. */
export const KERNEL_MEMORY_BASE: u64 = 0x60000000;
/** So much of it may be used: data, and windows of objects. It stays below 2 GiB, where one second-level table leads to it. */
export const KERNEL_MEMORY_BYTES: u64 = 0x4000000;
/** No 32-bit address plus 32-bit offset leaves a window of this size. */
export const MODULE_MEMORY_WINDOW: u64 = 0x200000000;
/** The extensions' ELF files, read-only, while they are being loaded. */
export const EXT_FILE_BASE: u64 = 0x300000000;
/** Distance of two files; a file has at most EXT_CODE_BYTES. */
export const EXT_FILE_STRIDE: u64 = 0x1000000;
/** Their policies, behind the files: ExtensionPolicy of each, read-only. */
export const EXT_POLICY_BASE: u64 = 0x340000000;
/** Linear memory of an extension (in TypeScript this processor's instance), 8 GiB window. */
export const EXT_MEMORY_BASE: u64 = 0x400000000;
/** The loader's page of code for entering and leaving, mapped in every table. */
export const HANDOFF_BASE: u64 = 0x600000000;
/** Behind that page: each processor's SavedState, at base + (ppid + 1) * stride. */
export const HANDOFF_STATE_STRIDE: u64 = 0x1000;
/** Physical memory that belongs to the hypervisor: virtual = base + physical. */
export const DIRECT_BASE: u64 = 0x400000000000;
export const DIRECT_BYTES: u64 = 0x200000000000;

// The processor's private area: offsets from PP_AREA_BASE

/** The kernel's stack (lowest byte). The pages between the parts stay unmapped. */
export const PP_STACK: u32 = 0x1000;
export const PP_STACK_BYTES: u32 = 0x4000;
export const PP_NMI_STACK: u32 = 0x6000;
export const PP_DF_STACK: u32 = 0x9000;
export const PP_MC_STACK: u32 = 0xc000;
export const PP_IST_STACK_BYTES: u32 = 0x2000;
/** The kernel's per-processor block (PpBlock). */
export const PP_BLOCK: u32 = 0xf000;
/** The kernel's own mapping of the active extension's TCB on this processor. */
export const PP_TCB: u32 = 0x14000;
/** BootArgs, written by the loader. */
export const PP_ARGS: u32 = 0x15000;
/** SavedState, written by the loader. */
export const PP_STATE: u32 = 0x16000;
export const PP_STATE_BYTES: u32 = 0x1000;
/** One page of u64 counters: exits by reason, then system calls by number. */
export const PP_STATISTICS: u32 = 0x17000;
/** EntryArea, where the kernel is isolated. Above every stack of the kernel's: entry.S tells them apart. */
export const PP_ENTRY: u32 = 0x19000;
/** The local APIC's registers, where this processor sends NMIs. */
export const PP_APIC: u32 = 0x1c000;
/** The IDT, one page that all processors share. */
export const PP_IDT: u32 = 0x1e000;
/** GDT. After a VM exit its limit is 0xFFFF on Intel: nothing else may be mapped for 64 KiB. */
export const PP_GDT: u32 = 0x20000;
/** TSS at the page's end, the running extension's I/O permission bitmap in the pages behind. */
export const PP_TSS: u32 = 0x31000;
/** A page of memory that is not the hypervisor's, while it is copied from or to. */
export const PP_WINDOW: u32 = 0x3c000;
/** Seats of all extensions, when there are several. */
export const PP_SEATS: u32 = 0x40000;
export const PP_SEAT_STRIDE: u32 = 0x400;
