// Counters for bfm in C, C++ and Rust: as messages/counters.ts of the SDK for TypeScript, with functions of the extension's

import { HYPERCALL_COUNTER } from "../../../abi/generated/bare/control";
import { Instruction } from "../../../abi/generated/bare/enumerations";
import { copyMemory, nativeAddress } from "../../../bsl/src/memory";
import { callFunction } from "../../typescript/src/calls/native";
import { assertionFailed } from "../../typescript/src/calls/syscall";
import type { HypercallExit } from "../../typescript/src/exits/hypercall-exit";
import { onHypercall } from "../../typescript/src/exits/on";
import { guest } from "../../typescript/src/guest/guest";
import { lockInstance, unlockInstance } from "../../typescript/src/life/instance";
import { Level, line } from "../../typescript/src/text/log";

const MOST: u32 = 16;
const NAME_BYTES: u32 = 32;
const FOUND: u64 = 0;
const NONE: u64 = 1;

/** For each counter its name, and the address of the function that reads it. */
const names: usize = memory.data(32 * 16, 8);
const readers: usize = memory.data(8 * 16, 8);
let count: u32 = 0;

export function bf_publish_counter(name: u64, bytes: u64, read: u64): void {
  onHypercall(answer);
  guest.vs.intercept(Instruction.Hypercall);
  lockInstance();
  const isRefused = !has(read) && !add(name, bytes, read);
  unlockInstance();
  if (!isRefused) return;
  line(Level.Error).text("publish_counter: no place for it, or its name is another one's").end();
  assertionFailed();
}

/** False: there are too many, or its name is too short or too long, or is taken: bfm would show none of the two. */
function add(name: u64, bytes: u64, read: u64): bool {
  if (count === MOST || bytes - 1 >= NAME_BYTES) return false;
  const place = nameOf(count);
  memory.fill(place, 0, NAME_BYTES);
  copyMemory(nativeAddress(<u32>place), name, bytes);
  for (let i: u32 = 0; i < count; i++) {
    if (memory.compare(nameOf(i), place, NAME_BYTES) === 0) return false;
  }
  store<u64>(readers + <usize>(count << 3), read);
  count++;
  return true;
}

function nameOf(index: u32): usize {
  return names + <usize>(index * NAME_BYTES);
}

/** Whether another processor has published it already. */
function has(read: u64): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (load<u64>(readers + <usize>(i << 3)) === read) return true;
  }
  return false;
}

function answer(exit: HypercallExit): bool {
  if (exit.number !== HYPERCALL_COUNTER || !exit.isPrivileged) return false;
  const index = guest.rbx;
  exit.result = index < count ? FOUND : NONE;
  if (index >= count) return true;
  const name = nameOf(<u32>index);
  guest.rbx = callFunction(load<u64>(readers + <usize>((<u32>index) << 3)));
  guest.rcx = load<u64>(name);
  guest.rdx = load<u64>(name, 8);
  guest.rsi = load<u64>(name, 16);
  guest.rdi = load<u64>(name, 24);
  return true;
}
