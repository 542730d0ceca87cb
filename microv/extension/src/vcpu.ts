// vCPUs: a VS of the microkernel's, the page that it shares with its caller, and what a guest's processor has beside
//
// Whoever runs a vCPU, or reads or writes its registers, acquires it first: one processor at a time. Its VS comes to that
// processor then.

import {
  allocatePage,
  compareExchange32,
  freePage,
  Instruction,
  loadAcquire32,
  nativeAddress,
  ownMemory,
  processorNumber,
  Register,
  startInRealMode,
  storeRelease32,
  Vs,
} from "@bareflank/sdk";
import { MV_MAX_VPS } from "../../../abi/generated/bare/hypercalls";
import { addressSpace } from "./address-space";
import { resetMsrs } from "./msrs";
import { hideFromRoot, shareWithRoot } from "./root-memory";
import { GuestVp } from "./vp";

/** Who has it. */
const FREE: u32 = 0;
const ACQUIRED: u32 = 1;
/** None of these is in use. */
const UNUSED: u32 = 2;

/** Each begins at the reset vector (APM volume 2, 14.1.3). */
const RESET_SEGMENT: u32 = 0xf000;
const RESET_OFFSET: u32 = 0xfff0;
const RESET_BASE: u64 = 0xffff_0000;

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
  exits: u64 = 0;
  apicBase: u64 = 0;
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

const vcpus: usize = memory.data(88 * 256, 8);

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

/** Makes the vCPU of a VP; null: there is no room or no memory. Behind the lock. */
export function createVcpu(vp: GuestVp): Vcpu | null {
  let id: u32 = 0;
  while (id < MV_MAX_VPS && loadAcquire32(ownerOf(vcpuAt(id))) != UNUSED) id++;
  if (id == MV_MAX_VPS) return null;
  const vcpu = vcpuAt(id);
  if (!takePages(vcpu)) return null;
  const vs = Vs.tryCreate(vp.vp, processorNumber(), addressSpace(id));
  if (vs === null) {
    givePages(vcpu);
    return null;
  }
  vcpu.id = id;
  vcpu.vsId = vs.id;
  vcpu.vp = vp;
  vcpu.ppid = processorNumber();
  vcpu.cpuidCount = 0;
  vcpu.pendingInput = 0;
  vcpu.isWindowOpen = 0;
  vcpu.exits = 0;
  reset(vcpu);
  vp.hasVs = 1;
  releaseVcpu(vcpu);
  return vcpu;
}

/** Ends a vCPU that the caller has acquired. Behind the lock. */
export function destroyVcpu(vcpu: Vcpu): void {
  vcpu.vs.destroy();
  givePages(vcpu);
  vcpu.vp.hasVs = 0;
  storeRelease32(ownerOf(vcpu), UNUSED);
}

function takePages(vcpu: Vcpu): bool {
  vcpu.page = allocatePage();
  vcpu.cpuids = allocatePage();
  vcpu.msrs = allocatePage();
  if (vcpu.page != 0 && vcpu.cpuids != 0 && vcpu.msrs != 0 && shareWithRoot(vcpu.page)) return true;
  givePages(vcpu);
  return false;
}

function givePages(vcpu: Vcpu): void {
  if (vcpu.page != 0) {
    hideFromRoot(vcpu.page);
    freePage(vcpu.page);
  }
  if (vcpu.cpuids != 0) freePage(vcpu.cpuids);
  if (vcpu.msrs != 0) freePage(vcpu.msrs);
}

/** As a processor is when it was switched on, and with what makes it exit. */
function reset(vcpu: Vcpu): void {
  const vs = vcpu.vs;
  startInRealMode(vs, RESET_SEGMENT, RESET_OFFSET);
  vs.set(Register.CsBase, RESET_BASE);
  vs.intercept(Instruction.Cpuid).intercept(Instruction.Hypercall).intercept(Instruction.Shutdown);
  vs.intercept(Instruction.Monitor).intercept(Instruction.Mwait).intercept(Instruction.Xsetbv);
  vcpu.vp.guest.tables.use(vs);
  resetMsrs(vcpu);
}

function vcpuAt(id: u32): Vcpu {
  return changetype<Vcpu>(vcpus + <usize>id * offsetof<Vcpu>());
}

function ownerOf(vcpu: Vcpu): u64 {
  return nativeAddress(<u32>changetype<usize>(vcpu));
}
