// Exits that the kernel alone asked for (see confinement.ts): what the VM finds instead

import { VENDOR_INTEL } from "../../../../abi/generated/bare/boot";
import {
  INTEL_EXIT_CPUID,
  INTEL_EXIT_CR_ACCESS,
  INTEL_EXIT_EPT_VIOLATION,
  INTEL_EXIT_EXCEPTION_OR_NMI,
  INTEL_EXIT_IO,
  INTEL_EXIT_RDMSR,
  INTEL_EXIT_RDPMC,
  INTEL_EXIT_WBINVD,
  INTEL_EXIT_WRMSR,
} from "../../../../abi/generated/bare/callbacks";
import { MAP_READS, MAP_WRITES } from "../../../../abi/generated/bare/objects";
import { PP_BLOCK_SCRATCH } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_AREA_BASE, PP_BLOCK } from "../../../../abi/generated/bare/windows";
import { peek64 } from "../../../../bsl/src/memory";
import { isGuarded, showMore } from "../../../src/nested/guard";
import { followTypes } from "../../../src/nested/retype";
import { Vs } from "../../../src/vs";
import { MISC_FEATURES_ENABLES, readShared, writeShared } from "../cpuid-faulting";
import { writeGuarded } from "../guarded-msrs";
import { mayHave } from "../own-msrs";
import { VS_CR8 } from "../register-file";
import { ASKED_EXCEPTIONS, ASKED_SECONDARY } from "./asked";
import { CR4_CLOSED } from "./confinement";
import { deliverDebug } from "./debug-exception";
import { isAskedFor } from "./msr-map";
import { isMtrr, writeMtrr } from "./mtrr";
import {
  VMCS_CR0,
  VMCS_CR4_SHADOW,
  VMCS_ENTRY_ERROR_CODE,
  VMCS_ENTRY_INTERRUPTION,
  VMCS_ENTRY_LENGTH,
  VMCS_EXIT_INSTRUCTION_LENGTH,
  VMCS_EXIT_INTERRUPTION,
  VMCS_EXIT_INTERRUPTION_CODE,
  VMCS_IDT_VECTORING,
  VMCS_IDT_VECTORING_CODE,
  VMCS_INTERRUPTIBILITY,
  VMCS_MSR_BITMAP,
  VMCS_PHYSICAL_ADDRESS,
  VMCS_QUALIFICATION,
  VMCS_RFLAGS,
  VMCS_RSP,
  VMCS_SS_ATTRIB,
} from "./vmcs";
import { vmread, vmwrite } from "./vmx";

/** What has been done about such an exit: nothing; an exception, or what the instruction is to be tried again for; the instruction. */
export const DELIVER: u32 = 0;
export const RAISED: u32 = 1;
export const SKIP: u32 = 2;

const PROCESSOR_RDPMC: u32 = 1 << 11;
const PROCESSOR_CR8_LOAD: u32 = 1 << 19;
const PROCESSOR_CR8_STORE: u32 = 1 << 20;
/** All ports, or those of a bitmap. */
const PROCESSOR_PORTS: u32 = (1 << 24) | (1 << 25);
const SECONDARY_WBINVD: u64 = 1 << 6;

const VECTOR_DB: u32 = 1;
/** Interruption information (25.9.2): vector and type, a valid error code, valid; #GP as a hardware exception with one. */
const INTERRUPTION: u64 = 0x8000_0fff;
const VALID: u64 = 1 << 31;
const HAS_CODE: u64 = 1 << 11;
/** Of an EPT violation's qualification; of the interruptibility. */
const NMI_UNBLOCKED: u64 = 1 << 12;
const BLOCKED_BY_NMI: u64 = 8;
const NMI_TYPE: u64 = 2;
/** INT1 (table 25-17). */
const PRIVILEGED_TYPE: u64 = 5;
const RAISE_GP: u64 = 0x8000_0b0d;
const RFLAGS_RF: u64 = 1 << 16;
const CR0_PE: u64 = 1;

