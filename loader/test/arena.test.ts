// Memory in many pieces, as BootArgs names it: where each lies, and how much of it the loader has used

import {
  BOOT_ARGS_ARENA_BYTES,
  BOOT_ARGS_ARENA_COUNT,
  BOOT_ARGS_ARENA_PHYS,
  BOOT_ARGS_ARENA_USED,
  EXT_FILE_BASE,
  IOCTL_START,
  SAVED_STATE_HOST_CR3,
} from "@bareflank/abi";
import { expect, it } from "vitest";
import { Machine, toDirect } from "./machine/machine.ts";
import { walk } from "./machine/page-walk.ts";

const PAGE = 4096n;
const CPUS = 2;
/** Small enough for several to be used, and large enough for 64 of them to suffice. */
const PIECE_PAGES = 32;

it("each of many pieces is used up to where its last page is", () => {
  const machine = new Machine(CPUS);
  expect(machine.load().error).toBe(0);
  machine.platform.largestPiece = PIECE_PAGES;
  expect(machine.operate(IOCTL_START).error).toBe(0);
  const pages = new Set<bigint>();
  for (const { state } of machine.demotions) {
    const { tables, mappings } = walk(
      machine.memory,
      machine.memory.peek(state + BigInt(SAVED_STATE_HOST_CR3), 8),
      toDirect,
    );
    for (const table of tables) pages.add(table);
    for (const { virtual, physical } of mappings) if (virtual < EXT_FILE_BASE) pages.add(physical);
  }
  for (const { state } of machine.demotions) {
    const args = machine.argsOf(state);
    const field = (offset: number) => machine.memory.peek(args + BigInt(offset), 8);
    const chunks = Array.from({ length: Number(field(BOOT_ARGS_ARENA_COUNT) & 0xffff_ffffn) }, (_, index) => ({
      physical: field(BOOT_ARGS_ARENA_PHYS + 8 * index),
      bytes: field(BOOT_ARGS_ARENA_BYTES + 8 * index),
      used: field(BOOT_ARGS_ARENA_USED + 8 * index),
    }));
    expect(chunks.length).toBeGreaterThan(3);
    for (const { physical, bytes, used } of chunks) {
      expect(bytes).toBe(BigInt(PIECE_PAGES) * PAGE);
      const own = [...pages].filter((page) => page >= physical && page < physical + bytes);
      const last = own.reduce((highest, page) => (page > highest ? page : highest), physical - PAGE);
      expect(used).toBe(last + PAGE - physical);
    }
    expect(chunks.filter(({ used }) => used > 0n).length).toBeGreaterThan(1);
    expect(new Set(chunks.map(({ physical }) => physical)).size).toBe(chunks.length);
  }
});
