import { describe, expect, it } from "vitest";
import { addressesIn } from "../src/emulator/functions.ts";

describe("addressesIn", () => {
  it("finds each address once, however it is written", () => {
    const text = "rip 0000000040001234  RIP=40001234 0x40001238, 0x1234, 0000000050000000";
    expect(addressesIn(text)).toEqual([0x4000_1234n, 0x4000_1238n, 0x5000_0000n]);
  });
});
