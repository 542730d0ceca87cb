// Several extensions on one machine: the first owns the root VM, the others are services that take messages

import {
  EXTENSION_POLICY_BYTES,
  EXTENSION_POLICY_DENIED,
  EXTENSION_POLICY_FLAGS,
  EXTENSION_POLICY_MSR_COUNT,
  EXTENSION_POLICY_MSR_FIRST,
  EXTENSION_POLICY_MSR_LAST,
  EXTENSION_POLICY_MSR_RIGHTS,
  EXTENSION_POLICY_NAME,
  EXTENSION_POLICY_PORT_COUNT,
  EXTENSION_POLICY_PORT_FIRST,
  EXTENSION_POLICY_PORT_LAST,
  EXTENSION_POLICY_QUOTA,
  POLICY_MSRS,
  POLICY_PORTS,
  POLICY_VERSION_2,
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_MESSAGE_REGISTER,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN,
} from "@bareflank/abi";
import { exampleExtension, HANDLERS } from "./example-extension.ts";
import { call, EXIT_CPUID, expectOutcome, HANDLE, makeRootVs, type Scene } from "./extension-life.ts";
import type { LoaderOptions } from "./loader.ts";
import { Machine } from "./machine.ts";
import type { Pp } from "./pp.ts";

export const VERSION_2 = exampleExtension({ versions: 6 });
export const VERSION_1 = exampleExtension();

export interface PolicySpec {
  readonly name?: string;
  /** Numbers of calls. */
  readonly denied?: readonly number[];
  /** First, last, rights. */
  readonly msrs?: readonly (readonly [number, number, number])[];
  /** First, last. */
  readonly ports?: readonly (readonly [number, number])[];
  /** Of VMs, VPs, VSs and pages; 0: as many as there are. */
  readonly quota?: readonly [number, number, number, number];
  /** Keeps it to version 2. */
  readonly pinned?: boolean;
}

/** ExtensionPolicy of each, as the loader hands them over. */
export function policies(...specs: readonly PolicySpec[]): Uint8Array {
  const bytes = new Uint8Array(specs.length * EXTENSION_POLICY_BYTES);
  specs.forEach(({ name = "", denied = [], msrs, ports, quota = [0, 0, 0, 0], pinned = false }, index) => {
    const view = new DataView(bytes.buffer, index * EXTENSION_POLICY_BYTES, EXTENSION_POLICY_BYTES);
    new TextEncoder().encodeInto(name, bytes.subarray(index * EXTENSION_POLICY_BYTES + EXTENSION_POLICY_NAME));
    for (const number of denied) {
      const word = EXTENSION_POLICY_DENIED + (number >>> 16) * 4;
      view.setUint32(word, view.getUint32(word, true) | (1 << (number & 31)), true);
    }
    quota.forEach((most, what) => {
      view.setUint32(EXTENSION_POLICY_QUOTA + what * 4, most, true);
    });
    const flags = (msrs === undefined ? 0 : POLICY_MSRS) | (ports === undefined ? 0 : POLICY_PORTS);
    const pin = pinned ? POLICY_VERSION_2 : 0;
    view.setUint32(EXTENSION_POLICY_FLAGS, flags | pin, true);
    view.setUint32(EXTENSION_POLICY_PORT_COUNT, ports?.length ?? 0, true);
    ports?.forEach(([first, last], place) => {
      view.setUint32(EXTENSION_POLICY_PORT_FIRST + place * 4, first, true);
      view.setUint32(EXTENSION_POLICY_PORT_LAST + place * 4, last, true);
    });
    view.setUint32(EXTENSION_POLICY_MSR_COUNT, msrs?.length ?? 0, true);
    msrs?.forEach(([first, last, rights], place) => {
      view.setUint32(EXTENSION_POLICY_MSR_FIRST + place * 4, first, true);
      view.setUint32(EXTENSION_POLICY_MSR_LAST + place * 4, last, true);
      view.setUint32(EXTENSION_POLICY_MSR_RIGHTS + place * 4, rights, true);
    });
  });
  return bytes;
}

/** The extension in ring 3 opens version 2 and registers its callbacks. */
export function register(pp: Pp, vmexit: boolean): void {
  call(pp, SYSCALL_HANDLE_OPEN, 4n);
  call(pp, SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, HANDLE, HANDLERS.BOOTSTRAP);
  if (vmexit) call(pp, SYSCALL_CALLBACK_REGISTER_VMEXIT, HANDLE, HANDLERS.VMEXIT);
  call(pp, SYSCALL_CALLBACK_REGISTER_FAIL, HANDLE, HANDLERS.FAIL);
  call(pp, SYSCALL_MESSAGE_REGISTER, HANDLE, HANDLERS.MESSAGE);
}

export interface SeveralOptions {
  /** Services; default 1. */
  readonly services?: number;
  readonly policy?: Uint8Array;
  readonly ppCount?: number;
  readonly moreBytes?: number;
  readonly watchTicks?: bigint;
  readonly mitigations?: number;
  readonly msrs?: LoaderOptions["msrs"];
  /** Whether the services handle VM exits of their own VMs. */
  readonly vmexit?: boolean;
}

/** The first of them is in its _start. */
export function powered({ services = 1, vmexit: _, ...options }: SeveralOptions = {}): Scene {
  const others = Array.from({ length: services }, () => VERSION_2);
  const machine = new Machine({ extension: VERSION_2, others, ...options });
  const pp = machine.pp(0);
  expectOutcome(pp.boot(), "called");
  return { machine, pp };
}

/** All have ended _start; the first service is in its bootstrap. */
export function inServiceBootstrap(options: SeveralOptions = {}): Scene {
  const scene = powered(options);
  for (let id = 0; id <= (options.services ?? 1); id++) {
    register(scene.pp, id === 0 || options.vmexit === true);
    expectOutcome(scene.pp.syscall(SYSCALL_CONTROL_WAIT), "called");
  }
  return scene;
}

/** The services are ready; extension 0 is in vmexit, for the second exit of the root VS. */
export function inOwnerVmexit(options: SeveralOptions = {}): Scene {
  const scene = inServiceBootstrap(options);
  const { pp } = scene;
  for (let id = 1; id <= (options.services ?? 1); id++) expectOutcome(pp.syscall(SYSCALL_CONTROL_WAIT), "called");
  const vs = makeRootVs(pp);
  expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  expectOutcome(pp.exit(EXIT_CPUID), "called");
  expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
  expectOutcome(pp.exit(EXIT_CPUID), "called");
  return scene;
}

/** The extension that runs in ring 3, as its TCB says. */
export const running = (pp: Pp): bigint => pp.tcb.get("extid");
