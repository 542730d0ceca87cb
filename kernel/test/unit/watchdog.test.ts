// The watchdog: who is overdue, whose an NMI is, and what becomes of an extension that does not come back

import {
  BOOT_EXT_OVERDUE,
  FAIL_OVERDUE,
  PHASE_BOOTSTRAP,
  PHASE_HALTED,
  PHASE_START,
  PP_APIC,
  PP_AREA_BASE,
  STATUS_FAILURE_DEAD,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_RUN,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { HANDLERS } from "../machine/example-extension.ts";
import { bootNext, exitCpuid, HANDLE, inBootstrap, inStart, inVmexit, makeRootVs } from "../machine/extension-life.ts";
import { TEXT } from "../machine/instructions.ts";
import { APIC_BASE, type Machine } from "../machine/machine.ts";
import type { Pp } from "../machine/pp.ts";
import { MSR } from "../machine/processor.ts";
import { inOwnerVmexit, running } from "../machine/several-extensions.ts";
import { expectGivenBack } from "./given-back.ts";

const TICKS = 1_000_000n;
const NMI_TO = (ppid: bigint) => ((ppid + 0x100n) << 32n) | 0x4400n;
const WHERE = HANDLERS.VMEXIT + 0x20n;

const vendors = [
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
] as const;
const options = (vendor: number, ppCount = 2) => ({ vendor, ppCount, watchTicks: TICKS });

/** Time passes on all processors. */
function wait(machine: Machine, ticks: bigint, ppCount = 2): void {
  for (let ppid = 0; ppid < ppCount; ppid++) machine.pp(ppid).processor.tsc += ticks;
}

const run = (pp: Pp) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
const exit = (pp: Pp) => pp.exit(exitCpuid(pp));
/** An NMI that another processor has announced, or the loader. */
function kick(pp: Pp, by: "block" | "report" = "block") {
  pp[by].set("kick", 1n);
  return pp.fault(2, { rip: WHERE });
}

/** PP 0 in vmexit, PP 1 in its VM. */
function inBoth(vendor: number) {
  const { machine, pp } = inVmexit(options(vendor));
  const second = bootNext(machine, 1);
  const vs = makeRootVs(second);
  expect(second.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs).is).toBe("running");
  exit(second);
  expect(run(second).is).toBe("running");
  return { machine, pp, second };
}

describe("without a watchdog", () => {
  test.each(vendors)("on %s, no time is taken, and no NMI comes through but on Intel", (_, vendor) => {
    const { pp } = inVmexit({ vendor });
    const names = ["nmisOpen", "work", "stretch", "kick", "watchDue"];
    expect(pp.block.values(names)).toEqual(Object.fromEntries(names.map((name) => [name, 0n])));
    expect(pp.report.values(["kick", "watching"])).toEqual({ kick: 0n, watching: 0n });
    if (vendor === VENDOR_INTEL) return;
    expect(pp.processor.rdmsr(MSR.LSTAR)).toBe(TEXT.SYSCALL_ENTRY);
    expect(pp.nmi().is).toBe("held back");
    expect(run(pp).is).toBe("running");
    expect(pp.guestNmis).toBe(1);
  });
});

