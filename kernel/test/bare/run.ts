// Runs an extension on the bare platform and takes what it wrote apart

import { rmSync } from "node:fs";
import { type PrintedReport, readReport } from "../../../lab/src/bare-report.ts";
import { type Monitor, type RunBareOptions, type RunBareResult, runBare } from "../../../lab/src/index.ts";

export type { PrintedReport };

export interface Run extends RunBareResult {
  /** Undefined when every operation went well. */
  readonly report: PrintedReport | undefined;
  /** Lines of the debug ring, without those that only hold registers. */
  readonly ring: readonly string[];
  /** Processors that the root VM's CPUIDs were executed on. */
  readonly worked: readonly number[];
}

export interface Options extends Omit<RunBareOptions, "extensions"> {
  /** CPUIDs in the root VM of each processor. */
  readonly cpuids?: number;
}

const RING = /^bare: debug ring\n([\s\S]*?)^bare: end of debug ring$/m;
const WORK = /^bare: processor (\d+): \d+ CPUIDs of leaf \S+ in the root VM/gm;

/** Lines without those that print a fault's registers, which begin with spaces. A machine that is switched off may end within a line's end. */
export function withoutRegisters(text: string): string[] {
  return text.split(/\r\n?|\n/).filter((line) => line !== "" && !line.startsWith("  "));
}

/** Runs one extension, or those of `options.manifest` when it is a list without any; the exit code is that of loader/bare/ending.ts, 0 when all went well. */
export async function run(
  extension: string | readonly [],
  { cpuids = 10, append = "", ...options }: Options = {},
): Promise<Run> {
  const result = await runBare({
    ...options,
    extensions: typeof extension === "string" ? [extension] : extension,
    append: `cpuid=${cpuids} ${append}`,
  });
  return {
    ...result,
    report: readReport(result.output),
    ring: withoutRegisters(RING.exec(result.output)?.[1] ?? ""),
    worked: [...result.output.matchAll(WORK)].map((match) => Number(match[1])),
  };
}

/** Runs one extension until COM1 shows `words`, lets `look` use QEMU's monitor, and switches the machine off. */
export async function runUntil(
  extension: string,
  words: string,
  look: (monitor: Monitor) => Promise<void> = () => Promise.resolve(),
  options: Options = {},
): Promise<Run> {
  let monitor: Monitor | undefined;
  let text = "";
  let looked: Promise<void> | undefined;
  const lookAndEnd = async (machine: Monitor) => {
    try {
      await look(machine);
    } finally {
      await machine.quit().catch(() => undefined);
    }
  };
  const result = await run(extension, {
    ...options,
    onStart: (machine) => {
      monitor = machine;
    },
    onOutput: (chunk) => {
      text += chunk.toString("latin1");
      if (looked === undefined && monitor !== undefined && text.includes(words)) looked = lookAndEnd(monitor);
    },
  });
  await looked;
  // Being switched off counts as a failure, whose logs are kept.
  if (result.folder !== undefined) rmSync(result.folder, { recursive: true });
  return result;
}
