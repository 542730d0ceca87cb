// What a VM exit loads into the processor: host mode as enterHostMode() has made it (SDM volume 3, 25.5 and 28.5)
//
// All of it is constant on one processor, so it is written when a VS first becomes active there. What a VM exit loads by
// itself: DR7, the limits of GDTR and IDTR (0xFFFF) and of TR (0x67, so I/O permissions are cut off; see ports.ts).

import { PP_BLOCK_ROOT } from "../../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_GDT, PP_STACK, PP_STACK_BYTES } from "../../../../abi/generated/bare/windows";
import { threadPointer } from "../../../src/extension";
import { block64, ppid } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { rdmsr, readCr4 } from "../cpu";
import { idtAddress, KERNEL_CODE_SELECTOR, KERNEL_STACK_SELECTOR, TSS_BASE, TSS_SELECTOR } from "../descriptors";
import { HOST_CR0 as CR0, HOST_PAT as PAT } from "../host-registers";
import { meetProcessor } from "../own-msrs";
import {
  HOST_CR0,
  HOST_CR3,
  HOST_CR4,
  HOST_CS_SELECTOR,
  HOST_EFER,
  HOST_FS_BASE,
  HOST_GDTR_BASE,
  HOST_IDTR_BASE,
  HOST_PAT,
  HOST_RIP,
  HOST_RSP,
  HOST_SS_SELECTOR,
  HOST_TR_BASE,
  HOST_TR_SELECTOR,
} from "./vmcs";
import { intelExitEntry, vmwrite } from "./vmx";

const MSR_EFER: u32 = 0xc000_0080;

/** Writes the host-state area of the current VMCS, a VS's of this processor. What is not written is 0. */
export function writeHostState(vs: Vs): void {
  vs.hostOf = ppid() + 1;
  meetProcessor(vs);
  vmwrite(HOST_CR0, CR0);
  vmwrite(HOST_CR3, block64(PP_BLOCK_ROOT));
  vmwrite(HOST_CR4, readCr4());
  vmwrite(HOST_EFER, rdmsr(MSR_EFER));
  vmwrite(HOST_PAT, PAT);
  vmwrite(HOST_CS_SELECTOR, KERNEL_CODE_SELECTOR);
  vmwrite(HOST_SS_SELECTOR, KERNEL_STACK_SELECTOR);
  vmwrite(HOST_TR_SELECTOR, TSS_SELECTOR);
  vmwrite(HOST_FS_BASE, threadPointer(ppid()));
  vmwrite(HOST_TR_BASE, TSS_BASE);
  vmwrite(HOST_GDTR_BASE, PP_AREA_BASE + PP_GDT);
  vmwrite(HOST_IDTR_BASE, idtAddress());
  vmwrite(HOST_RSP, PP_AREA_BASE + PP_STACK + PP_STACK_BYTES);
  vmwrite(HOST_RIP, intelExitEntry());
}
