// Nested page tables: what physical memory a VM sees, and what it may do with it (NPT: APM volume 2, 15.25; EPT: SDM
// volume 3, chapter 29)
//
// The microkernel keeps them. Pages are as large as possible, and split when part of one gets other rights; a page
// without rights keeps its address, so that the rights can come back. Changes count for a VM when it runs next; on another
// processor, when it next exits there.

import {
  NESTED_COPY_FROM_VM,
  NESTED_COPY_TO_VM,
  NESTED_FOR_ROOT,
  NESTED_HAS_1G,
  NESTED_HAS_EXECUTE_ONLY,
  NESTED_HAS_TRACKING,
  NESTED_MACHINE,
  NESTED_PAGE,
  NESTED_RIGHTS,
  NESTED_TRACKED,
} from "../../../../abi/generated/bare/objects";
import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import {
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_COPY,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DESTROY,
  SYSCALL_NESTED_DETACH,
  SYSCALL_NESTED_FLUSH,
  SYSCALL_NESTED_HARVEST,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_TRANSLATE,
  SYSCALL_NESTED_UNMAP,
} from "../../../../abi/generated/bare/syscalls";
import { handleOf, idOf } from "../calls/handle";
import { callObject, callResult, objectRequired } from "../calls/objects";
import { PAGE_BYTES } from "../memory/pages";
import { NativeVs } from "../vs/native-vs";
import { forgetTables, rememberTables } from "./attached";

/**
 * What a VM may do with a page. They can be added. Write needs Read; Execute needs Read unless
 * NestedTables.hasExecuteOnly.
 */
export enum Right {
  None = 0,
  Read = 1,
  Write = 2,
  Execute = 4,
  All = 7,
}

/** What the processor has noted of a page. They can be added. */
export enum Note {
  /** The VM has read, written or executed it. */
  Accessed = 1,
  Dirty = 2,
}

/** What is shown in the place of the hypervisor's own pages; values are NESTED_OWN_*. */
export enum Own {
  /** Nothing: the VM exits. */
  Absent = 0,
  /** Zeroes, which cannot be written: such a write exits. */
  Blank = 0x1000,
}

/** What translate() gives for an address that is not mapped. */
export const NOT_NESTED: u64 = 0xffff_ffff_ffff_ffff;

const GIBIBYTE: u64 = 1 << 30;
const PAGE_SHIFT: u64 = 16;

/** Nested page tables, by their identifier. Every method asserts that the microkernel agrees, unless it says so. */
@unmanaged
export class NestedTables {
  static of(id: u32): NestedTables {
    return changetype<NestedTables>(handleOf(id));
  }

  /**
   * Tables in which the root VM sees the first GiB of physical memory, up to 512 of them, as they are, with all rights; but
   * zeroes in the place of the hypervisor. Null when memory runs out: a processor without pages of 1 GiB needs a page of
   * memory for each.
   */
  static identity(gibibytes: u32): NestedTables | null {
    return NestedTables.identityForRoot(gibibytes, Right.All);
  }

  /** The same with other rights. */
  static identityForRoot(gibibytes: u32, rights: Right): NestedTables | null {
    return filled(NESTED_FOR_ROOT, gibibytes, rights, Own.Blank);
  }

  /** The same for any VM, and with the hypervisor's own pages as told; what it shares with the root VM is among them. */
  static identityWith(gibibytes: u32, rights: Right, own: Own): NestedTables | null {
    return filled(0, gibibytes, rights, own);
  }

  /** Tables in which the VM sees nothing yet. Null when memory runs out. */
  static empty(): NestedTables | null {
    return create(0);
  }

  /** The same, with note taken of which pages the VM accesses and writes: harvest(). Null where the processor cannot, too. */
  static tracked(): NestedTables | null {
    return create(NESTED_TRACKED);
  }

  /** Whether this processor can take note of what a VM accesses. */
  static get hasTracking(): bool {
    return hasFeature(NESTED_HAS_TRACKING);
  }

