// Copies between an extension's own memory and what nested page tables show

import { ENTRY_BLANK, ENTRY_COUNTED, hostOf, isPage, pageBytes, rightsOf } from "#arch/nested-format";
import { closeWindow, openWindow } from "#arch/window";
import { NESTED_READ, NESTED_WRITE } from "../../../abi/generated/bare/objects";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { copyMemory, peek64 } from "../../../bsl/src/memory";
import { lockTables, unlockTables } from "../direct-map";
import { pages } from "../memory/pages";
import { ownMemory, ownWritableMemory } from "../own-memory";
import { Nested } from "./nested";
import { findEntry, levelOfFound } from "./tables";

/** What a call copies at most: some microseconds. */
export const COPY_BYTES: u64 = 0x4000;

const PAGE_MASK: u64 = PAGE_SIZE - 1;
/** No host physical address. */
const NOWHERE: u64 = 0xffff_ffff_ffff_ffff;

/** Whether the extension has memory at an address that a copy can read, or write. */
export function isBuffer(buffer: u64, toVm: bool): bool {
  lockTables();
  const found = bufferAt(buffer, toVm) != 0;
  unlockTables();
  return found;
}

/** Copies as much as a call does, up to where either side ends: how many bytes. */
export function copyRange(nested: Nested, guest: u64, buffer: u64, bytes: u64, toVm: bool): u64 {
  const most = min(bytes, COPY_BYTES);
  let done: u64 = 0;
  while (done < most) {
    const part = min(most - done, min(leftInPage(guest + done), leftInPage(buffer + done)));
    const host = hostFor(nested, guest + done, toVm ? NESTED_WRITE : NESTED_READ);
    if (host == NOWHERE || !copyPart(host, buffer + done, part, toVm)) break;
    done += part;
  }
  return done;
}

/** Within a page on both sides. */
function copyPart(host: u64, buffer: u64, bytes: u64, toVm: bool): bool {
  const isForeign = pages.nextOwned(host & ~PAGE_MASK) != (host & ~PAGE_MASK);
  const page = isForeign ? openWindow(host & ~PAGE_MASK) : DIRECT_BASE + (host & ~PAGE_MASK);
  if (page == 0) return false;
  const shown = page + (host & PAGE_MASK);
  lockTables();
  const own = bufferAt(buffer, toVm);
  if (own != 0) copyMemory(toVm ? shown : own, toVm ? own : shown, bytes);
  unlockTables();
  if (isForeign) closeWindow();
  return own != 0;
}

function bufferAt(buffer: u64, toVm: bool): u64 {
  return toVm ? ownMemory(buffer) : ownWritableMemory(buffer);
}

/** Where the VM has a guest physical address, if it has the right; of the hypervisor's pages only the extension's own, and zeroes. */
function hostFor(nested: Nested, guest: u64, right: u32): u64 {
  const entry = peek64(findEntry(nested, guest));
  if (!isPage(entry) || (rightsOf(entry) & right) == 0) return NOWHERE;
  const host = hostOf(entry, levelOfFound()) | (guest & (pageBytes(levelOfFound()) - 1));
  const page = host & ~PAGE_MASK;
  const isOwned = pages.nextOwned(page) == page;
  return isOwned && (entry & (ENTRY_COUNTED | ENTRY_BLANK)) == 0 ? NOWHERE : host;
}

function leftInPage(address: u64): u64 {
  return PAGE_SIZE - (address & PAGE_MASK);
}
