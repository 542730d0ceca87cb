// A processor that executes 16-bit code, as it does after it was switched on (APM volume 2, 14.1.3)

import { Instruction, Register } from "../../../../abi/generated/bare/enumerations";
import { allowRealMode } from "../vendor/intel-vs";
import { isIntel } from "../vendor/vendor";
import { Vs } from "./vs";

/** Attributes (segments.ts): present code, data, local descriptor table, busy task. */
const CODE: u64 = 0x9b;
const DATA: u64 = 0x93;
const LOCAL_TABLE: u64 = 0x82;
const TASK: u64 = 0x8b;
const LIMIT: u64 = 0xffff;

const CR0_ET: u64 = 0x10;
const DR6_RESET: u64 = 0xffff_0ff0;
const DR7_RESET: u64 = 0x400;
const PAT_RESET: u64 = 0x0007_0406_0007_0406;
const RFLAGS_ALWAYS: u64 = 2;

/**
 * Gives a VS the state in which it executes 16-bit code at segment:offset, with interrupts disabled and all other segments
 * at 0. It exits for HLT. Intel's processors run such code only with nested paging (SDM volume 3, 27.3.1.1): NestedTables
 * belong to it.
 */
export function startInRealMode(vs: Vs, segment: u32, offset: u32): void {
  setRealMode(vs, segment, offset);
  vs.set(Register.Pat, PAT_RESET);
  vs.intercept(Instruction.Hlt);
}

/** The same of a VS whose selectors, bases and other registers are 0, but for what INIT leaves alone. */
export function setRealMode(vs: Vs, segment: u32, offset: u32): void {
  setSegment(vs, Register.EsAttrib, Register.EsLimit, DATA);
  setSegment(vs, Register.SsAttrib, Register.SsLimit, DATA);
  setSegment(vs, Register.DsAttrib, Register.DsLimit, DATA);
  setSegment(vs, Register.FsAttrib, Register.FsLimit, DATA);
  setSegment(vs, Register.GsAttrib, Register.GsLimit, DATA);
  setSegment(vs, Register.LdtrAttrib, Register.LdtrLimit, LOCAL_TABLE);
  setSegment(vs, Register.TrAttrib, Register.TrLimit, TASK);
  setSegment(vs, Register.CsAttrib, Register.CsLimit, CODE);
  vs.set(Register.CsSelector, segment);
  vs.set(Register.CsBase, segment << 4);
  vs.set(Register.GdtrLimit, LIMIT);
  vs.set(Register.IdtrLimit, LIMIT);
  // Before CR0: what the microkernel sets there on Intel the VM does not see then
  if (isIntel()) allowRealMode(vs);
  vs.set(Register.Cr0, CR0_ET);
  vs.set(Register.Dr6, DR6_RESET);
  vs.set(Register.Dr7, DR7_RESET);
  // The microkernel sets what the processor's vendor demands
  vs.set(Register.Efer, 0);
  vs.set(Register.Rflags, RFLAGS_ALWAYS);
  vs.set(Register.Rip, offset);
}

function setSegment(vs: Vs, attributes: Register, limit: Register, value: u64): void {
  vs.set(attributes, value);
  vs.set(limit, LIMIT);
}
