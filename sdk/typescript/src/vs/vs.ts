// Virtual processor states

/// <reference path="../calls/defines.d.ts" />

import { AmdInstruction, Instruction, Register } from "../../../../abi/generated/bare/enumerations";
import {
  AMD_REG_INTERCEPT_CR_READ,
  AMD_REG_INTERCEPT_CR_WRITE,
  AMD_REG_INTERCEPT_EXCEPTION,
  AMD_REG_INTERCEPT_INSTRUCTION1,
  AMD_REG_VIRTUAL_INTERRUPT_B,
} from "../../../../abi/generated/bare/registers-amd";
import {
  INTEL_REG_EXCEPTION_BITMAP,
  INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS,
} from "../../../../abi/generated/bare/registers-intel";
import { STATUS_FAILURE_UNKNOWN, STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import {
  ROOT_VMID,
  SYSCALL_FPU_READ,
  SYSCALL_FPU_WRITE,
  SYSCALL_MSR_READ,
  SYSCALL_MSR_WRITE,
  SYSCALL_NESTED_GUARD,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_SET_ACTIVE,
} from "../../../../abi/generated/bare/syscalls";
import { handleOf } from "../calls/handle";
import { rootOf } from "../calls/native";
import { callObject } from "../calls/objects";
import { processorNumber } from "../calls/processor-number";
import { assertionFailed, callOutput, callRequired, callStatus, callValue, callWithOutput } from "../calls/syscall";
import { hasEvent, inject, injectException, injectInterrupt, injectNmi, pendingEvent } from "../events/event";
import { isInShadow, setShadow } from "../events/intel-events";
import { closeInterruptWindow, requestInterruptWindow } from "../events/interrupt-window";
import { Vector } from "../events/vectors";
import { Next } from "../life/next";
import { ownMemory } from "../memory/pages";
import { Explanation, explain } from "../text/explanation";
import { Level, line } from "../text/log";
import { AmdVs } from "../vendor/amd-vs";
import { readIntel, trapControlWrites, writeIntel } from "../vendor/intel-state";
import { IntelVs, prepareRootVmcs, prepareVmcs } from "../vendor/intel-vs";
import { isIntel } from "../vendor/vendor";
import { requireVendor } from "../vendor/vendor-only";
import { NativeVs } from "./native-vs";
import { Vm, Vp } from "./vm";

/** Identifiers are 16 bits of the register that returns them. */
const ID_MASK: u64 = 0xffff_ffff;
/** Of an identifier; the rest changes when a number is used again. */
const NUMBER: u32 = 0xffff;
/** The root VM's address space identifier; 0 is the hypervisor's own. */
const ROOT_SPACE: u64 = 1;

/** VS and VP of the root VM on each processor. */
const rootVss: usize = memory.data(8 * 128, 4);

/** AMD: exits for ports and MSRs (APM volume 2, 15.10 and 15.11). */
const IOIO_PROT: u32 = 27;
const MSR_PROT: u32 = 28;
/** Controls of Intel: exits for all ports, loads and stores of CR3 and CR8, and TSC offsetting (SDM volume 3, 25.6.2). */
const PRIMARY_TSC_OFFSETTING: u32 = 3;
const PRIMARY_ALL_PORTS: u32 = 24;
const PRIMARY_CR3_LOAD: u32 = 15;
const PRIMARY_CR8_LOAD: u32 = 19;
const INTERRUPT_SHADOW: u32 = 0;

/** Control registers that every processor can intercept reads of. Others: Vs.amd. */
export enum ReadableControl {
  Cr3 = 3,
  Cr8 = 8,
}

/** Control registers that every processor can intercept writes of. */
export enum WritableControl {
  Cr0 = 0,
  Cr3 = 3,
  Cr4 = 4,
  Cr8 = 8,
}

/** A VS, by its identifier. Every method asserts that the microkernel agrees. */
@unmanaged
export class Vs extends NativeVs {
  /** The VS with an identifier. */
  static of(id: u32): Vs {
    return changetype<Vs>(handleOf(id));
  }

  /** Makes the root VS of this processor: the operating system, as it was when the hypervisor started. */
  static createRoot(ppid: u32): Vs {
    const vpid = callValue(SYSCALL_VP_CREATE, ROOT_VMID, 0, 0) & ID_MASK;
    const vs = Vs.of(<u32>(callValue(SYSCALL_VS_CREATE, vpid, ppid, 0) & ID_MASK));
    if ((vs.id & NUMBER) != ppid) numberIsTaken();
    vs.set(Register.AddressSpaceId, ROOT_SPACE);
    if (isIntel()) prepareRootVmcs(vs);
    else vs.amd.intercept(AmdInstruction.Vmrun, true);
    callRequired(SYSCALL_VS_INIT_AS_ROOT, vs.id, 0, 0);
    store<u32>(rootVss + <usize>(ppid * 8), vs.id);
    store<u32>(rootVss + <usize>(ppid * 8), vpid, 4);
    callRequired(SYSCALL_VS_SET_ACTIVE, ROOT_VMID, vpid, vs.id);
    return vs;
  }

  /**
   * Makes the root VS of this processor the one that Next.Run runs: what a VM's exit for an interrupt of the machine wants.
   * The instruction that its last exit was for is executed again, so its handler can go on with the VM.
   */
  static activateRoot(): Vs {
    const vs = rootVs();
    vs.activate(Vm.root, rootVp());
    return vs;
  }

  /** The same, with the instruction skipped that the VS which was active so far exited for. */
  static activateRootAfterSkip(): Vs {
    const vs = rootVs();
    vs.activateAfterSkip(Vm.root, rootVp());
    return vs;
  }

  /**
   * Makes a VS of a VP, for a processor: all registers are 0. It needs an address space identifier of its own. The
   * microkernel lets nothing of the machine reach it: all ports exit, and all MSRs but those that change hands with it, and
   * no memory is there, until it uses an IoMap, a MsrMap and NestedTables of the extension's making. What exits and no
   * handler wants finds no port and no MSR.
   */
  static create(vp: Vp, ppid: u32, addressSpaceId: u32): Vs {
    return prepare(<u32>(callValue(SYSCALL_VS_CREATE, vp.id, ppid, 0) & ID_MASK), addressSpaceId);
  }

  /** The same, or null: there is no memory, or no identifier left. */
  static tryCreate(vp: Vp, ppid: u32, addressSpaceId: u32): Vs | null {
    if (callWithOutput(SYSCALL_VS_CREATE, vp.id, ppid, 0) != STATUS_SUCCESS) return null;
    return prepare(<u32>(callOutput() & ID_MASK), addressSpaceId);
  }

  /**
   * Hides the hypervisor from the operating system, whose VS this is: it reads zeroes where the hypervisor's memory is, and
   * writes there are general protection faults. The microkernel keeps the nested page tables for it. False when memory runs out.
   */
  hideHypervisor(): bool {
    return callObject(SYSCALL_NESTED_GUARD, this.id, 0, 0, 0, 0) == STATUS_SUCCESS;
  }

  /** Ends it; it must not be active. */
  destroy(): void {
    callRequired(SYSCALL_VS_DESTROY, this.id, 0, 0);
  }

  /** Makes it the VS that Next.Run runs, and whose registers `guest` has. It is of that VP of that VM. */
  activate(vm: Vm, vp: Vp): void {
    callRequired(SYSCALL_VS_SET_ACTIVE, vm.id, vp.id, this.id);
  }

  /** The same, with the instruction skipped that the VS which was active so far exited for. */
  activateAfterSkip(vm: Vm, vp: Vp): void {
    callRequired(SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, vm.id, vp.id, this.id);
  }

  /** Why the processor refuses to run it: the first rule of the manual that it breaks. It must be of this processor. */
  explain(): Explanation {
    return explain(this.id);
  }

  /** What only AMD's processors have. Fails the callback, and says why, on another one. */
  get amd(): AmdVs {
    requireVendor(false, "vs.amd");
    return changetype<AmdVs>(changetype<usize>(this));
  }

  /** What only Intel's processors have. Fails the callback, and says why, on another one. */
  get intel(): IntelVs {
    requireVendor(true, "vs.intel");
    return changetype<IntelVs>(changetype<usize>(this));
  }

  /** Reads a register, as the VM would see it. */
  get(register: Register): u64 {
    return isIntel() ? readIntel(this, register) : this.read(<u32>register & 0xffff);
  }

  /** Writes a register, as the VM would. */
  set(register: Register, value: u64): void {
    if (isIntel()) writeIntel(this, register, value);
    else this.write(<u32>register & 0xffff, value);
  }

  /** Makes the VM exit when it executes an instruction. Returns the VS, so that calls can follow one another. */
  intercept(instruction: Instruction): Vs {
    this.setInterception(instruction, true);
    return this;
  }

  /** Takes an interception back. What exits always on Intel still does, and is passed through. */
  release(instruction: Instruction): Vs {
    this.setInterception(instruction, false);
    return this;
  }

  /** Makes the VM exit, or no longer exit, when an exception is raised in it (APM volume 2, 15.12; SDM volume 3, 26.2). */
  interceptException(vector: Vector, wanted: bool): Vs {
    this.setBit(isIntel() ? INTEL_REG_EXCEPTION_BITMAP : AMD_REG_INTERCEPT_EXCEPTION, vector, wanted);
    return this;
  }

  /** Makes the VM exit, or no longer exit, when it reads a control register. */
  interceptControlRead(register: ReadableControl, wanted: bool): Vs {
    if (isIntel()) {
      const load = register == ReadableControl.Cr3 ? PRIMARY_CR3_LOAD : PRIMARY_CR8_LOAD;
      this.setBit(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, load + 1, wanted);
    } else this.setBit(AMD_REG_INTERCEPT_CR_READ, register, wanted);
    return this;
  }

  /**
   * Makes the VM exit, or no longer exit, when it writes a control register. On Intel a write of CR0 and CR4 exits only
   * when it changes them.
   */
  interceptControlWrite(register: WritableControl, wanted: bool): Vs {
    if (!isIntel()) this.setBit(AMD_REG_INTERCEPT_CR_WRITE, register, wanted);
    else if (register == WritableControl.Cr0 || register == WritableControl.Cr4) {
      trapControlWrites(this, register == WritableControl.Cr0, wanted);
    } else {
      const load = register == WritableControl.Cr3 ? PRIMARY_CR3_LOAD : PRIMARY_CR8_LOAD;
      this.setBit(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, load, wanted);
    }
    return this;
  }

  /** Makes the VM's time stamp counter differ from the processor's by a number, which may be negative. */
  offsetTimeStamps(offset: i64): void {
    this.set(Register.TscOffset, offset);
    if (isIntel()) this.setBit(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, PRIMARY_TSC_OFFSETTING, true);
  }

  /** What the VM's time stamp counter has more than the processor's. */
  get timeStampOffset(): u64 {
    return this.get(Register.TscOffset);
  }

  /** Raises an exception in the VM when it runs next, as if the processor did: Next.Run is then to follow. */
  raise(vector: Vector): Next {
    injectException(this, vector, 0);
    return Next.Run;
  }

  /** The same for an exception with an error code. */
  raiseWithCode(vector: Vector, errorCode: u32): Next {
    injectException(this, vector, errorCode);
    return Next.Run;
  }

  /** Raises #UD in the VM, as if the instruction that it exited for did not exist. */
  injectUndefinedOpcode(): Next {
    return this.raise(Vector.UndefinedOpcode);
  }

  /** Delivers an external interrupt when the VM runs next. It must be able to take one: RFLAGS.IF set, no shadow. */
  interrupt(vector: u32): void {
    injectInterrupt(this, vector);
  }

  /** Delivers an NMI when the VM runs next. It must not be in a handler of one. */
  nonMaskableInterrupt(): void {
    injectNmi(this);
  }

  /** Whether the VM takes no interrupt before its next instruction is done, as behind STI. */
  get interruptShadow(): bool {
    return isIntel() ? isInShadow(this) : (this.read(AMD_REG_VIRTUAL_INTERRUPT_B) & 1) != 0;
  }
  set interruptShadow(wanted: bool) {
    if (isIntel()) setShadow(this, wanted);
    else this.setBit(AMD_REG_VIRTUAL_INTERRUPT_B, INTERRUPT_SHADOW, wanted);
  }

  /** Makes the VM exit as soon as it can take an interrupt; onInterruptWindow's handlers are called then. */
  requestInterruptWindow(): void {
    requestInterruptWindow(this);
  }

  /** Takes that wish back. */
  closeInterruptWindow(): void {
    closeInterruptWindow(this);
  }

  /** Whether something is to be delivered when the VM runs next. */
  get hasEvent(): bool {
    return hasEvent(this);
  }

  /** That, as AMD's EVENTINJ has it (APM volume 2, 15.20), on both vendors; 0: nothing. */
  get event(): u64 {
    return pendingEvent(this);
  }
  set event(value: u64) {
    inject(this, value);
  }

  /**
   * Copies the VM's x87, vector and other such registers, the XSAVE area (APM volume 2, 11.5), or as much of it as a page holds, to a page
   * of allocatePage(). Bytes of the area.
   */
  readFpu(page: u64): u64 {
    return callValue(SYSCALL_FPU_READ, this.id, ownMemory(page), 0);
  }

  /** Gives the VM those of such a page. What the processor has not, and reserved bits, are left out. */
  writeFpu(page: u64): void {
    callRequired(SYSCALL_FPU_WRITE, this.id, ownMemory(page), 0);
  }

  /**
   * Reads an MSR of which the VM can have its own, although the processor has one for all (docs/registers.md): TSC_AUX, XSS and others.
   * 0 as long as it has none. Of a VM that is not the root VM.
   */
  readMsr(msr: u32): u64 {
    return callValue(SYSCALL_MSR_READ, this.id, msr, 0);
  }

  /** Gives the VM its own from now on; false when the processor refuses the value. Switching to it and back costs a little more then. */
  writeMsr(msr: u32, value: u64): bool {
    const status = callStatus(SYSCALL_MSR_WRITE, this.id, msr, value);
    if (status == STATUS_FAILURE_UNKNOWN) return false;
    check(status);
    return true;
  }

  /** Accesses to ports and MSRs, which the microkernel would refuse by itself, come to the extension's handlers: create() does so. */
  deliverAccesses(): void {
    if (isIntel()) this.setBit(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, PRIMARY_ALL_PORTS, true);
    else {
      this.setBit(AMD_REG_INTERCEPT_INSTRUCTION1, IOIO_PROT, true);
      this.setBit(AMD_REG_INTERCEPT_INSTRUCTION1, MSR_PROT, true);
    }
  }

  /** Takes it to another processor, whose own it is from then on; it must be active nowhere. */
  moveTo(ppid: u32): void {
    callRequired(SYSCALL_VS_MIGRATE, this.id, ppid, 0);
  }

  /** Makes every VS of the VM that is active here forget its translations before it runs again, on this processor. */
  flushTranslations(): void {
    callRequired(SYSCALL_VM_TLB_FLUSH, Vm.active.id, 0, 0);
  }
}

/** What createRoot() has made on this processor. */
function rootVs(): Vs {
  if (isDefined(OTHER_LANGUAGE)) return Vs.of(<u32>(rootOf(processorNumber()) >> 32));
  return Vs.of(load<u32>(rootVss + <usize>(processorNumber() * 8)));
}

function rootVp(): Vp {
  if (isDefined(OTHER_LANGUAGE)) return Vp.of(<u32>rootOf(processorNumber()));
  return Vp.of(load<u32>(rootVss + <usize>(processorNumber() * 8), 4));
}

/** The microkernel wants the root VS of each processor to have its number. */
function numberIsTaken(): void {
  line(Level.Error)
    .text("startRoot: this processor's number is another VS's: make VMs of your own after the last bootstrap")
    .end();
  assertionFailed();
}

function prepare(id: u32, addressSpaceId: u32): Vs {
  const vs = Vs.of(id);
  vs.set(Register.AddressSpaceId, addressSpaceId);
  if (isIntel()) prepareVmcs(vs);
  else vs.amd.intercept(AmdInstruction.Vmrun, true);
  // The machine's, not the VM's
  vs.interceptException(Vector.MachineCheck, true);
  vs.deliverAccesses();
  return vs;
}

function check(status: u64): void {
  if (status != STATUS_SUCCESS) assertionFailed();
}
