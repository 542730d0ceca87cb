// KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2, KVM_GET_CPUID2: what CPUID says to a guest

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { copyMemory, fillMemory, peek32, poke32, poke64 } from "../../../bsl/src/memory";
import { withBuffer } from "./buffer";
import { updateCpuids } from "./cpuid-of-now";
import { E2BIG, EFAULT, EINVAL, ENODEV } from "./errors";
import { callMv, firstOf, secondOf } from "./hypercall";
import {
  ARGUMENT_BYTES,
  setWord,
  VCPU_ARGUMENT,
  VCPU_BLOCK,
  VCPU_CPUID_COUNT,
  VCPU_CPUIDS,
  VCPU_HAS_RUN,
  VCPU_PAGE,
  VCPU_VS,
  word,
} from "./objects";
import { copyFromUser, copyToUser } from "./platform";

/** Leaves of a guest, at most: MicroV's. */
const MOST: u32 = mv.MV_MAX_CPUIDS;
export const CPUIDS_BYTES: u64 = <u64>MOST * kvm.KVM_CPUID_ENTRY2_BYTES;

const LEAF_CACHES: u32 = 4;
const MOST_CACHES: u32 = 8;
/** EAX of a subleaf that names no cache has none of these bits. */
const NO_CACHE: u64 = 31;
const LEAF_MORE: u32 = 7;
const LEAF_XSAVE: u32 = 0xd;
const LAST_XSAVE: u32 = 63;
const LEAF_HYPERVISOR: u32 = 0x4000_0000;
const LEAF_EXTENDED: u32 = 0x8000_0000;
/** kvmclock by its old and its new MSRs, a counter that is the same everywhere, and no waiting between accesses to ports. */
const KVM_FEATURES: u32 = (1 << 0) | (1 << 1) | (1 << 3) | (1 << 24);
/** "KVMKVMKVM": guests look for KVM's paravirtual features by it. */
const KVM_EBX: u32 = 0x4b4d_564b;
const KVM_ECX: u32 = 0x564b_4d56;
const KVM_EDX: u32 = 0x4d;

/** KVM_GET_SUPPORTED_CPUID. */
export function listCpuids(argument: u64): i64 {
  return withBuffer(argument, fillCpuids);
}

function fillCpuids(buffer: u64, argument: u64): i64 {
  const block = buffer + ARGUMENT_BYTES - 64;
  if (copyFromUser(buffer, argument, kvm.KVM_CPUID2_BYTES) == 0) return EFAULT;
  const room = peek32(buffer + kvm.KVM_CPUID2_NENT);
  const first = buffer + kvm.KVM_CPUID2_BYTES;
  let entry = tellLeaves(block, first, 0);
  entry = tellWords(entry, LEAF_HYPERVISOR, LEAF_HYPERVISOR + 1, KVM_EBX, KVM_ECX, KVM_EDX);
  entry = tellWords(entry, LEAF_HYPERVISOR + 1, KVM_FEATURES, 0, 0, 0);
  const end = tellLeaves(block, entry, LEAF_EXTENDED);
  if (end == entry) return ENODEV;
  const count = <u32>((end - first) / kvm.KVM_CPUID_ENTRY2_BYTES);
  // KVM itself leaves the number alone when there is no room
  if (room < count) return E2BIG;
  poke32(buffer + kvm.KVM_CPUID2_NENT, count);
  return copyToUser(argument, buffer, end - buffer) != 0 ? 0 : EFAULT;
}

/** Entries of all leaves from the first of a range on, which says how many there are: the address behind them. */
function tellLeaves(block: u64, entry: u64, first: u32): u64 {
  for (let leaf = first, last = first; leaf <= last && ask(block, leaf, 0); leaf++) {
    if (leaf == first) last = <u32>firstOf(block);
    const isIndexed = leaf == LEAF_CACHES || leaf == LEAF_MORE || leaf == LEAF_XSAVE;
    entry = tell(block, entry, leaf, 0, isIndexed);
    if (leaf == LEAF_CACHES) entry = tellCaches(block, entry);
    if (leaf == LEAF_XSAVE) entry = tellComponents(block, entry);
  }
  return entry;
}

function tellCaches(block: u64, entry: u64): u64 {
  for (let i: u32 = 1; i < MOST_CACHES && ask(block, LEAF_CACHES, i) && (firstOf(block) & NO_CACHE) != 0; i++) {
    entry = tell(block, entry, LEAF_CACHES, i, true);
  }
  return entry;
}

function tellComponents(block: u64, entry: u64): u64 {
  for (let i: u32 = 1; i <= LAST_XSAVE; i++) {
    const isThere = ask(block, LEAF_XSAVE, i) && (firstOf(block) | secondOf(block)) != 0;
    if (isThere) entry = tell(block, entry, LEAF_XSAVE, i, true);
  }
  return entry;
}

