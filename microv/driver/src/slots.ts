// Memory slots: which addresses of the guest are which of its user's
//
// A page of them is pinned when the guest first touches it, with those around it, and shown to the guest in as few pieces as it
// lies in. It stays so until the slot goes.

import {
  MV_MAP_EXECUTE,
  MV_MAP_READ,
  MV_MAP_WRITE,
  MV_STATUS_SUCCESS,
  MV_VM_MAP,
  MV_VM_UNFLUSHED,
  MV_VM_UNMAP,
} from "../../../abi/generated/bare/hypercalls";
import {
  KVM_MEM_READONLY,
  KVM_USERSPACE_MEMORY_REGION_FLAGS,
  KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR,
  KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE,
  KVM_USERSPACE_MEMORY_REGION_SLOT,
  KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR,
} from "../../../abi/generated/bare/kvm";
import { peek32, peek64, poke64 } from "../../../bsl/src/memory";
import { EEXIST, EFAULT, EINVAL, ENOMEM } from "./errors";
import { callMv, firstOf } from "./hypercall";
import {
  MACHINE_BLOCK,
  MACHINE_GLUE,
  MACHINE_PAGES,
  MACHINE_SLOT_END,
  MACHINE_SLOTS,
  MACHINE_VM,
  setWord,
  word,
} from "./objects";
import { allocate, free, pin, sleep, unpin } from "./platform";

/** Slots of a machine: KVM_CAP_NR_MEMSLOTS. */
export const SLOT_COUNT: u32 = 509;

/** A slot: where it begins, bytes (0: unused), the user's address, KVM_MEM_*, physical addresses of its pages (0: not pinned). */
const SLOT_GUEST: u64 = 0;
const SLOT_SIZE: u64 = 8;
const SLOT_USER: u64 = 16;
const SLOT_FLAGS: u64 = 24;
const SLOT_PAGES: u64 = 32;
const SLOT_BYTES: u64 = 40;
export const SLOTS_BYTES: u64 = <u64>SLOT_COUNT * SLOT_BYTES;

const PAGE_SHIFT: u64 = 12;
const PAGE_BYTES: u64 = 1 << PAGE_SHIFT;
const PAGE_MASK: u64 = PAGE_BYTES - 1;
/** Pinned at once: a large page of the processor's. */
const PIECE_BYTES: u64 = 0x20_0000;
export const PIECE_PAGES: u64 = PIECE_BYTES >> PAGE_SHIFT;
/** KVM's own: so many pages a slot has at most. */
const MOST_PAGES: u64 = 0x7fff_ffff;
/** Addresses with this bit are the kernel's. */
const KERNEL_HALF: u64 = (<u64>1) << 63;
const LAST_ADDRESS: u64 = ((<u64>1) << 46) - 1;
/** How often memory for tables is waited for, a millisecond each: bfdriver gives the microkernel more while it runs. */
const PATIENCE: u32 = 200;

/** KVM_SET_USER_MEMORY_REGION. */
export function setSlot(machine: u64, region: u64): i64 {
  const number = peek32(region + KVM_USERSPACE_MEMORY_REGION_SLOT);
  const flags = peek32(region + KVM_USERSPACE_MEMORY_REGION_FLAGS);
  const guest = peek64(region + KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR);
  const bytes = peek64(region + KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE);
  const user = peek64(region + KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR);
  if ((flags & ~KVM_MEM_READONLY) != 0 || number >= SLOT_COUNT) return EINVAL;
  if (((guest | bytes | user) & PAGE_MASK) != 0 || guest + bytes < guest || user + bytes < user) return EINVAL;
  if (((user | (user + bytes)) & KERNEL_HALF) != 0) return EINVAL;
  const slot = slotAt(machine, number);
  const before = peek64(slot + SLOT_SIZE);
  if (bytes == 0) {
    if (before == 0) return EINVAL;
    const error = clearSlot(machine, slot);
    if (error == 0) closeSlot(slot);
    return error;
  }
  if (bytes >> PAGE_SHIFT > MOST_PAGES || guest + bytes - 1 > LAST_ADDRESS) return EINVAL;
  if (before != 0) return changeSlot(machine, slot, guest, bytes, user, flags);
  return openSlot(machine, slot, guest, bytes, user, flags);
}

/** The machine ends: its VM sees nothing any more, so that its end takes little. What cannot be hidden ends with it. */
export function hideSlots(machine: u64): void {
  for (let number: u32 = 0; number < slotEnd(machine); number++) {
    const slot = slotAt(machine, number);
    if (peek64(slot + SLOT_SIZE) != 0 && !hide(machine, slot)) return;
  }
}

