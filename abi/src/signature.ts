// How a system call is written down: its name, what it does, what it takes and gives

import type { CallArgument, SystemCall } from "./schema.ts";

export type Extras = Partial<Omit<SystemCall, "name" | "doc" | "inputs" | "outputs">>;
/** `name: type` of each argument; a call takes them in REG0, REG1, … (behind the handle, where it wants one). */
type Signature = Record<string, CallArgument["type"]>;

export const named = (signature: Signature): CallArgument[] =>
  Object.entries(signature).map(([name, type]) => ({ name, type }));

/** A call that every extension may make: no handle. */
export const open = (name: string, doc: string, inputs: Signature = {}, extras: Extras = {}): SystemCall => ({
  ...{ name, doc, inputs: named(inputs), outputs: [], handle: false, returns: "always" },
  ...extras,
});

/** A call that wants the extension's handle in REG0. */
export const call = (
  name: string,
  doc: string,
  inputs: Signature = {},
  outputs: Signature = {},
  extras: Extras = {},
): SystemCall => ({
  ...{ name, doc, inputs: named(inputs), outputs: named(outputs), handle: true, returns: "always" },
  ...extras,
});
