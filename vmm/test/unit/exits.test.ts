// What KVM's shared page says, as values

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import { Block } from "../../src/block.ts";
import { endingOf } from "../../src/ending.ts";
import { describeExit, readExit } from "../../src/exits.ts";

/** The shared pages after an exit; offsets are those of Linux's <linux/kvm.h>, of which abi/ has a test of its own. */
const page = (reason: number, fill: (run: Block) => void = () => undefined): Block => {
  const run = new Block(3 * 4096).set32(8, reason);
  fill(run);
  return run;
};

describe("an access to a port", () => {
  it("gives its data in place", () => {
    const run = page(2, (block) => block.set8(32, 0).set8(33, 2).set16(34, 0x1f0).set32(36, 3).set64(40, 4096n));
    const exit = readExit(run);
    expect(exit).toMatchObject({ kind: "io", direction: "in", port: 0x1f0, size: 2, count: 3 });
    if (exit.kind !== "io") throw new Error("no port");
    expect(exit.data.length).toBe(6);
    exit.data.set([1, 2, 3, 4, 5, 6]);
    expect([...run.bytes.subarray(4096, 4103)]).toEqual([1, 2, 3, 4, 5, 6, 0]);
  });

  it("tells reads and writes apart", () => {
    const run = page(2, (block) =>
      block.set8(32, 1).set8(33, 1).set16(34, 0xf4).set32(36, 1).set64(40, 4096n).set8(4096, 9),
    );
    expect(readExit(run)).toMatchObject({ direction: "out", port: 0xf4, data: Uint8Array.of(9) });
  });
});

it("gives an access to memory in place, as long as it is", () => {
  const run = page(6, (block) => block.set64(32, 0xfee0_0020n).set64(40, 0x1122n).set32(48, 4).set8(52, 1));
  const exit = readExit(run);
  expect(exit).toMatchObject({
    kind: "mmio",
    direction: "write",
    address: 0xfee0_0020n,
    data: Uint8Array.of(0x22, 0x11, 0, 0),
  });
  if (exit.kind !== "mmio") throw new Error("no memory");
  exit.data[0] = 0x99;
  expect(run.get8(40)).toBe(0x99);
  expect(readExit(page(6))).toMatchObject({ direction: "read", data: new Uint8Array(0) });
});

describe("an access to an MSR", () => {
  it("ends with a value, or a fault", () => {
    const run = page(29, (block) => block.set8(32, 5).set32(40, 2).set32(44, 0x1b).set64(48, 0n));
    const exit = readExit(run);
    if (exit.kind !== "msr") throw new Error("no MSR");
    expect([exit.direction, exit.msr]).toEqual(["read", 0x1b]);
    exit.complete(0x1234n);
    expect([run.get8(32), run.get64(48)]).toEqual([0, 0x1234n]);
    exit.fault();
    expect(run.get8(32)).toBe(1);
  });

  it("keeps what is written", () => {
    const exit = readExit(page(30, (block) => block.set32(44, 0x10).set64(48, 77n)));
    expect(exit).toMatchObject({ kind: "msr", direction: "write", msr: 0x10, value: 77n });
  });
});

it("answers a hypercall in its own field", () => {
  const run = page(3, (block) => block.set64(32, 12n).set64(40, 1n).set64(80, 6n));
  const exit = readExit(run);
  if (exit.kind !== "hypercall") throw new Error("no hypercall");
  expect([exit.number, exit.arguments]).toEqual([12n, [1n, 0n, 0n, 0n, 0n, 6n]]);
  exit.complete(5n);
  expect(run.get64(88)).toBe(5n);
});

