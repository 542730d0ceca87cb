// What a VMCS's control fields and control registers must be: what the microkernel needs, within what the processor can
//
// The loader has seen to it that the processor can do all that is forced here. Manual: SDM volume 3, appendix A.2 to A.5,
// A.7 and A.8: capability reporting MSRs.

import { rdmsr } from "../cpu";
import {
  VMCS_CR0,
  VMCS_CR4,
  VMCS_CR4_MASK,
  VMCS_ENTRY_CONTROLS,
  VMCS_EXIT_CONTROLS,
  VMCS_PIN_CONTROLS,
  VMCS_PROCESSOR_CONTROLS,
  VMCS_SECONDARY_CONTROLS,
} from "./vmcs";

export const MSR_VMX_BASIC: u32 = 0x480;
const MSR_VMX_CR0_FIXED0: u32 = 0x486;
const MSR_VMX_CR0_FIXED1: u32 = 0x487;
const MSR_VMX_CR4_FIXED0: u32 = 0x488;
const MSR_VMX_CR4_FIXED1: u32 = 0x489;
const MSR_VMX_SECONDARY: u32 = 0x48b;
const MSR_VMX_TRUE_PIN: u32 = 0x48d;
const MSR_VMX_TRUE_PROCESSOR: u32 = 0x48e;
const MSR_VMX_TRUE_EXIT: u32 = 0x48f;
const MSR_VMX_TRUE_ENTRY: u32 = 0x490;

/** NMI exiting, virtual NMIs. */
const PIN_FORCED: u64 = 0x28;
/** Activate secondary controls. */
const PROCESSOR_FORCED: u64 = 0x8000_0000;
/** Tertiary controls and PASID translation: the interface does not have the fields that they use. */
const PROCESSOR_TERTIARY: u64 = 1 << 17;
const SECONDARY_PASID: u64 = 1 << 21;
/** Save debug controls, host address-space size, save and load IA32_PAT, save and load IA32_EFER. */
const EXIT_FORCED: u64 = 0x3c_0204;
/** Load debug controls, load IA32_PAT, load IA32_EFER. */
const ENTRY_FORCED: u64 = 0xc004;

/** Exit when the guest can take an NMI. */
export const PROCESSOR_NMI_WINDOW: u32 = 1 << 22;
export const SECONDARY_EPT: u64 = 1 << 1;
export const SECONDARY_VPID: u64 = 1 << 5;

export const CR4_VMXE: u64 = 1 << 13;
/** PE and PG: free, because the loader demands that the processor has unrestricted guests. */
const CR0_UNRESTRICTED: u64 = 0x8000_0001;

/** What a field holds when an extension wrote `value`; of fields that nothing is demanded of, just that. */
export function adjust(field: u32, value: u64): u64 {
  switch (field) {
    case VMCS_PIN_CONTROLS:
      return clip(MSR_VMX_TRUE_PIN, value | PIN_FORCED);
    case VMCS_PROCESSOR_CONTROLS:
      return clip(MSR_VMX_TRUE_PROCESSOR, (value | PROCESSOR_FORCED) & ~PROCESSOR_TERTIARY);
    case VMCS_EXIT_CONTROLS:
      return clip(MSR_VMX_TRUE_EXIT, value | EXIT_FORCED);
    case VMCS_ENTRY_CONTROLS:
      return clip(MSR_VMX_TRUE_ENTRY, value | ENTRY_FORCED);
    case VMCS_SECONDARY_CONTROLS:
      return clip(MSR_VMX_SECONDARY, value & ~SECONDARY_PASID);
    case VMCS_CR0:
      return fix(value, rdmsr(MSR_VMX_CR0_FIXED0) & ~CR0_UNRESTRICTED, rdmsr(MSR_VMX_CR0_FIXED1));
    case VMCS_CR4:
      return fix(value, rdmsr(MSR_VMX_CR4_FIXED0), rdmsr(MSR_VMX_CR4_FIXED1));
    // A guest neither sees that CR4.VMXE must be set nor clears it
    case VMCS_CR4_MASK:
      return value | CR4_VMXE;
    default:
      return value;
  }
}

/** The lower half of such an MSR has the bits that must be 1, the upper half those that may be. */
function clip(msr: u32, value: u64): u64 {
  const allowed = rdmsr(msr);
  return fix(value & 0xffff_ffff, allowed & 0xffff_ffff, allowed >> 32);
}

function fix(value: u64, ones: u64, allowed: u64): u64 {
  return (value | ones) & allowed;
}
