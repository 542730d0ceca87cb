// Microkernels with one fault in them: the one that ships, but for a few lines between its entry and its system calls

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as abi from "@bareflank/abi";
import { Builder, findWorkspace, type PartField } from "../../../toolchain/src/index.ts";

/** The kinds of mutant/mutant.c. */
export const KINDS = { status: 1, output: 2, other: 3, nothing: 4 } as const;
export type Kind = keyof typeof KINDS;

export interface Mutation {
  /** Name of the call. */
  readonly call: string;
  readonly kind: Kind;
  /** Name of the call that is made instead, for the kind `other`. */
  readonly instead?: string;
}

/** The group behind those of Bareflank 3.0's interface. */
const MESSAGE_GROUP = 9;

/** Numbers of the system calls by name. */
export const calls: ReadonlyMap<string, number> = new Map(
  Object.entries(abi).flatMap(([name, value]) => {
    const isCall = name.startsWith("SYSCALL_") && name !== "SYSCALL_SIGNATURE" && typeof value === "number";
    return isCall ? [[name.slice("SYSCALL_".length), value] as const] : [];
  }),
);

/** Calls that return only when they fail, and the call that each is exchanged for. */
const exchanged: Readonly<Record<string, string>> = {
  CONTROL_EXIT: "CONTROL_WAIT",
  CONTROL_WAIT: "CONTROL_EXIT",
  CONTROL_AGAIN: "CONTROL_EXIT",
  VS_RUN: "VS_ADVANCE_IP_AND_RUN",
  VS_ADVANCE_IP_AND_RUN: "VS_RUN",
  VS_RUN_CURRENT: "VS_ADVANCE_IP_AND_RUN_CURRENT",
  VS_ADVANCE_IP_AND_RUN_CURRENT: "VS_RUN_CURRENT",
  VS_SET_ACTIVE: "VS_ADVANCE_IP_AND_SET_ACTIVE",
  VS_ADVANCE_IP_AND_SET_ACTIVE: "VS_SET_ACTIVE",
  VM_UNMAP_DIRECT_BROADCAST: "VM_UNMAP_DIRECT",
};

/** Calls that a successful return from is nothing but a lie. */
const neverReturning = new Set(["VS_RUN", "VS_RUN_CURRENT", "VS_ADVANCE_IP_AND_RUN", "VS_ADVANCE_IP_AND_RUN_CURRENT"]);

/**
 * What no suite can see: a promote, a reply or a wait that succeeds does not return, the suite's own words go through DEBUG_WRITE_STR,
 * an emulated processor keeps no translation that VS_TLB_FLUSH could be missed by, and nothing waits for NESTED_FLUSH where no other
 * processor runs with the tables (nested-flush.test.ts sees it).
 */
const invisible = new Set([
  "VS_PROMOTE output",
  "DEBUG_WRITE_STR nothing",
  "VS_TLB_FLUSH nothing",
  "NESTED_FLUSH nothing",
  "MESSAGE_REPLY output",
  "PP_WAIT output",
]);

/** Whether a call is of version 2, which the second suite is about. */
export const isVersion2 = (call: string): boolean => numberOf(call) >> 16 >= MESSAGE_GROUP;

/** Every mutation of a call. */
export function mutationsOf(call: string): Mutation[] {
  const instead = exchanged[call];
  const other: Mutation[] = instead === undefined ? [] : [{ call, kind: "other", instead }];
  if (call.startsWith("CONTROL_")) return other;
  const kinds: Kind[] = neverReturning.has(call) ? ["status"] : ["status", "output", "nothing"];
  const possible = kinds.filter((kind) => !invisible.has(`${call} ${kind}`));
  return [...possible.map((kind) => ({ call, kind })), ...other];
}

const repository = resolve(import.meta.dirname, "../../..");
const folder = join(repository, "build", "test", "mutants");
const MAGIC = Buffer.from("mutation");

/** Builds the microkernel with mutant/ in it, whose fault is not chosen yet; its path. */
export async function buildMutant(): Promise<string> {
  const workspace = findWorkspace(repository);
  const kernel = workspace.parts.find((part) => part.type === "kernel" && part.folder === join(repository, "kernel"));
  if (kernel === undefined) throw new Error("The workspace has no microkernel.");
  const field: PartField = {
    ...kernel.field,
    native: ["test/conformance/mutant/entry.S", "test/conformance/mutant/mutant.c"],
  };
  const builder = new Builder(workspace);
  try {
    const { products, failures } = await builder.build([{ ...kernel, name: "kernel-mutant", field }]);
    const elf = products.find((product) => product.part === "kernel-mutant")?.files.elf;
    if (elf === undefined) throw failures[0]?.error ?? new Error("The mutant has no image.");
    return elf;
  } finally {
    await builder.close();
  }
}

/** Writes a copy of the mutant with this fault, and returns its path. */
export function mutate(mutant: string, { call, kind, instead }: Mutation): string {
  const image = readFileSync(mutant);
  const at = image.indexOf(MAGIC);
  if (at < 0 || image.indexOf(MAGIC, at + 1) >= 0) throw new Error(`${mutant} is no mutant.`);
  const number = numberOf(call);
  image.writeUInt32LE(number, at + MAGIC.length);
  image.writeUInt32LE(KINDS[kind], at + MAGIC.length + 4);
  image.writeUInt32LE(instead === undefined ? 0 : number ^ numberOf(instead), at + MAGIC.length + 8);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${call.toLowerCase()}-${kind}.elf`);
  writeFileSync(path, image);
  return path;
}

function numberOf(call: string): number {
  const number = calls.get(call);
  if (number === undefined) throw new Error(`There is no system call ${call}.`);
  return number;
}
