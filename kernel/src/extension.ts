// Extensions: who is calling, what each has registered, and which versions of the interface it speaks

import { ppLoad32, ppStore32 } from "#arch/pparea";
import { BOOT_ARGS_EXT_COUNT } from "../../abi/generated/bare/boot";
import { PP_BLOCK_EXTENSION } from "../../abi/generated/bare/pp-block";
import { PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import {
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  EXT_FAIL_STACK_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_STACK_STRIDE,
  EXT_TLS_BASE,
  EXT_TLS_STRIDE,
  PP_ARGS,
  PP_BLOCK,
} from "../../abi/generated/bare/windows";
import { EXTENSION_WINDOW, mapObjects } from "./object-pages";

/** No handle is open. */
export const NO_HANDLE: u64 = 0xffff_ffff_ffff_ffff;

/** Bits of a register that an identifier of a VM, VP or VS has. */
const ID_MASK_1: u32 = 0xffff;
const ID_MASK_2: u32 = 0xffff_ffff;

@unmanaged
export class Extension {
  /** Its number. */
  id: u32 = 0;
  /** Bits of a register that an identifier of a VM, VP or VS has. */
  idMask: u32 = 0;
  /** The same for two identifiers in a word. */
  idMasks: u64 = 0;
  /** Its address while it may read its VSs' registers by the handle, else 0. */
  reader: u32 = 0;
  /** The handle that it got last, NO_HANDLE before and after. */
  handle: u64 = 0;
  /** The same where all is well for the call that ends nearly every exit. */
  runHandle: u64 = 0;
  /** The same for those that run another VS, of the one that owns the root VM. */
  switchHandle: u64 = 0;
  /** Addresses of its callbacks, 0 until they are registered. */
  bootstrapHandler: u64 = 0;
  vmexitHandler: u64 = 0;
  failHandler: u64 = 0;
  messageHandler: u64 = 0;
  /** Versions of the interface that it may open (SPEC_VERSION_*), and whether it opened version 2. */
  offeredVersions: u32 = 0;
  version2: u32 = 0;
  private nextHandle: u64 = 0;
  /** Where it begins. */
  entry: u64 = 0;
  /** Top-level table of what all processors see of it (physical). */
  table: u64 = 0;
  /** What every processor's TLS data page begins as (physical). */
  tlsImage: u64 = 0;
  /** Linear memory: its lowest address, the pages that it begins with, and the most that it may have; 0: there is none. */
  memoryBase: u64 = 0;
  memoryPages: u64 = 0;
  memoryMost: u64 = 0;
  /** 1: processors share one, which `table` has; then memoryPages is what it has now. Otherwise each gets its own. */
  memoryShared: u64 = 0;
  /** What its policy says of ports (physical); 0: nothing. */
  ports: u64 = 0;
  /** How often its policy has denied it something. */
  denials: u64 = 0;
  /** Pages that it was given by alloc_page, alloc_huge and memory_grow; changes under the lock of tables. */
  pages: u64 = 0;

  /** Makes it number `id`, with nothing open and nothing registered. */
  init(id: u32): void {
    this.id = id;
    this.keepTo(ID_MASK_1);
    this.closeHandle();
  }

  /** Linear address: what objects know their owner by. */
  address(): u32 {
    return <u32>changetype<usize>(this);
  }

  /** Opens a handle: in version 1 it is always 0, as in Bareflank 3.0; in version 2 none comes twice. */
  openHandle(version2: bool): u64 {
    this.version2 = version2 ? 1 : 0;
    this.keepTo(version2 ? ID_MASK_2 : ID_MASK_1);
    this.handle = version2 ? this.nextHandle++ : 0;
    return this.handle;
  }

  private keepTo(mask: u32): void {
    this.idMask = mask;
    this.idMasks = ((<u64>mask) << 32) | mask;
  }

  closeHandle(): void {
    this.handle = NO_HANDLE;
    this.runHandle = NO_HANDLE;
    this.switchHandle = NO_HANDLE;
    this.reader = 0;
  }
}

/**
 * What lies at an extension's address: Extension itself, its policy (policy.ts), what it has of its quota (quota.ts), and which
 * refusals have been printed: of calls, and of quotas.
 */
const RECORD_BYTES: u32 = 0x800;
export const RECORD_POLICY: u32 = 0x400;
export const RECORD_USED: u32 = 0x740;
export const RECORD_PRINTED: u32 = 0x780;
export const RECORD_PRINTED_QUOTAS: u32 = 0x7c0;

/** Makes the records of those that were loaded, all zeroes; false when memory runs out. */
export function makeExtensions(): bool {
  for (let at: u32 = 0; at < extensionCount() * RECORD_BYTES; at += PAGE_SIZE) {
    if (!mapObjects(EXTENSION_WINDOW + at)) return false;
  }
  return true;
}

/** How many extensions were loaded. */
export function extensionCount(): u32 {
  return ppLoad32(PP_ARGS + BOOT_ARGS_EXT_COUNT);
}

export function extensionAt(id: u32): Extension {
  return changetype<Extension>(<usize>(EXTENSION_WINDOW + id * RECORD_BYTES));
}

/** The extension whose code this processor runs in ring 3. */
export function currentExtension(): Extension {
  return changetype<Extension>(<usize>ppLoad32(PP_BLOCK + PP_BLOCK_EXTENSION));
}

export function setCurrentExtension(extension: Extension): void {
  ppStore32(PP_BLOCK + PP_BLOCK_EXTENSION, extension.address());
}

/** Whether an address can be a callback's. */
export function isCode(address: u64): bool {
  return address >= EXT_CODE_BASE && address < EXT_CODE_BASE + EXT_CODE_BYTES;
}

/** Tops of an extension's stacks on a processor. */
export function stackTop(ppid: u32): u64 {
  return EXT_STACK_BASE + <u64>ppid * EXT_STACK_STRIDE + EXT_STACK_BYTES;
}

export function failStackTop(ppid: u32): u64 {
  return EXT_FAIL_STACK_BASE + <u64>ppid * EXT_STACK_STRIDE + EXT_STACK_BYTES;
}

/** An extension's thread pointer on a processor: the address of its TCB. */
export function threadPointer(ppid: u32): u64 {
  return EXT_TLS_BASE + <u64>ppid * EXT_TLS_STRIDE + PAGE_SIZE;
}
