// The fuzzer inside a guest: builds its extension, runs it, and looks at the machine's memory from outside

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DIRECT_BASE, DIRECT_BYTES, EXT_DIRECT_BASE, EXT_DIRECT_BYTES } from "@bareflank/abi";
import type { Monitor } from "../../../../lab/src/index.ts";
import { COMPILERS } from "../../../../test/compilers.ts";
import { BuildError, Builder, type DeclaredPart, formatDiagnostic } from "../../../../toolchain/src/index.ts";
import { isInside, readAddressSpace } from "../../bare/page-walk.ts";
import { type Run, run } from "../../bare/run.ts";

const repository = resolve(import.meta.dirname, "../../../..");
const build = join(repository, "build/test/fuzz");
const PAGE_BYTES = 4096;
const MEMORY_BYTES = 128 << 20;
/** src/machine.ts: what the monitor writes to the serial port's scratch register when it has looked. */
const GO_ON = "o /b 0x3ff 0x5a";
/** The words with which it waits (src/main.ts): at first, after what is harmless, and at the end. */
const LOOKS = ["fuzz: ready", "fuzz: settled", "fuzz: over"];
/** The machine whose monitor reads memory at once. */
const QEMU = "amd";
/** Mappings of memory for others: they are no reason to change it. */
const DIRECT = [
  { base: DIRECT_BASE, bytes: DIRECT_BYTES },
  { base: EXT_DIRECT_BASE, bytes: EXT_DIRECT_BYTES },
];
/** src/main.ts */
const LEAF = 0x4000_0050;
const WARM_UP = 300;
const SECONDS_PER_CASE = 1 / 50;

export interface GuestFuzzOptions {
  readonly machine: string;
  /** Instructions that the guest executes. */
  readonly cases: number;
  readonly seed: number;
  /** Settings of the extension beside these: `closed: 0` attaches no maps, `trace: 1` prints each instruction. */
  readonly settings?: Readonly<Record<string, number>>;
}

export interface GuestFuzzResult {
  /** How often the guest ended for a reason of the processor's. */
  readonly exits: ReadonlyMap<number, number>;
  /** Lines that say what is wrong; empty when all is well. */
  readonly wrong: readonly string[];
  readonly run: Run;
}

/** Builds the extension, unless it is there. */
export async function buildGuestFuzzer(): Promise<string> {
  const part: DeclaredPart = {
    type: "extension",
    name: "guest",
    folder: join(import.meta.dirname, "fixtures"),
    field: { type: "extension", entry: "src/main.ts", memory: { initialKiB: 128 } },
  };
  const cache = process.env.BF_CACHE ?? join(repository, "build/.cache");
  const builder = new Builder({ root: repository, parts: [part], build }, { cache, compilers: COMPILERS });
  try {
    const [failure] = (await builder.build([part])).failures;
    if (failure === undefined) return join(build, "extensions/guest/guest.elf");
    const { error } = failure;
    const details = error instanceof BuildError ? error.diagnostics.map((each) => formatDiagnostic(each)) : [];
    throw new Error([error.message, ...details].join("\n"));
  } finally {
    await builder.close();
  }
}

function changedPages(before: Buffer, after: Buffer): number[] {
  const changed: number[] = [];
  for (let page = 0; page < before.length; page += PAGE_BYTES) {
    if (before.compare(after, page, page + PAGE_BYTES, page, page + PAGE_BYTES) !== 0) changed.push(page);
  }
  return changed;
}

/** Looks at all memory whenever the extension waits for it. */
class Looks {
  readonly #file: string;
  readonly #memories: Buffer[] = [];
  #monitor: Monitor | undefined;
  #text = "";
  #looking: Promise<void> = Promise.resolve();
  #cr3 = 0n;
  #count = 0;

  constructor(folder: string) {
    this.#file = join(folder, "memory");
  }

  onStart = (monitor: Monitor): void => {
    this.#monitor = monitor;
  };

