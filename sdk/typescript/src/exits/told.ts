// What the microkernel tells of an exit without being asked: a load each, where reading a register of the VS is a system call
//
// Both vendors' words have the same places; what they mean is the vendor's, and the classes of the exits know. CPUID's exits have none.

import {
  TCB_EXIT_CODE,
  TCB_EXIT_EVENT,
  TCB_EXIT_INFORMATION1,
  TCB_EXIT_INFORMATION2,
  TCB_EXIT_INSTRUCTION,
  TCB_EXIT_NEXT_RIP,
  TCB_EXIT_PRIORITY,
  TCB_EXIT_PRIVILEGE,
  TCB_EXIT_RFLAGS,
  TCB_EXIT_RIP,
  TCB_EXIT_SHADOW,
} from "../../../../abi/generated/bare/tls";
import { tcbLoad64 } from "../calls/tcb";
import { isIntel } from "../vendor/vendor";
import { modeOf } from "../vs/segments";

/** Bits of Intel's interruptibility state (SDM volume 3, 25.4.2): behind STI, and behind a move to SS. */
const INTEL_SHADOW: u64 = 3;
/** Of AMD's word, which has more (APM volume 2, 15.21.1): V_TPR. */
const PRIORITY: u64 = 15;
/** The one bit of AMD's word (APM volume 2, 15.21.5). */
const AMD_SHADOW: u64 = 1;

/** EXITINFO1 (APM volume 2, 15.7), or the exit qualification (SDM volume 3, 28.2.1). */
export function information1(): u64 {
  return tcbLoad64(TCB_EXIT_INFORMATION1);
}

/** EXITINFO2, or the guest physical address. */
export function information2(): u64 {
  return tcbLoad64(TCB_EXIT_INFORMATION2);
}

/** What was being delivered: EXITINTINFO (APM volume 2, 15.7.2), or the IDT-vectoring information (SDM volume 3, 25.9.3). */
export function interruptedEvent(): u64 {
  return tcbLoad64(TCB_EXIT_EVENT);
}

/** Intel's instruction information (SDM volume 3, 28.2.5). */
export function instructionInformation(): u64 {
  return tcbLoad64(TCB_EXIT_INSTRUCTION);
}

/** RIP, and behind the instruction: 0 where AMD's processor does not tell. */
export function toldRip(): u64 {
  return tcbLoad64(TCB_EXIT_RIP);
}

export function toldNextRip(): u64 {
  return tcbLoad64(TCB_EXIT_NEXT_RIP);
}

export function toldRflags(): u64 {
  return tcbLoad64(TCB_EXIT_RFLAGS);
}

/** CS.L and CS.D: Intel's access rights have them four bits higher than the attributes of AMD (SDM volume 3, table 25-2). */
export function toldMode(): u32 {
  return modeOf(isIntel() ? tcbLoad64(TCB_EXIT_CODE) >> 4 : tcbLoad64(TCB_EXIT_CODE));
}

/** Current privilege level. */
export function privilege(): u32 {
  return <u32>tcbLoad64(TCB_EXIT_PRIVILEGE);
}

/** Whether the VM took no interrupt before its next instruction, as behind STI. */
export function toldShadow(): bool {
  return (tcbLoad64(TCB_EXIT_SHADOW) & (isIntel() ? INTEL_SHADOW : AMD_SHADOW)) != 0;
}

/** Task priority: CR8, of a VM that has its own. */
export function toldPriority(): u64 {
  return tcbLoad64(TCB_EXIT_PRIORITY) & PRIORITY;
}
