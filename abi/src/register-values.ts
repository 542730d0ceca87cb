// What a register of a VM may hold: the processor refuses another value with #GP, or drops a bit of it
//
// A value comes from the VM, so whoever carries a write out for it asks here first. Registers that no rule names take
// everything. Rules that look at several registers (CR0.PG wants CR0.PE) are in the SDKs' code.
// Manuals: APM volume 2, 3.1 and appendix A, volume 3, appendix E; SDM volume 3, 2.5, and volume 4, 2.1.

import { registers } from "./portable.ts";
import { banner, hex } from "./spelling.ts";

/** What a rule says of its bits. */
export const kinds = {
  /** They may be set. */
  WRITABLE: 1,
  /** They may be set, and stay as they were. */
  IGNORED: 2,
  /** The value is an address whose upper bits are all the same. */
  CANONICAL: 3,
  /** Each byte is a memory type that a PAT may hold. */
  MEMORY_TYPES: 4,
} as const;

const AMD = 1;
const INTEL = 2;
const BOTH = AMD | INTEL;

/** The bit of a CPUID leaf that a rule wants set; `isAbsent` wants it clear. */
interface Feature {
  readonly leaf: number;
  readonly subleaf?: number;
  readonly result: "eax" | "ebx" | "ecx" | "edx";
  readonly bit: number;
  readonly isAbsent?: boolean;
}

interface Rule {
  /** A name of REG_*. */
  readonly register: string;
  readonly vendors: number;
  readonly kind: keyof typeof kinds;
  readonly bits: bigint;
  readonly feature?: Feature;
}

const bit = (number: number) => 1n << BigInt(number);
const ALL = 0xffff_ffff_ffff_ffffn;
const LOW = 0xffff_ffffn;
const EXTENDED = 0x8000_0001;
const CAPACITIES = 0x8000_0008;
const EXTENDED_2 = 0x8000_0021;

type Place = readonly [leaf: number, result: Feature["result"], bit: number];
const feature = ([leaf, result, number]: Place): Feature => ({ leaf, result, bit: number });

/** A bit that exists where CPUID says so. */
const where = (register: string, number: number, place: Place, vendors = BOTH): Rule => ({
  register,
  vendors,
  kind: "WRITABLE",
  bits: bit(number),
  feature: feature(place),
});
const always = (register: string, bits: bigint, vendors = BOTH): Rule => ({
  register,
  vendors,
  kind: "WRITABLE",
  bits,
});
const ignored = (register: string, bits: bigint, vendors = BOTH): Rule => ({
  ...always(register, bits, vendors),
  kind: "IGNORED",
});
const canonical = (register: string, vendors = BOTH): Rule => ({
  ...always(register, ALL, vendors),
  kind: "CANONICAL",
});

