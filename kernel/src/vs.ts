// Virtual processor states: a control block (VMCB or VMCS), and the registers that the processor does not keep in it

import { allocateFpu, releaseFpu } from "#arch/fpu-area";
import { ppLoad64, ppStore64 } from "#arch/pparea";
import { GENERAL_REGISTERS, REGISTER_FILE_BYTES, VS_ASKED } from "#arch/register-file";
import { MAX_VSS } from "../../abi/generated/bare/syscalls";
import { TCB_RAX } from "../../abi/generated/bare/tls";
import { PP_AREA_BASE, PP_TCB } from "../../abi/generated/bare/windows";
import { copyMemory, peek64, poke64 } from "../../bsl/src/memory";
import { currentExtension } from "./extension";
import { allocateObject, allocatePage, freePage, pages } from "./memory/pages";
import { SLAB_CACHE_BYTES, SlabCache } from "./memory/slab";
import { VS_WINDOW } from "./object-pages";
import { Pool, PoolObject } from "./pool";
import { vmAt } from "./vm";
import { Vp, vpAt } from "./vp";

/** Vs.flushing: nothing, its own translations, those of all guests of the processor. */
export const FLUSH_NONE: u32 = 0;
export const FLUSH_OWN: u32 = 1;
export const FLUSH_GUESTS: u32 = 2;

/**
 * Vs.kind: a guest owns nothing. One that was made through version 2 of the interface is closed, too: nothing of the machine
 * reaches it but what its extension gives. The root VSs are the operating system, which owns the machine.
 */
const GUEST: u32 = 0;
const CLOSED_GUEST: u32 = 1;
const ROOT: u32 = 2;
const ROOT_2: u32 = 3;

/** Where the general registers of this processor's active VS are. */
const ACTIVE_GENERAL: u64 = PP_AREA_BASE + PP_TCB + TCB_RAX;

@unmanaged
export class Vs extends PoolObject {
  vpid: u32 = 0;
  /** The processor that it is assigned to. */
  ppid: u32 = 0;
  /** 1 while it is the active VS of its processor. */
  active: u32 = 0;
  /** 1 once it has been run. */
  ran: u32 = 0;
  /** FLUSH_*: translations that are gone when it has run the next time. */
  flushing: u32 = 0;
  /** A guest from its creation on, and a root VS once it has been made the operating system on its processor. */
  private kind: u32 = 0;
  /** 1 while its extension deals with a kick, or has not run it since: there is no instruction to skip. */
  kicked: u32 = 0;
  /** 1 while CPUID raises #GP in its programs. */
  faultsCpuid: u32 = 0;
  /** Intel: the processor-based controls that its extension asked for. */
  processorControls: u32 = 0;
  /** The processor, plus one, whose host state its VMCS holds (Intel), or that `space` is of (AMD); 0: none. */
  hostOf: u32 = 0;
  /** AMD: how often that processor had begun to number address spaces anew when it gave `space`. */
  spaceGeneration: u32 = 0;
  /** Physical address of its VMCB or VMCS. */
  controlBlock: u64 = 0;
  /** Its nested page tables and permission maps: an index plus one; 0: none. */
  nested: u32 = 0;
  msrMap: u32 = 0;
  ioMap: u32 = 0;
  /** AMD: its address space identifier on that processor. */
  space: u32 = 0;
  /** Native address of its registers while it is not active. */
  private registers: u64 = 0;
  /** Object that holds its x87 and vector registers while the processor does not. */
  fpu: u64 = 0;
  /** Linear address of its VP, which outlives it, and the VP's VM. */
  private vpAddress: u32 = 0;
  vmid: u32 = 0;
  /** What changes hands with it beside what always does, a bit each, the architecture's; 0 for nearly every VS. */
  more: u32 = 0;
  /** What version 2 calls its VM and, above, its VP; what version 1 shows of its extension, VM, VP and itself. */
  tags: u64 = 0;
  ids: u64 = 0;

