// Sleep and a change of Linux's processors stop the hypervisor first, and start it again

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, driverStatus, succeed } from "./machine.ts";

const LOADED = 11;
const RUNNING = 12;

describe("a machine that is about to sleep", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await bootMachine({ smp: 2 });
    await succeed(linux, "bfm quick");
  });
  afterAll(() => linux?.close());

  /** Waits for a start that happens by itself. */
  const startsAgain = async (starts: number, running: number) => {
    await succeed(linux, `until bf-ioctl status | grep -q "starts=${starts} "; do sleep 0.1; done`);
    expect(await driverStatus(linux)).toMatchObject({ state: RUNNING, running });
  };

  it("stops the hypervisor, and starts it when it is awake again", async () => {
    // Without a swap partition there is nowhere to sleep to; Linux notices that when everything else is done.
    expect((await linux.run("echo disk >/sys/power/state", { timeout: 60 })).exitCode).not.toBe(0);
    await startsAgain(2, 2);
    expect(await succeed(linux, "dmesg -c")).toMatch(/bfdriver: stopped before sleep[\s\S]*bfdriver: started again/);
  });

  it("does so when its processors lost power: sleep to memory (S3), until the clock wakes it", async () => {
    // The firmware's wake-up gives processors without SVM; all that the hypervisor had set up in them is gone
    await succeed(linux, "echo deep >/sys/power/mem_sleep; echo +3 >/sys/class/rtc/rtc0/wakealarm");
    await succeed(linux, "echo mem >/sys/power/state");
    await startsAgain(3, 2);
    const log = await succeed(linux, "dmesg -c");
    expect(log).toMatch(
      /bfdriver: stopped before sleep[\s\S]*Low-level resume complete[\s\S]*PM: suspend exit[\s\S]*bfdriver: started again/,
    );
    await succeed(linux, "bf-cpuid --storm 1000 --cpu 1");
  });

  it("runs it on the processors that there are", async () => {
    await succeed(linux, "echo 0 >/sys/devices/system/cpu/cpu1/online");
    await startsAgain(4, 1);
    await succeed(linux, "echo 1 >/sys/devices/system/cpu/cpu1/online");
    await startsAgain(5, 2);
    await succeed(linux, "bf-cpuid --storm 1000 --cpu 1");
  });

  it("leaves it stopped when it was started once only, or stopped meanwhile", async () => {
    await succeed(linux, "bfm start --once; echo 0 >/sys/devices/system/cpu/cpu1/online; sleep 1");
    expect(await driverStatus(linux)).toMatchObject({ state: LOADED, starts: 6 });
    await succeed(linux, "bfm start && bfm stop; echo 1 >/sys/devices/system/cpu/cpu1/online; sleep 1");
    expect(await driverStatus(linux)).toMatchObject({ state: LOADED, starts: 7 });
    expect(await succeed(linux, "dmesg")).not.toMatch(/BUG:|Oops|Call Trace|WARNING/);
  });
});
