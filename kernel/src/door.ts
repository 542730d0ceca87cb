// The memory door: what the driver asks of the kernel, by VMMCALL or VMCALL in ring 0 of the root VM
//
// It costs other exits nothing: whoever serves this one asks isDoor() first. The extension hears of none of it. What takes long is done
// in steps: for each the VM makes the same hypercall again, with its registers as they are, and takes interrupts in between.

import {
  DOOR_ADOPT,
  DOOR_DESCRIBE,
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_GIVE_RUN,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  GIVE_DONE,
  MEMORY_DOOR,
} from "../../abi/generated/bare/exchange";
import { adopt, describe } from "./adoption";
import { flushIfAsked } from "./flush";
import { RAX, RBX, RCX, RDX } from "./general-registers";
import { give, REST_LEFT, take, takenChunk, takenChunkBytes } from "./memory/growth";
import { exchangePage, runCame } from "./memory/marks";
import { reportMemory } from "./memory-report";
import { Vs } from "./vs";

/** Whether a VS that made a hypercall in ring 0 means the kernel by it. */
export function isDoor(vs: Vs): bool {
  return vs.isRoot() && vs.readGeneral(RAX) == MEMORY_DOOR;
}

/** Does what is asked; the answer is in RAX. False: a rest is left, for which the VM is to ask the same again. */
export function serveDoor(vs: Vs): bool {
  // Nothing is done by translations of what has gone
  flushIfAsked();
  const answer = exchangePage() == 0 ? DOOR_UNKNOWN : serve(vs, vs.readGeneral(RBX));
  if (answer != REST_LEFT) vs.writeGeneral(RAX, answer);
  // What has gone just now
  flushIfAsked();
  return answer != REST_LEFT;
}

function serve(vs: Vs, what: u64): u32 {
  if (what == DOOR_GIVE) return give(vs.readGeneral(RCX), vs.readGeneral(RDX), false);
  if (what == DOOR_GIVE_RUN) return takeOver(vs.readGeneral(RCX), vs.readGeneral(RDX));
  if (what == DOOR_TAKE) return giveBack(vs);
  if (what == DOOR_DESCRIBE) return describe(vs);
  if (what == DOOR_ADOPT) return adopt(vs);
  if (what == DOOR_REPORT) reportMemory(exchangePage());
  return what == DOOR_REPORT || what == DOOR_FLUSH ? GIVE_DONE : DOOR_UNKNOWN;
}

function takeOver(physical: u64, bytes: u64): u32 {
  if (bytes != 0) return give(physical, bytes, true);
  // The driver has none: whoever wants one asks again
  runCame();
  return GIVE_DONE;
}

function giveBack(vs: Vs): u32 {
  const result = take(vs.readGeneral(RCX) == 1);
  vs.writeGeneral(RCX, takenChunk());
  vs.writeGeneral(RDX, takenChunkBytes());
  return result;
}
