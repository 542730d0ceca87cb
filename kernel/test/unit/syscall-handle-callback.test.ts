// Groups 1 and 3: the handle, and the callbacks that it registers

import {
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  SPEC_ID,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_HANDLE_CLOSE,
  SYSCALL_HANDLE_OPEN,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension, HANDLERS } from "../machine/example-extension.ts";
import { call, HANDLE, inStart, registered, status } from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";

const NO_HANDLE = 0xffff_ffff_ffff_ffffn;

describe("open_handle", () => {
  test.each([BigInt(SPEC_ID), 0x2n, 0xffff_ffff_0000_0002n])("with version %s gives handle 0", (version) => {
    const { pp } = inStart();
    expect(status(pp, SYSCALL_HANDLE_OPEN, version)).toBe(STATUS_SUCCESS);
    expect(pp.registers[0]).toBe(0n);
  });

  test.each([0n, 1n, 0x3n, 0x4n, 0x6n, BigInt(SPEC_ID) | 1n, 0x4000_0002n, 0x8000_0000n, 0x2_0000_0000n])(
    "with version %s is unsupported",
    (version) => {
      const { pp } = inStart();
      expect(status(pp, SYSCALL_HANDLE_OPEN, version)).toBe(STATUS_FAILURE_UNSUPPORTED);
      expect(pp.registers[0]).toBe(version);
      expect(status(pp, SYSCALL_HANDLE_OPEN, 2n)).toBe(STATUS_SUCCESS);
    },
  );

  test("twice fails; the version is checked first", () => {
    const { pp } = inStart();
    call(pp, SYSCALL_HANDLE_OPEN, 2n);
    expect(status(pp, SYSCALL_HANDLE_OPEN, 2n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, SYSCALL_HANDLE_OPEN, 1n)).toBe(STATUS_FAILURE_UNSUPPORTED);
  });
});

describe("an extension whose note says that it knows version 2", () => {
  const extension = exampleExtension({ versions: 0x8000_0006 });

  test("is offered it, and nothing that the microkernel does not know", () => {
    expect(new Machine({ extension }).pp(0).boot()).toMatchObject({ is: "called", reg0: 6n });
  });

  test("may open either version, but no other", () => {
    for (const version of [2n, 4n, 6n, BigInt(SPEC_ID), 0xffff_ffffn]) {
      expect(status(inStart({ extension }).pp, SYSCALL_HANDLE_OPEN, version)).toBe(STATUS_SUCCESS);
    }
    for (const version of [0x8000_0001n, 3n, 0xan]) {
      expect(status(inStart({ extension }).pp, SYSCALL_HANDLE_OPEN, version)).toBe(STATUS_FAILURE_UNSUPPORTED);
    }
  });

  test("is offered and given nothing else when it knows nothing else", () => {
    const scene = inStart({ extension: exampleExtension({ versions: 8 }) });
    expect(status(scene.pp, SYSCALL_HANDLE_OPEN, 0xffff_ffffn)).toBe(STATUS_FAILURE_UNSUPPORTED);
  });
});

describe("close_handle", () => {
  test.each([1n, NO_HANDLE, 0x1_0000_0000n])("of %s, which is not open, fails", (handle) => {
    const { pp } = inStart();
    expect(status(pp, SYSCALL_HANDLE_CLOSE, handle)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    call(pp, SYSCALL_HANDLE_OPEN, 2n);
    expect(status(pp, SYSCALL_HANDLE_CLOSE, handle)).toBe(STATUS_FAILURE_INVALID_HANDLE);
  });

  test("ends the handle; in version 1 the next one is 0 again, as binaries say it literally", () => {
    const { pp } = inStart();
    call(pp, SYSCALL_HANDLE_OPEN, 2n);
    expect(status(pp, SYSCALL_HANDLE_CLOSE, HANDLE)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_HANDLE_CLOSE, HANDLE)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(call(pp, SYSCALL_HANDLE_OPEN, 2n)).toBe(0n);
    expect(status(pp, SYSCALL_CALLBACK_REGISTER_FAIL, HANDLE, HANDLERS.FAIL)).toBe(STATUS_SUCCESS);
  });

  test("ends the handle for good in version 2: the next one has another value", () => {
    const { pp } = inStart({ extension: exampleExtension({ versions: 6 }) });
    call(pp, SYSCALL_HANDLE_OPEN, 4n);
    expect(status(pp, SYSCALL_HANDLE_CLOSE, HANDLE)).toBe(STATUS_SUCCESS);
    expect(call(pp, SYSCALL_HANDLE_OPEN, 4n)).toBe(1n);
    const register = SYSCALL_CALLBACK_REGISTER_FAIL;
    expect(status(pp, register, HANDLE, HANDLERS.FAIL)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(status(pp, register, 1n, HANDLERS.FAIL)).toBe(STATUS_SUCCESS);
  });
});

describe.each([
  ["bootstrap", SYSCALL_CALLBACK_REGISTER_BOOTSTRAP],
  ["vmexit", SYSCALL_CALLBACK_REGISTER_VMEXIT],
  ["fail", SYSCALL_CALLBACK_REGISTER_FAIL],
])("register_%s", (_, number) => {
  test("succeeds once", () => {
    const { pp } = registered({}, []);
    expect(status(pp, number, HANDLE, HANDLERS.VMEXIT)).toBe(STATUS_SUCCESS);
    expect(status(pp, number, HANDLE, HANDLERS.VMEXIT)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, number, HANDLE, HANDLERS.FAIL)).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test.each([EXT_CODE_BASE, EXT_CODE_BASE + EXT_CODE_BYTES - 1n])("takes %s", (address) => {
    expect(status(registered({}, []).pp, number, HANDLE, address)).toBe(STATUS_SUCCESS);
  });

  test.each([0n, EXT_CODE_BASE - 1n, EXT_CODE_BASE + EXT_CODE_BYTES, NO_HANDLE])("refuses %s", (address) => {
    expect(status(registered({}, []).pp, number, HANDLE, address)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("checks the handle, then the address, then whether it is registered", () => {
    const { pp } = inStart();
    expect(status(pp, number, HANDLE, 0n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    call(pp, SYSCALL_HANDLE_OPEN, 2n);
    expect(status(pp, number, NO_HANDLE, 0n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    call(pp, number, HANDLE, HANDLERS.VMEXIT);
    expect(status(pp, number, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});

test("bootstrap is called at its address, with the processor's number", () => {
  const { pp } = registered();
  expect(pp.syscall(SYSCALL_CONTROL_WAIT)).toMatchObject({ is: "called", rip: HANDLERS.BOOTSTRAP, reg0: 0n, reg1: 0n });
});
