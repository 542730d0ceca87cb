// NMIs for a guest: one waits while another is handled, and comes behind the IRET of its handler, as a processor has it
// (APM volume 2, 8.2.3; SDM volume 3, 7.7.1)
//
// Intel's processors know when a guest is in a handler (SDM volume 3, 25.4.2). AMD's are asked to exit at IRET, which comes
// before it is carried out; when an NMI waits, they are asked to exit behind it, too (iret-step.ts).
//
//     NOT_HANDLED ── an NMI is delivered ──▶ HANDLED ── exit at IRET ──▶ RETURNING ◀──▶ STEPPING
//          ▲                                                                 │             │
//          └──────────────────────── RIP is another one ─────────────────────┴─────────────┘
//
// Behind another event, or STI, an NMI comes on AMD with the next exit: at the latest with one of the machine's interrupts.

import { AmdInstruction, exitRip, IntelRegister, isIntel, Register, Vs } from "@bareflank/sdk";
import { EVENT_TYPE, EVENT_TYPE_NMI, EVENT_VALID } from "../../../abi/generated/bare/events";
import { MV_NMI_BLOCKED, MV_NMI_WAITS } from "../../../abi/generated/bare/hypercalls";
import { stepOverIret } from "./iret-step";
import { NMI_HANDLED, NMI_NOT_HANDLED, NMI_RETURNING, Vcpu } from "./vcpu";

/** Intel's interruptibility state: blocking by NMI. */
const BY_NMI: u64 = 8;

/** Delivers the NMI that waits, if the guest takes it now; true when it has. Otherwise the guest exits when it does. */
export function offerNmi(vcpu: Vcpu): bool {
  const vs = vcpu.vs;
  if (isBlocked(vcpu) || vs.hasEvent || vs.interruptShadow) {
    if (isIntel()) vs.intel.trapNmiWindow(true);
    else if (vcpu.nmiState == NMI_RETURNING) stepOverIret(vcpu);
    return false;
  }
  vcpu.nmiWaits = 0;
  vs.nonMaskableInterrupt();
  block(vcpu);
  return true;
}

/** AMD: the handler of an NMI is about to return. */
export function noteIret(vcpu: Vcpu): void {
  vcpu.nmiState = NMI_RETURNING;
  vcpu.nmiReturn = exitRip();
  vcpu.vs.amd.intercept(AmdInstruction.Iret, false);
}

/** MV_REG_NMI. */
export function nmiBits(vcpu: Vcpu): u64 {
  return (vcpu.nmiWaits != 0 ? MV_NMI_WAITS : 0) | (isBlocked(vcpu) ? MV_NMI_BLOCKED : 0);
}

/** False: there are no such bits. */
export function setNmiBits(vcpu: Vcpu, bits: u64): bool {
  if ((bits & ~(<u64>(MV_NMI_WAITS | MV_NMI_BLOCKED))) != 0) return false;
  vcpu.nmiWaits = (bits & MV_NMI_WAITS) != 0 ? 1 : 0;
  if ((bits & MV_NMI_BLOCKED) != 0) block(vcpu);
  else unblock(vcpu);
  return true;
}

/** None waits, and none is handled. */
export function forgetNmis(vcpu: Vcpu): void {
  vcpu.nmiWaits = 0;
  unblock(vcpu);
}

/** An NMI that is an event now keeps others away, as one that was delivered does. */
export function noteEvent(vcpu: Vcpu, event: u64): void {
  if (isNmiEvent(event)) block(vcpu);
}

/** No further NMI before the handler of one, which is delivered or on its way, has returned. */
function block(vcpu: Vcpu): void {
  const vs = vcpu.vs;
  if (isIntel()) {
    // Delivering an NMI does it; a processor refuses an entry that would deliver one into a handler (SDM volume 3, 27.3.1.5)
    setBlocking(vs, !isNmiEvent(vs.event));
    return;
  }
  vcpu.nmiState = NMI_HANDLED;
  vs.amd.intercept(AmdInstruction.Iret, true);
}

function unblock(vcpu: Vcpu): void {
  const vs = vcpu.vs;
  if (isIntel()) {
    setBlocking(vs, false);
    return;
  }
  vcpu.nmiState = NMI_NOT_HANDLED;
  vs.amd.intercept(AmdInstruction.Iret, false);
}

function isBlocked(vcpu: Vcpu): bool {
  const vs = vcpu.vs;
  if (isIntel()) return (vs.intel.read(IntelRegister.InterruptibilityState) & BY_NMI) != 0;
  if (vcpu.nmiState == NMI_RETURNING && vs.get(Register.Rip) != vcpu.nmiReturn) vcpu.nmiState = NMI_NOT_HANDLED;
  return vcpu.nmiState != NMI_NOT_HANDLED;
}

function isNmiEvent(event: u64): bool {
  return (event & (EVENT_VALID | EVENT_TYPE)) == (EVENT_VALID | EVENT_TYPE_NMI);
}

function setBlocking(vs: Vs, wanted: bool): void {
  const before = vs.intel.read(IntelRegister.InterruptibilityState);
  vs.intel.write(IntelRegister.InterruptibilityState, wanted ? before | BY_NMI : before & ~BY_NMI);
}
