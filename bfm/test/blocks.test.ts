import * as abi from "@bareflank/abi";
import { expect, test } from "vitest";
import { dumpBlock, loadBlock, operationBlock, readStatus, statusBlock, vmcallBlock } from "../src/blocks.ts";

test("the ioctls carry the size of their blocks", () => {
  const blocks = [
    [abi.IOCTL_UNLOAD, operationBlock()],
    [abi.IOCTL_START, operationBlock()],
    [abi.IOCTL_STOP, operationBlock()],
    [abi.IOCTL_STATUS, statusBlock()],
    [abi.IOCTL_VMCALL, vmcallBlock(0, [])],
    [abi.IOCTL_DUMP, dumpBlock({ address: 0n, sizeBytes: 0 })],
    [abi.IOCTL_LOAD, loadBlock({ address: 0n, sizeBytes: 0 }, [], { address: 0n, sizeBytes: 0 })],
  ] as const;
  for (const [request, { bytes }] of blocks) {
    expect((request >>> 16) & 0x3fff).toBe(bytes.byteLength);
    expect((request >>> 8) & 0xff).toBe(0xbf);
    expect(request >>> 30).toBe(3);
  }
});

test("an operation's block is its version and zeros", () => {
  expect(Buffer.from(operationBlock().bytes).toString("hex")).toBe(`07${"00".repeat(55)}`);
});

test("a start's bounds stand behind its flags", () => {
  const words = new BigUint64Array(operationBlock(1, 0, { leastBytes: 2n, mostBytes: 3n }).bytes.slice().buffer);
  expect([...words]).toEqual([7n, 0n, 0n, 0n, 1n, 2n, 3n]);
});

test("load's block, byte for byte", () => {
  const block = loadBlock(
    { address: 0x1122334455667788n, sizeBytes: 0x1000 },
    [
      { address: 0xa0n, sizeBytes: 1 },
      { address: 0xb0n, sizeBytes: 2 },
    ],
    { address: 0xc0n, sizeBytes: 3 },
  );
  const u64 = (...values: bigint[]) => Buffer.from(new BigUint64Array(values).buffer).toString("hex");
  const none = Array<bigint>(62).fill(0n);
  expect(Buffer.from(block.bytes).toString("hex")).toBe(
    u64(7n, 0n, 0n, 0n, 0x1122334455667788n, 0x1000n, 2n, 0xa0n, 0xb0n, ...none, 1n, 2n, ...none, 0xc0n, 3n),
  );
});

test("dump's block, byte for byte", () => {
  const words = new BigUint64Array(dumpBlock({ address: 0xc0n, sizeBytes: 0x1fff0 }).bytes.slice().buffer);
  expect([...words]).toEqual([7n, 0n, 0n, 0n, 0xc0n, 0x1fff0n, 0n]);
});

test("status knows processors beyond 64", () => {
  const block = statusBlock();
  block.set64(abi.STATUS_ARGS_RUNNING, 1n << 63n);
  block.set64(abi.STATUS_ARGS_RUNNING + 8, 1n);
  block.set64(abi.STATUS_ARGS_RUNNING + 15 * 8, 1n << 63n);
  expect(readStatus(block).running).toEqual([63, 64, 1023]);
});

test("status knows the names of extensions, as far as there is room", () => {
  const block = statusBlock();
  block.set32(abi.STATUS_ARGS_EXT_COUNT, 5);
  block.bytes.set(Buffer.from("one\0\0three\0four\0"), abi.STATUS_ARGS_EXT_NAMES);
  expect(readStatus(block).extensions).toEqual(["one", "", "three", "four", ""]);
  block.set32(abi.STATUS_ARGS_EXT_COUNT, 0);
  expect(readStatus(block).extensions).toEqual([]);
});

test("a report is read from where every block has it", () => {
  const block = operationBlock();
  block.bytes.set([7, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0x80], 8);
  expect(block.report).toEqual({ error: 7, cpu: 1, phase: 3, file: 2, detail: 0x8000_0000_0000_00ffn });
});

test("vmcall's block, byte for byte", () => {
  const bytes = vmcallBlock(3, [1n, 0xffff_ffff_ffff_ffffn]).bytes.slice();
  const words = [...new BigUint64Array(bytes.buffer)];
  expect(words).toEqual([abi.DRIVER_VERSION, 0n, 0n, 0n, 3n, 1n, 0xffff_ffff_ffff_ffffn, 0n, 0n, 0n, 0n, 0n, 0n]);
});
