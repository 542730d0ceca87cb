// CPUID faulting: an operating system that does not let its programs execute CPUID
//
//           asked for by                          the processor has it
//     AMD   HWCR (C001_0015h), bit 35             CPUID 8000_0021h, EAX bit 17
//     Intel MISC_FEATURES_ENABLES (140h), bit 0   PLATFORM_INFO (CEh), bit 31
//
// An intercepted CPUID exits before that bit is looked at, and an extension executes CPUID in ring 3 itself. So the
// processor's bit stays clear while the hypervisor runs, each VS has one of its own, and where that is set CPUID's exits go
// the long way, on which #GP(0) is raised for privilege levels above 0 (APM volume 3, CPUID; SDM volume 2, CPUID).

import { PP_BLOCK_CPUID_FAULTING, PP_BLOCK_PLAIN_EXIT, PP_BLOCK_SCRATCH } from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { block32, setBlock32, setBlock64 } from "../../src/pp";
import { Vs } from "../../src/vs";
import { cpuidRegister, tryRdmsr, tryWrmsr, wrmsr } from "./cpu";

const MSR_PLATFORM_INFO: u32 = 0xce;
const HAS_FAULTING: u64 = 1 << 31;
const LEAF_EXTENDED: u32 = 0x8000_0000;
const LEAF_FEATURES2: u32 = 0x8000_0021;
const HAS_USER_DISABLE: u32 = 1 << 17;

export const HWCR: u32 = 0xc001_0015;
export const MISC_FEATURES_ENABLES: u32 = 0x140;
const HWCR_CPUID_USER_DISABLE: u64 = 1 << 35;
const CPUID_FAULTING: u64 = 1;

/** No reason of an exit. */
const NONE: u64 = 0xffff_ffff_ffff_ffff;
const SCRATCH: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;

/** CPUID's exit. */
let cpuidExit: u64 = 0;
let msrOfFaulting: u32 = 0;
/** The bit in that MSR; 0: this processor does not have it. */
let faulting: u64 = 0;

/** Looks whether this kind of processor has it, once for all. */
export function initCpuidFaulting(isIntel: bool, exit: u64): void {
  cpuidExit = exit;
  msrOfFaulting = isIntel ? MISC_FEATURES_ENABLES : HWCR;
  faulting = 0;
  if (isIntel) {
    if (tryRdmsr(MSR_PLATFORM_INFO, SCRATCH) != 0 && (peek64(SCRATCH) & HAS_FAULTING) != 0) faulting = CPUID_FAULTING;
  } else if (cpuidRegister(LEAF_EXTENDED, 0, 0) >= LEAF_FEATURES2) {
    if ((cpuidRegister(LEAF_FEATURES2, 0, 0) & HAS_USER_DISABLE) != 0) faulting = HWCR_CPUID_USER_DISABLE;
  }
}

/** The bit of an MSR that each VS has for itself; 0 for nearly every one. */
export function faultingBit(msr: u32): u64 {
  return msr == msrOfFaulting ? faulting : 0;
}

/** From now on this processor's bit is clear; what it was is the operating system's. */
export function keepFaultingOut(): void {
  if (faulting == 0) return;
  if (tryRdmsr(msrOfFaulting, SCRATCH) == 0 || (peek64(SCRATCH) & faulting) == 0) return;
  setBlock32(PP_BLOCK_CPUID_FAULTING, 1);
  wrmsr(msrOfFaulting, peek64(SCRATCH) & ~faulting);
}

/** The same for a VS that becomes the operating system. */
export function inheritFaulting(vs: Vs): void {
  setFaulting(vs, block32(PP_BLOCK_CPUID_FAULTING) != 0);
}

/** Gives the processor a bit back when it leaves host mode. */
export function restoreFaulting(wanted: bool): void {
  if (wanted && tryRdmsr(msrOfFaulting, SCRATCH) != 0) wrmsr(msrOfFaulting, peek64(SCRATCH) | faulting);
}

/** Gives it back what it came with. */
export function restoreSavedFaulting(): void {
  restoreFaulting(block32(PP_BLOCK_CPUID_FAULTING) != 0);
}

/** What a VS finds in that bit. */
export function faultingOf(vs: Vs): u64 {
  return vs.faultsCpuid != 0 ? faulting : 0;
}

/** A VS wants CPUID to fault in its programs, or not to. */
export function setFaulting(vs: Vs, wanted: bool): void {
  vs.faultsCpuid = wanted ? 1 : 0;
  if (vs.active != 0) showPlainExit(vs);
}

/** Reads such an MSR as a VS finds it into the native u64 at `out`; false when the processor does not have it. */
export function readShared(vs: Vs, msr: u32, out: u64): bool {
  if (tryRdmsr(msr, out) == 0) return false;
  poke64(out, peek64(out) | (faultingBit(msr) & faultingOf(vs)));
  return true;
}

/** Writes it: the bit is the VS's, all others are the machine's. False when the processor refuses it. */
export function writeShared(vs: Vs, msr: u32, value: u64): bool {
  const own = faultingBit(msr);
  if (tryWrmsr(msr, value & ~own) == 0) return false;
  if (own != 0) setFaulting(vs, (value & own) != 0);
  return true;
}

/** A VS is this processor's loaded one: which of its exits go the short way. */
export function showPlainExit(vs: Vs): void {
  setBlock64(PP_BLOCK_PLAIN_EXIT, vs.faultsCpuid != 0 ? NONE : cpuidExit);
}
