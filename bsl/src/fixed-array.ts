// An array of numbers at a fixed place in linear memory
//
//     const heads = changetype<FixedArray<u64>>(memory.data(11 * 8, 8));
//
// It is nothing but its elements: no header, no length, no check. Whoever reserves the place knows how long it is.

/** Elements of type T, one behind the other. */
@unmanaged
export class FixedArray<T> {
  /** Element `index`. */
  at(index: u32): T {
    return load<T>(this.address(index));
  }

  /** Replaces element `index`. */
  set(index: u32, value: T): void {
    store<T>(this.address(index), value);
  }

  /** Sets the first `count` elements to zero. */
  clear(count: u32): void {
    memory.fill(this.address(0), 0, this.address(count) - this.address(0));
  }

  /** Moves elements [from, from + count) to [to, to + count); the two may overlap. */
  move(to: u32, from: u32, count: u32): void {
    memory.copy(this.address(to), this.address(from), this.address(count) - this.address(0));
  }

  /** Where element `index` lies in linear memory. */
  address(index: u32): usize {
    return changetype<usize>(this) + <usize>index * sizeof<T>();
  }
}
