// The virtual machine control structure: encodings of its fields, and the place of each register of the ABI among them
//
//     14  13 12  11  10  9            1   0
//    ┌──────┬───┬──────┬───────────────┬───┐   width: 16, 64, 32 bits, natural
//    │width │ 0 │ type │     index     │ 0 │   type: control, read-only, guest, host
//    └──────┴───┴──────┴───────────────┴───┘
//
// Manual: Intel 64 and IA-32 Architectures Software Developer's Manual (SDM), volume 3, 25.11.2 and appendix B.

import {
  INTEL_REG_ADDRESS_OF_IO_BITMAP_A,
  INTEL_REG_CR0,
  INTEL_REG_CR0_GUEST_HOST_MASK,
  INTEL_REG_CR8,
  INTEL_REG_ES_LIMIT,
  INTEL_REG_ES_SELECTOR,
  INTEL_REG_EXIT_QUALIFICATION,
  INTEL_REG_PHYSICAL_ADDRESS,
  INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER,
  INTEL_REG_VM_INSTRUCTION_ERROR,
  INTEL_REG_VMCS_LINK_POINTER,
  INTEL_REG_VMX_PREEMPTION_TIMER_VALUE,
} from "../../../../abi/generated/bare/registers-intel";

export const VMCS_VPID: u32 = 0x0000;

// Guest segment registers: ES, CS, SS, DS, FS, GS, LDTR, TR, and for limit and base GDTR, IDTR, two apart
export const VMCS_ES_SELECTOR: u32 = 0x0800;
export const VMCS_ES_LIMIT: u32 = 0x4800;
export const VMCS_GDTR_LIMIT: u32 = 0x4810;
export const VMCS_IDTR_LIMIT: u32 = 0x4812;
export const VMCS_ES_ATTRIB: u32 = 0x4814;
export const VMCS_CS_ATTRIB: u32 = 0x4816;
export const VMCS_SS_ATTRIB: u32 = 0x4818;
export const VMCS_ES_BASE: u32 = 0x6806;
export const VMCS_GDTR_BASE: u32 = 0x6816;
export const VMCS_IDTR_BASE: u32 = 0x6818;

export const VMCS_MSR_BITMAP: u32 = 0x2004;
export const VMCS_EPT_POINTER: u32 = 0x201a;
export const VMCS_PHYSICAL_ADDRESS: u32 = 0x2400;
export const VMCS_LINK_POINTER: u32 = 0x2800;
export const VMCS_DEBUGCTL: u32 = 0x2802;
export const VMCS_PAT: u32 = 0x2804;
export const VMCS_EFER: u32 = 0x2806;

export const VMCS_PIN_CONTROLS: u32 = 0x4000;
export const VMCS_PROCESSOR_CONTROLS: u32 = 0x4002;
export const VMCS_EXCEPTION_BITMAP: u32 = 0x4004;
export const VMCS_EXIT_CONTROLS: u32 = 0x400c;
export const VMCS_ENTRY_CONTROLS: u32 = 0x4012;
export const VMCS_ENTRY_INTERRUPTION: u32 = 0x4016;
export const VMCS_ENTRY_ERROR_CODE: u32 = 0x4018;
export const VMCS_ENTRY_LENGTH: u32 = 0x401a;
export const VMCS_SECONDARY_CONTROLS: u32 = 0x401e;
export const VMCS_INSTRUCTION_ERROR: u32 = 0x4400;
export const VMCS_EXIT_REASON: u32 = 0x4402;
export const VMCS_EXIT_INTERRUPTION: u32 = 0x4404;
export const VMCS_EXIT_INTERRUPTION_CODE: u32 = 0x4406;
export const VMCS_IDT_VECTORING: u32 = 0x4408;
export const VMCS_INSTRUCTION_INFORMATION: u32 = 0x440e;
export const VMCS_IDT_VECTORING_CODE: u32 = 0x440a;
export const VMCS_EXIT_INSTRUCTION_LENGTH: u32 = 0x440c;
export const VMCS_INTERRUPTIBILITY: u32 = 0x4824;
export const VMCS_SYSENTER_CS: u32 = 0x482a;

