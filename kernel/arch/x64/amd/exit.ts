// VM exits on AMD

import { callVmexit } from "../../../src/life-cycle";
import { activeVs } from "../../../src/pp";
import { countExit } from "../../../src/statistics";
import { Vs } from "../../../src/vs";
import { refuseEntry } from "../refusal";
import { isRefusal } from "./vs";

/** The active VS exited. Result: ACTION_*. */
export function enterVmexit(reason: u64): u32 {
  countExit(reason);
  if (isRefusal(reason)) return refuseEntry(changetype<Vs>(activeVs()), reason);
  return callVmexit(reason);
}
