// run_intel: VMLAUNCH or VMRESUME with the processor's checks, and the exit with what the assembly saves

import {
  ENTRY_LAUNCH,
  ENTRY_REFUSED,
  ENTRY_STATE,
  EXT_TLS_BASE,
  EXT_TLS_STRIDE,
  PAGE_SIZE,
  PP_AREA_BASE,
  PP_STACK,
  PP_STACK_BYTES,
} from "@bareflank/abi";
import { INTEL_MSR, MSR, type Processor } from "./processor.ts";
import type { StructureView } from "./structure-view.ts";
import type { Vmcs } from "./vmcs.ts";
import { CR4_VMXE, ERROR, INTEL_TEXT } from "./vmx.ts";
import type { WorldSwitch } from "./world-switch.ts";

/** Exit reasons (SDM volume 3, appendix C). */
const NMI_WINDOW = 8n;
const INVALID_GUEST_STATE = 0x8000_0021n;
/** What the kernel is told instead when the instruction failed. */
const FAILED = 0xffff_ffff_ffff_ffffn;

const PROCESSOR_NMI_WINDOW = 1n << 22n;
const NMI_BLOCKED = 8n;
const INJECT_NMI = 0x8000_0202n;
const HOST_FMASK = 0xffff_fffdn;
const HOST_STAR = 0x001b_0010_0000_0000n;
/** TF, IF, DF, NT, AC. */
const FMASK_NEEDED = 0x4_4700n;

export interface VmxSwitchContext {
  readonly processor: Processor;
  readonly ppBlock: StructureView;
  readonly root: bigint;
  readonly enterExit: (reason: bigint) => number;
}

export class VmxSwitch implements WorldSwitch {
  /** NMIs that the guest got. */
  nmis = 0;
  readonly #context: VmxSwitchContext;

  constructor(context: VmxSwitchContext) {
    this.#context = context;
  }

  get block(): bigint {
    return this.#context.ppBlock.get("vmcs");
  }

  get vmcs(): Vmcs {
    const current = this.#context.processor.vmx?.current;
    if (current === undefined) throw new Error("no VMCS is current");
    return current.vmcs;
  }

  get(name: string): bigint {
    return this.vmcs.get(name);
  }

  set(name: string, value: bigint): void {
    this.vmcs.set(name, value);
  }

  enter(): bigint | undefined {
    const { ppBlock, processor } = this.#context;
    if (processor.vmx?.current?.address !== this.block) throw new Error("another VMCS is current than the active VS's");
    const work = ppBlock.get("entryWork");
    if ((work & BigInt(ENTRY_STATE)) !== 0n) this.#loadState();
    processor.wrmsr(MSR.LSTAR, ppBlock.get("guestLstar"));
    const error = this.#instructionError((work & BigInt(ENTRY_LAUNCH)) !== 0n);
    if (error !== 0n) {
      this.vmcs.set("VM_INSTRUCTION_ERROR", error);
      ppBlock.set("entryWork", ppBlock.get("entryWork") | BigInt(ENTRY_REFUSED));
      return FAILED;
    }
    if (!isGuestStateValid(this.vmcs)) return INVALID_GUEST_STATE;
    this.vmcs.launched = true;
    this.#loadGuest();
    return this.#takesNmi() ? NMI_WINDOW : undefined;
  }

  leave(reason: bigint): number {
    const { ppBlock, processor, enterExit } = this.#context;
    if (reason !== FAILED) {
      this.vmcs.set("EXIT_REASON", reason);
      if (reason >> 31n === 0n) this.#saveGuest();
      this.#loadHost();
    }
    const [star, fmask] = [processor.rdmsr(MSR.STAR), processor.rdmsr(MSR.SFMASK)];
    ppBlock.set("guestLstar", processor.rdmsr(MSR.LSTAR));
    ppBlock.set("guestStar", star);
    ppBlock.set("guestFmask", fmask);
    processor.wrmsr(MSR.LSTAR, ppBlock.get("callEntry"));
    if (((star >> 32n) & 0xffffn) !== 0x10n || (fmask & FMASK_NEEDED) !== FMASK_NEEDED) {
      processor.wrmsr(MSR.STAR, HOST_STAR);
      processor.wrmsr(MSR.SFMASK, HOST_FMASK);
      ppBlock.set("entryWork", ppBlock.get("entryWork") | BigInt(ENTRY_STATE));
    }
    ppBlock.set("guestCr2", processor.cr2);
    ppBlock.set("guestDr6", processor.readDr(6));
    ppBlock.set("portsOpen", 0n);
    return enterExit(reason === FAILED ? this.vmcs.get("EXIT_REASON") : reason);
  }

