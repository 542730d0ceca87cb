// What a VM writes to its registers: taken where its processor would take it, #GP otherwise, on AMD and Intel

import { readFileSync } from "node:fs";
import * as abi from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildLibraries, fixtureModule } from "./fixtures.ts";

interface Unit {
  set(register: number, value: bigint): number;
  get(register: number): bigint;
  msr(index: number, value: bigint): number;
  control(number: number, value: bigint): number;
  settable(register: number): bigint;
  settableOfTold(register: number): bigint;
}

type Vendor = "amd" | "intel";
type Result = 0 | 1 | 2 | 3;

const [EAX, EBX, ECX, EDX] = [0, 1, 2, 3] as const;
const bit = (number: number) => 1n << BigInt(number);

const registers = new Map<number, bigint>();
/** Bits that CPUID has. */
const cpuid = new Map<string, number>();
let intel = false;
let units: Record<Vendor, Unit>;
let unit: Unit;

const place = (leaf: number, result: number, subleaf = 0) => `${leaf >>> 0}.${subleaf}.${result}`;
const has = (leaf: number, result: Result, number: number, subleaf = 0) => {
  const key = place(leaf, result, subleaf);
  cpuid.set(key, ((cpuid.get(key) ?? 0) | (1 << number)) >>> 0);
};

const imports: Record<string, Record<string, (...values: never[]) => unknown>> = {
  vendor: { isIntel: () => (intel ? 1 : 0) },
  cpuid: {
    cpuidRegister: (leaf: number, subleaf: number, result: number) => cpuid.get(place(leaf, result, subleaf)) ?? 0,
    cpuidEaxEdx: () => 0xe7n,
  },
  tcb: { tcbLoad32: () => 0 },
  syscall: {
    callValue: (call: number, _vsid: bigint, register: bigint, value: bigint) => {
      if (call === abi.SYSCALL_VS_WRITE) registers.set(Number(register), BigInt.asUintN(64, value));
      return registers.get(Number(register)) ?? 0n;
    },
    callStatus: (call: number) => (call === abi.SYSCALL_INTRINSIC_WRMSR ? 1n : 0n),
  },
};

beforeAll(async () => {
  await buildLibraries(["legal-unit"]);
  const module = new WebAssembly.Module(readFileSync(fixtureModule("legal-unit")));
  const all = new Proxy(imports, {
    get: (target, file) =>
      new Proxy(Reflect.get(target, file) ?? {}, { get: (own, name) => Reflect.get(own, name) ?? (() => 0) }),
  });
  const begin = (vendor: Vendor) => {
    intel = vendor === "intel";
    return new WebAssembly.Instance(module, all).exports as unknown as Unit;
  };
  units = { amd: begin("amd"), intel: begin("intel") };
});

const on = (vendor: Vendor) => {
  intel = vendor === "intel";
  unit = units[vendor];
};

beforeEach(() => {
  registers.clear();
  cpuid.clear();
  for (const first of [0, 0x8000_0000]) cpuid.set(place(first, EAX), first === 0 ? 0xd : 0x8000_0021);
  cpuid.set(place(0x8000_0008, EAX), 40);
  has(0x8000_0001, EDX, 20);
});

const NOT_CANONICAL = 0x0000_8000_0000_0000n;
const CANONICAL = 0xffff_8000_0000_0000n;
const UPPER = bit(32);

/** Registers that hold addresses, by the number of their MSR. */
const ADDRESSES: [string, number, number][] = [
  ["LSTAR", 0xc000_0082, abi.REG_LSTAR],
  ["CSTAR", 0xc000_0083, abi.REG_CSTAR],
  ["FS_BASE", 0xc000_0100, abi.REG_FS_BASE],
  ["GS_BASE", 0xc000_0101, abi.REG_GS_BASE],
  ["KERNEL_GS_BASE", 0xc000_0102, abi.REG_KERNEL_GS_BASE],
  ["SYSENTER_ESP", 0x175, abi.REG_SYSENTER_ESP],
  ["SYSENTER_EIP", 0x176, abi.REG_SYSENTER_EIP],
];

