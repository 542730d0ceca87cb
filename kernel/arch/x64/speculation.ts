// What this processor does so that nobody learns by its speculation what is another's, or is led by another
//
//     behind a VM exit                          host mode's SPEC_CTRL, IBPB, return stack
//     behind an extension's call or fault       IBRS, IBPB
//     before an extension runs                  VERW
//     before a VM runs                          first level cache, VERW, the VS's SPEC_CTRL
//     another extension, or another VM, is next IBPB, return stack
//     while an extension runs                   a table of its own (isolation.ts)
//
// Barriers are thousands of cycles. Unless all are asked for, the root VM's exits and its extension's calls have none: they are the
// operating system's, which loaded the hypervisor. Who runs next is known before it runs, so that what comes first behind an exit or a
// call looks at one word.
//
// The loader chooses by CPUID and IA32_ARCH_CAPABILITIES (loader/arch/x64/speculation.ts); docs/security.md has the table of
// threats. A processor that needs nothing takes the ways of entry.S on which nothing of this lies. Where something is to be
// done, no fast way is taken: WORK_MITIGATE and, on Intel, ENTRY_MITIGATED are always set.
//
// No branch of the kernel is indirect but the one that leaves it for good, so what is left to be led astray are its returns.
// The exit's and the call's part come first of all: before any of them. VERW and SPEC_CTRL for the VM come at the end of the
// TypeScript; behind them the assembly touches nothing but what the VM or the extension is about to have in its registers.
//
// Manual: APM volume 2, 3.2.9; SDM volume 4, 2.1, IA32_SPEC_CTRL, IA32_PRED_CMD, IA32_FLUSH_CMD.

import {
  BOOT_ARGS_HOST_SPEC_CTRL,
  BOOT_ARGS_MITIGATIONS,
  MITIGATION_AUTOMATIC_IBRS,
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_ISOLATE_KERNEL,
  MITIGATION_RETURN_STACK,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
  MITIGATION_VIRTUAL_SPEC_CTRL,
} from "../../../abi/generated/bare/boot";
import {
  PP_BLOCK_GUEST_SPEC_CTRL,
  PP_BLOCK_HOST_SPEC_CTRL,
  PP_BLOCK_LOADED_VM,
  PP_BLOCK_MITIGATIONS,
  PP_BLOCK_OS_SPEC_CTRL,
} from "../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_ARGS } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { block32, block64, loadedVs, setBlock32, setBlock64 } from "../../src/pp";
import { Vs } from "../../src/vs";
import { VMCB_SPEC_CTRL } from "./amd/vmcb";
import { clearBuffers, fence, fillReturnStack, rdmsr, tryWrmsr, wrmsr } from "./cpu";
import { endIsolation } from "./isolation";
import { ppLoad32, ppLoad64 } from "./pparea";
import { VS_SPEC_CTRL } from "./register-file";

export const MSR_SPEC_CTRL: u32 = 0x48;
const MSR_PRED_CMD: u32 = 0x49;
const MSR_FLUSH_CMD: u32 = 0x10b;
const MSR_EFER: u32 = 0xc000_0080;
const EFER_AUTOMATIC_IBRS: u64 = 1 << 21;
/** PRED_CMD: indirect branch prediction barrier. FLUSH_CMD: first level data cache. */
const IBPB: u64 = 1;
const FLUSH_L1D: u64 = 1;

/** Whether this processor has anything to do. */
export function isMitigated(): bool {
  return ppLoad32(PP_ARGS + BOOT_ARGS_MITIGATIONS) != 0;
}

function has(mitigations: u32): bool {
  return (block32(PP_BLOCK_MITIGATIONS) & mitigations) != 0;
}

/** Whether SPEC_CTRL changes hands here, and not by the processor. */
function isSwitched(): bool {
  const both = MITIGATION_SPEC_CTRL | MITIGATION_VIRTUAL_SPEC_CTRL;
  return (block32(PP_BLOCK_MITIGATIONS) & both) == MITIGATION_SPEC_CTRL;
}

/** This processor is host mode's from now on. */
export function beginMitigations(): void {
  if (!isMitigated()) return;
  setBlock32(PP_BLOCK_MITIGATIONS, ppLoad32(PP_ARGS + BOOT_ARGS_MITIGATIONS));
  if (has(MITIGATION_SPEC_CTRL)) {
    setBlock64(PP_BLOCK_OS_SPEC_CTRL, rdmsr(MSR_SPEC_CTRL));
    setBlock64(PP_BLOCK_HOST_SPEC_CTRL, ppLoad64(PP_ARGS + BOOT_ARGS_HOST_SPEC_CTRL));
    wrmsr(MSR_SPEC_CTRL, block64(PP_BLOCK_HOST_SPEC_CTRL));
  }
  // The loader's code gives the operating system its EFER back
  if (has(MITIGATION_AUTOMATIC_IBRS)) wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_AUTOMATIC_IBRS);
}

/** It is the operating system's again, which finds in SPEC_CTRL what a VS has there, or came with. */
export function endMitigations(vs: Vs | null): void {
  if (has(MITIGATION_SPEC_CTRL)) {
    wrmsr(MSR_SPEC_CTRL, vs === null ? block64(PP_BLOCK_OS_SPEC_CTRL) : specCtrlOf(vs));
  }
  if (has(MITIGATION_ISOLATE_KERNEL)) endIsolation();
  setBlock32(PP_BLOCK_MITIGATIONS, 0);
}

