// Random ioctls, with whatever fails of Linux and of MicroV: no access beyond what is the core's, and nothing lost

import * as kvm from "@bareflank/abi/kvm";
import { Random } from "@bareflank/bsl/test-support";
import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { split } from "./controllers.ts";
import { ARGUMENT, Driver, NOWHERE, RAM } from "./driver.ts";

const STEPS = 2_000;
const PAGE = 4096n;

const commands = Object.values<number | bigint>(kvm)
  .map(Number)
  .filter((value) => ((value >>> 8) & 0xff) === 0xae);
const expected = [
  kvm.ERRNO_EBADF,
  kvm.ERRNO_EEXIST,
  kvm.ERRNO_EFAULT,
  kvm.ERRNO_EINTR,
  kvm.ERRNO_EINVAL,
  kvm.ERRNO_ENOTTY,
];
const known = new Set<number>([
  ...expected,
  kvm.ERRNO_E2BIG,
  kvm.ERRNO_EBUSY,
  kvm.ERRNO_ENOENT,
  kvm.ERRNO_ENXIO,
  kvm.ERRNO_EMFILE,
  kvm.ERRNO_ENODEV,
  kvm.ERRNO_ENOMEM,
]);

/** What MicroV never refuses. */
const ends = new Set<number>([mv.MV_VM_DESTROY, mv.MV_VP_DESTROY, mv.MV_VS_DESTROY]);
const exits = [
  ...[mv.MV_EXIT_FAILURE, mv.MV_EXIT_UNKNOWN, mv.MV_EXIT_HLT, mv.MV_EXIT_IO, mv.MV_EXIT_MMIO, mv.MV_EXIT_MSR],
  ...[mv.MV_EXIT_WINDOW, mv.MV_EXIT_SHUTDOWN, mv.MV_EXIT_MMIO, mv.MV_EXIT_IO],
  ...[mv.MV_EXIT_TIMER, mv.MV_EXIT_WAKE, mv.MV_EXIT_EOI],
];
const told = [
  ...[mv.MV_PAGE_ADDRESS, mv.MV_PAGE_DATA, mv.MV_PAGE_RIP, mv.MV_PAGE_CR8],
  ...[mv.MV_PAGE_DEADLINE, mv.MV_PAGE_WAKE, mv.MV_PAGE_APIC_BASE],
];

class Session {
  readonly driver = new Driver();
  readonly random: Random;
  readonly vms: number[] = [];
  readonly vcpus = new Map<number, number>();
  readonly results = new Map<number, number>();

  constructor(seed: number) {
    this.random = new Random(seed);
    this.driver.linux.mapUser(RAM, 0x40_0000);
    for (const file of [0, 1, 2, 17]) this.driver.linux.makeEvent(file);
    this.driver.onRun = (vs) => {
      // A guest that goes on for ever has no place in a test
      const isEnd = this.random.once(3);
      const small = [0n, 1n, 2n, 4n, 8n, 0x1000n, 0x20_0000n, 0xd000_0000n, 0xfec0_0000n, 0xfee0_0800n];
      for (const offset of told) {
        this.driver.tell(vs, offset, 8, this.random.pick(small) + BigInt(this.random.below(64)));
      }
      this.driver.tell(vs, mv.MV_PAGE_ACCESS, 4, this.random.below(16));
      this.driver.tell(vs, mv.MV_PAGE_IO_BYTES, 1, this.random.pick([1, 2, 4]));
      this.driver.tell(vs, mv.MV_PAGE_IO_FLAGS, 1, this.random.below(8));
      this.driver.tell(vs, mv.MV_PAGE_MSR, 4, this.random.pick([0x10, 0x11, 0x12, 0x4b56_4d00, 0x4b56_4d01]));
      return isEnd ? mv.MV_EXIT_HLT : this.random.pick(exits);
    };
    this.driver.microv.controllers = (_, registers) => {
      registers.r10 = BigInt(this.random.below(4));
      registers.r11 = this.random.pick([0n, 1n, 0xffff_ffff_ffff_ffffn]);
    };
    this.driver.linux.onWait = () => this.random.once(2);
    this.driver.linux.onEnter = () => (this.random.once(16) ? BigInt(-kvm.ERRNO_EINTR) : 0n);
    this.driver.microv.refuse = (call) =>
      !ends.has(call) && this.random.once(40) ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined;
  }

  step(): void {
    const { driver, random } = this;
    driver.linux.failAllocation = random.once(8) ? 1 + random.below(6) : Number.POSITIVE_INFINITY;
    const [vcpu, vm] = [random.pick([...this.vcpus.keys(), 0]), random.pick([...this.vms, 0])];
    const choice = random.below(100);
    if (choice < 4) this.#openVm();
    else if (choice < 6) this.#close(vm);
    else if (choice < 9) this.#closeVcpu(vcpu);
    else if (vm === 0) this.#note(driver.system(this.#command(), this.#argument()));
    else if (choice < 18) this.#openVcpu(vm);
    else if (choice < 35) this.#slot(vm);
    else if (choice < 38) this.#watch(vm);
    else if (choice < 44) this.#interrupt(vm);
    else if (choice < 47) this.#note(driver.vm(vm, this.#command(), this.#argument()));
    else if (vcpu === 0) this.#note(driver.system(this.#command(), this.#argument()));
    else if (choice < 60) this.#note(driver.run(vcpu));
    else this.#note(driver.vcpu(vcpu, random.pick(commands), this.#argument()));
  }

  end(): void {
    this.driver.linux.failAllocation = Number.POSITIVE_INFINITY;
    this.driver.microv.refuse = () => undefined;
    for (const vcpu of [...this.vcpus.keys()]) this.#closeVcpu(vcpu);
    for (const vm of [...this.vms]) this.#close(vm);
  }

