// KVM_IOEVENTFD: which writes of a guest signal an eventfd, and which are the user's as ever

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, NOWHERE, RAM, withVcpu } from "./driver.ts";
import { CODE, DEVICE, device, exits, reason, tellInstruction, withCode } from "./instructions.ts";

const BADF = -kvm.ERRNO_EBADF;
const EXIST = -kvm.ERRNO_EEXIST;
const FAULT = -kvm.ERRNO_EFAULT;
const INTR = -kvm.ERRNO_EINTR;
const INVAL = -kvm.ERRNO_EINVAL;
const NOENT = -kvm.ERRNO_ENOENT;
const NOMEM = -kvm.ERRNO_ENOMEM;
const NOSPC = -kvm.ERRNO_ENOSPC;

const PORTS = kvm.KVM_IOEVENTFD_FLAG_PIO;
const MATCH = kvm.KVM_IOEVENTFD_FLAG_DATAMATCH;
const AWAY = kvm.KVM_IOEVENTFD_FLAG_DEASSIGN;
/** Linux's KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY, and one that only has a number. */
const CCW = 8;
const FAST = 16;
const EVENT = 20;
const OTHER = 21;

interface Asked {
  readonly fd?: number;
  readonly addr?: bigint;
  readonly len?: number;
  readonly flags?: number;
  readonly datum?: bigint;
}

function ask(driver: Driver, vm: number, { fd = EVENT, addr = 0x80n, len = 1, flags = PORTS, datum = 0n }: Asked) {
  driver.poke(kvm.KVM_IOEVENTFD_DATAMATCH, 8, datum);
  driver.poke(kvm.KVM_IOEVENTFD_ADDR, 8, addr);
  driver.poke(kvm.KVM_IOEVENTFD_LEN, 4, len);
  driver.poke(kvm.KVM_IOEVENTFD_FD, 4, fd);
  driver.poke(kvm.KVM_IOEVENTFD_FLAGS, 4, flags);
  return driver.vm(vm, kvm.KVM_IOEVENTFD, ARGUMENT);
}

function withEvents(made = withVcpu()) {
  const { linux } = made.driver;
  return { ...made, event: linux.makeEvent(EVENT), other: linux.makeEvent(OTHER) };
}

/** OUT, and then a halt: the exit that the user sees. */
function out(driver: Driver, vcpu: number, port: number, bytes: number, data: bigint, flags = 0): number {
  exits(
    driver,
    () => {
      driver.tell(driver.vs(), mv.MV_PAGE_PORT, 2, port);
      driver.tell(driver.vs(), mv.MV_PAGE_IO_BYTES, 1, bytes);
      driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, flags);
      driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, data);
      return mv.MV_EXIT_IO;
    },
    mv.MV_EXIT_HLT,
  );
  expect(driver.run(vcpu)).toBe(0);
  return reason(driver, vcpu);
}

