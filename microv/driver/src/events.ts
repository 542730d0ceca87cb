// KVM_INTERRUPT, KVM_NMI, KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS: what the guest finds when it runs next

import {
  EVENT_TYPE,
  EVENT_TYPE_EXCEPTION,
  EVENT_TYPE_INTERRUPT,
  EVENT_TYPE_NMI,
  EVENT_TYPE_SOFTWARE,
  EVENT_VALID,
  EVENT_WITH_CODE,
} from "../../../abi/generated/bare/events";
import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { fillMemory, peek8, peek32, poke8, poke32 } from "../../../bsl/src/memory";
import { EEXIST, EINVAL, ENODEV, ENXIO } from "./errors";
import { callMv, isDone } from "./hypercall";
import { isFull, isSplit } from "./interrupts";
import { append, beginList, getList, getRegister, setList, valueAt } from "./list";
import { VCPU_BLOCK, VCPU_MACHINE, VCPU_VS, word } from "./objects";

const VECTOR_NMI: u64 = 2;
const LAST_EXCEPTION: u32 = 31;

const KNOWN_FLAGS: u32 =
  kvm.KVM_VCPUEVENT_VALID_NMI_PENDING | kvm.KVM_VCPUEVENT_VALID_SIPI_VECTOR | kvm.KVM_VCPUEVENT_VALID_SHADOW;

/** An interrupt of the user's, which has looked whether the guest can take one. */
export function interrupt(vcpu: u64, vector: u32): i64 {
  if (vector > 255) return EINVAL;
  const machine = word(vcpu, VCPU_MACHINE);
  if (isFull(machine)) return ENXIO;
  if (isSplit(machine)) return queue(vcpu, vector);
  if ((getRegister(vcpu, mv.MV_REG_EVENT) & EVENT_VALID) != 0) return EEXIST;
  return setEvent(vcpu, EVENT_VALID | EVENT_TYPE_INTERRUPT | vector) ? 0 : ENODEV;
}

/** One of the user's 8259 pair, which the local APIC passes on. */
function queue(vcpu: u64, vector: u32): i64 {
  const status = callMv(vcpu + VCPU_BLOCK, mv.MV_VS_QUEUE_INTERRUPT, word(vcpu, VCPU_VS), vector, 0, 0);
  return status == mv.MV_STATUS_SUCCESS ? 0 : EEXIST;
}

export function nmi(vcpu: u64): i64 {
  return isDone(vcpu + VCPU_BLOCK, mv.MV_VS_INJECT_NMI, word(vcpu, VCPU_VS)) ? 0 : ENODEV;
}

export function getEvents(vcpu: u64, to: u64): i64 {
  beginList(vcpu);
  append(vcpu, mv.MV_REG_EVENT, 0);
  append(vcpu, mv.MV_REG_INTERRUPT_SHADOW, 0);
  append(vcpu, mv.MV_REG_NMI, 0);
  if (!getList(vcpu)) return ENODEV;
  const event = valueAt(vcpu, 0);
  const isShadowed = valueAt(vcpu, 1) != 0;
  const nmi = valueAt(vcpu, 2);
  fillMemory(to, 0, kvm.KVM_VCPU_EVENTS_BYTES);
  if ((event & EVENT_VALID) != 0) tellEvent(event, to);
  if (isShadowed) poke8(to + kvm.KVM_VCPU_EVENTS_INTERRUPT_SHADOW, <u8>kvm.KVM_X86_SHADOW_INT_STI);
  poke8(to + kvm.KVM_VCPU_EVENTS_NMI_PENDING, (nmi & mv.MV_NMI_WAITS) != 0 ? 1 : 0);
  poke8(to + kvm.KVM_VCPU_EVENTS_NMI_MASKED, (nmi & mv.MV_NMI_BLOCKED) != 0 ? 1 : 0);
  poke32(to + kvm.KVM_VCPU_EVENTS_FLAGS, kvm.KVM_VCPUEVENT_VALID_NMI_PENDING | kvm.KVM_VCPUEVENT_VALID_SHADOW);
  return 0;
}

