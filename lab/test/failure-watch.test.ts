import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Death, Emulator, Ending } from "../src/emulator/emulator.ts";
import { FailureWatch } from "../src/emulator/failure-watch.ts";
import { MachineFailure } from "../src/index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-watch-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An emulator that does nothing, with a serial port whose text the test sends. */
function machine() {
  let end: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => {
    end = resolve;
  });
  const monitor = { registers: () => Promise.resolve("rip 0x1\n") } as Emulator["monitor"];
  const emulator: Emulator = {
    pid: process.pid,
    folder,
    monitor,
    ended,
    died: new Promise<Death>(() => undefined),
    connection: () => Promise.reject(new Error("none")),
    resume: () => Promise.resolve(),
    log: () => "",
    kill: () => Promise.resolve(),
  };
  const serial = new Socket();
  const watch = new FailureWatch(emulator, []);
  watch.heed(serial);
  watch.observe("processor-halted", serial);
  watch.observe("hypervisor-panic", serial);
  const write = (text: string) => {
    writeFileSync(join(folder, "serial.log"), text, { flag: "a" });
    serial.emit("data", Buffer.from(text));
  };
  return { watch, write, end };
}

const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error as MachineFailure);

it("gives a machine up from which nothing comes", async () => {
  const { watch } = machine();
  const error = await failure(watch.guard("hang", { silentSeconds: 0.2 }, () => undefined));
  expect(error).toBeInstanceOf(MachineFailure);
  expect(error).toMatchObject({ kind: "hang", exitCode: 243 });
  expect((error as MachineFailure).sentence).toContain("nothing came from it for 0.2 seconds");
  expect(readFileSync(join(folder, "registers.txt"), "utf8")).toBe("rip 0x1\n");
});

it("waits as long as something comes, but not longer than it may take altogether", async () => {
  const { watch, write } = machine();
  const begin = performance.now();
  const timer = setInterval(() => write("."), 50);
  const alive = watch.guard<string>("hang", { silentSeconds: 1 }, (resolve) => {
    setTimeout(() => resolve("done"), 2_500);
  });
  expect(await alive).toBe("done");
  expect(performance.now() - begin).toBeGreaterThan(2_400);
  const error = await failure(watch.guard("hang", { seconds: 0.3 }, () => undefined));
  clearInterval(timer);
  expect((error as MachineFailure).sentence).toContain("0.3 seconds are over");
});

it("ends a run whose processor was halted within seconds, and shows why", async () => {
  const { watch, write } = machine();
  const waiting = failure(watch.guard("hang", { silentSeconds: 600 }, () => undefined));
  write("bareflank: PP 0: the extension faulted in vmexit\r\n");
  write("bareflank: processor halted: the extension failed after its VM had started\r\n");
  const error = await waiting;
  expect(error).toMatchObject({ kind: "processor-halted", exitCode: 249 });
  const { message } = error as MachineFailure;
  expect(message).toContain("What loader, microkernel and extensions wrote last:\n");
  expect(message).toContain("  bareflank: PP 0: the extension faulted in vmexit\n  bareflank: processor halted");
});

it("lets a command end that ends soon after its processor was halted", async () => {
  const { watch, write } = machine();
  const ended = watch.guard<number>("hang", { silentSeconds: 600 }, (resolve) => {
    setTimeout(() => resolve(3), 500);
  });
  write("bareflank: processor halted: the extension failed after its VM had started\r\n");
  expect(await ended).toBe(3);
  watch.stop();
});

it("does nothing more about a panic when the machine has ended by itself, and its folder is gone", async () => {
  const { watch, write, end } = machine();
  let failures = 0;
  watch.on("failure", () => {
    failures += 1;
  });
  write("bareflank: PANIC: the microkernel faulted on PP 0\r\nbareflank: processor halted\r\n");
  end({ reason: "guest-exit", value: 17 });
  const gone = folder;
  rmSync(gone, { recursive: true });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect({ failures, failed: watch.failed, exists: existsSync(gone) }).toEqual({
    failures: 0,
    failed: false,
    exists: false,
  });
  folder = mkdtempSync(join(tmpdir(), "bf-watch-"));
});
