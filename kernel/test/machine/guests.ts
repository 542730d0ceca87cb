// A VM beside the root VM, on AMD and Intel: the least that its first entry takes

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as abi from "@bareflank/abi";
import {
  SYSCALL_VM_CREATE,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_RUN,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { exampleExtension } from "./example-extension.ts";
import {
  call,
  EXIT_CPUID,
  expectOutcome,
  HANDLE,
  INTEL_EXIT_CPUID,
  inBootstrap,
  makeRootVs,
  type Scene,
} from "./extension-life.ts";
import type { LoaderOptions } from "./loader.ts";
import type { Outcome, Pp } from "./pp.ts";
import { makeSecondVs } from "./second-vmcs.ts";

/** Versions of the interface as handles name them. */
export const VERSION_1 = 2n;
export const VERSION_2 = 4n;

/** In vmexit for the root VM's second exit, with a handle of a version. */
export function inVersion(version: bigint, options: Partial<LoaderOptions> = {}): Scene {
  const scene = inBootstrap({ extension: exampleExtension({ versions: 6 }), ...options }, version);
  const vs = makeRootVs(scene.pp, version === VERSION_1);
  expectOutcome(scene.pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  exitCpuid(scene.pp);
  expectOutcome(scene.pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
  exitCpuid(scene.pp);
  return scene;
}

export function exitCpuid(pp: Pp): Outcome {
  const outcome = pp.exit(pp.processor.vmx === undefined ? EXIT_CPUID : INTEL_EXIT_CPUID);
  expectOutcome(outcome, "called");
  return outcome;
}

export interface Guest {
  readonly vm: bigint;
  readonly vp: bigint;
  readonly vs: bigint;
  /** Makes it the active VS. */
  activate(): void;
  /** Runs it. */
  run(): void;
  write(register: number, value: bigint): void;
}

/** Makes a VM that owns nothing, which a processor takes. */
export function makeGuest(pp: Pp): Guest {
  const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
  const isIntel = pp.processor.vmx !== undefined;
  const vs = isIntel ? makeSecondVs(pp, vp) : call(pp, SYSCALL_VS_CREATE, HANDLE, vp, pp.block.get("ppid"));
  const write = (register: number, value: bigint): void => {
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);
  };
  if (!isIntel) {
    write(abi.AMD_REG_GUEST_ASID, 1n);
    write(abi.AMD_REG_INTERCEPT_INSTRUCTION2, 1n);
    write(abi.AMD_REG_EFER, 0n);
  }
  return {
    vm,
    vp,
    vs,
    write,
    activate: () => {
      call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
    },
    run: () => expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, vm, vp, vs), "running"),
  };
}

/** A row of the table that a vendor's confinement.ts begins with. */
export interface Row {
  /** Such as "3.26" or "proc 24". */
  readonly bit: string;
  readonly name: string;
  readonly guest: string;
  readonly root: string;
  readonly served: string;
}

/** The table in the source. */
export function confinementTable(vendor: "amd" | "intel"): readonly Row[] {
  const path = join(import.meta.dirname, "../../arch/x64", vendor, "confinement.ts");
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => /^\/\/ \| [a-z]* ?\d/.test(line) || /^\/\/ \| exc/.test(line))
    .map((line) => {
      const [, bit = "", name = "", , guest = "", root = "", served = ""] = line.split("|").map((cell) => cell.trim());
      return { bit, name, guest, root, served };
    });
}

/** The bits of a field that the table forces for a kind of VS; those that it clears count as not set. */
export function forcedBits(rows: readonly Row[], field: string, kind: "root" | "guest" | "version 2"): bigint {
  const isForced = (row: Row): boolean => {
    if (kind === "root") return row.root === "forced";
    return row.guest === "forced" || (kind === "version 2" && row.guest === "version 2");
  };
  return rows
    .filter(({ bit }) => bit.startsWith(field) && !bit.endsWith("*"))
    .filter(isForced)
    .reduce((bits, { bit }) => bits | (1n << BigInt(bit.slice(field.length))), 0n);
}
