// Memory that comes and goes by the door: what the kernel takes, and when it hands it out

import {
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  EXT_POOL_BASE,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_ROOM,
  GIVE_NO_TABLES,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  MEMORY_DOOR,
  NESTED_RIGHTS,
  NESTED_WRITE_BACK,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_GUARD,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_UNMAP,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
  TAKE_NOTHING,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, makeRootVs, status } from "../machine/extension-life.ts";
import { VERSION_2 } from "../machine/guests.ts";
import { CHUNKS, EXCHANGE } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import { nestedEntries } from "../machine/nested-walk.ts";
import { tablesOf } from "../machine/page-walk.ts";
import type { Pp } from "../machine/pp.ts";
import { StructureView } from "../machine/structure-view.ts";
import { usedPages } from "./page-pool.ts";

const PAGE = 0x1000n;
const KIB64 = 0x1_0000n;
const BLANK = 1n << 54n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const RAM = [0x3_0000_0000n, 0x3_0010_0000n] as const;
const [CHUNK] = RAM;
/** Memory of the operating system that is in no chunk. */
const OTHERS = 0x7000_0000n;
/** Read, write and execute, and write-back. */
const RIGHTS = BigInt(NESTED_RIGHTS) | BigInt(NESTED_WRITE_BACK);
const extension = exampleExtension({ versions: 6 });

const NMI_WINDOW = 8n;
const isIntel = (pp: Pp) => pp.processor.vmx !== undefined;
const cpuid = (pp: Pp) => pp.exit(isIntel(pp) ? 10n : 0x72n);
/** On Intel what the kernel asks for is an NMI, for whose window the VM exits; the extension lets it have it, and goes on. */
function goOn(pp: Pp): void {
  const next = pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
  if (next.is === "called" && next.reg1 === NMI_WINDOW)
    expectOutcome(pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE), "running");
  else expectOutcome(next, "running");
}

/** A hypercall of the operating system's kernel: RAX, RCX and RDX; the extension does not hear of it. */
function knock(pp: Pp, what: number, address = 0n, bytes = 0n): bigint[] {
  const registers = { rax: MEMORY_DOOR, rbx: BigInt(what), rcx: address, rdx: bytes };
  for (const [name, value] of Object.entries(registers)) pp.tcb.set(name, value);
  expectOutcome(
    isIntel(pp) ? pp.exit(18n, { SS_ATTRIB: 0xc093n }) : pp.exit(0x81n, { CPL: 0n, RAX: MEMORY_DOOR }),
    "running",
  );
  return ["rax", "rcx", "rdx"].map((name) => pp.tcb.get(name));
}

const give = (pp: Pp, address: bigint, bytes: bigint) => Number(knock(pp, DOOR_GIVE, address, bytes)[0]);

function enter(pp: Pp): Pp {
  const vs = makeRootVs(pp, false);
  call(pp, SYSCALL_NESTED_GUARD, HANDLE, vs);
  expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  return pp;
}

/** The operating system runs as guarded VMs. */
function running(vendor: number, ppCount = 1): { machine: Machine; pps: Pp[] } {
  const { machine, pp } = inBootstrap({ extension, vendor, ppCount, ram: RAM }, VERSION_2);
  const pps = [enter(pp)];
  for (let ppid = 1; ppid < ppCount; ppid++) pps.push(enter(bootNext(machine, ppid)));
  return { machine, pps };
}

/** Pages that an extension can get, in its callback: all of them, given back at once. */
function availablePages(pp: Pp): number {
  const taken: bigint[] = [];
  while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) taken.push(pp.registers[0] ?? 0n);
  for (const page of taken) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
  return taken.length;
}