/** The qualification of an access to a control register (28.2.1): its number, MOV from it, the general register. */
const CR4: u64 = 4;
const CR8: u64 = 8;
const MOV_FROM: u64 = 1 << 4;
const ACCESS_TYPE: u64 = 3 << 4;
const RSP: u32 = 4;
/** Privilege level, in the access rights of SS. */
const DPL: u64 = 0x60;
/** Places of RAX, RCX and RDX among a VS's general registers. */
const RAX: u32 = 0;
const RCX: u32 = 2;
const RDX: u32 = 3;
/** Where the value of an MSR is read to. */
const VALUE: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;

/** Does what the VM finds instead of an exit: DELIVER when the extension asked for it, or is to hear of it all the same. */
export function serveUnasked(vs: Vs, reason: u64): u32 {
  if (reason == INTEL_EXIT_EPT_VIOLATION && isGuarded(vs)) return serveEptViolation();
  if (reason == INTEL_EXIT_CPUID) return vs.faultsCpuid != 0 && isProgram() ? raiseProtection() : DELIVER;
  if (reason == INTEL_EXIT_RDMSR || reason == INTEL_EXIT_WRMSR) return serveMsr(vs, reason == INTEL_EXIT_WRMSR);
  if (vs.isRoot()) return DELIVER;
  const controls = vs.processorControls;
  if (reason == INTEL_EXIT_EXCEPTION_OR_NMI) return serveException(vs);
  if (reason == INTEL_EXIT_CR_ACCESS) return isClosedBit(vs) ? raiseProtection() : serveCr8(vs);
  if (reason == INTEL_EXIT_WBINVD) return (vs.asked(ASKED_SECONDARY) & SECONDARY_WBINVD) != 0 ? DELIVER : SKIP;
  const isForbidden =
    (reason == INTEL_EXIT_IO && (controls & PROCESSOR_PORTS) == 0) ||
    (reason == INTEL_EXIT_RDPMC && (controls & PROCESSOR_RDPMC) == 0);
  return isForbidden ? raiseProtection() : DELIVER;
}

function serveEptViolation(): u32 {
  if (!showMore(vmread(VMCS_PHYSICAL_ADDRESS))) return raiseProtection();
  redeliver(vmread(VMCS_QUALIFICATION));
  return RAISED;
}

/** Delivers what was being delivered at the exit (25.9.3), or blocks NMIs again where an IRET ended that (28.2.3). */
function redeliver(qualification: u64): void {
  const event = vmread(VMCS_IDT_VECTORING);
  const blocking = vmread(VMCS_INTERRUPTIBILITY);
  if ((event & VALID) == 0) {
    if ((qualification & NMI_UNBLOCKED) != 0) vmwrite(VMCS_INTERRUPTIBILITY, blocking | BLOCKED_BY_NMI);
    return;
  }
  if (((event >> 8) & 7) == NMI_TYPE) vmwrite(VMCS_INTERRUPTIBILITY, blocking & ~BLOCKED_BY_NMI);
  if ((event & HAS_CODE) != 0) vmwrite(VMCS_ENTRY_ERROR_CODE, vmread(VMCS_IDT_VECTORING_CODE));
  vmwrite(VMCS_ENTRY_LENGTH, vmread(VMCS_EXIT_INSTRUCTION_LENGTH));
  vmwrite(VMCS_ENTRY_INTERRUPTION, event & INTERRUPTION);
}

/** Whether the VM is not at privilege level 0 (25.4.1). */
function isProgram(): bool {
  return (vmread(VMCS_SS_ATTRIB) & DPL) != 0;
}

/** An access to an MSR that exits in every map of the kernel's. */
function serveMsr(vs: Vs, isWrite: bool): u32 {
  const msr = <u32>vs.readGeneral(RCX);
  if (vs.msrMap == 0) return DELIVER;
  if (isAskedFor(DIRECT_BASE + vmread(VMCS_MSR_BITMAP), msr, isWrite ? MAP_WRITES : MAP_READS)) return DELIVER;
  if (isWrite) {
    const value = (vs.readGeneral(RDX) << 32) | (vs.readGeneral(RAX) & 0xffff_ffff);
    if (isMtrr(msr) && vs.isRoot()) return serveMtrr(msr, value);
    let isDone = mayHave(vs, msr, value);
    if (msr == MISC_FEATURES_ENABLES) isDone = writeShared(vs, msr, value);
    else if (isDone) isDone = writeGuarded(msr, value, VENDOR_INTEL);
    return isDone ? SKIP : raiseProtection();
  }
  if (!readShared(vs, msr, VALUE)) return raiseProtection();
  vs.writeGeneral(RAX, peek64(VALUE) & 0xffff_ffff);
  vs.writeGeneral(RDX, peek64(VALUE) >> 32);
  return SKIP;
}

