// Random changes of nested page tables, compared page by page with a model that has no tables: the list of what was asked
//
// What a page is follows from the last request that reached it. Two sets of tables change in turn; a VS has one of them now
// and then. In the end every page is given back.

import * as abi from "@bareflank/abi";
import { Random } from "../../../bsl/test-support/index.ts";
import { exampleExtension } from "../machine/example-extension.ts";
import { call, HANDLE, inBootstrap, status } from "../machine/extension-life.ts";
import { CHUNKS } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import type { Pp } from "../machine/pp.ts";
import { usedPages } from "../unit/page-pool.ts";
import { FuzzFailure, type Tally } from "./session.ts";

const PAGE = 0x1000n;
const WB = BigInt(abi.NESTED_WRITE_BACK);
const RIGHTS = [0n, 1n, 3n, 5n, 7n];
/** Rights that the processor does not know, and what is no right. */
const WRONG_RIGHTS = [2n, 4n, 6n, 8n, 1n << 32n];
/** Where tables, and tables of tables, meet; and the hypervisor's own memory. */
const BASES = [0n, 0x20_0000n, 0x4000_0000n, 0x80_0000_0000n, 0x1_2340_0000n];
const SIZES = [1n, 2n, 16n, 512n, 513n, 1024n];
const GIBIBYTE = 0x4000_0000n;
/** Memory that nobody has. */
const HOSTS = [0x7654_3000n, 0x20_0000_0000n, 0x20_4000_0000n, 0x21_0020_0000n];

/** What a VM sees at a page. */
interface Seen {
  readonly host: bigint;
  readonly rights: bigint;
}

/** A request: what it made of a page that was `before`. */
interface Request {
  readonly guest: bigint;
  readonly bytes: bigint;
  readonly page: (guest: bigint, before: Seen | undefined) => Seen | undefined;
}

interface Tables {
  readonly id: bigint;
  readonly requests: Request[];
  readonly root: bigint;
  readonly isTracked: boolean;
}

/** Of an entry: it holds a page; its address; what the processor notes. */
const MAPPED = 1n << 52n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const ACCESSED_DIRTY = 0x60n;

const isOwned = (host: bigint) =>
  host >= 0x5_0000_0000n && host < 0x5_0000_0000n + BigInt(abi.DEBUG_RING_AREA_BYTES)
    ? true
    : CHUNKS.some(({ base, bytes }) => host >= BigInt(base) && host < BigInt(base + bytes));

const hex = (value: bigint) => `0x${value.toString(16)}`;

export class NestedFuzzSession {
  readonly tallies = new Map<string, Tally>();
  readonly #random: Random;
  readonly #machine: Machine;
  readonly #pp: Pp;
  readonly #before: number;
  readonly #tables: Tables[];
  readonly #own: bigint[];
  readonly #vs: bigint;
  #attached: bigint | undefined;

