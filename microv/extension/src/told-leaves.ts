// The processor that a guest is told it has: the leaves of CPUID that its caller has given it

import { ownMemory, peek32 } from "@bareflank/sdk";
import {
  MV_CPUID_BYTES,
  MV_CPUID_EAX,
  MV_CPUID_FLAG_SUBLEAF,
  MV_CPUID_FLAGS,
  MV_CPUID_LEAF,
  MV_CPUID_SUBLEAF,
} from "../../../abi/generated/bare/hypercalls";
import { Vcpu } from "./vcpu";

/** It, for settableBitsBy(): its reference is the vCPU's. */
@unmanaged
export class ToldProcessor {
  /** EAX, EBX, ECX or EDX (0 to 3) of a leaf. */
  cpuid(leaf: u32, subleaf: u32, result: u32): u32 {
    const entry = findEntry(changetype<Vcpu>(changetype<usize>(this)), leaf, subleaf);
    return entry == 0 ? 0 : peek32(entry + MV_CPUID_EAX + result * 4);
  }
}

export function toldOf(vcpu: Vcpu): ToldProcessor {
  return changetype<ToldProcessor>(changetype<usize>(vcpu));
}

/** Address of the entry for a leaf, or 0. */
export function findEntry(vcpu: Vcpu, leaf: u32, subleaf: u32): u64 {
  const begin = ownMemory(vcpu.cpuids);
  const end = begin + <u64>vcpu.cpuidCount * MV_CPUID_BYTES;
  for (let entry = begin; entry < end; entry += MV_CPUID_BYTES) {
    if (peek32(entry + MV_CPUID_LEAF) != leaf) continue;
    const isAny = (peek32(entry + MV_CPUID_FLAGS) & MV_CPUID_FLAG_SUBLEAF) == 0;
    if (isAny || peek32(entry + MV_CPUID_SUBLEAF) == subleaf) return entry;
  }
  return 0;
}
