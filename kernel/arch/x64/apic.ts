// The local APIC: NMIs for other processors, and for this one
//
// The operating system owns it and may be in the middle of a command of its own, so what is changed is put back. It is
// memory (xAPIC) or MSRs (x2APIC); APIC_BASE says which, each time, because an operating system may switch. The page is
// mapped cacheable: the memory type is what the MTRRs say, which is uncacheable there on every machine, and of the PAT only
// entry 0 is ours (docs/caveats.md).
//
// Manual: APM volume 2, 16.3, 16.5 and 16.9; SDM volume 3, 11.4, 11.6.1 and 11.12.

import { PP_BLOCK_PPID } from "../../../abi/generated/bare/pp-block";
import { MAX_PPS } from "../../../abi/generated/bare/syscalls";
import { PP_APIC, PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { loadAcquire32, pause, storeRelease32 } from "../../../bsl/src/atomic";
import { rdmsr, wrmsr } from "./cpu";
import { KERNEL_DATA, mapPage } from "./page-table";
import { ppLoad32 } from "./pparea";

const MSR_APIC_BASE: u32 = 0x1b;
const BASE_X2APIC: u64 = 1 << 10;
const BASE_ENABLED: u64 = 1 << 11;
const BASE_ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/** Registers, as offsets in memory; in x2APIC mode MSR 0x800 + offset / 16. */
const APIC_ID: u32 = 0x20;
const APIC_COMMAND: u32 = 0x300;
const APIC_DESTINATION: u32 = 0x310;
/** The entry of the local vector table for performance counters. */
export const APIC_COUNTERS: u32 = 0x340;
const MSR_X2APIC: u32 = 0x800;

/** Delivery mode NMI; as a command with a physical destination, asserted. */
export const DELIVER_NMI: u32 = 0x400;
const COMMAND_NMI: u32 = DELIVER_NMI | (1 << 14);
const COMMAND_PENDING: u32 = 1 << 12;

/** No command takes so long. */
const PATIENCE: u32 = 1_000_000;

/** Of each processor. */
const ids: usize = memory.data(4 * MAX_PPS, 4);
/** Where the registers are mapped, on all processors. */
let mapped: u64 = 0;

/** Maps this processor's registers, and notes what the others send to; false when memory runs out. */
export function prepareApic(root: u64): bool {
  mapped = rdmsr(MSR_APIC_BASE) & BASE_ADDRESS;
  if (!mapPage(root, PP_AREA_BASE + PP_APIC, mapped, KERNEL_DATA)) return false;
  if (!isUsable()) return true;
  const id = isX2apic() ? readApic(APIC_ID) : readApic(APIC_ID) >> 24;
  store<u32>(ids + <usize>(ppLoad32(PP_BLOCK + PP_BLOCK_PPID) * 4), id);
  return true;
}

function isX2apic(): bool {
  return (rdmsr(MSR_APIC_BASE) & BASE_X2APIC) != 0;
}

/** Whether it is switched on, and lies where it is mapped. */
function isUsable(): bool {
  const base = rdmsr(MSR_APIC_BASE);
  if ((base & BASE_ENABLED) == 0) return false;
  return (base & BASE_X2APIC) != 0 || (base & BASE_ADDRESS) == mapped;
}

/** Reads and writes a register of 32 bits. */
export function readApic(register: u32): u32 {
  if (isX2apic()) return <u32>rdmsr(MSR_X2APIC + register / 16);
  return loadAcquire32(PP_AREA_BASE + PP_APIC + register);
}
export function writeApic(register: u32, value: u32): void {
  if (isX2apic()) wrmsr(MSR_X2APIC + register / 16, value);
  else storeRelease32(PP_AREA_BASE + PP_APIC + register, value);
}

/** Sends an NMI to a processor, which may be this one; false when that cannot be done. */
export function sendNmi(id: u32): bool {
  if (!isUsable()) return false;
  const destination = load<u32>(ids + <usize>(id * 4));
  if (isX2apic()) {
    wrmsr(MSR_X2APIC + APIC_COMMAND / 16, ((<u64>destination) << 32) | COMMAND_NMI);
    return true;
  }
  if (!awaitCommand()) return false;
  // The operating system may have written its destination, and not yet its command
  const kept = readApic(APIC_DESTINATION);
  writeApic(APIC_DESTINATION, destination << 24);
  writeApic(APIC_COMMAND, COMMAND_NMI);
  awaitCommand();
  writeApic(APIC_DESTINATION, kept);
  return true;
}

/** Whether the last command has been delivered. */
function awaitCommand(): bool {
  for (let i: u32 = 0; i < PATIENCE; i++) {
    if ((readApic(APIC_COMMAND) & COMMAND_PENDING) == 0) return true;
    pause();
  }
  return false;
}
