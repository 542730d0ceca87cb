// Linux panics, or starts another kernel, while it is a VM: the other kernel has the processors to itself

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, succeed } from "./machine.ts";

/** What `/proc/vmcore` is of: an ELF file whose notes name the kernel that died. */
const LOOK = `
  head -c 4 /proc/vmcore | od -c | head -1
  head -c 65536 /proc/vmcore | grep -c OSRELEASE=
  dd if=/proc/vmcore bs=1048576 count=64 2>/dev/null | wc -c`;
const SEEN = "0000000 177   E   L   F\n1\n67108864\n";

/** Processors that the microkernel has given back, in the order in which it did. */
const givenBack = (linux: LinuxMachine): number[] => {
  const serial = readFileSync(join(linux.folder, "serial.log"), "latin1");
  return [...serial.matchAll(/^bareflank: PP (\d+): exits by reason/gm)].map(([, pp]) => Number(pp));
};

/** Tests a kind of machine with numbers of processors. */
export const describeCrashes = (machine: string, sizes: readonly number[]): void =>
  describe.each(sizes.map((smp) => ({ machine, smp })))("a Linux that is a VM on $smp processors ($machine)", crash);

function crash({ machine, smp }: { readonly machine: string; readonly smp: number }): void {
  const run = async (prepare: string, end: string, look: (linux: LinuxMachine) => Promise<void>): Promise<void> => {
    const linux = await bootMachine({ machine, smp, crashKernel: true });
    try {
      await succeed(linux, prepare);
      expect(await linux.untilNextKernel(end, { timeout: 300 })).toBeUndefined();
      expect(givenBack(linux).sort()).toEqual(Array.from({ length: smp }, (_, pp) => pp));
      await look(linux);
    } finally {
      await linux.close();
    }
  };

  it("panics, and another kernel saves its memory", async () => {
    const panic = `taskset ${2 ** (smp - 1)} sh -c 'echo c >/proc/sysrq-trigger'; sleep 600`;
    await run("bf-kexec --panic && bfm quick", panic, async (linux) => {
      expect(await succeed(linux, LOOK)).toBe(SEEN);
    });
  });

  it("ends for another kernel", async () => {
    await run("bfm quick", "bf-kexec --now; sleep 600", async (linux) => {
      expect(await succeed(linux, "nproc")).toBe(`${smp}\n`);
    });
  });
}
