// Hypercalls of interrupt controllers (abi/src/hypercalls.ts)

import {
  allocatePage,
  fillMemory,
  freePage,
  guest,
  ownMemory,
  PAGE_BYTES,
  peek64,
  processorTime,
} from "@bareflank/sdk";
import * as mv from "../../../abi/generated/bare/hypercalls";
import { priorityOf, setPriority } from "./interruptibility";
import { notePriority } from "./interrupts";
import { APIC_TASK_PRIORITY, MODE_XAPIC, modeOf, numberOf } from "./irqchip/apic-page";
import {
  addApic,
  addWake,
  FROM_DEVICE,
  giveChips,
  hasChips,
  isFull,
  khzOf,
  lockChips,
  removeApic,
  sendMessage,
  takenOf,
  takeWake,
  unlockChips,
} from "./irqchip/chips";
import { follow } from "./irqchip/follow";
import {
  isLine,
  lineState,
  readIoApic,
  resetLines,
  setLine,
  setLineState,
  stateWords,
  writeIoApic,
} from "./irqchip/lines";
import {
  APIC_REFUSES,
  createApic,
  isReadable,
  openExternal,
  readApic,
  restoreApic,
  saveApic,
  taskPriority,
  writeApic,
} from "./irqchip/local-apic";
import { deviceDestination, deviceMessage } from "./irqchip/messages";
import { Vcpu } from "./vcpu";
import { GuestVm, vmAt } from "./vm";

const MOST_KHZ: u64 = 0xffff_ffff;
const REGISTER_MASK: u64 = 15;
const LINE: u64 = 0xff;
const SOURCE_SHIFT: u64 = 8;
const MOST_SOURCE: u64 = mv.MV_SOURCE_RESAMPLED >> 8;
const LAST_CHIP: u64 = mv.MV_CHIP_IO_APIC;

/** MV_VM_IRQCHIP_CREATE. Behind the lock of objects. */
export function createChips(vm: GuestVm): u64 {
  if (vm.vps != 0 || vm.chips != 0) return mv.MV_STATUS_INVALID_INPUT_REG1;
  if (guest.r12 > mv.MV_IRQCHIP_SPLIT) return mv.MV_STATUS_INVALID_INPUT_REG2;
  if (guest.r13 == 0 || guest.r13 > MOST_KHZ) return mv.MV_STATUS_INVALID_INPUT_REG3;
  const page = allocatePage();
  if (page == 0) return mv.MV_STATUS_FAILURE_UNKNOWN;
  fillMemory(ownMemory(page), 0, PAGE_BYTES);
  lockChips(vm);
  giveChips(vm, page, <u32>guest.r12, <u32>guest.r13);
  resetLines(vm);
  unlockChips(vm);
  return mv.MV_STATUS_SUCCESS;
}

/** Whether a call is one for a VM's controllers, which wait for nothing but them. */
export function isChipsCall(call: u32): bool {
  return call >= mv.MV_VM_IRQ_LINE && call <= mv.MV_VM_IRQCHIP_SET;
}

/** Such a call. */
export function chipsCall(call: u32): u64 {
  if (guest.r11 >= mv.MV_MAX_VMS) return mv.MV_STATUS_INVALID_INPUT_REG1;
  const vm = vmAt(<u32>guest.r11);
  lockChips(vm);
  const status = hasChips(vm) ? callOf(vm, call) : mv.MV_STATUS_INVALID_INPUT_REG1;
  unlockChips(vm);
  return status;
}

function callOf(vm: GuestVm, call: u32): u64 {
  if (call == mv.MV_VM_MSI) return sendDevice(vm);
  if (!isFull(vm)) return mv.MV_STATUS_INVALID_INPUT_REG1;
  switch (call) {
    case mv.MV_VM_IRQ_LINE:
      return changeLine(vm);
    case mv.MV_VM_IO_APIC_READ:
      guest.r10 = readIoApic(vm, <u32>guest.r12);
      return mv.MV_STATUS_SUCCESS;
    case mv.MV_VM_IO_APIC_WRITE:
      writeIoApic(vm, <u32>guest.r12, <u32>guest.r13);
      return wake(vm);
    case mv.MV_VM_IRQCHIP_GET:
      if (!isState()) return mv.MV_STATUS_INVALID_INPUT_REG2;
      guest.r10 = lineState(vm, <u32>guest.r12, <u32>guest.r13);
      return mv.MV_STATUS_SUCCESS;
    case mv.MV_VM_IRQCHIP_SET:
      if (!isState()) return mv.MV_STATUS_INVALID_INPUT_REG2;
      setLineState(vm, <u32>guest.r12, <u32>guest.r13, guest.r14);
      return wake(vm);
    default:
      return mv.MV_STATUS_FAILURE_UNSUPPORTED;
  }
}

/** MV_VM_MSI. */
function sendDevice(vm: GuestVm): u64 {
  const address = guest.r12;
  addWake(vm, sendMessage(vm, deviceMessage(<u32>guest.r13, address), deviceDestination(address), false, FROM_DEVICE));
  guest.r11 = takenOf(vm);
  return wake(vm);
}

