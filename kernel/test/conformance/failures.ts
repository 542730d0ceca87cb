// Every way in which an extension can fail, each in an extension of its own: what the loader reports, what the ring
// says, and what survives

import { join } from "node:path";
import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_NO_BOOTSTRAP,
  BOOT_EXT_NO_FAIL,
  BOOT_EXT_NO_VMEXIT,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  EXT_DIRECT_BASE,
  EXT_FAIL_STACK_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  PHASE_BOOTSTRAP,
  PHASE_RUNNING,
  PHASE_START,
} from "@bareflank/abi";
import { compile } from "../bare/compile.ts";
import { EXIT_LOADER, exitsLine, failedStart, faultLine, LOADER_CPUIDS } from "../bare/expected.ts";
import { type Options, type PrintedReport, run, runUntil, withoutRegisters } from "../bare/run.ts";

const CPUIDS = 10;
const BREAKPOINT = 3;
const UNDEFINED_OPCODE = 6;
const PAGE_FAULT = 14;
const USER_READ = 4;
/** Addresses that failure.c reads: one that is never mapped, one that its fail callback maps. */
const NOWHERE = 0x123_4000n;
const REPAIRED = EXT_DIRECT_BASE + 0x5_0000n;
const HALTED = "bareflank: processor halted: the extension failed after its VM had started";

/** What a failure looks like from outside. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly report: PrintedReport | undefined;
  /** Processors whose root VM worked. */
  readonly worked: readonly number[];
  /** Lines of the debug ring but for registers. */
  readonly ring: readonly string[];
}

/** An extension that fails, and what has to come of it. */
export interface Failure {
  readonly name: string;
  /** The call that it is about; a subject in parentheses for those that make none. */
  readonly subject: string;
  /** Definitions for failure.c. */
  readonly defines: Readonly<Record<string, number>>;
  readonly expected: Outcome;
  /** Ends the run when COM1 shows it: the processor halts. */
  readonly until?: string;
}

interface Place {
  readonly name: string;
  readonly number: number;
  readonly phase: number;
  /** What the ring calls it. */
  readonly words: string;
}

const MAIN: Place = { name: "main", number: 1, phase: PHASE_START, words: "_start" };
const BOOTSTRAP: Place = { name: "bootstrap", number: 2, phase: PHASE_BOOTSTRAP, words: "bootstrap" };
const VMEXIT: Place = { name: "vmexit", number: 3, phase: PHASE_RUNNING, words: "vmexit" };
const FAIL: Place = { name: "fail", number: 4, phase: PHASE_BOOTSTRAP, words: "bootstrap" };

interface Way {
  readonly name: string;
  readonly number: number;
  readonly subject: string;
  readonly status: number;
  readonly words: string;
  /** The page fault's address, on the stack that begins at `stack`. */
  readonly address?: (stack: bigint) => bigint;
}

const EXIT: Way = {
  name: "exit",
  number: 1,
  subject: "CONTROL_EXIT",
  status: BOOT_EXT_EXIT,
  words: "the extension called exit",
};
const RETURN: Way = {
  name: "return",
  number: 2,
  subject: "(failure)",
  status: BOOT_EXT_RETURNED,
  words: "the extension returned without a system call",
  address: (stack) => stack + EXT_STACK_BYTES,
};
const SEGFAULT: Way = {
  name: "segfault",
  number: 3,
  subject: "(failure)",
  status: BOOT_EXT_FAULT,
  words: "the extension faulted",
  address: () => NOWHERE,
};
const WAIT: Way = {
  name: "wait",
  number: 4,
  subject: "CONTROL_WAIT",
  status: BOOT_EXT_WAIT,
  words: "the extension called wait or again where that ends nothing",
};

/** What failure.c's fail callback prints of its arguments. */
function arguments_(vector: number, errorCode: number, address: bigint): string {
  const hex = (value: bigint) => `0x${value.toString(16).padStart(16, "0")}`;
  return `${hex((BigInt(errorCode) << 32n) | BigInt(vector))} ${hex(address)}`;
}

function fault(vector: number, errorCode: number, address: bigint): string[] {
  return [faultLine(vector, errorCode, address), arguments_(vector, errorCode, address)];
}

/** What the ring says when a callback that has a fail callback behind it fails; that one is asked about faults alone. */
function ringOf(place: Place, way: Way): string[] {
  const address = way.address?.(EXT_STACK_BASE);
  const called = address === undefined ? [] : fault(PAGE_FAULT, USER_READ, address);
  return [...called, `bareflank: PP 0: ${way.words} in ${place.words}`];
}

