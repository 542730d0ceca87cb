// Random hypercalls, and what the model says that MicroV answers to each
//
// A session writes a script (../bare/script.ts). What MicroV numbers is what the model numbers; where pages lie is not known
// before, so the script keeps them, and the model has places of its own for them.

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { PAGE_BYTES, Random, SimulatedMemory } from "../../../../bsl/test-support/index.ts";
import { rax, Script, scratch, slot } from "../bare/script.ts";
import { isOpen } from "../model/irqchip.ts";
import { MicrovModel } from "../model/microv.ts";
import type { Call, ModelVs } from "../model/objects.ts";
import { chooseControllerCall } from "./controllers.ts";
import { PROBE, PROBE_CODE, PROBE_STATE } from "./probe.ts";
import { anyWord, chooseEntries, chooseMsrs, chooseWord, NAMES } from "./values.ts";

/** One answer, or what was read of memory; undefined: not known before; several: one of them. */
export interface Expected {
  /** What was done, for whoever reads a difference. */
  readonly name: string;
  readonly words: readonly (bigint | readonly bigint[] | undefined)[];
}

/** What a session may have at the same time, and places that its script has for what it keeps. */
interface Limits {
  readonly vms: number;
  readonly vps: number;
  readonly vss: number;
  readonly slots: number;
}

/** A page of each VS is kept. */
const ALONE: Limits = { vms: Number.POSITIVE_INFINITY, vps: Number.POSITIVE_INFINITY, vss: 14, slots: 14 };
/** Others make objects meanwhile, so all numbers are kept, too. */
const BESIDE_OTHERS: Limits = { vms: 9, vps: 9, vss: 7, slots: 32 };
/** Where the model has the scratch pages, and the pages that VSs share. */
const SCRATCH = 0x10_0000_0000n;
const PAGES = 0x20_0000_0000n;
const SCRATCH_PAGES = 1024;
/** Guest physical addresses: a page's number below that, or a bit more than a large page. */
const SPACE_PAGES = 1024;
const MSR_TSC = 0x10;
const MSR_TSC_DEADLINE = 0x6e0;
const KHZ = 1_000_000n;
/** MSRs of time. */
const TIMES = new Set([BigInt(MSR_TSC), BigInt(MSR_TSC_DEADLINE)]);

/** How far a session is when it could go on on another processor. */
export interface Mark {
  readonly steps: number;
  readonly calls: number;
  readonly peeks: number;
}

type Kind = "vm" | "vp" | "vs";

export class HypercallSession {
  readonly script = new Script();
  readonly calls: Expected[] = [];
  readonly peeks: Expected[] = [];
  /** By call: how often it was made, and how often it succeeded. */
  readonly tallies = new Map<string, { made: number; succeeded: number }>();
  readonly #random: Random;
  readonly #memory = new SimulatedMemory();
  readonly #model: MicrovModel;
  /** Of a page, or of what has a number. */
  readonly #slots = new Map<bigint | string, number>();
  readonly marks: Mark[] = [{ steps: 0, calls: 0, peeks: 0 }];
  readonly #limits: Limits;

