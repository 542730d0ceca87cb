// vCPUs: a VS of the microkernel's, the page that it shares with its caller, and what a guest's processor has beside
//
// Whoever runs a vCPU, or reads or writes its registers, acquires it first: one processor at a time. Its VS comes to that
// processor then.

import { compareExchange32, nativeAddress, ownMemory, processorNumber, storeRelease32, Vs } from "@bareflank/sdk";
import { MV_MAX_VPS } from "../../../abi/generated/bare/hypercalls";
import { GuestVp } from "./vp";

/** Who has it. */
const FREE: u32 = 0;
const ACQUIRED: u32 = 1;
/** None of these is in use. */
export const UNUSED: u32 = 2;

@unmanaged
export class Vcpu {
  /** FREE, ACQUIRED or UNUSED: for the atomic operations. */
  owner: u32 = 0;
  /** Its number. */
  id: u32 = 0;
  vsId: u32 = 0;
  vp!: GuestVp;
  /** The processor that its VS belongs to. */
  ppid: u32 = 0;
  /** The page that it shares with its caller: physical address. */
  page: u64 = 0;
  /** A page of MvCpuids: physical address, and how many there are. */
  cpuids: u64 = 0;
  cpuidCount: u32 = 0;
  /** An IN waits for its datum: so many bytes; 0: none. */
  pendingInput: u32 = 0;
  /** The guest was promised an exit when it can take an interrupt. */
  isWindowOpen: u32 = 0;
  /** Its page is shown to its caller. */
  isShared: u32 = 0;
  exits: u64 = 0;
  /** CR8 as its caller knows it. */
  priority: u64 = 0;
  apicBase: u64 = 0;
  /** A page for its XSAVE area, while that is read or written. */
  fpu: u64 = 0;
  /** Bits of CR4 that the guest may set (control-bits.ts). */
  cr4Bits: u64 = 0;
  /** A page of MSRs that nothing but the guest uses (msrs.ts). */
  msrs: u64 = 0;

  get vs(): Vs {
    return Vs.of(this.vsId);
  }
  /** Where the extension sees a field of the shared page. */
  shared(offset: u32): u64 {
    return ownMemory(this.page) + offset;
  }
}

const vcpus: usize = memory.data(112 * 256, 8);

/** Has all places unused: once, before anything else. */
export function initVcpus(): void {
  for (let id: u32 = 0; id < MV_MAX_VPS; id++) vcpuAt(id).owner = UNUSED;
}

/** Acquires the vCPU with a number for this processor; null: there is none, or somebody has it. */
export function acquireVcpu(id: u64): Vcpu | null {
  if (id >= MV_MAX_VPS) return null;
  const vcpu = vcpuAt(<u32>id);
  if (compareExchange32(ownerOf(vcpu), FREE, ACQUIRED) != FREE) return null;
  const here = processorNumber();
  if (vcpu.ppid != here) {
    vcpu.vs.moveTo(here);
    vcpu.ppid = here;
  }
  return vcpu;
}

/** Lets others have it. */
export function releaseVcpu(vcpu: Vcpu): void {
  storeRelease32(ownerOf(vcpu), FREE);
}

export function vcpuAt(id: u32): Vcpu {
  return changetype<Vcpu>(vcpus + <usize>id * offsetof<Vcpu>());
}

export function ownerOf(vcpu: Vcpu): u64 {
  return nativeAddress(<u32>changetype<usize>(vcpu));
}