/** There is no VM any more: all pages are the user's alone. */
export function releaseSlots(machine: u64): void {
  for (let number: u32 = 0; number < slotEnd(machine); number++) {
    const slot = slotAt(machine, number);
    if (peek64(slot + SLOT_SIZE) == 0) continue;
    release(machine, slot);
    closeSlot(slot);
  }
}

/** A slot that is there may move; its size and its user's memory stay. */
function changeSlot(machine: u64, slot: u64, guest: u64, bytes: u64, user: u64, flags: u32): i64 {
  const isSame = bytes == peek64(slot + SLOT_SIZE) && user == peek64(slot + SLOT_USER);
  const readOnly = (flags ^ <u32>peek64(slot + SLOT_FLAGS)) & KVM_MEM_READONLY;
  if (!isSame || readOnly != 0) return EINVAL;
  if (guest == peek64(slot + SLOT_GUEST)) return 0;
  if (overlaps(machine, slot, guest, bytes)) return EEXIST;
  const error = clearSlot(machine, slot);
  if (error == 0) poke64(slot + SLOT_GUEST, guest);
  return error;
}

function openSlot(machine: u64, slot: u64, guest: u64, bytes: u64, user: u64, flags: u32): i64 {
  if (overlaps(machine, slot, guest, bytes)) return EEXIST;
  const pages = allocate((bytes >> PAGE_SHIFT) * 8);
  if (pages == 0) return ENOMEM;
  poke64(slot + SLOT_GUEST, guest);
  poke64(slot + SLOT_USER, user);
  poke64(slot + SLOT_FLAGS, flags);
  poke64(slot + SLOT_PAGES, pages);
  poke64(slot + SLOT_SIZE, bytes);
  const number = <u64>((slot - word(machine, MACHINE_SLOTS)) / SLOT_BYTES);
  if (number >= slotEnd(machine)) setWord(machine, MACHINE_SLOT_END, number + 1);
  return 0;
}

function overlaps(machine: u64, but: u64, guest: u64, bytes: u64): bool {
  for (let number: u32 = 0; number < slotEnd(machine); number++) {
    const slot = slotAt(machine, number);
    if (slot == but) continue;
    const begin = peek64(slot + SLOT_GUEST);
    if (begin < guest + bytes && guest < begin + peek64(slot + SLOT_SIZE)) return true;
  }
  return false;
}

/** The guest sees it no more; then, when no processor does, its pages are the user's alone. */
function clearSlot(machine: u64, slot: u64): i64 {
  if (!hide(machine, slot)) return ENOMEM;
  const block = machine + MACHINE_BLOCK;
  while (
    callMv(block, MV_VM_UNFLUSHED, word(machine, MACHINE_VM), 0, 0, 0) == MV_STATUS_SUCCESS &&
    firstOf(block) != 0
  ) {
    sleep(1);
  }
  release(machine, slot);
  return 0;
}

/** Takes it from the guest's sight; false: the microkernel has no memory for that. */
function hide(machine: u64, slot: u64): bool {
  const guest = peek64(slot + SLOT_GUEST);
  const bytes = peek64(slot + SLOT_SIZE);
  for (let done: u64 = 0; done < bytes; ) {
    if (!retried(machine, MV_VM_UNMAP, guest + done, bytes - done, 0)) return false;
    done += firstOf(machine + MACHINE_BLOCK);
  }
  return true;
}

/** Gives its pages back, which nobody uses. */
function release(machine: u64, slot: u64): void {
  const pages = peek64(slot + SLOT_PAGES);
  const isDirty: u32 = isWritable(slot) ? 1 : 0;
  const end = pages + (peek64(slot + SLOT_SIZE) >> PAGE_SHIFT) * 8;
  for (let at = pages; at < end; at += 8) {
    if (peek64(at) == 0) continue;
    unpin(word(machine, MACHINE_GLUE), at, 1, isDirty);
    poke64(at, 0);
  }
}

function closeSlot(slot: u64): void {
  free(peek64(slot + SLOT_PAGES));
  poke64(slot + SLOT_SIZE, 0);
  poke64(slot + SLOT_GUEST, 0);
}

/** The slot with a guest physical address, or 0. */
export function findSlot(machine: u64, address: u64): u64 {
  for (let number: u32 = 0; number < slotEnd(machine); number++) {
    const slot = slotAt(machine, number);
    if (address - peek64(slot + SLOT_GUEST) < peek64(slot + SLOT_SIZE)) return slot;
  }
  return 0;
}

