// States that a VM entry refuses on Intel, each in one thing, and the rule that each breaks

import type { Cpuid, Msrs, Registers } from "./entry-checks.ts";

export const bit = (index: number) => 1n << BigInt(index);
const ALL_ONES = (1n << 64n) - 1n;
export const NOT_CANONICAL = 0x8000_0000_0000n;
const TOO_WIDE = bit(46);

export const cpuid: Cpuid = {
  2147483648: [0x8000_0008, 0, 0, 0],
  2147483649: [0, 0, 0, 1 << 20],
  2147483656: [0x302e, 0, 0, 0],
};

/** A Skylake, with the TRUE controls. */
export const msrs: Msrs = {
  1152: 0x00d8_1000_0000_002bn,
  1154: 0xfff9_fffe_0401_e172n,
  1157: 0x4000_0000_0004_81e5n & ~bit(16) & ~bit(17),
  1158: 0x8000_0021n,
  1159: 0xffff_ffffn,
  1160: 0x2000n,
  1161: 0x00f7_2fffn,
  1163: 0x02ff_ffff_0000_0000n,
  1164: 0x0f01_0673_4141n,
  1165: 0x0000_00ff_0000_0016n,
  1166: 0xfff9_fffe_0400_6172n,
  1167: 0x01ff_ffff_0003_6dfbn,
  1168: 0x0003_ffff_0000_11fbn,
  1169: 1n,
};

const segments = (values: Record<string, readonly [bigint, bigint, bigint, bigint]>): Registers =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, [selector, attrib, limit, base]]) => [
      [`${name}_selector`, selector],
      [`${name}_attrib`, attrib],
      [`${name}_limit`, limit],
      [`${name}_base`, base],
    ]),
  );

const UNUSABLE = [0n, 0x1_0000n, 0n, 0n] as const;
const EPT = bit(1);
const VPID = bit(5);
const UNRESTRICTED = bit(7);
const SECONDARY = EPT | VPID | UNRESTRICTED;
const PRIMARY = 0x0400_6172n | bit(25) | bit(28) | bit(31);
const EXIT = 0x3_6dfbn | bit(9) | bit(20) | bit(21);
const ENTRY = 0x11fbn | bit(2) | bit(9) | bit(14) | bit(15);
const PIN = 0x16n | bit(3) | bit(5);

/** Linux, in 64-bit mode. */
export const linux: Registers = {
  ...segments({
    es: UNUSABLE,
    cs: [0x10n, 0xa09bn, 0xffff_ffffn, 0n],
    ss: [0x18n, 0xc093n, 0xffff_ffffn, 0n],
    ds: UNUSABLE,
    fs: [0n, 0x1_0000n, 0n, 0x7fff_f7d8_a740n],
    gs: [0n, 0x1_0000n, 0n, 0xffff_8880_7dc0_0000n],
    ldtr: UNUSABLE,
    tr: [0x40n, 0x8bn, 0x206fn, 0xffff_fe00_0000_3000n],
  }),
  gdtr_base: 0xffff_fe00_0000_1000n,
  gdtr_limit: 0x7fn,
  idtr_base: 0xffff_fe00_0000_0000n,
  idtr_limit: 0xfffn,
  pin_based_vm_execution_ctls: PIN,
  primary_proc_based_vm_execution_ctls: PRIMARY,
  secondary_proc_based_vm_execution_ctls: SECONDARY,
  vmexit_ctls: EXIT,
  vmentry_ctls: ENTRY,
  virtual_processor_identifier: 1n,
  ept_pointer: 0x1234_505en,
  address_of_io_bitmap_a: 0x1000n,
  address_of_io_bitmap_b: 0x2000n,
  address_of_msr_bitmaps: 0x3fff_ffff_f000n,
  vmcs_link_pointer: ALL_ONES,
  cr0: 0x8005_0033n,
  cr3: 0x2_1234_5000n,
  cr4: 0x37_26f0n,
  dr7: 0x400n,
  efer: 0xd01n,
  pat: 0x407_0504_0107_0406n,
  sysenter_esp: 0xffff_c900_0000_2000n,
  sysenter_eip: 0xffff_ffff_8100_2000n,
  rip: 0xffff_ffff_8100_3000n,
  rsp: 0xffff_c900_0000_3000n,
  rflags: 0x46n,
};