/** MV_VM_IRQ_LINE. */
function changeLine(vm: GuestVm): u64 {
  const line = guest.r13 & LINE;
  const source = guest.r13 >> SOURCE_SHIFT;
  if (guest.r12 > LAST_CHIP) return mv.MV_STATUS_INVALID_INPUT_REG2;
  if (source > MOST_SOURCE || !isLine(<u32>guest.r12, <u32>line)) return mv.MV_STATUS_INVALID_INPUT_REG3;
  if (guest.r14 > 1) return mv.MV_STATUS_INVALID_INPUT_REG4;
  const taken = setLine(vm, <u32>guest.r12, <u32>line, <u32>source, <u32>guest.r14);
  guest.r11 = <u64>(<i64>taken);
  return wake(vm);
}

/** Whether R12 and R13 name a word of a controller's state. */
function isState(): bool {
  return guest.r12 <= LAST_CHIP && guest.r13 < stateWords(<u32>guest.r12);
}

/** R10: whom the caller has to wake. */
function wake(vm: GuestVm): u64 {
  guest.r10 = takeWake(vm);
  return mv.MV_STATUS_SUCCESS;
}

/** Calls on the local APIC of a vCPU that this processor has acquired; there are no others. */
export function apicCall(vcpu: Vcpu, call: u32): u64 {
  if (call < mv.MV_VS_APIC_CREATE || call > mv.MV_VS_APIC_SET) return mv.MV_STATUS_FAILURE_UNSUPPORTED;
  if (call == mv.MV_VS_APIC_CREATE) return giveApic(vcpu, guest.r12);
  if (vcpu.apic == 0) return mv.MV_STATUS_INVALID_INPUT_REG1;
  notePriority(vcpu, priorityOf(vcpu));
  switch (call) {
    case mv.MV_VS_APIC_READ:
    case mv.MV_VS_APIC_WRITE:
      return accessRegister(vcpu, call == mv.MV_VS_APIC_WRITE);
    case mv.MV_VS_APIC_GET:
      saveApic(ownMemory(vcpu.apic), vcpu.shared(mv.MV_PAGE_LIST), processorTime());
      return mv.MV_STATUS_SUCCESS;
    case mv.MV_VS_APIC_SET:
      restoreApic(ownMemory(vcpu.apic), vcpu.shared(mv.MV_PAGE_LIST), processorTime());
      setPriority(vcpu, taskPriority(ownMemory(vcpu.apic)));
      return mv.MV_STATUS_SUCCESS;
    default:
      return mv.MV_STATUS_FAILURE_UNSUPPORTED;
  }
}

/** MV_VS_APIC_CREATE. */
function giveApic(vcpu: Vcpu, number: u64): u64 {
  const vm = vcpu.vp.guest;
  if (vcpu.apic != 0 || !hasChips(vm)) return mv.MV_STATUS_INVALID_INPUT_REG1;
  if (number >= mv.MV_MAX_APICS) return mv.MV_STATUS_INVALID_INPUT_REG2;
  const page = allocatePage();
  if (page == 0) return mv.MV_STATUS_FAILURE_UNKNOWN;
  fillMemory(ownMemory(page), 0, PAGE_BYTES);
  createApic(ownMemory(page), <u32>number, khzOf(vm));
  if (number == 0) openExternal(ownMemory(page));
  vcpu.apic = page;
  if (addApic(vcpu, <u32>number)) return mv.MV_STATUS_SUCCESS;
  vcpu.apic = 0;
  freePage(page);
  return mv.MV_STATUS_INVALID_INPUT_REG2;
}

/** The vCPU ends. */
export function takeApic(vcpu: Vcpu): void {
  if (vcpu.apic == 0) return;
  removeApic(vcpu, numberOf(ownMemory(vcpu.apic)));
  freePage(vcpu.apic);
  vcpu.apic = 0;
}

/** A register in memory, as in xAPIC mode: what cannot be written or read does nothing, and reads as 0. */
function accessRegister(vcpu: Vcpu, isWrite: bool): u64 {
  const apic = ownMemory(vcpu.apic);
  if (modeOf(apic) != MODE_XAPIC) return mv.MV_STATUS_INVALID_INPUT_REG1;
  if (guest.r12 >= mv.MV_APIC_BYTES || (guest.r12 & REGISTER_MASK) != 0) return mv.MV_STATUS_INVALID_INPUT_REG2;
  const offset = <u32>guest.r12;
  const now = processorTime();
  if (!isWrite) {
    guest.r10 = isReadable(apic, offset) ? readApic(apic, offset, now) : 0;
    return mv.MV_STATUS_SUCCESS;
  }
  const effects = writeApic(apic, offset, <u32>guest.r13, now);
  if ((effects & APIC_REFUSES) == 0 && offset == APIC_TASK_PRIORITY) setPriority(vcpu, taskPriority(apic));
  const reason = follow(vcpu, effects, now);
  guest.r10 = peek64(vcpu.shared(mv.MV_PAGE_WAKE));
  guest.r11 = reason == mv.MV_EXIT_EOI ? reason : 0;
  return mv.MV_STATUS_SUCCESS;
}
