// Interrupt lines of a VM's 8259 pair and I/O APIC, and what their changes mean for its vCPUs
//
// Functions here want the VM's lock, and leave with the vCPUs that somebody has to wake, a bit each.

import { ownMemory, poke64 } from "@bareflank/sdk";
import {
  MV_CHIP_IO_APIC,
  MV_EXIT_EOI,
  MV_MAX_APICS,
  MV_PAGE_DATA,
  MV_PAGE_WAKE,
} from "../../../../abi/generated/bare/hypercalls";
import { Vcpu } from "../vcpu";
import { GuestVm } from "../vm";
import { numberOf } from "./apic-page";
import {
  addWake,
  chipsOf,
  FROM_DEVICE,
  isFull,
  lockChips,
  notify,
  sendMessage,
  takenOf,
  takeWake,
  unlockChips,
  vcpuWith,
  wakeOthers,
} from "./chips";
import {
  IO_APIC_PINS,
  IO_APIC_STATE_WORDS,
  ioApicEnded,
  ioApicEoi,
  ioApicLine,
  ioApicRead,
  ioApicReset,
  ioApicState,
  ioApicWrite,
  setIoApicState,
} from "./io-apic";
import { takesExternal } from "./local-apic";
import {
  PIC_LINES,
  PIC_STATE_WORDS,
  picAcknowledge,
  picEnded,
  picLine,
  picOutput,
  picRead,
  picReset,
  picState,
  picWrite,
  setPicState,
} from "./pic";

/** Where they lie in the page of the VM's controllers. */
const PIC: u64 = 0x100;
const IO_APIC: u64 = 0x200;
/** MV_EXIT_EOI: lines of the 8259 pair behind the I/O APIC's pins. */
const PIC_ENDED_SHIFT: u64 = 32;

/** As they are before anything is written. */
export function resetLines(vm: GuestVm): void {
  picReset(picOf(vm));
  ioApicReset(ioApicOf(vm));
}

/** Whether a controller has such a line. */
export function isLine(chip: u32, line: u32): bool {
  return line < (chip == MV_CHIP_IO_APIC ? IO_APIC_PINS : PIC_LINES);
}

/** A source asserts a line, or not any more: how many local APICs took that, 0: it waits already, -1: it is masked. */
export function setLine(vm: GuestVm, chip: u32, line: u32, source: u32, level: u32): i32 {
  if (chip == MV_CHIP_IO_APIC) return ioApicLine(ioApicOf(vm), line, source, level, send, contextOf(vm));
  const taken = picLine(picOf(vm), line, source, level);
  tellPic(vm);
  return taken;
}

export function readIoApic(vm: GuestVm, offset: u32): u32 {
  return ioApicRead(ioApicOf(vm), offset);
}
export function writeIoApic(vm: GuestVm, offset: u32, value: u32): void {
  ioApicWrite(ioApicOf(vm), offset, value, send, contextOf(vm));
}

/** 64-bit words of a controller's state. */
export function stateWords(chip: u32): u32 {
  return chip == MV_CHIP_IO_APIC ? IO_APIC_STATE_WORDS : PIC_STATE_WORDS;
}
export function lineState(vm: GuestVm, chip: u32, word: u32): u64 {
  return chip == MV_CHIP_IO_APIC ? ioApicState(ioApicOf(vm), word) : picState(picOf(vm), chip, word);
}
export function setLineState(vm: GuestVm, chip: u32, word: u32, value: u64): void {
  if (chip == MV_CHIP_IO_APIC) setIoApicState(ioApicOf(vm), word, value, send, contextOf(vm));
  else {
    setPicState(picOf(vm), chip, word, value);
    tellPic(vm);
  }
}

/** A guest's local APIC has ended a level-triggered interrupt: MV_EXIT_* that its caller has to hear of, or 0. Without the lock. */
export function endLevel(vcpu: Vcpu, vector: u32): u32 {
  const vm = vcpu.vp.guest;
  lockChips(vm);
  ioApicEoi(ioApicOf(vm), vector, send, contextOf(vm));
  const ended: u64 = ioApicEnded(ioApicOf(vm));
  const wake = takeWake(vm);
  unlockChips(vm);
  return ended != 0 ? leaveForEnd(vcpu, ended, wake) : wakeOthers(vcpu, wake);
}

/** A guest reads a port of the 8259 pair. Without the lock. */
export function readPic(vm: GuestVm, port: u32): u32 {
  lockChips(vm);
  const value = picRead(picOf(vm), port);
  unlockChips(vm);
  return value;
}

/** A guest writes one: as endLevel(). */
export function writePic(vcpu: Vcpu, port: u32, value: u32): u32 {
  const vm = vcpu.vp.guest;
  lockChips(vm);
  picWrite(picOf(vm), port, value);
  tellPic(vm);
  const ended: u64 = picEnded(picOf(vm));
  const wake = takeWake(vm);
  unlockChips(vm);
  return ended != 0 ? leaveForEnd(vcpu, ended << PIC_ENDED_SHIFT, wake) : wakeOthers(vcpu, wake);
}

/** Whether the 8259 pair asks for an interrupt: true or false may be past already. */
export function hasPicInterrupt(vm: GuestVm): bool {
  return isFull(vm) && picOutput(picOf(vm));
}

/** The vector that it asks for, or -1: it does not any more. Without the lock. */
export function takePicInterrupt(vm: GuestVm): i32 {
  lockChips(vm);
  const vector: i32 = picOutput(picOf(vm)) ? <i32>picAcknowledge(picOf(vm)) : -1;
  unlockChips(vm);
  return vector;
}

function leaveForEnd(vcpu: Vcpu, ended: u64, wake: u64): u32 {
  poke64(vcpu.shared(MV_PAGE_DATA), ended);
  poke64(vcpu.shared(MV_PAGE_WAKE), wake & ~((<u64>1) << numberOf(ownMemory(vcpu.apic))));
  return MV_EXIT_EOI;
}

/** Those that take the 8259 pair's interrupts look whether there is one. */
function tellPic(vm: GuestVm): void {
  if (!picOutput(picOf(vm))) return;
  for (let number: u32 = 0; number < MV_MAX_APICS; number++) {
    const vcpu = vcpuWith(vm, number);
    if (vcpu !== null && takesExternal(ownMemory(vcpu.apic)) && notify(vcpu)) addWake(vm, (<u64>1) << number);
  }
}

/** What the I/O APIC sends. */
function send(context: u64, message: u32, destination: u32): i32 {
  const vm = changetype<GuestVm>(<usize>context);
  addWake(vm, sendMessage(vm, message, destination, false, FROM_DEVICE));
  const taken = takenOf(vm);
  return taken == 0 ? -1 : <i32>taken;
}

function contextOf(vm: GuestVm): u64 {
  return <u64>changetype<usize>(vm);
}

function picOf(vm: GuestVm): u64 {
  return chipsOf(vm) + PIC;
}

function ioApicOf(vm: GuestVm): u64 {
  return chipsOf(vm) + IO_APIC;
}
