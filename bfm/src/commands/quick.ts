// bfm quick: load and start

import type { Driver } from "../driver.ts";
import type { Environment } from "../environment.ts";
import { readFiles, type Selection } from "../files.ts";
import { type Outcome, statusFacts, statusLine } from "../outcome.ts";
import { replace } from "./load.ts";
import { type StartRequest, startAndWait, startOptions } from "./start.ts";

export async function quick(
  openDriver: () => Driver,
  environment: Environment,
  selection: Selection,
  options: StartRequest,
): Promise<Outcome> {
  const start = startOptions(options);
  const files = readFiles(selection, environment.elfCheck);
  const driver = openDriver();
  replace(driver, files);
  await startAndWait(driver, environment, start);
  const status = driver.status();
  return { text: statusLine(status), facts: statusFacts(status) };
}
