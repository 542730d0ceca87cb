// CPUID leaves of a virtual processor

import * as kvm from "@bareflank/abi/kvm";
import { Block } from "./block.ts";

/** One leaf. */
export interface CpuidLeaf {
  /** EAX of the CPUID. */
  readonly leaf: number;
  /** ECX of the CPUID, for a leaf that heeds it. */
  readonly subleaf: number | undefined;
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/** A block for so many leaves. */
export const roomForLeaves = (count: number): Block =>
  new Block(kvm.KVM_CPUID2_BYTES + count * kvm.KVM_CPUID_ENTRY2_BYTES).set32(kvm.KVM_CPUID2_NENT, count);

export const readLeaves = (block: Block): CpuidLeaf[] =>
  Array.from({ length: block.get32(kvm.KVM_CPUID2_NENT) }, (_, index) => {
    const entry = kvm.KVM_CPUID2_BYTES + index * kvm.KVM_CPUID_ENTRY2_BYTES;
    const flags = block.get32(entry + kvm.KVM_CPUID_ENTRY2_FLAGS);
    const subleaf = block.get32(entry + kvm.KVM_CPUID_ENTRY2_INDEX);
    return {
      leaf: block.get32(entry + kvm.KVM_CPUID_ENTRY2_FUNCTION),
      subleaf: (flags & kvm.KVM_CPUID_FLAG_SIGNIFCANT_INDEX) !== 0 ? subleaf : undefined,
      eax: block.get32(entry + kvm.KVM_CPUID_ENTRY2_EAX),
      ebx: block.get32(entry + kvm.KVM_CPUID_ENTRY2_EBX),
      ecx: block.get32(entry + kvm.KVM_CPUID_ENTRY2_ECX),
      edx: block.get32(entry + kvm.KVM_CPUID_ENTRY2_EDX),
    };
  });

export const writeLeaves = (leaves: readonly CpuidLeaf[]): Block => {
  const block = roomForLeaves(leaves.length);
  for (const [index, { leaf, subleaf, eax, ebx, ecx, edx }] of leaves.entries()) {
    const entry = kvm.KVM_CPUID2_BYTES + index * kvm.KVM_CPUID_ENTRY2_BYTES;
    block
      .set32(entry + kvm.KVM_CPUID_ENTRY2_FUNCTION, leaf)
      .set32(entry + kvm.KVM_CPUID_ENTRY2_INDEX, subleaf ?? 0)
      .set32(entry + kvm.KVM_CPUID_ENTRY2_FLAGS, subleaf === undefined ? 0 : kvm.KVM_CPUID_FLAG_SIGNIFCANT_INDEX)
      .set32(entry + kvm.KVM_CPUID_ENTRY2_EAX, eax)
      .set32(entry + kvm.KVM_CPUID_ENTRY2_EBX, ebx)
      .set32(entry + kvm.KVM_CPUID_ENTRY2_ECX, ecx)
      .set32(entry + kvm.KVM_CPUID_ENTRY2_EDX, edx);
  }
  return block;
};

/** Leaf 1 (APM volume 3, appendix E.3.2; SDM volume 2A, CPUID). */
const LEAF1_ECX_X2APIC = 1 << 21;
const LEAF1_ECX_TSC_DEADLINE = 1 << 24;
const LEAF1_ECX_HYPERVISOR = 2 ** 31;
const LEAF1_EDX_APIC = 1 << 9;
/** KVM's own leaf of features: those that need its local APIC (Linux: Documentation/virt/kvm/cpuid.rst). */
const KVM_FEATURES_LEAF = 0x4000_0001;
const KVM_APIC_FEATURES = (1 << 4) | (1 << 6) | (1 << 7) | (1 << 11) | (1 << 14) | (1 << 15);

/** The same leaves for a processor that says that it is virtual: only then systems look for KVM's own leaves. */
export const asHypervisor = (leaves: readonly CpuidLeaf[]): CpuidLeaf[] =>
  leaves.map((leaf) => (leaf.leaf === 1 ? { ...leaf, ecx: (leaf.ecx | LEAF1_ECX_HYPERVISOR) >>> 0 } : leaf));

/** The same leaves for a processor without local APIC: systems use the 8259 and the 8254 there. */
export const withoutLocalApic = (leaves: readonly CpuidLeaf[]): CpuidLeaf[] =>
  leaves.map((leaf) => {
    if (leaf.leaf === 1) {
      const ecx = leaf.ecx & ~(LEAF1_ECX_X2APIC | LEAF1_ECX_TSC_DEADLINE);
      return { ...leaf, ecx: ecx >>> 0, edx: (leaf.edx & ~LEAF1_EDX_APIC) >>> 0 };
    }
    if (leaf.leaf === KVM_FEATURES_LEAF) return { ...leaf, eax: (leaf.eax & ~KVM_APIC_FEATURES) >>> 0 };
    return leaf;
  });
