// What may be mapped where in host mode, by whom it is reached, and which frames may be mapped twice with different rights

import * as abi from "@bareflank/abi";
import { PAGE } from "./tables.ts";

/** Addresses of `bytes` bytes from `base` on. */
export interface Range {
  readonly base: bigint;
  readonly bytes: bigint;
}

/** A window of host mode's addresses. */
export interface Window extends Range {
  readonly name: WindowName;
  /** Whether it is ring 3's; otherwise it is ring 0's. */
  readonly isUser: boolean;
  readonly mayExecute: boolean;
}

export type WindowName =
  | "processor's area"
  | "kernel image"
  | "kernel memory"
  | "extension files"
  | "hand-off"
  | "direct map"
  | "pool"
  | "stacks"
  | "code"
  | "thread-local storage"
  | "linear memory"
  | "direct map of a VM";

/** Tables of so many processors at most have stacks and thread-local storage beside one another. */
const PROCESSORS = 1024n;

const kernel = (name: WindowName, base: bigint, bytes: bigint, mayExecute = false): Window => ({
  ...{ name, base, bytes, mayExecute },
  isUser: false,
});
const user = (name: WindowName, base: bigint, bytes: bigint, mayExecute = false): Window => ({
  ...{ name, base, bytes, mayExecute },
  isUser: true,
});

export const windows: readonly Window[] = [
  kernel("processor's area", abi.PP_AREA_BASE, abi.KERNEL_IMAGE_BASE - abi.PP_AREA_BASE),
  kernel("kernel image", abi.KERNEL_IMAGE_BASE, abi.KERNEL_IMAGE_BYTES, true),
  kernel("kernel memory", abi.KERNEL_MEMORY_BASE, abi.MODULE_MEMORY_WINDOW),
  kernel("extension files", abi.EXT_FILE_BASE, abi.EXT_MEMORY_BASE - abi.EXT_FILE_BASE),
  user("linear memory", abi.EXT_MEMORY_BASE, abi.MODULE_MEMORY_WINDOW),
  kernel("hand-off", abi.HANDOFF_BASE, PAGE + abi.HANDOFF_STATE_STRIDE * PROCESSORS, true),
  user("pool", abi.EXT_POOL_BASE, abi.EXT_STACK_BASE - abi.EXT_POOL_BASE),
  user("stacks", abi.EXT_STACK_BASE, abi.EXT_CODE_BASE - abi.EXT_STACK_BASE),
  user("code", abi.EXT_CODE_BASE, abi.EXT_CODE_BYTES, true),
  user("thread-local storage", abi.EXT_TLS_BASE, abi.EXT_TLS_STRIDE * PROCESSORS),
  kernel("direct map", abi.DIRECT_BASE, abi.DIRECT_BYTES),
  user("direct map of a VM", abi.EXT_DIRECT_BASE, abi.EXT_DIRECT_BYTES),
];

/** The window that an address lies in. */
export const windowOf = (address: bigint): Window | undefined =>
  windows.find(({ base, bytes }) => address >= base && address < base + bytes);

/** A place and what may be done there: "direct map, ring 0 RW-". */
export type Place = `${WindowName}, ring ${0 | 3} R${"W" | "-"}${"X" | "-"}`;

/** Two places where one frame may be although the rights differ; docs/memory.md says why for each. */
export const doubleMappings: readonly (readonly [Place, Place])[] = [
  ["kernel image, ring 0 R-X", "direct map, ring 0 R--"],
  ["hand-off, ring 0 R-X", "direct map, ring 0 R--"],
  ["code, ring 3 R-X", "direct map, ring 0 RW-"],
  ["code, ring 3 R--", "direct map, ring 0 RW-"],
  ["code, ring 3 RW-", "direct map, ring 0 RW-"],
  ["linear memory, ring 3 RW-", "direct map, ring 0 RW-"],
  ["pool, ring 3 RW-", "direct map, ring 0 RW-"],
  ["stacks, ring 3 RW-", "direct map, ring 0 RW-"],
  ["thread-local storage, ring 3 RW-", "direct map, ring 0 RW-"],
  ["thread-local storage, ring 3 RW-", "processor's area, ring 0 RW-"],
  ["processor's area, ring 0 R--", "direct map, ring 0 RW-"],
];

