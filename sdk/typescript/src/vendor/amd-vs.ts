// What only AMD's processors have of a VS

import { AmdInstruction, AmdRegister } from "../../../../abi/generated/bare/enumerations";
import { AMD_REG_INTERCEPT_CR_READ } from "../../../../abi/generated/bare/registers-amd";
import { NativeVs } from "../vs/native-vs";

/** A VS on a processor of AMD's: `vs.amd`, which asserts that it is one. */
@unmanaged
export class AmdVs {
  read(register: AmdRegister): u64 {
    return this.vs.read(<u32>register);
  }

  write(register: AmdRegister, value: u64): void {
    this.vs.write(<u32>register, value);
  }

  /** Makes the VM exit, or no longer exit, when it executes an instruction. */
  intercept(instruction: AmdInstruction, wanted: bool): AmdVs {
    this.vs.setBit(<u32>instruction >> 5, <u32>instruction & 31, wanted);
    return this;
  }

  /** Makes the VM exit, or no longer exit, when it reads any control register (APM volume 2, 15.8). */
  interceptControlRead(register: u32, wanted: bool): AmdVs {
    this.vs.setBit(AMD_REG_INTERCEPT_CR_READ, register, wanted);
    return this;
  }

  private get vs(): NativeVs {
    return changetype<NativeVs>(changetype<usize>(this));
  }
}