/** A VM exited: to be called before anything returns. */
export function secureExit(): void {
  if (!isMitigated()) return;
  if (isSwitched()) {
    setBlock64(PP_BLOCK_GUEST_SPEC_CTRL, rdmsr(MSR_SPEC_CTRL));
    wrmsr(MSR_SPEC_CTRL, block64(PP_BLOCK_HOST_SPEC_CTRL));
  }
  if (has(MITIGATION_EXIT_BARRIER)) wrmsr(MSR_PRED_CMD, IBPB);
  // Behind the barrier, which may leave one entry usable
  if (has(MITIGATION_RETURN_STACK)) fillReturnStack();
  fence();
}

/** An extension called or faulted: the same. */
export function secureCall(): void {
  if (has(MITIGATION_CALL_IBRS)) wrmsr(MSR_SPEC_CTRL, block64(PP_BLOCK_HOST_SPEC_CTRL));
  if (has(MITIGATION_CALL_BARRIER)) wrmsr(MSR_PRED_CMD, IBPB);
  if (isMitigated()) fence();
}

/** An extension runs next, the root VM's or another. */
export function secureRing3(ownsRootVm: bool): void {
  if (has(MITIGATION_SERVICE_BARRIER)) choose(MITIGATION_CALL_BARRIER, !ownsRootVm);
  if (has(MITIGATION_CLEAR_BUFFERS)) clearBuffers();
}

/** The loaded VS runs next, one of the root VM's or another. */
export function secureGuest(isRootVm: bool): void {
  if (has(MITIGATION_GUEST_BARRIER)) choose(MITIGATION_EXIT_BARRIER, !isRootVm);
  if (has(MITIGATION_FLUSH_L1D)) wrmsr(MSR_FLUSH_CMD, FLUSH_L1D);
  if (has(MITIGATION_CLEAR_BUFFERS)) clearBuffers();
  if (isSwitched()) wrmsr(MSR_SPEC_CTRL, block64(PP_BLOCK_GUEST_SPEC_CTRL));
}

/** Whether the next exit, or call, has a barrier. */
function choose(barrier: u32, isWanted: bool): void {
  const others = block32(PP_BLOCK_MITIGATIONS) & ~barrier;
  setBlock32(PP_BLOCK_MITIGATIONS, isWanted ? others | barrier : others);
}

/** What has been predicted so far is another owner's than what runs next. */
export function separateOwners(): void {
  if (!has(MITIGATION_SWITCH_BARRIER)) return;
  wrmsr(MSR_PRED_CMD, IBPB);
  if (has(MITIGATION_RETURN_STACK)) fillReturnStack();
}

/** A VS is the loaded one from now on. */
export function loadSpecCtrl(vs: Vs): void {
  if (!isMitigated()) return;
  if (isSwitched()) setBlock64(PP_BLOCK_GUEST_SPEC_CTRL, vs.readParked(VS_SPEC_CTRL));
  const vm: u64 = <u32>vs.tags;
  if (block64(PP_BLOCK_LOADED_VM) == vm) return;
  setBlock64(PP_BLOCK_LOADED_VM, vm);
  separateOwners();
}

/** It is not any more. */
export function parkSpecCtrl(vs: Vs): void {
  if (isMitigated()) vs.writeParked(VS_SPEC_CTRL, block64(PP_BLOCK_GUEST_SPEC_CTRL));
}

/** A VS becomes the operating system. */
export function inheritSpecCtrl(vs: Vs): void {
  if (has(MITIGATION_SPEC_CTRL)) setSpecCtrl(vs, block64(PP_BLOCK_OS_SPEC_CTRL));
}

/** Whether a VS finds a value of its own in an MSR: SPEC_CTRL, where it changes hands. */
export function isSpecCtrl(msr: u32): bool {
  return msr == MSR_SPEC_CTRL && has(MITIGATION_SPEC_CTRL);
}

/** What it finds there. */
export function specCtrlOf(vs: Vs): u64 {
  if (has(MITIGATION_VIRTUAL_SPEC_CTRL)) return peek64(DIRECT_BASE + vs.controlBlock + VMCB_SPEC_CTRL);
  return loadedVs() == vs ? block64(PP_BLOCK_GUEST_SPEC_CTRL) : vs.readParked(VS_SPEC_CTRL);
}

/** Gives it a value; false when the processor has not all of its bits. */
export function writeSpecCtrl(vs: Vs, value: u64): bool {
  if (tryWrmsr(MSR_SPEC_CTRL, value) == 0) return false;
  wrmsr(MSR_SPEC_CTRL, block64(PP_BLOCK_HOST_SPEC_CTRL));
  setSpecCtrl(vs, value);
  return true;
}

function setSpecCtrl(vs: Vs, value: u64): void {
  if (has(MITIGATION_VIRTUAL_SPEC_CTRL)) poke64(DIRECT_BASE + vs.controlBlock + VMCB_SPEC_CTRL, value);
  else if (loadedVs() == vs) setBlock64(PP_BLOCK_GUEST_SPEC_CTRL, value);
  else vs.writeParked(VS_SPEC_CTRL, value);
}
