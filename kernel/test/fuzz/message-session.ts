// Random messages between four extensions on one processor, with failures, and with VMs that only their owners reach
//
// The model: who waits for whom, who is dead, and which identifiers name whose VMs. Identifiers that named something once
// are used again and again.

import * as abi from "@bareflank/abi";
import { Random } from "../../../bsl/test-support/index.ts";
import { HANDLERS } from "../machine/example-extension.ts";
import { HANDLE } from "../machine/extension-life.ts";
import type { Outcome, Pp } from "../machine/pp.ts";
import { inOwnerVmexit, policies, running } from "../machine/several-extensions.ts";
import { FuzzFailure, type Tally } from "./session.ts";

const NAMES = ["owner", "one", "two", "three"];
/** The call that the last of them may not make: it succeeds when it is denied. */
const DENIED = abi.SYSCALL_MEM_ALLOC_PAGE;
const INVALID_OPCODE = 6;
const hex = (value: bigint) => `0x${value.toString(16)}`;

export class MessageFuzzSession {
  readonly tallies = new Map<string, Tally>();
  readonly #random: Random;
  readonly #pp: Pp;
  /** Who called whom, the owner of the root VM first; the last one runs. */
  readonly #chain = [0];
  readonly #dead = new Set<number>();
  /** Identifiers of living VMs, by whom they belong to, and all that there ever were. */
  readonly #vms = new Map<bigint, number>();
  readonly #everSeen: bigint[] = [0n];

  constructor(seed: number) {
    this.#random = new Random(seed);
    const policy = policies(...NAMES.map((name, index) => ({ name, denied: index === 3 ? [DENIED] : [] })));
    this.#pp = inOwnerVmexit({ services: NAMES.length - 1, policy, vmexit: true }).pp;
    this.#vms.set(0n, 0);
  }

  /** Makes so many calls; throws a FuzzFailure at the first that ends wrongly. */
  run(calls: number): void {
    const steps = [
      this.#send,
      this.#send,
      this.#reply,
      this.#find,
      this.#create,
      this.#destroy,
      this.#use,
      this.#denied,
    ];
    for (let index = 0; index < calls; index++) {
      const step = this.#random.once(60) ? this.#fail : this.#random.pick(steps);
      step.call(this);
      if (running(this.#pp) !== BigInt(this.#current)) throw this.#wrong(`call ${index}`, "another extension runs");
    }
  }

  get #current(): number {
    return this.#chain.at(-1) ?? 0;
  }

  #wrong(what: string, why: string): FuzzFailure {
    return new FuzzFailure(`extension ${this.#current}: ${what}: ${why}`);
  }

