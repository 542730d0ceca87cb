// Memory that the running extension has, as the kernel reaches it: by addresses in ring 3, through its own mapping
//
// Looked up anew for each page: another processor may give it back meanwhile. Under the lock of tables it does not become somebody
// else's while it is used.

import { isWritable, translate } from "#arch/page-table";
import { PP_BLOCK_ROOT } from "../../abi/generated/bare/pp-block";
import { DIRECT_BASE, EXT_MEMORY_BASE, EXT_POOL_BASE, HANDOFF_BASE } from "../../abi/generated/bare/windows";
import { block64 } from "./pp";

const PAGE_MASK: u64 = 0xfff;

/** Native address of what the extension has at an address, up to the end of its page, under the lock of tables; 0: nothing. */
export function ownMemory(address: u64): u64 {
  if (!isExtensionMemory(address)) return 0;
  const page = translate(block64(PP_BLOCK_ROOT), address);
  return page == 0 ? 0 : DIRECT_BASE + page + (address & PAGE_MASK);
}

/** The same where it may write. */
export function ownWritableMemory(address: u64): u64 {
  if (!isExtensionMemory(address) || !isWritable(block64(PP_BLOCK_ROOT), address)) return 0;
  return ownMemory(address);
}

/** Whether an address lies in a window of pages that the kernel gave to the extension. */
function isExtensionMemory(address: u64): bool {
  if (address >= EXT_MEMORY_BASE && address < HANDOFF_BASE) return true;
  return address >= EXT_POOL_BASE && address < DIRECT_BASE;
}
