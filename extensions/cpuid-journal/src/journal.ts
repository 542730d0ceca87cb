// Which leaves were asked for, and how often

import { Disposable, Level, line } from "@bareflank/sdk";

/** One leaf's visits. */
class Visits {
  count: u64 = 0;

  constructor(readonly leaf: u32) {}
}

/** A journal of CPUID leaves; it writes itself to the debug ring when it is disposed of. */
export class Journal implements Disposable {
  private readonly leaves: Map<u32, Visits> = new Map<u32, Visits>();

  /** Notes that a leaf was asked for. */
  note(leaf: u32): void {
    if (!this.leaves.has(leaf)) this.leaves.set(leaf, new Visits(leaf));
    this.leaves.get(leaf).count++;
  }

  /** How often a leaf was asked for; a leaf that never was is an error. */
  count(leaf: u32): u64 {
    if (!this.leaves.has(leaf)) throw new RangeError(`leaf ${leaf} was never asked for`);
    return this.leaves.get(leaf).count;
  }

  dispose(): void {
    const all = this.leaves.values();
    all.sort((a, b) => (a.leaf < b.leaf ? -1 : a.leaf > b.leaf ? 1 : 0));
    for (let i = 0; i < all.length; i++) {
      line(Level.Info).text("leaf ").hex(all[i].leaf).text(": ").decimal(all[i].count).end();
    }
  }
}
