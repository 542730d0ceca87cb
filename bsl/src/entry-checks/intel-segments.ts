// A guest's segments and descriptor tables (SDM volume 3, 27.3.1.2, 27.3.1.3)

import {
  INTEL_RULE_BASE_32,
  INTEL_RULE_BASE_CANONICAL,
  INTEL_RULE_CS_D,
  INTEL_RULE_CS_DPL,
  INTEL_RULE_CS_TYPE,
  INTEL_RULE_DATA_DPL,
  INTEL_RULE_DATA_TYPE,
  INTEL_RULE_LDTR_LOCAL,
  INTEL_RULE_LDTR_TYPE,
  INTEL_RULE_SEGMENT_G,
  INTEL_RULE_SEGMENT_P,
  INTEL_RULE_SEGMENT_RESERVED,
  INTEL_RULE_SEGMENT_S,
  INTEL_RULE_SS_DPL,
  INTEL_RULE_SS_RPL,
  INTEL_RULE_SS_TYPE,
  INTEL_RULE_SYSTEM_S,
  INTEL_RULE_TABLE_BASE,
  INTEL_RULE_TABLE_LIMIT,
  INTEL_RULE_TR_LOCAL,
  INTEL_RULE_TR_TYPE,
  INTEL_RULE_TR_USABLE,
  INTEL_RULE_V86_ATTRIB,
  INTEL_RULE_V86_BASE,
  INTEL_RULE_V86_LIMIT,
} from "../../../abi/generated/bare/entry-rules";
import {
  INTEL_REG_CR0,
  INTEL_REG_ES_ATTRIB,
  INTEL_REG_ES_BASE,
  INTEL_REG_ES_LIMIT,
  INTEL_REG_ES_SELECTOR,
  INTEL_REG_RFLAGS,
  INTEL_REG_VMENTRY_CTLS,
} from "../../../abi/generated/bare/registers-intel";
import { isSet } from "../bits";
import { broken, brokenSegment, UNBROKEN } from "./broken";
import {
  CR0_PE,
  ENTRY_IA32E,
  RFLAGS_VM,
  RIGHTS_D,
  RIGHTS_G,
  RIGHTS_L,
  RIGHTS_P,
  RIGHTS_S,
  RIGHTS_UNUSABLE,
  SECONDARY_UNRESTRICTED,
} from "./intel-bits";
import { secondaryControls } from "./intel-controls";
import { EntryReader, isCanonical } from "./reader";

/** Segments in the order of the ABI's registers, as broken.ts names them. */
const CS: u32 = 1;
const SS: u32 = 2;
const FS: u32 = 4;
const GS: u32 = 5;
const LDTR: u32 = 6;
const TR: u32 = 7;
const GDTR: u32 = 8;
const TABLES_END: u32 = 10;

const SELECTOR_RPL: u64 = 3;
const SELECTOR_LOCAL: u32 = 2;
const V86_LIMIT: u64 = 0xffff;
const V86_RIGHTS: u64 = 0xf3;
/** Access rights 31:17 and 11:8 (25.4.1). */
const RIGHTS_RESERVED: u64 = 0xfffe_0f00;
/** Types: bit 3 code, bit 1 readable or writable, bit 0 accessed (3.4.5.1, 3.5). */
const TYPE_ACCESSED: u32 = 0;
const TYPE_READABLE: u32 = 1;
const TYPE_CODE: u32 = 3;
const TYPE_DATA: u64 = 3;
const TYPE_DATA_DOWN: u64 = 7;
const TYPE_FIRST_CONFORMING: u64 = 12;
const TYPE_LDT: u64 = 2;
const TYPE_TSS_16: u64 = 3;
const TYPE_TSS: u64 = 11;
/** Limit bits that must be ones with G, and zeros without (27.3.1.2). */
const LIMIT_LOW: u64 = 0xfff;
const LIMIT_HIGH: u64 = 0xfff0_0000;

function rightsRegister(segment: u32): u32 {
  return INTEL_REG_ES_ATTRIB + segment;
}

/** Every segment register, then GDTR and IDTR. */
export function explainSegments<R extends EntryReader>(vs: R): u32 {
  const isVirtual8086 = isSet(vs.register(INTEL_REG_RFLAGS), RFLAGS_VM);
  let found = explainSelectors<R>(vs, isVirtual8086);
  for (let segment: u32 = 0; segment < LDTR && found === UNBROKEN; segment++) {
    found = isVirtual8086 ? explainVirtual8086<R>(vs, segment) : explainSegment<R>(vs, segment);
  }
  if (found === UNBROKEN) found = explainTr<R>(vs);
  if (found === UNBROKEN) found = explainLdtr<R>(vs);
  return found === UNBROKEN ? explainTables<R>(vs) : found;
}

