// Counters that the extension publishes: asked for one by one, on each processor, and added up

import { HYPERCALL_COUNTER } from "@bareflank/abi";
import type { Driver } from "./driver.ts";
import { Failure } from "./failure.ts";

/** No extension has more; one that never says "no more" must not keep bfm for ever. */
const MOST_COUNTERS = 64;
const FOUND = 0n;
const REGISTERS = 8;
const NAME_REGISTERS = 4;
/** What the SDKs take as a name. An extension that means something else by this hypercall answers anything. */
const NAME = /^[\x20-\x7e\xa0-\xff]+$/;

/** Whoever publishes no counters takes no hypercalls, or not this one. */
const WITHOUT_COUNTERS = ["ERROR_NO_HYPERCALLS", "ERROR_UNKNOWN_HYPERCALL"];

/** What the extension counts. */
export interface Counters {
  /** Name and sum of each counter, in the order in which the extension published them; empty when it has none. */
  readonly sums: ReadonlyMap<string, bigint>;
  /** Why they could not be asked for; a processor may leave the hypervisor meanwhile. */
  readonly failure?: Failure;
}

/** Asks on these processors. What an extension answers makes none of it fail. */
export function readCounters(driver: Driver, cpus: readonly number[]): Counters {
  const sums = new Map<string, bigint>();
  try {
    for (const cpu of cpus) {
      for (const [name, value] of countersOf(driver, cpu)) sums.set(name, (sums.get(name) ?? 0n) + value);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return WITHOUT_COUNTERS.includes(error.code) ? { sums: new Map() } : { sums: new Map(), failure: error };
  }
  return { sums };
}

function countersOf(driver: Driver, cpu: number): Map<string, bigint> {
  const counters = new Map<string, bigint>();
  for (let index = 0; index < MOST_COUNTERS; index++) {
    const request = Array.from({ length: REGISTERS }, () => 0n);
    request[0] = HYPERCALL_COUNTER;
    request[1] = BigInt(index);
    const [result = 1n, value = 0n, ...rest] = driver.vmcall(cpu, request);
    if (result !== FOUND) break;
    const name = nameOf(rest.slice(0, NAME_REGISTERS));
    if (!NAME.test(name) || counters.has(name)) return new Map();
    counters.set(name, value);
  }
  return counters;
}

function nameOf(registers: readonly bigint[]): string {
  const bytes = Buffer.alloc(8 * NAME_REGISTERS);
  for (const [index, value] of registers.entries()) bytes.writeBigUInt64LE(value, 8 * index);
  return bytes.toString("latin1").replace(/\0+$/, "");
}
