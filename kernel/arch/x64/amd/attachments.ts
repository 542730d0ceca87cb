// What a VMCB names by its address: nested page tables and permission maps (APM volume 2, 15.10, 15.11 and 15.25)

import {
  AMD_REG_AVIC_APIC_BACKING_PAGE_PTR,
  AMD_REG_AVIC_APIC_BAR,
  AMD_REG_CTLS1,
  AMD_REG_CTLS2,
  AMD_REG_GUEST_PA_OF_GHCB,
  AMD_REG_IOPM_BASE_PA,
  AMD_REG_MSRPM_BASE_PA,
  AMD_REG_N_CR3,
  AMD_REG_VIRTUAL_INTERRUPT_A,
  AMD_REG_VMSA_PTR,
} from "../../../../abi/generated/bare/registers-amd";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { poke64 } from "../../../../bsl/src/memory";
import { ppid } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { requestFlush } from "./address-space";
import { ASKED_INTERCEPTS, ASKED_IOPM, ASKED_MSRPM, ASKED_NESTED_CONTROL } from "./asked";
import { confine, IOIO_PROT, MSR_PROT, NESTED_PAGING } from "./confinement";
import { keepPat, restorePat } from "./svm";
import { VMCB_N_CR3 } from "./vmcb";

/** SEV and SEV-ES want memory of their own. */
const NESTED_CONTROL_KEPT: u64 = 7;
/** AVIC, in the first word of virtual interrupts. */
const AVIC: u64 = 1 << 31;
/** Virtual VMLOAD and VMSAVE take a guest physical address: without nested paging that is the host's. */
const VIRTUAL_VMLOAD: u64 = 2;
const ASKED_INSTRUCTION1: u32 = ASKED_INTERCEPTS + 1;

export function attachNestedTables(vs: Vs, root: u64): void {
  // A closed guest without tables gets the empty ones, and nested paging stays on
  const control = vs.asked(ASKED_NESTED_CONTROL);
  if (vs.isRoot() && vs.ppid == ppid()) movePat(vs, (control & NESTED_PAGING) != 0, root != 0);
  poke64(DIRECT_BASE + vs.controlBlock + VMCB_N_CR3, root);
  vs.ask(ASKED_NESTED_CONTROL, root != 0 ? control | NESTED_PAGING : control & ~NESTED_PAGING);
  confine(vs);
  requestFlush(vs);
}

/** With nested paging the operating system's PAT is in the VMCB, without it the processor's own (15.25.8). */
function movePat(vs: Vs, wasNested: bool, isNested: bool): void {
  if (isNested && !wasNested) keepPat(vs);
  if (wasNested && !isNested) restorePat(vs);
}

export function attachMsrMap(vs: Vs, map: u64): void {
  setMap(vs, ASKED_MSRPM, map, MSR_PROT);
}

export function attachIoMap(vs: Vs, map: u64): void {
  setMap(vs, ASKED_IOPM, map, IOIO_PROT);
}

function setMap(vs: Vs, slot: u32, map: u64, intercept: u32): void {
  vs.ask(slot, map);
  const before = vs.asked(ASKED_INSTRUCTION1);
  vs.ask(ASKED_INSTRUCTION1, map != 0 ? before | intercept : before & ~(<u64>intercept));
  confine(vs);
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
      return ((value ^ vs.asked(ASKED_NESTED_CONTROL)) & NESTED_CONTROL_KEPT) == 0;
    case AMD_REG_CTLS2:
      return (value & VIRTUAL_VMLOAD) == 0 || vs.nested != 0;
    case AMD_REG_VIRTUAL_INTERRUPT_A:
      return (value & AVIC) == 0;
    default:
      return register < AMD_REG_AVIC_APIC_BACKING_PAGE_PTR || register > AMD_REG_VMSA_PTR;
  }
}
