// MSRs that describe features, of the system's file: what a guest has in them before anybody writes there

import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, poke32, poke64 } from "../../../bsl/src/memory";
import { withBuffer } from "./buffer";
import { E2BIG, EFAULT } from "./errors";
import { MOST_MSRS } from "./msrs";
import { copyFromUser, copyToUser } from "./platform";

/** The microcode's revision; AMD's DE_CFG: LFENCE serializes. As MicroV's guests have them. */
const FEATURES: usize = memory.data<u64>([0x8b, 0, 0xc001_1029, 2]);
const FEATURE_COUNT: u32 = 2;

/** KVM_GET_MSR_FEATURE_INDEX_LIST: says how many there are, and with E2BIG that the user has no room for them. */
export function listFeatureMsrs(argument: u64): i64 {
  return withBuffer(argument, list);
}

function list(buffer: u64, argument: u64): i64 {
  if (copyFromUser(buffer, argument, kvm.KVM_MSR_LIST_BYTES) == 0) return EFAULT;
  const isEnough = peek32(buffer + kvm.KVM_MSR_LIST_NMSRS) >= FEATURE_COUNT;
  poke32(buffer + kvm.KVM_MSR_LIST_NMSRS, FEATURE_COUNT);
  for (let i: u32 = 0; i < FEATURE_COUNT; i++) poke32(buffer + kvm.KVM_MSR_LIST_BYTES + i * 4, <u32>indexOf(i));
  const bytes = kvm.KVM_MSR_LIST_BYTES + (isEnough ? FEATURE_COUNT * 4 : 0);
  if (copyToUser(argument, buffer, bytes) == 0) return EFAULT;
  return isEnough ? 0 : E2BIG;
}

/** KVM_GET_MSRS of the system's file: how many were read, which ends at the first that is none of these. */
export function readFeatureMsrs(argument: u64): i64 {
  return withBuffer(argument, read);
}

function read(buffer: u64, argument: u64): i64 {
  if (copyFromUser(buffer, argument, kvm.KVM_MSRS_BYTES) == 0) return EFAULT;
  const count = peek32(buffer + kvm.KVM_MSRS_NMSRS);
  if (count >= MOST_MSRS) return E2BIG;
  const bytes = <u64>count * kvm.KVM_MSR_ENTRY_BYTES;
  if (copyFromUser(buffer, argument + kvm.KVM_MSRS_BYTES, bytes) == 0) return EFAULT;
  let done: u32 = 0;
  while (done < count && tell(buffer + <u64>done * kvm.KVM_MSR_ENTRY_BYTES)) done++;
  return copyToUser(argument + kvm.KVM_MSRS_BYTES, buffer, bytes) != 0 ? done : EFAULT;
}

function tell(entry: u64): bool {
  const index = peek32(entry + kvm.KVM_MSR_ENTRY_INDEX);
  for (let i: u32 = 0; i < FEATURE_COUNT; i++) {
    if (<u32>indexOf(i) != index) continue;
    poke64(entry + kvm.KVM_MSR_ENTRY_DATA, load<u64>(FEATURES + i * 16, 8));
    return true;
  }
  return false;
}

function indexOf(place: u32): u64 {
  return load<u64>(FEATURES + place * 16);
}
