// A VS that becomes active on one processor while another destroys or migrates it: one of the two comes first, as a whole

import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { EndlessWait } from "../../../bsl/test-support/index.ts";
import { bootNext, call, HANDLE, inFirstVmexit, inVmexit, type Scene, status } from "../machine/extension-life.ts";
import type { Outcome, Pp } from "../machine/pp.ts";

/** What the other processor does to VS 0, which is the first one's, and not active. */
const CHANGES: readonly (readonly [string, (second: Pp) => bigint])[] = [
  ["destroys", (second) => status(second, SYSCALL_VS_DESTROY, HANDLE, 0n)],
  ["migrates", (second) => status(second, SYSCALL_VS_MIGRATE, HANDLE, 0n, 1n)],
];

/** The other processor's call waits for the lock that the first one holds. */
const WAITS = "waits";

interface Race {
  readonly change: bigint | typeof WAITS;
  readonly outcome: Outcome;
  readonly first: Pp;
}

/**
 * Has the second processor change VS 0 before each `step`th instruction of what the first does, on a machine of its own
 * each time.
 */
function race(scene: () => Scene, change: (second: Pp) => bigint, act: (pp: Pp) => Outcome, step: number): Race[] {
  const races: Race[] = [];
  for (let place = 0; ; place += step) {
    const { machine, pp } = scene();
    const second = bootNext(machine, 1);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const other = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, other);
    let changed: Race["change"] | undefined;
    machine.interruptions.after(place, () => {
      changed = machine.beside(() => {
        try {
          return change(second);
        } catch (error) {
          if (error instanceof EndlessWait) return WAITS;
          throw error;
        }
      });
    });
    const outcome = act(pp);
    machine.interruptions.cancel();
    if (changed === undefined) return races;
    races.push({ change: changed, outcome, first: pp });
  }
}

const count = (races: readonly Race[], change: Race["change"]) => races.filter((one) => one.change === change).length;

describe.each(CHANGES)("another processor %s a VS", (_, change) => {
  test("that is being promoted, before it or not at all", () => {
    const promote = (pp: Pp) => pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n);
    const races = race(() => inVmexit({ ppCount: 2 }), change, promote, 12);
    for (const { change: changed, outcome } of races) {
      if (changed === STATUS_SUCCESS) expect(outcome).toEqual({ is: "returned", status: STATUS_INVALID_INPUT_REG1 });
      else expect(outcome).toEqual({ is: "given back" });
    }
    expect(count(races, STATUS_SUCCESS)).toBeGreaterThan(0);
    expect(count(races, WAITS)).toBeGreaterThan(0);
    expect(count(races, STATUS_FAILURE_UNKNOWN)).toBeGreaterThan(0);
  }, 60_000);

  test("that a processor is given back with, before it or not at all", () => {
    const giveUp = (pp: Pp) => pp.syscall(SYSCALL_CONTROL_EXIT);
    const races = race(() => inFirstVmexit({ ppCount: 2 }), change, giveUp, 12);
    for (const { change: changed, outcome, first } of races) {
      expect(outcome).toEqual({ is: "given back" });
      // Behind the CPUID that exited, or where the operating system entered: never with a VS that is another's, or gone
      if (changed === STATUS_SUCCESS) expect(first.state.get("rip")).toBe(ENTERED);
      else expect(first.state.get("rip")).toBe(ENTERED + 2n);
    }
    expect(count(races, STATUS_SUCCESS)).toBeGreaterThan(0);
    expect(count(races, WAITS)).toBeGreaterThan(0);
  }, 60_000);
});

describe("while another processor changes objects", () => {
  /** What the first processor's calls give before each `step`th instruction of a call of the second that makes a VP. */
  function during(
    act: (pp: Pp, vs: bigint) => bigint,
    step: number,
  ): (readonly [inactive: unknown, active: unknown])[] {
    const seen: [unknown, unknown][] = [];
    for (let place = 0; ; place += step) {
      const { machine, pp } = inVmexit({ ppCount: 2 });
      const second = bootNext(machine, 1);
      const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
      const other = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
      const outcome = (vs: bigint) => {
        try {
          return machine.beside(() => act(pp, vs));
        } catch (error) {
          if (error instanceof EndlessWait) return WAITS;
          throw error;
        }
      };
      let gave: [unknown, unknown] | undefined;
      machine.interruptions.after(place, () => {
        // The active one first: a processor that waits without end stays in the kernel
        const active = outcome(0n);
        gave = [outcome(other), active];
      });
      call(second, SYSCALL_VP_CREATE, HANDLE, 0n);
      machine.interruptions.cancel();
      if (gave === undefined) return seen;
      seen.push(gave);
    }
  }

  test.each([
    ["read", (pp: Pp, vs: bigint) => status(pp, SYSCALL_VS_READ, HANDLE, vs, 1n)],
    ["write", (pp: Pp, vs: bigint) => status(pp, SYSCALL_VS_WRITE, HANDLE, vs, 1n, 5n)],
  ])("a %s waits, unless it is of the VS that is active", (_, act) => {
    const seen = during(act, 5);
    expect(seen.filter(([, active]) => active !== STATUS_SUCCESS)).toEqual([]);
    expect(new Set(seen.map(([inactive]) => inactive))).toEqual(new Set([STATUS_SUCCESS, WAITS]));
  });
});

/** The operating system's RIP when it entered the loader's code. */
const ENTERED = inFirstVmexit().pp.state.get("rip");
