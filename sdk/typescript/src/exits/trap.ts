// Debug exceptions of an instruction that the SDK carries out itself: what the processor would have noticed on the way
//
// A breakpoint on data or on a port traps behind the access, or behind the iteration of REP that made it; a single step traps
// behind each iteration (APM volume 2, 13.1.1.4 to 13.1.4; SDM volume 3, 18.2 and 18.3). Between two iterations RFLAGS.RF is
// pushed set (SDM volume 3, 18.3.1.1). What belongs to the instruction's end, its own step with it, is the microkernel's.

import { Register } from "../../../../abi/generated/bare/enumerations";
import { AMD_REG_CTLS2, AMD_REG_INTERCEPT_EXCEPTION } from "../../../../abi/generated/bare/registers-amd";
import { INTEL_REG_PENDING_DEBUG_EXCEPTIONS } from "../../../../abi/generated/bare/registers-intel";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { MSR_DEBUG_CONTROL, msrValue, readMsr } from "../guest/msr";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";

const BREAKPOINTS: u32 = 4;
/** L0 to G3 of DR7: nothing is armed without them. */
const ARMED: u64 = 0xff;
/** R/W of DR7: what a breakpoint is for. */
const WRITES: u32 = 1;
const PORTS: u32 = 2;
const DATA: u32 = 3;
/** DR7.GD, which the delivery of #DB clears. */
const DR7_GD: u64 = 1 << 13;
/** DR6.BS, at the same place in Intel's pending debug exceptions. */
const STEP: u64 = 1 << 14;
/** Of these: a breakpoint that is armed was met (25.4.2). */
const ARMED_BREAKPOINT: u64 = 1 << 12;

const CR4_DE: u64 = 1 << 3;
const RFLAGS_TF: u64 = 1 << 8;
const RFLAGS_RF: u64 = 1 << 16;
const DEBUGCTL_BTF: u64 = 2;
const VIRTUAL_LBR: u64 = 1;

/** B0 to B3 of DR6 for an access to memory. */
export function dataHits(address: u64, bytes: u32, isWrite: bool): u64 {
  const dr7 = guest.vs.get(Register.Dr7);
  return (dr7 & ARMED) == 0 ? 0 : hits(dr7, address, bytes, isWrite ? WRITES : DATA);
}

/** The same for an access to a port. */
export function portHits(port: u32, bytes: u32): u64 {
  const dr7 = guest.vs.get(Register.Dr7);
  return (dr7 & ARMED) == 0 || (guest.cr4 & CR4_DE) == 0 ? 0 : hits(dr7, port, bytes, PORTS);
}

function hits(dr7: u64, address: u64, bytes: u32, access: u32): u64 {
  let found: u64 = 0;
  for (let i: u32 = 0; i < BREAKPOINTS; i++) {
    if (((dr7 >> (i * 2)) & 3) == 0) continue;
    const kind = <u32>(dr7 >> (16 + i * 4)) & 3;
    if (kind != access && (kind != DATA || access != WRITES)) continue;
    const length = lengthOf(<u32>(dr7 >> (18 + i * 4)) & 3);
    const first = guest.vs.get(<Register>breakpoint(i)) & ~(length - 1);
    if (address < first + length && first < address + bytes) found |= (<u64>1) << i;
  }
  return found;
}

function breakpoint(number: u32): u32 {
  if (number == 0) return Register.Dr0;
  return number == 1 ? Register.Dr1 : number == 2 ? Register.Dr2 : Register.Dr3;
}

/** LEN of DR7: 1, 2, 8 or 4 bytes. */
function lengthOf(code: u32): u64 {
  return code == 2 ? 8 : <u64>code + 1;
}

/** Behind the instruction, which Next.AdvanceAndRun is to follow: breakpoints that it has met. */
export function trapBehind(found: u64): void {
  if (found == 0) return;
  const vs = guest.vs;
  if (isIntel()) {
    addPending(vs, found | ARMED_BREAKPOINT);
    return;
  }
  const isStep = isStepping(vs);
  vs.set(Register.Dr6, vs.get(Register.Dr6) | found);
  // An extension that steps the VM is to hear of the step: the microkernel raises it
  if (!isStep || !interceptsDebug(vs)) raise(vs, isStep ? STEP : 0);
}

/**
 * Behind an iteration that is not the last: whether the VM takes a trap there, and Next.Run is to follow. On AMD one that an
 * extension intercepts waits for the last: what is injected is not intercepted.
 */
export function trapBetween(found: u64): bool {
  const vs = guest.vs;
  const causes = found | (isStepping(vs) ? STEP : 0);
  if (causes == 0 || (!isIntel() && interceptsDebug(vs))) return false;
  if (isIntel()) addPending(vs, found != 0 ? causes | ARMED_BREAKPOINT : causes);
  else raise(vs, causes);
  return true;
}

/** The VM is between two iterations: no instruction breakpoint and no shadow at it counts again. */
export function restBetween(): void {
  guest.rflags = guest.rflags | RFLAGS_RF;
  if (guest.vs.interruptShadow) guest.vs.interruptShadow = false;
}

/** The processor delivers them at the entry, or makes an exit of them (SDM volume 3, 27.7.3). */
function addPending(vs: Vs, causes: u64): void {
  vs.write(INTEL_REG_PENDING_DEBUG_EXCEPTIONS, vs.read(INTEL_REG_PENDING_DEBUG_EXCEPTIONS) | causes);
}

function raise(vs: Vs, causes: u64): void {
  vs.set(Register.Dr6, vs.get(Register.Dr6) | causes);
  vs.set(Register.Dr7, vs.get(Register.Dr7) & ~DR7_GD);
  vs.raise(Vector.Debug);
}

function interceptsDebug(vs: Vs): bool {
  return ((vs.read(AMD_REG_INTERCEPT_EXCEPTION) >> Vector.Debug) & 1) != 0;
}

function isStepping(vs: Vs): bool {
  return (guest.rflags & RFLAGS_TF) != 0 && (debugControl(vs) & DEBUGCTL_BTF) == 0;
}

/** On AMD the processor's, unless last branch records are virtual (APM volume 2, 15.23). */
function debugControl(vs: Vs): u64 {
  if (!isIntel() && (vs.read(AMD_REG_CTLS2) & VIRTUAL_LBR) != 0) return vs.get(Register.DebugControl);
  return readMsr(vs, MSR_DEBUG_CONTROL) ? msrValue() : 0;
}
