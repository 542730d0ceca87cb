// Intel: the structures that a VS of version 2 uses are attached, and no register names another (SDM volume 3, 25.6)

import * as abi from "@bareflank/abi";
import {
  MAP_IO,
  MAP_MSR,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_VMEXIT_LOG,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_DETACH,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DETACH,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_READ,
  SYSCALL_VS_WRITE,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { call, HANDLE, inBootstrap, inGuest, type Scene, status } from "../machine/extension-life.ts";
import { inVersion, VERSION_2 } from "../machine/guests.ts";

const extension = exampleExtension({ versions: 6 });
const numberOf = (name: string) =>
  BigInt(Object.entries(abi).find(([known]) => known === `INTEL_REG_${name}`)?.[1] as number);

function withVs(): Scene & { vs: bigint } {
  const scene = inBootstrap({ extension, vendor: VENDOR_INTEL }, VERSION_2);
  const vp = call(scene.pp, SYSCALL_VP_CREATE, HANDLE, 0n);
  return { ...scene, vs: call(scene.pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n) };
}

type WithVs = ReturnType<typeof withVs>;
const read = ({ pp, vs }: WithVs, name: string) => call(pp, SYSCALL_VS_READ, HANDLE, vs, numberOf(name));
const write = ({ pp, vs }: WithVs, name: string, value: bigint) =>
  status(pp, SYSCALL_VS_WRITE, HANDLE, vs, numberOf(name), value);

const PRIMARY = "PRIMARY_PROC_BASED_VM_EXECUTION_CTLS";
const SECONDARY = "SECONDARY_PROC_BASED_VM_EXECUTION_CTLS";
const [TPR_SHADOW, IO_BITMAPS, MSR_BITMAPS, SECONDARIES] = [1n << 21n, 1n << 25n, 1n << 28n, 1n << 31n];
const [EPT, UNRESTRICTED] = [2n, 0x80n];

describe("a map", () => {
  test("of ports has two pages, and its control is on while it is attached", () => {
    const scene = withVs();
    const { pp, vs } = scene;
    const map = call(pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_IO));
    const before = read(scene, PRIMARY);
    expect(before & IO_BITMAPS).toBe(0n);
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
    const first = read(scene, "ADDRESS_OF_IO_BITMAP_A");
    expect(first).not.toBe(0n);
    expect(first & 0xfffn).toBe(0n);
    expect(read(scene, "ADDRESS_OF_IO_BITMAP_B")).toBe(first + 0x1000n);
    expect(read(scene, PRIMARY)).toBe(before | IO_BITMAPS);
    call(pp, SYSCALL_MAP_DETACH, HANDLE, map, vs);
    expect([read(scene, "ADDRESS_OF_IO_BITMAP_A"), read(scene, "ADDRESS_OF_IO_BITMAP_B")]).toEqual([0n, 0n]);
    expect(read(scene, PRIMARY)).toBe(before);
  });

  test("of MSRs has one, and its control is on while it is attached", () => {
    const scene = withVs();
    const { pp, vs } = scene;
    const map = call(pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(MAP_MSR));
    const before = read(scene, PRIMARY);
    expect(before & MSR_BITMAPS).toBe(0n);
    call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
    expect(read(scene, "ADDRESS_OF_MSR_BITMAPS")).not.toBe(0n);
    expect(read(scene, PRIMARY)).toBe(before | MSR_BITMAPS);
    call(pp, SYSCALL_MAP_DETACH, HANDLE, map, vs);
    expect(read(scene, "ADDRESS_OF_MSR_BITMAPS")).toBe(0n);
    expect(read(scene, PRIMARY)).toBe(before);
  });
});

