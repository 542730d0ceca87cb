// Ten thousand virtual machines: as many objects as memory and 16 bits allow, and not a page is lost

import {
  DOOR_GIVE,
  GIVE_DONE,
  MAX_VMS,
  MAX_VPS,
  MAX_VSS,
  MEMORY_DOOR,
  POOL_VMS,
  POOL_VPS,
  POOL_VSS,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_VP,
  SYSCALL_STATISTICS_POOL,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { Random } from "../../../bsl/test-support/index.ts";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, status } from "../machine/extension-life.ts";
import { exitCpuid, inVersion, makeGuest, VERSION_1, VERSION_2 } from "../machine/guests.ts";
import type { Pp } from "../machine/pp.ts";
import { usedPages } from "./page-pool.ts";

const MIB = 0x10_0000;
const MINUTES = 60_000;
/** Objects of 32 bytes and of 128 in a page. */
const SMALL_IN_PAGE = 128;
const VSS_IN_PAGE = 32;
/** An exit reason of Intel. */
const NMI_WINDOW = 8n;
/** What the driver may lend. */
const RAM = [0x3_0000_0000n, 0x3_0040_0000n] as const;

const extension = exampleExtension({ versions: 6 });
const used = (pp: Pp, pool: number): number => {
  call(pp, SYSCALL_STATISTICS_POOL, HANDLE, BigInt(pool));
  return Number(pp.registers[1]);
};

interface Made {
  readonly vm: bigint;
  readonly vp: bigint;
  readonly vs: bigint;
}

function make(pp: Pp): Made {
  const vm = call(pp, SYSCALL_VM_CREATE, HANDLE);
  const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, vm);
  return { vm, vp, vs: call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n) };
}

function destroy(pp: Pp, { vm, vp, vs }: Made): void {
  call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
  call(pp, SYSCALL_VP_DESTROY, HANDLE, vp);
  call(pp, SYSCALL_VM_DESTROY, HANDLE, vm);
}

function shuffled<T>(items: readonly T[]): T[] {
  const random = new Random(10_000);
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T);
}

describe.each([
  ["AMD", VENDOR_AMD, 10_000],
  // The same but for a control block of another size
  ["Intel", VENDOR_INTEL, 1000],
])("on %s", (_, vendor, many) => {
  test(
    `${many} VMs with a VP and a VS each are made, found, run, and destroyed, and every page comes back`,
    () => {
      const { machine, pp } = inVersion(VERSION_2, { vendor, moreBytes: 80 * MIB });
      const guest = makeGuest(pp);
      destroy(pp, make(pp));
      pp.emptyReserves();
      const before = usedPages(machine);
      const counts = [POOL_VMS, POOL_VPS, POOL_VSS].map((pool) => used(pp, pool));
      const made = Array.from({ length: many }, () => make(pp));
      expect([POOL_VMS, POOL_VPS, POOL_VSS].map((pool) => used(pp, pool))).toEqual(counts.map((count) => count + many));
      for (const kind of ["vm", "vp", "vs"] as const) expect(new Set(made.map((one) => one[kind])).size).toBe(many);
      // A control block each, and the kernel's objects; registers, ten or more in a page; x87 and vector registers, three or more
      const objects = 2 * Math.ceil(many / SMALL_IN_PAGE) + Math.ceil(many / VSS_IN_PAGE);
      const pages = usedPages(machine) - before - many - objects;
      expect(pages).toBeGreaterThan(0);
      expect(pages).toBeLessThan(many / 10 + many / 3);
      // One of them, the last and the first, and one that was there before
      for (const { vm, vp, vs } of [made.at(-1), made[0], guest] as Made[]) {
        call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, vm, vp, vs);
        expect(pp.tcb.get("activeVs")).toBe(vs);
        call(pp, SYSCALL_VS_READ, HANDLE, (made[many / 2] as Made).vs, 1n);
        call(pp, SYSCALL_VM_TLB_FLUSH, HANDLE, vm);
      }
      guest.run();
      exitCpuid(pp);
      call(pp, SYSCALL_VS_SET_ACTIVE, HANDLE, 0n, 0n, 0n);
      expectOutcome(pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
      exitCpuid(pp);
      for (const one of shuffled(made)) destroy(pp, one);
      expect([POOL_VMS, POOL_VPS, POOL_VSS].map((pool) => used(pp, pool))).toEqual(counts);
      pp.emptyReserves();
      expect(usedPages(machine)).toBe(before);
      // What they were called names nothing, although the indexes come again
      const names = new Set(made.map(({ vm }) => vm));
      for (let i = 0; i < many / 10; i++) expect(names.has(call(pp, SYSCALL_VM_CREATE, HANDLE))).toBe(false);
      for (const { vm, vs } of made.filter((_, index) => index % 100 === 0)) {
        expect(status(pp, SYSCALL_VM_DESTROY, HANDLE, vm)).toBe(STATUS_INVALID_INPUT_REG1);
        expect(status(pp, SYSCALL_VS_READ, HANDLE, vs, 1n)).toBe(STATUS_INVALID_INPUT_REG1);
      }
    },
    10 * MINUTES,
  );

  test("a VS for which there is no memory is refused, and made when the driver has given some", () => {
    const { machine, pp } = inVersion(VERSION_2, { vendor, ram: RAM });
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    const made: bigint[] = [];
    const create = () => status(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n);
    while (create() === STATUS_SUCCESS) made.push(pp.registers[0] ?? 0n);
    const full = usedPages(machine);
    expect(create()).toBe(STATUS_FAILURE_UNKNOWN);
    expect(usedPages(machine)).toBe(full);
    expect(used(pp, POOL_VSS)).toBe(made.length + 1);
    // Intel's processor exits when the operating system can take the NMI that calls the driver
    const next = pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
    if (vendor === VENDOR_INTEL) expect(next).toMatchObject({ is: "called", reg1: NMI_WINDOW });
    if (vendor === VENDOR_INTEL) expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
    knock(pp);
    exitCpuid(pp);
    const more: bigint[] = [];
    while (create() === STATUS_SUCCESS) more.push(pp.registers[0] ?? 0n);
    // A VS takes less than two pages
    expect(more.length).toBeGreaterThan(Number(RAM[1] - RAM[0]) / 0x1000 / 2);
    for (const vs of shuffled([...made, ...more])) call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    expect(used(pp, POOL_VSS)).toBe(1);
    pp.emptyReserves();
    expect(usedPages(machine)).toBeLessThan(full - made.length);
  });
});

