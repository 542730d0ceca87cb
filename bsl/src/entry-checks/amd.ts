// What VMRUN checks before it runs a VS (APM volume 2, 15.5.1, 15.20, 15.25)

import {
  AMD_RULE_ASID,
  AMD_RULE_CET,
  AMD_RULE_CR0_NW,
  AMD_RULE_CR0_RESERVED,
  AMD_RULE_CR3_RESERVED,
  AMD_RULE_CR4_RESERVED,
  AMD_RULE_CS_D,
  AMD_RULE_DR6,
  AMD_RULE_DR7,
  AMD_RULE_EFER_RESERVED,
  AMD_RULE_EFER_SVME,
  AMD_RULE_EVENT_TYPE,
  AMD_RULE_EVENT_VECTOR,
  AMD_RULE_G_PAT,
  AMD_RULE_IOPM,
  AMD_RULE_LONG_PAE,
  AMD_RULE_LONG_PE,
  AMD_RULE_MSRPM,
  AMD_RULE_N_CR3,
  AMD_RULE_VMRUN,
} from "../../../abi/generated/bare/entry-rules";
import { REG_CR4, REG_EFER } from "../../../abi/generated/bare/portable";
import {
  AMD_REG_CR0,
  AMD_REG_CR3,
  AMD_REG_CR4,
  AMD_REG_CS_ATTRIB,
  AMD_REG_CTLS1,
  AMD_REG_DR6,
  AMD_REG_DR7,
  AMD_REG_EFER,
  AMD_REG_EVENTINJ,
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_INSTRUCTION2,
  AMD_REG_IOPM_BASE_PA,
  AMD_REG_MSRPM_BASE_PA,
  AMD_REG_N_CR3,
  AMD_REG_PAT,
} from "../../../abi/generated/bare/registers-amd";
import { isSet } from "../bits";
import { hasOnlyKnownBits } from "../register-values";
import { broken, UNBROKEN } from "./broken";
import { EntryReader, isPat, isTooWide, physicalWidth } from "./reader";

const CR0_PE: u32 = 0;
const CR0_WP: u32 = 16;
const CR0_NW: u32 = 29;
const CR0_CD: u32 = 30;
const CR0_PG: u32 = 31;
const CR4_PAE: u32 = 5;
const CR4_CET: u32 = 23;
const EFER_LME: u32 = 8;
const EFER_SVME: u32 = 12;
const CS_L: u32 = 9;
const CS_D: u32 = 10;

/** Bytes of the permission maps (15.10.1, 15.11). */
const IOPM_BYTES: u64 = 0x3000;
const MSRPM_BYTES: u64 = 0x2000;

/** EVENTINJ (15.20). */
const EVENT_VALID: u32 = 31;
const TYPE_INTERRUPT: u64 = 0;
const TYPE_NMI: u64 = 2;
const TYPE_EXCEPTION: u64 = 3;
const TYPE_SOFTWARE: u64 = 4;
const VECTOR_NMI: u64 = 2;
const VECTOR_LAST_EXCEPTION: u64 = 31;

/** CTLS1: nested paging. */
const NESTED: u32 = 0;

