// Several extensions: whose turn it is, what they send each other, and what stays when one of them fails

import {
  BOOT_EXT_EXIT,
  BOOT_EXT_NO_VMEXIT,
  MAX_VSS,
  STATUS_FAILURE_BUSY,
  STATUS_FAILURE_DEAD,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_FIND,
  SYSCALL_MESSAGE_REGISTER,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLERS } from "../machine/example-extension.ts";
import { call, EXIT_CPUID, HANDLE, makeRootVs, type Scene, status } from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";
import type { Pp } from "../machine/pp.ts";
import {
  inOwnerVmexit,
  inServiceBootstrap,
  policies,
  powered,
  register,
  running,
  VERSION_1,
  VERSION_2,
} from "../machine/several-extensions.ts";

const AMD_RAX = 100n;

/** From vmexit of extension 0 into the message callback of a service. */
function called(options: Parameters<typeof inOwnerVmexit>[0] = {}, target = 1n): Scene {
  const scene = inOwnerVmexit(options);
  expect(scene.pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, target, 1n, 2n, 3n, 4n).is).toBe("called");
  return scene;
}

/** A VS of a VM of the running extension's own, as VMRUN demands it. */
function makeOwnVs(pp: Pp): { vm: bigint; vp: bigint; vs: bigint } {
  const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
  for (const [register, value] of [
    [28n, 2n],
    [20n, 0x4_0000n],
    [21n, 1n],
    [90n, 0x1000n],
    [93n, 0x10n],
  ] as const) {
    call(pp, SYSCALL_VS_WRITE, HANDLE, vs, register, value);
  }
  return { vm, vp, vs };
}

describe("start", () => {
  test("calls _start of each in turn, then bootstrap of the services, then that of the root VM's owner", () => {
    const { pp } = powered({ services: 2 });
    for (const id of [0n, 1n, 2n]) {
      expect(running(pp)).toBe(id);
      const none = 0xffffn;
      expect(pp.tcb.values(["vmid", "vpid", "vsid"])).toEqual({ vmid: id === 0n ? 0n : none, vpid: none, vsid: none });
      register(pp, id === 0n);
      expect(pp.syscall(SYSCALL_CONTROL_WAIT)).toMatchObject({ is: "called" });
    }
    expect(running(pp)).toBe(1n);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT)).toMatchObject({ rip: HANDLERS.BOOTSTRAP });
    expect(running(pp)).toBe(2n);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT)).toMatchObject({ rip: HANDLERS.BOOTSTRAP });
    expect(running(pp)).toBe(0n);
  });

  test("gives the root VM to the first that registers vmexit, wherever it stands", () => {
    const { pp } = powered();
    register(pp, false);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(pp.tcb.get("vmid")).toBe(0xffffn);
    register(pp, true);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(running(pp)).toBe(0n);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(running(pp)).toBe(1n);
    const none = 0xffffn;
    expect(pp.tcb.values(["vmid", "vpid", "vsid"])).toEqual({ vmid: 0n, vpid: none, vsid: none });
    expect(pp.tcb.values(["activeVm", "activeVp", "activeVs"])).toEqual({
      activeVm: 0n,
      activeVp: none,
      activeVs: none,
    });
    const vs = makeRootVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs).is).toBe("running");
  });

  test("fails when nobody handles VM exits", () => {
    const { pp } = powered();
    register(pp, false);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    register(pp, false);
    expect(pp.syscall(SYSCALL_CONTROL_WAIT).is).toBe("given back");
    expect(pp.report.get("status")).toBe(BigInt(BOOT_EXT_NO_VMEXIT));
  });

  test("fails with the extension that fails, and names it", () => {
    const { machine, pp } = powered({ policy: policies({}, { name: "judge" }) });
    register(pp, true);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(pp.syscall(SYSCALL_CONTROL_EXIT).is).toBe("given back");
    expect(pp.report.get("status")).toBe(BigInt(BOOT_EXT_EXIT));
    expect(machine.log).toContain("extension 1 (judge): the extension called exit in _start");
  });

  test("refuses a second vmexit callback in version 1", () => {
    const machine = new Machine({ extension: VERSION_2, others: [VERSION_1] });
    const pp = machine.pp(0);
    pp.boot();
    register(pp, true);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    call(pp, SYSCALL_HANDLE_OPEN, 2n);
    call(pp, SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, HANDLE, HANDLERS.BOOTSTRAP);
    call(pp, SYSCALL_CALLBACK_REGISTER_FAIL, HANDLE, HANDLERS.FAIL);
    expect(status(pp, SYSCALL_CALLBACK_REGISTER_VMEXIT, HANDLE, HANDLERS.VMEXIT)).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test("runs every bootstrap on every processor", () => {
    const { machine } = inOwnerVmexit({ ppCount: 2 });
    const second = machine.pp(1);
    expect(second.boot()).toMatchObject({ is: "called", rip: HANDLERS.BOOTSTRAP, reg0: 1n });
    expect(running(second)).toBe(1n);
    expect(second.syscall(SYSCALL_CONTROL_WAIT)).toMatchObject({ is: "called", reg0: 1n });
    expect(running(second)).toBe(0n);
  });
});

