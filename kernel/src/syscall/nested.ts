// Group 0xA, nested page tables
//
// A call that changes a range does so much of it and returns how many bytes it has done; it fails when it can do nothing.

import { TYPE_MACHINE } from "#arch/memory-type";
import {
  canTrack,
  hasExecuteOnly,
  hostOf,
  hostPhysicalBytes,
  isPage,
  knowsRights,
  knowsType,
  largestLevel,
  NESTED_GUEST_BYTES,
  NESTED_LEVELS,
  pageBytes,
  rightsOf,
  typeOf,
} from "#arch/nested-format";
import {
  NESTED_ACCESSED,
  NESTED_COPY_TO_VM,
  NESTED_DIRTY,
  NESTED_FOR_ROOT,
  NESTED_HAS_1G,
  NESTED_HAS_EXECUTE_ONLY,
  NESTED_HAS_TRACKING,
  NESTED_OWN,
  NESTED_PAGE,
  NESTED_RIGHTS,
  NESTED_TRACKED,
  NESTED_TYPE,
} from "../../../abi/generated/bare/objects";
import {
  PP_BLOCK_REG0,
  PP_BLOCK_REG1,
  PP_BLOCK_REG2,
  PP_BLOCK_REG3,
  PP_BLOCK_REG4,
  PP_BLOCK_REG5,
} from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_INPUT_REG4,
  STATUS_INVALID_INPUT_REG5,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { INVALID_ID } from "../../../abi/generated/bare/syscalls";
import { peek64 } from "../../../bsl/src/memory";
import { dropNested, flushNested, useNested } from "../attach";
import { currentExtension } from "../extension";
import { openBudget, takeStale } from "../nested/budget";
import { copyRange, isBuffer } from "../nested/copy";
import { identityRange, mapRange, protectRange, unmapRange } from "../nested/edit";
import { guardVs } from "../nested/guard";
import { harvestRange } from "../nested/harvest";
import { drain, openLimbo, unflushedProcessors } from "../nested/limbo";
import { Nested, nestedAt, nesteds } from "../nested/nested";
import { isForbidden } from "../nested/own-pages";
import { releaseTable } from "../nested/release";
import { findEntry, levelOfFound } from "../nested/tables";
import { block64, ppid, setBlock64, setIdentifier } from "../pp";
import { Vs, vsAt, vss } from "../vs";

const TYPE_SHIFT: u32 = 8;
const PAGE_SHIFT: u32 = 16;
const RANGE_FLAGS: u32 = NESTED_RIGHTS | NESTED_TYPE | NESTED_PAGE;

/** A.0: REG1 flags -> REG0 nested, REG1 features. */
export function nestedCreate(): u64 {
  const flags = block64(PP_BLOCK_REG1);
  if ((flags & ~(<u64>(NESTED_FOR_ROOT | NESTED_TRACKED))) != 0) return STATUS_INVALID_INPUT_REG1;
  const isTracked = (flags & NESTED_TRACKED) != 0;
  if (isTracked && !canTrack()) return STATUS_INVALID_INPUT_REG1;
  const id = nesteds.allocate(currentExtension().address(), false, true);
  if (id == INVALID_ID) return STATUS_FAILURE_UNKNOWN;
  if (!nestedAt(id).init((flags & NESTED_FOR_ROOT) != 0, isTracked)) {
    nesteds.release(id);
    return STATUS_FAILURE_UNKNOWN;
  }
  let features: u64 = 0;
  if (hasExecuteOnly()) features |= NESTED_HAS_EXECUTE_ONLY;
  if (largestLevel() == 3) features |= NESTED_HAS_1G;
  if (canTrack()) features |= NESTED_HAS_TRACKING;
  setIdentifier(PP_BLOCK_REG0, nestedAt(id));
  setBlock64(PP_BLOCK_REG1, features);
  return STATUS_SUCCESS;
}

/** A.1: REG1 nested -> REG0 whether tables are left for the next call. */
export function nestedDestroy(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  const nested = nestedOf();
  if (nested.users != 0) return STATUS_FAILURE_UNKNOWN;
  openBudget();
  // No VS has the tables: what waits to be given back waits for nobody
  const done = drain(nested) && releaseTable(nested.root, NESTED_LEVELS);
  if (done) nesteds.release(nested.id);
  setBlock64(PP_BLOCK_REG0, done ? 0 : 1);
  return STATUS_SUCCESS;
}

