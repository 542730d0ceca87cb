// Counts CPUIDs, on each processor for itself; a CPUID leaf of its own tells the count

import * as sdk from "@bareflank/sdk";
import { guest, Instruction, log, logNumber, Next, Vs } from "@bareflank/sdk";

/** Leaf that tells the count: lower half in EAX, upper half in EDX; in EBX how many of them asked for this leaf. */
const LEAF_COUNT: u32 = 0x4000_0010;

let count: u64 = 0;
let asked: u32 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  Vs.createRoot(ppid).intercept(Instruction.Cpuid).intercept(Instruction.Vmrun);
  return Next.Run;
}

/** Called for each VM exit. */
export function vmexit(vsid: u32, reason: u64): Next {
  if (reason == sdk.EXIT_CPUID) return cpuid(<u32>guest.rax);
  if (reason == sdk.EXIT_VMRUN) return Vs.of(vsid).injectUndefinedOpcode();
  return Next.Fail;
}

function cpuid(leaf: u32): Next {
  count++;
  if (leaf == sdk.CPUID_CONTROL) return control(<u32>guest.rcx);
  if (leaf == LEAF_COUNT) guest.answer(<u32>count, ++asked, 0, <u32>(count >> 32));
  else guest.answerCpuid(leaf);
  return Next.AdvanceAndRun;
}

/** The control leaf, by which the driver starts and stops: only the operating system's kernel may use it. */
function control(command: u32): Next {
  const allowed = guest.privilege == 0 && command - sdk.CPUID_CONTROL_STOP <= 2;
  guest.answer(allowed ? sdk.CPUID_CONTROL_DONE : sdk.CPUID_CONTROL_REFUSED, 0, 0, 0);
  if (allowed && command == sdk.CPUID_CONTROL_STOP) return Next.Stop;
  if (allowed && command == sdk.CPUID_CONTROL_REPORT_ON) log("in a VM now");
  if (allowed && command == sdk.CPUID_CONTROL_REPORT_OFF) {
    logNumber("CPUIDs counted: ", count);
    logNumber("of these for the count itself: ", asked);
  }
  return Next.AdvanceAndRun;
}
