// Three kinds of tests: in Node.js alone, on the bare platform, and under a whole Linux

import { defineConfig } from "vitest/config";

const ignored = ["**/node_modules/**", "**/build/**", "**/fixtures/**"];

/**
 * Emulators take a core each, so their tests run one file after the other. On a busy host an emulated Linux may be late
 * once; a test that fails twice is broken, and one that needed its second try is listed as such.
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
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "bare",
          include: ["**/test/**/*.bare.test.ts"],
          exclude: ignored,
          testTimeout: 60_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
          ...sequential,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["**/test/**/*.e2e.test.ts"],
          exclude: ignored,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 2 },
          ...sequential,
        },
      },
    ],
  },
});
