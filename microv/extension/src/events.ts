// Events for a guest that its caller chose: exceptions and interrupts

import { hasErrorCode, ownMemory, peek32, poke32, Register, Vector } from "@bareflank/sdk";
import {
  MV_EVENT_HAS_CODE,
  MV_STATUS_FAILURE_UNKNOWN,
  MV_STATUS_INVALID_INPUT_REG2,
  MV_STATUS_INVALID_INPUT_REG3,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { tellChangedState } from "./interruptibility";
import { APIC_EXTERNAL, EXTERNAL_WAITS } from "./irqchip/apic-page";
import { isFull } from "./irqchip/chips";
import { Vcpu } from "./vcpu";

const LAST_EXCEPTION: u64 = 31;
const FIRST_INTERRUPT: u64 = 0;
const LAST_VECTOR: u64 = 255;
const RFLAGS_IF: u64 = 1 << 9;

/** An exception, with the code that exceptions of its vector have. NMIs are none. */
export function injectGuestException(vcpu: Vcpu, vector: u64, code: u64): u64 {
  if (vector > LAST_EXCEPTION || vector == Vector.NonMaskable) return MV_STATUS_INVALID_INPUT_REG2;
  const hasCode = (code & MV_EVENT_HAS_CODE) != 0;
  if (hasCode != hasErrorCode(<Vector>(<u32>vector))) return MV_STATUS_INVALID_INPUT_REG3;
  if (vcpu.vs.hasEvent) return MV_STATUS_FAILURE_UNKNOWN;
  if (hasCode) vcpu.vs.raiseWithCode(<Vector>(<u32>vector), <u32>code);
  else vcpu.vs.raise(<Vector>(<u32>vector));
  tellChangedState(vcpu);
  return MV_STATUS_SUCCESS;
}

/** An interrupt of the guest's; UNKNOWN: it cannot take one now. */
export function queueInterrupt(vcpu: Vcpu, vector: u64): u64 {
  if (vector < FIRST_INTERRUPT || vector > LAST_VECTOR) return MV_STATUS_INVALID_INPUT_REG2;
  if (vcpu.apic != 0) return queueExternal(vcpu, <u32>vector);
  const vs = vcpu.vs;
  const isEnabled = (vs.get(Register.Rflags) & RFLAGS_IF) != 0 && !vs.interruptShadow;
  if (!isEnabled || vs.hasEvent) return MV_STATUS_FAILURE_UNKNOWN;
  vs.interrupt(<u32>vector);
  tellChangedState(vcpu);
  return MV_STATUS_SUCCESS;
}

/** One of the caller's 8259 pair: the local APIC passes it on as soon as it can. */
function queueExternal(vcpu: Vcpu, vector: u32): u64 {
  const external = ownMemory(vcpu.apic) + APIC_EXTERNAL;
  if (isFull(vcpu.vp.guest) || (peek32(external) & EXTERNAL_WAITS) != 0) return MV_STATUS_FAILURE_UNKNOWN;
  poke32(external, vector | EXTERNAL_WAITS);
  return MV_STATUS_SUCCESS;
}
