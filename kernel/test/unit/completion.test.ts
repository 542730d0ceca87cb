// What is left of an instruction that was skipped: RF, the trap of a single step, and whom it goes to

import {
  AMD_REG_INTERCEPT_EXCEPTION,
  ENTRY_LAUNCH,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_WRITE,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inVmexit, type Scene } from "../machine/extension-life.ts";

const TF = 1n << 8n;
const RF = 1n << 16n;
const DR6_STEP = 1n << 14n;
const DR6_IDLE = 0xffff_0ff0n;
const MSR_DEBUGCTL = 0x1d9;
const BTF = 2n;
const INJECT_DEBUG = 0x8000_0301n;
const EXIT_DEBUG = 0x41n;
const RIP = 0xffff_ffff_8100_0000n;

/** Each way to skip; the last makes a VS active that is so already, and runs it afterwards. */
const WAYS: readonly (readonly [string, (scene: Scene) => string])[] = [
  ["advance_ip_and_run", ({ pp }) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN, HANDLE, 0n, 0n, 0n).is],
  ["advance_ip_and_run_current", ({ pp }) => pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE).is],
  [
    "advance_ip_and_set_active",
    ({ pp }) => {
      call(pp, SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
      return pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is;
    },
  ],
];

describe.each(WAYS)("on AMD, %s", (way, skip) => {
  /** In vmexit for a CPUID, with fields of the VMCB set. */
  function exited(fields: Record<string, bigint>, reason = 0x72n): Scene {
    const scene = inVmexit();
    call(scene.pp, SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
    scene.pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
    scene.pp.exit(reason, { RIP, NRIP: RIP + 2n, RFLAGS: 2n, DR6: DR6_IDLE, EVENTINJ: 0n, ...fields });
    return scene;
  }

  function fields(scene: Scene, ...names: string[]): bigint[] {
    return names.map((name) => scene.pp.vmcb.get(name));
  }

  test("clears RF, so that an instruction breakpoint behind counts", () => {
    const scene = exited({ RFLAGS: 0x202n | RF });
    expect(skip(scene)).toBe("running");
    expect(fields(scene, "RIP", "RFLAGS", "EVENTINJ", "DR6")).toEqual([RIP + 2n, 0x202n, 0n, DR6_IDLE]);
  });

  test("lets the trap of a single step follow, as its delivery would leave DR6 and DR7", () => {
    const scene = exited({ RFLAGS: 0x202n | TF | RF, DR7: 0x2401n });
    expect(skip(scene)).toBe("running");
    expect(fields(scene, "RIP", "RFLAGS", "EVENTINJ", "DR6", "DR7")).toEqual([
      RIP + 2n,
      0x202n | TF,
      INJECT_DEBUG,
      DR6_IDLE | DR6_STEP,
      0x401n,
    ]);
  });

  test("lets none follow when only branches trap", () => {
    const scene = exited({ RFLAGS: TF | 2n });
    scene.pp.processor.wrmsr(MSR_DEBUGCTL, BTF);
    expect(skip(scene)).toBe("running");
    expect(fields(scene, "EVENTINJ", "DR6")).toEqual([0n, DR6_IDLE]);
  });

  test("looks at the VM's own DEBUGCTL when it has one", () => {
    const scene = exited({ RFLAGS: TF | 2n, CTLS2: 1n, DBGCTL: 0n });
    scene.pp.processor.wrmsr(MSR_DEBUGCTL, BTF);
    expect(skip(scene)).toBe("running");
    expect(fields(scene, "EVENTINJ")).toEqual([INJECT_DEBUG]);
  });

  test("lets none follow an exit for no instruction", () => {
    const scene = exited({ RFLAGS: TF | RF | 2n, NRIP: 0n }, 0x60n);
    expect(skip(scene)).toBe("running");
    expect(fields(scene, "RIP", "RFLAGS", "EVENTINJ")).toEqual([RIP, TF | RF | 2n, 0n]);
  });

  test("leaves an event that the extension injects", () => {
    const scene = exited({ RFLAGS: TF | 2n, EVENTINJ: 0x8000_0030n });
    expect(skip(scene)).toBe("running");
    expect(fields(scene, "EVENTINJ", "DR6")).toEqual([0x8000_0030n, DR6_IDLE]);
  });

  test.runIf(way !== "advance_ip_and_set_active")("hands the trap to an extension that intercepts it", () => {
    const scene = exited({ RFLAGS: TF | 2n, EXITINTINFO: 0x8000_0030n });
    call(scene.pp, SYSCALL_VS_WRITE, HANDLE, 0n, BigInt(AMD_REG_INTERCEPT_EXCEPTION), 2n);
    expect(skip(scene)).toBe("called");
    expect(scene.pp.block.get("upcallReg1")).toBe(EXIT_DEBUG);
    expect(fields(scene, "EXITCODE", "EXITINTINFO", "RIP", "DR6", "EVENTINJ")).toEqual([
      EXIT_DEBUG,
      0n,
      RIP + 2n,
      DR6_IDLE | DR6_STEP,
      0n,
    ]);
    expect(scene.pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE).is).toBe("running");
  });
});

describe.each(WAYS)("on Intel, %s", (_, skip) => {
  function skipped(fields: Record<string, bigint>): (name: string) => bigint {
    const scene = inVmexit({ vendor: VENDOR_INTEL });
    const { vmcs } = scene.pp.vmx;
    const exit = { RIP, VMEXIT_INSTRUCTION_LENGTH: 2n, RFLAGS: 2n, DEBUGCTL: 0n, ...fields };
    for (const [name, value] of Object.entries(exit)) vmcs.set(name, value);
    expect(scene.pp.block.get("entryWork") & BigInt(ENTRY_LAUNCH)).toBe(0n);
    expect(skip(scene)).toBe("running");
    return (name) => vmcs.get(name);
  }

  test("clears RF, so that an instruction breakpoint behind counts", () => {
    const get = skipped({ RFLAGS: 0x202n | RF });
    expect([get("RIP"), get("RFLAGS"), get("PENDING_DEBUG_EXCEPTIONS")]).toEqual([RIP + 2n, 0x202n, 0n]);
  });

  test("lets the trap of a single step be pending, and no shadow hold it off", () => {
    const get = skipped({ RFLAGS: 0x202n | TF | RF, INTERRUPTIBILITY_STATE: 1n, PENDING_DEBUG_EXCEPTIONS: 1n });
    expect([get("RFLAGS"), get("PENDING_DEBUG_EXCEPTIONS"), get("INTERRUPTIBILITY_STATE")]).toEqual([
      0x202n | TF,
      DR6_STEP | 1n,
      0n,
    ]);
  });

  test("lets none be pending when only branches trap", () => {
    expect(skipped({ RFLAGS: TF | 2n, DEBUGCTL: BTF })("PENDING_DEBUG_EXCEPTIONS")).toBe(0n);
  });
});
