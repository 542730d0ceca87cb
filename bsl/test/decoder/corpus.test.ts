// The decoder against LLVM's disassembler: compiled code, and every combination of prefixes

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { difference } from "./comparison.ts";
import { type Decoded, decodeAt, inputCapacity, MODE_16, MODE_32, MODE_64, type Mode, STATUS } from "./decoder.ts";
import { type Disassembly, disassembleFile, disassemblePlaces, isUnknown, type Line } from "./disassembler.ts";
import { plainInstructions, prefixedInstructions } from "./prefixes.ts";

/** No instruction looks further than this. */
const REACH = 16;
/** Compiled code, of which so many instructions are looked at: about two thousand functions. */
const CORPUS_LINES = 60_000;
const CORPUS = [
  fileURLToPath(new URL("../../../build/kernel/kernel.debug.elf", import.meta.url)),
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/bin/busybox",
].filter((file) => existsSync(file));

/** Each line with what the decoder says of it. */
function* pairs({ bytes, lines }: Disassembly, mode: Mode): Generator<readonly [Line, Decoded]> {
  for (let from = 0; from < lines.length; ) {
    const base = lines[from]?.offset ?? 0;
    const part = bytes.subarray(base, base + inputCapacity);
    const isLast = base + part.length === bytes.length;
    const beyond = lines.findIndex(({ offset }, index) => index > from && offset + REACH > base + part.length);
    const to = isLast || beyond === -1 ? lines.length : beyond;
    const some = lines.slice(from, to);
    const decoded = decodeAt(
      part,
      some.map(({ offset }) => offset - base),
      mode,
    );
    for (const [index, line] of some.entries()) {
      const own = decoded[index];
      if (own !== undefined) yield [line, own];
    }
    from = to;
  }
}

/** All differences, with the instruction's bytes and LLVM's text. */
function differences(disassembly: Disassembly, mode: Mode): string[] {
  const found: string[] = [];
  for (const [line, decoded] of pairs(disassembly, mode)) {
    const what = difference(line, decoded, mode);
    if (what === undefined) continue;
    const bytes = Buffer.from(disassembly.bytes.subarray(line.offset, line.offset + line.length)).toString("hex");
    found.push(`${bytes} ${line.mnemonic} ${line.operands.join(", ")}: ${what}`);
  }
  return found;
}

test.each(CORPUS)("agrees with LLVM on the code in %s", (file) => {
  const disassembly = disassembleFile(file, MODE_64, CORPUS_LINES);
  expect(disassembly.lines.length).toBeGreaterThan(5_000);
  expect(differences(disassembly, MODE_64)).toEqual([]);
});

test.each([
  [32, MODE_32],
  [16, MODE_16],
])("agrees with LLVM on what the same code is in %i-bit mode", (_, mode) => {
  const disassembly = disassembleFile(CORPUS[0] ?? "", mode, CORPUS_LINES);
  expect(disassembly.lines.length).toBeGreaterThan(5_000);
  expect(differences(disassembly, mode)).toEqual([]);
});

describe.each([
  [64, MODE_64, 12],
  [32, MODE_32, 60],
  [16, MODE_16, 60],
])("prefixes in %i-bit mode", (_, mode, opcodesEach) => {
  const places = prefixedInstructions(mode, 1, opcodesEach);
  const disassembly = disassemblePlaces(places, mode);

  test("agrees with LLVM on every combination", () => {
    expect(disassembly.lines.filter((line) => !isUnknown(line)).length).toBeGreaterThan(places.length / 3);
    expect(differences(disassembly, mode)).toEqual([]);
  });
});

test.each([
  [64, MODE_64],
  [32, MODE_32],
  [16, MODE_16],
])(
  "refuses in %i-bit mode what LLVM refuses of the one-byte opcodes, but for what processors have all the same",
  (_, mode) => {
    // Other encodings of SHL and TEST, INT1, and what of MOV, XABORT and x87 depends on more than ModRM's register field
    const known = new Set([0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3, 0xf1, 0xf6, 0xf7, 0xc6, 0xc7]);
    const accepted = new Set<string>();
    for (const [line, decoded] of pairs(disassemblePlaces(plainInstructions(), mode), mode)) {
      const isX87 = decoded.opcode >= 0xd8 && decoded.opcode <= 0xdf;
      if (!isUnknown(line) || decoded.status !== STATUS.decoded || decoded.map !== 0) continue;
      if (!isX87 && !known.has(decoded.opcode)) accepted.add(decoded.opcode.toString(16));
    }
    expect([...accepted]).toEqual([]);
  },
);
