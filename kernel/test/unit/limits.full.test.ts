// As many VSs as 16 bits can name, which takes some 400 MiB, and what one costs beside 35,000 others

import {
  DOOR_TAKE,
  GIVE_DONE,
  INVALID_ID,
  POOL_VSS,
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_STATISTICS_POOL,
  SYSCALL_VP_CREATE,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  TAKE_DONE,
  TAKE_MORE,
  TAKE_NOTHING,
  VENDOR_AMD,
} from "@bareflank/abi";
import { expect, it } from "vitest";
import { objectCost } from "../bare/call-cost.ts";
import { call, expectOutcome, HANDLE, status } from "../machine/extension-life.ts";
import type { Pp } from "../machine/pp.ts";
import { cpuid, give, goOn, knock, running } from "./lent-memory.ts";

const MINUTES = 60_000;
const MIB = 0x10_0000;
const CHUNK = 4n * BigInt(MIB);
const RAM = [0x3_0000_0000n, 0x3_0000_0000n + 120n * CHUNK] as const;

it(
  "there are 65,535 VSs, the root's among them, in memory that comes while they are made; one more is refused, and all goes back",
  () => {
    const { pps } = running(VENDOR_AMD, RAM);
    const [pp] = pps as [Pp];
    const inCallback = <T>(act: () => T): T => {
      expectOutcome(cpuid(pp), "called");
      const result = act();
      goOn(pp);
      return result;
    };
    const inUse = () => {
      call(pp, SYSCALL_STATISTICS_POOL, HANDLE, BigInt(POOL_VSS));
      return Number(pp.registers[1]);
    };
    const vp = inCallback(() => call(pp, SYSCALL_VP_CREATE, HANDLE, 0n));
    const others = inCallback(inUse);
    const made: bigint[] = [];
    const makeSome = () => {
      while (status(pp, SYSCALL_VS_CREATE, HANDLE, vp, 0n) === STATUS_SUCCESS) made.push(pp.registers[0] ?? 0n);
      return made.length + others < INVALID_ID;
    };
    let given = 0;
    for (let at = RAM[0]; inCallback(makeSome); at += CHUNK, given++) expect(give(pp, at, CHUNK)).toBe(GIVE_DONE);
    expect(inCallback(inUse)).toBe(INVALID_ID);
    expect(new Set(made).size).toBe(INVALID_ID - others);
    // It is a number that there is none of, not memory
    const created = (number: number, above: bigint) => inCallback(() => status(pp, number, HANDLE, above, 0n));
    expect(created(SYSCALL_VS_CREATE, vp)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(created(SYSCALL_VP_CREATE, 0n)).toBe(STATUS_SUCCESS);
    inCallback(() => {
      for (const vs of made) call(pp, SYSCALL_VS_DESTROY, HANDLE, vs);
    });
    expect(inCallback(inUse)).toBe(others);
    let taken = 0;
    for (let answer = TAKE_MORE; answer !== TAKE_NOTHING; ) {
      answer = Number(knock(pp, DOOR_TAKE)[0]);
      if (answer === TAKE_DONE) taken++;
    }
    process.stdout.write(`${made.length} VSs in ${given} chunks of 4 MiB\n`);
    expect(taken).toBe(given);
  },
  30 * MINUTES,
);

it(
  "making and destroying a VM, a VP and a VS costs the same with 35,000 of each beside them",
  async () => {
    const { few, many } = await objectCost(35_000, { append: `least=${240 * MIB}`, memory: "1G" });
    process.stdout.write(`${few} instructions, ${many} with 35,000 of each\n`);
    expect(many).toBeLessThan(1.15 * few);
  },
  10 * MINUTES,
);
