// The driver's core as it ships, between a Linux and a MicroV of tests'

import * as kvm from "@bareflank/abi/kvm";
import { loadPart, PAGE_BYTES, SimulatedMemory } from "@bareflank/bsl/test-support";
import { type Leaf, MicrovModel } from "../../../extension/test/model/microv.ts";
import type { ModelVs } from "../../../extension/test/model/objects.ts";
import { Linux, USER } from "./linux.ts";

interface Exports {
  systemIoctl(command: number, argument: bigint): bigint;
  vmIoctl(machine: bigint, command: number, argument: bigint): bigint;
  vcpuIoctl(vcpu: bigint, command: number, argument: bigint): bigint;
  vcpuRun(vcpu: bigint): bigint;
  vcpuTimer(vcpu: bigint): bigint;
  pitTimer(pit: bigint): void;
  irqfdRaised(irqfd: bigint): void;
  destroyMachine(machine: bigint): void;
  destroyVcpu(vcpu: bigint): void;
  readGuest(owner: bigint, physical: bigint, to: bigint, bytes: number): number;
  writeGuest(owner: bigint, physical: bigint, from: bigint, bytes: number): number;
  exchangeGuest(owner: bigint, physical: bigint, bytes: number, expected: bigint, value: bigint): number;
}

const VS_PAGES = 0x1_0000_0000n;
const MODULE = 0xffff_ffff_c000_0000n;

/** Arguments of ioctls lie here. */
export const ARGUMENT = USER;
const ARGUMENT_BYTES = 0x8000;
/** The memory of guests. */
export const RAM = USER + 0x1000_0000n;
/** Where nothing is. */
export const NOWHERE = USER + 0x8000_0000n;

/** What CPUID says to guests: every leaf tells its own number. */
function leafOf(leaf: number, subleaf: number): Leaf {
  if (leaf === 0) return [0xd, 1, 2, 3];
  if (leaf === 0x8000_0000) return [0x8000_0008, 0, 0, 0];
  if (leaf === 4) return subleaf < 3 ? [0x21 + subleaf, 4, 4, 4] : [0, 0, 0, 0];
  if (leaf === 0xd) return subleaf < 3 ? [7, subleaf, 0x340, 0] : [0, 0, 0, 0];
  return [leaf, subleaf, 0xc, 0xd];
}

export class Driver {
  readonly memory = new SimulatedMemory();
  readonly linux = new Linux(this.memory);
  readonly microv: MicrovModel;
  readonly core: Exports;
  /** Whether a hypervisor takes hypercalls. */
  isThere = true;
  /** Runs a guest: MV_EXIT_*. */
  onRun: (vs: ModelVs) => number = () => {
    throw new Error("no run is expected");
  };
  /** Pages of MicroV's that VSs have. */
  readonly vsPages = new Set<bigint>();
  /** Hypercalls, in order. */
  readonly calls: number[] = [];
  #nextPage = VS_PAGES;

