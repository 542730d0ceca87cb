// What a VMCB names by its address: nested page tables and permission maps (APM volume 2, 15.10, 15.11 and 15.25)

import {
  AMD_REG_AVIC_APIC_BACKING_PAGE_PTR,
  AMD_REG_AVIC_APIC_BAR,
  AMD_REG_CTLS1,
  AMD_REG_CTLS2,
  AMD_REG_GUEST_PA_OF_GHCB,
  AMD_REG_INTERCEPT_INSTRUCTION1,
  AMD_REG_IOPM_BASE_PA,
  AMD_REG_MSRPM_BASE_PA,
  AMD_REG_N_CR3,
  AMD_REG_VIRTUAL_INTERRUPT_A,
  AMD_REG_VMCB_CLEAN_BITS,
  AMD_REG_VMSA_PTR,
} from "../../../../abi/generated/bare/registers-amd";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek32, peek64, poke32, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { VMCB_INTERCEPT_INSTRUCTION1, VMCB_IOPM_BASE, VMCB_MSRPM_BASE, VMCB_N_CR3, VMCB_NESTED_CONTROL } from "./vmcb";
import { forgetCached, requestFlush } from "./vs";

const NESTED_PAGING: u64 = 1;
/** SEV and SEV-ES want memory of their own. */
const NESTED_CONTROL_KEPT: u64 = 7;
const INTERCEPT_IO: u32 = 1 << 27;
const INTERCEPT_MSR: u32 = 1 << 28;
/** AVIC, in the first word of virtual interrupts. */
const AVIC: u64 = 1 << 31;
/** Virtual VMLOAD and VMSAVE take a guest physical address: without nested paging that is the host's. */
const VIRTUAL_VMLOAD: u64 = 2;
/** Clean bits of what an attachment changes: permission maps, ASID, nested paging, AVIC (15.15.3). */
const CLEAN_KEPT: u64 = (1 << 1) | (1 << 2) | (1 << 4) | (1 << 7);

export function attachNestedTables(vs: Vs, root: u64): void {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  poke64(vmcb + VMCB_N_CR3, root);
  const control = peek64(vmcb + VMCB_NESTED_CONTROL);
  poke64(vmcb + VMCB_NESTED_CONTROL, root != 0 ? control | NESTED_PAGING : control & ~NESTED_PAGING);
  forgetCached(vs);
  requestFlush(vs);
}

export function attachMsrMap(vs: Vs, map: u64): void {
  setMap(vs, VMCB_MSRPM_BASE, map, INTERCEPT_MSR);
}

export function attachIoMap(vs: Vs, map: u64): void {
  setMap(vs, VMCB_IOPM_BASE, map, INTERCEPT_IO);
}

function setMap(vs: Vs, field: u64, map: u64, intercept: u32): void {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  poke64(vmcb + field, map);
  const before = peek32(vmcb + VMCB_INTERCEPT_INSTRUCTION1);
  poke32(vmcb + VMCB_INTERCEPT_INSTRUCTION1, map != 0 ? before | intercept : before & ~intercept);
  forgetCached(vs);
}

/**
 * Whether an extension of version 2 may write a value to a register: no address of a structure that the processor reads or
 * writes, and nothing that makes it use one that is not attached.
 */
export function mayWrite(vs: Vs, register: u32, value: u64): bool {
  switch (register) {
    case AMD_REG_IOPM_BASE_PA:
    case AMD_REG_MSRPM_BASE_PA:
    case AMD_REG_AVIC_APIC_BAR:
    case AMD_REG_GUEST_PA_OF_GHCB:
    case AMD_REG_N_CR3:
      return false;
    case AMD_REG_CTLS1:
      return ((value ^ peek64(DIRECT_BASE + vs.controlBlock + VMCB_NESTED_CONTROL)) & NESTED_CONTROL_KEPT) == 0;
    case AMD_REG_CTLS2:
      return (value & VIRTUAL_VMLOAD) == 0 || vs.nested != 0;
    case AMD_REG_VIRTUAL_INTERRUPT_A:
      return (value & AVIC) == 0;
    case AMD_REG_VMCB_CLEAN_BITS:
      return (value & CLEAN_KEPT) == 0;
    case AMD_REG_INTERCEPT_INSTRUCTION1:
      if ((value & INTERCEPT_IO) != 0 && vs.ioMap == 0) return false;
      return (value & INTERCEPT_MSR) == 0 || vs.msrMap != 0;
    default:
      return register < AMD_REG_AVIC_APIC_BACKING_PAGE_PTR || register > AMD_REG_VMSA_PTR;
  }
}
