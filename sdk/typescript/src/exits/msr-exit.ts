// RDMSR and WRMSR of an MSR whose MsrMap bit is set (APM volume 2, 15.11; SDM volume 3, 26.1.3)

import { INTEL_EXIT_WRMSR } from "../../../../abi/generated/bare/callbacks";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { msrValue, readMsr, readOwnMsr, writeMsr, writeOwnMsr } from "../guest/msr";
import { isIntel } from "../vendor/vendor";
import { Exit } from "./exit";
import { information1 } from "./told";

/** The VM reads or writes an MSR. Next is AdvanceAndRun; without a handler the access happens as if nothing were. */
@unmanaged
export class MsrExit extends Exit {
  /** Which MSR. */
  get index(): u32 {
    return <u32>guest.rcx;
  }

  get isWrite(): bool {
    return isIntel() ? this.reason == INTEL_EXIT_WRMSR : information1() != 0;
  }

  /** EDX:EAX: the value to be written, or the one that a read gives. */
  get value(): u64 {
    return (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
  }
  set value(to: u64) {
    guest.rax = to & 0xffff_ffff;
    guest.rdx = to >> 32;
  }

  /** Reads the MSR into `value`. Without such an MSR the exit ends with #GP: false then. */
  read(): bool {
    if (!readMsr(this.vs, this.index)) return !this.raise(Vector.GeneralProtection, 0);
    this.value = msrValue();
    return true;
  }

  /** Writes `value` to the MSR. When it is refused, the exit ends with #GP: false then. */
  write(): bool {
    return writeMsr(this.vs, this.index, this.value) ? true : !this.raise(Vector.GeneralProtection, 0);
  }

  /** Does what the VM wants with what is its own, and raises #GP for MSRs of the machine: false then. */
  useOwn(): bool {
    const write = this.isWrite;
    if (write ? writeOwnMsr(this.vs, this.index, this.value) : readOwnMsr(this.vs, this.index)) {
      if (!write) this.value = msrValue();
      return true;
    }
    return !this.raise(Vector.GeneralProtection, 0);
  }

  /** Does what the VM wants. */
  passThrough(): bool {
    return this.isWrite ? this.write() : this.read();
  }
}