export const VMCS_CR0_MASK: u32 = 0x6000;
export const VMCS_CR4_MASK: u32 = 0x6002;
export const VMCS_CR0_SHADOW: u32 = 0x6004;
export const VMCS_CR4_SHADOW: u32 = 0x6006;
export const VMCS_QUALIFICATION: u32 = 0x6400;
export const VMCS_CR0: u32 = 0x6800;
export const VMCS_CR3: u32 = 0x6802;
export const VMCS_CR4: u32 = 0x6804;
export const VMCS_DR7: u32 = 0x681a;
export const VMCS_RSP: u32 = 0x681c;
export const VMCS_RIP: u32 = 0x681e;
export const VMCS_RFLAGS: u32 = 0x6820;
export const VMCS_PENDING_DEBUG: u32 = 0x6822;
export const VMCS_SYSENTER_ESP: u32 = 0x6824;
export const VMCS_SYSENTER_EIP: u32 = 0x6826;

export const HOST_CS_SELECTOR: u32 = 0x0c02;
export const HOST_SS_SELECTOR: u32 = 0x0c04;
export const HOST_TR_SELECTOR: u32 = 0x0c0c;
export const HOST_PAT: u32 = 0x2c00;
export const HOST_EFER: u32 = 0x2c02;
export const HOST_CR0: u32 = 0x6c00;
export const HOST_CR3: u32 = 0x6c02;
export const HOST_CR4: u32 = 0x6c04;
export const HOST_FS_BASE: u32 = 0x6c06;
export const HOST_TR_BASE: u32 = 0x6c0a;
export const HOST_GDTR_BASE: u32 = 0x6c0c;
export const HOST_IDTR_BASE: u32 = 0x6c0e;
export const HOST_RSP: u32 = 0x6c14;
export const HOST_RIP: u32 = 0x6c16;

const TYPE_MASK: u32 = 0x0c00;
const TYPE_READ_ONLY: u32 = 0x0400;

/** Registers that the VMCS holds: all from the first to the last of these numbers. */
export const FIRST_FIELD: u32 = INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER;
export const LAST_FIELD: u32 = INTEL_REG_CR8 - 1;

/** Runs of registers whose encodings are two apart: the first register, and its encoding. */
// prettier-ignore
const RUNS: usize = memory.data<u32>([
  INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER,
  0x0000,
  INTEL_REG_ES_SELECTOR,
  0x0800,
  INTEL_REG_ADDRESS_OF_IO_BITMAP_A,
  0x2000,
  INTEL_REG_PHYSICAL_ADDRESS,
  0x2400,
  INTEL_REG_VMCS_LINK_POINTER,
  0x2800,
  INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS,
  0x4000,
  INTEL_REG_VM_INSTRUCTION_ERROR,
  0x4400,
  INTEL_REG_ES_LIMIT,
  0x4800,
  INTEL_REG_VMX_PREEMPTION_TIMER_VALUE,
  0x482e,
  INTEL_REG_CR0_GUEST_HOST_MASK,
  0x6000,
  INTEL_REG_EXIT_QUALIFICATION,
  0x6400,
  INTEL_REG_CR0,
  0x6800,
]);
const RUN_COUNT: u32 = 12;

/** The encoding of a register that the VMCS holds. */
export function vmcsField(register: u32): u32 {
  let run: usize = RUNS + <usize>((RUN_COUNT - 1) * 8);
  while (register < load<u32>(run)) run -= 8;
  return load<u32>(run, 4) + (register - load<u32>(run)) * 2;
}

/** Whether only the processor writes a field. */
export function isReadOnly(field: u32): bool {
  return (field & TYPE_MASK) == TYPE_READ_ONLY;
}
