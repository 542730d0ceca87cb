// Two processors open a handle, or register the same callback, at once: one of them does, the other hears that it is done

import {
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_DEBUG_DUMP_EXT,
  SYSCALL_HANDLE_CLOSE,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_MESSAGE_REGISTER,
  SYSCALL_VM_CREATE,
} from "@bareflank/abi";
import { expect, test, vi } from "vitest";
import { EndlessWait } from "../../../bsl/test-support/index.ts";
import { HANDLERS } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, type Scene, status } from "../machine/extension-life.ts";
import type { Machine } from "../machine/machine.ts";
import type { Pp } from "../machine/pp.ts";
import { policies, powered, register } from "../machine/several-extensions.ts";

const SPEC_VERSION_2 = 4n;
const policy = policies({}, { denied: [SYSCALL_VM_CREATE] });
const SERVICE = 1n;

/** Both processors are in bootstrap of a service that has registered what it must: neither vmexit nor message. */
function both(): Scene & { readonly second: Pp } {
  const scene = powered({ ppCount: 2, policy });
  register(scene.pp, true);
  expectOutcome(scene.pp.syscall(SYSCALL_CONTROL_WAIT), "called");
  open(scene.pp);
  call(scene.pp, SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, HANDLE, HANDLERS.BOOTSTRAP);
  call(scene.pp, SYSCALL_CALLBACK_REGISTER_FAIL, HANDLE, HANDLERS.FAIL);
  expectOutcome(scene.pp.syscall(SYSCALL_CONTROL_WAIT), "called");
  return { ...scene, second: bootNext(scene.machine, 1) };
}

/** The other processor's call waits for the lock that the first one holds. */
const WAITS = "waits";

/** What another processor's call gives while the first one is in the middle of its own. */
function besides(machine: Machine, act: () => bigint): bigint | typeof WAITS {
  return machine.beside(() => {
    try {
      return act();
    } catch (error) {
      if (error instanceof EndlessWait) return WAITS;
      throw error;
    }
  });
}

/** Has the second processor do the same before each instruction of what the first does, on a machine of its own each time. */
function race(prepare: (pp: Pp) => unknown, act: (pp: Pp) => bigint) {
  const races: (readonly [first: bigint, second: bigint | typeof WAITS])[] = [];
  for (let place = 0; ; place++) {
    const { machine, pp, second } = both();
    prepare(pp);
    let result: bigint | typeof WAITS | undefined;
    machine.interruptions.after(place, () => {
      result = besides(machine, () => act(second));
    });
    const first = act(pp);
    machine.interruptions.cancel();
    if (result === undefined) return races;
    races.push([first, result]);
  }
}

const nothing = () => undefined;
const open = (pp: Pp) => status(pp, SYSCALL_HANDLE_OPEN, SPEC_VERSION_2);
const close = (pp: Pp) => status(pp, SYSCALL_HANDLE_CLOSE, HANDLE);

test.each<[string, (pp: Pp) => unknown, (pp: Pp) => bigint]>([
  ["open a handle", close, open],
  ["close the handle", nothing, close],
  ["register vmexit", nothing, (pp) => status(pp, SYSCALL_CALLBACK_REGISTER_VMEXIT, HANDLE, HANDLERS.VMEXIT)],
  ["register message", nothing, (pp) => status(pp, SYSCALL_MESSAGE_REGISTER, HANDLE, HANDLERS.MESSAGE)],
])("two processors that %s", (_, prepare, act) => {
  const races = race(prepare, act);
  for (const results of races) expect(results.filter((one) => one === STATUS_SUCCESS)).toHaveLength(1);
  expect(races.filter(([, second]) => second === WAITS).length).toBeGreaterThan(0);
  expect(races.filter(([first]) => first !== STATUS_SUCCESS).length).toBeGreaterThan(0);
});

test("two processors that are denied something are counted one after the other", () => {
  const { machine, pp, second } = both();
  const denied = (who: Pp) => status(who, SYSCALL_VM_CREATE, HANDLE);
  let other: bigint | typeof WAITS | undefined;
  vi.spyOn(machine.serial, "write").mockImplementationOnce(() => {
    other = besides(machine, () => denied(second));
  });
  expect(denied(pp)).toBe(STATUS_INVALID_PERM_DENIED);
  expect(other).toBe(WAITS);
  expect(denied(second)).toBe(STATUS_INVALID_PERM_DENIED);
  call(pp, SYSCALL_DEBUG_DUMP_EXT, SERVICE);
  expect(machine.log).toContain("  denials 0x2\n");
});
