// What the system call interface promises, as a model: the status that each call must end with

import * as abi from "@bareflank/abi";
import {
  AMD_REG_XCR0,
  EXT_DIRECT_BASE,
  EXT_DIRECT_BYTES,
  HUGE_POOL_BYTES,
  MAX_HUGE_ALLOCATIONS,
  MAX_VMS,
  MAX_VPS,
  MAX_VSS,
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG0,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_SUCCESS,
} from "@bareflank/abi";
import { VMCB_FIELDS } from "../machine/vmcb.ts";

interface Vs {
  readonly vp: number;
  pp: number;
  active: boolean;
}

/** The kernel's objects as an extension may know them. Identifiers in arguments count with their low 16 bits. */
export class Model {
  handle = 0n;
  readonly ppCount: number;
  /** VM: its VPs, and what its direct map holds. */
  readonly vms = new Map<number, { readonly vps: Set<number>; readonly mapped: Set<bigint> }>();
  readonly vps = new Map<number, { readonly vm: number; readonly vss: Set<number> }>();
  readonly vss = new Map<number, Vs>();
  /** Addresses of pages and runs that the extension has. */
  readonly pages = new Set<bigint>();
  readonly runs = new Set<bigint>();

  constructor(ppCount: number) {
    this.ppCount = ppCount;
    this.addVm(0);
  }

  addVm(id: number): void {
    if (this.vms.has(id) || id >= MAX_VMS) throw new Error(`VM ${id} was there already, or cannot be`);
    this.vms.set(id, { vps: new Set(), mapped: new Set() });
  }

  addVp(id: number, vm: number): void {
    if (this.vps.has(id) || id >= MAX_VPS) throw new Error(`VP ${id} was there already, or cannot be`);
    this.vps.set(id, { vm, vss: new Set() });
    this.vms.get(vm)?.vps.add(id);
  }

  addVs(id: number, vp: number, pp: number): void {
    if (this.vss.has(id) || id >= MAX_VSS) throw new Error(`VS ${id} was there already, or cannot be`);
    this.vss.set(id, { vp, pp, active: false });
    this.vps.get(vp)?.vss.add(id);
  }

  removeVp(id: number): void {
    const vm = this.vps.get(id)?.vm ?? -1;
    this.vms.get(vm)?.vps.delete(id);
    this.vps.delete(id);
  }

  removeVs(id: number): void {
    const vp = this.vss.get(id)?.vp ?? -1;
    this.vps.get(vp)?.vss.delete(id);
    this.vss.delete(id);
  }

  activate(id: number): void {
    const next = this.vss.get(id);
    if (next === undefined) throw new Error(`VS ${id} cannot become active: there is none`);
    for (const vs of this.vss.values()) if (vs.pp === next.pp) vs.active = false;
    next.active = true;
  }

  vmOf(value: bigint) {
    return this.vms.get(id16(value));
  }

  vpOf(value: bigint) {
    return this.vps.get(id16(value));
  }

  vsOf(value: bigint) {
    return this.vss.get(id16(value));
  }

  /** A VS that is assigned to a processor; of those of others, calls on it know nothing. */
  vsHere(value: bigint, pp: number) {
    const vs = this.vsOf(value);
    return vs?.pp === pp ? vs : undefined;
  }

