// MSRs of a VM that the kernel serves, because the VM's own would be the hypervisor's
//
// | MSR        | left to the VM                                   | root VM                          | guests with a closed map  |
// |------------|--------------------------------------------------|----------------------------------|---------------------------|
// | EFER       | SVME is seen, and its end is the VS's end        | without SVME, which cannot be set | the same                  |
// | VM_CR      | INIT becomes #SX, or SVM is gone for good        | SVM is disabled and locked; writes are ignored | #GP         |
// | VM_HSAVE_PA| host state comes from a page that the VM chooses | what it was before the start      | #GP                       |
// | PAT        | the host's, but with nested paging               | not served: it is the machine's   | the VMCB's with nested paging, else #GP |
// | HWCR       | CPUID faults in host mode, too                   | its bit is each VS's own         | #GP, but in a map of the extension's |
// | guarded-msrs.ts | memory is moved from under the hypervisor   | writes that change nothing, else #GP | #GP, but in a map of the extension's |
// | any other  | the machine's                                    | not served                        | #GP                       |
//
// So an operating system finds what firmware leaves that has disabled SVM: EFER.SVME is 0, and setting it is #GP (APM
// volume 2, 15.30.1). Linux's ways down (panic, kexec) write 0 to VM_HSAVE_PA and EFER without SVME: both succeed, and
// change nothing. What it writes to VM_HSAVE_PA is there when the hypervisor has stopped.

import { SAVED_STATE_HSAVE_PA, VENDOR_AMD } from "../../../../abi/generated/bare/boot";
import { PP_BLOCK_SCRATCH } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_AREA_BASE, PP_BLOCK, PP_STATE } from "../../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { cpuidRegister, rdmsr, tryWrmsr, wrmsr } from "../cpu";
import { HWCR, readShared, writeShared } from "../cpuid-faulting";
import { isGuardedMsr, writeGuarded } from "../guarded-msrs";
import { mayHave } from "../own-msrs";
import { ppLoad64, ppStore64 } from "../pparea";
import { requestFlush } from "./address-space";
import { EFER_SVME, VMCB_CR0, VMCB_EFER, VMCB_PAT } from "./vmcb";

export const EFER: u32 = 0xc000_0080;
export const VM_CR: u32 = 0xc001_0114;
export const VM_HSAVE_PA: u32 = 0xc001_0117;
const PAT: u32 = 0x277;

/** LOCK and SVMDIS. */
const VM_CR_DISABLED: u64 = 0x18;
const EFER_LME: u64 = 1 << 8;
const EFER_LMA: u64 = 1 << 10;
/** SCE, LME, LMA, NXE, SVME: host mode has values of its own. */
const EFER_HOSTS: u64 = 0x1d01;
const CR0_PG: u64 = 1 << 31;

/** EAX of this leaf: in its low byte, bits of physical addresses. */
const LEAF_ADDRESSES: u32 = 0x8000_0008;

/** Where the last value that was read is. */
const VALUE: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;

/** The value that readGuestMsr() has found. */
export function guestMsrValue(): u64 {
  return peek64(VALUE);
}

/** Reads an MSR as a VM sees it; false when that is #GP. */
export function readGuestMsr(vs: Vs, msr: u32): bool {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  if (msr == EFER) poke64(VALUE, peek64(vmcb + VMCB_EFER) & ~EFER_SVME);
  else if (msr == VM_CR && vs.isRoot()) poke64(VALUE, VM_CR_DISABLED);
  else if (msr == VM_HSAVE_PA && vs.isRoot()) poke64(VALUE, ppLoad64(PP_STATE + SAVED_STATE_HSAVE_PA));
  else if (msr == PAT && vs.nested != 0) poke64(VALUE, peek64(vmcb + VMCB_PAT));
  else return msr == HWCR && hasMachines(vs) && readShared(vs, msr, VALUE);
  return true;
}

/** Writes one; false when that is #GP. */
export function writeGuestMsr(vs: Vs, msr: u32, value: u64): bool {
  if (msr == EFER) return writeEfer(vs, value);
  if (msr == VM_CR) return vs.isRoot();
  if (msr == VM_HSAVE_PA) return vs.isRoot() && writeHostSaveArea(value);
  if (msr == HWCR) return hasMachines(vs) && writeShared(vs, msr, value);
  if (isGuardedMsr(msr, VENDOR_AMD))
    return hasMachines(vs) && mayHave(vs, msr, value) && writeGuarded(msr, value, VENDOR_AMD);
  if (msr != PAT || vs.nested == 0 || !isPat(value)) return false;
  poke64(DIRECT_BASE + vs.controlBlock + VMCB_PAT, value);
  return true;
}

/** Whether MSRs of the machine are left to a VS, as far as they may be: no closed map was given to it. */
function hasMachines(vs: Vs): bool {
  return !vs.isClosed() || vs.msrMap != 0;
}

function writeEfer(vs: Vs, value: u64): bool {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  const before = peek64(vmcb + VMCB_EFER);
  const isPaging = (peek64(vmcb + VMCB_CR0) & CR0_PG) != 0;
  if ((value & EFER_SVME) != 0 || (((value ^ before) & EFER_LME) != 0 && isPaging)) return false;
  if (!hasProcessor(value)) return false;
  // LMA is the processor's to change
  poke64(vmcb + VMCB_EFER, (value & ~EFER_LMA) | (before & EFER_LMA) | EFER_SVME);
  requestFlush(vs);
  return true;
}

/** Which other bits of EFER there are, the processor says itself. */
function hasProcessor(value: u64): bool {
  const host = rdmsr(EFER);
  if (tryWrmsr(EFER, (value & ~EFER_HOSTS) | (host & EFER_HOSTS)) == 0) return false;
  wrmsr(EFER, host);
  return true;
}

/** It is written when the hypervisor stops: 4 KiB aligned, within physical memory (15.30.4). */
function writeHostSaveArea(value: u64): bool {
  const bits = cpuidRegister(LEAF_ADDRESSES, 0, 0) & 0xff;
  if ((value & 0xfff) != 0 || value >> bits != 0) return false;
  ppStore64(PP_STATE + SAVED_STATE_HSAVE_PA, value);
  return true;
}

/** Whether each entry is a memory type (7.8.1). */
function isPat(value: u64): bool {
  for (let entry: u32 = 0; entry < 8; entry++) {
    const type = <u32>(value >> (entry * 8)) & 0xff;
    if (type > 7 || type == 2 || type == 3) return false;
  }
  return true;
}
