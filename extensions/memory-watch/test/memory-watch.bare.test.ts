import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/memory-watch/memory-watch.elf");
describe.each(machines)("on %s", (machine) => {
  let page = 0;

  beforeAll(async () => {
    const { ring } = await run(elf, { machine });
    page = Number(/^PP 0: watching (0x[0-9a-f]+)$/.exec(ring[0] ?? "")?.[1]);
    expect(page).toBeGreaterThan(0);
    expect(ring).toContain("PP 0: writes to the watched page: 0");
  });

  it("logs each write, which happens all the same", async () => {
    const address = page + 0xff0;
    const { ring, ...result } = await run(elf, { machine, append: `poke=${address} value=0x77` });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.output).toContain("bare: poke 0x77\n");
    expect(ring).toContainEqual(expect.stringMatching(`^PP 0: write to 0x${address.toString(16)} at RIP 0x[0-9a-f]+$`));
    expect(ring).toContain("PP 0: writes to the watched page: 1");
  });

  it("protects the page again after a write", async () => {
    const { ring } = await run(elf, { machine, append: `poke=${page + 0xff0} value=0x77 pokes=3` });
    expect(ring).toContain("PP 0: writes to the watched page: 3");
  });

  it("does not see reads, nor writes to other pages", async () => {
    const { ring } = await run(elf, { machine, append: `peek=${page + 8} poke=0xa000000 value=1` });
    expect(ring).toContain("PP 0: writes to the watched page: 0");
  });
});
