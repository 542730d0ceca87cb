// Registers that neither the VMCB nor the TCB holds: CR8, DR0 to DR3, XCR0
//
// The processor holds those of its active VS; those of the others are parked in the VS.

import { SAVED_STATE_CR8, SAVED_STATE_DR0, SAVED_STATE_XCR0 } from "../../../abi/generated/bare/boot";
import { PP_STATE } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { Vs } from "../../src/vs";
import { readCr8, readDr, writeCr8, writeDr } from "./cpu";
import { exchangeFpu, giveFpu } from "./fpu";
import { ppLoad64 } from "./pparea";
import { VS_CR8, VS_DR0, VS_XCR0 } from "./register-file";
import { currentXcr0, setXcr0, XCR0_X87 } from "./xcr0";

// Of a VM that does not own the machine, made through version 2, CR8 is its own: the processor's, which masks interrupts, is
// 0 while it runs. On AMD the VMCB has it then (V_TPR), on Intel the VS.

const CR8_MAXIMUM: u64 = 15;

/** Of a new VS, whose registers are all 0. */
export function initSwitched(vs: Vs): void {
  vs.writeParked(VS_XCR0, XCR0_X87);
}

/** A register, VS_CR8 to VS_XCR0, of a VS that is parked or active on this processor. */
export function readSwitched(vs: Vs, index: u32): u64 {
  if (vs.active == 0 || (index == VS_CR8 && vs.isClosed())) return vs.readParked(index);
  if (index == VS_CR8) return readCr8();
  return index == VS_XCR0 ? currentXcr0() : readDr(index - VS_DR0);
}

/** Writes one; false when the processor refuses the value. */
export function writeSwitched(vs: Vs, index: u32, value: u64): bool {
  if (index == VS_CR8 && value > CR8_MAXIMUM) return false;
  if (vs.active != 0 && !(index == VS_CR8 && vs.isClosed())) return writeProcessor(index, value);
  vs.writeParked(index, index == VS_XCR0 ? value | XCR0_X87 : value);
  return true;
}

/** Loads all of a VS's, and its x87 and vector registers, into the processor. */
export function loadSwitched(vs: Vs): void {
  writeCr8(cr8Of(vs));
  for (let index = VS_DR0; index <= VS_XCR0; index++) writeProcessor(index, vs.readParked(index));
  giveFpu(vs.fpu);
}

/** Takes all of the loaded VS's out of the processor, but for x87 and vector registers. */
export function parkSwitched(vs: Vs): void {
  if (!vs.isClosed()) vs.writeParked(VS_CR8, readCr8());
  for (let index = VS_DR0; index < VS_XCR0; index++) vs.writeParked(index, readDr(index - VS_DR0));
  vs.writeParked(VS_XCR0, currentXcr0());
}

/** Both in one, for VSs that take turns. */
export function exchangeSwitched(from: Vs, to: Vs): void {
  const cr8 = readCr8();
  if (!from.isClosed()) from.writeParked(VS_CR8, cr8);
  if (cr8Of(to) != cr8) writeCr8(cr8Of(to));
  // One by one: the number is part of the instruction
  const out = from.parked + VS_DR0 * 8;
  const into = to.parked + VS_DR0 * 8;
  if (mustWrite(out, into, readDr(0))) writeDr(0, peek64(into));
  if (mustWrite(out + 8, into + 8, readDr(1))) writeDr(1, peek64(into + 8));
  if (mustWrite(out + 16, into + 16, readDr(2))) writeDr(2, peek64(into + 16));
  if (mustWrite(out + 24, into + 24, readDr(3))) writeDr(3, peek64(into + 24));
  exchangeFpu(from.fpu, to.fpu, out + (VS_XCR0 - VS_DR0) * 8, into + (VS_XCR0 - VS_DR0) * 8);
}

function cr8Of(vs: Vs): u64 {
  return vs.isClosed() ? 0 : vs.readParked(VS_CR8);
}

/** Parks a register; whether the next VS's is another. Most have the same, and reading one costs less than writing it. */
function mustWrite(out: u64, into: u64, value: u64): bool {
  poke64(out, value);
  return peek64(into) != value;
}

/** What the operating system had in one of them when it started the hypervisor. */
export function savedSwitched(index: u32): u64 {
  if (index == VS_CR8) return ppLoad64(PP_STATE + SAVED_STATE_CR8);
  if (index == VS_XCR0) return ppLoad64(PP_STATE + SAVED_STATE_XCR0);
  return ppLoad64(PP_STATE + SAVED_STATE_DR0 + (index - VS_DR0) * 8);
}

/** Gives the processor back what the operating system had in them. */
export function restoreSwitched(): void {
  for (let index = VS_CR8; index <= VS_XCR0; index++) writeProcessor(index, savedSwitched(index));
}

function writeProcessor(index: u32, value: u64): bool {
  if (index == VS_XCR0) return setXcr0(value);
  if (index == VS_CR8) writeCr8(value);
  else writeDr(index - VS_DR0, value);
  return true;
}
