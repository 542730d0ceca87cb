// Controls of a VM entry, and the addresses and counts beside them (SDM volume 3, 27.2.1)

import {
  INTEL_RULE_APIC_ACCESS,
  INTEL_RULE_CR3_TARGET_COUNT,
  INTEL_RULE_ENTRY_LOAD_AREA,
  INTEL_RULE_ENTRY_RESERVED,
  INTEL_RULE_ENTRY_SMM,
  INTEL_RULE_EPTP_DIRTY,
  INTEL_RULE_EPTP_LIST,
  INTEL_RULE_EPTP_RESERVED,
  INTEL_RULE_EPTP_TYPE,
  INTEL_RULE_EPTP_WALK,
  INTEL_RULE_EXIT_LOAD_AREA,
  INTEL_RULE_EXIT_RESERVED,
  INTEL_RULE_EXIT_STORE_AREA,
  INTEL_RULE_HOST_64,
  INTEL_RULE_IO_BITMAP_A,
  INTEL_RULE_IO_BITMAP_B,
  INTEL_RULE_MSR_BITMAP,
  INTEL_RULE_NEEDS_EPT,
  INTEL_RULE_NMI_WINDOW,
  INTEL_RULE_PIN_RESERVED,
  INTEL_RULE_PML,
  INTEL_RULE_POSTED_CONTROLS,
  INTEL_RULE_POSTED_DESCRIPTOR,
  INTEL_RULE_POSTED_VECTOR,
  INTEL_RULE_PRIMARY_RESERVED,
  INTEL_RULE_SAVE_TIMER,
  INTEL_RULE_SECONDARY_RESERVED,
  INTEL_RULE_SUB_PAGE,
  INTEL_RULE_TPR_SHADOW,
  INTEL_RULE_TPR_THRESHOLD,
  INTEL_RULE_TSC_MULTIPLIER,
  INTEL_RULE_VE_INFORMATION,
  INTEL_RULE_VIRTUAL_APIC,
  INTEL_RULE_VIRTUAL_INTERRUPTS,
  INTEL_RULE_VIRTUAL_NMIS,
  INTEL_RULE_VM_FUNCTIONS,
  INTEL_RULE_VMREAD_BITMAP,
  INTEL_RULE_VMWRITE_BITMAP,
  INTEL_RULE_VPID,
  INTEL_RULE_X2APIC,
} from "../../../abi/generated/bare/entry-rules";
import {
  INTEL_REG_ADDRESS_OF_IO_BITMAP_A,
  INTEL_REG_ADDRESS_OF_IO_BITMAP_B,
  INTEL_REG_ADDRESS_OF_MSR_BITMAPS,
  INTEL_REG_APIC_ACCESS_ADDRESS,
  INTEL_REG_CR3_TARGET_COUNT,
  INTEL_REG_EPT_POINTER,
  INTEL_REG_EPTP_LIST_ADDRESS,
  INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_PML_ADDRESS,
  INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS,
  INTEL_REG_POSTED_INTERRUPT_NOTIFICATION_VECTOR,
  INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER,
  INTEL_REG_TPR_THRESHOLD,
  INTEL_REG_TSC_MULTIPLIER,
  INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS,
  INTEL_REG_VIRTUAL_APIC_ADDRESS,
  INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER,
  INTEL_REG_VM_FUNCTION_CONTROLS,
  INTEL_REG_VMENTRY_CTLS,
  INTEL_REG_VMENTRY_MSR_LOAD_ADDRESS,
  INTEL_REG_VMENTRY_MSR_LOAD_COUNT,
  INTEL_REG_VMEXIT_CTLS,
  INTEL_REG_VMEXIT_MSR_LOAD_ADDRESS,
  INTEL_REG_VMEXIT_MSR_LOAD_COUNT,
  INTEL_REG_VMEXIT_MSR_STORE_ADDRESS,
  INTEL_REG_VMEXIT_MSR_STORE_COUNT,
  INTEL_REG_VMREAD_BITMAP_ADDRESS,
  INTEL_REG_VMWRITE_BITMAP_ADDRESS,
} from "../../../abi/generated/bare/registers-intel";
import { isSet } from "../bits";
import { broken, UNBROKEN } from "./broken";
import {
  ENTRY_DUAL_MONITOR,
  ENTRY_SMM,
  EXIT_ACKNOWLEDGE,
  EXIT_HOST_64,
  EXIT_SAVE_TIMER,
  MSR_BASIC,
  MSR_ENTRY,
  MSR_EPT_VPID,
  MSR_EXIT,
  MSR_MISC,
  MSR_PIN,
  MSR_PRIMARY,
  MSR_SECONDARY,
  MSR_TRUE_DISTANCE,
  MSR_VMFUNC,
  PIN_EXTERNAL_INTERRUPTS,
  PIN_NMIS,
  PIN_POSTED_INTERRUPTS,
  PIN_TIMER,
  PIN_VIRTUAL_NMIS,
  PRIMARY_IO_BITMAPS,
  PRIMARY_MSR_BITMAPS,
  PRIMARY_NMI_WINDOW,
  PRIMARY_SECONDARY,
  PRIMARY_TPR_SHADOW,
  SECONDARY_APIC_ACCESSES,
  SECONDARY_APIC_REGISTERS,
  SECONDARY_EPT,
  SECONDARY_EPT_MODE_BASED,
  SECONDARY_PML,
  SECONDARY_SHADOWING,
  SECONDARY_SUB_PAGE,
  SECONDARY_TSC_SCALING,
  SECONDARY_UNRESTRICTED,
  SECONDARY_VE,
  SECONDARY_VIRTUAL_INTERRUPTS,
  SECONDARY_VM_FUNCTIONS,
  SECONDARY_VPID,
  SECONDARY_X2APIC,
} from "./intel-bits";
import { EntryReader, isTooWide, physicalWidth } from "./reader";

