// All pools of objects

import { emptyStores } from "./memory/pages";
import { initNesteds, nesteds } from "./nested/nested";
import { lockObjects, unlockObjects } from "./objects";
import { initMaps, maps } from "./permission-map";
import { initVms, vms } from "./vm";
import { initVps, vps } from "./vp";
import { initVss, vss } from "./vs";

/** Makes them, and the root VM; false when that cannot be. */
export function initObjects(): bool {
  initVps();
  initNesteds();
  initMaps();
  return initVms() && initVss();
}

/** Gives all memory to the pool that is only kept at hand, for objects and of all processors: whether there was anything. */
export function emptyReserves(): bool {
  lockObjects();
  vms.trim();
  vps.trim();
  vss.trim();
  nesteds.trim();
  maps.trim();
  unlockObjects();
  return emptyStores();
}
