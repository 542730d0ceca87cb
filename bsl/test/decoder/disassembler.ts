// LLVM's disassembler: what it says of each instruction in an ELF file or a list of byte strings

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MODE_16, MODE_32, type Mode } from "./decoder.ts";

/** A line of the disassembly. Prefixes that LLVM prints as words of their own are apart from the mnemonic. */
export interface Line {
  /** Offset in `bytes` of the disassembly. */
  readonly offset: number;
  readonly length: number;
  readonly prefixes: readonly string[];
  /** LLVM took more than one byte of prefixes for an instruction of its own, and forgot them. */
  readonly isSplit: boolean;
  readonly mnemonic: string;
  readonly operands: readonly string[];
}

export interface Disassembly {
  readonly bytes: Uint8Array;
  readonly lines: readonly Line[];
}

const PREFIXES =
  /^(lock|rep|repe|repz|repne|repnz|data16|data32|addr16|addr32|rex64|notrack|xacquire|xrelease|[cdefgs]s)$/;
const LINE = /^\s*([0-9a-f]+): ((?:[0-9a-f]{2} )*[0-9a-f]{2})\s*\t(.*)$/;

/** Disassembles a file's code, at most so many lines. Its mode may be another one than the file is meant for. */
export function disassembleFile(file: string, mode: Mode, maxLines = 1_000_000): Disassembly {
  const triple = mode === MODE_16 ? "i386-unknown-unknown-code16" : mode === MODE_32 ? "i386" : "x86_64";
  const command = `llvm-objdump -d -z -M intel --triple=${triple} -j .text "$1" | head -n ${maxLines}`;
  const text = execFileSync("sh", ["-c", command, "sh", file], { encoding: "latin1", maxBuffer: 1 << 30 });
  const bytes = Buffer.alloc(text.length);
  const lines: Line[] = [];
  let end = 0;
  let base: number | undefined;
  for (const line of text.split("\n")) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const address = Number.parseInt(match[1] ?? "", 16);
    base ??= address;
    const offset = address - base;
    const length = bytes.write((match[2] ?? "").replaceAll(" ", ""), offset, "hex");
    lines.push({ offset, length, isSplit: false, ...wordsOf(match[3] ?? "") });
    end = Math.max(end, offset + length);
  }
  return { bytes: bytes.subarray(0, end), lines: joined(lines) };
}

/** Adds prefixes that LLVM takes for instructions of their own to the ones that follow. */
function joined(lines: readonly Line[]): Line[] {
  const found: Line[] = [];
  let before: Line | undefined;
  for (const line of lines) {
    const { offset, length, prefixes } = before ?? { ...line, length: 0, prefixes: [] as readonly string[] };
    const whole = {
      ...line,
      offset,
      length: length + line.length,
      prefixes: [...prefixes, ...line.prefixes],
      isSplit: length > prefixes.length || prefixes.includes("data16"),
    };
    before = whole.mnemonic === "" ? whole : undefined;
    if (before === undefined) found.push(whole);
  }
  return found;
}

/** Bytes of a place in the file that disassemblePlaces() makes. */
export const PLACE_BYTES = 16;

/**
 * Disassembles the instruction at the beginning of each byte string, which is filled up to 16 bytes: each has a symbol,
 * where LLVM begins anew. Result: a line for each, with the prefixes that LLVM took for instructions of their own.
 */
export function disassemblePlaces(places: readonly Uint8Array[], mode: Mode): Disassembly {
  const folder = mkdtempSync(join(tmpdir(), "decoder-"));
  try {
    const source = places.map((place, index) => `p${index}:.byte ${[...filled(place)].join(",")}`).join("\n");
    const assembly = join(folder, "places.s");
    const object = join(folder, "places.o");
    writeFileSync(assembly, `.text\n${source}\n`);
    execFileSync("llvm-mc", ["-filetype=obj", "-triple=x86_64", "-o", object, assembly]);
    const { bytes, lines } = disassembleFile(object, mode);
    return { bytes, lines: lines.filter(({ offset }) => offset % PLACE_BYTES === 0) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filled(place: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PLACE_BYTES);
  bytes.set(place);
  return bytes;
}

/** Whether LLVM knows no such instruction. */
export function isUnknown(line: Line): boolean {
  return line.mnemonic === "<unknown>";
}

function wordsOf(text: string): Pick<Line, "prefixes" | "mnemonic" | "operands"> {
  const words = text
    .replace(/\s*#.*$/, "")
    .split("\t")
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .flatMap((word, index) => (index === 0 ? word.split(" ") : [word]));
  const prefixes: string[] = [];
  while (words[0] !== undefined && PREFIXES.test(words[0])) prefixes.push(words.shift() ?? "");
  const [mnemonic = "", operands = ""] = words;
  return { prefixes, mnemonic, operands: operands === "" ? [] : operands.split(/, (?![^{]*\})/) };
}
