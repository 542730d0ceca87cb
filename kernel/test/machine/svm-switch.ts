// run_amd: VMLOAD, VMRUN, VMSAVE, and the host's own VMLOAD

import { DIRECT_BASE } from "@bareflank/abi";
import type { Processor } from "./processor.ts";
import type { ByteMemory, StructureView } from "./structure-view.ts";
import { isRunnable, Vmcb, vmload, vmsave } from "./vmcb.ts";
import type { WorldSwitch } from "./world-switch.ts";

const VMEXIT_INVALID = 0xffff_ffff_ffff_ffffn;

export interface SvmContext {
  readonly processor: Processor;
  /** The kernel's per-processor block. */
  readonly ppBlock: StructureView;
  /** Memory as the host's page tables show it. */
  readonly memory: ByteMemory;
  readonly physical: ConstructorParameters<typeof Vmcb>[0];
  readonly enterVmexit: (reason: bigint) => number;
  readonly enterCarefulVmexit: (reason: bigint) => number;
}

/** A refused VMRUN stores what the processor has, as QEMU 7.2 and Bochs 2.7 do: of what was refused nothing is left. */
function spoil(vmcb: Vmcb, processor: Processor): void {
  vmcb.set("CR0", processor.cr0);
  vmcb.set("CR3", processor.cr3);
  vmcb.set("CR4", processor.cr4);
  vmcb.set("EVENTINJ", 0n);
}

export class SvmSwitch implements WorldSwitch {
  readonly #context: SvmContext;

  constructor(context: SvmContext) {
    this.#context = context;
  }

  get block(): bigint {
    return this.#context.ppBlock.get("vmcb");
  }

  get vmcb(): Vmcb {
    return new Vmcb(this.#context.physical, this.block);
  }

  get(name: string): bigint {
    return this.vmcb.get(name);
  }

  set(name: string, value: bigint): void {
    this.vmcb.set(name, value);
  }

  enter(tcb: StructureView): bigint | undefined {
    const { vmcb } = this;
    const { processor, ppBlock, memory } = this.#context;
    const virtual = ppBlock.get("vmcbVirtual");
    if (virtual !== DIRECT_BASE + this.block) throw new Error("vmcb and vmcbVirtual disagree");
    vmload(processor, vmcb);
    memory.poke(virtual + 0x5f8n, 8, tcb.get("rax"));
    if (!isRunnable(vmcb)) {
      spoil(vmcb, processor);
      return VMEXIT_INVALID;
    }
    processor.cr2 = vmcb.get("CR2");
    processor.writeDr(6, vmcb.get("DR6"));
    processor.writeDr(7, vmcb.get("DR7"));
    return undefined;
  }

  leave(reason: bigint, tcb: StructureView): number {
    const { vmcb } = this;
    const { processor, ppBlock, physical, enterVmexit, enterCarefulVmexit } = this.#context;
    vmcb.set("EXITCODE", reason);
    vmsave(processor, vmcb);
    vmload(processor, new Vmcb(physical, ppBlock.get("hostVmcb")));
    processor.dr[7] = 0x400n;
    tcb.set("rax", vmcb.get("RAX"));
    const enter = ppBlock.get("careful") === 1n ? enterCarefulVmexit : enterVmexit;
    return enter(vmcb.get("EXITCODE"));
  }
}