describe("an ioeventfd", () => {
  it.each<readonly [string, number, Asked]>([
    ["no length that a write has", INVAL, { len: 3 }],
    ["more than a write", INVAL, { len: 16 }],
    ["addresses around the end", INVAL, { addr: 0xffff_ffff_ffff_fffcn, len: 8, flags: 0 }],
    ["a flag that there is not", INVAL, { flags: PORTS | 32 }],
    ["a datum of any length", INVAL, { len: 0, flags: PORTS | MATCH }],
    ["no file", BADF, { fd: 99 }],
    ["a file that is no eventfd", INVAL, { fd: 5 }],
    ["to end with no file", BADF, { fd: 99, flags: PORTS | AWAY }],
    ["to end what was never there", NOENT, { flags: PORTS | AWAY }],
    ["to end what no eventfd has: a length", NOENT, { len: 3, flags: PORTS | AWAY }],
  ])("refuses %s", (_, error, asked) => {
    const { driver, vm } = withEvents();
    driver.linux.otherFiles.add(5);
    const before = driver.taken;
    expect(ask(driver, vm, asked)).toBe(error);
    expect(driver.vm(vm, kvm.KVM_IOEVENTFD, NOWHERE)).toBe(FAULT);
    expect(driver.taken).toEqual(before);
  });

  it.each<readonly [string, Asked, readonly [number, number, bigint], boolean]>([
    ["its port and length", { len: 2 }, [0x80, 2, 5n], true],
    ["another port", { len: 2 }, [0x81, 2, 5n], false],
    ["another length", { len: 2 }, [0x80, 1, 5n], false],
    ["its port with any length", { len: 0 }, [0x80, 4, 5n], true],
    ["the port behind one with any length", { len: 0 }, [0x81, 1, 5n], false],
    ["its datum", { len: 2, flags: PORTS | MATCH, datum: 0x1234n }, [0x80, 2, 0x1234n], true],
    ["another datum", { len: 2, flags: PORTS | MATCH, datum: 0x1234n }, [0x80, 2, 0x1235n], false],
    [
      "its datum, above which is nothing of the guest's",
      { flags: PORTS | MATCH, datum: 0x34n },
      [0x80, 1, 0x1234n],
      true,
    ],
    ["a datum that is not so long", { flags: PORTS | MATCH, datum: 0x134n }, [0x80, 1, 0x34n], false],
    ["its port, asked for with a flag for speed", { flags: PORTS | FAST }, [0x80, 1, 5n], true],
    ["memory's address as a port", { flags: 0 }, [0x80, 1, 5n], false],
    ["what other processors have", { flags: CCW }, [0x80, 1, 5n], false],
    ["ports, whatever other processors have", { flags: CCW | PORTS }, [0x80, 1, 5n], true],
  ])("has a port: %s", (_, asked, [port, bytes, data], isTaken) => {
    const { driver, vm, vcpu, event } = withEvents();
    expect(ask(driver, vm, asked)).toBe(0);
    expect(out(driver, vcpu, port, bytes, data)).toBe(isTaken ? kvm.KVM_EXIT_HLT : kvm.KVM_EXIT_IO);
    expect(event.signals).toBe(isTaken ? 1 : 0);
  });

  it("leaves what the guest reads to the user", () => {
    const { driver, vm, vcpu, event } = withEvents();
    ask(driver, vm, {});
    expect(out(driver, vcpu, 0x80, 1, 0n, mv.MV_IO_IN)).toBe(kvm.KVM_EXIT_IO);
    expect(event.signals).toBe(0);
  });

  it.each<readonly [string, Asked, boolean]>([
    ["its address and length", { len: 2 }, true],
    ["its address with any length", { len: 0 }, true],
    ["another length", { len: 4 }, false],
    ["its datum", { len: 2, flags: MATCH, datum: 0x1234n }, true],
    ["another datum", { len: 2, flags: MATCH, datum: 0x1_1234n }, false],
    ["a port's number as memory", { len: 2, flags: PORTS }, false],
  ])("has memory: %s", (_, asked, isTaken) => {
    const made = withEvents(withCode(0xa3, 0x10, 0x00)); // mov [10h], ax
    const { driver, vm, vcpu, event } = made;
    expect(ask(driver, vm, { flags: 0, addr: DEVICE + 0x10n, ...asked })).toBe(0);
    exits(
      driver,
      () => device(driver, 0x10n, mv.MV_ACCESS_WRITE, { RAX: 0x1234n }),
      () => {
        const page = driver.vs().page;
        expect(driver.memory.peek(page + BigInt(mv.MV_PAGE_RIP), 8)).toBe(CODE + 3n);
        expect(driver.memory.peek(page + BigInt(mv.MV_PAGE_REQUEST), 4)).toBe(BigInt(mv.MV_RUN_REGISTERS));
        return mv.MV_EXIT_HLT;
      },
    );
    expect(driver.run(vcpu)).toBe(0);
    expect(reason(driver, vcpu)).toBe(isTaken ? kvm.KVM_EXIT_HLT : kvm.KVM_EXIT_MMIO);
    expect(event.signals).toBe(isTaken ? 1 : 0);
  });

  it("does not have what is a slot's", () => {
    const { driver, vm, vcpu, event } = withEvents(withCode(0xa3, 0x10, 0x00));
    ask(driver, vm, { flags: 0, addr: DEVICE + 0x10n, len: 2 });
    expect(driver.slot(vm, 1, DEVICE, 0x1000n, RAM + 0x8000n)).toBe(0);
    exits(driver, () => device(driver, 0x10n, mv.MV_ACCESS_WRITE, { RAX: 0x1234n }), mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), reason(driver, vcpu), event.signals]).toEqual([0, kvm.KVM_EXIT_HLT, 0]);
  });

  it("is one of several at an address, by what is written", () => {
    const { driver, vm, vcpu, event, other } = withEvents();
    expect(ask(driver, vm, { flags: PORTS | MATCH, datum: 1n })).toBe(0);
    expect(ask(driver, vm, { fd: OTHER, flags: PORTS | MATCH, datum: 2n })).toBe(0);
    const seen = [2n, 1n, 2n, 3n].map((datum) => out(driver, vcpu, 0x80, 1, datum));
    expect(seen.map((exit) => exit === kvm.KVM_EXIT_HLT)).toEqual([true, true, true, false]);
    expect([event.signals, other.signals]).toEqual([1, 2]);
  });

  it.each<readonly [string, Asked, Asked, number]>([
    ["the same", {}, {}, EXIST],
    ["the same of another eventfd", {}, { fd: OTHER }, EXIST],
    ["another length", {}, { len: 2 }, 0],
    ["any length", {}, { len: 0 }, EXIST],
    ["a length beside any", { len: 0 }, { len: 4 }, EXIST],
    ["a datum beside all", {}, { flags: PORTS | MATCH, datum: 1n }, EXIST],
    ["all beside a datum", { flags: PORTS | MATCH, datum: 1n }, {}, EXIST],
    ["the same datum", { flags: PORTS | MATCH, datum: 1n }, { flags: PORTS | MATCH, datum: 1n }, EXIST],
    ["another datum", { flags: PORTS | MATCH, datum: 1n }, { flags: PORTS | MATCH, datum: 2n }, 0],
    ["memory of that number", {}, { flags: 0 }, 0],
    ["a port within the length", { len: 4 }, { addr: 0x82n }, 0],
  ])("is refused where another one is: %s", (_, first, second, result) => {
    const { driver, vm } = withEvents();
    expect(ask(driver, vm, first)).toBe(0);
    const before = driver.taken;
    expect(ask(driver, vm, second)).toBe(result);
    expect(driver.taken.events).toBe(before.events + (result === 0 ? 1 : 0));
  });

  it("ends when it is named as it was made", () => {
    const { driver, vm, vcpu, event } = withEvents();
    const made: Asked = { len: 2, flags: PORTS | MATCH, datum: 7n };
    ask(driver, vm, made);
    for (const other of [
      { len: 1 },
      { datum: 8n },
      { fd: OTHER },
      { addr: 0x81n },
      { flags: PORTS },
      { flags: MATCH },
    ]) {
      const asked = { ...made, ...other };
      expect(ask(driver, vm, { ...asked, flags: (asked.flags ?? 0) | AWAY })).toBe(NOENT);
    }
    expect(event.holders).toBe(1);
    expect(ask(driver, vm, { ...made, flags: PORTS | MATCH | AWAY })).toBe(0);
    expect(event.holders).toBe(0);
    expect(out(driver, vcpu, 0x80, 2, 7n)).toBe(kvm.KVM_EXIT_IO);
  });

  it("has neither room for more than the table has, nor memory that Linux has not", () => {
    const { driver, vm, event } = withEvents();
    driver.linux.failAllocation = 1;
    expect(ask(driver, vm, { addr: 0n })).toBe(NOMEM);
    for (let i = 0n; i < 2048n; i++) {
      if (i === 16n || i === 1024n) {
        driver.linux.failAllocation = 1;
        expect(ask(driver, vm, { addr: i })).toBe(NOMEM);
      }
      expect(ask(driver, vm, { addr: i })).toBe(0);
    }
    expect(ask(driver, vm, { addr: 2048n })).toBe(NOSPC);
    expect(event.holders).toBe(2048);
    // From the first to the last, none is lost
    for (let i = 0n; i < 2048n; i++) expect(ask(driver, vm, { addr: i, flags: PORTS | AWAY })).toBe(0);
    expect(event.holders).toBe(0);
  });

  it("ends with the machine", () => {
    const { driver, vm, vcpu, event, other } = withEvents();
    for (let i = 0n; i < 40n; i++) ask(driver, vm, { fd: i % 2n === 0n ? EVENT : OTHER, addr: i });
    expect([event.holders, other.holders]).toEqual([20, 20]);
    driver.closeVcpu(vcpu);
    driver.closeVm(vm);
    expect([event.holders, other.holders, driver.taken.allocations]).toEqual([0, 0, 0]);
  });
});

