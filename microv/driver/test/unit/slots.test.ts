// Memory slots: which are taken, what the guest sees of them, and what is pinned for how long

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { type Driver, NOWHERE, RAM, withVcpu } from "./driver.ts";
import { USER_PHYSICAL } from "./linux.ts";

const EXIST = -kvm.ERRNO_EEXIST;
const FAULT = -kvm.ERRNO_EFAULT;
const INVAL = -kvm.ERRNO_EINVAL;
const NOMEM = -kvm.ERRNO_ENOMEM;
const PAGE = 4096n;
const MIB = 0x10_0000n;
const READ_ONLY = kvm.KVM_MEM_READONLY;
const PHYSICAL = USER_PHYSICAL + 0x1000_0000n;

const ALL = mv.MV_MAP_READ | mv.MV_MAP_WRITE | mv.MV_MAP_EXECUTE;

/** Has the guest touch an address, and then halt: what KVM_RUN says, and the exit. */
function touch(driver: Driver, vcpu: number, address: bigint, access = 0): readonly [number, number] {
  const exits = [mv.MV_EXIT_MMIO, mv.MV_EXIT_HLT];
  driver.onRun = (vs) => {
    driver.tell(vs, mv.MV_PAGE_ADDRESS, 8, address);
    driver.tell(vs, mv.MV_PAGE_ACCESS, 4, access);
    return exits.shift() ?? mv.MV_EXIT_SHUTDOWN;
  };
  driver.setShared(vcpu, kvm.KVM_RUN_EXIT_REASON, 4, 0xff);
  return [driver.run(vcpu), Number(driver.shared(vcpu, kvm.KVM_RUN_EXIT_REASON, 4))];
}

const spaceOf = (driver: Driver) => driver.microv.vms[0]?.memory;

function withRam() {
  const made = withVcpu();
  made.driver.linux.mapUser(RAM, 0x40_0000);
  return made;
}

