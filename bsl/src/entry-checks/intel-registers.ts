// A guest's control registers, MSRs, RIP, RFLAGS and PDPTEs (SDM volume 3, 27.3.1.1, 27.3.1.4, 27.3.1.6)

import {
  INTEL_RULE_BNDCFGS,
  INTEL_RULE_CR0_FIXED,
  INTEL_RULE_CR0_PG,
  INTEL_RULE_CR3,
  INTEL_RULE_CR4_CET,
  INTEL_RULE_CR4_FIXED,
  INTEL_RULE_DEBUGCTL,
  INTEL_RULE_DR7,
  INTEL_RULE_EFER_LMA,
  INTEL_RULE_EFER_LME,
  INTEL_RULE_EFER_RESERVED,
  INTEL_RULE_LONG_PAE,
  INTEL_RULE_LONG_PG,
  INTEL_RULE_PAT,
  INTEL_RULE_PCIDE,
  INTEL_RULE_PDPTE,
  INTEL_RULE_RFLAGS_IF,
  INTEL_RULE_RFLAGS_RESERVED,
  INTEL_RULE_RFLAGS_VM,
  INTEL_RULE_RIP,
  INTEL_RULE_RIP_32,
  INTEL_RULE_SYSENTER_EIP,
  INTEL_RULE_SYSENTER_ESP,
} from "../../../abi/generated/bare/entry-rules";
import { REG_DEBUG_CONTROL, REG_EFER } from "../../../abi/generated/bare/portable";
import {
  INTEL_REG_BNDCFGS,
  INTEL_REG_CR0,
  INTEL_REG_CR3,
  INTEL_REG_CR4,
  INTEL_REG_CS_ATTRIB,
  INTEL_REG_DEBUGCTL,
  INTEL_REG_DR7,
  INTEL_REG_EFER,
  INTEL_REG_PAT,
  INTEL_REG_PDPTE0,
  INTEL_REG_RFLAGS,
  INTEL_REG_RIP,
  INTEL_REG_SYSENTER_EIP,
  INTEL_REG_SYSENTER_ESP,
  INTEL_REG_VMENTRY_CTLS,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
} from "../../../abi/generated/bare/registers-intel";
import { isSet } from "../bits";
import { hasOnlyKnownBits } from "../register-values";
import { broken, UNBROKEN } from "./broken";
import {
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_CET,
  CR4_PAE,
  CR4_PCIDE,
  ENTRY_BNDCFGS,
  ENTRY_DEBUG,
  ENTRY_EFER,
  ENTRY_IA32E,
  ENTRY_PAT,
  EVENT_VALID,
  eventType,
  MSR_CR0_FIXED0,
  MSR_CR0_FIXED1,
  MSR_CR4_FIXED0,
  MSR_CR4_FIXED1,
  RFLAGS_IF,
  RFLAGS_VM,
  RIGHTS_L,
  SECONDARY_EPT,
  SECONDARY_UNRESTRICTED,
  TYPE_EXTERNAL,
} from "./intel-bits";
import { secondaryControls } from "./intel-controls";
import { EntryReader, isCanonical, isPat, isTooWide, physicalWidth } from "./reader";

const CR0_PE_PG: u64 = 0x8000_0001;
/** NW and CD are never checked (27.3.1.1). */
const CR0_NW_CD: u64 = 0x6000_0000;
const EFER_LME: u32 = 8;
const EFER_LMA: u32 = 10;
const BNDCFGS_RESERVED: u64 = 0xffc;
/** Bits 63:22, 15, 5, 3 are 0; bit 1 is 1. */
const RFLAGS_ZEROS: u64 = 0xffff_ffff_ffc0_8028;
const RFLAGS_ONE: u32 = 1;
/** Bits of a linear address. RIP's bit below them is not looked at. */
const LINEAR_WIDTH: i64 = 48;
/** PDPTE bits 2:1 and 8:5 (4.4.1). */
const PDPTE_RESERVED: u64 = 0x1e6;
const PDPTES: u32 = 4;

