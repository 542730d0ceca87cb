// Guest physical memory for the emulator: the user's own, by the slots of the machine whose lock is held

import { GUEST_CHANGED, GUEST_DEVICE, GUEST_DONE, GUEST_FAILED } from "../../../abi/generated/bare/emulation";
import { copyFromUser, copyToUser, exchangeUser } from "./platform";
import { findSlot, isWritable, userAddress } from "./slots";

/** See bsl/src/emulator/guest.ts. `owner` is the machine. */
export function readGuestMemory(owner: u64, physical: u64, to: u64, bytes: u32): u32 {
  const slot = findSlot(owner, physical);
  if (slot == 0) return GUEST_DEVICE;
  return copyFromUser(to, userAddress(slot, physical), bytes) != 0 ? GUEST_DONE : GUEST_FAILED;
}

export function writeGuestMemory(owner: u64, physical: u64, from: u64, bytes: u32): u32 {
  const slot = findSlot(owner, physical);
  if (slot == 0 || !isWritable(slot)) return GUEST_DEVICE;
  return copyToUser(userAddress(slot, physical), from, bytes) != 0 ? GUEST_DONE : GUEST_FAILED;
}

export function exchangeGuestMemory(owner: u64, physical: u64, bytes: u32, expected: u64, value: u64): u32 {
  const slot = findSlot(owner, physical);
  if (slot == 0 || !isWritable(slot)) return GUEST_DEVICE;
  const done = exchangeUser(userAddress(slot, physical), bytes, expected, value);
  return done == 0 ? GUEST_DONE : done == 1 ? GUEST_CHANGED : GUEST_FAILED;
}
