// bfm status: what is loaded, where it runs, and what the extension counts

import { STATE_RUNNING } from "@bareflank/abi";
import { type Counters, readCounters } from "../counters.ts";
import { dmaFacts, dmaLine } from "../dma.ts";
import type { Driver } from "../driver.ts";
import type { Environment } from "../environment.ts";
import { Failure } from "../failure.ts";
import { mitigationLines } from "../mitigations.ts";
import { type Outcome, statusFacts, statusLine } from "../outcome.ts";

/** Who has which memory: the microkernel may be gone by now. */
function readMemory(driver: Driver, extensions: readonly string[]): object {
  try {
    return { memory: driver.memory(extensions) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { memoryError: { code: error.code, message: error.message } };
  }
}

/** The state is the driver's word alone: counters are shown where there are some. */
export function status(openDriver: () => Driver, environment: Pick<Environment, "iommus">): Outcome {
  const driver = openDriver();
  const answer = driver.status();
  const isRunning = answer.state === STATE_RUNNING;
  const { sums, failure }: Counters = isRunning ? readCounters(driver, answer.running) : { sums: new Map() };
  const counters = [...sums];
  const iommus = isRunning ? environment.iommus() : [];
  const protection = isRunning ? [...mitigationLines(answer.mitigations, answer.exposures), dmaLine(iommus)] : [];
  const memory = isRunning ? readMemory(driver, answer.extensions) : {};
  return {
    text: [statusLine(answer), ...protection, ...counters.map(([name, value]) => `  ${name}: ${value}`)].join("\n"),
    ...(failure === undefined ? {} : { remark: `bfm: the extension's counters are not known: ${failure.message}` }),
    facts: {
      ...statusFacts(answer),
      ...(isRunning ? dmaFacts(iommus) : {}),
      ...memory,
      // JSON has no integers beyond 2^53: those are strings
      counters: Object.fromEntries(
        counters.map(([name, value]) => [name, value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)]),
      ),
      ...(failure === undefined ? {} : { countersError: { code: failure.code, message: failure.message } }),
    },
  };
}
