// Kicks: a processor leaves its VM or its wait, and the operating system's NMIs stay its own

import {
  AMD_REG_INTERCEPT_INSTRUCTION1,
  EXIT_KICK,
  FAIL_OVERDUE,
  KICK_AWAY,
  KICK_OWED,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_PP_KICK,
  SYSCALL_PP_WAIT,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLERS } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, makeRootVs, status } from "../machine/extension-life.ts";
import { exitCpuid, inVersion, makeGuest, VERSION_1, VERSION_2 } from "../machine/guests.ts";
import type { LoaderOptions } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import type { Outcome, Pp } from "../machine/pp.ts";
import { inOwnerVmexit } from "../machine/several-extensions.ts";

const NMI_TO = (ppid: bigint) => ((ppid + 0x100n) << 32n) | 0x4400n;
const KICKED = { is: "called", rip: HANDLERS.VMEXIT, reg1: EXIT_KICK } as const;
const WHERE = HANDLERS.VMEXIT + 0x20n;

const vendors = [
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
] as const;

const kick = (pp: Pp, target: bigint) => status(pp, SYSCALL_PP_KICK, HANDLE, target);
const run = (pp: Pp) => pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
const advance = (pp: Pp) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
const wait = (pp: Pp) => pp.syscall(SYSCALL_PP_WAIT, HANDLE);

