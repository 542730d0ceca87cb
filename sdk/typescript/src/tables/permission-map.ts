// What maps of MSRs and of ports have in common: they are the microkernel's

import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import {
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_DESTROY,
  SYSCALL_MAP_DETACH,
  SYSCALL_MAP_PASS,
  SYSCALL_MAP_QUERY,
  SYSCALL_MAP_TRAP,
} from "../../../../abi/generated/bare/syscalls";
import { callObject, callResult, objectRequired } from "../calls/objects";
import { NativeVs } from "../vs/native-vs";

/** Makes a map of a kind (MAP_*): its identifier. */
export function createMap(kind: u32): u32 {
  objectRequired(SYSCALL_MAP_CREATE, kind, 0, 0, 0, 0);
  return <u32>callResult(0);
}

/** What no map has as its identifier. */
export const NO_MAP: u32 = 0xffff_ffff;

/** The same, or NO_MAP: there is no memory, or no identifier left. */
export function tryCreateMap(kind: u32): u32 {
  return callObject(SYSCALL_MAP_CREATE, kind, 0, 0, 0, 0) == STATUS_SUCCESS ? <u32>callResult(0) : NO_MAP;
}

export function destroyMap(map: u32): void {
  objectRequired(SYSCALL_MAP_DESTROY, map, 0, 0, 0, 0);
}

export function attachMap(map: u32, vs: NativeVs): void {
  objectRequired(SYSCALL_MAP_ATTACH, map, vs.id, 0, 0, 0);
}

export function detachMap(map: u32, vs: NativeVs): void {
  objectRequired(SYSCALL_MAP_DETACH, map, vs.id, 0, 0, 0);
}

/** Makes accesses (MAP_*) to numbers `first` to `last` exit. */
export function trapInMap(map: u32, first: u32, last: u32, accesses: u32): void {
  objectRequired(SYSCALL_MAP_TRAP, map, first, last, accesses, 0);
}

/** Lets them happen without an exit. */
export function passInMap(map: u32, first: u32, last: u32, accesses: u32): void {
  objectRequired(SYSCALL_MAP_PASS, map, first, last, accesses, 0);
}

/** MAP_*: which accesses to a number exit. */
export function queryMap(map: u32, number: u32): u32 {
  objectRequired(SYSCALL_MAP_QUERY, map, number, 0, 0, 0);
  return <u32>callResult(0);
}
