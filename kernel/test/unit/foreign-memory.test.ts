// Memory of one extension in the hands of another: it cannot give it back, and finds nothing of it

import {
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_MESSAGE_CALL,
} from "@bareflank/abi";
import { expect, test } from "vitest";
import { call, expectOutcome, HANDLE, status } from "../machine/extension-life.ts";
import { inOwnerVmexit, running } from "../machine/several-extensions.ts";

const SERVICE = 1n;
const RUN_BYTES = 0x3000n;

test.each([
  ["a page", SYSCALL_MEM_ALLOC_PAGE, SYSCALL_MEM_FREE_PAGE, 0x1000n],
  ["a run of pages", SYSCALL_MEM_ALLOC_HUGE, SYSCALL_MEM_FREE_HUGE, RUN_BYTES],
])("%s is given back by its extension alone", (_, allocate, free, bytes) => {
  const { machine, pp } = inOwnerVmexit();
  const address = call(pp, allocate, HANDLE, bytes);
  const physical = pp.registers[1] ?? 0n;
  machine.physical.write(physical, new Uint8Array(Number(bytes)).fill(0x5a));
  expectOutcome(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, SERVICE), "called");
  expect(running(pp)).toBe(SERVICE);
  for (const number of [SYSCALL_MEM_FREE_PAGE, SYSCALL_MEM_FREE_HUGE]) {
    expect(status(pp, number, HANDLE, address)).toBe(STATUS_INVALID_INPUT_REG1);
  }
  const own = call(pp, allocate, HANDLE, bytes);
  expect(own).not.toBe(address);
  expect(machine.physical.read(physical, Number(bytes)).every((byte) => byte === 0x5a)).toBe(true);
  expect(status(pp, free, HANDLE, own)).toBe(STATUS_SUCCESS);
});
