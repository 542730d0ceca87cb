// An extension that never returns costs its processor, and no more than that

import { buildElf, PF, PT } from "@bareflank/bsl/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, succeed } from "./machine.ts";

const BASE = 0x3280_0000_0000n;

/** `jmp .` as _start. */
const hanging = buildElf({
  entry: BASE,
  segments: [{ type: PT.LOAD, flags: PF.R | PF.X, address: BASE, data: Uint8Array.of(0xeb, 0xfe) }],
});

/** What has to work on has to be on the other processor: interrupts of devices, and everything that runs. */
const MOVE_TO_CPU_1 = `
  for f in /proc/irq/*/smp_affinity; do echo 2 >$f; done
  for p in /proc/[0-9]*; do taskset -p 2 \${p#/proc/}; done
  true`;

describe("an extension that never returns from _start", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await bootMachine({ smp: 2, put: [{ from: Buffer.from(hanging), to: "/root/hanging.elf" }] });
    await succeed(linux, `(${MOVE_TO_CPU_1}) >/dev/null 2>&1`);
    await succeed(linux, "bfm load hanging.elf");
  });
  afterAll(() => linux?.close());

  it("does not keep a status waiting", async () => {
    await succeed(linux, "(bfm start >out 2>&1 & echo $! >pid); sleep 2");
    const status = JSON.parse(await succeed(linux, "bfm status --json")) as Record<string, unknown>;
    expect(status).toMatchObject({ state: "loaded", runningCount: 0 });
  });

  it("is named after ten seconds, with the processor and how far it came", async () => {
    await succeed(linux, "sleep 11");
    expect(await succeed(linux, "cat out")).toMatch(/processor 0.*_start/);
    expect(await succeed(linux, "dmesg")).toContain("bfdriver: CPU 0 has not come back for ten seconds");
  });

  it("can be interrupted", async () => {
    await succeed(linux, "kill -INT $(cat pid); sleep 3");
    expect(await succeed(linux, "dmesg")).toContain("bfdriver: CPU 0 is lost");
  });

  it("leaves the driver corrupt: memory stays taken, nothing starts any more, the module stays", async () => {
    const { stdout } = await linux.run("bfm status --json");
    const { state, allocatedPages } = JSON.parse(stdout) as { state: string; allocatedPages: number };
    expect(state).toBe("corrupt");
    expect(allocatedPages).toBeGreaterThan(1024);
    expect((await linux.run("bfm start")).exitCode).toBe(4);
    expect((await linux.run("rmmod bfdriver")).exitCode).not.toBe(0);
  });

  it("leaves Linux at work on the other processor", async () => {
    expect(await succeed(linux, "seq 1 100000 | tail -n 1")).toBe("100000\n");
  });
});
