// What needs no KVM of the calls to it: files that are none of KVM's, memory, errors

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import { Console } from "../../src/console.ts";
import { KvmError } from "../../src/errors.ts";
import { KvmFile } from "../../src/file.ts";
import { Kvm } from "../../src/kvm.ts";
import { GuestMemory } from "../../src/memory.ts";
import { giveBack, mapMemory, view } from "../../src/native.ts";

const failure = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("KVM's file", () => {
  it("is not there, which is said with what to do", () => {
    const error = failure(() => Kvm.open("/dev/no-such-kvm"));
    expect(error).toBeInstanceOf(KvmError);
    expect(error).toMatchObject({ code: "ENOENT", errno: 2, call: "open" });
    expect((error as Error).message).toBe(
      "open (/dev/no-such-kvm) failed: ENOENT. Is KVM there? modprobe kvm_amd, or kvm_intel; or load a driver that offers the same API.",
    );
  });

  it("is another driver's", () => {
    expect(failure(() => Kvm.open("/dev/null"))).toMatchObject({
      code: "ENOTTY",
      call: "KVM_GET_API_VERSION",
      hint: "The file is none of KVM's.",
    });
  });

  it("is the one that the environment names", () => {
    const before = process.env.BAREFLANK_KVM;
    process.env.BAREFLANK_KVM = "/dev/no-such-kvm-either";
    try {
      expect((failure(() => Kvm.open()) as Error).message).toContain("open (/dev/no-such-kvm-either) failed");
    } finally {
      if (before === undefined) delete process.env.BAREFLANK_KVM;
      else process.env.BAREFLANK_KVM = before;
    }
  });

  it("answers no more when it is closed", () => {
    const file = new KvmFile(0, false);
    file.close();
    expect(file.try("KVM_RUN")).toBe(-kvm.ERRNO_EBADF);
    expect(failure(() => file.call("KVM_RUN"))).toMatchObject({ code: "EBADF", hint: "It has been closed." });
  });
});

describe("an error", () => {
  it("has a name, the call, and what to do about this call's", () => {
    const error = new KvmError("KVM_CREATE_VCPU", kvm.ERRNO_EEXIST, "number 3");
    expect(error.message).toBe(
      "KVM_CREATE_VCPU (number 3) failed: EEXIST. There is a virtual processor of that number already.",
    );
  });

  it("has no advice where there is none, and a number where there is no name", () => {
    expect(new KvmError("KVM_NMI", kvm.ERRNO_EINVAL).message).toBe("KVM_NMI failed: EINVAL.");
    expect(new KvmError("KVM_NMI", 999)).toMatchObject({ code: "error 999", hint: "" });
  });
});

describe("memory of this process", () => {
  it("is zeros, and the same in two views", () => {
    const mapping = mapMemory(0x4000);
    if (typeof mapping === "number") throw new Error(`mmap: ${mapping}`);
    const bytes = view(mapping);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    bytes[0x3fff] = 7;
    expect(view(mapping)[0x3fff]).toBe(7);
  });

  it("is zeros again for who looks at it when it has been given back", () => {
    const mapping = mapMemory(0x4000);
    if (typeof mapping === "number") throw new Error(`mmap: ${mapping}`);
    const bytes = view(mapping);
    bytes.fill(7);
    expect(giveBack(mapping, bytes)).toBe(0);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    bytes[0] = 1;
  });

  it("is refused by Linux when there is not so much", () => {
    expect(mapMemory(2 ** 52)).toBe(-kvm.ERRNO_ENOMEM);
    expect(mapMemory(0)).toBe(-kvm.ERRNO_EINVAL);
  });
});

describe("a guest's memory", () => {
  const piece = (slot: number, address: bigint, sizeBytes: number) =>
    ({ slot, address, mapping: { address: 0n, sizeBytes }, isReadOnly: false }) as const;

  it("is found by guest physical address, in whichever piece it is", () => {
    const memory = new GuestMemory();
    memory.add(piece(0, 0n, 0x1000), new Uint8Array(0x1000));
    memory.add(piece(1, 0x1_0000_0000n, 0x2000), new Uint8Array(0x2000));
    memory.write(0x1_0000_1fffn, Uint8Array.of(5));
    expect([...memory.read(0x1_0000_1ffen, 2)]).toEqual([0, 5]);
    expect(memory.end).toBe(0x1_0000_2000n);
    expect(memory.remove(0)?.piece.slot).toBe(0);
    expect(memory.remove(0)).toBeUndefined();
    expect(memory.pieces.map(({ slot }) => slot)).toEqual([1]);
  });

  it.each([
    ["across an end", 0xfffn, 2],
    ["in a hole", 0x2000n, 1],
    ["before the first", -1n, 1],
  ])("is not there %s", (_, address, bytes) => {
    const memory = new GuestMemory();
    memory.add(piece(0, 0n, 0x1000), new Uint8Array(0x1000));
    expect(() => memory.bytes(address, bytes)).toThrow(/The guest has no memory for/);
  });

  it("says so when there is none at all", () => {
    expect(() => new GuestMemory().read(0, 1)).toThrow(
      "The guest has no memory for 1 bytes at 0x0: it has none at all.",
    );
  });
});

it("sends a console's characters by lines, and what is left when it is asked to", () => {
  const sent: string[] = [];
  const output = new Console((bytes) => sent.push(Buffer.from(bytes).toString()));
  for (const byte of Buffer.from("one\ntwo")) output.add(byte);
  expect(sent).toEqual(["one\n"]);
  output.flush();
  output.flush();
  expect(sent).toEqual(["one\n", "two"]);
});
