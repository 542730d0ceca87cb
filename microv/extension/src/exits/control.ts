// Control registers of a guest: it may set what its CPUID has (control-bits.ts)

import {
  accessControl,
  EXIT_XSETBV,
  exitInformation1,
  guest,
  isIntel,
  Next,
  unaskedExit,
  Vector,
} from "@bareflank/sdk";
import { xcr0Bits } from "../control-bits";
import { Vcpu } from "../vcpu";

const CR4: u64 = 4;
/** Which register: in Intel's qualification (SDM volume 3, table 28-3), and in AMD's reasons. */
const NUMBER: u64 = 15;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

export function writeControl(vcpu: Vcpu, reason: u64): Next {
  const number = (isIntel() ? exitInformation1() : reason) & NUMBER;
  return accessControl(reason, number == CR4 ? vcpu.cr4Bits : ALL);
}

/** XSETBV. */
export function writeXcr0(vcpu: Vcpu): Next {
  const value = (guest.rdx << 32) | (guest.rax & 0xffff_ffff);
  if ((value & ~xcr0Bits(vcpu)) != 0) return vcpu.vs.raiseWithCode(Vector.GeneralProtection, 0);
  return unaskedExit(vcpu.vsId, EXIT_XSETBV);
}
