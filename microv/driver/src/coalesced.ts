// KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO: zones whose writes wait in the machine's ring

import * as kvm from "../../../abi/generated/bare/kvm";
import { fillMemory, peek32, peek64, poke64 } from "../../../bsl/src/memory";
import { EINVAL } from "./errors";
import {
  addWatch,
  removeWatch,
  WATCH_ADDRESS,
  WATCH_BUS,
  WATCH_BYTES,
  WATCH_EVENT,
  WATCH_SIZE,
  watchAt,
  watchCount,
} from "./watches";

/** `zone` is a KvmCoalescedMmioZone, `watch` a place for WATCH_SIZE bytes. */
export function registerZone(machine: u64, zone: u64, watch: u64): i64 {
  const bus = busOf(zone);
  if (bus > 1) return EINVAL;
  fillMemory(watch, 0, WATCH_SIZE);
  poke64(watch + WATCH_BUS, bus);
  poke64(watch + WATCH_ADDRESS, peek64(zone + kvm.KVM_COALESCED_MMIO_ZONE_ADDR));
  poke64(watch + WATCH_BYTES, bytesOf(zone));
  return addWatch(machine, watch);
}

/** All zones go that have the one of the user's in them. */
export function unregisterZone(machine: u64, zone: u64): i64 {
  const bus = busOf(zone);
  if (bus > 1) return EINVAL;
  const address = peek64(zone + kvm.KVM_COALESCED_MMIO_ZONE_ADDR);
  const end = address + bytesOf(zone);
  if (end < address) return 0;
  for (let i = watchCount(machine); i-- > 0; ) {
    const watch = watchAt(machine, i);
    if (!isZone(watch, bus)) continue;
    const begin = peek64(watch + WATCH_ADDRESS);
    if (address >= begin && end <= begin + peek64(watch + WATCH_BYTES)) removeWatch(machine, i);
  }
  return 0;
}

function isZone(watch: u64, bus: u64): bool {
  return peek64(watch + WATCH_EVENT) == 0 && peek64(watch + WATCH_BUS) == bus;
}

function busOf(zone: u64): u64 {
  return peek32(zone + kvm.KVM_COALESCED_MMIO_ZONE_PIO);
}

function bytesOf(zone: u64): u64 {
  return peek32(zone + kvm.KVM_COALESCED_MMIO_ZONE_SIZE);
}