const secondary = (bits: bigint): Registers => ({ secondary_proc_based_vm_execution_ctls: SECONDARY | bits });
const primary = (bits: bigint): Registers => ({ primary_proc_based_vm_execution_ctls: PRIMARY | bits });
const pin = (bits: bigint): Registers => ({ pin_based_vm_execution_ctls: PIN | bits });
const TPR_SHADOW = bit(21);
const shadow = (bits: bigint): Registers => ({
  ...primary(TPR_SHADOW),
  ...secondary(bits),
  virtual_apic_address: 0x5000n,
});
export const posted: Registers = { ...shadow(bit(9)), ...pin(bit(0) | bit(7)), vmexit_ctls: EXIT | bit(15) };
/** Without unrestricted guest. */
export const restricted: Registers = { secondary_proc_based_vm_execution_ctls: EPT | VPID };
export const event = (type: number, vector: number, bits = 0n): Registers => ({
  vmentry_interrupt_information_field: bit(31) | (BigInt(type) << 8n) | BigInt(vector) | bits,
});
export const ERROR_CODE = bit(11);
/** With a data segment in ES that can be used. */
export const data: Registers = segments({ es: [0x18n, 0xc093n, 0xffff_ffffn, 0n] });
export const ldt: Registers = segments({ ldtr: [0x50n, 0x82n, 0xffn, 0xffff_c900_0000_4000n] });
/** Protected mode with PAE paging. */
export const legacy: Registers = {
  vmentry_ctls: ENTRY & ~bit(9),
  efer: 1n,
  cr4: 0x35_26f0n,
  rip: 0x1000n,
  ...segments({ cs: [0x10n, 0xc09bn, 0xffff_ffffn, 0n] }),
};
export const real: Registers = { ...legacy, cr0: 0x30n };
export const virtual8086: Registers = {
  ...legacy,
  rflags: 0x2_0002n,
  ...segments(
    Object.fromEntries(
      ["es", "cs", "ss", "ds", "fs", "gs"].map((name) => [name, [0x1000n, 0xf3n, 0xffffn, 0x1_0000n] as const]),
    ),
  ),
};

