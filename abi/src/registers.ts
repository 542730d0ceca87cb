// The register enumeration of vs_read and vs_write: one numbering per vendor

import { sequence, type Table } from "./schema.ts";

const segments = (names: string) =>
  names
    .split(" ")
    .map((name) => `${name}_selector ${name}_attrib ${name}_limit ${name}_base`)
    .join(" ");

export const amdRegisters: Table = sequence(
  "registers-amd",
  "Registers of a VS on AMD (the VMCB's fields, then what the microkernel switches itself)",
  "AMD_REG_",
  1,
  `rbx rcx rdx rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15
   intercept_cr_read intercept_cr_write intercept_dr_read intercept_dr_write intercept_exception
   intercept_instruction1 intercept_instruction2 intercept_instruction3
   pause_filter_threshold pause_filter_count iopm_base_pa msrpm_base_pa tsc_offset guest_asid tlb_control
   virtual_interrupt_a virtual_interrupt_b exitcode exitinfo1 exitinfo2 exitintinfo ctls1 avic_apic_bar
   guest_pa_of_ghcb eventinj n_cr3 ctls2 vmcb_clean_bits nrip number_of_bytes_fetched
   avic_apic_backing_page_ptr avic_logical_table_ptr avic_physical_table_ptr vmsa_ptr
   ${segments("es cs ss ds fs gs gdtr ldtr idtr tr")}
   cpl efer cr4 cr3 cr0 dr7 dr6 rflags rip rsp rax star lstar cstar fmask kernel_gs_base
   sysenter_cs sysenter_esp sysenter_eip cr2 pat dbgctl br_from br_to lastexcp_from lastexcp_to
   cr8 dr0 dr1 dr2 dr3 xcr0`,
);

export const intelRegisters: Table = sequence(
  "registers-intel",
  "Registers of a VS on Intel (the VMCS's fields, then what the microkernel switches itself)",
  "INTEL_REG_",
  1,
  `rax rbx rcx rdx rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 cr2 dr6 star lstar cstar fmask kernel_gs_base
   virtual_processor_identifier posted_interrupt_notification_vector eptp_index
   es_selector cs_selector ss_selector ds_selector fs_selector gs_selector ldtr_selector tr_selector
   interrupt_status pml_index
   address_of_io_bitmap_a address_of_io_bitmap_b address_of_msr_bitmaps vmexit_msr_store_address
   vmexit_msr_load_address vmentry_msr_load_address executive_vmcs_pointer pml_address tsc_offset
   virtual_apic_address apic_access_address posted_interrupt_descriptor_address vm_function_controls ept_pointer
   eoi_exit_bitmap0 eoi_exit_bitmap1 eoi_exit_bitmap2 eoi_exit_bitmap3 eptp_list_address vmread_bitmap_address
   vmwrite_bitmap_address virt_exception_information_address xss_exiting_bitmap encls_exiting_bitmap
   sub_page_permission_table_pointer tsc_multiplier physical_address vmcs_link_pointer debugctl pat efer
   perf_global_ctrl pdpte0 pdpte1 pdpte2 pdpte3 bndcfgs rtit_ctl
   pin_based_vm_execution_ctls primary_proc_based_vm_execution_ctls exception_bitmap page_fault_error_code_mask
   page_fault_error_code_match cr3_target_count vmexit_ctls vmexit_msr_store_count vmexit_msr_load_count vmentry_ctls
   vmentry_msr_load_count vmentry_interrupt_information_field vmentry_exception_error_code vmentry_instruction_length
   tpr_threshold secondary_proc_based_vm_execution_ctls ple_gap ple_window vm_instruction_error exit_reason
   vmexit_interruption_information vmexit_interruption_error_code idt_vectoring_information_field
   idt_vectoring_error_code vmexit_instruction_length vmexit_instruction_information
   es_limit cs_limit ss_limit ds_limit fs_limit gs_limit ldtr_limit tr_limit gdtr_limit idtr_limit
   es_attrib cs_attrib ss_attrib ds_attrib fs_attrib gs_attrib ldtr_attrib tr_attrib
   interruptibility_state activity_state smbase sysenter_cs vmx_preemption_timer_value
   cr0_guest_host_mask cr4_guest_host_mask cr0_read_shadow cr4_read_shadow cr3_target_value0 cr3_target_value1
   cr3_target_value2 cr3_target_value3 exit_qualification io_rcx io_rsi io_rdi io_rip guest_linear_address
   cr0 cr3 cr4 es_base cs_base ss_base ds_base fs_base gs_base ldtr_base tr_base gdtr_base idtr_base
   dr7 rsp rip rflags pending_debug_exceptions sysenter_esp sysenter_eip
   cr8 dr0 dr1 dr2 dr3 xcr0`,
);