describe("a string to a port with an ioeventfd", () => {
  const string = (driver: Driver, count: bigint) => {
    tellInstruction(driver, { RCX: count, RDX: 0x80n, RSI: 0x10n });
    driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, mv.MV_IO_STRING | mv.MV_IO_REPEATED);
    return mv.MV_EXIT_IO;
  };
  const withString = (...code: readonly number[]) => {
    const made = withEvents(withCode(...code));
    made.driver.vs().registers.set(mv.MV_REG_DS_BASE, 0x2000n);
    made.driver.memory.write(RAM + 0x2010n, Uint8Array.of(1, 2, 3, 4, 5, 6));
    return made;
  };

  it("signals for each element", () => {
    const { driver, vm, vcpu, event } = withString(0xf3, 0x6f); // rep outsw
    ask(driver, vm, { len: 2 });
    exits(driver, () => string(driver, 3n), mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), reason(driver, vcpu), event.signals]).toEqual([0, kvm.KVM_EXIT_HLT, 3]);
  });

  it("is the user's when the first element is none of the eventfd's", () => {
    const { driver, vm, vcpu, event } = withString(0xf3, 0x6e); // rep outsb
    ask(driver, vm, { flags: PORTS | MATCH, datum: 2n });
    exits(driver, () => string(driver, 3n));
    expect([driver.run(vcpu), reason(driver, vcpu), event.signals]).toEqual([0, kvm.KVM_EXIT_IO, 0]);
    expect(driver.shared(vcpu, kvm.KVM_PAGE_BYTES, 4)).toBe(0x030201n);
  });

  it("goes on only as long as the user lets it, and from where it was", () => {
    const { driver, vm, vcpu, event } = withString(0xf3, 0x6e);
    ask(driver, vm, {});
    // As many as the rest of a page has, each time
    exits(driver, () => string(driver, 0x5000n), mv.MV_EXIT_HLT);
    driver.linux.onIsSignalled = () => true;
    const seen: number[][] = [];
    for (let i = 0; i < 3; i++) seen.push([driver.run(vcpu), reason(driver, vcpu), event.signals]);
    const signals = seen.map(([, , count]) => count);
    expect(seen.map(([result, exit]) => [result, exit])).toEqual(Array(3).fill([INTR, kvm.KVM_EXIT_INTR]));
    expect(signals).toEqual([0xff0 + 0x1000, 0xff0 + 0x3000, 0x5000]);
    driver.linux.onIsSignalled = () => false;
    expect([driver.run(vcpu), reason(driver, vcpu), event.signals]).toEqual([0, kvm.KVM_EXIT_HLT, 0x5000]);
  });
});