  /** Writes that the user does not see: an eventfd's, or the ring's. */
  #watch(vm: number): void {
    const { driver, random } = this;
    driver.poke(kvm.KVM_IOEVENTFD_DATAMATCH, 8, random.below(3));
    driver.poke(kvm.KVM_IOEVENTFD_ADDR, 8, random.pick([0n, 1n, 0x1000n, 0x1010n, 0xd000_0000n]));
    driver.poke(kvm.KVM_IOEVENTFD_LEN, 4, random.pick([0, 1, 2, 4, 8, 0x1000]));
    driver.poke(kvm.KVM_IOEVENTFD_FD, 4, random.below(4));
    driver.poke(kvm.KVM_IOEVENTFD_FLAGS, 4, random.below(8));
    this.#note(driver.vm(vm, kvm.KVM_IOEVENTFD, ARGUMENT));
    // A zone lies there, too: address, size, and 0 or 1
    driver.poke(kvm.KVM_IOEVENTFD_FD, 4, random.below(2));
    const command = random.once(3) ? kvm.KVM_UNREGISTER_COALESCED_MMIO : kvm.KVM_REGISTER_COALESCED_MMIO;
    this.#note(driver.vm(vm, command, ARGUMENT + BigInt(kvm.KVM_IOEVENTFD_ADDR)));
  }

  /** An interval timer, eventfds that raise interrupts, and time that goes by. */
  #interrupt(vm: number): void {
    const { driver, random } = this;
    const command = random.pick([kvm.KVM_CREATE_PIT2, kvm.KVM_SET_PIT2, kvm.KVM_IRQFD, kvm.KVM_IRQFD]);
    if (random.once(4)) this.#note(random.once(2) ? driver.vm(vm, kvm.KVM_CREATE_IRQCHIP) : split(driver, vm));
    driver.poke(kvm.KVM_IRQFD_FD, 4, random.below(4));
    driver.poke(kvm.KVM_IRQFD_GSI, 4, random.pick([0, 1, 5, 23, 24, 0xffff_ffff]));
    driver.poke(kvm.KVM_IRQFD_FLAGS, 4, random.below(4));
    driver.poke(kvm.KVM_IRQFD_RESAMPLEFD, 4, random.below(4));
    if (command === kvm.KVM_SET_PIT2) driver.poke(kvm.KVM_PIT_CHANNEL_STATE_MODE, 1, random.below(8));
    this.#note(driver.vm(vm, command, ARGUMENT));
    driver.linux.signal(random.below(3));
    driver.linux.pass(BigInt(random.below(5_000_000)));
  }

  /** Opening a file is a step of its own, which knows it then. */
  #command(): number {
    const command = this.random.pick(commands);
    return command === kvm.KVM_CREATE_VCPU || command === kvm.KVM_CREATE_VM ? kvm.KVM_GET_CLOCK : command;
  }

  #argument(): bigint {
    const { driver, random } = this;
    for (let i = random.below(24); i > 0; i--) {
      const value = random.pick([0n, 1n, 2n, 17n, 120n, 239n, 255n, 0xffn << 56n, random.next()]);
      driver.poke(8 * random.below(64), random.pick([1, 4, 8]), value);
    }
    return random.pick([ARGUMENT, ARGUMENT, ARGUMENT, ARGUMENT + 0x7ff8n, NOWHERE, 0n, 1n, random.next()]);
  }

  #openVm(): void {
    const file = this.driver.system(kvm.KVM_CREATE_VM);
    if (file > 0) this.vms.push(file);
    this.#note(file);
  }

  #openVcpu(vm: number): void {
    const file = this.driver.vm(vm, kvm.KVM_CREATE_VCPU, this.random.below(5));
    if (file > 0) this.vcpus.set(file, vm);
    this.#note(file);
  }

  #slot(vm: number): void {
    const { random } = this;
    const pages = (most: number): bigint => BigInt(random.below(most)) * PAGE;
    const guest = random.pick([0n, 0x1f_f000n, 0xd000_0000n]) + pages(16);
    const user = random.once(8) ? NOWHERE : RAM + pages(64);
    const flags = random.once(4) ? kvm.KVM_MEM_READONLY : 0;
    this.#note(this.driver.slot(vm, random.below(4), guest, random.once(4) ? 0n : pages(64), user, flags));
  }

  #closeVcpu(vcpu: number): void {
    if (this.vcpus.delete(vcpu)) this.driver.closeVcpu(vcpu);
  }

  /** With its vCPUs, which would keep it. */
  #close(vm: number): void {
    const place = this.vms.indexOf(vm);
    if (place < 0) return;
    for (const [vcpu, of] of [...this.vcpus]) if (of === vm) this.#closeVcpu(vcpu);
    this.vms.splice(place, 1);
    this.driver.closeVm(vm);
  }

  #note(result: number): void {
    const kind = Math.min(result, 0);
    this.results.set(kind, (this.results.get(kind) ?? 0) + 1);
    expect([this.driver.taken.locks, this.driver.linux.interrupts.size]).toEqual([0, 0]);
  }
}

it.each([1, 2, 3, 4])("come to an end, and leave nothing behind, seed %i", (seed) => {
  const session = new Session(seed);
  const before = session.driver.taken;
  for (let i = 0; i < STEPS; i++) session.step();
  session.end();
  expect(session.driver.taken).toEqual(before);
  const results = [...session.results.keys()].map((result) => 0 - result);
  expect(results).toEqual(expect.arrayContaining([0, ...expected]));
  expect(results.filter((result) => result !== 0 && !known.has(result))).toEqual([]);
});
