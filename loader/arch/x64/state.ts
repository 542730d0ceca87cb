// Reads the operating system's state of the processor that this runs on into a SavedState

import {
  CPU_FEATURE_XSAVE,
  SAVED_STATE_CR0,
  SAVED_STATE_CR2,
  SAVED_STATE_CR3,
  SAVED_STATE_CR4,
  SAVED_STATE_CR8,
  SAVED_STATE_CSTAR,
  SAVED_STATE_DEBUGCTL,
  SAVED_STATE_DR0,
  SAVED_STATE_DR1,
  SAVED_STATE_DR2,
  SAVED_STATE_DR3,
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
  SAVED_STATE_GS_BASE,
  SAVED_STATE_HOST_DEBUGCTL,
  SAVED_STATE_HSAVE_PA,
  SAVED_STATE_IDTR_BASE,
  SAVED_STATE_IDTR_LIMIT,
  SAVED_STATE_KERNEL_GS_BASE,
  SAVED_STATE_LDTR_BASE,
  SAVED_STATE_LSTAR,
  SAVED_STATE_PAT,
  SAVED_STATE_SFMASK,
  SAVED_STATE_STAR,
  SAVED_STATE_SYSENTER_CS,
  SAVED_STATE_SYSENTER_EIP,
  SAVED_STATE_SYSENTER_ESP,
  SAVED_STATE_XCR0,
  VENDOR_AMD,
} from "../../../abi/generated/bare/boot";
import { peek64, poke16, poke32, poke64 } from "../../../bsl/src/memory";
import {
  rdmsr,
  readCr0,
  readCr2,
  readCr3,
  readCr4,
  readCr8,
  readDr,
  readSelector,
  readXcr0,
  tableBase,
  tableLimit,
  writeCr4,
} from "./cpu";
import { attributesOf, baseOf, descriptorAddress, isNull, limitOf, systemBaseOf } from "./descriptor";
import {
  CR4_OSXSAVE,
  MSR_CSTAR,
  MSR_DEBUGCTL,
  MSR_EFER,
  MSR_FS_BASE,
  MSR_GS_BASE,
  MSR_KERNEL_GS_BASE,
  MSR_LSTAR,
  MSR_PAT,
  MSR_SFMASK,
  MSR_STAR,
  MSR_SYSENTER_CS,
  MSR_SYSENTER_EIP,
  MSR_SYSENTER_ESP,
  MSR_VM_HSAVE_PA,
} from "./msr";

/** Segments in the order of SavedState; readSelector() takes the same numbers. */
const SEGMENT_CODE_OR_DATA: u32 = 6;
const SEGMENT_LDTR: u32 = 6;
const SEGMENT_TR: u32 = 7;
/** One segment's selector, attributes, limit and base in SavedState. */
const SEGMENT_BYTES: u32 = (SAVED_STATE_FS_BASE - SAVED_STATE_ES_BASE) >> 2;

/** Fills everything but the general registers, RIP, RSP and RFLAGS, which the hand-off knows best. */
export function captureState(state: u64, vendor: u32, features: u32): void {
  captureControl(state);
  poke64(state + SAVED_STATE_XCR0, (features & CPU_FEATURE_XSAVE) !== 0 ? captureXcr0() : 0);
  captureMsrs(state);
  // AMD's has nothing that host mode needs to be without
  poke64(state + SAVED_STATE_HOST_DEBUGCTL, vendor === VENDOR_AMD ? rdmsr(MSR_DEBUGCTL) : 0);
  poke64(state + SAVED_STATE_HSAVE_PA, vendor === VENDOR_AMD ? rdmsr(MSR_VM_HSAVE_PA) : 0);
  captureTables(state);
  captureSegments(state);
}

