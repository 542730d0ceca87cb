// What io-logger does, whatever it is written in

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const build = join(import.meta.dirname, "../../../build/extensions");

/** The image of an extension. */
export const imageOf = (name: string) => join(build, name, `${name}.elf`);

/** Tests an extension that claims to do the same as `io-logger`. */
export function describeBehaviour(name: string): void {
  const elf = imageOf(name);

  describe(name, () => {
    it.each(machines)("logs accesses to its ports, which happen all the same (%s)", async (machine) => {
      // Register 14 of the clock is memory that nobody uses here
      const { ring, output, ...result } = await run(elf, { machine, append: "outb=0x70 value=14 inb=0x70" });
      expect(result, output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      expect(ring).toContainEqual(expect.stringMatching(/^PP 0: OUT 0x70, 1 bytes: 0xe at RIP 0x[0-9a-f]+$/));
      expect(ring).toContainEqual(expect.stringMatching(/^PP 0: IN 0x70, 1 bytes: 0x[0-9a-f]+ at RIP 0x[0-9a-f]+$/));
      expect(ring).toContain("PP 0: port accesses: 2");
    });

    it("does not see other ports", async () => {
      const { ring } = await run(elf, { smp: 2, append: "inb=0x21" });
      expect(ring).toContain("PP 0: port accesses: 0");
      expect(ring).toContain("PP 1: port accesses: 0");
    });

    it.each(machines)("carries out REP OUTS as the processor does while the VM single-steps (%s)", async (machine) => {
      const { ring, output } = await run(elf, { machine, append: "outsb=0x80 steps=2" });
      // Twice three iterations, and three other instructions: before the start, and in the VM
      expect(output.match(/^bare: steps .*$/gm)).toEqual(["bare: steps 0xc", "bare: steps 0xc"]);
      // Each iteration exits, and the first string, which nothing steps, once
      expect(ring).toContain("PP 0: port accesses: 7");
    });
  });
}
