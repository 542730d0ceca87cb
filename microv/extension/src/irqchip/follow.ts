// What a write to a local APIC is followed by outside of it

import { ownMemory, poke32, poke64 } from "@bareflank/sdk";
import { MV_EXIT_EOI, MV_EXIT_TIMER, MV_PAGE_VECTOR, MV_PAGE_WAKE } from "../../../../abi/generated/bare/hypercalls";
import { Vcpu } from "../vcpu";
import { APIC_COMMAND, APIC_COMMAND_HIGH, MODE_X2APIC, modeOf, numberOf, register } from "./apic-page";
import { timerDeadline } from "./apic-timer";
import { isFull, lockChips, sendMessage, unlockChips, wakeOthers } from "./chips";
import { endLevel } from "./lines";
import { APIC_ENDS, APIC_SENDS, APIC_TIMES, endInterrupt, isLevel, requestOwn } from "./local-apic";
import { DELIVER_FIXED, MESSAGE_DELIVERY, MESSAGE_VECTOR, SHORTHAND_SELF, shorthandOf } from "./messages";
import { NO_VECTOR } from "./vectors";

/** Does it: MV_EXIT_* that the caller has to hear of, or 0. `now`: the processor's time stamp counter. */
export function follow(vcpu: Vcpu, effects: u32, now: u64): u32 {
  poke64(vcpu.shared(MV_PAGE_WAKE), 0);
  if ((effects & APIC_ENDS) != 0) return end(vcpu);
  if ((effects & APIC_SENDS) != 0) return send(vcpu);
  if ((effects & APIC_TIMES) == 0) return 0;
  return timerDeadline(ownMemory(vcpu.apic), now) > now ? MV_EXIT_TIMER : 0;
}

/** The end of an interrupt, which others hear of when it was level-triggered. */
function end(vcpu: Vcpu): u32 {
  const apic = ownMemory(vcpu.apic);
  const vector = endInterrupt(apic);
  if (vector == NO_VECTOR || !isLevel(apic, <u32>vector)) return 0;
  const vm = vcpu.vp.guest;
  if (isFull(vm)) return endLevel(vcpu, <u32>vector);
  poke32(vcpu.shared(MV_PAGE_VECTOR), <u32>vector);
  return MV_EXIT_EOI;
}

/** The command. */
function send(vcpu: Vcpu): u32 {
  const apic = ownMemory(vcpu.apic);
  const message = register(apic, APIC_COMMAND);
  if (shorthandOf(message) == SHORTHAND_SELF && (message & MESSAGE_DELIVERY) == DELIVER_FIXED) {
    requestOwn(apic, message & MESSAGE_VECTOR);
    return 0;
  }
  const isWide = modeOf(apic) == MODE_X2APIC;
  const high = register(apic, APIC_COMMAND_HIGH);
  const vm = vcpu.vp.guest;
  lockChips(vm);
  const wake = sendMessage(vm, message, isWide ? high : high >> 24, isWide, <i32>numberOf(apic));
  unlockChips(vm);
  return wakeOthers(vcpu, wake);
}
