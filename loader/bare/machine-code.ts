// Functions that no compiler would make, for the root VM of tests: TypeScript puts their machine code into memory
//
// Nothing here is part of what ships. They lie behind the trampoline of the other processors, below 64 KiB, so that 16-bit
// code reaches them with a segment base of 0 as well. (APM volume 3, appendix A for the encodings)

import { copyMemory, nativeAddress, peek32, poke16, poke32, poke64 } from "../../bsl/src/memory";
import { call, exceptionStubs } from "./board";
import { leadException, SELECTOR_CODE_16, SELECTOR_CODE_32, SELECTOR_CODE_64 } from "./descriptors";
import { take } from "./memory";

/** Code of these widths executes a CPUID. */
export const CODE_64: u32 = 0;
export const CODE_32: u32 = 1;
export const CODE_16: u32 = 2;
export const CODES: u32 = 3;

/** Where cpuidCode lies. */
const CPUID_CODE: u64 = 0x8800;
const CPUID_CODE_BYTES: u64 = 55;
/** In it, what a far jump leads to: each CPUID, and the end in 64-bit code. */
const CPUID_64: u32 = 0x880e;
const CPUID_32: u32 = 0x8823;
const CPUID_16: u32 = 0x882c;

/** Its argument: leaf, anything, subleaf, anything; a far pointer to one of the CPUIDs. Then EAX to EDX. */
const CPUID_BLOCK: u64 = 0x8840;
const BLOCK_SUBLEAF: u64 = 8;
const BLOCK_OFFSET: u64 = 16;
const BLOCK_SELECTOR: u64 = 20;

// biome-ignore format: an instruction a line
const cpuidCode: usize = memory.data<u8>([
  0x53,                                     // 00  push rbx
  0x55,                                     // 01  push rbp
  0x48, 0x89, 0xfd,                         // 02  mov rbp, rdi
  0x8b, 0x45, 0x00,                         // 05  mov eax, [rbp]
  0x8b, 0x4d, 0x08,                         // 08  mov ecx, [rbp + 8]
  0xff, 0x6d, 0x10,                         // 0b  jmp far [rbp + 16]
  0x0f, 0xa2,                               // 0e  cpuid                64-bit code
  0x89, 0xed,                               // 10  mov ebp, ebp         the upper halves may be anything now
  0x89, 0xe4,                               // 12  mov esp, esp
  0x89, 0x45, 0x00,                         // 14  mov [rbp], eax
  0x89, 0x5d, 0x04,                         // 17  mov [rbp + 4], ebx
  0x89, 0x4d, 0x08,                         // 1a  mov [rbp + 8], ecx
  0x89, 0x55, 0x0c,                         // 1d  mov [rbp + 12], edx
  0x5d,                                     // 20  pop rbp
  0x5b,                                     // 21  pop rbx
  0xc3,                                     // 22  ret
  0x0f, 0xa2,                               // 23  cpuid                32-bit code
  0xea, 0x10, 0x88, 0, 0, 0x10, 0,          // 25  jmp far 0x10:0x8810
  0x0f, 0xa2,                               // 2c  cpuid                16-bit code
  0x66, 0xea, 0x10, 0x88, 0, 0, 0x10, 0,    // 2e  jmp far 0x10:0x8810
  0x90,                                     // 36  nop
]);

/** A string that is written with RFLAGS.TF set, and the handler of #DB that counts the steps. */
const STEP_CODE: u64 = 0x8880;
const STEP_CODE_BYTES: u64 = 41;
const STEP_HANDLER: u64 = 0x88a0;
/** Its argument: the string's address, how many bytes, the port. */
const STEP_BLOCK: u64 = 0x88d0;
const STEPS: u64 = 0x88f0;
const VECTOR_DEBUG: u32 = 1;

// biome-ignore format: an instruction a line
const stepCode: usize = memory.data<u8>([
  0x48, 0x8b, 0x37,                         // 00  mov rsi, [rdi]
  0x48, 0x8b, 0x4f, 0x08,                   // 03  mov rcx, [rdi + 8]
  0x8b, 0x57, 0x10,                         // 07  mov edx, [rdi + 16]
  0xfc,                                     // 0a  cld
  0x9c,                                     // 0b  pushfq
  0x81, 0x0c, 0x24, 0x00, 0x01, 0, 0,       // 0c  or dword ptr [rsp], 0x100
  0x9d,                                     // 13  popfq                TF is set behind it
  0xf3, 0x6e,                               // 14  rep outsb            a step each
  0x9c,                                     // 16  pushfq               a step
  0x81, 0x24, 0x24, 0xff, 0xfe, 0xff, 0xff, // 17  and dword ptr [rsp], ~0x100     a step
  0x9d,                                     // 1e  popfq                a step; TF is clear behind it
  0xc3,                                     // 1f  ret
  0xff, 0x04, 0x25, 0xf0, 0x88, 0, 0,       // 20  inc dword ptr [0x88f0]
  0x48, 0xcf,                               // 27  iretq
]);

