// CPUID of guests: the leaves that their caller has given them, with what shows the guest's own registers
//
// What a caller may give is what this processor has, and guests have for themselves: guest-leaves.ts.

import { copyMemory, guest, Next, ownMemory, peek32, peek64, readCr4 } from "@bareflank/sdk";
import {
  CPUID_OSPKE_BIT,
  CPUID_OSPKE_CR4,
  CPUID_OSPKE_LEAF,
  CPUID_OSXSAVE_BIT,
  CPUID_OSXSAVE_CR4,
  CPUID_OSXSAVE_LEAF,
} from "../../../abi/generated/bare/cpuid-bits";
import {
  MV_CPUID_BYTES,
  MV_CPUID_EAX,
  MV_CPUID_EBX,
  MV_CPUID_ECX,
  MV_CPUID_EDX,
  MV_MAX_CPUIDS,
  MV_OPTION_MWAIT_BY_MSR,
  MV_PAGE_LIST,
  MV_PAGE_LIST_COUNT,
  MV_STATUS_INVALID_INPUT_REG2,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { LEAF_XSAVE, xsaveBytes } from "./guest-leaves";
import { enablesMwait } from "./msrs";
import { findEntry, toldOf } from "./told-leaves";
import { Vcpu } from "./vcpu";

const ECX: u32 = 2;
/** Of leaf 1: MONITOR and MWAIT (APM volume 3, E.3.2). */
const MWAIT: u64 = 1 << 3;
/** Of EDX: a local APIC. Its base MSR. */
const APIC: u64 = 1 << 9;
const APIC_ENABLED: u64 = 1 << 11;

/** CPUID in a guest. A leaf that it has not is all zeros. */
export function answerCpuid(vcpu: Vcpu): Next {
  const leaf = <u32>guest.rax;
  const subleaf = <u32>guest.rcx;
  const entry = findEntry(vcpu, leaf, subleaf);
  if (entry == 0) {
    guest.answer(0, 0, 0, 0);
    return Next.AdvanceAndRun;
  }
  guest.rax = peek32(entry + MV_CPUID_EAX);
  guest.rbx = peek32(entry + MV_CPUID_EBX);
  guest.rcx = peek32(entry + MV_CPUID_ECX);
  guest.rdx = peek32(entry + MV_CPUID_EDX);
  if (leaf == CPUID_OSXSAVE_LEAF) showFeatures(vcpu);
  else if (leaf == CPUID_OSPKE_LEAF && subleaf == 0) show(CPUID_OSPKE_BIT, CPUID_OSPKE_CR4);
  else if (leaf == LEAF_XSAVE && subleaf == 0) guest.rbx = xsaveBytes();
  return Next.AdvanceAndRun;
}

/** MV_VS_CPUID_SET_LIST: the page's entries stand from place `first` on, and nothing behind them. */
export function setCpuids(vcpu: Vcpu, first: u64): u64 {
  const count = peek64(vcpu.shared(MV_PAGE_LIST_COUNT));
  if (first > vcpu.cpuidCount || count > MV_MAX_CPUIDS || first + count > MV_MAX_CPUIDS)
    return MV_STATUS_INVALID_INPUT_REG2;
  copyMemory(ownMemory(vcpu.cpuids) + first * MV_CPUID_BYTES, vcpu.shared(MV_PAGE_LIST), count * MV_CPUID_BYTES);
  vcpu.cpuidCount = <u32>(first + count);
  return MV_STATUS_SUCCESS;
}

/** Leaf 1. */
function showFeatures(vcpu: Vcpu): void {
  show(CPUID_OSXSAVE_BIT, CPUID_OSXSAVE_CR4);
  // It is not there while APIC_BASE has it disabled (SDM volume 3, 11.4.3)
  if ((vcpu.apicBase & APIC_ENABLED) == 0) guest.rdx &= ~APIC;
  if ((vcpu.vp.guest.options & MV_OPTION_MWAIT_BY_MSR) == 0) return;
  guest.rcx = enablesMwait(vcpu) ? guest.rcx | MWAIT : guest.rcx & ~MWAIT;
}

/** Whether the guest is told that it has MONITOR and MWAIT. */
export function hasMwait(vcpu: Vcpu): bool {
  if ((vcpu.vp.guest.options & MV_OPTION_MWAIT_BY_MSR) != 0) return enablesMwait(vcpu);
  return (toldOf(vcpu).cpuid(<u32>CPUID_OSXSAVE_LEAF, 0, ECX) & <u32>MWAIT) != 0;
}

/** A bit of ECX follows one of CR4. */
function show(bit: u64, cr4: u64): void {
  const others = guest.rcx & ~bit;
  guest.rcx = (readCr4() & cr4) != 0 ? others | bit : others;
}