describe.each(vendors)("on %s, a processor", (_, vendor) => {
  test("is measured from an exit to the next entry", () => {
    const { machine, pp } = inVmexit(options(vendor));
    expect(pp.block.get("watchDue")).toBe(pp.processor.tsc + TICKS);
    expect(run(pp).is).toBe("running");
    expect(pp.block.get("watchDue")).toBe(0n);
    wait(machine, 5n * TICKS);
    exit(pp);
    expect(pp.block.get("watchDue")).toBe(pp.processor.tsc + TICKS);
  });

  test("is measured from its start, and not any more when it is given back", () => {
    const { machine, pp } = inStart(options(vendor));
    expect(pp.block.get("watchDue")).toBe(pp.processor.tsc + TICKS);
    wait(machine, 7n);
    const { pp: later } = inVmexit(options(vendor));
    expect(later.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(later.block.get("watchDue")).toBe(0n);
  });

  test("that is overdue gets an NMI when another one's VM exits, and its fail callback is told", () => {
    const { machine, pp, second } = inBoth(vendor);
    wait(machine, TICKS - 1n);
    exit(second);
    run(second);
    expect(second.processor.commands).toEqual([]);
    wait(machine, TICKS / 16n);
    exit(second);
    expect(second.processor.commands).toEqual([NMI_TO(0n)]);
    expect(pp.block.get("kick")).toBe(0n);
    expect(pp.block.values(["upcallRip", "upcallReg0"])).toEqual({
      upcallRip: HANDLERS.FAIL,
      upcallReg0: FAIL_OVERDUE,
    });
    expect(pp.state.get("handoffNmis")).toBe(0n);
    expect(run(pp).is).toBe("running");
    expect(pp.guestNmis).toBe(0);
  });

  test("is not looked at all the time", () => {
    const { machine, pp, second } = inBoth(vendor);
    wait(machine, TICKS * 2n);
    // Its NMI does not come through, for whatever reason
    pp.block.set("kick", 1n);
    exit(second);
    expect(second.processor.commands).toEqual([]);
    pp.block.set("kick", 0n);
    run(second);
    exit(second);
    expect(second.processor.commands).toEqual([]);
    run(second);
    wait(machine, TICKS / 16n);
    exit(second);
    expect(second.processor.commands).toEqual([NMI_TO(0n)]);
  });

  test.each([
    ["is switched off", APIC_BASE | 0x400n],
    ["lies elsewhere now", (APIC_BASE + 0x1000n) | 0x800n],
    ["is off, and lies elsewhere", APIC_BASE + 0x1000n],
  ])("is left alone when the APIC that an NMI would be sent with %s", (_how, base) => {
    const { machine, pp, second } = inBoth(vendor);
    second.processor.addMsr(0x1b, base);
    wait(machine, TICKS);
    exit(second);
    expect(second.processor.commands).toEqual([]);
    expect(pp.block.get("kick")).toBe(0n);
  });

  test("is reached by the memory of an APIC, and the operating system's destination stays", () => {
    const { machine, pp, second } = inBoth(vendor);
    for (const { processor } of [pp, second]) processor.addMsr(0x1b, APIC_BASE | 0x800n);
    const written: string[] = [];
    const { memory } = machine;
    const poke = memory.poke.bind(memory);
    machine.physical.add(Number(APIC_BASE), 4096);
    machine.physical.poke(APIC_BASE + 0x300n, 4, 0n);
    machine.physical.poke(APIC_BASE + 0x310n, 4, 0x77n << 24n);
    memory.poke = (address, size, value) => {
      const offset = address - PP_AREA_BASE - BigInt(PP_APIC);
      if (offset >= 0n && offset < 4096n)
        written.push(`${offset.toString(16)}=${BigInt.asUintN(32, value).toString(16)}`);
      poke(address, size, value);
    };
    wait(machine, TICKS);
    exit(second);
    // What it had in x2APIC mode, as an identifier of 8 bits
    expect(written).toEqual(["310=0", "300=4400", "310=77000000"]);
  });
});

describe.each(vendors)("on %s, an NMI", (_, vendor) => {
  test.each([
    ["another processor", "block"],
    ["the loader", "report"],
  ] as const)("that %s announced does nothing in ring 3 while there is time, and is nobody else's", (_by, by) => {
    const { pp } = inVmexit(options(vendor));
    expect(pp.report.get("watching")).toBe(1n);
    expect(kick(pp, by)).toEqual({ is: "repaired", rip: WHERE });
    expect(pp[by].get("kick")).toBe(0n);
    expect(run(pp).is).toBe("running");
    expect(pp.guestNmis).toBe(0);
    expect(pp.state.get("handoffNmis")).toBe(0n);
  });

  test("in ring 3, that nobody announced, is the operating system's, once", () => {
    const { pp } = inVmexit(options(vendor));
    for (let i = 0; i < 2; i++) expect(pp.fault(2, { rip: WHERE })).toEqual({ is: "repaired", rip: WHERE });
    expect(pp.state.get("handoffNmis")).toBe(2n);
    if (vendor === VENDOR_INTEL) return;
    expect(run(pp).is).toBe("running");
    expect(pp.processor.commands).toEqual([NMI_TO(0n)]);
    expect(pp.guestNmis).toBe(1);
    expect(pp.state.get("handoffNmis")).toBe(0n);
    exit(pp);
    run(pp);
    expect(pp.guestNmis).toBe(1);
  });

  test("that no VM has got when the processor is given back is left to the loader's code", () => {
    const { pp } = inVmexit(options(vendor));
    pp.fault(2, { rip: WHERE });
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.state.get("handoffNmis")).toBe(1n);
  });

  test("in front of IRET takes the processor as in ring 3, and again goes on behind it", () => {
    const { machine, pp } = inVmexit(options(vendor));
    wait(machine, TICKS);
    const stack = PP_AREA_BASE + 0x4f00n;
    const words = [WHERE, 0x2bn, 0x46n, 0x3080_0000_7f00n, 0x23n];
    for (const [index, word] of words.entries()) machine.memory.poke(stack + BigInt(index) * 8n, 8, word);
    pp.block.set("kick", 1n);
    const outcome = pp.kernelFault(2, { rip: TEXT.FRAME_IRET, rsp: stack, general: { r12: 12n } });
    expect(outcome).toMatchObject({ is: "called", rip: HANDLERS.FAIL, reg0: FAIL_OVERDUE, reg1: WHERE });
    expect(pp.syscall(SYSCALL_CONTROL_AGAIN)).toMatchObject({
      is: "resumed",
      frame: { rip: WHERE, cs: 0x2bn, rflags: 0x46n, rsp: 0x3080_0000_7f00n, ss: 0x23n, r12: 12n },
    });
  });

  test("elsewhere in the kernel takes nothing, however late it is: whoever looks asks again", () => {
    const { machine, pp } = inVmexit(options(vendor));
    wait(machine, TICKS);
    for (const rip of [TEXT.OPEN_SYSCALL_ENTRY, TEXT.EXCEPTION_STUBS + 0x20n, TEXT.START + 8n]) {
      pp.block.set("kick", 1n);
      expect(pp.kernelFault(2, { rip })).toEqual({ is: "repaired", rip });
      expect(pp.block.get("kick")).toBe(0n);
    }
    expect(pp.state.get("handoffNmis")).toBe(0n);
    expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
  });

  test("between a look and an entry of the VM never gets into that", () => {
    const { machine, pp, second } = inBoth(vendor);
    let kicks = 0;
    let place = 0;
    for (let happened = true; happened; place++) {
      wait(machine, 2n * TICKS);
      machine.interruptions.after(place, () => machine.beside(() => exit(second)));
      const before = second.processor.commands.length;
      const outcome = run(pp);
      happened = !machine.interruptions.cancel();
      if (second.mode === "extension") run(second);
      kicks += second.processor.commands.length - before;
      expect(pp.block.get("kick"), `at ${place}`).toBe(0n);
      // Announced before the kernel looked, it came within the kernel; or in ring 3, and fail was called
      expect(["running", "called"], `at ${place}`).toContain(outcome.is);
      if (pp.mode === "extension") run(pp);
      expect(pp.guestNmis, `at ${place}`).toBe(0);
      expect(pp.state.get("handoffNmis"), `at ${place}`).toBe(0n);
      exit(pp);
    }
    expect(kicks).toBeGreaterThan(0);
    expect(place).toBeGreaterThan(10);
  });
});

