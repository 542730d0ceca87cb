// A guest about to execute an instruction, in each mode of the processor, without paging

import { Guest, type Segment } from "./guest.ts";

export const [RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export const RIP = 0x1000n;
export const MEMORY = 0x2000n;
export const MEMORY_BYTES = 0x4000;
export const DEVICE = 0xfee0_0000n;
export const FLAG = { CF: 1n, ZF: 0x40n, TF: 0x100n, DF: 0x400n, RF: 1n << 16n } as const;

export const bytesOf = (hexadecimal: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hexadecimal.replaceAll(" ", ""), "hex"));

const CR0_PE = 1n;

/** Attributes of code and data segments by the mode: 64-bit, protected, and real mode, whose segments have limits of 64 KiB. */
const MODES = {
  64: { cr0: CR0_PE, efer: 0xd01n, code: 0xa9b, data: 0xc93, limit: 0xffff_ffff },
  32: { cr0: CR0_PE, efer: 0n, code: 0xc9b, data: 0xc93, limit: 0xffff_ffff },
  16: { cr0: CR0_PE, efer: 0n, code: 0x9b, data: 0x93, limit: 0xffff },
  real: { cr0: 0n, efer: 0n, code: 0x93, data: 0x93, limit: 0xffff },
} as const;
export type Mode = keyof typeof MODES;

/** RIP is at the instruction; RBX is at a device, and MEMORY is memory. */
export function guestAt(instruction: string, mode: Mode = 64, index = 0): Guest {
  const { cr0, efer, code, data, limit } = MODES[mode];
  const guest = new Guest(index);
  guest.map(RIP, 4096);
  guest.map(MEMORY, MEMORY_BYTES);
  guest.load(RIP, bytesOf(instruction));
  guest.set("RIP", RIP);
  guest.set("CR0", cr0);
  guest.set("EFER", efer);
  for (const segment of ["es", "ss", "ds", "fs", "gs"] as const)
    guest.segment(segment, { base: 0n, limit, attributes: data });
  guest.segment("cs", { base: 0n, limit, attributes: code });
  guest.setGeneral(RBX, DEVICE);
  return guest;
}

/** Gives a segment a base, and leaves the rest as it is in a mode. */
export function setBase(guest: Guest, segment: Segment, base: bigint, mode: Mode): void {
  const { data, limit } = MODES[mode];
  guest.segment(segment, { base, limit, attributes: data });
}
