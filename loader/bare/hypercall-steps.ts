// What steps of a script do (hypercall-script.ts), on whichever processor
//
// A processor prints what comes of its steps at once, or keeps it: those that work at the same time would print into
// one another's lines, and wait for one another at the port.

import { readVendor } from "#arch/check";
import { cpuidEax } from "#arch/cpu";
import { VENDOR_INTEL } from "../../abi/generated/bare/boot";
import { MV_STATUS_RETRY_CONTINUATION } from "../../abi/generated/bare/hypercalls";
import { exchangeAdd32, loadAcquire32, storeRelease32 } from "../../bsl/src/atomic";
import { copyMemory, nativeAddress, peek64, poke8, poke64 } from "../../bsl/src/memory";
import { call } from "./board";
import { print, printHex } from "./console";
import { take } from "./memory";

export const CALL: u64 = 1;
export const POKE: u64 = 2;
export const PEEK: u64 = 3;
export const KEEP: u64 = 4;
export const INSIST: u64 = 7;
export const LANE: u64 = 8;
export const STEP_BYTES: u64 = 64;
/** Processors that work at the same time, and lanes that there are. */
export const MOST: u32 = 7;

const SCRATCH: u64 = 0xb0;
const SLOT: u64 = 0xc0;
const SLOTS: u64 = 32;
const SCRATCH_PAGES: u32 = 1024;

/** Behind the other code that is put into memory (machine-code.ts). */
const CODE: u64 = 0x8a00;
const CODE_BYTES: u64 = 75;
/** The last byte of VMMCALL; VMCALL has another one. */
const CODE_VENDOR: u64 = 0x8a29;
const VMCALL: u8 = 0xc1;

/** Of each processor: the argument of its calls (RAX, R10 to R14), and behind that what it keeps, a word of its kind and size first. */
const BLOCK_PAGES: u32 = 64;
const BLOCK_BYTES: u64 = <u64>BLOCK_PAGES * 4096;
const KEPT: u64 = 64;

// biome-ignore format: an instruction a line
const code: usize = memory.data<u8>([
  0x53, 0x55,                               // 00  push rbx; push rbp
  0x41, 0x54, 0x41, 0x55,                   // 02  push r12; push r13
  0x41, 0x56, 0x41, 0x57,                   // 06  push r14; push r15
  0x48, 0x89, 0xfd,                         // 0a  mov rbp, rdi
  0x48, 0x8b, 0x45, 0x00,                   // 0d  mov rax, [rbp]
  0x4c, 0x8b, 0x55, 0x08,                   // 11  mov r10, [rbp + 8]
  0x4c, 0x8b, 0x5d, 0x10,                   // 15  mov r11, [rbp + 16]
  0x4c, 0x8b, 0x65, 0x18,                   // 19  mov r12, [rbp + 24]
  0x4c, 0x8b, 0x6d, 0x20,                   // 1d  mov r13, [rbp + 32]
  0x4c, 0x8b, 0x75, 0x28,                   // 21  mov r14, [rbp + 40]
  0x66, 0x90,                               // 25  nop
  0x0f, 0x01, 0xd9,                         // 27  vmmcall
  0x48, 0x89, 0x45, 0x00,                   // 2a  mov [rbp], rax
  0x4c, 0x89, 0x55, 0x08,                   // 2e  mov [rbp + 8], r10
  0x4c, 0x89, 0x5d, 0x10,                   // 32  mov [rbp + 16], r11
  0x4c, 0x89, 0x65, 0x18,                   // 36  mov [rbp + 24], r12
  0x4c, 0x89, 0x6d, 0x20,                   // 3a  mov [rbp + 32], r13
  0x41, 0x5f, 0x41, 0x5e,                   // 3e  pop r15; pop r14
  0x41, 0x5d, 0x41, 0x5c,                   // 42  pop r13; pop r12
  0x5d, 0x5b,                               // 46  pop rbp; pop rbx
  0xc3, 0x90, 0x90,                         // 48  ret
]);

/** By lane. */
const slots: usize = memory.data(8 * 32 * 7, 8);
/** By processor: the lane of its steps; where they begin and end; where what it keeps ends, or 0: it prints. */
const lanes: usize = memory.data(4 * 7, 4);
const begins: usize = memory.data(8 * 7, 8);
const ends: usize = memory.data(8 * 7, 8);
const keptEnds: usize = memory.data(8 * 7, 8);
/** Processors that are not done. */
const busy: usize = memory.data(4, 4);

let scratch: u64 = 0;
let blocks: u64 = 0;