/** Rule, what breaks it, and the register that the explanation names; then what the processor differs in. */
export const cases: readonly (readonly [string, Registers, string, Msrs?])[] = [
  ["PIN_RESERVED", pin(bit(8)), "pin_based_vm_execution_ctls"],
  ["PIN_RESERVED", { pin_based_vm_execution_ctls: PIN & ~bit(1) }, "pin_based_vm_execution_ctls"],
  ["PRIMARY_RESERVED", primary(bit(0)), "primary_proc_based_vm_execution_ctls"],
  [
    "PRIMARY_RESERVED",
    { primary_proc_based_vm_execution_ctls: PRIMARY & ~bit(8) },
    "primary_proc_based_vm_execution_ctls",
  ],
  [
    "PRIMARY_RESERVED",
    {},
    "primary_proc_based_vm_execution_ctls",
    { 1152: 0x0058_1000_0000_002bn, 1153: 0xff_0000_0016n },
  ],
  ["SECONDARY_RESERVED", secondary(bit(26)), "secondary_proc_based_vm_execution_ctls"],
  ["CR3_TARGET_COUNT", { cr3_target_count: 5n }, "cr3_target_count"],
  ["IO_BITMAP_A", { address_of_io_bitmap_a: 0x1800n }, "address_of_io_bitmap_a"],
  ["IO_BITMAP_B", { address_of_io_bitmap_b: TOO_WIDE }, "address_of_io_bitmap_b"],
  ["MSR_BITMAP", { address_of_msr_bitmaps: 1n }, "address_of_msr_bitmaps"],
  ["MSR_BITMAP", {}, "address_of_msr_bitmaps", { 1152: 0x00d9_1000_0000_002bn }],
  ["VIRTUAL_APIC", { ...shadow(0n), virtual_apic_address: 8n }, "virtual_apic_address"],
  ["TPR_THRESHOLD", { ...shadow(0n), tpr_threshold: 0x10n }, "tpr_threshold"],
  ["TPR_SHADOW", secondary(bit(4)), "secondary_proc_based_vm_execution_ctls"],
  ["TPR_SHADOW", secondary(bit(8)), "secondary_proc_based_vm_execution_ctls"],
  ["TPR_SHADOW", { ...secondary(bit(9)), ...pin(bit(0)) }, "secondary_proc_based_vm_execution_ctls"],
  ["VIRTUAL_NMIS", { pin_based_vm_execution_ctls: PIN & ~bit(3) }, "pin_based_vm_execution_ctls"],
  [
    "NMI_WINDOW",
    { ...primary(bit(22)), pin_based_vm_execution_ctls: PIN & ~bit(5) },
    "primary_proc_based_vm_execution_ctls",
  ],
  ["APIC_ACCESS", { ...secondary(bit(0)), apic_access_address: 0x10n }, "apic_access_address"],
  ["X2APIC", shadow(bit(0) | bit(4)), "secondary_proc_based_vm_execution_ctls"],
  ["VIRTUAL_INTERRUPTS", shadow(bit(9)), "pin_based_vm_execution_ctls"],
  ["POSTED_CONTROLS", { ...posted, vmexit_ctls: EXIT }, "pin_based_vm_execution_ctls"],
  ["POSTED_CONTROLS", { ...posted, ...secondary(0n) }, "pin_based_vm_execution_ctls"],
  ["POSTED_VECTOR", { ...posted, posted_interrupt_notification_vector: 256n }, "posted_interrupt_notification_vector"],
  ["POSTED_DESCRIPTOR", { ...posted, posted_interrupt_descriptor_address: 32n }, "posted_interrupt_descriptor_address"],
  ["VPID", { virtual_processor_identifier: 0n }, "virtual_processor_identifier"],
  ["EPTP_TYPE", { ept_pointer: 0x1234_505cn }, "ept_pointer"],
  ["EPTP_TYPE", {}, "ept_pointer", { 1164: 0x0f01_0673_0141n }],
  ["EPTP_WALK", { ept_pointer: 0x1234_5056n }, "ept_pointer"],
  ["EPTP_WALK", { ept_pointer: 0x1234_5066n }, "ept_pointer"],
  ["EPTP_DIRTY", {}, "ept_pointer", { 1164: 0x0f01_0653_4141n }],
  ["EPTP_RESERVED", { ept_pointer: 0x1234_515en }, "ept_pointer"],
  ["EPTP_RESERVED", { ept_pointer: 0x1234_50den }, "ept_pointer"],
  ["EPTP_RESERVED", { ept_pointer: TOO_WIDE | 0x5en }, "ept_pointer"],
  ["NEEDS_EPT", { secondary_proc_based_vm_execution_ctls: UNRESTRICTED }, "secondary_proc_based_vm_execution_ctls"],
  ["NEEDS_EPT", { secondary_proc_based_vm_execution_ctls: bit(17) }, "secondary_proc_based_vm_execution_ctls"],
  ["NEEDS_EPT", { secondary_proc_based_vm_execution_ctls: bit(22) }, "secondary_proc_based_vm_execution_ctls"],
  ["NEEDS_EPT", { secondary_proc_based_vm_execution_ctls: bit(23) }, "secondary_proc_based_vm_execution_ctls"],
  ["PML", { ...secondary(bit(17)), pml_address: 1n }, "pml_address"],
  ["SUB_PAGE", { ...secondary(bit(23)), sub_page_permission_table_pointer: 1n }, "sub_page_permission_table_pointer"],
  ["VM_FUNCTIONS", { ...secondary(bit(13)), vm_function_controls: 2n }, "vm_function_controls"],
  ["EPTP_LIST", { ...secondary(bit(13)), vm_function_controls: 1n, eptp_list_address: 8n }, "eptp_list_address"],
  ["EPTP_LIST", { secondary_proc_based_vm_execution_ctls: bit(13), vm_function_controls: 1n }, "eptp_list_address"],
  ["VMREAD_BITMAP", { ...secondary(bit(14)), vmread_bitmap_address: 1n }, "vmread_bitmap_address"],
  ["VMWRITE_BITMAP", { ...secondary(bit(14)), vmwrite_bitmap_address: 1n }, "vmwrite_bitmap_address"],
  [
    "VE_INFORMATION",
    { ...secondary(bit(18)), virt_exception_information_address: 1n },
    "virt_exception_information_address",
  ],
  ["TSC_MULTIPLIER", secondary(bit(25)), "tsc_multiplier"],
  ["EXIT_RESERVED", { vmexit_ctls: EXIT | bit(28) }, "vmexit_ctls"],
  ["SAVE_TIMER", { vmexit_ctls: EXIT | bit(22) }, "vmexit_ctls"],
  ["EXIT_STORE_AREA", { vmexit_msr_store_count: 1n, vmexit_msr_store_address: 8n }, "vmexit_msr_store_address"],
  ["EXIT_LOAD_AREA", { vmexit_msr_load_count: 2n, vmexit_msr_load_address: TOO_WIDE - 16n }, "vmexit_msr_load_address"],
  ["ENTRY_RESERVED", { vmentry_ctls: ENTRY & ~bit(0) }, "vmentry_ctls"],
  ["ENTRY_SMM", { vmentry_ctls: ENTRY | bit(10) }, "vmentry_ctls"],
  ["ENTRY_SMM", { vmentry_ctls: ENTRY | bit(11) }, "vmentry_ctls"],
  ["EVENT_TYPE", event(1, 0), "vmentry_interrupt_information_field"],
  ["EVENT_TYPE", event(7, 0), "vmentry_interrupt_information_field", { 1154: 0xf7f9_fffe_0401_e172n }],
  ["EVENT_VECTOR", event(2, 3), "vmentry_interrupt_information_field"],
  ["EVENT_VECTOR", event(3, 32), "vmentry_interrupt_information_field"],
  ["EVENT_VECTOR", event(7, 1), "vmentry_interrupt_information_field"],
  ["EVENT_ERROR_CODE", event(3, 14), "vmentry_interrupt_information_field"],
  ["EVENT_ERROR_CODE", event(3, 6, ERROR_CODE), "vmentry_interrupt_information_field"],
  ["EVENT_ERROR_CODE", event(2, 2, ERROR_CODE), "vmentry_interrupt_information_field"],
  ["EVENT_ERROR_CODE", { ...real, ...event(3, 13, ERROR_CODE) }, "vmentry_interrupt_information_field"],
  ["EVENT_RESERVED", event(2, 2, bit(12)), "vmentry_interrupt_information_field"],
  [
    "ERROR_CODE",
    { ...event(3, 14, ERROR_CODE), vmentry_exception_error_code: 0x1_0000n },
    "vmentry_exception_error_code",
  ],
  ["INSTRUCTION_LENGTH", { ...event(4, 0x80), vmentry_instruction_length: 16n }, "vmentry_instruction_length"],
  ["INSTRUCTION_LENGTH", event(6, 3), "vmentry_instruction_length", { 1157: 0x4_01e5n }],
  [
    "ENTRY_LOAD_AREA",
    { vmentry_msr_load_count: 1n, vmentry_msr_load_address: ALL_ONES - 15n },
    "vmentry_msr_load_address",
  ],
  ["HOST_64", { vmexit_ctls: EXIT & ~bit(9) }, "vmexit_ctls"],
  ["HOST_STATE", { vm_instruction_error: 8n }, "vm_instruction_error"],
  ["CR0_FIXED", { cr0: 0x8005_0013n }, "cr0"],
  ["CR0_FIXED", { cr0: 0x1_8005_0033n }, "cr0"],
  ["CR0_FIXED", { ...restricted, ...legacy, cr0: 0x33n }, "cr0"],
  ["CR0_PG", { cr0: 0x8005_0032n }, "cr0"],
  ["CR4_FIXED", { cr4: 0x37_06f0n }, "cr4"],
  ["CR4_FIXED", { cr4: 0x37_36f0n }, "cr4"],
  ["CR4_CET", { cr4: 0xb7_26f0n, cr0: 0x8004_0033n }, "cr4"],
  ["DEBUGCTL", { debugctl: 8n }, "debugctl"],
  ["LONG_PG", { cr0: 0x5_0033n }, "cr0"],
  ["LONG_PAE", { cr4: 0x37_26d0n }, "cr4"],
  ["PCIDE", { ...legacy, cr4: 0x37_26f0n }, "cr4"],
  ["CR3", { cr3: TOO_WIDE }, "cr3"],
  ["DR7", { dr7: bit(32) | 0x400n }, "dr7"],
  ["SYSENTER_ESP", { sysenter_esp: NOT_CANONICAL }, "sysenter_esp"],
  ["SYSENTER_EIP", { sysenter_eip: NOT_CANONICAL }, "sysenter_eip"],
  ["PAT", { pat: 0x0206_0606_0606_0606n }, "pat"],
  ["EFER_RESERVED", { efer: 0x1d01n }, "efer"],
  ["EFER_LMA", { efer: 0x801n }, "efer"],
  ["EFER_LME", { efer: 0xc01n }, "efer"],
  ["BNDCFGS", { vmentry_ctls: ENTRY | bit(16), bndcfgs: 4n }, "bndcfgs"],
  ["BNDCFGS", { vmentry_ctls: ENTRY | bit(16), bndcfgs: NOT_CANONICAL }, "bndcfgs"],
  ["TR_LOCAL", { tr_selector: 0x44n }, "tr_selector"],
  ["LDTR_LOCAL", { ...ldt, ldtr_selector: 0x54n }, "ldtr_selector"],
  ["SS_RPL", { ...restricted, ss_selector: 0x19n, ss_attrib: 0xc0b3n }, "ss_selector"],
  ["V86_BASE", { ...virtual8086, fs_base: 0n }, "fs_base"],
  ["V86_LIMIT", { ...virtual8086, es_limit: 0xf_ffffn }, "es_limit"],
  ["V86_ATTRIB", { ...virtual8086, ss_attrib: 0x93n }, "ss_attrib"],
  ["BASE_CANONICAL", { gs_base: NOT_CANONICAL }, "gs_base"],
  ["BASE_CANONICAL", { tr_base: NOT_CANONICAL }, "tr_base"],
  ["BASE_CANONICAL", { ...ldt, ldtr_base: NOT_CANONICAL }, "ldtr_base"],
  ["BASE_32", { cs_base: bit(32) }, "cs_base"],
  ["BASE_32", { ...data, es_base: bit(32) }, "es_base"],
  ["CS_TYPE", { cs_attrib: 0xa09an }, "cs_attrib"],
  ["CS_TYPE", { ...restricted, cs_attrib: 0xa093n }, "cs_attrib"],
  ["SS_TYPE", { ss_attrib: 0xc091n }, "ss_attrib"],
  ["DATA_TYPE", { ...data, es_attrib: 0xc092n }, "es_attrib"],
  ["DATA_TYPE", { ...data, es_attrib: 0xc099n }, "es_attrib"],
  ["SEGMENT_S", { ss_attrib: 0xc083n }, "ss_attrib"],
  ["CS_DPL", { cs_attrib: 0xa0bbn }, "cs_attrib"],
  ["CS_DPL", { cs_attrib: 0xa0bfn }, "cs_attrib"],
  ["CS_DPL", { ...legacy, cs_attrib: 0xc0b3n }, "cs_attrib"],
  ["SS_DPL", { ...restricted, cs_attrib: 0xa0bbn, ss_attrib: 0xc0b3n }, "ss_attrib"],
  ["SS_DPL", { ...legacy, cr0: 0x30n, cs_attrib: 0xc0bbn, ss_attrib: 0xc0b3n }, "ss_attrib"],
  ["SS_DPL", { ...legacy, cs_attrib: 0xc093n, ss_attrib: 0xc0b3n }, "ss_attrib"],
  ["DATA_DPL", { ...restricted, ...data, es_selector: 0x1bn }, "es_attrib"],
  ["SEGMENT_P", { cs_attrib: 0xa01bn }, "cs_attrib"],
  ["SEGMENT_P", { tr_attrib: 0xbn }, "tr_attrib"],
  ["SEGMENT_RESERVED", { ss_attrib: 0xc193n }, "ss_attrib"],
  ["SEGMENT_RESERVED", { ...ldt, ldtr_attrib: 0x2_0082n }, "ldtr_attrib"],
  ["CS_D", { cs_attrib: 0xe09bn }, "cs_attrib"],
  ["SEGMENT_G", { cs_limit: 0xffff_f000n }, "cs_attrib"],
  ["SEGMENT_G", { tr_limit: 0x10_0000n }, "tr_attrib"],
  ["TR_TYPE", { tr_attrib: 0x83n }, "tr_attrib"],
  ["TR_TYPE", { ...legacy, tr_attrib: 0x89n }, "tr_attrib"],
  ["TR_USABLE", { tr_attrib: 0x1_008bn }, "tr_attrib"],
  ["LDTR_TYPE", { ...ldt, ldtr_attrib: 0x83n }, "ldtr_attrib"],
  ["SYSTEM_S", { tr_attrib: 0x9bn }, "tr_attrib"],
  ["TABLE_BASE", { idtr_base: NOT_CANONICAL }, "idtr_base"],
  ["TABLE_LIMIT", { gdtr_limit: 0x1_0000n }, "gdtr_limit"],
  ["RIP_32", { ...legacy, rip: bit(32) }, "rip"],
  ["RIP_32", { cs_attrib: 0xc09bn }, "rip"],
  ["RIP", { rip: bit(48) }, "rip"],
  ["RFLAGS_RESERVED", { rflags: 0x44n }, "rflags"],
  ["RFLAGS_RESERVED", { rflags: 0x8046n }, "rflags"],
  ["RFLAGS_VM", { rflags: 0x2_0046n }, "rflags"],
  ["RFLAGS_VM", { ...virtual8086, cr0: 0x30n }, "rflags"],
  ["RFLAGS_IF", event(0, 0x20), "rflags"],
  ["ACTIVITY", { activity_state: 4n }, "activity_state"],
  ["ACTIVITY", { activity_state: 2n }, "activity_state", { 1157: 0x4_0065n }],
  ["ACTIVITY_HLT", { activity_state: 1n, cs_attrib: 0xa0fbn, ss_attrib: 0xc0f3n }, "activity_state"],
  ["ACTIVITY_BLOCKING", { activity_state: 1n, interruptibility_state: 2n }, "activity_state"],
  ["ACTIVITY_EVENT", { ...event(3, 6), activity_state: 1n }, "activity_state"],
  ["ACTIVITY_EVENT", { ...event(7, 0), activity_state: 2n }, "activity_state"],
  ["ACTIVITY_EVENT", { ...event(2, 2), activity_state: 3n }, "activity_state"],
  ["BLOCKING_RESERVED", { interruptibility_state: bit(5) }, "interruptibility_state"],
  ["BLOCKING_BOTH", { interruptibility_state: 3n, rflags: 0x246n }, "interruptibility_state"],
  ["BLOCKING_STI", { interruptibility_state: 1n }, "interruptibility_state"],
  ["BLOCKING_INTERRUPT", { ...event(0, 0x20), rflags: 0x246n, interruptibility_state: 1n }, "interruptibility_state"],
  ["BLOCKING_NMI", { ...event(2, 2), interruptibility_state: 8n }, "interruptibility_state"],
  ["BLOCKING_NMI", { ...event(2, 2), interruptibility_state: 2n }, "interruptibility_state"],
  ["BLOCKING_SMI", { interruptibility_state: 4n }, "interruptibility_state"],
  ["BLOCKING_ENCLAVE", { interruptibility_state: 0x12n }, "interruptibility_state"],
  ["DEBUG_RESERVED", { pending_debug_exceptions: 0x10n }, "pending_debug_exceptions"],
  ["DEBUG_STEP", { interruptibility_state: 2n, rflags: 0x146n }, "pending_debug_exceptions"],
  ["DEBUG_STEP", { activity_state: 1n, pending_debug_exceptions: bit(14) }, "pending_debug_exceptions"],
  [
    "DEBUG_STEP",
    { activity_state: 1n, pending_debug_exceptions: bit(14), rflags: 0x146n, debugctl: 2n },
    "pending_debug_exceptions",
  ],
  ["DEBUG_RTM", { pending_debug_exceptions: bit(16) }, "pending_debug_exceptions"],
  ["LINK_POINTER", { vmcs_link_pointer: 0x1001n }, "vmcs_link_pointer"],
  ["LINK_POINTER", { vmcs_link_pointer: 0n, exit_reason: 0x8000_0021n, exit_qualification: 4n }, "vmcs_link_pointer"],
  ["PDPTE", { ...legacy, pdpte2: 0x1003n }, "pdpte2"],
  ["PDPTE", { ...legacy, pdpte3: TOO_WIDE | 1n }, "pdpte3"],
  [
    "PDPTE_IN_MEMORY",
    { ...legacy, secondary_proc_based_vm_execution_ctls: VPID, exit_reason: 0x8000_0021n, exit_qualification: 2n },
    "cr3",
  ],
  ["LOAD_MSR", { exit_reason: 0x8000_0022n, exit_qualification: 1n }, "exit_qualification"],
];
