// Three kinds of tests: in Node.js alone, on the bare platform, and under a whole Linux

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
const sequential = { fileParallelism: false, maxWorkers: 1, retry: 1 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/test/**/*.test.ts"],
          exclude: [...ignored, "**/*.bare.test.ts", "**/*.e2e.test.ts"],
          ...unlimited,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "bare",
          include: ["**/test/**/*.bare.test.ts"],
          exclude: ignored,
          ...emulated,
          sequence: { groupOrder: 1 },
          ...sequential,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["**/test/**/*.e2e.test.ts"],
          exclude: ignored,
          ...emulated,
          sequence: { groupOrder: 2 },
          ...sequential,
        },
      },
    ],
  },
});
