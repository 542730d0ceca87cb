// The walk through the guest's page tables: every kind of them, and every way to fail

import { describe, expect, it } from "vitest";
import { Guest, RESULT } from "./guest.ts";

const RAX = 0;
const RBX = 3;
const CODE = 0x1000n;
const TABLES = 0x10_0000n;
const PAGE = 0x40_0000n;

const CR0 = { PE: 1n, WP: 1n << 16n, PG: 1n << 31n } as const;
const CR4 = {
  PSE: 1n << 4n,
  PAE: 1n << 5n,
  LA57: 1n << 12n,
  SMEP: 1n << 20n,
  SMAP: 1n << 21n,
  PKE: 1n << 22n,
} as const;
const EFER = { LMA: 1n << 10n, NXE: 1n << 11n } as const;
const BIT = { present: 1n, write: 2n, user: 4n, accessed: 32n, dirty: 64n, large: 128n, noExecute: 1n << 63n } as const;
const ERROR = { present: 1, write: 2, user: 4, reserved: 8, execute: 16, key: 32 } as const;

/** Kinds of tables: levels, bytes of an entry, bits of an address that each level takes. */
const KINDS = {
  "32-bit": { levels: 2, bytes: 4, bits: 10n, cr4: CR4.PSE, efer: 0n },
  PAE: { levels: 3, bytes: 8, bits: 9n, cr4: CR4.PAE, efer: EFER.NXE },
  "4 levels": { levels: 4, bytes: 8, bits: 9n, cr4: CR4.PAE, efer: EFER.LMA | EFER.NXE },
  "5 levels": { levels: 5, bytes: 8, bits: 9n, cr4: CR4.PAE | CR4.LA57, efer: EFER.LMA | EFER.NXE },
} as const;
type Kind = keyof typeof KINDS;

const RW = BIT.present | BIT.write | BIT.user;

class Paged {
  readonly guest = new Guest();
  readonly kind: Kind;
  readonly virtual: bigint;
  /** Where the entries for `virtual` are, by level. */
  readonly entries: bigint[] = [];

  /** A guest whose RBX is an address with tables down to `leaf`; the code is where it is, by told bytes. */
  constructor(kind: Kind, virtual: bigint, leaf = 1) {
    this.kind = kind;
    this.virtual = virtual;
    const { levels, bytes, bits, cr4, efer } = KINDS[kind];
    const { guest } = this;
    guest.map(TABLES, 0x10_000);
    guest.map(PAGE, 0x2000);
    guest.set("CR0", CR0.PE | CR0.PG | CR0.WP);
    guest.set("CR3", TABLES);
    guest.set("CR4", cr4);
    guest.set("EFER", efer);
    if ((efer & EFER.LMA) === 0n) guest.segment("cs", { base: 0n, limit: 0xffff_ffff, attributes: 0xc9b });
    for (let level = levels; level >= leaf; level--) {
      const table = TABLES + BigInt(levels - level) * 0x1000n;
      const index = (virtual >> (12n + bits * BigInt(level - 1))) & ((1n << bits) - 1n);
      this.entries[level] = table + index * BigInt(bytes);
      const page = level === 3 ? 0n : PAGE;
      const target = level === leaf ? page | (level > 1 ? BIT.large : 0n) : table + 0x1000n;
      // PAE's uppermost entries have no rights
      this.setEntry(level, target | (kind === "PAE" && level === 3 ? BIT.present : RW));
    }
    guest.setGeneral(RBX, virtual);
  }

  entry(level: number): bigint {
    return this.guest.word(this.entries[level] ?? 0n, KINDS[this.kind].bytes);
  }

  setEntry(level: number, value: bigint): void {
    this.guest.setWord(this.entries[level] ?? 0n, value, KINDS[this.kind].bytes);
  }

  change(level: number, set: bigint, clear = 0n): void {
    this.setEntry(level, (this.entry(level) & ~clear) | set);
  }

  /** mov eax, [rbx] */
  read(): number {
    this.guest.set("RIP", CODE);
    this.guest.tell(Uint8Array.of(0x8b, 0x03, 0x90));
    return this.guest.run();
  }

