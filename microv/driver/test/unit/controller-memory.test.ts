// Memory of interrupt controllers: instructions of a guest that read and write registers of its local APIC and of the I/O APIC

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { enable, type Irqchip, withApic } from "./controllers.ts";
import { type Driver, RAM } from "./driver.ts";
import { CODE, exits, reason, tellInstruction } from "./instructions.ts";

const APIC = 0xfee0_0000n;
const MOVED = 0xfed0_0000n;
const IO_APIC = 0xfec0_0000n;
const FLAGS = 0x900n;
const X2APIC = 0xd00n;
const EOI = 0xb0n;
const VALUE = 0x1122_3344_5566_7788n;

/** In 16-bit mode: MOV of AL, AX and EAX, and MOVQ of MM1, from [0] and to it. */
const READS = { 1: [0xa0, 0, 0], 2: [0xa1, 0, 0], 4: [0x66, 0xa1, 0, 0], 8: [0x0f, 0x6f, 0x0e, 0, 0] } as const;
const WRITES = { 1: [0xa2, 0, 0], 2: [0xa3, 0, 0], 4: [0x66, 0xa3, 0, 0], 8: [0x0f, 0x7f, 0x0e, 0, 0] } as const;
type Bytes = keyof typeof READS;

/** A guest whose accesses are calls of MicroV's: which, and with what. */
function withGuest(irqchip: Irqchip) {
  const { driver, vm, vcpu, answer } = withApic(irqchip);
  const told: (readonly [call: number, offset: bigint, value?: bigint])[] = [];
  driver.linux.mapUser(RAM, 0x10_0000);
  expect(driver.slot(vm, 0, 0n, 0x10_0000n, RAM)).toBe(0);
  const vs = driver.vs();
  for (const register of [mv.MV_REG_CS_SELECTOR, mv.MV_REG_CS_BASE]) vs.registers.set(register, 0n);
  answer.r11 = 0n;
  driver.microv.controllers = (call, registers) => {
    const isWrite = call === mv.MV_VS_APIC_WRITE || call === mv.MV_VM_IO_APIC_WRITE;
    told.push(isWrite ? [call, registers.r12, registers.r13] : [call, registers.r12]);
    Object.assign(registers, answer);
  };
  const access = (code: readonly number[], address: bigint, isWrite: boolean, base: bigint): number => {
    told.length = 0;
    driver.memory.write(RAM + CODE, Uint8Array.from(code));
    vs.registers.set(mv.MV_REG_DS_BASE, address);
    vs.registers.set(mv.MV_REG_APIC_BASE, base);
    exits(
      driver,
      () => {
        tellInstruction(driver, { RAX: VALUE });
        driver.tell(vs, mv.MV_PAGE_APIC_BASE, 8, base);
        driver.tell(vs, mv.MV_PAGE_ADDRESS, 8, address);
        driver.tell(vs, mv.MV_PAGE_ACCESS, 4, isWrite ? mv.MV_ACCESS_WRITE : 0);
        return mv.MV_EXIT_MMIO;
      },
      mv.MV_EXIT_SHUTDOWN,
    );
    expect(driver.run(vcpu)).toBe(0);
    return reason(driver, vcpu);
  };
  const read = (bytes: Bytes, address: bigint, base = APIC | FLAGS) => access(READS[bytes], address, false, base);
  const write = (bytes: Bytes, address: bigint, base = APIC | FLAGS) => access(WRITES[bytes], address, true, base);
  return { driver, vm, vcpu, answer, told, read, write };
}

const rax = (driver: Driver): bigint => driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_GENERAL), 8);
const DONE = kvm.KVM_EXIT_SHUTDOWN;
const USER = kvm.KVM_EXIT_MMIO;

