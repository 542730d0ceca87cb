// 16-bit code: accesses to MSRs, and exceptions, told apart by where their handlers halt

import assert from "node:assert/strict";
import type { Vcpu, VirtualMachine } from "@bareflank/vmm";
import { HLT } from "./expectations.ts";

/** Handlers of #UD and #GP in 16-bit code: HLT, at an address of each. */
const HANDLERS = new Map([
  [6, 0x7d00],
  [13, 0x7d10],
]);
export const installHandlers = (vm: VirtualMachine): void => {
  for (const [vector, address] of HANDLERS) {
    vm.memory.write(4 * vector, Uint8Array.of(address & 0xff, address >> 8, 0, 0));
    vm.memory.write(address, Uint8Array.of(HLT));
  }
};
/** Which exception has ended the code, or undefined. */
export const faultOf = (vcpu: Vcpu): number | undefined => {
  assert.equal(vcpu.run().kind, "hlt");
  const at = Number(vcpu.registers().rip) - 1;
  return [...HANDLERS].find(([, address]) => address === at)?.[0];
};

/** mov ecx, number */
export const msrCode = (number: number): number[] => [
  0x66,
  0xb9,
  ...[0, 8, 16, 24].map((shift) => (number >>> shift) & 0xff),
];
export const RDMSR = [0x0f, 0x32];
export const WRMSR = [0x0f, 0x30];
export const EFER = 0xc000_0080;
