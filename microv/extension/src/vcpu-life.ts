// The beginning and the end of a vCPU

import {
  allocatePage,
  freePage,
  Instruction,
  loadAcquire32,
  processorNumber,
  Register,
  startInRealMode,
  storeRelease32,
  tryFreePage,
  Vector,
  Vs,
} from "@bareflank/sdk";
import { MV_MAX_VPS } from "../../../abi/generated/bare/hypercalls";
import { addressSpace } from "./address-space";
import { setControlBits } from "./control-bits";
import { tellChangedState } from "./interruptibility";
import { takeApic } from "./irqchip-calls";
import { resetMsrs } from "./msrs";
import { hasRootForgotten, hideFromRoot, shareWithRoot } from "./root-memory";
import { ownerOf, releaseVcpu, UNUSED, Vcpu, vcpuAt } from "./vcpu";
import { GuestVp } from "./vp";

/** Each begins at the reset vector (APM volume 2, 14.1.3). */
const RESET_SEGMENT: u32 = 0xf000;
const RESET_OFFSET: u32 = 0xfff0;
const RESET_BASE: u64 = 0xffff_0000;

/** Makes the vCPU of a VP; null: there is no room or no memory. Behind the lock. */
export function createVcpu(vp: GuestVp): Vcpu | null {
  let id: u32 = 0;
  while (id < MV_MAX_VPS && loadAcquire32(ownerOf(vcpuAt(id))) != UNUSED) id++;
  if (id == MV_MAX_VPS) return null;
  const vcpu = vcpuAt(id);
  if (!takePages(vcpu)) return null;
  const vs = Vs.tryCreate(vp.vp, processorNumber(), addressSpace(id));
  // What has been shared once cannot be given back at once: that comes last
  if (vs === null || !shareWithRoot(vcpu.page)) {
    if (vs !== null) vs.destroy();
    givePages(vcpu);
    return null;
  }
  vcpu.isShared = 1;
  vcpu.id = id;
  vcpu.vsId = vs.id;
  vcpu.vp = vp;
  vcpu.ppid = processorNumber();
  vcpu.cpuidCount = 0;
  vcpu.pendingInput = 0;
  vcpu.pendingMsr = 0;
  vcpu.isMsrAllowed = 0;
  vcpu.hasClosedMsrs = 0;
  vcpu.options = 0;
  vcpu.window = 0;
  vcpu.exits = 0;
  vcpu.priority = 0;
  vcpu.nmiWaits = 0;
  vcpu.nmiState = 0;
  vcpu.apic = 0;
  vcpu.watchesPriority = 0;
  reset(vcpu);
  vp.hasVs = 1;
  releaseVcpu(vcpu);
  return vcpu;
}

/** Ends a vCPU that the caller has acquired; false: not yet, for another processor may still see its page. Behind the lock. */
export function destroyVcpu(vcpu: Vcpu): bool {
  // Nobody posts anything into what is about to go
  takeApic(vcpu);
  if (vcpu.isShared != 0 && !hideFromRoot(vcpu.page)) return false;
  vcpu.isShared = 0;
  if (!hasRootForgotten() || !tryFreePage(vcpu.page)) return false;
  vcpu.page = 0;
  vcpu.vs.destroy();
  givePages(vcpu);
  vcpu.vp.hasVs = 0;
  storeRelease32(ownerOf(vcpu), UNUSED);
  return true;
}

/** Whether a range of memory has a page that a vCPU has: the microkernel would let a guest see it. Behind the lock. */
export function isOfVcpus(physical: u64, bytes: u64): bool {
  for (let id: u32 = 0; id < MV_MAX_VPS; id++) {
    const vcpu = vcpuAt(id);
    if (loadAcquire32(ownerOf(vcpu)) == UNUSED) continue;
    const isHit = vcpu.page - physical < bytes || vcpu.cpuids - physical < bytes;
    if (isHit || vcpu.msrs - physical < bytes || vcpu.fpu - physical < bytes) return true;
    if (vcpu.apic != 0 && vcpu.apic - physical < bytes) return true;
  }
  return false;
}

function takePages(vcpu: Vcpu): bool {
  vcpu.page = allocatePage();
  vcpu.cpuids = allocatePage();
  vcpu.msrs = allocatePage();
  vcpu.fpu = allocatePage();
  const has = vcpu.page != 0 && vcpu.cpuids != 0 && vcpu.msrs != 0 && vcpu.fpu != 0;
  if (!has) givePages(vcpu);
  return has;
}

function givePages(vcpu: Vcpu): void {
  if (vcpu.page != 0) freePage(vcpu.page);
  if (vcpu.cpuids != 0) freePage(vcpu.cpuids);
  if (vcpu.msrs != 0) freePage(vcpu.msrs);
  if (vcpu.fpu != 0) freePage(vcpu.fpu);
}

/** As a processor is when it was switched on, and with what makes it exit. */
function reset(vcpu: Vcpu): void {
  const vs = vcpu.vs;
  startInRealMode(vs, RESET_SEGMENT, RESET_OFFSET);
  vs.set(Register.CsBase, RESET_BASE);
  vs.intercept(Instruction.Cpuid).intercept(Instruction.Hypercall).intercept(Instruction.Shutdown);
  vs.intercept(Instruction.Monitor).intercept(Instruction.Mwait).intercept(Instruction.Xsetbv);
  vs.interceptException(Vector.UndefinedOpcode, true);
  setControlBits(vcpu);
  vcpu.vp.guest.tables.use(vs);
  resetMsrs(vcpu);
  tellChangedState(vcpu);
}