/** Puts everything into memory that steps need. */
export function prepareSteps(): void {
  copyMemory(CODE, nativeAddress(<u32>code), CODE_BYTES);
  if (readVendor() === VENDOR_INTEL) poke8(CODE_VENDOR, VMCALL);
  scratch = take(SCRATCH_PAGES, 1);
  blocks = take(BLOCK_PAGES * MOST, 0);
}

/** Says which steps a processor carries out at its next takePortion(). */
export function givePortion(processor: u32, begin: u64, end: u64): void {
  store<u64>(begins + <usize>processor * 8, begin);
  store<u64>(ends + <usize>processor * 8, end);
}

/** So many processors are about to take their portions. */
export function expectPortions(count: u32): void {
  storeRelease32(nativeAddress(<u32>busy), count);
}

/**
 * Carries a portion out, and keeps what comes of it. Behind that it exits until all are done: what one takes from memory comes back
 * only when the others have exited.
 */
export function takePortion(processor: u32): void {
  const end = load<u64>(ends + <usize>processor * 8);
  setKeptEnd(processor, blockOf(processor) + KEPT);
  for (let step = load<u64>(begins + <usize>processor * 8); step < end; step += STEP_BYTES) carryOut(step, processor);
  exchangeAdd32(nativeAddress(<u32>busy), 0xffff_ffff);
  while (loadAcquire32(nativeAddress(<u32>busy)) !== 0) cpuidEax(0, 0);
}

/** Prints what a processor has kept, and has it print again. */
export function printPortion(processor: u32): void {
  const end = load<u64>(keptEnds + <usize>processor * 8);
  setKeptEnd(processor, 0);
  for (let at = blockOf(processor) + KEPT; at < end; ) {
    const words = peek64(at) & 0xffff_ffff;
    show(peek64(at) >> 32, at + 8, words, processor);
    at += 8 + words * 8;
  }
}

export function carryOut(step: u64, processor: u32): void {
  const block = blockOf(processor);
  switch (peek64(step)) {
    case CALL:
      make(step, processor);
      show(CALL, block, 5, processor);
      return;
    case INSIST:
      do make(step, processor);
      while (peek64(block) === MV_STATUS_RETRY_CONTINUATION);
      show(CALL, block, 5, processor);
      return;
    case POKE:
      poke64(operand(step, 0, processor), operand(step, 1, processor));
      return;
    case PEEK:
      show(PEEK, operand(step, 0, processor), operand(step, 1, processor), processor);
      return;
    case KEEP:
      store<u64>(slotAt(processor, operand(step, 0, processor)), peek64(block + 8 + operand(step, 1, processor) * 8));
      return;
    case LANE:
      store<u32>(lanes + <usize>processor * 4, <u32>(operand(step, 0, processor) % MOST));
      return;
    default:
      print("bare: no such step\n");
  }
}

function make(step: u64, processor: u32): void {
  const block = blockOf(processor);
  for (let i: u64 = 0; i < 6; i++) poke64(block + i * 8, operand(step, i, processor));
  call(CODE, block);
}

function operand(step: u64, index: u64, processor: u32): u64 {
  const word = peek64(step + 8 + index * 8);
  const tag = word >> 56;
  const rest = word & 0x00ff_ffff_ffff_ffff;
  if (tag === SCRATCH) return scratch + rest;
  if (tag < SLOT || tag >= SLOT + SLOTS) return word;
  return load<u64>(slotAt(processor, tag - SLOT)) + rest;
}

function slotAt(processor: u32, index: u64): usize {
  const lane = load<u32>(lanes + <usize>processor * 4);
  return slots + <usize>(lane * <u32>SLOTS + <u32>(index % SLOTS)) * 8;
}

function blockOf(processor: u32): u64 {
  return blocks + BLOCK_BYTES * processor;
}

function setKeptEnd(processor: u32, end: u64): void {
  store<u64>(keptEnds + <usize>processor * 8, end);
}

/** CALL's or PEEK's words. */
function show(step: u64, address: u64, words: u64, processor: u32): void {
  const end = load<u64>(keptEnds + <usize>processor * 8);
  if (end !== 0) {
    // Whoever misses what there was no room for has too many steps at once
    if (end + 8 + words * 8 > blockOf(processor) + BLOCK_BYTES) return;
    poke64(end, (step << 32) | words);
    copyMemory(end + 8, address, words * 8);
    setKeptEnd(processor, end + 8 + words * 8);
    return;
  }
  print(step === CALL ? "bare: call" : "bare: peek");
  for (let i: u64 = 0; i < words; i++) {
    print(" ");
    printHex(peek64(address + i * 8));
  }
  print("\n");
}
