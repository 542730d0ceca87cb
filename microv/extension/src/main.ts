// MicroV: the operating system is the root VM, and makes guest VMs beside it by hypercalls
//
//     root.ts         exits of the root VM: CPUID, and hypercalls
//     hypercalls.ts   what each hypercall does; its arguments, checked
//     vm.ts vp.ts vcpu.ts   the objects that hypercalls name
//     run.ts          into a guest, and back to the root VM
//     guest-exits.ts  exits of a guest: what is done here, and what its caller gets to know
//     cpuid.ts msrs.ts registers.ts   what a guest has
//     exits/          kinds of exits
//
// One instance for all processors: what two of them touch is behind lockObjects(), or belongs to the vCPU that one of them
// has acquired.

import { Instruction, Next, Vs } from "@bareflank/sdk";
import { currentVcpu } from "./current";
import { guestExit } from "./guest-exits";
import { rootExit } from "./root";
import { showToRoot } from "./root-memory";
import { initVcpus } from "./vcpu";
import { noteProcessor } from "./vm";

/** Called on each processor when it starts: the operating system becomes its root VM, which does not see the hypervisor. */
export function bootstrap(ppid: u32): Next {
  if (ppid == 0) initVcpus();
  const root = Vs.createRoot(ppid).intercept(Instruction.Cpuid).intercept(Instruction.Hypercall);
  noteProcessor();
  return showToRoot(root) ? Next.Run : Next.Fail;
}

/** Called for each VM exit. */
export function vmexit(vsid: u32, reason: u64): Next {
  const vcpu = currentVcpu();
  return vcpu === null ? rootExit(vsid, reason) : guestExit(vcpu, reason);
}
