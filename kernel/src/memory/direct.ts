// The direct map: every physical page that belongs to the hypervisor, at a constant distance

import { DIRECT_BASE } from "../../../abi/generated/bare/windows";

/** Bytes of a page. */
export const PAGE_BYTES: u64 = 0x1000;
/** log2 of PAGE_BYTES. */
export const PAGE_SHIFT: u64 = 12;

/** Where the kernel sees a physical address of its own. */
export function directAddress(phys: u64): u64 {
  return DIRECT_BASE + phys;
}

/** The physical address of a native address within the direct map. */
export function physOfDirect(address: u64): u64 {
  return address - DIRECT_BASE;
}
