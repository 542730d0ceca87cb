// The KVM API for long, and on Intel

import { expect, it } from "vitest";
import { machineWithMicrov } from "./machine.ts";

const AGAIN = "node --test-name-pattern='gives everything back' kvm-api.mjs";

it("makes, runs and closes a thousand machines, and loses no page", async () => {
  const linux = await machineWithMicrov("amd");
  await linux.run(AGAIN);
  const before = await linux.freePages();
  expect(await linux.run(`BAREFLANK_KVM_ROUNDS=1000 ${AGAIN}`)).toContain("fail 0");
  expect(await linux.freePages()).toBe(before);
  await linux.close();
});

it("does for the library what Linux's own KVM does, on Intel", async () => {
  const linux = await machineWithMicrov("intel");
  const output = await linux.run("node --test-reporter=spec kvm-api.mjs");
  expect(output).toMatch(/pass \d\d\n/);
  expect(output).toMatch(/fail 0\n/);
  await linux.close();
});
