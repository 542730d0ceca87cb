// Stop: the operating system becomes the master of its processor again

import {
  PHASE_STOPPED,
  STATUS_INVALID_INPUT_REG1,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_SET_ACTIVE,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import {
  bootNext,
  call,
  HANDLE,
  inBootstrap,
  inFirstVmexit,
  inVmexit,
  makeRootVs,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import { GENERAL, type Pp } from "../machine/pp.ts";
import { machineRegisters, operatingSystemRegisters } from "./given-back.ts";

/** Registers that the loader's code takes from SavedState; the kernel restores the others itself. */
const LOADERS = "rip rsp rflags cr0 cr3 cr4 efer gdtrBase gdtrLimit idtrBase idtrLimit".split(" ");
const SELECTORS = ["esSelector", "csSelector", "ssSelector", "dsSelector"];

/** What the operating system did with its processor while it was a VM, by fields of the VMCB and of SavedState. */
const CHANGES: readonly (readonly [vmcb: string, saved: string, value: bigint])[] = [
  ["RSP", "rsp", 0xffff_c900_0000_8000n],
  ["RFLAGS", "rflags", 0x202n],
  ["CR0", "cr0", 0x8005_003bn],
  ["CR3", "cr3", 0x1_2222_3000n],
  ["CR4", "cr4", 0x35_06f0n],
  ["EFER", "efer", 0x5d01n],
  ["GDTR_BASE", "gdtrBase", 0xffff_fe00_0004_1000n],
  ["GDTR_LIMIT", "gdtrLimit", 0x6fn],
  ["IDTR_BASE", "idtrBase", 0xffff_fe00_0004_0000n],
  ["IDTR_LIMIT", "idtrLimit", 0xffen],
  ["ES_SELECTOR", "esSelector", 0x23n],
  ["CS_SELECTOR", "csSelector", 0x10n],
  ["SS_SELECTOR", "ssSelector", 0x20n],
  ["DS_SELECTOR", "dsSelector", 0x2bn],
];

const promote = (pp: Pp, vs = 0n) => pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, vs);

describe("promote", () => {
  test("leaves SavedState as the loader wrote it but for RIP, when the operating system changed nothing", () => {
    const { pp } = inVmexit();
    const before = pp.state.values();
    expect(promote(pp)).toEqual({ is: "given back" });
    // Two CPUIDs of two bytes, both skipped
    expect(pp.state.values()).toEqual({ ...before, rip: (before.rip ?? 0n) + 4n });
    expect(machineRegisters(pp.processor)).toEqual(operatingSystemRegisters());
    expect(pp.report.values(["phase", "status", "detail"])).toEqual({
      phase: BigInt(PHASE_STOPPED),
      status: 0n,
      detail: 0n,
    });
  });

  test("hands over what the operating system changed meanwhile", () => {
    const { pp } = inVmexit();
    for (const [field, , value] of CHANGES) pp.vmcb.set(field, value);
    GENERAL.forEach((name, index) => {
      pp.tcb.set(name, 0x9000n + BigInt(index));
    });
    promote(pp);
    const expected = Object.fromEntries(CHANGES.map(([, saved, value]) => [saved, value]));
    expect(pp.state.values(CHANGES.map(([, saved]) => saved))).toEqual({ ...expected, efer: 0x4d01n });
    expect(Object.values(pp.state.values(GENERAL))).toEqual(GENERAL.map((_, index) => 0x9000n + BigInt(index)));
    expect(
      [...LOADERS, ...SELECTORS].every((name) => CHANGES.some(([, saved]) => saved === name) || name === "rip"),
    ).toBe(true);
  });

  test("keeps EFER.SVME set where it was set before us", () => {
    const { pp } = inVmexit();
    pp.state.set("efer", 0x1d01n);
    promote(pp);
    expect(pp.state.get("efer")).toBe(0x1d01n);
  });

  test("loads the processor with what the guest left in it", () => {
    const { pp } = inVmexit();
    const fields = {
      CR2: 0x1234n,
      FS_BASE: 0x7fn,
      KERNEL_GS_BASE: 0x88n,
      LSTAR: 0x99n,
    };
    for (const [name, value] of Object.entries(fields)) pp.vmcb.set(name, value);
    promote(pp);
    const { cr2, fs, kernelGsBase, lstar, hsavePa } = machineRegisters(pp.processor);
    expect({ cr2, fs: fs.base, kernelGsBase, lstar, hsavePa }).toEqual({
      cr2: fields.CR2,
      fs: fields.FS_BASE,
      kernelGsBase: fields.KERNEL_GS_BASE,
      lstar: fields.LSTAR,
      hsavePa: pp.state.get("hsavePa"),
    });
  });

  test("of the root VS while another one is active gives the root VS's registers back", () => {
    const { pp } = inVmexit();
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    const before = pp.state.values();
    call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs);
    expect(promote(pp)).toEqual({ is: "given back" });
    expect(pp.state.values()).toEqual({ ...before, rip: (before.rip ?? 0n) + 4n });
    expect(machineRegisters(pp.processor)).toEqual(operatingSystemRegisters());
  });

  test("arms no breakpoint of the operating system's: the loader's code does, when its addresses mean the same again", () => {
    const { pp } = inVmexit();
    pp.vmcb.set("DR6", 0xffff_0ff4n);
    pp.vmcb.set("DR7", 0xb_0401n);
    expect(promote(pp)).toEqual({ is: "given back" });
    expect(pp.state.values(["dr6", "dr7"])).toEqual({ dr6: 0xffff_0ff4n, dr7: 0xb_0401n });
    expect(pp.processor.dr[7]).toBe(0x400n);
  });

  test("takes a VS that was only made active where what is active runs next, and not before the first exit was handled", () => {
    const promoted = ({ pp }: Scene) => {
      const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
      const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
      call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, vp, vs);
      return promote(pp, vs);
    };
    expect(promoted(inVmexit())).toEqual({ is: "given back" });
    const refused = { is: "returned", status: STATUS_INVALID_INPUT_REG1 };
    for (const scene of [inBootstrap(), inFirstVmexit()]) expect(promoted(scene)).toEqual(refused);
  });

  test("refuses a VS that has not run, and one of another processor", () => {
    const { machine, pp } = inVmexit({ ppCount: 2 });
    const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, 0n, 0n);
    expect(status(pp, SYSCALL_VS_PROMOTE, HANDLE, vs)).toBe(STATUS_INVALID_INPUT_REG1);
    const second = bootNext(machine, 1);
    expect(status(second, SYSCALL_VS_PROMOTE, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
    const { pp: fresh } = inBootstrap();
    makeRootVs(fresh);
    expect(status(fresh, SYSCALL_VS_PROMOTE, HANDLE, 0n)).toBe(STATUS_INVALID_INPUT_REG1);
  });
});
