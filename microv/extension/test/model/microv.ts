// What MicroV answers to each hypercall, and what it knows then (abi/src/hypercalls.ts)
//
// The fuzzer holds MicroV to it, and the driver's unit tests have it in MicroV's place.

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import type { SimulatedMemory } from "../../../../bsl/test-support/index.ts";
import { AddressSpace } from "./address-space.ts";
import { apicCall, type Controllers, chipsCall, createChips, isApicCall, isChipsCall } from "./irqchip.ts";
import type { Call, ModelVm, ModelVp, ModelVs } from "./objects.ts";
import { isRegister, type Processor, RegisterFile, SUPPORTED_MSRS } from "./registers.ts";

/** CPUID's answer: EAX, EBX, ECX, EDX. */
export type Leaf = readonly [number, number, number, number];

export interface Surroundings extends Processor {
  /** Has the shared pages at their physical addresses. */
  readonly memory: SimulatedMemory;
  readonly processors: number;
  /** Takes a page for a VS; undefined: there is no memory. */
  readonly takePage: () => bigint | undefined;
  readonly givePage: (page: bigint) => void;
  /** What a guest may be shown. */
  readonly leaf: (leaf: number, subleaf: number) => Leaf;
  /** Runs a guest: MV_EXIT_*. */
  readonly run: (vs: ModelVs) => number;
  /** Bytes of the XSAVE area. */
  readonly fpuBytes: bigint;
}

const OK = mv.MV_STATUS_SUCCESS;
const REG0 = mv.MV_STATUS_INVALID_INPUT_REG0;
const REG1 = mv.MV_STATUS_INVALID_INPUT_REG1;
const REG2 = mv.MV_STATUS_INVALID_INPUT_REG2;
const REG3 = mv.MV_STATUS_INVALID_INPUT_REG3;
const REG4 = mv.MV_STATUS_INVALID_INPUT_REG4;
const UNKNOWN = mv.MV_STATUS_FAILURE_UNKNOWN;
const UNSUPPORTED = mv.MV_STATUS_FAILURE_UNSUPPORTED;

const PAGE_BYTES = 4096n;
const SPACE_BYTES = 1n << 52n;
/** What nested page tables of four levels reach. */
const TABLES_BYTES = 1n << 48n;
const LIST_ENTRY_BYTES = 16n;
const EVENT_VALID = 1n << 31n;
const TYPE_EXCEPTION = 3n << 8n;
const HAS_CODE = 1n << 11n;
const VECTOR_NMI = 2n;
const LAST_EXCEPTION = 31n;
/** Vectors whose exceptions have a code (APM volume 2, table 8-1): #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC, #SX. */
const CODED = new Set([8n, 10n, 11n, 12n, 13n, 14n, 17n, 21n, 29n, 30n]);
const CR0_PE = 1n;
const RFLAGS_IF = 1n << 9n;
const RFLAGS_RF = 1n << 16n;
/** Traps, aborts, and what may be either: #DB, NMI, #BP, #OF, #DF, #MC. */
const NO_FAULTS = new Set([1n, 2n, 3n, 4n, 8n, 18n]);

/** As the page has them: by their encodings, then RIP and RFLAGS. */
const PAGE_REGISTERS = [
  ...[mv.MV_REG_RAX, mv.MV_REG_RCX, mv.MV_REG_RDX, mv.MV_REG_RBX, mv.MV_REG_RSP, mv.MV_REG_RBP, mv.MV_REG_RSI],
  ...[mv.MV_REG_RDI, mv.MV_REG_R8, mv.MV_REG_R9, mv.MV_REG_R10, mv.MV_REG_R11, mv.MV_REG_R12, mv.MV_REG_R13],
  ...[mv.MV_REG_R14, mv.MV_REG_R15, mv.MV_REG_RIP, mv.MV_REG_RFLAGS],
];
const VM_OPTIONS = BigInt(
  mv.MV_OPTION_MSR_ASKED |
    mv.MV_OPTION_MSR_UNKNOWN |
    mv.MV_OPTION_MSR_REFUSED |
    mv.MV_OPTION_MSR_CLOSED |
    mv.MV_OPTION_MWAIT_BY_CPUID |
    mv.MV_OPTION_UNDEFINED_ASKED |
    mv.MV_OPTION_MWAIT_BY_MSR,
);
/** MSRs of KVM's clock, and the bit of leaf 0x40000001 that says so. */
const KVM_MSRS = new Map([
  [mv.MV_MSR_KVM_WALL_CLOCK, 1],
  [mv.MV_MSR_KVM_SYSTEM_TIME, 1],
  [mv.MV_MSR_KVM_WALL_CLOCK_NEW, 8],
  [mv.MV_MSR_KVM_SYSTEM_TIME_NEW, 8],
]);