/** PP 0 in vmexit, PP 1 in its VM, past its first exit. */
function inBoth(vendor: number, options: Partial<LoaderOptions> = {}) {
  const { machine, pp } = inVersion(VERSION_2, { vendor, ppCount: 2, ...options });
  const second = bootNext(machine, 1);
  const vs = makeRootVs(second, false);
  expectOutcome(second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  exitCpuid(second);
  expectOutcome(advance(second), "running");
  return { machine, pp, second, vs };
}

/** What a processor does meanwhile is the last thing that it did. */
function lastOf(machine: Machine, pp: Pp, what: () => void): Record<string, bigint> {
  machine.beside(what);
  return pp.block.values(["upcallRip", "upcallReg1"]);
}

/** NMIs that the operating system has got, or will get. */
const operatingSystems = (pp: Pp) =>
  (pp.processor.vmx === undefined ? pp.guestNmis : pp.vmx.nmis) + Number(pp.state.get("handoffNmis"));

const CALLED = { upcallRip: HANDLERS.VMEXIT, upcallReg1: EXIT_KICK };

describe.each(vendors)("on %s, a kick", (_, vendor) => {
  test("takes a processor out of its VM by one NMI, which is not the operating system's", () => {
    const { machine, pp, second } = inBoth(vendor);
    expect(lastOf(machine, second, () => expect(kick(pp, 1n)).toBe(STATUS_SUCCESS))).toEqual(CALLED);
    expect(pp.processor.commands).toEqual([NMI_TO(1n)]);
    expect(second.mode).toBe("extension");
    expectOutcome(run(second), "running");
    expect(operatingSystems(second)).toBe(0);
    expect(second.block.values(["kick", "work"])).toEqual({ kick: 0n, work: 0n });
  });

  test("of a processor in ring 3 comes instead of its VM's next entry, on the fast way, too", () => {
    const { pp, second } = inBoth(vendor);
    exitCpuid(second);
    kick(pp, 1n);
    expect(advance(second)).toMatchObject(KICKED);
    expectOutcome(run(second), "running");
    expect(operatingSystems(second)).toBe(0);
    expect(second.block.values(["kick", "work"])).toEqual({ kick: 0n, work: 0n });
  });

  test("is heard once, however many kicked", () => {
    const { pp, second } = inBoth(vendor);
    exitCpuid(second);
    for (let i = 0; i < 3; i++) expect(kick(pp, 1n)).toBe(STATUS_SUCCESS);
    expect(run(second)).toMatchObject(KICKED);
    expectOutcome(run(second), "running");
    expect(operatingSystems(second)).toBe(0);
  });

  test("of the caller's own processor wants no NMI", () => {
    const { pp } = inBoth(vendor);
    expect(kick(pp, 0n)).toBe(STATUS_SUCCESS);
    expect(run(pp)).toMatchObject(KICKED);
    expect(pp.processor.commands).toEqual([]);
    expectOutcome(run(pp), "running");
  });

  test("leaves nothing to skip, whatever the VM exited for before", () => {
    const { pp, second, vs } = inBoth(vendor);
    const rip = () => (vendor === VENDOR_AMD ? second.vmcb.get("RIP") : second.vmx.get("RIP"));
    exitCpuid(second);
    kick(pp, 1n);
    const before = rip();
    expect(advance(second)).toMatchObject(KICKED);
    const skipped = rip();
    expect(skipped).toBeGreaterThan(before);
    const other = makeGuest(second);
    call(second, SYSCALL_VS_SET_ACTIVE, HANDLE, other.vm, other.vp, other.vs);
    call(second, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vs, vs);
    expectOutcome(advance(second), "running");
    expect(rip()).toBe(skipped);
    exitCpuid(second);
    expectOutcome(advance(second), "running");
    expect(rip()).toBeGreaterThan(skipped);
  });

  test("checks who, then which processor, then whether it is there", () => {
    const { machine, pp } = inVersion(VERSION_2, { vendor, ppCount: 2 });
    expect(kick(pp, 2n)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(kick(pp, 0xffffn)).toBe(STATUS_INVALID_INPUT_REG1);
    expect(kick(pp, 1n), "it has not come").toBe(STATUS_FAILURE_UNKNOWN);
    const second = bootNext(machine, 1);
    expect(kick(pp, 0xf_0001n), "the upper bits do not count").toBe(STATUS_SUCCESS);
    expect(second.block.get("kick")).not.toBe(BigInt(KICK_AWAY));
  });

  test("does not reach a processor that was given back", () => {
    const { machine, pp, second, vs } = inBoth(vendor);
    exitCpuid(second);
    expectOutcome(second.syscall(SYSCALL_VS_PROMOTE, HANDLE, vs), "given back");
    expect(kick(pp, 1n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(pp.processor.commands).toEqual([]);
    expect(machine.pp(1).block.get("work")).toBe(0n);
  });

  test("before a processor is given back is no NMI of the operating system's afterwards", () => {
    const { pp, second, vs } = inBoth(vendor);
    exitCpuid(second);
    kick(pp, 1n);
    expectOutcome(second.syscall(SYSCALL_VS_PROMOTE, HANDLE, vs), "given back");
    expect(second.processor.hasNmi).toBe(false);
    expect(operatingSystems(second)).toBe(0);
  });

  test("by an APIC that is switched off fails, and changes nothing", () => {
    const { pp, second } = inBoth(vendor);
    pp.processor.addMsr(0x1b, 0xfee0_0000n);
    expect(kick(pp, 1n)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(second.block.values(["kick", "work"])).toEqual({ kick: 0n, work: 0n });
  });

  test.each([
    ["before", 0],
    ["behind", 1],
  ])("between any two instructions of an entry is heard %s it, and by no other", (_when, again) => {
    const { machine, pp, second } = inBoth(vendor);
    exitCpuid(second);
    let place = 0;
    for (let happened = true; happened; place++) {
      machine.interruptions.after(place, () => machine.beside(() => kick(pp, 1n)));
      const first = again === 0 ? run(second) : advance(second);
      happened = !machine.interruptions.cancel();
      if (!happened) break;
      const heard = second.mode === "extension" ? second.block.get("upcallReg1") : undefined;
      expect(heard, `at ${place}: ${first.is}`).toBe(EXIT_KICK);
      expectOutcome(run(second), "running");
      expect(operatingSystems(second), `at ${place}`).toBe(0);
      expect(second.block.values(["kick", "work"]), `at ${place}`).toEqual({ kick: 0n, work: 0n });
      exitCpuid(second);
    }
    expect(place).toBeGreaterThan(5);
  });
});

describe.each(vendors)("on %s, a processor that waits", (_, vendor) => {
  test("goes on when it is kicked, having flushed for others meanwhile", () => {
    const { machine, pp, second } = inBoth(vendor);
    exitCpuid(second);
    let pauses = 0;
    machine.whilePaused(() => {
      pauses++;
      if (pauses === 3) kick(pp, 1n);
    });
    expect(wait(second)).toMatchObject(KICKED);
    expect(pauses).toBe(3);
    expect(second.block.get("inUser")).toBe(1n);
    expectOutcome(run(second), "running");
    expect(operatingSystems(second)).toBe(0);
  });

  test("does not, when it was kicked before", () => {
    const { machine, pp, second } = inBoth(vendor);
    exitCpuid(second);
    kick(pp, 1n);
    machine.whilePaused(() => {
      throw new Error("it waits");
    });
    expect(wait(second)).toMatchObject(KICKED);
  });

  test("is not overdue, and looks whether others are", () => {
    const { machine, pp, second } = inBoth(vendor, { watchTicks: 1000n });
    exitCpuid(second);
    machine.whilePaused(() => {
      for (const { processor } of [pp, second]) processor.tsc += 600n;
      if (second.processor.commands.length > 0) kick(pp, 1n);
    });
    expect(wait(second)).toMatchObject(KICKED);
    expect(pp.block.get("upcallReg0"), "the other one's fail callback").toBe(FAIL_OVERDUE);
    expect(second.processor.commands[0]).toBe(NMI_TO(0n));
  });

  test("is in vmexit, of the root VM's owner", () => {
    const { machine } = inVersion(VERSION_2, { vendor, ppCount: 2 });
    const second = bootNext(machine, 1);
    expect(status(second, SYSCALL_PP_WAIT, HANDLE), "in bootstrap").toBe(STATUS_FAILURE_UNKNOWN);
    const vs = makeRootVs(second, false);
    expectOutcome(second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
    exitCpuid(second);
    expect(status(second, SYSCALL_PP_WAIT, HANDLE), "in the first exit").toBe(STATUS_FAILURE_UNKNOWN);
  });
});

describe("a service", () => {
  test("neither kicks nor waits", () => {
    const { pp } = inOwnerVmexit();
    expectOutcome(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 0n, 0n, 0n, 0n), "called");
    expect(status(pp, SYSCALL_PP_KICK, HANDLE, 0n)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(status(pp, SYSCALL_PP_WAIT, HANDLE)).toBe(STATUS_INVALID_PERM_DENIED);
  });
});

describe("on AMD, an NMI of the operating system's", () => {
  const inGuest = () => inBoth(VENDOR_AMD);
  const intercepts = (pp: Pp) => pp.vmcb.get("INTERCEPT_INSTRUCTION1") & 0x10_0002n;
  const held = (outcome: Outcome) => expect(outcome.is).toBe("held back");

  test("is its own, once, and the next one waits for the end of its handler", () => {
    const { second } = inGuest();
    second.nmi();
    expect([second.mode, second.guestNmis]).toEqual(["guest", 1]);
    expect(intercepts(second), "IRET instead of NMI").toBe(0x10_0000n);
    held(second.nmi());
    expect(second.guestNmis).toBe(1);
    second.iret();
    expect([second.mode, second.guestNmis]).toEqual(["guest", 2]);
    second.iret();
    expect(intercepts(second)).toBe(2n);
    expect(second.block.get("kick")).toBe(0n);
  });

  test("that came in host mode is its own when its VM runs", () => {
    const { second } = inGuest();
    exitCpuid(second);
    held(second.nmi());
    expectOutcome(advance(second), "running");
    expect([second.guestNmis, second.block.get("kick")]).toEqual([1, BigInt(KICK_OWED)]);
  });

  test("is not lost to a kick within its handler, which is heard when that has ended", () => {
    const { pp, second } = inGuest();
    second.nmi();
    expect(kick(pp, 1n)).toBe(STATUS_SUCCESS);
    expect(pp.processor.commands).toEqual([]);
    expect(second.mode).toBe("guest");
    expect(second.iret()).toMatchObject(KICKED);
    expectOutcome(run(second), "running");
    second.iret();
    expect([second.guestNmis, second.block.get("kick")]).toEqual([1, 0n]);
  });

  test("while another VM of version 1 runs beside its handler leaves neither with an exit that nobody asked for", () => {
    const { pp } = inVersion(VERSION_1);
    const guest = makeGuest(pp);
    expectOutcome(run(pp), "running");
    pp.nmi();
    expect(intercepts(pp), "in the handler").toBe(0x10_0000n);
    exitCpuid(pp);
    guest.run();
    // Its IRET ends the blocking of NMIs, and the next one is its own
    pp.iret();
    pp.nmi();
    pp.iret();
    expect([pp.mode, pp.guestNmis, intercepts(pp)]).toEqual(["guest", 2, 2n]);
    exitCpuid(pp);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expectOutcome(run(pp), "running");
    pp.iret();
    expect([pp.mode, intercepts(pp), pp.block.get("kick")]).toEqual(["guest", 2n, 0n]);
  });

  test("that its extension asked for is its extension's", () => {
    const { second, vs } = inGuest();
    exitCpuid(second);
    call(second, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(AMD_REG_INTERCEPT_INSTRUCTION1), 0x4_0002n);
    expectOutcome(run(second), "running");
    second.nmi();
    expect(second.block.values(["upcallRip", "upcallReg1"])).toEqual({ upcallRip: HANDLERS.VMEXIT, upcallReg1: 0x61n });
  });

  test("in ring 3 where processors are watched is handed on", () => {
    const { second } = inBoth(VENDOR_AMD, { watchTicks: 1_000_000n });
    exitCpuid(second);
    second.fault(2, { rip: WHERE });
    expectOutcome(run(second), "running");
    expect(second.guestNmis).toBe(1);
  });
});
