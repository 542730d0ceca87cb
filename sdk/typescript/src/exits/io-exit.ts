// Instructions on an I/O port whose IoMap bit is set (APM volume 2, 15.10; SDM volume 3, 26.1.3)

import { portIn, portOut } from "../calls/port";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { Exit } from "./exit";
import { ioInformation } from "./io-information";
import { passStringThrough } from "./io-string";
import { portHits, trapBehind } from "./trap";

/** What is read where no device answers. */
const NOBODY: u32 = 0xffff_ffff;

/** The VM uses a port. Next is AdvanceAndRun; without a handler the access happens as if nothing were. */
@unmanaged
export class IoExit extends Exit {
  get port(): u32 {
    return <u32>(this.information >> 16) & 0xffff;
  }
  get isInput(): bool {
    return (this.information & 1) != 0;
  }
  /** INS or OUTS: data is in the guest's memory, and `value` says nothing. */
  get isString(): bool {
    return (this.information & 4) != 0;
  }
  get isRepeated(): bool {
    return (this.information & 8) != 0;
  }
  /** 1, 2 or 4. */
  get bytes(): u32 {
    return <u32>(this.information >> 4) & 7;
  }
  /** AL, AX or EAX: what is written, or what an input gives. */
  get value(): u32 {
    return <u32>(guest.rax & this.mask);
  }
  set value(to: u32) {
    // A 32-bit result clears the upper half, smaller ones leave the rest alone
    const kept = this.bytes == 4 ? 0 : guest.rax & ~this.mask;
    guest.rax = kept | (to & this.mask);
  }

  /** Does what the VM wants. A string goes element by element; a page of it that is absent ends the exit with #PF. */
  passThrough(): void {
    if (this.isString) this.next = passStringThrough();
    else {
      if (this.isInput) this.value = portIn(this.port, this.bytes);
      else portOut(this.port, this.bytes, this.value);
      trapBehind(portHits(this.port, this.bytes));
    }
  }

  /** Does what happens when nothing is at the port: what is read has all bits set, what is written is lost; #GP for strings. */
  leaveUnanswered(): void {
    if (this.isString) this.raise(Vector.GeneralProtection, 0);
    else if (this.isInput) this.value = NOBODY;
  }

  private get information(): u64 {
    return ioInformation();
  }

  private get mask(): u64 {
    return this.bytes == 4 ? 0xffff_ffff : this.bytes == 2 ? 0xffff : 0xff;
  }
}
