// What a VM was being delivered when it exited, in extensions in C, C++ and Rust; sdk/typescript/test/events.test.ts has the same

import * as abi from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load, redeliver, unasked, unload, type Vendor } from "./simulated-vs.ts";

const EVENT = abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD;
const INJECTED = abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD;
const BLOCKING = abi.INTEL_REG_INTERRUPTIBILITY_STATE;
const CONTROLS = abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS;
const INFORMATION = abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION;
const REASON = abi.INTEL_REG_EXIT_REASON;
const UNBLOCKED = 1n << 12n;
const WINDOW = 1n << 22n;
const NMI = 0x8000_0202n;
const INTERRUPT = 0x8000_0030n;
const MACHINE_CHECK = 0x8000_0312n;
const RUN = 1;

beforeAll(load);
afterAll(unload);

describe("what was being delivered on Intel", () => {
  it("is delivered again, a software interrupt with its length, an exception with its code", () => {
    const software = redeliver("intel", {
      [REASON]: abi.INTEL_EXIT_EPT_VIOLATION,
      [EVENT]: 0x8000_1480n,
      [abi.INTEL_REG_VMEXIT_INSTRUCTION_LENGTH]: 2n,
    });
    expect(software).toEqual(
      new Map([
        [INJECTED, 0x8000_0480n],
        [abi.INTEL_REG_VMENTRY_INSTRUCTION_LENGTH, 2n],
      ]),
    );
    const exception = redeliver("intel", {
      [REASON]: abi.INTEL_EXIT_EPT_VIOLATION,
      [EVENT]: 0x8000_0b0en,
      [abi.INTEL_REG_IDT_VECTORING_ERROR_CODE]: 0x15n,
    });
    expect(exception).toEqual(
      new Map([
        [INJECTED, 0x8000_0b0en],
        [abi.INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, 0x15n],
      ]),
    );
  });

  it("lets an NMI in that was being delivered: its delivery blocks the next one", () => {
    const written = redeliver("intel", { [REASON]: abi.INTEL_EXIT_EPT_VIOLATION, [EVENT]: NMI, [BLOCKING]: 9n });
    expect(written).toEqual(
      new Map([
        [BLOCKING, 1n],
        [INJECTED, NMI],
      ]),
    );
  });

  it("gives way to an event that is there already", () => {
    const written = redeliver("intel", {
      [REASON]: abi.INTEL_EXIT_EPT_VIOLATION,
      [EVENT]: INTERRUPT,
      [INJECTED]: 0x8000_0b0dn,
    });
    expect(written).toEqual(new Map());
  });

  it("was not interrupted by an entry that failed, whatever the exit before it had", () => {
    const reason = abi.INTEL_EXIT_ENTRY_FAILURE | abi.INTEL_EXIT_MACHINE_CHECK_AT_ENTRY;
    expect(redeliver("intel", { [REASON]: reason, [EVENT]: INTERRUPT })).toEqual(new Map());
    // The machine check is the root VM's, which is the same VS here
    const { written, next } = unasked("intel", reason, { [EVENT]: INTERRUPT });
    expect([written.get(INJECTED), next]).toEqual([MACHINE_CHECK, RUN]);
    expect(unasked("intel", abi.INTEL_EXIT_EXTERNAL_INTERRUPT, { [EVENT]: INTERRUPT }).written.get(INJECTED)).toBe(
      INTERRUPT,
    );
  });
});

describe("an IRET on Intel that faulted when it had ended the blocking of NMIs", () => {
  it("blocks them again behind an EPT violation and an exception", () => {
    const violation = {
      [REASON]: abi.INTEL_EXIT_EPT_VIOLATION,
      [abi.INTEL_REG_EXIT_QUALIFICATION]: 0x182n | UNBLOCKED,
    };
    expect(redeliver("intel", violation)).toEqual(new Map([[BLOCKING, 8n]]));
    const exception = { [REASON]: abi.INTEL_EXIT_EXCEPTION_OR_NMI, [INFORMATION]: 0x8000_0b0dn | UNBLOCKED };
    expect(redeliver("intel", exception)).toEqual(new Map([[BLOCKING, 8n]]));
  });

  it.each<[string, Record<number, bigint>]>([
    ["had not", { [abi.INTEL_REG_EXIT_QUALIFICATION]: 0x182n }],
    [
      "says nothing of it behind a double fault",
      { [REASON]: abi.INTEL_EXIT_EXCEPTION_OR_NMI, [INFORMATION]: 0x8000_0b08n | UNBLOCKED },
    ],
    ["says nothing of it for another reason", { [REASON]: abi.INTEL_EXIT_CPUID, [INFORMATION]: UNBLOCKED }],
    [
      "was not it where something was being delivered",
      { [EVENT]: INTERRUPT, [abi.INTEL_REG_EXIT_QUALIFICATION]: UNBLOCKED },
    ],
  ])("leaves the blocking alone when it %s", (_, registers) => {
    const written = redeliver("intel", { [REASON]: abi.INTEL_EXIT_EPT_VIOLATION, ...registers });
    expect(written.has(BLOCKING)).toBe(false);
  });
});

describe("an NMI on Intel that comes while another VM runs", () => {
  it.each([
    ["is the root VM's at once", {}, NMI, false],
    ["waits while something blocks it", { [BLOCKING]: 8n }, undefined, true],
    ["waits while something else is delivered", { [EVENT]: INTERRUPT }, INTERRUPT, true],
  ])("%s", (_, registers, injected, waits) => {
    const { written, next } = unasked("intel", abi.INTEL_EXIT_EXCEPTION_OR_NMI, { [INFORMATION]: NMI, ...registers });
    expect([written.get(INJECTED), (written.get(CONTROLS) ?? 0n) === WINDOW, next]).toEqual([injected, waits, RUN]);
  });
});

describe("what was being delivered on AMD", () => {
  const again = (event: bigint, there = 0n) =>
    redeliver("amd", { [abi.AMD_REG_EXITINTINFO]: event, [abi.AMD_REG_EVENTINJ]: there });

  it("is delivered again, unless an instruction that is executed again does so, or something else is there", () => {
    expect(again(INTERRUPT)).toEqual(new Map([[abi.AMD_REG_EVENTINJ, INTERRUPT]]));
    for (const event of [0x8000_0480n, 0x8000_0303n, 0x8000_0304n, 0x30n]) expect(again(event)).toEqual(new Map());
    expect(again(INTERRUPT, 0x8000_0b0dn)).toEqual(new Map());
  });
});

it.each<[Vendor, bigint]>([
  ["amd", abi.AMD_EXIT_INTR],
  ["intel", abi.INTEL_EXIT_EXTERNAL_INTERRUPT],
])("runs the root VM on for an interrupt of the machine's (%s)", (vendor, reason) => {
  expect(unasked(vendor, reason)).toMatchObject({ written: new Map(), next: RUN });
});
