// An extension that never returns keeps its processor. Whatever runs, sleeps or gets interrupts there is lost with it, so
// these tests keep to the other one.

import { rmSync } from "node:fs";
import { ERROR_CORRUPT, PHASE_BOOTSTRAP, PHASE_START, STATE_CORRUPT, STATE_LOADED } from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { type LinuxMachine, MachineFailure } from "../../../lab/src/index.ts";
import { bootMachine, driverStatus, succeed } from "./machine.ts";

const LOOP = "2: jmp 2b";

/** Which processor is lost: in the first call of the extension, or in its bootstrap callback. */
const CASES = [
  { lost: 0, changes: { registered: LOOP }, phase: PHASE_START, words: "in the extension's _start" },
  {
    lost: 1,
    changes: { bootstrap: `cmp edi, 1; jne 1f; ${LOOP}; 1:` },
    phase: PHASE_BOOTSTRAP,
    words: "in the extension's bootstrap callback",
  },
];

/** The tests of the case in which this processor is lost. */
export function describeLost(processor: number): void {
  const cases = CASES.filter(({ lost }) => lost === processor);
  describe.each(cases)("an extension that keeps processor $lost", ({ lost, changes, phase, words }) => {
    let linux: LinuxMachine;
    const other = 1 - lost;

    beforeAll(async () => {
      linux = await bootMachine({
        smp: 2,
        put: [{ from: assemble(changes), to: "/root/endless.elf" }],
        // Linux notices that a processor is silent, and asks it for a backtrace again and again, for ten seconds each time.
        append: "rcupdate.rcu_cpu_stall_suppress=1",
      });
      const mask = 1 << other;
      await succeed(
        linux,
        `for irq in /proc/irq/*/smp_affinity; do echo ${mask} >$irq; done 2>/dev/null
       for process in /proc/[0-9]*; do taskset -p ${mask} \${process#/proc/}; done >/dev/null 2>&1
       bfm load /root/endless.elf`,
      );
    });

    afterAll(() => linux?.close());

    it("is named after ten seconds, with its phase, and start can be interrupted", async () => {
      const command = `
      bfm start >/root/output 2>&1 &
      bfm=$!
      sleep 4
      bf-ioctl status
      sleep 7.5
      kill -INT $bfm
      wait $bfm
      echo $? >/root/code`;
      const during = await succeed(linux, command);
      expect(during).toContain(`status: state=${STATE_LOADED} cpu=${lost} phase=${phase} cpus=2 running=${lost} `);
      const place = `processor ${lost}, ${words}`;
      const output = await succeed(linux, "cat /root/output");
      expect(output.replace(/after 1[01] s/, "after ten seconds")).toBe(
        [
          `bfm: still starting after ten seconds: waiting for ${place}.`,
          "Ctrl-C gives up; a processor that does not return is lost until you reboot.",
          `bfm: interrupted while waiting for ${place}.`,
          "The driver gives the other processors back to Linux. See whether one is lost: bfm status.",
          "",
        ].join("\n"),
      );
      expect(await succeed(linux, "cat /root/code")).toBe("130\n");
      const log = await succeed(linux, "dmesg");
      expect(log).toContain(`bfdriver: CPU ${lost} has not come back for ten seconds`);
      expect(log).toContain(`bfdriver: CPU ${lost} is lost; only a reboot brings it back`);
    });

    it("leaves the driver corrupt, and the other processor to Linux", async () => {
      const status = await driverStatus(linux);
      expect(status).toMatchObject({ state: STATE_CORRUPT, running: 0, mask: 0, starts: 0 });
      // The lost processor still uses them.
      expect(status.pages).toBeGreaterThan(1024);
      const back = [...linux.serial().matchAll(/^bareflank: PP (\d): exits by reason/gm)].map(([, cpu]) => Number(cpu));
      expect(back).toEqual(lost === 0 ? [] : [0]);
    });

    it("leaves nothing to do but to look, and to reboot", async () => {
      const refused = (name: string) => `${name}: error=${ERROR_CORRUPT} cpu=-1 phase=0 file=0 detail=0x0\n`;
      expect(await succeed(linux, "bf-ioctl start stop unload")).toBe(
        ["start", "stop", "unload"].map(refused).join(""),
      );
      expect((await linux.run("bfm start")).exitCode).toBe(4);
      expect(await succeed(linux, "bfm status")).toBe(
        "bareflank: corrupt: a processor is lost, and only a reboot gives it back\n",
      );
      expect((await linux.run("bfm dump")).exitCode).toBe(0);
      expect((await linux.run("rmmod bfdriver")).exitCode).not.toBe(0);
    });

    it("lets Linux work on", async () => {
      const work = "for round in 1 2 3; do seq 1 200000 | md5sum; done | sort -u | wc -l";
      expect(await succeed(linux, work)).toBe("1\n");
    });

    // Linux reboots from its first processor.
    it.runIf(lost === 1)("lets Linux reboot", async () => {
      const failure = await linux.run("reboot; sleep 30", { timeout: 30 }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(MachineFailure);
      const { kind, folder } = failure as MachineFailure;
      rmSync(folder, { recursive: true });
      expect(kind).toBe("powered-off");
    });
  });
}
