import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LinuxMachine } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/memory-user/memory-user.elf");
const MIB = 1 << 20;
const PAGE = 4096;
/** Pages that are asked for at once, and how often: 40 MiB. */
const PAGES = 500;
const TIMES = 20;
/**
 * Most of Linux's memory that a round may keep, which lends and returns more than 40 MiB: its own caches, and what waits on the
 * processors' lists. MemAvailable falls by some MiB a round, and rises again by 20.
 */
const NOISE_KIB = 24_576;

interface Memory {
  readonly startBytes: number;
  readonly heldBytes: number;
  readonly mostBytes: number;
  readonly chunks: number;
  readonly runs: { readonly count: number; readonly taken: number; readonly pages: number };
  readonly pages: { readonly total: number; readonly free: number; readonly waiting: number };
  readonly owners: { readonly kernel: number; readonly extensions: readonly { readonly pages: number }[] };
  readonly events: readonly { readonly event: string }[];
}

let linux: LinuxMachine;

const succeed = async (command: string): Promise<string> => {
  const { exitCode, stdout, stderr } = await linux.run(command);
  expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
  return stdout;
};
const memory = async () => JSON.parse(await succeed("bfm memory --json")) as Memory;
const availableKiB = async () => Number(await succeed("awk '/^MemAvailable:/ { print $2 }' /proc/meminfo"));
/** Asks on every processor: each takes, or gives back, as many pages. */
const ask = (leaf: string, times: number) =>
  succeed(`for i in $(seq ${times}); do bf-cpuid --leaf ${leaf} ${PAGES} >/dev/null; done`);
const TAKE = "0x40000012";
const GIVE = "0x40000013";
const TAKE_RUN = "0x40000014";
const GIVE_RUN = "0x40000015";
const GROW = "0x40000016";

beforeAll(async () => {
  linux = await LinuxMachine.boot({ smp: 2, memory: "1G", put: [{ from: elf }] });
});
afterAll(() => linux?.close());

it("grows while an extension takes memory, and has its first size again when it gave it back, twice", async () => {
  await succeed("bfm quick memory-user.elf");
  const before = await memory();
  const available: number[] = [];
  for (let round = 0; round < 2; round++) {
    await ask(TAKE, TIMES);
    const grown = await memory();
    const pages = grown.owners.extensions[0]?.pages ?? 0;
    // Where an exit finds no page left, the next ones get what has come since
    expect(pages * PAGE).toBeGreaterThan(40 * MIB);
    expect(grown.heldBytes).toBeGreaterThan(before.heldBytes + 40 * MIB);
    await ask(GIVE, TIMES + 5);
    await expect.poll(async () => (await memory()).heldBytes, { timeout: 60_000 }).toBe(before.startBytes);
    expect((await memory()).owners.extensions[0]?.pages).toBe(0);
    available.push(await availableKiB());
  }
  // The first round's programs stay in Linux's caches
  const [first = Number.POSITIVE_INFINITY, second = 0] = available;
  expect(second).toBeGreaterThan(first - NOISE_KIB);
  expect((await memory()).events.map(({ event }) => event)).toEqual(expect.arrayContaining(["given", "returned"]));
});

it("has a run of 96 MiB on each processor as soon as Linux has lent it, and gives it back, ten times", async () => {
  const RUN_MIB = 96;
  const before = await memory();
  const available: number[] = [];
  for (let round = 0; round < 10; round++) {
    // Each asks, and has it in a later exit
    const had = `bf-cpuid --leaf ${TAKE_RUN} ${RUN_MIB} | grep -c '"eax":"0x${RUN_MIB.toString(16).padStart(8, "0")}"'`;
    await succeed(`for i in $(seq 100); do [ "$(${had})" = 2 ] && exit 0; sleep 0.1; done; bfm memory; exit 1`);
    const grown = await memory();
    expect(grown.runs).toEqual({ count: 2, taken: 2, pages: (2 * RUN_MIB * MIB) / PAGE });
    expect(grown.owners.extensions[0]?.pages).toBe((2 * RUN_MIB * MIB) / PAGE);
    expect(grown.heldBytes - before.heldBytes).toBeGreaterThanOrEqual(2 * RUN_MIB * MIB);
    expect(await succeed("bfm memory")).toContain(`runs: 2 of ${2 * RUN_MIB} MiB together, 2 in use`);
    await succeed(`bf-cpuid --leaf ${GIVE_RUN}`);
    await expect.poll(async () => (await memory()).heldBytes, { timeout: 60_000 }).toBe(before.startBytes);
    expect((await memory()).runs).toEqual({ count: 0, taken: 0, pages: 0 });
    available.push(await availableKiB());
  }
  expect(available.at(-1)).toBeGreaterThan((available[0] ?? Number.POSITIVE_INFINITY) - NOISE_KIB);
});

