// What the debug ring says of an exit that nobody wants, and of a system call that was refused

import * as abi from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nameCallsAndExits } from "../../../toolchain/src/call-names.ts";
import { FAIL, lines, load, on, refusal, registers, reset, unit } from "./simulated-vs.ts";

beforeAll(load);
beforeEach(() => {
  reset();
  lines.length = 0;
});

/** As `bfm dump` and the lab show them. */
const shown = () => lines.map((line) => nameCallsAndExits(line).trimEnd());

describe("an exit without a handler", () => {
  const RIP = 0xffff_8000_1234n;
  const WRITE = 2n;

  it("is told with its name, the address, what was wanted, and the handler to register", () => {
    on("amd");
    registers.set(abi.AMD_REG_RIP, RIP);
    registers.set(abi.AMD_REG_EXITINFO1, WRITE);
    registers.set(abi.AMD_REG_EXITINFO2, 0xfee0_00b0n);
    expect(unit.dispatched(abi.AMD_EXIT_NESTED_PAGE_FAULT)).toBe(FAIL);
    expect(shown()).toEqual([
      "PP 0: error: AMD exit NESTED_PAGE_FAULT (0x400) has no handler, write of 0xfee000b0, RIP 0xffff80001234: map it in NestedTables, or onNestedPageFault registers one",
    ]);
  });

  it("has Intel's names on Intel", () => {
    on("intel");
    registers.set(abi.INTEL_REG_RIP, RIP);
    registers.set(abi.INTEL_REG_EXIT_QUALIFICATION, 1n << 2n);
    registers.set(abi.INTEL_REG_PHYSICAL_ADDRESS, 0x1000n);
    expect(unit.dispatched(abi.INTEL_EXIT_EPT_VIOLATION)).toBe(FAIL);
    expect(shown()[0]).toMatch(/^PP 0: error: Intel exit EPT_VIOLATION \(0x30\) has no handler, execution of 0x1000, /);
  });

  it("of another kind names onOther", () => {
    on("amd");
    registers.set(abi.AMD_REG_RIP, RIP);
    expect(unit.dispatched(abi.AMD_EXIT_INVALID)).toBe(FAIL);
    expect(shown()).toEqual([
      "PP 0: error: AMD exit INVALID (0xffffffffffffffff) has no handler, RIP 0xffff80001234: onOther registers one",
    ]);
  });

  it("that raises #UD is told once, by its name", () => {
    on("amd");
    registers.set(abi.AMD_REG_RIP, RIP);
    unit.unasked(abi.AMD_EXIT_RDPMC);
    unit.unasked(abi.AMD_EXIT_RDPMC);
    expect(shown()).toEqual([
      `PP 0: warning: AMD exit RDPMC (0x${abi.AMD_EXIT_RDPMC.toString(16)}): nobody carries the instruction out, #UD, RIP 0xffff80001234`,
    ]);
  });
});

describe("an assertion of the SDK", () => {
  it("names the call, what it was about and its status", () => {
    on("amd");
    Object.assign(refusal, {
      call: BigInt(abi.SYSCALL_VS_WRITE),
      status: abi.STATUS_INVALID_INPUT_REG2,
      first: 5n,
      second: 97n,
    });
    unit.reportFailure(3n);
    expect(shown()).toEqual([
      "PP 0: error: system call vs_write refused: status INVALID_INPUT_REG2, REG1 0x5, REG2 0x61",
    ]);
  });

  it("of something else is a failed assertion, and a page fault is one, whatever was refused before", () => {
    on("amd");
    Object.assign(refusal, { call: 0n });
    unit.reportFailure(3n);
    Object.assign(refusal, { call: 0x60003n });
    unit.reportFailure(14n);
    expect(shown()).toEqual([
      "PP 0: error: failed assertion",
      "PP 0: error: page fault, error code 0x0: cannot read address 0x0",
    ]);
  });
});
