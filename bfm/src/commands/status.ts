// bfm status: what is loaded, where it runs, and what the extension counts

import { STATE_RUNNING } from "@bareflank/abi";
import { readCounters } from "../counters.ts";
import type { Driver } from "../driver.ts";
import { type Outcome, statusFacts, statusLine } from "../outcome.ts";

export function status(openDriver: () => Driver): Outcome {
  const driver = openDriver();
  const answer = driver.status();
  const counters = answer.state === STATE_RUNNING ? [...readCounters(driver, answer.running)] : [];
  return {
    text: [statusLine(answer), ...counters.map(([name, value]) => `  ${name}: ${value}`)].join("\n"),
    facts: {
      ...statusFacts(answer),
      // JSON has no integers beyond 2^53: those are strings
      counters: Object.fromEntries(
        counters.map(([name, value]) => [name, value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)]),
      ),
    },
  };
}
