// What a VMCS names by its address: nested page tables and permission maps (SDM volume 3, 25.6.4, 25.6.9 and 25.6.11)

import {
  INTEL_REG_ADDRESS_OF_IO_BITMAP_A,
  INTEL_REG_EPT_POINTER,
  INTEL_REG_EPTP_LIST_ADDRESS,
  INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_PML_ADDRESS,
  INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS,
  INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER,
  INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS,
  INTEL_REG_VIRTUAL_APIC_ADDRESS,
  INTEL_REG_VM_FUNCTION_CONTROLS,
  INTEL_REG_VMCS_LINK_POINTER,
  INTEL_REG_VMENTRY_MSR_LOAD_COUNT,
  INTEL_REG_VMEXIT_MSR_LOAD_COUNT,
  INTEL_REG_VMEXIT_MSR_STORE_COUNT,
} from "../../../../abi/generated/bare/registers-intel";
import { Vs } from "../../../src/vs";
import { ASKED_SECONDARY } from "./asked";
import { SECONDARY_EPT } from "./controls";
import { borrow, giveBack } from "./current";
import { defaultPointer, eptPointer } from "./ept";
import { writeField } from "./registers";
import { requestFlush } from "./tlb";
import { VMCS_EPT_POINTER, VMCS_MSR_BITMAP, VMCS_PROCESSOR_CONTROLS, VMCS_SECONDARY_CONTROLS } from "./vmcs";

const VMCS_IO_BITMAP_A: u32 = 0x2000;
const VMCS_IO_BITMAP_B: u32 = 0x2002;
/** Ports 8000 to FFFF have a page of their own, which lies behind the other one. */
const IO_BITMAP_BYTES: u64 = 0x1000;

const PROCESSOR_TPR_SHADOW: u64 = 1 << 21;
const PROCESSOR_IO_BITMAPS: u64 = 1 << 25;
const PROCESSOR_MSR_BITMAPS: u64 = 1 << 28;
const PIN_POSTED_INTERRUPTS: u64 = 1 << 7;
/**
 * Secondary controls that use memory named by an address (25.6.2): APIC accesses, its registers, virtual interrupts, VM
 * functions, VMCS shadowing, the page-modification log, virtualization exceptions, sub-page permissions.
 */
const SECONDARY_ADDRESSES: u64 =
  (1 << 0) | (1 << 8) | (1 << 9) | (1 << 13) | (1 << 14) | (1 << 17) | (1 << 18) | (1 << 23);
/** Unrestricted guests need EPT (27.2.1.1): they go with it, as far as the extension is concerned. */
const WITHOUT_EPT: u64 = SECONDARY_EPT | (1 << 7);
const NO_LINK: u64 = 0xffff_ffff_ffff_ffff;

export function attachNestedTables(vs: Vs, root: u64, isTracked: bool): void {
  borrow(vs);
  // What the old pointer's translations are known by is gone afterwards
  requestFlush(vs);
  const controls = vs.asked(ASKED_SECONDARY);
  writeField(vs, VMCS_EPT_POINTER, root != 0 ? eptPointer(root, isTracked) : defaultPointer(vs));
  writeField(vs, VMCS_SECONDARY_CONTROLS, root != 0 ? controls | SECONDARY_EPT : controls & ~WITHOUT_EPT);
  giveBack(vs);
}

export function attachMsrMap(vs: Vs, map: u64): void {
  borrow(vs);
  writeField(vs, VMCS_MSR_BITMAP, map);
  useMap(vs, PROCESSOR_MSR_BITMAPS, map);
  giveBack(vs);
}

export function attachIoMap(vs: Vs, map: u64): void {
  borrow(vs);
  writeField(vs, VMCS_IO_BITMAP_A, map);
  writeField(vs, VMCS_IO_BITMAP_B, map != 0 ? map + IO_BITMAP_BYTES : 0);
  useMap(vs, PROCESSOR_IO_BITMAPS, map);
  giveBack(vs);
}

function useMap(vs: Vs, control: u64, map: u64): void {
  const controls = vs.processorControls;
  writeField(vs, VMCS_PROCESSOR_CONTROLS, map != 0 ? controls | control : controls & ~control);
}

/**
 * Whether an extension of version 2 may write a value to a register: no address of a structure that the processor reads or
 * writes, and nothing that makes it use one that is not attached.
 */
export function mayWrite(vs: Vs, register: u32, value: u64): bool {
  switch (register) {
    case INTEL_REG_EPT_POINTER:
    case INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER:
      return false;
    case INTEL_REG_VMCS_LINK_POINTER:
      return value == NO_LINK;
    case INTEL_REG_VM_FUNCTION_CONTROLS:
    case INTEL_REG_VMEXIT_MSR_STORE_COUNT:
    case INTEL_REG_VMEXIT_MSR_LOAD_COUNT:
    case INTEL_REG_VMENTRY_MSR_LOAD_COUNT:
      return value == 0;
    case INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS:
      return (value & PIN_POSTED_INTERRUPTS) == 0;
    case INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS:
      if ((value & PROCESSOR_TPR_SHADOW) != 0) return false;
      if ((value & PROCESSOR_IO_BITMAPS) != 0 && vs.ioMap == 0) return false;
      return (value & PROCESSOR_MSR_BITMAPS) == 0 || vs.msrMap != 0;
    case INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS:
      return (value & SECONDARY_ADDRESSES) == 0 && ((value & SECONDARY_EPT) != 0) == (vs.nested != 0);
    default:
      return !isAddress(register);
  }
}

function isAddress(register: u32): bool {
  if (register >= INTEL_REG_ADDRESS_OF_IO_BITMAP_A && register <= INTEL_REG_PML_ADDRESS) return true;
  if (register >= INTEL_REG_VIRTUAL_APIC_ADDRESS && register <= INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS)
    return true;
  return register >= INTEL_REG_EPTP_LIST_ADDRESS && register <= INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS;
}
