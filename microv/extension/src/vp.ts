// Virtual processors of guest VMs: who may run them is their vCPU's affair (vcpu.ts)

import { Vp } from "@bareflank/sdk";
import { MV_MAX_VPS } from "../../../abi/generated/bare/hypercalls";
import { GuestVm } from "./vm";

/** A VP. All fields are behind the lock. */
@unmanaged
export class GuestVp {
  isUsed: u32 = 0;
  /** Whether it has a VS: one at most. */
  hasVs: u32 = 0;
  guest!: GuestVm;
  vpId: u32 = 0;

  get vp(): Vp {
    return Vp.of(this.vpId);
  }
}

const vps: usize = memory.data(MV_MAX_VPS * offsetof<GuestVp>(), 8);

/** The VP with a number, or null. */
export function findVp(id: u64): GuestVp | null {
  if (id >= MV_MAX_VPS) return null;
  const vp = vpAt(<u32>id);
  return vp.isUsed != 0 ? vp : null;
}

/** Makes a VP: its number, or MV_MAX_VPS: there is no room. */
export function createVp(guest: GuestVm): u32 {
  let id: u32 = 0;
  while (id < MV_MAX_VPS && vpAt(id).isUsed != 0) id++;
  if (id == MV_MAX_VPS) return id;
  const made = Vp.tryCreate(guest.vm);
  if (made === null) return MV_MAX_VPS;
  const vp = vpAt(id);
  vp.isUsed = 1;
  vp.hasVs = 0;
  vp.guest = guest;
  vp.vpId = made.id;
  guest.vps++;
  return id;
}

/** Ends a VP that has no VS. */
export function destroyVp(vp: GuestVp): void {
  vp.vp.destroy();
  vp.guest.vps--;
  vp.isUsed = 0;
}

function vpAt(id: u32): GuestVp {
  return changetype<GuestVp>(vps + <usize>id * offsetof<GuestVp>());
}
