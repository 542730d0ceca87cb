// Counters that `bfm status` shows, added up over all processors
//
//     publishCounter("cpuids", () => count);

import { HYPERCALL_COUNTER } from "../../../../abi/generated/bare/control";
import { Instruction } from "../../../../abi/generated/bare/enumerations";
import { assertionFailed } from "../calls/syscall";
import { HypercallExit } from "../exits/hypercall-exit";
import { onHypercall } from "../exits/on";
import { guest } from "../guest/guest";
import { isShared, lockInstance, unlockInstance } from "../life/instance";
import { Level, line } from "../text/log";
import { Vs } from "../vs/vs";

/** How many counters an extension may publish. */
export const MAX_COUNTERS: u32 = 16;
/** Longest name, in characters: those are kept in four registers. */
export const COUNTER_NAME_BYTES: u32 = 32;

const RESULT_FOUND: u64 = 0;
const RESULT_NONE: u64 = 1;

/** For each counter its name, and the function that reads it. */
const names: usize = memory.data(32 * 16, 8);
// bf-allow function-array: asked for once per `bfm status`
const readers = new StaticArray<(() => u64) | null>(16);
let count: u32 = 0;

/**
 * Publishes a counter of this processor: call it in bootstrap, when the root VM is there. `read` is called on each processor
 * when somebody asks, also where they share the instance; it must not use variables of a function around it.
 */
export function publishCounter(name: string, read: () => u64): void {
  if (count == 0 || isShared() != 0) {
    onHypercall(answerCounter);
    Vs.of(guest.vsid).intercept(Instruction.Hypercall);
  }
  lockInstance();
  if (isShared() == 0 || !has(read)) add(name, read);
  unlockInstance();
}

/** Whether another processor has published it already. */
function has(read: () => u64): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (readers[i] === read) return true;
  }
  return false;
}

function add(name: string, read: () => u64): void {
  const isShort = <u32>name.length - 1 < COUNTER_NAME_BYTES;
  if (count == MAX_COUNTERS || !isShort) refuse("no place for ", name);
  const place = nameOf(count);
  for (let i = 0; i < name.length; i++) store<u8>(place + <usize>i, <u8>name.charCodeAt(i));
  // bfm would show none of them
  if (isTwice(place)) refuse("another one is called ", name);
  readers[count] = read;
  count++;
}

function nameOf(index: u32): usize {
  return names + <usize>(index * COUNTER_NAME_BYTES);
}

function isTwice(place: usize): bool {
  for (let i: u32 = 0; i < count; i++) {
    const other = nameOf(i);
    let differences: u64 = 0;
    for (let at: usize = 0; at < COUNTER_NAME_BYTES; at += 8)
      differences |= load<u64>(place + at) ^ load<u64>(other + at);
    if (differences == 0) return true;
  }
  return false;
}

function refuse(why: string, name: string): void {
  line(Level.Error).text("publishCounter: ").text(why).text(name).end();
  assertionFailed();
}

function answerCounter(exit: HypercallExit): bool {
  if (exit.number != HYPERCALL_COUNTER || !exit.isPrivileged) return false;
  const index = guest.rbx;
  exit.result = index < count ? RESULT_FOUND : RESULT_NONE;
  if (index >= count) return true;
  const name = nameOf(<u32>index);
  const read = readers[<i32>index];
  if (read !== null) guest.rbx = read();
  guest.rcx = load<u64>(name);
  guest.rdx = load<u64>(name, 8);
  guest.rsi = load<u64>(name, 16);
  guest.rdi = load<u64>(name, 24);
  return true;
}
