// Memory that a guest has not, or not so: its caller gives it memory there, or has a device

import { Next, nestedPageFault, poke32, poke64, redeliver } from "@bareflank/sdk";
import {
  MV_ACCESS_EXECUTE,
  MV_ACCESS_TABLE_WALK,
  MV_ACCESS_WRITE,
  MV_EXIT_MMIO,
  MV_PAGE_ACCESS,
  MV_PAGE_ADDRESS,
} from "../../../../abi/generated/bare/hypercalls";
import { tellInstruction } from "../instruction";
import { leaveGuestWith } from "../run";
import { Vcpu } from "../vcpu";

/** The instruction runs again; what was being delivered is delivered again. */
export function leaveForMemory(vcpu: Vcpu): Next {
  let access: u32 = nestedPageFault.isWrite ? MV_ACCESS_WRITE : 0;
  if (nestedPageFault.isExecute) access |= MV_ACCESS_EXECUTE;
  if (nestedPageFault.isTableWalk) access |= MV_ACCESS_TABLE_WALK;
  poke32(vcpu.shared(MV_PAGE_ACCESS), access);
  poke64(vcpu.shared(MV_PAGE_ADDRESS), nestedPageFault.address);
  tellInstruction(vcpu);
  const hasEvent = redeliver(vcpu.vs);
  return leaveGuestWith(vcpu, MV_EXIT_MMIO, hasEvent);
}
