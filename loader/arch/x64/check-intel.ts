// Intel: VMX is there, allowed by the firmware, nobody uses it, and it can do what the microkernel asks of it
//
// A capability MSR of a set of controls has in its lower half the bits that must be 1, in its upper half those that may
// be 1 (SDM volume 3, appendix A). MSRs that depend on a capability are read only when that capability is there.

import {
  ERROR_NO_BITMAPS,
  ERROR_NO_EFER_SWITCH,
  ERROR_NO_EPT,
  ERROR_NO_EPT_FLUSH,
  ERROR_NO_HOST_64,
  ERROR_NO_PAT_SWITCH,
  ERROR_NO_SECONDARY_CONTROLS,
  ERROR_NO_TRUE_CONTROLS,
  ERROR_NO_UNRESTRICTED_GUEST,
  ERROR_NO_VIRTUAL_NMIS,
  ERROR_NO_VMX,
  ERROR_NO_VPID,
  ERROR_NONE,
  ERROR_VMX_CR0,
  ERROR_VMX_CR4,
  ERROR_VMX_IN_USE,
  ERROR_VMX_LOCKED,
  ERROR_VMX_MEMORY_TYPE,
} from "../../../abi/generated/bare/driver";
import { cpuidEcx, rdmsr, readCr0, readCr4, wrmsr } from "./cpu";
import { HOST_CR0 } from "./host";
import {
  CR4_VMXE,
  FEATURE_CONTROL_LOCK,
  FEATURE_CONTROL_VMXON,
  MSR_FEATURE_CONTROL,
  MSR_VMX_BASIC,
  MSR_VMX_CR0_FIXED0,
  MSR_VMX_CR0_FIXED1,
  MSR_VMX_CR4_FIXED0,
  MSR_VMX_CR4_FIXED1,
  MSR_VMX_ENTRY,
  MSR_VMX_EPT_VPID,
  MSR_VMX_EXIT,
  MSR_VMX_PIN,
  MSR_VMX_PROCESSOR,
  MSR_VMX_SECONDARY,
  MSR_VMX_TRUE_PROCESSOR,
} from "./msr";

/** CPUID.1:ECX: VMX. */
const ECX_VMX: u32 = 1 << 5;

/** IA32_VMX_BASIC: memory type of the structures, and whether the TRUE capability MSRs exist (A.1). */
const BASIC_MEMORY_TYPE_SHIFT: u64 = 50;
const WRITE_BACK: u64 = 6;
const BASIC_TRUE: u64 = 1 << 55;

/** Pin-based controls: NMI exiting, virtual NMIs (25.6.1). */
const PIN_NMIS: u32 = (1 << 3) | (1 << 5);
/** Processor-based controls: exits for CR3; NMI-window exiting; I/O and MSR bitmaps; secondary controls (25.6.2). */
const PROCESSOR_CR3: u32 = (1 << 15) | (1 << 16);
const PROCESSOR_NMI_WINDOW: u32 = 1 << 22;
const PROCESSOR_BITMAPS: u32 = (1 << 25) | (1 << 28);
const PROCESSOR_SECONDARY: u32 = 1 << 31;
/** Secondary controls (25.6.2). */
const SECONDARY_EPT: u32 = 1 << 1;
const SECONDARY_VPID: u32 = 1 << 5;
const SECONDARY_UNRESTRICTED: u32 = 1 << 7;
/** VM-exit controls: 64-bit host; save and load PAT; save and load EFER (25.7.1). */
const EXIT_HOST_64: u32 = 1 << 9;
const EXIT_PAT: u32 = (1 << 18) | (1 << 19);
const EXIT_EFER: u32 = (1 << 20) | (1 << 21);
/** VM-entry controls: load PAT, load EFER (25.8.1). */
const ENTRY_PAT: u32 = 1 << 14;
const ENTRY_EFER: u32 = 1 << 15;

/** IA32_VMX_EPT_VPID_CAP: four levels; write-back tables; INVEPT for one and all contexts (A.10). */
const EPT_NEEDED: u64 = (1 << 6) | (1 << 14) | (1 << 20) | (1 << 25) | (1 << 26);
/** INVVPID for one and all contexts. */
const VPID_NEEDED: u64 = ((<u64>1) << 32) | ((<u64>1) << 41) | ((<u64>1) << 42);

/** CR0.PE and CR0.PG, which an unrestricted guest may have clear (A.7). */
const CR0_PE_PG: u64 = 0x8000_0001;

let detail: u64 = 0;

/** Says more about the error of the last check on this machine. */
export function checkDetail(): u64 {
  return detail;
}