  onOutput = (chunk: Buffer): void => {
    this.#text += chunk.toString("latin1");
    const words = LOOKS[this.#count];
    if (words === undefined || !this.#text.includes(words) || this.#monitor === undefined) return;
    const monitor = this.#monitor;
    this.#count++;
    this.#looking = this.#looking.then(() => this.#look(monitor));
  };

  async #look(monitor: Monitor): Promise<void> {
    let registers: string;
    // The words are out before the microkernel has returned to the extension
    do {
      registers = await monitor.registers();
    } while (!registers.includes("CPL=3"));
    await monitor.pause();
    this.#cr3 = BigInt(`0x${/CR3=([0-9a-f]+)/.exec(registers)?.[1]}`);
    await monitor.saveMemory(0n, BigInt(MEMORY_BYTES), this.#file);
    this.#memories.push(readFileSync(this.#file));
    await monitor.human(GO_ON);
    await monitor.human("cont");
  }

  /**
   * Pages that changed while the guest executed what it should not, and neither before, when it did nothing wrong, nor by
   * the hypervisor, which has mapped what it writes to.
   */
  async foreignChanges(): Promise<string[]> {
    await this.#looking;
    const [ready, settled, over] = this.#memories;
    if (ready === undefined || settled === undefined || over === undefined) return ["nobody looked at the memory"];
    const { pages } = readAddressSpace(over, this.#cr3);
    const written = pages.filter(({ address, isWritable }) => isWritable && !isInside(address, DIRECT));
    const own = new Set([...written.map(({ physical }) => Number(physical)), ...changedPages(ready, settled)]);
    const foreign = changedPages(settled, over).filter((page) => !own.has(page));
    return foreign.map((page) => `fuzz: WRONG: page 0x${page.toString(16)} changed`);
  }
}

/** Lets a guest execute so many instructions, and looks whether anything changed that is not its own. */
export async function fuzzGuest({
  machine,
  cases,
  seed,
  settings: more = {},
}: GuestFuzzOptions): Promise<GuestFuzzResult> {
  const file = await buildGuestFuzzer();
  const folder = mkdtempSync(join(tmpdir(), "bf-guest-"));
  try {
    const looks = machine === QEMU ? new Looks(folder) : undefined;
    const manifest = join(folder, "manifest.json");
    // Bochs ends where a guest shuts down, so no exception may become a triple fault there
    const [look, exceptions] = looks === undefined ? [0, 1] : [1, 0];
    const settings = { seed, cases: cases + WARM_UP, warmup: WARM_UP, looks: look, exceptions, ...more };
    writeFileSync(manifest, JSON.stringify({ extensions: [{ file, settings }] }));
    const result = await run([], {
      machine,
      manifest,
      cpuids: cases + WARM_UP + 1,
      memory: `${MEMORY_BYTES >> 20}M`,
      timeout: 60 + Math.ceil(cases * SECONDS_PER_CASE),
      append: `leaf=${LEAF}`,
      ...(looks === undefined ? {} : { onStart: looks.onStart, onOutput: looks.onOutput }),
    });
    const changes = looks === undefined ? [] : await looks.foreignChanges();
    return { exits: exitsIn(result.output), wrong: [...wrongIn(result), ...changes], run: result };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function exitsIn(output: string): Map<number, number> {
  const found = [...output.matchAll(/fuzz: exit (0x\w+) (\d+)/g)];
  return new Map(found.map(([, reason, count]) => [Number(reason), Number(count)]));
}

function wrongIn(result: Run): string[] {
  const wrong = result.output.split(/\r?\n/).filter((line) => /fuzz: (?:WRONG|its)|PANIC|faulted|halted/.test(line));
  if (!/fuzz: done \d+/.test(result.output)) wrong.push("the guest did not come to its end");
  if (!result.output.includes("bare: stopped, registers as before")) wrong.push("the machine is not as before");
  if (result.kind !== "exit" || result.exitCode !== 0) wrong.push(`ended with ${result.exitCode}: ${result.message}`);
  return wrong;
}
