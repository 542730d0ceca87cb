// Kinds of tests: in Node.js alone, on the bare platform, under a whole Linux, and what CI has no time for

import { defineConfig } from "vitest/config";

const ignored = ["**/node_modules/**", "**/build/**", "**/fixtures/**"];

const MINUTE = 60_000;

/**
 * No test is late: on a busy host anything may take long. These end what would never end; an emulated machine that comes
 * to nothing is noticed by the lab, which does not count the time that its host lacked.
 */
const unlimited = { testTimeout: 5 * MINUTE, hookTimeout: 5 * MINUTE };
const emulated = { testTimeout: 60 * MINUTE, hookTimeout: 60 * MINUTE };

/**
 * Emulators take a core each, so their tests run one file after the other. Linux with several processors hangs once in a
 * hundred boots; a test that fails twice is broken, and one that needed its second try is listed as such.
 */
const sequential = { fileParallelism: false, maxWorkers: 1, isolate: false, retry: 1 };

const setupFiles = ["./test/cpu-time.ts"];

/** A project whose tests use emulators. */
const emulators = (name: string, groupOrder: number) => ({
  test: {
    name,
    include: [`**/test/**/*.${name}.test.ts`],
    exclude: ignored,
    setupFiles,
    ...emulated,
    sequence: { groupOrder },
    ...sequential,
  },
});

export default defineConfig({
  test: {
    reporters: ["default", "./test/cpu-reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/test/**/*.test.ts"],
          exclude: [...ignored, "**/*.bare.test.ts", "**/*.e2e.test.ts", "**/*.full.test.ts"],
          setupFiles,
          ...unlimited,
          // A process for each file would take longer to start than most files to run.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      emulators("bare", 1),
      emulators("e2e", 2),
      emulators("full", 3),
    ],
  },
});
