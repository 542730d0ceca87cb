// What this processor needs against speculation, by what CPUID and IA32_ARCH_CAPABILITIES say; the microkernel does it
//
// docs/security.md has the table of threats, boundaries and processors. A processor that is known to need something which it
// cannot do, because its microcode is too old or nothing helps, is exposed to it: `bfm status` says so.
//
// Manual: APM volume 2, 3.2.9, and volume 3, appendix E.4.6 and E.4.17; SDM volume 2, CPUID, leaf 7, and volume 4, 2.1;
// both vendors' guidance on speculative side channels.

import {
  MITIGATION_AUTOMATIC_IBRS,
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_RETURN_STACK,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
  MITIGATION_VIRTUAL_SPEC_CTRL,
  VENDOR_INTEL,
} from "../../../abi/generated/bare/boot";
import {
  EXPOSED_BRANCHES,
  EXPOSED_BUFFERS,
  EXPOSED_KERNEL_MEMORY,
  EXPOSED_L1D,
  EXPOSED_SIBLINGS,
  EXPOSED_VECTOR_REGISTERS,
} from "../../../abi/generated/bare/driver";
import { cpuidEax, cpuidEbx, cpuidEcx, cpuidEdx, rdmsr } from "./cpu";
import { SPEC_CTRL_BHI_DIS_S, SPEC_CTRL_IBRS, SPEC_CTRL_RRSBA_DIS_S, SPEC_CTRL_STIBP } from "./msr";

const LEAF_VERSION: u32 = 1;
const LEAF_STRUCTURED: u32 = 7;
const LEAF_TOPOLOGY: u32 = 0xb;
const LEAF_EXTENDED: u32 = 0x8000_0000;
const LEAF_ADDRESSES: u32 = 0x8000_0008;
const LEAF_SVM: u32 = 0x8000_000a;
const LEAF_FEATURES2: u32 = 0x8000_0021;

// Intel, leaf 7: EBX, EDX, and EDX of subleaf 2
const EBX_RTM: u32 = 1 << 11;
const EDX_MD_CLEAR: u32 = 1 << 10;
const EDX_IBRS_IBPB: u32 = 1 << 26;
const EDX_STIBP: u32 = 1 << 27;
const EDX_L1D_FLUSH: u32 = 1 << 28;
const EDX_ARCH_CAPABILITIES: u32 = 1 << 29;
const EDX2_RRSBA_CTRL: u32 = 1 << 2;
const EDX2_BHI_CTRL: u32 = 1 << 4;

const MSR_ARCH_CAPABILITIES: u32 = 0x10a;
const RDCL_NO: u64 = 1 << 0;
const IBRS_ALL: u64 = 1 << 1;
const SKIP_L1DFL_VMENTRY: u64 = 1 << 3;
const MDS_NO: u64 = 1 << 5;
const TAA_NO: u64 = 1 << 8;
const FB_CLEAR: u64 = 1 << 17;
const PBRSB_NO: u64 = 1 << 24;
const RFDS_NO: u64 = 1 << 27;
const RFDS_CLEAR: u64 = 1 << 28;

// AMD, leaf 8000_0008: EBX; 8000_000A: EDX; 8000_0021: EAX and ECX
const EBX_IBPB: u32 = 1 << 12;
const EBX_IBRS: u32 = 1 << 14;
const EBX_STIBP: u32 = 1 << 15;
const EBX_BTC_NO: u32 = 1 << 29;
const EBX_IBPB_RET: u32 = 1 << 30;
const EDX_SPEC_CTRL: u32 = 1 << 20;
const EAX_VERW_CLEAR: u32 = 1 << 5;
const EAX_AUTOMATIC_IBRS: u32 = 1 << 8;
const EAX_IBPB_BRTYPE: u32 = 1 << 28;
const EAX_SRSO_NO: u32 = 1 << 29;
const EAX_SRSO_USER_KERNEL_NO: u32 = 1 << 30;
const ECX_TSA_NO: u32 = (1 << 1) | (1 << 2);

/** Families of AMD's processors: Zen to Zen 2, Hygon's, Zen 3 and 4. Zen 5, and what follows, is above. */
const FAMILY_ZEN: u32 = 0x17;
const FAMILY_HYGON: u32 = 0x18;
const FAMILY_ZEN3: u32 = 0x19;

/** MITIGATION_* that this processor, of vendor VENDOR_*, needs and can do. */
export function readMitigations(vendor: u32): u32 {
  return vendor === VENDOR_INTEL ? intelMitigations() : amdMitigations();
}

