// Argument blocks: what a caller may get wrong, and the debug ring

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  BOOT_ARGS_RING_PHYS,
  BOOT_VERSION,
  DEBUG_RING_BEGIN,
  DEBUG_RING_BYTES,
  DEBUG_RING_CHARS,
  DEBUG_RING_END,
  DRIVER_VERSION,
  DUMP_ARGS_BUFFER_ADDRESS,
  DUMP_ARGS_BUFFER_BYTES,
  DUMP_ARGS_BYTES,
  DUMP_ARGS_WRITTEN_BYTES,
  ELF_MACHINE,
  ELF_MAGIC,
  ELF_NO_KERNEL_NOTE,
  ELF_SEGMENT_WX,
  ERROR_ELF,
  ERROR_INVALID_ARGUMENT,
  ERROR_KERNEL_VERSION,
  ERROR_NONE,
  ERROR_NOT_LOADED,
  EXTENSION_NAME_BYTES,
  EXTENSION_POLICY_BYTES,
  IOCTL_DUMP,
  IOCTL_LOAD,
  IOCTL_START,
  IOCTL_STATUS,
  IOCTL_STOP,
  IOCTL_UNLOAD,
  IOCTL_VMCALL,
  LOAD_ARGS_BYTES,
  LOAD_ARGS_EXT_ADDRESS,
  LOAD_ARGS_EXT_BYTES,
  LOAD_ARGS_EXT_COUNT,
  LOAD_ARGS_FLAGS,
  LOAD_ARGS_KERNEL_ADDRESS,
  LOAD_ARGS_KERNEL_BYTES,
  LOAD_ARGS_POLICY_ADDRESS,
  LOAD_ARGS_POLICY_BYTES,
  MAX_EXTENSIONS,
  OPERATION_ARGS_BYTES,
  OPERATION_ARGS_VERSION,
  STATE_LOADED,
  STATE_UNLOADED,
  STATUS_ARGS_BYTES,
  STATUS_ARGS_EXT_COUNT,
  STATUS_ARGS_EXT_NAMES,
  STATUS_ARGS_KERNEL_BUILD_ID,
  STATUS_ARGS_RING_BYTES,
} from "@bareflank/abi";
import { buildElf, PF, PT } from "@bareflank/bsl/test-support";
import { describe, expect, it } from "vitest";
import { extensionImage, kernelImage, Machine, toDirect } from "./machine/machine.ts";

/** loader/src/control.ts */
const CONTROL = { done: 0, version: 2, fault: 3 } as const;

