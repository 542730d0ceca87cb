// Mitigations on emulated processors, which need none and take their MSRs for granted: the ways that look carry a VM, and cost what
// they cost

import { join } from "node:path";
import {
  MITIGATION_AUTOMATIC_IBRS,
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_RETURN_STACK,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
const ALL =
  MITIGATION_SPEC_CTRL |
  MITIGATION_EXIT_BARRIER |
  MITIGATION_CALL_BARRIER |
  MITIGATION_CALL_IBRS |
  MITIGATION_SWITCH_BARRIER |
  MITIGATION_RETURN_STACK |
  MITIGATION_CLEAR_BUFFERS |
  MITIGATION_FLUSH_L1D;
/** A CPUID of leaf 0 without any; with all of them, more than this. */
const PLAIN = { amd: 176, intel: 203 } as const;
const LEAST_MORE = 100;

const cost = (output: string) => Number(/in the root VM: (\d+) each/.exec(output)?.[1]);

describe.each(["amd", "intel"] as const)("on %s", (machine) => {
  it("a VM runs with all of them, and gets its processor back", async () => {
    const append = `mitigations=${machine === "amd" ? ALL | MITIGATION_AUTOMATIC_IBRS : ALL}`;
    const result = await run(DEFAULT, { machine, icount: true, cpuids: 1000, append });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0] });
    expect(cost(result.output)).toBeGreaterThan(PLAIN[machine] + LEAST_MORE);
    expect(result.output).toContain("bare: stopped, registers as before\n");
  });

  it("barriers of other VMs and extensions are not in the root VM's way", async () => {
    const costOf = async (mitigations: number) =>
      cost((await run(DEFAULT, { machine, icount: true, cpuids: 1000, append: `mitigations=${mitigations}` })).output);
    const barriers = MITIGATION_GUEST_BARRIER | MITIGATION_SERVICE_BARRIER;
    // Two words are chosen
    expect(
      (await costOf(MITIGATION_SWITCH_BARRIER | barriers)) - (await costOf(MITIGATION_SWITCH_BARRIER)),
    ).toBeLessThan(30);
  });

  it("none is in the way of a processor that needs none", async () => {
    const result = await run(DEFAULT, { machine, icount: true, cpuids: 1000 });
    expect(cost(result.output)).toBe(PLAIN[machine]);
  });
});

it("they go with a watchdog, on two processors, and through a fail callback", async () => {
  const later = "inc dword ptr [rip + divisor]; cmp dword ptr [rip + divisor], 5; jne 8f; ud2; 8:";
  const fail = "CHECKED(VS_ADVANCE_IP_AND_RUN_CURRENT)";
  const result = await run(assemble({ vmexit: later, fail }), {
    ...{ smp: 2, cpuids: 100, append: `mitigations=${ALL} watchdog=2000 together=1 cycles=3` },
  });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output.match(/^bare: stopped, registers as before$/gm)).toHaveLength(3);
});