  /** With several processors it is one of several sessions on the same MicroV. */
  constructor(seed: number, isIntel: boolean, processors = 1) {
    this.#random = new Random(seed);
    this.#limits = processors === 1 ? ALONE : BESIDE_OTHERS;
    this.#model = new MicrovModel({
      memory: this.#memory,
      processors,
      isIntel,
      // Those of the lab's machines: x87, SSE, AVX; and AVX-512 on Intel
      xcr0: isIntel ? 0xe7n : 7n,
      time: () => 0n,
      takePage: () => this.#takePage(),
      givePage: (page) => this.#slots.delete(page),
      leaf: () => [0, 0, 0, 0],
      run: () => {
        throw new Error("a run that is no probe");
      },
      fpuBytes: isIntel ? 0xa80n : 0x340n,
    });
    for (let page = 0; page < SCRATCH_PAGES - 1; page++)
      this.script.poke(scratch(page * PAGE_BYTES), PROBE.magic(page));
    this.script.bytes(scratch(PROBE.codePage * PAGE_BYTES), PROBE_CODE);
    for (let i = 0; i < 2; i++) this.#createAll();
    this.#mark();
  }

  get #isAlone(): boolean {
    return this.#limits === ALONE;
  }

  /** Makes so many hypercalls, and then ends all that there is. */
  run(count: number): this {
    while (this.calls.length < count) {
      this.#step();
      this.#mark();
    }
    this.#endAll();
    this.#mark();
    return this;
  }

  #mark(): void {
    this.marks.push({ steps: this.script.steps, calls: this.calls.length, peeks: this.peeks.length });
  }

  #step(): void {
    const random = this.#random;
    const choice = random.below(100);
    if (choice < 3) this.#createAll();
    else if (choice < 6)
      this.#begin(random.pick(this.#isFull(mv.MV_VS_CREATE) ? [mv.MV_VM_CREATE] : BEGINNINGS), this.#id());
    else if (choice < 10) this.#begin(random.pick(ENDS), this.#id());
    else if (choice < 22) this.#map();
    else if (choice < 28) this.#make(mv.MV_VM_UNMAP, this.#vm(), this.#address(), this.#bytes());
    else if (choice < 40) this.#probe();
    else if (choice < 54) this.#registers();
    else if (choice < 68) this.#msrs();
    else if (choice < 73) this.#leaves();
    else if (choice < 81) this.#fpu();
    else if (choice < 86) this.#event();
    else if (choice < 87) this.#configure();
    else if (choice < 92) this.#controllers();
    else this.#wild();
  }

  /** A VM with a VP with a VS, and interrupt controllers in every other one. */
  #createAll(): void {
    if ([mv.MV_VM_CREATE, mv.MV_VP_CREATE, mv.MV_VS_CREATE].some((call) => this.#isFull(call))) return;
    const vm = this.#make(mv.MV_VM_CREATE).r10;
    const hasChips = this.#random.once(2);
    const kind = this.#random.once(4) ? mv.MV_IRQCHIP_SPLIT : mv.MV_IRQCHIP_FULL;
    if (hasChips) this.#make(mv.MV_VM_IRQCHIP_CREATE, vm, BigInt(kind), KHZ);
    const vp = this.#make(mv.MV_VP_CREATE, vm).r10;
    const vs = this.#make(mv.MV_VS_CREATE, vp).r10;
    if (hasChips) this.#make(mv.MV_VS_APIC_CREATE, vs, BigInt(this.#random.below(4)));
  }

  /** Lines, messages and registers of interrupt controllers, of a VM that has some where there is one. */
  #controllers(): void {
    const there = this.#model.vss.flatMap((vs, id) => (vs?.apic === undefined ? [] : [{ vs, id: BigInt(id) }]));
    const one = there.length === 0 ? undefined : this.#random.pick(there);
    const vm = one === undefined ? this.#vm() : BigInt(this.#model.vms.indexOf(one.vs.vp.vm));
    const [call, ...registers] = chooseControllerCall(this.#random, vm, one?.id ?? this.#id());
    this.#make(call, ...registers);
  }

  #begin(call: number, id: bigint): void {
    if (!this.#isFull(call)) this.#make(call, id);
  }

  /** Whether a call could make one too many. */
  #isFull(call: number): boolean {
    const { vms, vps, vss } = this.#model;
    const count = (all: readonly unknown[]): number => all.filter((one) => one !== undefined).length;
    if (call === mv.MV_VM_CREATE) return count(vms) >= this.#limits.vms;
    if (call === mv.MV_VP_CREATE) return count(vps) >= this.#limits.vps;
    return call === mv.MV_VS_CREATE && count(vss) >= this.#limits.vss;
  }

  #map(): void {
    const random = this.#random;
    const page = random.below(SCRATCH_PAGES);
    const rights = random.once(10) ? random.below(16) : random.pick([1, 3, 5, 7, 7, 7]);
    const bytes = random.once(10)
      ? this.#bytes()
      : BigInt(1 + random.below(Math.min(48, SCRATCH_PAGES - page))) * 4096n;
    const place = page * PAGE_BYTES + rights;
    const vs = random.once(12) ? this.#someVs() : undefined;
    if (vs !== undefined) {
      const host = { model: vs.page + BigInt(rights), script: slot(this.#slotOf(vs), rights) };
      this.#call(mv.MV_VM_MAP, [this.#vm(), this.#address(), host, 4096n]);
      return;
    }
    if (random.once(12))
      this.#make(mv.MV_VM_MAP, this.#vm(), this.#address(), (1n << 52n) - 4096n + BigInt(rights), 8192n);
    // Only scratch pages are the guests': nothing behind them is mapped
    if (BigInt(page * PAGE_BYTES) + bytes > BigInt(SCRATCH_PAGES * PAGE_BYTES)) return;
    const host = { model: SCRATCH + BigInt(place), script: scratch(place) };
    this.#call(mv.MV_VM_MAP, [this.#vm(), this.#address(), host, bytes]);
  }

  /** Has a guest read a word, and write it again: what its VM sees there, and with which rights. */
  #probe(): void {
    const vs = this.#someVs();
    // With a local APIC it would take what the fuzzer has sent it
    if (vs === undefined || vs.apic !== undefined) return;
    const id = BigInt(this.#model.vss.indexOf(vs));
    const vm = BigInt(this.#model.vms.indexOf(vs.vp.vm));
    const address = BigInt(this.#random.below(SPACE_PAGES)) * 4096n;
    const code = PROBE.codePage * PAGE_BYTES + 5;
    this.#call(mv.MV_VM_MAP, [vm, PROBE.codeAddress, { model: SCRATCH + BigInt(code), script: scratch(code) }, 4096n]);
    this.#list(vs, [...PROBE_STATE, [mv.MV_REG_DS_BASE, address]]);
    this.#make(mv.MV_VS_REG_SET_LIST, id);
    this.#poke(vs, mv.MV_PAGE_REQUEST, 0n);
    this.#poke(vs, mv.MV_PAGE_CR8, 0n);
    const found = vs.vp.vm.memory.find(address);
    const value = found && PROBE.magic(Number((found.host - SCRATCH) >> 12n)) & 0xffff_ffffn;
    const isWritten = found !== undefined && (found.rights & mv.MV_MAP_WRITE) !== 0;
    this.script.call(mv.MV_VS_RUN, this.#isAlone ? id : slot(this.#slots.get(`vs${id}`) ?? 0));
    const reason = isWritten ? mv.MV_EXIT_IO : mv.MV_EXIT_MMIO;
    this.calls.push({ name: `vs_run(${id})`, words: [mv.MV_STATUS_SUCCESS, BigInt(reason)] });
    this.#count("vs_run", true);
    this.script.peek(slot(this.#slotOf(vs)), 4);
    const access = found === undefined ? 0n : BigInt(mv.MV_ACCESS_WRITE);
    const words = isWritten ? [undefined, value] : [undefined, undefined, undefined, address];
    const name = `probe of 0x${address.toString(16)} in VM ${vm}: access ${access}`;
    this.peeks.push({ name, words: [...words, ...Array<undefined>(4 - words.length).fill(undefined)] });
    // What the guest has made of its registers is the processor's affair
    this.#list(vs, PROBE_STATE);
    this.#make(mv.MV_VS_REG_SET_LIST, id);
  }

  #registers(): void {
    const vs = this.#someVs();
    if (vs === undefined) return;
    this.#list(vs, chooseEntries(this.#random));
    this.#make(this.#random.pick([mv.MV_VS_REG_GET_LIST, mv.MV_VS_REG_SET_LIST]), this.#idOf(vs));
    this.#look(vs);
  }

  #msrs(): void {
    const vs = this.#someVs();
    if (vs === undefined) return;
    this.#list(vs, chooseMsrs(this.#random));
    this.#make(this.#random.pick([mv.MV_VS_MSR_GET_LIST, mv.MV_VS_MSR_SET_LIST]), this.#idOf(vs));
    this.#look(vs);
  }

  #leaves(): void {
    const vs = this.#someVs();
    if (vs === undefined) return;
    const count = this.#random.pick([0n, 1n, 3n, 60n, 119n, 120n, 121n, 1n << 63n]);
    this.#poke(vs, mv.MV_PAGE_LIST_COUNT, count);
    const places = [0n, BigInt(vs.cpuidCount), BigInt(vs.cpuidCount) + 1n, 120n, 0xffff_ffff_ffff_ffffn];
    this.#make(mv.MV_VS_CPUID_SET_LIST, this.#idOf(vs), this.#random.pick(places));
  }

  /** A whole area that a processor can have, in parts; or any part of what there is. */
  #fpu(): void {
    const vs = this.#someVs();
    if (vs === undefined) return;
    const random = this.#random;
    const part = (): readonly bigint[] => [
      random.pick([0n, 512n, 2048n, 4088n, 4096n, chooseWord(random)]),
      random.pick([0n, 8n, 256n, 3840n, 3841n, 4096n, chooseWord(random)]),
    ];
    if (random.once(2)) {
      this.#make(mv.MV_VS_FPU_GET_ALL, this.#idOf(vs), ...part());
      return;
    }
    if (random.once(4)) {
      this.#make(mv.MV_VS_FPU_SET_ALL, this.#idOf(vs), ...part(), 2n + BigInt(random.below(3)));
      return;
    }
    // Nobody else's: what an area that was put together at random becomes is the processor's affair
    const id = BigInt(this.#model.vss.indexOf(vs));
    const legacy = fpuLegacy(random);
    this.#words(vs, [...legacy, ...Array<bigint>(64 + 256 - legacy.length).fill(0n)]);
    this.#poke(vs, mv.MV_PAGE_LIST + 512, 3n);
    this.#make(mv.MV_VS_FPU_SET_ALL, id, 0n, 2048n, 0n);
    this.#words(vs, Array<bigint>(32).fill(0n));
    this.#make(mv.MV_VS_FPU_SET_ALL, id, 2048n, 256n, 1n);
    this.#make(mv.MV_VS_FPU_GET_ALL, id, 0n, 416n);
    this.#lookAt(vs, 52, (index) => index === 1 || index === 2 || index === 3);
  }

  #event(): void {
    const random = this.#random;
    const vs = this.#someVs();
    const id = vs === undefined || random.once(4) ? this.#id() : BigInt(this.#model.vss.indexOf(vs));
    if (vs !== undefined && random.once(2)) {
      // Nothing is in the way of an event
      this.#list(vs, [
        [mv.MV_REG_RFLAGS, 0x202n],
        [mv.MV_REG_INTERRUPT_SHADOW, 0n],
        [mv.MV_REG_EVENT, 0n],
      ]);
      this.#make(mv.MV_VS_REG_SET_LIST, BigInt(this.#model.vss.indexOf(vs)));
    }
    const call = random.pick([
      mv.MV_VS_INJECT_EXCEPTION,
      mv.MV_VS_QUEUE_INTERRUPT,
      mv.MV_VS_INJECT_NMI,
      mv.MV_VS_MCE_SETUP,
    ]);
    const code = random.once(2) ? 0n : mv.MV_EVENT_HAS_CODE | BigInt(random.below(1 << 30));
    this.#make(call, id, BigInt(random.below(random.once(4) ? 300 : 33)), code);
  }

  #configure(): void {
    const random = this.#random;
    const options = random.once(4) ? chooseWord(random) : BigInt(random.below(128));
    if (random.once(2)) this.#make(mv.MV_VM_CONFIGURE, this.#vm(), options);
    else this.#make(mv.MV_VS_CONFIGURE, this.#id(), options & (random.once(4) ? 3n : 1n));
  }

  /** Anything at all: numbers of calls that are near, arguments that are far. */
  #wild(): void {
    const random = this.#random;
    const all = [...NAMES.keys()];
    const near = random.pick(all) + random.pick([0, 0, 0, 1, 0x1_0000, 0x100]);
    const word = random.once(6) ? anyWord(random) : rax(near) ^ (random.once(6) ? 1n << BigInt(random.below(64)) : 0n);
    const good = near === mv.MV_HANDLE_OPEN ? mv.MV_VERSION_1 : mv.MV_HANDLE;
    const handle = random.once(6) ? chooseWord(random) : BigInt(good);
    const rest = Array.from({ length: 4 }, () => (random.once(2) ? BigInt(random.below(4)) : chooseWord(random)));
    const call = Number(word & 0xffff_ffffn);
    // A guest in no known state, or the machine's own memory
    const isRun = call === mv.MV_VS_RUN || call === mv.MV_VM_MAP || call === mv.MV_PP_CPUID_GET;
    if (isRun || call === mv.MV_VS_FPU_SET_ALL || call === mv.MV_DEBUG_OUT) return;
    if (this.#isFull(call)) return;
    this.#answer(NAMES.get(call) ?? "unknown", [word, handle, ...rest], [word, handle, ...rest], call);
  }

  #endAll(): void {
    const { vss, vps, vms } = this.#model;
    for (const [id, vs] of vss.entries()) if (vs !== undefined) this.#make(mv.MV_VS_DESTROY, BigInt(id));
    for (const [id, vp] of vps.entries()) if (vp !== undefined) this.#make(mv.MV_VP_DESTROY, BigInt(id));
    for (const [id, vm] of vms.entries()) if (vm !== undefined) this.#make(mv.MV_VM_DESTROY, BigInt(id));
  }

  #make(call: number, ...registers: readonly bigint[]): Call {
    return this.#call(call, registers);
  }

  #call(call: number, registers: readonly (bigint | { readonly model: bigint; readonly script: bigint })[]): Call {
    const handle = [rax(call), BigInt(mv.MV_HANDLE)];
    const model = registers.map((one) => (typeof one === "bigint" ? one : one.model));
    const script = registers.map((one) => (typeof one === "bigint" ? one : one.script));
    return this.#answer(NAMES.get(call) ?? "unknown", [...handle, ...model], [...handle, ...script], call);
  }

  /** Has model and script make a call. */
  #answer(name: string, wanted: readonly bigint[], itsScript: readonly bigint[], number: number): Call {
    const { model, script } = this.#isAlone
      ? { model: wanted, script: itsScript }
      : this.#own(wanted, itsScript, number);
    const [word = 0n, r10 = 0n, r11 = 0n, r12 = 0n, r13 = 0n, r14 = 0n] = model;
    const call: Call = { rax: word, r10, r11, r12, r13, r14 };
    this.#model.call(call);
    const [first = 0n, ...rest] = script;
    if (this.#isAlone) this.script.raw(first, ...rest);
    else this.script.insist(first, ...rest);
    const isDone = call.rax === mv.MV_STATUS_SUCCESS;
    // Where the page of a VS lies, and scratch pages, only the machine knows
    const isSaid = isDone && isOpen(number);
    const isPlace = isDone && number === mv.MV_VS_CREATE;
    const second = isPlace || isSaid || script[2] !== model[2] ? undefined : call.r11;
    const isNumber = isDone && !this.#isAlone && NUMBERS.has(number);
    const fourth = script[4] === model[4] ? call.r13 : undefined;
    const shown = model.map((one) => `0x${one.toString(16)}`).join(" ");
    this.calls.push({
      name: `${name} (${shown})`,
      words: [call.rax, isSaid || isNumber ? undefined : call.r10, second, call.r12, fourth],
    });
    this.#count(name, isDone);
    if (isDone && !this.#isAlone) this.#keepNumber(number, call);
    if (isDone && number === mv.MV_VS_CREATE) this.#keepPage(call.r11);
    return call;
  }

  /**
   * The same call among others' objects: R11's number is the one that the script has kept. Where the session has no such object, it is a
   * number that nobody has: what others have is none of its affair.
   */
  #own(
    model: readonly bigint[],
    script: readonly bigint[],
    number: number,
  ): { readonly model: readonly bigint[]; readonly script: readonly bigint[] } {
    const kind = kindOf(number);
    const id = model[2] ?? 0n;
    if (kind === undefined || id >= BigInt(mv.MV_MAX_VPS)) return { model, script };
    const kept = this.#slots.get(`${kind}${id}`);
    const nobodys = id + BigInt(mv.MV_MAX_VPS);
    if (kept === undefined) return { model: model.with(2, nobodys), script: script.with(2, nobodys) };
    return { model, script: script.with(2, slot(kept)) };
  }

  #keepNumber(call: number, { r10, r11 }: Call): void {
    const made = MAKES.get(call);
    const ended = ENDS_KIND.get(call);
    if (ended !== undefined) this.#slots.delete(`${ended}${r11}`);
    if (made === undefined) return;
    const place = this.#freeSlot();
    this.#slots.set(`${made}${r10}`, place);
    this.script.keep(place, 0);
  }

  #count(name: string, isDone: boolean): void {
    const tally = this.tallies.get(name) ?? { made: 0, succeeded: 0 };
    tally.made++;
    if (isDone) tally.succeeded++;
    this.tallies.set(name, tally);
  }

  #freeSlot(): number {
    const taken = new Set(this.#slots.values());
    const free = Array.from({ length: this.#limits.slots }, (_, index) => index).find((index) => !taken.has(index));
    if (free === undefined) throw new Error("more objects than places for what is kept");
    return free;
  }

  #takePage(): bigint {
    const free = this.#freeSlot();
    const page = PAGES + BigInt(free * PAGE_BYTES);
    this.#memory.map(page, PAGE_BYTES);
    this.#memory.fill(page, 0, PAGE_BYTES);
    this.#slots.set(page, free);
    return page;
  }

  #keepPage(page: bigint): void {
    this.script.keep(this.#slots.get(page) ?? 0, 1);
  }

  #slotOf(vs: ModelVs): number {
    const index = this.#slots.get(vs.page);
    if (index === undefined) throw new Error("a VS without a place");
    return index;
  }

  #poke(vs: ModelVs, offset: number, value: bigint): void {
    this.#memory.poke(vs.page + BigInt(offset), 8, value);
    this.script.poke(slot(this.#slotOf(vs), offset), value);
  }

  #words(vs: ModelVs, words: readonly bigint[]): void {
    for (const [index, word] of words.entries()) this.#poke(vs, mv.MV_PAGE_LIST + 8 * index, word);
  }

  #list(vs: ModelVs, entries: readonly (readonly [number | bigint, bigint])[]): void {
    this.#words(
      vs,
      entries.flatMap(([number, value]) => [BigInt(number), value]),
    );
    const isWrong = this.#random.once(40) && entries.length < 20;
    const wrong = this.#random.pick([241n, 1n << 32n, 0xffff_ffff_ffff_ffffn]);
    this.#poke(vs, mv.MV_PAGE_LIST_COUNT, isWrong ? wrong : BigInt(entries.length));
  }

  /** What the list holds now. A time is not known before. */
  #look(vs: ModelVs): void {
    const count = this.#memory.peek(vs.page + BigInt(mv.MV_PAGE_LIST_COUNT), 8);
    if (count === 0n || count > 20n) return;
    const number = (index: number) => this.#memory.peek(vs.page + BigInt(mv.MV_PAGE_LIST + 8 * (index - 1)), 8);
    this.#lookAt(vs, 2 * Number(count), (index) => index % 2 === 1 && TIMES.has(number(index)));
  }

  #lookAt(vs: ModelVs, words: number, isOpen: (index: number) => boolean): void {
    this.script.peek(slot(this.#slotOf(vs), mv.MV_PAGE_LIST), words);
    const all = Array.from({ length: words }, (_, index) =>
      isOpen(index) ? undefined : this.#memory.peek(vs.page + BigInt(mv.MV_PAGE_LIST + 8 * index), 8),
    );
    this.peeks.push({ name: `the list after ${this.calls.at(-1)?.name}`, words: all });
  }

  #someVs(): ModelVs | undefined {
    const all = this.#model.vss.filter((vs) => vs !== undefined);
    return all.length === 0 ? undefined : this.#random.pick(all);
  }
  #idOf(vs: ModelVs): bigint {
    return this.#random.once(30) ? chooseWord(this.#random) : BigInt(this.#model.vss.indexOf(vs));
  }
  #id(): bigint {
    return this.#random.once(12) ? chooseWord(this.#random) : BigInt(this.#random.below(16));
  }
  #vm(): bigint {
    const there = this.#model.vms.flatMap((vm, id) => (vm === undefined ? [] : [BigInt(id)]));
    return this.#random.once(12) || there.length === 0 ? this.#id() : this.#random.pick(there);
  }
  #address(): bigint {
    return this.#random.once(20) ? chooseWord(this.#random) : BigInt(this.#random.below(SPACE_PAGES)) * 4096n;
  }
  #bytes(): bigint {
    return this.#random.once(20) ? chooseWord(this.#random) & ~(0x7fn << 45n) : BigInt(this.#random.below(64)) * 4096n;
  }
}