describe("a message", () => {
  test("reaches the callback with its caller and its four words, and everything else zero", () => {
    const { pp } = inOwnerVmexit();
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 11n, 12n, 13n, 14n)).toMatchObject({
      is: "called",
      rip: HANDLERS.MESSAGE,
      ...{ reg0: 0n, reg1: 11n, reg2: 12n, reg3: 13n, reg4: 14n },
    });
    expect(running(pp)).toBe(1n);
  });

  test("brings the reply back, and the caller's other registers with it", () => {
    const { pp } = inOwnerVmexit();
    const preserved = { Rbx: 1n, Rbp: 2n, R12: 3n, R13: 4n, R14: 5n, R15: 6n };
    pp.preserved = { ...preserved };
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 11n, 12n, 13n, 14n);
    pp.preserved = {};
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 21n, 22n, 23n, 24n)).toMatchObject({ status: STATUS_SUCCESS });
    expect(pp.registers).toEqual([21n, 22n, 23n, 24n, 13n, 14n]);
    expect(pp.preserved).toEqual(preserved);
    expect(running(pp)).toBe(0n);
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE).is).toBe("running");
  });

  test("may be answered by asking a third", () => {
    const { pp } = called({ services: 2 });
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 2n, 5n)).toMatchObject({ is: "called", reg0: 1n, reg1: 5n });
    expect(running(pp)).toBe(2n);
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 6n)).toMatchObject({ status: STATUS_SUCCESS });
    expect(running(pp)).toBe(1n);
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, pp.registers[0] ?? 0n)).toMatchObject({ status: STATUS_SUCCESS });
    expect([running(pp), pp.registers[0]]).toEqual([0n, 6n]);
  });

  test("never comes twice at once: not to oneself, not to who waits, not in a circle", () => {
    const { pp } = called({ services: 2 });
    expect(status(pp, SYSCALL_MESSAGE_CALL, HANDLE, 1n)).toBe(STATUS_FAILURE_BUSY);
    expect(status(pp, SYSCALL_MESSAGE_CALL, HANDLE, 0n)).toBe(STATUS_FAILURE_BUSY);
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 2n);
    expect(status(pp, SYSCALL_MESSAGE_CALL, HANDLE, 1n)).toBe(STATUS_FAILURE_BUSY);
  });

  test("reaches nobody before its bootstrap has ended", () => {
    const { pp } = inServiceBootstrap({ services: 2 });
    expect(status(pp, SYSCALL_MESSAGE_CALL, HANDLE, 2n)).toBe(STATUS_FAILURE_BUSY);
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n)).toMatchObject({ is: "called", reg0: 2n });
  });

  test("is refused for an extension that does not exist or takes none", () => {
    const { pp } = inOwnerVmexit();
    expect(status(pp, SYSCALL_MESSAGE_CALL, HANDLE, 2n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_MESSAGE_CALL, 1n, 2n)).toBe(STATUS_FAILURE_INVALID_HANDLE);
    const { pp: alone } = powered({ services: 0 });
    call(alone, SYSCALL_HANDLE_OPEN, 4n);
    expect(status(alone, SYSCALL_MESSAGE_CALL, HANDLE, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test("wants a callback in the extension's code, registered once", () => {
    const { pp } = powered();
    call(pp, SYSCALL_HANDLE_OPEN, 4n);
    expect(status(pp, SYSCALL_MESSAGE_REGISTER, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_MESSAGE_REGISTER, HANDLE, HANDLERS.MESSAGE)).toBe(STATUS_SUCCESS);
    expect(status(pp, SYSCALL_MESSAGE_REGISTER, HANDLE, HANDLERS.MESSAGE)).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test("ends no flush that its caller has asked for: no VM has run", () => {
    const { pp } = inOwnerVmexit();
    call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n);
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n).is).toBe("called");
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE)).toMatchObject({ status: STATUS_SUCCESS });
    expect(pp.vmcb.get("TLB_CONTROL")).toBe(1n);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
    expect(pp.vmcb.get("TLB_CONTROL")).toBe(1n);
    pp.exit(EXIT_CPUID);
    expect(pp.vmcb.get("TLB_CONTROL")).toBe(0n);
  });

  test("that nobody sent has no reply", () => {
    const { pp } = inOwnerVmexit();
    expect(status(pp, SYSCALL_MESSAGE_REPLY, HANDLE)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n).is).toBe("called");
  });
});

test("an extension is found by its name", () => {
  const long = "a-name-of-exactly-32-characters!";
  const { pp } = inOwnerVmexit({ services: 2, policy: policies({ name: "owner" }, { name: "judge" }, { name: long }) });
  const find = (name: string) => {
    const bytes = new Uint8Array(32);
    new TextEncoder().encodeInto(name, bytes);
    const words = [0, 8, 16, 24].map((at) => new DataView(bytes.buffer).getBigUint64(at, true));
    return status(pp, SYSCALL_MESSAGE_FIND, HANDLE, ...words);
  };
  expect([find("judge"), pp.registers[0]]).toEqual([STATUS_SUCCESS, 1n]);
  expect([find(long), pp.registers[0]]).toEqual([STATUS_SUCCESS, 2n]);
  for (const name of ["judg", "judges", "", "Judge"]) expect(find(name)).toBe(STATUS_INVALID_INPUT_REG1);
});

