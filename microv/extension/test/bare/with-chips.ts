// A guest with interrupt controllers: real-mode code, with handlers that count

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { set, VM, VP, VS } from "./made.ts";
import { Script, scratch } from "./script.ts";

const KHZ = 1_000_000;
export const DEVICES = 0xfee0_0000;

const word = (value: number): number[] => [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 0xff);

/** Real-mode code: mov ecx, msr; mov eax, value; xor edx, edx; wrmsr. */
export const wrmsr = (msr: number, value: number): number[] => [
  ...[0x66, 0xb9, ...word(msr)],
  ...[0x66, 0xb8, ...word(value)],
  ...[0x66, 0x31, 0xd2, 0x0f, 0x30],
];
/** The same with EDX. */
export const wrmsrWide = (msr: number, high: number, low: number): number[] => [
  ...[0x66, 0xb9, ...word(msr)],
  ...[0x66, 0xb8, ...word(low)],
  ...[0x66, 0xba, ...word(high)],
  ...[0x0f, 0x30],
];
/** mov ecx, APIC_BASE; rdmsr; or eax, enabled and x2APIC; wrmsr. SVR: enabled. */
export const enable = [
  0x66,
  0xb9,
  0x1b,
  0,
  0,
  0,
  0x0f,
  0x32,
  0x66,
  0x0d,
  0,
  0x0c,
  0,
  0,
  0x0f,
  0x30,
  ...wrmsr(0x80f, 0x1ff),
];
/** inc word [counter]; EOI; iret. */
const handler = (counter: number): number[] => [0xff, 0x06, counter & 0xff, counter >> 8, ...wrmsr(0x80b, 0), 0xcf];
export const out = (port: number): number[] => [0xe6, port];
export const STI = 0xfb;
/** hlt; jmp to it. */
export const halt = [0xf4, 0xeb, 0xfd];

/** A VM with interrupt controllers, and a vCPU with local APIC 0. */
export const madeWithChips = (kind: number): Script =>
  new Script()
    .call(mv.MV_VM_CREATE)
    .keep(0, 0)
    .call(mv.MV_VM_IRQCHIP_CREATE, VM, kind, KHZ)
    .call(mv.MV_VP_CREATE, VM)
    .keep(1, 0)
    .call(mv.MV_VS_CREATE, VP)
    .keep(2, 0)
    .keep(3, 1)
    .call(mv.MV_VS_APIC_CREATE, VS, 0);

/**
 * Code at 1010h, and again at 2010h; handlers of vectors 40h and 41h, which count at 600h and 602h. Pages are `scratch`'s: 1000h and
 * 2000h are both the one at 0, and the vectors are at 1000h.
 */
export const guest = (script: Script, code: readonly number[]): Script =>
  set(
    script
      .bytes(scratch(0x10), code)
      .bytes(scratch(0x400), handler(0x600))
      .bytes(scratch(0x440), handler(0x602))
      .poke(scratch(0x1000 + 4 * 0x40), 0x1400n | (0x1440n << 32n)),
    [
      [mv.MV_REG_CS_SELECTOR, 0],
      [mv.MV_REG_CS_BASE, 0],
      [mv.MV_REG_RIP, 0x1010],
      [mv.MV_REG_RSP, 0x1f00],
    ],
  )
    .call(mv.MV_VM_MAP, VM, 0x1000, scratch(7), 0x1000)
    .call(mv.MV_VM_MAP, VM, 0x2000, scratch(7), 0x1000)
    .call(mv.MV_VM_MAP, VM, 0, scratch(0x1007), 0x1000);

/** How often the handlers were there: a 16-bit number each. */
export const counters = scratch(0x1600);
