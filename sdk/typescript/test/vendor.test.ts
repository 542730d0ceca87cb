// The same source on AMD and Intel: what it reads and writes of a VS, by each vendor's own numbers

import * as abi from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answerCpuidWith, intel, load, log, on, read, registers, reset, tcb, unit } from "./simulated-vs.ts";

beforeAll(load);
beforeEach(reset);

describe("registers", () => {
  it("have the number that this processor's vendor gave them", () => {
    on("amd");
    unit.set(abi.REG_RIP, 0x1234n);
    on("intel");
    unit.set(abi.REG_RIP, 0x5678n);
    expect([read(abi.AMD_REG_RIP), read(abi.INTEL_REG_RIP)]).toEqual([0x1234n, 0x5678n]);
    expect(unit.get(abi.REG_RIP)).toBe(0x5678n);
  });

  it.each([
    ["64-bit code", 0xa9bn, 0xa09bn],
    ["data that was not used yet", 0xc92n, 0xc093n],
    ["a busy task", 0x8bn, 0x8bn],
    ["a local descriptor table", 0x82n, 0x82n],
    ["nothing, with a privilege level", 0x60n, 0x1_0060n],
  ])("have attributes of segments in one format: %s", (_name, attributes, accessRights) => {
    expect(unit.rights(attributes)).toBe(accessRights);
    expect(unit.attributes(accessRights)).toBe(attributes === 0xc92n ? 0xc93n : attributes);
    on("intel");
    unit.set(abi.REG_CS_ATTRIB, attributes);
    expect(read(abi.INTEL_REG_CS_ATTRIB)).toBe(accessRights);
    on("amd");
    unit.set(abi.REG_CS_ATTRIB, attributes);
    expect(read(abi.AMD_REG_CS_ATTRIB)).toBe(attributes);
  });

  it("have the privilege level in SS on Intel", () => {
    on("intel");
    unit.set(abi.REG_SS_ATTRIB, 0xc93n);
    unit.set(abi.REG_CPL, 3n);
    expect(read(abi.INTEL_REG_SS_ATTRIB)).toBe(0xc0f3n);
    expect(unit.get(abi.REG_CPL)).toBe(3n);
  });

  it("show control registers as the VM sees them", () => {
    on("intel");
    registers.set(abi.INTEL_REG_CR4, 0x2620n);
    registers.set(abi.INTEL_REG_CR4_GUEST_HOST_MASK, 0x2000n);
    registers.set(abi.INTEL_REG_CR4_READ_SHADOW, 0x40n);
    expect(unit.get(abi.REG_CR4)).toBe(0x620n);
    unit.set(abi.REG_CR4, 0x2020n);
    expect(unit.get(abi.REG_CR4)).toBe(0x2020n);
  });

  it.each(["amd", "intel"] as const)(
    "are those of 16-bit code where it starts, without what VMX wants in CR0 (%s)",
    (vendor) => {
      on(vendor);
      unit.realMode(0x1000, 0x20);
      const [cs, base, rip] = [abi.REG_CS_SELECTOR, abi.REG_CS_BASE, abi.REG_RIP].map((register) => unit.get(register));
      expect([unit.get(abi.REG_CR0), cs, base, rip]).toEqual([0x10n, 0x1000n, 0x1_0000n, 0x20n]);
    },
  );

  it("change the mode of entries with EFER.LMA", () => {
    on("intel");
    registers.set(abi.INTEL_REG_VMENTRY_CTLS, 0xc004n);
    unit.set(abi.REG_EFER, 0xd01n);
    expect(read(abi.INTEL_REG_VMENTRY_CTLS)).toBe(0xc204n);
    unit.set(abi.REG_EFER, 0x801n);
    expect(read(abi.INTEL_REG_VMENTRY_CTLS)).toBe(0xc004n);
  });

  it("that the other vendor has are refused with a line that says why", () => {
    on("intel");
    expect(() => unit.useAmd()).toThrow("assertion failed");
    expect(log).toBe("line");
    on("amd");
    unit.useAmd();
  });
});

describe("intercepts", () => {
  it("are bits of each vendor's own controls", () => {
    on("amd");
    unit.intercept(abi.INTERCEPT_HLT, 1);
    expect(read(abi.AMD_REG_INTERCEPT_INSTRUCTION1)).toBe(1n << 24n);
    on("intel");
    unit.intercept(abi.INTERCEPT_HLT, 1);
    unit.intercept(abi.INTERCEPT_WBINVD, 1);
    expect(read(abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS)).toBe(1n << 7n);
    expect(read(abi.INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS)).toBe(1n << 6n);
    unit.intercept(abi.INTERCEPT_HLT, 0);
    expect(read(abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS)).toBe(0n);
  });

  it("change nothing on Intel for what exits always", () => {
    on("intel");
    unit.intercept(abi.INTERCEPT_CPUID, 1);
    unit.intercept(abi.INTERCEPT_XSETBV, 0);
    expect(registers.size).toBe(0);
  });

  it("of CR4 are a mask on Intel, with what the VM sees as the shadow", () => {
    on("intel");
    registers.set(abi.INTEL_REG_CR4, 0x2620n);
    registers.set(abi.INTEL_REG_CR4_GUEST_HOST_MASK, 0x2000n);
    unit.interceptCr4(1);
    expect(read(abi.INTEL_REG_CR4_GUEST_HOST_MASK)).toBe(0xffff_ffff_ffff_ffffn);
    expect(read(abi.INTEL_REG_CR4_READ_SHADOW)).toBe(0x620n);
    unit.interceptCr4(0);
    expect(read(abi.INTEL_REG_CR4_GUEST_HOST_MASK)).toBe(0x2000n);
  });
});

