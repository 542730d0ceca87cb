// CPUID faulting: an operating system's wish counts for its programs, and never for the hypervisor's own ring 3

import {
  AMD_REG_INTERCEPT_INSTRUCTION1,
  MAP_MSR,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_QUERY,
  SYSCALL_MAP_TRAP,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_RUN_CURRENT,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, EXIT_CPUID, expectOutcome, HANDLE, INTEL_EXIT_CPUID, type Scene } from "../machine/extension-life.ts";
import { inVersion, makeGuest, VERSION_1, VERSION_2 } from "../machine/guests.ts";
import type { LoaderOptions } from "../machine/loader.ts";
import type { Outcome, Pp } from "../machine/pp.ts";

const RIP = 0x7c00n;
const RF = 1n << 16n;
const RAISE_GP = 0x8000_0b0dn;
/** CR0.PE: exceptions have error codes. */
const PROTECTED = 1n;
const READS_AND_WRITES = 3n;

interface Vendor {
  readonly name: string;
  readonly isIntel: boolean;
  /** The MSR, the bit, and another of it that is the machine's. */
  readonly msr: number;
  readonly bit: bigint;
  readonly other: bigint;
  /** A processor that has it, with a value of the MSR. */
  readonly having: (value: bigint) => Partial<LoaderOptions>;
  /** Processors that do not. */
  readonly lacking: readonly Partial<LoaderOptions>[];
  /** What is to be set for a CPL. */
  readonly privilege: (level: bigint) => Record<string, bigint>;
  readonly cpuid: bigint;
  readonly access: (isWrite: boolean) => { readonly reason: bigint; readonly fields: Record<string, bigint> };
  readonly event: string;
}

const HWCR = 0xc001_0015;
const amdLeaves = (eax: number, last = 0x8000_0021): LoaderOptions["leaves"] => [
  [0x8000_0000, [last | 0, 0, 0, 0]],
  [0x8000_0008, [0x3030, 0, 0, 0]],
  [0x8000_000a, [1, 16, 0, 1]],
  [0x8000_0021, [eax, 0, 0, 0]],
];

const VENDORS: readonly Vendor[] = [
  {
    name: "AMD",
    isIntel: false,
    msr: HWCR,
    bit: 1n << 35n,
    other: 1n << 25n,
    having: (value) => ({ vendor: VENDOR_AMD, leaves: amdLeaves(1 << 17), msrs: [[HWCR, value]] }),
    lacking: [
      { vendor: VENDOR_AMD, leaves: amdLeaves(0), msrs: [[HWCR, 0n]] },
      { vendor: VENDOR_AMD, leaves: amdLeaves(1 << 17, 0x8000_0020), msrs: [[HWCR, 0n]] },
    ],
    privilege: (level) => ({ CPL: level, CR0: PROTECTED }),
    cpuid: EXIT_CPUID,
    access: (isWrite) => ({ reason: 0x7cn, fields: { EXITINFO1: isWrite ? 1n : 0n } }),
    event: "EVENTINJ",
  },
  {
    name: "Intel",
    isIntel: true,
    msr: 0x140,
    bit: 1n,
    other: 2n,
    having: (value) => ({
      vendor: VENDOR_INTEL,
      msrs: [
        [0xce, 1n << 31n],
        [0x140, value],
      ],
    }),
    lacking: [
      { vendor: VENDOR_INTEL, msrs: [[0x140, 0n]] },
      {
        vendor: VENDOR_INTEL,
        msrs: [
          [0xce, ~(1n << 31n) & 0xffff_ffff_ffff_ffffn],
          [0x140, 0n],
        ],
      },
    ],
    privilege: (level) => ({ SS_ATTRIB: 0xc093n | (level << 5n) }),
    cpuid: INTEL_EXIT_CPUID,
    access: (isWrite) => ({ reason: isWrite ? 32n : 31n, fields: { VMEXIT_INSTRUCTION_LENGTH: 2n } }),
    event: "VMENTRY_INTERRUPT_INFORMATION_FIELD",
  },
];

