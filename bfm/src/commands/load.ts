// bfm load: checks kernel and extensions, and gives them to the driver

import { basename } from "node:path";
import { STARTED_BY_UEFI, STATE_LOADED, STATE_RUNNING } from "@bareflank/abi";
import type { Driver } from "../driver.ts";
import type { Environment } from "../environment.ts";
import { type CheckedFiles, readFiles, type Selection } from "../files.ts";
import { type Outcome, statusFacts } from "../outcome.ts";

/** Files are read and checked before anything that is loaded or running is touched. */
export function load(openDriver: () => Driver, { elfCheck }: Environment, selection: Selection): Outcome {
  const files = readFiles(selection, elfCheck);
  const driver = openDriver();
  replace(driver, files);
  const names = files.extensions.map(({ name }) => basename(name));
  return {
    text: `bareflank: loaded ${basename(files.kernel.name)} with ${names.join(", ")}`,
    facts: {
      kernel: files.kernel.name,
      extensions: files.extensions.map(({ name }) => name),
      ...statusFacts(driver.status()),
    },
  };
}

/**
 * Stops and unloads what is there, as Bareflank 2.0 did, and loads. What UEFI has started is not stopped in passing: the driver refuses
 * to load beside it.
 */
export function replace(driver: Driver, { kernel, extensions, policies }: CheckedFiles): void {
  const { state, startedBy } = driver.status();
  const isOwn = startedBy !== STARTED_BY_UEFI;
  if (state === STATE_RUNNING && isOwn) driver.stop();
  if ((state === STATE_RUNNING && isOwn) || state === STATE_LOADED) driver.unload();
  driver.load(kernel, extensions, policies);
}
