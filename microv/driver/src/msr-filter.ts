// KVM_X86_SET_MSR_FILTER: which MSRs a guest may use
//
// The first 16 ranges of MSRs have a bit for each MSR: allowed. What is in none of them is allowed, or denied with
// KVM_MSR_FILTER_DEFAULT_DENY. A filter is the user's KvmMsrFilter, with the bitmaps behind it.

import { MV_MSR_TIME_STAMP_COUNTER } from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek8, peek32, peek64 } from "../../../bsl/src/memory";
import { EFAULT, EINVAL } from "./errors";
import { MACHINE_MSR_FILTER, word } from "./objects";
import { copyFromUser } from "./platform";

const RANGES: u32 = 16;
/** Bytes of a range's bitmap, at most: KVM's own limit. */
const BITMAP_BYTES: u64 = 0x600;
export const FILTER_BYTES: u64 = kvm.KVM_MSR_FILTER_BYTES + RANGES * BITMAP_BYTES;
const ACCESSES: u32 = kvm.KVM_MSR_FILTER_READ | kvm.KVM_MSR_FILTER_WRITE;
/** The local APIC's, by x2APIC: no filter has them. */
const FIRST_X2APIC: u32 = 0x800;
const X2APIC_COUNT: u32 = 0x100;

/** SYSENTER_CS, _ESP, _EIP, STAR, LSTAR, CSTAR, SFMASK, FS_BASE, GS_BASE, KERNEL_GS_BASE. */
const OWN_MSRS: usize = memory.data<u32>([
  0x174, 0x175, 0x176, 0xc000_0081, 0xc000_0082, 0xc000_0083, 0xc000_0084, 0xc000_0100, 0xc000_0101, 0xc000_0102,
]);
const OWN_MSR_COUNT: u32 = 10;

/** Reads the user's filter: 0, or an error. */
export function readFilter(filter: u64, argument: u64): i64 {
  if (copyFromUser(filter, argument, kvm.KVM_MSR_FILTER_BYTES) == 0) return EFAULT;
  const flags = peek32(filter + kvm.KVM_MSR_FILTER_FLAGS);
  if ((flags & ~(<u32>kvm.KVM_MSR_FILTER_DEFAULT_DENY)) != 0) return EINVAL;
  if (isEmptyFilter(filter) && flags != 0) return EINVAL;
  for (let i: u32 = 0; i < RANGES; i++) {
    const error = takeRange(filter, i);
    if (error != 0) return error;
  }
  return 0;
}

/** Without any range there is no filter. */
export function isEmptyFilter(filter: u64): bool {
  return countMsrs(filter) == 0;
}

function countMsrs(filter: u64): u64 {
  let count: u64 = 0;
  for (let i: u32 = 0; i < RANGES; i++) count += peek32(rangeOf(filter, i) + kvm.KVM_MSR_FILTER_RANGE_NMSRS);
  return count;
}

/** Its bitmap comes behind the filter. */
function takeRange(filter: u64, index: u32): i64 {
  const range = rangeOf(filter, index);
  const count = peek32(range + kvm.KVM_MSR_FILTER_RANGE_NMSRS);
  if (count == 0) return 0;
  const accesses = peek32(range + kvm.KVM_MSR_FILTER_RANGE_FLAGS);
  if (accesses == 0 || (accesses & ~ACCESSES) != 0) return EINVAL;
  // Whole words of 64 bits, as Linux counts
  const bytes = ((<u64>count + 63) >> 6) << 3;
  if (bytes > BITMAP_BYTES) return EINVAL;
  return copyFromUser(bitmapOf(filter, index), peek64(range + kvm.KVM_MSR_FILTER_RANGE_BITMAP), bytes) != 0
    ? 0
    : EFAULT;
}

/** Whether a guest may read or write an MSR. The machine's lock is held. */
export function isMsrAllowed(machine: u64, msr: u32, isWrite: bool): bool {
  const filter = word(machine, MACHINE_MSR_FILTER);
  if (filter == 0 || msr - FIRST_X2APIC < X2APIC_COUNT) return true;
  const access: u32 = isWrite ? kvm.KVM_MSR_FILTER_WRITE : kvm.KVM_MSR_FILTER_READ;
  for (let i: u32 = 0; i < RANGES; i++) {
    const range = rangeOf(filter, i);
    const place = msr - peek32(range + kvm.KVM_MSR_FILTER_RANGE_BASE);
    if (place >= peek32(range + kvm.KVM_MSR_FILTER_RANGE_NMSRS)) continue;
    if ((peek32(range + kvm.KVM_MSR_FILTER_RANGE_FLAGS) & access) == 0) continue;
    return ((<u32>peek8(bitmapOf(filter, i) + (place >> 3)) >> (place & 7)) & 1) != 0;
  }
  return (peek32(filter + kvm.KVM_MSR_FILTER_FLAGS) & kvm.KVM_MSR_FILTER_DEFAULT_DENY) == 0;
}

/** Whether the filter keeps guests from an MSR that is their own: it exits for that only. */
export function refusesOwnMsrs(machine: u64): bool {
  if (!isMsrAllowed(machine, MV_MSR_TIME_STAMP_COUNTER, false)) return true;
  for (let i: u32 = 0; i < OWN_MSR_COUNT; i++) {
    const msr = load<u32>(OWN_MSRS + i * 4);
    if (!isMsrAllowed(machine, msr, false) || !isMsrAllowed(machine, msr, true)) return true;
  }
  return false;
}

function rangeOf(filter: u64, index: u32): u64 {
  return filter + kvm.KVM_MSR_FILTER_RANGES + <u64>index * kvm.KVM_MSR_FILTER_RANGE_BYTES;
}

function bitmapOf(filter: u64, index: u32): u64 {
  return filter + kvm.KVM_MSR_FILTER_BYTES + <u64>index * BITMAP_BYTES;
}