function selector<R extends EntryReader>(vs: R, segment: u32): u64 {
  return vs.register(INTEL_REG_ES_SELECTOR + segment);
}

function rights<R extends EntryReader>(vs: R, segment: u32): u64 {
  return vs.register(rightsRegister(segment));
}

function isUsable<R extends EntryReader>(vs: R, segment: u32): bool {
  return !isSet(rights<R>(vs, segment), RIGHTS_UNUSABLE);
}

function isUnrestricted<R extends EntryReader>(vs: R): bool {
  return isSet(secondaryControls<R>(vs), SECONDARY_UNRESTRICTED);
}

function typeOf(attributes: u64): u64 {
  return attributes & 15;
}

function dplOf(attributes: u64): u64 {
  return (attributes >> 5) & 3;
}

function explainSelectors<R extends EntryReader>(vs: R, isVirtual8086: bool): u32 {
  if (isSet(selector<R>(vs, TR), SELECTOR_LOCAL)) return broken(INTEL_RULE_TR_LOCAL, INTEL_REG_ES_SELECTOR + TR);
  if (isUsable<R>(vs, LDTR) && isSet(selector<R>(vs, LDTR), SELECTOR_LOCAL)) {
    return broken(INTEL_RULE_LDTR_LOCAL, INTEL_REG_ES_SELECTOR + LDTR);
  }
  const isSame = ((selector<R>(vs, SS) ^ selector<R>(vs, CS)) & SELECTOR_RPL) === 0;
  return isSame || isVirtual8086 || isUnrestricted<R>(vs)
    ? UNBROKEN
    : broken(INTEL_RULE_SS_RPL, INTEL_REG_ES_SELECTOR + SS);
}

function explainVirtual8086<R extends EntryReader>(vs: R, segment: u32): u32 {
  if (vs.register(INTEL_REG_ES_BASE + segment) !== selector<R>(vs, segment) << 4) {
    return brokenSegment(INTEL_RULE_V86_BASE, INTEL_REG_ES_BASE + segment, segment);
  }
  if (vs.register(INTEL_REG_ES_LIMIT + segment) !== V86_LIMIT) {
    return brokenSegment(INTEL_RULE_V86_LIMIT, INTEL_REG_ES_LIMIT + segment, segment);
  }
  return rights<R>(vs, segment) === V86_RIGHTS
    ? UNBROKEN
    : brokenSegment(INTEL_RULE_V86_ATTRIB, rightsRegister(segment), segment);
}

function explainSegment<R extends EntryReader>(vs: R, segment: u32): u32 {
  const base = vs.register(INTEL_REG_ES_BASE + segment);
  const isLoaded = segment === CS || isUsable<R>(vs, segment);
  if (segment === FS || segment === GS) {
    if (!isCanonical(base)) return brokenSegment(INTEL_RULE_BASE_CANONICAL, INTEL_REG_ES_BASE + segment, segment);
  } else if (isLoaded && base >> 32 !== 0) {
    return brokenSegment(INTEL_RULE_BASE_32, INTEL_REG_ES_BASE + segment, segment);
  }
  // SS.DPL counts even while SS is unusable.
  const ssDpl = segment === SS ? explainSsDpl<R>(vs) : UNBROKEN;
  if (!isLoaded || ssDpl !== UNBROKEN) return ssDpl;
  const found =
    segment === CS ? explainCode<R>(vs) : segment === SS ? explainStack<R>(vs) : explainData<R>(vs, segment);
  if (found !== UNBROKEN) return found;
  if (!isSet(rights<R>(vs, segment), RIGHTS_S)) {
    return brokenSegment(INTEL_RULE_SEGMENT_S, rightsRegister(segment), segment);
  }
  return explainRights<R>(vs, segment);
}

function explainCode<R extends EntryReader>(vs: R): u32 {
  const attributes = rights<R>(vs, CS);
  const type = typeOf(attributes);
  const isCode = isSet(type, TYPE_CODE) && isSet(type, TYPE_ACCESSED);
  const isData = type === TYPE_DATA && isUnrestricted<R>(vs);
  if (!isCode && !isData) return broken(INTEL_RULE_CS_TYPE, rightsRegister(CS));
  const dpl = dplOf(attributes);
  const ssDpl = dplOf(rights<R>(vs, SS));
  const isDplRight = isData ? dpl === 0 : type < TYPE_FIRST_CONFORMING ? dpl === ssDpl : dpl <= ssDpl;
  if (!isDplRight) return broken(INTEL_RULE_CS_DPL, rightsRegister(CS));
  const isLong = isSet(vs.register(INTEL_REG_VMENTRY_CTLS), ENTRY_IA32E);
  return isLong && isSet(attributes, RIGHTS_L) && isSet(attributes, RIGHTS_D)
    ? broken(INTEL_RULE_CS_D, rightsRegister(CS))
    : UNBROKEN;
}

