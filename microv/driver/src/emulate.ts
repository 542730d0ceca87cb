// Instructions that touch a device's memory, or move strings between memory and ports: carried out here (bsl/src/emulator)

import * as em from "../../../abi/generated/bare/emulation";
import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { compareExchange32, storeRelease32 } from "../../../bsl/src/atomic";
import { EMULATION_PLACE_BYTES, emulate } from "../../../bsl/src/emulator/emulate";
import {
  copyMemory,
  nativeAddress,
  peek8,
  peek16,
  peek32,
  peek64,
  poke8,
  poke16,
  poke32,
  poke64,
} from "../../../bsl/src/memory";
import { giveAnswer, noteAnswer } from "./answered";
import { isController, readController, writeController } from "./controller-memory";
import { NO_DEVICE, readPortDevice, writeMemoryDevice, writePortDevice } from "./devices";
import { readSegments, setLongSegments, showSegments, writeSegments } from "./emulated-segments";
import { EFAULT, EINTR } from "./errors";
import { askForPort, GO_ON, internalError, leave, PENDING_EMULATION, PENDING_STEP } from "./exit";
import { LEGACY_BYTES, readLegacy, writeLegacy } from "./fpu";
import { callMv } from "./hypercall";
import { append, beginList, getList, setList, setRegister, valueAt } from "./list";
import {
  MACHINE_GLUE,
  setWord,
  VCPU_BLOCK,
  VCPU_EMULATION,
  VCPU_MACHINE,
  VCPU_PAGE,
  VCPU_PENDING,
  VCPU_VS,
  word,
} from "./objects";
import { isIntel, isSignalled, lockMachine, sleep, unlockMachine } from "./platform";

/** What every mode wants, in the order of the context's fields from CR0 on; and the attributes of CS and SS. */
const CONTROL: usize = memory.data<u32>([
  mv.MV_REG_CR0,
  mv.MV_REG_CR3,
  mv.MV_REG_CR4,
  mv.MV_REG_EFER,
  mv.MV_REG_CS_ATTRIB,
  mv.MV_REG_SS_ATTRIB,
  mv.MV_REG_FS_BASE,
  mv.MV_REG_GS_BASE,
]);
const CONTROL_COUNT: u32 = 8;
const WORDS: u32 = 4;
const EFER_PLACE: u32 = 3;
const CS_PLACE: u32 = 4;
const FS_PLACE: u32 = 6;
/** General registers, RIP and RFLAGS: the first of the context, and in the same order in the page. */
const REGISTER_BYTES: u64 = 144;
/** The context, and registers of x87 and XMM twice. */
export const VCPU_EMULATION_BYTES: u64 = em.EMULATION_BYTES + 2 * LEGACY_BYTES;
const EFER_LMA: u64 = 1 << 10;
const LONG: u64 = 1 << 9;

/** Vectors with an error code: #DF, #TS, #NP, #SS, #GP, #PF, #AC (APM volume 2, table 8-1). */
const CODES: u32 = (1 << 8) | (1 << 10) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 17);
const PAGE_FAULT: u32 = 14;
const DEBUG_EXCEPTION: u64 = 1;
const RFLAGS_TF: u64 = 1 << 8;

/** The emulator's memory while it works: places, and a word for each that says who has it. */
const PLACES: u32 = 32;
const places: usize = memory.data(32 * EMULATION_PLACE_BYTES, 8);
const taken: usize = memory.data(32 * 4, 4);

/** Carries out the instruction at which the guest has met a port: 0 when its user is asked for something, or GO_ON. */
export function emulateInstruction(vcpu: u64, run: u64): i64 {
  return begin(vcpu, run, 0);
}

/** The same of one that has met memory which is a device: the processor has found where. */
export function emulateAccess(vcpu: u64, run: u64, address: u64, access: u32): i64 {
  poke64(word(vcpu, VCPU_EMULATION) + em.EMULATION_KNOWN_ADDRESS, address);
  if ((access & (mv.MV_ACCESS_TABLE_WALK | mv.MV_ACCESS_EXECUTE)) != 0) return begin(vcpu, run, 0);
  const isWrite = (access & mv.MV_ACCESS_WRITE) != 0;
  return begin(vcpu, run, em.EMULATION_FLAG_KNOWN | (isWrite ? em.EMULATION_FLAG_KNOWN_WRITE : 0));
}

/** An instruction that the processor does not know: the other vendor's hypercall becomes this one's, all else is #UD. */
export function replaceHypercall(vcpu: u64, run: u64): i64 {
  return begin(vcpu, run, em.EMULATION_FLAG_HYPERCALL);
}