  /** Makes a VS that has just been allocated that of a VP on a processor, all zeroes; false when memory runs out. */
  init(vpid: u32, ppid: u32): bool {
    const vp = vpAt(vpid);
    this.vpid = vpid;
    this.vpAddress = <u32>changetype<usize>(vp);
    this.vmid = vp.vmid;
    this.tags = ((<u64>vp.tag) << 32) | vmAt(vp.vmid).tag;
    this.ids = currentExtension().id | ((<u64>vp.vmid) << 16) | ((<u64>vpid) << 32) | ((<u64>this.id) << 48);
    this.ppid = ppid;
    this.active = 0;
    this.ran = 0;
    this.flushing = 0;
    this.kind = currentExtension().version2 != 0 ? CLOSED_GUEST : GUEST;
    this.kicked = 0;
    this.faultsCpuid = 0;
    this.hostOf = 0;
    this.nested = 0;
    this.msrMap = 0;
    this.ioMap = 0;
    this.controlBlock = allocatePage();
    this.registers = allocateObject(registerFiles);
    this.fpu = allocateFpu();
    if (this.controlBlock != 0 && this.registers != 0 && this.fpu != 0) return true;
    this.discard();
    return false;
  }

  /** Gives its memory back; false when some of it was not the kernel's to give back. */
  discard(): bool {
    let kept: u32 = 0;
    if (this.controlBlock != 0 && !freePage(this.controlBlock)) kept++;
    if (this.registers != 0 && !registerFiles.release(this.registers)) kept++;
    if (this.fpu != 0 && !releaseFpu(this.fpu)) kept++;
    this.controlBlock = 0;
    this.registers = 0;
    this.fpu = 0;
    return kept == 0;
  }

  get vp(): Vp {
    return changetype<Vp>(<usize>this.vpAddress);
  }

  /** Where its registers are while it is not active. */
  get parked(): u64 {
    return this.registers;
  }

  /** Its identifier, as the running extension knows it. */
  name(): u32 {
    return this.tag & currentExtension().idMask;
  }

  /** It is the operating system on its processor from now on. */
  makeRoot(): void {
    this.kind = this.namesObjects() ? ROOT_2 : ROOT;
  }

  /** Whether it owns the machine. */
  isRoot(): bool {
    return this.kind >= ROOT;
  }

  /** Whether nothing of the machine reaches it but what its extension gives. Its CR8 is not the processor's then, either. */
  isClosed(): bool {
    return this.kind == CLOSED_GUEST;
  }

  /** Whether it was made through version 2: structures in memory are named by the kernel's objects, never by an address. */
  namesObjects(): bool {
    return this.kind == CLOSED_GUEST || this.kind == ROOT_2;
  }

  /** A register that the processor holds while the VS is active, as it was when it last was, by its place there. */
  readParked(index: u32): u64 {
    return peek64(this.registers + index * 8);
  }

  writeParked(index: u32, value: u64): void {
    poke64(this.registers + index * 8, value);
  }

  /** What its extension wrote into a register in which the kernel has a say. */
  asked(slot: u32): u64 {
    return this.readParked(VS_ASKED + slot);
  }

  ask(slot: u32, value: u64): void {
    this.writeParked(VS_ASKED + slot, value);
  }

  /** A general register by its place in the TCB, wherever it is now. */
  readGeneral(index: u32): u64 {
    return this.active != 0 ? ppLoad64(PP_TCB + TCB_RAX + index * 8) : this.readParked(index);
  }

  writeGeneral(index: u32, value: u64): void {
    if (this.active != 0) ppStore64(PP_TCB + TCB_RAX + index * 8, value);
    else this.writeParked(index, value);
  }

  /** Becomes the active VS: its general registers move into this processor's TCB. */
  takeGeneral(): void {
    copyMemory(ACTIVE_GENERAL, this.registers, GENERAL_REGISTERS * 8);
    this.active = 1;
  }

  /** Is no longer the active VS: its general registers move out of this processor's TCB. */
  storeGeneral(): void {
    copyMemory(this.registers, ACTIVE_GENERAL, GENERAL_REGISTERS * 8);
    this.active = 0;
  }
}

export const vss: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));
/** Objects that hold the registers of VSs while they are not active. */
export const registerFiles: SlabCache = changetype<SlabCache>(memory.data(SLAB_CACHE_BYTES, 8));

/** Makes the pool; false when no VS could ever be made. */
export function initVss(): bool {
  vss.init(VS_WINDOW, offsetof<Vs>(), MAX_VSS);
  return registerFiles.init(pages, REGISTER_FILE_BYTES);
}

/** Objects that hold the registers of VSs while they are not active: how many there is room for, and how many are taken. */
export function registerFilesTotal(): u64 {
  return registerFiles.totalObjects();
}
export function registerFilesUsed(): u64 {
  return registerFiles.usedObjects();
}

export function vsAt(id: u32): Vs {
  return changetype<Vs>(vss.at(id));
}
