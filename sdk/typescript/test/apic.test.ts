// INIT and SIPI as commands of local APICs: which is which, whom each is for, and what becomes of a processor that is told

import { readFileSync } from "node:fs";
import { MAX_PPS } from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildLibraries, fixtureModule } from "./fixtures.ts";

interface Unit {
  command(low: number): number;
  reaches(...args: [number, number, number, number, number, number, number]): number;
  makeKnown(ppid: number, id: number, logical: number, format: number, isBootstrap: number): void;
  setLogical(ppid: number, logical: number, format: number): void;
  stateOf(ppid: number): bigint;
  begin(ppid: number): number;
  send(sender: number, low: number, who: number, isX2apic: number): number;
  whoWasTold(): bigint;
}

/** Command.*, and the states of known.ts. */
const [OTHER, INIT, INIT_END, STARTUP] = [0, 1, 2, 3];
const [RUNNING, WAITING, STARTING, RESTARTING] = [0n, 1n, 0x100n, 0x200n];

const ASSERT = 0x4000;
const LEVEL = 0x8000;
const LOGICAL = 0x800;
const [SELF, ALL, ALL_BUT_SELF] = [1 << 18, 2 << 18, 3 << 18];
const DELIVER = (mode: number) => mode << 8;
const SIPI = (vector: number) => DELIVER(6) | ASSERT | vector;
const FLAT = 0xffff_ffff;
const CLUSTER = 0x0fff_ffff;

/** Those that are known. */
const PROCESSORS = [0, 1, 2, 3];

const words = new Map<bigint, bigint>();
const at = (address: bigint) => words.get(address) ?? 0n;
let unit: Unit;

beforeAll(async () => {
  await buildLibraries(["apic-unit"]);
  const module = new WebAssembly.Module(readFileSync(fixtureModule("apic-unit")));
  const imports = {
    processors: { apicWords: (ppid: number) => BigInt(32 * ppid) },
    atomic: {
      loadAcquire64: at,
      storeRelease64: (address: bigint, value: bigint) => {
        words.set(address, value);
      },
      compareExchange64: (address: bigint, expected: bigint, replacement: bigint) => {
        const before = at(address);
        if (before === expected) words.set(address, replacement);
        return before;
      },
    },
  };
  unit = new WebAssembly.Instance(module, imports).exports as unknown as Unit;
});
beforeEach(() => words.clear());

/** Processors that were told, by numbers. */
const told = () => PROCESSORS.filter((ppid) => ((unit.whoWasTold() >> BigInt(ppid)) & 1n) === 1n);

describe("a command", () => {
  it("is INIT or SIPI by its delivery mode alone", () => {
    const kinds = Array.from({ length: 8 }, (_, mode) => unit.command(DELIVER(mode) | ASSERT | 0x31));
    expect(kinds).toEqual([OTHER, OTHER, OTHER, OTHER, OTHER, INIT, STARTUP, OTHER]);
    // Processors take no notice of level and trigger mode but for INIT
    for (const bits of [0, ASSERT, LEVEL, ASSERT | LEVEL]) expect(unit.command(DELIVER(6) | bits)).toBe(STARTUP);
  });

  it("is the end of INIT's level where it says so, which does nothing", () => {
    const kinds = [0, ASSERT, LEVEL, ASSERT | LEVEL].map((bits) => unit.command(DELIVER(5) | bits));
    expect(kinds).toEqual([INIT, INIT, INIT_END, INIT]);
  });
});

describe("whom a command is for", () => {
  const isFor = (
    low: number,
    who: number,
    receiver: { id?: number; logical?: number; format?: number; isSelf?: boolean },
    isX2apic = false,
  ) =>
    unit.reaches(
      low,
      who,
      isX2apic ? 1 : 0,
      receiver.isSelf ? 1 : 0,
      receiver.id ?? 0,
      receiver.logical ?? 0,
      receiver.format ?? FLAT,
    ) === 1;

  it("a shorthand says, whatever the destination", () => {
    for (const [shorthand, self, other] of [
      [SELF, true, false],
      [ALL, true, true],
      [ALL_BUT_SELF, false, true],
    ] as const) {
      for (const isX2apic of [false, true]) {
        expect(isFor(shorthand, 7, { id: 3, isSelf: true }, isX2apic)).toBe(self);
        expect(isFor(shorthand, 7, { id: 3 }, isX2apic)).toBe(other);
      }
    }
  });

  it("a physical destination says: eight bits, or 32", () => {
    expect(isFor(0, 3, { id: 3 })).toBe(true);
    expect(isFor(0, 3, { id: 4 })).toBe(false);
    expect(isFor(0, 3, { id: 0x103 })).toBe(true);
    expect(isFor(0, 3, { id: 0x103 }, true)).toBe(false);
    expect(isFor(0, 0x103, { id: 0x103 }, true)).toBe(true);
    // To itself, too
    expect(isFor(0, 3, { id: 3, isSelf: true })).toBe(true);
  });

  it("is everybody, by the broadcast address of the mode", () => {
    for (const mode of [0, LOGICAL]) {
      expect(isFor(mode, 0xff, { id: 3 })).toBe(true);
      expect(isFor(mode, 0xffff_ffff, { id: 3 }, true)).toBe(true);
    }
    expect(isFor(0, 0xff, { id: 3 }, true)).toBe(false);
  });

  it("a flat logical destination says, by bits", () => {
    expect(isFor(LOGICAL, 0b0110, { logical: 0x0400_0000 })).toBe(true);
    expect(isFor(LOGICAL, 0b0110, { logical: 0x0800_0000 })).toBe(false);
    expect(isFor(LOGICAL, 0b0110, { logical: 0 })).toBe(false);
    // Only DFR's four upper bits count
    expect(isFor(LOGICAL, 0b0110, { logical: 0x0400_0000, format: 0xf000_0000 })).toBe(true);
  });

  it("a logical destination in clusters says: of one cluster, or of all", () => {
    const receiver = { logical: 0x2400_0000, format: CLUSTER };
    expect(isFor(LOGICAL, 0x24, receiver)).toBe(true);
    expect(isFor(LOGICAL, 0x2c, receiver)).toBe(true);
    expect(isFor(LOGICAL, 0x2b, receiver)).toBe(false);
    expect(isFor(LOGICAL, 0x34, receiver)).toBe(false);
    expect(isFor(LOGICAL, 0xf4, receiver)).toBe(true);
    expect(isFor(LOGICAL, 0xfb, receiver)).toBe(false);
  });

  it("a logical destination of x2APIC says, by the identifier", () => {
    expect(isFor(LOGICAL, 0x0002_0008, { id: 0x23 }, true)).toBe(true);
    expect(isFor(LOGICAL, 0x0002_0008, { id: 0x24 }, true)).toBe(false);
    expect(isFor(LOGICAL, 0x0001_0008, { id: 0x23 }, true)).toBe(false);
  });
});

