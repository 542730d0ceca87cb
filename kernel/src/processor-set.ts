// A set of processors: a bit each

import { MAX_PPS } from "../../abi/generated/bare/syscalls";
import { lowestBit } from "../../bsl/src/bits";

@unmanaged
export class ProcessorSet {
  private low: u64 = 0;
  private high: u64 = 0;

  clear(): void {
    this.low = 0;
    this.high = 0;
  }

  add(ppid: u32): void {
    if (ppid < 64) this.low |= bitOf(ppid);
    else this.high |= bitOf(ppid);
  }

  remove(ppid: u32): void {
    if (ppid < 64) this.low &= ~bitOf(ppid);
    else this.high &= ~bitOf(ppid);
  }

  /** The first one from a number on; MAX_PPS when there is none. */
  next(ppid: u32): u32 {
    if (ppid < 64) {
      const low = this.low >> ppid;
      if (low != 0) return ppid + lowestBit(low);
    }
    const from: u32 = ppid < 64 ? 64 : ppid;
    const high = from < MAX_PPS ? this.high >> (from & 63) : 0;
    return high != 0 ? from + lowestBit(high) : MAX_PPS;
  }
}

function bitOf(ppid: u32): u64 {
  return (<u64>1) << (ppid & 63);
}
