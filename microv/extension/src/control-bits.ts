// Bits of control registers that a guest may set: those of features that its CPUID has (APM volume 2, 3.1; SDM volume 3, 2.5)
//
// Processors know nothing of a guest's CPUID. On AMD all writes of CR4 exit; on Intel those that set a bit which the guest has
// not. EFER and XCR0 exit anyhow. What depends on no feature is the processor's to refuse.

import {
  cpuidRegister,
  IntelRegister,
  isIntel,
  Register,
  settableBits,
  settableBitsBy,
  WritableControl,
} from "@bareflank/sdk";
import { LEAF_XSAVE, XSAVE_COMPONENTS } from "./guest-leaves";
import { ToldProcessor, toldOf } from "./told-leaves";
import { Vcpu } from "./vcpu";

/** VME to OSXMMEXCPT, UMIP, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP, PKE: of guest-leaves.ts, which has the features. */
const CR4_BITS: u64 = 0x77_0fff;
/** SCE, LME, LMA, NXE, FFXSR. */
const EFER_BITS: u64 = 0x4d01;
const EFER_LMA: u64 = 1 << 10;
const X87: u64 = 1;
const EAX: u32 = 0;

/** Has the guest exit when it sets a bit of CR4 that it has not: when it is made, and when it has got another CPUID. */
export function setControlBits(vcpu: Vcpu): void {
  const bits = CR4_BITS & settableBits(Register.Cr4);
  vcpu.cr4Bits = vcpu.cpuidCount == 0 ? bits : bits & settableBitsBy<ToldProcessor>(toldOf(vcpu), Register.Cr4);
  const vs = vcpu.vs;
  if (!isIntel()) {
    vs.interceptControlWrite(WritableControl.Cr4, true);
    return;
  }
  // The others the guest sees as they are now
  const cr4 = vs.get(Register.Cr4);
  vs.intel.write(IntelRegister.Cr4GuestHostMask, ~vcpu.cr4Bits);
  vs.set(Register.Cr4, cr4);
}

/** EFER as the guest has it: that AMD's processors want SVME set in it is not the guest's affair. */
export function readEfer(vcpu: Vcpu): u64 {
  return vcpu.vs.get(Register.Efer) & EFER_BITS;
}

/** Of EFER: what the guest's processor knows. */
export function eferBits(vcpu: Vcpu): u64 {
  return vcpu.cpuidCount == 0
    ? EFER_BITS
    : EFER_BITS & (settableBitsBy<ToldProcessor>(toldOf(vcpu), Register.Efer) | EFER_LMA);
}

/** Of XCR0. */
export function xcr0Bits(vcpu: Vcpu): u64 {
  const components = vcpu.cpuidCount == 0 ? cpuidRegister(LEAF_XSAVE, 0, EAX) : toldOf(vcpu).cpuid(LEAF_XSAVE, 0, EAX);
  return (components & XSAVE_COMPONENTS) | X87;
}
