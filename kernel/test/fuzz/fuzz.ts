// `npm run fuzz`: random system calls against what must come back, and a table of what was made
//
// Without --machine on the simulated machine, whose every status a model knows; with it on an emulated one, where all
// processors call at the same time.

import { parseArgs } from "node:util";
import { fuzzHypercalls } from "../../../microv/extension/test/fuzz/fuzz.ts";
import { endWhenOutputFails } from "../../../toolchain/src/output.ts";
import { fuzzGuest } from "./guest/guest.ts";
import { fuzzMachine } from "./machine.ts";
import { MessageFuzzSession } from "./message-session.ts";
import { NestedFuzzSession } from "./nested-session.ts";
import { FuzzFailure, FuzzSession, type Tally } from "./session.ts";

const USAGE =
  "Usage: npm run fuzz -- [--calls N] [--seed S] [--smp N] [--machine amd|amd-bochs|intel] [--version 1|2] [--guest [--open] | --microv [--shared]]";

endWhenOutputFails("npm run fuzz");

interface Chosen {
  readonly calls: number;
  readonly seed: number;
  readonly smp: number;
  readonly machine: string | undefined;
  /** Of the interface, on an emulated machine. */
  readonly version: number;
  readonly guest: boolean;
  /** The guest's author closes nothing: only the microkernel does. */
  readonly open: boolean;
  /** MicroV's hypercalls instead of system calls. */
  readonly microv: boolean;
  /** Processors make and end the same objects. */
  readonly shared: boolean;
}

/** The operands of a script's step. */
const MOST_SESSIONS = 7;

type Tallies = ReadonlyMap<string, Readonly<Tally>>;

function number(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`"${text}" is no number.`);
  return Number(text);
}

function options(): Chosen {
  const { values } = parseArgs({
    options: {
      calls: { type: "string" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      smp: { type: "string" },
      machine: { type: "string" },
      version: { type: "string", default: "2" },
      guest: { type: "boolean", default: false },
      open: { type: "boolean", default: false },
      microv: { type: "boolean", default: false },
      shared: { type: "boolean", default: false },
    },
  });
  const calls = number(
    values.calls ?? (values.machine === undefined && !values.guest && !values.microv ? "100000" : "10000"),
  );
  const { guest, open, microv, shared } = values;
  if (guest && microv) throw new TypeError("--guest and --microv are two fuzzers.");
  if (shared && !microv) throw new TypeError("--shared is about hypercalls: --microv --shared.");
  if (open && !guest) throw new TypeError("--open is about a guest: --guest --open.");
  const version = number(values.version);
  if (version !== 1 && version !== 2) throw new TypeError("--version is 1 or 2.");
  const { machine } = values;
  const smp = number(values.smp ?? (microv ? "1" : "3"));
  if (microv && (smp < 1 || smp > MOST_SESSIONS))
    throw new TypeError(`--microv takes 1 to ${MOST_SESSIONS} processors.`);
  return {
    calls,
    version,
    seed: number(values.seed),
    smp,
    machine,
    guest,
    open,
    microv,
    shared,
  };
}

function table(tallies: Tallies): string {
  const rows = [...tallies].sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows
    .map(
      ([name, { made, succeeded }]) =>
        `${name.padEnd(width)}  ${String(made).padStart(8)}  ${String(succeeded).padStart(8)}\n`,
    )
    .join("");
}

/** Instructions inside a guest; what is counted are the reasons that it ended for. */
async function guest({
  calls,
  seed,
  machine = "amd",
  open,
}: Chosen): Promise<{ tallies: Tallies; wrong: readonly string[] }> {
  const { exits, wrong } = await fuzzGuest({ machine, cases: calls, seed, settings: open ? { closed: 0 } : {} });
  const rows = [...exits].map(
    ([reason, count]) => [`exit 0x${reason.toString(16)}`, { made: count, succeeded: count }] as const,
  );
  return { tallies: new Map(rows), wrong };
}

async function fuzz(chosen: Chosen): Promise<{ tallies: Tallies; wrong: readonly string[] }> {
  const { machine, smp } = chosen;
  if (chosen.guest) return await guest(chosen);
  if (chosen.microv) return await fuzzHypercalls({ ...chosen, machine: machine ?? "amd" });
  if (machine !== undefined) return await fuzzMachine({ ...chosen, machine });
  const session = new FuzzSession({ ...chosen, ppCount: smp });
  session.run(chosen.calls);
  const wrong = session.audit();
  // Each of its requests is a page-by-page comparison: fewer of them take as long
  const nested = new NestedFuzzSession(chosen.seed);
  nested.run(Math.ceil(chosen.calls / 100));
  const messages = new MessageFuzzSession(chosen.seed);
  messages.run(Math.ceil(chosen.calls / 10));
  const ofMessages = [...messages.tallies].map(([name, tally]) => [`messages: ${name}`, tally] as const);
  return { tallies: new Map([...session.tallies, ...nested.tallies, ...ofMessages]), wrong };
}

try {
  const chosen = options();
  process.stderr.write(`${chosen.calls} calls, seed ${chosen.seed}, ${chosen.smp} processors\n`);
  const { tallies, wrong } = await fuzz(chosen);
  process.stdout.write(`call, made, succeeded\n${table(tallies)}`);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} catch (error) {
  const isUsage = error instanceof TypeError;
  if (!isUsage && !(error instanceof FuzzFailure)) throw error;
  process.stderr.write(`fuzz: ${(error as Error).message}\n${isUsage ? `${USAGE}\n` : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}
