// What "the operating system has its processor back" means, checked register by register

import { expect } from "vitest";
import { hiddenSegment, operatingSystemState, savedMsrs } from "../machine/operating-system.ts";
import type { Pp } from "../machine/pp.ts";
import { Processor } from "../machine/processor.ts";

/** Registers that the kernel itself restores; the loader's code restores the others from SavedState. */
export function machineRegisters(processor: Processor) {
  const { cr2, cr8, xcr0, dr, segments } = processor;
  const { fs, gs, tr, ldtr } = segments;
  const msrs = Object.entries(savedMsrs(processor)).map(([name, index]) => [name, processor.rdmsr(index)]);
  return structuredClone({
    cr2,
    cr8,
    xcr0,
    dr: dr.slice(0, 4),
    dr7: dr[7],
    fs,
    gs,
    tr,
    ldtr,
    ...Object.fromEntries(msrs),
  });
}

/** The operating system's values of them. */
export function operatingSystemRegisters(ppid = 0) {
  const state = operatingSystemState(ppid);
  const of = (name: string): bigint => state[name] ?? 0n;
  return {
    ...Object.fromEntries(
      ["cr2", "cr8", "xcr0", ...Object.keys(savedMsrs(new Processor()))].map((name) => [name, of(name)]),
    ),
    dr: [of("dr0"), of("dr1"), of("dr2"), of("dr3")],
    // The loader's code arms breakpoints, last of all
    dr7: 0x400n,
    fs: hiddenSegment(state, "fs"),
    gs: hiddenSegment(state, "gs"),
    tr: hiddenSegment(state, "tr"),
    ldtr: hiddenSegment(state, "ldtr"),
  };
}

/** What the loader reads in BootArgs. */
export interface Reason {
  readonly status: number;
  readonly detail?: bigint;
  /** How far the processor had come. */
  readonly phase: number;
}

/** The processor was given back with a status in RAX, before the operating system ran as a VM. */
export function expectGivenBack(pp: Pp, why: Reason): void {
  expect(pp.mode).toBe("operating system");
  expectReason(pp, why);
  const ppid = Number(pp.block.get("ppid"));
  const expected = operatingSystemState(ppid);
  for (const name of pp.state.names()) expected[name] ??= 0n;
  expect(pp.state.values()).toEqual({ ...expected, rax: BigInt(why.status) });
  expect(machineRegisters(pp.processor)).toEqual(operatingSystemRegisters(ppid));
}

export function expectReason(pp: Pp, { status, detail = 0n, phase }: Reason): void {
  const expected = { status: BigInt(status), detail, phase: BigInt(phase) };
  expect(pp.report.values(["status", "detail", "phase"])).toEqual(expected);
}
