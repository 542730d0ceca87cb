// The instructions that are compared with a processor, and which of their flags are undefined (APM volume 3, chapter 3)

import { type Template, template } from "./encoding.ts";

export const FLAG = { CF: 1n, PF: 4n, AF: 0x10n, ZF: 0x40n, SF: 0x80n, DF: 0x400n, OF: 0x800n } as const;
export const ALL_FLAGS = Object.values(FLAG).reduce((sum, flag) => sum | flag, 0n);

/** Undefined flags of a group of instructions. */
export interface Group {
  readonly templates: readonly Template[];
  readonly undefinedFlags: bigint;
}

const group = (undefinedFlags: bigint, ...texts: string[]): Group => ({
  templates: texts.map(template),
  undefinedFlags,
});

/** ADD to CMP, 00 to 3D, and the same with immediates. */
function arithmetic(numbers: readonly number[]): string[] {
  return numbers.flatMap((number) => {
    const byte = (low: number) => (number * 8 + low).toString(16).padStart(2, "0");
    return [
      ...[`${byte(0)} /r b`, `${byte(1)} /r v`, `${byte(2)} /r b`, `${byte(3)} /r v`],
      ...[`${byte(4)} ib b`, `${byte(5)} iz v`, `80 /${number} ib b`, `81 /${number} iz v`, `83 /${number} ib v`],
    ];
  });
}

export const MOVES = group(
  0n,
  ...["88 /r b", "89 /r v", "8a /r b", "8b /r v", "c6 /0 ib b", "c7 /0 iz v", "0f c3 /r v4"],
  ...["a0 mo b", "a1 mo v", "a2 mo b", "a3 mo v", "b3 ib b", "bb iv v"],
  ...["0f b6 /r v", "0f b7 /r v", "0f be /r v", "0f bf /r v", "0f 38 f0 /r v", "0f 38 f1 /r v"],
);
export const SUMS = group(0n, ...arithmetic([0, 2, 3, 5, 7]));
export const LOGIC = group(
  FLAG.AF,
  ...arithmetic([1, 4, 6]),
  "84 /r b",
  "85 /r v",
  "f6 /0 ib b",
  "f7 /0 iz v",
  "a8 ib b",
);
export const UNARY = group(
  0n,
  ...["fe /0 b", "fe /1 b", "ff /0 v", "ff /1 v", "f6 /2 b", "f7 /2 v", "f6 /3 b", "f7 /3 v"],
);

const RESULTS = FLAG.SF | FLAG.ZF | FLAG.AF | FLAG.PF;
const SCANNED = FLAG.SF | FLAG.AF | FLAG.PF | FLAG.CF | FLAG.OF;
const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const SIXTEEN = Array.from({ length: 16 }, (_, condition) => condition.toString(16));

const shifts = (extensions: readonly number[], ...forms: readonly string[]): string[] =>
  extensions.flatMap((extension) => forms.map((form) => form.replace("/", `/${extension}`)));
const ROTATIONS = EIGHT.slice(0, 4);
const SHIFTS = EIGHT.slice(4);
const BY_ONE = ["d0 / b", "d1 / v"] as const;
const BY_COUNT = ["c0 / ib b", "c1 / ib v", "d2 / b", "d3 / v"] as const;

export const GROUPS = {
  MOVES,
  SUMS,
  LOGIC,
  UNARY,
  "rotations by one": group(0n, ...shifts(ROTATIONS, ...BY_ONE)),
  "shifts by one": group(FLAG.AF, ...shifts(SHIFTS, ...BY_ONE)),
  rotations: group(FLAG.OF, ...shifts(ROTATIONS, ...BY_COUNT)),
  shifts: group(FLAG.AF | FLAG.OF, ...shifts(SHIFTS, ...BY_COUNT)),
  "bit tests": group(
    FLAG.OF | FLAG.SF | FLAG.AF | FLAG.PF,
    ...["a3", "ab", "b3", "bb"].map((opcode) => `0f ${opcode} /r v`),
    ...shifts([4, 5, 6, 7], "0f ba / ib v"),
  ),
  exchanges: group(
    0n,
    ...["86 /r b", "87 /r v", "91 v", "93 v", "0f c0 /r b", "0f c1 /r v", "0f b0 /r b", "0f b1 /r v"],
  ),
  "exchanges of pairs": group(0n, "0f c7 /1 v4"),
  conditions: group(0n, ...SIXTEEN.flatMap((condition) => [`0f 9${condition} /0 b`, `0f 4${condition} /r v`])),
  products: group(RESULTS, ...["f6 /4 b", "f7 /4 v", "f6 /5 b", "f7 /5 v", "0f af /r v", "69 /r iz v", "6b /r ib v"]),
  "moves of vectors": group(
    0n,
    ...["10", "11"].flatMap((opcode) => ["", "66 ", "f3 ", "f2 "].map((prefix) => `${prefix}0f ${opcode} /r x`)),
    ...["12", "13", "16", "17", "28", "29", "2b"].flatMap((opcode) => [`0f ${opcode} /r x`, `66 0f ${opcode} /r x`]),
    ...["66 0f 6e /r v4", "66 0f 7e /r v4", "66 0f 6f /r x", "66 0f 7f /r x", "f3 0f 6f /r x", "f3 0f 7f /r x"],
    ...["f3 0f 7e /r x", "66 0f d6 /r x", "66 0f e7 /r x", "f2 0f f0 /r x"],
  ),
  "shifts of pairs": group(FLAG.AF | FLAG.OF, "0f a4 /r ib d", "0f a5 /r d", "0f ac /r ib d", "0f ad /r d"),
  scans: group(SCANNED, "0f bc /r v", "0f bd /r v"),
  quotients: group(RESULTS | FLAG.CF | FLAG.OF, "f6 /6 b", "f7 /6 v", "f6 /7 b", "f7 /7 v"),
  flushes: group(0n, "0f ae /7 x"),
  "the stack": group(
    0n,
    ...[
      "ff /6 s",
      "8f /0 s",
      "ff /2 s",
      "ff /4 s",
      "53 s",
      "5b s",
      "54 s",
      "5c s",
      "68 iz s",
      "6a ib s",
      "c3 s",
      "c2 iw s",
    ],
  ),
} as const;

/** String instructions: of bytes, and of what prefixes say. */
export const STRINGS = {
  MOVS: [0xa4, 0xa5],
  CMPS: [0xa6, 0xa7],
  STOS: [0xaa, 0xab],
  LODS: [0xac, 0xad],
  SCAS: [0xae, 0xaf],
} as const;

/** Whether LOCK may stand before it. */
export function isLockable({ opcode: [first = 0, second = 0], digit }: Template): boolean {
  if (first < 0x38) return (first & 6) === 0;
  if (first >= 0x80 && first <= 0x83) return digit !== 7;
  if (first === 0xf6 || first === 0xf7) return digit === 2 || digit === 3;
  if (first === 0xfe || first === 0xff) return digit === 0 || digit === 1;
  return first === 0x0f && [0xab, 0xb3, 0xbb, 0xb0, 0xb1, 0xc0, 0xc1, 0xc7].includes(second);
}

/** XCHG, which locks without being asked. */
export function isExchange({ opcode: [first] }: Template): boolean {
  return first === 0x86 || first === 0x87;
}

/** DIV and IDIV. */
export function isDivision({ opcode: [first], digit = 0 }: Template): boolean {
  return (first === 0xf6 || first === 0xf7) && digit >= 6;
}