export function isWritable(slot: u64): bool {
  return (peek64(slot + SLOT_FLAGS) & KVM_MEM_READONLY) == 0;
}

/** The user's address of a guest physical address in a slot. */
export function userAddress(slot: u64, address: u64): u64 {
  return peek64(slot + SLOT_USER) + (address - peek64(slot + SLOT_GUEST));
}

/** Bytes of a slot from an address on. */
export function bytesBehind(slot: u64, address: u64): u64 {
  return peek64(slot + SLOT_GUEST) + peek64(slot + SLOT_SIZE) - address;
}

/** Shows the guest the memory around an address in a slot: 0, or a negative error. */
export function showMemory(machine: u64, slot: u64, address: u64): i64 {
  const begin = peek64(slot + SLOT_GUEST);
  const first = max(address & ~(PIECE_BYTES - 1), begin);
  const end = min((address & ~(PIECE_BYTES - 1)) + PIECE_BYTES, begin + peek64(slot + SLOT_SIZE));
  const error = pinAround(machine, slot, address, first, end);
  if (error != 0) return error;
  const pages = peek64(slot + SLOT_PAGES);
  const rights: u32 = isWritable(slot) ? MV_MAP_READ | MV_MAP_WRITE | MV_MAP_EXECUTE : MV_MAP_READ | MV_MAP_EXECUTE;
  for (let at = first; at < end; ) {
    const place = pages + ((at - begin) >> PAGE_SHIFT) * 8;
    const physical = peek64(place);
    if (physical == 0) {
      at += PAGE_BYTES;
      continue;
    }
    let bytes = PAGE_BYTES;
    while (at + bytes < end && peek64(place + (bytes >> PAGE_SHIFT) * 8) == physical + bytes) bytes += PAGE_BYTES;
    if (!retried(machine, MV_VM_MAP, at, physical | rights, bytes)) return ENOMEM;
    at += firstOf(machine + MACHINE_BLOCK);
  }
  return 0;
}

/** Pins what is not pinned of a range, which has `address`: at least the page there. */
function pinAround(machine: u64, slot: u64, address: u64, first: u64, end: u64): i64 {
  const begin = peek64(slot + SLOT_GUEST);
  const pages = peek64(slot + SLOT_PAGES);
  const found = word(machine, MACHINE_PAGES);
  for (let at = first; at < end; ) {
    const place = pages + ((at - begin) >> PAGE_SHIFT) * 8;
    if (peek64(place) != 0) {
      at += PAGE_BYTES;
      continue;
    }
    let count: u64 = 1;
    while (at + (count << PAGE_SHIFT) < end && peek64(place + count * 8) == 0) count++;
    const done = pin(word(machine, MACHINE_GLUE), userAddress(slot, at), count, isWritable(slot) ? 1 : 0, found);
    if (done < 0) return pinOne(machine, slot, address);
    // A hole in the user's memory: what is behind it is not wanted yet
    for (let i: i64 = 0; i < done; i++) poke64(place + i * 8, peek64(found + i * 8));
    at += max(done, 1) << PAGE_SHIFT;
  }
  return peek64(pages + ((address - begin) >> PAGE_SHIFT) * 8) != 0 ? 0 : EFAULT;
}

/** Pins the page of `address` alone, where the user may not lock as much as lies around it. */
function pinOne(machine: u64, slot: u64, address: u64): i64 {
  const page = address & ~PAGE_MASK;
  const place = peek64(slot + SLOT_PAGES) + ((page - peek64(slot + SLOT_GUEST)) >> PAGE_SHIFT) * 8;
  if (peek64(place) != 0) return 0;
  const done = pin(word(machine, MACHINE_GLUE), userAddress(slot, page), 1, isWritable(slot) ? 1 : 0, place);
  if (done > 0) return 0;
  // A page that is not there has no address
  poke64(place, 0);
  return done < 0 ? ENOMEM : EFAULT;
}

/** A call that may want memory of the microkernel's: it is given more meanwhile. */
function retried(machine: u64, call: u32, r12: u64, r13: u64, r14: u64): bool {
  const block = machine + MACHINE_BLOCK;
  for (let i: u32 = 0; i < PATIENCE; i++) {
    if (callMv(block, call, word(machine, MACHINE_VM), r12, r13, r14) == MV_STATUS_SUCCESS) return true;
    sleep(1);
  }
  return false;
}

/** Behind it no slot has anything. */
function slotEnd(machine: u64): u32 {
  return <u32>word(machine, MACHINE_SLOT_END);
}

function slotAt(machine: u64, number: u32): u64 {
  return word(machine, MACHINE_SLOTS) + <u64>number * SLOT_BYTES;
}