/** IA32_VMX_BASIC (A.1). */
const BASIC_32_BIT_ADDRESSES: u32 = 48;
const BASIC_TRUE: u32 = 55;
/** IA32_VMX_EPT_VPID_CAP (A.10). */
const EPT_WALK_4: u32 = 6;
const EPT_WALK_5: u32 = 7;
const EPT_UNCACHED: u32 = 8;
const EPT_WRITE_BACK: u32 = 14;
const EPT_DIRTY: u32 = 21;
const EPT_SUPERVISOR_SHADOW_STACK: u32 = 23;
const EPTP_DIRTY: u32 = 6;
const EPTP_SUPERVISOR_SHADOW_STACK: u32 = 7;
const WRITE_BACK: u64 = 6;
/** VM function 0: switching the EPT pointer (25.6.14). */
const FUNCTION_EPTP_SWITCHING: u32 = 0;

/** Controls, addresses and counts; intel-event.ts has the event to inject. */
export function explainControls<R extends EntryReader>(vs: R): u32 {
  const width = addressWidth<R>(vs);
  let found = explainReserved<R>(vs);
  if (found === UNBROKEN) found = explainPrimary<R>(vs, width);
  if (found === UNBROKEN) found = explainApic<R>(vs, width);
  if (found === UNBROKEN) found = explainEpt<R>(vs, width);
  if (found === UNBROKEN) found = explainFunctions<R>(vs, width);
  return found === UNBROKEN ? explainExitAndEntry<R>(vs, width) : found;
}

/** The secondary controls, which are all 0 where the primary ones do not switch them on. */
export function secondaryControls<R extends EntryReader>(vs: R): u64 {
  const isOn = isSet(vs.register(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS), PRIMARY_SECONDARY);
  return isOn ? vs.register(INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS) : 0;
}

/** Bits of an address in the VMCS (A.1). */
function addressWidth<R extends EntryReader>(vs: R): u32 {
  return isSet(vs.msr(MSR_BASIC), BASIC_32_BIT_ADDRESSES) ? 32 : physicalWidth<R>(vs);
}

function isPage(address: u64, width: u32): bool {
  return (address & 0xfff) === 0 && !isTooWide(address, width);
}

/** Whether controls have a bit that must be 0, or lack one that must be 1, by their capability MSR (A.2). */
function isReserved(controls: u64, capability: u64): bool {
  return (~controls & capability & 0xffff_ffff) !== 0 || (controls & ~(capability >> 32)) !== 0;
}

/** What a set of controls may be: from the TRUE capability MSR where there are such (A.2). */
function capability<R extends EntryReader>(vs: R, msr: u32): u64 {
  return vs.msr(isSet(vs.msr(MSR_BASIC), BASIC_TRUE) ? msr + MSR_TRUE_DISTANCE : msr);
}

