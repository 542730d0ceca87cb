// One run of the fuzzer: random calls on several processors, each status compared with the model's
//
// It runs the module that ships, on the simulated machine, where every access of the kernel goes through its own page
// tables and a stray one is an error. Left out, because a run cannot go on after them or they are spent at start:
// promote, the handle's open and close, and the registration of callbacks.

import * as abi from "@bareflank/abi";
import { Random } from "../../../bsl/test-support/index.ts";
import { HANDLERS } from "../machine/example-extension.ts";
import { bootNext, EXIT_CPUID, expectOutcome, HANDLE, inVmexit, makeRootVs } from "../machine/extension-life.ts";
import { CHUNKS } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import type { Outcome, Pp } from "../machine/pp.ts";
import { type Call, makers } from "./calls.ts";
import { Model } from "./model.ts";

export interface FuzzOptions {
  readonly seed: number;
  readonly calls: number;
  readonly ppCount?: number;
}

/** How often a call was made, and how often it succeeded. */
export interface Tally {
  made: number;
  succeeded: number;
}

/** A call ended as the model does not allow. The message is enough to see what happened; seed and index repeat it. */
export class FuzzFailure extends Error {}

/** What the extension keeps at most: the machine's memory is finite, and running out of it is another test's matter. */
const MOST_PAGES = 40;
const MOST_RUNS = 12;
const MOST_VSS = 100;

/** Faults of a handler: division by zero, breakpoint, undefined opcode, general protection. */
const FAULTS = [0, 3, 6, 13];
const NAMES = Object.keys(makers);

/** VMEXIT_INVALID (APM volume 2, appendix C). */
const EXIT_INVALID = 0xffff_ffff_ffff_ffffn;
const hex = (value: bigint) => `0x${value.toString(16)}`;

export class FuzzSession {
  readonly tallies = new Map<string, Tally>();
  readonly #random: Random;
  readonly #model: Model;
  readonly #machine: Machine;
  readonly #pps: Pp[];