  /** mov [rbx], eax */
  write(): number {
    this.guest.set("RIP", CODE);
    this.guest.tell(Uint8Array.of(0x89, 0x03, 0x90));
    return this.guest.run();
  }

  fault(): [vector: number, errorCode: number, cr2: bigint] {
    return [this.guest.get32("VECTOR"), this.guest.get32("ERROR_CODE"), this.guest.get("CR2")];
  }
}

describe.each([
  ["32-bit", 1, 0x1234_5678n, 0xfffn],
  ["32-bit", 2, 0x1234_5678n, 0x3f_ffffn],
  ["PAE", 1, 0xc123_4568n, 0xfffn],
  ["PAE", 2, 0xc123_4568n, 0x1f_ffffn],
  ["4 levels", 1, 0xffff_9234_5678_9abcn, 0xfffn],
  ["4 levels", 2, 0x0000_7234_5678_9abcn, 0x1f_ffffn],
  ["4 levels", 3, 0x0000_7234_4018_9abcn, 0x3fff_ffffn],
  ["5 levels", 1, 0xff12_3456_789a_bcd8n, 0xfffn],
] as const)("%s tables with a page of level %i", (kind, leaf, virtual, offset) => {
  // A large page lies at a multiple of its size
  const at = (PAGE & ~offset) | (virtual & offset);

  const machine = () => {
    const paged = new Paged(kind, virtual, leaf);
    paged.guest.map(at & ~0xfffn, 4096);
    return paged;
  };

  it("lead to memory", () => {
    const paged = machine();
    paged.guest.setWord(at, 0x1122_3344n, 4);
    expect(paged.read()).toBe(RESULT.done);
    expect(paged.guest.general(RAX)).toBe(0x1122_3344n);
    paged.guest.setGeneral(RAX, 0x5566_7788n);
    expect(paged.write()).toBe(RESULT.done);
    expect(paged.guest.word(at, 4)).toBe(0x5566_7788n);
  });

  it("are marked as used, and as written by a write alone", () => {
    const paged = machine();
    const { levels } = KINDS[kind];
    expect(paged.read()).toBe(RESULT.done);
    for (let level = levels; level >= leaf; level--) {
      const isRoot = kind === "PAE" && level === 3;
      expect(paged.entry(level) & (BIT.accessed | BIT.dirty)).toBe(isRoot ? 0n : BIT.accessed);
    }
    expect(paged.write()).toBe(RESULT.done);
    expect(paged.entry(leaf) & (BIT.accessed | BIT.dirty)).toBe(BIT.accessed | BIT.dirty);
    if (leaf < levels) expect(paged.entry(leaf + 1) & BIT.dirty).toBe(0n);
  });

  it("fault when any of them is not there", () => {
    for (let level: number = KINDS[kind].levels; level >= leaf; level--) {
      const paged = machine();
      paged.change(level, 0n, BIT.present);
      expect(paged.read()).toBe(RESULT.exception);
      expect(paged.fault()).toEqual([14, 0, virtual]);
      expect(paged.write()).toBe(RESULT.exception);
      expect(paged.fault()).toEqual([14, ERROR.write, virtual]);
      expect(paged.guest.get("RIP")).toBe(CODE);
    }
  });

  it("refuse a program by any of them", () => {
    for (let level: number = KINDS[kind].levels; level >= leaf; level--) {
      if (kind === "PAE" && level === 3) continue;
      for (const right of [BIT.user, BIT.write]) {
        const paged = machine();
        paged.guest.set32("CPL", 3);
        paged.change(level, 0n, right);
        expect(paged.write()).toBe(RESULT.exception);
        expect(paged.fault()).toEqual([14, ERROR.present | ERROR.write | ERROR.user, virtual]);
        expect(paged.read()).toBe(right === BIT.user ? RESULT.exception : RESULT.done);
      }
    }
  });
});

