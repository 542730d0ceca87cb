// CPUID (APM volume 3, CPUID): exits with the leaf in EAX and the subleaf in ECX

import { guest } from "../guest/guest";
import { Exit } from "./exit";

/** The VM executes CPUID. Next is AdvanceAndRun; without a handler the processor answers. */
@unmanaged
export class CpuidExit extends Exit {
  get leaf(): u32 {
    return <u32>guest.rax;
  }
  get subleaf(): u32 {
    return <u32>guest.rcx;
  }

  /** Gives this answer. */
  answer(eax: u32, ebx: u32, ecx: u32, edx: u32): void {
    guest.answer(eax, ebx, ecx, edx);
  }

  /** Gives the answer of the processor alone. Leaf and subleaf are gone then: keep them if you need them. */
  passThrough(): void {
    guest.answerCpuid(<u32>guest.rax);
  }
}
