// What this machine's own processor does with an instruction: oracle.c, for many of them at once

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where oracle.c has its code and its data: two pages to write, one to read, none behind them and none before. */
export const CODE = 0x1000_0000n;
export const DATA = 0x2000_0000n;
export const PAGE = 0x1000n;
/** Memory that is set before and told after an instruction: around the border of the first two pages of data. */
export const WINDOW_BYTES = 256;
export const WINDOW = DATA + PAGE - BigInt(WINDOW_BYTES / 2);

/** The code and data segments of each mode as Linux has them; those of 16 bits are the oracle's own. */
export const SELECTORS = {
  64: { cs: 0x33, ss: 0x2b, ds: 0x2b },
  32: { cs: 0x23, ss: 0x2b, ds: 0x2b },
  16: { cs: 0x07, ss: 0x0f, ds: 0x0f },
} as const;
/** Limit of the data segment of 16-bit code, whose base is DATA. */
export const LIMIT_16 = 0x17ff;

export type Bits = keyof typeof SELECTORS;

/** A processor before an instruction. */
export interface Case {
  readonly bits: Bits;
  readonly code: Uint8Array;
  /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. */
  readonly general: readonly bigint[];
  readonly rflags: bigint;
  readonly memory: Uint8Array;
  readonly vectors: Uint8Array;
  /** All repetitions, and not just the first. Then the code ends in INT3. */
  readonly isWhole?: boolean;
}

/** The same processor after it. */
export interface Outcome {
  readonly general: readonly bigint[];
  readonly rip: bigint;
  readonly rflags: bigint;
  /** 1 when the instruction was carried out, and 3 when it was whole; otherwise its exception. */
  readonly vector: number;
  readonly errorCode: number;
  readonly cr2: bigint;
  readonly memory: Uint8Array;
  readonly vectors: Uint8Array;
}

const CASE_BYTES = 704;
const OUTCOME_BYTES = 680;
/** XMM0 to XMM15. */
export const VECTORS_BYTES = 256;
const GENERAL = 16;

/** Where the code of a mode begins, as RIP. */
export const ripOf = (bits: Bits): bigint => (bits === 16 ? 0n : CODE);

/** Carries them out, each for itself. */
export function execute(cases: readonly Case[]): Outcome[] {
  const input = Buffer.alloc(cases.length * CASE_BYTES);
  cases.forEach((one, index) => {
    writeCase(input.subarray(index * CASE_BYTES, (index + 1) * CASE_BYTES), one);
  });
  const output = execFileSync(program(), { input, maxBuffer: 1 << 30 });
  if (output.length !== cases.length * OUTCOME_BYTES)
    throw new Error(`the oracle ended at case ${output.length / OUTCOME_BYTES}`);
  return cases.map((_, index) => readOutcome(output.subarray(index * OUTCOME_BYTES, (index + 1) * OUTCOME_BYTES)));
}

function writeCase(to: Buffer, { bits, code, general, rflags, memory, vectors, isWhole }: Case): void {
  to.set(new Uint8Array(BigUint64Array.from(general).buffer));
  to.writeBigUInt64LE(ripOf(bits), 128);
  to.writeBigUInt64LE(rflags, 136);
  const { cs, ss, ds } = SELECTORS[bits];
  to.set(new Uint8Array(Uint32Array.of(cs, ss, ds, isWhole ? 0 : 1).buffer), 144);
  to.fill(0xcc, 160, 192).set(code, 160);
  to.set(memory, 192);
  to.set(vectors, 448);
}

function readOutcome(from: Buffer): Outcome {
  const word = (index: number) => from.readBigUInt64LE(index * 8);
  return {
    general: Array.from({ length: GENERAL }, (_, index) => word(index)),
    rip: word(16),
    rflags: word(17),
    vector: Number(word(18)),
    errorCode: Number(word(19)),
    cr2: word(20),
    memory: from.subarray(168, 424),
    vectors: from.subarray(424),
  };
}

/** Compiles it, unless it is there. */
function program(): string {
  const source = join(import.meta.dirname, "oracle.c");
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const path = join(import.meta.dirname, "../../../build/test/oracle", hash);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("clang", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", `${path}.${process.pid}`, source]);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}