function captureControl(state: u64): void {
  poke64(state + SAVED_STATE_CR0, readCr0());
  poke64(state + SAVED_STATE_CR2, readCr2());
  poke64(state + SAVED_STATE_CR3, readCr3());
  poke64(state + SAVED_STATE_CR4, readCr4());
  poke64(state + SAVED_STATE_CR8, readCr8());
  poke64(state + SAVED_STATE_DR0, readDr(0));
  poke64(state + SAVED_STATE_DR1, readDr(1));
  poke64(state + SAVED_STATE_DR2, readDr(2));
  poke64(state + SAVED_STATE_DR3, readDr(3));
  poke64(state + SAVED_STATE_DR6, readDr(6));
  poke64(state + SAVED_STATE_DR7, readDr(7));
}

/**
 * An operating system that has given XSAVE up may have left XCR0 as it was; CPUID leaf 0Dh shows it all the same.
 * Reading it needs CR4.OSXSAVE for a moment.
 */
function captureXcr0(): u64 {
  const cr4 = readCr4();
  if ((cr4 & CR4_OSXSAVE) !== 0) return readXcr0();
  writeCr4(cr4 | CR4_OSXSAVE);
  const xcr0 = readXcr0();
  writeCr4(cr4);
  return xcr0;
}

function captureMsrs(state: u64): void {
  poke64(state + SAVED_STATE_EFER, rdmsr(MSR_EFER));
  poke64(state + SAVED_STATE_STAR, rdmsr(MSR_STAR));
  poke64(state + SAVED_STATE_LSTAR, rdmsr(MSR_LSTAR));
  poke64(state + SAVED_STATE_CSTAR, rdmsr(MSR_CSTAR));
  poke64(state + SAVED_STATE_SFMASK, rdmsr(MSR_SFMASK));
  poke64(state + SAVED_STATE_KERNEL_GS_BASE, rdmsr(MSR_KERNEL_GS_BASE));
  poke64(state + SAVED_STATE_SYSENTER_CS, rdmsr(MSR_SYSENTER_CS));
  poke64(state + SAVED_STATE_SYSENTER_ESP, rdmsr(MSR_SYSENTER_ESP));
  poke64(state + SAVED_STATE_SYSENTER_EIP, rdmsr(MSR_SYSENTER_EIP));
  poke64(state + SAVED_STATE_PAT, rdmsr(MSR_PAT));
  poke64(state + SAVED_STATE_DEBUGCTL, rdmsr(MSR_DEBUGCTL));
}

function captureTables(state: u64): void {
  poke64(state + SAVED_STATE_GDTR_BASE, tableBase(0));
  poke32(state + SAVED_STATE_GDTR_LIMIT, tableLimit(0));
  poke64(state + SAVED_STATE_IDTR_BASE, tableBase(1));
  poke32(state + SAVED_STATE_IDTR_LIMIT, tableLimit(1));
}

function captureSegments(state: u64): void {
  captureSegment(state, SEGMENT_LDTR, 0);
  captureSegment(state, SEGMENT_TR, 0);
  const ldt = peek64(state + SAVED_STATE_LDTR_BASE);
  for (let segment: u32 = 0; segment < SEGMENT_CODE_OR_DATA; segment++) captureSegment(state, segment, ldt);
  // In 64-bit mode these two bases are MSRs; what the descriptor says does not count.
  poke64(state + SAVED_STATE_FS_BASE, rdmsr(MSR_FS_BASE));
  poke64(state + SAVED_STATE_GS_BASE, rdmsr(MSR_GS_BASE));
}

function captureSegment(state: u64, segment: u32, ldt: u64): void {
  const at = state + segment * SEGMENT_BYTES;
  const selector = readSelector(segment);
  const descriptor = descriptorAddress(selector, tableBase(0), ldt);
  const isPresent = !isNull(selector);
  const isSystem = segment >= SEGMENT_CODE_OR_DATA;
  poke16(at + SAVED_STATE_ES_SELECTOR, <u16>selector);
  poke16(at + SAVED_STATE_ES_ATTRIB, isPresent ? <u16>attributesOf(descriptor) : 0);
  poke32(at + SAVED_STATE_ES_LIMIT, isPresent ? limitOf(descriptor) : 0);
  poke64(at + SAVED_STATE_ES_BASE, !isPresent ? 0 : isSystem ? systemBaseOf(descriptor) : baseOf(descriptor));
}