export class MicrovModel {
  readonly vms: (ModelVm | undefined)[] = Array(mv.MV_MAX_VMS).fill(undefined);
  readonly vps: (ModelVp | undefined)[] = Array(mv.MV_MAX_VPS).fill(undefined);
  readonly vss: (ModelVs | undefined)[] = Array(mv.MV_MAX_VPS).fill(undefined);
  /** What a call ends with instead, if not undefined: there is no memory, say. */
  refuse: (call: number) => bigint | undefined = () => undefined;
  /** Bytes that MV_VM_MAP and MV_VM_UNMAP do at once, at most. */
  step = SPACE_BYTES;
  /** What MV_VM_UNFLUSHED says. */
  unflushed = 0n;
  /** What interrupt controllers say. */
  controllers: Controllers = () => {};
  readonly #around: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#around = surroundings;
  }

  /** How many VMs, VPs and VSs there are. */
  get objects(): readonly [number, number, number] {
    const count = (all: readonly unknown[]): number => all.filter((one) => one !== undefined).length;
    return [count(this.vms), count(this.vps), count(this.vss)];
  }

  /** Carries a hypercall out. */
  call(registers: Call): void {
    registers.rax = this.#answer(registers);
  }

  #answer(registers: Call): bigint {
    const { rax, r10 } = registers;
    if (rax >> 48n !== BigInt(mv.MV_SIGNATURE)) return UNSUPPORTED;
    const call = Number(rax & 0xffff_ffffn);
    switch (call) {
      case mv.MV_ID_VERSION:
        registers.r10 = BigInt(mv.MV_VERSION_1);
        return OK;
      case mv.MV_HANDLE_OPEN:
        if (r10 !== BigInt(mv.MV_VERSION_1)) return REG0;
        registers.r10 = BigInt(mv.MV_HANDLE);
        return OK;
      case mv.MV_DEBUG_OUT:
        return OK;
    }
    if (r10 !== BigInt(mv.MV_HANDLE)) return mv.MV_STATUS_FAILURE_INVALID_HANDLE;
    const refused = this.refuse(call);
    if (refused !== undefined) return refused;
    switch (call >>> 16) {
      case 1:
        return call === mv.MV_HANDLE_CLOSE ? OK : UNSUPPORTED;
      case 3:
        return this.#processorCall(call, registers);
      case 4:
        return this.#vmCall(call, registers);
      case 5:
        return this.#vpCall(call, registers);
      case 6:
        return this.#vsCall(call, registers);
      default:
        return UNSUPPORTED;
    }
  }

  #processorCall(call: number, registers: Call): bigint {
    switch (call) {
      case mv.MV_PP_PPID:
        registers.r10 = 0n;
        return OK;
      case mv.MV_PP_ONLINE_PPS:
        registers.r10 = BigInt(this.#around.processors);
        return OK;
      case mv.MV_PP_CPUID_GET: {
        const leaf = this.#around.leaf(low(registers.r11), low(registers.r12));
        const [eax, ebx, ecx, edx] = leaf.map((word) => BigInt(word >>> 0));
        registers.r10 = (eax ?? 0n) | ((ebx ?? 0n) << 32n);
        registers.r11 = (ecx ?? 0n) | ((edx ?? 0n) << 32n);
        return OK;
      }
      case mv.MV_PP_MSR_GET_SUPPORTED: {
        const msr = registers.r11 < BigInt(SUPPORTED_MSRS.length) ? SUPPORTED_MSRS[Number(registers.r11)] : undefined;
        if (msr === undefined) return REG1;
        registers.r10 = BigInt(msr);
        return OK;
      }
      default:
        return UNSUPPORTED;
    }
  }

  #vmCall(call: number, registers: Call): bigint {
    if (call === mv.MV_VM_CREATE)
      return create(this.vms, registers, { memory: new AddressSpace(), vps: 0, options: 0 });
    const vm = find(this.vms, registers.r11);
    if (isChipsCall(call)) return chipsCall(vm, call, registers, this.controllers);
    if (vm === undefined) return REG1;
    const { r12, r13, r14 } = registers;
    switch (call) {
      case mv.MV_VM_IRQCHIP_CREATE:
        return createChips(vm, registers);
      case mv.MV_VM_DESTROY:
        if (vm.vps !== 0) return REG1;
        this.vms[Number(registers.r11)] = undefined;
        return OK;
      case mv.MV_VM_MAP: {
        const rights = Number(r13 & 0xfffn);
        const host = r13 & ~0xfffn;
        if (!isRange(r12, r14)) return REG2;
        if (rights === 0 || rights > 7 || !isRange(host, r14) || this.#isOfVs(host, r14)) return REG3;
        if (!this.#isShown(rights) || r12 + r14 > TABLES_BYTES) return UNKNOWN;
        registers.r10 = smaller(r14, this.step);
        vm.memory.map(r12, host, registers.r10, rights);
        return OK;
      }
      case mv.MV_VM_UNMAP:
        if (!isRange(r12, r13)) return REG2;
        if (r12 + r13 > TABLES_BYTES) return UNKNOWN;
        registers.r10 = smaller(r13, this.step);
        vm.memory.unmap(r12, registers.r10);
        return OK;
      case mv.MV_VM_CONFIGURE:
        if ((r12 & ~VM_OPTIONS) !== 0n) return REG2;
        vm.options = Number(r12);
        return OK;
      case mv.MV_VM_UNFLUSHED:
        registers.r10 = this.unflushed;
        return OK;
      default:
        return UNSUPPORTED;
    }
  }

  #vpCall(call: number, registers: Call): bigint {
    if (call === mv.MV_VP_CREATE) {
      const vm = find(this.vms, registers.r11);
      if (vm === undefined) return REG1;
      const status = create(this.vps, registers, { vm, hasVs: false });
      if (status === OK) vm.vps++;
      return status;
    }
    if (call !== mv.MV_VP_DESTROY) return UNSUPPORTED;
    const vp = find(this.vps, registers.r11);
    if (vp === undefined || vp.hasVs) return REG1;
    vp.vm.vps--;
    this.vps[Number(registers.r11)] = undefined;
    return OK;
  }

  #vsCall(call: number, registers: Call): bigint {
    if (call === mv.MV_VS_CREATE) return this.#createVs(registers);
    const vs = find(this.vss, registers.r11);
    if (vs === undefined) return REG1;
    const { r12, r13, r14 } = registers;
    switch (call) {
      case mv.MV_VS_DESTROY:
        vs.vp.hasVs = false;
        this.#around.givePage(vs.page);
        this.vss[Number(registers.r11)] = undefined;
        return OK;
      case mv.MV_VS_RUN:
        registers.r10 = BigInt(this.#run(vs));
        return OK;
      case mv.MV_VS_CPUID_SET_LIST:
        return this.#setCpuids(vs, r12);
      case mv.MV_VS_REG_GET_LIST:
        return this.#readList(vs, registers);
      case mv.MV_VS_REG_SET_LIST:
        return this.#writeList(vs, registers);
      case mv.MV_VS_MSR_GET_LIST:
      case mv.MV_VS_MSR_SET_LIST:
        return this.#msrList(vs, registers, call === mv.MV_VS_MSR_SET_LIST);
      case mv.MV_VS_FPU_GET_ALL:
        if (wrongPart(r12, r13) !== OK) return wrongPart(r12, r13);
        registers.r10 = this.#around.fpuBytes;
        this.#write(vs, mv.MV_PAGE_LIST, vs.fpu.subarray(Number(r12), Number(r12 + r13)));
        return OK;
      case mv.MV_VS_FPU_SET_ALL:
        if (wrongPart(r12, r13) !== OK) return wrongPart(r12, r13);
        if (r14 > 1n) return REG4;
        vs.fpu.set(this.#around.memory.read(vs.page + BigInt(mv.MV_PAGE_LIST), Number(r13)), Number(r12));
        return OK;
      case mv.MV_VS_INJECT_EXCEPTION:
        return injectException(vs, r12, r13);
      case mv.MV_VS_QUEUE_INTERRUPT:
        return vs.apic === undefined ? queueInterrupt(vs, r12) : queueExternal(vs, r12);
      case mv.MV_VS_INJECT_NMI:
        vs.registers.set(mv.MV_REG_NMI, vs.registers.get(mv.MV_REG_NMI) | BigInt(mv.MV_NMI_WAITS));
        return OK;
      case mv.MV_VS_MCE_SETUP:
        vs.registers.setupBanks(r12);
        return OK;
      case mv.MV_VS_CONFIGURE:
        if ((r12 & ~BigInt(mv.MV_OPTION_FEATURES)) !== 0n) return REG2;
        vs.options = Number(r12);
        return OK;
      default:
        return isApicCall(call) ? this.#apicCall(vs, call, registers) : UNSUPPORTED;
    }
  }

  #apicCall(vs: ModelVs, call: number, registers: Call): bigint {
    const others = this.vss.flatMap((other) => (other?.vp.vm === vs.vp.vm ? [other] : []));
    const page = { peek: (offset: number) => this.#around.memory.peek(vs.page + BigInt(offset), 4) };
    return apicCall(vs, others, call, registers, page, this.controllers);
  }

  /** Without MV_RUN_STOP the tests' guest runs; answers for ports and MSRs are its affair. */
  #run(vs: ModelVs): number {
    const { memory } = this.#around;
    const at = (offset: number): bigint => vs.page + BigInt(offset);
    const request = Number(memory.peek(at(mv.MV_PAGE_REQUEST), 4));
    if ((request & mv.MV_RUN_STOP) === 0) return this.#around.run(vs);
    if ((request & mv.MV_RUN_REGISTERS) !== 0) {
      for (const [i, number] of PAGE_REGISTERS.entries())
        vs.registers.set(number, memory.peek(at(mv.MV_PAGE_GENERAL + 8 * i), 8));
      vs.registers.set(mv.MV_REG_INTERRUPT_SHADOW, 0n);
    }
    return mv.MV_EXIT_STOP;
  }

  #createVs(registers: Call): bigint {
    const vp = find(this.vps, registers.r11);
    if (vp === undefined || vp.hasVs) return REG1;
    const page = this.#around.takePage();
    if (page === undefined) return UNKNOWN;
    const fpu = new Uint8Array(mv.MV_FPU_BYTES);
    new DataView(fpu.buffer).setUint16(0, 0x37f, true);
    new DataView(fpu.buffer).setUint32(24, 0x1f80, true);
    const status = create(this.vss, registers, {
      vp,
      page,
      registers: new RegisterFile(this.#around),
      cpuids: new Uint8Array(mv.MV_MAX_CPUIDS * mv.MV_CPUID_BYTES),
      cpuidCount: 0,
      fpu,
      options: 0,
    });
    vp.hasVs = true;
    registers.r11 = page;
    return status;
  }

  #setCpuids(vs: ModelVs, first: bigint): bigint {
    const count = this.#listCount(vs);
    const most = BigInt(mv.MV_MAX_CPUIDS);
    if (first > BigInt(vs.cpuidCount) || count > most || first + count > most) return REG2;
    const bytes = Number(count) * mv.MV_CPUID_BYTES;
    vs.cpuids.set(
      this.#around.memory.read(vs.page + BigInt(mv.MV_PAGE_LIST), bytes),
      Number(first) * mv.MV_CPUID_BYTES,
    );
    vs.cpuidCount = Number(first + count);
    return OK;
  }

  #readList(vs: ModelVs, registers: Call): bigint {
    const count = this.#listCount(vs);
    if (count > BigInt(mv.MV_LIST_ENTRIES)) return REG0;
    for (let i = 0n; i < count; i++) {
      if (!isRegister(this.#entry(vs, i)[0])) return refuseAt(registers, i);
    }
    for (let i = 0n; i < count; i++) this.#setValue(vs, i, vs.registers.get(Number(this.#entry(vs, i)[0])));
    registers.r10 = count;
    return OK;
  }

  #writeList(vs: ModelVs, registers: Call): bigint {
    const count = this.#listCount(vs);
    if (count > BigInt(mv.MV_LIST_ENTRIES)) return REG0;
    for (let i = 0n; i < count; i++) {
      const [number, value] = this.#entry(vs, i);
      if (!isRegister(number) || !vs.registers.set(Number(number), value, toldXcr0(vs))) return refuseAt(registers, i);
    }
    registers.r10 = count;
    return OK;
  }

  #msrList(vs: ModelVs, registers: Call, isWrite: boolean): bigint {
    const count = this.#listCount(vs);
    if (count > BigInt(mv.MV_LIST_ENTRIES)) return REG0;
    let done = 0n;
    for (; done < count; done++) {
      const [number, value] = this.#entry(vs, done);
      if (number >> 32n !== 0n || isHidden(vs, low(number))) break;
      if (isWrite && !vs.registers.writeMsr(low(number), value)) break;
      const read = isWrite ? undefined : vs.registers.readMsr(low(number));
      if (!isWrite && read === undefined) break;
      if (read !== undefined) this.#setValue(vs, done, read);
    }
    registers.r10 = done;
    return OK;
  }

  #listCount(vs: ModelVs): bigint {
    return this.#around.memory.peek(vs.page + BigInt(mv.MV_PAGE_LIST_COUNT), 8);
  }

  #entry(vs: ModelVs, index: bigint): readonly [bigint, bigint] {
    const at = vs.page + BigInt(mv.MV_PAGE_LIST) + index * LIST_ENTRY_BYTES;
    return [this.#around.memory.peek(at, 8), this.#around.memory.peek(at + 8n, 8)];
  }

  #setValue(vs: ModelVs, index: bigint, value: bigint): void {
    this.#around.memory.poke(vs.page + BigInt(mv.MV_PAGE_LIST) + index * LIST_ENTRY_BYTES + 8n, 8, value);
  }

  #write(vs: ModelVs, offset: number, bytes: Uint8Array): void {
    this.#around.memory.write(vs.page + BigInt(offset), bytes);
  }

  /** Nested page tables can show what is read; on Intel also what is executed alone. */
  #isShown(rights: number): boolean {
    return (rights & mv.MV_MAP_READ) !== 0 || (this.#around.isIntel && rights === mv.MV_MAP_EXECUTE);
  }

  /** The shared pages are no guest's. Other pages that a VS has, nobody outside knows of. */
  #isOfVs(host: bigint, bytes: bigint): boolean {
    return this.vss.some((vs) => vs !== undefined && host <= vs.page && vs.page < host + bytes);
  }
}