function explainReserved<R extends EntryReader>(vs: R): u32 {
  if (isReserved(vs.register(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS), capability<R>(vs, MSR_PIN))) {
    return broken(INTEL_RULE_PIN_RESERVED, INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS);
  }
  const primary = vs.register(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
  if (isReserved(primary, capability<R>(vs, MSR_PRIMARY))) {
    return broken(INTEL_RULE_PRIMARY_RESERVED, INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
  }
  if (isSet(primary, PRIMARY_SECONDARY) && isReserved(secondaryControls<R>(vs), vs.msr(MSR_SECONDARY))) {
    return broken(INTEL_RULE_SECONDARY_RESERVED, INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS);
  }
  return UNBROKEN;
}

function explainPrimary<R extends EntryReader>(vs: R, width: u32): u32 {
  const primary = vs.register(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
  const pin = vs.register(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS);
  if (vs.register(INTEL_REG_CR3_TARGET_COUNT) > ((vs.msr(MSR_MISC) >> 16) & 0x1ff)) {
    return broken(INTEL_RULE_CR3_TARGET_COUNT, INTEL_REG_CR3_TARGET_COUNT);
  }
  if (isSet(primary, PRIMARY_IO_BITMAPS)) {
    if (!isPage(vs.register(INTEL_REG_ADDRESS_OF_IO_BITMAP_A), width)) {
      return broken(INTEL_RULE_IO_BITMAP_A, INTEL_REG_ADDRESS_OF_IO_BITMAP_A);
    }
    if (!isPage(vs.register(INTEL_REG_ADDRESS_OF_IO_BITMAP_B), width)) {
      return broken(INTEL_RULE_IO_BITMAP_B, INTEL_REG_ADDRESS_OF_IO_BITMAP_B);
    }
  }
  if (isSet(primary, PRIMARY_MSR_BITMAPS) && !isPage(vs.register(INTEL_REG_ADDRESS_OF_MSR_BITMAPS), width)) {
    return broken(INTEL_RULE_MSR_BITMAP, INTEL_REG_ADDRESS_OF_MSR_BITMAPS);
  }
  const hasVirtualNmis = isSet(pin, PIN_VIRTUAL_NMIS);
  if (hasVirtualNmis && !isSet(pin, PIN_NMIS)) {
    return broken(INTEL_RULE_VIRTUAL_NMIS, INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS);
  }
  if (!hasVirtualNmis && isSet(primary, PRIMARY_NMI_WINDOW)) {
    return broken(INTEL_RULE_NMI_WINDOW, INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
  }
  return UNBROKEN;
}

function explainApic<R extends EntryReader>(vs: R, width: u32): u32 {
  const secondary = secondaryControls<R>(vs);
  const hasInterrupts = isSet(secondary, SECONDARY_VIRTUAL_INTERRUPTS);
  if (isSet(vs.register(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS), PRIMARY_TPR_SHADOW)) {
    if (!isPage(vs.register(INTEL_REG_VIRTUAL_APIC_ADDRESS), width)) {
      return broken(INTEL_RULE_VIRTUAL_APIC, INTEL_REG_VIRTUAL_APIC_ADDRESS);
    }
    if (!hasInterrupts && vs.register(INTEL_REG_TPR_THRESHOLD) >> 4 !== 0) {
      return broken(INTEL_RULE_TPR_THRESHOLD, INTEL_REG_TPR_THRESHOLD);
    }
  } else if (hasInterrupts || isSet(secondary, SECONDARY_X2APIC) || isSet(secondary, SECONDARY_APIC_REGISTERS)) {
    return broken(INTEL_RULE_TPR_SHADOW, INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS);
  }
  if (isSet(secondary, SECONDARY_APIC_ACCESSES)) {
    if (!isPage(vs.register(INTEL_REG_APIC_ACCESS_ADDRESS), width)) {
      return broken(INTEL_RULE_APIC_ACCESS, INTEL_REG_APIC_ACCESS_ADDRESS);
    }
    if (isSet(secondary, SECONDARY_X2APIC)) {
      return broken(INTEL_RULE_X2APIC, INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS);
    }
  }
  const pin = vs.register(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS);
  if (hasInterrupts && !isSet(pin, PIN_EXTERNAL_INTERRUPTS)) {
    return broken(INTEL_RULE_VIRTUAL_INTERRUPTS, INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS);
  }
  return isSet(pin, PIN_POSTED_INTERRUPTS) ? explainPosted<R>(vs, hasInterrupts, width) : UNBROKEN;
}

function explainPosted<R extends EntryReader>(vs: R, hasInterrupts: bool, width: u32): u32 {
  if (!hasInterrupts || !isSet(vs.register(INTEL_REG_VMEXIT_CTLS), EXIT_ACKNOWLEDGE)) {
    return broken(INTEL_RULE_POSTED_CONTROLS, INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS);
  }
  if (vs.register(INTEL_REG_POSTED_INTERRUPT_NOTIFICATION_VECTOR) > 0xff) {
    return broken(INTEL_RULE_POSTED_VECTOR, INTEL_REG_POSTED_INTERRUPT_NOTIFICATION_VECTOR);
  }
  const descriptor = vs.register(INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS);
  if ((descriptor & 63) !== 0 || isTooWide(descriptor, width)) {
    return broken(INTEL_RULE_POSTED_DESCRIPTOR, INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS);
  }
  return UNBROKEN;
}

function explainEpt<R extends EntryReader>(vs: R, width: u32): u32 {
  const secondary = secondaryControls<R>(vs);
  if (isSet(secondary, SECONDARY_VPID) && vs.register(INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER) === 0) {
    return broken(INTEL_RULE_VPID, INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER);
  }
  if (isSet(secondary, SECONDARY_EPT)) {
    const rule = brokenEptp(vs.register(INTEL_REG_EPT_POINTER), vs.msr(MSR_EPT_VPID), width);
    if (rule !== 0) return broken(rule, INTEL_REG_EPT_POINTER);
  } else if (
    isSet(secondary, SECONDARY_UNRESTRICTED) ||
    isSet(secondary, SECONDARY_PML) ||
    isSet(secondary, SECONDARY_EPT_MODE_BASED) ||
    isSet(secondary, SECONDARY_SUB_PAGE)
  ) {
    return broken(INTEL_RULE_NEEDS_EPT, INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS);
  }
  if (isSet(secondary, SECONDARY_PML) && !isPage(vs.register(INTEL_REG_PML_ADDRESS), width)) {
    return broken(INTEL_RULE_PML, INTEL_REG_PML_ADDRESS);
  }
  if (
    isSet(secondary, SECONDARY_SUB_PAGE) &&
    !isPage(vs.register(INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER), width)
  ) {
    return broken(INTEL_RULE_SUB_PAGE, INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER);
  }
  return UNBROKEN;
}

/** The rule that an EPT pointer breaks, or 0 (25.6.11). */
function brokenEptp(eptp: u64, capability: u64, width: u32): u32 {
  const type = eptp & 7;
  const isType =
    type === 0 ? isSet(capability, EPT_UNCACHED) : type === WRITE_BACK && isSet(capability, EPT_WRITE_BACK);
  if (!isType) return INTEL_RULE_EPTP_TYPE;
  const walk = (eptp >> 3) & 7;
  if (!(walk === 3 && isSet(capability, EPT_WALK_4)) && !(walk === 4 && isSet(capability, EPT_WALK_5))) {
    return INTEL_RULE_EPTP_WALK;
  }
  if (isSet(eptp, EPTP_DIRTY) && !isSet(capability, EPT_DIRTY)) return INTEL_RULE_EPTP_DIRTY;
  const isShadow = isSet(eptp, EPTP_SUPERVISOR_SHADOW_STACK) && !isSet(capability, EPT_SUPERVISOR_SHADOW_STACK);
  return isShadow || (eptp & 0xf00) !== 0 || isTooWide(eptp, width) ? INTEL_RULE_EPTP_RESERVED : 0;
}

function explainFunctions<R extends EntryReader>(vs: R, width: u32): u32 {
  const secondary = secondaryControls<R>(vs);
  if (isSet(secondary, SECONDARY_VM_FUNCTIONS)) {
    const functions = vs.register(INTEL_REG_VM_FUNCTION_CONTROLS);
    if ((functions & ~vs.msr(MSR_VMFUNC)) !== 0) {
      return broken(INTEL_RULE_VM_FUNCTIONS, INTEL_REG_VM_FUNCTION_CONTROLS);
    }
    const isListed = isSet(secondary, SECONDARY_EPT) && isPage(vs.register(INTEL_REG_EPTP_LIST_ADDRESS), width);
    if (isSet(functions, FUNCTION_EPTP_SWITCHING) && !isListed) {
      return broken(INTEL_RULE_EPTP_LIST, INTEL_REG_EPTP_LIST_ADDRESS);
    }
  }
  if (isSet(secondary, SECONDARY_SHADOWING)) {
    if (!isPage(vs.register(INTEL_REG_VMREAD_BITMAP_ADDRESS), width)) {
      return broken(INTEL_RULE_VMREAD_BITMAP, INTEL_REG_VMREAD_BITMAP_ADDRESS);
    }
    if (!isPage(vs.register(INTEL_REG_VMWRITE_BITMAP_ADDRESS), width)) {
      return broken(INTEL_RULE_VMWRITE_BITMAP, INTEL_REG_VMWRITE_BITMAP_ADDRESS);
    }
  }
  if (isSet(secondary, SECONDARY_VE) && !isPage(vs.register(INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS), width)) {
    return broken(INTEL_RULE_VE_INFORMATION, INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS);
  }
  if (isSet(secondary, SECONDARY_TSC_SCALING) && vs.register(INTEL_REG_TSC_MULTIPLIER) === 0) {
    return broken(INTEL_RULE_TSC_MULTIPLIER, INTEL_REG_TSC_MULTIPLIER);
  }
  return UNBROKEN;
}

function explainExitAndEntry<R extends EntryReader>(vs: R, width: u32): u32 {
  const exit = vs.register(INTEL_REG_VMEXIT_CTLS);
  const entry = vs.register(INTEL_REG_VMENTRY_CTLS);
  if (isReserved(exit, capability<R>(vs, MSR_EXIT))) {
    return broken(INTEL_RULE_EXIT_RESERVED, INTEL_REG_VMEXIT_CTLS);
  }
  if (isSet(exit, EXIT_SAVE_TIMER) && !isSet(vs.register(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS), PIN_TIMER)) {
    return broken(INTEL_RULE_SAVE_TIMER, INTEL_REG_VMEXIT_CTLS);
  }
  if (!isArea<R>(vs, INTEL_REG_VMEXIT_MSR_STORE_ADDRESS, INTEL_REG_VMEXIT_MSR_STORE_COUNT, width)) {
    return broken(INTEL_RULE_EXIT_STORE_AREA, INTEL_REG_VMEXIT_MSR_STORE_ADDRESS);
  }
  if (!isArea<R>(vs, INTEL_REG_VMEXIT_MSR_LOAD_ADDRESS, INTEL_REG_VMEXIT_MSR_LOAD_COUNT, width)) {
    return broken(INTEL_RULE_EXIT_LOAD_AREA, INTEL_REG_VMEXIT_MSR_LOAD_ADDRESS);
  }
  if (isReserved(entry, capability<R>(vs, MSR_ENTRY))) {
    return broken(INTEL_RULE_ENTRY_RESERVED, INTEL_REG_VMENTRY_CTLS);
  }
  if (isSet(entry, ENTRY_SMM) || isSet(entry, ENTRY_DUAL_MONITOR)) {
    return broken(INTEL_RULE_ENTRY_SMM, INTEL_REG_VMENTRY_CTLS);
  }
  if (!isArea<R>(vs, INTEL_REG_VMENTRY_MSR_LOAD_ADDRESS, INTEL_REG_VMENTRY_MSR_LOAD_COUNT, width)) {
    return broken(INTEL_RULE_ENTRY_LOAD_AREA, INTEL_REG_VMENTRY_MSR_LOAD_ADDRESS);
  }
  return isSet(exit, EXIT_HOST_64) ? UNBROKEN : broken(INTEL_RULE_HOST_64, INTEL_REG_VMEXIT_CTLS);
}

/** Whether an area for MSRs, 16 bytes each, is aligned and within the addresses. One of no MSRs may lie anywhere. */
function isArea<R extends EntryReader>(vs: R, address: u32, count: u32, width: u32): bool {
  const bytes = vs.register(count) * 16;
  if (bytes === 0) return true;
  const first = vs.register(address);
  return (first & 15) === 0 && first + bytes > first && !isTooWide(first + bytes - 1, width);
}