describe("KVM_SET_USER_MEMORY_REGION", () => {
  it.each<readonly [string, number, bigint, bigint, bigint, number]>([
    ["an unknown flag", 0, 0n, PAGE, RAM, 4],
    ["a log of what is written, which is not offered", 0, 0n, PAGE, RAM, kvm.KVM_MEM_LOG_DIRTY_PAGES],
    ["a number behind the last", 509, 0n, PAGE, RAM, 0],
    ["a number of another address space", 0x1_0000, 0n, PAGE, RAM, 0],
    ["no page's guest address", 0, 1n, PAGE, RAM, 0],
    ["no page's user address", 0, 0n, PAGE, RAM + 0x800n, 0],
    ["no pages", 0, 0n, PAGE + 1n, RAM, 0],
    ["guest addresses around the end", 0, 0xffff_ffff_ffff_f000n, 2n * PAGE, RAM, 0],
    ["guest addresses up to the end", 0, 0xffff_ffff_ffff_f000n, PAGE, RAM, 0],
    ["guest addresses beyond 46 bits", 0, 0x4000_0000_0000n, PAGE, RAM, 0],
    ["the last page of 46 bits, and one more", 0, 0x3fff_ffff_f000n, 2n * PAGE, RAM, 0],
    ["user addresses around the end", 0, 0n, 2n * PAGE, 0xffff_ffff_ffff_f000n, 0],
    ["the kernel's addresses", 0, 0n, PAGE, 0xffff_8880_0000_0000n, 0],
    ["addresses that reach into the kernel's half", 0, 0n, 0x4000_0000_0000n - PAGE, 0xffff_8000_0000_0000n, 0],
    ["more pages than a number of 31 bits", 0, 0n, 0x8000_0000n * PAGE, 0n, 0],
    ["nothing of a slot that is not there", 0, 0n, 0n, RAM, 0],
  ])("refuses %s", (_, number, guest, bytes, user, flags) => {
    const { driver, vm } = withRam();
    const before = driver.taken;
    expect(driver.slot(vm, number, guest, bytes, user, flags)).toBe(INVAL);
    expect(driver.taken).toEqual(before);
  });

  it("refuses what overlaps, and takes what is beside it", () => {
    const { driver, vm } = withRam();
    expect(driver.slot(vm, 7, MIB, MIB, RAM)).toBe(0);
    for (const [guest, bytes] of [
      [MIB, MIB],
      [0n, MIB + PAGE],
      [2n * MIB - PAGE, MIB],
      [MIB + PAGE, PAGE],
      [0n, 4n * MIB],
    ] as const) {
      expect(driver.slot(vm, 8, guest, bytes, RAM)).toBe(EXIST);
      expect(driver.slot(vm, 0, guest, bytes, RAM)).toBe(EXIST);
    }
    expect(driver.slot(vm, 8, 0n, MIB, RAM)).toBe(0);
    expect(driver.slot(vm, 508, 2n * MIB, MIB, RAM)).toBe(0);
    expect(driver.slot(vm, 3, 0x3fff_ffff_f000n, PAGE, RAM)).toBe(0);
  });

  it("refuses another size, other memory, and other rights of a slot that is there", () => {
    const { driver, vm } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
    expect(driver.slot(vm, 0, 0n, MIB + PAGE, RAM)).toBe(INVAL);
    expect(driver.slot(vm, 0, 0n, MIB, RAM + PAGE)).toBe(INVAL);
    expect(driver.slot(vm, 0, 0n, MIB, RAM, READ_ONLY)).toBe(INVAL);
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
  });

  it("has no memory for a slot of more pages than Linux has words for", () => {
    const { driver, vm } = withRam();
    const before = driver.taken;
    expect(driver.slot(vm, 0, 0n, 0x7fff_ffffn * PAGE, 0n)).toBe(NOMEM);
    expect(driver.taken).toEqual(before);
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
  });

  it("moves a slot, and gives its pages back", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
    expect(driver.slot(vm, 1, 4n * MIB, MIB, RAM)).toBe(0);
    expect(touch(driver, vcpu, 0x3000n)).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(driver.linux.pins.size).toBe(256);
    expect(driver.slot(vm, 0, 4n * MIB + PAGE, MIB, RAM)).toBe(EXIST);
    expect(spaceOf(driver)?.find(0x3000n)).toEqual({ host: PHYSICAL + 0x3000n, rights: ALL });
    expect(driver.slot(vm, 0, 8n * MIB, MIB, RAM)).toBe(0);
    expect([driver.linux.pins.size, spaceOf(driver)?.ranges]).toEqual([0, []]);
    expect(touch(driver, vcpu, 8n * MIB + 0x3000n)).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(spaceOf(driver)?.find(8n * MIB + 0x3000n)?.host).toBe(PHYSICAL + 0x3000n);
    // Where it was is free
    expect(driver.slot(vm, 2, 0n, MIB, RAM)).toBe(0);
  });

  it("moves a slot when Linux has no memory", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
    driver.linux.failAllocation = 1;
    const moved = driver.slot(vm, 0, 8n * MIB, MIB, RAM);
    driver.linux.failAllocation = Number.POSITIVE_INFINITY;
    // There or here: it is not lost
    const at = moved === 0 ? 8n * MIB : 0n;
    expect(touch(driver, vcpu, at)).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("takes a slot away when no processor uses it any more, and knows what a guest may have written", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, 2n * PAGE, RAM)).toBe(0);
    expect(driver.slot(vm, 1, MIB, 2n * PAGE, RAM + MIB, READ_ONLY)).toBe(0);
    for (const address of [0n, MIB]) touch(driver, vcpu, address);
    expect(driver.linux.pins.size).toBe(4);
    driver.microv.unflushed = 2n;
    driver.linux.onSleep = () => {
      expect(driver.linux.pins.size).toBe(4);
      driver.microv.unflushed--;
    };
    expect(driver.slot(vm, 0, 0n, 0n, 0n)).toBe(0);
    driver.linux.onSleep = () => {};
    expect(driver.linux.slept).toBe(2);
    expect(driver.slot(vm, 1, 0n, 0n, 0n)).toBe(0);
    expect(driver.linux.pins.size).toBe(0);
    expect([...driver.linux.dirty]).toEqual([PHYSICAL, PHYSICAL + PAGE]);
    expect(driver.slot(vm, 1, 0n, 0n, 0n)).toBe(INVAL);
    expect(driver.slot(vm, 0, 0n, PAGE, RAM)).toBe(0);
  });
});

