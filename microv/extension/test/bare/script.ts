// Hypercalls of a test: steps as loader/bare/hypercall-script.ts reads them, and what the root VM printed

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { type Options, type Run, run } from "../../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../../build/extensions/microv/microv.elf");

const STEP_WORDS = 8;
const CALL = 1n;
const POKE = 2n;
const PEEK = 3n;
const KEEP = 4n;
const REPEAT = 5n;
const TOGETHER = 6n;
const INSIST = 7n;
const LANE = 8n;

type Word = bigint | number;

/** A place in the scratch pages, which the root VM has for the guests of a test. */
export const scratch = (offset: Word): bigint => (0xb0n << 56n) | BigInt(offset);
/** What a step has kept, and so much behind it. */
export const slot = (index: number, offset: Word = 0): bigint => (BigInt(0xc0 + index) << 56n) | BigInt(offset);

/** What one hypercall left. */
export interface Answer {
  readonly status: bigint;
  readonly r10: bigint;
  readonly r11: bigint;
  readonly r12: bigint;
  readonly r13: bigint;
}

/** Collects steps; `play` carries them out on a machine. */
export class Script {
  readonly #words: bigint[] = [];

  /** A hypercall as it is. */
  raw(rax: Word, ...registers: readonly Word[]): this {
    return this.#step(CALL, rax, ...registers);
  }

  /** The same, again while its status is RETRY_CONTINUATION. */
  insist(rax: Word, ...registers: readonly Word[]): this {
    return this.#step(INSIST, rax, ...registers);
  }

  /** A hypercall with the handle in R10, and R11 to R14. */
  call(number: number, ...registers: readonly Word[]): this {
    return this.raw(rax(number), mv.MV_HANDLE, ...registers);
  }

  poke(address: Word, value: Word): this {
    return this.#step(POKE, address, value);
  }

  /** Writes bytes from an address on, whole words of them. */
  bytes(address: bigint, bytes: readonly number[]): this {
    for (let i = 0; i < bytes.length; i += 8) {
      const word = Array.from({ length: 8 }, (_, n) => BigInt(bytes[i + n] ?? 0) << BigInt(8 * n));
      this.poke(
        address + BigInt(i),
        word.reduce((sum, byte) => sum | byte, 0n),
      );
    }
    return this;
  }

  peek(address: Word, words = 1): this {
    return this.#step(PEEK, address, words);
  }

  /** Keeps R10 (0) to R13 (3) of the last call. */
  keep(index: number, register: number): this {
    return this.#step(KEEP, index, register);
  }

  /** The last `steps` so many times more. */
  repeat(times: number, steps: number): this {
    return this.#step(REPEAT, times, steps);
  }

  /** Whose slots the steps behind mean. */
  lane(number: number): this {
    return this.#step(LANE, number);
  }

  /** Steps for each processor, which all carry out at the same time; what comes of them is printed in this order. */
  together(portions: readonly Script[]): this {
    this.#step(TOGETHER, ...portions.map(({ steps }) => steps));
    for (const portion of portions) for (const word of portion.#words) this.#words.push(word);
    return this;
  }

  /** How many steps there are. */
  get steps(): number {
    return this.#words.length / STEP_WORDS;
  }

  /** Those from one to before another one. */
  part(from: number, to: number): Script {
    const script = new Script();
    for (const word of this.#words.slice(from * STEP_WORDS, to * STEP_WORDS)) script.#words.push(word);
    return script;
  }

  append(other: Script): this {
    for (const word of other.#words) this.#words.push(word);
    return this;
  }

  async play(
    options: Options = {},
  ): Promise<Run & { answers: readonly Answer[]; peeks: readonly (readonly bigint[])[] }> {
    const folder = mkdtempSync(join(tmpdir(), "hypercalls-"));
    try {
      const file = join(folder, "calls");
      writeFileSync(file, Buffer.from(BigUint64Array.from(this.#words).buffer));
      const result = await run(elf, { ...options, calls: file });
      return { ...result, answers: answersOf(result.output), peeks: linesOf(result.output, "peek") };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #step(...words: readonly Word[]): this {
    for (let i = 0; i < STEP_WORDS; i++) this.#words.push(BigInt.asUintN(64, BigInt(words[i] ?? 0)));
    return this;
  }
}

/** RAX of a hypercall. */
export const rax = (number: number): bigint => (BigInt(mv.MV_SIGNATURE) << 48n) | BigInt(number);

function linesOf(output: string, name: string): bigint[][] {
  return [...output.matchAll(new RegExp(`^bare: ${name}((?: 0x[0-9a-f]+)+)\r?$`, "gm"))].map((match) =>
    (match[1] ?? "").trim().split(" ").map(BigInt),
  );
}

function answersOf(output: string): Answer[] {
  return linesOf(output, "call").map(([status = -1n, r10 = 0n, r11 = 0n, r12 = 0n, r13 = 0n]) => ({
    status,
    r10,
    r11,
    r12,
    r13,
  }));
}