const low = (value: bigint): number => Number(value & 0xffff_ffffn);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function find<T>(all: readonly (T | undefined)[], id: bigint): T | undefined {
  return id < BigInt(all.length) ? all[Number(id)] : undefined;
}

/** The lowest number that nobody has is the new one's. */
function create<T>(all: (T | undefined)[], registers: Call, made: T): bigint {
  const id = all.indexOf(undefined);
  if (id < 0) return UNKNOWN;
  all[id] = made;
  registers.r10 = BigInt(id);
  return OK;
}

function isRange(address: bigint, bytes: bigint): boolean {
  return ((address | bytes) & 0xfffn) === 0n && bytes !== 0n && address + bytes <= SPACE_BYTES && bytes >= PAGE_BYTES;
}

function wrongPart(place: bigint, bytes: bigint): bigint {
  const all = BigInt(mv.MV_FPU_BYTES);
  if (place >= all) return REG2;
  return bytes <= BigInt(mv.MV_LIST_BYTES) && bytes <= all - place ? OK : REG3;
}

const LEAF_XSAVE = 0xd;
const LEAF_KVM_FEATURES = 0x4000_0001;

/** What a guest's CPUID says of XCR0's lower half; undefined: it has no leaves. */
function toldXcr0(vs: ModelVs): bigint | undefined {
  return vs.cpuidCount === 0 ? undefined : toldEax(vs, LEAF_XSAVE);
}

