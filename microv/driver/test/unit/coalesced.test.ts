// Coalesced writes: which wait in the ring, and when the user gets them as ever

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, NOWHERE, withVcpu } from "./driver.ts";
import { DEVICE, device, exits, reason, withCode } from "./instructions.ts";

const FAULT = -kvm.ERRNO_EFAULT;
const INVAL = -kvm.ERRNO_EINVAL;
/** What the page has room for. */
const PLACES = 170;

function zone(driver: Driver, vm: number, command: number, address: bigint, size: number, pio: number): number {
  driver.poke(kvm.KVM_COALESCED_MMIO_ZONE_ADDR, 8, address);
  driver.poke(kvm.KVM_COALESCED_MMIO_ZONE_SIZE, 4, size);
  driver.poke(kvm.KVM_COALESCED_MMIO_ZONE_PIO, 4, pio);
  return driver.vm(vm, command, ARGUMENT);
}
const register = (driver: Driver, vm: number, address: bigint, size: number, pio = 1) =>
  zone(driver, vm, kvm.KVM_REGISTER_COALESCED_MMIO, address, size, pio);
const unregister = (driver: Driver, vm: number, address: bigint, size: number, pio = 1) =>
  zone(driver, vm, kvm.KVM_UNREGISTER_COALESCED_MMIO, address, size, pio);

const ends = (driver: Driver, vm: number) => [
  Number(driver.ring(vm, kvm.KVM_COALESCED_MMIO_RING_FIRST, 4)),
  Number(driver.ring(vm, kvm.KVM_COALESCED_MMIO_RING_LAST, 4)),
];
const entry = (driver: Driver, vm: number, index: number) => {
  const at = kvm.KVM_COALESCED_MMIO_RING_BYTES + index * kvm.KVM_COALESCED_MMIO_BYTES;
  return [
    driver.ring(vm, at + kvm.KVM_COALESCED_MMIO_PHYS_ADDR, 8),
    driver.ring(vm, at + kvm.KVM_COALESCED_MMIO_LEN, 4),
    driver.ring(vm, at + kvm.KVM_COALESCED_MMIO_PIO, 4),
    driver.ring(vm, at + kvm.KVM_COALESCED_MMIO_DATA, 8),
  ];
};

/** OUT, and then a halt: whether the user saw nothing of it. */
function isCoalesced(driver: Driver, vcpu: number, port: number, bytes: number, data = 0n): boolean {
  exits(
    driver,
    () => {
      driver.tell(driver.vs(), mv.MV_PAGE_PORT, 2, port);
      driver.tell(driver.vs(), mv.MV_PAGE_IO_BYTES, 1, bytes);
      driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, 0);
      driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, data);
      return mv.MV_EXIT_IO;
    },
    mv.MV_EXIT_HLT,
  );
  expect(driver.run(vcpu)).toBe(0);
  return reason(driver, vcpu) === kvm.KVM_EXIT_HLT;
}

