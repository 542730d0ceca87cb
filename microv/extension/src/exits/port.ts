// A guest's ports: its caller has the devices

import { guest, ioInformation, Next, poke8, poke16, poke64 } from "@bareflank/sdk";
import {
  MV_EXIT_IO,
  MV_IO_IN,
  MV_IO_REPEATED,
  MV_IO_STRING,
  MV_PAGE_DATA,
  MV_PAGE_IO_BYTES,
  MV_PAGE_IO_FLAGS,
  MV_PAGE_PORT,
} from "../../../../abi/generated/bare/hypercalls";
import { tellInstruction } from "../instruction";
import { exitedPriority } from "../interrupts";
import { isFull } from "../irqchip/chips";
import { readPic, writePic } from "../irqchip/lines";
import { isPicPort } from "../irqchip/pic";
import { goOnBehind, leaveGuestBehind, leaveGuestWith } from "../run";
import { Vcpu } from "../vcpu";

/** Bits of the exit's information (APM volume 2, 15.10.2). */
const INPUT: u64 = 1;
const STRING: u64 = 4;
const REPEATED: u64 = 8;

/** IN and OUT are behind the guest when its caller hears of them; INS and OUTS, whose memory is the guest's, are before it. */
export function leaveForPort(vcpu: Vcpu): Next {
  const information = ioInformation();
  const bytes = <u32>(information >> 4) & 7;
  const isInput = (information & INPUT) != 0;
  const isString = (information & STRING) != 0;
  if (vcpu.apic != 0 && !isString && isPicsPort(vcpu, <u32>(information >> 16))) {
    return bytes == 1 ? accessPic(vcpu, <u32>(information >> 16), isInput) : missPic(vcpu, bytes, isInput);
  }
  let flags: u32 = isInput ? MV_IO_IN : 0;
  if (isString) flags |= MV_IO_STRING;
  if ((information & REPEATED) != 0) flags |= MV_IO_REPEATED;
  const page = vcpu.shared(0);
  poke16(page + MV_PAGE_PORT, <u16>(information >> 16));
  poke8(page + MV_PAGE_IO_BYTES, <u8>bytes);
  poke8(page + MV_PAGE_IO_FLAGS, <u8>flags);
  if (isString) {
    tellInstruction(vcpu);
    // An instruction of the guest's was carried out: nothing was being delivered
    return leaveGuestWith(vcpu, MV_EXIT_IO, false);
  }
  if (isInput) vcpu.pendingInput = bytes;
  else poke64(page + MV_PAGE_DATA, guest.rax & (bytes == 4 ? 0xffff_ffff : bytes == 2 ? 0xffff : 0xff));
  return leaveGuestBehind(vcpu, MV_EXIT_IO);
}

function isPicsPort(vcpu: Vcpu, port: u32): bool {
  return isPicPort(port) && isFull(vcpu.vp.guest);
}

/** Its ports are bytes: what is wider does nothing, and reads as 0. */
function missPic(vcpu: Vcpu, bytes: u32, isInput: bool): Next {
  exitedPriority(vcpu);
  if (isInput) guest.rax = bytes == 2 ? guest.rax & ~0xffff : 0;
  return goOnBehind(vcpu);
}

/** The 8259 pair is here. */
function accessPic(vcpu: Vcpu, port: u32, isInput: bool): Next {
  exitedPriority(vcpu);
  if (isInput) {
    guest.rax = (guest.rax & ~0xff) | <u64>readPic(vcpu.vp.guest, port);
    return goOnBehind(vcpu);
  }
  const reason = writePic(vcpu, port, <u32>guest.rax & 0xff);
  return reason != 0 ? leaveGuestBehind(vcpu, reason) : goOnBehind(vcpu);
}