/** KVM_SET_CPUID2: the guest's leaves from now on. */
export function setCpuids(vcpu: u64, argument: u64): i64 {
  const given = word(vcpu, VCPU_ARGUMENT);
  if (copyFromUser(given, argument, kvm.KVM_CPUID2_BYTES) == 0) return EFAULT;
  const count = peek32(given + kvm.KVM_CPUID2_NENT);
  if (count > MOST) return E2BIG;
  const bytes = <u64>count * kvm.KVM_CPUID_ENTRY2_BYTES;
  if (copyFromUser(given, argument + kvm.KVM_CPUID2_BYTES, bytes) == 0) return EFAULT;
  if (word(vcpu, VCPU_HAS_RUN) != 0) return isSame(vcpu, given, count) ? 0 : EINVAL;
  const page = word(vcpu, VCPU_PAGE);
  for (let i: u32 = 0; i < count; i++) {
    const from = given + <u64>i * kvm.KVM_CPUID_ENTRY2_BYTES;
    const to = page + mv.MV_PAGE_LIST + <u64>i * mv.MV_CPUID_BYTES;
    // The first seven words are the same, in the same order
    copyMemory(to, from, kvm.KVM_CPUID_ENTRY2_PADDING);
    poke32(to + mv.MV_CPUID_RESERVED, 0);
  }
  poke64(page + mv.MV_PAGE_LIST_COUNT, count);
  const status = callMv(vcpu + VCPU_BLOCK, mv.MV_VS_CPUID_SET_LIST, word(vcpu, VCPU_VS), 0, 0, 0);
  if (status != mv.MV_STATUS_SUCCESS) return ENODEV;
  copyMemory(word(vcpu, VCPU_CPUIDS), given, bytes);
  setWord(vcpu, VCPU_CPUID_COUNT, count);
  return 0;
}

/** A guest that has run keeps what it was told; its user may say that again. */
function isSame(vcpu: u64, given: u64, count: u32): bool {
  if (word(vcpu, VCPU_CPUID_COUNT) != count) return false;
  const known = word(vcpu, VCPU_CPUIDS);
  updateCpuids(vcpu, known, count);
  updateCpuids(vcpu, given, count);
  for (let i: u32 = 0; i < count; i++) {
    const entry = <u64>i * kvm.KVM_CPUID_ENTRY2_BYTES;
    for (let at = entry; at < entry + kvm.KVM_CPUID_ENTRY2_PADDING; at += 4) {
      if (peek32(known + at) != peek32(given + at)) return false;
    }
  }
  return true;
}

/** KVM_GET_CPUID2. */
export function getCpuids(vcpu: u64, argument: u64): i64 {
  const block = vcpu + VCPU_BLOCK;
  if (copyFromUser(block, argument, kvm.KVM_CPUID2_BYTES) == 0) return EFAULT;
  const count = <u32>word(vcpu, VCPU_CPUID_COUNT);
  const isEnough = peek32(block) >= count;
  poke32(block, count);
  if (copyToUser(argument, block, 4) == 0) return EFAULT;
  if (!isEnough) return E2BIG;
  updateCpuids(vcpu, word(vcpu, VCPU_CPUIDS), count);
  const bytes = <u64>count * kvm.KVM_CPUID_ENTRY2_BYTES;
  return copyToUser(argument + kvm.KVM_CPUID2_BYTES, word(vcpu, VCPU_CPUIDS), bytes) != 0 ? 0 : EFAULT;
}

function ask(block: u64, leaf: u32, subleaf: u32): bool {
  return callMv(block, mv.MV_PP_CPUID_GET, leaf, subleaf, 0, 0) == mv.MV_STATUS_SUCCESS;
}

/** Writes an entry of what was asked last: the address behind it. */
function tell(block: u64, entry: u64, leaf: u32, subleaf: u32, isIndexed: bool): u64 {
  const low = firstOf(block);
  const high = secondOf(block);
  const next = tellWords(entry, leaf, <u32>low, <u32>(low >> 32), <u32>high, <u32>(high >> 32));
  poke32(entry + kvm.KVM_CPUID_ENTRY2_INDEX, subleaf);
  if (isIndexed) poke32(entry + kvm.KVM_CPUID_ENTRY2_FLAGS, kvm.KVM_CPUID_FLAG_SIGNIFCANT_INDEX);
  return next;
}

function tellWords(entry: u64, leaf: u32, eax: u32, ebx: u32, ecx: u32, edx: u32): u64 {
  fillMemory(entry, 0, kvm.KVM_CPUID_ENTRY2_BYTES);
  poke32(entry + kvm.KVM_CPUID_ENTRY2_FUNCTION, leaf);
  poke32(entry + kvm.KVM_CPUID_ENTRY2_EAX, eax);
  poke32(entry + kvm.KVM_CPUID_ENTRY2_EBX, ebx);
  poke32(entry + kvm.KVM_CPUID_ENTRY2_ECX, ecx);
  poke32(entry + kvm.KVM_CPUID_ENTRY2_EDX, edx);
  return entry + kvm.KVM_CPUID_ENTRY2_BYTES;
}