describe("what a kernel may", () => {
  it("depends on CR0.WP", () => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.change(1, 0n, BIT.write);
    expect(paged.write()).toBe(RESULT.exception);
    expect(paged.fault()).toEqual([14, ERROR.present | ERROR.write, 0x5000n]);
    expect(paged.entry(1) & BIT.dirty).toBe(0n);
    paged.guest.set("CR0", CR0.PE | CR0.PG);
    expect(paged.write()).toBe(RESULT.done);
  });

  it("does not reach a program's pages with SMAP, unless RFLAGS.AC is set", () => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.guest.set("CR4", CR4.PAE | CR4.SMAP);
    expect(paged.read()).toBe(RESULT.exception);
    expect(paged.fault()).toEqual([14, ERROR.present, 0x5000n]);
    paged.guest.set("RFLAGS", 2n | (1n << 18n));
    expect(paged.read()).toBe(RESULT.done);
  });
});

describe("protection keys", () => {
  const keyed = (pkru: number, cpl: number) => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.change(1, 5n << 59n);
    paged.guest.set("CR4", CR4.PAE | CR4.PKE);
    paged.guest.set32("PKRU", pkru);
    paged.guest.set32("CPL", cpl);
    return paged;
  };

  it("forbid all access, or writes", () => {
    const none = keyed(1 << 10, 3);
    expect(none.read()).toBe(RESULT.exception);
    expect(none.fault()).toEqual([14, ERROR.present | ERROR.user | ERROR.key, 0x5000n]);
    const readOnly = keyed(2 << 10, 3);
    expect(readOnly.read()).toBe(RESULT.done);
    expect(readOnly.write()).toBe(RESULT.exception);
    expect(readOnly.fault()).toEqual([14, ERROR.present | ERROR.write | ERROR.user | ERROR.key, 0x5000n]);
  });

  it("forbid a kernel's writes by CR0.WP, and nothing of other keys", () => {
    const paged = keyed(2 << 10, 0);
    expect(paged.write()).toBe(RESULT.exception);
    paged.guest.set("CR0", CR0.PE | CR0.PG);
    expect(paged.write()).toBe(RESULT.done);
    expect(keyed(3 << 8, 3).write()).toBe(RESULT.done);
  });
});

describe("reserved bits", () => {
  it.each([
    ["an address beyond the processor's", "4 levels", 1, 1n << 45n, 40],
    ["no-execute without EFER.NXE", "4 levels", 2, BIT.noExecute, 0],
    ["a large page at the fourth level", "4 levels", 4, BIT.large, 0],
    ["upper bits of PAE's entries", "PAE", 1, 1n << 55n, 0],
    ["a right in PAE's uppermost entries", "PAE", 3, BIT.write, 0],
  ] as const)("are a fault: %s", (_, kind, level, bits, physicalBits) => {
    const paged = new Paged(kind, 0x5000n);
    paged.change(level, bits);
    paged.guest.set32("PHYSICAL_BITS", physicalBits);
    if (bits === BIT.noExecute) paged.guest.set("EFER", EFER.LMA);
    expect(paged.read()).toBe(RESULT.exception);
    expect(paged.fault()).toEqual([14, ERROR.present | ERROR.reserved, 0x5000n]);
  });

  it("of a page that is not large enough for its place", () => {
    const paged = new Paged("4 levels", 0x5000n, 2);
    paged.change(2, 1n << 14n);
    expect(paged.read()).toBe(RESULT.exception);
    expect(paged.fault()).toEqual([14, ERROR.present | ERROR.reserved, 0x5000n]);
  });
});

