// Times of the watchdog, as they are typed and shown

import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };
/** Below the first the machine's own hiccups would count, and nobody waits longer than the last. */
const LEAST_MS = 10;
const MOST_MS = 3_600_000;

/** Milliseconds of "2s", "500ms" or "1.5min". */
export function parseWatchdog(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(number) * (UNITS[unit] ?? 0));
  if (number === "") throw new InvalidArgumentError("Type a number and ms, s or min: 500ms, 2s.");
  if (milliseconds < LEAST_MS || milliseconds > MOST_MS)
    throw new InvalidArgumentError("It lies between 10ms and 60min.");
  return milliseconds;
}

/** "2 s", "500 ms". */
export function watchdogText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}