/** Whether its guest has not an MSR, because CPUID does not say so. */
function isHidden(vs: ModelVs, msr: number): boolean {
  const feature = KVM_MSRS.get(msr);
  if (feature === undefined || vs.options !== mv.MV_OPTION_FEATURES) return false;
  return (toldEax(vs, LEAF_KVM_FEATURES) & BigInt(feature)) === 0n;
}

/** EAX of a leaf that a guest was given, or 0. */
function toldEax({ cpuids, cpuidCount }: ModelVs, leaf: number): bigint {
  const view = new DataView(cpuids.buffer);
  for (let entry = 0; entry < cpuidCount * mv.MV_CPUID_BYTES; entry += mv.MV_CPUID_BYTES) {
    const word = (offset: number): number => view.getUint32(entry + offset, true);
    const isAny = (word(mv.MV_CPUID_FLAGS) & mv.MV_CPUID_FLAG_SUBLEAF) === 0;
    if (word(mv.MV_CPUID_LEAF) === leaf && (isAny || word(mv.MV_CPUID_SUBLEAF) === 0)) {
      return BigInt(word(mv.MV_CPUID_EAX));
    }
  }
  return 0n;
}

function refuseAt(registers: Call, index: bigint): bigint {
  registers.r10 = index;
  return REG2;
}

