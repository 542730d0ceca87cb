// What a guest finds at its ports and in its memory without its user: the interval timer, and writes that wait or are told

import { NO_PORT, readPit, writePit } from "./pit";
import { BUS_MEMORY, BUS_PORTS, isTaken } from "./watches";

/** readPortDevice(): the port is its user's. */
export const NO_DEVICE: i64 = NO_PORT;

/** A guest's OUT: true when it is done. */
export function writePortDevice(machine: u64, port: u32, bytes: u32, data: u64): bool {
  return writePit(machine, port, bytes, data) || isTaken(machine, BUS_PORTS, port, bytes, data);
}

/** A guest's IN: what it gets, or NO_DEVICE. */
export function readPortDevice(machine: u64, port: u32, bytes: u32): i64 {
  return readPit(machine, port, bytes);
}

/** A guest's write to memory that no slot has: true when it is done. */
export function writeMemoryDevice(machine: u64, address: u64, bytes: u32, data: u64): bool {
  return isTaken(machine, BUS_MEMORY, address, bytes, data);
}
