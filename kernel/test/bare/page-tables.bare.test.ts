// An audit from outside: while an extension holds its processor in host mode, QEMU's monitor copies all memory, and the
// tables in it say who may do what.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DIRECT_BASE,
  DIRECT_BYTES,
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  EXT_FAIL_STACK_BASE,
  EXT_FILE_BASE,
  EXT_FILE_STRIDE,
  EXT_MEMORY_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_STACK_STRIDE,
  EXT_TLS_BASE,
  EXT_TLS_BYTES,
  EXT_TLS_STRIDE,
  HANDOFF_BASE,
  HANDOFF_STATE_STRIDE,
  KERNEL_IMAGE_BASE,
  KERNEL_IMAGE_BYTES,
  KERNEL_MEMORY_BASE,
  MODULE_MEMORY_WINDOW,
  PP_APIC,
  PP_AREA_BASE,
  PP_BLOCK,
  PP_DF_STACK,
  PP_GDT,
  PP_IST_STACK_BYTES,
  PP_MC_STACK,
  PP_NMI_STACK,
  PP_STACK,
  PP_STACK_BYTES,
  PP_TCB,
} from "@bareflank/abi";
import { beforeAll, describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { type AddressSpace, isInside, type MappedPage, pagesOf, readAddressSpace, type Window } from "./page-walk.ts";
import { runUntil } from "./run.ts";

const MEMORY_BYTES = 128n << 20n;
const PAGE = 0x1000n;
const LOCAL_APIC = 0xfee0_0000n;

/** Says that it is there, and keeps the processor. */
const LOOP = "xor esi, esi; CALL(DEBUG_OUT); 2: jmp 2b";
const saysThere = (ppid: number) => `0x${String(ppid).padStart(16, "0")} 0x0000000000000000`;

const perProcessor = (base: bigint, stride: bigint, bytes: bigint, count: number): Window[] =>
  Array.from({ length: count }, (_, ppid) => ({ base: base + stride * BigInt(ppid), bytes }));

const area = (offset: number, bytes = 0x1000): Window => ({
  base: PP_AREA_BASE + BigInt(offset),
  bytes: BigInt(bytes),
});

const show = (pages: readonly MappedPage[]) => pages.map(({ address }) => `0x${address.toString(16)}`);

describe.each([
  { ppid: 0, smp: 1, code: LOOP },
  { ppid: 1, smp: 2, code: `cmp edi, 1; jne 1f; ${LOOP}; 1:` },
])("the page tables of PP $ppid in host mode", ({ ppid, smp, code }) => {
  let space: AddressSpace;
  let registers = "";

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "bf-audit-"));
    try {
      const file = join(folder, "memory");
      const options = { smp, memory: `${MEMORY_BYTES >> 20n}M` };
      await runUntil(
        assemble({ bootstrap: code }),
        saysThere(ppid),
        async (monitor) => {
          // Its words are out before the kernel has returned to it.
          do {
            registers = (await monitor.registers()).split(/^CPU#/m)[ppid + 1] ?? "";
          } while (!registers.includes("CPL=3"));
          await monitor.pause();
          await monitor.saveMemory(0n, MEMORY_BYTES, file);
        },
        options,
      );
      space = readAddressSpace(readFileSync(file), register("CR3"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const register = (name: string) => BigInt(`0x${new RegExp(`\\b${name}=([0-9a-f]+)`).exec(registers)?.[1]}`);
  const behind = (windows: readonly Window[]) =>
    new Set(space.pages.filter(({ address }) => isInside(address, windows)).map(({ physical }) => physical));

  const stacks = perProcessor(EXT_STACK_BASE, EXT_STACK_STRIDE, EXT_STACK_BYTES, ppid + 1);
  const failStacks = perProcessor(EXT_FAIL_STACK_BASE, EXT_STACK_STRIDE, EXT_STACK_BYTES, ppid + 1);
  const tls = perProcessor(EXT_TLS_BASE, EXT_TLS_STRIDE, EXT_TLS_BYTES, ppid + 1);
  const extensionCode = { base: EXT_CODE_BASE, bytes: EXT_CODE_BYTES };
  const extensionMemory = { base: EXT_MEMORY_BASE, bytes: MODULE_MEMORY_WINDOW };
  const extensionWindows = [...stacks, ...failStacks, ...tls, extensionCode, extensionMemory];
  const kernelImage = { base: KERNEL_IMAGE_BASE, bytes: KERNEL_IMAGE_BYTES };
  const kernelMemory = { base: KERNEL_MEMORY_BASE, bytes: MODULE_MEMORY_WINDOW };
  const processorArea = { base: PP_AREA_BASE, bytes: 0x10_0000n };
  const handoff = { base: HANDOFF_BASE, bytes: PAGE + HANDOFF_STATE_STRIDE * BigInt(smp) };
  const direct = { base: DIRECT_BASE, bytes: DIRECT_BYTES };
  const files = { base: EXT_FILE_BASE, bytes: EXT_FILE_STRIDE };

  it("belong to a processor in ring 3 whose registers switch every protection on", () => {
    // WP; SMEP and SMAP, which this processor has; NXE.
    expect(register("CR0") & 0x1_0000n).toBe(0x1_0000n);
    expect(register("CR4") & 0x30_0000n).toBe(0x30_0000n);
    expect(register("EFER") & 0x800n).toBe(0x800n);
    expect(register("RFL") & 0x3200n).toBe(0n);
  });

  it("map what they have to", () => {
    const windows = [kernelImage, kernelMemory, processorArea, handoff, direct, ...extensionWindows];
    for (const window of windows) expect(behind([window]).size, `0x${window.base.toString(16)}`).toBeGreaterThan(0);
    // All of it is memory, but the local APIC, which only the kernel reaches
    const devices = space.pages.filter(({ physical }) => physical >= MEMORY_BYTES);
    expect(devices).toEqual([
      { address: area(PP_APIC).base, physical: LOCAL_APIC, isWritable: true, isExecutable: false, isUser: false },
    ]);
  });

  it("map nothing outside of the windows", () => {
    const windows = [...extensionWindows, kernelImage, kernelMemory, processorArea, handoff, direct, files];
    expect(show(space.pages.filter(({ address }) => !isInside(address, windows)))).toEqual([]);
  });

  it("have no page that is writable and executable", () => {
    expect(show(space.pages.filter((page) => page.isWritable && page.isExecutable))).toEqual([]);
  });

  it("let user mode reach the extension's windows only", () => {
    expect(show(space.pages.filter((page) => page.isUser && !isInside(page.address, extensionWindows)))).toEqual([]);
    expect(show(space.pages.filter((page) => !page.isUser && isInside(page.address, extensionWindows)))).toEqual([]);
  });

  it("show user mode no page that is the kernel's or a table, under any address", () => {
    const own = behind([kernelImage, kernelMemory, handoff]);
    const tcb = area(PP_TCB);
    const block = behind([processorArea]);
    for (const physical of behind([tcb])) block.delete(physical);
    const visible = space.pages.filter(
      ({ isUser, physical }) => isUser && (own.has(physical) || block.has(physical) || space.tables.has(physical)),
    );
    expect(show(visible)).toEqual([]);
  });

  it("let user mode execute the extension's code only, and nobody write what the kernel executes", () => {
    const executable = space.pages.filter(({ isExecutable }) => isExecutable);
    const outside = executable.filter(({ address }) => !isInside(address, [extensionCode, kernelImage, handoff]));
    expect(show(outside)).toEqual([]);
    const code = new Set(executable.filter(({ isUser }) => !isUser).map(({ physical }) => physical));
    expect(show(space.pages.filter(({ isWritable, physical }) => isWritable && code.has(physical)))).toEqual([]);
  });

  it("never let the kernel execute what user mode can", () => {
    // SMEP keeps the kernel from it, but only as long as the pages are marked as the user's.
    const supervisor = space.pages.filter(({ isExecutable, isUser }) => isExecutable && !isUser);
    const user = new Set(space.pages.filter(({ isUser }) => isUser).map(({ physical }) => physical));
    expect(show(supervisor.filter(({ physical }) => user.has(physical)))).toEqual([]);
  });

  it("have a hole on both sides of every stack", () => {
    const kernelStacks = [
      area(PP_STACK, PP_STACK_BYTES),
      ...[PP_NMI_STACK, PP_DF_STACK, PP_MC_STACK].map((offset) => area(offset, PP_IST_STACK_BYTES)),
    ];
    const mapped = new Set(space.pages.map(({ address }) => address));
    for (const stack of [...kernelStacks, ...stacks, ...failStacks, ...tls]) {
      expect(pagesOf(stack).every((page) => mapped.has(page))).toBe(true);
      expect(mapped.has(stack.base - PAGE)).toBe(false);
      // The kernel's block lies behind the hole above the last of its stacks.
      expect(mapped.has(stack.base + stack.bytes)).toBe(false);
    }
    expect(mapped.has(area(PP_BLOCK).base) && mapped.has(area(PP_GDT).base)).toBe(true);
  });

  it("have one frame behind every page of the extension", () => {
    const frames = space.pages.filter(({ isUser }) => isUser).map(({ physical }) => physical);
    expect(new Set(frames).size).toBe(frames.length);
  });
});
