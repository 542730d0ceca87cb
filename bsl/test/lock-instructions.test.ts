// The lock as machine code: what no test of the WebAssembly module can see

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** Instructions of a function of the lock's object, without their addresses. */
function disassemble(name: string): string[] {
  const object = fileURLToPath(new URL("../../build/lock/lock.o", import.meta.url));
  const text = execFileSync("llvm-objdump", ["-d", "--no-show-raw-insn", `--disassemble-symbols=${name}`, object]);
  const lines = text
    .toString()
    .split("\n")
    .filter((line) => /^\s+[0-9a-f]+:/.test(line));
  return lines.map((line) => line.replace(/^\s+/, "").replace(/\s+/g, " "));
}

const addressOf = (line: string) => Number.parseInt(line, 16);
const isMemoryAccess = (line: string) => /\(%r/.test(line) && !/\blea/.test(line);

describe("acquire", () => {
  const code = disassemble("acquireLock");

  test("draws its ticket by one locked addition", () => {
    const index = code.findIndex((line) => / xaddl /.test(line));
    expect(index).toBeGreaterThan(0);
    expect(`${code[index - 1]} ${code[index]}`).toMatch(/ lock /);
    expect(code.filter((line) => / xadd/.test(line))).toHaveLength(1);
  });

  test("pauses, and loads afresh, each time around", () => {
    const back = code.findIndex((line) => {
      const target = line.match(/ j\w+ 0x([0-9a-f]+)/)?.[1];
      return target !== undefined && Number.parseInt(target, 16) < addressOf(line);
    });
    expect(back).toBeGreaterThan(0);
    const target = Number.parseInt(code[back]?.match(/ j\w+ 0x([0-9a-f]+)/)?.[1] ?? "", 16);
    const loop = code.slice(0, back + 1).filter((line) => addressOf(line) >= target);
    expect(loop.filter((line) => / pause/.test(line))).toHaveLength(1);
    expect(loop.filter(isMemoryAccess)).toHaveLength(1);
    expect(loop.find(isMemoryAccess)).toMatch(/ movl \d+\(%r\w+\), %e/);
  });
});

test("tryAcquire takes the lock by one locked compare and exchange, and never loops", () => {
  const code = disassemble("tryAcquireLock");
  const index = code.findIndex((line) => / cmpxchgl /.test(line));
  expect(`${code[index - 1]} ${code[index]}`).toMatch(/ lock /);
  expect(code.filter((line) => / j/.test(line))).toEqual([]);
});

test("release is one store", () => {
  const stores = disassemble("releaseLock").filter((line) => /, \d+\(%r\w+\)/.test(line));
  expect(stores).toHaveLength(1);
  expect(stores[0]).toMatch(/ movl %e\w+, \d+\(%r/);
});