describe("a register of a VS whose structures are attached", () => {
  const ADDRESSES = [
    "ADDRESS_OF_IO_BITMAP_A",
    "ADDRESS_OF_IO_BITMAP_B",
    "ADDRESS_OF_MSR_BITMAPS",
    "VMEXIT_MSR_STORE_ADDRESS",
    "VMEXIT_MSR_LOAD_ADDRESS",
    "VMENTRY_MSR_LOAD_ADDRESS",
    "EXECUTIVE_VMCS_POINTER",
    "PML_ADDRESS",
    "VIRTUAL_APIC_ADDRESS",
    "APIC_ACCESS_ADDRESS",
    "POSTED_INTERRUPT_DESCRIPTOR_ADDRESS",
    "EPT_POINTER",
    "EPTP_LIST_ADDRESS",
    "VMREAD_BITMAP_ADDRESS",
    "VMWRITE_BITMAP_ADDRESS",
    "VIRT_EXCEPTION_INFORMATION_ADDRESS",
    "SUB_PAGE_PERMISSION_TABLE_POINTER",
  ];

  test.each(ADDRESSES)("that names memory takes no value, not even 0: %s", (name) => {
    const scene = withVs();
    for (const value of [0n, 0x5000n]) expect(write(scene, name, value)).toBe(STATUS_INVALID_PERM_DENIED);
  });

  test.each(["PML_INDEX", "TSC_OFFSET", "XSS_EXITING_BITMAP", "ENCLS_EXITING_BITMAP", "EOI_EXIT_BITMAP0"])(
    "beside these takes one: %s",
    (name) => {
      expect(write(withVs(), name, 5n)).toBe(STATUS_SUCCESS);
    },
  );

  test.each([
    ["VM_FUNCTION_CONTROLS", 0n, 1n],
    ["VMEXIT_MSR_STORE_COUNT", 0n, 1n],
    ["VMEXIT_MSR_LOAD_COUNT", 0n, 1n],
    ["VMENTRY_MSR_LOAD_COUNT", 0n, 1n],
    ["VMCS_LINK_POINTER", ~0n, 0x5000n],
    ["VMCS_LINK_POINTER", ~0n, 0n],
    ["PIN_BASED_VM_EXECUTION_CTLS", 1n << 6n, 1n << 7n],
    [PRIMARY, SECONDARIES, TPR_SHADOW],
    [PRIMARY, 0n, IO_BITMAPS],
    [PRIMARY, 0n, MSR_BITMAPS],
    ...[0n, 8n, 9n, 13n, 14n, 17n, 18n, 23n].map((bit) => [SECONDARY, 1n << 3n, 1n << bit] as const),
    [SECONDARY, 0n, EPT],
  ] as const)("that makes the processor use memory: %s takes 0x%x, and not 0x%x", (name, allowed, denied) => {
    const scene = withVs();
    expect(write(scene, name, denied)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(scene, name, BigInt.asUintN(64, allowed))).toBe(STATUS_SUCCESS);
  });

  test("may ask for what is attached, and then only with it", () => {
    const scene = withVs();
    const { pp, vs } = scene;
    const maps = [MAP_IO, MAP_MSR].map((kind) => call(pp, SYSCALL_MAP_CREATE, HANDLE, BigInt(kind)));
    for (const map of maps) call(pp, SYSCALL_MAP_ATTACH, HANDLE, map, vs);
    expect(write(scene, PRIMARY, IO_BITMAPS | MSR_BITMAPS)).toBe(STATUS_SUCCESS);
    expect(write(scene, PRIMARY, IO_BITMAPS | MSR_BITMAPS | TPR_SHADOW)).toBe(STATUS_INVALID_PERM_DENIED);
    call(pp, SYSCALL_MAP_DETACH, HANDLE, maps[0] ?? 0n, vs);
    expect(write(scene, PRIMARY, IO_BITMAPS)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(scene, PRIMARY, MSR_BITMAPS)).toBe(STATUS_SUCCESS);
  });

  test("keeps EPT on while tables are attached, and an unrestricted guest goes with them", () => {
    const scene = withVs();
    const { pp, vs } = scene;
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, vs);
    expect(read(scene, SECONDARY) & EPT).toBe(EPT);
    expect(write(scene, SECONDARY, UNRESTRICTED)).toBe(STATUS_INVALID_PERM_DENIED);
    expect(write(scene, SECONDARY, EPT | UNRESTRICTED)).toBe(STATUS_SUCCESS);
    call(pp, SYSCALL_NESTED_DETACH, HANDLE, nested, vs);
    expect(read(scene, SECONDARY) & (EPT | UNRESTRICTED)).toBe(0n);
  });
});

test("what the processor knows by the tables that a running VS had is gone, and by those that it gets", () => {
  const { pp } = inVersion(VERSION_2, { vendor: VENDOR_INTEL });
  const tables = [0, 1].map(() => call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n));
  const pointer = () => `EPT 0x${pp.vmx.get("EPT_POINTER").toString(16)}`;
  const flushed = (nested: bigint) => {
    pp.processor.flushes.length = 0;
    call(pp, SYSCALL_NESTED_ATTACH, HANDLE, nested, 0n);
    return pp.processor.flushes.filter((what) => what.startsWith("EPT"));
  };
  flushed(tables[0] ?? 0n);
  const before = pointer();
  const gone = flushed(tables[1] ?? 0n);
  expect([gone[0], gone.at(-1)]).toEqual([before, pointer()]);
  expect(pointer()).not.toBe(before);
});

test("the log of exits has Intel's words: reason, qualification, guest physical address, RIP and RAX", () => {
  const { machine, pp } = inGuest({ vendor: VENDOR_INTEL, debugLevel: 2 });
  for (let i = 1n; i <= 2n; i++) {
    pp.tcb.set("rax", 0x100n * i);
    pp.exit(10n, { RIP: 0x1000n * i, EXIT_QUALIFICATION: i, PHYSICAL_ADDRESS: 0x10n * i });
    if (i < 2n) pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
  }
  call(pp, SYSCALL_DEBUG_DUMP_VMEXIT_LOG, 0n);
  expect(machine.log.match(/^ {2}0x.*$/gm)).toEqual([
    "  0x0 0xa 0x1 0x10 0x1000 0x100",
    "  0x0 0xa 0x2 0x20 0x2000 0x200",
  ]);
});