/** The first rule that a VS breaks, as broken.ts packs it, or UNBROKEN. */
export function explainAmd<R extends EntryReader>(vs: R): u32 {
  const width = physicalWidth<R>(vs);
  const efer = vs.register(AMD_REG_EFER);
  const cr0 = vs.register(AMD_REG_CR0);
  const cr4 = vs.register(AMD_REG_CR4);
  if (!isSet(efer, EFER_SVME)) return broken(AMD_RULE_EFER_SVME, AMD_REG_EFER);
  if (isSet(cr0, CR0_NW) && !isSet(cr0, CR0_CD)) return broken(AMD_RULE_CR0_NW, AMD_REG_CR0);
  if (cr0 >> 32 !== 0) return broken(AMD_RULE_CR0_RESERVED, AMD_REG_CR0);
  if (isTooWide(vs.register(AMD_REG_CR3), width)) return broken(AMD_RULE_CR3_RESERVED, AMD_REG_CR3);
  if (!hasOnlyKnownBits<R>(vs, REG_CR4, false, cr4)) return broken(AMD_RULE_CR4_RESERVED, AMD_REG_CR4);
  if (vs.register(AMD_REG_DR6) >> 32 !== 0) return broken(AMD_RULE_DR6, AMD_REG_DR6);
  if (vs.register(AMD_REG_DR7) >> 32 !== 0) return broken(AMD_RULE_DR7, AMD_REG_DR7);
  if (!hasOnlyKnownBits<R>(vs, REG_EFER, false, efer)) return broken(AMD_RULE_EFER_RESERVED, AMD_REG_EFER);
  if (isSet(efer, EFER_LME) && isSet(cr0, CR0_PG)) {
    const attributes = vs.register(AMD_REG_CS_ATTRIB);
    if (!isSet(cr4, CR4_PAE)) return broken(AMD_RULE_LONG_PAE, AMD_REG_CR4);
    if (!isSet(cr0, CR0_PE)) return broken(AMD_RULE_LONG_PE, AMD_REG_CR0);
    if (isSet(attributes, CS_L) && isSet(attributes, CS_D)) return broken(AMD_RULE_CS_D, AMD_REG_CS_ATTRIB);
  }
  if (isSet(cr4, CR4_CET) && !isSet(cr0, CR0_WP)) return broken(AMD_RULE_CET, AMD_REG_CR4);
  return explainControls<R>(vs, width);
}

function explainControls<R extends EntryReader>(vs: R, width: u32): u32 {
  if (!isSet(vs.register(AMD_REG_INTERCEPT_INSTRUCTION2), 0)) {
    return broken(AMD_RULE_VMRUN, AMD_REG_INTERCEPT_INSTRUCTION2);
  }
  if (endsBeyond(vs.register(AMD_REG_MSRPM_BASE_PA), MSRPM_BYTES, width)) {
    return broken(AMD_RULE_MSRPM, AMD_REG_MSRPM_BASE_PA);
  }
  if (endsBeyond(vs.register(AMD_REG_IOPM_BASE_PA), IOPM_BYTES, width)) {
    return broken(AMD_RULE_IOPM, AMD_REG_IOPM_BASE_PA);
  }
  if (vs.register(AMD_REG_GUEST_ASID) === 0) return broken(AMD_RULE_ASID, AMD_REG_GUEST_ASID);
  const event = explainEvent(vs.register(AMD_REG_EVENTINJ));
  if (event !== UNBROKEN) return event;
  if (!isSet(vs.register(AMD_REG_CTLS1), NESTED)) return UNBROKEN;
  if (isTooWide(vs.register(AMD_REG_N_CR3), width)) return broken(AMD_RULE_N_CR3, AMD_REG_N_CR3);
  return isPat(vs.register(AMD_REG_PAT)) ? UNBROKEN : broken(AMD_RULE_G_PAT, AMD_REG_PAT);
}

function explainEvent(event: u64): u32 {
  if (!isSet(event, EVENT_VALID)) return UNBROKEN;
  const type = (event >> 8) & 7;
  const vector = event & 0xff;
  if (type !== TYPE_INTERRUPT && type !== TYPE_NMI && type !== TYPE_EXCEPTION && type !== TYPE_SOFTWARE) {
    return broken(AMD_RULE_EVENT_TYPE, AMD_REG_EVENTINJ);
  }
  if (type === TYPE_EXCEPTION && (vector === VECTOR_NMI || vector > VECTOR_LAST_EXCEPTION)) {
    return broken(AMD_RULE_EVENT_VECTOR, AMD_REG_EVENTINJ);
  }
  return UNBROKEN;
}

/** Whether a map, which begins at the page of an address, ends beyond what the processor can name. */
function endsBeyond(address: u64, bytes: u64, width: u32): bool {
  const first = address & ~(<u64>0xfff);
  return first + bytes < first || isTooWide(first + bytes - 1, width);
}
