// VMMCALL and VMCALL of a guest: KVM's hypercalls (Linux's Documentation/virt/kvm/x86/hypercalls.rst), of which there are none yet

import { exitPrivilege, guest, Next } from "@bareflank/sdk";

/** KVM_ENOSYS: there is no such call; KVM_EPERM: not for programs. */
const NO_SUCH_CALL: i64 = -1000;
const NOT_PERMITTED: i64 = -1;

export function answerHypercall(): Next {
  guest.rax = exitPrivilege() == 0 ? NO_SUCH_CALL : NOT_PERMITTED;
  return Next.AdvanceAndRun;
}
