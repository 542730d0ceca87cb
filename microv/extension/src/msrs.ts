// MSRs of guests
//
// Some are registers of the VS; the time is the processor's with an offset; the others are kept here, and do nothing: caches
// are coherent, and nobody counts. Every other MSR raises #GP in the guest, and is refused to its caller.

import { guest, isIntel, ownMemory, peek64, poke64, processorTime, Register, trySet } from "@bareflank/sdk";
import {
  MV_LIST_ENTRIES,
  MV_MSR_KVM_SYSTEM_TIME,
  MV_MSR_KVM_SYSTEM_TIME_NEW,
  MV_MSR_KVM_WALL_CLOCK,
  MV_MSR_KVM_WALL_CLOCK_NEW,
  MV_OPTION_FEATURES,
  MV_PAGE_LIST,
  MV_PAGE_LIST_COUNT,
  MV_STATUS_INVALID_INPUT_REG0,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { readEfer } from "./control-bits";
import { hasTscAux } from "./guest-leaves";
import { MODE_DISABLED, MODE_X2APIC, MODE_XAPIC, modeOf } from "./irqchip/apic-page";
import { setTscDeadline, tscDeadline } from "./irqchip/apic-timer";
import { setMode } from "./irqchip/local-apic";
import { toldOf } from "./told-leaves";
import { Vcpu } from "./vcpu";

const MSR_TSC: u32 = 0x10;
const MSR_APIC_BASE: u32 = 0x1b;
const MSR_TSC_ADJUST: u32 = 0x3b;
export const MSR_TSC_DEADLINE: u32 = 0x6e0;
const MSR_MCG_CAP: u32 = 0x179;
const MSR_MCG_CTL: u32 = 0x17b;
const MSR_MISC_ENABLE: u32 = 0x1a0;
const ENABLE_MWAIT: u64 = 1 << 18;
/** KVM's features: the clock by its old MSRs, and by its new ones (Linux's Documentation/virt/kvm/x86/cpuid.rst). */
const LEAF_KVM_FEATURES: u32 = 0x4000_0001;
const EAX: u32 = 0;
const LEAF_FEATURES: u32 = 1;
const ECX: u32 = 2;
const FEATURE_X2APIC: u32 = 1 << 21;
const KVM_CLOCK: u32 = 1 << 0;
const KVM_CLOCK_NEW: u32 = 1 << 3;
const MSR_TSC_AUX: u32 = 0xc000_0103;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** MSRs that are registers of the VS, beside their registers. */
const IN_VS: usize = memory.data<u32>([
  0x174,
  Register.SysenterCs,
  0x175,
  Register.SysenterEsp,
  0x176,
  Register.SysenterEip,
  0x277,
  Register.Pat,
  0xc000_0080,
  Register.Efer,
  0xc000_0081,
  Register.Star,
  0xc000_0082,
  Register.Lstar,
  0xc000_0083,
  Register.Cstar,
  0xc000_0084,
  Register.Sfmask,
  0xc000_0100,
  Register.FsBase,
  0xc000_0101,
  Register.GsBase,
  0xc000_0102,
  Register.KernelGsBase,
]);
const IN_VS_COUNT: u32 = 12;

/** MSRs that are kept: number, bits that can be written, value after a reset; the last one repeats up to a number. */
const KEPT: usize = memory.data<u64>([
  0x8b, // BIOS_SIGN_ID: the microcode's revision
  0xffff_ffff_ffff_ffff,
  0,
  0xfe, // MTRRCAP: write-combining, fixed ranges, eight variable ones
  0,
  0x508,
  0x179, // MCG_CAP: all banks, until its caller says how many there are
  0,
  32,
  0x17a, // MCG_STATUS
  7,
  0,
  0x17b, // MCG_CTL
  0xffff_ffff_ffff_ffff,
  0xffff_ffff_ffff_ffff,
  0x1a0, // MISC_ENABLE: fast strings
  0xffff_ffff_ffff_ffff,
  1,
  0x1fc, // POWER_CTL
  0xffff_ffff_ffff_ffff,
  0,
  0x2ff, // MTRR_DEF_TYPE
  0xcff,
  0,
  0x250,
  0xffff_ffff_ffff_ffff,
  0,
  0x258,
  0xffff_ffff_ffff_ffff,
  0,
  0x259,
  0xffff_ffff_ffff_ffff,
  0,
  0x3a, // FEATURE_CONTROL: locked
  0,
  1,
  0xce, // PLATFORM_INFO
  0,
  0,
  0xc001_0010, // SYSCFG
  0xffff_ffff_ffff_ffff,
  0,
  0xc001_0015, // HWCR
  0x0100_0000,
  0x0100_0000,
  0xc001_001f, // NB_CFG
  0xffff_ffff_ffff_ffff,
  0,
  0xc001_1029, // DE_CFG: LFENCE serializes
  0,
  2,
  MV_MSR_KVM_WALL_CLOCK, // kvmclock's
  0xffff_ffff_ffff_ffff,
  0,
  MV_MSR_KVM_SYSTEM_TIME,
  0xffff_ffff_ffff_ffff,
  0,
  MV_MSR_KVM_WALL_CLOCK_NEW,
  0xffff_ffff_ffff_ffff,
  0,
  MV_MSR_KVM_SYSTEM_TIME_NEW,
  0xffff_ffff_ffff_ffff,
  0,
]);
const KEPT_COUNT: u32 = 21;
/** Those of ranges: variable MTRRs, and fixed ones of 4 KiB. */
const FIRST_VARIABLE: u32 = 0x200;
const VARIABLE_COUNT: u32 = 16;
const FIRST_FIXED: u32 = 0x268;
const FIXED_COUNT: u32 = 8;
/** Machine check banks: CTL, STATUS, ADDR and MISC of each that MCG_CAP counts. Nothing is reported there but what the caller writes. */
const FIRST_BANK: u32 = 0x400;
const BANK_COUNT: u32 = 32 * 4;
const BANK_CTL: u32 = 0;
const BANK_STATUS: u32 = 1;
/** How many banks there are, in MCG_CAP. */
const CAP_COUNT: u32 = 0xff;
/** Bits of CTL that systems clear for errata of processors, as Linux's KVM allows. */
const CTL_OPTIONAL: u64 = (1 << 10) | 1;
/**
 * AMD's four performance counters and what they count (APM volume 2, 13.2.1), which every processor of AMD's has, and so a guest
 * that takes its processor for one: nothing counts.
 */
const FIRST_COUNTER: u32 = 0xc001_0000;
const COUNTER_COUNT: u32 = 8;
/** All of these, behind one another. */
const BANK_PLACE: u32 = KEPT_COUNT + VARIABLE_COUNT + FIXED_COUNT;
const COUNTER_PLACE: u32 = BANK_PLACE + BANK_COUNT;
const PLACES: u32 = COUNTER_PLACE + COUNTER_COUNT;
const APIC_BASE_RESET: u64 = 0xfee0_0900;
/** Global enable, and the address (SDM volume 3, 11.4.4); x2APIC is there only with a local APIC. */
const APIC_BASE_WRITABLE: u64 = 0x000f_ffff_ffff_f900;
const BSP: u64 = 1 << 8;
const X2APIC: u64 = 1 << 10;
const APIC_ENABLED: u64 = 1 << 11;

/** MSRs that are none of those, and every guest has. */
const OTHERS: usize = memory.data<u32>([MSR_TSC, MSR_APIC_BASE, MSR_TSC_ADJUST, MSR_TSC_DEADLINE]);

const NONE: u32 = 0xffff_ffff;

/** As after a reset. */
export function resetMsrs(vcpu: Vcpu): void {
  for (let i: u32 = 0; i < KEPT_COUNT; i++) poke64(slot(vcpu, i), load<u64>(KEPT + <usize>i * 24, 16));
  for (let i = KEPT_COUNT; i <= ADJUST_SLOT; i++) poke64(slot(vcpu, i), 0);
  vcpu.apicBase = APIC_BASE_RESET;
  // Its own from now on, not the machine's
  if (hasTscAux()) vcpu.vs.writeMsr(MSR_TSC_AUX, 0);
}

/** MCG_CAP is a number, and all banks of it are enabled and empty. */
export function setupBanks(vcpu: Vcpu, capabilities: u64): void {
  poke64(slot(vcpu, keptIndex(MSR_MCG_CAP)), capabilities);
  poke64(slot(vcpu, keptIndex(MSR_MCG_CTL)), ALL);
  for (let i: u32 = 0; i < BANK_COUNT; i++) poke64(slot(vcpu, keptIndex(FIRST_BANK + i)), (i & 3) == 0 ? ALL : 0);
}

/** Reads one; false: the guest has no such MSR. guestMsrValue() is its value then. */
export function readGuestMsr(vcpu: Vcpu, msr: u32): bool {
  const register = registerOf(msr);
  if (register == Register.Efer) return keep(vcpu, readEfer(vcpu));
  if (register != NONE) return keep(vcpu, vcpu.vs.get(<Register>register));
  if (msr == MSR_TSC) return keep(vcpu, processorTime() + vcpu.vs.timeStampOffset);
  if (msr == MSR_TSC_ADJUST) return keep(vcpu, peek64(slot(vcpu, ADJUST_SLOT)));
  if (msr == MSR_APIC_BASE) return keep(vcpu, vcpu.apicBase);
  if (msr == MSR_TSC_DEADLINE) return keep(vcpu, vcpu.apic != 0 ? tscDeadline(ownMemory(vcpu.apic)) : 0);
  if (msr == MSR_TSC_AUX) return hasTscAux() && keep(vcpu, vcpu.vs.readMsr(msr));
  if (isHidden(vcpu, msr) || lacksBank(vcpu, msr)) return false;
  const index = keptIndex(msr);
  return index != NONE && keep(vcpu, peek64(slot(vcpu, index)));
}

/** Writes one; false: the guest has no such MSR, or a processor would refuse the value. */
export function writeGuestMsr(vcpu: Vcpu, msr: u32, value: u64): bool {
  const register = registerOf(msr);
  if (register != NONE) return trySet(vcpu.vs, <Register>register, value);
  if (msr == MSR_TSC) return moveTime(vcpu, value - (processorTime() + vcpu.vs.timeStampOffset));
  if (msr == MSR_TSC_ADJUST) return moveTime(vcpu, value - peek64(slot(vcpu, ADJUST_SLOT)));
  if (msr == MSR_APIC_BASE) return setApicBase(vcpu, value);
  if (msr == MSR_TSC_DEADLINE) {
    // Without a local APIC there is no timer: nothing happens, as on Linux's KVM
    if (vcpu.apic != 0) setTscDeadline(ownMemory(vcpu.apic), value, vcpu.vs.timeStampOffset);
    return true;
  }
  // AMD's processors leave the upper half out
  if (msr == MSR_TSC_AUX) return hasTscAux() && vcpu.vs.writeMsr(msr, isIntel() ? value : <u32>value);
  if (isHidden(vcpu, msr) || lacksBank(vcpu, msr) || isOddControl(msr, value)) return false;
  const index = keptIndex(msr);
  if (index == NONE) return false;
  const writable = index < KEPT_COUNT ? load<u64>(KEPT + <usize>index * 24, 8) : 0xffff_ffff_ffff_ffff;
  const before = peek64(slot(vcpu, index));
  // What cannot be written may be written as it is
  if (((value ^ before) & ~writable) != 0) return false;
  poke64(slot(vcpu, index), value);
  return true;
}

/** False: it has bits that are reserved, or says x2APIC mode of a local APIC that is disabled (SDM volume 3, 11.12.5). */
export function setApicBase(vcpu: Vcpu, value: u64): bool {
  const mayHave: u64 = vcpu.apic != 0 ? APIC_BASE_WRITABLE | BSP | X2APIC : APIC_BASE_WRITABLE | BSP;
  if ((value & ~mayHave) != 0) return false;
  const mode = value & (X2APIC | APIC_ENABLED);
  if (mode == X2APIC) return false;
  vcpu.apicBase = value;
  if (vcpu.apic != 0)
    setMode(
      ownMemory(vcpu.apic),
      (mode & APIC_ENABLED) == 0 ? MODE_DISABLED : (mode & X2APIC) != 0 ? MODE_X2APIC : MODE_XAPIC,
    );
  return true;
}

/** Whether a guest may change its APIC_BASE so: it gets to x2APIC mode by xAPIC mode, and from there to none but disabled. */
function mayChangeBase(vcpu: Vcpu, value: u64): bool {
  if (vcpu.apic == 0) return true;
  const isWide = (value & X2APIC) != 0;
  if (isWide && !hasX2apic(vcpu)) return false;
  const mode = modeOf(ownMemory(vcpu.apic));
  if (mode == MODE_DISABLED) return !isWide;
  return mode != MODE_X2APIC || isWide || (value & APIC_ENABLED) == 0;
}

/** Whether CPUID says so; a guest without any leaf has what there is. */
function hasX2apic(vcpu: Vcpu): bool {
  return vcpu.cpuidCount == 0 || (toldOf(vcpu).cpuid(LEAF_FEATURES, 0, ECX) & FEATURE_X2APIC) != 0;
}

/** Whether a VMM wants to know of what a guest writes into an MSR. */
export function isVmms(msr: u32): bool {
  if (msr == MV_MSR_KVM_WALL_CLOCK || msr == MV_MSR_KVM_SYSTEM_TIME) return true;
  return msr == MV_MSR_KVM_WALL_CLOCK_NEW || msr == MV_MSR_KVM_SYSTEM_TIME_NEW;
}

/** Whether a guest that has what its CPUID says of KVM, and no more, has not this MSR. */
function isHidden(vcpu: Vcpu, msr: u32): bool {
  if ((vcpu.options & MV_OPTION_FEATURES) == 0 || !isVmms(msr)) return false;
  const isNew = msr == MV_MSR_KVM_WALL_CLOCK_NEW || msr == MV_MSR_KVM_SYSTEM_TIME_NEW;
  const features = toldOf(vcpu).cpuid(LEAF_KVM_FEATURES, 0, EAX);
  return (features & (isNew ? KVM_CLOCK_NEW : KVM_CLOCK)) == 0;
}

/** Whether it is of a machine check bank that MCG_CAP does not count. */
function lacksBank(vcpu: Vcpu, msr: u32): bool {
  const place = msr - FIRST_BANK;
  return place < BANK_COUNT && place >> 2 >= (<u32>peek64(slot(vcpu, keptIndex(MSR_MCG_CAP))) & CAP_COUNT);
}

/** Controls of machine checks are all or nothing (SDM volume 3, 16.3.1.3 and 16.3.2.1). */
function isOddControl(msr: u32, value: u64): bool {
  if (value == 0) return false;
  if (msr == MSR_MCG_CTL) return value != ALL;
  return isOfBank(msr, BANK_CTL) && (value | CTL_OPTIONAL) != ALL;
}

/** Whether a guest may write it so: it clears the status of a machine check bank, and does no more (SDM volume 3, 16.3.2.2). */
export function mayGuestWrite(vcpu: Vcpu, msr: u32, value: u64): bool {
  if (msr == MSR_APIC_BASE) return mayChangeBase(vcpu, value);
  return value == 0 || !isOfBank(msr, BANK_STATUS);
}

function isOfBank(msr: u32, part: u32): bool {
  return msr - FIRST_BANK < BANK_COUNT && (msr & 3) == part;
}

/** MISC_ENABLE says that there are MONITOR and MWAIT (SDM volume 4, table 2-2). */
export function enablesMwait(vcpu: Vcpu): bool {
  return (peek64(slot(vcpu, keptIndex(MSR_MISC_ENABLE))) & ENABLE_MWAIT) != 0;
}

/** What readGuestMsr() has read: the vCPU's, as all else of it. */
export function guestMsrValue(vcpu: Vcpu): u64 {
  return peek64(slot(vcpu, VALUE_SLOT));
}

/** The MSR with a place among those that every guest has; 0: there are no more. */
export function supportedMsr(place: u64): u32 {
  if (place < IN_VS_COUNT) return load<u32>(IN_VS + <usize>place * 8);
  place -= IN_VS_COUNT;
  if (place < KEPT_COUNT) return <u32>load<u64>(KEPT + <usize>place * 24);
  place -= KEPT_COUNT;
  if (place < VARIABLE_COUNT) return FIRST_VARIABLE + <u32>place;
  place -= VARIABLE_COUNT;
  if (place < FIXED_COUNT) return FIRST_FIXED + <u32>place;
  place -= FIXED_COUNT;
  if (place < 4) return load<u32>(OTHERS + <usize>place * 4);
  return place == 4 && hasTscAux() ? MSR_TSC_AUX : 0;
}

/** MV_VS_MSR_GET_LIST: R10 says how many it has read. */
export function readMsrs(vcpu: Vcpu): u64 {
  const count = peek64(vcpu.shared(MV_PAGE_LIST_COUNT));
  if (count > MV_LIST_ENTRIES) return MV_STATUS_INVALID_INPUT_REG0;
  let done: u64 = 0;
  for (; done < count; done++) {
    const entry = vcpu.shared(MV_PAGE_LIST) + done * 16;
    const msr = peek64(entry);
    if (msr >> 32 != 0 || !readGuestMsr(vcpu, <u32>msr)) break;
    poke64(entry + 8, guestMsrValue(vcpu));
  }
  guest.r10 = done;
  return MV_STATUS_SUCCESS;
}

/** MV_VS_MSR_SET_LIST: the same. */
export function writeMsrs(vcpu: Vcpu): u64 {
  const count = peek64(vcpu.shared(MV_PAGE_LIST_COUNT));
  if (count > MV_LIST_ENTRIES) return MV_STATUS_INVALID_INPUT_REG0;
  let done: u64 = 0;
  for (; done < count; done++) {
    const entry = vcpu.shared(MV_PAGE_LIST) + done * 16;
    const msr = peek64(entry);
    if (msr >> 32 != 0 || !writeCallersMsr(vcpu, <u32>msr, peek64(entry + 8))) break;
  }
  guest.r10 = done;
  return MV_STATUS_SUCCESS;
}

/** What the caller does to the time is not what the guest has done: TSC_ADJUST and the counter have nothing to do with one another. */
function writeCallersMsr(vcpu: Vcpu, msr: u32, value: u64): bool {
  if (msr == MSR_TSC) vcpu.vs.offsetTimeStamps(value - processorTime());
  else if (msr == MSR_TSC_ADJUST) poke64(slot(vcpu, ADJUST_SLOT), value);
  else return writeGuestMsr(vcpu, msr, value);
  return true;
}

const ADJUST_SLOT: u32 = PLACES;
const VALUE_SLOT: u32 = ADJUST_SLOT + 1;

/** TSC_ADJUST tells by how much software has moved the time (SDM volume 3, 18.17.3). */
function moveTime(vcpu: Vcpu, by: u64): bool {
  const vs = vcpu.vs;
  vs.offsetTimeStamps(vs.timeStampOffset + by);
  poke64(slot(vcpu, ADJUST_SLOT), peek64(slot(vcpu, ADJUST_SLOT)) + by);
  return true;
}

function keep(vcpu: Vcpu, value: u64): bool {
  poke64(slot(vcpu, VALUE_SLOT), value);
  return true;
}

/** Where an MSR is kept, or NONE. */
function keptIndex(msr: u32): u32 {
  for (let i: u32 = 0; i < KEPT_COUNT; i++) if (<u32>load<u64>(KEPT + <usize>i * 24) == msr) return i;
  if (msr - FIRST_VARIABLE < VARIABLE_COUNT) return KEPT_COUNT + (msr - FIRST_VARIABLE);
  if (msr - FIRST_FIXED < FIXED_COUNT) return KEPT_COUNT + VARIABLE_COUNT + (msr - FIRST_FIXED);
  if (msr - FIRST_BANK < BANK_COUNT) return BANK_PLACE + (msr - FIRST_BANK);
  if (msr - FIRST_COUNTER < COUNTER_COUNT) return COUNTER_PLACE + (msr - FIRST_COUNTER);
  return NONE;
}

/** The register of the VS that an MSR is, or NONE. */
function registerOf(msr: u32): u32 {
  for (let i: u32 = 0; i < IN_VS_COUNT; i++) {
    if (load<u32>(IN_VS + <usize>i * 8) == msr) return load<u32>(IN_VS + <usize>i * 8, 4);
  }
  return NONE;
}

function slot(vcpu: Vcpu, index: u32): u64 {
  return ownMemory(vcpu.msrs) + <u64>index * 8;
}
