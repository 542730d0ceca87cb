// Nested page tables and permission maps of this processor's vendor: where a VS names them, and how maps look

import { Vs } from "../../src/vs";
import * as amd from "./amd/attachments";
import { changeMsrpm, initMsrpm, MSRPM_ORDER, readMsrpm } from "./amd/msr-map";
import * as intel from "./intel/attachments";
import { changeMsrBitmap, initMsrBitmap, MSR_BITMAP_ORDER, readMsrBitmap } from "./intel/msr-map";
import { changeFields, readField } from "./permission-bits";
import { isIntel } from "./vendor";

/** 64 Ki bits of ports, and on AMD those of an access that wraps around behind them: three pages. */
export const PORT_MAP_ORDER: u32 = 2;
/** The last port. */
export const LAST_PORT: u32 = 0xffff;

/** Makes a VS see memory by the tables below `root`, in which the processor may note accesses; 0: as it is. */
export function attachNestedTables(vs: Vs, root: u64, isTracked: bool): void {
  if (isIntel()) intel.attachNestedTables(vs, root, isTracked);
  else amd.attachNestedTables(vs, root);
}

/** Makes a VS exit by the map of MSRs at `map`; 0: without one. */
export function attachMsrMap(vs: Vs, map: u64): void {
  if (isIntel()) intel.attachMsrMap(vs, map);
  else amd.attachMsrMap(vs, map);
}

/** Makes a VS exit by the map of ports at `map`; 0: without one. */
export function attachIoMap(vs: Vs, map: u64): void {
  if (isIntel()) intel.attachIoMap(vs, map);
  else amd.attachIoMap(vs, map);
}

/** Whether an extension of version 2 may write a value to a register. */
export function mayWrite(vs: Vs, register: u32, value: u64): bool {
  return isIntel() ? intel.mayWrite(vs, register, value) : amd.mayWrite(vs, register, value);
}

/** log2 of the pages of a map of MSRs. */
export function msrMapOrder(): u32 {
  return isIntel() ? MSR_BITMAP_ORDER : MSRPM_ORDER;
}

/** Makes zeroed pages a map that lets all MSRs pass which a VM may be left alone with. */
export function initMsrs(map: u64): void {
  if (isIntel()) initMsrBitmap(map);
  else initMsrpm(map);
}

/** Changes the bits of MSRs `first` to `last`: how many of them the map has. */
export function changeMsrs(map: u64, first: u32, last: u32, accesses: u32, exits: bool): u64 {
  if (isIntel()) return changeMsrBitmap(map, first, last, accesses, exits);
  return changeMsrpm(map, first, last, accesses, exits);
}

/** Which accesses to an MSR exit; all ones when the map does not have it. */
export function readMsrs(map: u64, msr: u32): u32 {
  return isIntel() ? readMsrBitmap(map, msr) : readMsrpm(map, msr);
}

/**
 * Makes accesses to ports `first` to `last` exit, or pass. Both vendors' maps have a bit for each (APM volume 2, 15.10.1;
 * SDM volume 3, 25.6.4, whose two bitmaps lie one behind the other here).
 */
export function changePorts(map: u64, first: u32, last: u32, exits: bool): void {
  changeFields(map, first, last - first + 1, 1, 1, exits);
}

/** Whether accesses to a port exit: 1 or 0. */
export function readPort(map: u64, port: u32): u32 {
  return readField(map, port, 1);
}
