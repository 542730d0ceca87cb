// Hypercalls that the driver makes for bfm

import {
  ERROR_CORRUPT,
  ERROR_NO_HYPERCALLS,
  ERROR_NO_SUCH_CPU,
  ERROR_NONE,
  ERROR_NOT_RUNNING,
  ERROR_TIMEOUT,
  ERROR_UNKNOWN_HYPERCALL,
  IOCTL_START,
  IOCTL_VMCALL,
  STATE_CORRUPT,
  STATE_RUNNING,
  VMCALL_ARGS_BYTES,
  VMCALL_ARGS_RAX,
  VMCALL_ARGS_TARGET,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { Machine } from "./machine/machine.ts";
import { RUN } from "./machine/platform.ts";

const CALL = 4;

function started(): Machine {
  const machine = new Machine(3);
  machine.load();
  expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
  for (const processor of machine.processors) processor.takesHypercalls = true;
  return machine;
}

/** Calls on the operating system's processor `cpu`, with RAX = 0x1234. */
const call = (machine: Machine, cpu: number) =>
  machine.operate(IOCTL_VMCALL, (block) => {
    machine.memory.poke(block + BigInt(VMCALL_ARGS_TARGET), 4, BigInt(cpu));
    machine.memory.poke(block + BigInt(VMCALL_ARGS_RAX), 8, 0x1234n);
  });

describe("a hypercall", () => {
  it("has a block of a known size", () => {
    expect(new Machine(1).loader.loaderBlockBytes(IOCTL_VMCALL)).toBe(VMCALL_ARGS_BYTES);
  });

  it("is made on the processor that is named, with the block's registers", () => {
    const machine = started();
    const second = machine.processors[1];
    if (second === undefined) throw new Error("there is no second processor");
    second.onHypercall = (registers) => {
      expect(machine.current).toBe(1);
      const rax = machine.memory.peek(BigInt.asUintN(64, registers), 8);
      machine.memory.poke(BigInt.asUintN(64, registers), 8, rax + 1n);
      return true;
    };
    expect(call(machine, second.number).error).toBe(ERROR_NONE);
    expect(machine.long(VMCALL_ARGS_RAX)).toBe(0x1235n);
    expect(machine.platform.runs.at(-1)).toBe(`1 operation ${CALL}`);
  });

  it("is not made when the extension does not say that it takes them", () => {
    const machine = started();
    for (const processor of machine.processors) {
      processor.takesHypercalls = false;
      processor.onHypercall = () => {
        throw new Error("#UD");
      };
    }
    expect(call(machine, 4)).toMatchObject({ error: ERROR_NO_HYPERCALLS, cpu: 4 });
  });

  it("that the extension does not know is an error, and nothing else", () => {
    const machine = started();
    for (const processor of machine.processors) processor.onHypercall = () => false;
    expect(call(machine, 4)).toMatchObject({ error: ERROR_UNKNOWN_HYPERCALL, cpu: 4 });
    expect(machine.status().state).toBe(STATE_RUNNING);
  });

  it("needs a processor that is there", () => {
    expect(call(started(), 1)).toMatchObject({ error: ERROR_NO_SUCH_CPU, cpu: 1 });
  });

  it("needs a running hypervisor", () => {
    const machine = new Machine(1);
    expect(call(machine, 0).error).toBe(ERROR_NOT_RUNNING);
    machine.load();
    expect(call(machine, 0).error).toBe(ERROR_NOT_RUNNING);
    machine.platform.intercept = (_, operation) => (operation === 2 ? RUN.lost : undefined);
    machine.operate(IOCTL_START);
    expect(call(machine, 0).error).toBe(ERROR_CORRUPT);
  });

  it("that does not come back costs its processor, and may come back without doing harm", () => {
    const machine = started();
    machine.platform.intercept = (_, operation) => (operation === CALL ? RUN.lost : undefined);
    expect(call(machine, 2)).toMatchObject({ error: ERROR_TIMEOUT, cpu: 2 });
    expect(machine.status().state).toBe(STATE_CORRUPT);
    const second = machine.processors[1];
    if (second === undefined) throw new Error("there is no second processor");
    second.onHypercall = (registers) => {
      machine.memory.poke(BigInt.asUintN(64, registers), 8, 0xbadn);
      return true;
    };
    machine.onProcessor(1, CALL);
    expect(machine.long(VMCALL_ARGS_RAX)).not.toBe(0xbadn);
  });
});
