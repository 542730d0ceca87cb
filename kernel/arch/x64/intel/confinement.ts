// What a VM must not do, whatever its extension asked for: the kernel adds controls to the VMCS
//
// Three kinds of VS, as on AMD: the root VS, which is the operating system and owns the machine; guests, which own nothing;
// and among them those that were made through version 2 of the interface. For each control that decides whether something
// exits, or exists, in a VM (SDM volume 3, 25.6.1 to 25.6.3 and chapter 26) this table says what happens without the exit, and
// for whom the kernel asks for it. What an extension asked for is delivered; what the kernel alone asked for, unasked.ts
// serves as the last column says. What exits always (26.1.2: CPUID, GETSEC, INVD, XSETBV, VMX instructions, SEAMCALL,
// TDCALL; task switches, INIT, SIPI, triple faults) is delivered always. MSRs all exit without a bitmap. A test compares the
// table with what the VMCS holds.
//
// | bit       | control                | without it                                                 | guest     | root   | served       |
// |-----------|------------------------|------------------------------------------------------------|-----------|--------|--------------|
// | pin 0     | external interrupts    | the machine's interrupts are delivered to the VM, and lost | version 2 | -      | delivered    |
// | pin 3     | NMI                    | the same                                                   | forced    | forced | delivered    |
// | pin 5     | virtual NMIs           | the VM cannot tell when it may have one                    | forced    | forced |              |
// | pin 6     | preemption timer       | -                                                          | -         | -      |              |
// | pin 7     | posted interrupts      | (writes an address: refused in version 2)                  | -         | -      |              |
// | exc 1     | #DB                    | can be raised forever with no instruction between: a hang  | forced    | -      | raised again |
// | exc 17    | #AC                    | the same                                                   | forced    | -      | raised again |
// | exc *     | exceptions             | the VM's own; a machine check names an error to its victim | -         | -      |              |
// | proc 2    | interrupt window       | -                                                          | -         | -      |              |
// | proc 3    | TSC offset             | tells the time                                             | -         | -      |              |
// | proc 7    | HLT                    | waits for an interrupt                                     | -         | -      |              |
// | proc 9    | INVLPG                 | the VM's own, like the next but MWAIT                      | -         | -      |              |
// | proc 10   | MWAIT                  | waits for an interrupt, or a store                         | -         | -      |              |
// | proc 11   | RDPMC                  | tells what others do                                       | version 2 | -      | #GP          |
// | proc 12   | RDTSC                  | tells the time                                             | -         | -      |              |
// | proc 15   | CR3 loads              | the VM's own, like the next                                | -         | -      |              |
// | proc 16   | CR3 stores             |                                                            | -         | -      |              |
// | proc 17   | tertiary controls      | fields that the interface does not have: never             | cleared   | cleared |             |
// | proc 19   | CR8 loads              | masks the machine's interrupts                             | version 2 | -      | kept apart   |
// | proc 20   | CR8 stores             | tells which interrupts of the machine are masked           | version 2 | -      | kept apart   |
// | proc 21   | TPR shadow             | (writes an address: refused in version 2)                  | -         | -      |              |
// | proc 22   | NMI window             | -                                                          | -         | -      |              |
// | proc 23   | MOV DR                 | debug registers change hands with the VS                   | -         | -      |              |
// | proc 24   | all ports              | all of the machine's ports                                 | version 2 | -      | #GP          |
// | proc 25   | I/O bitmaps            | proc 24 decides                                            | -         | -      |              |
// | proc 27   | monitor trap flag      | -                                                          | -         | -      |              |
// | proc 28   | MSR bitmaps            | every MSR exits                                            | -         | -      |              |
// | proc 29   | MONITOR                | the VM's own memory                                        | -         | -      |              |
// | proc 30   | PAUSE                  | waits a moment                                             | -         | -      |              |
// | proc 31   | secondary controls     | the next do not exist                                      | forced    | forced |              |
// | second 0  | APIC accesses          | (writes an address: refused in version 2)                  | -         | -      |              |
// | second 1  | EPT                    | memory is the machine's: empty tables until nested_attach  | version 2 | -      | delivered    |
// | second 2  | descriptor tables      | the VM's own                                               | -         | -      |              |
// | second 3  | RDTSCP                 | #UD; with it: tells the time, and TSC_AUX                  | -         | -      |              |
// | second 4  | x2APIC virtual         | MSRs decide                                                | -         | -      |              |
// | second 5  | VPID                   | every entry and exit flushes                               | -         | -      |              |
// | second 6  | WBINVD                 | makes everybody's caches cold                              | version 2 | -      | skipped      |
// | second 7  | unrestricted guest     | the VM's own                                               | -         | -      |              |
// | second 8  | APIC registers         | (needs an address: refused in version 2, like the next)    | -         | -      |              |
// | second 9  | virtual interrupts     |                                                            | -         | -      |              |
// | second 10 | PAUSE loops            | waits a moment                                             | -         | -      |              |
// | second 11 | RDRAND                 | random numbers                                             | -         | -      |              |
// | second 12 | INVPCID                | #UD; with it: the VM's own                                 | -         | -      |              |
// | second 13 | VMFUNC                 | #UD; with it: EPTPs from a list (refused in version 2)     | -         | -      |              |
// | second 14 | VMCS shadowing         | VMREAD exits; with it: an address (refused in version 2)   | -         | -      |              |
// | second 15 | ENCLS                  | enclaves in the VM's own memory, if it is given any        | -         | -      |              |
// | second 16 | RDSEED                 | random numbers                                             | -         | -      |              |
// | second 17 | page-modification log  | -; with it: an address (refused in version 2)              | -         | -      |              |
// | second 18 | #VE                    | -; with it: an address (refused in version 2)              | -         | -      |              |
// | second 19 | conceal VMX from PT    | traces show exits                                          | -         | -      |              |
// | second 20 | XSAVES                 | #UD; with it: the VM's own                                 | -         | -      |              |
// | second 21 | PASID translation      | fields that the interface does not have: never             | cleared   | cleared |             |
// | second 22 | execute by mode        | the VM's own                                               | -         | -      |              |
// | second 23 | sub-page permissions   | -; with it: an address (refused in version 2)              | -         | -      |              |
// | second 24 | PT by guest addresses  | a trace is written to the machine's memory: its MSRs exit  | -         | -      |              |
// | second 25 | TSC scaling            | tells the time                                             | -         | -      |              |
// | second 26 | TPAUSE, UMWAIT         | #UD; with it: waits a moment                               | -         | -      |              |
// | second 27 | PCONFIG                | #UD; with it: programs keys of the machine's memory        | cleared   | -      |              |
// | second 28 | ENCLV                  | enclaves in the VM's own memory, if it is given any        | -         | -      |              |
// | second 30 | bus locks              | slow others down                                           | -         | -      |              |
// | second 31 | instruction timeout    | one instruction takes long                                 | -         | -      |              |

