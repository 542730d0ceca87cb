// The firmware's services: memory, protocols, time, events. They are called on the boot processor only.

import { nativeAddress, peek64 } from "../../bsl/src/memory";
import { call, rdtsc } from "./firmware";
import {
  ALLOCATE_PAGES,
  CHECK_EVENT,
  CLOSE_EVENT,
  CONFIGURATION_BYTES,
  CONFIGURATION_POINTER,
  CREATE_EVENT,
  EFI_SUCCESS,
  FREE_PAGES,
  HANDLE_PROTOCOL,
  LOCATE_PROTOCOL,
  SET_WATCHDOG_TIMER,
  STALL,
  SYSTEM_BOOT_SERVICES,
  SYSTEM_CONFIGURATION,
  SYSTEM_CONFIGURATIONS,
  SYSTEM_RUNTIME_SERVICES,
} from "./tables";

const PAGE_BYTES: u64 = 0x1000;
/** EFI_ALLOCATE_TYPE: anywhere. */
const ANY_PAGES: u64 = 0;
/** How long the speed of the time stamp counter is measured, in microseconds. */
const MEASURE_US: u64 = 2000;

const guid: usize = memory.data(16, 8);
/** Where services put their results. */
const result: usize = memory.data(8, 8);

let image: u64 = 0;
let system: u64 = 0;
let khz: u32 = 0;

/** What the entry was given. */
export function openServices(imageHandle: u64, systemTable: u64): void {
  image = imageHandle;
  system = systemTable;
}

/** This application's handle, and the system table. */
export function imageHandle(): u64 {
  return image;
}
export function systemTable(): u64 {
  return system;
}

/** Calls a function of a protocol or table, whose pointer lies at an offset in it; the arguments are as they are. */
export function invoke(
  table: u64,
  offset: u32,
  a: u64 = 0,
  b: u64 = 0,
  c: u64 = 0,
  d: u64 = 0,
  e: u64 = 0,
  f: u64 = 0,
  g: u64 = 0,
): u64 {
  return call(peek64(table + offset), a, b, c, d, e, f, g);
}

/** Calls a boot service. */
export function bootService(offset: u32, a: u64 = 0, b: u64 = 0, c: u64 = 0, d: u64 = 0, e: u64 = 0, f: u64 = 0): u64 {
  return invoke(peek64(system + SYSTEM_BOOT_SERVICES), offset, a, b, c, d, e, f);
}

/** Calls a runtime service. */
export function runtimeService(offset: u32, a: u64 = 0, b: u64 = 0, c: u64 = 0, d: u64 = 0, e: u64 = 0): u64 {
  return invoke(peek64(system + SYSTEM_RUNTIME_SERVICES), offset, a, b, c, d, e);
}

/** Native address of a GUID, until the next call. */
export function guidAt(first: u64, rest: u64): u64 {
  store<u64>(guid, first);
  store<u64>(guid, rest, 8);
  return nativeAddress(<u32>guid);
}

/** Where a service may put 64 bits; clear. */
export function place(): u64 {
  store<u64>(result, 0);
  return nativeAddress(<u32>result);
}
export function placed(): u64 {
  return load<u64>(result);
}

/** A protocol of a handle; 0 when it has none of that kind. */
export function protocolOf(handle: u64, first: u64, rest: u64): u64 {
  const status = bootService(HANDLE_PROTOCOL, handle, guidAt(first, rest), place());
  return status === EFI_SUCCESS ? placed() : 0;
}

/** The first protocol of that kind that there is; 0 for none. */
export function findProtocol(first: u64, rest: u64): u64 {
  const status = bootService(LOCATE_PROTOCOL, guidAt(first, rest), 0, place());
  return status === EFI_SUCCESS ? placed() : 0;
}

/** What the firmware has told by a configuration table of that kind; 0 when it has none. */
export function configurationOf(first: u64, rest: u64): u64 {
  const tables = peek64(system + SYSTEM_CONFIGURATION);
  const count = peek64(system + SYSTEM_CONFIGURATIONS);
  for (let at = tables; at < tables + count * CONFIGURATION_BYTES; at += CONFIGURATION_BYTES) {
    if (peek64(at) === first && peek64(at + 8) === rest) return peek64(at + CONFIGURATION_POINTER);
  }
  return 0;
}

/** Takes pages of a memory type, at a multiple of `alignment` pages; 0 when there are none. Never pool: that moves with its neighbours. */
export function allocate(type: u32, pages: u64, alignment: u64): u64 {
  const spare = alignment - 1;
  if (bootService(ALLOCATE_PAGES, ANY_PAGES, type, pages + spare, place()) !== EFI_SUCCESS) return 0;
  const first = placed();
  const unit = alignment * PAGE_BYTES;
  const address = (first + unit - 1) & ~(unit - 1);
  const before = (address - first) / PAGE_BYTES;
  if (before !== 0) free(first, before);
  if (before !== spare) free(address + pages * PAGE_BYTES, spare - before);
  return address;
}

export function free(address: u64, pages: u64): void {
  bootService(FREE_PAGES, address, pages);
}

/** An event that is only looked at; 0 when there is none to be had. */
export function createEvent(): u64 {
  return bootService(CREATE_EVENT, 0, 0, 0, 0, place()) === EFI_SUCCESS ? placed() : 0;
}
export function isSignaled(event: u64): bool {
  return bootService(CHECK_EVENT, event) === EFI_SUCCESS;
}
export function closeEvent(event: u64): void {
  bootService(CLOSE_EVENT, event);
}

/** The firmware restarts the machine five minutes behind the start of an application, unless it is told not to. */
export function stopFirmwareWatchdog(): void {
  bootService(SET_WATCHDOG_TIMER, 0, 0, 0, 0);
}

/** Ticks of the time stamp counter in a millisecond, measured the first time. */
export function ticksPerMillisecond(): u32 {
  if (khz !== 0) return khz;
  const before = rdtsc();
  bootService(STALL, MEASURE_US);
  khz = <u32>(((rdtsc() - before) * 1000) / MEASURE_US);
  return khz;
}

/** Waits. */
export function stall(microseconds: u64): void {
  bootService(STALL, microseconds);
}
