// KVM_IOEVENTFD: a guest's write to an address or a port signals an eventfd

import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, peek64, poke64 } from "../../../bsl/src/memory";
import { EEXIST, EINVAL, ENOENT, isError } from "./errors";
import { closeEvent, openEvent } from "./platform";
import {
  addWatch,
  removeWatch,
  WATCH_ADDRESS,
  WATCH_BUS,
  WATCH_BYTES,
  WATCH_DATUM,
  WATCH_EVENT,
  WATCH_HAS_DATUM,
  WATCH_SIZE,
  watchAt,
  watchCount,
} from "./watches";

/** What Linux takes, too: KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY, a bus of other processors, and a number that means nothing here. */
const FLAG_CCW: u32 = 8;
const FLAG_FAST: u32 = 16;
const FLAGS: u32 =
  kvm.KVM_IOEVENTFD_FLAG_DATAMATCH |
  kvm.KVM_IOEVENTFD_FLAG_PIO |
  kvm.KVM_IOEVENTFD_FLAG_DEASSIGN |
  FLAG_CCW |
  FLAG_FAST;

/** `asked` is a KvmIoeventfd, `watch` a place for WATCH_SIZE bytes. */
export function setIoeventfd(machine: u64, asked: u64, watch: u64): i64 {
  const flags = peek32(asked + kvm.KVM_IOEVENTFD_FLAGS);
  const isAssigned = (flags & kvm.KVM_IOEVENTFD_FLAG_DEASSIGN) == 0;
  if (isAssigned && !isSensible(asked, flags)) return EINVAL;
  const event = openEvent(peek32(asked + kvm.KVM_IOEVENTFD_FD));
  if (isError(event)) return <i64>event;
  describe(asked, flags, event, watch);
  if (!isAssigned) {
    const error = deassign(machine, watch);
    closeEvent(event);
    return error;
  }
  const error = collides(machine, watch) ? EEXIST : addWatch(machine, watch);
  if (error != 0) closeEvent(event);
  return error;
}

function isSensible(asked: u64, flags: u32): bool {
  const bytes = peek32(asked + kvm.KVM_IOEVENTFD_LEN);
  if (bytes > 8 || (bytes & (bytes - 1)) != 0) return false;
  const address = peek64(asked + kvm.KVM_IOEVENTFD_ADDR);
  if (address + bytes < address || (flags & ~FLAGS) != 0) return false;
  return bytes != 0 || (flags & kvm.KVM_IOEVENTFD_FLAG_DATAMATCH) == 0;
}

function describe(asked: u64, flags: u32, event: u64, watch: u64): void {
  // Memory, ports, or what nobody writes to
  const bus = (flags & kvm.KVM_IOEVENTFD_FLAG_PIO) != 0 ? 1 : (flags & FLAG_CCW) != 0 ? 2 : 0;
  const hasDatum = (flags & kvm.KVM_IOEVENTFD_FLAG_DATAMATCH) != 0;
  poke64(watch + WATCH_BUS, bus);
  poke64(watch + WATCH_ADDRESS, peek64(asked + kvm.KVM_IOEVENTFD_ADDR));
  poke64(watch + WATCH_BYTES, peek32(asked + kvm.KVM_IOEVENTFD_LEN));
  poke64(watch + WATCH_EVENT, event);
  poke64(watch + WATCH_HAS_DATUM, hasDatum ? 1 : 0);
  poke64(watch + WATCH_DATUM, hasDatum ? peek64(asked + kvm.KVM_IOEVENTFD_DATAMATCH) : 0);
}

/** Whether a write could be meant by another one, too. */
function collides(machine: u64, watch: u64): bool {
  const address = peek64(watch + WATCH_ADDRESS);
  const bytes = peek64(watch + WATCH_BYTES);
  const count = watchCount(machine);
  for (let i: u64 = 0; i < count; i++) {
    const other = watchAt(machine, i);
    if (peek64(other + WATCH_ADDRESS) != address) continue;
    if (peek64(other + WATCH_EVENT) == 0 || !isSame(other, watch, WATCH_BUS)) continue;
    if (bytes == 0 || peek64(other + WATCH_BYTES) == 0) return true;
    if (!isSame(other, watch, WATCH_BYTES)) continue;
    if (peek64(other + WATCH_HAS_DATUM) == 0 || peek64(watch + WATCH_HAS_DATUM) == 0) return true;
    if (isSame(other, watch, WATCH_DATUM)) return true;
  }
  return false;
}

function deassign(machine: u64, watch: u64): i64 {
  const address = peek64(watch + WATCH_ADDRESS);
  const count = watchCount(machine);
  for (let i: u64 = 0; i < count; i++) {
    const other = watchAt(machine, i);
    let isAll: bool = peek64(other + WATCH_ADDRESS) == address;
    for (let field: u64 = 0; isAll && field < WATCH_SIZE; field += 8) isAll = isSame(other, watch, field);
    if (!isAll) continue;
    removeWatch(machine, i);
    return 0;
  }
  return ENOENT;
}

function isSame(one: u64, other: u64, field: u64): bool {
  return peek64(one + field) == peek64(other + field);
}
