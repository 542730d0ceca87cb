// A machine with the kernel that ships in it: memory, processors, a serial port, and a loader that has done its work

import { DEBUG_RING_CHARS, VENDOR_INTEL } from "@bareflank/abi";
import { type LoadedPart, loadPart } from "../../../bsl/test-support/index.ts";
import { exampleExtension } from "./example-extension.ts";
import { HostMemory } from "./host-memory.ts";
import { instructions } from "./instructions.ts";
import { Interruptions } from "./interruptions.ts";
import { Loader, type LoaderOptions } from "./loader.ts";
import { arrive } from "./operating-system.ts";
import { type Mapping, mappings, walk } from "./page-walk.ts";
import { PhysicalMemory } from "./physical-memory.ts";
import { type Kernel, Pp } from "./pp.ts";
import { Processor } from "./processor.ts";
import { SerialPort } from "./serial-port.ts";
import { StructureView } from "./structure-view.ts";
import { Vmcb } from "./vmcb.ts";
import { VmcsRegions, vmxInstructions } from "./vmx.ts";

/** Where the registers of the local APIC lie that runs, in xAPIC mode. */
export const APIC_BASE = 0xfee0_0000n;

/** Where the windows of the kernel's objects end in its linear memory (object-pages.ts). */
const WINDOWS_END = 0x302_0000;
const WASM_PAGE = 0x1_0000;

/**
 * @example
 * const machine = new Machine({ ppCount: 2 });
 * machine.pp(0).boot(); // { is: "called", rip: _start, ... }
 */
export class Machine {
  readonly physical = new PhysicalMemory();
  readonly serial = new SerialPort();
  /** What comes between two instructions of the kernel. */
  readonly interruptions = new Interruptions();
  /** Intel: where the VMCSs lie. */
  readonly regions = new VmcsRegions(this.physical);
  /** Memory as the processor that runs sees it from ring 0. */
  readonly memory: HostMemory;
  readonly kernel: LoadedPart<Kernel>;
  readonly #pps: readonly Pp[];
  #current = new Processor();

  constructor(options: Partial<LoaderOptions> = {}) {
    const current = () => this.#current;
    const loader = new Loader(this.physical, { extension: exampleExtension(), ...options });
    this.memory = new HostMemory(this.physical, current);
    const { physical, memory, serial } = this;
    const isIntel = options.vendor === VENDOR_INTEL;
    const processors = () => this.#pps.map(({ processor }) => processor);
    const nmiWindow = () => this.#pps.find(({ processor }) => processor === current())?.nmiWindow();
    const textSlide = options.textSlide ?? 0n;
    const common = instructions({ physical, memory, serial, current, nmiWindow, textSlide });
    const vmx = vmxInstructions({ current, memory, processors, regions: this.regions });
    const intrinsics = {
      ...common,
      pparea: this.interruptions.before(common.pparea ?? {}),
      vmx: this.interruptions.before(vmx),
    };
    this.kernel = loadPart<Kernel>("kernel", { memory, intrinsics });
    loader.mapLinear(this.kernel.linear);
    // Pages come and go in page tables only: here the module sees all of its objects' windows from the beginning
    this.kernel.linear.grow(WINDOWS_END / WASM_PAGE - this.kernel.linear.buffer.byteLength / WASM_PAGE);
    const context = {
      kernel: this.kernel.exports,
      memory,
      physical,
      select: (processor: Processor) => {
        this.#current = processor;
      },
    };
    this.#pps = loader.handOver().map((handover) => {
      const processor = new Processor(isIntel);
      if (options.leaves !== undefined) processor.leaves = new Map(options.leaves);
      this.#addApic(processor, handover.args.get("ppid"));
      for (const [index, value] of options.msrs ?? []) processor.addMsr(index, value);
      for (const [leaf, values] of options.moreLeaves ?? []) processor.leaves.set(leaf, values);
      arrive(processor, handover.state.values(), handover.root);
      return new Pp(context, processor, handover);
    });
  }

  /** In x2APIC mode, with an identifier that is not the PP's number; whom a command is for gets an NMI at once. */
  #addApic(processor: Processor, ppid: bigint): void {
    const idOf = (number: bigint) => number + 0x100n;
    processor.addMsr(0x1b, APIC_BASE | 0xc00n);
    processor.addMsr(0x802, idOf(ppid));
    processor.addMsr(0x830, 0n);
    processor.addMsr(0x834, 0x1_0000n);
    processor.onCommand = (command) =>
      this.beside(() => this.#pps.find((_, number) => idOf(BigInt(number)) === command >> 32n)?.nmi());
  }

  pp(ppid: number): Pp {
    const pp = this.#pps[ppid];
    if (pp === undefined) throw new RangeError(`there is no PP ${ppid}`);
    return pp;
  }

  /** What other processors do whenever the one that runs waits for them. */
  whilePaused(others: () => void): void {
    this.memory.onPause = () => {
      const waiting = this.#current;
      others();
      this.#current = waiting;
    };
  }

  /** Lets other processors do something between two instructions of the one that runs. */
  beside<T>(others: () => T): T {
    const waiting = this.#current;
    try {
      return others();
    } finally {
      this.#current = waiting;
    }
  }

  /** The page that an address lies in, as processor `ppid` sees it; undefined when nothing is mapped. */
  mapping(address: bigint, ppid = 0): Mapping | undefined {
    return walk(this.physical, this.pp(ppid).root, Number(address));
  }

  /** Everything that processor `ppid` has mapped. */
  mappings(ppid = 0): Map<number, Mapping> {
    return mappings(this.physical, this.pp(ppid).root);
  }

  /** Bytes at an address of processor `ppid`, whoever may read them. */
  bytesAt(address: bigint, bytes: number, ppid = 0): Uint8Array {
    const result = new Uint8Array(bytes);
    for (let done = 0; done < bytes; ) {
      const at = address + BigInt(done);
      const page = this.mapping(at, ppid);
      if (page === undefined) throw new Error(`nothing is mapped at 0x${at.toString(16)}`);
      const offset = Number(at & 4095n);
      const size = Math.min(bytes - done, 4096 - offset);
      result.set(this.physical.read(BigInt(page.physical + offset), size), done);
      done += size;
    }
    return result;
  }

  vmcbAt(physical: bigint): Vmcb {
    return new Vmcb(this.physical, physical);
  }

  /** The debug ring's cursors. */
  get ring(): StructureView {
    return new StructureView(this.physical, this.pp(0).args.get("ringPhys"), "DebugRing");
  }

  /** The debug ring's text, oldest first. */
  get log(): string {
    const [begin, end] = [this.ring.get("begin"), this.ring.get("end")];
    const text = this.physical.read(this.ring.address + 16n, DEBUG_RING_CHARS);
    const characters = Array.from({ length: Number(end - begin) }, (_, index) =>
      String.fromCharCode(text[Number((begin + BigInt(index)) % BigInt(DEBUG_RING_CHARS))] ?? 0),
    );
    return characters.join("");
  }
}
