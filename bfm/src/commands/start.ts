// bfm start: slides the hypervisor under Linux, on every processor

import type { Driver } from "../driver.ts";
import type { Environment } from "../environment.ts";
import { NO_CPU, phaseText, processor } from "../messages.ts";
import { type Outcome, statusFacts, statusLine } from "../outcome.ts";

/** How often a start that does not end is talked about. */
const PATIENCE_MS = 10_000;

export async function start(openDriver: () => Driver, environment: Environment): Promise<Outcome> {
  const driver = openDriver();
  await startAndWait(driver, environment);
  const status = driver.status();
  return { text: statusLine(status), facts: statusFacts(status) };
}

/** Waits for the driver. Ctrl-C makes it give up; after a while the user is told what it waits for. */
export async function startAndWait(driver: Driver, { onInterrupt, writeError }: Environment): Promise<void> {
  const { done, interrupt } = driver.start();
  const began = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    describeWait(driver).then((place) =>
      writeError(
        `bfm: still starting after ${seconds} s: ${place}\nCtrl-C gives up and rolls back; a processor that does not return is lost until you reboot.\n`,
      ),
    );
  }, PATIENCE_MS);
  const ignore = onInterrupt(() => {
    writeError("bfm: interrupted: giving the processors back to Linux ...\n");
    interrupt();
  });
  try {
    await done;
  } finally {
    clearInterval(timer);
    ignore();
  }
}

async function describeWait(driver: Driver): Promise<string> {
  try {
    const { cpu, phase } = await driver.progress();
    if (cpu === NO_CPU) return "the driver has not begun with a processor, another bfm may be at work";
    return `waiting for ${processor(cpu)}, ${phaseText(phase)}`;
  } catch (error) {
    return `the driver does not say where (${(error as Error).message})`;
  }
}
