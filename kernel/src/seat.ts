// Seats: what the kernel keeps about each extension on this processor
//
// That of the extension which runs is the first part of this processor's block; the others lie in pages of their own
// until their turn comes. A processor with one extension has no such pages.
//
//     PP_BLOCK  ┌──────────────────┬──────────────────┐
//               │ seat: registers, │ what belongs to  │
//               │ callback, table  │ the processor    │
//               └──────▲───────────┴──────────────────┘
//                      │ takeSeat()
//     PP_SEATS  ┌──────┴───────────┬──────────────────┬─
//               │ extension 0      │ extension 1      │ ...
//               └──────────────────┴──────────────────┴─

import { allocateFpu } from "#arch/fpu-area";
import { isIsolated, makeUserRoot, useRoots } from "#arch/isolation";
import { deriveRoot, KERNEL_DATA, mapNewPages } from "#arch/page-table";
import { resetRing3 } from "#arch/ring3";
import { separateOwners } from "#arch/speculation";
import {
  PP_BLOCK_ACTIVE_VS,
  PP_BLOCK_EXTENSION,
  PP_BLOCK_FAIL_FPU,
  PP_BLOCK_FPU,
  PP_BLOCK_MEMORY_PAGES,
  PP_BLOCK_PRESENCE,
  PP_BLOCK_ROOT,
  PP_BLOCK_TCB,
  PP_BLOCK_TCB_IDS0,
  PP_BLOCK_USER_ROOT,
  PP_BLOCK_VIEW,
  PP_BLOCK_WORK,
  PRESENCE_NEW,
} from "../../abi/generated/bare/pp-block";
import { INVALID_ID, PAGE_SIZE, ROOT_VMID } from "../../abi/generated/bare/syscalls";
import { TCB_ACTIVE_VM, TCB_ACTIVE_VP, TCB_ACTIVE_VS } from "../../abi/generated/bare/tls";
import { DIRECT_BASE, PP_AREA_BASE, PP_BLOCK, PP_SEAT_STRIDE, PP_SEATS } from "../../abi/generated/bare/windows";
import { copyMemory, peek32, peek64, poke32, poke64 } from "../../bsl/src/memory";
import { becomeLoaded } from "./activate";
import { currentExtension, Extension, extensionAt, extensionCount, threadPointer } from "./extension";
import { attachProcessor } from "./extension-image";
import { activeVs, block32, ppid } from "./pp";
import { ownsRootVm } from "./vm";

const BLOCK: u64 = PP_AREA_BASE + PP_BLOCK;

/** Where a seat ends: the next field is one that other processors write to at any moment. */
const SEAT_END: u64 = PP_BLOCK_WORK;

/** Address of an extension's seat while it does not run. */
function parkedSeat(extension: Extension): u64 {
  return PP_AREA_BASE + PP_SEATS + <u64>extension.id * PP_SEAT_STRIDE;
}

/** PRESENCE_* of an extension on this processor. */
export function presenceOf(extension: Extension): u32 {
  if (extension == currentExtension()) return block32(PP_BLOCK_PRESENCE);
  return peek32(parkedSeat(extension) + PP_BLOCK_PRESENCE);
}

/**
 * Makes every extension's seat, stacks, TLS block, linear memory and table on this processor; `root` becomes the first
 * one's table. Extension 0 sits afterwards. False when memory runs out.
 */
export function makeSeats(ppid: u32, root: u64): bool {
  const count = extensionCount();
  if (count > 1 && !mapNewPages(root, PP_AREA_BASE + PP_SEATS, seatPages(count), KERNEL_DATA)) return false;
  // Tables are derived before the first extension's own pages appear in the processor's
  for (let id: u32 = 1; id < count; id++) {
    const table = deriveRoot(root);
    if (table == 0 || !makeSeat(parkedSeat(extensionAt(id)), extensionAt(id), ppid, table)) return false;
  }
  return makeSeat(BLOCK, extensionAt(0), ppid, root);
}

function seatPages(count: u32): u64 {
  return (<u64>count * PP_SEAT_STRIDE + PAGE_SIZE - 1) / PAGE_SIZE;
}

/** Fills a seat; what it does not name is zero already. */
function makeSeat(seat: u64, extension: Extension, ppid: u32, root: u64): bool {
  const tcb = attachProcessor(extension, ppid, root);
  if (tcb == 0) return false;
  const userRoot = isIsolated() ? makeUserRoot(root) : 0;
  if (isIsolated() && userRoot == 0) return false;
  poke64(seat + PP_BLOCK_ROOT, root);
  poke64(seat + PP_BLOCK_USER_ROOT, userRoot);
  poke64(seat + PP_BLOCK_TCB, tcb);
  poke64(seat + PP_BLOCK_MEMORY_PAGES, extension.memoryPages);
  poke32(seat + PP_BLOCK_EXTENSION, extension.address());
  poke64(seat + PP_BLOCK_FPU, allocateFpu());
  poke64(seat + PP_BLOCK_FAIL_FPU, allocateFpu());
  if (peek64(seat + PP_BLOCK_FPU) == 0 || peek64(seat + PP_BLOCK_FAIL_FPU) == 0) return false;
  poke32(seat + PP_BLOCK_PRESENCE, PRESENCE_NEW);
  poke32(seat + PP_BLOCK_VIEW, ownsRootVm(extension) ? ROOT_VMID : INVALID_ID);
  // Bareflank 3.0's only extension sees the root VM from the beginning
  const vm: u64 = extension.id == 0 || ownsRootVm(extension) ? ROOT_VMID : INVALID_ID;
  const none: u64 = INVALID_ID;
  poke64(seat + PP_BLOCK_TCB_IDS0, <u64>extension.id | (vm << 16) | (none << 32) | (none << 48));
  if (extension.version2 == 0) return true;
  poke32(DIRECT_BASE + tcb + TCB_ACTIVE_VM, <u32>vm);
  poke32(DIRECT_BASE + tcb + TCB_ACTIVE_VP, INVALID_ID);
  poke32(DIRECT_BASE + tcb + TCB_ACTIVE_VS, INVALID_ID);
  return true;
}

/** Makes an extension the one whose code this processor enters in ring 3 next, with the VS that is active for it. */
export function takeSeat(next: Extension): void {
  const current = currentExtension();
  resetRing3(threadPointer(ppid()));
  if (next == current) return;
  copyMemory(parkedSeat(current), BLOCK, SEAT_END);
  copyMemory(BLOCK, parkedSeat(next), SEAT_END);
  useRoots();
  separateOwners();
  if (block32(PP_BLOCK_ACTIVE_VS) != 0) becomeLoaded(changetype<usize>(activeVs()));
}
