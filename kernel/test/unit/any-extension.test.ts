// Whatever an extension calls, in whatever order: the kernel never faults, and its page tables stay sound

import * as abi from "@bareflank/abi";
import {
  DIRECT_BASE,
  EXT_CODE_BASE,
  EXT_DIRECT_BASE,
  EXT_MEMORY_BASE,
  EXT_POOL_BASE,
  HANDOFF_BASE,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_VS_PROMOTE,
} from "@bareflank/abi";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bootNext, inBootstrap, inVmexit } from "../machine/extension-life.ts";
import type { Machine } from "../machine/machine.ts";
import { tablesOf } from "../machine/page-walk.ts";
import type { Pp } from "../machine/pp.ts";

/** Ends of callbacks come seldom, or every run would be short. */
const ENDS: readonly number[] = [SYSCALL_CONTROL_EXIT, SYSCALL_CONTROL_WAIT, SYSCALL_CONTROL_AGAIN, SYSCALL_VS_PROMOTE];
const CALLS = Object.entries(abi)
  .filter(
    ([name, value]) => name.startsWith("SYSCALL_") && name !== "SYSCALL_SIGNATURE" && !ENDS.includes(Number(value)),
  )
  .map(([, value]) => Number(value));

const identifier = fc.constantFrom(0n, 1n, 2n, 3n, 255n, 256n, 0xffffn);
const address = fc
  .tuple(
    fc.constantFrom(0n, EXT_CODE_BASE, EXT_DIRECT_BASE, EXT_POOL_BASE, EXT_POOL_BASE + 0x1_2345_0000n, 0x1_2345_0000n),
    fc.constantFrom(0n, 8n, 0x1000n, 0x2000n, 0x20_0000n, 0x80_0000_0000n),
  )
  .map(([base, offset]) => base + offset);
const anything = fc.oneof(
  identifier,
  identifier,
  fc.nat({ max: 121 }).map(BigInt),
  address,
  fc.bigInt(0n, 2n ** 64n - 1n),
);

type Step =
  | { readonly does: "call"; readonly number: number; readonly registers: readonly bigint[] }
  | { readonly does: "fault"; readonly vector: number; readonly cr2: bigint };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.record({
      does: fc.constant("call" as const),
      number: fc.oneof(
        { weight: 40, arbitrary: fc.constantFrom(...CALLS) },
        { weight: 1, arbitrary: fc.constantFrom(...ENDS) },
      ),
      registers: fc.tuple(fc.constantFrom(0n, 0n, 0n, 0n, 0n, 0n, 0n, 1n), anything, anything, anything),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("fault" as const),
      vector: fc.constantFrom(0, 3, 6, 13, 14),
      cr2: address,
    }),
  },
);
const exitCode = fc.constantFrom(0x60n, 0x72n, 0x78n, 0x7bn, 0x7cn, 0x81n, 0x400n);
const life = fc.array(fc.record({ ppid: fc.nat({ max: 1 }), step: anyStep, code: exitCode }), {
  minLength: 20,
  maxLength: 120,
});

/** Nothing is writable and executable; ring 3 reaches no page table and nothing outside its windows. */
function audit(machine: Machine): void {
  for (const ppid of [0, 1]) {
    const tables = tablesOf(machine.physical, machine.pp(ppid).root);
    for (const [at, page] of machine.mappings(ppid)) {
      const where = `0x${at.toString(16)} of PP ${ppid}`;
      if (page.isWritable && page.isExecutable) throw new Error(`${where} is writable and executable`);
      if (page.isUser && tables.has(page.physical)) throw new Error(`${where} is a page table, for ring 3`);
      if (page.isUser && !isExtensionWindow(BigInt(at))) throw new Error(`ring 3 sees ${where}`);
    }
  }
}

const isExtensionWindow = (at: bigint): boolean =>
  (at >= EXT_MEMORY_BASE && at < HANDOFF_BASE) || (at >= EXT_POOL_BASE && at < DIRECT_BASE) || at >= EXT_DIRECT_BASE;

/** One step of a processor, wherever it is. */
function go(pp: Pp, step: Step, code: bigint): void {
  if (pp.mode === "guest") pp.exit(code, { EXITINFO2: 0x1000n });
  else if (pp.mode !== "extension") return;
  else if (step.does === "call") pp.syscall(step.number, ...step.registers);
  else pp.fault(step.vector, { cr2: step.cr2 });
}

test.each([
  ["bootstrap", inBootstrap],
  ["vmexit", inVmexit],
])("from %s on, on two processors", (_, begin) => {
  fc.assert(
    fc.property(life, (steps) => {
      const { machine, pp } = begin({ ppCount: 2 });
      const pps = [pp, bootNext(machine, 1)];
      // A processor that waits for another one in ring 3 finds it in the kernel after a while
      machine.whilePaused(() => {
        for (const other of pps) other.block.set("inUser", 0n);
      });
      for (const { ppid, step, code } of steps) go(pps[ppid] ?? pp, step, code);
      audit(machine);
      expect(machine.log).not.toContain("PANIC");
    }),
    { numRuns: 25, seed: 1 },
  );
});
