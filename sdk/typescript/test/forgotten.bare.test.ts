// What the debug ring says to who has forgotten something: what is to happen behind a handler, the root VS, a number

import { BOOT_EXT_EXIT, PHASE_BOOTSTRAP } from "@bareflank/abi";
import { beforeAll, describe, expect, it } from "vitest";
import { failedStart } from "../../../kernel/test/bare/expected.ts";
import { nameCallsAndExits } from "../../../toolchain/src/call-names.ts";
import { buildProbes, runProbe, runProbeWith } from "./fixtures.ts";

beforeAll(() => buildProbes());

const ROOTLESS =
  "error: a callback returned Next.Run, and this processor has no VS: startRoot(ppid) in bootstrap makes the root VS";

it("a handler that returns true and has not set exit.next: which exit, and where", async () => {
  // The processor halts then: only the serial port tells
  const { output } = await runProbe("undecided");
  expect(output.split(/\r?\n/).map(nameCallsAndExits)).toContainEqual(
    expect.stringMatching(
      /^PP 0: error: AMD exit RDTSC \(0x6e\), RIP 0x[0-9a-f]+: a handler returned true and has left exit.next at Next.Fail$/,
    ),
  );
});

describe("settings that are read as numbers", () => {
  const settings = ["decimal=18446744073709551615", "hexadecimal=0xFf", "word=fast", "nothing=", "prefix=0x"];
  const large = ["large=0x10000000000000000"];

  it("are told when they are none, and a bootstrap without a root VS is, too", async () => {
    const { ring, report } = await runProbeWith([...settings, ...large], "numbers");
    expect(ring.slice(0, 12)).toEqual([
      "PP 0: decimal 18446744073709551615",
      "PP 0: hexadecimal 255",
      "PP 0: warning: setting word=fast is no number: 2 it is",
      "PP 0: word 2",
      "PP 0: warning: setting nothing= is no number: 3 it is",
      "PP 0: nothing 3",
      "PP 0: warning: setting prefix=0x is no number: 4 it is",
      "PP 0: prefix 4",
      "PP 0: warning: setting large=0x10000000000000000 is no number: 5 it is",
      "PP 0: large 5",
      "PP 0: not given 6",
      ROOTLESS,
    ]);
    expect(report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_EXIT));
  });

  it("as it is when that returns Next.AdvanceAndRun", async () => {
    const { ring } = await runProbeWith(["next=advance"], "numbers");
    expect(ring.filter((line) => line.startsWith("error"))).toEqual([ROOTLESS]);
  });
});
