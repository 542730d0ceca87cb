// Each fault that an audit is for, planted in page tables that have no other

import { readFileSync } from "node:fs";
import * as abi from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { audit, type Finding, findingLines, type Rule } from "../../src/audit/rules.ts";
import { PAGE, readTables, translate } from "../../src/audit/tables.ts";
import { doubleMappings } from "../../src/audit/windows.ts";
import {
  FRAMES,
  KERNEL_CODE,
  KERNEL_CONSTANT,
  KERNEL_DATA,
  LARGE,
  NO_EXECUTE,
  Planted,
  PRESENT,
  TABLES,
  USER,
  USER_CODE,
  USER_DATA,
  WRITABLE,
} from "./planted.ts";

const MEMORY = abi.KERNEL_MEMORY_BASE + 0x1_0000n;
const area = (offset: number): bigint => abi.PP_AREA_BASE + BigInt(offset);
const named = (findings: readonly Finding[]) => findings.map(({ rule, where, address }) => [rule, where, address]);
const audited = async (planted: Planted) => named(audit(await planted.hypervisor()));
const HOST = "PP 0, extension 0";

test("nothing is found where nothing is wrong", async () => {
  expect(await audited(new Planted())).toEqual([]);
});

const ONE: readonly (readonly [string, bigint, bigint, readonly Rule[]])[] = [
  [
    "a kernel's page writable and executable",
    MEMORY,
    FRAMES.memory | PRESENT | WRITABLE,
    ["writable and executable", "executable where nothing is executed"],
  ],
  [
    "its code writable",
    abi.KERNEL_IMAGE_BASE,
    FRAMES.text | PRESENT | WRITABLE,
    ["writable and executable", "mapped twice with different rights"],
  ],
  [
    "an extension's code writable",
    abi.EXT_CODE_BASE,
    FRAMES.code | USER_CODE | WRITABLE,
    ["writable and executable", "mapped twice with different rights"],
  ],
  [
    "an extension's data executable",
    abi.EXT_STACK_BASE,
    FRAMES.extensionStack | USER_CODE,
    ["executable where nothing is executed"],
  ],
  [
    "ring 3 in the kernel's memory",
    MEMORY,
    FRAMES.memory | USER_DATA,
    ["ring 0's, and open to ring 3", "ring 0's, and open to ring 3"],
  ],
  [
    "ring 3 in the kernel's block",
    area(abi.PP_BLOCK),
    FRAMES.block | USER_DATA,
    ["ring 0's, and open to ring 3", "ring 0's, and open to ring 3"],
  ],
  [
    "an extension without its stack",
    abi.EXT_STACK_BASE,
    FRAMES.extensionStack | KERNEL_DATA,
    ["ring 3's, and closed to it"],
  ],
  [
    "the kernel's memory in the pool",
    abi.EXT_POOL_BASE + PAGE,
    FRAMES.memory | USER_DATA,
    ["ring 0's, and open to ring 3", "mapped twice with different rights"],
  ],
  ["a VMCB in the pool", abi.EXT_POOL_BASE + PAGE, FRAMES.vmcb | USER_DATA, ["ring 0's, and open to ring 3"]],
  ["a page table in the pool", abi.EXT_POOL_BASE + PAGE, TABLES | USER_DATA, ["ring 0's, and open to ring 3"]],
  [
    "the kernel's code writable in the direct map",
    abi.DIRECT_BASE + FRAMES.text,
    FRAMES.text | KERNEL_DATA,
    ["mapped twice with different rights"],
  ],
  [
    "one frame with other rights elsewhere",
    abi.DIRECT_BASE + FRAMES.memory,
    FRAMES.memory | KERNEL_CONSTANT,
    ["mapped twice with different rights"],
  ],
  ["a page outside of all windows", 0x7_0000_0000n, 0x50_0000n | KERNEL_DATA, ["outside of every window"]],
  ["a page at address 0", 0n, 0x50_0000n | KERNEL_DATA, ["outside of every window", "guard page present"]],
  ["a page below the kernel's stack", area(abi.PP_STACK) - PAGE, 0x50_0000n | KERNEL_DATA, ["guard page present"]],
  [
    "a page above the stack of the double fault",
    area(abi.PP_DF_STACK + abi.PP_IST_STACK_BYTES),
    0x50_0000n | KERNEL_DATA,
    ["guard page present", "guard page present"],
  ],
  [
    "a page above the extension's stack",
    abi.EXT_STACK_BASE + abi.EXT_STACK_BYTES,
    0x50_0000n | USER_DATA,
    ["guard page present"],
  ],
  ["a page where null references lead", abi.KERNEL_MEMORY_BASE, 0x50_0000n | KERNEL_DATA, ["guard page present"]],
  ["a page behind the GDT", area(abi.PP_GDT) + 0x8000n, 0x50_0000n | KERNEL_DATA, ["guard page present"]],
  ["no fail stack", abi.EXT_FAIL_STACK_BASE, 0n, ["missing"]],
];