/** The driver gives all that it has. */
function knock(pp: Pp): void {
  const registers = { rax: MEMORY_DOOR, rbx: BigInt(DOOR_GIVE), rcx: RAM[0], rdx: RAM[1] - RAM[0] };
  for (const [name, value] of Object.entries(registers)) pp.tcb.set(name, value);
  const isIntel = pp.processor.vmx !== undefined;
  expectOutcome(
    isIntel ? pp.exit(18n, { SS_ATTRIB: 0xc093n }) : pp.exit(0x81n, { CPL: 0n, RAX: MEMORY_DOOR }),
    "running",
  );
  expect(pp.tcb.get("rax")).toBe(BigInt(GIVE_DONE));
}

test("a page of objects goes with its last one, but for one that is kept at hand", () => {
  const { machine, pp } = inBootstrap({ extension }, VERSION_2);
  const before = usedPages(machine);
  const made = Array.from({ length: 4 * SMALL_IN_PAGE - 1 }, () => call(pp, SYSCALL_VM_CREATE, HANDLE));
  const pages = () => usedPages(machine) - before;
  expect(pages()).toBe(3);
  // The second page stays in use until the end: those behind it go
  const kept = made.filter((vm) => vm === BigInt(SMALL_IN_PAGE));
  for (const vm of made.filter((id) => id !== BigInt(SMALL_IN_PAGE))) call(pp, SYSCALL_VM_DESTROY, HANDLE, vm);
  expect(pages()).toBe(2);
  for (const vm of kept) call(pp, SYSCALL_VM_DESTROY, HANDLE, vm);
  expect(pages()).toBe(1);
  pp.emptyReserves();
  expect(pages()).toBe(0);
});

test("another processor has dropped the translation of a page that went before it looks at any object", () => {
  const { machine, pp } = inBootstrap({ extension, ppCount: 2 }, VERSION_2);
  const second = bootNext(machine, 1);
  const made = Array.from({ length: 3 * SMALL_IN_PAGE }, () => call(pp, SYSCALL_VM_CREATE, HANDLE));
  // What is asked of it from now on is asked by the page
  call(second, SYSCALL_VM_DESTROY, HANDLE, call(second, SYSCALL_VM_CREATE, HANDLE));
  for (const vm of made) call(pp, SYSCALL_VM_DESTROY, HANDLE, vm);
  second.processor.flushes.length = 0;
  let flushed: string[] | undefined;
  const write = machine.serial.write.bind(machine.serial);
  machine.serial.write = (port, value) => {
    flushed ??= [...second.processor.flushes];
    write(port, value);
  };
  expect(status(second, SYSCALL_DEBUG_DUMP_VP, 0n)).toBe(STATUS_SUCCESS);
  expect(flushed).toEqual(["all"]);
});

describe("an extension of version 1", () => {
  const LIMITS = [
    ["VMs", SYSCALL_VM_CREATE, [], MAX_VMS - 1],
    ["VPs", SYSCALL_VP_CREATE, [0n], MAX_VPS],
  ] as const;

  test.each(LIMITS)("has the limits of Bareflank 3.0, with memory for more: %s", (_, create, registers, limit) => {
    const { pp } = inBootstrap({ moreBytes: 8 * MIB }, VERSION_1);
    for (let i = 0; i < limit; i++) expect(call(pp, create, HANDLE, ...registers)).toBe(BigInt(i + (limit % 2)));
    expect(status(pp, create, HANDLE, ...registers)).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test("has them for VSs, too", () => {
    const { pp } = inBootstrap({ moreBytes: 8 * MIB }, VERSION_1);
    const vp = call(pp, SYSCALL_VP_CREATE, HANDLE, 0n);
    for (let i = 0; i < MAX_VSS; i++) expect(call(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n)).toBe(BigInt(i));
    expect(status(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
  });
});
