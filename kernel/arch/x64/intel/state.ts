// The operating system's state: from SavedState into a VS's VMCS, and back
//
// SavedState has a segment's attributes as AMD's VMCB holds them: bits 7:0 of the descriptor's rights, then AVL, L, D/B
// and G directly above. In a VMCS those four are bits 15:12, and bit 16 says that the segment is unusable (SDM volume 3,
// 25.4.1).

import {
  SAVED_STATE_CR0,
  SAVED_STATE_CR2,
  SAVED_STATE_CR3,
  SAVED_STATE_CR4,
  SAVED_STATE_CSTAR,
  SAVED_STATE_DEBUGCTL,
  SAVED_STATE_DR6,
  SAVED_STATE_DR7,
  SAVED_STATE_EFER,
  SAVED_STATE_ES_ATTRIB,
  SAVED_STATE_ES_BASE,
  SAVED_STATE_ES_LIMIT,
  SAVED_STATE_ES_SELECTOR,
  SAVED_STATE_FS_BASE,
  SAVED_STATE_GDTR_BASE,
  SAVED_STATE_GDTR_LIMIT,
  SAVED_STATE_IDTR_BASE,
  SAVED_STATE_IDTR_LIMIT,
  SAVED_STATE_KERNEL_GS_BASE,
  SAVED_STATE_LSTAR,
  SAVED_STATE_PAT,
  SAVED_STATE_RFLAGS,
  SAVED_STATE_RIP,
  SAVED_STATE_RSP,
  SAVED_STATE_SFMASK,
  SAVED_STATE_STAR,
  SAVED_STATE_SYSENTER_CS,
  SAVED_STATE_SYSENTER_EIP,
  SAVED_STATE_SYSENTER_ESP,
} from "../../../../abi/generated/bare/boot";
import { PP_AREA_BASE, PP_STATE } from "../../../../abi/generated/bare/windows";
import { peek16, peek32, peek64, poke16, poke32, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { VS_CR2, VS_CSTAR, VS_DR6, VS_FMASK, VS_KERNEL_GS_BASE, VS_LSTAR, VS_STAR } from "../register-file";
import { ASKED_CR4_MASK } from "./asked";
import { CR4_VMXE } from "./controls";
import { borrow, giveBack } from "./current";
import { readOwn, writeOwn } from "./own-registers";
import { writeField } from "./registers";
import {
  VMCS_CR0,
  VMCS_CR3,
  VMCS_CR4,
  VMCS_CR4_MASK,
  VMCS_CR4_SHADOW,
  VMCS_DEBUGCTL,
  VMCS_DR7,
  VMCS_EFER,
  VMCS_ES_ATTRIB,
  VMCS_ES_BASE,
  VMCS_ES_LIMIT,
  VMCS_ES_SELECTOR,
  VMCS_GDTR_BASE,
  VMCS_GDTR_LIMIT,
  VMCS_IDTR_BASE,
  VMCS_IDTR_LIMIT,
  VMCS_PAT,
  VMCS_RFLAGS,
  VMCS_RIP,
  VMCS_RSP,
  VMCS_SYSENTER_CS,
  VMCS_SYSENTER_EIP,
  VMCS_SYSENTER_ESP,
} from "./vmcs";
import { vmread } from "./vmx";

const STATE: u64 = PP_AREA_BASE + PP_STATE;
/** ES, CS, SS, DS, FS, GS, LDTR, TR: in SavedState one after the other, in the VMCS two encodings apart. */
const SEGMENTS: u32 = 8;
const SEGMENT_BYTES: u64 = (SAVED_STATE_FS_BASE - SAVED_STATE_ES_BASE) >> 2;
const UNUSABLE: u64 = 0x1_0000;
const PRESENT: u64 = 0x80;
/** Code and data segments; their bit 0, "accessed", a VM entry wants to be set. */
const CODE_OR_DATA: u64 = 0x10;
const ACCESSED: u64 = 1;

/** Fields of 64 bits that have the same meaning in both: offset in SavedState, encoding. */
// prettier-ignore
const FIELDS: usize = memory.data<u32>([
  SAVED_STATE_CR0,
  VMCS_CR0,
  SAVED_STATE_CR3,
  VMCS_CR3,
  SAVED_STATE_CR4,
  VMCS_CR4,
  SAVED_STATE_DR7,
  VMCS_DR7,
  SAVED_STATE_RSP,
  VMCS_RSP,
  SAVED_STATE_RIP,
  VMCS_RIP,
  SAVED_STATE_RFLAGS,
  VMCS_RFLAGS,
  SAVED_STATE_DEBUGCTL,
  VMCS_DEBUGCTL,
  SAVED_STATE_PAT,
  VMCS_PAT,
  SAVED_STATE_EFER,
  VMCS_EFER,
  SAVED_STATE_SYSENTER_CS,
  VMCS_SYSENTER_CS,
  SAVED_STATE_SYSENTER_ESP,
  VMCS_SYSENTER_ESP,
  SAVED_STATE_SYSENTER_EIP,
  VMCS_SYSENTER_EIP,
  SAVED_STATE_GDTR_BASE,
  VMCS_GDTR_BASE,
  SAVED_STATE_IDTR_BASE,
  VMCS_IDTR_BASE,
]);
const FIELD_COUNT: u32 = 15;

/** Registers that the VMCS does not hold: offset in SavedState, VS_*. */
// prettier-ignore
const OWN: usize = memory.data<u32>([
  SAVED_STATE_CR2,
  VS_CR2,
  SAVED_STATE_DR6,
  VS_DR6,
  SAVED_STATE_STAR,
  VS_STAR,
  SAVED_STATE_LSTAR,
  VS_LSTAR,
  SAVED_STATE_CSTAR,
  VS_CSTAR,
  SAVED_STATE_SFMASK,
  VS_FMASK,
  SAVED_STATE_KERNEL_GS_BASE,
  VS_KERNEL_GS_BASE,
]);
const OWN_COUNT: u32 = 7;

/** Makes a VS's state the operating system's; what its controls ask for stays as it is. */
export function loadSavedState(vs: Vs): void {
  borrow(vs);
  for (let i: u32 = 0; i < FIELD_COUNT; i++) writeField(vs, second(FIELDS, i), peek64(STATE + first(FIELDS, i)));
  for (let i: u32 = 0; i < SEGMENTS; i++) loadSegment(vs, i);
  writeField(vs, VMCS_GDTR_LIMIT, peek32(STATE + SAVED_STATE_GDTR_LIMIT));
  writeField(vs, VMCS_IDTR_LIMIT, peek32(STATE + SAVED_STATE_IDTR_LIMIT));
  // The operating system sees CR4 as it was, without what the kernel had to add
  writeField(vs, VMCS_CR4_MASK, vs.asked(ASKED_CR4_MASK));
  writeField(vs, VMCS_CR4_SHADOW, peek64(STATE + SAVED_STATE_CR4));
  giveBack(vs);
  for (let i: u32 = 0; i < OWN_COUNT; i++) writeOwn(vs, second(OWN, i), peek64(STATE + first(OWN, i)));
}

/** Writes the active VS's state into SavedState, where the kernel and the loader's code take it from. */
export function storeSavedState(vs: Vs): void {
  for (let i: u32 = 0; i < FIELD_COUNT; i++) poke64(STATE + first(FIELDS, i), vmread(second(FIELDS, i)));
  for (let i: u32 = 0; i < SEGMENTS; i++) storeSegment(i);
  poke32(STATE + SAVED_STATE_GDTR_LIMIT, <u32>vmread(VMCS_GDTR_LIMIT));
  poke32(STATE + SAVED_STATE_IDTR_LIMIT, <u32>vmread(VMCS_IDTR_LIMIT));
  // VMXE as the operating system has it, which sees the shadow's
  poke64(STATE + SAVED_STATE_CR4, (vmread(VMCS_CR4) & ~CR4_VMXE) | (vmread(VMCS_CR4_SHADOW) & CR4_VMXE));
  for (let i: u32 = 0; i < OWN_COUNT; i++) poke64(STATE + first(OWN, i), readOwn(vs, second(OWN, i)));
}

function loadSegment(vs: Vs, index: u32): void {
  const at = STATE + index * SEGMENT_BYTES;
  const field = index * 2;
  writeField(vs, VMCS_ES_SELECTOR + field, peek16(at + SAVED_STATE_ES_SELECTOR));
  writeField(vs, VMCS_ES_ATTRIB + field, accessRights(peek16(at + SAVED_STATE_ES_ATTRIB)));
  writeField(vs, VMCS_ES_LIMIT + field, peek32(at + SAVED_STATE_ES_LIMIT));
  writeField(vs, VMCS_ES_BASE + field, peek64(at + SAVED_STATE_ES_BASE));
}

/** The attributes are not needed: the loader's code loads selectors. */
function storeSegment(index: u32): void {
  const at = STATE + index * SEGMENT_BYTES;
  const field = index * 2;
  poke16(at + SAVED_STATE_ES_SELECTOR, <u16>vmread(VMCS_ES_SELECTOR + field));
  poke32(at + SAVED_STATE_ES_LIMIT, <u32>vmread(VMCS_ES_LIMIT + field));
  poke64(at + SAVED_STATE_ES_BASE, vmread(VMCS_ES_BASE + field));
}

/** A segment's attributes as a VMCS holds them. */
function accessRights(attributes: u64): u64 {
  if ((attributes & PRESENT) == 0) return UNUSABLE;
  const rights = (attributes & 0xff) | ((attributes & 0xf00) << 4);
  return (rights & CODE_OR_DATA) != 0 ? rights | ACCESSED : rights;
}

function first(table: usize, index: u32): u32 {
  return load<u32>(table + <usize>(index * 8));
}

function second(table: usize, index: u32): u32 {
  return load<u32>(table + <usize>(index * 8), 4);
}