it("shows to the page what an extension's linear memory grows by, before, during and after", async () => {
  const figures = async () => {
    const { owners, pages, runs, heldBytes, startBytes } = await memory();
    const own = owners.extensions[0]?.pages ?? 0;
    // Every page is somebody's
    expect(owners.kernel + own + pages.free + pages.waiting).toBe(pages.total + runs.pages);
    expect(await succeed("bfm memory")).toContain(
      `memory-user ${own === 0 ? "0 bytes" : `${Number(((own * PAGE) / MIB).toFixed(1))} MiB`}\n`,
    );
    return { own, heldBytes, startBytes };
  };
  const before = await figures();
  expect(before).toMatchObject({ own: 0, heldBytes: before.startBytes });
  const sizes = async () =>
    [...(await succeed(`bf-cpuid --leaf ${GROW} 0`)).matchAll(/"eax":"(0x[0-9a-f]{8})"/g)].map(([, kib]) =>
      Number(kib),
    );
  const initial = await sizes();
  expect(initial).toHaveLength(2);
  // 64 KiB at a time on each of two processors; where one finds none, the next finds what has come since
  await succeed(`for i in $(seq 70); do bf-cpuid --leaf ${GROW} 1 >/dev/null; done`);
  const grown = (await sizes()).reduce((sum, kib, index) => sum + kib - (initial[index] ?? 0), 0);
  expect(grown).toBeGreaterThan(2 * 4096);
  const { own, heldBytes } = await figures();
  expect(own * 4).toBe(grown);
  expect(heldBytes).toBeGreaterThan(before.heldBytes + own * PAGE - 2 * MIB);
  // It stays until a stop
  await succeed("bfm stop && bfm start");
  expect(await figures()).toMatchObject({ own: 0, heldBytes: before.startBytes });
});

it("has no run that Linux does not have, or that nobody may have, and Linux works on", async () => {
  const { heldBytes } = await memory();
  for (const mib of [400, 900, 1025, 0]) {
    await succeed(`for i in 1 2 3; do bf-cpuid --leaf ${TAKE_RUN} ${mib} >/dev/null; done`);
    const answer = await succeed(`bf-cpuid --leaf ${TAKE_RUN} ${mib}`);
    expect(answer.match(/"ebx":"0x00000001"/g)).toHaveLength(2);
  }
  expect(await memory()).toMatchObject({ heldBytes, runs: { count: 0 } });
  expect((await memory()).events.map(({ event }) => event)).toContain("limit");
  // It may have more than Linux can clear
  await succeed("bfm stop && bfm start --memory ..990M");
  await succeed(`for i in 1 2 3; do bf-cpuid --leaf ${TAKE_RUN} 900 >/dev/null; sleep 1; done`);
  const { runs, events } = await memory();
  expect([runs.count, events.map(({ event }) => event)]).toEqual([0, expect.arrayContaining(["asked", "no memory"])]);
  await succeed("bfm stop && bfm start");
  expect(await succeed("dmesg | grep -c -e BUG -e 'Bad page' -e 'WARNING: CPU' || true")).toBe("0\n");
});

it("lets an extension know that there is no more, where it may not grow, and Linux works on", async () => {
  await succeed("bfm stop && bfm start --memory ..3M");
  const { startBytes } = await memory();
  await ask(TAKE, TIMES);
  const answer = await succeed(`bf-cpuid --leaf ${TAKE} ${PAGES}`);
  expect(answer.match(/"ebx":"0x00000001"/g)).toHaveLength(2);
  const { heldBytes, events } = await memory();
  expect(heldBytes).toBeLessThanOrEqual(3 * MIB);
  expect(events.map(({ event }) => event)).toContain("limit");
  await ask(GIVE, TIMES + 5);
  await expect.poll(async () => (await memory()).heldBytes, { timeout: 60_000 }).toBe(startBytes);
  await succeed("bfm stop && bfm start");
});

it("does not start where the system has not so much memory, says so, and Linux works on", async () => {
  await succeed("bfm stop");
  const refused = async () => {
    const { exitCode, stderr } = await linux.run("bfm start --memory 2G..");
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^bfm: .*memory/)]);
  };
  // What Linux looks for so much memory with stays in its caches
  await refused();
  const before = await availableKiB();
  await refused();
  expect(JSON.parse(await succeed("bfm status --json"))).toMatchObject({ state: "loaded" });
  expect(await availableKiB()).toBeGreaterThan(before - NOISE_KIB);
  await succeed("bfm start");
});

it("gives back at a stop what was lent, and the driver can go", async () => {
  await ask(TAKE, TIMES);
  // Nothing of the driver's may go while something runs in it
  const { exitCode, stderr } = await linux.run("rmmod bfdriver");
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("can't unload module 'bfdriver'")]);
  expect(JSON.parse(await succeed("bfm status --json"))).toMatchObject({ state: "running" });
  await succeed("bfm stop");
  expect(JSON.parse(await succeed("bfm status --json"))).toMatchObject({ state: "loaded" });
  await succeed("bfm unload && rmmod bfdriver");
  expect(await succeed("dmesg | grep -c -e BUG -e 'Bad page' || true")).toBe("0\n");
});
