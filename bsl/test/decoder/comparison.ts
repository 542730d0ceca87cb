// Where the decoder and LLVM's disassembler disagree on an instruction

import { type Decoded, MODE_16, MODE_64, type Mode, NO_REGISTER, RIP, STATUS } from "./decoder.ts";
import { isUnknown, type Line } from "./disassembler.ts";
import { operationNames } from "./operations.ts";

const REGISTERS_64 = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 rip".split(" ");
const REGISTERS_32 = REGISTERS_64.map((name) => (/\d|rip/.test(name) ? `${name}d` : name.replace("r", "e")));
REGISTERS_32[RIP] = "eip";
const REGISTERS_16 = REGISTERS_64.map((name) => (/\d/.test(name) ? `${name}w` : name.slice(1)));
const REGISTERS_8 = "al cl dl bl spl bpl sil dil".split(" ").concat(REGISTERS_64.slice(8).map((name) => `${name}b`));
const HIGH_BYTES = ["ah", "ch", "dh", "bh"];
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"];
const SIZES: Readonly<Record<string, number>> = { byte: 1, word: 2, dword: 4, qword: 8, fword: 6, xmmword: 16 };
const MEMORY = /^(?:(\w+) ptr )?(?:([cdefgs]s):)?\[([^\]]*)\]/;
const ANY_MEMORY = /\[[^\]]*\]/;

/** Operations whose mnemonic is their name in small letters, and those of which it is a list. */
const MNEMONICS: Readonly<Record<string, string>> = {
  mov: "Mov",
  movabs: "Mov",
  movsxd: "Movsx",
  cmpxchg8b: "CmpxchgPair",
  cmpxchg16b: "CmpxchgPair",
  rol: "Shift",
  ror: "Shift",
  rcl: "Shift",
  rcr: "Shift",
  shl: "Shift",
  shr: "Shift",
  sal: "Shift",
  sar: "Shift",
  call: "Call",
  lcall: "Call",
  jmp: "Jmp",
  ljmp: "Jmp",
  loop: "Loop",
  loope: "Loop",
  loopne: "Loop",
  jcxz: "Loop",
  jecxz: "Loop",
  jrcxz: "Loop",
  retf: "Ret",
  int3: "Breakpoint",
  ud0: "Undefined",
  ud1: "Undefined",
  ud2: "Undefined",
};
const BY_MNEMONIC = new Map(operationNames.map((name) => [name.toLowerCase(), name]));
/** Mnemonics of groups that are one operation here. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^cmov/, "Cmovcc"],
  [/^set(?!ssbsy)/, "Setcc"],
  [/^j(?!mp)/, "Jcc"],
  [/^pushf/, "Pushf"],
  [/^popf/, "Popf"],
  [/^iret/, "Iret"],
  [/^sysret/, "Sysret"],
  [/^sysexit/, "Sysexit"],
  [/^[ls][gi]dt/, ""],
  [/^(nop|prefetch|endbr|cldemote)/, "Nop"],
  [/^wbnoinvd/, "Wbinvd"],
  [/^ret/, "Ret"],
];

/** What is wrong, or undefined. Nothing is said of what LLVM does not know. */
export function difference(line: Line, decoded: Decoded, mode: Mode): string | undefined {
  if (isUnknown(line) || isUnreliable(line, decoded, mode)) return undefined;
  if (decoded.status !== STATUS.decoded) return `refused (${decoded.status})`;
  if (decoded.length !== line.length) return `length ${decoded.length}`;
  return differentOperation(line, decoded) ?? differentMemory(line, decoded, mode) ?? differentRegisters(line, decoded);
}

/** Instructions that LLVM prints without their operands, VIA's, and XBEGIN of 16-bit code. */
const unreliable = (mode: Mode) =>
  mode === MODE_16 ? /^(ud1|x(crypt|sha|store)|montmul|xbegin)/ : /^(ud1|x(crypt|sha|store)|montmul)/;