describe.each<Vendor>(["amd", "intel"])("on %s", (vendor) => {
  beforeEach(() => on(vendor));

  it.each(ADDRESSES)("an address that is not canonical is refused in %s", (name, index, register) => {
    expect(unit.msr(index, CANONICAL)).toBe(1);
    const has64 = intel || !name.startsWith("SYSENTER");
    expect(BigInt.asUintN(64, unit.get(register))).toBe(has64 ? CANONICAL : 0n);
    expect(unit.msr(index, NOT_CANONICAL)).toBe(has64 ? 0 : 1);
    expect(BigInt.asUintN(64, unit.get(register))).toBe(has64 ? CANONICAL : 0n);
  });

  it("a PAT holds memory types only", () => {
    if (!intel) registers.set(abi.AMD_REG_CTLS1, 1n);
    expect(unit.msr(0x277, 0x0007_0406_0007_0406n)).toBe(1);
    for (const type of [2n, 3n, 8n, 0xffn]) expect(unit.msr(0x277, type << 56n)).toBe(0);
    expect(unit.get(abi.REG_PAT)).toBe(0x0007_0406_0007_0406n);
  });

  it("EFER takes what CPUID has, and #GP is for the rest", () => {
    registers.set(intel ? abi.INTEL_REG_CR0 : abi.AMD_REG_CR0, 1n);
    const bits: [number, number, Result, number, Vendor | "both"][] = [
      [11, 0x8000_0001, EDX, 20, "both"],
      [14, 0x8000_0001, EDX, 25, "amd"],
      [15, 0x8000_0001, ECX, 17, "amd"],
      [17, 0x8000_0008, EBX, 8, "amd"],
      [18, 0x8000_0008, EBX, 13, "amd"],
      [20, 0x8000_0021, EAX, 7, "amd"],
      [21, 0x8000_0021, EAX, 8, "amd"],
    ];
    cpuid.delete(place(0x8000_0001, EDX));
    const known = intel ? bit(0) | bit(8) | bit(10) : bit(0) | bit(8) | bit(10) | bit(13);
    for (let number = 0; number < 64; number++) {
      expect(unit.set(abi.REG_EFER, bit(number)), `bit ${number}`).toBe((known >> BigInt(number)) & 1n ? 1 : 0);
    }
    for (const [number, leaf, result, from, whose] of bits) {
      has(leaf, result, from);
      const taken = whose === "both" || whose === vendor;
      expect(unit.set(abi.REG_EFER, bit(number)), `bit ${number}`).toBe(taken ? 1 : 0);
      if (taken) expect(unit.get(abi.REG_EFER)).toBe(bit(number));
    }
  });

  it("EFER keeps LMA and, on AMD, SVME; LME changes only while paging is off", () => {
    has(0x8000_0001, ECX, 2);
    const before = bit(0) | bit(8) | bit(10) | (intel ? 0n : bit(12));
    unit.set(abi.REG_CR0, 1n);
    registers.set(intel ? abi.INTEL_REG_EFER : abi.AMD_REG_EFER, before);
    registers.set(intel ? abi.INTEL_REG_CR0 : abi.AMD_REG_CR0, 0x8000_0001n);
    expect(unit.msr(0xc000_0080, bit(0) | bit(8))).toBe(1);
    expect(unit.get(abi.REG_EFER)).toBe(before);
    expect(unit.msr(0xc000_0080, bit(0))).toBe(0);
    expect(unit.msr(0xc000_0080, bit(8) | bit(11))).toBe(1);
    expect(unit.get(abi.REG_EFER)).toBe((before & ~1n) | bit(11));
  });

  it("CR4 takes what CPUID has, and #GP is for the rest", () => {
    const bits: [number, number, Result, number, Vendor | "both", number?][] = [
      [11, 7, ECX, 2, "both"],
      [13, 1, ECX, 5, "intel"],
      [14, 1, ECX, 6, "intel"],
      [16, 7, EBX, 0, "both"],
      [18, 1, ECX, 26, "both"],
      [19, 7, ECX, 23, "intel"],
      [20, 7, EBX, 7, "both"],
      [21, 7, EBX, 20, "both"],
      [22, 7, ECX, 3, "both"],
      [23, 7, ECX, 7, "both"],
      [23, 7, EDX, 20, "intel"],
      [24, 7, ECX, 31, "intel"],
      [25, 7, EDX, 5, "intel"],
      [28, 7, EAX, 26, "intel", 1],
    ];
    const WP = 0x1_0001n;
    expect(unit.control(0, WP)).toBe(1);
    for (let number = 0; number < 64; number++) {
      expect(unit.control(4, bit(number)), `bit ${number}`).toBe(number < 11 ? 1 : 0);
    }
    for (const [number, leaf, result, from, whose, subleaf] of bits) {
      has(leaf, result, from, subleaf ?? 0);
      const taken = whose === "both" || whose === vendor || number === 23;
      expect(unit.control(4, bit(number)), `bit ${number}`).toBe(taken ? 1 : 0);
      if (taken) expect(unit.get(abi.REG_CR4)).toBe(bit(number));
    }
  });

  it("tells which bits may be set, here and on a processor with another CPUID", () => {
    const always = bit(11) - 1n;
    expect(unit.settable(abi.REG_CR4)).toBe(always);
    has(7, EBX, 7);
    has(7, EBX, 20);
    expect(unit.settable(abi.REG_CR4)).toBe(always | bit(20) | bit(21));
    expect(unit.settableOfTold(abi.REG_CR4)).toBe(always | bit(11));
    expect(unit.settableOfTold(abi.REG_EFER) & ~bit(13)).toBe(bit(0) | bit(8));
    expect(unit.settable(abi.REG_EFER) & ~bit(13)).toBe(bit(0) | bit(8) | bit(11));
  });

  it("bits of CR4 and CR0 that want one another are looked for", () => {
    for (const [result, number] of [
      [ECX, 7],
      [ECX, 16],
    ] as [Result, number][])
      has(7, result, number);
    has(1, ECX, 17);
    const [PE, WP, PG, PAE, LA57, PCIDE, CET] = [1n, bit(16), bit(31), bit(5), bit(12), bit(17), bit(23)];
    const [SCE, LME, LMA] = [1n, bit(8), bit(10)];
    expect(unit.control(0, PG)).toBe(0);
    expect(unit.control(0, bit(29))).toBe(0); // NW without CD
    expect(unit.control(0, UPPER)).toBe(0);
    expect(unit.control(0, PE | bit(40))).toBe(0);
    expect(unit.control(0, PE | bit(20))).toBe(1); // reserved bits of the lower half are dropped
    expect(unit.get(abi.REG_CR0)).toBe(PE | bit(4));
    expect(unit.control(4, CET)).toBe(0); // wants WP
    expect(unit.control(4, PCIDE)).toBe(0); // wants long mode
    expect(unit.set(abi.REG_EFER, SCE | LME)).toBe(1);
    expect(unit.control(0, PE | PG)).toBe(0); // LME wants PAE
    expect(unit.control(4, PAE)).toBe(1);
    expect(unit.control(0, PE | PG | WP)).toBe(1);
    expect(unit.get(abi.REG_EFER)).toBe(SCE | LME | LMA);
    expect(unit.control(4, 0n)).toBe(0); // long mode wants PAE
    expect(unit.control(4, PAE | LA57)).toBe(0);
    expect(unit.control(3, 0x1001n)).toBe(1);
    expect(unit.control(4, PAE | PCIDE)).toBe(0); // wants PCID 0
    expect(unit.control(3, 0x1000n)).toBe(1);
    expect(unit.control(4, PAE | PCIDE | CET)).toBe(1);
    expect(unit.control(0, PE | WP)).toBe(0); // PCIDE wants paging
    expect(unit.control(0, PE | PG)).toBe(0); // CET wants WP
    expect(unit.control(3, 0x2001n | bit(63))).toBe(1); // "flush nothing"
    expect(unit.get(abi.REG_CR3)).toBe(0x2001n);
    expect(unit.control(4, PAE)).toBe(1);
    unit.set(abi.REG_CS_ATTRIB, 0xa9bn);
    expect(unit.control(0, PE | WP)).toBe(0); // from 64-bit code
    unit.set(abi.REG_CS_ATTRIB, 0xc9bn);
    expect(unit.control(0, PE | WP)).toBe(1);
    expect(unit.get(abi.REG_EFER)).toBe(SCE | LME);
  });

  it("CR3 has no more bits than a physical address", () => {
    expect(unit.control(3, bit(39))).toBe(1);
    expect(unit.control(3, bit(40))).toBe(0);
    expect(unit.control(3, bit(63))).toBe(0);
    expect(unit.get(abi.REG_CR3)).toBe(bit(39));
    expect(unit.control(3, bit(61))).toBe(0);
    has(7, EAX, 26, 1);
    expect(unit.control(3, bit(61))).toBe(intel ? 1 : 0);
  });

  it("CR8, DR6 and DR7 have no upper bits", () => {
    expect([unit.control(8, 15n), unit.control(8, 16n)]).toEqual([1, 0]);
    expect([unit.set(abi.REG_DR6, UPPER), unit.set(abi.REG_DR7, UPPER)]).toEqual([0, 0]);
    expect([unit.set(abi.REG_DR6, 0n), unit.get(abi.REG_DR6)]).toEqual([1, 0xffff_07f0n]);
    expect([unit.set(abi.REG_DR7, 0xffffn), unit.get(abi.REG_DR7)]).toEqual([1, 0x2fffn]);
  });

  it("SFMASK and SYSENTER_CS have a lower half", () => {
    expect(unit.msr(0xc000_0084, UPPER | 0x200n)).toBe(intel ? 0 : 1);
    expect(unit.get(abi.REG_SFMASK)).toBe(intel ? 0n : 0x200n);
    expect([unit.msr(0x174, UPPER | 8n), unit.get(abi.REG_SYSENTER_CS)]).toEqual([1, 8n]);
  });

  it("XCR0 has the parts that go together", () => {
    expect([unit.set(abi.REG_XCR0, 7n), unit.set(abi.REG_XCR0, 5n), unit.set(abi.REG_XCR0, 0x10007n)]).toEqual([
      1, 0, 0,
    ]);
  });
});

it("DEBUGCTL on Intel has what CPUID has", () => {
  on("intel");
  expect([unit.msr(0x1d9, 0x7fc3n), unit.msr(0x1d9, 4n), unit.msr(0x1d9, 8n), unit.msr(0x1d9, bit(15))]).toEqual([
    1, 0, 0, 0,
  ]);
  has(7, ECX, 24);
  has(7, EBX, 11);
  expect([unit.msr(0x1d9, 4n), unit.msr(0x1d9, bit(15)), unit.msr(0x1d9, bit(16))]).toEqual([1, 1, 0]);
});
