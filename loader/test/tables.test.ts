// Host mode's page tables, checked by walking them: every mapping of every processor

import {
  BOOT_ARGS_ARENA_BYTES,
  BOOT_ARGS_ARENA_COUNT,
  BOOT_ARGS_ARENA_PHYS,
  BOOT_ARGS_ARENA_USED,
  BOOT_ARGS_EXCHANGE_PHYS,
  BOOT_ARGS_REPORT_PHYS,
  BOOT_ARGS_RING_PHYS,
  DEBUG_RING_AREA_BYTES,
  DIRECT_BASE,
  EXT_FILE_BASE,
  HANDOFF_BASE,
  HANDOFF_STATE_STRIDE,
  IOCTL_START,
  PP_AREA_BASE,
  PP_ARGS,
  PP_BLOCK,
  PP_STACK,
  PP_STACK_BYTES,
  PP_STATE,
  SAVED_STATE_HOST_CR3,
  SAVED_STATE_TRANSITION_CR3,
} from "@bareflank/abi";
import { beforeAll, describe, expect, it } from "vitest";
import { DATA, extensionImage, LINEAR, Machine, RODATA, TEXT, toDirect } from "./machine/machine.ts";
import { type Mapping, walk } from "./machine/page-walk.ts";
import { MODULE, MODULE_PHYSICAL } from "./machine/platform.ts";

const CPUS = 3;
const PAGE = 4096n;

interface Chunk {
  readonly physical: bigint;
  readonly bytes: bigint;
  readonly used: bigint;
}

let machine: Machine;
const views: { readonly root: bigint; readonly mappings: readonly Mapping[]; readonly tables: ReadonlySet<bigint> }[] =
  [];
let chunks: Chunk[];
let ring: bigint;
let reports: bigint;
let exchange: bigint;
let transition: readonly Mapping[];

const at = (cpu: number, virtual: bigint) => views[cpu]?.mappings.find((mapping) => mapping.virtual === virtual);
const within = (cpu: number, from: bigint, bytes: bigint) =>
  (views[cpu]?.mappings ?? []).filter(({ virtual }) => virtual >= from && virtual < from + bytes);

beforeAll(() => {
  machine = new Machine(CPUS);
  expect(machine.load().error).toBe(0);
  expect(machine.operate(IOCTL_START).error).toBe(0);
  for (const { state } of machine.demotions) {
    const root = machine.memory.peek(state + BigInt(SAVED_STATE_HOST_CR3), 8);
    views.push({ root, ...walk(machine.memory, root, toDirect) });
  }
  const state = machine.demotions[0]?.state ?? 0n;
  const args = machine.argsOf(state);
  const field = (offset: number) => machine.memory.peek(args + BigInt(offset), 8);
  chunks = Array.from({ length: Number(field(BOOT_ARGS_ARENA_COUNT) & 0xffff_ffffn) }, (_, i) => ({
    physical: field(BOOT_ARGS_ARENA_PHYS + 8 * i),
    bytes: field(BOOT_ARGS_ARENA_BYTES + 8 * i),
    used: field(BOOT_ARGS_ARENA_USED + 8 * i),
  }));
  ring = field(BOOT_ARGS_RING_PHYS);
  reports = field(BOOT_ARGS_REPORT_PHYS) & ~(PAGE - 1n);
  exchange = field(BOOT_ARGS_EXCHANGE_PHYS);
  transition = walk(
    machine.memory,
    machine.memory.peek(state + BigInt(SAVED_STATE_TRANSITION_CR3), 8),
    toDirect,
  ).mappings;
});

