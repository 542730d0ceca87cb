// What one thread does at random

import * as kvm from "@bareflank/abi/kvm";
import koffi from "koffi";
import { Random } from "../../../../bsl/test-support/random.ts";
import {
  allowKicks,
  ioctl,
  ioctlBare,
  KickTimer,
  mapFile,
  mapMemory,
  unmap,
  view,
} from "../../../../vmm/src/native.ts";
import { guestCode } from "./code.ts";
import type { Files } from "./files.ts";

const library = koffi.load(null);
const mmap = library.func("mmap", "uint64_t", ["uint64_t", "size_t", "int", "int", "int", "int64_t"]);
const munmap = library.func("munmap", "int", ["uint64_t", "size_t"]);
const mprotect = library.func("mprotect", "int", ["uint64_t", "size_t", "int"]);
const madvise = library.func("madvise", "int", ["uint64_t", "size_t", "int"]);
const MADV_DONTNEED = 4;
/** Private, anonymous, in place of what is there. */
const IN_PLACE = 0x32;

const PAGE = 4096;
/** Memory of guests: its first page has code, and stays; the rest comes and goes. */
const ARENA_BYTES = 0x40_0000;
const SHARED_BYTES = 3 * PAGE;
const ARGUMENT_BYTES = 0x5000;
const RUN_NANOSECONDS = 2_000_000n;
const DR7_NONE = 0x400n;
const CR4_PAE = 1n << 5n;
const EFER_LME = 1n << 8n;

const commands = Object.entries<number | bigint>(kvm)
  .map(([name, value]) => [name, Number(value)] as const)
  .filter(([name, value]) => ((value >>> 8) & 0xff) === 0xae && !/SIGNAL_MASK|KVM_RUN$/.test(name))
  .map(([, value]) => value);

const edges = [0n, 1n, 2n, 3n, 16n, 255n, 256n, 0x1000n, 0xffff_ffffn, 1n << 32n, 1n << 47n, 1n << 52n, 1n << 63n];

export class Thread {
  readonly #random: Random;
  readonly #device: number;
  readonly #files: Files;
  readonly #memory: bigint;
  readonly #beginProcess: () => void;
  readonly #argument = new Uint8Array(ARGUMENT_BYTES);
  readonly #words = new DataView(this.#argument.buffer);
  readonly #tally = new Map<string, number>();
  readonly #timer: KickTimer;

  /** Memory for all threads' guests: its address. */
  static mapArena(): bigint {
    const arena = mapMemory(ARENA_BYTES);
    if (typeof arena === "number") throw new Error(`mmap: ${arena}`);
    // It is looked at here alone, before anybody takes parts of it away
    view({ address: arena.address, sizeBytes: PAGE }).set(guestCode(new Random(1), PAGE));
    return arena.address;
  }

  constructor(seed: number, device: number, files: Files, memory: bigint, beginProcess: () => void) {
    this.#random = new Random(seed);
    this.#device = device;
    this.#files = files;
    this.#memory = memory;
    this.#beginProcess = beginProcess;
    allowKicks();
    const timer = KickTimer.create();
    if (typeof timer === "number") throw new Error(`timer_create: ${timer}`);
    this.#timer = timer;
  }

  /** How often what was done, by its result. */
  run(seconds: number): ReadonlyMap<string, number> {
    const end = Date.now() + 1000 * seconds;
    while (Date.now() < end) for (let i = 0; i < 20; i++) this.#step();
    this.#timer.delete();
    return this.#tally;
  }