  #send(): void {
    const target = this.#random.below(6);
    const words = [1, 2, 3, 4].map(() => this.#random.next());
    const register = (this.#random.next() & ~0xffffn) | BigInt(target);
    const outcome = this.#make("MESSAGE_CALL", register, ...words);
    if (target >= NAMES.length) {
      this.#expect(outcome, abi.STATUS_INVALID_INPUT_REG1);
      return;
    }
    if (this.#dead.has(target)) {
      this.#expect(outcome, abi.STATUS_FAILURE_DEAD);
      return;
    }
    if (target === 0 || this.#chain.includes(target)) {
      this.#expect(outcome, abi.STATUS_FAILURE_BUSY);
      return;
    }
    const { reg0, reg1, reg2, reg3, reg4 } = this.#called(outcome, HANDLERS.MESSAGE);
    if (reg0 !== BigInt(this.#current) || [reg1, reg2, reg3, reg4].some((word, index) => word !== words[index])) {
      throw this.#wrong("message", "its words are others");
    }
    this.#chain.push(target);
    this.#succeeded("MESSAGE_CALL");
  }

  #reply(): void {
    const words = [1, 2, 3, 4].map(() => this.#random.next());
    const outcome = this.#make("MESSAGE_REPLY", ...words);
    if (this.#chain.length === 1) {
      this.#expect(outcome, abi.STATUS_FAILURE_UNKNOWN);
      return;
    }
    this.#expect(outcome, abi.STATUS_SUCCESS);
    this.#chain.pop();
    if (words.some((word, index) => word !== this.#pp.registers[index]))
      throw this.#wrong("reply", "its words are others");
    this.#succeeded("MESSAGE_REPLY");
  }

  /** A service faults; its fail callback replies, or gives up. */
  #fail(): void {
    if (this.#chain.length === 1) return;
    this.#called(this.#pp.fault(INVALID_OPCODE), HANDLERS.FAIL);
    if (!this.#random.once(8)) {
      this.#reply();
      return;
    }
    this.#expect(this.#pp.syscall(abi.SYSCALL_CONTROL_EXIT), abi.STATUS_FAILURE_DEAD);
    this.#dead.add(this.#chain.pop() ?? 0);
    this.#succeeded("deaths");
  }

  #find(): void {
    const name = this.#random.pick([...NAMES, "four", "on", ""]);
    const bytes = new Uint8Array(32);
    new TextEncoder().encodeInto(name, bytes);
    const words = [0, 8, 16, 24].map((at) => new DataView(bytes.buffer).getBigUint64(at, true));
    const outcome = this.#make("MESSAGE_FIND", ...words);
    const index = NAMES.indexOf(name);
    if (index < 0) {
      this.#expect(outcome, abi.STATUS_INVALID_INPUT_REG1);
      return;
    }
    this.#expect(outcome, abi.STATUS_SUCCESS);
    if (this.#pp.registers[0] !== BigInt(index)) throw this.#wrong(`find ${name}`, "another number");
    this.#succeeded("MESSAGE_FIND");
  }

  #create(): void {
    const outcome = this.#make("VM_CREATE");
    this.#expect(outcome, abi.STATUS_SUCCESS);
    const vm = this.#pp.registers[0] ?? 0n;
    if (this.#everSeen.includes(vm)) throw this.#wrong("VM_CREATE", `${hex(vm)} was there before`);
    this.#vms.set(vm, this.#current);
    this.#everSeen.push(vm);
    this.#succeeded("VM_CREATE");
  }

  #destroy(): void {
    const vm = this.#anyVm();
    const outcome = this.#make("VM_DESTROY", vm);
    if (this.#vms.get(vm) !== this.#current) {
      this.#expect(outcome, abi.STATUS_INVALID_INPUT_REG1);
      return;
    }
    // The root VM has a VP, and stays anyway
    if (vm === 0n) {
      this.#expect(outcome, abi.STATUS_FAILURE_UNKNOWN);
      return;
    }
    this.#expect(outcome, abi.STATUS_SUCCESS);
    this.#vms.delete(vm);
    this.#succeeded("VM_DESTROY");
  }

  #use(): void {
    const vm = this.#anyVm();
    const isOwn = this.#vms.get(vm) === this.#current;
    this.#expect(this.#make("VM_TLB_FLUSH", vm), isOwn ? abi.STATUS_SUCCESS : abi.STATUS_INVALID_INPUT_REG1);
    if (isOwn) this.#succeeded("VM_TLB_FLUSH");
  }

  #denied(): void {
    if (this.#current !== 3) return;
    this.#expect(this.#make("MEM_ALLOC_PAGE"), abi.STATUS_INVALID_PERM_DENIED);
    this.#succeeded("MEM_ALLOC_PAGE");
  }

  /** Mostly one that is in use; else one that was, or none at all. */
  #anyVm(): bigint {
    if (this.#random.once(10)) return this.#random.next() & 0xffff_ffffn;
    return this.#random.pick(this.#random.once(2) ? [...this.#vms.keys()] : this.#everSeen);
  }

  #make(name: string, ...registers: readonly bigint[]): Outcome {
    const number = (abi as unknown as Record<string, number>)[`SYSCALL_${name}`] ?? 0;
    this.#tally(name).made++;
    return this.#pp.syscall(number, HANDLE, ...registers);
  }

  #expect(outcome: Outcome, status: bigint): void {
    if (outcome.is !== "returned") throw this.#wrong("a call", `${outcome.is}, and it should return ${hex(status)}`);
    if (outcome.status !== status) throw this.#wrong("a call", `${hex(outcome.status)}, not ${hex(status)}`);
  }

  #called(outcome: Outcome, rip: bigint): Extract<Outcome, { readonly is: "called" }> {
    if (outcome.is === "called" && outcome.rip === rip) return outcome;
    throw this.#wrong("a callback", `${outcome.is}, and it should be entered`);
  }

  #succeeded(name: string): void {
    this.#tally(name).succeeded++;
  }

  #tally(name: string): Tally {
    const tally = this.tallies.get(name) ?? { made: 0, succeeded: 0 };
    this.tallies.set(name, tally);
    return tally;
  }
}
