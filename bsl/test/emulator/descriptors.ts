// Guests that load segment registers from a device's memory: descriptors, and tables of them

import * as abi from "@bareflank/abi";
import { type Guest, RESULT } from "./guest.ts";
import { DEVICE, guestAt, MEMORY, type Mode, RIP } from "./program.ts";

export const GDT = MEMORY + 0x1000n;
export const LDT = MEMORY + 0x2000n;
const TABLE_LIMIT = 0xff;

/** Types of code and data (APM volume 2, 4.7.2 and 4.7.3), without the accessed bit, and of the system. */
export const TYPE = { readOnly: 0, data: 2, down: 6, code: 8, readable: 10, conforming: 14 } as const;
export const SYSTEM = { tss16: 1, ldt: 2, tss: 9, busy: 11, call: 12 } as const;

export interface Descriptor {
  readonly type: number;
  readonly isSystem?: boolean;
  readonly privilege?: number;
  readonly isPresent?: boolean;
  readonly isLong?: boolean;
  readonly is32?: boolean;
  readonly base?: bigint;
  /** In pages of 4 KiB when it has more than 20 bits. */
  readonly limit?: number;
}

/** The lower 8 bytes. */
export function encode(descriptor: Descriptor): bigint {
  const { type, isSystem = false, privilege = 0, isPresent = true, isLong = false, is32 = true } = descriptor;
  const { base = 0n, limit = 0xffff_ffff } = descriptor;
  const isGranular = limit > 0xf_ffff;
  const units = BigInt(isGranular ? limit >>> 12 : limit);
  const attributes = BigInt(type | (isSystem ? 0 : 16) | (privilege << 5) | (isPresent ? 128 : 0));
  const upper = BigInt((isLong ? 2 : 0) | (is32 && !isLong ? 4 : 0) | (isGranular ? 8 : 0));
  const low = (units & 0xffffn) | ((base & 0xff_ffffn) << 16n) | (attributes << 40n);
  return low | ((units >> 16n) << 48n) | (upper << 52n) | (((base >> 24n) & 0xffn) << 56n);
}

/** Writes one into a table. */
export function describe(guest: Guest, selector: number, descriptor: Descriptor): void {
  const table = (selector & 4) === 0 ? GDT : LDT;
  guest.setWord(table + BigInt(selector & 0xfff8), encode(descriptor));
}

export const descriptorAt = (guest: Guest, selector: number): bigint =>
  guest.word(((selector & 4) === 0 ? GDT : LDT) + BigInt(selector & 0xfff8));

/** A guest whose segments the emulator knows, and whose device at RBX holds a selector, or what else is to be read there. */
export function loader(instruction: string, operand: bigint, mode: Mode = 64, cpl = 0): Guest {
  const guest = guestAt(instruction, mode);
  guest.map(DEVICE, 4096, "device");
  guest.setWord(DEVICE, operand & 0xffff_ffff_ffff_ffffn);
  guest.setWord(DEVICE + 8n, operand >> 64n);
  guest.set32("FLAGS", abi.EMULATION_FLAG_SEGMENTS);
  guest.set32("CPL", cpl);
  guest.set("GDT_BASE", GDT);
  guest.set32("GDT_LIMIT", TABLE_LIMIT);
  guest.segment("ldtr", { base: LDT, limit: TABLE_LIMIT, attributes: 0x82 });
  return guest;
}

/** How an instruction ends: nothing, or its exception with its error code; nothing has changed then. */
export function outcome(guest: Guest): { readonly vector: number; readonly code: number } | undefined {
  const rsp = guest.general(4);
  const result = guest.run();
  if (result === RESULT.done) return undefined;
  if (result !== RESULT.exception) throw new Error(`the emulator says ${result}`);
  if (guest.get("RIP") !== RIP || guest.general(4) !== rsp) throw new Error("registers have changed with an exception");
  if (guest.changed().length > 0) throw new Error("segments have changed with an exception");
  return { vector: guest.get32("VECTOR"), code: guest.get32("ERROR_CODE") };
}
