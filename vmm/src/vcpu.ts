// A virtual processor: its registers, and running it

import * as kvm from "@bareflank/abi/kvm";
import { Block } from "./block.ts";
import { type CpuidLeaf, writeLeaves } from "./cpuid.ts";
import { check, KvmError, VmmError } from "./errors.ts";
import { type Exit, readExit } from "./exits.ts";
import { type Ioctl, KvmFile } from "./file.ts";
import { type Msrs, readMsrs, writeMsrs } from "./msrs.ts";
import { giveBack, kickThread, type Mapping, threadId, view } from "./native.ts";
import {
  type ExtendedControlRegisters,
  type Registers,
  readRegisters,
  readSpecialRegisters,
  readXcrs,
  type SpecialRegisters,
  writeRegisters,
  writeSpecialRegisters,
  writeXcrs,
} from "./registers.ts";

/** What another thread needs to have the same virtual processor. */
export interface VcpuHandle {
  readonly number: number;
  readonly fd: number;
  readonly mapping: Mapping;
  /** The number of the thread that runs it; 0: nobody does. */
  readonly guard: Int32Array;
}

const states = ["runnable", "uninitialized", "init received", "halted", "sipi received"] as const;
export type RunState = (typeof states)[number];

/** Made by `VirtualMachine.createVcpu`, in other threads by `Vcpu.attach`. */
export class Vcpu {
  readonly number: number;
  readonly handle: VcpuHandle;
  readonly #file: KvmFile;
  readonly #run: Block;
  readonly #isOwner: boolean;

  constructor(handle: VcpuHandle, file: KvmFile, isOwner = true) {
    this.number = handle.number;
    this.handle = handle;
    this.#file = file;
    this.#isOwner = isOwner;
    this.#run = new Block(view(handle.mapping));
  }

  /** The same virtual processor in another thread; that which made it closes it. */
  static attach(handle: VcpuHandle): Vcpu {
    return new Vcpu(handle, new KvmFile(handle.fd, false), false);
  }

