// The operating system's memory that a start takes beside the arena, and that it still reaches when it is a VM
//
//     reports      one page    a BootReport for each processor: the kernel writes, the loader reads; behind them a StartRecord
//     snapshots    a page for each processor: copies of its registers, and those of a hypercall; the loader's alone

import { BOOT_REPORT_BYTES } from "../../abi/generated/bare/boot";
import { givePages, PAGE_BYTES, takePages } from "./pages";
import { mapReserved, unmapReserved } from "./platform";
import { processorAt, processorCount } from "./processor";

let reports: u64 = 0;
/** Whether another loader has taken it. */
let isForeign: bool = false;

/** The page of reports, in the operating system's address space. */
export function reportsPage(): u64 {
  return reports;
}

/** Bytes that all of it takes. */
export function sharedBytes(): u64 {
  return reports === 0 ? 0 : (<u64>processorCount() + 1) * PAGE_BYTES;
}

/** Takes what all processors need. False when there is no memory; giveShared() gives back what was taken. */
export function takeShared(): bool {
  reports = takePages(1, true);
  return reports !== 0 && takeSnapshots();
}

/** The same where another loader has taken the reports, at a physical address. */
export function mapShared(physical: u64): bool {
  reports = mapReserved(physical, PAGE_BYTES);
  isForeign = reports !== 0;
  return isForeign && takeSnapshots();
}

function takeSnapshots(): bool {
  for (let i: u32 = 0; i < processorCount(); i++) {
    const processor = processorAt(i);
    processor.report = reports + <u64>i * BOOT_REPORT_BYTES;
    processor.snapshots = takePages(1, true);
    if (processor.snapshots === 0) return false;
  }
  return true;
}

/** Gives everything back to the operating system. */
export function giveShared(): void {
  for (let i: u32 = 0; i < processorCount(); i++) {
    const processor = processorAt(i);
    if (processor.snapshots !== 0) givePages(processor.snapshots, 1, true);
    processor.snapshots = 0;
    processor.report = 0;
  }
  if (isForeign) unmapReserved(reports);
  else if (reports !== 0) givePages(reports, 1, true);
  reports = 0;
  isForeign = false;
}
