// Kicks: a processor is made to leave its VM, or its wait, by an NMI that the kernel takes
//
//     who kicks                           the processor that is kicked
//     1. work |= WORK_KICK                looks at its work before it enters a VM, and calls vmexit with EXIT_KICK instead;
//     2. kick |= KICK_CALL; was it 0?     in the VM it exits for the NMI, finds that it was announced, takes it, and looks
//     3. then: NMI                        at its work
//
// The work comes first: whoever takes the NMI of a kick finds it. So one NMI serves all who kick before it has come, and one
// that has come after its work was done already (the processor was in the kernel, or in ring 3) is taken, and nothing else.
// Nobody waits for the other processor.

import { awaitNmi, sendNmi } from "#arch/nmi";
import { KICK_AWAY, KICK_CALL, PP_BLOCK_KICK, PP_BLOCK_WORK, WORK_KICK } from "../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../abi/generated/bare/windows";
import { isKicked, takeKick } from "./announced";
import { ppid } from "./pp";
import { askGuestFlush, blockOf, clearBits, setBits } from "./requests";

/** No announced NMI is waited for through so many windows: then it is the VM's. */
const PATIENCE: u32 = 1_000_000;

/** Kicks a processor; false when it is not in host mode, or no NMI can be sent to it. */
export function kick(id: u32): bool {
  const block = blockOf(id);
  if (block == 0) return false;
  setBits(block + PP_BLOCK_WORK, WORK_KICK);
  if (nudge(id)) return true;
  clearBits(block + PP_BLOCK_WORK, WORK_KICK);
  return false;
}

/** Makes a processor that is in a VM look at its work, of which the VM's extension hears nothing; false as above. */
export function nudge(id: u32): bool {
  // This one looks before it enters a VM again
  if (id == ppid()) return true;
  const word = blockOf(id) + PP_BLOCK_KICK;
  const before = setBits(word, KICK_CALL);
  if (before == 0 ? sendNmi(id) : (before & KICK_AWAY) == 0) return true;
  clearBits(word, KICK_CALL);
  return false;
}

/** Makes a processor flush the translations of all guests: at once, if one runs there, else before one is entered. */
export function requestGuestFlush(id: u32): void {
  if (askGuestFlush(id)) nudge(id);
}

/** Waits until no announced NMI is left over. */
export function settleKicks(): void {
  for (let i: u32 = 0; i < PATIENCE && isKicked(); i++) awaitNmi();
  takeKick();
}

/** It is about to be given back, or to halt. */
export function refuseKicks(): void {
  setBits(PP_AREA_BASE + PP_BLOCK + PP_BLOCK_KICK, KICK_AWAY);
  settleKicks();
}
