// As many extensions as can be loaded: each has a record, a seat, a policy and a name of its own

import {
  MAX_EXTENSIONS,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_EXT,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_FIND,
  SYSCALL_MESSAGE_REPLY,
} from "@bareflank/abi";
import { expect, test } from "vitest";
import { call, HANDLE, status } from "../machine/extension-life.ts";
import { inOwnerVmexit, policies, running } from "../machine/several-extensions.ts";

const MIB = 0x10_0000;
const SERVICES = MAX_EXTENSIONS - 1;
const nameOf = (id: number) => `service-${id}`;
/** A name's first eight characters, and the others. */
const words = (name: string): bigint[] => {
  const bytes = new Uint8Array(32);
  new TextEncoder().encodeInto(name, bytes);
  return [0, 8, 16, 24].map((at) => new DataView(bytes.buffer).getBigUint64(at, true));
};

test("the first calls each of the others by its name, and each is held to its own policy", () => {
  const specs = Array.from({ length: MAX_EXTENSIONS }, (_, id) => ({
    name: nameOf(id),
    denied: id % 2 === 1 ? [SYSCALL_MEM_ALLOC_PAGE] : [],
  }));
  const { machine, pp } = inOwnerVmexit({ services: SERVICES, moreBytes: 16 * MIB, policy: policies(...specs) });
  for (let id = 1; id <= SERVICES; id++) {
    expect(call(pp, SYSCALL_MESSAGE_FIND, HANDLE, ...words(nameOf(id)))).toBe(BigInt(id));
    expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, BigInt(id), 7n)).toMatchObject({ is: "called", reg1: 7n });
    expect(running(pp)).toBe(BigInt(id));
    expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(id % 2 === 1 ? STATUS_INVALID_PERM_DENIED : STATUS_SUCCESS);
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, BigInt(id))).toMatchObject({ status: STATUS_SUCCESS });
    expect([running(pp), pp.registers[0]]).toEqual([0n, BigInt(id)]);
  }
  status(pp, SYSCALL_DEBUG_DUMP_EXT, BigInt(SERVICES));
  expect(machine.log).toMatch(new RegExp(`ext ${SERVICES}\\n.*denials 0x1\\n`, "s"));
});
