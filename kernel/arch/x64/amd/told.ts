// What handlers ask about exits most, for them to find without a system call: words of the extension's TCB

import {
  TCB_CR4,
  TCB_EXIT_CODE,
  TCB_EXIT_EVENT,
  TCB_EXIT_INFORMATION1,
  TCB_EXIT_INFORMATION2,
  TCB_EXIT_NEXT_RIP,
  TCB_EXIT_PRIORITY,
  TCB_EXIT_PRIVILEGE,
  TCB_EXIT_RFLAGS,
  TCB_EXIT_RIP,
  TCB_EXIT_SHADOW,
} from "../../../../abi/generated/bare/tls";
import { PP_TCB } from "../../../../abi/generated/bare/windows";
import { peek8, peek16, peek64 } from "../../../../bsl/src/memory";
import { ppStore64 } from "../pparea";
import {
  VMCB_CPL,
  VMCB_CR4,
  VMCB_CS,
  VMCB_EXITINFO1,
  VMCB_EXITINFO2,
  VMCB_EXITINTINFO,
  VMCB_INTERRUPT_SHADOW,
  VMCB_NRIP,
  VMCB_RFLAGS,
  VMCB_RIP,
  VMCB_VIRTUAL_INTERRUPT,
} from "./vmcb";

/** Of a segment register, behind its selector (APM volume 2, appendix B). */
const SEGMENT_ATTRIBUTES: u64 = 2;

/** Of the active VS, whose VMCB has this native address. */
export function tellCr4(vmcb: u64): void {
  ppStore64(PP_TCB + TCB_CR4, peek64(vmcb + VMCB_CR4));
}

/** It exited, and its extension is to hear of it: everything. */
export function tellExit(vmcb: u64): void {
  tellCr4(vmcb);
  ppStore64(PP_TCB + TCB_EXIT_INFORMATION1, peek64(vmcb + VMCB_EXITINFO1));
  ppStore64(PP_TCB + TCB_EXIT_INFORMATION2, peek64(vmcb + VMCB_EXITINFO2));
  ppStore64(PP_TCB + TCB_EXIT_EVENT, peek64(vmcb + VMCB_EXITINTINFO));
  ppStore64(PP_TCB + TCB_EXIT_PRIVILEGE, peek8(vmcb + VMCB_CPL));
  ppStore64(PP_TCB + TCB_EXIT_SHADOW, peek64(vmcb + VMCB_INTERRUPT_SHADOW));
  ppStore64(PP_TCB + TCB_EXIT_PRIORITY, peek64(vmcb + VMCB_VIRTUAL_INTERRUPT));
  ppStore64(PP_TCB + TCB_EXIT_RIP, peek64(vmcb + VMCB_RIP));
  ppStore64(PP_TCB + TCB_EXIT_NEXT_RIP, peek64(vmcb + VMCB_NRIP));
  ppStore64(PP_TCB + TCB_EXIT_RFLAGS, peek64(vmcb + VMCB_RFLAGS));
  ppStore64(PP_TCB + TCB_EXIT_CODE, peek16(vmcb + VMCB_CS + SEGMENT_ATTRIBUTES));
}
