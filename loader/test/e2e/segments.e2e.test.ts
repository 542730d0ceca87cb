// Programs that use ports, and segments of their own, do in the root VM and afterwards what they do without hypervisor

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, guestProgram, succeed } from "./machine.ts";

const TRIED = `a port without permission: signal 11
a port that ioperm allows: signal 0
another port: signal 11
a port that ioperm takes back: signal 11
a port at I/O privilege level 3: signal 0
a port at I/O privilege level 0: signal 11`;

/** Hidden parts of the segment registers that Linux does not load when it changes programs, and the tables, of each processor. */
const KEPT = /^(TR|GDT|IDT) ?=.*$/gm;

describe("ports, I/O permissions, segments of a program's own", () => {
  let linux: LinuxMachine;
  let before = "";
  let kept: string[] = [];

  const program = () => succeed(linux, "taskset 1 bf-segments && taskset 2 bf-segments");
  const registers = async () => (await linux.monitor.registers()).match(KEPT) ?? [];

  beforeAll(async () => {
    linux = await bootMachine({ smp: 2, put: [{ from: guestProgram("segments"), to: "/usr/bin/bf-segments" }] });
    before = await program();
    kept = await registers();
  });
  afterAll(() => linux?.close());

  it("work without hypervisor", () => {
    expect(before).toContain(TRIED);
    expect(before.match(/^CPUID: [0-9a-f]{8}\n32-bit code: signal 0$/gm)).toHaveLength(2);
    expect(
      before.match(/^0017: 12345678\ndata of a segment: signal 0\ndata beyond its end: signal 11$/gm),
    ).toHaveLength(2);
    expect(kept).toHaveLength(6);
  });

  it("work in the root VM, whose segments are the processor's own, attributes included", async () => {
    await succeed(linux, "bfm quick");
    expect(await program()).toBe(before);
    expect(await registers()).toEqual(kept);
  });

  it("work afterwards", async () => {
    await succeed(linux, "bfm stop");
    expect(await program()).toBe(before);
    expect(await registers()).toEqual(kept);
  });
});
