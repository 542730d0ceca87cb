// This processor drops its host translations, when somebody has asked for it (requests.ts)

import { dropTranslations } from "#arch/isolation";
import { WORK_FLUSH_HOST } from "../../abi/generated/bare/pp-block";
import { reclaim } from "./memory/pages";
import { epochNow, isFlushPending, showFlushed, takeWork } from "./requests";

/** Drops this processor's host translations, if somebody has asked for it. */
export function flushIfAsked(): void {
  if (!isFlushPending()) return;
  // First, so that a request that comes now is not lost: it is still served before ring 3
  takeWork(WORK_FLUSH_HOST);
  flushHost();
  // What waited for this processor alone is free now
  reclaim();
}

/** Drops this processor's host translations, and shows since when it has none. */
function flushHost(): void {
  const since = epochNow();
  dropTranslations();
  showFlushed(since);
}
