// A VS as the SDK for TypeScript sees it, on AMD and on Intel: what tests of its parts set and look at

import { readFileSync } from "node:fs";
import * as abi from "@bareflank/abi";
import { expect } from "vitest";
import { buildLibraries, fixtureModule } from "./fixtures.ts";

interface Unit {
  get(register: number): bigint;
  set(register: number, value: bigint): void;
  intercept(instruction: number, wanted: number): void;
  interceptCr4(wanted: number): void;
  realMode(segment: number, offset: number): void;
  shadow(wanted: number): number;
  raise(vector: number, errorCode: number): void;
  deliverAgain(reason: bigint): void;
  unasked(reason: bigint): number;
  dispatched(reason: bigint): number;
  reportFailure(vector: bigint): void;
  kind(reason: bigint): number;
  cpuid(leaf: number): void;
  useAmd(): void;
  rights(attributes: bigint): bigint;
  attributes(rights: bigint): bigint;
  io(qualification: bigint, instruction: bigint): bigint;
  data(address: bigint, bytes: number, isWrite: number): bigint;
  port(number: number, bytes: number): bigint;
  behind(hits: bigint): void;
  between(hits: bigint): number;
}

export const VSID = 5;
/** The VM that runs. */
export let vmid = abi.ROOT_VMID;
export const runs = (id: number) => {
  vmid = id;
};
/** What was written to ports. */
export const ports: [port: number, value: number][] = [];
/** Next.AdvanceAndRun, Run and Fail. */
export const [SKIP, RUN, FAIL] = [0, 1, 3];

/** Registers of the VS by their numbers, and the TCB by offsets. */
export const registers = new Map<number, bigint>();
export const tcb = new Map<number, bigint>();
/** MSRs that the processor has, besides those of a VS. */
export const msrs = new Map<bigint, bigint>();
export let intel = false;
/** CR0 of a VM, unless a test says otherwise: protected mode, where exceptions have error codes. */
export const PROTECTED = 1n;
/** What the processor answers to CPUID in each register. */
export let hostCpuid = 0n;
/** The VS that exited was destroyed, and VS 9 is active. */
export let isGone = false;
let output = 0n;
export let log = "";
/** CPUID 0Dh: x87, SSE, AVX, and AVX-512. */
export const XCR0_SUPPORTED = 0xe7n;

export const unsigned = (value: bigint) => BigInt.asUintN(64, value);

/** What the microkernel tells of an exit, and of CR4, in the TCB: registers of the VS. */
function told(offset: number): bigint | undefined {
  const places = intel
    ? new Map([
        [abi.TCB_CR4, abi.INTEL_REG_CR4],
        [abi.TCB_EXIT_INFORMATION1, abi.INTEL_REG_EXIT_QUALIFICATION],
        [abi.TCB_EXIT_INFORMATION2, abi.INTEL_REG_PHYSICAL_ADDRESS],
        [abi.TCB_EXIT_EVENT, abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD],
        [abi.TCB_EXIT_SHADOW, abi.INTEL_REG_INTERRUPTIBILITY_STATE],
        [abi.TCB_EXIT_INSTRUCTION, abi.INTEL_REG_VMEXIT_INSTRUCTION_INFORMATION],
      ])
    : new Map([
        [abi.TCB_CR4, abi.AMD_REG_CR4],
        [abi.TCB_EXIT_INFORMATION1, abi.AMD_REG_EXITINFO1],
        [abi.TCB_EXIT_INFORMATION2, abi.AMD_REG_EXITINFO2],
        [abi.TCB_EXIT_EVENT, abi.AMD_REG_EXITINTINFO],
        [abi.TCB_EXIT_SHADOW, abi.AMD_REG_VIRTUAL_INTERRUPT_B],
      ]);
  const register = places.get(offset);
  return register === undefined ? undefined : (registers.get(register) ?? 0n);
}

/** Lines of the debug ring, and the one that is being written. */
export const lines: string[] = [];
let written = "";

/** The last system call that was refused. */
export const refusal = { call: 0n, status: 0n, first: 0n, second: 0n };

/** What VMX wants of a register, and the microkernel sets: CR0.NE. */
const wanted = (register: number): bigint => (intel && register === abi.INTEL_REG_CR0 ? 0x20n : 0n);

/** The processor's own words. */
const own = new Map<number, bigint>();

