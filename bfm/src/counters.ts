// Counters that the extension publishes: asked for one by one, on each processor, and added up

import { HYPERCALL_COUNTER } from "@bareflank/abi";
import type { Driver } from "./driver.ts";
import { Failure } from "./failure.ts";

/** No extension has more; one that never says "no more" must not keep bfm for ever. */
const MOST_COUNTERS = 64;
const FOUND = 0n;
const REGISTERS = 8;
const NAME_REGISTERS = 4;

/** Name and sum of each counter, in the order in which the extension published them; empty when it has none. */
export function readCounters(driver: Driver, cpus: readonly number[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  try {
    for (const cpu of cpus) addCounters(driver, cpu, sums);
  } catch (error) {
    if (error instanceof Failure && error.code === "ERROR_NO_HYPERCALLS") return new Map();
    throw error;
  }
  return sums;
}

function addCounters(driver: Driver, cpu: number, sums: Map<string, bigint>): void {
  for (let index = 0; index < MOST_COUNTERS; index++) {
    const request = Array.from({ length: REGISTERS }, () => 0n);
    request[0] = HYPERCALL_COUNTER;
    request[1] = BigInt(index);
    const [result = 1n, value = 0n, ...rest] = driver.vmcall(cpu, request);
    if (result !== FOUND) return;
    const name = nameOf(rest.slice(0, NAME_REGISTERS));
    sums.set(name, (sums.get(name) ?? 0n) + value);
  }
}

function nameOf(registers: readonly bigint[]): string {
  const bytes = Buffer.alloc(8 * NAME_REGISTERS);
  for (const [index, value] of registers.entries()) bytes.writeBigUInt64LE(value, 8 * index);
  return bytes.toString("latin1").replace(/\0+$/, "");
}