function inject(vs: ModelVs, event: bigint): bigint {
  if ((vs.registers.get(mv.MV_REG_EVENT) & EVENT_VALID) !== 0n) return UNKNOWN;
  vs.registers.set(mv.MV_REG_EVENT, EVENT_VALID | event);
  return OK;
}

function injectException(vs: ModelVs, vector: bigint, code: bigint): bigint {
  if (vector > LAST_EXCEPTION || vector === VECTOR_NMI) return REG2;
  const hasCode = (code & mv.MV_EVENT_HAS_CODE) !== 0n;
  if (hasCode !== CODED.has(vector)) return REG3;
  // In real mode none is pushed (APM volume 2, 8.2)
  const isPushed = hasCode && (vs.registers.get(mv.MV_REG_CR0) & CR0_PE) !== 0n;
  const status = inject(vs, TYPE_EXCEPTION | vector | (isPushed ? HAS_CODE | ((code & 0xffff_ffffn) << 32n) : 0n));
  // A fault's instruction does not hit its breakpoint again
  if (status === OK && !NO_FAULTS.has(vector)) {
    vs.registers.set(mv.MV_REG_RFLAGS, vs.registers.get(mv.MV_REG_RFLAGS) | RFLAGS_RF);
  }
  return status;
}

/** One of an 8259 pair that the caller has: the local APIC passes it on, one at a time. */
function queueExternal(vs: ModelVs, vector: bigint): bigint {
  if (vector > 255n) return REG2;
  if (vs.vp.vm.irqchip === mv.MV_IRQCHIP_FULL || vs.hasExternal === true) return UNKNOWN;
  vs.hasExternal = true;
  return OK;
}

function queueInterrupt(vs: ModelVs, vector: bigint): bigint {
  if (vector > 255n) return REG2;
  const isEnabled = (vs.registers.get(mv.MV_REG_RFLAGS) & RFLAGS_IF) !== 0n;
  if (!isEnabled || vs.registers.get(mv.MV_REG_INTERRUPT_SHADOW) !== 0n) return UNKNOWN;
  return inject(vs, vector);
}