describe("an internal error", () => {
  it("tells its cause, and an emulation's instruction", () => {
    const run = page(17, (block) => {
      block.set32(32, 1).set32(36, 4).set64(40, 1n).set8(48, 3);
      block.bytes.set([0x0f, 0x01, 0xd9, 0xff], 49);
    });
    const exit = readExit(run);
    expect(exit).toMatchObject({
      kind: "internalError",
      cause: "emulation",
      instruction: Uint8Array.of(0x0f, 0x01, 0xd9),
    });
    expect(describeExit(exit)).toBe("KVM cannot go on: emulation (instruction 0f01d9)");
    expect(endingOf(exit)).toEqual({ kind: "failed", message: "KVM cannot go on: emulation (instruction 0f01d9)" });
  });

  it.each([
    [2, "simultaneous exceptions"],
    [3, "event delivery"],
    [4, "unexpected exit"],
    [9, "unknown"],
  ])("of number %i is: %s", (suberror, cause) => {
    const exit = readExit(page(17, (block) => block.set32(32, suberror).set32(36, 100).set64(40, 3n)));
    expect(exit).toMatchObject({ cause, instruction: undefined });
    if (exit.kind === "internalError") expect(exit.data).toHaveLength(16);
  });
});

it.each<[number, (run: Block) => void, object]>([
  [0, (run) => run.set64(32, 0x400n), { kind: "unknown", hardwareReason: 0x400n }],
  [1, (run) => run.set32(32, 13).set32(36, 8), { kind: "exception", vector: 13, errorCode: 8 }],
  [
    4,
    (run) => run.set32(32, 1).set64(40, 0x7c00n).set64(48, 0x4000n),
    { kind: "debug", vector: 1, pc: 0x7c00n, dr6: 0x4000n },
  ],
  [5, () => undefined, { kind: "hlt" }],
  [7, () => undefined, { kind: "interruptWindow" }],
  [8, () => undefined, { kind: "shutdown" }],
  [
    9,
    (run) => run.set64(32, 0xffff_ffff_ffff_ffffn).set32(40, 3),
    { kind: "failEntry", reason: 0xffff_ffff_ffff_ffffn, cpu: 3 },
  ],
  [10, () => undefined, { kind: "interrupted" }],
  [11, () => undefined, { kind: "setTpr" }],
  [12, (run) => run.set64(32, 5n).set32(40, 1), { kind: "tprAccess", rip: 5n, direction: "write" }],
  [16, () => undefined, { kind: "nmi" }],
  [24, (run) => run.set32(32, 2), { kind: "systemEvent", event: "reset", number: 2 }],
  [24, (run) => run.set32(32, 6), { kind: "systemEvent", event: "unknown", number: 6 }],
  [26, (run) => run.set8(32, 0x31), { kind: "ioapicEoi", vector: 0x31 }],
  [38, () => undefined, { kind: "other", reason: 38 }],
])("reads reason %i", (reason, fill, wanted) => {
  expect(readExit(page(reason, fill))).toMatchObject(wanted);
});

it("ends a guest only for what it cannot go on behind", () => {
  const ending = (reason: number, fill?: (run: Block) => void) => endingOf(readExit(page(reason, fill)));
  expect(ending(kvm.KVM_EXIT_SHUTDOWN)).toEqual({ kind: "shutdown" });
  expect(ending(kvm.KVM_EXIT_SYSTEM_EVENT, (run) => run.set32(32, 1))).toEqual({ kind: "shutdown" });
  expect(ending(kvm.KVM_EXIT_SYSTEM_EVENT, (run) => run.set32(32, 3))).toEqual({
    kind: "failed",
    message: "the guest's own crash",
  });
  expect(ending(kvm.KVM_EXIT_FAIL_ENTRY, (run) => run.set64(32, 0x80n))).toEqual({
    kind: "failed",
    message: "the processor does not enter the guest: reason 0x80",
  });
  expect(ending(99)).toEqual({ kind: "failed", message: "an exit for reason 99" });
  for (const reason of [kvm.KVM_EXIT_INTR, kvm.KVM_EXIT_IRQ_WINDOW_OPEN, kvm.KVM_EXIT_DEBUG, kvm.KVM_EXIT_HLT]) {
    expect(ending(reason)).toBeUndefined();
  }
});