/** A.2: REG1 nested, REG2 guest, REG3 host, REG4 bytes, REG5 flags -> REG0 bytes done. */
export function nestedMap(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  const guest = block64(PP_BLOCK_REG2);
  const host = block64(PP_BLOCK_REG3);
  const bytes = block64(PP_BLOCK_REG4);
  const flags = block64(PP_BLOCK_REG5);
  if (!isAddress(guest, NESTED_GUEST_BYTES)) return STATUS_INVALID_INPUT_REG2;
  if (!isAddress(host, hostPhysicalBytes())) return STATUS_INVALID_INPUT_REG3;
  if (!isLength(bytes, guest, NESTED_GUEST_BYTES)) return STATUS_INVALID_INPUT_REG4;
  if (!isLength(bytes, host, hostPhysicalBytes())) return STATUS_INVALID_INPUT_REG4;
  if (!areFlags(flags, RANGE_FLAGS)) return STATUS_INVALID_INPUT_REG5;
  // The range as a whole, before anything is shown
  if (isForbidden(host, bytes)) return STATUS_INVALID_INPUT_REG3;
  return finishEdit(nestedOf(), mapRange(beginEdit(), guest, host, bytes, <u32>flags));
}

/** A.3: REG1 nested, REG2 guest, REG3 bytes -> REG0 bytes done. */
export function nestedUnmap(): u64 {
  const status = checkRange();
  if (status != STATUS_SUCCESS) return status;
  return finishEdit(nestedOf(), unmapRange(beginEdit(), block64(PP_BLOCK_REG2), block64(PP_BLOCK_REG3)));
}

/** A.4: REG1 nested, REG2 guest, REG3 bytes, REG4 rights -> REG0 bytes done. */
export function nestedProtect(): u64 {
  const status = checkRange();
  if (status != STATUS_SUCCESS) return status;
  const rights = block64(PP_BLOCK_REG4);
  if ((rights & ~(<u64>NESTED_RIGHTS)) != 0 || !knowsRights(<u32>rights)) return STATUS_INVALID_INPUT_REG4;
  const done = protectRange(beginEdit(), block64(PP_BLOCK_REG2), block64(PP_BLOCK_REG3), <u32>rights);
  return finishEdit(nestedOf(), done);
}

/** A.5: REG1 nested, REG2 guest -> REG0 host, REG1 flags. */
export function nestedTranslate(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  const guest = block64(PP_BLOCK_REG2);
  if (guest >= NESTED_GUEST_BYTES) return STATUS_INVALID_INPUT_REG2;
  const entry = peek64(findEntry(nestedOf(), guest));
  if (!isPage(entry)) return STATUS_FAILURE_UNKNOWN;
  const level = levelOfFound();
  setBlock64(PP_BLOCK_REG0, hostOf(entry, level) | (guest & (pageBytes(level) - 1)));
  setBlock64(PP_BLOCK_REG1, rightsOf(entry) | (typeOf(entry, level) << TYPE_SHIFT) | (level << PAGE_SHIFT));
  return STATUS_SUCCESS;
}

/** A.6: REG1 nested, REG2 guest, REG3 bytes, REG4 flags -> REG0 bytes done. */
export function nestedIdentity(): u64 {
  const status = checkRange();
  if (status != STATUS_SUCCESS) return status;
  const guest = block64(PP_BLOCK_REG2);
  const bytes = block64(PP_BLOCK_REG3);
  const flags = block64(PP_BLOCK_REG4);
  if (!isLength(bytes, guest, hostPhysicalBytes())) return STATUS_INVALID_INPUT_REG3;
  if (!areFlags(flags, RANGE_FLAGS | NESTED_OWN)) return STATUS_INVALID_INPUT_REG4;
  return finishEdit(nestedOf(), identityRange(beginEdit(), guest, bytes, <u32>flags));
}

/** A.7: REG1 nested, REG2 vs. */
export function nestedAttach(): u64 {
  const status = checkVs();
  if (status != STATUS_SUCCESS) return status;
  const vs = vsOf();
  if (nestedOf().forRoot != 0 && !vs.isRoot()) return STATUS_INVALID_INPUT_REG2;
  if (isElsewhere(vs)) return STATUS_FAILURE_UNKNOWN;
  useNested(vs, nestedOf());
  return STATUS_SUCCESS;
}

/** A.8: REG1 nested, REG2 vs, which has them. */
export function nestedDetach(): u64 {
  const status = checkVs();
  if (status != STATUS_SUCCESS) return status;
  const vs = vsOf();
  if (vs.nested != nestedOf().id + 1 || isElsewhere(vs)) return STATUS_FAILURE_UNKNOWN;
  dropNested(vs);
  return STATUS_SUCCESS;
}

/** A.9: REG1 nested -> REG0 other processors that still run with older translations. */
export function nestedFlush(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  const nested = nestedOf();
  openBudget();
  openLimbo(nested);
  setBlock64(PP_BLOCK_REG0, unflushedProcessors(nested, true));
  return STATUS_SUCCESS;
}