/** 32-bit code that switches paging and with it long mode off, executes a CPUID, and comes back. */
const UNPAGED_CODE: u64 = 0x8900;
const UNPAGED_CODE_BYTES: u64 = 53;
const UNPAGED_32: u32 = 0x8908;
/** Its argument: what CR0 reads as, and the answer's EAX; a far pointer to its 32-bit code. */
const UNPAGED_BLOCK: u64 = 0x8940;

// biome-ignore format: an instruction a line
const unpagedCode: usize = memory.data<u8>([
  0x53,                                     // 00  push rbx
  0x55,                                     // 01  push rbp
  0x48, 0x89, 0xfd,                         // 02  mov rbp, rdi
  0xff, 0x6d, 0x10,                         // 05  jmp far [rbp + 16]
  0x0f, 0x20, 0xc0,                         // 08  mov eax, cr0         32-bit code
  0x89, 0xc6,                               // 0b  mov esi, eax
  0x25, 0xdf, 0xff, 0xff, 0x7f,             // 0d  and eax, ~(PG | NE)
  0x0f, 0x22, 0xc0,                         // 12  mov cr0, eax
  0x0f, 0x20, 0xc7,                         // 15  mov edi, cr0
  0x31, 0xc0,                               // 18  xor eax, eax
  0x31, 0xc9,                               // 1a  xor ecx, ecx
  0x0f, 0xa2,                               // 1c  cpuid
  0x0f, 0x22, 0xc6,                         // 1e  mov cr0, esi
  0xea, 0x28, 0x89, 0, 0, 0x10, 0,          // 21  jmp far 0x10:0x8928
  0x89, 0xed,                               // 28  mov ebp, ebp         64-bit code
  0x89, 0xe4,                               // 2a  mov esp, esp
  0x89, 0x7d, 0x00,                         // 2c  mov [rbp], edi
  0x89, 0x45, 0x04,                         // 2f  mov [rbp + 4], eax
  0x5d,                                     // 32  pop rbp
  0x5b,                                     // 33  pop rbx
  0xc3,                                     // 34  ret
]);

// biome-ignore format: an instruction a line
const hookCode: usize = memory.data<u8>([
  0xb8, 1, 0, 0, 0,                         // 00  mov eax, 1
  0xc3,                                     // 05  ret
]);
const HOOK_CODE_BYTES: u64 = 6;

let hookPage: u64 = 0;

/** Puts them where they are called. */
export function placeMachineCode(): void {
  copyMemory(CPUID_CODE, nativeAddress(<u32>cpuidCode), CPUID_CODE_BYTES);
  copyMemory(STEP_CODE, nativeAddress(<u32>stepCode), STEP_CODE_BYTES);
  copyMemory(UNPAGED_CODE, nativeAddress(<u32>unpagedCode), UNPAGED_CODE_BYTES);
  hookPage = take(1, 0);
  copyMemory(hookPage, nativeAddress(<u32>hookCode), HOOK_CODE_BYTES);
}

/** CPUID of a leaf and subleaf in code of a width, CODE_*. Result: where EAX, EBX, ECX and EDX are, 32 bits each. */
export function cpuidIn(code: u32, leaf: u32, subleaf: u32): u64 {
  poke32(CPUID_BLOCK, leaf);
  poke32(CPUID_BLOCK + BLOCK_SUBLEAF, subleaf);
  poke32(CPUID_BLOCK + BLOCK_OFFSET, code === CODE_64 ? CPUID_64 : code === CODE_32 ? CPUID_32 : CPUID_16);
  const selector = code === CODE_64 ? SELECTOR_CODE_64 : code === CODE_32 ? SELECTOR_CODE_32 : SELECTOR_CODE_16;
  poke16(CPUID_BLOCK + BLOCK_SELECTOR, <u16>selector);
  call(CPUID_CODE, CPUID_BLOCK);
  return CPUID_BLOCK;
}

/** Writes bytes to a port by REP OUTSB, with single steps: how many there were, three of other instructions among them. */
export function stepOutsb(port: u32, address: u64, count: u64): u32 {
  leadException(VECTOR_DEBUG, STEP_HANDLER);
  poke32(STEPS, 0);
  poke64(STEP_BLOCK, address);
  poke64(STEP_BLOCK + 8, count);
  poke32(STEP_BLOCK + 16, port);
  call(STEP_CODE, STEP_BLOCK);
  leadException(VECTOR_DEBUG, exceptionStubs() + VECTOR_DEBUG * 16);
  return peek32(STEPS);
}

/** Leaves long mode for a CPUID of leaf 0. Result: where CR0 is as it read meanwhile, and EAX of the answer, 32 bits each. */
export function leaveLongMode(): u64 {
  poke32(UNPAGED_BLOCK + BLOCK_OFFSET, UNPAGED_32);
  poke16(UNPAGED_BLOCK + BLOCK_SELECTOR, <u16>SELECTOR_CODE_32);
  call(UNPAGED_CODE, UNPAGED_BLOCK);
  return UNPAGED_BLOCK;
}

/** Where a function of the form MOV EAX, 1; RET lies, in a page of its own. */
export function hookTarget(): u64 {
  return hookPage;
}

/** Calls it. */
export function callHookTarget(): u32 {
  return call(hookPage, 0);
}
