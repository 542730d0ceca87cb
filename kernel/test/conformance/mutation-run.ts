// Runs the suite on a microkernel with a fault, and judges whether the suite found that one

import { isDeepStrictEqual } from "node:util";
import { failures, runFailure } from "./failures.ts";
import { type Mutation, mutate } from "./mutant.ts";
import { runSuite } from "./suite.ts";

export interface Verdict {
  readonly mutation: Mutation;
  /** Calls that the suite blames. */
  readonly blamed: readonly string[];
  /** Whether it blames the mutated call, and no other unless that cannot work without the effect of the first. */
  readonly caught: boolean;
  /** The first thing that it complains about. */
  readonly detail: string;
}

/** Calls whose faults show on several processors only. */
const MULTIPROCESSOR = new Set(["VM_UNMAP_DIRECT_BROADCAST"]);

/** Runs what can find a mutation: the suite, or for the calls that only ever end something, the failures. */
export async function tryMutation(mutant: string, mutation: Mutation, machine?: string): Promise<Verdict> {
  const { call } = mutation;
  const options = { kernel: mutate(mutant, mutation), ...(machine === undefined ? {} : { machine }) };
  const complaints = call.startsWith("CONTROL_")
    ? await complaintsOfFailures(call, options)
    : await complaintsOfSuite({ ...options, smp: MULTIPROCESSOR.has(call) ? 2 : 1 });
  const blamed = [...new Set(complaints.map(({ blamed }) => blamed))];
  const caught = blamed.includes(call) && (blamed.length === 1 || mutation.kind === "nothing");
  return { mutation, blamed, caught, detail: complaints[0]?.detail ?? "" };
}

interface Complaint {
  readonly blamed: string;
  readonly detail: string;
}

async function complaintsOfSuite(options: Parameters<typeof runSuite>[0]): Promise<Complaint[]> {
  const { cases, broken } = await runSuite(options);
  const complaints = cases.flatMap(({ name, blamed, detail }) =>
    blamed === undefined ? [] : [{ blamed, detail: `${name}: ${detail}` }],
  );
  if (complaints.length === 0 && broken !== undefined) return [{ blamed: "(run)", detail: broken }];
  return complaints;
}

async function complaintsOfFailures(call: string, options: { kernel: string; machine?: string }): Promise<Complaint[]> {
  const complaints: Complaint[] = [];
  for (const failure of failures) {
    if (failure.subject !== call || failure.until !== undefined) continue;
    const outcome = await runFailure(failure, options);
    if (isDeepStrictEqual(outcome, failure.expected)) continue;
    complaints.push({ blamed: failure.subject, detail: `${failure.name}: ${outcome.ring.at(-1) ?? "an empty ring"}` });
  }
  return complaints;
}
