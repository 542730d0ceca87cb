// What a VM must not do, whatever its extension asked for: the kernel adds interceptions to the VMCB
//
// Three kinds of VS: the root VS, which is the operating system and owns the machine; guests, which own nothing; and among
// them those that were made through version 2 of the interface. For each bit of the intercept vectors 2 to 5 (APM volume 2,
// 15.9, 15.13 and appendix B) this table says what the processor does without it, and for whom the kernel sets it. What an
// extension asked for is delivered; what the kernel alone asked for, unasked.ts serves as the last column says.
// Vectors 0 and 1, control and debug registers, are forced for nobody: those are the VM's own, but for CR8 (V_INTR_MASKING).
// What is delivered in guests is the root VM's own in the root VM: NMIs (nmi.ts). A test compares the table with what the VMCB holds.
//
// | bit  | intercept       | un-intercepted                                             | guest     | root   | served         |
// |------|-----------------|------------------------------------------------------------|-----------|--------|----------------|
// | 2.1  | #DB             | can be raised forever with no instruction between: a hang  | forced    | -      | raised again   |
// | 2.17 | #AC             | the same                                                   | forced    | -      | raised again   |
// | 2.*  | exceptions      | the VM's own; a machine check names an error to its victim | -         | -      |                |
// | 3.0  | INTR            | the machine's interrupts are delivered to the VM, and lost | version 2 | -      | delivered      |
// | 3.1  | NMI             | is the VM's, even if it was sent to the kernel             | forced    | forced | delivered      |
// | 3.2  | SMI             | the firmware's handler runs, and returns                   | -         | -      |                |
// | 3.3  | INIT            | resets the processor, as its sender, the root VM, wants    | -         | -      |                |
// | 3.4  | VINTR           | a virtual interrupt is delivered                           | -         | -      |                |
// | 3.5  | CR0             | the VM's own                                               | -         | -      |                |
// | 3.6  | read IDTR       | the VM's own, like the next seven                          | -         | -      |                |
// | 3.7  | read GDTR       |                                                            | -         | -      |                |
// | 3.8  | read LDTR       |                                                            | -         | -      |                |
// | 3.9  | read TR         |                                                            | -         | -      |                |
// | 3.10 | write IDTR      |                                                            | -         | -      |                |
// | 3.11 | write GDTR      |                                                            | -         | -      |                |
// | 3.12 | write LDTR      |                                                            | -         | -      |                |
// | 3.13 | write TR        |                                                            | -         | -      |                |
// | 3.14 | RDTSC           | tells the time                                             | -         | -      |                |
// | 3.15 | RDPMC           | tells what others do                                       | version 2 | -      | #GP            |
// | 3.16 | PUSHF           | the VM's own, like the next                                | -         | -      |                |
// | 3.17 | POPF            |                                                            | -         | -      |                |
// | 3.18 | CPUID           | names the machine                                          | -         | -      |                |
// | 3.19 | RSM             | #UD                                                        | -         | -      |                |
// | 3.20 | IRET            | the VM's own, like the next                                | -         | -      |                |
// | 3.21 | INTn            |                                                            | -         | -      |                |
// | 3.22 | INVD            | drops what caches hold of anybody's memory                 | forced    | forced | skipped        |
// | 3.23 | PAUSE           | waits a moment                                             | -         | -      |                |
// | 3.24 | HLT             | waits for an interrupt                                     | -         | -      |                |
// | 3.25 | INVLPG          | the VM's own                                               | -         | -      |                |
// | 3.26 | INVLPGA         | flushes translations of any address space                  | forced    | forced | #UD            |
// | 3.27 | IOIO_PROT       | all of the machine's ports                                 | version 2 | -      | #GP            |
// | 3.28 | MSR_PROT        | all of the machine's MSRs, VM_HSAVE_PA among them          | forced    | forced | see guest-msrs |
// | 3.29 | task switches   | the VM's own                                               | -         | -      |                |
// | 3.30 | FERR_FREEZE     | the processor stands still until an interrupt comes        | forced    | -      | delivered      |
// | 3.31 | shutdown        | resets the machine                                         | forced    | -      | delivered      |
// | 4.0  | VMRUN           | the processor refuses the VS                               | -         | -      |                |
// | 4.1  | VMMCALL         | #UD; the root VM's driver asks the kernel by it (door.ts)  | -         | forced | #UD            |
// | 4.2  | VMLOAD          | reads any page of the machine (15.5.2)                     | forced    | forced | #UD            |
// | 4.3  | VMSAVE          | writes any page of the machine (15.5.2)                    | forced    | forced | #UD            |
// | 4.4  | STGI            | nothing, without CLGI                                      | forced    | forced | #UD            |
// | 4.5  | CLGI            | holds back whatever could take the processor from the VM   | forced    | forced | #UD            |
// | 4.6  | SKINIT          | resets the processor, and starts what the VM wants         | forced    | forced | #UD            |
// | 4.7  | RDTSCP          | tells the time, and TSC_AUX                                | -         | -      |                |
// | 4.8  | ICEBP           | the VM's own                                               | -         | -      |                |
// | 4.9  | WBINVD          | makes everybody's caches cold                              | version 2 | -      | skipped        |
// | 4.10 | MONITOR         | the VM's own memory                                        | -         | -      |                |
// | 4.11 | MWAIT           | waits for an interrupt, or a store                         | -         | -      |                |
// | 4.12 | MWAIT, armed    | the same                                                   | -         | -      |                |
// | 4.13 | XSETBV          | XCR0 changes hands with the VS                             | -         | -      |                |
// | 4.14 | RDPRU           | tells how busy the machine is                              | version 2 | -      | #UD            |
// | 4.15 | EFER, after     | the VM's own, but for SVME (see guest-msrs)                | -         | -      |                |
// | 4.*  | CR0-15, after   | the VM's own                                               | -         | -      |                |
// | 5.0  | INVLPGB         | #UD in guests, which are not given it; flushes the VM's    | -         | -      |                |
// | 5.1  | INVLPGB, wrong  | the same, #GP                                              | -         | -      |                |
// | 5.2  | INVPCID         | the VM's own                                               | -         | -      |                |
// | 5.3  | MCOMMIT         | waits for the VM's own stores                              | -         | -      |                |
// | 5.4  | TLBSYNC         | #UD in guests, which are not given it                      | -         | -      |                |
// | 5.5  | bus lock        | slows others down                                          | -         | -      |                |
// | 5.6  | HLT, idle       | waits for an interrupt                                     | -         | -      |                |