describe("on AMD, an NMI in front of SYSRET", () => {
  const registers = { rcx: WHERE, r11: 0x1_0202n, rdi: 7n };
  const rsp = 0x3080_0000_7f00n;

  test("is one in ring 3 where SYSRET leads to", () => {
    const { machine, pp } = inVmexit(options(VENDOR_AMD));
    pp.block.set("kick", 1n);
    expect(pp.kernelFault(2, { rip: TEXT.OPEN_SYSRET, rsp, general: registers })).toEqual({
      is: "repaired",
      rip: WHERE,
    });
    wait(machine, TICKS);
    pp.block.set("kick", 1n);
    const outcome = pp.kernelFault(2, { rip: TEXT.OPEN_SYSRET, rsp, general: registers });
    expect(outcome).toMatchObject({ is: "called", rip: HANDLERS.FAIL, reg1: WHERE });
    expect(pp.syscall(SYSCALL_CONTROL_AGAIN)).toMatchObject({
      is: "resumed",
      frame: { rip: WHERE, cs: 0x2bn, rflags: 0x202n, rsp, ss: 0x23n, rdi: 7n },
    });
  });

  test("has LSTAR lead where the flag is cleared first", () => {
    const { pp } = inVmexit(options(VENDOR_AMD));
    expect(pp.processor.rdmsr(MSR.LSTAR)).toBe(TEXT.OPEN_SYSCALL_ENTRY);
    expect(pp.block.get("nmisOpen")).toBe(1n);
  });

  test("that takes the processor lets the next one come", () => {
    const { machine, pp } = inVmexit(options(VENDOR_AMD));
    wait(machine, TICKS);
    kick(pp);
    expect(pp.processor.nextNmis).toBe(1);
  });
});

