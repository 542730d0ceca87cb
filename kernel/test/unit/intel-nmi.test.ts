// NMIs on Intel: each reaches the root VM, once, wherever it comes

import {
  INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_RIP,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CLEAR,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import {
  call,
  HANDLE,
  INTEL_EXIT_CPUID,
  inBootstrap,
  inGuest,
  inStart,
  inVmexit,
  makeRootVs,
} from "../machine/extension-life.ts";
import type { Outcome, Pp } from "../machine/pp.ts";
import { makeSecondVs } from "../machine/second-vmcs.ts";

const OPTIONS = { vendor: VENDOR_INTEL };
const EXIT_NMI = 0n;
const EXIT_WINDOW = 8n;
const CONTROLS = BigInt(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
const WINDOW = 1n << 22n;
const BITMAPS = 1n << 28n;

const run = (pp: Pp) => pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
const write = (pp: Pp, register: bigint | number, value: bigint) =>
  call(pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(register), value);
const isExit = (outcome: Outcome | undefined, reason: bigint) => outcome?.is === "called" && outcome.reg1 === reason;

/** What extensions do for such an exit: ask for no more of them, inject the NMI, run. */
function inject(pp: Pp): Outcome {
  write(pp, CONTROLS, BITMAPS);
  write(pp, INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, 0x8000_0202n);
  return run(pp);
}

describe("an NMI in host mode", () => {
  test("exits at the next entry, and is there once", () => {
    const { pp } = inVmexit(OPTIONS);
    expect(pp.nmi().is).toBe("repaired");
    const outcome = pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
    expect(isExit(outcome, EXIT_WINDOW)).toBe(true);
    expect(inject(pp).is).toBe("running");
    expect(pp.endNmi()).toBeUndefined();
    expect(pp.vmx.nmis).toBe(1);
  });

  test("while the guest handles another waits for its end", () => {
    const { pp } = inVmexit(OPTIONS);
    pp.nmi();
    run(pp);
    pp.nmi();
    expect(inject(pp).is).toBe("running");
    expect(isExit(pp.endNmi(), EXIT_WINDOW)).toBe(true);
    expect(inject(pp).is).toBe("running");
    expect(pp.endNmi()).toBeUndefined();
    expect(pp.vmx.nmis).toBe(2);
  });

  test("is not taken for the one that the extension is waiting for itself", () => {
    const { pp } = inGuest(OPTIONS);
    expect(isExit(pp.nmi(), EXIT_NMI)).toBe(true);
    write(pp, CONTROLS, BITMAPS | WINDOW);
    pp.nmi();
    expect(isExit(run(pp), EXIT_WINDOW)).toBe(true);
    expect(inject(pp).is).toBe("running");
    expect(isExit(pp.endNmi(), EXIT_WINDOW)).toBe(true);
    expect(inject(pp).is).toBe("running");
    expect(pp.endNmi()).toBeUndefined();
    expect(pp.vmx.nmis).toBe(2);
  });

  test("does not show in the controls that the extension reads", () => {
    const { pp } = inVmexit(OPTIONS);
    pp.nmi();
    expect(call(pp, SYSCALL_VS_READ, HANDLE, 0n, CONTROLS) & WINDOW).toBe(0n);
    expect(pp.vmx.get("PRIMARY_PROC_BASED_VM_EXECUTION_CTLS") & WINDOW).toBe(WINDOW);
  });

  test("follows the VS that runs, and leaves no window behind in another", () => {
    const { pp } = inVmexit(OPTIONS);
    const second = makeSecondVs(pp);
    pp.nmi();
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, second);
    expect(isExit(run(pp), EXIT_WINDOW)).toBe(true);
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    expect(inject(pp).is).toBe("running");
    expect(pp.endNmi()).toBeUndefined();
  });

  test("before any VS was made waits for the first", () => {
    const { pp } = inStart(OPTIONS);
    pp.nmi();
    expect(pp.state.get("handoffNmis")).toBe(1n);
  });

  test("that the loader's code has counted is the root VM's too", () => {
    const { pp } = inBootstrap(OPTIONS);
    pp.state.set("handoffNmis", 1n);
    const vs = makeRootVs(pp);
    expect(isExit(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), EXIT_WINDOW)).toBe(true);
    expect(pp.state.get("handoffNmis")).toBe(0n);
  });

  test("that no VM has got when the processor is given back is left to the loader's code", () => {
    const { pp } = inVmexit(OPTIONS);
    pp.nmi();
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.state.get("handoffNmis")).toBe(1n);
  });
});

describe("an NMI at any instruction of the kernel", () => {
  const scenes: readonly (readonly [string, (pp: Pp, second: bigint) => Outcome])[] = [
    ["the fast way", (pp) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE)],
    [
      "a write of the controls",
      (pp) => {
        write(pp, CONTROLS, BITMAPS);
        return run(pp);
      },
    ],
    [
      "a look at another VS",
      (pp, second) => {
        call(pp, SYSCALL_VS_READ, HANDLE, second, BigInt(INTEL_REG_RIP));
        return run(pp);
      },
    ],
    [
      "a switch to another VS and back",
      (pp, second) => {
        call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, second);
        call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
        return run(pp);
      },
    ],
    [
      "a clear",
      (pp) => {
        call(pp, SYSCALL_VS_CLEAR, HANDLE, 0n);
        return run(pp);
      },
    ],
    [
      "an exit for a window",
      (pp) => {
        pp.nmi();
        expect(isExit(run(pp), EXIT_WINDOW)).toBe(true);
        const outcome = inject(pp);
        return outcome.is === "running" ? (pp.endNmi() ?? outcome) : outcome;
      },
    ],
  ];

  test.each(scenes)("is neither lost nor doubled: %s", (name, act) => {
    const expected = name === "an exit for a window" ? 2 : 1;
    const { machine, pp } = inVmexit(OPTIONS);
    const second = makeSecondVs(pp);
    let place = 0;
    for (let happened = true; happened; place++) {
      const before = pp.vmx.nmis;
      machine.interruptions.after(place, () => pp.kernelFault(2));
      let outcome: Outcome | undefined = act(pp, second);
      happened = !machine.interruptions.cancel();
      while (isExit(outcome, EXIT_WINDOW)) {
        expect(inject(pp).is, `at ${place}`).toBe("running");
        outcome = pp.endNmi();
      }
      if (happened) expect(pp.vmx.nmis - before, `at ${place}`).toBe(expected);
      pp.exit(INTEL_EXIT_CPUID);
    }
    expect(place).toBeGreaterThan(5);
  });
});
