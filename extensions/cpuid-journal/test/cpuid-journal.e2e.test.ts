import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const build = join(import.meta.dirname, "../../../build/extensions/cpuid-journal");

it("tells Linux what it counted, and names the functions of an error that nobody caught", async () => {
  const result = await runLinux({
    put: [{ from: join(build, "cpuid-journal.elf") }, { from: join(build, "cpuid-journal.debug.elf") }],
    command:
      "bfm quick cpuid-journal.elf && bf-cpuid --leaf 7 && bf-cpuid --leaf 0x40000021 && bfm stop && bfm dump && bfm unload",
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  expect(result.stdout).toMatch(/^PP 0: error: RangeError: leaf \d+ was never asked for$/m);
  expect(result.stdout).toMatch(
    /^PP 0: error: {3}at 0x\w+ \(extensions\/cpuid-journal\/src\/journal\/Journal#count\+/m,
  );
  expect(result.stdout).toMatch(/^PP 0: leaf 0x7: [1-9]/m);
});