/** Nested page tables have the types that come of a write when its instruction ends, which may take several exits. */
function serveMtrr(msr: u32, value: u64): u32 {
  if (!writeMtrr(msr, value)) return raiseProtection();
  return followTypes() ? SKIP : RAISED;
}

function raiseProtection(): u32 {
  // In real mode no exception pushes an error code, and the processor refuses one (27.2.1.3)
  const isReal = (vmread(VMCS_CR0) & CR0_PE) == 0;
  vmwrite(VMCS_ENTRY_INTERRUPTION, isReal ? RAISE_GP & ~HAS_CODE : RAISE_GP);
  vmwrite(VMCS_ENTRY_ERROR_CODE, 0);
  // Pushed with a fault, so that its handler's IRET meets no breakpoint at the instruction again (18.3.1.1)
  vmwrite(VMCS_RFLAGS, vmread(VMCS_RFLAGS) | RFLAGS_RF);
  return RAISED;
}

/** Raises #DB or #AC again. */
function serveException(vs: Vs): u32 {
  const information = vmread(VMCS_EXIT_INTERRUPTION);
  const vector = <u32>information & 0xff;
  const type = (information >> 8) & 7;
  if (type == NMI_TYPE || ((vs.asked(ASKED_EXCEPTIONS) >> vector) & 1) != 0) return DELIVER;
  if (vector == VECTOR_DB) deliverDebug(vs, type == PRIVILEGED_TYPE);
  vmwrite(VMCS_ENTRY_INTERRUPTION, information & INTERRUPTION);
  if ((information & HAS_CODE) != 0) vmwrite(VMCS_ENTRY_ERROR_CODE, vmread(VMCS_EXIT_INTERRUPTION_CODE));
  // Of INT1, which is one, too
  vmwrite(VMCS_ENTRY_LENGTH, vmread(VMCS_EXIT_INSTRUCTION_LENGTH));
  return RAISED;
}

/** Whether a MOV to CR4 would set what a closed guest does not have: to its processor the bit is a reserved one. */
function isClosedBit(vs: Vs): bool {
  const qualification = vmread(VMCS_QUALIFICATION);
  if (!vs.isClosed() || (qualification & (15 | ACCESS_TYPE)) != CR4) return false;
  const value = readOperand(vs, <u32>(qualification >> 8) & 15);
  return (value & ~vmread(VMCS_CR4_SHADOW) & CR4_CLOSED) != 0;
}

/** Moves to CR8 and from it use what the VS has of it: the processor's own masks the machine's interrupts. */
function serveCr8(vs: Vs): u32 {
  const qualification = vmread(VMCS_QUALIFICATION);
  if ((qualification & 15) != CR8) return DELIVER;
  const isRead = (qualification & ACCESS_TYPE) == MOV_FROM;
  if ((vs.processorControls & (isRead ? PROCESSOR_CR8_STORE : PROCESSOR_CR8_LOAD)) != 0) return DELIVER;
  const operand = <u32>(qualification >> 8) & 15;
  if (isRead) writeOperand(vs, operand, vs.readParked(VS_CR8));
  else {
    const value = readOperand(vs, operand);
    if (value > 15) return raiseProtection();
    vs.writeParked(VS_CR8, value);
  }
  return SKIP;
}

/** A general register as instructions number it, among those of the TCB: rax rbx rcx rdx rbp rsi rdi r8 ... */
function placeOf(operand: u32): u32 {
  if (operand == 0) return 0;
  if (operand < RSP) return operand == 3 ? 1 : operand + 1;
  return operand - 1;
}

function readOperand(vs: Vs, operand: u32): u64 {
  return operand == RSP ? vmread(VMCS_RSP) : vs.readGeneral(placeOf(operand));
}

function writeOperand(vs: Vs, operand: u32, value: u64): void {
  if (operand == RSP) vmwrite(VMCS_RSP, value);
  else vs.writeGeneral(placeOf(operand), value);
}
