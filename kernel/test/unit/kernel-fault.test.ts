// Faults of the microkernel itself: those that are foreseen are repaired, the others end in a panic

import {
  BOOT_KERNEL_FAULT,
  PHASE_BOOTSTRAP,
  PHASE_HALTED,
  PHASE_RUNNING,
  PHASE_START,
  PP_AREA_BASE,
  PP_DF_STACK,
  PP_IST_STACK_BYTES,
  PP_STACK,
  SYSCALL_VP_CREATE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { EndlessWait } from "../../../bsl/test-support/index.ts";
import {
  bootNext,
  HANDLE,
  inBootstrap,
  inFirstVmexit,
  inVmexit,
  registered,
  type Scene,
} from "../machine/extension-life.ts";
import { TEXT } from "../machine/instructions.ts";
import type { Pp } from "../machine/pp.ts";
import { expectGivenBack, expectReason, machineRegisters, operatingSystemRegisters } from "./given-back.ts";

const RIP = TEXT.START + 0x123n;
const STACK = PP_AREA_BASE + BigInt(PP_STACK) + 0x3000n;

describe("an instruction that may fault", () => {
  test("continues where the exception table says, and nothing is printed", () => {
    const { machine, pp } = inBootstrap();
    expect(pp.kernelFault(13, { rip: TEXT.MAY_FAULT })).toEqual({ is: "repaired", rip: TEXT.FIXUP });
    expect(machine.log).toBe("");
    expect(pp.report.get("status")).toBe(0n);
  });

  test("is excused in ring 0 alone", () => {
    const { pp } = inBootstrap();
    expect(pp.fault(13, { rip: TEXT.MAY_FAULT }).is).toBe("called");
  });
});

describe("any other fault", () => {
  test.each([
    ["_start", () => registered(), PHASE_START],
    ["bootstrap", () => inBootstrap(), PHASE_BOOTSTRAP],
    ["the fail callback of bootstrap", failing(inBootstrap), PHASE_BOOTSTRAP],
  ] as const)("during %s gives the processor back as it came", (_, scene, phase) => {
    const { pp } = scene();
    expect(pp.kernelFault(13, { rip: RIP })).toEqual({ is: "given back" });
    expectGivenBack(pp, { status: BOOT_KERNEL_FAULT, detail: 13n, phase });
  });

  test.each([
    ["the first vmexit", () => inFirstVmexit()],
    ["the fail callback of the first vmexit", failing(inFirstVmexit)],
  ] as const)("during %s gives it back behind the CPUID", (_, scene) => {
    const { pp } = scene();
    const before = pp.state.values();
    expect(pp.kernelFault(14, { rip: RIP, cr2: 8n })).toEqual({ is: "given back" });
    expectReason(pp, { status: BOOT_KERNEL_FAULT, detail: 14n, phase: PHASE_RUNNING });
    expect(pp.state.values()).toEqual({ ...before, rip: (before.rip ?? 0n) + 2n, rax: BigInt(BOOT_KERNEL_FAULT) });
    expect(machineRegisters(pp.processor)).toEqual(operatingSystemRegisters());
  });

  test.each([
    ["a later vmexit", () => inVmexit()],
    ["the fail callback of a later vmexit", failing(inVmexit)],
  ] as const)("during %s halts, and the loader can tell why", (_, scene) => {
    const { pp } = scene();
    expect(pp.kernelFault(8, { rip: RIP })).toEqual({ is: "halted" });
    expectReason(pp, { status: BOOT_KERNEL_FAULT, detail: 8n, phase: PHASE_HALTED });
  });
});

describe("the panic", () => {
  /** A double fault, with code addresses on the stack among other values. */
  function panicked(): string {
    const { machine, pp } = inVmexit({ ppCount: 2 });
    [TEXT.START + 0x20n, 0x1234n, TEXT.END - 1n, TEXT.END, TEXT.START - 1n].forEach((value, index) => {
      machine.memory.poke(STACK + BigInt(index * 8), 8, value);
    });
    const general = { rax: 0xan, rbx: 0xbn, r8: 0x8888n, r15: 0xffff_0000_ffff_0000n };
    pp.kernelFault(8, { rip: RIP, rsp: STACK, rflags: 0x10086n, cr2: 0xbadn, general });
    return machine.log;
  }

  test("names processor, vector, error code, address and every register", () => {
    const log = panicked();
    expect(log).toContain(
      [
        "bareflank: PANIC: the microkernel faulted on PP 0: vector 8, error code 0x0, address 0xbad",
        "  rip 0x0000000040000123  rsp 0x0000000020004000  rfl 0x0000000000010086  ",
        "  rax 0x000000000000000a  rbx 0x000000000000000b  rcx 0x0000000000000000  ",
        "  rdx 0x0000000000000000  rsi 0x0000000000000000  rdi 0x0000000000000000  ",
        "  rbp 0x0000000000000000  r8  0x0000000000008888  r9  0x0000000000000000  ",
        "  r10 0x0000000000000000  r11 0x0000000000000000  r12 0x0000000000000000  ",
        "  r13 0x0000000000000000  r14 0x0000000000000000  r15 0xffff0000ffff0000  ",
        "",
      ].join("\n"),
    );
  });

  test("lists what on the stack points into the kernel's code, and nothing else", () => {
    expect(panicked()).toContain(
      "  backtrace (candidates, newest first):\n    0x0000000040000020\n    0x0000000040000fff\n",
    );
    expect(panicked().match(/^ {4}0x/gm)).toHaveLength(2);
  });

  test("names the kernel's code by the addresses of its image, wherever it lies", () => {
    const textSlide = 0x1234_5000n;
    const { machine, pp } = inVmexit({ textSlide });
    machine.memory.poke(STACK, 8, TEXT.START + 0x20n + textSlide);
    const general = { rax: TEXT.START + 0x30n + textSlide, rbx: TEXT.START + 0x30n };
    pp.kernelFault(13, { rip: RIP + textSlide, rsp: STACK, general });
    expect(machine.log).toContain("  rip 0x0000000040000123  ");
    expect(machine.log).toContain("  rax 0x0000000040000030  rbx 0x0000000040000030  ");
    expect(machine.log).toContain("newest first):\n    0x0000000040000020\n");
    expect(machine.log).not.toContain((RIP + textSlide).toString(16));
  });

  test("survives a stack pointer that is anywhere", () => {
    for (const rsp of [0n, 8n, PP_AREA_BASE, 0xffff_ffff_ffff_ffffn, STACK + 0x1_0000n]) {
      const { machine, pp } = inVmexit();
      // A double fault arrives on a stack of its own, so the interrupted one may be anywhere
      expect(pp.kernelFault(8, { rip: RIP, rsp }).is).toBe("halted");
      expect(machine.log).toContain("PANIC");
    }
  });

  test("comes from a double fault's own stack", () => {
    const { machine, pp } = inVmexit();
    pp.kernelFault(8, { rip: RIP, rsp: 0n });
    const top = PP_AREA_BASE + BigInt(PP_DF_STACK + PP_IST_STACK_BYTES);
    expect(machine.memory.peek(top - 0x28n, 8)).toBe(RIP);
  });
});

test("an extension's fault is printed with its registers, and no backtrace", () => {
  const { machine, pp } = inBootstrap();
  pp.fault(14, { rip: 0x3280_0000_0123n, cr2: 0x10n, errorCode: 4n });
  const [title, first] = machine.log.split("\n");
  expect(title).toBe("bareflank: the extension faulted on PP 0: vector 14, error code 0x4, address 0x10");
  expect(first).toContain("rip 0x0000328000000123  rsp 0x0000308000007ff8");
  expect(machine.log).not.toContain("backtrace");
});

/** The scene with an extension that has faulted and is in its fail callback. */
function failing(scene: () => Scene): () => Scene {
  return () => {
    const there = scene();
    there.pp.fault(6);
    return there;
  };
}

/** Has `act` done before the `place`th instruction of a call that the first of two processors makes; false behind its end. */
function within(place: number, act: (machine: Scene["machine"], pp: Pp, second: Pp) => void): boolean {
  const { machine, pp } = inBootstrap({ ppCount: 2 });
  const second = bootNext(machine, 1);
  let isDone = false;
  machine.interruptions.after(place, () => {
    isDone = true;
    act(machine, pp, second);
    throw new Error("the first one is gone");
  });
  try {
    pp.syscall(SYSCALL_VP_CREATE, HANDLE, 0n);
  } catch {
    // As the processor that has faulted: nothing goes on behind that
  }
  machine.interruptions.cancel();
  return isDone;
}

/** Whether the second processor waits for ever there. */
function isLockedAt(place: number): boolean {
  let waits = false;
  within(place, (machine, _, second) => {
    machine.beside(() => {
      try {
        second.syscall(SYSCALL_VP_CREATE, HANDLE, 0n);
      } catch (error) {
        waits = error instanceof EndlessWait;
      }
    });
  });
  return waits;
}

test("a fault under a lock takes no other processor with it: who waits ends with a line, and is given back", () => {
  const place = Array.from({ length: 60 }, (_, index) => index * 7).find(isLockedAt) ?? 0;
  expect(place).toBeGreaterThan(0);
  let outcomes: string[] = [];
  let log = "";
  within(place, (machine, pp, second) => {
    machine.memory.pauseLimit = Number.POSITIVE_INFINITY;
    const first = pp.kernelFault(13, { rip: RIP });
    machine.beside(() => {
      expect(() => second.syscall(SYSCALL_VP_CREATE, HANDLE, 0n)).toThrow("unreachable");
      // What the processor does at UD2
      outcomes = [first.is, second.kernelFault(6, { rip: RIP }).is];
    });
    log = machine.log;
  });
  expect(outcomes).toEqual(["given back", "given back"]);
  expect(log).toContain("PANIC: the microkernel faulted on PP 1");
}, 120_000);
