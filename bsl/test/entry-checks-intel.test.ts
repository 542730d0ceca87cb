// VM entries on Intel: a good state breaks no rule, and each rule is broken by a state that differs in one thing

import * as abi from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import {
  bit,
  cases,
  cpuid,
  data,
  ERROR_CODE,
  event,
  ldt,
  legacy,
  linux,
  msrs,
  NOT_CANONICAL,
  posted,
  real,
  restricted,
  virtual8086,
} from "./entry-cases-intel.ts";
import { explainer, type Registers } from "./entry-checks.ts";

const explain = explainer("INTEL", abi);

describe("a good state", () => {
  it.each<[string, Registers]>([
    ["is Linux's", {}],
    ["is Linux's without unrestricted guest", restricted],
    ["is protected mode with PAE paging", { ...legacy, pdpte0: 0x1001n }],
    ["is real mode", real],
    ["is virtual-8086 mode", virtual8086],
    ["injects an external interrupt", { ...event(0, 0x20), rflags: 0x246n }],
    ["injects an NMI while halted", { ...event(2, 2), activity_state: 1n }],
    ["injects a page fault", event(3, 14, ERROR_CODE)],
    ["injects a software interrupt", { ...event(4, 0x80), vmentry_instruction_length: 2n }],
    ["injects a pending trap", event(7, 0)],
    ["injects a general protection fault into real mode", { ...real, ...event(3, 13) }],
    ["has posted interrupts", posted],
    ["has an LDT", ldt],
    ["has a data segment", data],
    ["has no areas, wherever they are", { vmexit_msr_store_address: 1n }],
    ["has areas", { vmexit_msr_store_address: 0x10n, vmexit_msr_store_count: 2n }],
    ["steps while blocked", { interruptibility_state: 2n, rflags: 0x146n, pending_debug_exceptions: bit(14) }],
    ["has RIP behind the lower half's last byte", { rip: NOT_CANONICAL }],
  ])("%s", (_, registers) => {
    expect(explain({ registers: { ...linux, ...registers }, msrs, cpuid })).toBeUndefined();
  });
});

describe("a bad state", () => {
  for (const [rule, registers, register, otherMsrs = {}] of cases) {
    it(`breaks ${rule} by ${Object.keys(registers).join(", ") || "another processor"}`, () => {
      const found = explain({ registers: { ...linux, ...registers }, msrs: { ...msrs, ...otherMsrs }, cpuid });
      expect(found).toMatchObject({ rule, register });
    });
  }

  it("is there for each rule", () => {
    const rules = Object.keys(abi).filter((name) => name.startsWith("INTEL_RULE_"));
    expect([...new Set(cases.map(([rule]) => `INTEL_RULE_${rule}`))].sort()).toEqual(rules.sort());
  });
});

describe("an explanation", () => {
  it("has section and sentence, with the segment's name", () => {
    expect(explain({ registers: { ...linux, gs_base: NOT_CANONICAL }, msrs, cpuid })).toEqual({
      rule: "BASE_CANONICAL",
      register: "gs_base",
      section: "27.3.1.2",
      sentence: "GS base: not canonical",
    });
    expect(explain({ registers: { ...linux, ...ldt, ldtr_base: NOT_CANONICAL }, msrs, cpuid })?.sentence).toBe(
      "LDTR base: not canonical",
    );
    expect(explain({ registers: { ...linux, idtr_limit: 0x1_0000n }, msrs, cpuid })?.sentence).toBe(
      "IDTR limit: bits 31:16 must be 0",
    );
  });
});