  /** The guest's handler of an NMI is done (IRET); the reason when it exits then. */
  endNmi(): bigint | undefined {
    this.vmcs.set("INTERRUPTIBILITY_STATE", this.vmcs.get("INTERRUPTIBILITY_STATE") & ~NMI_BLOCKED);
    return this.#takesNmi() ? NMI_WINDOW : undefined;
  }

  #takesNmi(): boolean {
    const wanted = (this.vmcs.get("PRIMARY_PROC_BASED_VM_EXECUTION_CTLS") & PROCESSOR_NMI_WINDOW) !== 0n;
    return wanted && (this.vmcs.get("INTERRUPTIBILITY_STATE") & NMI_BLOCKED) === 0n;
  }

  #loadState(): void {
    const { ppBlock, processor } = this.#context;
    ppBlock.set("entryWork", ppBlock.get("entryWork") & ~BigInt(ENTRY_STATE));
    processor.wrmsr(MSR.STAR, ppBlock.get("guestStar"));
    processor.wrmsr(MSR.SFMASK, ppBlock.get("guestFmask"));
    processor.cr2 = ppBlock.get("guestCr2");
    processor.writeDr(6, ppBlock.get("guestDr6"));
  }

  /** Checks on launch state, controls and host state (27.2 and 27.3); 0 when all is well. */
  #instructionError(isLaunch: boolean): bigint {
    const { vmcs } = this;
    if (isLaunch && vmcs.launched) return ERROR.LAUNCH_NOT_CLEAR;
    if (!isLaunch && !vmcs.launched) return ERROR.NOT_LAUNCHED;
    const controls = Object.entries(CONTROLS).every(([name, msr]) =>
      this.#isAllowed(vmcs.get(name), this.#context.processor.rdmsr(msr)),
    );
    const vpid =
      (vmcs.get("SECONDARY_PROC_BASED_VM_EXECUTION_CTLS") & 0x20n) === 0n ||
      vmcs.get("VIRTUAL_PROCESSOR_IDENTIFIER") !== 0n;
    if (!controls || !vpid) return 7n;
    return this.#isHostStateRight() ? 0n : 8n;
  }

  #isAllowed(value: bigint, capability: bigint): boolean {
    const [ones, allowed] = [capability & 0xffff_ffffn, capability >> 32n];
    return (value & ones) === ones && (value & ~allowed) === 0n;
  }

  /** Stricter than a processor: host mode has exactly one state. */
  #isHostStateRight(): boolean {
    const { vmcs } = this;
    const { processor, root } = this.#context;
    const expected: Record<string, bigint> = {
      HOST_CR0: processor.cr0,
      HOST_CR3: root,
      HOST_CR4: processor.cr4,
      HOST_EFER: processor.rdmsr(MSR.EFER),
      HOST_PAT: processor.rdmsr(MSR.PAT),
      HOST_CS: 0x10n,
      HOST_SS: 0x18n,
      HOST_TR: 0x40n,
      ...Object.fromEntries(["DS", "ES", "FS", "GS", "GS_BASE"].map((name) => [`HOST_${name}`, 0n])),
      ...Object.fromEntries(["CS", "ESP", "EIP"].map((name) => [`HOST_SYSENTER_${name}`, 0n])),
      HOST_FS_BASE: EXT_TLS_BASE + this.#context.ppBlock.get("ppid") * EXT_TLS_STRIDE + BigInt(PAGE_SIZE),
      HOST_TR_BASE: processor.segments.tr.base,
      HOST_GDTR_BASE: processor.gdtr.base,
      HOST_IDTR_BASE: processor.idtr.base,
      HOST_RSP: PP_AREA_BASE + BigInt(PP_STACK + PP_STACK_BYTES),
      HOST_RIP: INTEL_TEXT.EXIT_ENTRY,
    };
    return Object.entries(expected).every(([name, value]) => vmcs.get(name) === value);
  }

  #loadGuest(): void {
    const { vmcs } = this;
    const { processor } = this.#context;
    processor.writeDr(7, vmcs.get("DR7"));
    processor.wrmsr(MSR.PAT, vmcs.get("PAT"));
    processor.wrmsr(MSR.EFER, vmcs.get("EFER"));
    if ((vmcs.get("VMENTRY_CTLS") & 4n) !== 0n) processor.wrmsr(MSR.DEBUGCTL, vmcs.get("DEBUGCTL"));
    if (vmcs.get("VMENTRY_INTERRUPT_INFORMATION_FIELD") !== INJECT_NMI) return;
    this.nmis++;
    vmcs.set("VMENTRY_INTERRUPT_INFORMATION_FIELD", 0n);
    vmcs.set("INTERRUPTIBILITY_STATE", vmcs.get("INTERRUPTIBILITY_STATE") | NMI_BLOCKED);
  }

  #saveGuest(): void {
    const { processor } = this.#context;
    this.vmcs.set("DR7", processor.readDr(7));
    this.vmcs.set("PAT", processor.rdmsr(MSR.PAT));
    this.vmcs.set("EFER", processor.rdmsr(MSR.EFER));
    if ((this.vmcs.get("VMEXIT_CTLS") & 4n) !== 0n) this.vmcs.set("DEBUGCTL", processor.rdmsr(MSR.DEBUGCTL));
  }

  /** 28.5. */
  #loadHost(): void {
    const { vmcs } = this;
    const { processor } = this.#context;
    processor.dr[7] = 0x400n;
    processor.wrmsr(MSR.DEBUGCTL, 0n);
    processor.wrmsr(MSR.PAT, vmcs.get("HOST_PAT"));
    processor.wrmsr(MSR.EFER, vmcs.get("HOST_EFER"));
    processor.gdtr = { base: vmcs.get("HOST_GDTR_BASE"), limit: 0xffff };
    processor.idtr = { base: vmcs.get("HOST_IDTR_BASE"), limit: 0xffff };
    processor.segments.tr = { selector: 0x40, attrib: 0x8b, limit: 0x67, base: vmcs.get("HOST_TR_BASE") };
    processor.segments.fs.base = vmcs.get("HOST_FS_BASE");
  }
}