  #isActiveElsewhere(vss: ReadonlySet<number>, pp: number): boolean {
    return [...vss].some((id) => this.vss.get(id)?.active === true && this.vss.get(id)?.pp !== pp);
  }

  // -- statuses, each with the arguments REG0 (handle) to REG3 ---------------------------------------------------

  handled(reg0: bigint, then: () => bigint): bigint {
    return reg0 === this.handle ? then() : STATUS_FAILURE_INVALID_HANDLE;
  }

  vmCreate(): bigint {
    return this.vms.size < MAX_VMS ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
  }

  vmDestroy(reg1: bigint): bigint {
    const vm = this.vmOf(reg1);
    if (vm === undefined) return STATUS_INVALID_INPUT_REG1;
    return id16(reg1) === 0 || vm.vps.size > 0 ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
  }

  mapDirect(reg1: bigint, reg2: bigint, isOwned: (physical: bigint) => boolean): bigint {
    const vm = this.vmOf(reg1);
    if (vm === undefined) return STATUS_INVALID_INPUT_REG1;
    if (reg2 === 0n || reg2 % 4096n !== 0n || reg2 >= EXT_DIRECT_BYTES || isOwned(reg2))
      return STATUS_INVALID_INPUT_REG2;
    return vm.mapped.has(reg2) ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
  }

  unmapDirect(reg1: bigint, reg2: bigint): bigint {
    const vm = this.vmOf(reg1);
    if (vm === undefined) return STATUS_INVALID_INPUT_REG1;
    const offset = reg2 - EXT_DIRECT_BASE;
    if (offset <= 0n || offset >= EXT_DIRECT_BYTES || reg2 % 4096n !== 0n) return STATUS_INVALID_INPUT_REG2;
    return vm.mapped.has(offset) ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
  }

  vmTlbFlush(reg1: bigint): bigint {
    return this.vmOf(reg1) === undefined ? STATUS_INVALID_INPUT_REG1 : STATUS_SUCCESS;
  }

  vpCreate(reg1: bigint): bigint {
    if (this.vmOf(reg1) === undefined) return STATUS_INVALID_INPUT_REG1;
    return this.vps.size < MAX_VPS ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
  }

  vpDestroy(reg1: bigint): bigint {
    const vp = this.vpOf(reg1);
    if (vp === undefined) return STATUS_INVALID_INPUT_REG1;
    return vp.vss.size > 0 ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
  }

  vsCreate(reg1: bigint, reg2: bigint): bigint {
    if (this.vpOf(reg1) === undefined) return STATUS_INVALID_INPUT_REG1;
    if (id16(reg2) >= this.ppCount) return STATUS_INVALID_INPUT_REG2;
    return this.vss.size < MAX_VSS ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
  }

  vsDestroy(reg1: bigint): bigint {
    const vs = this.vsOf(reg1);
    if (vs === undefined) return STATUS_INVALID_INPUT_REG1;
    return vs.active ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
  }

  vsInitAsRoot(reg1: bigint, pp: number): bigint {
    return this.vsHere(reg1, pp) === undefined || id16(reg1) !== pp ? STATUS_INVALID_INPUT_REG1 : STATUS_SUCCESS;
  }

  vsRead(reg1: bigint, reg2: bigint, pp: number): bigint {
    if (this.vsHere(reg1, pp) === undefined) return STATUS_INVALID_INPUT_REG1;
    return isRegister(reg2) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG2;
  }

  vsWrite(reg1: bigint, reg2: bigint, reg3: bigint, pp: number): bigint {
    const status = this.vsRead(reg1, reg2, pp);
    if (status !== STATUS_SUCCESS) return status;
    return reg3 >> BigInt(registerBits(Number(reg2))) === 0n ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
  }

  vsRun(reg1: bigint, reg2: bigint, reg3: bigint, pp: number): bigint {
    const vp = this.vpOf(reg2);
    const vs = this.vsHere(reg3, pp);
    if (this.vmOf(reg1) === undefined) return STATUS_INVALID_INPUT_REG1;
    if (vp === undefined) return STATUS_INVALID_INPUT_REG2;
    if (vs === undefined) return STATUS_INVALID_INPUT_REG3;
    if (vp.vm !== id16(reg1)) return STATUS_INVALID_INPUT_REG2;
    if (vs.vp !== id16(reg2)) return STATUS_INVALID_INPUT_REG3;
    return this.#isActiveElsewhere(vp.vss, pp) ? STATUS_INVALID_INPUT_REG2 : STATUS_SUCCESS;
  }

  vsClear(reg1: bigint, pp: number): bigint {
    return this.vsHere(reg1, pp) === undefined ? STATUS_INVALID_INPUT_REG1 : STATUS_SUCCESS;
  }

  vsMigrate(reg1: bigint, reg2: bigint): bigint {
    const vs = this.vsOf(reg1);
    if (vs === undefined) return STATUS_INVALID_INPUT_REG1;
    if (id16(reg2) >= this.ppCount) return STATUS_INVALID_INPUT_REG2;
    return vs.pp !== id16(reg2) && vs.active ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
  }

  vsTlbFlush(reg1: bigint, reg2: bigint, pp: number): bigint {
    if (this.vsHere(reg1, pp) === undefined) return STATUS_INVALID_INPUT_REG1;
    return reg2 === 0n || reg2 % 4096n !== 0n ? STATUS_INVALID_INPUT_REG2 : STATUS_SUCCESS;
  }

  allocHuge(reg1: bigint): bigint {
    if (reg1 <= 4096n || reg1 >= BigInt(HUGE_POOL_BYTES) || reg1 % 4096n !== 0n) return STATUS_INVALID_INPUT_REG1;
    return this.runs.size < MAX_HUGE_ALLOCATIONS ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
  }

  dump(count: number, reg0: bigint): bigint {
    return id16(reg0) < count ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG0;
  }
}

/** Identifiers are the low 16 bits of a register. */
export const id16 = (value: bigint) => Number(value & 0xffffn);

const isRegister = (value: bigint) => value > 0n && value <= BigInt(AMD_REG_XCR0);

/** Names of the registers in a VMCB, by their numbers. */
const VMCB_NAMES = new Map(
  Object.keys(VMCB_FIELDS).map((name) => [Reflect.get(abi, `AMD_REG_${name}`) as number, name]),
);

/** How many bits a register has for vs_write: an ASID 16, as Intel's identifiers, CR8 4. */
export function registerBits(number: number): number {
  if (number === abi.AMD_REG_CR8) return 4;
  if (number === abi.AMD_REG_GUEST_ASID) return 16;
  const name = VMCB_NAMES.get(number) ?? "";
  return name === "RAX" ? 64 : 8 * (VMCB_FIELDS[name]?.[1] ?? 8);
}
