// Linux on two of Intel's processors: the one boot of Bochs's Linux that `npm test` has time for
//
// bochs.full.test.ts and intel.full.test.ts have the others.

import { STATE_RUNNING } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { describeChannel, PUT } from "../../../lab/test/e2e/channel-behaviour.ts";
import { describeCycles, PROCESSORS } from "./intel-cycles.ts";
import { driverStatus, succeed } from "./machine.ts";

describe("Linux on two of Intel's processors", () => {
  describeCycles({ rounds: 8, presses: 3 }, [PUT], (linux) => {
    describeChannel(linux, "vmx", "/dev/ttyS3");

    it("becomes a virtual machine and back", async () => {
      // One bfm: each takes five seconds here. bochs.full.test.ts calls the others.
      const started = await succeed(linux(), "bfm quick");
      expect(started).toContain(`running on ${PROCESSORS} of ${PROCESSORS} processors (Intel)`);
      // 2 MiB, and 256 KiB for each processor
      expect(Number(/ ([\d.]+) MiB of memory/.exec(started)?.[1])).toBeLessThanOrEqual(2 + PROCESSORS / 4);
      expect(await driverStatus(linux())).toMatchObject({ state: STATE_RUNNING, running: PROCESSORS });
      // Written on both processors, one after the other, with the MTRRs of that one off meanwhile
      await succeed(linux(), 'echo "base=0x4000000 size=0x1000000 type=uncachable" > /proc/mtrr');
      expect(await succeed(linux(), "cat /proc/mtrr")).toContain("(   64MB), size=   16MB, count=1: uncachable");
      await succeed(linux(), 'echo "disable=1" > /proc/mtrr');
      await succeed(linux(), "bf-ioctl stop unload");
    });
  });
});
