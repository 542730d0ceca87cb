// 16-bit code in a VM of an extension in C, C++ or Rust

import * as abi from "@bareflank/abi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { load, startInRealMode, unload } from "./simulated-vs.ts";

beforeAll(load);
afterAll(unload);

it("begins where it is to, on AMD", () => {
  const { written, cr0 } = startInRealMode("amd");
  const place = [abi.AMD_REG_CS_SELECTOR, abi.AMD_REG_CS_BASE, abi.AMD_REG_RIP].map((register) =>
    written.get(register),
  );
  expect([cr0, ...place]).toEqual([0x10n, 0x1000n, 0x1_0000n, 0x20n]);
});

it("begins there on Intel, and does not see the bit of CR0 that VMX wants", () => {
  const { written, cr0 } = startInRealMode("intel");
  const place = [abi.INTEL_REG_CS_SELECTOR, abi.INTEL_REG_CS_BASE, abi.INTEL_REG_RIP].map((register) =>
    written.get(register),
  );
  expect([cr0, ...place]).toEqual([0x10n, 0x1000n, 0x1_0000n, 0x20n]);
  expect(written.get(abi.INTEL_REG_CR0)).toBe(0x30n);
});