  #step(): void {
    const random = this.#random;
    const place = random.below(1000);
    const vm = this.#files.vm(place);
    const vcpu = this.#files.vcpu(place);
    const choice = random.below(1000);
    if (choice < 40) this.#open(place, this.#note("create_vm", ioctl(this.#device, kvm.KVM_CREATE_VM, 0)));
    else if (choice < 110) this.#openVcpu(vm, place);
    else if (choice < 120) this.#files.putVm(place, -1);
    else if (choice < 140) this.#files.putVcpu(place, -1);
    else if (choice < 141) this.#beginProcess();
    else if (choice < 260) this.#slot(vm);
    else if (choice < 300) this.#changeMemory();
    else if (choice < 340) this.#any("system", this.#device);
    else if (choice < 360) this.#filter(vm);
    else if (choice < 370) this.#enable(vm, vcpu);
    else if (choice < 400) this.#any("vm", vm);
    else if (choice < 600) this.#any("vcpu", vcpu);
    else if (choice < 750) this.#start(vcpu);
    else this.#run(vcpu);
  }

  #open(place: number, file: number): void {
    if (file < 0) return;
    this.#files.putVm(place, file);
    // Something to run
    this.#region(file, 0, 0n, 0x10_0000n, this.#memory, 0);
  }

  #openVcpu(vm: number, place: number): void {
    const file = this.#note("create_vcpu", ioctl(vm, kvm.KVM_CREATE_VCPU, this.#random.below(6)));
    if (file >= 0) this.#files.putVcpu(place, file);
  }

  #slot(vm: number): void {
    const random = this.#random;
    const pages = (most: number): bigint => BigInt(random.below(most) * PAGE);
    const bytes = random.once(3) ? 0n : random.once(50) ? 1n << 41n : pages(600);
    const user = this.#memory + pages(ARENA_BYTES / PAGE);
    const guest = random.pick([0n, 0x10_0000n, 0xd000_0000n, 1n << 40n]) + pages(64);
    this.#region(vm, random.below(4), guest, bytes, user, random.once(5) ? kvm.KVM_MEM_READONLY : 0);
  }

  #region(vm: number, slot: number, guest: bigint, bytes: bigint, user: bigint, flags: number): void {
    this.#words.setUint32(0, slot, true);
    this.#words.setUint32(4, flags, true);
    this.#words.setBigUint64(8, guest, true);
    this.#words.setBigUint64(16, bytes, true);
    this.#words.setBigUint64(24, user, true);
    this.#note("slot", ioctl(vm, kvm.KVM_SET_USER_MEMORY_REGION, this.#argument));
  }

  /** Part of the guests' memory goes, is protected, is emptied, or is there again. */
  #changeMemory(): void {
    const random = this.#random;
    const address = this.#memory + BigInt(PAGE * (1 + random.below(ARENA_BYTES / PAGE - 65)));
    const bytes = PAGE * (1 + random.below(64));
    const choice = random.below(6);
    if (choice === 0) munmap(address, bytes);
    else if (choice === 1) mprotect(address, bytes, random.below(4));
    else if (choice === 2) madvise(address, bytes, MADV_DONTNEED);
    else mmap(address, bytes, 3, IN_PLACE, -1, 0);
  }

  /** Any ioctl with any argument: a block, a number, or an address where nothing is. */
  #any(name: string, file: number): void {
    const random = this.#random;
    for (let i = random.below(40); i > 0; i--) {
      const value = random.once(3) ? random.next() : random.pick(edges);
      this.#words.setBigUint64(8 * random.below(random.once(3) ? ARGUMENT_BYTES / 8 : 48), value, true);
    }
    const command = random.pick(commands);
    // Files that nobody knows of would stay
    if (command === kvm.KVM_CREATE_VM || command === kvm.KVM_CREATE_VCPU) return;
    const isBlock = !random.once(6);
    const argument = isBlock ? this.#argument : random.pick([0n, 1n, this.#memory, 0xffff_8880_0000_0000n]);
    // QEMU 7.2 ends at some values of DR7
    if (command === kvm.KVM_SET_DEBUGREGS) this.#words.setBigUint64(kvm.KVM_DEBUGREGS_DR7, DR7_NONE, true);
    if (command === kvm.KVM_SET_SREGS) this.#avoidHalfLongMode();
    if (!isBlock && (command === kvm.KVM_SET_DEBUGREGS || command === kvm.KVM_SET_SREGS)) return;
    this.#note(name, ioctl(file, command, argument));
  }

  /** Which MSRs the guest may use: bits are what lies in its memory. */
  #filter(vm: number): void {
    const random = this.#random;
    this.#argument.fill(0, 0, kvm.KVM_MSR_FILTER_BYTES);
    this.#words.setUint32(kvm.KVM_MSR_FILTER_FLAGS, random.below(2), true);
    for (let i = random.below(4); i > 0; i--) {
      const at = kvm.KVM_MSR_FILTER_RANGES + random.below(16) * kvm.KVM_MSR_FILTER_RANGE_BYTES;
      const bitmap = random.once(10) ? random.pick(edges) : this.#memory + BigInt(random.below(ARENA_BYTES));
      this.#words.setUint32(at + kvm.KVM_MSR_FILTER_RANGE_FLAGS, random.below(4), true);
      this.#words.setUint32(at + kvm.KVM_MSR_FILTER_RANGE_NMSRS, random.below(0x3010), true);
      this.#words.setUint32(
        at + kvm.KVM_MSR_FILTER_RANGE_BASE,
        random.pick([0, 0x100, 0xc000_0000, 0xc001_0000]),
        true,
      );
      this.#words.setBigUint64(at + kvm.KVM_MSR_FILTER_RANGE_BITMAP, bitmap, true);
    }
    this.#note("filter", ioctl(vm, kvm.KVM_X86_SET_MSR_FILTER, this.#argument));
  }

  #enable(vm: number, vcpu: number): void {
    const random = this.#random;
    const capability = random.pick([kvm.KVM_CAP_X86_USER_SPACE_MSR, kvm.KVM_CAP_DISABLE_QUIRKS2]);
    this.#argument.fill(0, 0, kvm.KVM_ENABLE_CAP_BYTES);
    this.#words.setUint32(kvm.KVM_ENABLE_CAP_CAP, capability, true);
    this.#words.setBigUint64(
      kvm.KVM_ENABLE_CAP_ARGS,
      BigInt(random.once(3) ? random.below(128) : random.pick([0, 1, 2, 4, 7, 16, 64, 80])),
      true,
    );
    this.#note("enable", ioctl(vm, kvm.KVM_ENABLE_CAP, this.#argument));
    this.#words.setUint32(kvm.KVM_ENABLE_CAP_CAP, kvm.KVM_CAP_ENFORCE_PV_FEATURE_CPUID, true);
    this.#note("enable", ioctl(vcpu, kvm.KVM_ENABLE_CAP, this.#argument));
  }

  /** Registers with which a vCPU may run; now and then with something wrong about them. */
  #start(vcpu: number): void {
    const random = this.#random;
    if (ioctl(vcpu, kvm.KVM_GET_SREGS, this.#argument) < 0) return;
    for (const segment of [kvm.KVM_SREGS_CS, kvm.KVM_SREGS_DS, kvm.KVM_SREGS_SS, kvm.KVM_SREGS_ES]) {
      this.#words.setUint16(segment + kvm.KVM_SEGMENT_SELECTOR, 0, true);
      this.#words.setBigUint64(segment + kvm.KVM_SEGMENT_BASE, 0n, true);
    }
    for (let i = random.once(3) ? random.below(6) : 0; i > 0; i--) {
      const value = random.once(2) ? random.next() : random.pick(edges);
      this.#words.setBigUint64(8 * random.below(kvm.KVM_SREGS_BYTES / 8), value, true);
    }
    this.#avoidHalfLongMode();
    this.#note("set_sregs", ioctl(vcpu, kvm.KVM_SET_SREGS, this.#argument));
    for (let i = 0; i < 16; i++)
      this.#words.setBigUint64(8 * i, random.once(2) ? random.next() : random.pick(edges), true);
    this.#words.setBigUint64(kvm.KVM_REGS_RIP, random.once(8) ? random.next() : BigInt(random.below(PAGE)), true);
    this.#words.setBigUint64(kvm.KVM_REGS_RFLAGS, random.once(4) ? random.next() : 2n, true);
    this.#note("set_regs", ioctl(vcpu, kvm.KVM_SET_REGS, this.#argument));
  }

  /**
   * QEMU 7.2 does not get out of a guest that has EFER.LME without paging and without CR4.PAE: it leaves CR0 as the guest's, and goes
   * on in the hypervisor without paging, whoever's that is.
   */
  #avoidHalfLongMode(): void {
    if ((this.#words.getBigUint64(kvm.KVM_SREGS_EFER, true) & EFER_LME) === 0n) return;
    const cr4 = this.#words.getBigUint64(kvm.KVM_SREGS_CR4, true);
    this.#words.setBigUint64(kvm.KVM_SREGS_CR4, cr4 | CR4_PAE, true);
  }

  #run(vcpu: number): void {
    const random = this.#random;
    const shared = mapFile(vcpu, SHARED_BYTES);
    if (typeof shared === "number") return;
    const bytes = view(shared);
    bytes[kvm.KVM_RUN_IMMEDIATE_EXIT] = random.once(10) ? 1 : 0;
    bytes[kvm.KVM_RUN_REQUEST_INTERRUPT_WINDOW] = random.once(4) ? 1 : 0;
    bytes[kvm.KVM_RUN_CR8] = random.below(17);
    for (let i = 0; i < 8; i++) bytes[PAGE + i] = random.below(256);
    this.#timer.set(RUN_NANOSECONDS);
    for (let i = 0; i < 8; i++) {
      const result = ioctlBare(vcpu, kvm.KVM_RUN);
      this.#note(result < 0 ? "run" : `exit ${bytes[kvm.KVM_RUN_EXIT_REASON]}`, result);
      if (result < 0) break;
    }
    this.#timer.set(undefined);
    unmap(shared);
  }

  #note(name: string, result: number): number {
    const key = `${name} ${Math.min(result, 0)}`;
    this.#tally.set(key, (this.#tally.get(key) ?? 0) + 1);
    return result;
  }
}
