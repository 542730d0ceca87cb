import { describe, expect, it } from "vitest";
import { addressesIn, typescriptName } from "../src/emulator/functions.ts";

describe("typescriptName", () => {
  it("turns wasm2c's names back", () => {
    const symbol = "w2c_kernel_kernel0x2Fsrc0x2Fmemory0x2Fbuddy0x2FBuddyPool0x23freePages_1";
    expect(typescriptName(symbol)).toBe("kernel/src/memory/buddy/BuddyPool#freePages");
  });

  it("leaves names of C and assembly alone", () => {
    expect(typescriptName("kernel_entry")).toBe("kernel_entry");
  });
});

describe("addressesIn", () => {
  it("finds each address of the image once, however it is written", () => {
    const text = "rip 0000000040001234  RIP=40001234 0x40001238, 0x1234, 0000000050000000";
    expect(addressesIn(text, 0x4000_0000n, 0x1000_0000n)).toEqual([0x4000_1234n, 0x4000_1238n]);
  });
});
