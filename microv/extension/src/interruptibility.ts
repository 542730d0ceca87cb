// What a guest takes now: the shared page tells it whenever its caller may look, also when the guest has not run since

import { exitPriority, peek64, poke32, poke64, Register } from "@bareflank/sdk";
import {
  MV_PAGE_CR8,
  MV_PAGE_STATE,
  MV_STATE_IF,
  MV_STATE_INTERRUPTIBLE,
} from "../../../abi/generated/bare/hypercalls";
import { takesCallers } from "./interrupts";
import { Vcpu } from "./vcpu";

const RFLAGS_IF: u64 = 1 << 9;
const MOST_PRIORITY: u64 = 15;

/** Tells a vCPU's page by its RFLAGS; `isHeld`: the guest takes no interrupt although it has them enabled. */
export function tellState(page: u64, rflags: u64, isHeld: bool): void {
  const isEnabled = (rflags & RFLAGS_IF) != 0;
  let state: u32 = isEnabled ? MV_STATE_IF : 0;
  if (isEnabled && !isHeld) state |= MV_STATE_INTERRUPTIBLE;
  poke32(page + MV_PAGE_STATE, state);
}

/** The same after the caller has changed something. */
export function tellChangedState(vcpu: Vcpu): void {
  const vs = vcpu.vs;
  tellState(vcpu.shared(0), vs.get(Register.Rflags), vs.interruptShadow || vs.hasEvent || !takesCallers(vcpu));
}

/** The task priority: the page has it while the guest does not run. */
export function priorityOf(vcpu: Vcpu): u64 {
  return peek64(vcpu.shared(MV_PAGE_CR8)) & MOST_PRIORITY;
}

/** False: there is no such priority. */
export function setPriority(vcpu: Vcpu, value: u64): bool {
  if (value > MOST_PRIORITY) return false;
  poke64(vcpu.shared(MV_PAGE_CR8), value);
  return true;
}

/** The guest gets the page's. */
export function givePriority(vcpu: Vcpu): void {
  const priority = priorityOf(vcpu);
  if (priority != vcpu.priority) vcpu.vs.set(Register.Cr8, priority);
}

/** The page gets the guest's, which has run. */
export function takePriority(vcpu: Vcpu, page: u64): void {
  const priority = exitPriority();
  vcpu.priority = priority;
  poke64(page + MV_PAGE_CR8, priority);
}
