// Virtual processor states

import {
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_CR_READ,
  AMD_REG_INTERCEPT_CR_WRITE,
  AMD_REG_INTERCEPT_EXCEPTION,
  AMD_REG_INTERCEPT_INSTRUCTION1,
} from "../../../abi/generated/bare/registers-amd";
import { STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import {
  ROOT_VMID,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_READ,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "../../../abi/generated/bare/syscalls";
import { injectException, injectInterrupt, requestInterruptWindow } from "./events";
import { Instruction } from "./exits";
import { Next } from "./next";
import { Register, registerNumber } from "./registers";
import { assertionFailed, callStatus, callValue } from "./syscall";
import { Vector } from "./vectors";
import { Vm, Vp } from "./vm";

/** Identifiers are 16 bits of the register that returns them. */
const ID_MASK: u64 = 0xffff_ffff;
/** The root VM's address space identifier; SVM refuses 0. */
const ROOT_ASID: u64 = 1;

/** A VS, by its identifier. Every method asserts that the microkernel agrees. */
@unmanaged
export class Vs {
  /** The VS with an identifier. */
  static of(id: u32): Vs {
    return changetype<Vs>(<usize>id);
  }

  /** Makes the root VS of this processor: the operating system, as it was when the hypervisor started. */
  static createRoot(ppid: u32): Vs {
    const vpid = callValue(SYSCALL_VP_CREATE, ROOT_VMID, 0, 0) & ID_MASK;
    const vs = Vs.of(<u32>(callValue(SYSCALL_VS_CREATE, vpid, ppid, 0) & ID_MASK));
    vs.write(AMD_REG_GUEST_ASID, ROOT_ASID);
    check(callStatus(SYSCALL_VS_INIT_AS_ROOT, vs.id, 0, 0));
    check(callStatus(SYSCALL_VS_SET_ACTIVE, ROOT_VMID, vpid, vs.id));
    return vs;
  }

  /** Makes a VS of a VP, for a processor: all registers are 0. It needs an address space identifier (ASID) of its own. */
  static create(vp: Vp, ppid: u32, asid: u32): Vs {
    const vs = Vs.of(<u32>(callValue(SYSCALL_VS_CREATE, vp.id, ppid, 0) & ID_MASK));
    vs.write(AMD_REG_GUEST_ASID, asid);
    return vs;
  }

  /** Ends it; it must not be active. */
  destroy(): void {
    check(callStatus(SYSCALL_VS_DESTROY, this.id, 0, 0));
  }

  /** Makes it the VS that Next.Run runs, and whose registers `guest` has. It is of that VP of that VM. */
  activate(vm: Vm, vp: Vp): void {
    check(callStatus(SYSCALL_VS_SET_ACTIVE, vm.id, vp.id, this.id));
  }

  /** The same, with the instruction skipped that the VS which was active so far exited for. */
  activateAfterSkip(vm: Vm, vp: Vp): void {
    check(callStatus(SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, vm.id, vp.id, this.id));
  }

  get id(): u32 {
    return <u32>changetype<usize>(this);
  }

  /** Reads a register that every processor has. */
  get(register: Register): u64 {
    return this.read(registerNumber(register));
  }

  /** Writes a register that every processor has. */
  set(register: Register, value: u64): void {
    this.write(registerNumber(register), value);
  }

  /** Reads a register by its number in the ABI (AMD_REG_*). */
  read(register: u32): u64 {
    return callValue(SYSCALL_VS_READ, this.id, register, 0);
  }

  /** Writes a register by its number in the ABI (AMD_REG_*). */
  write(register: u32, value: u64): void {
    check(callStatus(SYSCALL_VS_WRITE, this.id, register, value));
  }

  /** Makes the VM exit when it executes an instruction. Returns the VS, so that calls can follow one another. */
  intercept(instruction: Instruction): Vs {
    return this.setBit(AMD_REG_INTERCEPT_INSTRUCTION1 + (<u32>instruction >> 5), <u32>instruction & 31, true);
  }

  /** Takes an interception back. */
  release(instruction: Instruction): Vs {
    return this.setBit(AMD_REG_INTERCEPT_INSTRUCTION1 + (<u32>instruction >> 5), <u32>instruction & 31, false);
  }

  /** Makes the VM exit, or no longer exit, when an exception is raised in it (APM volume 2, 15.12). */
  interceptException(vector: Vector, wanted: bool): Vs {
    return this.setBit(AMD_REG_INTERCEPT_EXCEPTION, vector, wanted);
  }

  /** Makes the VM exit, or no longer exit, when it reads a control register (APM volume 2, 15.8). */
  interceptControlRead(register: u32, wanted: bool): Vs {
    return this.setBit(AMD_REG_INTERCEPT_CR_READ, register, wanted);
  }

  /** Makes the VM exit, or no longer exit, when it writes a control register. */
  interceptControlWrite(register: u32, wanted: bool): Vs {
    return this.setBit(AMD_REG_INTERCEPT_CR_WRITE, register, wanted);
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

  /** Makes the VM exit as soon as it can take an interrupt; onInterruptWindow's handlers are called then. */
  requestInterruptWindow(): void {
    requestInterruptWindow(this);
  }

  /** Makes every VS of the VM that is active here forget its translations before it runs again, on this processor. */
  flushTranslations(): void {
    check(callStatus(SYSCALL_VM_TLB_FLUSH, Vm.active.id, 0, 0));
  }

  private setBit(register: u32, bit: u32, wanted: bool): Vs {
    const mask = (<u64>1) << bit;
    const before = this.read(register);
    this.write(register, wanted ? before | mask : before & ~mask);
    return this;
  }
}

function check(status: u64): void {
  if (status != STATUS_SUCCESS) assertionFailed();
}
