// A guest as tests have it: its VM is kept in slot 0, its VP in 1, its VS in 2, and the page of that in 3

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { Script, scratch, slot } from "./script.ts";

export const VM = slot(0);
export const VP = slot(1);
export const VS = slot(2);

/** A place in the VS's page. */
export const page = (offset: number): bigint => slot(3, offset);

/** The hypercalls that make it; the first four answers are theirs. */
export const made = (): Script =>
  new Script()
    .call(mv.MV_VM_CREATE)
    .keep(0, 0)
    .call(mv.MV_VP_CREATE, VM)
    .keep(1, 0)
    .call(mv.MV_VS_CREATE, VP)
    .keep(2, 0)
    .keep(3, 1);

/** The hypercalls that end it. */
export const ended = (script: Script): Script =>
  script.call(mv.MV_VS_DESTROY, VS).call(mv.MV_VP_DESTROY, VP).call(mv.MV_VM_DESTROY, VM);

/** Writes {number, value} pairs, or numbers alone, into the page's list. */
export function list(script: Script, entries: readonly (readonly [number, number | bigint])[]): Script {
  entries.forEach(([number, value], index) => {
    script.poke(page(mv.MV_PAGE_LIST + index * 16), number).poke(page(mv.MV_PAGE_LIST + index * 16 + 8), value);
  });
  return script.poke(page(mv.MV_PAGE_LIST_COUNT), entries.length);
}

/** Sets registers. */
export const set = (script: Script, entries: readonly (readonly [number, number | bigint])[]): Script =>
  list(script, entries).call(mv.MV_VS_REG_SET_LIST, VS);

/**
 * The same with 16-bit code at 1000h, a stack below 1F00h, and a handler of one exception at 1100h: HLT. Both pages are `scratch`'s:
 * 1000h is at 0, and the vectors are at 1000h.
 */
export const withHandler = (
  vector: number,
  code: readonly number[],
  registers: readonly (readonly [number, number | bigint])[] = [],
): Script =>
  set(made().bytes(scratch(0), code).bytes(scratch(0x100), [0xf4]), [
    [mv.MV_REG_CS_SELECTOR, 0],
    [mv.MV_REG_CS_BASE, 0],
    [mv.MV_REG_RIP, 0x1000],
    [mv.MV_REG_RSP, 0x1f00],
    ...registers,
  ])
    .call(mv.MV_VM_MAP, VM, 0x1000, scratch(7), 0x1000)
    .call(mv.MV_VM_MAP, VM, 0, scratch(0x1007), 0x1000)
    .poke(scratch(0x1000 + 4 * vector), 0x1100);