/** Goes on where stopAmid() has stopped. */
export function resumeEmulation(vcpu: u64, run: u64): i64 {
  return advance(vcpu, run);
}

function begin(vcpu: u64, run: u64, flags: u32): i64 {
  return readContext(vcpu, run, flags) ? advance(vcpu, run) : internalError(run);
}

/** The user has done what it was asked for. */
export function finishEmulation(vcpu: u64, run: u64): i64 {
  const context = word(vcpu, VCPU_EMULATION);
  switch (peek32(context + em.EMULATION_RESULT)) {
    case em.EMULATION_READ:
      poke64(context + em.EMULATION_DATA, peek64(run + kvm.KVM_RUN_MMIO_DATA));
      break;
    case em.EMULATION_IN:
      if (peek32(context + em.EMULATION_ELEMENT_COUNT) == 1) {
        poke64(context + em.EMULATION_DATA, peek64(run + kvm.KVM_PAGE_BYTES));
      }
      break;
  }
  return advance(vcpu, run);
}

function advance(vcpu: u64, run: u64): i64 {
  let result = emulateStep(vcpu);
  for (let answers: u32 = 0; isAnswered(vcpu, run, result); answers++) {
    // A guest can make an instruction as long as it likes
    if (answers != 0 && isWantedBack(run)) return stopAmid(vcpu, run);
    result = emulateStep(vcpu);
  }
  switch (result) {
    case em.EMULATION_READ:
    case em.EMULATION_WRITE:
      return askForMemory(vcpu, run, result == em.EMULATION_WRITE);
    case em.EMULATION_IN:
    case em.EMULATION_OUT:
      return askForString(vcpu, run, result == em.EMULATION_IN);
    case em.EMULATION_DONE:
      return writeBack(vcpu) ? GO_ON : internalError(run);
    case em.EMULATION_EXCEPTION:
      return raise(vcpu) ? GO_ON : internalError(run);
    case em.EMULATION_FAILED:
      return EFAULT;
    default:
      return unknown(vcpu, run);
  }
}

function emulateStep(vcpu: u64): u32 {
  const result = emulateOnce(vcpu);
  return result == em.EMULATION_UNKNOWN && showMore(vcpu) ? emulateOnce(vcpu) : result;
}

function isWantedBack(run: u64): bool {
  return isSignalled() != 0 || peek8(run + kvm.KVM_RUN_IMMEDIATE_EXIT) != 0;
}

function stopAmid(vcpu: u64, run: u64): i64 {
  setWord(vcpu, VCPU_PENDING, PENDING_STEP);
  leave(run, kvm.KVM_EXIT_INTR);
  return EINTR;
}

/** Whether what the emulator asks for is done here, without the user. */
function isAnswered(vcpu: u64, run: u64, asked: u32): bool {
  const machine = word(vcpu, VCPU_MACHINE);
  const context = word(vcpu, VCPU_EMULATION);
  const address = peek64(context + em.EMULATION_ADDRESS);
  const bytes = peek32(context + em.EMULATION_ACCESS_BYTES);
  switch (asked) {
    case em.EMULATION_READ:
      if (!isController(vcpu, address)) return false;
      poke64(context + em.EMULATION_DATA, readController(vcpu, address));
      return true;
    case em.EMULATION_WRITE:
      if (isController(vcpu, address)) {
        writeController(vcpu, address, peek64(context + em.EMULATION_DATA), bytes);
        return true;
      }
      return writeMemoryDevice(machine, address, bytes, peek64(context + em.EMULATION_DATA));
    case em.EMULATION_OUT:
      return writeString(machine, run, context, <u32>address, bytes);
    case em.EMULATION_IN:
      return readString(machine, run, context, <u32>address, bytes);
    default:
      return false;
  }
}

/** A string of which the first element is taken is done; elements that nobody takes then are lost, as on Linux's KVM. */
function writeString(machine: u64, run: u64, context: u64, port: u32, bytes: u32): bool {
  const count = peek32(context + em.EMULATION_ELEMENT_COUNT);
  if (count == 1) return writePortDevice(machine, port, bytes, peek64(context + em.EMULATION_DATA));
  for (let i: u32 = 0; i < count; i++) {
    const place = run + kvm.KVM_PAGE_BYTES + <u64>(i * bytes);
    const datum: u64 = bytes == 1 ? peek8(place) : bytes == 2 ? peek16(place) : peek32(place);
    if (!writePortDevice(machine, port, bytes, datum)) return i != 0;
  }
  return true;
}

