// MSRs by which a VM would reach memory past its nested page tables: writes of them exit in every map of the kernel's

import {
  DIRECT_BASE,
  MAP_MSR,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_QUERY,
  SYSCALL_MAP_TRAP,
  SYSCALL_VS_RUN_CURRENT,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, expectOutcome, HANDLE, type Scene } from "../machine/extension-life.ts";
import { inVersion, makeGuest, VERSION_2 } from "../machine/guests.ts";
import type { LoaderOptions } from "../machine/loader.ts";
import type { Pp } from "../machine/pp.ts";

const RIP = 0x7c00n;
const RAISE_GP = 0x8000_0b0dn;
const CLOSE_READS = 1n;
const READS_AND_WRITES = 3n;
/** Where the hypervisor would be. */
const MOVED = 0x647_e000n;
const APIC = 0xfee0_0d00n;

/** An MSR, what it has, and what may and may not be written. */
type Row = readonly [string, number, bigint, readonly bigint[], readonly bigint[]];

const kept = (name: string, msr: number, value = 0x1_0000_1001n): Row => [
  name,
  msr,
  value,
  [value],
  [value | MOVED, value ^ 1n],
];
const range = (name: string, first: number, last: number): Row[] =>
  Array.from({ length: last - first + 1 }, (_, index) => kept(`${name} ${index}`, first + index));

const APIC_BASE: Row = [
  "APIC_BASE",
  0x1b,
  APIC,
  // As it is, xAPIC mode, and switched off
  [APIC, APIC & ~0x400n, APIC & ~0x800n],
  [(APIC & 0xfffn) | MOVED, APIC | (1n << 40n), APIC & ~0x100n],
];

const XSS: Row = ["XSS", 0xda0, 0n, [0n, 1n << 11n], [1n << 8n, 0x900n]];

const AMD: readonly Row[] = [
  APIC_BASE,
  XSS,
  ["LWP_CFG", 0xc000_0105, 0n, [0n], [1n, 1n << 31n]],
  ["LWP_CBADDR", 0xc000_0106, MOVED, [MOVED, 0n], [MOVED | 0x1000_0000n]],
  kept("SYSCFG", 0xc001_0010, 0x74_0000n),
  ...range("IORR and TOP_MEM", 0xc001_0016, 0xc001_001a),
  kept("TOM2", 0xc001_001d),
  kept("MMIO_CFG_BASE", 0xc001_0058),
  ...range("SMM", 0xc001_0111, 0xc001_0113),
  ...range("RMP", 0xc001_0132, 0xc001_0138),
];

const INTEL: readonly Row[] = [
  APIC_BASE,
  // XD Disable may go, and the rest change
  ["MISC_ENABLE", 0x1a0, 0x85_0089n, [0x85_0089n, 0x81_0089n], [(1n << 34n) | 0x85_0089n]],
  ...range("PRMRR", 0x1f4, 0x1f5),
  ...range("PRMRR base", 0x2a0, 0x2a7),
  ...range("uncore PRMRR", 0x2f4, 0x2f5),
  ...range("architectural PEBS", 0x3f4, 0x3f5),
  ...range("SEAMRR", 0x1400, 0x1401),
  ["PEBS_ENABLE", 0x3f1, 2n, [2n, 0n], [1n, 3n, 1n << 32n]],
  ["RTIT_CTL", 0x570, 4n, [4n, 0xcn], [5n, 1n]],
  ...range("TME", 0x981, 0x983),
  XSS,
  ...range("HW_FEEDBACK", 0x17d0, 0x17d1),
];

interface Vendor {
  readonly vendor: number;
  readonly rows: readonly Row[];
}

