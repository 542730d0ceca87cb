// Attributes of segments: one format for both vendors, that of AMD's VMCB (APM volume 2, 15.5.1)
//
//     11 10  9   8   7  6 5  4  3    0
//     ┌──┬───┬──┬───┬──┬────┬──┬──────┐   A VMCS has the upper four bits in 15:12, and bit 16: unusable
//     │G │D/B│L │AVL│P │DPL │S │ type │   (SDM volume 3, 25.4.1). A segment that is not present is unusable.
//     └──┴───┴──┴───┴──┴────┴──┴──────┘

import { MODE_16, MODE_32, MODE_64 } from "../../../../bsl/src/x64/instruction";

/** CS.L: 64-bit code. */
export const ATTRIBUTE_LONG: u64 = 1 << 9;
/** D/B: 32-bit code or stack. */
export const ATTRIBUTE_32: u64 = 1 << 10;
export const ATTRIBUTE_PRESENT: u64 = 1 << 7;

const LOW: u64 = 0xff;
const HIGH: u64 = 0xf00;
const HIGH_SHIFT: u64 = 4;
const UNUSABLE: u64 = 1 << 16;
/** A code or data segment, and that it was used: Intel's processors want both of such a segment. */
const CODE_OR_DATA: u64 = 1 << 4;
const ACCESSED: u64 = 1;

const DPL_SHIFT: u64 = 5;
const DPL_MASK: u64 = 3;

/** Attributes as a VMCS wants them. */
export function toAccessRights(attributes: u64): u64 {
  const rights = (attributes & LOW) | ((attributes & HIGH) << HIGH_SHIFT);
  if ((attributes & ATTRIBUTE_PRESENT) == 0) return rights | UNUSABLE;
  return (attributes & CODE_OR_DATA) != 0 ? rights | ACCESSED : rights;
}

/** Attributes as a VMCS has them. */
export function fromAccessRights(rights: u64): u64 {
  const attributes = (rights & LOW) | ((rights >> HIGH_SHIFT) & HIGH);
  return (rights & UNUSABLE) != 0 ? attributes & ~ATTRIBUTE_PRESENT : attributes;
}

/** MODE_16, MODE_32 or MODE_64, of code in a segment. */
export function modeOf(attributes: u64): u32 {
  if ((attributes & ATTRIBUTE_LONG) != 0) return MODE_64;
  return (attributes & ATTRIBUTE_32) != 0 ? MODE_32 : MODE_16;
}

/** The descriptor's privilege level; that of SS is the VM's. */
export function privilegeOf(attributes: u64): u64 {
  return (attributes >> DPL_SHIFT) & DPL_MASK;
}

/** The same attributes with another privilege level; both formats have it at the same place. */
export function withPrivilege(attributes: u64, privilege: u64): u64 {
  return (attributes & ~(DPL_MASK << DPL_SHIFT)) | ((privilege & DPL_MASK) << DPL_SHIFT);
}
