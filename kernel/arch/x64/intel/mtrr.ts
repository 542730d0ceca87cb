// Memory type range registers: what type physical memory has (SDM volume 3, 12.11)

import { rdmsr } from "../cpu";

const MSR_MTRRCAP: u32 = 0xfe;
const MSR_DEF_TYPE: u32 = 0x2ff;
const MSR_PHYSBASE0: u32 = 0x200;
const MSR_PHYSMASK0: u32 = 0x201;
const MSR_FIX64K: u32 = 0x250;
const MSR_FIX16K: u32 = 0x258;
const MSR_FIX4K: u32 = 0x268;

const CAP_COUNT: u64 = 0xff;
const DEF_TYPE: u64 = 0xff;
const DEF_FIXED: u64 = 1 << 10;
const DEF_ENABLED: u64 = 1 << 11;
const MASK_VALID: u64 = 1 << 11;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

const UNCACHEABLE: u32 = 0;
const WRITE_THROUGH: u32 = 4;
const WRITE_BACK: u32 = 6;

const FIXED_END: u64 = 0x10_0000;
const PAGE: u64 = 0x1000;
const NO_END: u64 = ~0;

/** The memory type of the page at a physical address (12.11.4.1). */
export function mtrrType(address: u64): u32 {
  const settings = rdmsr(MSR_DEF_TYPE);
  if ((settings & DEF_ENABLED) == 0) return UNCACHEABLE;
  if (address < FIXED_END && (settings & DEF_FIXED) != 0) return fixedType(<u32>address);
  let type: u32 = <u32>(settings & DEF_TYPE);
  let isFirst = true;
  const count = <u32>(rdmsr(MSR_MTRRCAP) & CAP_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const mask = rdmsr(MSR_PHYSMASK0 + 2 * i);
    const base = rdmsr(MSR_PHYSBASE0 + 2 * i);
    if ((mask & MASK_VALID) == 0 || ((address ^ base) & mask & ADDRESS) != 0) continue;
    const own = <u32>base & 0xff;
    type = isFirst ? own : combined(type, own);
    isFirst = false;
  }
  return type;
}

/** The end of the memory from an address on that surely has one type: a multiple of 4 KiB. */
export function mtrrEnd(address: u64): u64 {
  if (address < FIXED_END) return (address & ADDRESS) + PAGE;
  let end = NO_END;
  const count = <u32>(rdmsr(MSR_MTRRCAP) & CAP_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const mask = rdmsr(MSR_PHYSMASK0 + 2 * i);
    if ((mask & MASK_VALID) == 0) continue;
    const base = rdmsr(MSR_PHYSBASE0 + 2 * i) & ADDRESS;
    // Masks have no holes, so the lowest bit is the size
    const behind = base + (mask & ADDRESS & -(mask & ADDRESS));
    if (base > address && base < end) end = base;
    if (behind > address && behind < end) end = behind;
  }
  return end;
}

/** What two ranges that overlap give: uncacheable before write-through before the rest. */
function combined(one: u32, other: u32): u32 {
  if (one == UNCACHEABLE || other == UNCACHEABLE) return UNCACHEABLE;
  if (one == WRITE_THROUGH || other == WRITE_THROUGH) return WRITE_THROUGH;
  return one == other ? one : WRITE_BACK;
}

/** Of the first MiB: eight ranges in each register (12.11.2.2). */
function fixedType(address: u32): u32 {
  let msr = MSR_FIX64K;
  let index = address >> 16;
  if (address >= 0xc_0000) {
    msr = MSR_FIX4K + ((address - 0xc_0000) >> 15);
    index = (address >> 12) & 7;
  } else if (address >= 0x8_0000) {
    msr = MSR_FIX16K + ((address - 0x8_0000) >> 17);
    index = (address >> 14) & 7;
  }
  return <u32>(rdmsr(msr) >> (index * 8)) & 0xff;
}
