// npm run test:conformance [-- --machine NAME] [--mutate all|CALL]: the system call interface, call by call
//
// Exit codes: 0 when all is well, 1 when something is not, 2 for wrong usage.

import { parseArgs } from "node:util";
import { endWhenOutputFails } from "../../../toolchain/src/output.ts";
import { buildMutant, calls, mutationsOf } from "./mutant.ts";
import { tryMutation } from "./mutation-run.ts";
import { fillTable, formatTable, isClean } from "./table.ts";

const USAGE = "usage: npm run test:conformance -- [--machine amd|intel|amd-bochs] [--mutate all|CALL]";

endWhenOutputFails("npm run test:conformance");

const tell = (line: string) => process.stderr.write(`${line}\n`);

async function conform(machine: string): Promise<boolean> {
  const table = await fillTable(machine, tell);
  process.stdout.write(`${formatTable(table)}\n`);
  return isClean(table);
}

/** Alters a call's status, output or effect in the microkernel, in turn, and looks whether the suite notices. */
async function mutate(machine: string, names: readonly string[]): Promise<boolean> {
  const mutant = await buildMutant();
  let missed = 0;
  let tried = 0;
  for (const mutation of names.flatMap(mutationsOf)) {
    const verdict = await tryMutation(mutant, mutation, machine);
    const others = verdict.blamed.filter((blamed) => blamed !== mutation.call);
    const also = others.length === 0 ? "" : ` (red as well: ${others.join(", ")})`;
    const what = mutation.instead === undefined ? mutation.kind : `as ${mutation.instead}`;
    const result = verdict.caught ? "caught" : "MISSED";
    process.stdout.write(`${result}  ${mutation.call.padEnd(30)} ${what.padEnd(10)} ${verdict.detail}${also}\n`);
    tried++;
    if (!verdict.caught) missed++;
  }
  process.stdout.write(`${tried - missed} of ${tried} mutations caught\n`);
  return missed === 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { machine: { type: "string", default: "amd" }, mutate: { type: "string" } },
  });
  if (values.mutate === undefined) return (await conform(values.machine)) ? 0 : 1;
  const name = values.mutate.toUpperCase();
  const names = name === "ALL" ? [...calls.keys()] : [name];
  if (names.some((call) => !calls.has(call))) {
    tell(`There is no system call ${name}.\n${USAGE}`);
    return 2;
  }
  return (await mutate(values.machine, names)) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true;
  tell(isUsage ? `${(error as Error).message}\n${USAGE}` : `${(error as Error).stack}`);
  process.exitCode = isUsage ? 2 : 1;
}
