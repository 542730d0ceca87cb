// Virtual processor states

import {
  AMD_REG_EVENTINJ,
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_INSTRUCTION1,
} from "../../../abi/generated/bare/registers-amd";
import { STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import {
  ROOT_VMID,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_READ,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "../../../abi/generated/bare/syscalls";
import { Instruction } from "./exits";
import { Next } from "./next";
import { assertionFailed, callStatus, callValue } from "./syscall";

/** Identifiers are 16 bits of the register that returns them. */
const ID_MASK: u64 = 0xffff;
/** The root VM's address space identifier; SVM refuses 0. */
const ROOT_ASID: u64 = 1;
/** EVENTINJ: valid, exception, vector 6 (APM volume 2, 15.20). */
const INJECT_UNDEFINED_OPCODE: u64 = 0x8000_0306;

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

  get id(): u32 {
    return <u32>changetype<usize>(this);
  }

  /** Reads a register (AMD_REG_*). */
  read(register: u32): u64 {
    return callValue(SYSCALL_VS_READ, this.id, register, 0);
  }

  /** Writes a register (AMD_REG_*). */
  write(register: u32, value: u64): void {
    check(callStatus(SYSCALL_VS_WRITE, this.id, register, value));
  }

  /** Makes the VM exit when it executes an instruction. Returns the VS, so that calls can follow one another. */
  intercept(instruction: Instruction): Vs {
    const register = AMD_REG_INTERCEPT_INSTRUCTION1 + (<u32>instruction >> 5);
    this.write(register, this.read(register) | ((<u64>1) << (<u32>instruction & 31)));
    return this;
  }

  /** Raises #UD in the VM, as if the instruction that it exited for did not exist. */
  injectUndefinedOpcode(): Next {
    this.write(AMD_REG_EVENTINJ, INJECT_UNDEFINED_OPCODE);
    return Next.Run;
  }
}

function check(status: u64): void {
  if (status != STATUS_SUCCESS) assertionFailed();
}
