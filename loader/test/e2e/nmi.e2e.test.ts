import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, complaints, driverStatus, succeed } from "./machine.ts";

const PROCESSORS = 4;
const PRESSES = 20;

describe("NMIs during a storm of CPUIDs", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await bootMachine({ smp: PROCESSORS });
    await succeed(linux, "bfm quick");
  });

  afterAll(() => linux?.close());

  /** NMIs that each processor has had. */
  const interrupts = async () => {
    const line = await succeed(linux, "grep NMI: /proc/interrupts");
    const [, ...counts] = line.trim().split(/\s+/);
    return counts.slice(0, PROCESSORS).map(Number);
  };

  it("reach every processor, and none is lost", async () => {
    const before = await interrupts();
    const command = `
      dmesg -c >/dev/null
      for cpu in 0 1 2 3; do bf-cpuid --storm 100000000 --cpu $cpu >/dev/null & done
      for pid in $(jobs -p); do
        until [ "$(awk '{ print $14 + $15 }' /proc/$pid/stat)" -gt 2 ]; do sleep 0.05; done
      done
      i=0
      while [ $i -lt ${PRESSES} ]; do
        taskset 1 sh -c 'echo l >/proc/sysrq-trigger'
        i=$((i + 1))
      done
      kill $(jobs -p)
      dmesg -c`;
    const log = await succeed(linux, command, 240);
    // The processor that presses shows its own backtrace without an NMI.
    const expected = Array.from({ length: PROCESSORS }, (_, cpu) => (cpu === 0 ? 0 : PRESSES));
    const after = await interrupts();
    expect(after.map((count, cpu) => count - (before[cpu] ?? 0))).toEqual(expected);
    for (let cpu = 0; cpu < PROCESSORS; cpu++) {
      expect(log.match(new RegExp(`NMI backtrace for cpu ${cpu}\\b`, "g")), `cpu ${cpu}`).toHaveLength(PRESSES);
    }
    // They were taken where the storm is, in user space, and not while Linux idled.
    expect(log).not.toContain("skipped: idling");
  });

  it("leave the hypervisor running", async () => {
    expect(await driverStatus(linux)).toMatchObject({ running: PROCESSORS, mask: 15 });
    await succeed(linux, "bfm stop && bfm unload");
    expect(await complaints(linux)).toBe("");
  });
});
