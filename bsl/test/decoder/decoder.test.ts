// What the decoder says, instruction by instruction: what a disassembler's text does not show

import { expect, test } from "vitest";
import {
  type Decoded,
  decode,
  INTEL_BRANCHES,
  instructionBytes,
  MODE_16,
  MODE_32,
  MODE_64,
  NO_REGISTER,
  RIP,
  STATUS,
} from "./decoder.ts";
import { operation } from "./operations.ts";

const RAX = 0;
const RCX = 1;
const RSP = 4;
const RSI = 6;
const RDI = 7;
const ES = 0;
const DS = 3;
const GS = 5;
/** INSTRUCTION_BYTES of instruction.ts. */
const RESERVED_BYTES = 128;

test("a decoded instruction fits where it is put", () => {
  expect(instructionBytes).toBeLessThanOrEqual(RESERVED_BYTES);
});

test.each<[string, string, number, Partial<Decoded>]>([
  [
    "MOV to a device",
    "8988f0000000",
    MODE_64,
    { operation: operation("Mov"), writes: true, reads: false, register: RCX },
  ],
  ["its address", "8988f0000000", MODE_64, { base: RAX, index: NO_REGISTER, displacement: 0xf0n, accessBytes: 4 }],
  ["MOV of an immediate", "c6471280", MODE_64, { immediate: -128n, register: NO_REGISTER, accessBytes: 1, length: 4 }],
  ["MOV from GS:[0x28]", "65488b042528000000", MODE_64, { segment: GS, base: NO_REGISTER, displacement: 0x28n }],
  ["a segment that does not count", "3e8b00", MODE_64, { segment: DS }],
  ["a segment before one that does not count", "652e8b00", MODE_64, { segment: GS }],
  ["MOV relative to RIP", "8b05fcffffff", MODE_64, { base: RIP, displacement: -4n, addressBytes: 8 }],
  ["MOV relative to EIP", "678b0500000000", MODE_64, { base: RIP, addressBytes: 4 }],
  ["MOV from an absolute address", "a18877665544332211", MODE_64, { register: RAX, displacement: 0x1122334455667788n }],
  ["the same in 32-bit code", "a1443322f1", MODE_32, { displacement: -0xeddccbcn, addressBytes: 4, length: 5 }],
  ["MOV of 64 bits", "48b80807060504030201", MODE_64, { immediate: 0x0102030405060708n, immediateBytes: 8 }],
  ["MOVZX of a word", "0fb70a", MODE_64, { operation: operation("Movzx"), accessBytes: 2, operandBytes: 4 }],
  ["MOVSX to 64 bits", "4863d1", MODE_64, { operation: operation("Movsx"), operandBytes: 8, rm: RCX, register: 2 }],
  ["a high byte", "8ae5", MODE_64, { register: RSP, isHighRegister: true, isHighRm: true }],
  ["the same number with REX", "408ae5", MODE_64, { register: RSP, isHighRegister: false, isHighRm: false }],
  [
    "AND with memory",
    "802001",
    MODE_64,
    { operation: operation("And"), reads: true, writes: true, register: NO_REGISTER },
  ],
  ["TEST with memory", "f60001", MODE_64, { operation: operation("Test"), reads: true, writes: false, immediate: 1n }],
  ["LOCK CMPXCHG16B", "f0480fc70f", MODE_64, { operation: operation("CmpxchgPair"), accessBytes: 16, isLocked: true }],
  ["REP STOSQ", "f348ab", MODE_64, { operation: operation("Stos"), repeat: 3, base: RDI, segment: ES, accessBytes: 8 }],
  [
    "MOVS with a segment",
    "65a4",
    MODE_64,
    { base: RSI, segment: GS, hasStringDestination: true, hasStringSource: true },
  ],
  ["STOS has none", "65aa", MODE_64, { segment: ES, writes: true, reads: false }],
  [
    "REP OUTSD of a wide prefix",
    "f3486f",
    MODE_64,
    { operation: operation("Outs"), accessBytes: 4, hasStringSource: true },
  ],
  ["IN from a port", "e4f0", MODE_64, { operation: operation("In"), operandBytes: 1, immediate: -16n }],
  [
    "OUT of a word",
    "66ef",
    MODE_64,
    { operation: operation("Out"), operandBytes: 2, register: RAX, immediateBytes: 0 },
  ],
  ["MOV from CR8", "440f20c1", MODE_64, { operation: operation("MovFromCr"), controlRegister: 8, rm: RCX, length: 4 }],
  ["MOV from CR8 on AMD", "f00f20c1", MODE_32, { controlRegister: 8, rm: RCX, operandBytes: 4 }],
  [
    "MOV to CR3, whatever mod says",
    "0f221c",
    MODE_64,
    { operation: operation("MovToCr"), controlRegister: 3, rm: RSP },
  ],
  ["MOV to DR7", "0f23f8", MODE_64, { operation: operation("MovToDr"), controlRegister: 7, operandBytes: 8 }],
  ["LGDT", "0f0117", MODE_64, { operation: operation("Lgdt"), accessBytes: 10, base: RDI }],
  ["LGDT in 32-bit code", "0f0117", MODE_32, { accessBytes: 6 }],
  ["INVLPG", "0f0138", MODE_64, { operation: operation("Invlpg"), accessBytes: 0, hasMemory: true }],
  ["VMMCALL", "0f01d9", MODE_64, { operation: operation("Vmmcall"), length: 3 }],
  ["VMCALL", "0f01c1", MODE_64, { operation: operation("Vmcall"), length: 3 }],
  ["RDTSCP", "0f01f9", MODE_64, { operation: operation("Rdtscp"), length: 3 }],
  ["CPUID with prefixes", "660fa2", MODE_64, { operation: operation("Cpuid"), length: 3 }],
  ["VMPTRLD", "0fc730", MODE_64, { operation: operation("Vmptrld") }],
  ["VMCLEAR", "660fc730", MODE_64, { operation: operation("Vmclear") }],
  ["VMXON", "f30fc730", MODE_64, { operation: operation("Vmxon") }],
  ["MOVNTI of 16-bit code, which has no words", "0fc307", MODE_16, { operation: operation("Movnti"), accessBytes: 4 }],
  ["RDRAND", "480fc7f0", MODE_64, { operation: operation("Other"), length: 4 }],
  ["VMREAD", "0f7803", MODE_64, { operation: operation("Vmread"), accessBytes: 8, writes: true }],
  ["XBEGIN", "c7f898010000", MODE_64, { operation: operation("Other"), length: 6, immediate: 0x198n }],
  ["XBEGIN of 16-bit code", "c7f89801", MODE_16, { operation: operation("Other"), length: 4, immediate: 0x198n }],
  ["EXTRQ", "660f78c00102", MODE_64, { operation: operation("Other"), length: 6, immediate: 1n, immediate2: 2 }],
  ["NOP", "90", MODE_64, { operation: operation("Nop"), length: 1 }],
  ["XCHG R8, RAX", "4990", MODE_64, { operation: operation("Xchg"), register: 8 }],
  ["PAUSE", "f390", MODE_64, { operation: operation("Pause"), length: 2 }],
  ["ENTER", "c8341201", MODE_64, { immediate: 0x1234n, immediate2: 1, length: 4 }],
  ["far JMP", "ea785634121000", MODE_32, { operation: operation("Jmp"), immediate: 0x12345678n, immediate2: 0x10 }],
  ["CALL with 66", "66e80100", MODE_64, { length: 4, immediateBytes: 2 }],
  ["the same on Intel", "66e801000000", MODE_64 | INTEL_BRANCHES, { length: 6, immediateBytes: 4, operandBytes: 8 }],
  ["REX that does not count", "4866b80100", MODE_64, { length: 5, operandBytes: 2 }],
  ["16-bit addresses", "8b42fe", MODE_16, { base: 5, index: RSI, displacement: -2n, operandBytes: 2, segment: 2 }],
  ["a 16-bit address alone", "8b0e3412", MODE_16, { base: NO_REGISTER, displacement: 0x1234n, segment: DS }],
  ["POP to memory, whose base is RSP", "8f0424", MODE_64, { operation: operation("Pop"), base: RSP, accessBytes: 8 }],
  ["VEX of two bytes", "c5fa7f4424f0", MODE_64, { encoding: 1, map: 1, length: 6, displacement: -16n }],
  ["VEX with an immediate", "c4e37d19c101", MODE_64, { encoding: 1, map: 3, immediate: 1n, length: 6 }],
  ["LES where VEX is none", "c404b3", MODE_32, { encoding: 0, length: 3 }],
  ["EVEX", "62f17c48114001", MODE_64, { encoding: 2, isDisplacementScaled: true, displacement: 1n, length: 7 }],
  ["a gather", "c4e2f9900c0a", MODE_64, { hasVectorIndex: true, base: 2, index: 1 }],
  ["XOP", "8fe97893c1", MODE_64, { encoding: 3, map: 9, length: 5 }],
  ["XOP with 4 bytes", "8fea7810c178563412", MODE_64, { map: 10, immediate: 0x12345678n, length: 9 }],
  ["3DNow!", "0f0fc1bf", MODE_64, { length: 4 }],
])("%s", (_, bytes, mode, expected) => {
  expect(decode(bytes, mode)).toMatchObject({ status: STATUS.decoded, ...expected });
});