  constructor({ seed, ppCount = 3 }: FuzzOptions) {
    this.#random = new Random(seed);
    this.#model = new Model(ppCount);
    const { machine, pp } = inVmexit({ ppCount, ring: false });
    this.#machine = machine;
    this.#pps = [pp];
    this.#rootIsActive(0);
    for (let ppid = 1; ppid < ppCount; ppid++) {
      const next = bootNext(machine, ppid);
      const vs = makeRootVs(next);
      expectOutcome(next.syscall(abi.SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
      expectOutcome(next.exit(EXIT_CPUID), "called");
      expectOutcome(next.syscall(abi.SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE), "running");
      expectOutcome(next.exit(EXIT_CPUID), "called");
      this.#pps.push(next);
      this.#rootIsActive(ppid);
    }
    // A processor that is waited for is in its extension: it makes some call, and the kernel does what it was asked
    machine.whilePaused(() => {
      for (const other of this.#pps) if (other.mode === "extension") other.syscall(BigInt(0));
    });
  }

  /** Makes so many calls; throws a FuzzFailure at the first that ends wrongly. */
  run(calls: number): void {
    for (let index = 0; index < calls; index++) {
      const ppid = this.#random.below(this.#pps.length);
      try {
        this.#step(ppid);
      } catch (error) {
        throw new FuzzFailure(`call ${index} on PP ${ppid}: ${(error as Error).message}`, { cause: error });
      }
    }
  }

  #rootIsActive(ppid: number): void {
    this.#model.addVp(ppid, 0);
    this.#model.addVs(ppid, ppid, ppid);
    this.#model.activate(ppid);
  }

  #step(ppid: number): void {
    const pp = this.#pp(ppid);
    this.#machine.memory.forgetPauses();
    if (this.#random.once(40)) this.#fault(pp);
    else if (this.#random.once(30)) this.#unknownCall(pp);
    else this.#call(pp, ppid);
    if (pp.tcb.get("ppid") !== BigInt(ppid)) throw new Error("the TCB shows another processor");
  }

  #call(pp: Pp, ppid: number): void {
    const call = this.#choose(ppid);
    const shown = `${call.name}(${call.registers.map(hex).join(", ")})`;
    const before = this.#tally(call.name);
    before.made++;
    const outcome = pp.syscall(call.number, ...call.registers);
    const succeeds = call.status === abi.STATUS_SUCCESS;
    if (succeeds) before.succeeded++;
    if (succeeds && call.runs === true) {
      this.#runs(pp, outcome, shown);
      call.done?.(0n, 0n);
      return;
    }
    if (outcome.is !== "returned") throw new Error(`${shown}: ${outcome.is}, and it should return`);
    if (outcome.status !== call.status) throw new Error(`${shown}: ${hex(outcome.status)}, not ${hex(call.status)}`);
    const [reg0 = 0n, reg1 = 0n] = pp.registers;
    if (succeeds) call.done?.(reg0, reg1);
  }

  /** The VM must run, until it exits; a VS whose registers make no sense is refused by the processor at once. */
  #runs(pp: Pp, outcome: Outcome, shown: string): void {
    if (outcome.is === "running") expectOutcome(pp.exit(EXIT_CPUID), "called");
    else if (outcome.is !== "called" || outcome.rip !== HANDLERS.VMEXIT || outcome.reg1 !== EXIT_INVALID) {
      throw new Error(`${shown}: ${outcome.is}, and the VM should run`);
    }
  }

  /** A call for this processor; what would take too much memory is replaced by what gives some back. */
  #choose(ppid: number): Call {
    const name = this.#instead(this.#random.once(2) ? this.#random.pick(NAMES) : this.#rarest());
    const make = makers[name];
    const number = (abi as unknown as Record<string, number>)[`SYSCALL_${name}`];
    if (make === undefined || number === undefined) throw new Error(`there is no call ${name}`);
    const choice = { random: this.#random, model: this.#model, pp: ppid, isOwned };
    return { name, number, ...make(choice) };
  }

  /** The call itself, or the one that must come before it to have something to do, or to leave it enough memory. */
  #instead(name: string): string {
    const { pages, runs, vms, vps, vss } = this.#model;
    const isMapped = [...vms.values()].some(({ mapped }) => mapped.size > 0);
    const isIdle = [...vss].some(([vsid, { active }]) => vsid >= this.#model.ppCount && !active);
    const isEmpty = [...vms].some(([vmid, vm]) => vmid !== 0 && vm.vps.size === 0);
    const isFree = [...vps.values()].some((vp) => vp.vss.size === 0);
    if (name === "MEM_ALLOC_PAGE" && pages.size >= MOST_PAGES) return "MEM_FREE_PAGE";
    if (name === "MEM_ALLOC_HUGE" && runs.size >= MOST_RUNS) return "MEM_FREE_HUGE";
    if (name === "VS_CREATE" && vss.size >= MOST_VSS) return "VS_DESTROY";
    if (name === "VM_CREATE" && vms.size >= abi.MAX_VMS && !this.#random.once(8)) return "VM_DESTROY";
    if (name.startsWith("VM_UNMAP") && !isMapped) return "VM_MAP_DIRECT";
    if (name === "VM_DESTROY" && !isEmpty && vms.size < abi.MAX_VMS) return "VM_CREATE";
    if (name === "VP_DESTROY" && !isFree) return "VP_CREATE";
    if ((name === "VS_DESTROY" || name === "VS_MIGRATE") && !isIdle) return "VS_CREATE";
    if (name === "MEM_FREE_PAGE" && pages.size === 0) return "MEM_ALLOC_PAGE";
    if (name === "MEM_FREE_HUGE" && runs.size === 0) return "MEM_ALLOC_HUGE";
    return name;
  }

  /** The call that succeeded least so far. */
  #rarest(): string {
    const count = (name: string) => this.tallies.get(name)?.succeeded ?? 0;
    return NAMES.reduce((rarest, name) => (count(name) < count(rarest) ? name : rarest));
  }

  /** Whatever the fail callback is called for, running the VM goes on as if nothing had happened. */
  #fault(pp: Pp): void {
    expectOutcome(pp.fault(this.#random.pick(FAULTS)), "called");
    this.#runs(pp, pp.syscall(abi.SYSCALL_VS_RUN_CURRENT, HANDLE), "run from the fail callback");
    this.#count("faults");
  }

  #unknownCall(pp: Pp): void {
    const group = this.#random.below(16);
    const number = this.#random.once(2) ? (group << 16) | 0x80 | this.#random.below(256) : (9 + group) << 16;
    const outcome = pp.syscall(number, this.#random.next(), this.#random.next());
    if (outcome.is !== "returned" || outcome.status !== abi.STATUS_FAILURE_UNSUPPORTED) {
      throw new Error(`call 0x${number.toString(16)}, which does not exist, is served`);
    }
    this.#count("calls that do not exist");
  }

  #count(name: string): void {
    const tally = this.#tally(name);
    tally.made++;
    tally.succeeded++;
  }

  #tally(name: string): Tally {
    let tally = this.tallies.get(name);
    if (tally === undefined) {
      tally = { made: 0, succeeded: 0 };
      this.tallies.set(name, tally);
    }
    return tally;
  }

  #pp(ppid: number): Pp {
    const pp = this.#pps[ppid];
    if (pp === undefined) throw new RangeError(`there is no PP ${ppid}`);
    return pp;
  }

  /** What processor `ppid` has mapped that breaks W^X, or shows kernel pages to the extension. */
  audit(): string[] {
    return this.#pps.flatMap((_, ppid) =>
      [...this.#machine.mappings(ppid)].flatMap(([address, mapping]) => {
        const wrong = mapping.isWritable && mapping.isExecutable;
        return wrong ? [`PP ${ppid}: 0x${address.toString(16)} is writable and executable`] : [];
      }),
    );
  }
}

function isOwned(physical: bigint): boolean {
  return CHUNKS.some(({ base, bytes }) => physical >= BigInt(base) && physical < BigInt(base) + BigInt(bytes));
}