describe("a guest that touches its memory", () => {
  it("sees the 2 MiB around it, as far as its slot has them", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0x1f_e000n, 0x20_4000n, RAM)).toBe(0);
    touch(driver, vcpu, 0x1f_f123n, mv.MV_ACCESS_WRITE);
    const begins = () => spaceOf(driver)?.ranges.map(({ begin, end }) => [begin, end]);
    expect(begins()).toEqual([[0x1f_e000n, 0x20_0000n]]);
    touch(driver, vcpu, 0x40_0000n);
    expect(begins()).toEqual([
      [0x1f_e000n, 0x20_0000n],
      [0x40_0000n, 0x40_2000n],
    ]);
    touch(driver, vcpu, 0x3f_ffffn);
    expect(driver.linux.pins.size).toBe(0x204);
    // Again: nothing is pinned twice
    touch(driver, vcpu, 0x3f_ffffn);
    expect([...driver.linux.pins.values()].every((count) => count === 1)).toBe(true);
    driver.closeVcpu(vcpu);
    driver.closeVm(vm);
    expect(driver.linux.pins.size).toBe(0);
  });

  it("sees pieces that are apart as pieces, and as many at once as MicroV does", () => {
    const { driver, vm, vcpu } = withVcpu();
    driver.linux.physical = (page) => USER_PHYSICAL + ((page - RAM) ^ 0x2000n);
    driver.linux.mapUser(RAM, 0x8000);
    driver.microv.step = PAGE;
    expect(driver.slot(vm, 0, 0n, 8n * PAGE, RAM)).toBe(0);
    driver.calls.length = 0;
    touch(driver, vcpu, 0n);
    expect(driver.calls.filter((call) => call === mv.MV_VM_MAP).length).toBe(8);
    const hosts = Array.from({ length: 8 }, (_, i) => spaceOf(driver)?.find(BigInt(i) * PAGE)?.host);
    expect(hosts.map((host) => Number(((host ?? 0n) - USER_PHYSICAL) >> 12n))).toEqual([2, 3, 0, 1, 6, 7, 4, 5]);
  });

  it("gets what is there around a hole, and EFAULT at it", () => {
    const { driver, vm, vcpu } = withRam();
    for (const page of [3n, 4n, 9n]) driver.linux.unpinnable.add(RAM + page * PAGE);
    expect(driver.slot(vm, 0, 0n, 16n * PAGE, RAM)).toBe(0);
    expect(touch(driver, vcpu, 5n * PAGE)).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(driver.linux.pins.size).toBe(13);
    expect(touch(driver, vcpu, 4n * PAGE)[0]).toBe(FAULT);
    expect(spaceOf(driver)?.find(4n * PAGE)).toBeUndefined();
    driver.linux.unpinnable.clear();
    expect(touch(driver, vcpu, 4n * PAGE)).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(driver.linux.pins.size).toBe(16);
  });

  it("gets EFAULT where its user has nothing", () => {
    const { driver, vm, vcpu } = withVcpu();
    expect(driver.slot(vm, 0, 0n, MIB, NOWHERE)).toBe(0);
    expect(touch(driver, vcpu, 0n)[0]).toBe(FAULT);
    expect(driver.linux.pins.size).toBe(0);
  });

  it("reads read-only memory, and has its page tables there", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM, READ_ONLY)).toBe(0);
    touch(driver, vcpu, 0n);
    expect(spaceOf(driver)?.find(0n)?.rights).toBe(mv.MV_MAP_READ | mv.MV_MAP_EXECUTE);
    touch(driver, vcpu, 0n, mv.MV_ACCESS_WRITE | mv.MV_ACCESS_TABLE_WALK);
    expect(driver.linux.dirty.size).toBe(0);
  });

  it("waits for the microkernel's memory, and says ENOMEM when there is none", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
    let patience = 5;
    driver.microv.refuse = (call) =>
      call === mv.MV_VM_MAP && --patience > 0 ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined;
    expect(touch(driver, vcpu, 0n)).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(driver.linux.slept).toBe(4);
    driver.microv.refuse = (call) => (call === mv.MV_VM_MAP ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
    expect(touch(driver, vcpu, 0n)[0]).toBe(NOMEM);
    driver.microv.refuse = () => undefined;
    expect(touch(driver, vcpu, 0n)).toEqual([0, kvm.KVM_EXIT_HLT]);
  });
});

describe("the microkernel without memory to take a slot away", () => {
  const withoutUnmap = (driver: Driver) => {
    driver.microv.refuse = (call) => (call === mv.MV_VM_UNMAP ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
  };

  it("leaves the slot where it is, with its pages", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
    touch(driver, vcpu, 0n);
    withoutUnmap(driver);
    expect(driver.slot(vm, 0, 0n, 0n, 0n)).toBe(NOMEM);
    expect(driver.slot(vm, 0, 8n * MIB, MIB, RAM)).toBe(NOMEM);
    expect(driver.linux.pins.size).toBe(256);
    driver.microv.refuse = () => undefined;
    expect(touch(driver, vcpu, 0n)).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(driver.slot(vm, 0, 0n, 0n, 0n)).toBe(0);
    expect(driver.linux.pins.size).toBe(0);
  });

  it("does not keep a machine that ends", () => {
    const { driver, vm, vcpu } = withRam();
    expect(driver.slot(vm, 0, 0n, MIB, RAM)).toBe(0);
    touch(driver, vcpu, 0n);
    withoutUnmap(driver);
    driver.closeVcpu(vcpu);
    driver.closeVm(vm);
    expect(driver.taken).toMatchObject({ allocations: 0, pins: 0, objects: [0, 0, 0] });
  });
});