describe("host mode", () => {
  test.each(ONE)("%s", async (_, address, entry, rules) => {
    const planted = new Planted();
    planted.map(address, entry);
    const found = await audited(planted);
    expect(found.map(([rule]) => rule).sort()).toEqual([...rules].sort());
    expect(found).toContainEqual([rules[0], HOST, address]);
  });

  test("a large page is all of its frames: of 2 MiB in the pool, over the kernel's memory", async () => {
    const planted = new Planted();
    const base = abi.EXT_POOL_BASE + (1n << 30n);
    planted.map(base, USER_DATA | LARGE, 2);
    const { structures, ...hypervisor } = await planted.hypervisor();
    const found = audit({ ...hypervisor, structures });
    expect(found.map(({ physical }) => physical)).toEqual(
      expect.arrayContaining([FRAMES.memory, FRAMES.vmcb, FRAMES.block]),
    );
  });

  test("a device in the kernel's memory; the local APIC is no finding, nor is what an extension has of a VM", async () => {
    const planted = new Planted();
    planted.map(MEMORY, 0xfeb0_0000n | KERNEL_DATA);
    planted.map(area(abi.PP_APIC), 0xfee0_0000n | KERNEL_DATA);
    planted.map(abi.EXT_DIRECT_BASE + 0xfeb0_0000n, 0xfec0_0000n | USER_DATA);
    expect(await audited(planted)).toEqual([["no memory there", HOST, MEMORY]]);
  });

  test.each([
    ["CR0.WP", { cr0: 0x8000_0033n }],
    ["EFER.NXE", { efer: 0x1501n }],
  ])("%s is clear", async (name, wrong) => {
    const { registers, ...hypervisor } = await new Planted().hypervisor();
    const found = audit({ ...hypervisor, registers: registers.map((all) => ({ ...all, ...wrong })) });
    expect(found.map(({ detail, rule, where }) => [rule, where, detail])).toEqual([
      ["protection switched off", "PP 0", name],
    ]);
  });

  test("ring 3's own tables have nothing of the microkernel but what entries need", async () => {
    const planted = new Planted();
    const { read } = planted.memory;
    const root = planted.memory.newTable();
    const map = (address: bigint, entry: bigint) => planted.memory.map(root, address, entry);
    map(abi.KERNEL_IMAGE_BASE, FRAMES.text | KERNEL_CODE);
    map(area(abi.PP_GDT), FRAMES.gdt | KERNEL_DATA);
    const look = async () => {
      const { hosts, ...rest } = await planted.hypervisor();
      const own = await readTables(read, root, "host");
      const isolated = { ...own, name: `${HOST}, ring 3's own`, ppid: 0, extension: 0, isRing3s: true };
      return audit({ ...rest, hosts: [...hosts, isolated] }).filter(({ where }) => where === isolated.name);
    };
    // It has no stack of the extension's, and needs none of the kernel's
    expect((await look()).map(({ address, rule }) => [rule, address])).toEqual([
      ["missing", abi.EXT_STACK_BASE],
      ["missing", abi.EXT_FAIL_STACK_BASE],
      ["missing", abi.EXT_TLS_BASE],
    ]);
    map(abi.KERNEL_IMAGE_BASE + PAGE, 0x50_0000n | KERNEL_CODE);
    map(area(abi.PP_BLOCK), FRAMES.block | KERNEL_DATA);
    map(MEMORY, FRAMES.memory | KERNEL_DATA);
    map(abi.DIRECT_BASE + FRAMES.vmcb, FRAMES.vmcb | KERNEL_DATA);
    const found = (await look()).filter(({ rule }) => rule === "the kernel's, in ring 3's tables");
    expect(found.map(({ address }) => address)).toEqual([
      ...[area(abi.PP_BLOCK), abi.KERNEL_IMAGE_BASE + PAGE, MEMORY],
      abi.DIRECT_BASE + FRAMES.vmcb,
    ]);
  });

  test("a frame in two places of ring 3", async () => {
    const planted = new Planted();
    planted.map(abi.EXT_POOL_BASE + PAGE, FRAMES.poolPage | USER_DATA);
    expect(await audited(planted)).toEqual([["twice in ring 3", HOST, abi.EXT_POOL_BASE + PAGE]]);
  });

  test("a frame of two extensions", async () => {
    const planted = new Planted();
    planted.memory.map(planted.second, abi.EXT_POOL_BASE + 5n * PAGE, FRAMES.poolPage | USER_DATA);
    const found = (await audited(planted)).filter(([rule]) => rule !== "missing");
    expect(found).toEqual([["of two extensions", "PP 0, extension 1", abi.EXT_POOL_BASE + 5n * PAGE]]);
  });

  test("rights are those of all levels together: one above takes away what a page gives", async () => {
    const planted = new Planted();
    const address = 0x2800_0000_0000n;
    planted.memory.map(planted.host, address, 0x50_0000n | PRESENT | WRITABLE | USER, 1, PRESENT | NO_EXECUTE);
    const { leaves } = await readTables(planted.memory.read, planted.host, "host");
    expect(leaves.find((leaf) => leaf.address === address)).toMatchObject({
      ...{ isWritable: false, isExecutable: false, isUser: false },
    });
    expect(await translate(planted.memory.read, planted.host, address + 5n)).toBe(0x50_0005n);
  });
});