/** Control registers and MSRs, then PDPTEs, RIP and RFLAGS. */
export function explainRegisters<R extends EntryReader>(vs: R): u32 {
  let found = explainControlRegisters<R>(vs);
  if (found === UNBROKEN) found = explainMode<R>(vs);
  if (found === UNBROKEN) found = explainMsrs<R>(vs);
  if (found === UNBROKEN) found = explainPdptes<R>(vs);
  return found === UNBROKEN ? explainInstruction<R>(vs) : found;
}

function explainControlRegisters<R extends EntryReader>(vs: R): u32 {
  const cr0 = vs.register(INTEL_REG_CR0);
  const cr4 = vs.register(INTEL_REG_CR4);
  const free = isSet(secondaryControls<R>(vs), SECONDARY_UNRESTRICTED) ? CR0_NW_CD | CR0_PE_PG : CR0_NW_CD;
  if ((violation(cr0, vs.msr(MSR_CR0_FIXED0), vs.msr(MSR_CR0_FIXED1)) & ~free) !== 0) {
    return broken(INTEL_RULE_CR0_FIXED, INTEL_REG_CR0);
  }
  if (isSet(cr0, CR0_PG) && !isSet(cr0, CR0_PE)) return broken(INTEL_RULE_CR0_PG, INTEL_REG_CR0);
  if (violation(cr4, vs.msr(MSR_CR4_FIXED0), vs.msr(MSR_CR4_FIXED1)) !== 0) {
    return broken(INTEL_RULE_CR4_FIXED, INTEL_REG_CR4);
  }
  return isSet(cr4, CR4_CET) && !isSet(cr0, CR0_WP) ? broken(INTEL_RULE_CR4_CET, INTEL_REG_CR4) : UNBROKEN;
}

/** Bits that are 0 and must be 1, or 1 and must be 0 (A.7, A.8). */
function violation(value: u64, ones: u64, mayBeOne: u64): u64 {
  return (ones & ~value) | (value & ~mayBeOne);
}

function explainMode<R extends EntryReader>(vs: R): u32 {
  const entry = vs.register(INTEL_REG_VMENTRY_CTLS);
  const cr0 = vs.register(INTEL_REG_CR0);
  const cr4 = vs.register(INTEL_REG_CR4);
  const hasDebug = isSet(entry, ENTRY_DEBUG);
  if (hasDebug && !hasOnlyKnownBits<R>(vs, REG_DEBUG_CONTROL, true, vs.register(INTEL_REG_DEBUGCTL))) {
    return broken(INTEL_RULE_DEBUGCTL, INTEL_REG_DEBUGCTL);
  }
  if (isSet(entry, ENTRY_IA32E)) {
    if (!isSet(cr0, CR0_PG)) return broken(INTEL_RULE_LONG_PG, INTEL_REG_CR0);
    if (!isSet(cr4, CR4_PAE)) return broken(INTEL_RULE_LONG_PAE, INTEL_REG_CR4);
  } else if (isSet(cr4, CR4_PCIDE)) {
    return broken(INTEL_RULE_PCIDE, INTEL_REG_CR4);
  }
  if (isTooWide(vs.register(INTEL_REG_CR3), physicalWidth<R>(vs))) return broken(INTEL_RULE_CR3, INTEL_REG_CR3);
  return hasDebug && vs.register(INTEL_REG_DR7) >> 32 !== 0 ? broken(INTEL_RULE_DR7, INTEL_REG_DR7) : UNBROKEN;
}

