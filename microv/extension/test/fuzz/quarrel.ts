// Several processors that make and end the same objects, and use what another one is about to end
//
// Nobody knows who is first, so each call has several statuses that it may end with. What must hold comes behind it: all that is left
// can be ended, all numbers are free then, and sessions that know all answers find MicroV as if nothing had been made before.

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { Random } from "../../../../bsl/test-support/index.ts";
import { rax, Script, scratch, slot } from "../bare/script.ts";
import { Lanes, type LanesOptions } from "./lanes.ts";
import type { Expected } from "./session.ts";
import { NAMES } from "./values.ts";

/** Objects of each kind that stay until all is over; their guests find no memory where they begin. */
const STAY = 4;
/** Numbers of objects that come and go are below that, mostly. */
const NUMBERS = 16;
/** Calls of a processor between two meetings of all. */
const ROUND = 100;
/** Calls of the sessions behind all that. */
const BEHIND = 1000;
const REGISTERS = 16;

const DONE = mv.MV_STATUS_SUCCESS;
const NONE = mv.MV_STATUS_INVALID_INPUT_REG1;
const NO_ROOM = mv.MV_STATUS_FAILURE_UNKNOWN;
/** Of a list that has become a part of the FPU's area. */
const OVERWRITTEN = mv.MV_STATUS_INVALID_INPUT_REG2;
const LATER = mv.MV_STATUS_RETRY_CONTINUATION;

/** Calls: how often, and what they may end with. */
const CALLS: readonly (readonly [number, number, readonly bigint[]])[] = [
  [mv.MV_VM_CREATE, 2, [DONE, NO_ROOM]],
  [mv.MV_VM_DESTROY, 3, [DONE, NONE]],
  [mv.MV_VP_CREATE, 3, [DONE, NONE, NO_ROOM]],
  [mv.MV_VP_DESTROY, 3, [DONE, NONE]],
  [mv.MV_VS_CREATE, 4, [DONE, NONE, NO_ROOM]],
  [mv.MV_VS_DESTROY, 4, [DONE, NONE, LATER]],
  [mv.MV_VM_MAP, 3, [DONE, NONE, NO_ROOM]],
  [mv.MV_VM_UNMAP, 3, [DONE, NONE, NO_ROOM]],
  [mv.MV_VS_RUN, 5, [DONE, NONE]],
  [mv.MV_VS_REG_GET_LIST, 3, [DONE, NONE, OVERWRITTEN]],
  [mv.MV_VS_REG_SET_LIST, 3, [DONE, NONE, OVERWRITTEN]],
  [mv.MV_VS_MSR_GET_LIST, 1, [DONE, NONE]],
  [mv.MV_VS_FPU_GET_ALL, 1, [DONE, NONE]],
  [mv.MV_VS_INJECT_NMI, 1, [DONE, NONE]],
];
const CHOICES = CALLS.flatMap((one) => Array<typeof one>(one[1]).fill(one));

export class Quarrel {
  readonly script = new Script();
  readonly calls: Expected[] = [];
  readonly peeks: Expected[] = [];
  readonly tallies = new Map<string, { made: number; succeeded: number }>();

  constructor({ machine, calls, seed, smp }: LanesOptions) {
    const random = new Random(seed);
    this.#begin();
    for (let made = 0; made < calls; made += ROUND * smp) {
      this.script.together(Array.from({ length: smp }, () => this.#portion(random)));
    }
    for (const script of [this.#end(), this.#numbers(), this.#end()]) this.script.together([script]);
    const behind = new Lanes({ machine, calls: BEHIND, seed, smp });
    this.calls.push(...behind.calls);
    this.peeks.push(...behind.peeks);
    this.script.append(behind.script);
  }

  /** Whose statuses are known when all is over. */
  count(answers: readonly (readonly bigint[])[]): void {
    for (const [index, { name }] of this.calls.entries()) {
      const tally = name.endsWith(")") ? this.tallies.get(name.split(" ", 1)[0] ?? "") : undefined;
      if (tally !== undefined && answers[index]?.[0] === DONE) tally.succeeded++;
    }
  }

  /** The objects that stay, and lists in the pages of the VSs. */
  #begin(): void {
    for (let id = 0; id < STAY; id++) {
      for (const call of [mv.MV_VM_CREATE, mv.MV_VP_CREATE, mv.MV_VS_CREATE]) {
        this.script.call(call, id);
        this.calls.push({ name: `${NAMES.get(call)} before all`, words: [DONE, BigInt(id)] });
      }
      this.script.keep(id, 1);
      for (let i = 0; i < REGISTERS; i++) {
        this.script.poke(slot(id, mv.MV_PAGE_LIST + 16 * i), mv.MV_REG_RAX + i);
        this.script.poke(slot(id, mv.MV_PAGE_LIST + 16 * i + 8), i);
      }
      this.script.poke(slot(id, mv.MV_PAGE_LIST_COUNT), REGISTERS);
    }
  }

  #portion(random: Random): Script {
    const script = new Script();
    for (let i = 0; i < ROUND; i++) {
      const [call, , statuses] = random.pick(CHOICES);
      const id = BigInt(call === mv.MV_VS_DESTROY ? STAY + random.below(NUMBERS - STAY) : random.below(NUMBERS));
      const address = BigInt(random.below(1024)) * 4096n;
      if (call === mv.MV_VM_MAP) this.#call(script, call, statuses, id, address, scratch(address) | 7n, 4096n);
      else if (call === mv.MV_VM_UNMAP) this.#call(script, call, statuses, id, address, 16n * 4096n);
      else if (call === mv.MV_VS_FPU_GET_ALL) this.#call(script, call, statuses, id, 0n, 512n);
      else this.#call(script, call, statuses, id);
    }
    return script;
  }

  #end(): Script {
    const script = new Script();
    const ends = [
      [mv.MV_VS_DESTROY, mv.MV_MAX_VPS],
      [mv.MV_VP_DESTROY, mv.MV_MAX_VPS],
      [mv.MV_VM_DESTROY, mv.MV_MAX_VMS],
    ] as const;
    for (const [call, count] of ends) {
      for (let id = 0; id < count; id++) this.#call(script, call, id < STAY ? [DONE] : [DONE, NONE], BigInt(id));
    }
    return script;
  }

  /** The lowest number that nobody has is the new one's. */
  #numbers(): Script {
    const script = new Script();
    for (let id = 0n; id < BigInt(NUMBERS); id++) {
      for (const call of [mv.MV_VM_CREATE, mv.MV_VP_CREATE, mv.MV_VS_CREATE]) {
        script.call(call, id);
        this.calls.push({ name: `${NAMES.get(call)} behind all`, words: [DONE, id] });
      }
    }
    return script;
  }

  #call(script: Script, call: number, statuses: readonly bigint[], ...registers: readonly bigint[]): void {
    const isEnd = statuses.length === 1 || (call === mv.MV_VS_DESTROY && !statuses.includes(LATER));
    if (isEnd) script.insist(rax(call), mv.MV_HANDLE, ...registers);
    else script.call(call, ...registers);
    const name = NAMES.get(call) ?? "unknown";
    this.calls.push({
      name: `${name} (${registers.map((one) => `0x${one.toString(16)}`).join(" ")})`,
      words: [statuses],
    });
    const tally = this.tallies.get(name) ?? { made: 0, succeeded: 0 };
    this.tallies.set(name, { ...tally, made: tally.made + 1 });
  }
}
