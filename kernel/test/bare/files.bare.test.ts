import { join } from "node:path";
import {
  BOOT_VERSION,
  ELF_CLASS,
  ELF_ENTRY,
  ELF_MACHINE,
  ELF_MAGIC,
  ELF_NO_KERNEL_NOTE,
  ELF_SEGMENT_OVERLAP,
  ELF_SEGMENT_WINDOW,
  ELF_SEGMENT_WX,
  ELF_TOO_SMALL,
  ELF_TRUNCATED,
  ERROR_ELF,
  ERROR_KERNEL_VERSION,
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { type ElfPatch, SEGMENT, spoil } from "./elf-patch.ts";
import { EXIT_LOADER } from "./expected.ts";
import { run } from "./run.ts";

const KERNEL = join(import.meta.dirname, "../../../build/kernel/kernel.elf");
const NO_CPU = 0xffff_ffff;
const READ_WRITE_EXECUTE = 7;

const refused = async (files: { kernel?: string; extension?: string }, file: number, error: number, detail: bigint) => {
  const result = await run(files.extension ?? assemble(), files.kernel === undefined ? {} : { kernel: files.kernel });
  expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [], ring: [] });
  expect(result.report).toEqual({ operation: "load", error, cpu: NO_CPU, phase: 0, file, detail });
};

interface Spoiled {
  readonly name: string;
  readonly error: number;
  readonly change: (elf: ElfPatch) => void;
}

const cases: readonly Spoiled[] = [
  {
    name: "has lost its second half",
    error: ELF_TRUNCATED,
    change: (elf) => {
      elf.bytes = elf.bytes.subarray(0, elf.bytes.length / 2);
    },
  },
  {
    name: "ends in its header",
    error: ELF_TOO_SMALL,
    change: (elf) => {
      elf.bytes = elf.bytes.subarray(0, 63);
    },
  },
  {
    name: "is no ELF file",
    error: ELF_MAGIC,
    change: (elf) => {
      elf.bytes.write("MZ");
    },
  },
  {
    name: "is a 32-bit file",
    error: ELF_CLASS,
    change: (elf) => {
      elf.bytes.writeUInt8(1, 4);
    },
  },
  {
    name: "is for ARM64",
    error: ELF_MACHINE,
    change: (elf) => {
      elf.bytes.writeUInt16LE(183, 18);
    },
  },
  {
    name: "has a writable and executable segment",
    error: ELF_SEGMENT_WX,
    change: (elf) => elf.set32(elf.loadHeader(0) + SEGMENT.flags, READ_WRITE_EXECUTE),
  },
  {
    name: "has a segment below its window",
    error: ELF_SEGMENT_WINDOW,
    change: (elf) => elf.set64(elf.loadHeader(1) + SEGMENT.address, EXT_CODE_BASE - 0x1000n),
  },
  {
    name: "has a segment that leaves its window",
    error: ELF_SEGMENT_WINDOW,
    change: (elf) => elf.set64(elf.loadHeader(1) + SEGMENT.memoryBytes, EXT_CODE_BYTES),
  },
  {
    name: "has two segments at one address",
    error: ELF_SEGMENT_OVERLAP,
    change: (elf) => elf.set64(elf.loadHeader(1) + SEGMENT.address, elf.address(0)),
  },
  {
    name: "begins in its data",
    error: ELF_ENTRY,
    change: (elf) => elf.set64(24, elf.address(1)),
  },
];

describe("an extension's file that", () => {
  it.each(cases)("$name is refused before anything is touched", async ({ name, error, change }) => {
    await refused({ extension: spoil(assemble(), `extension ${name}`, change) }, 1, ERROR_ELF, BigInt(error));
  });

  it("is a kernel is refused", async () => {
    await refused({ extension: KERNEL }, 1, ERROR_ELF, BigInt(ELF_SEGMENT_WINDOW));
  });
});

describe("a kernel image that", () => {
  it("has lost its second half is refused", async () => {
    const kernel = spoil(KERNEL, "kernel truncated", (elf) => {
      elf.bytes = elf.bytes.subarray(0, elf.bytes.length / 2);
    });
    await refused({ kernel }, 0, ERROR_ELF, BigInt(ELF_TRUNCATED));
  });

  it("is an extension is refused", async () => {
    await refused({ kernel: assemble() }, 0, ERROR_ELF, BigInt(ELF_NO_KERNEL_NOTE));
  });

  it("is of another version is refused, and the version is named", async () => {
    const version = BOOT_VERSION + 1n;
    const kernel = spoil(KERNEL, "kernel of another version", (elf) => {
      const owner = elf.bytes.indexOf("Bareflank\0");
      expect(elf.bytes.readBigUInt64LE(owner + 12)).toBe(BOOT_VERSION);
      elf.set64(owner + 12, version);
    });
    await refused({ kernel }, 0, ERROR_KERNEL_VERSION, version);
  });
});
