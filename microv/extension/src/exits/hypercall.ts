// VMMCALL and VMCALL of a guest: KVM's hypercalls (Linux's Documentation/virt/kvm/x86/hypercalls.rst), of which there are none yet

import { codeMode, exitPrivilege, guest, MODE_64, Next } from "@bareflank/sdk";

/** KVM_ENOSYS: there is no such call; KVM_EPERM: not for programs. */
const NO_SUCH_CALL: i64 = -1000;
const NOT_PERMITTED: i64 = -1;

const LOW: u64 = 0xffff_ffff;

/** In 32 bits, but for 64-bit code. */
export function answerHypercall(): Next {
  const answer: u64 = exitPrivilege() == 0 ? NO_SUCH_CALL : NOT_PERMITTED;
  guest.rax = codeMode() == MODE_64 ? answer : answer & LOW;
  return Next.AdvanceAndRun;
}