describe.each(vendors)("on %s, an extension that is overdue", (_, vendor) => {
  test("once more, without having run a VM, costs the processor", () => {
    const { machine, pp } = inVmexit(options(vendor));
    wait(machine, TICKS);
    expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL, reg0: FAIL_OVERDUE, reg1: WHERE });
    expect(kick(pp).is, "there is time again").toBe("repaired");
    expect(pp.syscall(SYSCALL_CONTROL_AGAIN).is).toBe("resumed");
    wait(machine, TICKS);
    expect(kick(pp)).toEqual({ is: "halted" });
    expect(pp.report.values(["status", "phase", "watching"])).toEqual({
      status: BigInt(BOOT_EXT_OVERDUE),
      phase: BigInt(PHASE_HALTED),
      watching: 0n,
    });
    expect(machine.log).toContain("PP 0: the extension kept the processor for too long in vmexit\n");
  });

  test("in fail costs the processor", () => {
    const { machine, pp } = inVmexit(options(vendor));
    pp.fault(6);
    wait(machine, TICKS);
    expect(kick(pp)).toEqual({ is: "halted" });
    expect(machine.log).toContain("the extension kept the processor for too long in fail, called for vmexit\n");
  });

  test("after a VM ran is asked again", () => {
    const { machine, pp } = inVmexit(options(vendor));
    for (let i = 0; i < 3; i++) {
      wait(machine, TICKS);
      expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
      expect(run(pp).is).toBe("running");
      exit(pp);
    }
  });

  test.each([
    ["_start", PHASE_START, () => inStart(options(vendor)), 1],
    ["bootstrap", PHASE_BOOTSTRAP, () => inBootstrap(options(vendor)), 2],
  ] as const)("in %s gives the processor back", (_place, phase, scene, kicks) => {
    const { machine, pp } = scene();
    for (let i = 1; i < kicks; i++) {
      wait(machine, TICKS);
      expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
    }
    wait(machine, TICKS);
    expect(kick(pp)).toEqual({ is: "given back" });
    if (vendor === VENDOR_AMD) expectGivenBack(pp, { status: BOOT_EXT_OVERDUE, phase });
    expect(pp.report.values(["status", "phase", "watching"])).toEqual({
      status: BigInt(BOOT_EXT_OVERDUE),
      phase: BigInt(phase),
      watching: 0n,
    });
  });

  test("that waits in time is not", () => {
    const { machine, pp } = inBootstrap(options(vendor));
    wait(machine, TICKS - 1n);
    expect(kick(pp).is).toBe("repaired");
    expect(pp.syscall(SYSCALL_CONTROL_WAIT).is).toBe("given back");
  });
});

describe("among several extensions", () => {
  const inMessage = () => {
    const scene = inOwnerVmexit({ ppCount: 2, watchTicks: TICKS });
    expect(scene.pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 1n, 2n, 3n, 4n).is).toBe("called");
    expect(running(scene.pp)).toBe(1n);
    return scene;
  };

  test("a service that spins is asked first, then its caller's call fails, and the caller goes on", () => {
    const { machine, pp } = inMessage();
    wait(machine, TICKS);
    expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL, reg0: FAIL_OVERDUE });
    expect(running(pp)).toBe(1n);
    wait(machine, TICKS);
    expect(kick(pp)).toEqual({ is: "returned", status: STATUS_FAILURE_DEAD });
    expect(running(pp)).toBe(0n);
    expect(run(pp).is).toBe("running");
  });

  test("messages that go round are overdue, whoever runs, and each has its own fail called once", () => {
    const { machine, pp } = inMessage();
    for (let i = 0; i < 8; i++) {
      wait(machine, TICKS / 8n);
      expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 0n, 0n, 0n, 0n).is).toBe("returned");
      expect(pp.syscall(SYSCALL_MESSAGE_CALL, HANDLE, 1n, 1n, 2n, 3n, 4n).is).toBe("called");
    }
    expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL });
    expect(pp.syscall(SYSCALL_MESSAGE_REPLY, HANDLE, 0n, 0n, 0n, 0n).is).toBe("returned");
    wait(machine, TICKS);
    expect(running(pp)).toBe(0n);
    expect(kick(pp)).toMatchObject({ is: "called", rip: HANDLERS.FAIL, reg0: FAIL_OVERDUE });
    wait(machine, TICKS);
    expect(kick(pp)).toEqual({ is: "halted" });
  });
});