describe("a service that fails", () => {
  test("is told so, and may still reply", () => {
    const { pp } = called();
    expect(pp.fault(13)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
    expect(running(pp)).toBe(1n);
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 7n)).toMatchObject({ status: STATUS_SUCCESS });
    expect([running(pp), pp.registers[0]]).toEqual([0n, 7n]);
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n).is).toBe("called");
  });

  test("for good is dead on this processor: its caller goes on", () => {
    const { machine, pp } = called();
    pp.fault(13);
    expect(pp.syscall(SYSCALL_CONTROL_EXIT)).toMatchObject({ is: "returned", status: STATUS_FAILURE_DEAD });
    expect(running(pp)).toBe(0n);
    expect(machine.log).toContain("extension 1: the extension faulted in its message callback");
    expect(pp.report.get("status")).toBe(0n);
    expect(status(pp, SYSCALL_MESSAGE_CALL, HANDLE, 1n)).toBe(STATUS_FAILURE_DEAD);
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE).is).toBe("running");
  });

  test("leaves a failure that its caller is dealing with as it is", () => {
    const { pp } = inOwnerVmexit();
    const rip = 0x3280_0000_0abcn;
    pp.fault(14, { rip });
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n);
    pp.fault(13);
    pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE);
    expect(pp.syscall(0x0_0002)).toMatchObject({ is: "resumed", frame: { rip } });
  });
});

describe("an extension", () => {
  test("does not reach the objects of another", () => {
    const { pp } = called({ vmexit: true });
    expect(status(pp, SYSCALL_VS_READ, HANDLE, 0n, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, 0x7000n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(status(pp, SYSCALL_VS_PROMOTE, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("does not see the pages of another, and cannot free them", () => {
    const { machine, pp } = inOwnerVmexit();
    const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    const seen = () => machine.memory.isMapped(page);
    expect(seen()).toBe(true);
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n);
    expect(seen()).toBe(false);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_INVALID_INPUT_REG1);
    pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE);
    expect(status(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page)).toBe(STATUS_SUCCESS);
  });

  test("that does not own the root VM runs nothing unless it is called", () => {
    const { pp } = inServiceBootstrap({ vmexit: true });
    const { vm, vp, vs } = makeOwnVs(pp);
    expect(status(pp, SYSCALL_VS_RUN, HANDLE, vm, vp, vs)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(status(pp, SYSCALL_VS_RUN_CURRENT, HANDLE)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test("takes no number of a VS that a root VS needs", () => {
    const { pp } = inServiceBootstrap({ vmexit: true });
    expect(makeOwnVs(pp).vs).toBe(BigInt(MAX_VSS));
    pp.syscall(SYSCALL_CONTROL_WAIT);
    expect(makeRootVs(pp)).toBe(0n);
  });

  test("that is called runs a VM of its own, and handles its exits", () => {
    const { pp } = called({ vmexit: true });
    const own = makeOwnVs(pp);
    expect(pp.syscall(SYSCALL_VS_RUN, HANDLE, own.vm, own.vp, own.vs).is).toBe("running");
    expect(pp.exit(EXIT_CPUID)).toMatchObject({ is: "called", rip: HANDLERS.VMEXIT, reg0: own.vs, reg1: EXIT_CPUID });
    expect(running(pp)).toBe(1n);
    expect(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE).is).toBe("running");
    expect(pp.exit(EXIT_CPUID).is).toBe("called");
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 9n)).toMatchObject({ status: STATUS_SUCCESS });
    expect([running(pp), pp.registers[0], pp.tcb.get("activeVs")]).toEqual([0n, 9n, 0n]);
  });

  test("finds its VS active as it left it: general registers, and those that no control block holds", () => {
    const { pp } = inOwnerVmexit({ vmexit: true });
    pp.tcb.set("rbx", 0x1111n);
    pp.processor.writeDr(0, 0x2222n);
    const rax = call(pp, SYSCALL_VS_READ, HANDLE, 0n, AMD_RAX);
    const root = pp.block.get("vmcb");
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n);
    const own = makeOwnVs(pp);
    pp.syscall(SYSCALL_VS_RUN, HANDLE, own.vm, own.vp, own.vs);
    expect(pp.block.get("vmcb")).not.toBe(root);
    pp.processor.writeDr(0, 0x3333n);
    pp.exit(EXIT_CPUID);
    pp.tcb.set("rbx", 0x4444n);
    pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE);
    expect(pp.block.get("vmcb")).toBe(root);
    expect([pp.tcb.get("rbx"), pp.processor.readDr(0)]).toEqual([0x1111n, 0x2222n]);
    expect(call(pp, SYSCALL_VS_READ, HANDLE, 0n, AMD_RAX)).toBe(rax);
    pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n);
    expect([pp.tcb.get("rbx"), pp.processor.readDr(0)]).toEqual([0x4444n, 0x3333n]);
    expect(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
  });
});
