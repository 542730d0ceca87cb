// Exits leave nothing behind

import { expect } from "vitest";
import { assemble } from "./assemble.ts";
import { run } from "./run.ts";

/** Makes so many exits on the bare platform, and compares the pages in use with those behind the tenth. */
export async function expectNoLeak(exits: number): Promise<void> {
  const vmexit = [
    "cmp dword ptr [rip + exits], 10; je 51f",
    `cmp dword ptr [rip + exits], ${exits}; jne 52f`,
    "51: mov r14, rdi; mov r15, rsi; CALL(DEBUG_DUMP_PAGE_POOL); mov rdi, r14; mov rsi, r15",
    "52:",
  ].join("; ");
  const { output, ...result } = await run(assemble({ vmexit }), { cpuids: exits });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
  const used = [...output.slice(0, output.indexOf("bare: debug ring")).matchAll(/^page pool: (\d+) of/gm)];
  expect(used).toHaveLength(2);
  expect(used[1]?.[1]).toBe(used[0]?.[1]);
}