/** ERROR_NONE, or the first thing that is missing. `hostCr4`: what CR4 will be in host mode, but for VMXE. */
export function checkIntel(hostCr4: u64): u32 {
  detail = 0;
  if ((cpuidEcx(1, 0) & ECX_VMX) === 0) return ERROR_NO_VMX;
  const control = rdmsr(MSR_FEATURE_CONTROL);
  if ((control & FEATURE_CONTROL_LOCK) !== 0 && (control & FEATURE_CONTROL_VMXON) === 0) return ERROR_VMX_LOCKED;
  if ((readCr4() & CR4_VMXE) !== 0) return ERROR_VMX_IN_USE;
  const secondary = checkSecondary();
  if (secondary !== ERROR_NONE) return secondary;
  const controls = checkControls();
  return controls !== ERROR_NONE ? controls : checkFixedBits(hostCr4);
}

/**
 * Where the firmware left the choice open, VMXON needs this register locked with VMX allowed. That lasts until the next
 * reset; Linux does the same when it boots, so there it never comes to this.
 */
export function allowVmx(): void {
  const control = rdmsr(MSR_FEATURE_CONTROL);
  if ((control & FEATURE_CONTROL_LOCK) !== 0) return;
  wrmsr(MSR_FEATURE_CONTROL, control | FEATURE_CONTROL_VMXON | FEATURE_CONTROL_LOCK);
}

function mayBeSet(msr: u32): u32 {
  return <u32>(rdmsr(msr) >> 32);
}

function checkSecondary(): u32 {
  if ((mayBeSet(MSR_VMX_PROCESSOR) & PROCESSOR_SECONDARY) === 0) return ERROR_NO_SECONDARY_CONTROLS;
  const secondary = mayBeSet(MSR_VMX_SECONDARY);
  if ((secondary & SECONDARY_EPT) === 0) return ERROR_NO_EPT;
  if ((secondary & SECONDARY_UNRESTRICTED) === 0) return ERROR_NO_UNRESTRICTED_GUEST;
  const lacking = ~rdmsr(MSR_VMX_EPT_VPID);
  detail = lacking & EPT_NEEDED;
  if (detail !== 0) return ERROR_NO_EPT_FLUSH;
  return (secondary & SECONDARY_VPID) === 0 || (lacking & VPID_NEEDED) !== 0 ? ERROR_NO_VPID : ERROR_NONE;
}

function checkControls(): u32 {
  const basic = rdmsr(MSR_VMX_BASIC);
  detail = (basic >> BASIC_MEMORY_TYPE_SHIFT) & 0xf;
  if (detail !== WRITE_BACK) return ERROR_VMX_MEMORY_TYPE;
  detail = 0;
  if ((basic & BASIC_TRUE) === 0 || (<u32>rdmsr(MSR_VMX_TRUE_PROCESSOR) & PROCESSOR_CR3) !== 0) {
    return ERROR_NO_TRUE_CONTROLS;
  }
  const processor = mayBeSet(MSR_VMX_PROCESSOR);
  if ((mayBeSet(MSR_VMX_PIN) & PIN_NMIS) !== PIN_NMIS || (processor & PROCESSOR_NMI_WINDOW) === 0) {
    return ERROR_NO_VIRTUAL_NMIS;
  }
  if ((processor & PROCESSOR_BITMAPS) !== PROCESSOR_BITMAPS) return ERROR_NO_BITMAPS;
  const exit = mayBeSet(MSR_VMX_EXIT);
  const entry = mayBeSet(MSR_VMX_ENTRY);
  if ((exit & EXIT_HOST_64) === 0) return ERROR_NO_HOST_64;
  if ((exit & EXIT_EFER) !== EXIT_EFER || (entry & ENTRY_EFER) === 0) return ERROR_NO_EFER_SWITCH;
  return (exit & EXIT_PAT) !== EXIT_PAT || (entry & ENTRY_PAT) === 0 ? ERROR_NO_PAT_SWITCH : ERROR_NONE;
}

/** The operating system's control registers, as a guest's, and those of host mode (24.8, 27.2.2, 27.3.1.1). */
function checkFixedBits(hostCr4: u64): u32 {
  const ones = rdmsr(MSR_VMX_CR0_FIXED0);
  const zeros = ~rdmsr(MSR_VMX_CR0_FIXED1);
  detail = violation(readCr0(), ones & ~CR0_PE_PG, zeros) | violation(HOST_CR0, ones, zeros);
  if (detail !== 0) return ERROR_VMX_CR0;
  const ones4 = rdmsr(MSR_VMX_CR4_FIXED0);
  const zeros4 = ~rdmsr(MSR_VMX_CR4_FIXED1);
  detail = violation(readCr4() | CR4_VMXE, ones4, zeros4) | violation(hostCr4 | CR4_VMXE, ones4, zeros4);
  return detail !== 0 ? ERROR_VMX_CR4 : ERROR_NONE;
}

/** Bits that are 0 and must be 1, or 1 and must be 0. */
function violation(value: u64, ones: u64, zeros: u64): u64 {
  return (ones & ~value) | (zeros & value);
}
