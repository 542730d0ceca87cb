// Virtual processor states: a VMCB, and what the processor does not keep in it

import { MAX_VSS } from "../../abi/generated/bare/syscalls";
import { TCB_RAX } from "../../abi/generated/bare/tls";
import { PP_TCB } from "../../abi/generated/bare/windows";
import { ppLoad64, ppStore64 } from "../arch/x64/pparea";
import { Pool, PoolObject } from "./pool";

/** General registers other than RSP, in the TCB's order: rax rbx rcx rdx rbp rsi rdi r8 to r15. */
export const GENERAL_REGISTERS: u32 = 15;

@unmanaged
export class Vs extends PoolObject {
  vpid: u32 = 0;
  /** The processor that it is assigned to. */
  ppid: u32 = 0;
  /** 1 while it is the active VS of its processor. */
  active: u32 = 0;
  /** 1 once it has been run. */
  ran: u32 = 0;
  /** 1 while its VMCB asks for a flush at the next run. */
  flushing: u32 = 0;
  private padding: u32 = 0;
  /** Physical address of its VMCB. */
  vmcb: u64 = 0;
  /** While it is not active: what its processor would hold. */
  cr8: u64 = 0;
  dr0: u64 = 0;
  dr1: u64 = 0;
  dr2: u64 = 0;
  dr3: u64 = 0;
  xcr0: u64 = 0;
  private general: u64 = 0;

  /** Makes a VS that has just been allocated that of a VP on a processor, with a zeroed VMCB. */
  init(vpid: u32, ppid: u32, vmcb: u64): void {
    this.vpid = vpid;
    this.ppid = ppid;
    this.active = 0;
    this.ran = 0;
    this.flushing = 0;
    this.vmcb = vmcb;
    this.cr8 = 0;
    this.dr0 = 0;
    this.dr1 = 0;
    this.dr2 = 0;
    this.dr3 = 0;
    this.xcr0 = 1;
    for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) store<u64>(this.place(i), 0);
  }

  /** A general register by its place in the TCB, wherever it is now. */
  readGeneral(index: u32): u64 {
    if (this.active != 0) return ppLoad64(PP_TCB + TCB_RAX + index * 8);
    return load<u64>(this.place(index));
  }

  writeGeneral(index: u32, value: u64): void {
    if (this.active != 0) ppStore64(PP_TCB + TCB_RAX + index * 8, value);
    else store<u64>(this.place(index), value);
  }

  /** Becomes the active VS: its general registers move into this processor's TCB. */
  takeGeneral(): void {
    for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) ppStore64(PP_TCB + TCB_RAX + i * 8, load<u64>(this.place(i)));
    this.active = 1;
  }

  /** Is no longer the active VS: its general registers move out of this processor's TCB. */
  storeGeneral(): void {
    for (let i: u32 = 0; i < GENERAL_REGISTERS; i++) store<u64>(this.place(i), ppLoad64(PP_TCB + TCB_RAX + i * 8));
    this.active = 0;
  }

  private place(index: u32): usize {
    return changetype<usize>(this) + offsetof<Vs>("general") + <usize>(index * 8);
  }
}

/** Bytes of a VS: the class, whose last field is the first of GENERAL_REGISTERS. */
const VS_BYTES: u32 = 216;

export const vss: Pool = changetype<Pool>(memory.data(32, 8));

export function initVss(): void {
  vss.init(memory.data(216 * 256, 8), VS_BYTES, MAX_VSS);
}

export function vsAt(id: u32): Vs {
  return changetype<Vs>(vss.at(id));
}
