// A processor that executes 16-bit code, as it does after it was switched on (APM volume 2, 14.1.3)

import { Instruction } from "./exits";
import { Register } from "./registers";
import { Vs } from "./vs";

/** Attributes in the VMCB's order (15.5.1): present code, data, local descriptor table, busy task. */
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

/** A segment's four registers lie behind one another. */
const ATTRIB: i32 = 1;
const SEGMENT_LIMIT: i32 = 2;

/**
 * Gives a VS the state in which it executes 16-bit code at segment:offset, with interrupts disabled and all other segments
 * at 0. It exits for HLT, and for VMRUN, as SVM demands.
 */
export function startInRealMode(vs: Vs, segment: u32, offset: u32): void {
  setSegment(vs, Register.EsSelector, DATA);
  setSegment(vs, Register.SsSelector, DATA);
  setSegment(vs, Register.DsSelector, DATA);
  setSegment(vs, Register.FsSelector, DATA);
  setSegment(vs, Register.GsSelector, DATA);
  setSegment(vs, Register.LdtrSelector, LOCAL_TABLE);
  setSegment(vs, Register.TrSelector, TASK);
  setSegment(vs, Register.CsSelector, CODE);
  vs.set(Register.CsSelector, segment);
  vs.set(Register.CsBase, segment << 4);
  vs.set(Register.GdtrLimit, LIMIT);
  vs.set(Register.IdtrLimit, LIMIT);
  vs.set(Register.Cr0, CR0_ET);
  vs.set(Register.Dr6, DR6_RESET);
  vs.set(Register.Dr7, DR7_RESET);
  vs.set(Register.Pat, PAT_RESET);
  // The microkernel sets SVME, which SVM demands
  vs.set(Register.Efer, 0);
  vs.set(Register.Rflags, RFLAGS_ALWAYS);
  vs.set(Register.Rip, offset);
  vs.intercept(Instruction.Hlt).intercept(Instruction.Vmrun);
}

function setSegment(vs: Vs, selector: Register, attributes: u64): void {
  vs.set(selector + ATTRIB, attributes);
  vs.set(selector + SEGMENT_LIMIT, LIMIT);
}
