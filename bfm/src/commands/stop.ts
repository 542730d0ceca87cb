// bfm stop and bfm unload: give the processors, then the memory back to Linux

import { STATE_RUNNING } from "@bareflank/abi";
import type { Driver } from "../driver.ts";
import { type Outcome, processors, statusFacts } from "../outcome.ts";

export function stop(openDriver: () => Driver): Outcome {
  const driver = openDriver();
  driver.stop();
  const status = driver.status();
  return {
    text: `bareflank: stopped, Linux has its ${processors(status.cpuCount)} back`,
    facts: statusFacts(status),
  };
}

/** A running hypervisor is stopped first. */
export function unload(openDriver: () => Driver): Outcome {
  const driver = openDriver();
  if (driver.status().state === STATE_RUNNING) driver.stop();
  driver.unload();
  return { text: "bareflank: unloaded", facts: statusFacts(driver.status()) };
}
