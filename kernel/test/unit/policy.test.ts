// What a manifest denies an extension, and how often it says so

import {
  SPEC_ID,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_EXT,
  SYSCALL_DEBUG_OUT,
  SYSCALL_HANDLE_CLOSE,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_VM_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_READ,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inStart, inVmexit, status } from "../machine/extension-life.ts";
import { inOwnerVmexit, policies, VERSION_2 } from "../machine/several-extensions.ts";

const PAT = 0x277n;
const READ = 1;
const WRITE = 2;

describe("an extension that is kept to version 2", () => {
  test("opens it and no other, neither at first nor later", () => {
    const { machine, pp } = inStart({ extension: VERSION_2, policy: policies({ name: "tool", pinned: true }) });
    expect(status(pp, SYSCALL_HANDLE_OPEN, 2n)).toBe(STATUS_INVALID_PERM_DENIED);
    // Bareflank 3.0's own name of it
    expect(status(pp, SYSCALL_HANDLE_OPEN, BigInt(SPEC_ID))).toBe(STATUS_INVALID_PERM_DENIED);
    const handle = call(pp, SYSCALL_HANDLE_OPEN, 4n);
    expect(status(pp, SYSCALL_HANDLE_CLOSE, handle)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_HANDLE_OPEN, 2n)).toBe(STATUS_INVALID_PERM_DENIED);
    call(pp, SYSCALL_HANDLE_OPEN, 6n);
    expect(machine.log).toContain("extension 0 (tool): its policy denies call 0x10000 (0x2)");
  });

  test("is one by its manifest alone", () => {
    const { pp } = inStart({ extension: VERSION_2, policy: policies({ name: "tool" }) });
    expect(status(pp, SYSCALL_HANDLE_OPEN, 2n)).toBe(STATUS_SUCCESS);
  });
});

