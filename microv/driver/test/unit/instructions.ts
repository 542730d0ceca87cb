// A guest of which the code is looked at: what MicroV tells when an instruction of it exits

import * as kvm from "@bareflank/abi/kvm";
import { expect } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { type Driver, RAM, withVcpu } from "./driver.ts";

/** A device of the guest's. */
export const DEVICE = 0xd000_0000n;
export const CODE = 0x1000n;

export const reason = (driver: Driver, vcpu: number): number => Number(driver.shared(vcpu, kvm.KVM_RUN_EXIT_REASON, 4));

/** Has MicroV say one exit after the other. */
export function exits(driver: Driver, ...all: readonly (number | (() => number))[]): void {
  const rest = [...all];
  driver.onRun = () => {
    const next = rest.shift();
    if (next === undefined) throw new Error("one run too many");
    return typeof next === "number" ? next : next();
  };
}

/** A guest in 16-bit mode whose code, at 1000h, is `code`. */
export function withCode(...code: readonly number[]) {
  const made = withVcpu();
  const { driver, vm } = made;
  driver.linux.mapUser(RAM, 0x10_0000);
  driver.memory.write(RAM + CODE, Uint8Array.from(code));
  expect(driver.slot(vm, 0, 0n, 0x10_0000n, RAM)).toBe(0);
  const registers = driver.vs().registers;
  registers.set(mv.MV_REG_CS_SELECTOR, 0n);
  registers.set(mv.MV_REG_CS_BASE, 0n);
  registers.set(mv.MV_REG_DS_BASE, DEVICE);
  return made;
}

/** RAX to R15 by their encodings, RIP, RFLAGS: what MicroV tells of an instruction. */
export const GENERAL = ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI"] as const;
export function tellInstruction(
  driver: Driver,
  registers: Partial<Record<(typeof GENERAL)[number], bigint>> = {},
): void {
  for (const [index, name] of GENERAL.entries()) {
    driver.tell(driver.vs(), mv.MV_PAGE_GENERAL + 8 * index, 8, registers[name] ?? 0n);
  }
  driver.tell(driver.vs(), mv.MV_PAGE_RIP, 8, CODE);
  driver.tell(driver.vs(), mv.MV_PAGE_RFLAGS, 8, 2n);
}

export function device(driver: Driver, offset: bigint, access: number, registers = {}): number {
  tellInstruction(driver, registers);
  driver.tell(driver.vs(), mv.MV_PAGE_ADDRESS, 8, DEVICE + offset);
  driver.tell(driver.vs(), mv.MV_PAGE_ACCESS, 4, access);
  return mv.MV_EXIT_MMIO;
}
