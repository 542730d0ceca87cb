// The support library's module on a simulated machine

import { type LoadedPart, loadPart } from "../test-support/index.ts";

type Numbers = (...args: number[]) => number;
type Bigs = (...args: bigint[]) => bigint;

/** Exports of fixtures/bsl.ts. Signed as WebAssembly gives them: 32 bits as number, 64 as bigint, bool as 0 or 1. */
export interface Library {
  bit(index: number): bigint;
  mask(low: number, count: number): bigint;
  isSet(value: bigint, index: number): number;
  extract(value: bigint, low: number, count: number): bigint;
  insert(value: bigint, low: number, count: number, field: bigint): bigint;
  isPowerOfTwo(value: bigint): number;
  isAligned(value: bigint, alignment: bigint): number;
  alignDown: Bigs;
  alignUp: Bigs;
  log2Floor(value: bigint): number;
  log2Ceil(value: bigint): number;
  lowestBit(value: bigint): number;
  countBits(value: bigint): number;

  entryPoint(file: bigint): bigint;
  isLoaded(file: bigint, index: number): number;
  segment(file: bigint, index: number): bigint;
  segmentCount(file: bigint): number;
  segmentOffset(header: bigint): bigint;
  tlsDistance(header: bigint): bigint;
  tlsSegment(file: bigint): bigint;
  extensionMemory(file: bigint): bigint;
  kernelVersion(file: bigint): bigint;
  noteBytes(note: bigint): number;
  noteDescriptor(note: bigint): bigint;
  extensionMemoryDataOffset(descriptor: bigint): number;
  extensionMemoryFlags(descriptor: bigint): number;
  extensionMemoryInitialPages(descriptor: bigint): number;
  extensionMemoryMaximumPages(descriptor: bigint): number;
  buildId(file: bigint): bigint;

  isPoisoned(value: bigint): number;
  checkedAdd: Bigs;
  checkedSubtract: Bigs;
  checkedMultiply: Bigs;
  checkedAlignUp: Bigs;
  checked32: Bigs;

  copyMemory(to: bigint, from: bigint, bytes: bigint): void;
  fillMemory(to: bigint, value: number, bytes: bigint): void;
  nativeAddress(offset: number): bigint;
  peek16(address: bigint): number;
  poke8(address: bigint, value: number): void;
  poke16(address: bigint, value: number): void;
  poke32(address: bigint, value: number): void;
  poke64(address: bigint, value: bigint): void;

  aim(address: bigint): void;
  decimal(value: bigint): bigint;
  signed(value: bigint): bigint;
  hex(value: bigint, digits: number): bigint;
  greeting(): bigint;

  lockAddress(): number;
  acquire(): void;
  tryAcquire(): number;
  release(): void;
  isHeld(): number;
  abandonLocks(): void;

  spanSet(span: number, address: bigint, bytes: bigint): void;
  spanSetPart(span: number, whole: number, offset: bigint, bytes: bigint): void;
  spanBytes(span: number): bigint;
  spanIsIntact(span: number): number;
  spanLoad(span: number, offset: bigint, size: number): bigint;
  spanStore(span: number, offset: bigint, size: number, value: bigint): void;
  spanFill(span: number, offset: bigint, value: number, size: bigint): void;
  spanCopy(span: number, offset: bigint, from: number, fromOffset: bigint, size: bigint): void;

  bitmapBytes: Numbers;
  bitmapHas: Numbers;
  bitmapAdd: Numbers;
  bitmapRemove: Numbers;
  bitmapFirstClear: Numbers;
  bitmapCountSet: Numbers;

  idPoolBytes: Numbers;
  idsInit(limit: number): void;
  idsAllocate: Numbers;
  idsRelease: Numbers;
  idsHas: Numbers;
  idsCount: Numbers;

  ringBytes: Numbers;
  ringInit(capacity: number): void;
  ringCount: Numbers;
  ringIsEmpty: Numbers;
  ringIsFull: Numbers;
  ringPut: Numbers;
  ringPutOver(value: number): void;
  ringTake: Numbers;
  ringAt: Numbers;

  listPushFront: Numbers;
  listPushBack: Numbers;
  listInsertBefore: Numbers;
  listRemove: Numbers;
  listPopFront: Numbers;
  listCount: Numbers;
  listFirst: Numbers;
  listLast: Numbers;
  listNext: Numbers;
  listPrevious: Numbers;
}

/** A fresh instance: nothing of another test is left in it. */
export function loadLibrary(): LoadedPart<Library> {
  return loadPart<Library>("bsl");
}

/** A result of 64 bits as the unsigned number that it is. */
export function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
