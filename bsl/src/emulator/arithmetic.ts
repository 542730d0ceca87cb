// Results and flags of integer arithmetic (APM volume 3, chapter 3). Operands are cut to their size

import { Operation } from "../x64/operation";
import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, maskOf, rflags, setFlags } from "./context";

/** What arithmetic changes. */
export const STATUS_FLAGS: u64 = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF;

const FLAG_OF_SHIFT: u64 = 11;

/** Operations of two operands: ADD to CMP, and TEST. The result of the latter two is not for writing. */
export function arithmetic(c: u64, operation: Operation, a: u64, b: u64, bytes: u32): u64 {
  const carry = rflags(c) & FLAG_CF;
  switch (operation) {
    case Operation.Add:
      return add(c, a, b, 0, bytes);
    case Operation.Adc:
      return add(c, a, b, carry, bytes);
    case Operation.Sub:
    case Operation.Cmp:
      return subtract(c, a, b, 0, bytes);
    case Operation.Sbb:
      return subtract(c, a, b, carry, bytes);
    case Operation.Or:
      return logic(c, a | b, bytes);
    case Operation.Xor:
      return logic(c, a ^ b, bytes);
    default:
      return logic(c, a & b, bytes);
  }
}

export function add(c: u64, a: u64, b: u64, carry: u64, bytes: u32): u64 {
  const result = (a + b + carry) & maskOf(bytes);
  const carries = (a & b) | ((a | b) & ~result);
  setResult(c, result, carries, (a ^ result) & (b ^ result), bytes);
  return result;
}

export function subtract(c: u64, a: u64, b: u64, borrow: u64, bytes: u32): u64 {
  const result = (a - b - borrow) & maskOf(bytes);
  const borrows = (~a & b) | (~(a ^ b) & result);
  setResult(c, result, borrows, (a ^ b) & (a ^ result), bytes);
  return result;
}

/** INC and DEC: the same without CF. */
export function increment(c: u64, a: u64, bytes: u32): u64 {
  const carry = rflags(c) & FLAG_CF;
  const result = add(c, a, 1, 0, bytes);
  setFlags(c, FLAG_CF, carry);
  return result;
}

export function decrement(c: u64, a: u64, bytes: u32): u64 {
  const carry = rflags(c) & FLAG_CF;
  const result = subtract(c, a, 1, 0, bytes);
  setFlags(c, FLAG_CF, carry);
  return result;
}

function logic(c: u64, result: u64, bytes: u32): u64 {
  setResult(c, result, 0, 0, bytes);
  return result;
}

/** PF, ZF and SF of a result. */
export function resultFlags(result: u64, bytes: u32): u64 {
  const parity = (popcnt<u64>(result & 0xff) & 1) === 0 ? FLAG_PF : 0;
  const zero = result === 0 ? FLAG_ZF : 0;
  return parity | zero | (topBit(result, bytes) !== 0 ? FLAG_SF : 0);
}

/** The most significant bit, as 0 or 1. */
export function topBit(value: u64, bytes: u32): u64 {
  return (value >> (bytes * 8 - 1)) & 1;
}

/** `carries` has the carry or borrow out of each bit; the top bit of `overflow` says whether the sign is wrong. */
function setResult(c: u64, result: u64, carries: u64, overflow: u64, bytes: u32): void {
  const carry = topBit(carries, bytes);
  const adjust = ((carries >> 3) & 1) !== 0 ? FLAG_AF : 0;
  const flags = carry | adjust | (topBit(overflow, bytes) << FLAG_OF_SHIFT);
  setFlags(c, STATUS_FLAGS, flags | resultFlags(result, bytes));
}