describe("a coalesced zone", () => {
  it("is of memory or of ports", () => {
    const { driver, vm } = withVcpu();
    for (const call of [register, unregister]) {
      expect(call(driver, vm, 0x80n, 4, 2)).toBe(INVAL);
      expect(call(driver, vm, 0x80n, 4, 0xffff_ffff)).toBe(INVAL);
    }
    expect(driver.vm(vm, kvm.KVM_REGISTER_COALESCED_MMIO, NOWHERE)).toBe(FAULT);
    expect(driver.vm(vm, kvm.KVM_UNREGISTER_COALESCED_MMIO, NOWHERE)).toBe(FAULT);
  });

  it.each<readonly [string, number, number, boolean]>([
    ["its first port", 0x80, 1, true],
    ["its last port", 0x83, 1, true],
    ["all of it", 0x80, 4, true],
    ["the port before", 0x7f, 1, false],
    ["from before into it", 0x7f, 2, false],
    ["from it to behind", 0x83, 2, false],
    ["the port behind", 0x84, 1, false],
  ])("has what lies in it: %s", (_, port, bytes, isIn) => {
    const { driver, vm, vcpu } = withVcpu();
    expect(register(driver, vm, 0x80n, 4)).toBe(0);
    expect(isCoalesced(driver, vcpu, port, bytes)).toBe(isIn);
    expect(ends(driver, vm)).toEqual([0, isIn ? 1 : 0]);
  });

  it.each([
    ["around the end of all addresses", 0xffff_ffff_ffff_ffffn, 0x100],
    ["of nothing", 0x80n, 0],
  ])("may be one that nothing lies in: %s", (_, address, size) => {
    const { driver, vm, vcpu } = withVcpu();
    expect(register(driver, vm, address, size)).toBe(0);
    expect(isCoalesced(driver, vcpu, 0x80, 1)).toBe(false);
  });

  it("leaves the writes in the order in which they came, as they were", () => {
    const { driver, vm, vcpu } = withCode(0x66, 0xa3, 0x10, 0x00); // mov [10h], eax
    register(driver, vm, 0x80n, 4);
    register(driver, vm, DEVICE, 0x1000, 0);
    isCoalesced(driver, vcpu, 0x82, 2, 0x1234_5678n);
    exits(driver, () => device(driver, 0x10n, mv.MV_ACCESS_WRITE, { RAX: 0x1234_5678n }), mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(ends(driver, vm)).toEqual([0, 2]);
    expect(entry(driver, vm, 0)).toEqual([0x82n, 2n, 1n, 0x5678n]);
    expect(entry(driver, vm, 1)).toEqual([DEVICE + 0x10n, 4n, 0n, 0x1234_5678n]);
  });

  it("gives its user what the ring has no room for, whatever is written to the ring's ends", () => {
    const { driver, vm, vcpu } = withVcpu();
    register(driver, vm, 0x80n, 4);
    for (let i = 0; i < PLACES - 1; i++) expect(isCoalesced(driver, vcpu, 0x80, 1, BigInt(i))).toBe(true);
    expect(isCoalesced(driver, vcpu, 0x80, 1)).toBe(false);
    expect(ends(driver, vm)).toEqual([0, PLACES - 1]);
    // The user has carried out one, so the next one takes the last place, and the ring begins again
    driver.setRing(vm, kvm.KVM_COALESCED_MMIO_RING_FIRST, 4, 1);
    expect(isCoalesced(driver, vcpu, 0x80, 1, 0x77n)).toBe(true);
    expect([ends(driver, vm), entry(driver, vm, PLACES - 1)]).toEqual([
      [1, 0],
      [0x80n, 1n, 1n, 0x77n],
    ]);
    expect(isCoalesced(driver, vcpu, 0x80, 1)).toBe(false);
    for (const last of [PLACES, PLACES + 1, 0x8000_0000, 0xffff_ffff]) {
      driver.setRing(vm, kvm.KVM_COALESCED_MMIO_RING_LAST, 4, last);
      expect(isCoalesced(driver, vcpu, 0x80, 1)).toBe(false);
    }
    driver.setRing(vm, kvm.KVM_COALESCED_MMIO_RING_LAST, 4, PLACES - 1);
    driver.setRing(vm, kvm.KVM_COALESCED_MMIO_RING_FIRST, 4, 0xffff_ffff);
    expect(isCoalesced(driver, vcpu, 0x80, 1)).toBe(true);
  });

  it("goes when a part of it is named, with all that have that part", () => {
    const { driver, vm, vcpu } = withVcpu();
    for (const [address, size] of [
      [0x80n, 4],
      [0x80n, 8],
      [0x82n, 1],
    ] as const) {
      register(driver, vm, address, size);
    }
    register(driver, vm, 0x80n, 8, 0);
    expect(unregister(driver, vm, 0x100n, 1)).toBe(0);
    expect(unregister(driver, vm, 0xffff_ffff_ffff_ffffn, 2)).toBe(0);
    expect(unregister(driver, vm, 0x80n, 8)).toBe(0);
    expect([0x80, 0x85].map((port) => isCoalesced(driver, vcpu, port, 1))).toEqual([true, false]);
    expect(unregister(driver, vm, 0x80n, 3)).toBe(0);
    expect([0x80, 0x82].map((port) => isCoalesced(driver, vcpu, port, 1))).toEqual([false, true]);
    driver.closeVcpu(vcpu);
    driver.closeVm(vm);
    expect(driver.taken.allocations).toBe(0);
  });
});
