// Donations at the memory door, as a driver makes them, good and bad

import { join } from "node:path";
import {
  ADOPT_ADDRESS,
  ADOPT_DONE,
  ADOPT_TABLE,
  DOOR_ADOPT,
  DOOR_DESCRIBE,
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  GIVE_DONE,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  TAKE_NOTHING,
} from "@bareflank/abi";
import { expect, it } from "vitest";
import { type Run, run } from "./run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
const MIB = 1 << 20;
/** RAM of a machine with 256 MiB that nobody uses, the local APIC, and what is behind the machine's RAM. */
const FREE = 192 * MIB;
const APIC = 0xfee0_0000;
const NOWHERE = 1024 * MIB;

const value = ({ output }: Run, name: string) =>
  Number(new RegExp(`^bare: ${name} (0x[0-9a-f]+)$`, "m").exec(output)?.[1]);

/** What the kernel answers to a knock; a start and a stop around it must go well. */
async function knock(what: number, address: number, bytes: number, machine = "amd"): Promise<number> {
  const result = await run(elf, { machine, append: `door=${what} rcx=${address} rdx=${bytes}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  return value(result, "rax");
}

it.each(["amd", "intel"])("takes a chunk of RAM that nobody uses (%s)", async (machine) => {
  expect(await knock(DOOR_GIVE, FREE, 4 * MIB, machine)).toBe(GIVE_DONE);
});

it.each([
  ["within a page", FREE + 8, 4 * MIB, GIVE_SIZE],
  ["at no multiple of its size", FREE + 4096, 4 * MIB, GIVE_SIZE],
  ["of no bytes", FREE, 0, GIVE_SIZE],
  ["of too few bytes", FREE, 4096, GIVE_SIZE],
  ["of too many bytes", FREE, 8 * MIB, GIVE_SIZE],
  ["of no power of two", FREE, 3 * MIB, GIVE_SIZE],
  ["at 0", 0, MIB, GIVE_NOT_RAM],
  ["that is a device's", APIC, 64 << 10, GIVE_NOT_RAM],
  ["where there is nothing", NOWHERE, MIB, GIVE_NOT_RAM],
])("refuses a chunk %s", async (_, address, bytes, reason) => {
  expect(await knock(DOOR_GIVE, address, bytes)).toBe(reason);
});

it.each(["amd", "intel"])("refuses the hypervisor's own memory (%s)", async (machine) => {
  const own = value(await run(elf, { machine, append: "own=1" }), "own");
  expect(own).toBeGreaterThan(0);
  expect(await knock(DOOR_GIVE, own, 64 << 10, machine)).toBe(GIVE_OWNED);
});

it.each(["amd", "intel"])(
  "tells a driver that did not start it where things are, and lets no stop end just anywhere (%s)",
  async (machine) => {
    const described = await run(elf, { machine, append: `door=${DOOR_DESCRIBE} rcx=0 rdx=0` });
    expect(described).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(value(described, "rax")).toBe(ADOPT_DONE);
    const [ring, reports] = [value(described, "rcx"), value(described, "rdx")];
    expect([ring % 4096, reports % 4096]).toEqual([0, 0]);
    expect(ring).not.toBe(reports);
    expect(await knock(DOOR_ADOPT, ring, 0, machine)).toBe(ADOPT_TABLE);
    expect(await knock(DOOR_ADOPT, FREE, 8, machine)).toBe(ADOPT_ADDRESS);
  },
);

it("has nothing to give back of what the start took, and no other functions", async () => {
  expect(await knock(DOOR_TAKE, 0, 0)).toBe(TAKE_NOTHING);
  expect(await knock(DOOR_REPORT, 0, 0)).toBe(0);
  expect(await knock(DOOR_FLUSH, 0, 0)).toBe(0);
  expect(await knock(DOOR_ADOPT + 1, 0, 0)).toBe(DOOR_UNKNOWN);
});
