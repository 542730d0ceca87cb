// Memory type range registers: what type physical memory has (SDM volume 3, 12.11)
//
// Each processor has its own, and all must be the same (12.11.8): who changes them does it on every processor, with its caches off,
// its MTRRs off (E is 0) from the first write to the last, and WBINVD in front and behind. Nested page tables are for all processors,
// and repeat one setting, that of the processor which was the last to have its MTRRs on with other values than before. So:
//
//     E is 0            nothing is followed: what is written is half a setting. With CR0.CD, as 12.11.8 asks for, a VM's accesses
//                       are uncacheable whatever its tables say (29.3.7.2); without, they keep the types that they had
//     E becomes 1,      the setting is taken over; every other processor finds it taken when it comes so far. One that has the
//     or a write while  former setting until then accesses no memory whose type changes: that is 12.11.8's demand on whoever
//     it is 1           changes them, without us, too
//
// A range is counted as 12.11.4 allows ranges: from a multiple of its size on. Of a mask with holes, which only firmware writes that
// does not know how wide addresses are, the lowest bit is the size, as operating systems read it.

import { rdmsr, tryWrmsr } from "../cpu";
import { hostPhysicalBytes } from "../nested-format";

const MSR_MTRRCAP: u32 = 0xfe;
const MSR_PHYSBASE0: u32 = 0x200;
const MSR_FIX64K: u32 = 0x250;
const MSR_FIX16K: u32 = 0x258;
const MSR_FIX4K: u32 = 0x268;
const MSR_FIX4K_LAST: u32 = 0x26f;
const MSR_DEF_TYPE: u32 = 0x2ff;

const CAP_COUNT: u64 = 0xff;
const CAP_FIXED: u64 = 1 << 8;
const CAP_WRITE_COMBINING: u64 = 1 << 10;
const DEF_FIXED: u64 = 1 << 10;
const DEF_ENABLED: u64 = 1 << 11;
const MASK_VALID: u64 = 1 << 11;
const TYPE: u64 = 0xff;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;
/** Below the address of a base, and of a mask: what must be 0. */
const BASE_RESERVED: u64 = 0xf00;
const MASK_RESERVED: u64 = 0x7ff;

const UNCACHEABLE: u32 = 0;
const WRITE_COMBINING: u32 = 1;
const WRITE_THROUGH: u32 = 4;
const WRITE_BACK: u32 = 6;

const FIXED_END: u64 = 0x10_0000;
const PAGE: u64 = 0x1000;
const NO_END: u64 = ~0;

/** The setting that counts: DEF_TYPE, the fixed ranges from FIX64K to FIX4K_F8000, base and mask of each variable one. */
const FIXED: u32 = 1;
const VARIABLE: u32 = 12;
/** Behind them the fixed ranges begin. */
const MOST_RANGES: u32 = 40;
const known: usize = memory.data(8 * (VARIABLE + 2 * MOST_RANGES), 8);
let capabilities: u64 = 0;

function at(index: u32): u64 {
  return load<u64>(known + <usize>(index * 8));
}

function ranges(): u32 {
  return min<u32>(<u32>(capabilities & CAP_COUNT), MOST_RANGES);
}

/** The MSR of one that is known. */
function msrAt(index: u32): u32 {
  if (index >= VARIABLE) return MSR_PHYSBASE0 + index - VARIABLE;
  if (index < FIXED) return MSR_DEF_TYPE;
  const fixed = index - FIXED;
  if (fixed == 0) return MSR_FIX64K;
  return fixed < 3 ? MSR_FIX16K + fixed - 1 : MSR_FIX4K + fixed - 3;
}

/** Takes over the setting of this processor, the first one. */
export function initMtrrs(): void {
  capabilities = rdmsr(MSR_MTRRCAP);
  take();
}

/** Takes over the setting of this processor, if its MTRRs are on: whether it is another than before. */
export function takeMtrrs(): bool {
  return (rdmsr(MSR_DEF_TYPE) & DEF_ENABLED) != 0 && take();
}

function take(): bool {
  let isOther: bool = false;
  const count = VARIABLE + 2 * ranges();
  for (let index: u32 = 0; index < count; index++) {
    if (index >= FIXED && index < VARIABLE && (capabilities & CAP_FIXED) == 0) continue;
    // Of a range that is not valid nothing counts: its base may change before its mask does
    const isUnused = index >= VARIABLE && (rdmsr(msrAt(index | 1)) & MASK_VALID) == 0;
    const value = isUnused ? 0 : rdmsr(msrAt(index));
    if (value == at(index)) continue;
    store<u64>(known + <usize>(index * 8), value);
    isOther = true;
  }
  return isOther;
}

