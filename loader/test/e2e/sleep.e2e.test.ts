// Sleep stops the hypervisor first

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

  it("stops the hypervisor, and can start it when it is awake again", async () => {
    // Without a swap partition there is nowhere to sleep to; Linux notices that when everything else is done.
    expect((await linux.run("echo disk >/sys/power/state", { timeout: 60 })).exitCode).not.toBe(0);
    expect(await driverStatus(linux)).toMatchObject({ state: LOADED, running: 0 });
    expect(await succeed(linux, "dmesg")).toContain("bfdriver: stopped before sleep");
    await succeed(linux, "bfm start");
    expect(await driverStatus(linux)).toMatchObject({ state: RUNNING, running: 2 });
    await succeed(linux, "bfm stop");
    expect(await succeed(linux, "dmesg")).not.toMatch(/BUG:|Oops|Call Trace|WARNING/);
  });
});