  /** Whether this processor can let a VM execute what it cannot read. */
  static get hasExecuteOnly(): bool {
    return hasFeature(NESTED_HAS_EXECUTE_ONLY);
  }

  /** Whether it has pages of 1 GiB, so that tables of much memory are small. */
  static get hasGibibytePages(): bool {
    return hasFeature(NESTED_HAS_1G);
  }

  get id(): u32 {
    return idOf(changetype<usize>(this));
  }

  /** Gives the tables' memory back, not what they map. No VS may use them any more. */
  free(): void {
    do {
      objectRequired(SYSCALL_NESTED_DESTROY, this.id, 0, 0, 0, 0);
    } while (callResult(0) != 0);
  }

  /** Makes a VS use the tables, instead of those that it had. */
  use(vs: NativeVs): NestedTables {
    objectRequired(SYSCALL_NESTED_ATTACH, this.id, vs.id, 0, 0, 0);
    rememberTables(vs.id, this.id);
    return this;
  }

  /** Takes the tables from a VS, which uses them: the root VM sees all physical memory as it is then, another VM none. */
  release(vs: NativeVs): void {
    objectRequired(SYSCALL_NESTED_DETACH, this.id, vs.id, 0, 0, 0);
    forgetTables(vs.id);
  }

  /**
   * Gives pages other rights; both numbers are multiples of 4 KiB. False when memory runs out, or a page is not mapped,
   * or the processor does not know such rights.
   */
  protect(address: u64, bytes: u64, rights: Right): bool {
    let done: u64 = 0;
    while (done < bytes) {
      if (callObject(SYSCALL_NESTED_PROTECT, this.id, address + done, bytes - done, rights, 0) != STATUS_SUCCESS)
        return false;
      done += callResult(0);
    }
    return true;
  }

  /** Shows another page of physical memory at a guest physical address. False as for mapRange(). */
  map(guest: u64, host: u64, rights: Right): bool {
    return this.mapRange(guest, host, PAGE_BYTES, rights);
  }

  /**
   * Shows a range of physical memory at guest physical addresses; all numbers are multiples of 4 KiB. False when memory
   * runs out, or the range holds a page of the hypervisor's that this extension did not allocate.
   */
  mapRange(guest: u64, host: u64, bytes: u64, rights: Right): bool {
    let done: u64 = 0;
    while (done < bytes) {
      const some = this.mapSome(guest + done, host + done, bytes - done, rights);
      if (some == 0) return false;
      done += some;
    }
    return true;
  }

  /**
   * The same for as much as one call does: bytes that are mapped now, from the beginning. 0 as mapRange() says false. For
   * extensions that may not take long.
   */
  mapSome(guest: u64, host: u64, bytes: u64, rights: Right): u64 {
    const flags = rights | NESTED_MACHINE;
    const status = callObject(SYSCALL_NESTED_MAP, this.id, guest, host, bytes, flags);
    return status == STATUS_SUCCESS ? callResult(0) : 0;
  }

  /** Shows physical memory at its own addresses, instead of what is mapped there. False when memory runs out. */
  showIdentity(address: u64, bytes: u64, rights: Right, own: Own): bool {
    const flags = rights | own | NESTED_MACHINE;
    let done: u64 = 0;
    while (done < bytes) {
      if (callObject(SYSCALL_NESTED_IDENTITY, this.id, address + done, bytes - done, flags, 0) != STATUS_SUCCESS)
        return false;
      done += callResult(0);
    }
    return true;
  }

  /** Shows nothing any more. False when memory runs out: a large page may have to be split. */
  unmap(address: u64, bytes: u64): bool {
    let done: u64 = 0;
    while (done < bytes) {
      const some = this.unmapSome(address + done, bytes - done);
      if (some == 0) return false;
      done += some;
    }
    return true;
  }