describe("on a machine with one processor", () => {
  const NMI_ENTRY = 0x400n;
  const COUNTER_LIMIT = 1n << 48n;
  /** What the operating system has in its counter. */
  const OWN = { control: 0x43_003cn, value: 0x1234n, entry: 0x1_0000n };
  const amd = { control: 0xc001_020a, value: 0xc001_020b, entry: 0x834, enabled: 0x53_0076n };
  const intel = { control: 0x189, value: 0xc4, entry: 0x834, enabled: 0x53_003cn };

  /** In bootstrap, with counters: on Intel four of 48 bits, of version 2. */
  function counted(vendor: number) {
    const msrs = vendor === VENDOR_AMD ? amd : intel;
    const scene = inVmexit({
      ...options(vendor, 1),
      msrs: [
        [msrs.control, OWN.control],
        [msrs.value, OWN.value],
        [0x38f, 7n],
        [0x390, 0n],
      ],
      ...(vendor === VENDOR_INTEL ? { moreLeaves: [[0xa, [0x0730_0402, 0, 0, 0]]] } : {}),
    });
    const { processor } = scene.pp;
    const now = () => ({
      control: processor.rdmsr(msrs.control),
      value: processor.rdmsr(msrs.value),
      entry: processor.rdmsr(msrs.entry),
    });
    /** As the processor leaves it when it has interrupted. */
    const runOut = () => processor.addMsr(msrs.value, 5n);
    return { ...scene, msrs, now, runOut };
  }

  test.each(vendors)("of %s a counter runs in host mode, and is the operating system's in its VM", (_, vendor) => {
    const { pp, msrs, now } = counted(vendor);
    const running = { control: msrs.enabled, value: COUNTER_LIMIT - TICKS, entry: NMI_ENTRY };
    expect(now()).toEqual(running);
    if (vendor === VENDOR_INTEL) expect(pp.processor.rdmsr(0x38f)).toBe(15n);
    run(pp);
    expect(now()).toEqual(OWN);
    if (vendor === VENDOR_INTEL) expect(pp.processor.rdmsr(0x38f)).toBe(7n);
    exit(pp);
    expect(now()).toEqual(running);
    pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n);
    expect(now()).toEqual(OWN);
  });

  test.each(vendors)("of %s it takes the processor; too early, it is set again", (_, vendor) => {
    const { machine, pp, msrs, now, runOut } = counted(vendor);
    wait(machine, TICKS - 10n, 1);
    runOut();
    expect(pp.fault(2, { rip: WHERE })).toEqual({ is: "repaired", rip: WHERE });
    expect(now()).toEqual({ control: msrs.enabled, value: COUNTER_LIMIT - 10n, entry: NMI_ENTRY });
    wait(machine, 10n, 1);
    runOut();
    expect(pp.fault(2, { rip: WHERE })).toMatchObject({ is: "called", rip: HANDLERS.FAIL, reg0: FAIL_OVERDUE });
    expect(now()).toEqual({ control: msrs.enabled, value: COUNTER_LIMIT - TICKS, entry: NMI_ENTRY });
    expect(pp.state.get("handoffNmis")).toBe(0n);
  });

  test.each(vendors)("of %s an NMI while it still runs is the operating system's", (_, vendor) => {
    const { pp } = counted(vendor);
    pp.fault(2, { rip: WHERE });
    expect(pp.state.get("handoffNmis")).toBe(1n);
  });
});