/** Whether one frame may be in both. */
export const mayDouble = (one: Place, other: Place): boolean =>
  doubleMappings.some(([a, b]) => (a === one && b === other) || (a === other && b === one));

const area = (offset: number): bigint => abi.PP_AREA_BASE + BigInt(offset);
const around = (name: string, base: bigint, bytes: bigint): Guard[] => [
  { name: `below ${name}`, base: base - PAGE, bytes: PAGE },
  { name: `above ${name}`, base: base + bytes, bytes: PAGE },
];

/** Addresses where nothing is mapped. */
export interface Guard extends Range {
  readonly name: string;
}

/** A reference that is null, and a little behind. */
const NULL_BYTES = 0x1_0000n;
/** On Intel the GDT's limit is 64 KiB behind an exit. */
const GDT_REACH = 0x1_0000n;

/**
 * The guard pages on a processor: around every stack of the kernel and of the extension, where null references of both lead, and
 * behind the GDT.
 *
 * @param memorySlide how far the kernel's linear memory lies above where it was linked
 */
export function guardsOf(ppid: number, memorySlide: bigint): Guard[] {
  const istStacks = { NMI: abi.PP_NMI_STACK, "double fault": abi.PP_DF_STACK, "machine check": abi.PP_MC_STACK };
  const nth = BigInt(ppid);
  return [
    ...around("the kernel's stack", area(abi.PP_STACK), BigInt(abi.PP_STACK_BYTES)),
    ...Object.entries(istStacks).flatMap(([name, at]) =>
      // The block lies behind the hole above the last of them
      around(`the stack of the ${name}`, area(at), BigInt(abi.PP_IST_STACK_BYTES)),
    ),
    ...around("the extension's stack", abi.EXT_STACK_BASE + nth * abi.EXT_STACK_STRIDE, abi.EXT_STACK_BYTES),
    ...around("its fail stack", abi.EXT_FAIL_STACK_BASE + nth * abi.EXT_STACK_STRIDE, abi.EXT_STACK_BYTES),
    ...around("its thread-local storage", abi.EXT_TLS_BASE + nth * abi.EXT_TLS_STRIDE, abi.EXT_TLS_BYTES),
    { name: "the kernel's null references", base: abi.KERNEL_MEMORY_BASE + memorySlide, bytes: NULL_BYTES },
    { name: "the extension's null references", base: abi.EXT_MEMORY_BASE, bytes: NULL_BYTES },
    { name: "address 0", base: 0n, bytes: NULL_BYTES },
    { name: "behind the GDT", base: area(abi.PP_GDT) + PAGE, bytes: GDT_REACH - PAGE },
  ];
}

/** TSS, I/O permissions and the byte behind them. */
const TSS_PAGES = 4n;

/** What ring 3's own tables have in the processor's area; of the kernel's image they have one page of code. */
export const entryPages: readonly Range[] = [
  ...[abi.PP_ENTRY, abi.PP_IDT, abi.PP_GDT].map((offset) => ({ base: area(offset), bytes: PAGE })),
  { base: area(abi.PP_TSS), bytes: TSS_PAGES * PAGE },
];

/** Stacks and the like that have to be there, or their guards would say nothing. */
export function neededOn(ppid: number): bigint[] {
  const nth = BigInt(ppid);
  return [
    ...[abi.PP_STACK, abi.PP_NMI_STACK, abi.PP_DF_STACK, abi.PP_MC_STACK, abi.PP_BLOCK, abi.PP_GDT].map(area),
    abi.EXT_STACK_BASE + nth * abi.EXT_STACK_STRIDE,
    abi.EXT_FAIL_STACK_BASE + nth * abi.EXT_STACK_STRIDE,
    abi.EXT_TLS_BASE + nth * abi.EXT_TLS_STRIDE,
  ];
}
