// A debugger in the root VM: what it steps over exits, and it stops where it would without us

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, complaints, guestProgram, succeed } from "./machine.ts";

/** CPUID exits; RDTSC does not, and shows that the machine is no different from one without a hypervisor. */
const EXPECTED = "cpuid step=2 dr6=4000 break=0,2\nrdtsc step=2 dr6=4000 break=0,2\n";

describe("a debugger", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await bootMachine({ put: [{ from: guestProgram("step"), to: "/usr/bin/bf-step" }] });
  });

  afterAll(() => linux?.close());

  it("steps over CPUID, and stops at breakpoints on it and behind it, with the hypervisor as without", async () => {
    expect(await succeed(linux, "bf-step")).toBe(EXPECTED);
    await succeed(linux, "bfm quick");
    expect(await succeed(linux, "bf-step")).toBe(EXPECTED);
    await succeed(linux, "bfm stop && bfm unload");
    expect(await succeed(linux, "bf-step")).toBe(EXPECTED);
    expect(await complaints(linux)).toBe("");
  });
});
