// Every call that the fuzzer makes: how arguments are chosen, what must come back, what changes

import * as abi from "@bareflank/abi";
import type { Random } from "../../../bsl/test-support/index.ts";
import { CHUNKS } from "../machine/loader.ts";
import { MSR } from "../machine/processor.ts";
import { id16, type Model, registerBits } from "./model.ts";

/** What a call's arguments are chosen from. */
export interface Choice {
  readonly random: Random;
  readonly model: Model;
  /** The processor that makes the call. */
  readonly pp: number;
  /** Whether a physical page is the hypervisor's. */
  readonly isOwned: (physical: bigint) => boolean;
}

/** One call: REG0 to REG3, the status that must come back, and what has changed if that is success. */
export interface Call {
  readonly name: string;
  readonly number: number;
  readonly registers: readonly bigint[];
  readonly status: bigint;
  /** Gets REG0 and REG1 of the result. */
  readonly done?: (reg0: bigint, reg1: bigint) => void;
  /** Ends the callback when it succeeds: the VM runs. */
  readonly runs?: boolean;
}

type Maker = (choice: Choice) => Omit<Call, "name" | "number">;

const INTERESTING = [
  0n,
  1n,
  2n,
  15n,
  16n,
  255n,
  256n,
  0xffffn,
  0x1_0000n,
  0xffff_ffffn,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];

/** A value without meaning. */
function anything({ random }: Choice): bigint {
  return random.once(2) ? random.pick(INTERESTING) : random.next();
}

/** Mostly the handle. */
function handle(choice: Choice): bigint {
  return choice.random.once(12) ? anything(choice) : choice.model.handle;
}

/** Mostly one of these identifiers, its upper bits now and then set: they do not count. */
function id(choice: Choice, ids: Iterable<number>): bigint {
  const { random } = choice;
  const known = [...ids];
  if (known.length === 0 || random.once(10)) return anything(choice);
  const value = BigInt(random.pick(known));
  return random.once(5) ? value | (random.next() & ~0xffffn) : value;
}

const vm = (choice: Choice) => id(choice, choice.model.vms.keys());
const vp = (choice: Choice) => id(choice, choice.model.vps.keys());
const vs = (choice: Choice) => id(choice, choice.model.vss.keys());
const pp = (choice: Choice) =>
  id(
    choice,
    Array.from({ length: choice.model.ppCount }, (_, index) => index),
  );

/** A VS that is no processor's root VS: those stay, so that every processor always has one to run. */
function dispensableVs(choice: Choice): bigint {
  const { model } = choice;
  const value = id(
    choice,
    [...model.vss.keys()].filter((vsid) => vsid >= model.ppCount),
  );
  return id16(value) < model.ppCount ? value | 0x8000n : value;
}

const ownVs = (choice: Choice) =>
  id(
    choice,
    [...choice.model.vss].filter(([, { pp: place }]) => place === choice.pp).map(([vsid]) => vsid),
  );
const emptyVm = (choice: Choice) =>
  id(
    choice,
    [...choice.model.vms].filter(([vmid, { vps }]) => vmid !== 0 && vps.size === 0).map(([vmid]) => vmid),
  );
const emptyVp = (choice: Choice) =>
  id(
    choice,
    [...choice.model.vps].filter(([, { vss }]) => vss.size === 0).map(([vpid]) => vpid),
  );
const mappedVm = (choice: Choice) =>
  id(
    choice,
    [...choice.model.vms].filter(([, { mapped }]) => mapped.size > 0).map(([vmid]) => vmid),
  );

/** VM, VP and VS, mostly of one another and of this processor. */
function trio(choice: Choice): [bigint, bigint, bigint] {
  const { model, random, pp: here } = choice;
  const own = [...model.vss].filter(([, { pp: place }]) => place === here);
  if (own.length === 0 || random.once(4)) return [vm(choice), vp(choice), vs(choice)];
  const [vsid, { vp: vpid }] = random.pick(own);
  return [BigInt(model.vps.get(vpid)?.vm ?? 0), BigInt(vpid), BigInt(vsid)];
}

/** Physical addresses: few regions, so that few page tables are needed. */
function physical(choice: Choice): bigint {
  const { random } = choice;
  const owned = random.once(6) ? CHUNKS.map(({ base }) => BigInt(base)) : [];
  const region = random.pick([0x10_0000n, abi.EXT_DIRECT_BYTES - 0x10_0000n, ...owned]);
  if (random.once(10)) return anything(choice);
  return region + BigInt(random.below(64)) * 0x1000n + (random.once(10) ? 8n : 0n);
}

