// What is done before the first processor enters, when each one leaves, and when the last one does
//
//     image is loaded ── onLoad, on PP 0 ── on each PP: top level of the modules, bootstrap, exits, onLeave ── onUnload
//
// PP 0 runs the top level of its modules before onLoad's functions. Functions of onLeave and onUnload are called newest
// first, as what was built last is taken down first.

import { exchangeAdd64 } from "../../../../bsl/src/atomic";
import { ownWord, Slot, setOwnWord } from "../calls/own";
import { runningProcessors } from "../calls/processors";
import { useLoader } from "../calls/syscall";
import { isShared, lockInstance, requireOwnInstance, unlockInstance } from "./instance";

/** Something that wants to be told when it is no longer needed. */
export interface Disposable {
  dispose(): void;
}

/** A step on the way out, and the one that was registered before it. */
class Step {
  constructor(
    readonly call: (() => void) | null,
    readonly resource: Disposable | null,
    readonly older: Step | null,
  ) {}

  run(): void {
    const call = this.call;
    const resource = this.resource;
    if (call !== null) call();
    if (resource !== null) resource.dispose();
  }
}

/** What onLoad was given; the first one is called first. */
class Initializer {
  next: Initializer | null = null;

  constructor(readonly call: () => void) {}
}

let firstInitializer: Initializer | null = null;
let lastInitializer: Initializer | null = null;
let newestLeave: Step | null = null;
let newestUnload: Step | null = null;

/**
 * Has a function called once, on the first processor, before any processor's bootstrap: for what all of them share. To be
 * called at the top level of a module.
 */
export function onLoad(call: () => void): void {
  const initializer = new Initializer(call);
  const before = lastInitializer;
  if (before === null) firstInitializer = initializer;
  else before.next = initializer;
  lastInitializer = initializer;
  const loader: () => void = load_;
  useLoader(loader.index);
}

/**
 * Has a function called on this processor when it is told to leave the hypervisor: for totals, and to clean up. With one
 * instance for all processors, once on each of them, whoever registers it.
 */
export function onLeave(call: () => void): void {
  lockInstance();
  if (isShared() == 0 || !has(newestLeave, call)) newestLeave = new Step(call, null, newestLeave);
  unlockInstance();
}

/** Has an object disposed of when this processor leaves the hypervisor; returns the object. */
export function disposeOnLeave<T extends Disposable>(resource: T): T {
  requireOwnInstance();
  newestLeave = new Step(null, resource, newestLeave);
  return resource;
}

/** Has a function called on the last processor that leaves, after its onLeave: every processor registers it. */
export function onUnload(call: () => void): void {
  lockInstance();
  if (isShared() == 0 || !has(newestUnload, call)) newestUnload = new Step(call, null, newestUnload);
  unlockInstance();
}

function has(newest: Step | null, call: () => void): bool {
  let step = newest;
  while (step !== null) {
    if (step.call === call) return true;
    step = step.older;
  }
  return false;
}

/** To be called when this processor is told to leave. A variable, so that CPUID's handler stays a small function. */
export let farewell: (() => void) | null = null;

/** This processor is inside now. */
export function entered(): void {
  farewell = isShared() != 0 ? leaveShared : leave;
  setOwnWord(Slot.IsInside, 1);
  exchangeAdd64(runningProcessors(), 1);
}

/** This processor was told to leave; it may be told twice. A step that fails is not tried again. */
function leave(): void {
  let step: Step | null = newestLeave;
  while (step !== null) {
    newestLeave = step.older;
    step.run();
    step = newestLeave;
  }
  if (ownWord(Slot.IsInside) != 0 && exchangeAdd64(runningProcessors(), -1) != 1) newestUnload = null;
  setOwnWord(Slot.IsInside, 0);
  let last: Step | null = newestUnload;
  while (last !== null) {
    newestUnload = last.older;
    last.run();
    last = newestUnload;
  }
}

/** The same where the steps are everybody's: they stay for the next one. */
function leaveShared(): void {
  if (ownWord(Slot.IsInside) == 0) return;
  setOwnWord(Slot.IsInside, 0);
  runAll(newestLeave);
  if (exchangeAdd64(runningProcessors(), -1) == 1) runAll(newestUnload);
}

function runAll(newest: Step | null): void {
  let step = newest;
  while (step !== null) {
    step.run();
    step = step.older;
  }
}

function load_(): void {
  let each: Initializer | null = firstInitializer;
  while (each !== null) {
    each.call();
    each = each.next;
  }
}
