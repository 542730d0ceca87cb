// A guest's local APIC by its MSRs, x2APIC's and TSC_DEADLINE (SDM volume 3, 11.12 and 11.5.4.1); and HLT
//
// What needs nobody else is done here: ends of interrupts, priorities, interrupts for itself, deadlines that have passed.

import { exitRflags, Next, ownMemory, peek32, processorTime, Vector } from "@bareflank/sdk";
import { MV_EXIT_HLT, MV_MP_HALTED, MV_PAGE_NOTIFIED } from "../../../../abi/generated/bare/hypercalls";
import { exitedPriority, isRunnable, setMpState, showPriority, takePosted } from "../interrupts";
import {
  APIC_COMMAND,
  APIC_COMMAND_HIGH,
  APIC_TASK_PRIORITY,
  MODE_X2APIC,
  modeOf,
  register,
  setRegister,
} from "../irqchip/apic-page";
import { runTimer, setTscDeadline } from "../irqchip/apic-timer";
import { follow } from "../irqchip/follow";
import { APIC_REFUSES, APIC_TIMES, isReadable, readApic, writeApic } from "../irqchip/local-apic";
import { giveMsr } from "../msr-access";
import { goOnBehind, leaveGuest, leaveGuestBehind } from "../run";
import { Vcpu } from "../vcpu";

const FIRST_MSR: u32 = 0x800;
const MSR_COUNT: u32 = 0x100;
const LOW: u64 = 0xffff_ffff;
const RFLAGS_IF: u64 = 1 << 9;

/** Whether an MSR is a register of x2APIC mode. */
export function isApicMsr(msr: u32): bool {
  return msr - FIRST_MSR < MSR_COUNT;
}

/** RDMSR of a register. */
export function readApicMsr(vcpu: Vcpu, msr: u32): Next {
  const apic = ownMemory(vcpu.apic);
  const offset = (msr - FIRST_MSR) << 4;
  if (modeOf(apic) != MODE_X2APIC || !isReadable(apic, offset)) return refuse(vcpu);
  exitedPriority(vcpu);
  const high: u64 = offset == APIC_COMMAND ? (<u64>register(apic, APIC_COMMAND_HIGH)) << 32 : 0;
  giveMsr(high | <u64>readApic(apic, offset, processorTime()));
  return Next.AdvanceAndRun;
}

/** WRMSR of a register. */
export function writeApicMsr(vcpu: Vcpu, msr: u32, value: u64): Next {
  const apic = ownMemory(vcpu.apic);
  const offset = (msr - FIRST_MSR) << 4;
  if (modeOf(apic) != MODE_X2APIC) return refuse(vcpu);
  if (offset == APIC_COMMAND) setRegister(apic, APIC_COMMAND_HIGH, <u32>(value >> 32));
  else if (value > LOW) return refuse(vcpu);
  exitedPriority(vcpu);
  const effects = writeApic(apic, offset, <u32>value, processorTime());
  if ((effects & APIC_REFUSES) != 0) return refuse(vcpu);
  if (offset == APIC_TASK_PRIORITY) showPriority(vcpu);
  return goOnWith(vcpu, effects);
}

/** WRMSR of TSC_DEADLINE. */
export function writeDeadline(vcpu: Vcpu, value: u64): Next {
  setTscDeadline(ownMemory(vcpu.apic), value, vcpu.vs.timeStampOffset);
  exitedPriority(vcpu);
  return goOnWith(vcpu, APIC_TIMES);
}

/** HLT: the guest goes on at once when something is there for it. */
export function haltGuest(vcpu: Vcpu): Next {
  exitedPriority(vcpu);
  if (takePosted(vcpu)) return goOnElsewhere(vcpu);
  setMpState(vcpu, MV_MP_HALTED);
  if (!isRunnable(vcpu, (exitRflags() & RFLAGS_IF) != 0)) return leaveGuestBehind(vcpu, MV_EXIT_HLT);
  return goOnBehind(vcpu);
}

/** What follows a write, and then the guest, behind its instruction. */
function goOnWith(vcpu: Vcpu, effects: u32): Next {
  const now = processorTime();
  const reason = follow(vcpu, effects, now);
  if (reason != 0) return leaveGuestBehind(vcpu, reason);
  // It may have sent something to itself
  if (peek32(vcpu.shared(MV_PAGE_NOTIFIED)) != 0) {
    if (takePosted(vcpu)) return goOnElsewhere(vcpu);
  } else runTimer(ownMemory(vcpu.apic), now);
  return goOnBehind(vcpu);
}

/** It has got an INIT. */
function goOnElsewhere(vcpu: Vcpu): Next {
  return isRunnable(vcpu, false) ? Next.Run : leaveGuest(vcpu, MV_EXIT_HLT);
}

function refuse(vcpu: Vcpu): Next {
  return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
}