  constructor(seed: number) {
    this.#random = new Random(seed);
    const { machine, pp } = inBootstrap({ extension: exampleExtension({ versions: 6 }) }, 4n);
    this.#machine = machine;
    this.#pp = pp;
    this.#vs = call(pp, abi.SYSCALL_VS_CREATE, HANDLE, call(pp, abi.SYSCALL_VP_CREATE, HANDLE, 0n), 0n);
    this.#own = Array.from({ length: 3 }, () => call(pp, abi.SYSCALL_MEM_ALLOC_PAGE, HANDLE) - abi.EXT_POOL_BASE);
    this.#before = usedPages(machine);
    // Of the second ones the processor takes note
    this.#tables = [0n, BigInt(abi.NESTED_TRACKED)].map((flags) => {
      const id = call(pp, abi.SYSCALL_NESTED_CREATE, HANDLE, flags);
      return { id, requests: [], root: this.#rootOf(id), isTracked: flags !== 0n };
    });
  }

  /** The top-level table, by way of a VS. */
  #rootOf(id: bigint): bigint {
    call(this.#pp, abi.SYSCALL_NESTED_ATTACH, HANDLE, id, this.#vs);
    const root = call(this.#pp, abi.SYSCALL_VS_READ, HANDLE, this.#vs, BigInt(abi.AMD_REG_N_CR3));
    call(this.#pp, abi.SYSCALL_NESTED_DETACH, HANDLE, id, this.#vs);
    return root;
  }

  /** Makes so many requests; throws a FuzzFailure at the first that ends wrongly. */
  run(requests: number): void {
    for (let index = 0; index < requests; index++) {
      try {
        this.#step();
      } catch (error) {
        throw new FuzzFailure(`request ${index}: ${(error as Error).message}`, { cause: error });
      }
    }
    this.#leave();
  }

  #step(): void {
    const number = this.#random.below(8);
    if (number === 0) this.#attach();
    else if (number === 1) this.#refuse();
    else if (number < 4) this.#map();
    else if (number === 4) this.#identity();
    else if (number === 5) this.#unmap();
    else if (number === 6) this.#harvest();
    else this.#protect();
    this.#checkOwn();
  }

  #table() {
    return this.#random.pick(this.#tables);
  }

  #range(): [bigint, bigint] {
    // Ends of a gibibyte that are none of its pages' would take more tables than the machine has memory for
    if (this.#random.once(6)) return [this.#random.pick(BASES) & ~(GIBIBYTE - 1n), GIBIBYTE];
    const guest = this.#random.pick(BASES) + BigInt(this.#random.below(4)) * PAGE * this.#random.pick([1n, 512n]);
    return [guest, this.#random.pick(SIZES) * PAGE];
  }

  #map(): void {
    const rights = this.#random.pick(RIGHTS);
    let [guest, bytes] = this.#range();
    let host = (bytes === GIBIBYTE ? 32n * GIBIBYTE : this.#random.pick(HOSTS)) + (guest & 0x1f_f000n);
    if (this.#random.once(3)) [host, bytes] = [this.#random.pick(this.#own), PAGE];
    const page = (at: bigint): Seen => ({ host: host + at - guest, rights });
    this.#change("NESTED_MAP", guest, bytes, page, (at, left) => [host + at - guest, left, rights | WB]);
  }

  #identity(): void {
    const rights = this.#random.pick(RIGHTS);
    const [guest, bytes] = this.#range();
    const page = (at: bigint) => (isOwned(at) ? undefined : { host: at, rights });
    this.#change("NESTED_IDENTITY", guest, bytes, page, (_, left) => [left, rights | WB]);
  }

  #unmap(): void {
    const [guest, bytes] = this.#range();
    this.#change(
      "NESTED_UNMAP",
      guest,
      bytes,
      () => undefined,
      (_, left) => [left],
    );
  }

  #protect(): void {
    const rights = this.#random.pick(RIGHTS);
    const [guest, bytes] = this.#range();
    const page = (_: bigint, before: Seen | undefined) => before && { host: before.host, rights };
    this.#change("NESTED_PROTECT", guest, bytes, page, (_, left) => [left, rights]);
  }

  /** Makes a call until its range is done, or it fails, and looks at some pages. */
  #change(
    name: string,
    guest: bigint,
    bytes: bigint,
    page: Request["page"],
    rest: (at: bigint, left: bigint) => bigint[],
  ): void {
    const { id, requests } = this.#table();
    const number = (abi as unknown as Record<string, number>)[`SYSCALL_${name}`] ?? 0;
    let done = 0n;
    while (done < bytes) {
      const result = this.#call(name, number, id, guest + done, ...rest(guest + done, bytes - done));
      if (result === abi.STATUS_FAILURE_UNKNOWN) break;
      if (result !== abi.STATUS_SUCCESS) throw new Error(`${name} ${hex(guest)}: ${hex(result)}`);
      const step = this.#pp.registers[0] ?? 0n;
      if (step === 0n || step % PAGE !== 0n || step > bytes - done) throw new Error(`${name} did ${step} bytes`);
      done += step;
    }
    requests.push({ guest, bytes: done, page });
    const stopsAt = this.#seen(requests, guest + done);
    const mayStop = name === "NESTED_PROTECT" && stopsAt === undefined;
    if (done < bytes && !mayStop) throw new Error(`${name} ${hex(guest)} stops at ${hex(guest + done)}`);
    for (const at of [
      guest,
      guest + done - PAGE,
      guest + done,
      guest - PAGE,
      guest + BigInt(this.#random.below(600)) * PAGE,
    ])
      if (at >= 0n) this.#compare(id, requests, at);
  }

  #compare(id: bigint, requests: readonly Request[], at: bigint): void {
    const wanted = this.#seen(requests, at);
    const result = this.#call("NESTED_TRANSLATE", abi.SYSCALL_NESTED_TRANSLATE, id, at);
    const [host = 0n, flags = 0n] = this.#pp.registers;
    const found = result === abi.STATUS_SUCCESS ? { host, rights: flags & BigInt(abi.NESTED_RIGHTS) } : undefined;
    if (found?.host !== wanted?.host || found?.rights !== wanted?.rights) {
      const show = (seen: Seen | undefined) => (seen === undefined ? "nothing" : `${hex(seen.host)}, ${seen.rights}`);
      throw new Error(`${hex(at)} shows ${show(found)}, not ${show(wanted)}`);
    }
  }

  #seen(requests: readonly Request[], at: bigint): Seen | undefined {
    return requests.reduce<Seen | undefined>(
      (before, { guest, bytes, page }) => (at >= guest && at < guest + bytes ? page(at, before) : before),
      undefined,
    );
  }

  /** Has some pages written, and is told of them, of what their large pages are beside them, and of nothing else; and then of nothing. */
  #harvest(): void {
    const tables = this.#tables.find(({ isTracked }) => isTracked) ?? this.#table();
    const [guest, size] = this.#range();
    const bytes = size === GIBIBYTE ? 1024n * PAGE : size;
    this.#told(tables.id, guest, bytes);
    const written = new Set<bigint>();
    for (let count = this.#random.below(5); count > 0; count--) {
      const at = guest + BigInt(this.#random.below(Number(bytes / PAGE))) * PAGE;
      if (status(this.#pp, abi.SYSCALL_NESTED_TRANSLATE, HANDLE, tables.id, at) !== abi.STATUS_SUCCESS) continue;
      const level = ((this.#pp.registers[1] ?? 0n) & BigInt(abi.NESTED_PAGE)) >> 16n;
      this.#write(tables.root, at);
      const pages = 512n ** (level - 1n);
      const first = (at / PAGE / pages) * pages;
      for (let page = first; page < first + pages; page++) {
        if (page * PAGE >= guest && page * PAGE < guest + bytes) written.add(page);
        if (page * PAGE >= guest + bytes) break;
      }
    }
    // Other rights change nothing of it
    const rights = this.#random.pick(RIGHTS);
    if (status(this.#pp, abi.SYSCALL_NESTED_PROTECT, HANDLE, tables.id, guest, PAGE, rights) === abi.STATUS_SUCCESS) {
      const page = (_: bigint, before: Seen | undefined) => before && { host: before.host, rights };
      tables.requests.push({ guest, bytes: PAGE, page });
    }
    const told = this.#told(tables.id, guest, bytes);
    const show = (pages: Iterable<bigint>) => [...pages].map(hex).sort().join(" ");
    if (show(told) !== show(written)) throw new Error(`told of ${show(told)}, not of ${show(written)}`);
    if (this.#told(tables.id, guest, bytes).size !== 0) throw new Error("told of twice");
  }

  /** Pages, by their numbers, that a harvest tells of. */
  #told(id: bigint, guest: bigint, bytes: bigint): ReadonlySet<bigint> {
    const told = new Set<bigint>();
    const [bitmap = 0n] = this.#own;
    for (let done = 0n; done < bytes; ) {
      const at = abi.EXT_POOL_BASE + bitmap;
      const dirty = BigInt(abi.NESTED_DIRTY);
      const result = this.#call(
        "NESTED_HARVEST",
        abi.SYSCALL_NESTED_HARVEST,
        id,
        guest + done,
        bytes - done,
        at,
        dirty,
      );
      if (result !== abi.STATUS_SUCCESS) throw new Error(`harvest: ${hex(result)}`);
      const step = this.#pp.registers[0] ?? 0n;
      for (let page = 0n; page < step / PAGE; page++) {
        const word = this.#machine.physical.peek(bitmap + (page / 64n) * 8n, 8);
        if (((word >> (page % 64n)) & 1n) === 1n) told.add((guest + done) / PAGE + page);
      }
      done += step;
    }
    return told;
  }

  /** The processor notes a write of a page. */
  #write(root: bigint, guest: bigint): void {
    let table = root;
    for (let level = 4n; ; level--) {
      const at = table + ((guest >> (12n + 9n * (level - 1n))) & 511n) * 8n;
      const entry = this.#machine.physical.peek(at, 8);
      if ((entry & MAPPED) !== 0n) {
        this.#machine.physical.poke(at, 8, entry | ACCESSED_DIRTY);
        return;
      }
      table = entry & ADDRESS;
    }
  }

  /** A page of the extension's own can be given back exactly if no table shows it; it is taken again at once. */
  #checkOwn(): void {
    const index = this.#random.below(this.#own.length);
    const page = this.#own[index] ?? 0n;
    const shown = this.#tables.some(({ requests }) =>
      requests.some(({ guest, bytes }) => bytes === PAGE && this.#seen(requests, guest)?.host === page),
    );
    const result = this.#call("MEM_FREE_PAGE", abi.SYSCALL_MEM_FREE_PAGE, abi.EXT_POOL_BASE + page);
    const wanted = shown ? abi.STATUS_FAILURE_UNKNOWN : abi.STATUS_SUCCESS;
    if (result !== wanted) throw new Error(`freeing a page that is ${shown ? "" : "not "}shown: ${hex(result)}`);
    if (!shown) this.#own[index] = call(this.#pp, abi.SYSCALL_MEM_ALLOC_PAGE, HANDLE) - abi.EXT_POOL_BASE;
  }

  #attach(): void {
    const { id } = this.#table();
    if (this.#attached !== undefined && this.#random.once(2)) {
      const result = this.#call("NESTED_DETACH", abi.SYSCALL_NESTED_DETACH, id, this.#vs);
      const wanted = id === this.#attached ? abi.STATUS_SUCCESS : abi.STATUS_FAILURE_UNKNOWN;
      if (result !== wanted) throw new Error(`detach: ${hex(result)}`);
      if (id === this.#attached) this.#attached = undefined;
      return;
    }
    const result = this.#call("NESTED_ATTACH", abi.SYSCALL_NESTED_ATTACH, id, this.#vs);
    if (result !== abi.STATUS_SUCCESS) throw new Error(`attach: ${hex(result)}`);
    this.#attached = id;
    const destroyed = this.#call("NESTED_DESTROY", abi.SYSCALL_NESTED_DESTROY, id);
    if (destroyed !== abi.STATUS_FAILURE_UNKNOWN) throw new Error(`destroyed while attached: ${hex(destroyed)}`);
  }

  /** Arguments that are wrong, one each. */
  #refuse(): void {
    const { id } = this.#table();
    const host = this.#random.pick(HOSTS);
    const owned = this.#random.pick(CHUNKS);
    const chunk = BigInt(owned.base) + BigInt(this.#random.below(owned.bytes / 4096)) * PAGE;
    const wrong: [bigint[], bigint][] = [
      [[id + 2n + BigInt(this.#random.below(1000)), 0n, host, PAGE, 7n | WB], abi.STATUS_INVALID_INPUT_REG1],
      [[id | (1n << 16n), 0n, host, PAGE, 7n | WB], abi.STATUS_INVALID_INPUT_REG1],
      [[id, this.#random.next() | 1n, host, PAGE, 7n | WB], abi.STATUS_INVALID_INPUT_REG2],
      [[id, 0n, (1n << 48n) | this.#random.next(), PAGE, 7n | WB], abi.STATUS_INVALID_INPUT_REG3],
      [[id, 0n, host, this.#random.next() | 8n, 7n | WB], abi.STATUS_INVALID_INPUT_REG4],
      [[id, 0n, host, PAGE, this.#random.pick(WRONG_RIGHTS) | WB], abi.STATUS_INVALID_INPUT_REG5],
      [[id, 0n, this.#own.includes(chunk) ? 0x5_0000_0000n : chunk, PAGE, 7n | WB], abi.STATUS_INVALID_INPUT_REG3],
    ];
    const [registers, expected] = this.#random.pick(wrong);
    const result = this.#call("NESTED_MAP", abi.SYSCALL_NESTED_MAP, ...registers);
    if (result !== expected) throw new Error(`map(${registers.map(hex).join(", ")}): ${hex(result)}`);
  }

  #call(name: string, number: number, ...registers: readonly bigint[]): bigint {
    const tally = this.tallies.get(name) ?? { made: 0, succeeded: 0 };
    this.tallies.set(name, tally);
    tally.made++;
    const result = status(this.#pp, number, HANDLE, ...registers);
    if (result === abi.STATUS_SUCCESS) tally.succeeded++;
    return result;
  }

  /** Everything is given back, to the last page but the one of zeroes. */
  #leave(): void {
    if (this.#attached !== undefined) call(this.#pp, abi.SYSCALL_NESTED_DETACH, HANDLE, this.#attached, this.#vs);
    for (const { id } of this.#tables) {
      while (call(this.#pp, abi.SYSCALL_NESTED_DESTROY, HANDLE, id) !== 0n);
    }
    for (const page of this.#own) call(this.#pp, abi.SYSCALL_MEM_FREE_PAGE, HANDLE, abi.EXT_POOL_BASE + page);
    const left = usedPages(this.#machine) - (this.#before - this.#own.length);
    // Tables of the extension's window may have come with a page
    if (left > 4) throw new FuzzFailure(`${left} pages are lost`);
  }
}
