// What a guest's CPUID shows of its registers: KVM_GET_CPUID2 tells it as the guest finds it now

import {
  CPUID_OSPKE_BIT,
  CPUID_OSPKE_CR4,
  CPUID_OSPKE_LEAF,
  CPUID_OSXSAVE_BIT,
  CPUID_OSXSAVE_CR4,
  CPUID_OSXSAVE_LEAF,
} from "../../../abi/generated/bare/cpuid-bits";
import { MV_REG_CR4, MV_REG_XCR0 } from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, poke32 } from "../../../bsl/src/memory";
import { getMsr, getRegister } from "./list";
import { MACHINE_QUIRKS, VCPU_MACHINE, word } from "./objects";

/** Leaf 1, ECX: MONITOR and MWAIT, and the bit of MISC_ENABLE that says so (SDM volume 4, table 2-2). */
const MWAIT_BIT: u32 = 1 << 3;
const MSR_MISC_ENABLE: u32 = 0x1a0;
const ENABLE_MWAIT: u64 = 1 << 18;
const LEAF_XSAVE: u32 = 0xd;
/** The legacy region and the header (SDM volume 1, 13.4); the first component behind them. */
const XSAVE_LEAST: u32 = 576;
const FIRST_COMPONENT: u32 = 2;
const LAST_COMPONENT: u32 = 62;

/** Brings entries for a vCPU up to date. */
export function updateCpuids(vcpu: u64, entries: u64, count: u32): void {
  const quirks = word(word(vcpu, VCPU_MACHINE), MACHINE_QUIRKS);
  const followsMsr = (quirks & kvm.KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT) != 0;
  const hasMwait = followsMsr && (getMsr(vcpu, MSR_MISC_ENABLE) & ENABLE_MWAIT) != 0;
  const cr4 = getRegister(vcpu, MV_REG_CR4);
  const xcr0 = getRegister(vcpu, MV_REG_XCR0);
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryAt(entries, i);
    const leaf = peek32(entry + kvm.KVM_CPUID_ENTRY2_FUNCTION);
    const subleaf = peek32(entry + kvm.KVM_CPUID_ENTRY2_INDEX);
    if (leaf == <u32>CPUID_OSXSAVE_LEAF) show(entry, <u32>CPUID_OSXSAVE_BIT, (cr4 & CPUID_OSXSAVE_CR4) != 0);
    if (leaf == <u32>CPUID_OSXSAVE_LEAF && followsMsr) show(entry, MWAIT_BIT, hasMwait);
    if (subleaf != 0) continue;
    if (leaf == <u32>CPUID_OSPKE_LEAF) show(entry, <u32>CPUID_OSPKE_BIT, (cr4 & CPUID_OSPKE_CR4) != 0);
    if (leaf == LEAF_XSAVE) poke32(entry + kvm.KVM_CPUID_ENTRY2_EBX, xsaveBytes(entries, count, xcr0));
  }
}

function show(entry: u64, bit: u32, isSet: bool): void {
  const place = entry + kvm.KVM_CPUID_ENTRY2_ECX;
  poke32(place, isSet ? peek32(place) | bit : peek32(place) & ~bit);
}

/** Bytes for what XCR0 enables: each component's leaf tells its size and its place. */
function xsaveBytes(entries: u64, count: u32, xcr0: u64): u32 {
  let bytes = XSAVE_LEAST;
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryAt(entries, i);
    const component = peek32(entry + kvm.KVM_CPUID_ENTRY2_INDEX);
    if (peek32(entry + kvm.KVM_CPUID_ENTRY2_FUNCTION) != LEAF_XSAVE) continue;
    if (component < FIRST_COMPONENT || component > LAST_COMPONENT || ((xcr0 >> component) & 1) == 0) continue;
    bytes = max(bytes, peek32(entry + kvm.KVM_CPUID_ENTRY2_EAX) + peek32(entry + kvm.KVM_CPUID_ENTRY2_EBX));
  }
  return bytes;
}

function entryAt(entries: u64, index: u32): u64 {
  return entries + <u64>index * kvm.KVM_CPUID_ENTRY2_BYTES;
}
