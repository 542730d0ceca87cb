// INS and OUTS on the guest's behalf: between a port and its memory, element by element

import { Register } from "../../../abi/generated/bare/enumerations";
import { nativeAddress } from "../../../bsl/src/memory";
import { guest } from "./guest";
import { ACCESS_USER, ACCESS_WRITE, readGuestVirtual, writeGuestVirtual } from "./guest-tables";
import { Next } from "./next";
import { portIn, portOut } from "./port";
import { ATTRIBUTE_32, ATTRIBUTE_LONG } from "./segments";
import { Vector } from "./vectors";

const INFORMATION_INPUT: u64 = 1;
const INFORMATION_REPEATED: u64 = 8;
const RFLAGS_DIRECTION: u64 = 1 << 10;
/** Elements after which the VM may take an interrupt, as the processor lets it between any two. */
const ELEMENTS_AT_ONCE: u64 = 1024;

const element: usize = memory.data(4, 4);

/** Carries out the instruction that ioInformation() describes. OUTS reads from DS. Result: what is to happen next. */
export function passStringThrough(information: u64): Next {
  const isInput = (information & INFORMATION_INPUT) != 0;
  const isRepeated = (information & INFORMATION_REPEATED) != 0;
  const mask = addressMask(<u32>(information >> 7) & 7);
  const bytes = <u32>(information >> 4) & 7;
  let left = isRepeated ? guest.rcx & mask : 1;
  for (let i: u64 = 0; left != 0; i++) {
    if (i == ELEMENTS_AT_ONCE) return Next.Run;
    if (!transfer(<u32>(information >> 16) & 0xffff, bytes, isInput, mask)) return Next.Run;
    left--;
    if (isRepeated) guest.rcx = merge(guest.rcx, left, mask);
  }
  return Next.AdvanceAndRun;
}

/** One element; false when its memory is not mapped, and a page fault waits for the VM. */
function transfer(port: u32, bytes: u32, isInput: bool, mask: u64): bool {
  const isLong = (guest.vs.get(Register.CsAttrib) & ATTRIBUTE_LONG) != 0;
  const base = isLong ? 0 : guest.vs.get(isInput ? Register.EsBase : Register.DsBase);
  const index = isInput ? guest.rdi : guest.rsi;
  const address = base + (index & mask);
  const user = guest.privilege == 3 ? ACCESS_USER : 0;
  const buffer = nativeAddress(<u32>element);
  if (isInput) {
    store<u32>(element, portIn(port, bytes));
    if (!writeGuestVirtual(address, buffer, bytes, user)) return fault(address, user | ACCESS_WRITE);
  } else {
    store<u32>(element, 0);
    if (!readGuestVirtual(buffer, address, bytes, user)) return fault(address, user);
    portOut(port, bytes, load<u32>(element));
  }
  const moved = (guest.rflags & RFLAGS_DIRECTION) != 0 ? index - bytes : index + bytes;
  if (isInput) guest.rdi = merge(index, moved, mask);
  else guest.rsi = merge(index, moved, mask);
  return true;
}

function fault(address: u64, errorCode: u32): bool {
  guest.cr2 = address;
  guest.vs.raiseWithCode(Vector.PageFault, errorCode);
  return false;
}

/** Bits of an address of so many units of 16 bits; 0: the processor does not tell, so as is usual in this code. */
function addressMask(told: u32): u64 {
  const attributes = guest.vs.get(Register.CsAttrib);
  const usual: u32 = (attributes & ATTRIBUTE_LONG) != 0 ? 4 : (attributes & ATTRIBUTE_32) != 0 ? 2 : 1;
  const size = told != 0 ? told : usual;
  return size == 4 ? 0xffff_ffff_ffff_ffff : size == 2 ? 0xffff_ffff : 0xffff;
}

/** A register that took a value of the address size: a 32-bit one clears the upper half. */
function merge(before: u64, value: u64, mask: u64): u64 {
  return mask == 0xffff ? (before & ~mask) | (value & mask) : value & mask;
}