describe("a command", () => {
  it("has a block that Linux's glue has room for", () => {
    const header = readFileSync(resolve(import.meta.dirname, "../linux/loader.h"), "utf8");
    const room = Number(/^#define LOADER_BLOCK_BYTES (\d+)$/m.exec(header)?.[1]);
    const { loader } = new Machine(1);
    const commands = [IOCTL_LOAD, IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP, IOCTL_STATUS, IOCTL_DUMP, IOCTL_VMCALL];
    expect(Math.max(...commands.map(loader.loaderBlockBytes))).toBeLessThanOrEqual(room);
  });

  it("has a block of a known size, or is unknown", () => {
    const { loader } = new Machine(1);
    expect(
      [IOCTL_LOAD, IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP, IOCTL_STATUS, IOCTL_DUMP].map(loader.loaderBlockBytes),
    ).toEqual([
      LOAD_ARGS_BYTES,
      OPERATION_ARGS_BYTES,
      OPERATION_ARGS_BYTES,
      OPERATION_ARGS_BYTES,
      STATUS_ARGS_BYTES,
      DUMP_ARGS_BYTES,
    ]);
    for (const unknown of [0, 0xffff_ffff, IOCTL_LOAD + 1, IOCTL_START + 0x1_0000, IOCTL_DUMP - 0x8000_0000]) {
      expect(loader.loaderBlockBytes(unknown)).toBe(0);
    }
    expect(loader.loaderIsStatus(IOCTL_STATUS)).toBe(1);
    expect(loader.loaderIsStatus(IOCTL_START)).toBe(0);
  });

  it.each([IOCTL_LOAD, IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP, IOCTL_STATUS, IOCTL_DUMP])(
    "0x%x of another version is refused, with the driver's version",
    (command) => {
      const machine = new Machine(1);
      machine.load();
      expect(machine.control(command, undefined, DRIVER_VERSION + 1n)).toBe(CONTROL.version);
      expect(machine.long(OPERATION_ARGS_VERSION)).toBe(DRIVER_VERSION);
      expect(machine.status().state).toBe(STATE_LOADED);
      expect(machine.platform.runs).toEqual([]);
    },
  );
});

describe("load", () => {
  const kernelSegment = (flags: number) =>
    buildElf({
      entry: 0x4000_0000n,
      segments: [{ type: PT.LOAD, flags, address: 0x4000_0000n, data: new Uint8Array(16) }],
    });

  it.each([
    ["a kernel that is no ELF file", new Uint8Array(100), extensionImage(), 0, ELF_MAGIC],
    ["a kernel without its note", kernelSegment(PF.R | PF.X), extensionImage(), 0, ELF_NO_KERNEL_NOTE],
    ["an extension as kernel", extensionImage(), extensionImage(), 0, ELF_NO_KERNEL_NOTE],
    ["an extension for another machine", kernelImage(), buildElf({ machine: 183, segments: [] }), 1, ELF_MACHINE],
    [
      "an extension with a segment that is writable and executable",
      kernelImage(),
      buildElf({
        entry: 0x3280_0000_0000n,
        segments: [{ type: PT.LOAD, flags: PF.R | PF.W | PF.X, address: 0x3280_0000_0000n, data: new Uint8Array(16) }],
      }),
      1,
      ELF_SEGMENT_WX,
    ],
  ])("refuses %s", (_, kernel, extension, file, problem) => {
    const machine = new Machine(1);
    expect(machine.load(kernel, extension)).toMatchObject({ error: ERROR_ELF, file, detail: BigInt(problem) });
    expect(machine.status()).toMatchObject({ state: STATE_UNLOADED, allocatedPages: 0 });
    expect(machine.platform.takenPages).toBe(0);
  });

  it("refuses a kernel of another version, and says which", () => {
    const machine = new Machine(1);
    expect(machine.load(kernelImage(BOOT_VERSION + 1n))).toMatchObject({
      ...{ error: ERROR_KERNEL_VERSION, file: 0, detail: BOOT_VERSION + 1n },
    });
    expect(machine.platform.takenPages).toBe(0);
  });

  it.each([
    ["no extension", LOAD_ARGS_EXT_COUNT, 0n],
    ["an extension that is missing", LOAD_ARGS_EXT_COUNT, 2n],
    ["2^32 - 1 extensions", LOAD_ARGS_EXT_COUNT, 0xffff_ffffn],
    ["unknown flags", LOAD_ARGS_FLAGS, 1n],
    ["an empty kernel", LOAD_ARGS_KERNEL_BYTES, 0n],
    ["a kernel larger than 8 MiB", LOAD_ARGS_KERNEL_BYTES, 0x80_0001n],
    ["a kernel of 2^64 - 1 bytes", LOAD_ARGS_KERNEL_BYTES, 0xffff_ffff_ffff_ffffn],
    ["an empty extension", LOAD_ARGS_EXT_BYTES, 0n],
  ])("refuses %s", (_, offset, value) => {
    const machine = new Machine(1);
    machine.load();
    const pages = machine.platform.takenPages;
    const report = machine.operate(IOCTL_LOAD, (block) => {
      machine.memory.poke(block + BigInt(LOAD_ARGS_KERNEL_ADDRESS), 8, 0x5555_0000_0000n);
      machine.memory.poke(block + BigInt(LOAD_ARGS_KERNEL_BYTES), 8, BigInt(kernelImage().length));
      machine.memory.poke(block + BigInt(LOAD_ARGS_EXT_COUNT), 4, 1n);
      const size = offset === LOAD_ARGS_EXT_COUNT || offset === LOAD_ARGS_FLAGS ? 4 : 8;
      machine.memory.poke(block + BigInt(offset), size, value);
    });
    expect(report.error).toBe(ERROR_INVALID_ARGUMENT);
    expect(machine.status().state).toBe(STATE_LOADED);
    expect(machine.platform.takenPages).toBe(pages);
  });

  it.each([
    [MAX_EXTENSIONS, ERROR_NONE],
    [MAX_EXTENSIONS + 1, ERROR_INVALID_ARGUMENT],
  ])("of %i extensions ends with %i", (count, error) => {
    const machine = new Machine(1);
    machine.load();
    const report = machine.operate(IOCTL_LOAD, (block) => {
      const write = (offset: number, value: bigint) => machine.memory.poke(block + BigInt(offset), 8, value);
      write(LOAD_ARGS_KERNEL_ADDRESS, 0x5555_0000_0000n);
      write(LOAD_ARGS_KERNEL_BYTES, BigInt(kernelImage().length));
      for (let index = 0; index < count; index++) {
        write(LOAD_ARGS_EXT_ADDRESS + 8 * index, 0x5555_0100_0000n);
        write(LOAD_ARGS_EXT_BYTES + 8 * index, BigInt(extensionImage().length));
      }
      machine.memory.poke(block + BigInt(LOAD_ARGS_EXT_COUNT), 4, BigInt(count));
    });
    expect(report.error).toBe(error);
  });

  it("does not read what the caller may not read", () => {
    const machine = new Machine(1);
    const attempt = (address: bigint) =>
      machine.control(IOCTL_LOAD, (block) => {
        machine.memory.poke(block + BigInt(LOAD_ARGS_KERNEL_ADDRESS), 8, address);
        machine.memory.poke(block + BigInt(LOAD_ARGS_KERNEL_BYTES), 8, 4096n);
        machine.memory.poke(block + BigInt(LOAD_ARGS_EXT_COUNT), 4, 1n);
      });
    expect(attempt(0n)).toBe(CONTROL.fault);
    expect(attempt(0xffff_c980_0000_0000n)).toBe(CONTROL.fault);
    expect(machine.platform.takenPages).toBe(0);
    expect(machine.status().state).toBe(STATE_UNLOADED);
  });
});

describe("dump", () => {
  const BUFFER = 0x7f00_0000_0000n;
  const TEXT_BYTES = BigInt(DEBUG_RING_CHARS);

  function ringOf(machine: Machine): bigint {
    machine.operate(IOCTL_START);
    const args = machine.argsOf(machine.demotions.at(-1)?.state ?? 0n);
    return toDirect(machine.memory.peek(args + BigInt(BOOT_ARGS_RING_PHYS), 8));
  }

  /** Writes as the kernel does. */
  function write(machine: Machine, ring: bigint, text: string): void {
    let begin = machine.memory.peek(ring + BigInt(DEBUG_RING_BEGIN), 8);
    let end = machine.memory.peek(ring + BigInt(DEBUG_RING_END), 8);
    for (const byte of new TextEncoder().encode(text)) {
      machine.memory.poke(ring + BigInt(DEBUG_RING_BYTES) + (end % TEXT_BYTES), 1, BigInt(byte));
      end++;
      if (end - begin > TEXT_BYTES) begin++;
    }
    machine.memory.poke(ring + BigInt(DEBUG_RING_BEGIN), 8, begin);
    machine.memory.poke(ring + BigInt(DEBUG_RING_END), 8, end);
  }

  function dump(machine: Machine, bufferBytes: number): string {
    machine.memory.map(BUFFER, DEBUG_RING_CHARS);
    const report = machine.operate(IOCTL_DUMP, (block) => {
      machine.memory.poke(block + BigInt(DUMP_ARGS_BUFFER_ADDRESS), 8, BUFFER);
      machine.memory.poke(block + BigInt(DUMP_ARGS_BUFFER_BYTES), 8, BigInt(bufferBytes));
    });
    expect(report.error).toBe(ERROR_NONE);
    return new TextDecoder().decode(machine.memory.read(BUFFER, Number(machine.long(DUMP_ARGS_WRITTEN_BYTES))));
  }

  it("needs something loaded", () => {
    expect(new Machine(1).operate(IOCTL_DUMP).error).toBe(ERROR_NOT_LOADED);
  });

  it("of an empty ring is no text and no error", () => {
    const machine = new Machine(1);
    machine.load();
    expect(dump(machine, DEBUG_RING_CHARS)).toBe("");
    expect(dump(machine, 0)).toBe("");
  });

  it("gives the text, or its newest part when the buffer is small", () => {
    const machine = new Machine(1);
    machine.load();
    write(machine, ringOf(machine), "one\ntwo\nthree\n");
    expect(dump(machine, DEBUG_RING_CHARS)).toBe("one\ntwo\nthree\n");
    expect(dump(machine, 6)).toBe("three\n");
    machine.status();
    expect(machine.long(STATUS_ARGS_RING_BYTES)).toBe(14n);
  });

  it("of a ring that wrapped gives the newest text whole", () => {
    const machine = new Machine(1);
    machine.load();
    const ring = ringOf(machine);
    const lines = Array.from({ length: 13_000 }, (_, i) => `line ${i}\n`).join("");
    write(machine, ring, lines);
    expect(lines.length).toBeGreaterThan(DEBUG_RING_CHARS);
    expect(dump(machine, DEBUG_RING_CHARS)).toBe(lines.slice(-DEBUG_RING_CHARS));
    expect(dump(machine, 11)).toBe("line 12999\n");
  });

  it("survives stop and start, and ends with unload", () => {
    const machine = new Machine(1);
    machine.load();
    write(machine, ringOf(machine), "kept");
    machine.operate(IOCTL_STOP);
    machine.operate(IOCTL_START);
    expect(dump(machine, 100)).toBe("kept");
    machine.operate(IOCTL_UNLOAD);
    machine.load();
    expect(dump(machine, 100)).toBe("");
  });

  it("does not write where the caller may not write", () => {
    const machine = new Machine(1);
    machine.load();
    write(machine, ringOf(machine), "text");
    const attempt = (address: bigint) =>
      machine.control(IOCTL_DUMP, (block) => {
        machine.memory.poke(block + BigInt(DUMP_ARGS_BUFFER_ADDRESS), 8, address);
        machine.memory.poke(block + BigInt(DUMP_ARGS_BUFFER_BYTES), 8, 100n);
      });
    expect(attempt(0x1000n)).toBe(CONTROL.fault);
    expect(attempt(0xffff_c980_0000_0000n)).toBe(CONTROL.fault);
  });
});

it("a status writes as many names as it has room for, and nothing behind its block", () => {
  const machine = new Machine(1);
  const { memory } = machine;
  const count = 26;
  const room = 25;
  const [kernelAt, extensionAt, policiesAt] = [0x5555_0000_0000n, 0x5555_1000_0000n, 0x5555_2000_0000n];
  const [kernel, extension] = [kernelImage(), extensionImage()];
  const policies = new Uint8Array(count * EXTENSION_POLICY_BYTES).fill(0x78);
  for (const [at, bytes] of [[kernelAt, kernel] as const, [extensionAt, extension], [policiesAt, policies]] as const) {
    memory.map(at, bytes.length);
    memory.write(at, bytes);
  }
  const { error } = machine.operate(IOCTL_LOAD, (block) => {
    const write = (offset: number, bytes: number, value: bigint) => memory.poke(block + BigInt(offset), bytes, value);
    write(LOAD_ARGS_KERNEL_ADDRESS, 8, kernelAt);
    write(LOAD_ARGS_KERNEL_BYTES, 8, BigInt(kernel.length));
    write(LOAD_ARGS_EXT_COUNT, 4, BigInt(count));
    for (let i = 0; i < count; i++) {
      write(LOAD_ARGS_EXT_ADDRESS + 8 * i, 8, extensionAt);
      write(LOAD_ARGS_EXT_BYTES + 8 * i, 8, BigInt(extension.length));
    }
    write(LOAD_ARGS_POLICY_ADDRESS, 8, policiesAt);
    write(LOAD_ARGS_POLICY_BYTES, 8, BigInt(policies.length));
  });
  expect(error).toBe(ERROR_NONE);
  machine.status();
  expect(machine.word(STATUS_ARGS_EXT_COUNT)).toBe(count);
  const nameAt = (index: number) => STATUS_ARGS_EXT_NAMES + index * (EXTENSION_NAME_BYTES + 1);
  expect(machine.word(nameAt(room) - 5)).toBe(0x7878_7878);
  expect(nameAt(room + 1)).toBeGreaterThan(STATUS_ARGS_KERNEL_BUILD_ID);
  for (let at = nameAt(room) - 1; at + 4 <= STATUS_ARGS_KERNEL_BUILD_ID; at += 4) expect(machine.word(at)).toBe(0);
  expect(machine.word(STATUS_ARGS_KERNEL_BUILD_ID)).toBe(0x0403_0201);
  for (let offset = STATUS_ARGS_BYTES; offset < 4096; offset += 4) expect(machine.word(offset)).toBe(0);
});
