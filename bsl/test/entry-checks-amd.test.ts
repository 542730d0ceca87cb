// VMRUN on AMD: a good state breaks no rule, and each rule is broken by a state that differs in one thing

import * as abi from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { bit, cases, cpuid, event, linux, nested } from "./entry-cases-amd.ts";
import { explainer, type Registers } from "./entry-checks.ts";

const explain = explainer("AMD", abi);

describe("a good state", () => {
  it.each<[string, Registers]>([
    ["is Linux's", {}],
    ["has nested paging", nested],
    ["has no valid PAT, but no nested paging either", { pat: 2n }],
    ["is real mode", { cr0: 0x30n, cr4: 0n, efer: 0x1000n }],
    ["has caching off", { cr0: 0xe005_0033n }],
    ["has every bit of CR4 and EFER", { cr4: 0xf7_1fffn & ~bit(13), efer: 0x36_fd01n }],
    ["injects an interrupt", event(0, 0x80)],
    ["injects an NMI", event(2, 2)],
    ["injects an exception", event(3, 14)],
    ["injects a software interrupt", event(4, 0x80)],
  ])("%s", (_, registers) => {
    expect(explain({ registers: { ...linux, ...registers }, cpuid })).toBeUndefined();
  });
});

describe("a bad state", () => {
  for (const [rule, registers, register, processor = cpuid] of cases) {
    it(`breaks ${rule} by ${Object.keys(registers).join(", ") || "another processor"}`, () => {
      const found = explain({ registers: { ...linux, ...registers }, cpuid: processor });
      expect(found).toMatchObject({ rule, register });
    });
  }

  it("is there for each rule", () => {
    const rules = Object.keys(abi).filter((name) => name.startsWith("AMD_RULE_"));
    expect([...new Set(cases.map(([rule]) => `AMD_RULE_${rule}`))].sort()).toEqual(rules.sort());
  });
});

describe("an explanation", () => {
  it("has section and sentence", () => {
    expect(explain({ registers: { ...linux, efer: 0n }, cpuid })).toEqual({
      rule: "EFER_SVME",
      register: "efer",
      section: "15.5.1",
      sentence: "EFER: SVME must be 1",
    });
    expect(explain({ registers: { ...linux, ...nested, pat: 3n }, cpuid })).toMatchObject({
      section: "15.25.4",
      sentence: "guest PAT: an entry is no memory type (0, 1, 4, 5, 6, 7)",
    });
  });
});