const imports = {
  vendor: { isIntel: () => (intel ? 1 : 0) },
  tcb: {
    tcbLoad16: () => 0,
    tcbLoad32: (offset: number) => (offset === abi.TCB_ACTIVE_VM ? vmid : isGone ? 9 : VSID),
    tcbLoad64: (offset: number) => told(offset) ?? tcb.get(offset) ?? 0n,
    tcbStore64: (offset: number, value: bigint) => tcb.set(offset, unsigned(value)),
    cpuidToGuest: () => {
      for (const register of [abi.TCB_RAX, abi.TCB_RBX, abi.TCB_RCX, abi.TCB_RDX]) tcb.set(register, hostCpuid);
    },
  },
  cpuid: { cpuidRegister: () => 0, cpuidEdx: () => 0, cpuidEaxEdx: () => XCR0_SUPPORTED },
  tsc: { readTsc: () => msrs.get(0x10n) ?? 0n },
  port: {
    portIn: () => 0,
    portOut: (port: number, _bytes: number, value: number) => ports.push([port, value]),
  },
  own: {
    ownWord: (which: number) => own.get(which) ?? 0n,
    setOwnWord: (which: number, value: bigint) => own.set(which, unsigned(value)),
    ownAddress: () => 0n,
  },
  instance: { isShared: () => 0, requireOwnInstance: () => undefined },
  log: {
    beginLine: () => {
      written = "";
    },
    isWanted: () => 1,
    lineLength: () => 0,
    lineText: () => 0n,
    append: (byte: number) => {
      written += String.fromCharCode(byte);
    },
  },
  memory: new Proxy({}, { get: () => () => 0n }),
  syscall: {
    callValue: (call: number, vsid: bigint, register: bigint, value: bigint) => {
      if (call === abi.SYSCALL_VS_WRITE) registers.set(Number(register), unsigned(value) | wanted(Number(register)));
      if (call !== abi.SYSCALL_VS_READ) return 0n;
      if (isGone) throw new Error("assertion failed");
      // The root VM's is 0, where another VM runs; both have the same registers here
      if (vmid === abi.ROOT_VMID || vsid !== 0n) expect([call, vsid]).toEqual([abi.SYSCALL_VS_READ, BigInt(VSID)]);
      return (
        registers.get(Number(register)) ??
        (Number(register) === (intel ? abi.INTEL_REG_CR0 : abi.AMD_REG_CR0) ? PROTECTED : 0n)
      );
    },
    callStatus: (call: number, first: bigint, second: bigint, third: bigint) => {
      if (call === abi.SYSCALL_VS_WRITE) registers.set(Number(second), unsigned(third));
      if (call === abi.SYSCALL_INTRINSIC_WRMSR) return msrs.has(unsigned(first)) ? 0n : 1n;
      return 0n;
    },
    callWithOutput: (call: number, msr: bigint) => {
      if (call === abi.SYSCALL_VS_READ) return isGone ? 1n : 0n;
      output = msrs.get(unsigned(msr)) ?? 0n;
      return msrs.has(unsigned(msr)) ? 0n : 1n;
    },
    callOutput: () => output,
    callDebug: () => {
      log += "line";
      lines.push(written);
    },
    refusal: (index: number) => [refusal.call, refusal.first, refusal.second, refusal.status][index] ?? 0n,
    forgetRefusal: () => {
      refusal.call = 0n;
    },
    assertionFailed: () => {
      throw new Error("assertion failed");
    },
    callOrZero: () => 0n,
    useDispatcher: () => undefined,
    useFailHandler: () => undefined,
  },
};

export type Vendor = "amd" | "intel";
let units: Record<Vendor, Unit>;
export let unit: Unit;

/** Before all tests of a file. */
export async function load(): Promise<void> {
  await buildLibraries(["vendor-unit"]);
  const module = new WebAssembly.Module(readFileSync(fixtureModule("vendor-unit")));
  const anything = new Proxy(imports, {
    get: (target, name) => Reflect.get(target, name) ?? new Proxy({}, { get: () => () => 0n }),
  });
  // Modules take what they keep of the vendor when they come to life
  const begin = (vendor: Vendor) => {
    intel = vendor === "intel";
    return new WebAssembly.Instance(module, anything).exports as unknown as Unit;
  };
  units = { amd: begin("amd"), intel: begin("intel") };
}

/** Before each test. */
export function reset(): void {
  registers.clear();
  tcb.clear();
  own.clear();
  msrs.clear();
  log = "";
  isGone = false;
  vmid = abi.ROOT_VMID;
  on("amd");
}

export const on = (vendor: Vendor) => {
  intel = vendor === "intel";
  unit = units[vendor];
};
export const read = (register: number) => registers.get(register) ?? 0n;

/** The processor answers CPUID so from now on, in each register. */
export function answerCpuidWith(value: bigint): void {
  hostCpuid = value;
}

/** The VS that exited is destroyed. */
export function destroyVs(): void {
  isGone = true;
}
