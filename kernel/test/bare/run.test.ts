// What is read of a machine's output

import { expect, test } from "vitest";
import { withoutRegisters } from "./run.ts";

test.each([
  ["whole", "bareflank: one\r\n  rax 0x0\r\nbareflank: two\r\n"],
  ["without carriage returns", "bareflank: one\nbareflank: two"],
  ["cut off behind a carriage return", "bareflank: one\r\nbareflank: two\r"],
])("has the same lines when it is %s", (_, output) => {
  expect(withoutRegisters(output)).toEqual(["bareflank: one", "bareflank: two"]);
});
