// KVM_GET_MSRS, KVM_SET_MSRS, KVM_GET_MSR_INDEX_LIST: MSRs that MicroV's guests have

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, peek64, poke32, poke64 } from "../../../bsl/src/memory";
import { withBuffer } from "./buffer";
import { noticeMsr } from "./clock";
import { E2BIG, EFAULT, ENODEV } from "./errors";
import { callMv, firstOf, NOT_TAKEN } from "./hypercall";
import { append, beginList, valueAt } from "./list";
import { ARGUMENT_BYTES, VCPU_ARGUMENT, VCPU_BLOCK, VCPU_VS, word } from "./objects";
import { copyFromUser, copyToUser } from "./platform";
import { writeTsc } from "./tsc";

/** KVM's own limit of one call. */
export const MOST_MSRS: u32 = 256;

/** KVM_GET_MSRS, KVM_SET_MSRS: how many were done, which end at the first that the guest has not or refuses. */
export function accessMsrs(vcpu: u64, argument: u64, isWrite: bool): i64 {
  const buffer = word(vcpu, VCPU_ARGUMENT);
  if (copyFromUser(buffer, argument, kvm.KVM_MSRS_BYTES) == 0) return EFAULT;
  const count = peek32(buffer + kvm.KVM_MSRS_NMSRS);
  if (count >= MOST_MSRS) return E2BIG;
  const bytes = <u64>count * kvm.KVM_MSR_ENTRY_BYTES;
  if (copyFromUser(buffer, argument + kvm.KVM_MSRS_BYTES, bytes) == 0) return EFAULT;
  let done: u32 = 0;
  while (done < count) {
    const step = min(count - done, mv.MV_LIST_ENTRIES);
    beginList(vcpu);
    for (let i: u32 = 0; i < step; i++) {
      const entry = buffer + <u64>(done + i) * kvm.KVM_MSR_ENTRY_BYTES;
      append(vcpu, peek32(entry + kvm.KVM_MSR_ENTRY_INDEX), peek64(entry + kvm.KVM_MSR_ENTRY_DATA));
    }
    const call = isWrite ? mv.MV_VS_MSR_SET_LIST : mv.MV_VS_MSR_GET_LIST;
    if (callMv(vcpu + VCPU_BLOCK, call, word(vcpu, VCPU_VS), 0, 0, 0) != mv.MV_STATUS_SUCCESS) return ENODEV;
    const some = <u32>firstOf(vcpu + VCPU_BLOCK);
    for (let i: u32 = 0; i < some; i++) {
      const entry = buffer + <u64>(done + i) * kvm.KVM_MSR_ENTRY_BYTES;
      poke64(entry + kvm.KVM_MSR_ENTRY_DATA, valueAt(vcpu, i));
      if (isWrite) noticeMsr(vcpu, peek32(entry + kvm.KVM_MSR_ENTRY_INDEX), valueAt(vcpu, i));
    }
    done += some;
    if (some < step) break;
  }
  for (let i: u32 = 0; isWrite && i < done; i++) {
    const entry = buffer + <u64>i * kvm.KVM_MSR_ENTRY_BYTES;
    if (peek32(entry + kvm.KVM_MSR_ENTRY_INDEX) != mv.MV_MSR_TIME_STAMP_COUNTER) continue;
    if (!writeTsc(vcpu, peek64(entry + kvm.KVM_MSR_ENTRY_DATA))) return ENODEV;
  }
  if (!isWrite && copyToUser(argument + kvm.KVM_MSRS_BYTES, buffer, bytes) == 0) return EFAULT;
  return done;
}

/** KVM_GET_MSR_INDEX_LIST: says how many there are, and with E2BIG that the user has no room for them. */
export function listMsrs(argument: u64): i64 {
  return withBuffer(argument, fillMsrs);
}

function fillMsrs(buffer: u64, argument: u64): i64 {
  // The block for hypercalls is at the buffer's end
  const block = buffer + ARGUMENT_BYTES - 64;
  if (copyFromUser(buffer, argument, kvm.KVM_MSR_LIST_BYTES) == 0) return EFAULT;
  const room = peek32(buffer + kvm.KVM_MSR_LIST_NMSRS);
  let count: u32 = 0;
  for (; count < MOST_MSRS; count++) {
    const status = callMv(block, mv.MV_PP_MSR_GET_SUPPORTED, count, 0, 0, 0);
    if (status == NOT_TAKEN) return ENODEV;
    if (status != mv.MV_STATUS_SUCCESS) break;
    poke32(buffer + kvm.KVM_MSR_LIST_BYTES + <u64>count * 4, <u32>firstOf(block));
  }
  poke32(buffer + kvm.KVM_MSR_LIST_NMSRS, count);
  const bytes = kvm.KVM_MSR_LIST_BYTES + (room < count ? 0 : count * 4);
  if (copyToUser(argument, buffer, bytes) == 0) return EFAULT;
  return room < count ? E2BIG : 0;
}
