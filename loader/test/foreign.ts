// A hypervisor that another loader has started, whose microkernel is the test, and a driver that comes to it

import {
  ADOPT_DONE,
  BOOT_MAGIC,
  BOOT_REPORT_BYTES,
  BOOT_REPORT_PHASE,
  BOOT_VERSION,
  CPUID_CONTROL_STOP,
  CPUID_HYPERVISOR_BASE,
  CPUID_SIGNATURE_EBX,
  CPUID_SIGNATURE_ECX,
  CPUID_SIGNATURE_EDX,
  DEBUG_RING_BEGIN,
  DEBUG_RING_BYTES,
  DEBUG_RING_END,
  DOOR_ADOPT,
  DOOR_DESCRIBE,
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  GIVE_DONE,
  MEMORY_DOOR,
  PHASE_RUNNING,
  PHASE_STOPPED,
  START_RECORD_EXT_COUNT,
  START_RECORD_IMAGE_SLIDE,
  START_RECORD_KERNEL_BUILD_ID,
  START_RECORD_MEMORY_BYTES,
  START_RECORD_OFFSET,
  TAKE_NOTHING,
} from "@bareflank/abi";
import { Machine } from "./machine/machine.ts";

/** Where the other loader has put what it shares, the hand-off code, and SavedState of each processor. */
export const RING = 0x7e00_0000n;
export const REPORTS = 0x7e10_0000n;
export const EXCHANGE = 0x7e20_0000n;
export const HANDOFF = 0x7e30_0000n;
export const STATES = 0x7e40_0000n;
export const RECORD = { memoryBytes: 0x28_0000n, slide: 0x123_4000n, buildId: 0xabn };
const TEXT = "PP 0: in a VM now\n";
const PAGE = 4096n;

/** What DOOR_ADOPT was told. */
export interface WayOut {
  readonly table: bigint;
  readonly state: bigint;
  readonly promote: bigint;
  readonly nmi: bigint;
  readonly selectors: bigint;
}

export class Foreign {
  readonly machine: Machine;
  /** The hypervisor's number of each of the machine's processors, in their order. */
  readonly order: readonly number[];
  readonly adoptions = new Map<number, WayOut>();
  readonly knocks: number[] = [];
  version = BOOT_VERSION;
  /** What the microkernel answers to an adoption. */
  onAdopt: (ppid: number) => number = () => ADOPT_DONE;
  given = 0n;

  constructor(order: readonly number[] = [0, 1], setUp: (machine: Machine) => void = () => undefined) {
    this.order = order;
    this.machine = new Machine(order.length);
    setUp(this.machine);
    this.machine.platform.onMap = (physical, address) => this.#fill(physical, address);
    this.machine.processors.forEach((processor, place) => {
      const signature = [0x4000_0001, CPUID_SIGNATURE_EBX, CPUID_SIGNATURE_ECX, CPUID_SIGNATURE_EDX] as const;
      processor.leaves.set(`${CPUID_HYPERVISOR_BASE.toString(16)}.0`, signature);
      processor.isInside = true;
      processor.hasSvm = false;
      const ppid = order[place] ?? 0;
      processor.onHypercall = (registers) => this.#open(BigInt.asUintN(64, registers), ppid);
      processor.onControl = (command) => {
        if (command !== CPUID_CONTROL_STOP) return 0;
        if (!this.adoptions.has(ppid)) throw new Error(`processor ${ppid} leaves for pages that nobody maps`);
        this.#setPhase(ppid, PHASE_STOPPED);
        processor.leaves.delete(`${CPUID_HYPERVISOR_BASE.toString(16)}.0`);
        processor.hasSvm = true;
        processor.onControl = () => 0;
        return 0;
      };
    });
  }

  /** The driver comes. */
  takeOver(): number {
    return this.machine.loader.loaderTakeOver();
  }

  /** Where physical memory of the other loader's is mapped. */
  addressOf(physical: bigint): bigint {
    const { platform } = this.machine;
    const found = [...platform.reserved.keys()].find((address) => platform.physicalAddress(address) === physical);
    if (found === undefined) throw new Error(`0x${physical.toString(16)} is not mapped`);
    return found;
  }

  #fill(physical: bigint, address: bigint): void {
    const { memory } = this.machine;
    if (physical === RING) {
      memory.poke(address + BigInt(DEBUG_RING_BEGIN), 8, 0n);
      memory.poke(address + BigInt(DEBUG_RING_END), 8, BigInt(TEXT.length));
      memory.write(address + BigInt(DEBUG_RING_BYTES), Buffer.from(TEXT));
    }
    if (physical !== REPORTS) return;
    this.order.forEach((ppid) => {
      memory.poke(address + BigInt(ppid * BOOT_REPORT_BYTES + BOOT_REPORT_PHASE), 4, BigInt(PHASE_RUNNING));
    });
    const record = address + BigInt(START_RECORD_OFFSET);
    memory.poke(record + BigInt(START_RECORD_MEMORY_BYTES), 8, RECORD.memoryBytes);
    memory.poke(record + BigInt(START_RECORD_EXT_COUNT), 4, 1n);
    memory.poke(record + BigInt(START_RECORD_IMAGE_SLIDE), 8, RECORD.slide);
    memory.poke(record + BigInt(START_RECORD_KERNEL_BUILD_ID), 1, RECORD.buildId);
  }

  #setPhase(ppid: number, phase: number): void {
    const at = this.addressOf(REPORTS) + BigInt(ppid * BOOT_REPORT_BYTES + BOOT_REPORT_PHASE);
    this.machine.memory.poke(at, 4, BigInt(phase));
  }

  #open(at: bigint, ppid: number): boolean {
    const { memory } = this.machine;
    const register = (place: number) => memory.peek(at + BigInt(8 * place), 8);
    const answer = (...values: bigint[]) => {
      values.forEach((value, place) => {
        memory.poke(at + BigInt(8 * place), 8, value);
      });
    };
    if (register(0) !== MEMORY_DOOR) return false;
    const what = Number(register(1));
    this.knocks.push(what);
    if (what === DOOR_DESCRIBE) {
      const self = BigInt(ppid) | (BigInt(this.order.length) << 16n) | (this.version << 32n);
      answer(0n, BOOT_MAGIC, RING, REPORTS, EXCHANGE, STATES + BigInt(ppid) * PAGE, HANDOFF, self);
    } else if (what === DOOR_ADOPT) {
      const result = this.onAdopt(ppid);
      answer(BigInt(result));
      if (result !== ADOPT_DONE) return true;
      const [table = 0n, state = 0n, promote = 0n, nmi = 0n, selectors = 0n] = [2, 3, 4, 5, 6].map(register);
      this.adoptions.set(ppid, { table, state, promote, nmi, selectors });
    } else if (what === DOOR_GIVE) {
      this.given += register(3);
      answer(BigInt(GIVE_DONE));
    } else if (what === DOOR_TAKE) answer(BigInt(TAKE_NOTHING));
    else answer(BigInt(what === DOOR_REPORT || what === DOOR_FLUSH ? GIVE_DONE : DOOR_UNKNOWN));
    return true;
  }
}

export const RING_TEXT = TEXT;
