// Whether a CALL stands right before an address of an extension's code (APM volume 3, 1.4 and CALL (Near))

import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { peek8 } from "../../../bsl/src/memory";
import { isExecutable, translate } from "./page-table";

const PAGE_MASK: u64 = 0xfff;

/** CALL with a distance, and its length. */
const CALL: u32 = 0xe8;
const CALL_BYTES: u64 = 5;
/** Group 5, whose /2 is CALL through a register or memory, and its longest form. Prefixes come before it. */
const GROUP_5: u32 = 0xff;
const GROUP_5_CALL: u32 = 2;
const GROUP_5_BYTES: u64 = 7;

/** Whether `address` is one that a CALL may have left on the stack, as the page tables below `root` show code. */
export function isReturnAddress(root: u64, address: u64): bool {
  if (!isExecutable(root, address)) return false;
  if (codeByte(root, address - CALL_BYTES) == CALL) return true;
  for (let bytes: u64 = 2; bytes <= GROUP_5_BYTES; bytes++) {
    const at = address - bytes;
    if (codeByte(root, at) == GROUP_5 && callBytes(codeByte(root, at + 1), codeByte(root, at + 2)) == bytes)
      return true;
  }
  return false;
}

/** Length of group 5's CALL with these bytes ModRM and SIB; 0 when it is no CALL. */
function callBytes(modrm: u32, sib: u32): u64 {
  if (((modrm >> 3) & 7) != GROUP_5_CALL) return 0;
  const mod = modrm >> 6;
  if (mod == 3) return 2;
  const hasSib = (modrm & 7) == 4;
  const base = hasSib ? sib & 7 : modrm & 7;
  const displacement = mod == 1 ? 1 : mod == 2 || base == 5 ? 4 : 0;
  return <u64>(2 + (hasSib ? 1 : 0) + displacement);
}

/** A byte of code; 0 where there is none. */
function codeByte(root: u64, address: u64): u32 {
  const page = translate(root, address);
  return page == 0 ? 0 : peek8(DIRECT_BASE + page + (address & PAGE_MASK));
}
