// Unit tests on the modules that were replaced, in a process of their own, for a change may make them loop without end

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { groupSeconds } from "./processor-time.ts";
import type { Message, Report, Request } from "./runner.ts";
import { folder, repository } from "./tree.ts";
import { Watchdog } from "./watchdog.ts";

/** Where the hook in the tests' processes finds which module takes the place of which. */
export const TWINS = join(folder, "twins.json");

/** How tests ended: with all of them green, with one red, or with one that does not end. */
export type Ending =
  | { readonly ending: "green"; readonly seconds: Report["seconds"] }
  | { readonly ending: "red"; readonly test: string }
  | { readonly ending: "hangs" };

const WATCH_MILLISECONDS = 500;
/** A Vitest that has grown beyond this is replaced by a new one. */
const MOST_MIB = 1024;

export class TestRunner {
  #child: ChildProcess | undefined;
  /** Processor time of the processes that were ended. */
  #spent = 0;

  /**
   * Runs test files, in their order, until a test fails.
   *
   * @param limit Seconds of processor time that one test may take
   * @param hits Folder for what coverage-hook.mjs sees
   */
  async run(files: readonly string[], limit: number, hits = ""): Promise<Ending> {
    const child = await this.#start();
    let watch: NodeJS.Timeout | undefined;
    const report = await new Promise<Report | "hangs" | "ended">((resolve) => {
      const watchdog = new Watchdog(limit, () => groupSeconds(child.pid ?? 0));
      watch = setInterval(() => watchdog.isLate() && resolve("hangs"), WATCH_MILLISECONDS);
      child.on("message", (message: Message) => {
        if (message.kind === "progress") watchdog.feed();
        if (message.kind === "report") resolve(message.report);
      });
      child.once("exit", () => resolve("ended"));
      child.send({ files, hits } satisfies Request);
    });
    clearInterval(watch);
    child.removeAllListeners("message").removeAllListeners("exit");
    if (report === "hangs" || report === "ended" || report.memoryMiB > MOST_MIB) this.close();
    if (report === "hangs") return { ending: "hangs" };
    if (report === "ended") return { ending: "red", test: "the process of the tests ended" };
    const { failed, seconds } = report;
    return failed === undefined ? { ending: "green", seconds } : { ending: "red", test: failed };
  }

  /** Processor time of all that it ran. */
  get cpuSeconds(): number {
    return this.#spent + (this.#child?.pid === undefined ? 0 : groupSeconds(this.#child.pid));
  }

  close(): void {
    const { pid, exitCode, signalCode } = this.#child ?? {};
    this.#spent = this.cpuSeconds;
    this.#child = undefined;
    // A group of its own, so that a loop in one of its processes ends, too
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
  }

  async #start(): Promise<ChildProcess> {
    if (this.#child !== undefined) return this.#child;
    const hook = new URL("../../../toolchain/src/coverage/coverage-hook.mjs", import.meta.url).href;
    const env = {
      ...process.env,
      NO_COLOR: "1",
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import ${hook}`.trim(),
      BF_COVERAGE_TWINS: TWINS,
    };
    const path = join(import.meta.dirname, "runner.ts");
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    const execArgv = ["--import", "tsx"];
    const child = fork(path, { cwd: repository, env, execArgv, detached: true, stdio: [...stdio] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", () => reject(new Error("Vitest does not start.")));
    });
    child.removeAllListeners("exit");
    return child;
  }
}
