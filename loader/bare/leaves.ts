// Every answer of CPUID from 64-bit, 32-bit and 16-bit code: as it is without a hypervisor, and whether the root VM gets the same

import { cpuidEax } from "#arch/cpu";
import { copyMemory, peek32 } from "../../bsl/src/memory";
import { print, printDecimal, printHex } from "./console";
import { CODE_32, CODE_64, CODES, cpuidIn } from "./machine-code";
import { take } from "./memory";

const EXTENDED: u32 = 0x8000_0000;
/** The state components of this leaf have numbers up to 63. */
const LEAF_XSAVE: u32 = 0xd;
const SUBLEAVES: u32 = 16;
const XSAVE_SUBLEAVES: u32 = 64;
const ANSWER_BYTES: u64 = 16;
const PAGE_BYTES: u64 = 4096;
/** Differences that are printed. */
const SHOWN: u32 = 16;

/** The answers without a hypervisor, one behind the other. */
let kept: u64 = 0;
let count: u64 = 0;
let differences: u32 = 0;
let isComparing: bool = false;

/** Keeps all answers of this processor. */
export function keepLeaves(): void {
  // The first time only counts
  kept = 0;
  everyLeaf();
  kept = take(<u32>((count * ANSWER_BYTES + PAGE_BYTES - 1) / PAGE_BYTES), 0);
  everyLeaf();
}

/** Asks again, and prints what differs. */
export function compareLeaves(): void {
  isComparing = true;
  differences = 0;
  everyLeaf();
  isComparing = false;
  print("bare: ");
  printDecimal(count);
  print(" answers of CPUID, ");
  printDecimal(differences);
  print(" of them not as before\n");
}

function everyLeaf(): void {
  count = 0;
  leavesFrom(0);
  leavesFrom(EXTENDED);
}

function leavesFrom(first: u32): void {
  const last = cpuidEax(first, 0);
  for (let leaf = first; leaf <= last; leaf++) {
    const subleaves = leaf == LEAF_XSAVE ? XSAVE_SUBLEAVES : SUBLEAVES;
    for (let subleaf: u32 = 0; subleaf < subleaves; subleaf++) {
      for (let code: u32 = 0; code < CODES; code++) ask(leaf, subleaf, code);
    }
  }
}

function ask(leaf: u32, subleaf: u32, code: u32): void {
  const before = kept + count * ANSWER_BYTES;
  count++;
  if (kept == 0) return;
  const answer = cpuidIn(code, leaf, subleaf);
  if (!isComparing) {
    copyMemory(before, answer, ANSWER_BYTES);
    return;
  }
  let isSame: bool = true;
  for (let register: u64 = 0; register < ANSWER_BYTES; register += 4) {
    if (peek32(answer + register) != peek32(before + register)) isSame = false;
  }
  if (isSame) return;
  if (differences++ < SHOWN) show(leaf, subleaf, code, before, answer);
}

function show(leaf: u32, subleaf: u32, code: u32, before: u64, answer: u64): void {
  print("bare: CPUID ");
  printHex(leaf);
  print(", subleaf ");
  printHex(subleaf);
  print(code === CODE_64 ? ", 64-bit code:" : code === CODE_32 ? ", 32-bit code:" : ", 16-bit code:");
  for (let register: u64 = 0; register < ANSWER_BYTES; register += 4) {
    print(" ");
    printHex(peek32(answer + register));
    print(" was ");
    printHex(peek32(before + register));
  }
  print("\n");
}