  constructor() {
    this.microv = new MicrovModel({
      memory: this.memory,
      processors: 1,
      isIntel: false,
      xcr0: 7n,
      time: () => this.linux.time[0],
      takePage: () => this.#takePage(),
      givePage: (page) => this.vsPages.delete(page),
      leaf: leafOf,
      run: (vs) => this.onRun(vs),
      fpuBytes: 0x340n,
    });
    const guest = {
      readGuest: (owner: bigint, physical: bigint, to: bigint, bytes: number) =>
        this.core.readGuest(owner, physical, to, bytes),
      writeGuest: (owner: bigint, physical: bigint, from: bigint, bytes: number) =>
        this.core.writeGuest(owner, physical, from, bytes),
      exchangeGuest: (owner: bigint, physical: bigint, bytes: number, expected: bigint, value: bigint) =>
        this.core.exchangeGuest(owner, physical, bytes, expected, value),
    };
    const platform = this.linux.intrinsics((block) => this.#hypercall(block));
    const part = loadPart<Exports>("kvm-core", {
      memory: this.memory,
      nativeBase: MODULE,
      intrinsics: { platform, guest },
    });
    this.core = part.exports;
    this.linux.onRaised = (irqfd) => this.core.irqfdRaised(irqfd);
    this.linux.onDue = (pit) => this.core.pitTimer(pit);
    this.linux.mapUser(ARGUMENT, ARGUMENT_BYTES);
  }

  /** Everything that is taken of Linux or of MicroV, to find what is not given back. */
  get taken() {
    const { allocations, events, files, irqfds, pins, mappings, locked, pitTimers } = this.linux;
    return {
      allocations: allocations.size,
      files: files.size,
      pins: pins.size,
      mappings: mappings.size,
      locks: locked.size,
      timers: pitTimers.size,
      irqfds: irqfds.size,
      events: [...events.values()].reduce((sum, { holders }) => sum + holders, 0),
      objects: this.microv.objects,
      pages: this.vsPages.size,
    };
  }

  /** An ioctl of /dev/kvm. */
  system(command: number, argument: bigint | number = 0): number {
    return Number(this.core.systemIoctl(command, BigInt(argument)));
  }

  /** An ioctl of a machine's file. */
  vm(file: number, command: number, argument: bigint | number = 0): number {
    const glue = BigInt(file);
    this.linux.lock(glue);
    const result = Number(this.core.vmIoctl(this.#core(file), command, BigInt(argument)));
    this.linux.unlock(glue);
    return result;
  }

  /** An ioctl of a vCPU's file. */
  vcpu(file: number, command: number, argument: bigint | number = 0): number {
    return Number(this.core.vcpuIoctl(this.#core(file), command, BigInt(argument)));
  }

  run(file: number): number {
    return Number(this.core.vcpuRun(this.#core(file)));
  }

  closeVcpu(file: number): void {
    const machine = BigInt(this.linux.files.get(file)?.machine ?? 0);
    this.linux.lock(machine);
    this.core.destroyVcpu(this.#core(file));
    this.linux.unlock(machine);
    this.linux.forget(file);
  }

  closeVm(file: number): void {
    const core = this.#core(file);
    // Whoever destroys it is alone
    this.core.destroyMachine(core);
    this.linux.forget(file);
  }

  /** KVM_SET_USER_MEMORY_REGION. */
  slot(vm: number, number: number, guest: bigint, bytes: bigint, user: bigint, flags = 0): number {
    this.poke(kvm.KVM_USERSPACE_MEMORY_REGION_SLOT, 4, number);
    this.poke(kvm.KVM_USERSPACE_MEMORY_REGION_FLAGS, 4, flags);
    this.poke(kvm.KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR, 8, guest);
    this.poke(kvm.KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE, 8, bytes);
    this.poke(kvm.KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR, 8, user);
    return this.vm(vm, kvm.KVM_SET_USER_MEMORY_REGION, ARGUMENT);
  }

  /** Part of an ioctl's argument. */
  peek(offset: number, size: number): bigint {
    return this.memory.peek(ARGUMENT + BigInt(offset), size);
  }
  poke(offset: number, size: number, value: bigint | number): void {
    this.memory.poke(ARGUMENT + BigInt(offset), size, BigInt(value));
  }
  /** Has the argument all of a byte. */
  fill(value: number): void {
    this.memory.fill(ARGUMENT, value, ARGUMENT_BYTES);
  }

  /** A field of KvmRun. */
  shared(file: number, offset: number, size: number): bigint {
    return this.memory.peek(this.#shared(file) + BigInt(offset), size);
  }
  setShared(file: number, offset: number, size: number, value: bigint | number): void {
    this.memory.poke(this.#shared(file) + BigInt(offset), size, BigInt(value));
  }

  /** A field of the ring that a machine's vCPUs share. */
  ring(vm: number, offset: number, size: number): bigint {
    return this.shared(vm, offset, size);
  }
  setRing(vm: number, offset: number, size: number, value: bigint | number): void {
    this.setShared(vm, offset, size, value);
  }

  /** The VS behind a vCPU: tests make them one by one. */
  vs(index = 0): ModelVs {
    const vs = this.microv.vss[index];
    if (vs === undefined) throw new Error(`no VS ${index}`);
    return vs;
  }

  /** Writes a field of a VS's page, as MicroV does. */
  tell(vs: ModelVs, offset: number, size: number, value: bigint | number): void {
    this.memory.poke(vs.page + BigInt(offset), size, BigInt(value));
  }

  #shared(file: number): bigint {
    return this.linux.files.get(file)?.shared ?? 0n;
  }

  #core(file: number): bigint {
    const found = this.linux.files.get(file);
    if (found === undefined) throw new Error(`${file} is no file`);
    return found.core;
  }

  #takePage(): bigint {
    const page = this.#nextPage;
    this.#nextPage += BigInt(PAGE_BYTES);
    this.memory.map(page, PAGE_BYTES);
    this.vsPages.add(page);
    return page;
  }

  #hypercall(block: bigint): number {
    if (!this.isThere) return 0;
    const word = (index: number): bigint => this.memory.peek(block + BigInt(8 * index), 8);
    const call = { rax: word(0), r10: word(1), r11: word(2), r12: word(3), r13: word(4), r14: word(5) };
    this.calls.push(Number(call.rax & 0xffff_ffffn));
    this.microv.call(call);
    for (const [index, value] of [call.rax, call.r10, call.r11, call.r12, call.r13].entries()) {
      this.memory.poke(block + BigInt(8 * index), 8, value);
    }
    return 1;
  }
}

/** A driver with a machine and a vCPU of it. */
export function withVcpu(): { driver: Driver; vm: number; vcpu: number } {
  const driver = new Driver();
  const vm = driver.system(kvm.KVM_CREATE_VM);
  const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
  return { driver, vm, vcpu };
}
