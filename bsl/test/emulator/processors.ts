// The same instruction on this machine's processor and in the emulator

import { cpus } from "node:os";
import { EMULATION_FLAG_INTEL } from "@bareflank/abi";
import { Guest, RESULT } from "./guest.ts";
import { type Case, CODE, DATA, LIMIT_16, type Outcome, PAGE, ripOf, WINDOW, WINDOW_BYTES } from "./oracle.ts";

const GENERAL = 16;
const TRAP_FLAG = 0x100n;
const VECTOR_DEBUG = 1;
const VECTOR_BREAKPOINT = 3;
const VECTOR_PAGE_FAULT = 14;

/** Where the part of the address space ends that is a program's. */
const TASK_END = 0x7fff_ffff_f000n;

/** Near branches of 64-bit code are not the same on all processors. */
const IS_INTEL = cpus()[0]?.model.includes("Intel") ?? false;

/** Where the guest's page tables lie; its memory has the addresses that it has in the oracle. */
const TABLES = 0x10_0000n;
const PRESENT_USER = 0x5n;
const WRITABLE = 0x2n;

/** What memory of the window is in the emulator's guest. */
export type Kind = "ram" | "device";

const guests = new Map<string, Guest>();

/** A guest as Linux makes one for a program: paging, the least privilege, flat segments. */
function guestFor(bits: Case["bits"], kind: Kind): Guest {
  const name = `${bits} ${kind}`;
  const known = guests.get(name);
  if (known !== undefined) return known;
  const guest = new Guest(guests.size);
  guests.set(name, guest);
  guest.map(TABLES, 0x10_000);
  guest.map(CODE, Number(PAGE));
  guest.map(DATA, 2 * Number(PAGE), kind);
  guest.map(DATA + 2n * PAGE, Number(PAGE));
  guest.set("CR0", 0x8005_0033n);
  guest.set("CR3", TABLES);
  guest.set("CR4", 0x6a0n);
  guest.set32("CPL", 3);
  guest.set32("FLAGS", IS_INTEL ? EMULATION_FLAG_INTEL : 0);
  fill(guest);
  if (bits === 64) return guest;
  guest.segment("cs", {
    base: bits === 32 ? 0n : CODE,
    limit: bits === 32 ? 0xffff_ffff : 0xffff,
    attributes: bits === 32 ? 0xcfb : 0xfb,
  });
  if (bits === 32) return guest;
  for (const segment of ["ds", "es", "ss"] as const)
    guest.segment(segment, { base: DATA, limit: LIMIT_16, attributes: 0xf3 });
  return guest;
}

/** Four levels of tables: the code, two pages to write, and one to read. */
function fill(guest: Guest): void {
  const entries: [bigint, bigint][] = [
    [TABLES, TABLES + PAGE],
    [TABLES + PAGE, TABLES + 2n * PAGE],
    [TABLES + 2n * PAGE + (CODE >> 21n) * 8n, TABLES + 3n * PAGE],
    [TABLES + 2n * PAGE + (DATA >> 21n) * 8n, TABLES + 4n * PAGE],
    [TABLES + 3n * PAGE, CODE],
    [TABLES + 4n * PAGE, DATA],
    [TABLES + 4n * PAGE + 8n, DATA + PAGE],
  ];
  for (const [at, target] of entries) guest.setWord(at, target | PRESENT_USER | WRITABLE);
  guest.setWord(TABLES + 4n * PAGE + 16n, (DATA + 2n * PAGE) | PRESENT_USER);
}

/** Empties all memory, as it is when the oracle begins. */
export function beginAnew(): void {
  guests.clear();
}

/** Lets the emulator do what the oracle was asked for. */
export function emulate(
  { bits, code, general, rflags, memory, vectors, isWhole }: Case,
  kind: Kind,
  isTold: boolean,
): Outcome {
  const guest = guestFor(bits, kind);
  general.forEach((value, index) => {
    guest.setGeneral(index, value);
  });
  guest.set("RIP", ripOf(bits));
  guest.set("RFLAGS", isWhole ? rflags : rflags | TRAP_FLAG);
  guest.load(
    CODE,
    Uint8Array.from({ length: 32 }, (_, index) => code[index] ?? 0xcc),
  );
  guest.load(WINDOW, memory);
  guest.vectors().set(vectors);
  guest.set32("INSTRUCTION_BYTES", 0);
  if (isTold) guest.tell(code);
  let result = guest.run();
  while (isWhole && result === RESULT.done && guest.get("RIP") === ripOf(bits)) result = guest.run();
  const isDone = result === RESULT.done;
  if (!isDone && result !== RESULT.exception)
    throw new Error(`emulate() said ${result} of ${Buffer.from(code).toString("hex")}`);
  if (isDone && guest.get32("TRAP") !== (isWhole ? 0 : 1)) throw new Error("the trap flag was not heeded");
  return {
    general: Array.from({ length: GENERAL }, (_, index) => guest.general(index)),
    rip: guest.get("RIP"),
    rflags: guest.get("RFLAGS"),
    vector: isDone ? (isWhole ? VECTOR_BREAKPOINT : VECTOR_DEBUG) : guest.get32("VECTOR"),
    errorCode: isDone ? 0 : guest.get32("ERROR_CODE"),
    cr2: guest.get("CR2"),
    memory: guest.dump(WINDOW, WINDOW_BYTES),
    vectors: guest.vectors().slice(),
  };
}

/** What must be the same, as text that shows where it is not. */
export function describe(one: Case, outcome: Outcome, flags: bigint): string {
  const count = one.bits === 64 ? GENERAL : 8;
  const mask = one.bits === 64 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  // Linux says of its own part of the address space that it is there
  const known = outcome.vector === VECTOR_PAGE_FAULT && outcome.cr2 >= TASK_END ? ~1 : ~0;
  const isException = outcome.vector !== VECTOR_DEBUG && outcome.vector !== VECTOR_BREAKPOINT;
  // INT3 ends behind itself
  const rip = outcome.vector === VECTOR_BREAKPOINT ? "" : hex(outcome.rip & mask);
  return [
    `rip ${rip} vector ${outcome.vector} error ${isException ? hex(BigInt(outcome.errorCode & known)) : ""}`,
    outcome.vector === VECTOR_PAGE_FAULT ? `cr2 ${hex(outcome.cr2)}` : "",
    `flags ${hex(outcome.rflags & flags)}`,
    ...outcome.general.slice(0, count).map((value, index) => `r${index} ${hex(value & mask)}`),
    lines(outcome.vectors.subarray(0, count * 16)),
    lines(outcome.memory),
  ].join("\n");
}

/** Bytes, 16 a line. */
const lines = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").replace(/.{32}/g, "$&\n");

const hex = (value: bigint): string => value.toString(16);
