// Writes that wait for the guest's user in a ring: a page that all vCPUs of a machine share with it

import {
  KVM_COALESCED_MMIO_BYTES,
  KVM_COALESCED_MMIO_DATA,
  KVM_COALESCED_MMIO_LEN,
  KVM_COALESCED_MMIO_PHYS_ADDR,
  KVM_COALESCED_MMIO_PIO,
  KVM_COALESCED_MMIO_RING_BYTES,
  KVM_COALESCED_MMIO_RING_FIRST,
  KVM_COALESCED_MMIO_RING_LAST,
  KVM_PAGE_BYTES,
} from "../../../abi/generated/bare/kvm";
import { loadAcquire32, storeRelease32 } from "../../../bsl/src/atomic";
import { poke32, poke64 } from "../../../bsl/src/memory";
import { ringOf } from "./platform";

/** Places of the ring, of which one stays empty. */
const PLACES: u32 = (KVM_PAGE_BYTES - <u32>KVM_COALESCED_MMIO_RING_BYTES) / <u32>KVM_COALESCED_MMIO_BYTES;

/** Appends a write; false when there is no room. The user may write what it likes there, and the machine's lock is held. */
export function appendWrite(glue: u64, isPort: bool, address: u64, bytes: u64, data: u64): bool {
  const ring = ringOf(glue);
  const last = loadAcquire32(ring + KVM_COALESCED_MMIO_RING_LAST);
  if (last >= PLACES) return false;
  const next = (last + 1) % PLACES;
  if (next == loadAcquire32(ring + KVM_COALESCED_MMIO_RING_FIRST)) return false;
  const place = ring + KVM_COALESCED_MMIO_RING_BYTES + <u64>last * KVM_COALESCED_MMIO_BYTES;
  poke64(place + KVM_COALESCED_MMIO_PHYS_ADDR, address);
  poke32(place + KVM_COALESCED_MMIO_LEN, <u32>bytes);
  poke32(place + KVM_COALESCED_MMIO_PIO, isPort ? 1 : 0);
  poke64(place + KVM_COALESCED_MMIO_DATA, data);
  storeRelease32(ring + KVM_COALESCED_MMIO_RING_LAST, next);
  return true;
}