describe.each<readonly [string, Vendor]>([
  ["AMD", { vendor: VENDOR_AMD, rows: AMD }],
  ["Intel", { vendor: VENDOR_INTEL, rows: INTEL }],
])("on %s", (_name, { vendor, rows }) => {
  const isIntel = vendor === VENDOR_INTEL;
  const options: Partial<LoaderOptions> = { vendor, msrs: rows.map(([, msr, value]) => [msr, value]) };
  const event = isIntel ? "VMENTRY_INTERRUPT_INFORMATION_FIELD" : "EVENTINJ";
  const get = (pp: Pp, name: string) => (isIntel ? pp.vmx.get(name) : pp.vmcb.get(name));

  /** In vmexit, with a map of the kernel's, in which all MSRs pass as far as the extension is concerned. */
  function withMap(): Scene & { readonly map: bigint } {
    const scene = inVersion(VERSION_2, options);
    const map = call(scene.pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_MSR));
    call(scene.pp, SYSCALL_MAP_ATTACH, HANDLE, map, 0n);
    return { ...scene, map };
  }

  function exit(pp: Pp, msr: number, value: bigint) {
    pp.tcb.set("rcx", BigInt(msr));
    pp.tcb.set("rdx", value >> 32n);
    pp.tcb.set("rax", value & 0xffff_ffffn);
    const fields: Record<string, bigint> = isIntel
      ? { VMEXIT_INSTRUCTION_LENGTH: 2n }
      : { RAX: value & 0xffff_ffffn, NRIP: RIP + 2n, EXITINFO1: 1n };
    return pp.exit(isIntel ? 32n : 0x7cn, { RIP, RFLAGS: 2n, [event]: 0n, ...fields });
  }

  /** The VM writes an MSR, and the extension hears nothing. */
  function write(pp: Pp, msr: number, value: bigint): "written" | "#GP" {
    expectOutcome(exit(pp, msr, value), "running");
    if (get(pp, event) === 0n) {
      expect(get(pp, "RIP")).toBe(RIP + 2n);
      return "written";
    }
    expect([get(pp, event), get(pp, "RIP")]).toEqual([RAISE_GP, RIP]);
    return "#GP";
  }

  /** Whether the processor exits for a write, by the map in force. */
  function exitsForWrites({ machine, pp }: Scene, msr: number): boolean {
    const map = isIntel ? pp.vmx.get("ADDRESS_OF_MSR_BITMAPS") : pp.vmcb.get("MSRPM_BASE_PA");
    const high = msr >= 0xc001_0000 ? 2 : msr >= 0xc000_0000 ? 1 : 0;
    const bit = isIntel ? 0x4000 + high * 0x2000 + (msr & 0x1fff) : high * 0x4000 + (msr & 0x1fff) * 2 + 1;
    return ((machine.memory.peek(DIRECT_BASE + map + BigInt(bit >> 3), 1) >> BigInt(bit & 7)) & 1n) === 1n;
  }

  test.each(rows)(
    "%s: what moves nothing is written, the rest is #GP, and never the processor's",
    (_row, msr, value, allowed, refused) => {
      const scene = withMap();
      const { pp } = scene;
      expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
      expect(exitsForWrites(scene, msr)).toBe(true);
      for (const wanted of refused) {
        expect(write(pp, msr, wanted), `0x${wanted.toString(16)}`).toBe("#GP");
        expect(pp.processor.rdmsr(msr)).toBe(value);
      }
      for (const wanted of allowed) {
        pp.processor.wrmsr(msr, value);
        expect(write(pp, msr, wanted), `0x${wanted.toString(16)}`).toBe("written");
        expect(pp.processor.rdmsr(msr)).toBe(wanted);
      }
    },
  );

  test("an extension that asks for them hears of them, one at a time, and reads what it asked for", () => {
    const scene = withMap();
    const { pp, map } = scene;
    const query = (msr: number) => call(pp, SYSCALL_MAP_QUERY, HANDLE, map, BigInt(msr));
    for (const [, msr] of rows) expect(query(msr)).toBe(0n);
    const [, first] = rows[0] as Row;
    const [, last] = rows[rows.length - 1] as Row;
    call(pp, SYSCALL_MAP_TRAP, HANDLE, map, BigInt(last), BigInt(last), READS_AND_WRITES);
    expect([query(first), query(last)]).toEqual([0n, READS_AND_WRITES]);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
    expect(write(pp, first, MOVED)).toBe("#GP");
    expectOutcome(exit(pp, last, MOVED), "called");
    call(pp, SYSCALL_MAP_TRAP, HANDLE, map, BigInt(first), BigInt(first), CLOSE_READS);
    expect(query(first)).toBe(CLOSE_READS);
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
    expect(write(pp, first, MOVED)).toBe("#GP");
  });
});

test("AMD's root VM has them guarded without a map of its extension's, too; a closed guest has none of them", () => {
  const scene = inVersion(VERSION_2, { vendor: VENDOR_AMD, msrs: AMD.map(([, msr, value]) => [msr, value]) });
  const { pp } = scene;
  const write = (value: bigint) => {
    pp.tcb.set("rcx", 0x1bn);
    pp.tcb.set("rdx", 0n);
    const fields = { RAX: value, NRIP: RIP + 2n, EXITINFO1: 1n, EVENTINJ: 0n };
    expectOutcome(pp.exit(0x7cn, { RIP, RFLAGS: 2n, ...fields }), "running");
    return pp.vmcb.get("EVENTINJ") === 0n;
  };
  expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
  expect([write(APIC), write(MOVED)]).toEqual([true, false]);
  expectOutcome(pp.exit(0x72n), "called");
  makeGuest(pp).run();
  expect([write(APIC), write(MOVED)]).toEqual([false, false]);
});
