// Hypercalls that a test chose: a file of steps, which the root VM carries out on the first processor and prints
//
// A step is eight words: what, then its operands. An operand whose top byte is SCRATCH or SLOT stands for an address: of the
// scratch pages, or what a step has kept.
//
//     1 CALL    RAX, R10 to R14      prints "bare: call RAX R10 R11 R12 R13" as the call leaves them
//     2 POKE    address, value       writes 64 bits
//     3 PEEK    address, words       prints "bare: peek" and so many words of 64 bits
//     4 KEEP    slot, register       keeps R10 (0) to R13 (3) of the last call
//     5 REPEAT  times, steps back    again from so many steps before on

import { readVendor } from "#arch/check";
import { VENDOR_INTEL } from "../../abi/generated/bare/boot";
import { copyMemory, nativeAddress, peek64, poke8, poke64 } from "../../bsl/src/memory";
import { call } from "./board";
import { print, printHex } from "./console";
import { take } from "./memory";

const CALL: u64 = 1;
const POKE: u64 = 2;
const PEEK: u64 = 3;
const KEEP: u64 = 4;
const REPEAT: u64 = 5;
const STEP_BYTES: u64 = 64;

const SCRATCH: u64 = 0xb0;
const SLOT: u64 = 0xc0;
const SLOTS: u64 = 16;
const SCRATCH_PAGES: u32 = 1024;

/** Behind the other code that is put into memory (machine-code.ts). */
const CODE: u64 = 0x8a00;
const CODE_BYTES: u64 = 75;
/** The last byte of VMMCALL; VMCALL has another one. */
const CODE_VENDOR: u64 = 0x8a29;
const VMCALL: u8 = 0xc1;
/** Its argument: RAX, R10 to R14. */
const BLOCK: u64 = 0x8a80;

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

const slots: usize = memory.data(8 * 16, 8);
let scratch: u64 = 0;

/** Carries out the steps that lie at an address. */
export function playScript(begin: u64, end: u64): void {
  copyMemory(CODE, nativeAddress(<u32>code), CODE_BYTES);
  if (readVendor() === VENDOR_INTEL) poke8(CODE_VENDOR, VMCALL);
  scratch = take(SCRATCH_PAGES, 1);
  let repeated: u64 = 0;
  for (let step = begin; step + STEP_BYTES <= end; step += STEP_BYTES) {
    if (peek64(step) !== REPEAT) carryOut(step);
    else if (repeated === peek64(step + 8)) repeated = 0;
    else {
      repeated++;
      step -= (peek64(step + 16) + 1) * STEP_BYTES;
    }
  }
}

function carryOut(step: u64): void {
  switch (peek64(step)) {
    case CALL:
      for (let i: u64 = 0; i < 6; i++) poke64(BLOCK + i * 8, operand(step, i));
      call(CODE, BLOCK);
      show("call", BLOCK, 5);
      return;
    case POKE:
      poke64(operand(step, 0), operand(step, 1));
      return;
    case PEEK:
      show("peek", operand(step, 0), operand(step, 1));
      return;
    case KEEP:
      store<u64>(slots + <usize>(operand(step, 0) % SLOTS) * 8, peek64(BLOCK + 8 + operand(step, 1) * 8));
      return;
    default:
      print("bare: no such step\n");
  }
}

function operand(step: u64, index: u64): u64 {
  const word = peek64(step + 8 + index * 8);
  const tag = word >> 56;
  const rest = word & 0x00ff_ffff_ffff_ffff;
  if (tag === SCRATCH) return scratch + rest;
  if (tag < SLOT || tag >= SLOT + SLOTS) return word;
  return load<u64>(slots + <usize>(tag - SLOT) * 8) + rest;
}

function show(name: string, address: u64, words: u64): void {
  print("bare: ");
  print(name);
  for (let i: u64 = 0; i < words; i++) {
    print(" ");
    printHex(peek64(address + i * 8));
  }
  print("\n");
}
