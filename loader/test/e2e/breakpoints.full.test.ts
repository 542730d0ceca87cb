// Breakpoints of Linux's, armed on every processor at addresses that are the hypervisor's in host mode
//
// On Bochs, because QEMU ends itself when data breakpoints are armed while a VM gives its processor back; of AMD's
// processors the bare platform's test tells.

import {
  HANDOFF_BASE,
  HANDOFF_BYTES,
  HANDOFF_OFFSET,
  HANDOFF_STATE_STRIDE,
  PP_AREA_BASE,
  PP_STACK,
  PP_STACK_BYTES,
  PP_STATE,
  SAVED_STATE_TRANSITION_CR3,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { bootMachine, complaints, EXTENSION, guestProgram, KERNEL, succeed } from "./machine.ts";

const ROUNDS = 5;

/** The hand-off's state and stack of the first processor, and the microkernel's own of every one. */
const ADDRESSES = [
  HANDOFF_BASE + HANDOFF_STATE_STRIDE + BigInt(SAVED_STATE_TRANSITION_CR3),
  HANDOFF_BASE + HANDOFF_STATE_STRIDE + BigInt(HANDOFF_OFFSET + HANDOFF_BYTES - 8),
  PP_AREA_BASE + BigInt(PP_STACK + PP_STACK_BYTES - 8),
  PP_AREA_BASE + BigInt(PP_STATE),
];

describe.each([{ machine: "intel", smp: 2 }])("breakpoints on every processor ($machine)", ({ machine, smp }) => {
  it("are met neither by starts nor by stops, and are armed afterwards", async () => {
    const put = [{ from: guestProgram("breakpoints"), to: "/usr/bin/bf-breakpoints" }];
    const linux = await bootMachine({ machine, smp, put });
    try {
      await succeed(linux, `bf-ioctl load ${KERNEL} ${EXTENSION}`);
      const command = `bf-breakpoints ${ADDRESSES.join(" ")} bf-ioctl cycles ${ROUNDS} 5`;
      expect(await succeed(linux, command, 300)).toBe(
        `cycles: rounds=${ROUNDS} cpus=${smp} wrong=0\nbreakpoints: processors=${smp} hits=0\n`,
      );
      expect(await complaints(linux)).toBe("");
    } finally {
      await linux.close();
    }
  });
});