/** EXPOSED_* that holds of it although they are done. */
export function readExposures(vendor: u32): u32 {
  return vendor === VENDOR_INTEL ? intelExposures() : amdExposures();
}

/** What host mode has in SPEC_CTRL. */
export function hostSpecCtrl(vendor: u32): u64 {
  if (vendor !== VENDOR_INTEL) return amdSpecCtrl();
  const features = structuredEdx(0);
  const controls = structuredEdx(2);
  let value: u64 = SPEC_CTRL_IBRS;
  if ((features & EDX_STIBP) !== 0) value |= SPEC_CTRL_STIBP;
  if ((controls & EDX2_RRSBA_CTRL) !== 0) value |= SPEC_CTRL_RRSBA_DIS_S;
  if ((controls & EDX2_BHI_CTRL) !== 0) value |= SPEC_CTRL_BHI_DIS_S;
  return value;
}

function intelMitigations(): u32 {
  const features = structuredEdx(0);
  const capabilities = archCapabilities();
  let wanted: u32 = 0;
  if ((features & EDX_IBRS_IBPB) !== 0) {
    // The exit's barrier is the extension's: IBRS does not keep the branches of host mode's ring 3 from a VM's programs
    wanted |= MITIGATION_SPEC_CTRL | MITIGATION_EXIT_BARRIER | MITIGATION_SWITCH_BARRIER;
    // Otherwise it holds only for what runs behind the write of it
    if ((capabilities & IBRS_ALL) === 0) wanted |= MITIGATION_CALL_IBRS;
  }
  const keepsReturns = IBRS_ALL | PBRSB_NO;
  if ((capabilities & keepsReturns) !== keepsReturns) wanted |= MITIGATION_RETURN_STACK;
  if (clearsBuffers(features, capabilities)) wanted |= MITIGATION_CLEAR_BUFFERS;
  if (leaksL1d(capabilities) && (features & EDX_L1D_FLUSH) !== 0) wanted |= MITIGATION_FLUSH_L1D;
  // The return stack alone keeps nothing: this processor has none of its microcode
  return wanted === MITIGATION_RETURN_STACK ? 0 : wanted;
}

function leaksBuffers(capabilities: u64): bool {
  const hasTsx = (cpuidEbx(LEAF_STRUCTURED, 0) & EBX_RTM) !== 0;
  return (capabilities & MDS_NO) === 0 || (hasTsx && (capabilities & TAA_NO) === 0);
}

/** Whether VERW does more than to look at a segment, and is needed. */
function clearsBuffers(features: u32, capabilities: u64): bool {
  if ((features & EDX_MD_CLEAR) !== 0 && leaksBuffers(capabilities)) return true;
  return (capabilities & FB_CLEAR) !== 0 || (capabilities & (RFDS_NO | RFDS_CLEAR)) === RFDS_CLEAR;
}

function leaksL1d(capabilities: u64): bool {
  return (capabilities & (RDCL_NO | SKIP_L1DFL_VMENTRY)) === 0;
}

function intelExposures(): u32 {
  const features = structuredEdx(0);
  const capabilities = archCapabilities();
  const buffers = leaksBuffers(capabilities);
  const l1d = leaksL1d(capabilities);
  let exposed: u32 = 0;
  if ((features & EDX_IBRS_IBPB) === 0) exposed |= EXPOSED_BRANCHES;
  if (buffers && (features & EDX_MD_CLEAR) === 0) exposed |= EXPOSED_BUFFERS;
  if (l1d && (features & EDX_L1D_FLUSH) === 0) exposed |= EXPOSED_L1D;
  if ((capabilities & RDCL_NO) === 0) exposed |= EXPOSED_KERNEL_MEMORY | EXPOSED_VECTOR_REGISTERS;
  if ((buffers || l1d) && threadsPerCore() > 1) exposed |= EXPOSED_SIBLINGS;
  return exposed;
}

