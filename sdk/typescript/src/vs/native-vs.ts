// A VS by its identifier, and its registers by the numbers that this processor's vendor has for them
//
// What Vs is made of, and what AMD's and Intel's parts of the SDK see of it.

import { Instruction } from "../../../../abi/generated/bare/enumerations";
import { REG_RIP } from "../../../../abi/generated/bare/portable";
import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import { SYSCALL_VS_READ, SYSCALL_VS_WRITE } from "../../../../abi/generated/bare/syscalls";
import { idOf } from "../calls/handle";
import { callRequired, callValue, callWithOutput } from "../calls/syscall";
import { native } from "../vendor/vendor";

/** Every method asserts that the microkernel agrees. */
@unmanaged
export class NativeVs {
  get id(): u32 {
    return idOf(changetype<usize>(this));
  }

  /** Reads a register by the number that it has in the ABI on this processor: AMD_REG_*, INTEL_REG_*. */
  read(register: u32): u64 {
    return callValue(SYSCALL_VS_READ, this.id, register, 0);
  }

  /** Writes a register by that number. */
  write(register: u32, value: u64): void {
    callRequired(SYSCALL_VS_WRITE, this.id, register, value);
  }

  /** Whether there is such a VS, for one that may have been destroyed. */
  get exists(): bool {
    return callWithOutput(SYSCALL_VS_READ, this.id, native(REG_RIP), 0) == STATUS_SUCCESS;
  }

  /** Changes a bit of a register with such a number. */
  setBit(register: u32, bit: u32, wanted: bool): void {
    const mask = (<u64>1) << bit;
    const before = this.read(register);
    this.write(register, wanted ? before | mask : before & ~mask);
  }

  /** Makes the VM exit, or no longer exit, when it executes an instruction. What has no place here exits always. */
  setInterception(instruction: Instruction, wanted: bool): void {
    const place = native(<u32>instruction);
    if (place != 0) this.setBit(place >> 5, place & 31, wanted);
  }
}
