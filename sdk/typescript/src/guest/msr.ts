// MSRs as a VM sees them: some live in its VS, the others in the processor

import { Register } from "../../../../abi/generated/bare/enumerations";
import { AMD_REG_CTLS1 } from "../../../../abi/generated/bare/registers-amd";
import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import { SYSCALL_INTRINSIC_RDMSR, SYSCALL_INTRINSIC_WRMSR } from "../../../../abi/generated/bare/syscalls";
import { ownWord, Slot, setOwnWord } from "../calls/own";
import { callOutput, callStatus, callWithOutput } from "../calls/syscall";
import { readTsc } from "../vendor/tsc";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";
import { trySet } from "./try-set";

/** MSRs by number, the same on both vendors (APM volume 2, appendix A; SDM volume 4). */
export const MSR_TSC: u32 = 0x10;
export const MSR_APIC_BASE: u32 = 0x1b;
export const MSR_SYSENTER_CS: u32 = 0x174;
export const MSR_SYSENTER_ESP: u32 = 0x175;
export const MSR_SYSENTER_EIP: u32 = 0x176;
export const MSR_DEBUG_CONTROL: u32 = 0x1d9;
export const MSR_PAT: u32 = 0x277;
export const MSR_EFER: u32 = 0xc000_0080;
export const MSR_STAR: u32 = 0xc000_0081;
export const MSR_LSTAR: u32 = 0xc000_0082;
export const MSR_CSTAR: u32 = 0xc000_0083;
export const MSR_SFMASK: u32 = 0xc000_0084;
export const MSR_FS_BASE: u32 = 0xc000_0100;
export const MSR_GS_BASE: u32 = 0xc000_0101;
export const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;
export const MSR_TSC_AUX: u32 = 0xc000_0103;

/** CTLS1: nested paging is on, so that the guest's PAT is in its VS (15.25.8); on Intel it always is. */
const NESTED_PAGING: u64 = 1;
const NOT_IN_VS: i32 = -1;

/** Reads an MSR; false when the VM has no such MSR. msrValue() is the value then, until the next call. */
export function readMsr(vs: Vs, msr: u32): bool {
  const register = registerOf(vs, msr);
  if (register != NOT_IN_VS) {
    setOwnWord(Slot.MsrValue, vs.get(register));
    return true;
  }
  if (msr == MSR_TSC) {
    setOwnWord(Slot.MsrValue, processorTime() + vs.timeStampOffset);
    return true;
  }
  if (callWithOutput(SYSCALL_INTRINSIC_RDMSR, msr, 0, 0) != STATUS_SUCCESS) return false;
  setOwnWord(Slot.MsrValue, callOutput());
  return true;
}

/** The processor's own time stamp counter. */
export function processorTime(): u64 {
  return readTsc();
}

/** What readMsr() has read. */
export function msrValue(): u64 {
  return ownWord(Slot.MsrValue);
}

/** Reads one that a VM has for itself: it is in its VS, or the time. False for MSRs of the machine. */
export function readOwnMsr(vs: Vs, msr: u32): bool {
  return (registerOf(vs, msr) != NOT_IN_VS || msr == MSR_TSC) && readMsr(vs, msr);
}

/** Writes such a one; false for MSRs of the machine, and for values that its processor refuses. */
export function writeOwnMsr(vs: Vs, msr: u32, to: u64): bool {
  const register = registerOf(vs, msr);
  if (register != NOT_IN_VS) return trySet(vs, register, to);
  if (msr != MSR_TSC || !readMsr(vs, msr)) return false;
  vs.offsetTimeStamps(vs.timeStampOffset + to - msrValue());
  return true;
}

/** Writes an MSR; false when the VM has no such MSR, or its value is refused: the processor would raise #GP. */
export function writeMsr(vs: Vs, msr: u32, to: u64): bool {
  const register = registerOf(vs, msr);
  if (register != NOT_IN_VS) return trySet(vs, register, to);
  return callStatus(SYSCALL_INTRINSIC_WRMSR, msr, to, 0) == STATUS_SUCCESS;
}

/** The register of a VS that holds an MSR, or NOT_IN_VS. */
function registerOf(vs: Vs, msr: u32): i32 {
  switch (msr) {
    case MSR_SYSENTER_CS:
      return Register.SysenterCs;
    case MSR_SYSENTER_ESP:
      return Register.SysenterEsp;
    case MSR_SYSENTER_EIP:
      return Register.SysenterEip;
    case MSR_EFER:
      return Register.Efer;
    case MSR_STAR:
      return Register.Star;
    case MSR_LSTAR:
      return Register.Lstar;
    case MSR_CSTAR:
      return Register.Cstar;
    case MSR_SFMASK:
      return Register.Sfmask;
    case MSR_FS_BASE:
      return Register.FsBase;
    case MSR_GS_BASE:
      return Register.GsBase;
    case MSR_KERNEL_GS_BASE:
      return Register.KernelGsBase;
    case MSR_PAT:
      return isIntel() || (vs.read(AMD_REG_CTLS1) & NESTED_PAGING) != 0 ? Register.Pat : NOT_IN_VS;
    case MSR_DEBUG_CONTROL:
      return isIntel() ? Register.DebugControl : NOT_IN_VS;
    default:
      return NOT_IN_VS;
  }
}
