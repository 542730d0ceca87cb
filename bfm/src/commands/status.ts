// bfm status: what is loaded, and where it runs

import type { Driver } from "../driver.ts";
import { type Outcome, statusFacts, statusLine } from "../outcome.ts";

export function status(openDriver: () => Driver): Outcome {
  const answer = openDriver().status();
  return { text: statusLine(answer), facts: statusFacts(answer) };
}
