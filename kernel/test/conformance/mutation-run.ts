// Runs the suite on a microkernel with a fault, and judges whether the suite found that one

import { isDeepStrictEqual } from "node:util";
import type { Options } from "../bare/run.ts";
import { failures, runFailure } from "./failures.ts";
import { isVersion2, type Mutation, mutate } from "./mutant.ts";
import { runSuite, type SuiteResult } from "./suite.ts";
import { runVersion2 } from "./version2.ts";

export interface Verdict {
  readonly mutation: Mutation;
  /** Calls that the suite blames. */
  readonly blamed: readonly string[];
  /**
   * Whether it blames the mutated call and no other; for a call without effect, that others fail too is no wonder, but
   * the effect has to be missed, not only an error status.
   */
  readonly caught: boolean;
  /** The first thing that it complains about, of those that tell most. */
  readonly detail: string;
}

/** Calls whose faults show on several processors only. */
const MULTIPROCESSOR = new Set(["VM_UNMAP_DIRECT_BROADCAST", "VS_MIGRATE"]);
/** A fault may halt a processor, and then nothing comes any more. */
const SECONDS = 10;

interface Complaint {
  readonly blamed: string;
  readonly detail: string;
  /** More is wrong than that an error was not reported. */
  readonly isEffect: boolean;
}

/** Runs what can find a mutation: the suite, or for the calls that only ever end something, the failures. */
export async function tryMutation(mutant: string, mutation: Mutation, machine?: string): Promise<Verdict> {
  const { call, kind } = mutation;
  const options = { kernel: mutate(mutant, mutation), timeout: SECONDS, ...(machine === undefined ? {} : { machine }) };
  const complaints = call.startsWith("CONTROL_")
    ? await complaintsOfFailures(call, options)
    : complaintsOf(
        isVersion2(call)
          ? await runVersion2({ ...options, smp: 1 })
          : await runSuite({ ...options, smp: MULTIPROCESSOR.has(call) ? 2 : 1 }),
      );
  const cases = complaints.filter(({ blamed }) => blamed !== RUN);
  const blamed = [...new Set(cases.map((complaint) => complaint.blamed))];
  const own = complaints.filter((complaint) => complaint.blamed === call || complaint.blamed === RUN);
  const telling = own.find(({ isEffect }) => isEffect) ?? complaints[0];
  const exact = blamed.length === 1;
  const caught = blamed.includes(call) && (kind === "nothing" ? telling?.isEffect === true : exact);
  return { mutation, blamed, caught, detail: telling?.detail ?? "" };
}

/** What is blamed for a run that ends early. */
const RUN = "(run)";

function complaintsOf({ cases, broken }: SuiteResult): Complaint[] {
  const complaints = cases.flatMap(({ subject, name, blamed, detail }) => {
    const isEffect = !/ instead of 0xdead[0-9a-f]{12}$/.test(detail);
    return blamed === undefined ? [] : [{ blamed, detail: `${subject} ${name}: ${detail}`, isEffect }];
  });
  if (broken === undefined) return complaints;
  return [...complaints, { blamed: RUN, detail: broken.replace(/ \(logs:.*/, ""), isEffect: true }];
}

async function complaintsOfFailures(call: string, options: Options): Promise<Complaint[]> {
  const complaints: Complaint[] = [];
  for (const failure of failures) {
    if (failure.subject !== call || failure.until !== undefined) continue;
    const outcome = await runFailure(failure, options);
    if (isDeepStrictEqual(outcome, failure.expected)) continue;
    const detail = `${failure.name}: ${outcome.ring.at(-1) ?? "an empty ring"}`;
    complaints.push({ blamed: call, detail, isEffect: true });
  }
  return complaints;
}