describe.each(VENDORS)("on $name", (vendor) => {
  const { isIntel, msr, bit, other, having, event } = vendor;
  const get = (pp: Pp, name: string) => (isIntel ? pp.vmx.get(name) : pp.vmcb.get(name));
  const goOn = (pp: Pp) => expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
  const runAsItIs = (pp: Pp) => expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");

  /** The VM executes CPUID at a privilege level. */
  function cpuid(pp: Pp, level: bigint): Outcome {
    const length: Record<string, bigint> = isIntel ? { VMEXIT_INSTRUCTION_LENGTH: 2n } : { NRIP: RIP + 2n };
    return pp.exit(vendor.cpuid, { RIP, RFLAGS: 2n, [event]: 0n, ...length, ...vendor.privilege(level) });
  }

  function expectFault(pp: Pp, outcome: Outcome): void {
    expect(outcome.is).toBe("running");
    expect([get(pp, event), get(pp, "RIP"), get(pp, "RFLAGS")]).toEqual([RAISE_GP, RIP, 2n | RF]);
  }

  /** In vmexit, with a map of the kernel's of MSRs attached, as SDKs do. */
  function withMap(options: Partial<LoaderOptions>): Scene & { readonly map: bigint } {
    const scene = inVersion(VERSION_2, options);
    const map = call(scene.pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_MSR));
    call(scene.pp, SYSCALL_MAP_ATTACH, HANDLE, map, 0n);
    return { ...scene, map };
  }

  /** The VM reads or writes the MSR, and does not exit to the extension. */
  function access(pp: Pp, value?: bigint): bigint | "written" | "#GP" {
    const { reason, fields } = vendor.access(value !== undefined);
    pp.tcb.set("rcx", BigInt(msr));
    pp.tcb.set("rdx", (value ?? 0n) >> 32n);
    pp.tcb.set("rax", (value ?? 0n) & 0xffff_ffffn);
    if (!isIntel) pp.vmcb.set("RAX", (value ?? 0n) & 0xffff_ffffn);
    const next: Record<string, bigint> = isIntel ? {} : { NRIP: RIP + 2n };
    expectOutcome(pp.exit(reason, { RIP, RFLAGS: 2n, [event]: 0n, ...next, ...fields }), "running");
    if (get(pp, event) !== 0n) {
      expect([get(pp, event), get(pp, "RIP")]).toEqual([RAISE_GP, RIP]);
      return "#GP";
    }
    expect(get(pp, "RIP")).toBe(RIP + 2n);
    return value === undefined ? (pp.tcb.get("rdx") << 32n) | pp.tcb.get("rax") : "written";
  }

  test("the root VM's wish is its own: it reads back, counts for its programs, and the processor has none", () => {
    const { pp } = withMap(having(0n));
    runAsItIs(pp);
    expect(access(pp, bit | other)).toBe("written");
    expect(access(pp)).toBe(bit | other);
    expect(pp.processor.rdmsr(msr)).toBe(other);
    expectFault(pp, cpuid(pp, 3n));
    expectFault(pp, cpuid(pp, 1n));
    expect(cpuid(pp, 0n)).toMatchObject({ is: "called", reg1: vendor.cpuid });
    goOn(pp);
    expect(get(pp, "RIP")).toBe(RIP + 2n);
    expect(access(pp, 0n)).toBe("written");
    expect(access(pp)).toBe(0n);
    expect(cpuid(pp, 3n)).toMatchObject({ is: "called", reg1: vendor.cpuid });
  });

  test("an extension that traps the MSR writes what the VM wants with intrinsic_wrmsr, as every SDK does", () => {
    const { pp, map } = withMap(having(0n));
    call(pp, SYSCALL_MAP_TRAP, HANDLE, map, BigInt(msr), BigInt(msr), READS_AND_WRITES);
    expect(call(pp, SYSCALL_MAP_QUERY, HANDLE, map, BigInt(msr)) & READS_AND_WRITES).toBe(READS_AND_WRITES);
    runAsItIs(pp);
    const { reason, fields } = vendor.access(true);
    pp.tcb.set("rcx", BigInt(msr));
    expect(pp.exit(reason, { RIP, ...fields })).toMatchObject({ is: "called", reg1: reason });
    call(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(msr), bit);
    expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(msr))).toBe(bit);
    expect(pp.processor.rdmsr(msr)).toBe(0n);
    runAsItIs(pp);
    expectFault(pp, cpuid(pp, 3n));
  });

  test("a map that traps nothing of it shows the extension so", () => {
    const { pp, map } = withMap(having(0n));
    expect(call(pp, SYSCALL_MAP_QUERY, HANDLE, map, BigInt(msr))).toBe(0n);
  });

  test("what the processor came with is the root VM's, and what that has is the processor's afterwards", () => {
    const { pp } = withMap(having(bit | other));
    expect(pp.processor.rdmsr(msr)).toBe(other);
    runAsItIs(pp);
    expectFault(pp, cpuid(pp, 3n));
    expect(access(pp)).toBe(bit | other);
    expect(cpuid(pp, 0n).is).toBe("called");
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.processor.rdmsr(msr)).toBe(bit | other);
  });

  test("a root VM that has taken its wish back leaves none behind", () => {
    const { pp } = withMap(having(bit));
    runAsItIs(pp);
    expect(access(pp, 0n)).toBe("written");
    expect(cpuid(pp, 3n).is).toBe("called");
    expect(pp.syscall(SYSCALL_VS_PROMOTE, HANDLE, 0n)).toEqual({ is: "given back" });
    expect(pp.processor.rdmsr(msr)).toBe(0n);
  });

  test("each VS has its own", () => {
    const { pp } = withMap(having(0n));
    const guest = makeGuest(pp);
    if (!isIntel) guest.write(AMD_REG_INTERCEPT_INSTRUCTION1, 1n << 18n);
    call(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(msr), bit);
    guest.activate();
    expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(msr))).toBe(0n);
    runAsItIs(pp);
    expect(cpuid(pp, 3n)).toMatchObject({ is: "called", reg1: vendor.cpuid });
    call(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(msr), bit);
    runAsItIs(pp);
    expectFault(pp, cpuid(pp, 3n));
  });

  test.each(vendor.lacking)("where the processor does not have it, writing the bit is #GP as ever", (lacking) => {
    const { pp } = withMap(lacking);
    const { processor } = pp;
    const write = processor.wrmsr.bind(processor);
    processor.wrmsr = (index, value) => {
      if (index === msr && (value & bit) !== 0n) return write(0xdead, value);
      write(index, value);
    };
    runAsItIs(pp);
    expect(access(pp, bit)).toBe("#GP");
    expect(access(pp, other)).toBe("written");
    expect(cpuid(pp, 3n)).toMatchObject({ is: "called" });
  });
});

