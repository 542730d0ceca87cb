// Registers, MSRs and CPUID leaves as KVM's structures have them

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import { Block, numberFrom, numberInto } from "../../src/block.ts";
import { realMode } from "../../src/boot/start-state.ts";
import { asHypervisor, readLeaves, withoutLocalApic, writeLeaves } from "../../src/cpuid.ts";
import { readMsrs, writeMsrs } from "../../src/msrs.ts";
import {
  readRegisters,
  readSpecialRegisters,
  readXcrs,
  writeRegisters,
  writeSpecialRegisters,
  writeXcrs,
} from "../../src/registers.ts";

describe("general registers", () => {
  it("stand in Linux's order", () => {
    const block = new Block(kvm.KVM_REGS_BYTES);
    for (let index = 0; index < 18; index++) block.set64(8 * index, BigInt(index));
    const names = "rax rbx rcx rdx rsi rdi rsp rbp r8 r9 r10 r11 r12 r13 r14 r15 rip rflags".split(" ");
    expect(readRegisters(block)).toEqual(Object.fromEntries(names.map((name, index) => [name, BigInt(index)])));
  });

  it("change alone", () => {
    const block = new Block(new Uint8Array(kvm.KVM_REGS_BYTES).fill(0xff));
    writeRegisters(block, { rip: 0n, rsp: 0x1000n });
    expect(readRegisters(block)).toMatchObject({ rip: 0n, rsp: 0x1000n, rax: 0xffff_ffff_ffff_ffffn });
  });
});

describe("special registers", () => {
  it("come back as they were written", () => {
    const block = new Block(kvm.KVM_SREGS_BYTES);
    const cs = {
      selector: 0x33,
      base: 0x1_0000_0000n,
      limit: 0xffff_ffff,
      type: 0xb,
      dpl: 3,
      present: true,
      s: true,
      db: false,
      l: true,
      g: true,
      avl: false,
      unusable: false,
    };
    const ldt = { ...cs, selector: 0, type: 2, s: false, unusable: true, present: false };
    writeSpecialRegisters(block, { cs, ldt, gdt: { base: 0x1000n, limit: 31 }, efer: 0x500n, apicBase: 0xfee0_0900n });
    const read = readSpecialRegisters(block);
    expect(read).toMatchObject({
      cs,
      ldt,
      gdt: { base: 0x1000n, limit: 31 },
      efer: 0x500n,
      apicBase: 0xfee0_0900n,
      cr0: 0n,
    });
    expect(block.get16(12)).toBe(0x33);
    expect(block.get64(kvm.KVM_SREGS_GDT)).toBe(0x1000n);
  });

  it("change alone", () => {
    const block = new Block(new Uint8Array(kvm.KVM_SREGS_BYTES).fill(0x11));
    writeSpecialRegisters(block, { cr3: 0x9000n });
    expect(readSpecialRegisters(block)).toMatchObject({
      cr3: 0x9000n,
      cr0: 0x1111_1111_1111_1111n,
      idt: { limit: 0x1111 },
    });
  });

  it("of real mode are segments of 64 KiB from 0", () => {
    const { registers, specialRegisters } = realMode(0x7c00);
    expect(registers).toEqual({ rip: 0x7c00n, rflags: 2n });
    expect(specialRegisters).toMatchObject({
      cr0: 0x10n,
      cs: { selector: 0, base: 0n, limit: 0xffff, type: 0xb, db: false },
      ss: { selector: 0, base: 0n, limit: 0xffff, type: 3 },
    });
  });
});

it("lists MSRs, and reads as many as KVM has served", () => {
  const block = writeMsrs(
    new Map([
      [0x1b, 5n],
      [0xc000_0080, 0x500n],
    ]),
  );
  expect([block.bytes.length, block.get32(0), block.get32(8), block.get64(32 - 8 + 8)]).toEqual([40, 2, 0x1b, 0x500n]);
  expect([...readMsrs(block, 1)]).toEqual([[0x1b, 5n]]);
  expect([...readMsrs(block, 2)]).toHaveLength(2);
});

it("lists extended control registers", () => {
  const block = new Block(kvm.KVM_XCRS_BYTES);
  writeXcrs(block, new Map([[0, 7n]]));
  expect([block.get32(0), block.get32(8), block.get64(16)]).toEqual([1, 0, 7n]);
  expect([...readXcrs(block)]).toEqual([[0, 7n]]);
});

describe("CPUID leaves", () => {
  const leaf = (number: number, subleaf: number | undefined, value: number) => ({
    leaf: number,
    subleaf,
    eax: value,
    ebx: value,
    ecx: value,
    edx: value,
  });

  it("come back as they were written, with a flag where ECX counts", () => {
    const leaves = [leaf(1, undefined, 0xffff_ffff), leaf(0xd, 0, 1), leaf(0xd, 1, 2)];
    const block = writeLeaves(leaves);
    expect(readLeaves(block)).toEqual(leaves);
    expect([8, 48, 88].map((at) => block.get32(at + 8))).toEqual([0, 1, 1]);
  });

  it("lose their local APIC, and what needs it", () => {
    const [first, features, other] = withoutLocalApic([
      leaf(1, undefined, 0xffff_ffff),
      leaf(0x4000_0001, undefined, 0xffff_ffff),
      leaf(7, 0, 0xffff_ffff),
    ]);
    expect([first?.ecx, first?.edx, first?.eax]).toEqual([0xfedf_ffff, 0xffff_fdff, 0xffff_ffff]);
    // Asynchronous page faults, end of interrupt, unhalt, IPIs: 4, 6, 7, 11, 14, 15.
    expect(features?.eax).toBe(0xffff_372f);
    expect(other).toEqual(leaf(7, 0, 0xffff_ffff));
  });

  it("say that the processor is virtual", () => {
    const [first, other] = asHypervisor([leaf(1, undefined, 0), leaf(2, undefined, 0)]);
    expect([first?.ecx, first?.edx, other?.ecx]).toEqual([0x8000_0000, 0, 0]);
  });
});

it("reads and writes numbers of any size, little endian", () => {
  const bytes = new Uint8Array(3);
  numberInto(bytes, 0x1234_5678n);
  expect([...bytes]).toEqual([0x78, 0x56, 0x34]);
  expect(numberFrom(bytes)).toBe(0x34_5678n);
  expect(numberFrom(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255))).toBe(0xffff_ffff_ffff_ffffn);
});
