// The operating system has breakpoints armed whose addresses are the hypervisor's in host mode: nothing may meet one
//
// QEMU keeps a VM's breakpoints armed behind its exits (and dies of a change of their kind there), so what the operating
// system arms while it is a VM only Bochs can show.

import { join } from "node:path";
import {
  HANDOFF_BASE,
  HANDOFF_BYTES,
  HANDOFF_OFFSET,
  HANDOFF_STATE_STRIDE,
  PP_AREA_BASE,
  PP_STACK,
  PP_STACK_BYTES,
  PP_STATE,
  SAVED_STATE_BYTES,
  SAVED_STATE_TRANSITION_CR3,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");

/** DR7: breakpoint 0, for reads and writes of 8 bytes (APM volume 2, 13.1.1.4). */
const ACCESS = 0xb_0401;

const state = HANDOFF_BASE + HANDOFF_STATE_STRIDE;
/** What each way touches. */
const places = {
  "the stack of the way in": state + BigInt(HANDOFF_OFFSET + HANDOFF_BYTES - 8),
  "the state on the way out": state + BigInt(SAVED_STATE_TRANSITION_CR3),
  "the microkernel's stack": PP_AREA_BASE + BigInt(PP_STACK + PP_STACK_BYTES - 8),
  "the state that the microkernel writes": PP_AREA_BASE + BigInt(PP_STATE + SAVED_STATE_BYTES - 8),
};
const cases = Object.entries(places).map(([where, address]) => ({ where, address }));

const armed = (machine: string, address: bigint, early: boolean) =>
  run(DEFAULT, { machine, append: `dr0=${address} dr7=${ACCESS}${early ? " early=1" : ""}`, timeout: 120 });

describe("a breakpoint that the operating system has on", () => {
  it.each(cases)("$where does not stop a start on AMD", async ({ address }) => {
    const result = await armed("amd", address, true);
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.output).toContain("bare: stopped, registers as before\n");
  });

  // One boot tells of start and stop: each has every address at the time that matters
  it.each(["amd-bochs", "intel"])("all of them does not stop a start or a stop (%s)", async (machine) => {
    for (const { address } of cases) {
      const result = await armed(machine, address, false);
      expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      expect(result.output).toContain("bare: stopped, registers as before\n");
    }
  });
});
