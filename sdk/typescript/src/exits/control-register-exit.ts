// Instructions on control registers (APM volume 2, 15.8.1; SDM volume 3, table 28-3)

import { AMD_EXIT_CR0_SELECTIVE_WRITE } from "../../../../abi/generated/bare/callbacks";
import { DecodedInstruction } from "../../../../bsl/src/x64/instruction";
import { SINGLETON } from "../calls/handle";
import { Vector } from "../events/vectors";
import { readControl, writeControl } from "../guest/control-registers";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import { Next } from "../life/next";
import { isIntel } from "../vendor/vendor";
import {
  controlOperand,
  fetchControlOperand,
  fetchedControl,
  isControlInstruction,
  storeControl,
} from "./control-instruction";
import { setExitReason, setNext, takeNext } from "./current";
import { Exit } from "./exit";
import { Kind } from "./handlers";
import { kindOf } from "./kinds";
import { information1 } from "./told";

const ALL: u64 = 0xffff_ffff_ffff_ffff;

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
    return this.passThroughWithin(ALL);
  }

  /** The same in a VM that has only some bits of the register: #GP when it sets another one. */
  passThroughWithin(bits: u64): bool {
    if (!this.isWrite) return this.read(this.value);
    const instruction = guestInstruction();
    if (!this.isUnderstood(instruction)) return false;
    return this.finish(instruction, fetchedControl(instruction, this.number), bits);
  }

  /** Ends a write with another value. */
  write(value: u64): bool {
    const instruction = guestInstruction();
    return this.isUnderstood(instruction) && this.finish(instruction, value, ALL);
  }

  /** Ends a read with another value. */
  read(value: u64): bool {
    const instruction = guestInstruction();
    if (!isControlInstruction(instruction)) return !this.raise(Vector.UndefinedOpcode, 0);
    if (!storeControl(instruction, value)) return false;
    return this.skip(instruction.length);
  }

  /** Whether it is such an instruction, whose operand is there now; an exception waits for the VM otherwise. */
  private isUnderstood(instruction: DecodedInstruction): bool {
    if (!isControlInstruction(instruction)) return !this.raise(Vector.UndefinedOpcode, 0);
    return fetchControlOperand(instruction);
  }

  private finish(instruction: DecodedInstruction, value: u64, bits: u64): bool {
    const isWritten = (value & ~bits) == 0 && writeControl(this.vs, this.number, value);
    return isWritten ? this.skip(instruction.length) : !this.raise(Vector.GeneralProtection, 0);
  }

  private skip(length: u32): bool {
    guest.skip(length);
    this.next = Next.Run;
    return true;
  }
}

/**
 * For an extension with its own vmexit: what the VM wants of a control register, of which it may set these bits only. Another
 * one raises #GP in it.
 */
export function accessControl(reason: u64, bits: u64): Next {
  setExitReason(reason);
  setNext(Next.Run);
  changetype<ControlRegisterExit>(SINGLETON).passThroughWithin(bits);
  return takeNext();
}