/** What only the processor knows that the call is made on, and what others change. */
const NUMBERS = new Set([mv.MV_VM_CREATE, mv.MV_VP_CREATE, mv.MV_VS_CREATE, mv.MV_PP_PPID, mv.MV_VM_UNFLUSHED]);
const MAKES = new Map<number, Kind>([
  [mv.MV_VM_CREATE, "vm"],
  [mv.MV_VP_CREATE, "vp"],
  [mv.MV_VS_CREATE, "vs"],
]);
const ENDS_KIND = new Map<number, Kind>([
  [mv.MV_VM_DESTROY, "vm"],
  [mv.MV_VP_DESTROY, "vp"],
  [mv.MV_VS_DESTROY, "vs"],
]);

/** What R11 names; undefined: nothing. */
function kindOf(call: number): Kind | undefined {
  if (call === mv.MV_VM_CREATE) return undefined;
  if (call === mv.MV_VP_CREATE) return "vm";
  if (call === mv.MV_VS_CREATE) return "vp";
  const kinds: readonly (Kind | undefined)[] = [undefined, undefined, undefined, undefined, "vm", "vp", "vs"];
  return kinds[call >>> 16];
}

const BEGINNINGS = [mv.MV_VM_CREATE, mv.MV_VP_CREATE, mv.MV_VS_CREATE];
const ENDS = [mv.MV_VM_DESTROY, mv.MV_VP_DESTROY, mv.MV_VS_DESTROY, mv.MV_VM_UNFLUSHED, mv.MV_VP_CREATE];

/** FXSAVE's area: control words that load, eight registers of 80 bits, sixteen of 128. */
function fpuLegacy(random: Random): bigint[] {
  const words = Array.from({ length: 52 }, () => anyWord(random));
  words[0] = 0x37fn | (BigInt(random.below(256)) << 32n);
  words[1] = 0n;
  words[2] = 0n;
  words[3] = 0x1f80n | BigInt(random.below(128));
  for (let i = 5; i < 20; i += 2) words[i] = (words[i] ?? 0n) & 0xffffn;
  return words;
}
