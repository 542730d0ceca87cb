// The fuzzer with all processors of an emulated machine at once

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KERNEL_IMAGE_BASE, KERNEL_IMAGE_BYTES } from "@bareflank/abi";
import { expect, it } from "vitest";
import { products } from "../../../lab/src/paths.ts";
import { buildFuzzer, fuzzerOptions, fuzzMachine } from "../fuzz/machine.ts";
import { isInside, readAddressSpace } from "./page-walk.ts";
import { runUntil } from "./run.ts";

const CALLS = 10_000;
const SEED = 20;
/** How often each call has to succeed, but for the one that ends everything. */
const SUCCESSES = 100;
const LAST = "VS_PROMOTE";
/** Version 2 has more calls, and these never succeed where one extension is alone that takes no messages. */
const SUCCESSES_2 = 5;
const NEVER = [LAST, "MESSAGE_REGISTER", "MESSAGE_FIND", "MESSAGE_CALL", "MESSAGE_REPLY", "NESTED_GUARD"];

it("finds nothing wrong on 2 processors, and every call succeeds often", async () => {
  const { tallies, wrong, run } = await fuzzMachine({ machine: "amd", smp: 2, version: 1, calls: CALLS, seed: SEED });
  expect(wrong).toEqual([]);
  const rare = [...tallies].filter(([name, { succeeded }]) => name !== LAST && succeeded < SUCCESSES);
  expect(rare).toEqual([]);
  expect(tallies.size).toBeGreaterThan(35);
  expect(run.output).toContain("bare: stopped, registers as before");
}, 300_000);

it("finds nothing wrong on 4 processors, where every call of version 2 succeeds that can", async () => {
  const { tallies, wrong, run } = await fuzzMachine({ machine: "amd", smp: 4, version: 2, calls: CALLS, seed: SEED });
  expect(wrong).toEqual([]);
  const rare = [...tallies].filter(([name, { succeeded }]) => !NEVER.includes(name) && succeeded < SUCCESSES_2);
  expect(rare).toEqual([]);
  expect(NEVER.filter((name) => (tallies.get(name)?.made ?? 0) < SUCCESSES_2)).toEqual([]);
  expect(tallies.size).toBeGreaterThan(60);
  expect(run.output).toContain("bare: stopped, registers as before");
}, 300_000);

it("finds nothing wrong on two of Intel's processors", async () => {
  const { tallies, wrong, run } = await fuzzMachine({ machine: "intel", smp: 2, version: 2, calls: 1000, seed: SEED });
  expect(wrong).toEqual([]);
  expect(tallies.size).toBeGreaterThan(60);
  expect(run.output).toContain("bare: stopped, registers as before");
});

/** The loadable segments of an ELF file: where they lie, and their bytes. */
function segmentsOf(file: Buffer): { address: bigint; bytes: Buffer }[] {
  const start = Number(file.readBigUInt64LE(32));
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => start + index * 56)
    .filter((header) => file.readUInt32LE(header) === 1)
    .map((header) => {
      const offset = Number(file.readBigUInt64LE(header + 8));
      const length = Number(file.readBigUInt64LE(header + 32));
      return { address: file.readBigUInt64LE(header + 16), bytes: file.subarray(offset, offset + length) };
    });
}

it("leaves the microkernel's code and constants as they were", async () => {
  const options = { machine: "amd", smp: 1, version: 1, calls: 2000, seed: SEED };
  const memoryBytes = 128n << 20n;
  const folder = mkdtempSync(join(tmpdir(), "bf-fuzz-"));
  const file = join(folder, "memory");
  let registers = "";
  try {
    await runUntil(
      buildFuzzer(options, true),
      "fuzz: done",
      async (monitor) => {
        // The words are out before the microkernel has returned
        do {
          registers = await monitor.registers();
        } while (!registers.includes("CPL=3"));
        await monitor.pause();
        await monitor.saveMemory(0n, memoryBytes, file);
      },
      { ...fuzzerOptions(options), memory: `${memoryBytes >> 20n}M` },
    );
    const memory = readFileSync(file);
    const { pages } = readAddressSpace(memory, BigInt(`0x${/CR3=([0-9a-f]+)/.exec(registers)?.[1]}`));
    const image = [{ base: KERNEL_IMAGE_BASE, bytes: KERNEL_IMAGE_BYTES }];
    const constant = pages.filter((page) => isInside(page.address, image) && !page.isWritable);
    const segments = segmentsOf(readFileSync(products.kernel));
    const changed = constant.filter(({ address, physical }) => {
      const own = segments.find(
        (segment) => address >= segment.address && address - segment.address < segment.bytes.length,
      );
      const expected = own?.bytes.subarray(Number(address - own.address)).subarray(0, 4096) ?? Buffer.alloc(0);
      const found = memory.subarray(Number(physical), Number(physical) + expected.length);
      return !found.equals(expected);
    });
    expect(changed).toEqual([]);
    expect(constant.length).toBeGreaterThan(10);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
