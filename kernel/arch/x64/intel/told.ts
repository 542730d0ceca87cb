// What handlers ask about exits most, for them to find without a system call: words of the extension's TCB

import {
  TCB_CR4,
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
import { PP_TCB } from "../../../../abi/generated/bare/windows";
import { activeVs } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { ppStore64 } from "../pparea";
import { VS_CR8 } from "../register-file";
import {
  VMCS_CR4,
  VMCS_CS_ATTRIB,
  VMCS_EXIT_INSTRUCTION_LENGTH,
  VMCS_IDT_VECTORING,
  VMCS_INSTRUCTION_INFORMATION,
  VMCS_INTERRUPTIBILITY,
  VMCS_PHYSICAL_ADDRESS,
  VMCS_QUALIFICATION,
  VMCS_RFLAGS,
  VMCS_RIP,
  VMCS_SS_ATTRIB,
} from "./vmcs";
import { vmread } from "./vmx";

/** Of the active VS, whose VMCS is current. */
export function tellCr4(): void {
  ppStore64(PP_TCB + TCB_CR4, vmread(VMCS_CR4));
}

/** It exited, and its extension is to hear of it: everything. */
export function tellExit(): void {
  tellCr4();
  ppStore64(PP_TCB + TCB_EXIT_INFORMATION1, vmread(VMCS_QUALIFICATION));
  ppStore64(PP_TCB + TCB_EXIT_INFORMATION2, vmread(VMCS_PHYSICAL_ADDRESS));
  ppStore64(PP_TCB + TCB_EXIT_EVENT, vmread(VMCS_IDT_VECTORING));
  ppStore64(PP_TCB + TCB_EXIT_INSTRUCTION, vmread(VMCS_INSTRUCTION_INFORMATION));
  ppStore64(PP_TCB + TCB_EXIT_PRIVILEGE, (vmread(VMCS_SS_ATTRIB) >> 5) & 3);
  ppStore64(PP_TCB + TCB_EXIT_SHADOW, vmread(VMCS_INTERRUPTIBILITY));
  ppStore64(PP_TCB + TCB_EXIT_PRIORITY, changetype<Vs>(activeVs()).readParked(VS_CR8));
  const rip = vmread(VMCS_RIP);
  ppStore64(PP_TCB + TCB_EXIT_RIP, rip);
  ppStore64(PP_TCB + TCB_EXIT_NEXT_RIP, rip + vmread(VMCS_EXIT_INSTRUCTION_LENGTH));
  ppStore64(PP_TCB + TCB_EXIT_RFLAGS, vmread(VMCS_RFLAGS));
  ppStore64(PP_TCB + TCB_EXIT_CODE, vmread(VMCS_CS_ATTRIB));
}