describe("a fetch", () => {
  /** The instruction lies at RBX. */
  const fetching = (cpl = 0) => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.guest.load(PAGE, Uint8Array.of(0xb0, 0x12)); // mov al, 0x12
    paged.guest.set("RIP", 0x5000n);
    paged.guest.set32("CPL", cpl);
    return paged;
  };

  it("takes the instruction from guest memory", () => {
    const paged = fetching();
    expect(paged.guest.run()).toBe(RESULT.done);
    expect([paged.guest.general(RAX), paged.guest.get("RIP")]).toEqual([0x12n, 0x5002n]);
    expect(paged.entry(1) & (BIT.accessed | BIT.dirty)).toBe(BIT.accessed);
  });

  it("is refused by no-execute, and by SMEP", () => {
    const paged = fetching(3);
    paged.change(3, BIT.noExecute);
    expect(paged.guest.run()).toBe(RESULT.exception);
    expect(paged.fault()).toEqual([14, ERROR.present | ERROR.user | ERROR.execute, 0x5000n]);
    const kernel = fetching();
    kernel.guest.set("CR4", CR4.PAE | CR4.SMEP);
    expect(kernel.guest.run()).toBe(RESULT.exception);
    expect(kernel.fault()).toEqual([14, ERROR.present | ERROR.execute, 0x5000n]);
  });

  it("goes on into the next page for an instruction that does, and only then", () => {
    const paged = fetching();
    paged.guest.load(PAGE + 0xffen, Uint8Array.of(0xb0, 0x34));
    paged.guest.set("RIP", 0x5ffen);
    expect(paged.guest.run()).toBe(RESULT.done);
    paged.guest.load(PAGE + 0xffen, Uint8Array.of(0x66, 0xb8));
    paged.guest.set("RIP", 0x5ffen);
    expect(paged.guest.run()).toBe(RESULT.exception);
    expect(paged.fault()).toEqual([14, ERROR.execute, 0x6000n]);
    paged.guest.setWord((paged.entries[1] ?? 0n) + 8n, (PAGE + 0x1000n) | RW);
    paged.guest.load(PAGE + 0x1000n, Uint8Array.of(0xcd, 0xab));
    expect(paged.guest.run()).toBe(RESULT.done);
    expect([paged.guest.general(RAX), paged.guest.get("RIP")]).toEqual([0xabcdn, 0x6002n]);
  });

  it("goes on where the bytes end that the processor told", () => {
    const paged = fetching();
    paged.guest.load(PAGE, Uint8Array.of(0xb8, 0x78, 0x56, 0x34, 0x12));
    paged.guest.tell(Uint8Array.of(0xb8, 0x78));
    expect(paged.guest.run()).toBe(RESULT.done);
    expect(paged.guest.general(RAX)).toBe(0x1234_5678n);
  });
});

describe("memory around the tables", () => {
  it("that changes during the walk is walked again", () => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.guest.setWord(PAGE, 7n, 4);
    let changes = 0;
    paged.guest.onExchange = () => {
      if (changes++ === 0) paged.change(4, 1n << 52n);
    };
    expect(paged.read()).toBe(RESULT.done);
    expect(paged.guest.general(RAX)).toBe(7n);
    expect(paged.entry(4) & (1n << 52n)).toBe(1n << 52n);
  });

  it("that never stays the same leaves the instruction to the guest", () => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.guest.onExchange = () => paged.setEntry(4, paged.entry(4) ^ (1n << 53n));
    expect(paged.read()).toBe(RESULT.done);
    expect([paged.guest.get("RIP"), paged.guest.general(RAX)]).toEqual([CODE, 0n]);
  });

  it("that is read-only is not marked", () => {
    const paged = new Paged("4 levels", 0x5000n);
    const table = paged.guest.dump(TABLES, 4096);
    paged.guest.map(TABLES, 4096, "rom");
    paged.guest.load(TABLES, table);
    expect(paged.read()).toBe(RESULT.done);
    expect(paged.entry(4) & BIT.accessed).toBe(0n);
  });

  it("that is a device is for others", () => {
    const paged = new Paged("4 levels", 0x5000n);
    paged.guest.set("CR3", 0x8000_0000n);
    expect(paged.read()).toBe(RESULT.unknown);
  });

  it("that cannot be had fails, and nothing of the guest changes", () => {
    for (const page of [TABLES, PAGE]) {
      const paged = new Paged("4 levels", 0x5000n);
      paged.guest.map(page, 4096, "lost");
      expect(paged.read()).toBe(RESULT.failed);
      expect(paged.write()).toBe(RESULT.failed);
      expect(paged.guest.get("RIP")).toBe(CODE);
    }
  });
});
