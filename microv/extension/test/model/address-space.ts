// What a VM sees: ranges of guest physical addresses, and the host physical memory behind them

export interface Range {
  readonly begin: bigint;
  readonly end: bigint;
  readonly host: bigint;
  readonly rights: number;
}

/** A VM's memory, as ranges that do not overlap. */
export class AddressSpace {
  #ranges: Range[] = [];

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  map(begin: bigint, host: bigint, bytes: bigint, rights: number): void {
    this.unmap(begin, bytes);
    this.#ranges.push({ begin, end: begin + bytes, host, rights });
  }

  unmap(begin: bigint, bytes: bigint): void {
    const end = begin + bytes;
    this.#ranges = this.#ranges.flatMap((range) => {
      if (range.end <= begin || range.begin >= end) return [range];
      const left = { ...range, end: begin };
      const right = { ...range, begin: end, host: range.host + (end - range.begin) };
      return [...(range.begin < begin ? [left] : []), ...(range.end > end ? [right] : [])];
    });
  }

  /** The host physical address and the rights behind an address; undefined: nothing is there. */
  find(address: bigint): { readonly host: bigint; readonly rights: number } | undefined {
    const range = this.#ranges.find(({ begin, end }) => begin <= address && address < end);
    return range && { host: range.host + (address - range.begin), rights: range.rights };
  }
}
