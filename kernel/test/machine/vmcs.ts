// The virtual machine control structure as the processor knows it: encodings written from the manual (SDM volume 3,
// appendix B), not from the kernel's own table, which the tests check against these

/** Encoding of each field that the ABI numbers, by the ABI's name of it. */
export const VMCS_FIELDS: Readonly<Record<string, number>> = {
  VIRTUAL_PROCESSOR_IDENTIFIER: 0x0000,
  POSTED_INTERRUPT_NOTIFICATION_VECTOR: 0x0002,
  EPTP_INDEX: 0x0004,
  ES_SELECTOR: 0x0800,
  CS_SELECTOR: 0x0802,
  SS_SELECTOR: 0x0804,
  DS_SELECTOR: 0x0806,
  FS_SELECTOR: 0x0808,
  GS_SELECTOR: 0x080a,
  LDTR_SELECTOR: 0x080c,
  TR_SELECTOR: 0x080e,
  INTERRUPT_STATUS: 0x0810,
  PML_INDEX: 0x0812,
  ADDRESS_OF_IO_BITMAP_A: 0x2000,
  ADDRESS_OF_IO_BITMAP_B: 0x2002,
  ADDRESS_OF_MSR_BITMAPS: 0x2004,
  VMEXIT_MSR_STORE_ADDRESS: 0x2006,
  VMEXIT_MSR_LOAD_ADDRESS: 0x2008,
  VMENTRY_MSR_LOAD_ADDRESS: 0x200a,
  EXECUTIVE_VMCS_POINTER: 0x200c,
  PML_ADDRESS: 0x200e,
  TSC_OFFSET: 0x2010,
  VIRTUAL_APIC_ADDRESS: 0x2012,
  APIC_ACCESS_ADDRESS: 0x2014,
  POSTED_INTERRUPT_DESCRIPTOR_ADDRESS: 0x2016,
  VM_FUNCTION_CONTROLS: 0x2018,
  EPT_POINTER: 0x201a,
  EOI_EXIT_BITMAP0: 0x201c,
  EOI_EXIT_BITMAP1: 0x201e,
  EOI_EXIT_BITMAP2: 0x2020,
  EOI_EXIT_BITMAP3: 0x2022,
  EPTP_LIST_ADDRESS: 0x2024,
  VMREAD_BITMAP_ADDRESS: 0x2026,
  VMWRITE_BITMAP_ADDRESS: 0x2028,
  VIRT_EXCEPTION_INFORMATION_ADDRESS: 0x202a,
  XSS_EXITING_BITMAP: 0x202c,
  ENCLS_EXITING_BITMAP: 0x202e,
  SUB_PAGE_PERMISSION_TABLE_POINTER: 0x2030,
  TSC_MULTIPLIER: 0x2032,
  PHYSICAL_ADDRESS: 0x2400,
  VMCS_LINK_POINTER: 0x2800,
  DEBUGCTL: 0x2802,
  PAT: 0x2804,
  EFER: 0x2806,
  PERF_GLOBAL_CTRL: 0x2808,
  PDPTE0: 0x280a,
  PDPTE1: 0x280c,
  PDPTE2: 0x280e,
  PDPTE3: 0x2810,
  BNDCFGS: 0x2812,
  RTIT_CTL: 0x2814,
  PIN_BASED_VM_EXECUTION_CTLS: 0x4000,
  PRIMARY_PROC_BASED_VM_EXECUTION_CTLS: 0x4002,
  EXCEPTION_BITMAP: 0x4004,
  PAGE_FAULT_ERROR_CODE_MASK: 0x4006,
  PAGE_FAULT_ERROR_CODE_MATCH: 0x4008,
  CR3_TARGET_COUNT: 0x400a,
  VMEXIT_CTLS: 0x400c,
  VMEXIT_MSR_STORE_COUNT: 0x400e,
  VMEXIT_MSR_LOAD_COUNT: 0x4010,
  VMENTRY_CTLS: 0x4012,
  VMENTRY_MSR_LOAD_COUNT: 0x4014,
  VMENTRY_INTERRUPT_INFORMATION_FIELD: 0x4016,
  VMENTRY_EXCEPTION_ERROR_CODE: 0x4018,
  VMENTRY_INSTRUCTION_LENGTH: 0x401a,
  TPR_THRESHOLD: 0x401c,
  SECONDARY_PROC_BASED_VM_EXECUTION_CTLS: 0x401e,
  PLE_GAP: 0x4020,
  PLE_WINDOW: 0x4022,
  VM_INSTRUCTION_ERROR: 0x4400,
  EXIT_REASON: 0x4402,
  VMEXIT_INTERRUPTION_INFORMATION: 0x4404,
  VMEXIT_INTERRUPTION_ERROR_CODE: 0x4406,
  IDT_VECTORING_INFORMATION_FIELD: 0x4408,
  IDT_VECTORING_ERROR_CODE: 0x440a,
  VMEXIT_INSTRUCTION_LENGTH: 0x440c,
  VMEXIT_INSTRUCTION_INFORMATION: 0x440e,
  ES_LIMIT: 0x4800,
  CS_LIMIT: 0x4802,
  SS_LIMIT: 0x4804,
  DS_LIMIT: 0x4806,
  FS_LIMIT: 0x4808,
  GS_LIMIT: 0x480a,
  LDTR_LIMIT: 0x480c,
  TR_LIMIT: 0x480e,
  GDTR_LIMIT: 0x4810,
  IDTR_LIMIT: 0x4812,
  ES_ATTRIB: 0x4814,
  CS_ATTRIB: 0x4816,
  SS_ATTRIB: 0x4818,
  DS_ATTRIB: 0x481a,
  FS_ATTRIB: 0x481c,
  GS_ATTRIB: 0x481e,
  LDTR_ATTRIB: 0x4820,
  TR_ATTRIB: 0x4822,
  INTERRUPTIBILITY_STATE: 0x4824,
  ACTIVITY_STATE: 0x4826,
  SMBASE: 0x4828,
  SYSENTER_CS: 0x482a,
  VMX_PREEMPTION_TIMER_VALUE: 0x482e,
  CR0_GUEST_HOST_MASK: 0x6000,
  CR4_GUEST_HOST_MASK: 0x6002,
  CR0_READ_SHADOW: 0x6004,
  CR4_READ_SHADOW: 0x6006,
  CR3_TARGET_VALUE0: 0x6008,
  CR3_TARGET_VALUE1: 0x600a,
  CR3_TARGET_VALUE2: 0x600c,
  CR3_TARGET_VALUE3: 0x600e,
  EXIT_QUALIFICATION: 0x6400,
  IO_RCX: 0x6402,
  IO_RSI: 0x6404,
  IO_RDI: 0x6406,
  IO_RIP: 0x6408,
  GUEST_LINEAR_ADDRESS: 0x640a,
  CR0: 0x6800,
  CR3: 0x6802,
  CR4: 0x6804,
  ES_BASE: 0x6806,
  CS_BASE: 0x6808,
  SS_BASE: 0x680a,
  DS_BASE: 0x680c,
  FS_BASE: 0x680e,
  GS_BASE: 0x6810,
  LDTR_BASE: 0x6812,
  TR_BASE: 0x6814,
  GDTR_BASE: 0x6816,
  IDTR_BASE: 0x6818,
  DR7: 0x681a,
  RSP: 0x681c,
  RIP: 0x681e,
  RFLAGS: 0x6820,
  PENDING_DEBUG_EXCEPTIONS: 0x6822,
  SYSENTER_ESP: 0x6824,
  SYSENTER_EIP: 0x6826,
};