export const rules: readonly Rule[] = [
  // Reserved bits of the lower half are dropped, those of the upper refused
  always("CR0", 0xe005_003fn), // PE, MP, EM, TS, ET, NE, WP, AM, NW, CD, PG
  ignored("CR0", LOW & ~0xe005_003fn),

  always("CR4", 0x7ffn), // VME to OSXMMEXCPT, which every processor with SVM or VMX has
  where("CR4", 11, [7, "ecx", 2]), // UMIP
  where("CR4", 12, [7, "ecx", 16]), // LA57
  where("CR4", 13, [1, "ecx", 5], INTEL), // VMXE
  where("CR4", 14, [1, "ecx", 6], INTEL), // SMXE
  where("CR4", 16, [7, "ebx", 0]), // FSGSBASE
  where("CR4", 17, [1, "ecx", 17]), // PCIDE
  where("CR4", 18, [1, "ecx", 26]), // OSXSAVE
  where("CR4", 19, [7, "ecx", 23], INTEL), // KL
  where("CR4", 20, [7, "ebx", 7]), // SMEP
  where("CR4", 21, [7, "ebx", 20]), // SMAP
  where("CR4", 22, [7, "ecx", 3]), // PKE
  where("CR4", 23, [7, "ecx", 7]), // CET: shadow stacks
  where("CR4", 23, [7, "edx", 20], INTEL), // CET: indirect branch tracking
  where("CR4", 24, [7, "ecx", 31], INTEL), // PKS
  where("CR4", 25, [7, "edx", 5], INTEL), // UINTR
  { ...where("CR4", 28, [7, "eax", 26], INTEL), feature: { leaf: 7, subleaf: 1, result: "eax", bit: 26 } }, // LAM_SUP

  always("CR8", 0xfn),
  always("DR6", LOW),
  always("DR7", LOW),

  always("EFER", bit(0) | bit(8)), // SCE, LME
  ignored("EFER", bit(10)), // LMA follows CR0.PG
  where("EFER", 11, [EXTENDED, "edx", 20]), // NXE
  { ...where("EFER", 12, [EXTENDED, "ecx", 2], AMD), kind: "IGNORED" }, // SVME stays as VMRUN wants it
  {
    ...where("EFER", 13, [CAPACITIES, "ebx", 20], AMD), // LMSLE
    feature: { leaf: CAPACITIES, result: "ebx", bit: 20, isAbsent: true },
  },
  where("EFER", 14, [EXTENDED, "edx", 25], AMD), // FFXSR
  where("EFER", 15, [EXTENDED, "ecx", 17], AMD), // TCE
  where("EFER", 17, [CAPACITIES, "ebx", 8], AMD), // MCOMMIT
  where("EFER", 18, [CAPACITIES, "ebx", 13], AMD), // INTWB
  where("EFER", 20, [EXTENDED_2, "eax", 7], AMD), // UAIE
  where("EFER", 21, [EXTENDED_2, "eax", 8], AMD), // AIBRSE: automatic IBRS

  canonical("LSTAR"),
  canonical("CSTAR"),
  always("SFMASK", LOW),
  ignored("SFMASK", ALL & ~LOW, AMD),
  canonical("FS_BASE"),
  canonical("GS_BASE"),
  canonical("KERNEL_GS_BASE"),
  // Whoever reads the upper halves finds zeroes
  always("SYSENTER_CS", LOW),
  ignored("SYSENTER_CS", ALL & ~LOW),
  always("SYSENTER_ESP", LOW, AMD),
  ignored("SYSENTER_ESP", ALL & ~LOW, AMD),
  canonical("SYSENTER_ESP", INTEL),
  always("SYSENTER_EIP", LOW, AMD),
  ignored("SYSENTER_EIP", ALL & ~LOW, AMD),
  canonical("SYSENTER_EIP", INTEL),
  { ...always("PAT", ALL), kind: "MEMORY_TYPES" },

  always("DEBUG_CONTROL", 0x7fc3n, INTEL), // LBR, BTF, TR to FREEZE_WHILE_SMM
  where("DEBUG_CONTROL", 2, [7, "ecx", 24], INTEL), // BUS_LOCK_DETECT
  where("DEBUG_CONTROL", 15, [7, "ebx", 11], INTEL), // RTM
];

const RESULTS = ["eax", "ebx", "ecx", "edx"];
/** The leaf of a rule that does not depend on CPUID. */
const NO_LEAF = 0xffff_ffff;

/** A rule as numbers, in the order of the fields of bf_value_rule. */
function encode({ register, vendors, kind, bits, feature: wanted }: Rule) {
  const constant = registers.constants.find(({ name }) => name === `REG_${register}`);
  if (constant === undefined) throw new RangeError(`REG_${register} does not exist`);
  return {
    register: Number(constant.value),
    vendors,
    kind: kinds[kind],
    leaf: wanted?.leaf ?? NO_LEAF,
    subleaf: wanted?.subleaf ?? 0,
    result: RESULTS.indexOf(wanted?.result ?? "eax"),
    bit: wanted?.bit ?? 0,
    isAbsent: wanted?.isAbsent === true ? 1 : 0,
    bits,
  };
}

const title = "What a register of a VM may hold";

/** register-values.ts: six words for each rule, which bsl/src/register-values.ts reads. */
export function registerValues(): string {
  const rows = rules.map((rule) => {
    const row = encode(rule);
    const packed =
      row.vendors | (row.kind << 4) | (row.result << 8) | (row.isAbsent << 12) | (row.bit << 16) | (row.subleaf << 24);
    const words = [row.register, packed, row.leaf, Number(row.bits & LOW), Number(row.bits >> 32n)];
    return `  ${words.map((word) => hex(BigInt(word >>> 0))).join(", ")},\n`;
  });
  const names = Object.entries(kinds).map(([name, value]) => `export const VALUE_${name}: u32 = ${value};\n`);
  return `${banner("//")}
// ${title}: register, (vendors | kind << 4 | result << 8 | absent << 12 | bit << 16 | subleaf << 24), leaf, bits

${names.join("")}
export const VALUE_RULE_WORDS: u32 = 5;
export const VALUE_NO_LEAF: u32 = ${hex(BigInt(NO_LEAF))};
export const VALUE_RULE_COUNT: u32 = ${rules.length};
export const VALUE_RULES: usize = memory.data<u32>([
${rows.join("")}]);
`;
}