function explainSsDpl<R extends EntryReader>(vs: R): u32 {
  const dpl = dplOf(rights<R>(vs, SS));
  const isZero = typeOf(rights<R>(vs, CS)) === TYPE_DATA || !isSet(vs.register(INTEL_REG_CR0), CR0_PE);
  const isRight = (isUnrestricted<R>(vs) || dpl === (selector<R>(vs, SS) & SELECTOR_RPL)) && (!isZero || dpl === 0);
  return isRight ? UNBROKEN : broken(INTEL_RULE_SS_DPL, rightsRegister(SS));
}

function explainStack<R extends EntryReader>(vs: R): u32 {
  const type = typeOf(rights<R>(vs, SS));
  return type === TYPE_DATA || type === TYPE_DATA_DOWN ? UNBROKEN : broken(INTEL_RULE_SS_TYPE, rightsRegister(SS));
}

function explainData<R extends EntryReader>(vs: R, segment: u32): u32 {
  const attributes = rights<R>(vs, segment);
  const type = typeOf(attributes);
  if (!isSet(type, TYPE_ACCESSED) || (isSet(type, TYPE_CODE) && !isSet(type, TYPE_READABLE))) {
    return brokenSegment(INTEL_RULE_DATA_TYPE, rightsRegister(segment), segment);
  }
  const isChecked = !isUnrestricted<R>(vs) && type < TYPE_FIRST_CONFORMING;
  return isChecked && dplOf(attributes) < (selector<R>(vs, segment) & SELECTOR_RPL)
    ? brokenSegment(INTEL_RULE_DATA_DPL, rightsRegister(segment), segment)
    : UNBROKEN;
}

/** P, the reserved bits and G, as every segment that is loaded must have them. */
function explainRights<R extends EntryReader>(vs: R, segment: u32): u32 {
  const attributes = rights<R>(vs, segment);
  const limit = vs.register(INTEL_REG_ES_LIMIT + segment);
  if (!isSet(attributes, RIGHTS_P)) return brokenSegment(INTEL_RULE_SEGMENT_P, rightsRegister(segment), segment);
  if ((attributes & RIGHTS_RESERVED) !== 0) {
    return brokenSegment(INTEL_RULE_SEGMENT_RESERVED, rightsRegister(segment), segment);
  }
  const isRight = isSet(attributes, RIGHTS_G) ? (limit & LIMIT_LOW) === LIMIT_LOW : (limit & LIMIT_HIGH) === 0;
  return isRight ? UNBROKEN : brokenSegment(INTEL_RULE_SEGMENT_G, rightsRegister(segment), segment);
}

function explainTr<R extends EntryReader>(vs: R): u32 {
  if (!isUsable<R>(vs, TR)) return broken(INTEL_RULE_TR_USABLE, rightsRegister(TR));
  const type = typeOf(rights<R>(vs, TR));
  const isLong = isSet(vs.register(INTEL_REG_VMENTRY_CTLS), ENTRY_IA32E);
  if (type !== TYPE_TSS && (isLong || type !== TYPE_TSS_16)) return broken(INTEL_RULE_TR_TYPE, rightsRegister(TR));
  return explainSystem<R>(vs, TR);
}

function explainLdtr<R extends EntryReader>(vs: R): u32 {
  if (!isUsable<R>(vs, LDTR)) return UNBROKEN;
  if (typeOf(rights<R>(vs, LDTR)) !== TYPE_LDT) return broken(INTEL_RULE_LDTR_TYPE, rightsRegister(LDTR));
  return explainSystem<R>(vs, LDTR);
}

function explainSystem<R extends EntryReader>(vs: R, segment: u32): u32 {
  if (!isCanonical(vs.register(INTEL_REG_ES_BASE + segment))) {
    return brokenSegment(INTEL_RULE_BASE_CANONICAL, INTEL_REG_ES_BASE + segment, segment);
  }
  if (isSet(rights<R>(vs, segment), RIGHTS_S)) {
    return brokenSegment(INTEL_RULE_SYSTEM_S, rightsRegister(segment), segment);
  }
  return explainRights<R>(vs, segment);
}

function explainTables<R extends EntryReader>(vs: R): u32 {
  for (let table = GDTR; table < TABLES_END; table++) {
    if (!isCanonical(vs.register(INTEL_REG_ES_BASE + table))) {
      return brokenSegment(INTEL_RULE_TABLE_BASE, INTEL_REG_ES_BASE + table, table);
    }
    if (vs.register(INTEL_REG_ES_LIMIT + table) >> 16 !== 0) {
      return brokenSegment(INTEL_RULE_TABLE_LIMIT, INTEL_REG_ES_LIMIT + table, table);
    }
  }
  return UNBROKEN;
}