describe("a denied call", () => {
  test("says so, and every other call works", () => {
    const { pp } = inVmexit({ policy: policies({ denied: [SYSCALL_VM_CREATE, SYSCALL_VS_READ] }) });
    expect(status(pp, SYSCALL_VM_CREATE, HANDLE)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(status(pp, SYSCALL_VS_READ, HANDLE, 0n, 1n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(status(pp, SYSCALL_VS_WRITE, HANDLE, 0n, 1n, 0n)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_SUCCESS);
  });

  test("is checked behind the handle, where there is one, and before the arguments", () => {
    const { pp } = inVmexit({ policy: policies({ denied: [SYSCALL_VS_READ, SYSCALL_DEBUG_OUT] }) });
    expect(status(pp, SYSCALL_VS_READ, 7n, 0n, 1n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(status(pp, SYSCALL_VS_READ, HANDLE, 0xffffn, 0n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(status(pp, SYSCALL_DEBUG_OUT, 7n)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test("may be the one that ends nearly every exit", () => {
    const { pp } = inOwnerVmexit({ policy: policies({}) });
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE).is).toBe("running");
    const denied = inStart({ policy: policies({ denied: [SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT] }) });
    call(denied.pp, SYSCALL_HANDLE_OPEN, 2n);
    expect(status(denied.pp, SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test("may be one of version 2, which does not exist in version 1", () => {
    const policy = policies({ denied: [SYSCALL_MESSAGE_REPLY] });
    const second = inStart({ extension: VERSION_2, policy });
    call(second.pp, SYSCALL_HANDLE_OPEN, 4n);
    expect(status(second.pp, SYSCALL_MESSAGE_REPLY, 7n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    expect(status(second.pp, SYSCALL_MESSAGE_REPLY, HANDLE)).toBe(STATUS_INVALID_PERM_DENIED);
    const first = inStart({ policy });
    call(first.pp, SYSCALL_HANDLE_OPEN, 2n);
    expect(status(first.pp, SYSCALL_MESSAGE_REPLY, HANDLE)).toBe(STATUS_FAILURE_UNSUPPORTED);
  });

  test("is denied to the extension that the policy is about, and no other", () => {
    const { pp } = inOwnerVmexit({ policy: policies({}, { denied: [SYSCALL_MEM_ALLOC_PAGE] }) });
    expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_SUCCESS);
    pp.syscall(0x9_0002, HANDLE, 1n);
    expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test("is printed once and counted each time", () => {
    const { machine, pp } = inVmexit({ policy: policies({ name: "tool", denied: [SYSCALL_VM_CREATE] }) });
    for (let i = 0; i < 3; i++) status(pp, SYSCALL_VM_CREATE, HANDLE);
    const lines = machine.log.split("\n").filter((line) => line.includes("denies"));
    expect(lines).toEqual(["bareflank: extension 0 (tool): its policy denies call 0x40000 (0x0)"]);
    call(pp, SYSCALL_DEBUG_DUMP_EXT, 0n);
    expect(machine.log).toContain("  denials 0x3\n");
  });
});

describe("ranges of MSRs", () => {
  const policy = policies({
    msrs: [
      [0x10, 0x10, READ],
      [0x200, 0x2ff, READ | WRITE],
      [0x277, 0x277, READ],
    ],
  });

  test("allow what they name, as they name it", () => {
    const { pp } = inVmexit({ policy });
    expect(status(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, PAT)).toBe(STATUS_SUCCESS);
    const value = pp.registers[0] ?? 0n;
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, PAT, value)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, 0x10n, 0n)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test("deny everything else, before anybody asks whether it exists", () => {
    const { pp } = inVmexit({ policy });
    for (const msr of [0xfn, 0x11n, 0x1ffn, 0x300n, 0xc000_0080n, 0xffff_ffffn]) {
      expect(status(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, msr)).toBe(STATUS_INVALID_PERM_DENIED);
      expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, msr, 0n)).toBe(STATUS_INVALID_PERM_DENIED);
    }
    expect(status(pp, SYSCALL_INTRINSIC_RDMSR, 7n, 0xfn)).toBe(STATUS_FAILURE_INVALID_HANDLE);
  });

  test("may be none at all", () => {
    const { pp } = inVmexit({ policy: policies({ msrs: [] }) });
    expect(status(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, PAT)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test("do not bring an MSR into being", () => {
    const { pp } = inVmexit({ policy: policies({ msrs: [[0, 0xffff_ffff, READ | WRITE]] }) });
    expect(status(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, 0x1234_5678n)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("ports", () => {
  /** Ports that the processor lets ring 3 use at the moment, as it finds out (APM volume 2, 12.2.4). */
  function granted({ machine, pp }: ReturnType<typeof inOwnerVmexit>): (port: number, bytes?: number) => boolean {
    const tss = pp.processor.segments.tr.base;
    const bitmap = tss + machine.memory.peek(tss + 0x66n, 2);
    return (port, bytes = 1) => {
      const bits = machine.memory.peek(bitmap + BigInt(port >> 3), 2) >> BigInt(port & 7);
      return (bits & ((1n << BigInt(bytes)) - 1n)) === 0n;
    };
  }

  const policy = policies(
    {},
    {
      ports: [
        [0x60, 0x60],
        [0x3f8, 0x3ff],
        [0xffff, 0xffff],
      ],
    },
    { ports: [] },
  );

  test("are all an extension's about which the manifest says nothing", () => {
    const may = granted(inOwnerVmexit({ services: 2, policy }));
    for (const port of [0, 0x60, 0x64, 0x3f8, 0xcf8, 0xfffe]) expect(may(port, 2), `${port}`).toBe(true);
    // The byte behind port FFFF is denied to everybody
    expect([may(0xffff), may(0xffff, 2)]).toEqual([true, false]);
  });

  test("are those that the manifest names, and they change hands with the processor", () => {
    const scene = inOwnerVmexit({ services: 2, policy });
    const { pp } = scene;
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n);
    const may = granted(scene);
    const ports = [0, 0x5f, 0x60, 0x61, 0x3f7, 0x3f8, 0x3ff, 0x400, 0xfffe, 0xffff];
    expect(ports.filter((port) => may(port))).toEqual([0x60, 0x3f8, 0x3ff, 0xffff]);
    expect([may(0x60, 2), may(0x3f8, 4), may(0x3fe, 4)]).toEqual([false, true, false]);
    pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE);
    expect(granted(scene)(0x61)).toBe(true);
  });

  test("may be none at all", () => {
    const scene = inOwnerVmexit({ services: 2, policy });
    scene.pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 2n);
    const may = granted(scene);
    expect(Array.from({ length: 0x1_0000 }, (_, port) => port).some((port) => may(port))).toBe(false);
  });

  test("are denied on every processor", () => {
    const scene = inOwnerVmexit({ services: 1, policy, ppCount: 2 });
    const second = scene.machine.pp(1);
    // The service's bootstrap comes first
    expect(second.boot().is).toBe("called");
    expect(granted({ machine: scene.machine, pp: second })(0x61)).toBe(false);
  });
});