function explainMsrs<R extends EntryReader>(vs: R): u32 {
  const entry = vs.register(INTEL_REG_VMENTRY_CTLS);
  if (!isCanonical(vs.register(INTEL_REG_SYSENTER_ESP))) return broken(INTEL_RULE_SYSENTER_ESP, INTEL_REG_SYSENTER_ESP);
  if (!isCanonical(vs.register(INTEL_REG_SYSENTER_EIP))) return broken(INTEL_RULE_SYSENTER_EIP, INTEL_REG_SYSENTER_EIP);
  if (isSet(entry, ENTRY_PAT) && !isPat(vs.register(INTEL_REG_PAT))) return broken(INTEL_RULE_PAT, INTEL_REG_PAT);
  if (isSet(entry, ENTRY_EFER)) {
    const efer = vs.register(INTEL_REG_EFER);
    const isLong = isSet(efer, EFER_LMA);
    if (!hasOnlyKnownBits<R>(vs, REG_EFER, true, efer)) return broken(INTEL_RULE_EFER_RESERVED, INTEL_REG_EFER);
    if (isLong !== isSet(entry, ENTRY_IA32E)) return broken(INTEL_RULE_EFER_LMA, INTEL_REG_EFER);
    if (isSet(vs.register(INTEL_REG_CR0), CR0_PG) && isLong !== isSet(efer, EFER_LME)) {
      return broken(INTEL_RULE_EFER_LME, INTEL_REG_EFER);
    }
  }
  if (isSet(entry, ENTRY_BNDCFGS)) {
    const bounds = vs.register(INTEL_REG_BNDCFGS);
    if ((bounds & BNDCFGS_RESERVED) !== 0 || !isCanonical(bounds)) return broken(INTEL_RULE_BNDCFGS, INTEL_REG_BNDCFGS);
  }
  return UNBROKEN;
}

/** With EPT, a guest with PAE paging has its four PDPTEs in the VMCS; without, they are read from memory. */
function explainPdptes<R extends EntryReader>(vs: R): u32 {
  const isPae = isSet(vs.register(INTEL_REG_CR0), CR0_PG) && isSet(vs.register(INTEL_REG_CR4), CR4_PAE);
  if (!isPae || isSet(vs.register(INTEL_REG_VMENTRY_CTLS), ENTRY_IA32E)) return UNBROKEN;
  if (!isSet(secondaryControls<R>(vs), SECONDARY_EPT)) return UNBROKEN;
  const width = physicalWidth<R>(vs);
  for (let i: u32 = 0; i < PDPTES; i++) {
    const entry = vs.register(INTEL_REG_PDPTE0 + i);
    const isReserved = (entry & PDPTE_RESERVED) !== 0 || isTooWide(entry, width);
    if (isSet(entry, 0) && isReserved) return broken(INTEL_RULE_PDPTE, INTEL_REG_PDPTE0 + i);
  }
  return UNBROKEN;
}

function explainInstruction<R extends EntryReader>(vs: R): u32 {
  const isLong = isSet(vs.register(INTEL_REG_VMENTRY_CTLS), ENTRY_IA32E);
  const rip = vs.register(INTEL_REG_RIP);
  if (isLong && isSet(vs.register(INTEL_REG_CS_ATTRIB), RIGHTS_L)) {
    const upper = <i64>rip >> LINEAR_WIDTH;
    if (upper !== 0 && upper !== -1) return broken(INTEL_RULE_RIP, INTEL_REG_RIP);
  } else if (rip >> 32 !== 0) {
    return broken(INTEL_RULE_RIP_32, INTEL_REG_RIP);
  }
  const flags = vs.register(INTEL_REG_RFLAGS);
  if ((flags & RFLAGS_ZEROS) !== 0 || !isSet(flags, RFLAGS_ONE)) {
    return broken(INTEL_RULE_RFLAGS_RESERVED, INTEL_REG_RFLAGS);
  }
  if (isSet(flags, RFLAGS_VM) && (isLong || !isSet(vs.register(INTEL_REG_CR0), CR0_PE))) {
    return broken(INTEL_RULE_RFLAGS_VM, INTEL_REG_RFLAGS);
  }
  const event = vs.register(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD);
  const isInterrupt = isSet(event, EVENT_VALID) && eventType(event) === TYPE_EXTERNAL;
  return isInterrupt && !isSet(flags, RFLAGS_IF) ? broken(INTEL_RULE_RFLAGS_IF, INTEL_REG_RFLAGS) : UNBROKEN;
}