  /**
   * Runs it until something is to be done, and says what. The thread waits all the time: `kick` from another one ends that.
   *
   * @throws KvmError EBUSY when another thread runs it
   */
  run(): Exit {
    const { guard } = this.handle;
    if (Atomics.compareExchange(guard, 0, 0, threadId) !== 0) throw new KvmError("KVM_RUN", kvm.ERRNO_EBUSY);
    const result = this.#file.run();
    Atomics.store(guard, 0, 0);
    if (result === 0) return readExit(this.#run);
    if (result === -kvm.ERRNO_EINTR || result === -kvm.ERRNO_EAGAIN) {
      this.#run.set8(kvm.KVM_RUN_IMMEDIATE_EXIT, 0);
      return { kind: "interrupted" };
    }
    check("KVM_RUN", result, `virtual processor ${this.number}`);
    return readExit(this.#run);
  }

  /** Takes it out of the guest, whichever thread runs it: `run` there returns "interrupted", now or when it is called next. */
  kick(): void {
    if (this.#file.fd < 0) return;
    this.#run.set8(kvm.KVM_RUN_IMMEDIATE_EXIT, 1);
    const thread = Atomics.load(this.handle.guard, 0);
    if (thread !== 0 && thread !== threadId) check("tgkill", kickThread(thread));
  }

  /** RFLAGS.IF at the last exit. */
  get interruptFlag(): boolean {
    return this.#run.get8(kvm.KVM_RUN_IF_FLAG) !== 0;
  }

  /** Whether `interrupt` works now; without interrupt controllers in the kernel. */
  get readyForInterrupt(): boolean {
    return this.#run.get8(kvm.KVM_RUN_READY_FOR_INTERRUPT_INJECTION) !== 0;
  }

  /** Whether the next run ends as soon as `interrupt` would work. */
  set requestInterruptWindow(isWanted: boolean) {
    this.#run.set8(kvm.KVM_RUN_REQUEST_INTERRUPT_WINDOW, isWanted ? 1 : 0);
  }

  /** CR8, by which the guest holds interrupts of low priority off: as the last exit had it, and the next run gets it; without interrupt controllers in the kernel. */
  get taskPriority(): number {
    return Number(this.#run.get64(kvm.KVM_RUN_CR8));
  }
  set taskPriority(priority: number) {
    this.#run.set64(kvm.KVM_RUN_CR8, BigInt(priority));
  }

  /** Base address of the local APIC and its flags, as the last exit had them (APM volume 2, 16.3.1). */
  get apicBase(): bigint {
    return this.#run.get64(kvm.KVM_RUN_APIC_BASE);
  }

  /** Injects an external interrupt at the next run; without interrupt controllers in the kernel. */
  interrupt(vector: number): void {
    const block = new Block(kvm.KVM_INTERRUPT_BYTES).set32(kvm.KVM_INTERRUPT_IRQ, vector);
    this.#file.call("KVM_INTERRUPT", block.bytes, `vector ${vector}`);
  }

  /** Injects a non-maskable interrupt: at the next run, or behind the handler of another one. */
  nmi(): void {
    this.#file.call("KVM_NMI");
  }

  registers(): Registers {
    return readRegisters(this.#get("KVM_GET_REGS", kvm.KVM_REGS_BYTES));
  }

  /** Those that are not given stay as they are. */
  setRegisters(registers: Partial<Registers>): void {
    const block = this.#get("KVM_GET_REGS", kvm.KVM_REGS_BYTES);
    writeRegisters(block, registers);
    this.#file.call("KVM_SET_REGS", block.bytes);
  }

  specialRegisters(): SpecialRegisters {
    return readSpecialRegisters(this.#get("KVM_GET_SREGS", kvm.KVM_SREGS_BYTES));
  }

  /** Those that are not given stay as they are. */
  setSpecialRegisters(registers: Partial<SpecialRegisters>): void {
    const block = this.#get("KVM_GET_SREGS", kvm.KVM_SREGS_BYTES);
    writeSpecialRegisters(block, registers);
    this.#file.call("KVM_SET_SREGS", block.bytes);
  }

  /** @throws VmmError when this KVM does not know one of them */
  msrs(numbers: readonly number[]): Msrs {
    const block = writeMsrs(new Map(numbers.map((number) => [number, 0n])));
    return readMsrs(block, this.#msrCall("KVM_GET_MSRS", block, numbers));
  }

  /** @throws VmmError when this KVM does not know one of them, or not this value */
  setMsrs(msrs: ReadonlyMap<number, bigint>): void {
    this.#msrCall("KVM_SET_MSRS", writeMsrs(msrs), [...msrs.keys()]);
  }

  /** @throws KvmError when this KVM does not have it for virtual processors, or not with this argument */
  enableCapability(number: number, argument: bigint): void {
    const block = new Block(kvm.KVM_ENABLE_CAP_BYTES).set32(kvm.KVM_ENABLE_CAP_CAP, number);
    this.#file.call("KVM_ENABLE_CAP", block.set64(kvm.KVM_ENABLE_CAP_ARGS, argument).bytes, `capability ${number}`);
  }

  /** CPUID's leaves; before the first run. */
  setCpuid(leaves: readonly CpuidLeaf[]): void {
    this.#file.call("KVM_SET_CPUID2", writeLeaves(leaves).bytes);
  }

  /** x87 and SSE state, as KvmFpu. */
  fpu(): Uint8Array {
    return this.#get("KVM_GET_FPU", kvm.KVM_FPU_BYTES).bytes;
  }

  /** Linux's KVM keeps SSE registers initial until the guest has used them, whatever is set here: `setXsave` says both. */
  setFpu(state: Uint8Array): void {
    this.#set("KVM_SET_FPU", state, kvm.KVM_FPU_BYTES);
  }

  /** The XSAVE area, not compacted; where there is KVM_CAP_XSAVE. */
  xsave(): Uint8Array {
    return this.#get("KVM_GET_XSAVE", kvm.KVM_XSAVE_BYTES).bytes;
  }

  setXsave(state: Uint8Array): void {
    this.#set("KVM_SET_XSAVE", state, kvm.KVM_XSAVE_BYTES);
  }

  /** XCR0; where there is KVM_CAP_XCRS. */
  xcrs(): ExtendedControlRegisters {
    return readXcrs(this.#get("KVM_GET_XCRS", kvm.KVM_XCRS_BYTES));
  }

  setXcrs(registers: ReadonlyMap<number, bigint>): void {
    const block = new Block(kvm.KVM_XCRS_BYTES);
    writeXcrs(block, registers);
    this.#file.call("KVM_SET_XCRS", block.bytes);
  }

  runState(): RunState {
    const number = this.#get("KVM_GET_MP_STATE", kvm.KVM_MP_STATE_BYTES).get32(kvm.KVM_MP_STATE_MP_STATE);
    const state = states[number];
    if (state === undefined) throw new VmmError(`KVM says run state ${number}, which this library does not know.`);
    return state;
  }

  setRunState(state: RunState): void {
    const block = new Block(kvm.KVM_MP_STATE_BYTES).set32(kvm.KVM_MP_STATE_MP_STATE, states.indexOf(state));
    this.#file.call("KVM_SET_MP_STATE", block.bytes);
  }

  /** Rate of its time stamp counter; where there is KVM_CAP_GET_TSC_KHZ. */
  tscKhz(): number {
    return this.#file.call("KVM_GET_TSC_KHZ");
  }

  close(): void {
    if (this.#file.fd < 0) return;
    if (this.#isOwner) check("mmap", giveBack(this.handle.mapping, this.#run.bytes));
    this.#file.close();
  }

  #get(name: Ioctl, sizeBytes: number): Block {
    const block = new Block(sizeBytes);
    this.#file.call(name, block.bytes);
    return block;
  }

  #set(name: Ioctl, state: Uint8Array, sizeBytes: number): void {
    if (state.length !== sizeBytes) throw new VmmError(`${name} takes ${sizeBytes} bytes, and got ${state.length}.`);
    this.#file.call(name, state);
  }

  #msrCall(name: "KVM_GET_MSRS" | "KVM_SET_MSRS", block: Block, numbers: readonly number[]): number {
    const count = this.#file.call(name, block.bytes);
    if (count < numbers.length) {
      const refused = (numbers[count] ?? 0).toString(16);
      throw new VmmError(`${name} ended before MSR ${refused}h: this KVM does not have it, or not with this value.`);
    }
    return count;
  }
}
