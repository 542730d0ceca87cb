// A status asks every processor whether it is still inside: one may have been reset behind everybody's back

import {
  CPUID_HYPERVISOR_BASE,
  CPUID_SIGNATURE_EBX,
  CPUID_SIGNATURE_ECX,
  CPUID_SIGNATURE_EDX,
  ERROR_NONE,
  IOCTL_START,
  STATE_RUNNING,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { Foreign } from "./foreign.ts";
import { Machine } from "./machine/machine.ts";

const LEAF = `${CPUID_HYPERVISOR_BASE.toString(16)}.0`;
const SIGNATURE = [0x4000_0001, CPUID_SIGNATURE_EBX, CPUID_SIGNATURE_ECX, CPUID_SIGNATURE_EDX] as const;

const started = (cpus: number): Machine => {
  const machine = new Machine(cpus);
  expect(machine.load().error).toBe(ERROR_NONE);
  expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
  return machine;
};

const running = (machine: Machine) => {
  const { state, runningCount, running: bits } = machine.status();
  expect(state).toBe(STATE_RUNNING);
  return [runningCount, bits];
};
const setMarker = (machine: Machine, index: number, isThere: boolean) => {
  const leaves = machine.processors[index]?.leaves;
  if (isThere) leaves?.set(LEAF, SIGNATURE);
  else leaves?.delete(LEAF);
};

describe("a status of what another loader has started", () => {
  it("leaves out the processor that is outside by now, and has it again when it says that it is inside", () => {
    const { machine } = new Foreign([1, 0, 2]);
    expect(machine.loader.loaderTakeOver()).toBe(ERROR_NONE);
    expect(running(machine)).toEqual([3, 0b1_0101n]);
    setMarker(machine, 2, false);
    expect(running(machine)).toEqual([2, 0b0_0101n]);
    setMarker(machine, 0, false);
    setMarker(machine, 1, false);
    expect(running(machine)).toEqual([0, 0n]);
    for (const index of [0, 1, 2]) setMarker(machine, index, true);
    expect(running(machine)).toEqual([3, 0b1_0101n]);
  });

  it("tells what is known, and asks nobody, while an operation waits for a processor", () => {
    const { machine } = new Foreign([0, 1]);
    machine.loader.loaderTakeOver();
    setMarker(machine, 1, false);
    const runs = machine.platform.runs.length;
    expect(machine.statusMeanwhile()).toMatchObject({ state: STATE_RUNNING, runningCount: 2, running: 0b101n });
    expect(machine.platform.runs).toHaveLength(runs);
  });
});

describe("a status of what the driver has started", () => {
  it("counts processors whose extension never says that it is there", () => {
    const machine = started(3);
    expect(running(machine)).toEqual([3, 0b1_0101n]);
    expect(running(machine)).toEqual([3, 0b1_0101n]);
  });

  it("leaves out those that said so and do not any more", () => {
    const machine = started(3);
    for (const index of [0, 2]) setMarker(machine, index, true);
    expect(running(machine)).toEqual([3, 0b1_0101n]);
    setMarker(machine, 2, false);
    expect(running(machine)).toEqual([2, 0b0_0101n]);
    // Nothing else changes: the microkernel keeps its memory, and a stop is tried everywhere
    expect(machine.loader.loaderIsHeld()).toBe(1);
  });
});
