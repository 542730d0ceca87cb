// What the Linux glue and the description of the interfaces must agree on

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as abi from "@bareflank/abi";
import { expect, it } from "vitest";

it("has room for every argument block", () => {
  const header = readFileSync(join(import.meta.dirname, "../linux/loader.h"), "utf8");
  const room = Number(/^#define LOADER_BLOCK_BYTES (\d+)$/m.exec(header)?.[1]);
  const blocks = [
    abi.LOAD_ARGS_BYTES,
    abi.OPERATION_ARGS_BYTES,
    abi.STATUS_ARGS_BYTES,
    abi.DUMP_ARGS_BYTES,
    abi.VMCALL_ARGS_BYTES,
  ];
  expect(room).toBeGreaterThanOrEqual(Math.max(...blocks));
});