test.each<[string, string, number, number]>([
  ["nothing", "", MODE_64, STATUS.incomplete],
  ["prefixes alone", "f36648", MODE_64, STATUS.incomplete],
  ["no ModRM", "8b", MODE_64, STATUS.incomplete],
  ["no second byte of VEX", "c5", MODE_32, STATUS.incomplete],
  ["half an immediate", "48b8010203", MODE_64, STATUS.incomplete],
  ["14 prefixes and two bytes", `${"66".repeat(14)}0fa2`, MODE_64, STATUS.tooLong],
  ["15 prefixes", `${"2e".repeat(16)}`, MODE_64, STATUS.tooLong],
  ["16 bytes that end in an immediate", "6666666666666681842412345678123456", MODE_64, STATUS.tooLong],
  ["PUSH ES in 64-bit code", "06", MODE_64, STATUS.undefined],
  ["a far JMP in 64-bit code", "ea785634121000", MODE_64, STATUS.undefined],

  ["group 7 of a register that has none", "0f01cc", MODE_64, STATUS.undefined],
  ["LEA of a register", "8dc0", MODE_64, STATUS.undefined],
  ["MOV to CS", "8ec8", MODE_64, STATUS.undefined],
  ["VEX behind REX", "48c5fa7f4424f0", MODE_64, STATUS.undefined],
  ["a map that VEX does not have", "c4e47d19c101", MODE_64, STATUS.undefined],
  ["0F 04", "0f04", MODE_64, STATUS.undefined],
])("%s: refused as it should be", (_, bytes, mode, status) => {
  expect(decode(bytes, mode).status).toBe(status);
});

test("15 bytes are not too many", () => {
  expect(decode(`${"66".repeat(13)}0fa2`)).toMatchObject({ status: STATUS.decoded, length: 15 });
});