/** Registers whose value the simulated processor looks at: any would do for the others. */
function registerValue({ random }: Choice, register: bigint): bigint {
  if (Number(register) === abi.AMD_REG_XCR0) return random.pick([1n, 3n, 7n]);
  if (Number(register) === abi.AMD_REG_CR8) return BigInt(random.below(20));
  // Mostly one that the register takes
  return random.once(6) ? random.next() : BigInt.asUintN(registerBits(Number(register)), random.next());
}

/** A VS, a register and a value; what decides about running (RIP, DR7 and the like) is a VS's own matter. */
function access(choice: Choice): [bigint, bigint, bigint] {
  const register = choice.random.once(12) ? anything(choice) : BigInt(1 + choice.random.below(abi.AMD_REG_XCR0));
  return [vs(choice), register, registerValue(choice, register)];
}

const SHADOWED = [MSR.EFER, MSR.STAR, MSR.LSTAR, MSR.SFMASK, MSR.PAT, MSR.VM_HSAVE_PA, MSR.FS_BASE, MSR.SYSENTER_CS];
const KNOWN_MSRS = Object.values(MSR) as number[];

function runCall(choice: Choice): Omit<Call, "name" | "number"> {
  const { model, pp: here } = choice;
  const [reg0, [reg1, reg2, reg3]] = [handle(choice), trio(choice)];
  return {
    registers: [reg0, reg1, reg2, reg3],
    status: model.handled(reg0, () => model.vsRun(reg1, reg2, reg3, here)),
    done: () => model.activate(id16(reg3)),
  };
}

const runningCall: Maker = (choice) => ({ ...runCall(choice), runs: true });

function currentCall(choice: Choice): Omit<Call, "name" | "number"> {
  const reg0 = handle(choice);
  return { registers: [reg0], status: choice.model.handled(reg0, () => abi.STATUS_SUCCESS), runs: true };
}

function unmap(choice: Choice): Omit<Call, "name" | "number"> {
  const { model, random } = choice;
  const [reg0, reg1] = [handle(choice), random.once(6) ? vm(choice) : mappedVm(choice)];
  const mapped = [...(model.vmOf(reg1)?.mapped ?? [])];
  const chosen = mapped.length > 0 && !random.once(6) ? random.pick(mapped) : physical(choice);
  const reg2 = BigInt.asUintN(64, abi.EXT_DIRECT_BASE + chosen);
  return {
    registers: [reg0, reg1, reg2],
    status: model.handled(reg0, () => model.unmapDirect(reg1, reg2)),
    done: () => model.vmOf(reg1)?.mapped.delete(reg2 - abi.EXT_DIRECT_BASE),
  };
}

/** Frees what is there, or something that is not. */
function free(own: (model: Model) => Set<bigint>): Maker {
  return (choice) => {
    const { model, random } = choice;
    const reg0 = handle(choice);
    const there = [...own(model)];
    const reg1 = there.length > 0 && !random.once(6) ? random.pick(there) : anything(choice);
    const status = own(model).has(reg1) ? abi.STATUS_SUCCESS : abi.STATUS_INVALID_INPUT_REG1;
    return {
      registers: [reg0, reg1],
      status: model.handled(reg0, () => status),
      done: () => own(model).delete(reg1),
    };
  };
}

