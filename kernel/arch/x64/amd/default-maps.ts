// Permission maps of the kernel's own, for VSs whose extensions have not asked for any (APM volume 2, 15.10 and 15.11)
//
// The open map lets all MSRs pass but those that guest-msrs.ts serves. The closed ones let nothing pass but what changes
// hands with the VS: the MSRs that VMLOAD and VMSAVE move, and reads of the time stamp counter.

import { MAP_ACCESSES, MAP_READS } from "../../../../abi/generated/bare/objects";
import { PAGE_SIZE } from "../../../../abi/generated/bare/syscalls";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { fillMemory } from "../../../../bsl/src/memory";
import { allocatePages } from "../../../src/memory/pages";
import { changeMsrpm, initMsrpm, MSRPM_ORDER } from "./msr-map";

/** 64 Ki bits, and those of an access that wraps around behind them: three pages. */
const IOPM_ORDER: u32 = 2;

const MSR_TSC: u32 = 0x10;
const MSR_SYSENTER_CS: u32 = 0x174;
const MSR_SYSENTER_EIP: u32 = 0x176;
const MSR_STAR: u32 = 0xc000_0081;
const MSR_SFMASK: u32 = 0xc000_0084;
const MSR_FS_BASE: u32 = 0xc000_0100;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;

let openMsrs: u64 = 0;
let closedMsrs: u64 = 0;
let closedPorts: u64 = 0;

export function openMsrMap(): u64 {
  return openMsrs;
}
export function closedMsrMap(): u64 {
  return closedMsrs;
}
export function closedIoMap(): u64 {
  return closedPorts;
}

/** Makes them; false when memory runs out. */
export function initDefaultMaps(): bool {
  openMsrs = allocatePages(MSRPM_ORDER);
  closedMsrs = allocatePages(MSRPM_ORDER);
  closedPorts = allocatePages(IOPM_ORDER);
  if (openMsrs == 0 || closedMsrs == 0 || closedPorts == 0) return false;
  fillMemory(DIRECT_BASE + openMsrs, 0, (<u64>PAGE_SIZE) << MSRPM_ORDER);
  fillMemory(DIRECT_BASE + closedMsrs, 0, (<u64>PAGE_SIZE) << MSRPM_ORDER);
  initMsrpm(DIRECT_BASE + openMsrs);
  const closed = DIRECT_BASE + closedMsrs;
  changeMsrpm(closed, 0, 0xffff_ffff, MAP_ACCESSES, true);
  pass(closed, MSR_TSC, MSR_TSC, MAP_READS);
  pass(closed, MSR_SYSENTER_CS, MSR_SYSENTER_EIP, MAP_ACCESSES);
  pass(closed, MSR_STAR, MSR_SFMASK, MAP_ACCESSES);
  pass(closed, MSR_FS_BASE, MSR_KERNEL_GS_BASE, MAP_ACCESSES);
  fillMemory(DIRECT_BASE + closedPorts, 0xff, (<u64>PAGE_SIZE) << IOPM_ORDER);
  return true;
}

function pass(map: u64, first: u32, last: u32, accesses: u32): void {
  changeMsrpm(map, first, last, accesses, false);
}
