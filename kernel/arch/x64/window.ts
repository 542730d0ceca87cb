// A page of memory that is not the hypervisor's, for a moment: otherwise nothing of that is mapped in ring 0

import { PP_BLOCK_ROOT } from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_WINDOW } from "../../../abi/generated/bare/windows";
import { block64 } from "../../src/pp";
import { flushPage } from "./cpu";
import { KERNEL_DATA, mapPage, unmapPage } from "./page-table";

const WINDOW: u64 = PP_AREA_BASE + PP_WINDOW;

/** Maps a page on this processor: its native address, or 0 when memory runs out. */
export function openWindow(physical: u64): u64 {
  return mapPage(block64(PP_BLOCK_ROOT), WINDOW, physical, KERNEL_DATA) ? WINDOW : 0;
}

/** Takes it away again. */
export function closeWindow(): void {
  unmapPage(block64(PP_BLOCK_ROOT), WINDOW);
  flushPage(WINDOW);
}