function readString(machine: u64, run: u64, context: u64, port: u32, bytes: u32): bool {
  const count = peek32(context + em.EMULATION_ELEMENT_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const datum = readPortDevice(machine, port, bytes);
    if (datum == NO_DEVICE) return false;
    if (count == 1) poke64(context + em.EMULATION_DATA, datum);
    else pokeElement(run + kvm.KVM_PAGE_BYTES + <u64>(i * bytes), bytes, <u32>datum);
  }
  return true;
}

function pokeElement(place: u64, bytes: u32, datum: u32): void {
  if (bytes == 1) poke8(place, <u8>datum);
  else if (bytes == 2) poke16(place, <u16>datum);
  else poke32(place, datum);
}

function emulateOnce(vcpu: u64): u32 {
  const place = takePlace();
  const machine = word(vcpu, VCPU_MACHINE);
  lockMachine(word(machine, MACHINE_GLUE));
  const result = emulate(word(vcpu, VCPU_EMULATION), places + <usize>(place * EMULATION_PLACE_BYTES));
  unlockMachine(word(machine, MACHINE_GLUE));
  givePlace(place);
  return result;
}

/** Most instructions do without segments and vectors. False: it is none of those that want them, or there are none to be had. */
function showMore(vcpu: u64): bool {
  const context = word(vcpu, VCPU_EMULATION);
  if ((peek32(context + em.EMULATION_FLAGS) & em.EMULATION_FLAG_SEGMENTS) != 0) return false;
  if (!showSegments(vcpu, context) || !readLegacy(vcpu, legacyOf(vcpu))) return false;
  copyMemory(legacyBefore(vcpu), legacyOf(vcpu), LEGACY_BYTES);
  poke64(context + em.EMULATION_FPU, legacyOf(vcpu));
  poke32(context + em.EMULATION_PROGRESS, 0);
  return true;
}

/** Behind the context: x87 and vector registers, and what they were before the instruction. */
function legacyOf(vcpu: u64): u64 {
  return word(vcpu, VCPU_EMULATION) + em.EMULATION_BYTES;
}
function legacyBefore(vcpu: u64): u64 {
  return legacyOf(vcpu) + LEGACY_BYTES;
}

/** KVM_EXIT_MMIO. */
function askForMemory(vcpu: u64, run: u64, isWrite: bool): i64 {
  const context = word(vcpu, VCPU_EMULATION);
  poke64(run + kvm.KVM_RUN_MMIO_PHYS_ADDR, peek64(context + em.EMULATION_ADDRESS));
  poke64(run + kvm.KVM_RUN_MMIO_DATA, isWrite ? peek64(context + em.EMULATION_DATA) : 0);
  poke32(run + kvm.KVM_RUN_MMIO_LEN, peek32(context + em.EMULATION_ACCESS_BYTES));
  poke8(run + kvm.KVM_RUN_MMIO_IS_WRITE, isWrite ? 1 : 0);
  setWord(vcpu, VCPU_PENDING, PENDING_EMULATION);
  return leave(run, kvm.KVM_EXIT_MMIO);
}

/** KVM_EXIT_IO of a string: the emulator's buffer is the page of port data. */
function askForString(vcpu: u64, run: u64, isInput: bool): i64 {
  const context = word(vcpu, VCPU_EMULATION);
  const count = peek32(context + em.EMULATION_ELEMENT_COUNT);
  if (!isInput && count == 1) poke64(run + kvm.KVM_PAGE_BYTES, peek64(context + em.EMULATION_DATA));
  setWord(vcpu, VCPU_PENDING, PENDING_EMULATION);
  const bytes = <u8>peek32(context + em.EMULATION_ACCESS_BYTES);
  return askForPort(run, isInput, <u16>peek64(context + em.EMULATION_ADDRESS), bytes, count);
}

/** The guest gets an exception for what it wanted. */
function raise(vcpu: u64): bool {
  const context = word(vcpu, VCPU_EMULATION);
  const vector = peek32(context + em.EMULATION_VECTOR);
  if (vector == PAGE_FAULT) {
    beginList(vcpu);
    append(vcpu, mv.MV_REG_CR2, peek64(context + em.EMULATION_CR2));
    if (!setList(vcpu)) return false;
  }
  const hasCode = ((CODES >> vector) & 1) != 0;
  const code = hasCode ? mv.MV_EVENT_HAS_CODE | <u64>peek32(context + em.EMULATION_ERROR_CODE) : 0;
  const status = callMv(vcpu + VCPU_BLOCK, mv.MV_VS_INJECT_EXCEPTION, word(vcpu, VCPU_VS), vector, code, 0);
  return status == mv.MV_STATUS_SUCCESS;
}