import { Vs } from "../../../src/vs";
import { SECONDARY_EPT } from "./controls";
import {
  VMCS_CR4,
  VMCS_CR4_MASK,
  VMCS_EXCEPTION_BITMAP,
  VMCS_PIN_CONTROLS,
  VMCS_PROCESSOR_CONTROLS,
  VMCS_SECONDARY_CONTROLS,
} from "./vmcs";

const PIN_EXTERNAL_INTERRUPT: u64 = 1;
const DEBUG_AND_ALIGNMENT: u64 = (1 << 1) | (1 << 17);
const PROCESSOR_RDPMC: u64 = 1 << 11;
const PROCESSOR_CR8: u64 = (1 << 19) | (1 << 20);
const PROCESSOR_TPR_SHADOW: u64 = 1 << 21;
const PROCESSOR_ALL_PORTS: u64 = 1 << 24;
const SECONDARY_WBINVD: u64 = 1 << 6;
const SECONDARY_PCONFIG: u64 = 1 << 27;

/**
 * Of CR4 what closed guests do not have: CET, PKS, UINTR, FRED. What comes with them lies in MSRs of the machine's, which the
 * processor reads and writes by itself (SDM volume 3, 2.5).
 */
export const CR4_CLOSED: u64 = (7 << 23) | (1 << 32);

/** What a field holds when an extension asked for `asked`, which the processor and the kernel can live with. */
export function confined(vs: Vs, field: u32, asked: u64): u64 {
  if (vs.isRoot()) return asked;
  if (field == VMCS_EXCEPTION_BITMAP) return asked | DEBUG_AND_ALIGNMENT;
  const strict = vs.isClosed();
  if (field == VMCS_SECONDARY_CONTROLS) {
    return (strict ? asked | SECONDARY_WBINVD | SECONDARY_EPT : asked) & ~SECONDARY_PCONFIG;
  }
  if (!strict) return asked;
  if (field == VMCS_CR4) return asked & ~CR4_CLOSED;
  if (field == VMCS_CR4_MASK) return asked | CR4_CLOSED;
  if (field == VMCS_PIN_CONTROLS) return asked | PIN_EXTERNAL_INTERRUPT;
  // With I/O bitmaps the processor does not look at PROCESSOR_ALL_PORTS
  if (field == VMCS_PROCESSOR_CONTROLS) return asked | PROCESSOR_RDPMC | PROCESSOR_CR8 | PROCESSOR_ALL_PORTS;
  return asked;
}
