// An instruction that a guest's caller carries out: it gets the registers by the shared page, and gives them back

import { exitRflags, exitRip, guest, peek64, poke64, Register } from "@bareflank/sdk";
import { MV_PAGE_GENERAL, MV_PAGE_RFLAGS, MV_PAGE_RIP } from "../../../abi/generated/bare/hypercalls";
import { Vcpu } from "./vcpu";

const GENERAL_COUNT: u32 = 16;

/** The guest is at the instruction. */
export function tellInstruction(vcpu: Vcpu): void {
  const general = vcpu.shared(MV_PAGE_GENERAL);
  for (let i: u32 = 0; i < GENERAL_COUNT; i++) poke64(general + i * 8, guest.general(i));
  poke64(vcpu.shared(MV_PAGE_RIP), exitRip());
  poke64(vcpu.shared(MV_PAGE_RFLAGS), exitRflags());
}

/** The guest, which is active again, is behind it. */
export function takeInstruction(vcpu: Vcpu): void {
  const general = vcpu.shared(MV_PAGE_GENERAL);
  for (let i: u32 = 0; i < GENERAL_COUNT; i++) guest.setGeneral(i, peek64(general + i * 8));
  const vs = vcpu.vs;
  vs.set(Register.Rip, peek64(vcpu.shared(MV_PAGE_RIP)));
  vs.set(Register.Rflags, peek64(vcpu.shared(MV_PAGE_RFLAGS)));
  vs.interruptShadow = false;
}
