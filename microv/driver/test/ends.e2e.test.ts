// An end of Linux waits for no guest, and gives all processors back

import { expect, it } from "vitest";
import { endWithGuests, panicWithGuests } from "./ends.ts";

const COMPLAINTS = /BUG|WARNING|Oops|Call Trace|bfdriver: stop/;

it("makes way for another kernel", async () => {
  const machine = await endWithGuests("amd", { crashKernel: true }, "bf-kexec --now");
  expect(await machine.run("nproc")).toBe("2\n");
  expect(machine.linux.console()).not.toMatch(COMPLAINTS);
  await machine.close();
});

it("panics, and another kernel has its memory", async () => {
  await panicWithGuests("amd");
});

it("is reset, and has guests again when it is back", async () => {
  const machine = await endWithGuests("amd", { restarts: true }, "reboot -f");
  expect(machine.linux.console()).not.toMatch(COMPLAINTS);
  await machine.run("bfm quick microv && insmod /usr/lib/bareflank/bareflank_kvm.ko");
  expect(await machine.run("./rough moving")).toBe("ok moving\n");
  await machine.close();
});
