// NMIs in a VM on AMD: those that were announced are the kernel's, the others go to the operating system as they would have
//
// All exit, and the processor holds them: the exit takes none. One that was announced (src/kick.ts) comes in the kernel's own
// window. Any other is owed to the VM: it runs again, does not exit for NMIs, and has it from the processor itself, which knows
// when, and blocks the next one until the handler's IRET. That exits, and from then on NMIs do again. So what the operating system
// finds is what it would find without us; and a kick within its handler waits for the end of that.
//
// Manual: APM volume 2, 15.13.1 (intercepted interrupts stay pending), 15.17 (the global interrupt flag), 8.2.3 (NMI).

import { isKicked, isNmiOwed, oweNmi, payNmi } from "../../../src/announced";
import { Vs } from "../../../src/vs";
import { nmiWindow } from "../cpu";
import { askedVector, confine, INSTRUCTION1, IRET, NMI } from "./confinement";
import { redeliver } from "./events";

/** Exit codes (appendix C). */
export const EXIT_NMI: u32 = 0x61;
export const EXIT_IRET: u32 = 0x74;

/** An exit for an NMI, or for IRET: whether the VS runs on, and its extension hears of nothing. */
export function serveNmi(vs: Vs, code: u32): bool {
  const asked = askedVector(vs, INSTRUCTION1);
  if (code == EXIT_IRET) {
    // Another VM of this processor's may have had the next one meanwhile, and its IRET has been the end of it
    if (isNmiOwed()) payNmi();
    confine(vs);
    return (asked & IRET) == 0;
  }
  const isOwed = !isKicked() && (asked & NMI) == 0 && !vs.isClosed();
  if (!isKicked() && !isOwed) return false;
  redeliver(vs);
  if (isOwed && oweNmi()) confine(vs);
  else nmiWindow();
  return true;
}
