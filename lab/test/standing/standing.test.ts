import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LabError } from "../../src/errors.ts";
import { encodeFrame } from "../../src/linux/channel.ts";
import { MachineFailure } from "../../src/outcome.ts";
import { RequestFailure, StandingMachine } from "../../src/standing/client.ts";
import { toKeeper } from "../../src/standing/frames.ts";
import { Keeper, type KeptMachine } from "../../src/standing/keeper.ts";
import { listStanding, tableOf } from "../../src/standing/list.ts";
import {
  claimName,
  type MachineRecord,
  readRecord,
  removeRecord,
  socketOf,
  takenNames,
  writeRecord,
} from "../../src/standing/records.ts";

let cache = "";
let keeper: Keeper | undefined;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "bf-standing-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
});

afterEach(() => {
  keeper?.close();
  keeper = undefined;
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const since = new Date().toISOString();
const record = (name: string): MachineRecord => ({
  name,
  machine: "amd",
  smp: 2,
  memory: "1G",
  guests: false,
  pid: 1,
  since,
  folder: "/logs",
});

/** A machine whose command ends when it is told to. */
const fakeMachine = () => {
  const ends: ((exitCode: number) => void)[] = [];
  const terminal = new PassThrough();
  const machine = {
    run: vi.fn<KeptMachine["run"]>(
      (command, options) =>
        new Promise((resolve) => {
          options?.onOutput?.(Buffer.from(`out of ${command}`), "stdout");
          options?.onOutput?.(Buffer.from("err"), "stderr");
          ends.push((exitCode) => resolve({ exitCode, stdout: "", stderr: "", output: "" }));
        }),
    ),
    signal: vi.fn(),
    runShell: vi.fn<KeptMachine["runShell"]>(() => new Promise((resolve) => ends.push(resolve))),
    hangUp: vi.fn(() => ends.shift()?.(137)),
    terminal: vi.fn(async () => terminal as never),
    get: vi.fn(async (path: string) => Buffer.from(`content of ${path}`)),
    unpack: vi.fn(async () => undefined),
  };
  return { machine, ends, terminal };
};

const keep = async (machine: KeptMachine, end = vi.fn(async () => undefined)): Promise<StandingMachine> => {
  claimName("dev");
  keeper = new Keeper(machine, end);
  await keeper.listen(socketOf("dev"));
  writeRecord(record("dev"));
  return new StandingMachine("dev");
};

it("runs a command: output as it comes, its exit code, and the time that it may take", async () => {
  const { machine, ends } = fakeMachine();
  const standing = await keep(machine);
  const output: string[] = [];
  const request = await standing.begin("make", {
    timeout: 9,
    onOutput: (bytes, name) => output.push(`${name} ${bytes}`),
  });
  await vi.waitFor(() => expect(output).toEqual(["stdout out of make", "stderr err"]));
  expect(machine.run.mock.calls[0]?.[1]).toMatchObject({ timeout: 9 });
  ends[0]?.(77);
  expect(await request.done).toBe(77);
});

it("runs commands of several one after the other, and tells the second what runs", async () => {
  const { machine, ends } = fakeMachine();
  const standing = await keep(machine);
  const first = await standing.begin("first");
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  const onWaiting = vi.fn();
  const second = await standing.begin("second", { onWaiting });
  await vi.waitFor(() => expect(onWaiting).toHaveBeenCalledWith("first"));
  expect(machine.run).toHaveBeenCalledTimes(1);
  ends[0]?.(1);
  expect(await first.done).toBe(1);
  await vi.waitFor(() => expect(ends).toHaveLength(2));
  ends[1]?.(2);
  expect(await second.done).toBe(2);
});

it("begins no command whose asker has gone while it waited", async () => {
  const { machine, ends } = fakeMachine();
  const standing = await keep(machine);
  const first = await standing.begin("first");
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  const onWaiting = vi.fn();
  const second = await standing.begin("second", { onWaiting });
  await vi.waitFor(() => expect(onWaiting).toHaveBeenCalled());
  second.close();
  const onThird = vi.fn();
  const third = await standing.begin("third", { onWaiting: onThird });
  await vi.waitFor(() => expect(onThird).toHaveBeenCalled());
  ends[0]?.(0);
  await first.done;
  await vi.waitFor(() => expect(ends).toHaveLength(2));
  ends[1]?.(3);
  expect(await third.done).toBe(3);
  expect(machine.run.mock.calls.map(([command]) => command)).toEqual(["first", "third"]);
});

it("passes signals on, and hangs up on a command whose asker goes", async () => {
  const { machine, ends } = fakeMachine();
  const standing = await keep(machine);
  const request = await standing.begin("sleep");
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  request.signal("SIGINT");
  await vi.waitFor(() => expect(machine.signal.mock.calls).toEqual([["SIGINT"]]));
  request.close();
  await vi.waitFor(() => expect(machine.signal.mock.calls).toEqual([["SIGINT"], ["SIGHUP"]]));
});

it("takes and gives files", async () => {
  const { machine } = fakeMachine();
  const standing = await keep(machine);
  expect((await standing.get("/proc/cpuinfo")).toString()).toBe("content of /proc/cpuinfo");
  const file = join(cache, "hello.elf");
  writeFileSync(file, "bytes");
  await standing.put([file]);
  const [archive] = machine.unpack.mock.calls[0] as unknown as [Buffer];
  expect(archive.includes("root/hello.elf")).toBe(true);
  expect(archive.includes("bytes")).toBe(true);
  await expect(standing.put([join(cache, "missing")])).rejects.toThrow("is no file that could be put into the machine");
});

it("says why a machine failed, with the exit code of that", async () => {
  const { machine } = fakeMachine();
  machine.get.mockRejectedValue(new LabError("The machine cannot read x (errno 2).", "Try y."));
  machine.run.mockRejectedValue(new MachineFailure("triple-fault", "", "/logs"));
  const standing = await keep(machine);
  await expect(standing.get("x")).rejects.toMatchObject({
    message: "The machine cannot read x (errno 2).",
    hint: "Try y.",
  });
  await expect(standing.exec("true")).rejects.toMatchObject({ exitCode: 242 });
  await expect(standing.exec("true")).rejects.toThrow(RequestFailure);
});

it("has one shell at a time, beside commands, which hangs up when its user goes", async () => {
  const { machine, terminal } = fakeMachine();
  const standing = await keep(machine);
  const shown: string[] = [];
  const window = { rows: 40, columns: 100, onShown: (bytes: Buffer) => shown.push(bytes.toString()) };
  const first = await standing.attach(window);
  await vi.waitFor(() => expect(machine.runShell).toHaveBeenCalledWith(40, 100));
  // The fake terminal shows what is typed
  first.send(toKeeper.typed, "ls");
  await vi.waitFor(() => expect(shown.join("")).toBe("ls"));
  await expect((await standing.attach(window)).done).rejects.toThrow("a shell is attached to it");
  first.close();
  await vi.waitFor(() => expect(machine.hangUp).toHaveBeenCalledTimes(1));
  await vi.waitFor(() => expect(terminal.listenerCount("data")).toBe(0));
  const second = await standing.attach(window);
  await vi.waitFor(() => expect(machine.runShell).toHaveBeenCalledTimes(2));
  second.close();
});

it("ends when it is asked to", async () => {
  const { machine } = fakeMachine();
  const end = vi.fn(async () => undefined);
  const standing = await keep(machine, end);
  await standing.down();
  expect(end).toHaveBeenCalledTimes(1);
});

it("tells those who wait that it was ended", async () => {
  const { machine, ends } = fakeMachine();
  const standing = await keep(machine);
  const running = await standing.begin("sleep");
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  const onWaiting = vi.fn();
  const queued = await standing.begin("second", { onWaiting });
  await vi.waitFor(() => expect(onWaiting).toHaveBeenCalled());
  const told = [running, queued].map(({ done }) => expect(done).rejects.toThrow("The machine was ended."));
  await standing.down();
  await Promise.all(told);
});

it("refuses what it does not know", async () => {
  const { machine } = fakeMachine();
  await keep(machine);
  const socket = connect(socketOf("dev"));
  socket.write(encodeFrame("?", Buffer.alloc(0)));
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toContain('knows no request \\"?\\"');
});

it("lists machines that are up, that died, and that start", async () => {
  const { machine } = fakeMachine();
  await keep(machine);
  claimName("gone");
  writeRecord({ ...record("gone"), ended: "Linux panicked" });
  claimName("killed");
  writeRecord(record("killed"));
  claimName("new");
  const machines = await listStanding();
  expect(machines.map(({ name, state, ended }) => [name, state, ended])).toEqual([
    ["dev", "up", undefined],
    ["gone", "dead", "Linux panicked"],
    ["killed", "dead", "the process that kept it was killed"],
    ["new", "starting", undefined],
  ]);
  expect(tableOf(machines).split("\n").slice(0, 3)).toEqual([
    "NAME    STATE     MACHINE  CPUS  MEMORY  FOR    LOGS, OR WHY IT DIED",
    "dev     up        amd      2     1G      0 min  /logs",
    "gone    dead      amd      2     1G      0 min  Linux panicked",
  ]);
  await expect(new StandingMachine("gone").exec("true")).rejects.toThrow('The machine "gone" has died: Linux panicked');
  await expect(new StandingMachine("none").exec("true")).rejects.toThrow('No machine "none" is up.');
});

it("takes each name once, and only names", () => {
  expect(claimName("a-1")).toBe(true);
  expect(claimName("a-1")).toBe(false);
  writeRecord(record("a-1"));
  expect(readRecord("a-1")).toEqual(record("a-1"));
  expect(takenNames()).toEqual(["a-1"]);
  removeRecord("a-1");
  expect(existsSync(join(cache, "bareflank-ts/lab/machines/a-1"))).toBe(false);
  for (const name of ["", "-a", "A", "../x", "a/b", "a".repeat(33)]) {
    expect(() => claimName(name)).toThrow("is no name for a machine");
  }
  vi.stubEnv("XDG_CACHE_HOME", `/tmp/${"x".repeat(80)}`);
  expect(() => socketOf("dev")).toThrow("The path of a socket would be too long");
});