/** Fields of the host-state area, which the ABI does not show. */
const HOST_FIELDS: Readonly<Record<string, number>> = {
  HOST_ES: 0x0c00,
  HOST_CS: 0x0c02,
  HOST_SS: 0x0c04,
  HOST_DS: 0x0c06,
  HOST_FS: 0x0c08,
  HOST_GS: 0x0c0a,
  HOST_TR: 0x0c0c,
  HOST_PAT: 0x2c00,
  HOST_EFER: 0x2c02,
  HOST_SYSENTER_CS: 0x4c00,
  HOST_CR0: 0x6c00,
  HOST_CR3: 0x6c02,
  HOST_CR4: 0x6c04,
  HOST_FS_BASE: 0x6c06,
  HOST_GS_BASE: 0x6c08,
  HOST_TR_BASE: 0x6c0a,
  HOST_GDTR_BASE: 0x6c0c,
  HOST_IDTR_BASE: 0x6c0e,
  HOST_SYSENTER_ESP: 0x6c10,
  HOST_SYSENTER_EIP: 0x6c12,
  HOST_RSP: 0x6c14,
  HOST_RIP: 0x6c16,
};

/** Fields that depend on features which the simulated processor does not have. */
const MISSING = new Set(["BNDCFGS", "RTIT_CTL", "SUB_PAGE_PERMISSION_TABLE_POINTER"]);

const NAMES: Readonly<Record<string, number>> = { ...VMCS_FIELDS, ...HOST_FIELDS };
const KNOWN = new Set(Object.entries(NAMES).flatMap(([name, encoding]) => (MISSING.has(name) ? [] : [encoding])));

export const isMissing = (name: string): boolean => MISSING.has(name);
export const isReadOnly = (encoding: number): boolean => ((encoding >> 10) & 3) === 1;

/** Width of a field in bits, from its encoding (25.11.2). */
export const bitsOf = (encoding: number): number => [16, 64, 32, 64][encoding >> 13] ?? 64;

/** What a field holds that nobody has written: a region's memory says nothing about its fields. */
const GARBAGE = 0xdead_beef_dead_beefn;

/** One VMCS, wherever the processors have it. */
export class Vmcs {
  launched = false;
  readonly #fields = new Map<number, bigint>();

  /** By the ABI's name, or HOST_*. */
  get(name: string): bigint {
    return this.read(encodingOf(name)) ?? 0n;
  }

  set(name: string, value: bigint): void {
    this.write(encodingOf(name), value);
  }

  /** Undefined when the processor does not have the field. */
  read(encoding: number): bigint | undefined {
    if (!KNOWN.has(encoding)) return undefined;
    return this.#fields.get(encoding) ?? BigInt.asUintN(bitsOf(encoding), GARBAGE);
  }

  /** False when the processor does not have the field. */
  write(encoding: number, value: bigint): boolean {
    if (!KNOWN.has(encoding)) return false;
    this.#fields.set(encoding, BigInt.asUintN(bitsOf(encoding), value));
    return true;
  }
}

function encodingOf(name: string): number {
  const encoding = NAMES[name];
  if (encoding === undefined) throw new RangeError(`the VMCS has no field ${name}`);
  return encoding;
}
