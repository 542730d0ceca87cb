// Interrupts of a guest that has a local APIC: what is posted for it, and when it takes what is next
//
//     enterGuest, exits ──▶ takePosted: into IRR; INIT, SIPI, NMI; the timer
//                           offerInterrupt ──▶ the guest takes it now: delivered
//                                          └─▶ an exit when it does: by IF, a shadow, or CR8

import {
  compareExchange32,
  exitPriority,
  guest,
  ownMemory,
  peek32,
  peek64,
  poke32,
  poke64,
  processorTime,
  Register,
  restartProcessor,
  startProcessor,
  WritableControl,
} from "@bareflank/sdk";
import {
  MV_MP_HALTED,
  MV_MP_INIT_RECEIVED,
  MV_MP_RUNNABLE,
  MV_PAGE_DEADLINE,
  MV_PAGE_MP_STATE,
  MV_PAGE_NOTIFIED,
} from "../../../abi/generated/bare/hypercalls";
import { APIC_EXTERNAL, EXTERNAL_WAITS } from "./irqchip/apic-page";
import { runTimer, timerDeadline } from "./irqchip/apic-timer";
import { hasPicInterrupt, takePicInterrupt } from "./irqchip/lines";
import {
  beginInterrupt,
  isNext,
  requestedVector,
  resetApic,
  setTaskPriority,
  takesExternal,
  taskPriority,
} from "./irqchip/local-apic";
import { POSTED_INIT, POSTED_NMI, POSTED_SIPI, SIPI_VECTOR_SHIFT, takeEvents, takeVectors } from "./irqchip/posted";
import { NO_VECTOR } from "./irqchip/vectors";
import { forgetNmis } from "./nmi";
import { toldOf } from "./told-leaves";
import { Vcpu } from "./vcpu";

const LEAF_SIGNATURE: u32 = 1;
const EAX: u32 = 0;
const BASE_BOOTSTRAP: u64 = 1 << 8;
const BYTE: u32 = 0xff;

/** Takes what has come, for the guest that is active. True: it was an INIT or a SIPI, and the guest is somewhere else. */
export function takePosted(vcpu: Vcpu): bool {
  const apic = ownMemory(vcpu.apic);
  const notified = vcpu.shared(MV_PAGE_NOTIFIED);
  let isElsewhere: bool = false;
  if (peek32(notified) != 0) {
    // What is posted from now on is notified again
    compareExchange32(notified, 1, 0);
    takeVectors(apic);
    isElsewhere = carryOut(vcpu, takeEvents(apic));
  }
  runTimer(apic, processorTime());
  return isElsewhere;
}

/** Whether the guest runs, which is active and has taken what was posted; one that halts does when it takes something now. */
export function isRunnable(vcpu: Vcpu, canTake: bool): bool {
  const state = peek32(vcpu.shared(MV_PAGE_MP_STATE));
  if (state == MV_MP_RUNNABLE) return true;
  if (state != MV_MP_HALTED) return false;
  if (vcpu.nmiWaits == 0 && !(canTake && hasInterrupt(vcpu))) return false;
  setMpState(vcpu, MV_MP_RUNNABLE);
  return true;
}

export function setMpState(vcpu: Vcpu, state: u32): void {
  poke32(vcpu.shared(MV_PAGE_MP_STATE), state);
}

/** Whether there is an interrupt that the guest takes as soon as it has them enabled. */
export function hasInterrupt(vcpu: Vcpu): bool {
  return hasExternal(vcpu) || nextVector(ownMemory(vcpu.apic)) != NO_VECTOR;
}

/** Delivers the interrupt that is next, if there is one and the guest can take it. True: one waits until it can. */
export function offerInterrupt(vcpu: Vcpu, canTake: bool): bool {
  const apic = ownMemory(vcpu.apic);
  const isExternal = hasExternal(vcpu);
  const vector = nextVector(apic);
  if (!isExternal && vector == NO_VECTOR) return false;
  if (!canTake) return true;
  const external = isExternal ? takeExternal(vcpu) : NO_VECTOR;
  if (external != NO_VECTOR) {
    vcpu.vs.interrupt(<u32>external);
    return vector != NO_VECTOR;
  }
  if (vector == NO_VECTOR) return false;
  beginInterrupt(apic, <u32>vector);
  vcpu.vs.interrupt(<u32>vector);
  // Nothing that was requested comes before what comes first
  return false;
}

/** The guest's CR8 is the local APIC's task priority: what the guest has it at now. */
export function notePriority(vcpu: Vcpu, priority: u64): void {
  setTaskPriority(ownMemory(vcpu.apic), <u32>priority);
}

/** The same as the guest, which has exited, left it. */
export function exitedPriority(vcpu: Vcpu): void {
  notePriority(vcpu, exitPriority());
}