describe("a local APIC's memory", () => {
  it.each<readonly [Bytes, bigint, bigint]>([
    [4, 0x20n, 0xa1b2_c3d4n],
    [2, 0x20n, 0x1122_3344_5566_c3d4n],
    [1, 0x20n, 0x1122_3344_5566_77d4n],
    [1, 0x21n, 0x1122_3344_5566_77c3n],
    [2, 0x22n, 0x1122_3344_5566_a1b2n],
    [1, 0x23n, 0x1122_3344_5566_77a1n],
    [4, 0x24n, 0n],
    [1, 0x2fn, 0x1122_3344_5566_7700n],
  ])("is read by %i bytes at %i", (bytes, offset, value) => {
    const { driver, told, answer, read } = withGuest("split");
    answer.r10 = 0xa1b2_c3d4n;
    expect([read(bytes, APIC + offset), rax(driver)]).toEqual([DONE, value]);
    expect(told).toEqual(offset < 0x30n ? [[mv.MV_VS_APIC_READ, 0x20n]] : []);
  });

  it("is written by 32 bits at a register, and takes nothing else", () => {
    const { told, write } = withGuest("full");
    expect(write(4, APIC + 0x300n)).toBe(DONE);
    expect(told).toEqual([[mv.MV_VS_APIC_WRITE, 0x300n, 0x5566_7788n]]);
    // Behind its last register
    expect([write(4, APIC + 0xff0n), told]).toEqual([DONE, []]);
    for (const [bytes, offset] of [
      [1, 0x300n],
      [2, 0x300n],
      [8, 0x300n],
      [4, 0x301n],
      [4, 0x304n],
      [4, 0x30cn],
    ] as const) {
      expect([write(bytes, APIC + offset), told]).toEqual([DONE, []]);
    }
  });

  it("is where its base says, in xAPIC mode alone", () => {
    const { told, read, write } = withGuest("full");
    expect([read(4, MOVED + 0x20n, MOVED | FLAGS), told]).toEqual([DONE, [[mv.MV_VS_APIC_READ, 0x20n]]]);
    for (const [address, base] of [
      [APIC, MOVED | FLAGS],
      [APIC - 0x20n, APIC | FLAGS],
      [APIC + 0x1000n, APIC | FLAGS],
    ] as const) {
      expect([read(4, address, base), write(4, address, base), told]).toEqual([USER, USER, []]);
    }
  });

  it.each([X2APIC, 0x100n])("has no registers in other modes: ones, and nothing that is written (%i)", (mode) => {
    const { driver, vm, told, read, write } = withGuest("full");
    expect([read(4, APIC + 0x20n, APIC | mode), rax(driver)]).toEqual([DONE, 0xffff_ffffn]);
    expect([write(4, APIC + 0x20n, APIC | mode), told]).toEqual([DONE, []]);
    // The user does without that quirk, and has what is there
    expect(enable(driver, vm, kvm.KVM_CAP_DISABLE_QUIRKS2, kvm.KVM_X86_QUIRK_LAPIC_MMIO_HOLE)).toBe(0);
    expect([read(4, APIC + 0x20n, APIC | mode), write(4, APIC + 0x20n, APIC | mode), told]).toEqual([USER, USER, []]);
  });

  it("has others woken by what is written", () => {
    const { driver, vm, answer, write } = withGuest("split");
    const second = driver.vm(vm, kvm.KVM_CREATE_VCPU, 1);
    answer.r10 = 2n;
    expect([write(4, APIC + 0x300n), driver.linux.woken]).toEqual([DONE, [second]]);
  });

  it.each([
    ["full", kvm.KVM_EXIT_SHUTDOWN],
    ["split", kvm.KVM_EXIT_IOAPIC_EOI],
  ] as const)(
    "is where interrupts end, of which whoever has the I/O APIC hears behind the instruction: %s",
    (irqchip, exit) => {
      const { driver, vcpu, answer, write } = withGuest(irqchip);
      answer.r11 = BigInt(mv.MV_EXIT_EOI);
      driver.tell(driver.vs(), mv.MV_PAGE_VECTOR, 4, 0xb1);
      expect(write(4, APIC + EOI)).toBe(exit);
      expect(driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_RIP), 8)).toBe(CODE + 4n);
      if (irqchip === "full") return;
      expect(driver.shared(vcpu, kvm.KVM_RUN_EOI_VECTOR, 1)).toBe(0xb1n);
      expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, DONE]);
    },
  );

  it("is its user's where there is none", () => {
    const { told, read } = withGuest("none");
    expect([read(4, APIC + 0x20n), told]).toEqual([USER, []]);
  });
});

describe("the I/O APIC's memory", () => {
  it("is read by registers", () => {
    const { driver, told, answer, read } = withGuest("full");
    answer.r10 = 0xa1b2_c3d4n;
    expect([read(4, IO_APIC + 0x10n), told, rax(driver)]).toEqual([
      DONE,
      [[mv.MV_VM_IO_APIC_READ, 0x10n]],
      0xa1b2_c3d4n,
    ]);
    expect([read(1, IO_APIC + 0x12n), told]).toEqual([DONE, [[mv.MV_VM_IO_APIC_READ, 0x10n]]]);
    expect(rax(driver)).toBe(0x1122_3344_5566_77b2n);
  });

  it.each<readonly [Bytes, bigint]>([
    [1, 0x88n],
    [2, 0x7788n],
    [4, 0x5566_7788n],
    [8, 0n],
  ])("is written by %i bytes, of which the others are 0", (bytes, value) => {
    const { driver, vm, told, answer, write } = withGuest("full");
    const second = driver.vm(vm, kvm.KVM_CREATE_VCPU, 1);
    answer.r10 = 2n;
    expect([write(bytes, IO_APIC + 0x10n), told]).toEqual([DONE, [[mv.MV_VM_IO_APIC_WRITE, 0x10n, value]]]);
    expect(driver.linux.woken).toEqual([second]);
  });

  it.each([
    ["full", IO_APIC + 0xf0n, DONE],
    ["full", IO_APIC + 0x100n, USER],
    ["full", IO_APIC - 4n, USER],
    ["split", IO_APIC, USER],
    ["none", IO_APIC, USER],
  ] as const)("is 256 bytes where MicroV has it, and else its user's: %s, at %i", (irqchip, address, exit) => {
    const { told, read } = withGuest(irqchip);
    expect([read(4, address), told.length]).toEqual([exit, exit === DONE ? 1 : 0]);
  });
});