export function setEvents(vcpu: u64, from: u64): i64 {
  const flags = peek32(from + kvm.KVM_VCPU_EVENTS_FLAGS);
  if ((flags & ~KNOWN_FLAGS) != 0) return EINVAL;
  const exception = <u32>peek8(from + kvm.KVM_VCPU_EVENTS_EXCEPTION_NR);
  const hasException = peek8(from + kvm.KVM_VCPU_EVENTS_EXCEPTION_INJECTED) != 0;
  if (hasException && (exception > LAST_EXCEPTION || exception == VECTOR_NMI)) return EINVAL;
  // Without the flag one that waits goes on waiting
  const waits: u64 =
    (flags & kvm.KVM_VCPUEVENT_VALID_NMI_PENDING) == 0
      ? getRegister(vcpu, mv.MV_REG_NMI) & mv.MV_NMI_WAITS
      : peek8(from + kvm.KVM_VCPU_EVENTS_NMI_PENDING) != 0
        ? mv.MV_NMI_WAITS
        : 0;
  beginList(vcpu);
  append(vcpu, mv.MV_REG_EVENT, eventOf(from, exception, hasException));
  if ((flags & kvm.KVM_VCPUEVENT_VALID_SHADOW) != 0) {
    append(vcpu, mv.MV_REG_INTERRUPT_SHADOW, peek8(from + kvm.KVM_VCPU_EVENTS_INTERRUPT_SHADOW) != 0 ? 1 : 0);
  }
  append(vcpu, mv.MV_REG_NMI, waits | (peek8(from + kvm.KVM_VCPU_EVENTS_NMI_MASKED) != 0 ? mv.MV_NMI_BLOCKED : 0));
  return setList(vcpu) ? 0 : ENODEV;
}

function eventOf(from: u64, exception: u32, hasException: bool): u64 {
  if (hasException) {
    const event = EVENT_VALID | EVENT_TYPE_EXCEPTION | exception;
    if (peek8(from + kvm.KVM_VCPU_EVENTS_EXCEPTION_HAS_ERROR_CODE) == 0) return event;
    return event | EVENT_WITH_CODE | ((<u64>peek32(from + kvm.KVM_VCPU_EVENTS_EXCEPTION_ERROR_CODE)) << 32);
  }
  if (peek8(from + kvm.KVM_VCPU_EVENTS_NMI_INJECTED) != 0) return EVENT_VALID | EVENT_TYPE_NMI | VECTOR_NMI;
  if (peek8(from + kvm.KVM_VCPU_EVENTS_INTERRUPT_INJECTED) == 0) return 0;
  const isSoft = peek8(from + kvm.KVM_VCPU_EVENTS_INTERRUPT_SOFT) != 0;
  return (
    EVENT_VALID | (isSoft ? EVENT_TYPE_SOFTWARE : EVENT_TYPE_INTERRUPT) | peek8(from + kvm.KVM_VCPU_EVENTS_INTERRUPT_NR)
  );
}

function tellEvent(event: u64, to: u64): void {
  const vector = <u8>(event & 0xff);
  switch (event & EVENT_TYPE) {
    case EVENT_TYPE_NMI:
      poke8(to + kvm.KVM_VCPU_EVENTS_NMI_INJECTED, 1);
      return;
    case EVENT_TYPE_EXCEPTION:
      poke8(to + kvm.KVM_VCPU_EVENTS_EXCEPTION_INJECTED, 1);
      poke8(to + kvm.KVM_VCPU_EVENTS_EXCEPTION_NR, vector);
      poke8(to + kvm.KVM_VCPU_EVENTS_EXCEPTION_HAS_ERROR_CODE, (event & EVENT_WITH_CODE) != 0 ? 1 : 0);
      poke32(to + kvm.KVM_VCPU_EVENTS_EXCEPTION_ERROR_CODE, <u32>(event >> 32));
      return;
    default:
      poke8(to + kvm.KVM_VCPU_EVENTS_INTERRUPT_INJECTED, 1);
      poke8(to + kvm.KVM_VCPU_EVENTS_INTERRUPT_NR, vector);
      poke8(to + kvm.KVM_VCPU_EVENTS_INTERRUPT_SOFT, (event & EVENT_TYPE) == EVENT_TYPE_SOFTWARE ? 1 : 0);
  }
}

function setEvent(vcpu: u64, event: u64): bool {
  beginList(vcpu);
  append(vcpu, mv.MV_REG_EVENT, event);
  return setList(vcpu);
}
