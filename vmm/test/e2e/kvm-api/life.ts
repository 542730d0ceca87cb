// Machines from their first mode to their end

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { applyStart, longMode, protectedMode, realMode } from "@bareflank/vmm";
import { CODE, withMachine } from "../machines.ts";
import { HLT } from "./expectations.ts";

/** How often machines are made and closed for the last test: a driver's own test wants more than this library's. */
const rounds = Number(process.env.BAREFLANK_KVM_ROUNDS ?? 20);

test("changes modes between runs", () =>
  withMachine(16, [HLT], ({ kvm, vm, vcpu }) => {
    vcpu.setCpuid(kvm.supportedCpuid());
    assert.equal(vcpu.run().kind, "hlt");
    for (const state of [protectedMode(vm.memory, CODE), longMode(vm.memory, BigInt(CODE)), realMode(CODE)]) {
      applyStart(vcpu, state);
      assert.equal(vcpu.run().kind, "hlt");
      assert.equal(vcpu.registers().rip, BigInt(CODE + 1));
    }
  }));

test("gives everything back", async () => {
  const files = () => readdirSync("/proc/self/fd").length;
  const mappings = () => readFileSync("/proc/self/maps", "utf8").split("kvm").length;
  const before = [files(), mappings()];
  for (let round = 0; round < rounds; round++) {
    await withMachine(16, [HLT], ({ vcpu }) => {
      assert.equal(vcpu.run().kind, "hlt");
    });
  }
  assert.deepEqual([files(), mappings()], before);
});
