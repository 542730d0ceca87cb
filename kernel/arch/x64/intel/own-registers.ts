// Registers that the VMCS does not hold, and host mode or another VS uses: CR2, DR6, STAR, LSTAR, CSTAR, FMASK, KERNEL_GS_BASE
//
// Of the active VS, those that host mode has values of its own for are in this processor's block, where the assembly
// saves and loads them; CSTAR and KERNEL_GS_BASE, which nobody uses in host mode, stay in their MSRs.

import {
  ENTRY_STATE,
  PP_BLOCK_ENTRY_WORK,
  PP_BLOCK_GUEST_CR2,
  PP_BLOCK_GUEST_DR6,
  PP_BLOCK_GUEST_FMASK,
  PP_BLOCK_GUEST_LSTAR,
  PP_BLOCK_GUEST_STAR,
} from "../../../../abi/generated/bare/pp-block";
import { block32, block64, setBlock32, setBlock64 } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { rdmsr, wrmsr } from "../cpu";
import { VS_CR2, VS_CSTAR, VS_DR6, VS_FMASK, VS_KERNEL_GS_BASE, VS_LSTAR, VS_STAR } from "../register-file";

const MSR_CSTAR: u32 = 0xc000_0083;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;

/** The field of this processor's block that a register of the active VS is in; 0 when it is in its MSR. */
function blockField(index: u32): u32 {
  switch (index) {
    case VS_CR2:
      return PP_BLOCK_GUEST_CR2;
    case VS_DR6:
      return PP_BLOCK_GUEST_DR6;
    case VS_STAR:
      return PP_BLOCK_GUEST_STAR;
    case VS_LSTAR:
      return PP_BLOCK_GUEST_LSTAR;
    case VS_FMASK:
      return PP_BLOCK_GUEST_FMASK;
    default:
      return 0;
  }
}

function msrOf(index: u32): u32 {
  return index == VS_CSTAR ? MSR_CSTAR : MSR_KERNEL_GS_BASE;
}

/** A register, VS_CR2 to VS_KERNEL_GS_BASE, of a VS that is parked or active on this processor. */
export function readOwn(vs: Vs, index: u32): u64 {
  if (vs.active == 0) return vs.readParked(index);
  const field = blockField(index);
  return field != 0 ? block64(field) : rdmsr(msrOf(index));
}

/** Writes one; false when the processor would refuse the value. */
export function writeOwn(vs: Vs, index: u32, value: u64): bool {
  if (!isTaken(index, value)) return false;
  if (vs.active == 0) vs.writeParked(index, value);
  else writeHere(index, value);
  return true;
}

/** Takes those of a VS, which has just become active, over from where they were parked. */
export function loadOwn(vs: Vs): void {
  for (let index = VS_CR2; index <= VS_KERNEL_GS_BASE; index++) writeHere(index, vs.readParked(index));
}

/** Parks those of a VS that was active until now. */
export function parkOwn(vs: Vs): void {
  for (let index = VS_CR2; index <= VS_KERNEL_GS_BASE; index++) {
    const field = blockField(index);
    vs.writeParked(index, field != 0 ? block64(field) : rdmsr(msrOf(index)));
  }
}

function writeHere(index: u32, value: u64): void {
  const field = blockField(index);
  if (field == 0) wrmsr(msrOf(index), value);
  else setBlock64(field, value);
  setBlock32(PP_BLOCK_ENTRY_WORK, block32(PP_BLOCK_ENTRY_WORK) | ENTRY_STATE);
}

/** What WRMSR and MOV to DR6 take: the entry must not fault. */
function isTaken(index: u32, value: u64): bool {
  if (index == VS_DR6 || index == VS_FMASK) return value >> 32 == 0;
  if (index == VS_LSTAR || index == VS_CSTAR || index == VS_KERNEL_GS_BASE) return isCanonical(value);
  return true;
}

/** Of 48 bits, which is what host mode's paging has. */
function isCanonical(address: u64): bool {
  return <u64>(<i64>(address << 16) >> 16) == address;
}

/** A fault in host mode has changed CR2 or DR6. */
export function noteFault(): void {
  setBlock32(PP_BLOCK_ENTRY_WORK, block32(PP_BLOCK_ENTRY_WORK) | ENTRY_STATE);
}
