// Rotations and shifts of group 2 (APM volume 3, RCL to SHR), in the order of its opcode extensions; SHLD and SHRD

import { resultFlags, STATUS_FLAGS, topBit } from "./arithmetic";
import { FLAG_CF, FLAG_OF, maskOf, rflags, setFlags, signExtended } from "./context";

const ROL: u32 = 0;
const ROR: u32 = 1;
const RCL: u32 = 2;
const RCR: u32 = 3;
const SHR: u32 = 5;
const SAR: u32 = 7;

/** The result; without a count the flags stay as they are. OF is what a count of one makes of it. */
export function shift(c: u64, which: u32, value: u64, count: u32, bytes: u32): u64 {
  const masked = count & (bytes === 8 ? 63 : 31);
  if (masked === 0) return value;
  if (which === ROL || which === ROR) return rotate(c, which === ROL, value, masked, bytes);
  if (which === RCL || which === RCR) return rotateThroughCarry(c, which === RCL, value, masked, bytes);
  if (which === SHR) return shiftRight(c, value, masked, bytes);
  return which === SAR ? shiftRightSigned(c, value, masked, bytes) : shiftLeft(c, value, masked, bytes);
}

function rotate(c: u64, isLeft: bool, value: u64, count: u32, bytes: u32): u64 {
  const bits = bytes * 8;
  const left = (isLeft ? count : bits - (count & (bits - 1))) & (bits - 1);
  const result = left === 0 ? value : ((value << left) | (value >> (bits - left))) & maskOf(bytes);
  const top = topBit(result, bytes);
  if (isLeft) setCarry(c, result & 1, top ^ (result & 1));
  else setCarry(c, top, top ^ ((result >> (bits - 2)) & 1));
  return result;
}

/** CF is a bit more. */
function rotateThroughCarry(c: u64, isLeft: bool, value: u64, count: u32, bytes: u32): u64 {
  const bits = bytes * 8;
  const carry = rflags(c) & FLAG_CF;
  const n = count % (bits + 1);
  if (n === 0) return value;
  // What wraps around goes past CF. A shift by 64 would be one by 0
  if (isLeft) {
    const wrapped = n === 1 ? 0 : value >> (bits + 1 - n);
    const result = ((value << n) | (carry << (n - 1)) | wrapped) & maskOf(bytes);
    const out = (value >> (bits - n)) & 1;
    setCarry(c, out, topBit(result, bytes) ^ out);
    return result;
  }
  const wrapped = n === 1 ? 0 : value << (bits + 1 - n);
  const result = ((value >> n) | (carry << (bits - n)) | wrapped) & maskOf(bytes);
  setCarry(c, (value >> (n - 1)) & 1, topBit(result, bytes) ^ ((result >> (bits - 2)) & 1));
  return result;
}

function shiftLeft(c: u64, value: u64, count: u32, bytes: u32): u64 {
  const bits = bytes * 8;
  const result = (value << count) & maskOf(bytes);
  const out = count <= bits ? (value >> (bits - count)) & 1 : 0;
  setResult(c, result, out, topBit(result, bytes) ^ out, bytes);
  return result;
}

function shiftRight(c: u64, value: u64, count: u32, bytes: u32): u64 {
  const result = value >> count;
  setResult(c, result, (value >> (count - 1)) & 1, topBit(value, bytes), bytes);
  return result;
}

function shiftRightSigned(c: u64, value: u64, count: u32, bytes: u32): u64 {
  const extended = <i64>signExtended(value, bytes);
  const result = <u64>(extended >> count) & maskOf(bytes);
  setResult(c, result, <u64>(extended >> (count - 1)) & 1, 0, bytes);
  return result;
}

/** SHLD and SHRD: the bits that come in are another operand's. More than there are bits is undefined. */
export function shiftDouble(c: u64, isLeft: bool, value: u64, other: u64, count: u32, bytes: u32): u64 {
  const bits = bytes * 8;
  const masked = count & (bytes === 8 ? 63 : 31);
  if (masked === 0) return value;
  const n = masked > bits ? masked - bits : masked;
  const shifted = isLeft ? (value << n) | (other >> (bits - n)) : (value >> n) | (other << (bits - n));
  const result = shifted & maskOf(bytes);
  const out = isLeft ? value >> (bits - n) : value >> (n - 1);
  setResult(c, result, out & 1, topBit(result, bytes) ^ topBit(value, bytes), bytes);
  return result;
}

function setCarry(c: u64, carry: u64, overflow: u64): void {
  setFlags(c, FLAG_CF | FLAG_OF, carry | (overflow !== 0 ? FLAG_OF : 0));
}

function setResult(c: u64, result: u64, carry: u64, overflow: u64, bytes: u32): void {
  setFlags(c, STATUS_FLAGS, carry | (overflow !== 0 ? FLAG_OF : 0) | resultFlags(result, bytes));
}