function amdMitigations(): u32 {
  const features = extended(LEAF_ADDRESSES) ? cpuidEbx(LEAF_ADDRESSES, 0) : 0;
  const features2 = extended(LEAF_FEATURES2) ? cpuidEax(LEAF_FEATURES2, 0) : 0;
  let wanted: u32 = 0;
  if ((features & EBX_IBPB) !== 0) {
    wanted |= MITIGATION_SWITCH_BARRIER;
    if (family() >= FAMILY_ZEN) wanted |= MITIGATION_EXIT_BARRIER;
    if (confusesBranches(features) || overflowsReturns(features2)) wanted |= MITIGATION_CALL_BARRIER;
  }
  if ((features2 & EAX_AUTOMATIC_IBRS) !== 0) wanted |= MITIGATION_AUTOMATIC_IBRS;
  if (amdSpecCtrl() !== 0) {
    wanted |= MITIGATION_SPEC_CTRL;
    if ((cpuidEdx(LEAF_SVM, 0) & EDX_SPEC_CTRL) !== 0) wanted |= MITIGATION_VIRTUAL_SPEC_CTRL;
  }
  // Automatic IBRS empties the return stack at exits, and so does a barrier that covers returns
  const keepsReturns = (wanted & MITIGATION_EXIT_BARRIER) !== 0 && (features & EBX_IBPB_RET) !== 0;
  if (wanted !== 0 && (wanted & MITIGATION_AUTOMATIC_IBRS) === 0 && !keepsReturns) wanted |= MITIGATION_RETURN_STACK;
  if (leaksSchedulers() && (features2 & EAX_VERW_CLEAR) !== 0) wanted |= MITIGATION_CLEAR_BUFFERS;
  return wanted;
}

/** IBRS, where that is not automatic, and STIBP: host mode's ring 3 is to be kept from the core's other thread, too. */
function amdSpecCtrl(): u64 {
  const features = extended(LEAF_ADDRESSES) ? cpuidEbx(LEAF_ADDRESSES, 0) : 0;
  const isAutomatic = extended(LEAF_FEATURES2) && (cpuidEax(LEAF_FEATURES2, 0) & EAX_AUTOMATIC_IBRS) !== 0;
  let value: u64 = 0;
  if ((features & EBX_IBRS) !== 0 && !isAutomatic) value |= SPEC_CTRL_IBRS;
  if ((features & EBX_STIBP) !== 0) value |= SPEC_CTRL_STIBP;
  return value;
}

/** Branch type confusion: any instruction of ring 0 may be predicted as a branch that ring 3 or a VM has trained. */
function confusesBranches(features: u32): bool {
  return (family() === FAMILY_ZEN || family() === FAMILY_HYGON) && (features & EBX_BTC_NO) === 0;
}

/** Speculative return stack overflow, between ring 3 and ring 0. */
function overflowsReturns(features2: u32): bool {
  const isZen = family() >= FAMILY_ZEN && family() <= FAMILY_ZEN3;
  return isZen && (features2 & (EAX_SRSO_NO | EAX_SRSO_USER_KERNEL_NO)) === 0;
}

/** Transient scheduler attacks. */
function leaksSchedulers(): bool {
  return family() === FAMILY_ZEN3 && (cpuidEcx(LEAF_FEATURES2, 0) & ECX_TSA_NO) !== ECX_TSA_NO;
}

function amdExposures(): u32 {
  const features = extended(LEAF_ADDRESSES) ? cpuidEbx(LEAF_ADDRESSES, 0) : 0;
  const features2 = extended(LEAF_FEATURES2) ? cpuidEax(LEAF_FEATURES2, 0) : 0;
  let exposed: u32 = 0;
  // On Zen 3 and 4 a barrier covers returns only with the microcode that says so
  const needsMicrocode = family() === FAMILY_ZEN3 && overflowsReturns(features2) && (features2 & EAX_IBPB_BRTYPE) === 0;
  if ((features & EBX_IBPB) === 0 || needsMicrocode) exposed |= EXPOSED_BRANCHES;
  if (leaksSchedulers() && (features2 & EAX_VERW_CLEAR) === 0) exposed |= EXPOSED_BUFFERS;
  return exposed;
}

/** EDX of leaf 7; 0 where there is no such subleaf. */
function structuredEdx(subleaf: u32): u32 {
  if (cpuidEax(0, 0) < LEAF_STRUCTURED) return 0;
  return subleaf <= cpuidEax(LEAF_STRUCTURED, 0) ? cpuidEdx(LEAF_STRUCTURED, subleaf) : 0;
}

function archCapabilities(): u64 {
  return (structuredEdx(0) & EDX_ARCH_CAPABILITIES) !== 0 ? rdmsr(MSR_ARCH_CAPABILITIES) : 0;
}

/** EBX of the first level of leaf 0Bh. */
function threadsPerCore(): u32 {
  return cpuidEax(0, 0) < LEAF_TOPOLOGY ? 1 : cpuidEbx(LEAF_TOPOLOGY, 0) & 0xffff;
}

function extended(leaf: u32): bool {
  return cpuidEax(LEAF_EXTENDED, 0) >= leaf;
}

/** The base family, and where that is 0Fh the extended one on top (CPUID 1, EAX). */
function family(): u32 {
  const version = cpuidEax(LEAF_VERSION, 0);
  const base = (version >> 8) & 0xf;
  return base === 0xf ? base + ((version >> 20) & 0xff) : base;
}
