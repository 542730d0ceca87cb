// VMX instructions on the simulated machine, which is strict: what a processor leaves undefined is an error here

import type { Intrinsics } from "../../../bsl/test-support/index.ts";
import { GeneralProtection, type Processor } from "./processor.ts";
import type { ByteMemory } from "./structure-view.ts";
import { isReadOnly, Vmcs } from "./vmcs.ts";
import type { VmxUnit } from "./vmx-unit.ts";

/** Where a linker would have put the entries of Intel's own ways. */
export const INTEL_TEXT = {
  EXIT_ENTRY: 0x4000_0060n,
  SYSCALL_ENTRY: 0x4000_0080n,
  CAREFUL_ENTRY: 0x4000_0090n,
  ISOLATED_ENTRY: 0x4000_00b0n,
} as const;

export const CR4_VMXE = 1n << 13n;
/** VM-instruction errors (SDM volume 3, 31.4). */
export const ERROR = { VMXON_POINTER: 10n, UNSUPPORTED: 12n, READ_ONLY: 13n, LAUNCH_NOT_CLEAR: 4n, NOT_LAUNCHED: 5n };
/** The processor's VMCS revision. */
export const REVISION = 0x2bn;

/** The machine's VMCSs, by the physical addresses of their regions. */
export class VmcsRegions {
  readonly #physical: ByteMemory;
  readonly #known = new Map<bigint, Vmcs>();
  #made = 0n;

  constructor(physical: ByteMemory) {
    this.#physical = physical;
  }

  /** The VMCS in a region. A page that has been cleared since is a new one. */
  at(address: bigint): Vmcs {
    if (address === 0n || address % 4096n !== 0n) throw new GeneralProtection(`no VMCS region at ${address}`);
    if (this.#physical.peek(address, 4) !== REVISION) throw new Error("a VMCS region without the processor's revision");
    const known = this.#known.get(address);
    if (known !== undefined && this.#physical.peek(address + 8n, 8) !== 0n) return known;
    this.#physical.poke(address + 8n, 8, ++this.#made);
    const made = new Vmcs();
    this.#known.set(address, made);
    return made;
  }
}

export interface VmxContext {
  readonly current: () => Processor;
  readonly memory: ByteMemory;
  readonly regions: VmcsRegions;
  readonly processors: () => readonly Processor[];
}

/** The intrinsics' implementation, to be given to loadPart. */
export function vmxInstructions({ current, memory, regions, processors }: VmxContext): Intrinsics[string] {
  const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
  const unit = (): VmxUnit => {
    const { vmx } = current();
    if (vmx === undefined || !vmx.on) throw new Error("a VMX instruction outside of VMX operation (#UD)");
    return vmx;
  };
  const currentVmcs = (): Vmcs => {
    const vmcs = unit().current?.vmcs;
    if (vmcs === undefined) throw new Error("no VMCS is current (VMfailInvalid)");
    return vmcs;
  };
  const fail = (error: bigint): number => {
    currentVmcs().set("VM_INSTRUCTION_ERROR", error);
    return 0;
  };
  const read = (field: number): bigint | undefined => {
    unit().reads++;
    return currentVmcs().read(field);
  };
  return {
    vmxon: (region: bigint) => {
      const processor = current();
      const { vmx } = processor;
      if (vmx === undefined || vmx.on || (processor.cr4 & CR4_VMXE) === 0n) return 0;
      if ((processor.cr0 & 0x8000_0021n) !== 0x8000_0021n) return 0;
      regions.at(u64(region));
      vmx.on = true;
      return 1;
    },
    vmxoff: () => {
      const vmx = unit();
      if (vmx.loaded.size !== 0) throw new Error("VMXOFF with a VMCS that is not clear");
      vmx.on = false;
    },
    vmclear: (address: bigint) => {
      const vmx = unit();
      const vmcs = regions.at(u64(address));
      vmcs.launched = false;
      vmx.loaded.delete(u64(address));
      if (vmx.current?.address === u64(address)) vmx.current = undefined;
      return 1;
    },
    vmptrld: (address: bigint) => {
      const vmx = unit();
      const elsewhere = processors().some((other) => other !== current() && other.vmx?.loaded.has(u64(address)));
      if (elsewhere) throw new Error("a VMCS is active on two processors");
      vmx.current = { address: u64(address), vmcs: regions.at(u64(address)) };
      vmx.loaded.add(u64(address));
      return 1;
    },
    vmread: (field: number) => {
      const value = read(field);
      if (value === undefined) throw new Error(`vmread of field 0x${field.toString(16)}, which does not exist`);
      return value;
    },
    tryVmread: (field: number, out: bigint) => {
      const value = read(field);
      if (value === undefined) return fail(ERROR.UNSUPPORTED);
      memory.poke(u64(out), 8, value);
      return 1;
    },
    vmwrite: (field: number, value: bigint) => {
      unit().writes++;
      if (isReadOnly(field)) return fail(ERROR.READ_ONLY);
      return currentVmcs().write(field, u64(value)) ? 1 : fail(ERROR.UNSUPPORTED);
    },
    invvpid: (type: number, vpid: number, address: bigint) => {
      if (type < 2 && vpid === 0) return 0;
      const words = [`page 0x${u64(address).toString(16)} of VPID ${vpid}`, `VPID ${vpid}`, "all VPIDs"];
      current().flushes.push(words[type] ?? "");
      return 1;
    },
    invept: (type: number, pointer: bigint) => {
      current().flushes.push(type === 1 ? `EPT 0x${u64(pointer).toString(16)}` : "all EPTs");
      return 1;
    },
    intelExitEntry: () => INTEL_TEXT.EXIT_ENTRY,
    intelSyscallEntry: () => INTEL_TEXT.SYSCALL_ENTRY,
    carefulSyscallEntry: () => INTEL_TEXT.CAREFUL_ENTRY,
    intelIsolatedEntry: () => INTEL_TEXT.ISOLATED_ENTRY,
  };
}