test("on AMD, a closed map of the kernel's own lets no guest near it", () => {
  const amd = VENDORS[0] as Vendor;
  const { pp } = inVersion(VERSION_2, amd.having(0n));
  makeGuest(pp).run();
  pp.tcb.set("rcx", BigInt(amd.msr));
  expectOutcome(pp.exit(0x7cn, { RIP, EVENTINJ: 0n, EXITINFO1: 0n, CR0: PROTECTED }), "running");
  expect(pp.vmcb.get("EVENTINJ")).toBe(RAISE_GP);
});

test("on AMD, the kernel's own open map serves it to a VM of version 1", () => {
  const amd = VENDORS[0] as Vendor;
  const { pp } = inVersion(VERSION_1, amd.having(0n));
  expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
  pp.tcb.set("rcx", BigInt(amd.msr));
  pp.tcb.set("rdx", 8n);
  expectOutcome(pp.exit(0x7cn, { RIP, EVENTINJ: 0n, EXITINFO1: 1n, RAX: 0n, NRIP: RIP + 2n }), "running");
  expect([pp.vmcb.get("EVENTINJ"), pp.processor.rdmsr(amd.msr)]).toEqual([0n, 0n]);
  const outcome = pp.exit(EXIT_CPUID, { RIP, EVENTINJ: 0n, CPL: 3n });
  expect([outcome.is, pp.vmcb.get("EVENTINJ")]).toEqual(["running", RAISE_GP]);
});
