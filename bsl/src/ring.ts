// A queue of fixed length: first in, first out
//
//          first                     end
//            ▼                        ▼
//     ┌─────┬─────┬─────┬─────┬─────┬─────┬─────┬─────┐
//     │     │  a  │  b  │  c  │  d  │     │     │     │   capacity elements, a power of two
//     └─────┴─────┴─────┴─────┴─────┴─────┴─────┴─────┘
//
// First and end count all elements ever taken and put, so that a full ring differs from an empty one.

import { FixedArray } from "./fixed-array";

/** Offset of the elements: behind Ring's fields. */
const ELEMENTS: usize = 16;

/** Bytes that a ring of `capacity` elements of `elementBytes` takes in linear memory, aligned to 8. */
export function ringBytes(capacity: u32, elementBytes: u32): u32 {
  return <u32>ELEMENTS + capacity * elementBytes;
}

/** A queue of numbers. Zeroed, then set up by init(). Not to be used by two processors without a lock. */
@unmanaged
export class Ring<T> {
  private first: u32 = 0;
  private end: u32 = 0;
  private capacity: u32 = 0;
  private reserved: u32 = 0;

  /** Makes it an empty queue of at most `capacity` elements, a power of two. */
  init(capacity: u32): void {
    this.first = 0;
    this.end = 0;
    this.capacity = capacity;
  }

  /** How many elements wait. */
  count(): u32 {
    return this.end - this.first;
  }

  isEmpty(): bool {
    return this.end === this.first;
  }

  isFull(): bool {
    return this.count() === this.capacity;
  }

  /** Puts an element behind the last one; false when the ring is full. */
  put(value: T): bool {
    if (this.isFull()) return false;
    this.elements.set(this.end & (this.capacity - 1), value);
    this.end++;
    return true;
  }

  /** Puts an element behind the last one, over the first one when the ring is full. */
  putOver(value: T): void {
    if (this.isFull()) this.first++;
    this.put(value);
  }

  /** The element that has waited longest, and takes it out; the ring must not be empty. */
  take(): T {
    const value = this.elements.at(this.first & (this.capacity - 1));
    this.first++;
    return value;
  }

  /** The element that `index` others wait before; there must be so many. */
  at(index: u32): T {
    return this.elements.at((this.first + index) & (this.capacity - 1));
  }

  private get elements(): FixedArray<T> {
    return changetype<FixedArray<T>>(changetype<usize>(this) + ELEMENTS);
  }
}
