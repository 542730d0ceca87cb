// Writes of a guest that its user does not see at once: each has an eventfd signalled, or is left in a ring
//
// A machine has a table of the addresses and ports that are meant. It belongs to whoever holds the machine's lock.

import { copyMemory, peek64 } from "../../../bsl/src/memory";
import { appendWrite } from "./coalesced-ring";
import { ENOMEM, ENOSPC } from "./errors";
import { MACHINE_GLUE, MACHINE_WATCH_COUNT, MACHINE_WATCH_ROOM, MACHINE_WATCHES, setWord, word } from "./objects";
import { allocate, closeEvent, free, lockMachine, signalEvent, unlockMachine } from "./platform";

/** Where an address is: memory, or ports. What has any other number, no guest of these processors writes to. */
export const BUS_MEMORY: u64 = 0;
export const BUS_PORTS: u64 = 1;

/** A watch: bus, the address, bytes, the eventfd (0: the ring), and of an eventfd whether there is a datum that alone is meant. */
export const WATCH_BUS: u64 = 0;
export const WATCH_ADDRESS: u64 = 8;
export const WATCH_BYTES: u64 = 16;
export const WATCH_EVENT: u64 = 24;
export const WATCH_HAS_DATUM: u64 = 32;
export const WATCH_DATUM: u64 = 40;
export const WATCH_SIZE: u64 = 48;

/** Watches of a machine: ENOSPC beyond. And so many the table has room for at first. */
const MOST_WATCHES: u64 = 2048;
const FIRST_ROOM: u64 = 16;

/** The machine ends. */
export function closeWatches(machine: u64): void {
  while (watchCount(machine) != 0) removeWatch(machine, 0);
  free(word(machine, MACHINE_WATCHES));
}

export function watchCount(machine: u64): u64 {
  return word(machine, MACHINE_WATCH_COUNT);
}

/** Where the watch with a number below watchCount() lies. */
export function watchAt(machine: u64, index: u64): u64 {
  return word(machine, MACHINE_WATCHES) + index * WATCH_SIZE;
}

/** Adds one, a copy: 0, or an error, and then the eventfd is the caller's still. */
export function addWatch(machine: u64, watch: u64): i64 {
  const count = watchCount(machine);
  if (count == word(machine, MACHINE_WATCH_ROOM)) {
    const error = makeRoom(machine, count);
    if (error != 0) return error;
  }
  copyMemory(watchAt(machine, count), watch, WATCH_SIZE);
  setWord(machine, MACHINE_WATCH_COUNT, count + 1);
  return 0;
}

/** Takes one away; the last one has its number then. */
export function removeWatch(machine: u64, index: u64): void {
  const watch = watchAt(machine, index);
  const event = peek64(watch + WATCH_EVENT);
  if (event != 0) closeEvent(event);
  const last = watchCount(machine) - 1;
  if (index != last) copyMemory(watch, watchAt(machine, last), WATCH_SIZE);
  setWord(machine, MACHINE_WATCH_COUNT, last);
}

/** A guest's write: true when one of the watches takes it. */
export function isTaken(machine: u64, bus: u64, address: u64, bytes: u64, data: u64): bool {
  // Most machines have none, and need no lock
  if (watchCount(machine) == 0) return false;
  const datum = bytes < 8 ? data & (((<u64>1) << (8 * bytes)) - 1) : data;
  lockMachine(word(machine, MACHINE_GLUE));
  const count = watchCount(machine);
  let isDone: bool = false;
  for (let i: u64 = 0; i < count && !isDone; i++)
    isDone = takes(machine, watchAt(machine, i), bus, address, bytes, datum);
  unlockMachine(word(machine, MACHINE_GLUE));
  return isDone;
}

function takes(machine: u64, watch: u64, bus: u64, address: u64, bytes: u64, datum: u64): bool {
  if (peek64(watch + WATCH_BUS) != bus) return false;
  const begin = peek64(watch + WATCH_ADDRESS);
  const event = peek64(watch + WATCH_EVENT);
  if (event == 0) {
    const zone = peek64(watch + WATCH_BYTES);
    if (address < begin || address - begin > zone || bytes > zone - (address - begin)) return false;
    return appendWrite(word(machine, MACHINE_GLUE), bus == BUS_PORTS, address, bytes, datum);
  }
  if (address != begin) return false;
  const wanted = peek64(watch + WATCH_BYTES);
  if (wanted != 0 && wanted != bytes) return false;
  if (peek64(watch + WATCH_HAS_DATUM) != 0 && peek64(watch + WATCH_DATUM) != datum) return false;
  signalEvent(event);
  return true;
}

function makeRoom(machine: u64, count: u64): i64 {
  if (count >= MOST_WATCHES) return ENOSPC;
  const room = count != 0 ? 2 * count : FIRST_ROOM;
  const watches = allocate(room * WATCH_SIZE);
  if (watches == 0) return ENOMEM;
  copyMemory(watches, word(machine, MACHINE_WATCHES), count * WATCH_SIZE);
  free(word(machine, MACHINE_WATCHES));
  setWord(machine, MACHINE_WATCHES, watches);
  setWord(machine, MACHINE_WATCH_ROOM, room);
  return 0;
}