const NPT = PRESENT | WRITABLE | USER;
const EPT = 0x7n;
const GIB = 1n << 30n;

describe.each([
  ["NPT", "npt", NPT],
  ["EPT", "ept", EPT],
] as const)("nested tables: %s", (_name, format, all) => {
  test("what is not the hypervisor's, is shared on purpose, or the page of zeroes may be seen", async () => {
    const planted = new Planted();
    planted.vm(format, true, (map) => {
      map(GIB, GIB | all | LARGE, 3);
      map(0x60_0000n, 0x60_0000n | all | LARGE, 2);
      map(FRAMES.ring, FRAMES.ring | all);
      map(FRAMES.memory, FRAMES.blank | (all & ~WRITABLE));
    });
    expect(await audited(planted)).toEqual([]);
  });

  test.each([
    ["4 KiB", 1, FRAMES.memory],
    ["2 MiB", 2, 0x0n],
    ["1 GiB", 3, 0x0n],
  ])("a page of %s over the hypervisor's memory is found", async (_size, level, host) => {
    const planted = new Planted();
    planted.vm(format, true, (map) => map(host, host | all | (level === 1 ? 0n : LARGE), level));
    const found = await audited(planted);
    expect(found).toContainEqual(["reachable from a VM", "VM 0 on PP 0", FRAMES.memory]);
    expect(new Set(found.map(([rule]) => rule))).toEqual(new Set(["reachable from a VM"]));
    if (level > 1) {
      const addresses = found.map(([, , address]) => address);
      expect(addresses).toEqual(expect.arrayContaining([FRAMES.text, FRAMES.handoff, FRAMES.vmcb, FRAMES.poolPage]));
      expect(addresses.includes(TABLES)).toBe(level === 3);
      expect(addresses).not.toContain(FRAMES.ring);
    }
  });

  test("at another address, too, and where it can only be read", async () => {
    const planted = new Planted();
    planted.vm(format, true, (map) => map(0x7000n, FRAMES.stack | (all & ~WRITABLE)));
    expect(await audited(planted)).toEqual([["reachable from a VM", "VM 0 on PP 0", 0x7000n]]);
  });

  test("the page of zeroes is not to be written, and the tables themselves are not to be seen", async () => {
    const planted = new Planted();
    planted.vm(format, true, (map) => map(FRAMES.block, FRAMES.blank | all));
    expect(await audited(planted)).toEqual([["reachable from a VM", "VM 0 on PP 0", FRAMES.block]]);
    const [vm] = planted.nested;
    planted.memory.map(vm?.root ?? 0n, FRAMES.block, (vm?.root ?? 0n) | all, 1, 7n);
    expect(await audited(planted)).toEqual([["reachable from a VM", "VM 0 on PP 0", FRAMES.block]]);
  });

  test("a guest has pages of its extension's, and nothing else", async () => {
    const planted = new Planted();
    planted.vm(format, false, (map) => {
      map(0n, FRAMES.poolPage | all);
      map(PAGE, FRAMES.extensionStack | all);
    });
    expect(await audited(planted)).toEqual([["reachable from a VM", "VM 1 on PP 0", PAGE]]);
  });

  test("what an entry above forbids is not reached", async () => {
    const planted = new Planted();
    planted.vm(format, true, (map) => map(0n, 0n, 4));
    const [vm] = planted.nested;
    const closed = format === "ept" ? 0n : PRESENT | WRITABLE;
    planted.memory.map(vm?.root ?? 0n, FRAMES.memory, FRAMES.memory | all, 1, closed);
    expect(await audited(planted)).toEqual([]);
  });
});

test("a VM without nested page tables is named", async () => {
  const hypervisor = await new Planted().hypervisor();
  const nested = [{ name: "VM 0 on PP 0", isRootVm: true, tables: undefined }];
  expect(named(audit({ ...hypervisor, nested }))).toEqual([["no nested page tables", "VM 0 on PP 0", 0n]]);
});

test("what is found is said in one line for each rule", async () => {
  const planted = new Planted();
  planted.map(MEMORY, FRAMES.memory | KERNEL_CODE | WRITABLE);
  planted.map(MEMORY + PAGE, 0x50_0000n | KERNEL_CODE | WRITABLE);
  const [line] = findingLines(audit(await planted.hypervisor()));
  expect(line).toBe(
    "PP 0, extension 0: writable and executable: 0x60010000, page 0x111000 (kernel memory, ring 0 RWX), and 1 more",
  );
});

test("the manual has the list of what is mapped twice", () => {
  const manual = readFileSync(new URL("../../../docs/memory.md", import.meta.url), "utf8");
  const rows = [...manual.matchAll(/^\| ([^|]+, ring [03] R\S\S) \| ([^|]+, ring [03] R\S\S) \|/gm)];
  expect(rows.map(([, one, other]) => [one, other])).toEqual(doubleMappings);
});
