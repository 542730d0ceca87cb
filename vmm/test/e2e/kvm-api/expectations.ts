// What tests of a KVM expect of errors and exits

import assert from "node:assert/strict";
import { type Exit, KvmError } from "@bareflank/vmm";

export const HLT = 0xf4;

export const failsWith = (code: string, action: () => unknown): void => {
  assert.throws(action, (error: unknown) => error instanceof KvmError && error.code === code);
};

export const expectIo = (exit: Exit) => {
  assert.equal(exit.kind, "io");
  return exit as Extract<Exit, { kind: "io" }>;
};

export const expectMmio = (exit: Exit) => {
  assert.equal(exit.kind, "mmio");
  return exit as Extract<Exit, { kind: "mmio" }>;
};