import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek64, poke32, poke64 } from "../../../../bsl/src/memory";
import { isNmiOwed } from "../../../src/announced";
import { Vs } from "../../../src/vs";
import { cpuidRegister } from "../cpu";
import { emptyTables } from "../empty-tables";
import {
  ASKED_INTERCEPTS,
  ASKED_IOPM,
  ASKED_MASKING,
  ASKED_MSRPM,
  ASKED_NESTED_CONTROL,
  ASKED_VIRTUAL_LBR,
  INTERRUPT_MASKING,
} from "./asked";
import { closedIoMap, closedMsrMap, openMsrMap } from "./default-maps";
import { forcedLbr } from "./lbr";
import {
  VMCB_IOPM_BASE,
  VMCB_MSRPM_BASE,
  VMCB_N_CR3,
  VMCB_NESTED_CONTROL,
  VMCB_VIRTUAL_INTERRUPT,
  VMCB_VIRTUAL_LBR,
} from "./vmcb";

/** Intercept vectors that can be forced: exceptions, and three of instructions; vector n lies at n * 4 in the VMCB. */
export const FIRST_VECTOR: u32 = 2;
export const LAST_VECTOR: u32 = 5;

export const INSTRUCTION1: u32 = 3;
const INSTRUCTION2: u32 = 4;

const DEBUG_AND_ALIGNMENT: u32 = (1 << 1) | (1 << 17);
const INTR: u32 = 1;
export const NMI: u32 = 1 << 1;
/** Of the handler of an NMI that the VM has from the processor itself: forced instead of that (nmi.ts). */
export const IRET: u32 = 1 << 20;
const RDPMC: u32 = 1 << 15;
const INVD_INVLPGA: u32 = (1 << 22) | (1 << 26);
export const IOIO_PROT: u32 = 1 << 27;
export const MSR_PROT: u32 = 1 << 28;
const FREEZE_SHUTDOWN: u32 = (1 << 30) | (1 << 31);
/** VMLOAD, VMSAVE, STGI, CLGI, SKINIT. */
const SVM_INSTRUCTIONS: u32 = 0x7c;
const VMMCALL: u32 = 1 << 1;
const WBINVD_RDPRU: u32 = (1 << 9) | (1 << 14);