it("has a table for each 512 GiB of the direct map that memory lies under, whose entry no processor's own differs in", () => {
  const wide = new Machine(2);
  const [GIB512, MIB] = [1n << 39n, 1n << 20n];
  const ram = [
    [0x10_0000_0000n, 0x20_0000_0000n],
    [2n * GIB512 - MIB, 2n * GIB512 + MIB],
    [5n * GIB512, 5n * GIB512 + MIB],
  ] as const;
  wide.platform.ram = ram;
  expect(wide.load().error).toBe(0);
  expect(wide.operate(IOCTL_START).error).toBe(0);
  const entries = wide.demotions.map(({ state }) => {
    const root = toDirect(wide.memory.peek(state + BigInt(SAVED_STATE_HOST_CR3), 8));
    const first = DIRECT_BASE / GIB512;
    return Array.from({ length: 8 }, (_, index) => wide.memory.peek(root + 8n * (first + BigInt(index)), 8));
  });
  expect(entries[0]?.map((entry) => entry !== 0n)).toEqual([true, true, true, false, false, true, false, false]);
  expect(entries[1]).toEqual(entries[0]);
});

describe("every processor's table", () => {
  it("maps nothing writable and executable, and nothing for ring 3", () => {
    for (const { mappings } of views) {
      expect(mappings.filter(({ isWritable, isExecutable }) => isWritable && isExecutable)).toEqual([]);
      expect(mappings.filter(({ isUser }) => isUser)).toEqual([]);
    }
  });

  it("has no second mapping through which code or constants could be written", () => {
    for (const { mappings } of views) {
      const writable = new Set(mappings.filter(({ isWritable }) => isWritable).map(({ physical }) => physical));
      const constant = mappings.filter(({ virtual }) => virtual >= TEXT && virtual < DATA);
      expect(constant).toHaveLength(3);
      for (const { physical } of constant) expect(writable.has(physical)).toBe(false);
    }
  });

  it("maps the kernel's segments with their contents and rights", () => {
    for (let cpu = 0; cpu < CPUS; cpu++) {
      const rights = (from: bigint, bytes: bigint) =>
        within(cpu, from, bytes).map(({ virtual, isWritable, isExecutable }) => [virtual, isWritable, isExecutable]);
      expect(rights(TEXT, 0x2000_0000n)).toEqual([
        [TEXT, false, true],
        [TEXT + PAGE, false, true],
        [RODATA, false, false],
        [DATA, true, false],
        [DATA + PAGE, true, false],
        [DATA + 2n * PAGE, true, false],
      ]);
      expect(rights(0x6000_0000n, 0x2_0000_0000n)).toEqual(
        Array.from({ length: 8 }, (_, i) => [LINEAR + BigInt(i) * PAGE, true, false]),
      );
      const read = (virtual: bigint) => machine.memory.read(toDirect(at(cpu, virtual)?.physical ?? 0n), 4096);
      expect(read(TEXT)).toEqual(new Uint8Array(4096).fill(0x90));
      expect(read(TEXT + PAGE)).toEqual(Uint8Array.from({ length: 4096 }, (_, i) => (i < 0x800 ? 0x90 : 0)));
      expect(read(DATA)).toEqual(Uint8Array.from({ length: 4096 }, (_, i) => (i < 0x100 ? 0x44 : 0)));
      expect(read(LINEAR)).toEqual(new Uint8Array(4096));
    }
  });

  it("has the stack between guard pages, and the other parts of the private area alone", () => {
    const expected = [
      ...Array.from({ length: PP_STACK_BYTES / 4096 }, (_, i) => PP_STACK + i * 4096),
      PP_BLOCK,
      PP_ARGS,
      PP_STATE,
    ].map((offset) => PP_AREA_BASE + BigInt(offset));
    for (let cpu = 0; cpu < CPUS; cpu++) {
      expect(within(cpu, 0n, 0x4000_0000n).map(({ virtual }) => virtual)).toEqual(expected);
      expect(within(cpu, 0n, 0x4000_0000n).every(({ isWritable, isExecutable }) => isWritable && !isExecutable)).toBe(
        true,
      );
    }
  });

  it("shares nothing of the private area, and everything else", () => {
    const own = views.map(({ mappings }) =>
      mappings.filter(({ virtual }) => virtual < 0x4000_0000n).map((m) => m.physical),
    );
    expect(new Set(own.flat()).size).toBe(own.flat().length);
    const shared = views.map(({ mappings }) => mappings.filter(({ virtual }) => virtual >= 0x4000_0000n));
    for (const other of shared) expect(other).toEqual(shared[0]);
    expect(new Set(views.map(({ root }) => root)).size).toBe(CPUS);
  });

  it("maps the extension's file read-only, page by page where it lies", () => {
    const file = extensionImage();
    const mappings = within(1, EXT_FILE_BASE, 0x100_0000n);
    expect(mappings).toHaveLength(Math.ceil(file.length / 4096));
    expect(mappings.some(({ isWritable, isExecutable }) => isWritable || isExecutable)).toBe(false);
    const buffers = [...machine.platform.blocks]
      .filter(([, { kind }]) => kind === "pieces")
      .map(([address]) => address);
    const buffer = buffers.at(-1) ?? 0n;
    expect(mappings.map(({ physical }) => physical)).toEqual(
      mappings.map((_, i) => machine.platform.physicalAddress(buffer + BigInt(i) * PAGE)),
    );
    expect(machine.memory.read(buffer, file.length)).toEqual(file);
  });

  it("maps the whole arena, the ring, the reports and the exchange at DIRECT_BASE, and nothing else there", () => {
    const areas = [
      ...chunks,
      { physical: ring, bytes: BigInt(DEBUG_RING_AREA_BYTES) },
      { physical: reports, bytes: PAGE },
      { physical: exchange, bytes: PAGE },
    ];
    const pages = areas.flatMap(({ physical, bytes }) =>
      Array.from({ length: Number(bytes / PAGE) }, (_, i) => physical + BigInt(i) * PAGE),
    );
    const direct = within(2, DIRECT_BASE, 1n << 45n);
    expect(direct.map(({ physical }) => physical)).toEqual(pages.sort((a, b) => (a < b ? -1 : 1)));
    expect(
      direct.every(({ virtual, physical, isExecutable }) => virtual === DIRECT_BASE + physical && !isExecutable),
    ).toBe(true);
  });

  it("maps a copy of the hand-off page and every SavedState behind it, the transition table at both addresses", () => {
    const code = { physical: MODULE_PHYSICAL, isWritable: false, isExecutable: true, isUser: false };
    // What host mode executes lies where the operating system cannot change it when it is a VM
    const physical = within(0, HANDOFF_BASE, PAGE)[0]?.physical ?? 0n;
    expect(chunks.some((chunk) => physical >= chunk.physical && physical < chunk.physical + chunk.used)).toBe(true);
    expect(machine.memory.read(toDirect(physical), 4096)).toEqual(machine.memory.read(MODULE, 4096));
    const states = machine.demotions.map(({ state }) => state);
    const data = states.map((state) => ({
      physical: machine.platform.physicalAddress(state),
      isWritable: true,
      isExecutable: false,
      isUser: false,
    }));
    const inHost = [
      { virtual: HANDOFF_BASE, ...code, physical },
      ...data.map((page, cpu) => ({ virtual: HANDOFF_BASE + BigInt(cpu + 1) * HANDOFF_STATE_STRIDE, ...page })),
    ];
    const inOs = data.map((page, cpu) => ({ virtual: states[cpu] ?? 0n, ...page }));
    for (let cpu = 0; cpu < CPUS; cpu++) expect(within(cpu, HANDOFF_BASE, 1n << 30n)).toEqual(inHost);
    expect(transition).toEqual([...inHost, ...inOs, { virtual: MODULE, ...code }]);
  });

  it("consists of pages that the loader says it uses, and so do the kernel's pages", () => {
    const used = (page: bigint) => chunks.some(({ physical, used }) => page >= physical && page < physical + used);
    for (const { tables, mappings } of views) {
      for (const table of tables) expect(used(table)).toBe(true);
      const own = mappings.filter(({ virtual }) => virtual < EXT_FILE_BASE);
      for (const { physical } of own) expect(used(physical)).toBe(true);
    }
    expect(chunks.every(({ used, bytes }) => used <= bytes)).toBe(true);
  });
});
