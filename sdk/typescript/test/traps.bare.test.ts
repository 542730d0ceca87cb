// What an extension in TypeScript comes to that divides by zero or leaves an array: the backtrace says which

import { beforeAll, expect, it } from "vitest";
import { run } from "../../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "../../test/extension-package.ts";

const SOURCE = `
import { CpuidExit, Next, onCpuid, startRoot } from "@bareflank/sdk";

const numbers = new StaticArray<u32>(1);

export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  onCpuid((exit: CpuidExit): bool => {
    if (exit.leaf == 0x4000_0041) exit.answer(1 / exit.subleaf, 0, 0, 0);
    if (exit.leaf == 0x4000_0042) exit.answer(<u32>((i32.MIN_VALUE + <i32>exit.subleaf) / (<i32>exit.subleaf - 1)), 0, 0, 0);
    if (exit.leaf == 0x4000_0044) exit.answer(numbers[exit.subleaf + 7], 0, 0, 0);
    return false;
  });
  return Next.Run;
}
`;

const packages = extensionPackages();
let image = "";

beforeAll(async () => {
  image = await packages.build("minimal", "traps", SOURCE);
}, PATIENCE);

it.each([
  [0x4000_0041, "division_by_zero"],
  [0x4000_0042, "integer_overflow"],
  [0x4000_0044, "thrown_or_outside_of_array"],
])("%i: %s", async (leaf, name) => {
  const { lastWords, kind } = await run(image, { append: `eax=${leaf}` });
  expect(kind).toBe("processor-halted");
  expect(lastWords).toMatch(new RegExp(`0x\\w+ \\(${name}\\)\\n +0x\\w+ \\(src/main/`));
});
