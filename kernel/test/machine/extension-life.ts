// The usual extension's life, up to where a test begins to be interested

import {
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_INSTRUCTION1,
  AMD_REG_INTERCEPT_INSTRUCTION2,
  INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER,
  INTEL_REG_VMENTRY_CTLS,
  STATUS_SUCCESS,
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { HANDLERS } from "./example-extension.ts";
import type { LoaderOptions } from "./loader.ts";
import { Machine } from "./machine.ts";
import type { Outcome, Pp } from "./pp.ts";

/** The first handle is 0. */
export const HANDLE = 0n;
export const EXIT_CPUID = 0x72n;
export const INTEL_EXIT_CPUID = 10n;

/** A machine, and the processor of it that the test is about. */
export interface Scene {
  readonly machine: Machine;
  readonly pp: Pp;
}

/** Makes a call that must return, and gives its status. */
export function status(pp: Pp, call: number | bigint, ...registers: readonly bigint[]): bigint {
  const outcome = pp.syscall(call, ...registers);
  if (outcome.is !== "returned") throw new Error(`the call did not return: ${outcome.is}`);
  return outcome.status;
}

/** Makes a call that must succeed; REG0 afterwards. */
export function call(pp: Pp, number: number, ...registers: readonly bigint[]): bigint {
  const result = status(pp, number, ...registers);
  if (result !== STATUS_SUCCESS) throw new Error(`call 0x${number.toString(16)}: 0x${result.toString(16)}`);
  return pp.registers[0] ?? 0n;
}

/** In _start, with nothing done yet. */
export function inStart(options: Partial<LoaderOptions> = {}): Scene {
  const machine = new Machine(options);
  const pp = machine.pp(0);
  expectOutcome(pp.boot(), "called");
  return { machine, pp };
}

/** In _start, with a handle and the callbacks of the given names. */
export function registered(
  options: Partial<LoaderOptions> = {},
  callbacks: readonly (keyof typeof REGISTRATIONS)[] = ["BOOTSTRAP", "VMEXIT", "FAIL"],
  version = 2n,
): Scene {
  const scene = inStart(options);
  call(scene.pp, SYSCALL_HANDLE_OPEN, version);
  for (const name of callbacks) call(scene.pp, REGISTRATIONS[name], HANDLE, HANDLERS[name]);
  return scene;
}

const REGISTRATIONS = {
  BOOTSTRAP: SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  VMEXIT: SYSCALL_CALLBACK_REGISTER_VMEXIT,
  FAIL: SYSCALL_CALLBACK_REGISTER_FAIL,
} as const;

/** In bootstrap on PP 0. */
export function inBootstrap(options: Partial<LoaderOptions> = {}, version = 2n): Scene {
  const scene = registered(options, ["BOOTSTRAP", "VMEXIT", "FAIL"], version);
  expectOutcome(scene.pp.syscall(SYSCALL_CONTROL_WAIT), "called");
  return scene;
}

/** An address space of its own, CPUID and VMRUN exit. */
const AMD_CONTROLS = [
  [AMD_REG_GUEST_ASID, 1n],
  [AMD_REG_INTERCEPT_INSTRUCTION1, 0x4_0000n],
  [AMD_REG_INTERCEPT_INSTRUCTION2, 1n],
] as const;

/** An address space of its own, MSR bitmaps, 64-bit mode. */
const INTEL_CONTROLS = [
  [INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER, 1n],
  [INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, 0x1000_0000n],
  [INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, 0x20n],
  [INTEL_REG_VMENTRY_CTLS, 0x200n],
] as const;

/**
 * Makes a VP and a VS for the root VM on this processor, set up as VMRUN or VMLAUNCH demands; on Intel with a bitmap of MSRs
 * at an address, which version 2 does not allow. Identifiers come in order.
 */
export function makeRootVs(pp: Pp, hasBitmap = true): bigint {
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, pp.block.get("ppid"));
  const controls = pp.processor.vmx === undefined ? AMD_CONTROLS : INTEL_CONTROLS;
  for (const [register, value] of controls) {
    if (!hasBitmap && register === INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS) continue;
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);
  }
  call(pp, SYSCALL_VS_INIT_AS_ROOT, HANDLE, vs);
  return vs;
}

/** The operating system runs as a VM; no exit has happened. */
export function inGuest(options: Partial<LoaderOptions> = {}): Scene {
  const scene = inBootstrap(options);
  const vs = makeRootVs(scene.pp);
  expectOutcome(scene.pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  return scene;
}

/** In vmexit for the first exit, the CPUID that the loader executes behind its demotion. */
export function inFirstVmexit(options: Partial<LoaderOptions> = {}): Scene {
  const scene = inGuest(options);
  expectOutcome(scene.pp.exit(exitCpuid(scene.pp)), "called");
  return scene;
}

/** The exit reason of CPUID. */
export function exitCpuid(pp: Pp): bigint {
  return pp.processor.vmx === undefined ? EXIT_CPUID : INTEL_EXIT_CPUID;
}

/** In vmexit for the second exit. */
export function inVmexit(options: Partial<LoaderOptions> = {}): Scene {
  const scene = inFirstVmexit(options);
  expectOutcome(scene.pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
  expectOutcome(scene.pp.exit(exitCpuid(scene.pp)), "called");
  return scene;
}

/** Brings a further processor into its bootstrap callback. */
export function bootNext(machine: Machine, ppid: number): Pp {
  const pp = machine.pp(ppid);
  expectOutcome(pp.boot(), "called");
  return pp;
}

export function expectOutcome(outcome: Outcome, is: Outcome["is"]): void {
  if (outcome.is !== is) throw new Error(`${outcome.is}, not ${is}: ${JSON.stringify(outcome, bigint)}`);
}

const bigint = (_: string, value: unknown) => (typeof value === "bigint" ? `0x${value.toString(16)}` : value);