/** Makers by the call's name in the ABI, without `SYSCALL_`. */
export const makers: Readonly<Record<string, Maker>> = {
  DEBUG_OUT: (choice) => ({ registers: [anything(choice), anything(choice)], status: abi.STATUS_SUCCESS }),
  DEBUG_WRITE_C: (choice) => ({ registers: [anything(choice)], status: abi.STATUS_SUCCESS }),
  DEBUG_WRITE_STR: ({ random }) => {
    const isMapped = !random.once(3);
    const address = isMapped
      ? abi.EXT_CODE_BASE
      : random.pick([0n, abi.DIRECT_BASE, abi.KERNEL_IMAGE_BASE, abi.PP_AREA_BASE]);
    const length = BigInt(1 + random.below(8));
    return { registers: [address, length], status: isMapped ? abi.STATUS_SUCCESS : abi.STATUS_INVALID_INPUT_REG0 };
  },
  DEBUG_DUMP_VM: (choice) => dumpCall(choice, abi.MAX_VMS),
  DEBUG_DUMP_VP: (choice) => dumpCall(choice, abi.MAX_VPS),
  DEBUG_DUMP_VS: (choice) => dumpCall(choice, abi.MAX_VSS),
  DEBUG_DUMP_VMEXIT_LOG: (choice) => dumpCall(choice, choice.model.ppCount),
  DEBUG_DUMP_EXT: (choice) => dumpCall(choice, 1),
  DEBUG_DUMP_PAGE_POOL: () => ({ registers: [], status: abi.STATUS_SUCCESS }),
  DEBUG_DUMP_HUGE_POOL: () => ({ registers: [], status: abi.STATUS_SUCCESS }),
  VM_CREATE: (choice) => {
    const { model } = choice;
    const reg0 = handle(choice);
    return {
      registers: [reg0],
      status: model.handled(reg0, () => model.vmCreate()),
      done: (out) => model.addVm(id16(out)),
    };
  },
  VM_DESTROY: (choice) => {
    const { model, random } = choice;
    const [reg0, reg1] = [handle(choice), random.once(4) ? vm(choice) : emptyVm(choice)];
    const status = model.handled(reg0, () => model.vmDestroy(reg1));
    return { registers: [reg0, reg1], status, done: () => model.vms.delete(id16(reg1)) };
  },
  VM_MAP_DIRECT: (choice) => {
    const { model, isOwned } = choice;
    const [reg0, reg1, reg2] = [handle(choice), vm(choice), physical(choice)];
    return {
      registers: [reg0, reg1, reg2],
      status: model.handled(reg0, () => model.mapDirect(reg1, reg2, isOwned)),
      done: (out) => {
        if (out !== abi.EXT_DIRECT_BASE + reg2) throw new Error(`mapped at 0x${out.toString(16)}`);
        model.vmOf(reg1)?.mapped.add(reg2);
      },
    };
  },
  VM_UNMAP_DIRECT: unmap,
  VM_UNMAP_DIRECT_BROADCAST: unmap,
  VM_TLB_FLUSH: (choice) => {
    const { model } = choice;
    const [reg0, reg1] = [handle(choice), vm(choice)];
    return { registers: [reg0, reg1], status: model.handled(reg0, () => model.vmTlbFlush(reg1)) };
  },
  VP_CREATE: (choice) => {
    const { model } = choice;
    const [reg0, reg1] = [handle(choice), vm(choice)];
    const status = model.handled(reg0, () => model.vpCreate(reg1));
    return { registers: [reg0, reg1], status, done: (out) => model.addVp(id16(out), id16(reg1)) };
  },
  VP_DESTROY: (choice) => {
    const { model, random } = choice;
    const [reg0, reg1] = [handle(choice), random.once(4) ? vp(choice) : emptyVp(choice)];
    const status = model.handled(reg0, () => model.vpDestroy(reg1));
    return { registers: [reg0, reg1], status, done: () => model.removeVp(id16(reg1)) };
  },
  VS_CREATE: (choice) => {
    const { model } = choice;
    const [reg0, reg1, reg2] = [handle(choice), vp(choice), pp(choice)];
    return {
      registers: [reg0, reg1, reg2],
      status: model.handled(reg0, () => model.vsCreate(reg1, reg2)),
      done: (out) => model.addVs(id16(out), id16(reg1), id16(reg2)),
    };
  },
  VS_DESTROY: (choice) => {
    const { model } = choice;
    const [reg0, reg1] = [handle(choice), dispensableVs(choice)];
    const status = model.handled(reg0, () => model.vsDestroy(reg1));
    return { registers: [reg0, reg1], status, done: () => model.removeVs(id16(reg1)) };
  },
  VS_INIT_AS_ROOT: (choice) => {
    const { model, pp: here, random } = choice;
    const [reg0, reg1] = [handle(choice), random.once(4) ? vs(choice) : BigInt(here)];
    return { registers: [reg0, reg1], status: model.handled(reg0, () => model.vsInitAsRoot(reg1, here)) };
  },
  VS_READ: (choice) => {
    const { model, pp: here } = choice;
    const [reg0, [reg1, reg2]] = [handle(choice), access(choice)];
    return { registers: [reg0, reg1, reg2], status: model.handled(reg0, () => model.vsRead(reg1, reg2, here)) };
  },
  VS_WRITE: (choice) => {
    const { model, pp: here } = choice;
    const [reg0, [reg1, reg2, reg3]] = [handle(choice), access(choice)];
    const status = model.handled(reg0, () => model.vsWrite(reg1, reg2, reg3, here));
    return { registers: [reg0, reg1, reg2, reg3], status };
  },
  VS_RUN: runningCall,
  VS_RUN_CURRENT: currentCall,
  VS_ADVANCE_IP_AND_RUN: runningCall,
  VS_ADVANCE_IP_AND_RUN_CURRENT: currentCall,
  VS_CLEAR: (choice) => {
    const { model, pp: here } = choice;
    const [reg0, reg1] = [handle(choice), vs(choice)];
    return { registers: [reg0, reg1], status: model.handled(reg0, () => model.vsClear(reg1, here)) };
  },
  VS_MIGRATE: (choice) => {
    const { model } = choice;
    const [reg0, reg1, reg2] = [handle(choice), dispensableVs(choice), pp(choice)];
    return {
      registers: [reg0, reg1, reg2],
      status: model.handled(reg0, () => model.vsMigrate(reg1, reg2)),
      done: () => {
        const moved = model.vsOf(reg1);
        if (moved !== undefined) moved.pp = id16(reg2);
      },
    };
  },
  VS_SET_ACTIVE: runCall,
  VS_ADVANCE_IP_AND_SET_ACTIVE: runCall,
  VS_TLB_FLUSH: (choice) => {
    const { model, pp: here, random } = choice;
    const [reg0, reg1] = [handle(choice), random.once(6) ? vs(choice) : ownVs(choice)];
    const reg2 = random.once(4) ? anything(choice) : random.next() & ~0xfffn;
    return { registers: [reg0, reg1, reg2], status: model.handled(reg0, () => model.vsTlbFlush(reg1, reg2, here)) };
  },
  INTRINSIC_RDMSR: (choice) => {
    const { model, random } = choice;
    const [reg0, msr] = [handle(choice), random.once(4) ? random.below(0x1000) : random.pick(KNOWN_MSRS)];
    const status = KNOWN_MSRS.includes(msr) ? abi.STATUS_SUCCESS : abi.STATUS_FAILURE_UNKNOWN;
    return { registers: [reg0, BigInt(msr)], status: model.handled(reg0, () => status) };
  },
  INTRINSIC_WRMSR: (choice) => {
    const { model, random } = choice;
    const reg0 = handle(choice);
    const msr = random.once(3) ? random.pick([0x123, ...SHADOWED]) : MSR.TSC_AUX;
    const isFree = msr === MSR.TSC_AUX;
    const status = isFree ? abi.STATUS_SUCCESS : abi.STATUS_FAILURE_UNKNOWN;
    // All bits set is no value that any of the others has
    const value = isFree ? random.next() & 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
    return { registers: [reg0, BigInt(msr), value], status: model.handled(reg0, () => status) };
  },
  MEM_ALLOC_PAGE: (choice) => {
    const { model } = choice;
    const reg0 = handle(choice);
    return {
      registers: [reg0],
      status: model.handled(reg0, () => abi.STATUS_SUCCESS),
      done: (virtual, physicalAddress) => takeMemory(model, model.pages, virtual, physicalAddress),
    };
  },
  MEM_FREE_PAGE: free(({ pages }) => pages),
  MEM_ALLOC_HUGE: (choice) => {
    const { model, random } = choice;
    const reg0 = handle(choice);
    const reg1 = random.once(4) ? anything(choice) : BigInt(2 + random.below(6)) * 0x1000n;
    return {
      registers: [reg0, reg1],
      status: model.handled(reg0, () => model.allocHuge(reg1)),
      done: (virtual, physicalAddress) => takeMemory(model, model.runs, virtual, physicalAddress),
    };
  },
  MEM_FREE_HUGE: free(({ runs }) => runs),
};

function dumpCall(choice: Choice, count: number): Omit<Call, "name" | "number"> {
  const reg0 = choice.random.once(3) ? anything(choice) : BigInt(choice.random.below(count));
  return { registers: [reg0], status: choice.model.dump(count, reg0) };
}

function takeMemory(model: Model, own: Set<bigint>, virtual: bigint, physicalAddress: bigint): void {
  if (virtual !== abi.EXT_POOL_BASE + physicalAddress) throw new Error(`memory at 0x${virtual.toString(16)}`);
  if (model.pages.has(virtual) || model.runs.has(virtual)) throw new Error("memory was handed out twice");
  own.add(virtual);
}