/** Nested paging is on (appendix B, offset 90h). */
export const NESTED_PAGING: u64 = 1;

/** INVLPGB and TLBSYNC exist (CPUID 8000_0008h EBX), and are enabled in a VM (appendix B, offset 90h). */
const LEAF_INVLPGB: u32 = 0x8000_0008;
const HAS_INVLPGB: u32 = 1 << 3;
const ENABLE_INVLPGB: u64 = 1 << 7;

/** What the kernel forces of an intercept vector. */
function forced(vs: Vs, vector: u32): u32 {
  const nmi: u32 = isNmiOwed() && !vs.isClosed() ? IRET : NMI;
  if (vs.isRoot()) {
    if (vector == INSTRUCTION1) return INVD_INVLPGA | MSR_PROT | nmi;
    return vector == INSTRUCTION2 ? SVM_INSTRUCTIONS | VMMCALL : 0;
  }
  const strict = vs.isClosed();
  if (vector == FIRST_VECTOR) return DEBUG_AND_ALIGNMENT;
  if (vector == INSTRUCTION1) {
    const always = INVD_INVLPGA | MSR_PROT | FREEZE_SHUTDOWN | nmi;
    return strict ? always | INTR | RDPMC | IOIO_PROT : always;
  }
  if (vector == INSTRUCTION2) return strict ? SVM_INSTRUCTIONS | WBINVD_RDPRU : SVM_INSTRUCTIONS;
  return 0;
}

/** The bits of an intercept vector that an extension asked for. */
export function askedVector(vs: Vs, vector: u32): u32 {
  return <u32>vs.asked(ASKED_INTERCEPTS + (vector - FIRST_VECTOR));
}

/** Writes into the VMCB what its extension asked for, and what is forced. */
export function confine(vs: Vs): void {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  for (let vector = FIRST_VECTOR; vector <= LAST_VECTOR; vector++) {
    poke32(vmcb + vector * 4, askedVector(vs, vector) | forced(vs, vector));
  }
  poke64(vmcb + VMCB_MSRPM_BASE, msrMapOf(vs));
  poke64(vmcb + VMCB_IOPM_BASE, ioMapOf(vs));
  const masking = vs.isClosed() ? INTERRUPT_MASKING : vs.asked(ASKED_MASKING);
  const interrupt = vmcb + VMCB_VIRTUAL_INTERRUPT;
  poke64(interrupt, (peek64(interrupt) & ~INTERRUPT_MASKING) | masking);
  poke64(vmcb + VMCB_NESTED_CONTROL, nestedControl(vs));
  poke64(vmcb + VMCB_VIRTUAL_LBR, vs.asked(ASKED_VIRTUAL_LBR) | forcedLbr(vs));
  if (hasNoMemory(vs)) poke64(vmcb + VMCB_N_CR3, emptyTables());
}

/** Whoever asks for exits and may name no map by its address gets all of them that a closed guest may not go without. */
function msrMapOf(vs: Vs): u64 {
  const isAsked = (askedVector(vs, INSTRUCTION1) & MSR_PROT) != 0;
  if (isAsked && (vs.msrMap != 0 || !vs.namesObjects())) return vs.asked(ASKED_MSRPM);
  return isAsked || vs.isClosed() ? closedMsrMap() : openMsrMap();
}

function ioMapOf(vs: Vs): u64 {
  const isAsked = (askedVector(vs, INSTRUCTION1) & IOIO_PROT) != 0;
  const isOpen = isAsked ? vs.ioMap != 0 || !vs.namesObjects() : !vs.isClosed();
  return isOpen ? vs.asked(ASKED_IOPM) : closedIoMap();
}

/** Whether its guest physical addresses would be the machine's without tables of the kernel's. */
function hasNoMemory(vs: Vs): bool {
  return vs.isClosed() && vs.nested == 0;
}

/** The root VM has INVLPGB when the processor does: its CPUID says so, and the address space is its own on each. */
function nestedControl(vs: Vs): u64 {
  const control = vs.asked(ASKED_NESTED_CONTROL);
  if (!vs.isRoot()) return (hasNoMemory(vs) ? control | NESTED_PAGING : control) & ~ENABLE_INVLPGB;
  return (cpuidRegister(LEAF_INVLPGB, 0, 1) & HAS_INVLPGB) != 0 ? control | ENABLE_INVLPGB : control;
}
