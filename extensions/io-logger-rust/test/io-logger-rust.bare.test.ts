import { HYPERCALL_COUNTER } from "@bareflank/abi";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";
import { describeBehaviour, imageOf } from "../../io-logger/test/behaviour.ts";

describeBehaviour("io-logger-rust");

it.each(machines)("answers the hypercall that reads counters (%s)", async (machine) => {
  const { output, ...result } = await run(imageOf("io-logger-rust"), {
    machine,
    append: `vmmcall=${HYPERCALL_COUNTER}`,
  });
  expect(result, output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(output).toContain("bare: vmmcall 0x0\n");
});
