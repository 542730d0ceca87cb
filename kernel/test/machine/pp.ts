// One physical processor: plays arch/x64/entry.S, and lets the test play the extension and the guest
//
// Every method does what a processor and the assembly do between two calls of the kernel's TypeScript: it stores
// registers where the assembly stores them, calls the entry point, and does what the resulting action says.

import {
  ACTION_EXCHANGE,
  ACTION_HALT,
  ACTION_IRET,
  ACTION_PROMOTE,
  ACTION_RESUME,
  ACTION_RETURN,
  ACTION_RETURN_SAVED,
  ACTION_RUN,
  ACTION_SERVE,
  ACTION_UPCALL,
  ACTION_UPCALL_FRAME,
  ENTRY_AREA_KEEP,
  ENTRY_AREA_KERNEL_ROOT,
  ENTRY_AREA_NMIS_OPEN,
  ENTRY_AREA_USER_ROOT,
  PP_AREA_BASE,
  PP_BLOCK,
  PP_ENTRY,
  PP_TCB,
  SYSCALL_SIGNATURE,
} from "@bareflank/abi";
import { deliver, type Fault } from "./exception.ts";
import type { HostMemory } from "./host-memory.ts";
import { TEXT } from "./instructions.ts";
import type { Handover } from "./loader.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import { MSR, type Processor } from "./processor.ts";
import { StructureView } from "./structure-view.ts";
import { SvmSwitch } from "./svm-switch.ts";
import { Vmcb } from "./vmcb.ts";
import { INTEL_TEXT } from "./vmx.ts";
import { VmxSwitch } from "./vmx-switch.ts";
import type { WorldSwitch } from "./world-switch.ts";

/** Entry points of the kernel's module. */
export interface Kernel {
  enterBoot(): number;
  enterFastSyscall(reg0: bigint, rax: bigint): number;
  enterSyscall(reg0: bigint, reg1: bigint, reg2: bigint, reg3: bigint, rax: bigint): number;
  enterIntelFastSyscall(reg0: bigint, rax: bigint): number;
  enterExchange(): number;
  enterVmexit(reason: bigint): number;
  enterCarefulSyscall(reg0: bigint, rax: bigint): number;
  enterCarefulVmexit(reason: bigint): number;
  enterIntelExit(reason: bigint): number;
  enterException(frame: bigint): number;
  failAllocation(nth: number): void;
  isFailureDue(): number;
  emptyReserves(): number;
}

/** What a processor does after the kernel has worked on it. */
export type Outcome =
  | { readonly is: "returned"; readonly status: bigint }
  | ({ readonly is: "called" } & Readonly<Record<"rip" | "rsp" | "reg0" | "reg1" | "reg2" | "reg3" | "reg4", bigint>>)
  | { readonly is: "running"; readonly vmcb: bigint }
  | { readonly is: "resumed"; readonly frame: Record<string, bigint> }
  | { readonly is: "repaired"; readonly rip: bigint }
  | { readonly is: "given back" }
  | { readonly is: "held back" }
  | { readonly is: "halted" };

const PRESERVED = ["Rbx", "Rbp", "R12", "R13", "R14", "R15"];
/** Of an Outcome: arguments that only a message has. */
export const UNUSED_ARGUMENTS = { reg2: 0n, reg3: 0n, reg4: 0n } as const;
export const GENERAL = "rax rbx rcx rdx rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
/** Arguments that a call does not have: whoever looks at them is found out. */
const UNUSED = 0xbad0_0000_0000_0000n;

export interface PpContext {
  readonly kernel: Kernel;
  readonly memory: HostMemory;
  readonly physical: PhysicalMemory;
  /** Makes this processor the one that runs. */
  readonly select: (processor: Processor) => void;
}

export class Pp {
  readonly processor: Processor;
  readonly args: StructureView;
  readonly report: StructureView;
  readonly state: StructureView;
  readonly block: StructureView;
  /** REG0 to REG5 after the last call that returned. */
  registers: bigint[] = [];
  /** Registers that functions preserve, as ring 3 has them; the assembly saves them for a message. */
  preserved: Record<string, bigint> = {};
  /** Who executes instructions. */
  mode: "operating system" | "extension" | "guest" | "halted" = "operating system";
  /** AMD: NMIs that the guest got. */
  guestNmis = 0;
  /** While one of the kernel's entry points runs. */
  #isInKernel = false;
  readonly #context: PpContext;
  readonly #root: bigint;
  readonly #switch: WorldSwitch;

