// #UD of a guest: its own, unless its caller wants to hear of it

import { Next } from "@bareflank/sdk";
import { MV_EXIT_UNDEFINED, MV_OPTION_UNDEFINED_ASKED } from "../../../../abi/generated/bare/hypercalls";
import { tellInstruction } from "../instruction";
import { leaveGuestWith } from "../run";
import { Vcpu } from "../vcpu";

export function leaveForUndefined(vcpu: Vcpu): Next {
  if ((vcpu.vp.guest.options & MV_OPTION_UNDEFINED_ASKED) == 0) return vcpu.vs.injectUndefinedOpcode();
  tellInstruction(vcpu);
  return leaveGuestWith(vcpu, MV_EXIT_UNDEFINED, false);
}
