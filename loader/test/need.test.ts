// What a start takes of the operating system's memory

import {
  ERROR_MEMORY_LIMIT,
  ERROR_NONE,
  EXT_MEMORY_PER_PP,
  IOCTL_START,
  NOTE_EXTENSION_MEMORY,
  NOTE_EXTENSION_VERSIONS,
  OPERATION_ARGS_LEAST_BYTES,
  OPERATION_ARGS_MOST_BYTES,
  SPEC_VERSION_1,
  SPEC_VERSION_2,
} from "@bareflank/abi";
import { buildElf, buildNote, littleEndian, PF, PT } from "@bareflank/bsl/test-support";
import { expect, it } from "vitest";
import { kernelImage, Machine } from "./machine/machine.ts";

const MIB = 0x10_0000n;
const KIB = 0x400n;
const PAGES = 4;

interface Shape {
  readonly versions?: number;
  readonly perProcessor?: boolean;
  readonly codeBytes?: number;
}

/** An extension with a little memory of its own. */
function extension({ versions, perProcessor = true, codeBytes = 16 }: Shape): Uint8Array {
  const code = { type: PT.LOAD, flags: PF.R | PF.X, address: 0x3280_0000_0000n, data: new Uint8Array(codeBytes) };
  const descriptor = littleEndian(4, 1, perProcessor ? EXT_MEMORY_PER_PP : 0, PAGES, 2 * PAGES, 0x1_0000, 0);
  const notes = [
    buildNote("Bareflank", NOTE_EXTENSION_MEMORY, descriptor),
    ...(versions === undefined ? [] : [buildNote("Bareflank", NOTE_EXTENSION_VERSIONS, littleEndian(4, versions))]),
  ];
  return buildElf({ entry: code.address, segments: [code, ...notes.map((data) => ({ type: PT.NOTE, data }))] });
}

function start(cpus: number, shape: Shape, least = 0n, most = 0n) {
  const machine = new Machine(cpus);
  expect(machine.load(kernelImage(), extension(shape)).error).toBe(ERROR_NONE);
  const pages = machine.platform.takenPages;
  const { error, detail } = machine.operate(IOCTL_START, (block) => {
    machine.memory.poke(block + BigInt(OPERATION_ARGS_LEAST_BYTES), 8, least);
    machine.memory.poke(block + BigInt(OPERATION_ARGS_MOST_BYTES), 8, most);
  });
  const { memoryBytes: held, allocatedPages } = machine.status();
  return {
    error,
    detail,
    held,
    allocated: BigInt(allocatedPages) * 4n * KIB,
    taken: machine.platform.takenPages - pages,
  };
}

function heldBytes(cpus: number, shape: Shape, least = 0n): bigint {
  const { error, held } = start(cpus, shape, least);
  expect(error).toBe(ERROR_NONE);
  return held;
}

it.each([1, 2, 3, 4, 7, 16])("is 2 MiB and 256 KiB for each of %i processors, and hardly less", (cpus) => {
  const most = 2n * MIB + BigInt(cpus) * 256n * KIB;
  for (const versions of [SPEC_VERSION_2, SPEC_VERSION_1 | SPEC_VERSION_2]) {
    const held = heldBytes(cpus, { versions: Number(versions) });
    expect(held).toBeLessThanOrEqual(most);
    expect(held).toBeGreaterThan(most - 64n * KIB);
  }
});

it.each([undefined, Number(SPEC_VERSION_1)])(
  "is 2.5 MiB more where an extension cannot ask for any later (%s)",
  (versions) => {
    expect(heldBytes(2, { versions }) - heldBytes(2, { versions: Number(SPEC_VERSION_2) })).toBe((5n * MIB) / 2n);
  },
);

it.each([1, 3])("is what status says, to the page, on %i processors", (cpus) => {
  const versions = Number(SPEC_VERSION_2);
  for (const least of [0n, 4n * MIB]) {
    const { held, allocated } = start(cpus, { versions }, least);
    expect(held).toBe(allocated);
  }
});

it("is as much as was asked for, from the first byte above what is needed on", () => {
  const versions = Number(SPEC_VERSION_2);
  const need = 2n * MIB + 2n * 256n * KIB;
  const usual = heldBytes(2, { versions });
  for (const least of [1n, usual, need]) expect(heldBytes(2, { versions }, least)).toBe(usual);
  for (const least of [need + 1n, need + 3n * KIB, 5n * MIB]) {
    const held = heldBytes(2, { versions }, least);
    expect(held).toBeGreaterThanOrEqual(least);
    expect(held).toBeLessThan(least + 64n * KIB);
  }
});

it("is refused where it is more than the hypervisor may ever hold, with what it is, and nothing is taken", () => {
  const versions = Number(SPEC_VERSION_2);
  const { held } = start(2, { versions });
  expect(start(2, { versions }, 0n, held)).toMatchObject({ error: ERROR_NONE, held });
  for (const most of [1n, held - 1n]) {
    expect(start(2, { versions }, 0n, most)).toMatchObject({
      error: ERROR_MEMORY_LIMIT,
      detail: held,
      held: 0n,
      taken: 0,
    });
  }
});

it("holds one memory for all processors only once", () => {
  const versions = Number(SPEC_VERSION_2);
  const more = heldBytes(16, { versions }) - heldBytes(16, { versions, perProcessor: false });
  expect(more).toBeGreaterThanOrEqual(15n * BigInt(PAGES) * 4n * KIB - 64n * KIB);
});

it("grows by three times what the files have above 256 KiB", () => {
  const versions = Number(SPEC_VERSION_2);
  const [small, large] = [0x8_0000, 0x18_0000].map((codeBytes) => heldBytes(1, { versions, codeBytes }));
  expect((large ?? 0n) - (small ?? 0n)).toBe(3n * MIB);
});