/** The guest, which is active, finds as CR8 what was written to the local APIC. */
export function showPriority(vcpu: Vcpu): void {
  vcpu.vs.set(Register.Cr8, taskPriority(ownMemory(vcpu.apic)));
}

/** An exit when the guest's CR8 changes, if nothing but that keeps the next interrupt away. Before the guest runs. */
export function watchPriority(vcpu: Vcpu): void {
  const apic = ownMemory(vcpu.apic);
  const vector = requestedVector(apic);
  const wanted: u32 = vector != NO_VECTOR && !isNext(apic, vector) ? 1 : 0;
  if (wanted == vcpu.watchesPriority) return;
  vcpu.vs.interceptControlWrite(WritableControl.Cr8, wanted != 0);
  vcpu.watchesPriority = wanted;
}

/** Whether the guest has a way for interrupts that its caller gives it: those of an 8259 pair, where it has a local APIC. */
export function takesCallers(vcpu: Vcpu): bool {
  if (vcpu.apic == 0) return true;
  const apic = ownMemory(vcpu.apic);
  return takesExternal(apic) && (peek32(apic + APIC_EXTERNAL) & EXTERNAL_WAITS) == 0;
}

/** The page tells when the guest is to be run again by its timer. */
export function tellDeadline(vcpu: Vcpu): void {
  poke64(vcpu.shared(MV_PAGE_DEADLINE), timerDeadline(ownMemory(vcpu.apic), processorTime()));
}

/** Whether the page does not tell of a deadline that has not passed, so that nobody would run the guest then. */
export function hasOtherDeadline(vcpu: Vcpu): bool {
  const now = processorTime();
  const deadline = timerDeadline(ownMemory(vcpu.apic), now);
  return deadline > now && deadline != peek64(vcpu.shared(MV_PAGE_DEADLINE));
}

/** The vector that may come now, or NO_VECTOR. */
function nextVector(apic: u64): i32 {
  const vector = requestedVector(apic);
  return vector != NO_VECTOR && isNext(apic, vector) ? vector : NO_VECTOR;
}

/** Whether the 8259 pair, here or the caller's, has an interrupt for this vCPU. */
function hasExternal(vcpu: Vcpu): bool {
  const apic = ownMemory(vcpu.apic);
  if (!takesExternal(apic)) return false;
  return (peek32(apic + APIC_EXTERNAL) & EXTERNAL_WAITS) != 0 || hasPicInterrupt(vcpu.vp.guest);
}

/** Its vector, or NO_VECTOR: there is none any more. */
function takeExternal(vcpu: Vcpu): i32 {
  const external = ownMemory(vcpu.apic) + APIC_EXTERNAL;
  const waiting = peek32(external);
  if ((waiting & EXTERNAL_WAITS) == 0) return takePicInterrupt(vcpu.vp.guest);
  poke32(external, 0);
  return <i32>(waiting & BYTE);
}

/** INIT, SIPI and NMI (SDM volume 3, 9.4.4). */
function carryOut(vcpu: Vcpu, events: u32): bool {
  if ((events & POSTED_NMI) != 0) vcpu.nmiWaits = 1;
  if ((events & POSTED_INIT) != 0) initialize(vcpu);
  const isStarted = (events & POSTED_SIPI) != 0 && start(vcpu, (events >> SIPI_VECTOR_SHIFT) & BYTE);
  return isStarted || (events & POSTED_INIT) != 0;
}

/** The boot processor begins again; another one waits for a SIPI. */
function initialize(vcpu: Vcpu): void {
  forgetPending(vcpu);
  restartProcessor(vcpu.vs);
  identify(vcpu);
  resetApic(ownMemory(vcpu.apic));
  setMpState(vcpu, (vcpu.apicBase & BASE_BOOTSTRAP) != 0 ? MV_MP_RUNNABLE : MV_MP_INIT_RECEIVED);
}

function start(vcpu: Vcpu, vector: u32): bool {
  if (peek32(vcpu.shared(MV_PAGE_MP_STATE)) != MV_MP_INIT_RECEIVED) return false;
  startProcessor(vcpu.vs, vector);
  identify(vcpu);
  setMpState(vcpu, MV_MP_RUNNABLE);
  return true;
}

function forgetPending(vcpu: Vcpu): void {
  vcpu.pendingInput = 0;
  vcpu.pendingMsr = 0;
  vcpu.isMsrAllowed = 0;
  forgetNmis(vcpu);
}

/** EDX has what CPUID calls the processor, which is the guest's own. */
function identify(vcpu: Vcpu): void {
  guest.rdx = toldOf(vcpu).cpuid(LEAF_SIGNATURE, 0, EAX);
}