  constructor(context: PpContext, processor: Processor, handover: Handover) {
    this.#context = context;
    this.processor = processor;
    this.args = handover.args;
    this.report = handover.report;
    this.state = handover.state;
    this.block = handover.block;
    this.#root = handover.root;
    const { kernel, physical, memory } = context;
    const ppBlock = handover.block;
    this.#switch =
      processor.vmx === undefined
        ? new SvmSwitch({
            ...{ processor, ppBlock, physical, memory },
            enterVmexit: (reason) => kernel.enterVmexit(reason),
            enterCarefulVmexit: (reason) => kernel.enterCarefulVmexit(reason),
          })
        : new VmxSwitch({ processor, ppBlock, root: this.#root, enterExit: (reason) => kernel.enterIntelExit(reason) });
  }

  /** Has the kernel put everything that processors keep at hand into its pool: so counts are exact. */
  emptyReserves(): void {
    this.#context.select(this.processor);
    this.#context.kernel.emptyReserves();
  }

  /** Makes the kernel's nth allocation from now on fail, and only that one; 0: none. */
  failAllocation(nth: number): void {
    this.#context.kernel.failAllocation(nth);
  }

  /** Whether that allocation has not come. */
  isFailureDue(): boolean {
    return this.#context.kernel.isFailureDue() === 1;
  }

  /** Top-level page table. */
  get root(): number {
    return Number(this.#root);
  }

  /** The extension's TCB here, found as the kernel's block says. */
  get tcb(): StructureView {
    return new StructureView(this.#context.physical, this.block.get("tcb"), "Tcb");
  }

  /** The active VS's VMCB. */
  get vmcb(): Vmcb {
    return new Vmcb(this.#context.physical, this.block.get("vmcb"));
  }

  /** Intel's way into a guest and out again. */
  get vmx(): VmxSwitch {
    if (this.#switch instanceof VmxSwitch) return this.#switch;
    throw new Error("this processor is not Intel's");
  }

  /** kernel_entry. */
  boot(): Outcome {
    this.#expectMode("operating system");
    this.#context.select(this.processor);
    this.#isInKernel = true;
    return this.#act(this.#context.kernel.enterBoot());
  }

  /** syscall_entry: the extension makes a call; `call` is bits 31:0 of RAX, or all of it when it is a bigint. */
  syscall(call: number | bigint, ...given: readonly bigint[]): Outcome {
    this.#expectMode("extension");
    this.#context.select(this.processor);
    const { kernel } = this.#context;
    this.#enterKernel();
    const rax = typeof call === "bigint" ? call : (BigInt(SYSCALL_SIGNATURE) << 48n) | BigInt(call);
    const block = this.#blockHere();
    const registers = Array.from({ length: 6 }, (_, index) => given[index] ?? UNUSED + BigInt(index));
    registers.forEach((value, index) => {
      block.set(`reg${index}`, value);
    });
    block.set("status", rax);
    const [reg0 = 0n, reg1 = 0n, reg2 = 0n, reg3 = 0n] = registers;
    this.#isInKernel = true;
    const fast = this.#isCareful
      ? kernel.enterCarefulSyscall(reg0, rax)
      : this.processor.vmx
        ? kernel.enterIntelFastSyscall(reg0, rax)
        : kernel.enterFastSyscall(reg0, rax);
    if (fast !== ACTION_SERVE) return this.#act(fast);
    return this.#act(kernel.enterSyscall(reg0, reg1, reg2, reg3, rax));
  }

  /** Whether SYSCALL leads into a way that looks. */
  get #isCareful(): boolean {
    const entry = this.processor.rdmsr(MSR.LSTAR);
    const careful = this.processor.vmx === undefined ? AMD_CAREFUL : INTEL_CAREFUL;
    return careful.includes(entry);
  }

  /** Whether ring 3 has a table of its own. */
  get isIsolated(): boolean {
    return this.block.get("userRoot") !== 0n;
  }

  /** ENTER_KERNEL: what it needs is on ring 3's table. */
  #enterKernel(): void {
    if (this.isIsolated) this.processor.loadCr3(this.#entryWord(ENTRY_AREA_KERNEL_ROOT));
  }

  /** USE_USER_ROOT. */
  #useUserRoot(): void {
    if (!this.isIsolated) return;
    const root = this.#entryWord(ENTRY_AREA_USER_ROOT);
    this.processor.loadCr3(root);
    this.#context.memory.poke(ENTRY + BigInt(ENTRY_AREA_USER_ROOT), 8, root | this.#entryWord(ENTRY_AREA_KEEP));
    if (this.#entryWord(ENTRY_AREA_NMIS_OPEN) !== this.block.get("nmisOpen"))
      throw new Error("EntryArea and the block disagree about NMIs");
  }

  #entryWord(field: number): bigint {
    return this.#context.memory.peek(ENTRY + BigInt(field), 8);
  }

  /** The guest exits: fields of its VMCB that are given are set first. */
  exit(code: bigint, fields: Readonly<Record<string, bigint>> = {}): Outcome {
    this.#expectMode("guest");
    this.#context.select(this.processor);
    for (const [name, value] of Object.entries(fields)) this.#switch.set(name, value);
    return this.#leaveGuest(code);
  }

  /** An NMI arrives, wherever the processor is. On AMD the kernel holds it back, and ring 3 where nobody is watched. */
  nmi(): Outcome {
    if (this.processor.vmx !== undefined) {
      if (this.mode === "guest") return this.exit(0n, { VMEXIT_INTERRUPTION_INFORMATION: 0x8000_0202n });
      return this.mode === "extension" && !this.#isInKernel ? this.fault(2) : this.kernelFault(2);
    }
    if (this.mode === "guest") return this.#guestNmi();
    if (this.mode === "extension" && !this.#isInKernel && this.block.get("nmisOpen") === 1n) return this.fault(2);
    this.processor.hasNmi = true;
    return { is: "held back" };
  }

  /** One arrives in a VM on AMD (APM volume 2, 15.13.1 and 8.2.3): it exits and stays pending, or is the VM's own. */
  #guestNmi(): Outcome {
    const { processor } = this;
    processor.hasNmi = true;
    if (processor.blocksNmis) return { is: "held back" };
    if ((this.vmcb.get("INTERCEPT_INSTRUCTION1") & INTERCEPT_NMI) !== 0n) return this.exit(EXIT_NMI);
    processor.hasNmi = false;
    processor.blocksNmis = true;
    this.guestNmis++;
    return { is: "held back" };
  }

  /** The guest's handler of an NMI executes IRET (AMD), and again behind an exit that runs the VM on. */
  iret(): Outcome {
    this.#expectMode("guest");
    if ((this.vmcb.get("INTERCEPT_INSTRUCTION1") & INTERCEPT_IRET) !== 0n) {
      const outcome = this.exit(EXIT_IRET);
      return outcome.is === "running" ? this.iret() : outcome;
    }
    this.processor.blocksNmis = false;
    return this.processor.hasNmi ? this.nmi() : { is: "running", vmcb: this.#switch.block };
  }

  /** An NMI that was held back comes, in the kernel's window. */
  nmiWindow(): void {
    if (!this.processor.hasNmi) return;
    this.processor.hasNmi = false;
    this.kernelFault(2);
  }

  /** The guest's handler of an NMI is done (Intel). */
  endNmi(): Outcome | undefined {
    this.#expectMode("guest");
    this.#context.select(this.processor);
    const reason = this.vmx.endNmi();
    return reason === undefined ? undefined : this.#leaveGuest(reason);
  }

  /** The extension's current instruction raises an exception. */
  fault(vector: number, fault: Partial<Fault> = {}): Outcome {
    this.#expectMode("extension");
    return this.#raise({ cs: 0x2bn, ss: 0x23n, rsp: this.block.get("upcallRsp") - 8n, ...fault, vector });
  }

  /** An instruction of the kernel raises an exception. */
  kernelFault(vector: number, fault: Partial<Fault> = {}): Outcome {
    return this.#raise({ cs: 0x10n, ss: 0x18n, rsp: PP_AREA_BASE + 0x4f00n, ...fault, vector });
  }

  #raise(fault: Partial<Fault> & { readonly vector: number }): Outcome {
    this.#context.select(this.processor);
    const { cr3 } = this.processor;
    const frame = deliver(this.#context.memory, this.processor, fault);
    const action = this.#context.kernel.enterException(frame.address);
    if (action === ACTION_IRET) {
      const rip = frame.get("rip");
      // What came on ring 3's table in ring 0, an NMI, goes back to it
      if ((frame.get("cs") & 3n) !== 0n) this.#useUserRoot();
      else this.processor.cr3 = cr3;
      return { is: "repaired", rip };
    }
    return this.#act(action);
  }

  #act(action: number): Outcome {
    this.#isInKernel = false;
    const outcome = this.#carryOut(action);
    if (this.mode === "extension" && this.processor.cr3 === this.block.get("root")) this.#useUserRoot();
    const isOpen = this.mode === "extension" && this.block.get("nmisOpen") === 1n;
    if (!this.processor.hasNmi || !(isOpen || this.mode === "guest")) return outcome;
    this.processor.hasNmi = false;
    const then = this.nmi();
    return then.is === "called" || then.is === "halted" || then.is === "given back" ? then : outcome;
  }

  #carryOut(action: number): Outcome {
    switch (action) {
      case ACTION_EXCHANGE:
        this.#isInKernel = true;
        for (const name of PRESERVED) this.#blockHere().set(`user${name}`, this.preserved[name] ?? 0n);
        return this.#act(this.#context.kernel.enterExchange());
      case ACTION_RETURN_SAVED:
        for (const name of PRESERVED) this.preserved[name] = this.#blockHere().get(`user${name}`);
        return this.#act(ACTION_RETURN);
      case ACTION_RETURN:
        this.registers = Array.from({ length: 6 }, (_, index) => this.#blockHere().get(`reg${index}`));
        this.#enterExtension();
        return { is: "returned", status: this.#blockHere().get("status") };
      case ACTION_UPCALL:
        // On Intel that way does not look
        if (this.processor.vmx !== undefined && this.isIsolated)
          throw new Error("ring 3 is entered on the kernel's table");
        return this.#call();
      case ACTION_UPCALL_FRAME:
        return this.#call();
      case ACTION_RUN:
        return this.#enterGuest();
      case ACTION_RESUME: {
        this.mode = "extension";
        const frame = this.#blockHere();
        return { is: "resumed", frame: frameIn(frame) };
      }
      case ACTION_PROMOTE:
        this.mode = "operating system";
        return { is: "given back" };
      case ACTION_HALT:
        this.mode = "halted";
        return { is: "halted" };
      default:
        throw new RangeError(`the assembly knows no action ${action}`);
    }
  }

  /** upcall. */
  #call(): Outcome {
    this.#enterExtension();
    const block = this.#blockHere();
    const [rip, rsp] = [block.get("upcallRip"), block.get("upcallRsp")];
    const registers = [0, 1, 2, 3, 4].map((index) => block.get(`upcallReg${index}`));
    const [reg0 = 0n, reg1 = 0n, reg2 = 0n, reg3 = 0n, reg4 = 0n] = registers;
    return { is: "called", rip, rsp, reg0, reg1, reg2, reg3, reg4 };
  }

  /** The identifiers are rewritten each time the extension is entered, but not when it is resumed. */
  #enterExtension(): void {
    this.mode = "extension";
    const { memory } = this.#context;
    const block = this.#blockHere();
    memory.poke(TCB_IDS, 8, block.get("tcbIds0"));
    memory.poke(TCB_IDS + 8n, 8, block.get("tcbIds1"));
  }

  /** run_amd or run_intel. */
  #enterGuest(): Outcome {
    const reason = this.#switch.enter(this.#tcbHere());
    if (reason !== undefined) return this.#leaveGuest(reason);
    this.mode = "guest";
    return { is: "running", vmcb: this.#switch.block };
  }

  #leaveGuest(reason: bigint): Outcome {
    this.#isInKernel = true;
    return this.#act(this.#switch.leave(reason, this.#tcbHere()));
  }

  #blockHere(): StructureView {
    return new StructureView(this.#context.memory, PP_AREA_BASE + BigInt(PP_BLOCK), "PpBlock");
  }

  #tcbHere(): StructureView {
    return new StructureView(this.#context.memory, PP_AREA_BASE + BigInt(PP_TCB), "Tcb");
  }

  #expectMode(mode: Pp["mode"]): void {
    if (this.mode !== mode) throw new Error(`this processor executes the ${this.mode}, not the ${mode}`);
  }
}

/** Of the third intercept vector, and exit codes (APM volume 2, appendices B and C). */
const INTERCEPT_NMI = 1n << 1n;
const INTERCEPT_IRET = 1n << 20n;
const EXIT_NMI = 0x61n;
const EXIT_IRET = 0x74n;

const ENTRY = PP_AREA_BASE + BigInt(PP_ENTRY);
const AMD_CAREFUL: readonly bigint[] = [TEXT.OPEN_SYSCALL_ENTRY, TEXT.ISOLATED_ENTRY];
const INTEL_CAREFUL: readonly bigint[] = [INTEL_TEXT.CAREFUL_ENTRY, INTEL_TEXT.ISOLATED_ENTRY];
const TCB_IDS = PP_AREA_BASE + BigInt(PP_TCB) + 0xff0n;

/** The frame that the kernel keeps for `again`. */
function frameIn(block: StructureView): Record<string, bigint> {
  const names = FRAME_FIELDS;
  return Object.fromEntries(names.map((name, index) => [name, block.get("faultFrame", index)]));
}

export const FRAME_FIELDS = [
  ..."r15 r14 r13 r12 r11 r10 r9 r8 rdi rsi rbp rdx rcx rbx rax vector errorCode rip cs rflags rsp ss".split(" "),
];