describe("a processor that is told", () => {
  beforeEach(() => {
    for (const ppid of PROCESSORS) unit.makeKnown(ppid, 2 * ppid, 0x0100_0000 << ppid, FLAT, ppid === 0 ? 1 : 0);
  });
  const states = () => PROCESSORS.map((ppid) => unit.stateOf(ppid));

  it("waits behind INIT, and starts at the vector of the first SIPI", () => {
    expect(unit.send(0, DELIVER(5) | ASSERT, 4, 0)).toBe(1);
    expect(states()).toEqual([RUNNING, RUNNING, WAITING, RUNNING]);
    expect(told()).toEqual([2]);
    expect(unit.send(0, SIPI(0x9f), 4, 0)).toBe(1);
    expect(states()).toEqual([RUNNING, RUNNING, STARTING | 0x9fn, RUNNING]);
    expect(told()).toEqual([2]);
    // The second one, and what comes when it runs
    expect(unit.send(0, SIPI(0x11), 4, 0)).toBe(1);
    expect(told()).toEqual([]);
    expect(states()[2]).toBe(STARTING | 0x9fn);
    expect(unit.begin(2)).toBe(1);
    expect(unit.send(0, SIPI(0x12), 4, 0)).toBe(1);
    expect(states()).toEqual([RUNNING, RUNNING, RUNNING, RUNNING]);
  });

  it("takes no notice of the end of INIT's level, which is not given to its APIC either", () => {
    expect(unit.send(0, DELIVER(5) | LEVEL | ALL, 0, 0)).toBe(1);
    expect(states()).toEqual([RUNNING, RUNNING, RUNNING, RUNNING]);
    expect(told()).toEqual([]);
  });

  it("waits again behind another INIT, whatever it was about to do", () => {
    unit.send(0, DELIVER(5) | ASSERT, 4, 0);
    unit.send(0, SIPI(0x9f), 4, 0);
    unit.send(0, DELIVER(5) | ASSERT, 4, 0);
    expect(states()[2]).toBe(WAITING);
  });

  it("begins anew where it is the bootstrap processor, whom no SIPI starts", () => {
    unit.send(1, DELIVER(5) | ASSERT, 0, 0);
    expect(states()).toEqual([RESTARTING, RUNNING, RUNNING, RUNNING]);
    unit.send(1, SIPI(0x9f), 0, 0);
    expect(states()[0]).toBe(RESTARTING);
  });

  it("is all but the sender, as firmware does it", () => {
    unit.send(0, DELIVER(5) | ASSERT | ALL_BUT_SELF, 0, 0);
    expect(states()).toEqual([RUNNING, WAITING, WAITING, WAITING]);
    expect(told()).toEqual([1, 2, 3]);
    unit.send(0, SIPI(0x87) | ALL_BUT_SELF, 0, 0);
    expect(states()).toEqual([RUNNING, STARTING | 0x87n, STARTING | 0x87n, STARTING | 0x87n]);
  });

  it("is chosen by what its LDR and DFR are by now", () => {
    unit.setLogical(3, 0x1100_0000, CLUSTER);
    unit.send(0, DELIVER(5) | ASSERT | LOGICAL, 0x11, 0);
    expect(states()).toEqual([RESTARTING, RUNNING, RUNNING, WAITING]);
  });

  it("is nobody, where no APIC of that identifier is known; the command goes nowhere all the same", () => {
    expect(unit.send(0, DELIVER(5) | ASSERT, 8, 0)).toBe(1);
    expect(unit.send(0, DELIVER(5) | ASSERT, 0x104, 1)).toBe(1);
    expect(told()).toEqual([]);
    expect(states()).toEqual([RUNNING, RUNNING, RUNNING, RUNNING]);
  });

  it("is nobody for any other command, which goes on as it is", () => {
    for (const mode of [0, 1, 2, 3, 4, 7]) expect(unit.send(0, DELIVER(mode) | ASSERT | ALL, 0, 0)).toBe(0);
    expect(told()).toEqual([]);
    expect(states()).toEqual([RUNNING, RUNNING, RUNNING, RUNNING]);
  });

  it("may be the last of all that there can be", () => {
    unit.makeKnown(MAX_PPS - 1, 0xfe, 0, FLAT, 0);
    unit.send(0, DELIVER(5) | ASSERT, 0xfe, 0);
    expect(unit.stateOf(MAX_PPS - 1)).toBe(WAITING);
  });
});