/** The fail callback's own failure is final; its exit says that the first failure was. */
function failRing(way: Way): string[] {
  const first = fault(UNDEFINED_OPCODE, 0, 0n);
  const address = way.address?.(EXT_FAIL_STACK_BASE);
  const second = address === undefined ? [] : [faultLine(PAGE_FAULT, USER_READ, address)];
  const end = way === EXIT ? `${SEGFAULT.words} in ${FAIL.words}` : `${way.words} in fail, called for ${FAIL.words}`;
  return [...first, ...second, `bareflank: PP 0: ${end}`];
}

function ending(place: Place, way: Way): Failure {
  const detail = way.address === undefined ? 0 : PAGE_FAULT;
  const isFailExit = place === FAIL && way === EXIT;
  const report = isFailExit
    ? failedStart(place.phase, BOOT_EXT_FAULT, UNDEFINED_OPCODE)
    : failedStart(place.phase, way.status, detail);
  return {
    name: `${place.name}_${way.name}`,
    subject: way.subject,
    defines: { CASE: place.number, WAY: way.number },
    expected: {
      exitCode: EXIT_LOADER,
      report,
      worked: [],
      ring: place === FAIL ? failRing(way) : ringOf(place, way),
    },
  };
}

/** The same in a later exit: the operating system's state is no longer the loader's to restore. */
function halting(way: Way): Failure {
  return {
    name: `later_vmexit_${way.name}`,
    subject: way.subject,
    defines: { CASE: VMEXIT.number, WAY: way.number, EXIT_NUMBER: 3 },
    expected: { exitCode: undefined, report: undefined, worked: [], ring: [...ringOf(VMEXIT, way), HALTED] },
    until: HALTED,
  };
}

/** The kernel's count of exits when a processor stops; the reason's number is the vendor's. */
const COUNTED_CPUIDS = exitsLine(CPUIDS + LOADER_CPUIDS);
const INTEL_COUNTED_CPUIDS = exitsLine(CPUIDS + LOADER_CPUIDS, 0, "intel");

function recovery(name: string, way: number, ring: readonly string[]): Failure {
  return {
    name,
    subject: "CONTROL_AGAIN",
    defines: { CASE: BOOTSTRAP.number, WAY: way, RECOVERS: 1 },
    expected: { exitCode: 0, report: undefined, worked: [0], ring: [...ring, COUNTED_CPUIDS] },
  };
}

function unregistered(callback: string, bit: number, status: number): Failure {
  return {
    name: `wait_without_${callback}`,
    subject: "CONTROL_WAIT",
    defines: { CASE: 0, WAY: EXIT.number, WITHOUT: bit },
    expected: {
      exitCode: EXIT_LOADER,
      report: failedStart(PHASE_START, status),
      worked: [],
      ring: [`bareflank: PP 0: no ${callback} callback was registered in _start`],
    },
  };
}

const BY_ASSERT = 5;

/** All of them. */
export const failures: readonly Failure[] = [
  ...[MAIN, BOOTSTRAP, VMEXIT, FAIL].flatMap((place) =>
    [EXIT, RETURN, SEGFAULT, ...(place === MAIN ? [] : [WAIT])].map((way) => ending(place, way)),
  ),
  recovery("recover_assert", BY_ASSERT, fault(BREAKPOINT, 0, 0n)),
  recovery("recover_page_fault", SEGFAULT.number, fault(PAGE_FAULT, USER_READ, REPAIRED)),
  unregistered("bootstrap", 1, BOOT_EXT_NO_BOOTSTRAP),
  unregistered("vmexit", 2, BOOT_EXT_NO_VMEXIT),
  unregistered("fail", 4, BOOT_EXT_NO_FAIL),
  ...[EXIT, RETURN, SEGFAULT, WAIT].map(halting),
];

/** Path of a failure's extension. */
export function buildFailure({ defines }: Failure): string {
  const folder = import.meta.dirname;
  return compile({
    sources: [join(folder, "failure.c"), ...["entry.S", "vendor.c"].map((name) => join(folder, "extension", name))],
    script: join(folder, "extension", "layout.ld"),
    defines: Object.entries(defines).map(([name, value]) => `${name}=${value}`),
  });
}

/** Runs one, and says what came of it. */
export async function runFailure(failure: Failure, options: Options = {}): Promise<Outcome> {
  const all = { ...options, cpuids: CPUIDS };
  if (failure.until === undefined) {
    const { exitCode, report, worked, ring } = await run(buildFailure(failure), all);
    const neutral = ring.map((line) => (line === INTEL_COUNTED_CPUIDS ? COUNTED_CPUIDS : line));
    return { exitCode, report, worked, ring: neutral };
  }
  const { report, worked, output } = await runUntil(buildFailure(failure), failure.until, undefined, all);
  const lines = withoutRegisters(output);
  const first = lines.indexOf(failure.expected.ring[0] ?? "");
  return { exitCode: undefined, report, worked, ring: first < 0 ? lines : lines.slice(first) };
}