/** Whether an MSR, which is guarded (guarded-msrs.ts), is one of these. */
export function isMtrr(msr: u32): bool {
  return msr == MSR_DEF_TYPE || (msr >= MSR_PHYSBASE0 && msr <= MSR_FIX4K_LAST);
}

/** Writes one of this processor's for who owns the machine; false when that is #GP. */
export function writeMtrr(msr: u32, value: u64): bool {
  return isTaken(msr, value) && tryWrmsr(msr, value) != 0;
}

/** Whether the processor takes a value: there is such a register, the type is one, and what is reserved is 0 (12.11.2). */
function isTaken(msr: u32, value: u64): bool {
  if (msr == MSR_DEF_TYPE) return (value & ~(TYPE | DEF_FIXED | DEF_ENABLED)) == 0 && isType(value & TYPE);
  if (msr >= MSR_FIX64K) return (capabilities & CAP_FIXED) != 0 && areTypes(value);
  if (msr - MSR_PHYSBASE0 >= 2 * ranges() || value >= hostPhysicalBytes()) return false;
  if ((msr & 1) != 0) return (value & MASK_RESERVED) == 0;
  return (value & BASE_RESERVED) == 0 && isType(value & TYPE);
}

/** Whether a number is a memory type of MTRRs (table 12-8), and the processor has it. */
function isType(type: u64): bool {
  if (type == WRITE_COMBINING) return (capabilities & CAP_WRITE_COMBINING) != 0;
  return type == UNCACHEABLE || (type >= WRITE_THROUGH && type <= WRITE_BACK);
}

function areTypes(value: u64): bool {
  for (let shift: u64 = 0; shift < 64; shift += 8) {
    if (!isType((value >> shift) & TYPE)) return false;
  }
  return true;
}

/** The memory type of the page at a physical address (12.11.4.1). */
export function mtrrType(address: u64): u32 {
  const settings = at(0);
  if ((settings & DEF_ENABLED) == 0) return UNCACHEABLE;
  if (address < FIXED_END && (settings & DEF_FIXED) != 0) return fixedType(<u32>address);
  let type: u32 = <u32>(settings & TYPE);
  let isFirst = true;
  for (let range: u32 = 0; range < ranges(); range++) {
    const size = sizeOf(range);
    const base = at(VARIABLE + 2 * range);
    if (!isValid(range) || ((address ^ base) & ADDRESS & -size) != 0) continue;
    const own = <u32>(base & TYPE);
    type = isFirst ? own : combined(type, own);
    isFirst = false;
  }
  return type;
}

/** The end of the memory from an address on that surely has one type: a multiple of 4 KiB. */
export function mtrrEnd(address: u64): u64 {
  if (address < FIXED_END) return (address & ADDRESS) + PAGE;
  let end = NO_END;
  for (let range: u32 = 0; range < ranges(); range++) {
    if (!isValid(range)) continue;
    const size = sizeOf(range);
    const base = at(VARIABLE + 2 * range) & ADDRESS & -size;
    if (base > address && base < end) end = base;
    if (base + size > address && base + size < end) end = base + size;
  }
  return end;
}

function isValid(range: u32): bool {
  return (at(VARIABLE + 2 * range + 1) & MASK_VALID) != 0;
}

/** Bytes of a variable range: the lowest bit of its mask; 0: all memory. */
function sizeOf(range: u32): u64 {
  const mask = at(VARIABLE + 2 * range + 1) & ADDRESS;
  return mask & -mask;
}

/** What two ranges that overlap give: uncacheable before write-through before the rest. */
function combined(one: u32, other: u32): u32 {
  if (one == UNCACHEABLE || other == UNCACHEABLE) return UNCACHEABLE;
  if (one == WRITE_THROUGH || other == WRITE_THROUGH) return WRITE_THROUGH;
  return one == other ? one : WRITE_BACK;
}

/** Of the first MiB: eight ranges in each register (12.11.2.2). */
function fixedType(address: u32): u32 {
  let register: u32 = FIXED;
  let index = address >> 16;
  if (address >= 0xc_0000) {
    register = FIXED + 3 + ((address - 0xc_0000) >> 15);
    index = (address >> 12) & 7;
  } else if (address >= 0x8_0000) {
    register = FIXED + 1 + ((address - 0x8_0000) >> 17);
    index = (address >> 14) & 7;
  }
  return <u32>(at(register) >> (index * 8)) & <u32>TYPE;
}
