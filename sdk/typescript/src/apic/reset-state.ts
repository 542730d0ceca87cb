// The state of a processor behind INIT
//
// As the tables say: SDM volume 3, table 10-1 ("IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT"); APM
// volume 2, 14.1.3 and table 14-1. What those leave as it is stays: x87 and vector registers, XCR0, the time stamp counter,
// MTRRs and PAT, machine checks, MSRs of system calls, CR0.CD and CR0.NW. And CS:IP behind a SIPI: 14.1.4, SDM volume 3, 9.4.4.

import { Register } from "../../../../abi/generated/bare/enumerations";
import { AMD_REG_EVENTINJ, AMD_REG_EXITINTINFO } from "../../../../abi/generated/bare/registers-amd";
import {
  INTEL_REG_ACTIVITY_STATE,
  INTEL_REG_INTERRUPTIBILITY_STATE,
  INTEL_REG_PENDING_DEBUG_EXCEPTIONS,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
} from "../../../../abi/generated/bare/registers-intel";
import { guest } from "../guest/guest";
import { cpuidRegister } from "../vendor/cpuid";
import { isIntel } from "../vendor/vendor";
import { setRealMode } from "../vs/real-mode";
import { Vs } from "../vs/vs";

const CR0_ET: u64 = 1 << 4;
/** CD and NW. */
const CR0_CACHE: u64 = 3 << 29;
/** CPUID leaf 1, EAX, which EDX holds. */
const LEAF_SIGNATURE: u32 = 1;
const GENERAL_REGISTERS: u32 = 16;

const RESET_SELECTOR: u32 = 0xf000;
const RESET_BASE: u64 = 0xffff_0000;
const RESET_OFFSET: u32 = 0xfff0;

/** The bootstrap processor, whose VS this is and active, begins at the reset vector. */
export function restart(vs: Vs): void {
  reset(vs, RESET_SELECTOR, RESET_OFFSET);
  vs.set(Register.CsBase, RESET_BASE);
}

/** Another one begins at a page below 1 MiB. */
export function startAt(vs: Vs, vector: u32): void {
  reset(vs, vector << 8, 0);
}

function reset(vs: Vs, segment: u32, offset: u32): void {
  const cache = vs.get(Register.Cr0) & CR0_CACHE;
  forgetEvents(vs);
  for (let number: u32 = 0; number < GENERAL_REGISTERS; number++) guest.setGeneral(number, 0);
  guest.rdx = cpuidRegister(LEAF_SIGNATURE, 0, 0);
  clear(vs, Register.EsSelector, Register.EsBase);
  clear(vs, Register.SsSelector, Register.SsBase);
  clear(vs, Register.DsSelector, Register.DsBase);
  clear(vs, Register.FsSelector, Register.FsBase);
  clear(vs, Register.GsSelector, Register.GsBase);
  clear(vs, Register.LdtrSelector, Register.LdtrBase);
  clear(vs, Register.TrSelector, Register.TrBase);
  clear(vs, Register.GdtrBase, Register.IdtrBase);
  clear(vs, Register.Dr0, Register.Dr1);
  clear(vs, Register.Dr2, Register.Dr3);
  clear(vs, Register.Cr2, Register.Cr3);
  clear(vs, Register.Cr4, Register.Cr8);
  vs.set(Register.DebugControl, 0);
  setRealMode(vs, segment, offset);
  vs.set(Register.Cr0, CR0_ET | cache);
  if (!isIntel()) vs.set(Register.Cpl, 0);
  vs.flushTranslations();
}

function clear(vs: Vs, first: Register, second: Register): void {
  vs.set(first, 0);
  vs.set(second, 0);
}

/** Nothing waits to be delivered, and nothing is held back. */
function forgetEvents(vs: Vs): void {
  vs.interruptShadow = false;
  if (!isIntel()) {
    vs.write(AMD_REG_EVENTINJ, 0);
    vs.write(AMD_REG_EXITINTINFO, 0);
    return;
  }
  vs.write(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, 0);
  vs.write(INTEL_REG_PENDING_DEBUG_EXCEPTIONS, 0);
  vs.write(INTEL_REG_INTERRUPTIBILITY_STATE, 0);
  vs.write(INTEL_REG_ACTIVITY_STATE, 0);
}