/** KVM_INTERNAL_ERROR_EMULATION, with the instruction's bytes. */
function unknown(vcpu: u64, run: u64): i64 {
  const context = word(vcpu, VCPU_EMULATION);
  const bytes = peek32(context + em.EMULATION_INSTRUCTION_BYTES);
  const result = internalError(run);
  const data = run + kvm.KVM_RUN_INTERNAL_DATA;
  poke32(run + kvm.KVM_RUN_INTERNAL_NDATA, 4);
  poke64(data, kvm.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES);
  poke64(data + 8, 0);
  poke64(data + 16, 0);
  poke8(data + 8, <u8>bytes);
  copyMemory(data + 9, context + em.EMULATION_INSTRUCTION, min(bytes, 15));
  return result;
}

/** The guest's registers, as the emulator wants them. Segments of 64-bit code are those of the mode, but for FS and GS. */
function readContext(vcpu: u64, run: u64, flags: u32): bool {
  const context = word(vcpu, VCPU_EMULATION);
  copyMemory(context + em.EMULATION_GENERAL, word(vcpu, VCPU_PAGE) + mv.MV_PAGE_GENERAL, REGISTER_BYTES);
  beginList(vcpu);
  for (let i: u32 = 0; i < CONTROL_COUNT; i++) append(vcpu, load<u32>(CONTROL + i * 4), 0);
  if (!getList(vcpu)) return false;
  for (let i: u32 = 0; i < WORDS; i++) poke64(context + em.EMULATION_CR0 + i * 8, valueAt(vcpu, i));
  const code = valueAt(vcpu, CS_PLACE);
  const stack = valueAt(vcpu, CS_PLACE + 1);
  poke32(context + em.EMULATION_CPL, (<u32>stack >> 5) & 3);
  if ((valueAt(vcpu, EFER_PLACE) & EFER_LMA) != 0 && (code & LONG) != 0)
    setLongSegments(vcpu, context, code, stack, FS_PLACE);
  else if (!readSegments(vcpu, context)) return false;
  poke64(context + em.EMULATION_OWNER, word(vcpu, VCPU_MACHINE));
  poke64(context + em.EMULATION_BUFFER, run + kvm.KVM_PAGE_BYTES);
  poke32(context + em.EMULATION_BUFFER_BYTES, kvm.KVM_PAGE_BYTES);
  poke32(context + em.EMULATION_FLAGS, isIntel() != 0 ? flags | em.EMULATION_FLAG_INTEL : flags);
  poke32(context + em.EMULATION_INSTRUCTION_BYTES, 0);
  poke32(context + em.EMULATION_PROGRESS, 0);
  poke64(context + em.EMULATION_FPU, 0);
  return true;
}

/** What the instruction has changed, for the guest's next run. A debug exception of single steps is due behind it. */
function writeBack(vcpu: u64): bool {
  const context = word(vcpu, VCPU_EMULATION);
  const hasLegacy = peek64(context + em.EMULATION_FPU) != 0;
  if (hasLegacy && !writeLegacy(vcpu, legacyOf(vcpu), legacyBefore(vcpu))) return false;
  if (!writeSegments(vcpu, context)) return false;
  copyMemory(word(vcpu, VCPU_PAGE) + mv.MV_PAGE_GENERAL, context + em.EMULATION_GENERAL, REGISTER_BYTES);
  noteAnswer(vcpu, mv.MV_RUN_REGISTERS);
  if (isInShadow(context)) return giveAnswer(vcpu) && setRegister(vcpu, mv.MV_REG_INTERRUPT_SHADOW, 1);
  if (peek32(context + em.EMULATION_TRAP) == 0) return true;
  if (!giveAnswer(vcpu)) return false;
  const status = callMv(vcpu + VCPU_BLOCK, mv.MV_VS_INJECT_EXCEPTION, word(vcpu, VCPU_VS), DEBUG_EXCEPTION, 0, 0);
  return status == mv.MV_STATUS_SUCCESS;
}

/** Where single steps are on, nothing but a step tells the two instructions apart, and Intel's processors want one to be pending. */
function isInShadow(context: u64): bool {
  return peek32(context + em.EMULATION_SHADOW) != 0 && (peek64(context + em.EMULATION_RFLAGS) & RFLAGS_TF) == 0;
}

function takePlace(): u32 {
  let place: u32 = 0;
  while (compareExchange32(nativeAddress(<u32>taken + place * 4), 0, 1) != 0) {
    place = (place + 1) % PLACES;
    if (place == 0) sleep(1);
  }
  return place;
}

function givePlace(place: u32): void {
  storeRelease32(nativeAddress(<u32>taken + place * 4), 0);
}