/**
 * What LLVM 14 gets wrong. It forgets prefixes before one that it prints apart, and sizes beside XACQUIRE and XRELEASE;
 * of two-byte opcodes it takes F2 and F3 for part of the opcode, which then hide 66; it lets 66 count beside REX.W, and
 * before some branches only; it lets LOCK change what it stands before; prefixes before VEX and MOV to CS pass; XBEGIN of 16-bit
 * code has a displacement of 32 bits (16: SDM 2, XBEGIN rel16).
 */
function isUnreliable(line: Line, decoded: Decoded, mode: Mode): boolean {
  if (line.isSplit || line.length > 15 || unreliable(mode).test(line.mnemonic)) return true;
  if (line.mnemonic === "mov" && line.operands[0] === "cs") return true;
  if (line.prefixes.some((prefix) => /^(xacquire|xrelease|rex64)$/.test(prefix))) return true;
  const { map, repeat, hasOperandSize, isWide, isLocked, opcode } = decoded;
  const operation = nameOfOperation(decoded);
  if (line.mnemonic.startsWith("v") && (hasOperandSize || repeat !== 0 || isLocked)) return true;
  if (hasOperandSize && (isWide || (isLocked && !decoded.writes))) return true;
  if (operation === "Pause" || (operation === "Movnti" && repeat !== 0)) return true;
  if (hasOperandSize && (operation === "Call" || operation === "Jmp")) return true;
  if (map === 1 && repeat !== 0 && (hasOperandSize || mode === MODE_16)) return true;
  return (map === 2 && repeat !== 0) || (map === 1 && (opcode === 0x78 || opcode === 0x79));
}

function differentOperation(line: Line, decoded: Decoded): string | undefined {
  const operation = nameOfOperation(decoded);
  const expected = operationOf(line);
  return operation === expected ? undefined : `operation ${operation}, not ${expected}`;
}

function nameOfOperation({ operation }: Decoded): string {
  return operationNames[operation] ?? "";
}

