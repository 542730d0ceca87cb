// A processor that cannot start goes back to the operating system as it came

import {
  BOOT_BAD_ARGS,
  BOOT_EXT_ELF,
  BOOT_MAGIC,
  BOOT_NO_MEMORY,
  BOOT_OK,
  BOOT_VERSION,
  ELF_MAGIC,
  ELF_SEGMENT_WX,
  EXT_CODE_BASE,
  PHASE_KERNEL,
  PHASE_NONE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { PF, PT } from "../../../bsl/test-support/index.ts";
import { exampleExtension } from "../machine/example-extension.ts";
import { inBootstrap } from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";
import { expectGivenBack, expectReason } from "./given-back.ts";

/** So many pages are enough for the first processor, and not for a second one. */
const ENOUGH = 72;

describe("BootArgs", () => {
  test.each([
    ["magic", BOOT_MAGIC + 1n],
    ["version", BOOT_VERSION + 1n],
  ])("with another %s are refused", (field, value) => {
    const pp = new Machine().pp(0);
    pp.args.set(field, value);
    const before = pp.state.values();
    expect(pp.boot()).toEqual({ is: "given back" });
    // Where to report would stand there, too
    expectReason(pp, { status: BOOT_OK, phase: PHASE_NONE });
    expect(pp.state.values()).toEqual({ ...before, rax: BigInt(BOOT_BAD_ARGS) });
  });
});

describe("an extension's file", () => {
  test.each([
    ["is none", ELF_MAGIC, new Uint8Array(100)],
    ["has a segment that is writable and executable", ELF_SEGMENT_WX, withWritableCode()],
  ])("that %s is refused with the ELF checker's error", (_, detail, extension) => {
    const pp = new Machine({ extension }).pp(0);
    expect(pp.boot()).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: BOOT_EXT_ELF, detail: BigInt(detail), phase: PHASE_KERNEL });
  });
});

describe("memory that runs out", () => {
  test("is noticed wherever it happens, and the processor goes back as it came", () => {
    let freePages = 0;
    for (; freePages < ENOUGH; freePages++) {
      const pp = new Machine({ freePages }).pp(0);
      if (pp.boot().is === "called") break;
      expectGivenBack(pp, { status: BOOT_NO_MEMORY, phase: PHASE_KERNEL });
    }
    expect(freePages).toBeGreaterThan(ENOUGH / 2);
    expect(freePages).toBeLessThan(ENOUGH);
  });

  test("on a later processor leaves the first one at work", () => {
    const { machine, pp } = inBootstrap({ ppCount: 2, freePages: ENOUGH });
    const second = machine.pp(1);
    expect(second.boot()).toEqual({ is: "given back" });
    expectGivenBack(second, { status: BOOT_NO_MEMORY, phase: PHASE_KERNEL });
    expect(pp.report.get("status")).toBe(0n);
    expect(pp.mode).toBe("extension");
  });
});

function withWritableCode(): Uint8Array {
  const data = new Uint8Array(16);
  return exampleExtension({
    segments: [{ type: PT.LOAD, flags: PF.R | PF.W | PF.X, address: EXT_CODE_BASE + 0x1_0000n, data }],
  });
}
