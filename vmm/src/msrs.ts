// Lists of MSRs, as KVM_GET_MSRS and KVM_SET_MSRS take them

import * as kvm from "@bareflank/abi/kvm";
import { Block } from "./block.ts";

/** Values by number. */
export type Msrs = Map<number, bigint>;

export const writeMsrs = (msrs: ReadonlyMap<number, bigint>): Block => {
  const block = new Block(kvm.KVM_MSRS_BYTES + msrs.size * kvm.KVM_MSR_ENTRY_BYTES);
  block.set32(kvm.KVM_MSRS_NMSRS, msrs.size);
  let entry: number = kvm.KVM_MSRS_BYTES;
  for (const [number, value] of msrs) {
    block.set32(entry + kvm.KVM_MSR_ENTRY_INDEX, number).set64(entry + kvm.KVM_MSR_ENTRY_DATA, value);
    entry += kvm.KVM_MSR_ENTRY_BYTES;
  }
  return block;
};

/** The first `count` of a block: so many KVM says it has read. */
export const readMsrs = (block: Block, count: number): Msrs =>
  new Map(
    Array.from({ length: count }, (_, index) => {
      const entry = kvm.KVM_MSRS_BYTES + index * kvm.KVM_MSR_ENTRY_BYTES;
      return [block.get32(entry + kvm.KVM_MSR_ENTRY_INDEX), block.get64(entry + kvm.KVM_MSR_ENTRY_DATA)] as const;
    }),
  );