/** The operation that LLVM's text means. */
function operationOf({ mnemonic, operands }: Line): string {
  const [first = "", second = ""] = operands;
  const string = /^(movs|cmps|stos|lods|scas|ins|outs)[bwdq]$/.exec(mnemonic);
  if (string !== null && !/xmm/.test(`${first}${second}`)) return capital(string[1] ?? "");
  if (mnemonic === "mov") {
    if (/^cr\d/.test(first)) return "MovToCr";
    if (/^cr\d/.test(second)) return "MovFromCr";
    if (/^dr\d/.test(first)) return "MovToDr";
    if (/^dr\d/.test(second)) return "MovFromDr";
    if (SEGMENTS.includes(first)) return "MovToSegment";
    if (SEGMENTS.includes(second)) return "MovFromSegment";
  }
  const table = /^([ls][gi]dt)[wdq]?$/.exec(mnemonic);
  if (table !== null) return capital(table[1] ?? "");
  const named = MNEMONICS[mnemonic] ?? BY_MNEMONIC.get(mnemonic);
  if (named !== undefined) return named;
  return PATTERNS.find(([pattern]) => pattern.test(mnemonic))?.[1] ?? "Other";
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function differentMemory(line: Line, decoded: Decoded, mode: Mode): string | undefined {
  const found = line.operands.filter((operand) => ANY_MEMORY.test(operand));
  // Instructions with memory that is not an operand of ModRM, a moffset or a string instruction's: XLAT, MASKMOV
  if (found.length > 0 !== decoded.hasMemory) return `memory ${decoded.hasMemory}`;
  if (!decoded.hasMemory) return undefined;
  const texts = found.map((operand) => MEMORY.exec(operand));
  const match = texts.find((text) => text !== null && isSame(text[3] ?? "", decoded));
  if (match === undefined || match === null) return `address ${addressOf(decoded)}`;
  const size = match[1] === undefined ? undefined : SIZES[match[1]];
  if (decoded.accessBytes !== 0 && size !== undefined && size !== decoded.accessBytes) {
    return `access of ${decoded.accessBytes}`;
  }
  return differentSegment(match[2], decoded, mode);
}

/** LLVM prints the prefix, whether it counts or not, and nothing for the segment that is usual. */
function differentSegment(text: string | undefined, decoded: Decoded, mode: Mode): string | undefined {
  if (text === undefined) return undefined;
  const isIgnored = mode === MODE_64 && text !== "fs" && text !== "gs";
  if (isIgnored || SEGMENTS[decoded.segment] === text) return undefined;
  return `segment ${SEGMENTS[decoded.segment]}`;
}

/** Base, index, scale and displacement, as far as the text tells. */
function isSame(text: string, decoded: Decoded): boolean {
  let displacement = 0n;
  const terms: string[] = [];
  for (const [, sign, term = ""] of text.matchAll(/([+-]?)\s*([^\s+-]+)/g)) {
    if (/^\d+$/.test(term)) displacement = sign === "-" ? -BigInt(term) : BigInt(term);
    else if (!/[er]iz/.test(term)) terms.push(term);
  }
  const bits = decoded.addressBytes * 8;
  const isAddressSame =
    decoded.isDisplacementScaled || BigInt.asUintN(bits, displacement) === BigInt.asUintN(bits, decoded.displacement);
  return isAddressSame && terms.sort().join() === termsOf(decoded).sort().join();
}

function termsOf(decoded: Decoded): string[] {
  const names = decoded.addressBytes === 8 ? REGISTERS_64 : decoded.addressBytes === 4 ? REGISTERS_32 : REGISTERS_16;
  const terms: string[] = [];
  if (decoded.base !== NO_REGISTER) terms.push(names[decoded.base] ?? "");
  if (decoded.index !== NO_REGISTER && !decoded.hasVectorIndex) {
    terms.push(`${decoded.scale === 1 ? "" : `${decoded.scale}*`}${names[decoded.index]}`);
  }
  return terms;
}

function addressOf(decoded: Decoded): string {
  return `[${termsOf(decoded).join(" + ")} + ${decoded.displacement}]`;
}

/** Two operands of which one is ModRM's register field: which is written, and their names. */
const TWO_OPERANDS = new Set(
  ["Mov", "Add", "Or", "Adc", "Sbb", "And", "Sub", "Xor", "Cmp", "Test", "Movbe", "Movnti", "Xadd", "Cmpxchg"].concat([
    "Bt",
    "Bts",
    "Btr",
    "Btc",
    "Cmovcc",
    "Movzx",
    "Movsx",
    "Lea",
    "Xchg",
    "In",
    "Out",
  ]),
);

function differentRegisters(line: Line, decoded: Decoded): string | undefined {
  const name = nameOfOperation(decoded);
  if (!TWO_OPERANDS.has(name)) return undefined;
  const [first = "", second = ""] = line.operands;
  if (decoded.register !== NO_REGISTER) {
    const register = nameOf(decoded.register, decoded.operandBytes, decoded.isHighRegister);
    if (first !== register && second !== register) return `register ${register}`;
  }
  if (decoded.hasMemory && name !== "Xchg" && name !== "Cmp" && name !== "Test" && name !== "Bt") {
    if (ANY_MEMORY.test(first) !== decoded.writes) return `writes ${decoded.writes}`;
  }
  if (decoded.immediateBytes === 0 || !/^-?\d+$/.test(second)) return undefined;
  const bits = /^(In|Out|Bt)/.test(name) ? 8 : decoded.operandBytes * 8;
  const isSameValue = BigInt.asUintN(bits, BigInt(second)) === BigInt.asUintN(bits, decoded.immediate);
  return isSameValue ? undefined : `immediate ${decoded.immediate}`;
}

function nameOf(number: number, bytes: number, isHigh: boolean): string {
  if (bytes === 1) return (isHigh ? HIGH_BYTES[number - 4] : REGISTERS_8[number]) ?? "";
  return (bytes === 8 ? REGISTERS_64 : bytes === 4 ? REGISTERS_32 : REGISTERS_16)[number] ?? "";
}
