// Instructions on control registers (APM volume 2, 15.8.1; SDM volume 3, table 28-3)

import { AMD_EXIT_CR0_SELECTIVE_WRITE } from "../../../../abi/generated/bare/callbacks";
import { Vector } from "../events/vectors";
import { readControl, writeControl } from "../guest/control-registers";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import { Next } from "../life/next";
import { isIntel } from "../vendor/vendor";
import { controlOperand, fetchControlOperand, isControlInstruction, storeControl } from "./control-instruction";
import { Exit } from "./exit";
import { Kind } from "./handlers";
import { kindOf } from "./kinds";
import { information1 } from "./told";

/** The VM reads or writes a control register. Next is Run, with RIP behind the instruction already when it is handled. */
@unmanaged
export class ControlRegisterExit extends Exit {
  /** Which one: 0, 2, 3, 4 or 8. */
  get number(): u32 {
    if (!isIntel() && this.reason == AMD_EXIT_CR0_SELECTIVE_WRITE) return 0;
    return <u32>(isIntel() ? information1() : this.reason) & 15;
  }
  get isWrite(): bool {
    return kindOf(this.vs, this.reason) == Kind.ControlWrite;
  }
  /** What a write wants the register to be, or what it is. */
  get value(): u64 {
    return this.isWrite ? controlOperand(this.number) : readControl(this.vs, this.number);
  }

  /** Does what the VM wants. False when it could not: the exit ends with #GP, #PF, or #UD for an unknown instruction. */
  passThrough(): bool {
    return this.isWrite ? this.write(this.value) : this.read(this.value);
  }

  /** Ends a write with another value. */
  write(value: u64): bool {
    const instruction = guestInstruction();
    if (!isControlInstruction(instruction)) return !this.raise(Vector.UndefinedOpcode, 0);
    if (!fetchControlOperand(instruction)) return false;
    if (!writeControl(this.vs, this.number, value)) return !this.raise(Vector.GeneralProtection, 0);
    return this.skip(instruction.length);
  }

  /** Ends a read with another value. */
  read(value: u64): bool {
    const instruction = guestInstruction();
    if (!isControlInstruction(instruction)) return !this.raise(Vector.UndefinedOpcode, 0);
    if (!storeControl(instruction, value)) return false;
    return this.skip(instruction.length);
  }

  private skip(length: u32): bool {
    guest.skip(length);
    this.next = Next.Run;
    return true;
  }
}