const rootOf = (pp: Pp) => (isIntel(pp) ? pp.vmx.vmcs.get("EPT_POINTER") : pp.vmcb.get("N_CR3")) & ADDRESS;
const blankPages = (machine: Machine, pp: Pp) =>
  nestedEntries(machine.physical, rootOf(pp)).filter(
    ([guest, entry]) => (entry & BLANK) !== 0n && guest >= RAM[0] && guest < RAM[1],
  ).length;

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_, vendor) => {
  test("a chunk is hidden and handed out at once where there is one processor", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const before = availablePages(pp);
    goOn(pp);
    expect(blankPages(machine, pp)).toBe(0);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(blankPages(machine, pp)).toBe(16);
    expectOutcome(cpuid(pp), "called");
    // One page has the states, and some may be in use for tables
    expect(availablePages(pp)).toBeGreaterThan(before + 15 / 2);
  });

  test("nothing of it is handed out while another processor's VM may see it", () => {
    const { pps } = running(vendor, 2);
    const [first, second] = pps as [Pp, Pp];
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_LATER);
    // Again and again, and whatever else comes
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_LATER);
    expect(give(first, CHUNK + KIB64, KIB64)).toBe(GIVE_NO_ROOM);
    expectOutcome(cpuid(first), "called");
    const pages = new Set<bigint>();
    while (status(first, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) {
      pages.add((first.registers[0] ?? 0n) - EXT_POOL_BASE);
    }
    expect([...pages].filter((page) => page >= RAM[0] && page < RAM[1])).toEqual([]);
    goOn(first);
    // The other one's VM exits and is run again: it has flushed
    expect(Number(knock(second, DOOR_FLUSH)[0])).toBe(0);
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(first), "called");
    call(first, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    expect((first.registers[0] ?? 0n) - EXT_POOL_BASE).toBeGreaterThanOrEqual(RAM[0]);
  });

  test("comes where not a page is left", () => {
    const { pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_SUCCESS);
  });

  test("goes back when all is free again, though what the next one needs was taken from it", () => {
    const { pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const pages: bigint[] = [];
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) pages.push(pp.registers[0] ?? 0n);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    for (const page of pages) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    goOn(pp);
    expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_MORE);
    expect(knock(pp, DOOR_TAKE)).toEqual([BigInt(TAKE_DONE), CHUNK, KIB64]);
    expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_NOTHING);
    // And the next one finds what it needs
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
  });

  test("a chunk that is twice given, the kernel's own, a device's, or no chunk is refused, and nothing changes", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    const blank = blankPages(machine, pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_OWNED);
    expect(give(pp, BigInt(CHUNKS[0].base), KIB64)).toBe(GIVE_NOT_RAM);
    expect(give(pp, 0xfee0_0000n, KIB64)).toBe(GIVE_NOT_RAM);
    expect(give(pp, RAM[1], KIB64)).toBe(GIVE_NOT_RAM);
    expect(give(pp, CHUNK + PAGE, KIB64)).toBe(GIVE_SIZE);
    expect(give(pp, CHUNK + KIB64, KIB64 - PAGE)).toBe(GIVE_SIZE);
    expect(blankPages(machine, pp)).toBe(blank);
    expect(Number(knock(pp, 99)[0])).toBe(DOOR_UNKNOWN);
  });

  // What a call may touch is 4,096 entries: some lie behind what one look passes over
  test.each([
    ["a page in the middle of it", 0x1234_5000n, CHUNK + KIB64 / 2n, PAGE],
    ["its last page, at the highest address", (1n << 48n) - PAGE, CHUNK + KIB64 - PAGE, PAGE],
    ["2 MiB around it", 0x4000_0000n, CHUNK, 1n << 21n],
    ["a page behind 16 MiB of others", 0x100_0000n, CHUNK, PAGE],
  ])("a chunk of which another VM sees %s is refused, until it does not any more", (_what, guest, host, bytes) => {
    const { pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    const map = (at: bigint, from: bigint, length: bigint) => {
      for (let done = 0n; done < length; ) {
        done += call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, at + done, from + done, length - done, RIGHTS);
      }
    };
    // Pages of 4 KiB, because host and guest lie differently within 2 MiB
    map(0n, OTHERS + PAGE, 0x100_0000n);
    map(guest, host, bytes);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_OWNED);
    expect(give(pp, CHUNK + KIB64, KIB64)).toBe(bytes > KIB64 ? GIVE_OWNED : GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    expect(call(pp, SYSCALL_NESTED_UNMAP, HANDLE, nested, guest, bytes)).toBe(bytes);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
  });

  test("what is not needed goes back zeroed, shown again, and behind a flush of every processor", () => {
    const { machine, pps } = running(vendor, 2);
    const [first, second] = pps as [Pp, Pp];
    give(first, CHUNK, KIB64);
    knock(second, DOOR_FLUSH);
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_DONE);
    machine.physical.write(CHUNK + PAGE, new Uint8Array(16).fill(0xa5));
    let [answer = 0n, base, bytes] = knock(first, DOOR_TAKE);
    expect(Number(answer)).toBe(TAKE_MORE);
    expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_LATER);
    for (const pp of [first, second]) knock(pp, DOOR_FLUSH);
    [answer = 0n, base, bytes] = knock(first, DOOR_TAKE);
    expect([Number(answer), base, bytes]).toEqual([TAKE_DONE, CHUNK, KIB64]);
    expect(machine.physical.read(CHUNK, Number(KIB64)).every((byte) => byte === 0)).toBe(true);
    expect(blankPages(machine, first)).toBe(0);
    expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_NOTHING);
  });

  test("a chunk comes, or is refused and comes then, and goes whole, whichever allocation fails on the way", () => {
    const taken = (machine: Machine, pp: Pp): number => {
      expectOutcome(cpuid(pp), "called");
      pp.emptyReserves();
      const used = usedPages(machine);
      goOn(pp);
      return used;
    };
    let refused = 0;
    const comeAndGo = (machine: Machine, pp: Pp) => {
      let answer = give(pp, CHUNK, KIB64);
      if (answer === GIVE_NO_TABLES) {
        refused++;
        expect(blankPages(machine, pp)).toBe(0);
        answer = give(pp, CHUNK, KIB64);
      }
      expect(answer).toBe(GIVE_DONE);
      expect(blankPages(machine, pp)).toBe(16);
      expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_MORE);
      expect(knock(pp, DOOR_TAKE)).toEqual([BigInt(TAKE_DONE), CHUNK, KIB64]);
      expect(blankPages(machine, pp)).toBe(0);
    };
    let nth = 1;
    for (let isOver = false; !isOver; nth++) {
      const { machine, pps } = running(vendor);
      const [pp] = pps as [Pp];
      comeAndGo(machine, pp);
      const usual = taken(machine, pp);
      pp.failAllocation(nth);
      comeAndGo(machine, pp);
      isOver = pp.isFailureDue();
      pp.failAllocation(0);
      // What could not be kept for the next one is kept again behind it
      comeAndGo(machine, pp);
      expect([nth, taken(machine, pp)]).toEqual([nth, usual]);
    }
    expect(refused).toBeGreaterThan(0);
  });

  test("tables that an unmap leaves empty go while memory is lent, for they could keep a chunk, and stay otherwise", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    const tables = () => tablesOf(machine.physical, Number(pp.processor.cr3));
    /** The tables that are there after a page far from all others was mapped and unmapped, beyond those before. */
    const left = (physical: bigint) => {
      expectOutcome(cpuid(pp), "called");
      const before = tables();
      const virtual = call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, physical);
      const made = tables().size - before.size;
      call(pp, SYSCALL_VM_UNMAP_DIRECT, HANDLE, 0n, virtual);
      const after = [...tables()].filter((table) => !before.has(table)).length;
      goOn(pp);
      return { made, after };
    };
    // The first one also makes a table of the second level, which stays in any case
    expect(left(0x180_0000_0000n)).toEqual({ made: 3, after: 3 });
    expect(left(0x180_4000_0000n)).toEqual({ made: 2, after: 2 });
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(left(0x180_8000_0000n)).toEqual({ made: 2, after: 0 });
  });

  test("a report says what there is", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    expect(Number(knock(pp, DOOR_REPORT)[0])).toBe(0);
    const exchange = new StructureView(machine.physical, BigInt(EXCHANGE), "MemoryExchange");
    const before = exchange.get("totalPages");
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    knock(pp, DOOR_REPORT);
    expect(exchange.get("totalPages")).toBe(before + 15n);
  });
});