describe("CPUID", () => {
  const ALL = 0xffff_ffffn;
  const LEAVES = [0, 1, 2, 4, 7, 0xb, 0xd, 0x14, 0x19, 0x1f, 0x8000_0000, 0x8000_0001, 0x8000_0008, 0x8000_001f];
  type Follower = [register: number, bit: bigint, what: "osxsave" | "pke" | "kl" | "long"];
  /** Register, bit and what it follows, by leaf. */
  const ON_BOTH: Record<number, Follower> = {
    1: [abi.TCB_RCX, 1n << 27n, "osxsave"],
    7: [abi.TCB_RCX, 1n << 4n, "pke"],
  };
  const ON_INTEL: Record<number, Follower> = {
    25: [abi.TCB_RBX, 1n, "kl"],
    2147483649: [abi.TCB_RDX, 1n << 11n, "long"],
  };
  const CR4 = { osxsave: 1n << 18n, pke: 1n << 22n, kl: 1n << 19n };
  const CODES = [
    ["64-bit code", 0xa9bn, 0xd01n, true],
    ["32-bit compatibility code", 0xc9bn, 0xd01n, false],
    ["16-bit code", 0x09bn, 0n, false],
    ["32-bit code with the bit that is CS.L elsewhere", 0xe9bn, 0x800n, false],
  ] as const;

  const REGISTERS = [abi.TCB_RAX, abi.TCB_RBX, abi.TCB_RCX, abi.TCB_RDX];
  const followerOf = (leaf: number, subleaf: bigint): Follower | undefined =>
    leaf === 7 && subleaf !== 0n ? undefined : (ON_BOTH[leaf] ?? (intel ? ON_INTEL[leaf] : undefined));

  /** The four registers of an answer of a processor with all bits set, or none. */
  function answer(leaf: number, subleaf: bigint, cr4: bigint, host: bigint) {
    unit.set(abi.REG_CR4, cr4);
    answerCpuidWith(host);
    tcb.set(abi.TCB_RCX, subleaf);
    unit.cpuid(leaf);
    return REGISTERS.map((register) => tcb.get(register));
  }

  const cases = LEAVES.flatMap((leaf) => [0n, 1n, 2n].map((subleaf) => [leaf, subleaf] as const)).flatMap((place) =>
    [0n, ...Object.values(CR4)].flatMap((cr4) => [0n, ALL].map((host) => [...place, cr4, host] as const)),
  );

  it.each((["amd", "intel"] as const).flatMap((vendor) => CODES.map((code) => [vendor, ...code] as const)))(
    "shows the VM and not host mode: %s, %s",
    (vendor, _name, attributes, efer, isLong) => {
      on(vendor);
      unit.set(abi.REG_CS_ATTRIB, attributes);
      unit.set(abi.REG_EFER, efer);
      for (const [leaf, subleaf, cr4, host] of cases) {
        const [follower, bit, what] = followerOf(leaf, subleaf) ?? [0, 0n, "long"];
        const isSet = what === "long" ? isLong : (cr4 & CR4[what]) !== 0n;
        const wanted = isSet ? host | bit : host & ~bit;
        const expected = REGISTERS.map((register) => (register === follower ? wanted : host));
        expect(answer(leaf, subleaf, cr4, host), `leaf ${leaf.toString(16)}.${subleaf}, CR4 ${cr4}`).toEqual(expected);
      }
    },
  );
});

describe("exits", () => {
  it("are of one kind on both vendors", () => {
    const kinds = (pairs: [bigint, bigint][]) =>
      pairs.map(([amd, other]) => {
        on("amd");
        const first = unit.kind(amd);
        on("intel");
        return [first, unit.kind(other)];
      });
    registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, 0x8000_0306n);
    const found = kinds([
      [abi.AMD_EXIT_CPUID, abi.INTEL_EXIT_CPUID],
      [abi.AMD_EXIT_IO, abi.INTEL_EXIT_IO],
      [abi.AMD_EXIT_MSR, abi.INTEL_EXIT_RDMSR],
      [abi.AMD_EXIT_CR_WRITE + 4n, abi.INTEL_EXIT_CR_ACCESS],
      [abi.AMD_EXIT_EXCEPTION + 6n, abi.INTEL_EXIT_EXCEPTION_OR_NMI],
      [abi.AMD_EXIT_NESTED_PAGE_FAULT, abi.INTEL_EXIT_EPT_VIOLATION],
      [abi.AMD_EXIT_VMMCALL, abi.INTEL_EXIT_VMCALL],
      [abi.AMD_EXIT_VINTR, abi.INTEL_EXIT_INTERRUPT_WINDOW],
      [abi.AMD_EXIT_RDTSC, abi.INTEL_EXIT_RDTSC],
    ]);
    for (const [amd, other] of found) expect(amd).toBe(other);
    expect(new Set(found.map(([amd]) => amd)).size).toBe(found.length);
  });

  it.each([
    ["IN AL, 60h", 0x60_0048n, 0n, 0x60_0011n],
    ["OUT DX, EAX", 0xcf8_0003n, 0n, 0xcf8_0040n],
    ["REP OUTSB in 64-bit code, from GS", 0x3f8_0030n, (2n << 7n) | (5n << 15n), 0x3f8_161cn],
    ["INSW in 32-bit code", 0x1f0_0019n, 1n << 7n, 0x1f0_0125n],
  ])("of ports say what they are in one format: %s", (_name, qualification, instruction, information) => {
    expect(unit.io(qualification, instruction)).toBe(information);
  });
});