  /** The same for as much as one call does: bytes that are not shown any more, from the beginning; 0: unmap() is false. */
  unmapSome(address: u64, bytes: u64): u64 {
    const status = callObject(SYSCALL_NESTED_UNMAP, this.id, address, bytes, 0, 0);
    return status == STATUS_SUCCESS ? callResult(0) : 0;
  }

  /**
   * Copies what the VM may read at a guest physical address to a native address of the extension's own. False when part of it is not
   * there, or may not be read: what comes before has been copied.
   */
  read(to: u64, guest: u64, bytes: u64): bool {
    return this.copy(guest, to, bytes, NESTED_COPY_FROM_VM);
  }

  /** The same from the extension's own memory to where the VM may write. */
  write(guest: u64, from: u64, bytes: u64): bool {
    return this.copy(guest, from, bytes, NESTED_COPY_TO_VM);
  }

  private copy(guest: u64, own: u64, bytes: u64, direction: u32): bool {
    let done: u64 = 0;
    while (done < bytes) {
      if (callObject(SYSCALL_NESTED_COPY, this.id, guest + done, own + done, bytes - done, direction) != STATUS_SUCCESS)
        return false;
      done += callResult(0);
    }
    return true;
  }

  /**
   * Tells which pages of a range the VM has accessed, or written, since they were mapped or asked about the last time, by a bit for each
   * 4 KiB: in words at a native address of the extension's own, a multiple of 8. A large page is one, as the processor notes it; one that
   * only part of is asked about is split. Memory that the VM may write meanwhile is read when unflushedProcessors is 0. False when the words
   * are not the extension's to write, or the tables are not tracked(): what comes before is told and cleared.
   */
  harvest(guest: u64, bytes: u64, bitmap: u64, what: Note): bool {
    let done: u64 = 0;
    while (done < bytes) {
      const words = bitmap + done / (PAGE_BYTES * 8);
      if (callObject(SYSCALL_NESTED_HARVEST, this.id, guest + done, bytes - done, words, what) != STATUS_SUCCESS)
        return false;
      done += callResult(0);
    }
    return true;
  }

  /** How many other processors still run a VM with the tables as they were before they were changed. */
  get unflushedProcessors(): u64 {
    objectRequired(SYSCALL_NESTED_FLUSH, this.id, 0, 0, 0, 0);
    return callResult(0);
  }

  /** Host physical address behind a guest physical one, or NOT_NESTED; rights do not matter. */
  translate(address: u64): u64 {
    return this.look(address) ? callResult(0) : NOT_NESTED;
  }

  /** What the VM may do at an address. */
  rights(address: u64): Right {
    return this.look(address) ? <Right>(<u32>callResult(1) & NESTED_RIGHTS) : Right.None;
  }

  /** Bytes of the page that an address lies in; 0 when it is not mapped. */
  pageBytes(address: u64): u64 {
    if (!this.look(address)) return 0;
    const level = (callResult(1) & NESTED_PAGE) >> PAGE_SHIFT;
    return PAGE_BYTES << (9 * (level - 1));
  }

  private look(address: u64): bool {
    return callObject(SYSCALL_NESTED_TRANSLATE, this.id, address, 0, 0, 0) == STATUS_SUCCESS;
  }
}

function filled(flags: u32, gibibytes: u32, rights: Right, own: Own): NestedTables | null {
  const tables = create(flags);
  if (tables === null || tables.showIdentity(0, gibibytes * GIBIBYTE, rights, own)) return tables;
  tables.free();
  return null;
}

function hasFeature(feature: u32): bool {
  const tables = create(0);
  const features = callResult(1);
  if (tables === null) return false;
  tables.free();
  return (features & feature) != 0;
}

function create(flags: u32): NestedTables | null {
  const status = callObject(SYSCALL_NESTED_CREATE, flags, 0, 0, 0, 0);
  return status == STATUS_SUCCESS ? NestedTables.of(<u32>callResult(0)) : null;
}
