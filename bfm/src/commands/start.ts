// bfm start: slides the hypervisor under Linux, on every processor

import { NO_CPU, type Place, phaseText, processor } from "@bareflank/abi/messages";
import { constantName } from "../constant-names.ts";
import type { Driver, MitigationChoice, StartOptions } from "../driver.ts";
import type { Environment } from "../environment.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure, type FailureFacts } from "../failure.ts";
import { parseBounds } from "../memory-size.ts";
import { type Outcome, statusFacts, statusLine } from "../outcome.ts";

/** How often a start that does not end is talked about. */
const PATIENCE_MS = 10_000;
/** How long the driver may take to say where a start is. */
const ANSWER_MS = 1_000;

/** How to start, as typed. */
export interface StartRequest {
  readonly once?: boolean;
  /** In milliseconds. */
  readonly watchdog?: number;
  /** MIN..MAX. */
  readonly memory?: string;
  /** False: the microkernel lies where it was linked. */
  readonly kaslr?: boolean;
  /** True: nothing of the microkernel is mapped while an extension runs but what entries need. */
  readonly isolateKernel?: boolean;
  readonly mitigations?: MitigationChoice;
}

export function startOptions({
  once = false,
  watchdog = 0,
  memory,
  mitigations,
  kaslr = true,
  isolateKernel = false,
}: StartRequest): StartOptions {
  return {
    once,
    watchdog,
    kaslr,
    isolateKernel,
    ...(mitigations === undefined ? {} : { mitigations }),
    ...(memory === undefined ? {} : { bounds: parseBounds(memory) }),
  };
}

export async function start(
  openDriver: () => Driver,
  environment: Environment,
  request: StartRequest,
): Promise<Outcome> {
  const options = startOptions(request);
  const driver = openDriver();
  await startAndWait(driver, environment, options);
  const status = driver.status();
  return { text: statusLine(status), facts: statusFacts(status) };
}

/**
 * Waits for the driver. After a while the user is told for whom. Ctrl-C gives up; the driver rolls back when bfm has
 * ended, because only that ends its wait for a processor that an extension keeps.
 */
export async function startAndWait(
  driver: Driver,
  { onInterrupt, writeError }: Environment,
  options: StartOptions = {},
): Promise<void> {
  const began = Date.now();
  let isOver = false;
  const timer = setInterval(async () => {
    const place = await currentPlace(driver);
    // The start may have ended while the driver was asked
    if (isOver) return;
    const seconds = Math.round((Date.now() - began) / 1000);
    writeError(
      `bfm: still starting after ${seconds} s: waiting for ${placeText(place)}.\n` +
        "Ctrl-C gives up; a processor that does not return is lost until you reboot.\n",
    );
  }, PATIENCE_MS);
  let ignore = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    ignore = onInterrupt(async () => reject(interruption(await currentPlace(driver))));
  });
  try {
    await Promise.race([driver.start(options), interrupted]);
  } finally {
    isOver = true;
    clearInterval(timer);
    ignore();
  }
}

/** Undefined when the driver does not say. */
function currentPlace(driver: Driver): Promise<Place | undefined> {
  const answer = driver.place().catch(() => undefined);
  const silence = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ANSWER_MS).unref());
  return Promise.race([answer, silence]);
}

function interruption(place: Place | undefined): Failure {
  const facts: FailureFacts =
    place === undefined || place.cpu === NO_CPU ? {} : { cpu: place.cpu, phase: constantName("PHASE_", place.phase) };
  return new Failure(
    "ERROR_TIMEOUT",
    exitCodes.interrupted,
    `interrupted while waiting for ${placeText(place)}`,
    "The driver gives the other processors back to Linux. See whether one is lost: bfm status.",
    { facts },
  );
}

function placeText(place: Place | undefined): string {
  if (place === undefined) return "the driver, which does not say where it is";
  if (place.cpu === NO_CPU) return "the driver, which has not begun with a processor (is another bfm at work?)";
  return `${processor(place.cpu)}, ${phaseText(place.phase)}`;
}