const CONTROLS = {
  PIN_BASED_VM_EXECUTION_CTLS: INTEL_MSR.VMX_TRUE_PIN,
  PRIMARY_PROC_BASED_VM_EXECUTION_CTLS: INTEL_MSR.VMX_TRUE_PROCESSOR,
  SECONDARY_PROC_BASED_VM_EXECUTION_CTLS: INTEL_MSR.VMX_SECONDARY,
  VMEXIT_CTLS: INTEL_MSR.VMX_TRUE_EXIT,
  VMENTRY_CTLS: INTEL_MSR.VMX_TRUE_ENTRY,
} as const;

/** The checks on guest state (27.3.1) that matter here. */
function isGuestStateValid(vmcs: Vmcs): boolean {
  const [cr0, cr4, efer, entry] = ["CR0", "CR4", "EFER", "VMENTRY_CTLS"].map((name) => vmcs.get(name));
  const longMode = ((efer ?? 0n) & 0x400n) !== 0n;
  const segments = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"].every((name) => {
    const rights = vmcs.get(`${name}_ATTRIB`);
    if ((rights & 0x1_0000n) !== 0n) return name !== "CS" && name !== "TR";
    return (rights & 0x80n) !== 0n && (rights & ~0x1_f0ffn) === 0n && ((rights & 0x10n) === 0n || (rights & 1n) !== 0n);
  });
  return (
    segments &&
    ((cr0 ?? 0n) & 0x20n) !== 0n &&
    ((cr4 ?? 0n) & CR4_VMXE) !== 0n &&
    (((entry ?? 0n) & 0x200n) !== 0n) === longMode &&
    vmcs.get("VMCS_LINK_POINTER") === 0xffff_ffff_ffff_ffffn &&
    (vmcs.get("RFLAGS") & 2n) !== 0n
  );
}