/** A.10: REG1 vs, the operating system's. */
export function nestedGuard(): u64 {
  if (!vss.isOwn(block64(PP_BLOCK_REG1))) return STATUS_INVALID_INPUT_REG1;
  const vs = vsAt(<u32>block64(PP_BLOCK_REG1) & 0xffff);
  if (!vs.isRoot()) return STATUS_INVALID_INPUT_REG1;
  return !isElsewhere(vs) && guardVs(vs) ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

/** A.11: REG1 nested, REG2 guest, REG3 buffer, REG4 bytes, REG5 direction -> REG0 bytes done. */
export function nestedCopy(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  const guest = block64(PP_BLOCK_REG2);
  const buffer = block64(PP_BLOCK_REG3);
  const bytes = block64(PP_BLOCK_REG4);
  const direction = block64(PP_BLOCK_REG5);
  const toVm = direction == NESTED_COPY_TO_VM;
  if (guest >= NESTED_GUEST_BYTES) return STATUS_INVALID_INPUT_REG2;
  if (!isBuffer(buffer, toVm)) return STATUS_INVALID_INPUT_REG3;
  if (bytes == 0 || bytes > NESTED_GUEST_BYTES - guest) return STATUS_INVALID_INPUT_REG4;
  if (direction > NESTED_COPY_TO_VM) return STATUS_INVALID_INPUT_REG5;
  const done = copyRange(nestedOf(), guest, buffer, bytes, toVm);
  setBlock64(PP_BLOCK_REG0, done);
  return done == 0 ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
}

/** A.12: REG1 nested, REG2 guest, REG3 bytes, REG4 bitmap, REG5 what -> REG0 bytes done. */
export function nestedHarvest(): u64 {
  const status = checkRange();
  if (status != STATUS_SUCCESS) return status;
  if (nestedOf().tracked == 0) return STATUS_INVALID_INPUT_REG1;
  const bitmap = block64(PP_BLOCK_REG4);
  const what = block64(PP_BLOCK_REG5);
  if ((bitmap & 7) != 0 || !isBuffer(bitmap, false)) return STATUS_INVALID_INPUT_REG4;
  if (what == 0 || (what & ~(<u64>(NESTED_ACCESSED | NESTED_DIRTY))) != 0) return STATUS_INVALID_INPUT_REG5;
  const done = harvestRange(beginEdit(), block64(PP_BLOCK_REG2), block64(PP_BLOCK_REG3), bitmap, <u32>what);
  return finishEdit(nestedOf(), done);
}

function isNested(): bool {
  return nesteds.isOwn(block64(PP_BLOCK_REG1));
}

function nestedOf(): Nested {
  return nestedAt(<u32>block64(PP_BLOCK_REG1) & 0xffff);
}

function vsOf(): Vs {
  return vsAt(<u32>block64(PP_BLOCK_REG2) & 0xffff);
}

/** Whether a VS is another processor's active one. */
function isElsewhere(vs: Vs): bool {
  return vs.active != 0 && vs.ppid != ppid();
}

/** Nested page tables in REG1, a VS in REG2. */
function checkVs(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  return vss.isOwn(block64(PP_BLOCK_REG2)) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG2;
}

/** Nested page tables in REG1, a range of guest physical addresses in REG2 and REG3. */
function checkRange(): u64 {
  if (!isNested()) return STATUS_INVALID_INPUT_REG1;
  const guest = block64(PP_BLOCK_REG2);
  if (!isAddress(guest, NESTED_GUEST_BYTES)) return STATUS_INVALID_INPUT_REG2;
  return isLength(block64(PP_BLOCK_REG3), guest, NESTED_GUEST_BYTES) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG3;
}

function isAddress(address: u64, end: u64): bool {
  return (address & 0xfff) == 0 && address < end;
}

function isLength(bytes: u64, address: u64, end: u64): bool {
  return bytes != 0 && (bytes & 0xfff) == 0 && address < end && bytes <= end - address;
}

/** Whether flags are among those allowed, with rights and a memory type that the processor knows. */
function areFlags(flags: u64, allowed: u32): bool {
  const type = (<u32>flags & NESTED_TYPE) >> TYPE_SHIFT;
  if ((flags & ~(<u64>allowed)) != 0 || !knowsRights(<u32>flags & NESTED_RIGHTS)) return false;
  return type == TYPE_MACHINE || knowsType(type);
}

function beginEdit(): Nested {
  openBudget();
  openLimbo(nestedOf());
  return nestedOf();
}

function finishEdit(nested: Nested, done: u64): u64 {
  if (takeStale()) flushNested(nested);
  setBlock64(PP_BLOCK_REG0, done);
  return done == 0 ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
}
