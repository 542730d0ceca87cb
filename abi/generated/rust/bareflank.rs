// SPDX-License-Identifier: MIT
// Generated from abi/src by `bf build abi`. Do not edit.

// Versions, identifiers and limits of the system call interface

/// Bits 63:48 of RAX.
pub const SYSCALL_SIGNATURE: u32 = 0x6642;
/// "Bf#1".
pub const SPEC_ID: u32 = 0x31236642;
/// The version bit of Bareflank 3.0's interface.
pub const SPEC_VERSION_1: u32 = 0x2;
/// The version bit of what goes beyond it: tagged identifiers, and groups 9 and above.
pub const SPEC_VERSION_2: u32 = 0x4;
/// What `_start` is offered when the file has no NOTE_EXTENSION_VERSIONS.
pub const SPEC_ALL_SUPPORTED: u32 = 0x2;
/// All version bits that the microkernel supports.
pub const SPEC_ALL_KNOWN: u32 = 0x6;
pub const SPEC_INVALID_VERSION: u32 = 0x80000000;
/// No VM, VP, VS or PP.
pub const INVALID_ID: u32 = 0xffff;
pub const BOOTSTRAP_PPID: u32 = 0x0;
pub const ROOT_VMID: u32 = 0x0;
/// Version 1: VM 0 among them. Version 2 has as many as memory and 16 bits allow, VPs and VSs alike.
pub const MAX_VMS: u32 = 0x10;
/// Version 1.
pub const MAX_VPS: u32 = 0x100;
/// Version 1.
pub const MAX_VSS: u32 = 0x100;
pub const MAX_PPS: u32 = 0x80;
pub const MAX_EXTENSIONS: u32 = 0x40;
/// Longest name of an extension.
pub const EXTENSION_NAME_BYTES: u32 = 0x20;
pub const MAX_HUGE_ALLOCATIONS: u32 = 0x40;
pub const PAGE_SIZE: u32 = 0x1000;
/// Version 1: alloc_huge takes less.
pub const HUGE_POOL_BYTES: u32 = 0x20000;
/// Version 2: alloc_huge takes no more.
pub const HUGE_MOST_BYTES: u32 = 0x40000000;
/// Pages that one memory_grow adds at most.
pub const MEMORY_STEP_PAGES: u32 = 0x40;

// Status codes: RAX after a system call

pub const STATUS_SUCCESS: u64 = 0x0;
pub const STATUS_FAILURE_UNKNOWN: u64 = 0xdead000000010001;
pub const STATUS_FAILURE_INVALID_HANDLE: u64 = 0xdead000000020001;
pub const STATUS_FAILURE_UNSUPPORTED: u64 = 0xdead000000040001;
/// Version 2: the extension takes no message now.
pub const STATUS_FAILURE_BUSY: u64 = 0xdead000000080001;
/// Version 2: the extension has failed for good on this processor.
pub const STATUS_FAILURE_DEAD: u64 = 0xdead000000100001;
pub const STATUS_INVALID_PERM_DENIED: u64 = 0xdead000000010002;
pub const STATUS_INVALID_INPUT_REG0: u64 = 0xdead000000010003;
pub const STATUS_INVALID_INPUT_REG1: u64 = 0xdead000000020003;
pub const STATUS_INVALID_INPUT_REG2: u64 = 0xdead000000040003;
pub const STATUS_INVALID_INPUT_REG3: u64 = 0xdead000000080003;
pub const STATUS_INVALID_INPUT_REG4: u64 = 0xdead000000100003;
pub const STATUS_INVALID_INPUT_REG5: u64 = 0xdead000000200003;
pub const STATUS_INVALID_OUTPUT_REG0: u64 = 0xdead000000400003;
pub const STATUS_INVALID_OUTPUT_REG1: u64 = 0xdead000000800003;
pub const STATUS_INVALID_OUTPUT_REG2: u64 = 0xdead000001000003;
pub const STATUS_INVALID_OUTPUT_REG3: u64 = 0xdead000002000003;
pub const STATUS_INVALID_OUTPUT_REG4: u64 = 0xdead000004000003;
pub const STATUS_INVALID_OUTPUT_REG5: u64 = 0xdead000008000003;

// System calls: bits 31:0 of RAX (opcode << 16 | index)

pub const SYSCALL_CONTROL_EXIT: u32 = 0x0;
pub const SYSCALL_CONTROL_WAIT: u32 = 0x1;
pub const SYSCALL_CONTROL_AGAIN: u32 = 0x2;
pub const SYSCALL_HANDLE_OPEN: u32 = 0x10000;
pub const SYSCALL_HANDLE_CLOSE: u32 = 0x10001;
pub const SYSCALL_DEBUG_OUT: u32 = 0x20000;
pub const SYSCALL_DEBUG_DUMP_VM: u32 = 0x20001;
pub const SYSCALL_DEBUG_DUMP_VP: u32 = 0x20002;
pub const SYSCALL_DEBUG_DUMP_VS: u32 = 0x20003;
pub const SYSCALL_DEBUG_DUMP_VMEXIT_LOG: u32 = 0x20004;
pub const SYSCALL_DEBUG_WRITE_C: u32 = 0x20005;
pub const SYSCALL_DEBUG_WRITE_STR: u32 = 0x20006;
pub const SYSCALL_DEBUG_DUMP_EXT: u32 = 0x20007;
pub const SYSCALL_DEBUG_DUMP_PAGE_POOL: u32 = 0x20008;
pub const SYSCALL_DEBUG_DUMP_HUGE_POOL: u32 = 0x20009;
pub const SYSCALL_CALLBACK_REGISTER_BOOTSTRAP: u32 = 0x30000;
pub const SYSCALL_CALLBACK_REGISTER_VMEXIT: u32 = 0x30001;
pub const SYSCALL_CALLBACK_REGISTER_FAIL: u32 = 0x30002;
pub const SYSCALL_VM_CREATE: u32 = 0x40000;
pub const SYSCALL_VM_DESTROY: u32 = 0x40001;
pub const SYSCALL_VM_MAP_DIRECT: u32 = 0x40002;
pub const SYSCALL_VM_UNMAP_DIRECT: u32 = 0x40003;
pub const SYSCALL_VM_UNMAP_DIRECT_BROADCAST: u32 = 0x40004;
pub const SYSCALL_VM_TLB_FLUSH: u32 = 0x40005;
pub const SYSCALL_VP_CREATE: u32 = 0x50000;
pub const SYSCALL_VP_DESTROY: u32 = 0x50001;
pub const SYSCALL_VS_CREATE: u32 = 0x60000;
pub const SYSCALL_VS_DESTROY: u32 = 0x60001;
pub const SYSCALL_VS_INIT_AS_ROOT: u32 = 0x60002;
pub const SYSCALL_VS_READ: u32 = 0x60003;
pub const SYSCALL_VS_WRITE: u32 = 0x60004;
pub const SYSCALL_VS_RUN: u32 = 0x60005;
pub const SYSCALL_VS_RUN_CURRENT: u32 = 0x60006;
pub const SYSCALL_VS_ADVANCE_IP_AND_RUN: u32 = 0x60007;
pub const SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT: u32 = 0x60008;
pub const SYSCALL_VS_PROMOTE: u32 = 0x60009;
pub const SYSCALL_VS_CLEAR: u32 = 0x6000a;
pub const SYSCALL_VS_MIGRATE: u32 = 0x6000b;
pub const SYSCALL_VS_SET_ACTIVE: u32 = 0x6000c;
pub const SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE: u32 = 0x6000d;
pub const SYSCALL_VS_TLB_FLUSH: u32 = 0x6000e;
pub const SYSCALL_INTRINSIC_RDMSR: u32 = 0x70000;
pub const SYSCALL_INTRINSIC_WRMSR: u32 = 0x70001;
pub const SYSCALL_MEM_ALLOC_PAGE: u32 = 0x80000;
pub const SYSCALL_MEM_FREE_PAGE: u32 = 0x80001;
pub const SYSCALL_MEM_ALLOC_HUGE: u32 = 0x80002;
pub const SYSCALL_MEM_FREE_HUGE: u32 = 0x80003;
/// Version 2, like all that follow.
pub const SYSCALL_MESSAGE_REGISTER: u32 = 0x90000;
pub const SYSCALL_MESSAGE_FIND: u32 = 0x90001;
pub const SYSCALL_MESSAGE_CALL: u32 = 0x90002;
pub const SYSCALL_MESSAGE_REPLY: u32 = 0x90003;
pub const SYSCALL_NESTED_CREATE: u32 = 0xa0000;
pub const SYSCALL_NESTED_DESTROY: u32 = 0xa0001;
pub const SYSCALL_NESTED_MAP: u32 = 0xa0002;
pub const SYSCALL_NESTED_UNMAP: u32 = 0xa0003;
pub const SYSCALL_NESTED_PROTECT: u32 = 0xa0004;
pub const SYSCALL_NESTED_TRANSLATE: u32 = 0xa0005;
pub const SYSCALL_NESTED_IDENTITY: u32 = 0xa0006;
pub const SYSCALL_NESTED_ATTACH: u32 = 0xa0007;
pub const SYSCALL_NESTED_DETACH: u32 = 0xa0008;
pub const SYSCALL_NESTED_FLUSH: u32 = 0xa0009;
pub const SYSCALL_NESTED_GUARD: u32 = 0xa000a;
pub const SYSCALL_NESTED_COPY: u32 = 0xa000b;
pub const SYSCALL_NESTED_HARVEST: u32 = 0xa000c;
pub const SYSCALL_MAP_CREATE: u32 = 0xb0000;
pub const SYSCALL_MAP_DESTROY: u32 = 0xb0001;
pub const SYSCALL_MAP_TRAP: u32 = 0xb0002;
pub const SYSCALL_MAP_PASS: u32 = 0xb0003;
pub const SYSCALL_MAP_QUERY: u32 = 0xb0004;
pub const SYSCALL_MAP_ATTACH: u32 = 0xb0005;
pub const SYSCALL_MAP_DETACH: u32 = 0xb0006;
pub const SYSCALL_STATISTICS_POOL: u32 = 0xc0000;
pub const SYSCALL_STATISTICS_EXITS: u32 = 0xc0001;
pub const SYSCALL_STATISTICS_CALLS: u32 = 0xc0002;
pub const SYSCALL_MEMORY_GROW: u32 = 0xd0000;
pub const SYSCALL_PP_KICK: u32 = 0xe0000;
pub const SYSCALL_PP_WAIT: u32 = 0xe0001;
pub const SYSCALL_FPU_READ: u32 = 0xf0000;
pub const SYSCALL_FPU_WRITE: u32 = 0xf0001;
pub const SYSCALL_MSR_READ: u32 = 0xf0002;
pub const SYSCALL_MSR_WRITE: u32 = 0xf0003;

// Thread control block of an extension on one PP (FS base points at it)

#[repr(C)]
pub struct Tcb {
    /// The block's own address, as the System V ABI wants it.
    pub self_address: u64,
    pub reserved0: [u64; 255],
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rbp: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub reserved1: [u64; 225],
    /// Of the last exit but CPUID's, like the five behind it. AMD: the interrupt shadow's word; Intel: the interruptibility state.
    pub exit_shadow: u64,
    /// CR8 of a VM that has its own, one that is not the root VM and was made through version 2: bits 3:0. AMD: the others are V_IRQ and its like.
    pub exit_priority: u64,
    pub exit_rip: u64,
    /// Behind the instruction that exited. AMD: 0 where the processor does not tell; Intel: RIP and length.
    pub exit_next_rip: u64,
    pub exit_rflags: u64,
    /// Attributes of the code segment, as VS_READ gives them.
    pub exit_code: u64,
    /// CR4 of the active VS, as VS_READ gives it.
    pub cr4: u64,
    /// Of the last exit but CPUID's, like the four behind it. AMD: EXITINFO1; Intel: the exit qualification.
    pub exit_information1: u64,
    /// AMD: EXITINFO2; Intel: the guest physical address.
    pub exit_information2: u64,
    /// What was being delivered. AMD: EXITINTINFO; Intel: the IDT-vectoring information.
    pub exit_event: u64,
    /// Intel: the VM-exit instruction information.
    pub exit_instruction: u64,
    /// Current privilege level.
    pub exit_privilege: u64,
    /// Version 2 only: identifiers of the active VM, VP and VS with their generations; INVALID_ID: none.
    pub active_vm: u32,
    pub active_vp: u32,
    pub active_vs: u32,
    pub reserved3: u32,
    pub extid: u16,
    pub vmid: u16,
    pub vpid: u16,
    pub vsid: u16,
    pub ppid: u16,
    pub online_pps: u16,
    pub reserved2: u32,
}

const _: () = assert!(core::mem::size_of::<Tcb>() == 4096);

// Registers of a VS on AMD (the VMCB's fields, then what the microkernel switches itself)

pub const AMD_REG_RBX: u32 = 0x1;
pub const AMD_REG_RCX: u32 = 0x2;
pub const AMD_REG_RDX: u32 = 0x3;
pub const AMD_REG_RBP: u32 = 0x4;
pub const AMD_REG_RSI: u32 = 0x5;
pub const AMD_REG_RDI: u32 = 0x6;
pub const AMD_REG_R8: u32 = 0x7;
pub const AMD_REG_R9: u32 = 0x8;
pub const AMD_REG_R10: u32 = 0x9;
pub const AMD_REG_R11: u32 = 0xa;
pub const AMD_REG_R12: u32 = 0xb;
pub const AMD_REG_R13: u32 = 0xc;
pub const AMD_REG_R14: u32 = 0xd;
pub const AMD_REG_R15: u32 = 0xe;
pub const AMD_REG_INTERCEPT_CR_READ: u32 = 0xf;
pub const AMD_REG_INTERCEPT_CR_WRITE: u32 = 0x10;
pub const AMD_REG_INTERCEPT_DR_READ: u32 = 0x11;
pub const AMD_REG_INTERCEPT_DR_WRITE: u32 = 0x12;
pub const AMD_REG_INTERCEPT_EXCEPTION: u32 = 0x13;
pub const AMD_REG_INTERCEPT_INSTRUCTION1: u32 = 0x14;
pub const AMD_REG_INTERCEPT_INSTRUCTION2: u32 = 0x15;
pub const AMD_REG_INTERCEPT_INSTRUCTION3: u32 = 0x16;
pub const AMD_REG_PAUSE_FILTER_THRESHOLD: u32 = 0x17;
pub const AMD_REG_PAUSE_FILTER_COUNT: u32 = 0x18;
pub const AMD_REG_IOPM_BASE_PA: u32 = 0x19;
pub const AMD_REG_MSRPM_BASE_PA: u32 = 0x1a;
pub const AMD_REG_TSC_OFFSET: u32 = 0x1b;
pub const AMD_REG_GUEST_ASID: u32 = 0x1c;
pub const AMD_REG_TLB_CONTROL: u32 = 0x1d;
pub const AMD_REG_VIRTUAL_INTERRUPT_A: u32 = 0x1e;
pub const AMD_REG_VIRTUAL_INTERRUPT_B: u32 = 0x1f;
pub const AMD_REG_EXITCODE: u32 = 0x20;
pub const AMD_REG_EXITINFO1: u32 = 0x21;
pub const AMD_REG_EXITINFO2: u32 = 0x22;
pub const AMD_REG_EXITINTINFO: u32 = 0x23;
pub const AMD_REG_CTLS1: u32 = 0x24;
pub const AMD_REG_AVIC_APIC_BAR: u32 = 0x25;
pub const AMD_REG_GUEST_PA_OF_GHCB: u32 = 0x26;
pub const AMD_REG_EVENTINJ: u32 = 0x27;
pub const AMD_REG_N_CR3: u32 = 0x28;
pub const AMD_REG_CTLS2: u32 = 0x29;
pub const AMD_REG_VMCB_CLEAN_BITS: u32 = 0x2a;
pub const AMD_REG_NRIP: u32 = 0x2b;
pub const AMD_REG_NUMBER_OF_BYTES_FETCHED: u32 = 0x2c;
pub const AMD_REG_AVIC_APIC_BACKING_PAGE_PTR: u32 = 0x2d;
pub const AMD_REG_AVIC_LOGICAL_TABLE_PTR: u32 = 0x2e;
pub const AMD_REG_AVIC_PHYSICAL_TABLE_PTR: u32 = 0x2f;
pub const AMD_REG_VMSA_PTR: u32 = 0x30;
pub const AMD_REG_ES_SELECTOR: u32 = 0x31;
pub const AMD_REG_ES_ATTRIB: u32 = 0x32;
pub const AMD_REG_ES_LIMIT: u32 = 0x33;
pub const AMD_REG_ES_BASE: u32 = 0x34;
pub const AMD_REG_CS_SELECTOR: u32 = 0x35;
pub const AMD_REG_CS_ATTRIB: u32 = 0x36;
pub const AMD_REG_CS_LIMIT: u32 = 0x37;
pub const AMD_REG_CS_BASE: u32 = 0x38;
pub const AMD_REG_SS_SELECTOR: u32 = 0x39;
pub const AMD_REG_SS_ATTRIB: u32 = 0x3a;
pub const AMD_REG_SS_LIMIT: u32 = 0x3b;
pub const AMD_REG_SS_BASE: u32 = 0x3c;
pub const AMD_REG_DS_SELECTOR: u32 = 0x3d;
pub const AMD_REG_DS_ATTRIB: u32 = 0x3e;
pub const AMD_REG_DS_LIMIT: u32 = 0x3f;
pub const AMD_REG_DS_BASE: u32 = 0x40;
pub const AMD_REG_FS_SELECTOR: u32 = 0x41;
pub const AMD_REG_FS_ATTRIB: u32 = 0x42;
pub const AMD_REG_FS_LIMIT: u32 = 0x43;
pub const AMD_REG_FS_BASE: u32 = 0x44;
pub const AMD_REG_GS_SELECTOR: u32 = 0x45;
pub const AMD_REG_GS_ATTRIB: u32 = 0x46;
pub const AMD_REG_GS_LIMIT: u32 = 0x47;
pub const AMD_REG_GS_BASE: u32 = 0x48;
pub const AMD_REG_GDTR_SELECTOR: u32 = 0x49;
pub const AMD_REG_GDTR_ATTRIB: u32 = 0x4a;
pub const AMD_REG_GDTR_LIMIT: u32 = 0x4b;
pub const AMD_REG_GDTR_BASE: u32 = 0x4c;
pub const AMD_REG_LDTR_SELECTOR: u32 = 0x4d;
pub const AMD_REG_LDTR_ATTRIB: u32 = 0x4e;
pub const AMD_REG_LDTR_LIMIT: u32 = 0x4f;
pub const AMD_REG_LDTR_BASE: u32 = 0x50;
pub const AMD_REG_IDTR_SELECTOR: u32 = 0x51;
pub const AMD_REG_IDTR_ATTRIB: u32 = 0x52;
pub const AMD_REG_IDTR_LIMIT: u32 = 0x53;
pub const AMD_REG_IDTR_BASE: u32 = 0x54;
pub const AMD_REG_TR_SELECTOR: u32 = 0x55;
pub const AMD_REG_TR_ATTRIB: u32 = 0x56;
pub const AMD_REG_TR_LIMIT: u32 = 0x57;
pub const AMD_REG_TR_BASE: u32 = 0x58;
pub const AMD_REG_CPL: u32 = 0x59;
pub const AMD_REG_EFER: u32 = 0x5a;
pub const AMD_REG_CR4: u32 = 0x5b;
pub const AMD_REG_CR3: u32 = 0x5c;
pub const AMD_REG_CR0: u32 = 0x5d;
pub const AMD_REG_DR7: u32 = 0x5e;
pub const AMD_REG_DR6: u32 = 0x5f;
pub const AMD_REG_RFLAGS: u32 = 0x60;
pub const AMD_REG_RIP: u32 = 0x61;
pub const AMD_REG_RSP: u32 = 0x62;
pub const AMD_REG_RAX: u32 = 0x63;
pub const AMD_REG_STAR: u32 = 0x64;
pub const AMD_REG_LSTAR: u32 = 0x65;
pub const AMD_REG_CSTAR: u32 = 0x66;
pub const AMD_REG_FMASK: u32 = 0x67;
pub const AMD_REG_KERNEL_GS_BASE: u32 = 0x68;
pub const AMD_REG_SYSENTER_CS: u32 = 0x69;
pub const AMD_REG_SYSENTER_ESP: u32 = 0x6a;
pub const AMD_REG_SYSENTER_EIP: u32 = 0x6b;
pub const AMD_REG_CR2: u32 = 0x6c;
pub const AMD_REG_PAT: u32 = 0x6d;
pub const AMD_REG_DBGCTL: u32 = 0x6e;
pub const AMD_REG_BR_FROM: u32 = 0x6f;
pub const AMD_REG_BR_TO: u32 = 0x70;
pub const AMD_REG_LASTEXCP_FROM: u32 = 0x71;
pub const AMD_REG_LASTEXCP_TO: u32 = 0x72;
pub const AMD_REG_CR8: u32 = 0x73;
pub const AMD_REG_DR0: u32 = 0x74;
pub const AMD_REG_DR1: u32 = 0x75;
pub const AMD_REG_DR2: u32 = 0x76;
pub const AMD_REG_DR3: u32 = 0x77;
pub const AMD_REG_XCR0: u32 = 0x78;

// Registers of a VS on Intel (the VMCS's fields, then what the microkernel switches itself)

pub const INTEL_REG_RAX: u32 = 0x1;
pub const INTEL_REG_RBX: u32 = 0x2;
pub const INTEL_REG_RCX: u32 = 0x3;
pub const INTEL_REG_RDX: u32 = 0x4;
pub const INTEL_REG_RBP: u32 = 0x5;
pub const INTEL_REG_RSI: u32 = 0x6;
pub const INTEL_REG_RDI: u32 = 0x7;
pub const INTEL_REG_R8: u32 = 0x8;
pub const INTEL_REG_R9: u32 = 0x9;
pub const INTEL_REG_R10: u32 = 0xa;
pub const INTEL_REG_R11: u32 = 0xb;
pub const INTEL_REG_R12: u32 = 0xc;
pub const INTEL_REG_R13: u32 = 0xd;
pub const INTEL_REG_R14: u32 = 0xe;
pub const INTEL_REG_R15: u32 = 0xf;
pub const INTEL_REG_CR2: u32 = 0x10;
pub const INTEL_REG_DR6: u32 = 0x11;
pub const INTEL_REG_STAR: u32 = 0x12;
pub const INTEL_REG_LSTAR: u32 = 0x13;
pub const INTEL_REG_CSTAR: u32 = 0x14;
pub const INTEL_REG_FMASK: u32 = 0x15;
pub const INTEL_REG_KERNEL_GS_BASE: u32 = 0x16;
pub const INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER: u32 = 0x17;
pub const INTEL_REG_POSTED_INTERRUPT_NOTIFICATION_VECTOR: u32 = 0x18;
pub const INTEL_REG_EPTP_INDEX: u32 = 0x19;
pub const INTEL_REG_ES_SELECTOR: u32 = 0x1a;
pub const INTEL_REG_CS_SELECTOR: u32 = 0x1b;
pub const INTEL_REG_SS_SELECTOR: u32 = 0x1c;
pub const INTEL_REG_DS_SELECTOR: u32 = 0x1d;
pub const INTEL_REG_FS_SELECTOR: u32 = 0x1e;
pub const INTEL_REG_GS_SELECTOR: u32 = 0x1f;
pub const INTEL_REG_LDTR_SELECTOR: u32 = 0x20;
pub const INTEL_REG_TR_SELECTOR: u32 = 0x21;
pub const INTEL_REG_INTERRUPT_STATUS: u32 = 0x22;
pub const INTEL_REG_PML_INDEX: u32 = 0x23;
pub const INTEL_REG_ADDRESS_OF_IO_BITMAP_A: u32 = 0x24;
pub const INTEL_REG_ADDRESS_OF_IO_BITMAP_B: u32 = 0x25;
pub const INTEL_REG_ADDRESS_OF_MSR_BITMAPS: u32 = 0x26;
pub const INTEL_REG_VMEXIT_MSR_STORE_ADDRESS: u32 = 0x27;
pub const INTEL_REG_VMEXIT_MSR_LOAD_ADDRESS: u32 = 0x28;
pub const INTEL_REG_VMENTRY_MSR_LOAD_ADDRESS: u32 = 0x29;
pub const INTEL_REG_EXECUTIVE_VMCS_POINTER: u32 = 0x2a;
pub const INTEL_REG_PML_ADDRESS: u32 = 0x2b;
pub const INTEL_REG_TSC_OFFSET: u32 = 0x2c;
pub const INTEL_REG_VIRTUAL_APIC_ADDRESS: u32 = 0x2d;
pub const INTEL_REG_APIC_ACCESS_ADDRESS: u32 = 0x2e;
pub const INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS: u32 = 0x2f;
pub const INTEL_REG_VM_FUNCTION_CONTROLS: u32 = 0x30;
pub const INTEL_REG_EPT_POINTER: u32 = 0x31;
pub const INTEL_REG_EOI_EXIT_BITMAP0: u32 = 0x32;
pub const INTEL_REG_EOI_EXIT_BITMAP1: u32 = 0x33;
pub const INTEL_REG_EOI_EXIT_BITMAP2: u32 = 0x34;
pub const INTEL_REG_EOI_EXIT_BITMAP3: u32 = 0x35;
pub const INTEL_REG_EPTP_LIST_ADDRESS: u32 = 0x36;
pub const INTEL_REG_VMREAD_BITMAP_ADDRESS: u32 = 0x37;
pub const INTEL_REG_VMWRITE_BITMAP_ADDRESS: u32 = 0x38;
pub const INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS: u32 = 0x39;
pub const INTEL_REG_XSS_EXITING_BITMAP: u32 = 0x3a;
pub const INTEL_REG_ENCLS_EXITING_BITMAP: u32 = 0x3b;
pub const INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER: u32 = 0x3c;
pub const INTEL_REG_TSC_MULTIPLIER: u32 = 0x3d;
pub const INTEL_REG_PHYSICAL_ADDRESS: u32 = 0x3e;
pub const INTEL_REG_VMCS_LINK_POINTER: u32 = 0x3f;
pub const INTEL_REG_DEBUGCTL: u32 = 0x40;
pub const INTEL_REG_PAT: u32 = 0x41;
pub const INTEL_REG_EFER: u32 = 0x42;
pub const INTEL_REG_PERF_GLOBAL_CTRL: u32 = 0x43;
pub const INTEL_REG_PDPTE0: u32 = 0x44;
pub const INTEL_REG_PDPTE1: u32 = 0x45;
pub const INTEL_REG_PDPTE2: u32 = 0x46;
pub const INTEL_REG_PDPTE3: u32 = 0x47;
pub const INTEL_REG_BNDCFGS: u32 = 0x48;
pub const INTEL_REG_RTIT_CTL: u32 = 0x49;
pub const INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS: u32 = 0x4a;
pub const INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS: u32 = 0x4b;
pub const INTEL_REG_EXCEPTION_BITMAP: u32 = 0x4c;
pub const INTEL_REG_PAGE_FAULT_ERROR_CODE_MASK: u32 = 0x4d;
pub const INTEL_REG_PAGE_FAULT_ERROR_CODE_MATCH: u32 = 0x4e;
pub const INTEL_REG_CR3_TARGET_COUNT: u32 = 0x4f;
pub const INTEL_REG_VMEXIT_CTLS: u32 = 0x50;
pub const INTEL_REG_VMEXIT_MSR_STORE_COUNT: u32 = 0x51;
pub const INTEL_REG_VMEXIT_MSR_LOAD_COUNT: u32 = 0x52;
pub const INTEL_REG_VMENTRY_CTLS: u32 = 0x53;
pub const INTEL_REG_VMENTRY_MSR_LOAD_COUNT: u32 = 0x54;
pub const INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD: u32 = 0x55;
pub const INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE: u32 = 0x56;
pub const INTEL_REG_VMENTRY_INSTRUCTION_LENGTH: u32 = 0x57;
pub const INTEL_REG_TPR_THRESHOLD: u32 = 0x58;
pub const INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS: u32 = 0x59;
pub const INTEL_REG_PLE_GAP: u32 = 0x5a;
pub const INTEL_REG_PLE_WINDOW: u32 = 0x5b;
pub const INTEL_REG_VM_INSTRUCTION_ERROR: u32 = 0x5c;
pub const INTEL_REG_EXIT_REASON: u32 = 0x5d;
pub const INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION: u32 = 0x5e;
pub const INTEL_REG_VMEXIT_INTERRUPTION_ERROR_CODE: u32 = 0x5f;
pub const INTEL_REG_IDT_VECTORING_INFORMATION_FIELD: u32 = 0x60;
pub const INTEL_REG_IDT_VECTORING_ERROR_CODE: u32 = 0x61;
pub const INTEL_REG_VMEXIT_INSTRUCTION_LENGTH: u32 = 0x62;
pub const INTEL_REG_VMEXIT_INSTRUCTION_INFORMATION: u32 = 0x63;
pub const INTEL_REG_ES_LIMIT: u32 = 0x64;
pub const INTEL_REG_CS_LIMIT: u32 = 0x65;
pub const INTEL_REG_SS_LIMIT: u32 = 0x66;
pub const INTEL_REG_DS_LIMIT: u32 = 0x67;
pub const INTEL_REG_FS_LIMIT: u32 = 0x68;
pub const INTEL_REG_GS_LIMIT: u32 = 0x69;
pub const INTEL_REG_LDTR_LIMIT: u32 = 0x6a;
pub const INTEL_REG_TR_LIMIT: u32 = 0x6b;
pub const INTEL_REG_GDTR_LIMIT: u32 = 0x6c;
pub const INTEL_REG_IDTR_LIMIT: u32 = 0x6d;
pub const INTEL_REG_ES_ATTRIB: u32 = 0x6e;
pub const INTEL_REG_CS_ATTRIB: u32 = 0x6f;
pub const INTEL_REG_SS_ATTRIB: u32 = 0x70;
pub const INTEL_REG_DS_ATTRIB: u32 = 0x71;
pub const INTEL_REG_FS_ATTRIB: u32 = 0x72;
pub const INTEL_REG_GS_ATTRIB: u32 = 0x73;
pub const INTEL_REG_LDTR_ATTRIB: u32 = 0x74;
pub const INTEL_REG_TR_ATTRIB: u32 = 0x75;
pub const INTEL_REG_INTERRUPTIBILITY_STATE: u32 = 0x76;
pub const INTEL_REG_ACTIVITY_STATE: u32 = 0x77;
pub const INTEL_REG_SMBASE: u32 = 0x78;
pub const INTEL_REG_SYSENTER_CS: u32 = 0x79;
pub const INTEL_REG_VMX_PREEMPTION_TIMER_VALUE: u32 = 0x7a;
pub const INTEL_REG_CR0_GUEST_HOST_MASK: u32 = 0x7b;
pub const INTEL_REG_CR4_GUEST_HOST_MASK: u32 = 0x7c;
pub const INTEL_REG_CR0_READ_SHADOW: u32 = 0x7d;
pub const INTEL_REG_CR4_READ_SHADOW: u32 = 0x7e;
pub const INTEL_REG_CR3_TARGET_VALUE0: u32 = 0x7f;
pub const INTEL_REG_CR3_TARGET_VALUE1: u32 = 0x80;
pub const INTEL_REG_CR3_TARGET_VALUE2: u32 = 0x81;
pub const INTEL_REG_CR3_TARGET_VALUE3: u32 = 0x82;
pub const INTEL_REG_EXIT_QUALIFICATION: u32 = 0x83;
pub const INTEL_REG_IO_RCX: u32 = 0x84;
pub const INTEL_REG_IO_RSI: u32 = 0x85;
pub const INTEL_REG_IO_RDI: u32 = 0x86;
pub const INTEL_REG_IO_RIP: u32 = 0x87;
pub const INTEL_REG_GUEST_LINEAR_ADDRESS: u32 = 0x88;
pub const INTEL_REG_CR0: u32 = 0x89;
pub const INTEL_REG_CR3: u32 = 0x8a;
pub const INTEL_REG_CR4: u32 = 0x8b;
pub const INTEL_REG_ES_BASE: u32 = 0x8c;
pub const INTEL_REG_CS_BASE: u32 = 0x8d;
pub const INTEL_REG_SS_BASE: u32 = 0x8e;
pub const INTEL_REG_DS_BASE: u32 = 0x8f;
pub const INTEL_REG_FS_BASE: u32 = 0x90;
pub const INTEL_REG_GS_BASE: u32 = 0x91;
pub const INTEL_REG_LDTR_BASE: u32 = 0x92;
pub const INTEL_REG_TR_BASE: u32 = 0x93;
pub const INTEL_REG_GDTR_BASE: u32 = 0x94;
pub const INTEL_REG_IDTR_BASE: u32 = 0x95;
pub const INTEL_REG_DR7: u32 = 0x96;
pub const INTEL_REG_RSP: u32 = 0x97;
pub const INTEL_REG_RIP: u32 = 0x98;
pub const INTEL_REG_RFLAGS: u32 = 0x99;
pub const INTEL_REG_PENDING_DEBUG_EXCEPTIONS: u32 = 0x9a;
pub const INTEL_REG_SYSENTER_ESP: u32 = 0x9b;
pub const INTEL_REG_SYSENTER_EIP: u32 = 0x9c;
pub const INTEL_REG_CR8: u32 = 0x9d;
pub const INTEL_REG_DR0: u32 = 0x9e;
pub const INTEL_REG_DR1: u32 = 0x9f;
pub const INTEL_REG_DR2: u32 = 0xa0;
pub const INTEL_REG_DR3: u32 = 0xa1;
pub const INTEL_REG_XCR0: u32 = 0xa2;

// Exit reasons on AMD, as the vmexit callback gets them (APM volume 2, appendix C)

/// Of control register 0; the other 15 follow.
pub const AMD_EXIT_CR_READ: u64 = 0x0;
/// Of control register 0; the other 15 follow.
pub const AMD_EXIT_CR_WRITE: u64 = 0x10;
/// Of debug register 0; the other 15 follow.
pub const AMD_EXIT_DR_READ: u64 = 0x20;
/// Of debug register 0; the other 15 follow.
pub const AMD_EXIT_DR_WRITE: u64 = 0x30;
/// Vector 0; the other 31 follow.
pub const AMD_EXIT_EXCEPTION: u64 = 0x40;
pub const AMD_EXIT_INTR: u64 = 0x60;
pub const AMD_EXIT_NMI: u64 = 0x61;
pub const AMD_EXIT_SMI: u64 = 0x62;
pub const AMD_EXIT_INIT: u64 = 0x63;
pub const AMD_EXIT_VINTR: u64 = 0x64;
pub const AMD_EXIT_CR0_SELECTIVE_WRITE: u64 = 0x65;
pub const AMD_EXIT_IDTR_READ: u64 = 0x66;
pub const AMD_EXIT_GDTR_READ: u64 = 0x67;
pub const AMD_EXIT_LDTR_READ: u64 = 0x68;
pub const AMD_EXIT_TR_READ: u64 = 0x69;
pub const AMD_EXIT_IDTR_WRITE: u64 = 0x6a;
pub const AMD_EXIT_GDTR_WRITE: u64 = 0x6b;
pub const AMD_EXIT_LDTR_WRITE: u64 = 0x6c;
pub const AMD_EXIT_TR_WRITE: u64 = 0x6d;
pub const AMD_EXIT_RDTSC: u64 = 0x6e;
pub const AMD_EXIT_RDPMC: u64 = 0x6f;
pub const AMD_EXIT_PUSHF: u64 = 0x70;
pub const AMD_EXIT_POPF: u64 = 0x71;
pub const AMD_EXIT_CPUID: u64 = 0x72;
pub const AMD_EXIT_RSM: u64 = 0x73;
pub const AMD_EXIT_IRET: u64 = 0x74;
pub const AMD_EXIT_INT: u64 = 0x75;
pub const AMD_EXIT_INVD: u64 = 0x76;
pub const AMD_EXIT_PAUSE: u64 = 0x77;
pub const AMD_EXIT_HLT: u64 = 0x78;
pub const AMD_EXIT_INVLPG: u64 = 0x79;
pub const AMD_EXIT_INVLPGA: u64 = 0x7a;
pub const AMD_EXIT_IO: u64 = 0x7b;
pub const AMD_EXIT_MSR: u64 = 0x7c;
pub const AMD_EXIT_TASK_SWITCH: u64 = 0x7d;
pub const AMD_EXIT_FERR_FREEZE: u64 = 0x7e;
pub const AMD_EXIT_SHUTDOWN: u64 = 0x7f;
pub const AMD_EXIT_VMRUN: u64 = 0x80;
pub const AMD_EXIT_VMMCALL: u64 = 0x81;
pub const AMD_EXIT_VMLOAD: u64 = 0x82;
pub const AMD_EXIT_VMSAVE: u64 = 0x83;
pub const AMD_EXIT_STGI: u64 = 0x84;
pub const AMD_EXIT_CLGI: u64 = 0x85;
pub const AMD_EXIT_SKINIT: u64 = 0x86;
pub const AMD_EXIT_RDTSCP: u64 = 0x87;
pub const AMD_EXIT_ICEBP: u64 = 0x88;
pub const AMD_EXIT_WBINVD: u64 = 0x89;
pub const AMD_EXIT_MONITOR: u64 = 0x8a;
pub const AMD_EXIT_MWAIT: u64 = 0x8b;
pub const AMD_EXIT_MWAIT_ARMED: u64 = 0x8c;
pub const AMD_EXIT_XSETBV: u64 = 0x8d;
pub const AMD_EXIT_RDPRU: u64 = 0x8e;
pub const AMD_EXIT_EFER_WRITE_TRAP: u64 = 0x8f;
/// Of control register 0, after the write; the other 15 follow.
pub const AMD_EXIT_CR_WRITE_TRAP: u64 = 0x90;
pub const AMD_EXIT_INVLPGB: u64 = 0xa0;
pub const AMD_EXIT_INVLPGB_ILLEGAL: u64 = 0xa1;
pub const AMD_EXIT_INVPCID: u64 = 0xa2;
pub const AMD_EXIT_MCOMMIT: u64 = 0xa3;
pub const AMD_EXIT_TLBSYNC: u64 = 0xa4;
pub const AMD_EXIT_BUS_LOCK: u64 = 0xa5;
pub const AMD_EXIT_IDLE_HLT: u64 = 0xa6;
pub const AMD_EXIT_NESTED_PAGE_FAULT: u64 = 0x400;
pub const AMD_EXIT_AVIC_INCOMPLETE_IPI: u64 = 0x401;
pub const AMD_EXIT_AVIC_NO_ACCELERATION: u64 = 0x402;
pub const AMD_EXIT_VMGEXIT: u64 = 0x403;
/// The processor refused the VS's state.
pub const AMD_EXIT_INVALID: u64 = 0xffffffffffffffff;

// What happens after a callback: its result

/// Skip the instruction that the VM exited for, and run it on.
pub const NEXT_ADVANCE_AND_RUN: u32 = 0x0;
/// Run the VM on where it is: the instruction is executed again.
pub const NEXT_RUN: u32 = 0x1;
/// Skip the instruction, and give this processor back to the operating system for good.
pub const NEXT_STOP: u32 = 0x2;
/// Give up: the processor is lost to this extension, and the debug ring says so.
pub const NEXT_FAIL: u32 = 0x3;
/// Only in bootstrap of a service, which does not own the root VM: done, messages may come.
pub const NEXT_WAIT: u32 = 0x5;
/// Only in vmexit, of the extension that owns the root VM: the microkernel keeps the processor, without running a VM, until it is kicked.
pub const NEXT_AWAIT_KICK: u32 = 0x6;
/// Only in fail: go on where the callback failed. A fault's instruction is executed once more.
pub const NEXT_AGAIN: u32 = 0x4;

// What the fail callback is told that is no exception: its first argument

/// The watchdog took the processor back; the second argument is where the extension was. Exceptions have error code << 32 | vector.
pub const FAIL_OVERDUE: u64 = 0x100;

// Exit reasons on Intel, as the vmexit callback gets them (SDM volume 3, appendix C)

pub const INTEL_EXIT_EXCEPTION_OR_NMI: u64 = 0x0;
pub const INTEL_EXIT_EXTERNAL_INTERRUPT: u64 = 0x1;
pub const INTEL_EXIT_TRIPLE_FAULT: u64 = 0x2;
pub const INTEL_EXIT_INIT: u64 = 0x3;
pub const INTEL_EXIT_SIPI: u64 = 0x4;
pub const INTEL_EXIT_IO_SMI: u64 = 0x5;
pub const INTEL_EXIT_OTHER_SMI: u64 = 0x6;
pub const INTEL_EXIT_INTERRUPT_WINDOW: u64 = 0x7;
pub const INTEL_EXIT_NMI_WINDOW: u64 = 0x8;
pub const INTEL_EXIT_TASK_SWITCH: u64 = 0x9;
pub const INTEL_EXIT_CPUID: u64 = 0xa;
pub const INTEL_EXIT_GETSEC: u64 = 0xb;
pub const INTEL_EXIT_HLT: u64 = 0xc;
pub const INTEL_EXIT_INVD: u64 = 0xd;
pub const INTEL_EXIT_INVLPG: u64 = 0xe;
pub const INTEL_EXIT_RDPMC: u64 = 0xf;
pub const INTEL_EXIT_RDTSC: u64 = 0x10;
pub const INTEL_EXIT_RSM: u64 = 0x11;
pub const INTEL_EXIT_VMCALL: u64 = 0x12;
pub const INTEL_EXIT_VMCLEAR: u64 = 0x13;
pub const INTEL_EXIT_VMLAUNCH: u64 = 0x14;
pub const INTEL_EXIT_VMPTRLD: u64 = 0x15;
pub const INTEL_EXIT_VMPTRST: u64 = 0x16;
pub const INTEL_EXIT_VMREAD: u64 = 0x17;
pub const INTEL_EXIT_VMRESUME: u64 = 0x18;
pub const INTEL_EXIT_VMWRITE: u64 = 0x19;
pub const INTEL_EXIT_VMXOFF: u64 = 0x1a;
pub const INTEL_EXIT_VMXON: u64 = 0x1b;
pub const INTEL_EXIT_CR_ACCESS: u64 = 0x1c;
pub const INTEL_EXIT_MOV_DR: u64 = 0x1d;
pub const INTEL_EXIT_IO: u64 = 0x1e;
pub const INTEL_EXIT_RDMSR: u64 = 0x1f;
pub const INTEL_EXIT_WRMSR: u64 = 0x20;
pub const INTEL_EXIT_INVALID_GUEST_STATE: u64 = 0x21;
pub const INTEL_EXIT_INVALID_MSR_LOADING: u64 = 0x22;
pub const INTEL_EXIT_MWAIT: u64 = 0x24;
pub const INTEL_EXIT_MONITOR_TRAP_FLAG: u64 = 0x25;
pub const INTEL_EXIT_MONITOR: u64 = 0x27;
pub const INTEL_EXIT_PAUSE: u64 = 0x28;
pub const INTEL_EXIT_MACHINE_CHECK_AT_ENTRY: u64 = 0x29;
pub const INTEL_EXIT_TPR_BELOW_THRESHOLD: u64 = 0x2b;
pub const INTEL_EXIT_APIC_ACCESS: u64 = 0x2c;
pub const INTEL_EXIT_VIRTUALIZED_EOI: u64 = 0x2d;
pub const INTEL_EXIT_GDTR_IDTR_ACCESS: u64 = 0x2e;
pub const INTEL_EXIT_LDTR_TR_ACCESS: u64 = 0x2f;
pub const INTEL_EXIT_EPT_VIOLATION: u64 = 0x30;
pub const INTEL_EXIT_EPT_MISCONFIGURATION: u64 = 0x31;
pub const INTEL_EXIT_INVEPT: u64 = 0x32;
pub const INTEL_EXIT_RDTSCP: u64 = 0x33;
pub const INTEL_EXIT_PREEMPTION_TIMER: u64 = 0x34;
pub const INTEL_EXIT_INVVPID: u64 = 0x35;
pub const INTEL_EXIT_WBINVD: u64 = 0x36;
pub const INTEL_EXIT_XSETBV: u64 = 0x37;
pub const INTEL_EXIT_APIC_WRITE: u64 = 0x38;
pub const INTEL_EXIT_RDRAND: u64 = 0x39;
pub const INTEL_EXIT_INVPCID: u64 = 0x3a;
pub const INTEL_EXIT_VMFUNC: u64 = 0x3b;
pub const INTEL_EXIT_ENCLS: u64 = 0x3c;
pub const INTEL_EXIT_RDSEED: u64 = 0x3d;
pub const INTEL_EXIT_PAGE_MODIFICATION_LOG_FULL: u64 = 0x3e;
pub const INTEL_EXIT_XSAVES: u64 = 0x3f;
pub const INTEL_EXIT_XRSTORS: u64 = 0x40;
pub const INTEL_EXIT_PCONFIG: u64 = 0x41;
pub const INTEL_EXIT_SPP_EVENT: u64 = 0x42;
pub const INTEL_EXIT_UMWAIT: u64 = 0x43;
pub const INTEL_EXIT_TPAUSE: u64 = 0x44;
pub const INTEL_EXIT_LOADIWKEY: u64 = 0x45;
pub const INTEL_EXIT_ENCLV: u64 = 0x46;
pub const INTEL_EXIT_ENQCMD: u64 = 0x48;
pub const INTEL_EXIT_ENQCMDS: u64 = 0x49;
pub const INTEL_EXIT_BUS_LOCK: u64 = 0x4a;
pub const INTEL_EXIT_INSTRUCTION_TIMEOUT: u64 = 0x4b;
pub const INTEL_EXIT_SEAMCALL: u64 = 0x4c;
pub const INTEL_EXIT_TDCALL: u64 = 0x4d;
pub const INTEL_EXIT_RDMSRLIST: u64 = 0x4e;
pub const INTEL_EXIT_WRMSRLIST: u64 = 0x4f;
pub const INTEL_EXIT_URDMSR: u64 = 0x50;
pub const INTEL_EXIT_UWRMSR: u64 = 0x51;
pub const INTEL_EXIT_RDMSR_IMMEDIATE: u64 = 0x54;
pub const INTEL_EXIT_WRMSRNS_IMMEDIATE: u64 = 0x55;
/// Bit 31: the processor refused the VS's state.
pub const INTEL_EXIT_ENTRY_FAILURE: u64 = 0x80000000;

// Exit reasons of the microkernel's own, on both vendors

/// The processor was kicked. Nothing has happened in the VM, so there is no instruction to skip: run it on, or wait.
pub const EXIT_KICK: u64 = 0x100000000;

// Permission maps

/// Kind: RDMSR and WRMSR.
pub const MAP_MSR: u32 = 0x0;
/// Kind: input from ports, output to them.
pub const MAP_IO: u32 = 0x1;
/// RDMSR, or any access to a port.
pub const MAP_READS: u32 = 0x1;
/// WRMSR.
pub const MAP_WRITES: u32 = 0x2;
/// Both.
pub const MAP_ACCESSES: u32 = 0x3;
/// map_query: the processor has no bits for this MSR; every access exits.
pub const MAP_ALWAYS: u32 = 0x4;

// nested_copy: where to

/// What the VM may read, into the extension's memory.
pub const NESTED_COPY_FROM_VM: u32 = 0x0;
/// The extension's memory, to where the VM may write.
pub const NESTED_COPY_TO_VM: u32 = 0x1;

// Nested page tables: how they are made, and what the processor can

/// Only the operating system's VSs may use them. nested_identity shows what kernel and loader share, too.
pub const NESTED_FOR_ROOT: u32 = 0x1;
/// Processors note in them which pages are accessed and written, for nested_harvest.
pub const NESTED_TRACKED: u32 = 0x2;
/// The right to execute is possible without the right to read.
pub const NESTED_HAS_EXECUTE_ONLY: u32 = 0x1;
/// Pages of 1 GiB.
pub const NESTED_HAS_1G: u32 = 0x2;
/// NESTED_TRACKED is possible.
pub const NESTED_HAS_TRACKING: u32 = 0x4;

// Nested page tables: rights, memory types and page sizes

pub const NESTED_READ: u32 = 0x1;
pub const NESTED_WRITE: u32 = 0x2;
pub const NESTED_EXECUTE: u32 = 0x4;
/// All rights.
pub const NESTED_RIGHTS: u32 = 0x7;
pub const NESTED_UNCACHEABLE: u32 = 0x0;
pub const NESTED_WRITE_COMBINING: u32 = 0x100;
pub const NESTED_WRITE_THROUGH: u32 = 0x400;
pub const NESTED_WRITE_PROTECTED: u32 = 0x500;
pub const NESTED_WRITE_BACK: u32 = 0x600;
/// The memory type that the memory range registers (MTRRs) say.
pub const NESTED_MACHINE: u32 = 0x700;
/// The memory type's bits.
pub const NESTED_TYPE: u32 = 0x700;
/// nested_identity: the hypervisor's own pages are not there.
pub const NESTED_OWN_ABSENT: u32 = 0x0;
/// nested_identity: a page of zeroes is read in their place.
pub const NESTED_OWN_BLANK: u32 = 0x1000;
/// The bit of these two.
pub const NESTED_OWN: u32 = 0x1000;
/// Pages of no more than 4 KiB; as a result: it is one.
pub const NESTED_PAGE_4K: u32 = 0x10000;
/// Pages of no more than 2 MiB; as a result: it is one.
pub const NESTED_PAGE_2M: u32 = 0x20000;
/// Pages of no more than 1 GiB; as a result: it is one.
pub const NESTED_PAGE_1G: u32 = 0x30000;
/// The page size's bits; zero: as large as possible.
pub const NESTED_PAGE: u32 = 0x30000;

// nested_harvest: what is told of a page, and cleared

/// The VM has read, written or executed it.
pub const NESTED_ACCESSED: u32 = 0x1;
/// The VM has written it.
pub const NESTED_DIRTY: u32 = 0x2;

// Pools of statistics_pool

/// Pages of 4 KiB.
pub const POOL_PAGES: u32 = 0x0;
/// Runs of mem_alloc_huge.
pub const POOL_HUGE: u32 = 0x1;
pub const POOL_VMS: u32 = 0x2;
pub const POOL_VPS: u32 = 0x3;
pub const POOL_VSS: u32 = 0x4;
/// Nested page tables.
pub const POOL_NESTED: u32 = 0x5;
/// Permission maps.
pub const POOL_MAPS: u32 = 0x6;
/// Slab objects: registers of VSs that are not active.
pub const POOL_REGISTERS: u32 = 0x7;

// Exit reasons that AMD and Intel have both

pub const EXIT_EXTERNAL_INTERRUPT: u32 = 0x10060;
pub const EXIT_INTERRUPT_WINDOW: u32 = 0x70064;
pub const EXIT_TASK_SWITCH: u32 = 0x9007d;
pub const EXIT_CPUID: u32 = 0xa0072;
pub const EXIT_HLT: u32 = 0xc0078;
pub const EXIT_INVD: u32 = 0xd0076;
pub const EXIT_INVLPG: u32 = 0xe0079;
pub const EXIT_IO: u32 = 0x1e007b;
pub const EXIT_MONITOR: u32 = 0x27008a;
pub const EXIT_MWAIT: u32 = 0x24008b;
pub const EXIT_PAUSE: u32 = 0x280077;
pub const EXIT_RDPMC: u32 = 0xf006f;
pub const EXIT_RDTSC: u32 = 0x10006e;
pub const EXIT_RDTSCP: u32 = 0x330087;
pub const EXIT_WBINVD: u32 = 0x360089;
pub const EXIT_XSETBV: u32 = 0x37008d;
pub const EXIT_HYPERCALL: u32 = 0x120081;
pub const EXIT_SHUTDOWN: u32 = 0x2007f;
pub const EXIT_NESTED_PAGE_FAULT: u32 = 0x300400;

// What a VM exits for, on AMD and Intel: register << 5 | bit; Intel's is 0 for what exits always there

/// External interrupts.
pub const INTERCEPT_INTERRUPT: u32 = 0x9400280;
/// Non-maskable interrupts; on Intel they exit always.
pub const INTERCEPT_NMI: u32 = 0x9430281;
/// The VM can take an interrupt.
pub const INTERCEPT_INTERRUPT_WINDOW: u32 = 0x9620284;
/// On Intel RDTSCP, too.
pub const INTERCEPT_RDTSC: u32 = 0x96c028e;
pub const INTERCEPT_RDPMC: u32 = 0x96b028f;
/// Exits always on Intel.
pub const INTERCEPT_CPUID: u32 = 0x292;
/// Exits always on Intel.
pub const INTERCEPT_INVD: u32 = 0x296;
pub const INTERCEPT_PAUSE: u32 = 0x97e0297;
pub const INTERCEPT_HLT: u32 = 0x9670298;
pub const INTERCEPT_INVLPG: u32 = 0x9690299;
/// I/O ports whose bit is set in the map that the VS has.
pub const INTERCEPT_IO: u32 = 0x979029b;
/// MSRs whose bit is set in the map that the VS has. On Intel they exit all without it.
pub const INTERCEPT_MSR: u32 = 0x97c029c;
/// Triple faults. Exits always on Intel.
pub const INTERCEPT_SHUTDOWN: u32 = 0x29f;
/// VMMCALL; VMCALL, which exits always on Intel.
pub const INTERCEPT_HYPERCALL: u32 = 0x2a1;
/// On Intel RDTSC, too.
pub const INTERCEPT_RDTSCP: u32 = 0x96c02a7;
pub const INTERCEPT_WBINVD: u32 = 0xb2602a9;
pub const INTERCEPT_MONITOR: u32 = 0x97d02aa;
pub const INTERCEPT_MWAIT: u32 = 0x96a02ab;
/// Exits always on Intel.
pub const INTERCEPT_XSETBV: u32 = 0x2ad;

// Registers of a VS that AMD and Intel have both

pub const REG_RAX: u32 = 0x10063;
pub const REG_RBX: u32 = 0x20001;
pub const REG_RCX: u32 = 0x30002;
pub const REG_RDX: u32 = 0x40003;
pub const REG_RBP: u32 = 0x50004;
pub const REG_RSI: u32 = 0x60005;
pub const REG_RDI: u32 = 0x70006;
pub const REG_R8: u32 = 0x80007;
pub const REG_R9: u32 = 0x90008;
pub const REG_R10: u32 = 0xa0009;
pub const REG_R11: u32 = 0xb000a;
pub const REG_R12: u32 = 0xc000b;
pub const REG_R13: u32 = 0xd000c;
pub const REG_R14: u32 = 0xe000d;
pub const REG_R15: u32 = 0xf000e;
pub const REG_RIP: u32 = 0x980061;
pub const REG_RSP: u32 = 0x970062;
pub const REG_RFLAGS: u32 = 0x990060;
pub const REG_CR0: u32 = 0x89005d;
pub const REG_CR2: u32 = 0x10006c;
pub const REG_CR3: u32 = 0x8a005c;
pub const REG_CR4: u32 = 0x8b005b;
pub const REG_CR8: u32 = 0x9d0073;
pub const REG_EFER: u32 = 0x42005a;
pub const REG_XCR0: u32 = 0xa20078;
pub const REG_DR0: u32 = 0x9e0074;
pub const REG_DR1: u32 = 0x9f0075;
pub const REG_DR2: u32 = 0xa00076;
pub const REG_DR3: u32 = 0xa10077;
pub const REG_DR6: u32 = 0x11005f;
pub const REG_DR7: u32 = 0x96005e;
pub const REG_STAR: u32 = 0x120064;
pub const REG_LSTAR: u32 = 0x130065;
pub const REG_CSTAR: u32 = 0x140066;
pub const REG_SFMASK: u32 = 0x150067;
pub const REG_KERNEL_GS_BASE: u32 = 0x160068;
pub const REG_SYSENTER_CS: u32 = 0x790069;
pub const REG_SYSENTER_ESP: u32 = 0x9b006a;
pub const REG_SYSENTER_EIP: u32 = 0x9c006b;
pub const REG_PAT: u32 = 0x41006d;
pub const REG_DEBUG_CONTROL: u32 = 0x40006e;
pub const REG_ES_SELECTOR: u32 = 0x1a0031;
pub const REG_ES_ATTRIB: u32 = 0x6e0032;
pub const REG_ES_LIMIT: u32 = 0x640033;
pub const REG_ES_BASE: u32 = 0x8c0034;
pub const REG_CS_SELECTOR: u32 = 0x1b0035;
pub const REG_CS_ATTRIB: u32 = 0x6f0036;
pub const REG_CS_LIMIT: u32 = 0x650037;
pub const REG_CS_BASE: u32 = 0x8d0038;
pub const REG_SS_SELECTOR: u32 = 0x1c0039;
pub const REG_SS_ATTRIB: u32 = 0x70003a;
pub const REG_SS_LIMIT: u32 = 0x66003b;
pub const REG_SS_BASE: u32 = 0x8e003c;
pub const REG_DS_SELECTOR: u32 = 0x1d003d;
pub const REG_DS_ATTRIB: u32 = 0x71003e;
pub const REG_DS_LIMIT: u32 = 0x67003f;
pub const REG_DS_BASE: u32 = 0x8f0040;
pub const REG_FS_SELECTOR: u32 = 0x1e0041;
pub const REG_FS_ATTRIB: u32 = 0x720042;
pub const REG_FS_LIMIT: u32 = 0x680043;
pub const REG_FS_BASE: u32 = 0x900044;
pub const REG_GS_SELECTOR: u32 = 0x1f0045;
pub const REG_GS_ATTRIB: u32 = 0x730046;
pub const REG_GS_LIMIT: u32 = 0x690047;
pub const REG_GS_BASE: u32 = 0x910048;
pub const REG_LDTR_SELECTOR: u32 = 0x20004d;
pub const REG_LDTR_ATTRIB: u32 = 0x74004e;
pub const REG_LDTR_LIMIT: u32 = 0x6a004f;
pub const REG_LDTR_BASE: u32 = 0x920050;
pub const REG_TR_SELECTOR: u32 = 0x210055;
pub const REG_TR_ATTRIB: u32 = 0x750056;
pub const REG_TR_LIMIT: u32 = 0x6b0057;
pub const REG_TR_BASE: u32 = 0x930058;
pub const REG_GDTR_LIMIT: u32 = 0x6c004b;
pub const REG_GDTR_BASE: u32 = 0x94004c;
pub const REG_IDTR_LIMIT: u32 = 0x6d0053;
pub const REG_IDTR_BASE: u32 = 0x950054;
pub const REG_ADDRESS_SPACE_ID: u32 = 0x17001c;
pub const REG_TSC_OFFSET: u32 = 0x2c001b;
/// The current privilege level: on Intel bits 6:5 of SS's attributes.
pub const REG_CPL: u32 = 0x700059;

// Windows of an extension (fixed by the system call interface)

/// Pages and huge allocations of an extension.
pub const EXT_POOL_BASE: u64 = 0x200000000000;
/// Stack of PP n at base + n * EXT_STACK_STRIDE.
pub const EXT_STACK_BASE: u64 = 0x308000000000;
/// Stack of the fail callback of PP n.
pub const EXT_FAIL_STACK_BASE: u64 = 0x318000000000;
pub const EXT_STACK_BYTES: u64 = 0x8000;
/// A stack and the guard page above it.
pub const EXT_STACK_STRIDE: u64 = 0x9000;
pub const EXT_CODE_BASE: u64 = 0x328000000000;
pub const EXT_CODE_BYTES: u64 = 0x800000;
/// TLS data page of PP n at base + n * EXT_TLS_STRIDE, its TCB in the page behind.
pub const EXT_TLS_BASE: u64 = 0x338000000000;
pub const EXT_TLS_BYTES: u64 = 0x2000;
pub const EXT_TLS_STRIDE: u64 = 0x3000;
/// map_direct: virtual = base + physical.
pub const EXT_DIRECT_BASE: u64 = 0x600000000000;
pub const EXT_DIRECT_BYTES: u64 = 0x200000000000;

// Windows of the microkernel

/// What is private to a processor; see the PP_* offsets.
pub const PP_AREA_BASE: u64 = 0x20000000;
/// The kernel's ELF segments; one second-level table, shared by all processors.
pub const KERNEL_IMAGE_BASE: u64 = 0x40000000;
pub const KERNEL_IMAGE_BYTES: u64 = 0x20000000;
/// Linear memory of the kernel's wasm module: an 8 GiB window, first 64 KiB unmapped.
pub const KERNEL_MEMORY_BASE: u64 = 0x60000000;
/// So much of it may be used: data, and windows of objects. It stays below 2 GiB, where one second-level table leads to it.
pub const KERNEL_MEMORY_BYTES: u64 = 0x4000000;
/// No 32-bit address plus 32-bit offset leaves a window of this size.
pub const MODULE_MEMORY_WINDOW: u64 = 0x200000000;
/// The extensions' ELF files, read-only, while they are being loaded.
pub const EXT_FILE_BASE: u64 = 0x300000000;
/// Distance of two files; a file has at most EXT_CODE_BYTES.
pub const EXT_FILE_STRIDE: u64 = 0x1000000;
/// Their policies, behind the files: ExtensionPolicy of each, read-only.
pub const EXT_POLICY_BASE: u64 = 0x340000000;
/// Linear memory of an extension (in TypeScript this processor's instance), 8 GiB window.
pub const EXT_MEMORY_BASE: u64 = 0x400000000;
/// The loader's page of code for entering and leaving, mapped in every table.
pub const HANDOFF_BASE: u64 = 0x600000000;
/// Behind that page: each processor's SavedState, at base + (ppid + 1) * stride.
pub const HANDOFF_STATE_STRIDE: u64 = 0x1000;
/// Physical memory that belongs to the hypervisor: virtual = base + physical.
pub const DIRECT_BASE: u64 = 0x400000000000;
pub const DIRECT_BYTES: u64 = 0x200000000000;

// The processor's private area: offsets from PP_AREA_BASE

/// The kernel's stack (lowest byte). The pages between the parts stay unmapped.
pub const PP_STACK: u32 = 0x1000;
pub const PP_STACK_BYTES: u32 = 0x4000;
pub const PP_NMI_STACK: u32 = 0x6000;
pub const PP_DF_STACK: u32 = 0x9000;
pub const PP_MC_STACK: u32 = 0xc000;
pub const PP_IST_STACK_BYTES: u32 = 0x2000;
/// The kernel's per-processor block (PpBlock).
pub const PP_BLOCK: u32 = 0xf000;
/// The kernel's own mapping of the active extension's TCB on this processor.
pub const PP_TCB: u32 = 0x14000;
/// BootArgs, written by the loader.
pub const PP_ARGS: u32 = 0x15000;
/// SavedState, written by the loader.
pub const PP_STATE: u32 = 0x16000;
pub const PP_STATE_BYTES: u32 = 0x1000;
/// One page of u64 counters: exits by reason, then system calls by number.
pub const PP_STATISTICS: u32 = 0x17000;
/// EntryArea, where the kernel is isolated. Above every stack of the kernel's: entry.S tells them apart.
pub const PP_ENTRY: u32 = 0x19000;
/// The local APIC's registers, where this processor sends NMIs.
pub const PP_APIC: u32 = 0x1c000;
/// The IDT, one page that all processors share.
pub const PP_IDT: u32 = 0x1e000;
/// GDT. After a VM exit its limit is 0xFFFF on Intel: nothing else may be mapped for 64 KiB.
pub const PP_GDT: u32 = 0x20000;
/// TSS at the page's end, the running extension's I/O permission bitmap in the pages behind.
pub const PP_TSS: u32 = 0x31000;
/// A page of memory that is not the hypervisor's, while it is copied from or to.
pub const PP_WINDOW: u32 = 0x3c000;
/// Seats of all extensions, when there are several.
pub const PP_SEATS: u32 = 0x40000;
pub const PP_SEAT_STRIDE: u32 = 0x400;

// What the loader hands to the kernel on one processor

#[repr(C)]
pub struct BootArgs {
    /// BOOT_MAGIC.
    pub magic: u64,
    /// BOOT_VERSION.
    pub version: u64,
    pub ppid: u32,
    /// Processors that will be started, this one included.
    pub pp_count: u32,
    /// This processor's top-level page table (CR3).
    pub root_phys: u64,
    /// The debug ring (DebugRing), physically contiguous.
    pub ring_phys: u64,
    /// Where to jump, in host mode, to leave for good: RDI = 0; SavedState holds the state to restore.
    pub promote_entry: u64,
    /// Entries of arena.
    pub arena_count: u32,
    /// Entries of ext.
    pub ext_count: u32,
    /// VENDOR_*.
    pub vendor: u32,
    /// CPU_FEATURE_* that the loader found on every processor.
    pub features: u32,
    /// This processor's BootReport, which is the operating system's memory.
    pub report_phys: u64,
    /// Sizes of the extensions' files; file n lies at EXT_FILE_BASE + n * EXT_FILE_STRIDE.
    pub ext_bytes: [u64; 64],
    /// Physically contiguous chunks that belong to the hypervisor, page aligned, all in the direct map.
    pub arena_phys: [u64; 64],
    /// Their sizes.
    pub arena_bytes: [u64; 64],
    /// Bytes at each chunk's start that the loader uses itself; the rest is the kernel's pool.
    pub arena_used: [u64; 64],
    /// ExtensionPolicy of every extension, at EXT_POLICY_BASE; 0: none, then every call is allowed.
    pub policy_bytes: u64,
    /// 0 errors, 1 life cycle, 2 every exit.
    pub debug_level: u32,
    /// MITIGATION_* that this processor needs; docs/security.md says against what.
    pub mitigations: u32,
    /// Ticks of the time stamp counter that a processor may spend without running a VM; 0: nobody watches.
    pub watch_ticks: u64,
    /// MemoryExchange, a page; 0: memory neither comes nor goes while the hypervisor runs.
    pub exchange_phys: u64,
    /// SPEC_CTRL in host mode, with MITIGATION_SPEC_CTRL.
    pub host_spec_ctrl: u64,
}

const _: () = assert!(core::mem::size_of::<BootArgs>() == 2160);

// What the kernel tells the loader on one processor

#[repr(C)]
pub struct BootReport {
    /// PHASE_*.
    pub phase: u32,
    /// BOOT_*.
    pub status: u32,
    /// Depends on status.
    pub detail: u64,
    /// 1 while the processor is watched and without a VM: an NMI reaches the kernel.
    pub watching: u32,
    /// 1, written by the loader: an NMI for the kernel is on its way. The kernel makes it 0 when it has taken that.
    pub kick: u32,
}

const _: () = assert!(core::mem::size_of::<BootReport>() == 24);

// BootReport.status: why the kernel gave a processor back

pub const BOOT_OK: u32 = 0x0;
/// Magic or version of BootArgs is wrong.
pub const BOOT_BAD_ARGS: u32 = 0x1;
/// A pool is empty.
pub const BOOT_NO_MEMORY: u32 = 0x2;
/// An extension's file is no valid ELF file; detail: ElfError.
pub const BOOT_EXT_ELF: u32 = 0x3;
/// _start ended without a bootstrap callback.
pub const BOOT_EXT_NO_BOOTSTRAP: u32 = 0x4;
/// _start ended without a vmexit callback.
pub const BOOT_EXT_NO_VMEXIT: u32 = 0x5;
/// _start ended without a fail callback.
pub const BOOT_EXT_NO_FAIL: u32 = 0x6;
/// The extension faulted, in its fail callback too or without one; detail: vector.
pub const BOOT_EXT_FAULT: u32 = 0x7;
/// A callback returned instead of ending in a system call.
pub const BOOT_EXT_RETURNED: u32 = 0x8;
/// The extension asked to exit.
pub const BOOT_EXT_EXIT: u32 = 0x9;
/// The extension called wait where that is no valid end.
pub const BOOT_EXT_WAIT: u32 = 0xa;
/// The microkernel itself faulted; detail: vector.
pub const BOOT_KERNEL_FAULT: u32 = 0xb;
/// The processor refused the root VS's state.
pub const BOOT_INVALID_VM: u32 = 0xc;
/// Intel: the processor refused VMXON.
pub const BOOT_NO_VMX_OPERATION: u32 = 0xd;
/// The extension kept the processor for longer than the watchdog allows.
pub const BOOT_EXT_OVERDUE: u32 = 0xe;

// Linear memory that an extension asks for, in TypeScript for its variables, otherwise for its heap

#[repr(C)]
pub struct ExtensionMemory {
    /// 1.
    pub version: u32,
    /// EXT_MEMORY_*.
    pub flags: u32,
    /// 4 KiB pages mapped at start, counted from EXT_MEMORY_BASE + dataOffset.
    pub initial_pages: u32,
    /// Most 4 KiB pages that it may grow to.
    pub maximum_pages: u32,
    /// Offset of the first mapped byte; a multiple of 4 KiB, at least 64 KiB.
    pub data_offset: u32,
    pub reserved: u32,
}

const _: () = assert!(core::mem::size_of::<ExtensionMemory>() == 24);

// ExtensionMemory.flags

/// One instance per processor; otherwise one shared by all.
pub const EXT_MEMORY_PER_PP: u32 = 0x1;
/// Has a garbage collector.
pub const EXT_MEMORY_COLLECTED: u32 = 0x2;

// What a manifest says about an extension

#[repr(C)]
pub struct ExtensionPolicy {
    /// Zero padded; what message_find looks for.
    pub name: [u8; 32],
    /// Bit n of word g: call n of group g is denied.
    pub denied: [u32; 16],
    /// POLICY_*.
    pub flags: u32,
    /// Entries of msrFirst, msrLast and msrRights.
    pub msr_count: u32,
    /// First MSR of a range.
    pub msr_first: [u32; 32],
    /// Last MSR of it.
    pub msr_last: [u32; 32],
    /// MSR_RIGHT_*.
    pub msr_rights: [u32; 32],
    /// Entries of portFirst and portLast.
    pub port_count: u32,
    /// First port of a range.
    pub port_first: [u32; 32],
    /// Last port of it.
    pub port_last: [u32; 32],
    pub reserved: u32,
    /// The most that it may have of each QUOTA_* at one time; 0: as much as there is.
    pub quota: [u32; 4],
}

const _: () = assert!(core::mem::size_of::<ExtensionPolicy>() == 768);

// Where an extension keeps its settings

#[repr(C)]
pub struct ExtensionSettings {
    /// Virtual address of the area, which the file has bytes for: lines `key=value`, then zeroes.
    pub address: u64,
    /// Size of the area in bytes.
    pub size: u64,
}

const _: () = assert!(core::mem::size_of::<ExtensionSettings>() == 16);

// BootArgs.features

pub const CPU_FEATURE_SMEP: u32 = 0x1;
pub const CPU_FEATURE_SMAP: u32 = 0x2;
pub const CPU_FEATURE_UMIP: u32 = 0x4;
pub const CPU_FEATURE_XSAVE: u32 = 0x8;
/// AMD: the VMCB's nRIP is written at exits.
pub const CPU_FEATURE_NRIP: u32 = 0x10;
/// AMD: TLB_CONTROL 3 works.
pub const CPU_FEATURE_FLUSH_ASID: u32 = 0x20;
pub const CPU_FEATURE_FSGSBASE: u32 = 0x40;
pub const CPU_FEATURE_PCID: u32 = 0x80;

// What the hand-off code needs, at SavedState + HANDOFF_OFFSET

#[repr(C)]
pub struct Handoff {
    /// SavedState's address in the hand-off window.
    pub alias: u64,
    /// Where promote continues at the operating system's address of the code.
    pub promote_in_os: u64,
    /// Host mode's code and stack segments, the operating system's, and room for its TSS.
    pub gdt: [u64; 32],
    /// Three gates, of which the one for NMIs is used, by the operating system's addresses.
    pub idt_in_os: [u64; 6],
    /// The same by the addresses of host mode.
    pub idt_in_host: [u64; 6],
    /// Operands of LGDT and LIDT: limit in the first word's upper 16 bits, then the base.
    pub gdtr_in_os: [u64; 2],
    pub gdtr_in_host: [u64; 2],
    pub idtr_in_os: [u64; 2],
    pub idtr_in_host: [u64; 2],
    /// Used while neither side's stack is mapped.
    pub stack: [u64; 64],
}

const _: () = assert!(core::mem::size_of::<Handoff>() == 944);

// Where the Handoff structure lies

/// Behind SavedState.
pub const HANDOFF_OFFSET: u32 = 0x800;

// BootArgs.mitigations: what is done against speculation

/// Host mode has a value of its own in SPEC_CTRL, and each VS one, which change hands.
pub const MITIGATION_SPEC_CTRL: u32 = 0x1;
/// AMD: the VMCB has the VS's, and the processor changes hands.
pub const MITIGATION_VIRTUAL_SPEC_CTRL: u32 = 0x2;
/// AMD: EFER.AIBRSE is set in host mode.
pub const MITIGATION_AUTOMATIC_IBRS: u32 = 0x4;
/// IBPB behind each VM exit.
pub const MITIGATION_EXIT_BARRIER: u32 = 0x8;
/// IBPB when an extension calls or faults.
pub const MITIGATION_CALL_BARRIER: u32 = 0x10;
/// IBRS is written anew when an extension calls or faults.
pub const MITIGATION_CALL_IBRS: u32 = 0x20;
/// IBPB when another extension or another VM runs.
pub const MITIGATION_SWITCH_BARRIER: u32 = 0x40;
/// The return stack is filled behind each VM exit.
pub const MITIGATION_RETURN_STACK: u32 = 0x80;
/// VERW before an extension and before a VM runs.
pub const MITIGATION_CLEAR_BUFFERS: u32 = 0x100;
/// The first level data cache is flushed before a VM runs.
pub const MITIGATION_FLUSH_L1D: u32 = 0x200;
/// IBPB behind each exit of a VM that is not the root VM.
pub const MITIGATION_GUEST_BARRIER: u32 = 0x400;
/// IBPB when an extension that does not own the root VM calls or faults.
pub const MITIGATION_SERVICE_BARRIER: u32 = 0x800;
/// While an extension runs, nothing of the kernel is mapped but what entries need. When it is asked for.
pub const MITIGATION_ISOLATE_KERNEL: u32 = 0x10000;

// ExtensionPolicy.msrRights

pub const MSR_RIGHT_READ: u32 = 0x1;
pub const MSR_RIGHT_WRITE: u32 = 0x2;

// ELF notes, owner "Bareflank"

/// Descriptor: u64 BOOT_VERSION. Only a kernel image has it.
pub const NOTE_KERNEL: u32 = 0x1;
/// Descriptor: ExtensionMemory. Only a TypeScript extension has it.
pub const NOTE_EXTENSION_MEMORY: u32 = 0x2;
/// Descriptor: ExtensionSettings. An extension that can be given settings has it.
pub const NOTE_EXTENSION_SETTINGS: u32 = 0x3;
/// Descriptor: Relocations. A kernel image that can be put elsewhere in its windows has it; toolchain/src/relocations.ts.
pub const NOTE_RELOCATIONS: u32 = 0x5;
/// Descriptor: u32 SPEC_VERSION_* that the extension knows. Without it: SPEC_VERSION_1.
pub const NOTE_EXTENSION_VERSIONS: u32 = 0x4;

// BootReport.phase: how far a processor has come

pub const PHASE_NONE: u32 = 0x0;
/// In the microkernel's own start.
pub const PHASE_KERNEL: u32 = 0x1;
/// In the extension's _start.
pub const PHASE_START: u32 = 0x2;
/// In the extension's bootstrap callback.
pub const PHASE_BOOTSTRAP: u32 = 0x3;
/// The operating system runs as a VM.
pub const PHASE_RUNNING: u32 = 0x4;
/// The operating system has its processor back.
pub const PHASE_STOPPED: u32 = 0x5;
/// The microkernel halted this processor; the ring says why.
pub const PHASE_HALTED: u32 = 0x6;

// ExtensionPolicy.flags

/// MSRs outside the ranges are denied.
pub const POLICY_MSRS: u32 = 0x1;
/// Ports outside the ranges are denied.
pub const POLICY_PORTS: u32 = 0x2;
/// It may open version 2 of the interface, and no other.
pub const POLICY_VERSION_2: u32 = 0x4;

// ExtensionPolicy.quota

/// VMs that it has made.
pub const QUOTA_VMS: u32 = 0x0;
/// VPs.
pub const QUOTA_VPS: u32 = 0x1;
/// VSs.
pub const QUOTA_VSS: u32 = 0x2;
/// Pages that it was given by alloc_page, alloc_huge and memory_grow.
pub const QUOTA_PAGES: u32 = 0x3;

// A word of a kernel image's table of relocations

/// Bytes from the last one, from the image's base the first time. All ones: nothing is there.
pub const RELOCATION_DISTANCE: u32 = 0x3fff;
/// In the image 64 bits, otherwise 32. In the linear memory relative to the instruction.
pub const RELOCATION_OTHER: u32 = 0x4000;
/// It is an address of the linear memory, otherwise of the image.
pub const RELOCATION_MEMORY: u32 = 0x8000;

// Where a kernel image names its own addresses

#[repr(C)]
pub struct Relocations {
    /// Of the table in the file: words of 16 bits, RELOCATION_*.
    pub offset: u32,
    /// Its words.
    pub count: u32,
}

const _: () = assert!(core::mem::size_of::<Relocations>() == 8);

// The debug ring, 128 KiB

#[repr(C)]
pub struct DebugRing {
    /// Bytes ever dropped: text starts at buffer[begin % DEBUG_RING_CHARS].
    pub begin: u64,
    /// Bytes ever written.
    pub end: u64,
}

const _: () = assert!(core::mem::size_of::<DebugRing>() == 16);

// Debug ring

/// The structure and its text.
pub const DEBUG_RING_AREA_BYTES: u32 = 0x20000;
/// Its text, directly behind the structure.
pub const DEBUG_RING_CHARS: u32 = 0x1fff0;

// The operating system's state on one processor

#[repr(C)]
pub struct SavedState {
    /// This structure's own address in the operating system's address space.
    pub os_address: u64,
    /// CR4 to enter host mode with (no PCIDE, no PGE).
    pub host_cr4: u64,
    /// Table that maps the hand-off code at HANDOFF_BASE and at the operating system's address of it.
    pub transition_cr3: u64,
    /// BootArgs.rootPhys.
    pub host_cr3: u64,
    /// The kernel's entry point.
    pub kernel_entry: u64,
    /// EFER to enter host mode with.
    pub host_efer: u64,
    /// DEBUGCTL to enter host mode with: on Intel 0, for the tables of its records are not mapped there.
    pub host_debugctl: u64,
    /// This structure's physical address.
    pub physical: u64,
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rbp: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rip: u64,
    pub rsp: u64,
    pub rflags: u64,
    pub cr0: u64,
    pub cr2: u64,
    pub cr3: u64,
    pub cr4: u64,
    pub cr8: u64,
    pub xcr0: u64,
    pub dr0: u64,
    pub dr1: u64,
    pub dr2: u64,
    pub dr3: u64,
    pub dr6: u64,
    pub dr7: u64,
    pub efer: u64,
    pub star: u64,
    pub lstar: u64,
    pub cstar: u64,
    pub sfmask: u64,
    pub kernel_gs_base: u64,
    pub sysenter_cs: u64,
    pub sysenter_esp: u64,
    pub sysenter_eip: u64,
    pub pat: u64,
    pub debugctl: u64,
    /// AMD: VM_HSAVE_PA.
    pub hsave_pa: u64,
    pub gdtr_base: u64,
    pub idtr_base: u64,
    pub gdtr_limit: u32,
    pub idtr_limit: u32,
    pub es_selector: u16,
    /// Descriptor bits 55:52 and 47:40 as the VMCB holds them (APM 2, 15.5.1); 0 for a null selector.
    pub es_attrib: u16,
    /// In bytes, granularity applied.
    pub es_limit: u32,
    pub es_base: u64,
    pub cs_selector: u16,
    pub cs_attrib: u16,
    pub cs_limit: u32,
    pub cs_base: u64,
    pub ss_selector: u16,
    pub ss_attrib: u16,
    pub ss_limit: u32,
    pub ss_base: u64,
    pub ds_selector: u16,
    pub ds_attrib: u16,
    pub ds_limit: u32,
    pub ds_base: u64,
    pub fs_selector: u16,
    pub fs_attrib: u16,
    pub fs_limit: u32,
    pub fs_base: u64,
    pub gs_selector: u16,
    pub gs_attrib: u16,
    pub gs_limit: u32,
    pub gs_base: u64,
    pub ldtr_selector: u16,
    pub ldtr_attrib: u16,
    pub ldtr_limit: u32,
    pub ldtr_base: u64,
    pub tr_selector: u16,
    pub tr_attrib: u16,
    pub tr_limit: u32,
    pub tr_base: u64,
    /// Intel: NMIs that came while the hand-off code had the processor. Kernel or operating system takes each, once.
    pub handoff_nmis: u32,
    pub reserved: u32,
}

const _: () = assert!(core::mem::size_of::<SavedState>() == 560);

// BootArgs.vendor

pub const VENDOR_AMD: u32 = 0x1;
pub const VENDOR_INTEL: u32 = 0x2;

// Versions that must match between kernel image, loader and bfm

/// "BFKERNEL", little endian.
pub const BOOT_MAGIC: u64 = 0x4c454e52454b4642;
/// Version of BootArgs, SavedState and StartRecord; the kernel's ELF note carries the one it was built for.
pub const BOOT_VERSION: u64 = 0x7;

// Hypervisor CPUID leaves

/// EAX: highest leaf. EBX, ECX, EDX: CPUID_SIGNATURE_*.
pub const CPUID_HYPERVISOR_BASE: u32 = 0x40000000;
/// Last leaf that the default extension answers itself.
pub const CPUID_HYPERVISOR_LAST: u32 = 0x400000ff;
/// Highest leaf reported in CPUID_HYPERVISOR_BASE.
pub const CPUID_HYPERVISOR_MAX: u32 = 0x40000001;
/// "Bare"
pub const CPUID_SIGNATURE_EBX: u32 = 0x65726142;
/// "flan"
pub const CPUID_SIGNATURE_ECX: u32 = 0x6e616c66;
/// "kTS"
pub const CPUID_SIGNATURE_EDX: u32 = 0x53546b;
/// Leaf 0x40000001: "Bf#1".
pub const CPUID_INTERFACE_EAX: u32 = 0x31236642;
/// Leaf 0x40000001, EBX: the extension takes hypercalls (VMMCALL).
pub const CPUID_INTERFACE_HYPERCALLS: u32 = 0x1;
/// The same: the extension virtualizes INIT and SIPI, so an operating system can start processors in the root VM.
pub const CPUID_INTERFACE_INIT_SIPI: u32 = 0x2;
/// The control leaf; ECX is the command, EAX the answer (0 done, 1 refused, 2 not while guests live). Ring 0 only.
pub const CPUID_CONTROL: u32 = 0x400000ff;
/// Give this processor back to the operating system.
pub const CPUID_CONTROL_STOP: u32 = 0xbf000000;
/// Write to the debug ring that this processor is in a VM now.
pub const CPUID_CONTROL_REPORT_ON: u32 = 0xbf000001;
/// Write to the debug ring that this processor is about to leave.
pub const CPUID_CONTROL_REPORT_OFF: u32 = 0xbf000002;
/// As STOP, whatever guest VMs live: the operating system ends. Whoever never answers GUESTS is not asked.
pub const CPUID_CONTROL_STOP_ANYWAY: u32 = 0xbf000003;
pub const CPUID_CONTROL_DONE: u32 = 0x0;
pub const CPUID_CONTROL_REFUSED: u32 = 0x1;
/// To STOP: not while guest VMs live.
pub const CPUID_CONTROL_GUESTS: u32 = 0x2;

// Hypercalls that the SDK answers: RAX

/// RBX: index. RAX: 0, RBX: the counter's value here, RCX, RDX, RSI, RDI: its name, zero padded; RAX: 1, there is none.
pub const HYPERCALL_COUNTER: u64 = 0x4246000000000001;

// Version of the driver's interface

pub const DRIVER_VERSION: u64 = 0x7;

// Argument of IOCTL_DUMP

#[repr(C)]
pub struct DumpArgs {
    /// DRIVER_VERSION; the driver writes its own back.
    pub version: u64,
    /// ERROR_*: what went wrong; 0 when all went well.
    pub error: u32,
    /// Processor that it happened on, or 0xFFFFFFFF.
    pub cpu: u32,
    /// PHASE_* that this processor had reached.
    pub phase: u32,
    /// 0: the kernel image; n: extension n.
    pub file: u32,
    /// Depends on the error: ELF error, boot status << 32 | its detail, or bytes.
    pub detail: u64,
    pub buffer_address: u64,
    /// DEBUG_RING_CHARS takes any ring; a smaller buffer gets the newest text.
    pub buffer_bytes: u64,
    pub written_bytes: u64,
}

const _: () = assert!(core::mem::size_of::<DumpArgs>() == 56);

// What can be wrong with an ELF file

pub const ELF_OK: u32 = 0x0;
/// Shorter than its own header.
pub const ELF_TOO_SMALL: u32 = 0x1;
/// Larger than 8 MiB.
pub const ELF_TOO_LARGE: u32 = 0x2;
/// No ELF file.
pub const ELF_MAGIC: u32 = 0x3;
/// Not 64-bit.
pub const ELF_CLASS: u32 = 0x4;
/// Not little endian.
pub const ELF_ENDIANNESS: u32 = 0x5;
/// Not the System V ABI.
pub const ELF_ABI: u32 = 0x6;
/// Not an executable at fixed addresses (ET_EXEC).
pub const ELF_TYPE: u32 = 0x7;
/// For another machine than x86-64.
pub const ELF_MACHINE: u32 = 0x8;
/// Program headers are missing, of the wrong size or outside the file.
pub const ELF_PROGRAM_HEADERS: u32 = 0x9;
/// A segment reaches beyond the end of the file.
pub const ELF_TRUNCATED: u32 = 0xa;
/// A segment has more bytes in the file than in memory, or wraps around.
pub const ELF_SEGMENT_SIZE: u32 = 0xb;
/// A segment is not aligned to 4 KiB.
pub const ELF_SEGMENT_ALIGNMENT: u32 = 0xc;
/// A segment is writable and executable.
pub const ELF_SEGMENT_WX: u32 = 0xd;
/// A segment lies outside its address window.
pub const ELF_SEGMENT_WINDOW: u32 = 0xe;
/// Two segments overlap.
pub const ELF_SEGMENT_OVERLAP: u32 = 0xf;
/// Nothing to load.
pub const ELF_NO_SEGMENTS: u32 = 0x10;
/// The entry point is in no executable segment.
pub const ELF_ENTRY: u32 = 0x11;
/// It asks for an executable stack.
pub const ELF_STACK_EXECUTABLE: u32 = 0x12;
/// Its thread-local storage is larger than a page, or executable.
pub const ELF_TLS: u32 = 0x13;
/// A note is damaged or of an unknown version.
pub const ELF_NOTE: u32 = 0x14;
/// No Bareflank kernel image: its version note is missing.
pub const ELF_NO_KERNEL_NOTE: u32 = 0x15;

// Errors of the driver

pub const ERROR_NONE: u32 = 0x0;
pub const ERROR_NOT_LOADED: u32 = 0x1;
pub const ERROR_NOT_RUNNING: u32 = 0x2;
pub const ERROR_CORRUPT: u32 = 0x3;
/// detail: bytes that were asked for.
pub const ERROR_NO_MEMORY: u32 = 0x4;
/// file, detail: ELF_*.
pub const ERROR_ELF: u32 = 0x5;
/// The kernel image is for another BOOT_VERSION; detail: its version.
pub const ERROR_KERNEL_VERSION: u32 = 0x6;
/// detail: how many there are.
pub const ERROR_TOO_MANY_CPUS: u32 = 0x7;
/// Neither AMD nor Intel.
pub const ERROR_VENDOR: u32 = 0x8;
pub const ERROR_NO_SVM: u32 = 0x9;
/// VM_CR.SVMDIS is set: the firmware switched SVM off.
pub const ERROR_SVM_LOCKED: u32 = 0xa;
/// EFER.SVME is set already: another hypervisor (KVM?) runs.
pub const ERROR_SVM_IN_USE: u32 = 0xb;
pub const ERROR_NO_NX: u32 = 0xc;
/// The operating system uses 5-level paging.
pub const ERROR_LA57: u32 = 0xd;
/// cpu, phase, detail: BOOT_* << 32 | its detail.
pub const ERROR_START_FAILED: u32 = 0xe;
/// The extension did not return and the operation was interrupted: cpu and phase.
pub const ERROR_TIMEOUT: u32 = 0xf;
/// The processor runs, but the extension does not answer the control leaf.
pub const ERROR_NO_ANSWER: u32 = 0x10;
/// The extension does not give the processor back; it works on as before.
pub const ERROR_STOP_REFUSED: u32 = 0x11;
/// A signal ended the wait before anything was done.
pub const ERROR_INTERRUPTED: u32 = 0x12;
/// A size, count or address in the argument block is impossible.
pub const ERROR_INVALID_ARGUMENT: u32 = 0x13;
pub const ERROR_NO_LONG_MODE: u32 = 0x14;
/// The extension takes no hypercalls.
pub const ERROR_NO_HYPERCALLS: u32 = 0x16;
/// The operating system encrypts its memory (SME).
pub const ERROR_MEMORY_ENCRYPTION: u32 = 0x18;
/// The extension does not know this hypercall.
pub const ERROR_UNKNOWN_HYPERCALL: u32 = 0x19;
/// The processor is not in the hypervisor's care; cpu: which.
pub const ERROR_NO_SUCH_CPU: u32 = 0x17;
pub const ERROR_NO_VMX: u32 = 0x1a;
/// IA32_FEATURE_CONTROL is locked without VMXON: the firmware switched VT-x off.
pub const ERROR_VMX_LOCKED: u32 = 0x1b;
/// CR4.VMXE is set already: another hypervisor (KVM?) runs.
pub const ERROR_VMX_IN_USE: u32 = 0x1c;
pub const ERROR_NO_SECONDARY_CONTROLS: u32 = 0x1d;
pub const ERROR_NO_EPT: u32 = 0x1e;
pub const ERROR_NO_UNRESTRICTED_GUEST: u32 = 0x1f;
pub const ERROR_NO_VPID: u32 = 0x20;
pub const ERROR_NO_VIRTUAL_NMIS: u32 = 0x21;
/// No MSR or I/O bitmaps.
pub const ERROR_NO_BITMAPS: u32 = 0x22;
/// Exits for CR3 cannot be switched off.
pub const ERROR_NO_TRUE_CONTROLS: u32 = 0x23;
/// VM exits do not lead to 64-bit mode.
pub const ERROR_NO_HOST_64: u32 = 0x24;
/// VM entries and exits do not save and load EFER.
pub const ERROR_NO_EFER_SWITCH: u32 = 0x25;
/// VM entries and exits do not save and load PAT.
pub const ERROR_NO_PAT_SWITCH: u32 = 0x26;
/// VMX structures must not be cached; detail: the memory type that they need.
pub const ERROR_VMX_MEMORY_TYPE: u32 = 0x27;
/// detail: bits of CR0 that VMX wants otherwise.
pub const ERROR_VMX_CR0: u32 = 0x28;
/// detail: bits of CR4 that VMX wants otherwise.
pub const ERROR_VMX_CR4: u32 = 0x29;
/// EPT without four levels, write-back memory or INVEPT; detail: what is missing of it.
pub const ERROR_NO_EPT_FLUSH: u32 = 0x2a;
/// One processor, and no performance counter that could watch it.
pub const ERROR_NOBODY_WATCHES: u32 = 0x2b;
/// The operating system does not know the rate of the time stamp counter.
pub const ERROR_NO_CLOCK: u32 = 0x2c;
/// The start takes more memory than it may; detail: bytes that it takes.
pub const ERROR_MEMORY_LIMIT: u32 = 0x2d;
/// The hypervisor may not grow further; detail: bytes that were to be given.
pub const ERROR_GROWTH_LIMIT: u32 = 0x2e;
/// The microkernel refused a chunk; detail: GIVE_*.
pub const ERROR_CHUNK_REFUSED: u32 = 0x2f;
/// A hypervisor runs that UEFI has started: nothing else is loaded or started before it is stopped.
pub const ERROR_STARTED_BEFORE: u32 = 0x30;
/// The operating system runs in a hypervisor of another release; detail: its BOOT_VERSION.
pub const ERROR_FOREIGN_HYPERVISOR: u32 = 0x31;
/// A processor of the hypervisor's is offline in the operating system; detail: the hypervisor's number of it.
pub const ERROR_CPU_OFFLINE: u32 = 0x32;
/// The microkernel does not let its stop end in this driver; detail: ADOPT_* or DOOR_UNKNOWN.
pub const ERROR_ADOPTION_REFUSED: u32 = 0x33;
/// The extension does not give the processor back while its guest VMs live.
pub const ERROR_STOP_GUESTS: u32 = 0x34;
/// A start or a stop has changed a register of the operating system's; detail: its offset in SavedState.
pub const ERROR_STOP_MISMATCH: u32 = 0x15;

// StatusArgs.exposures: what speculation still lets out

/// Nothing keeps branches from what others have trained, or microcode is missing for it.
pub const EXPOSED_BRANCHES: u32 = 0x1;
/// Buffers in the processor are not cleared (MDS, TAA, MMIO, RFDS, TSA).
pub const EXPOSED_BUFFERS: u32 = 0x2;
/// The first level data cache is not flushed for VMs (L1TF).
pub const EXPOSED_L1D: u32 = 0x4;
/// Extensions read what is mapped for the microkernel alone (Meltdown).
pub const EXPOSED_KERNEL_MEMORY: u32 = 0x8;
/// Extensions read x87 and vector registers that are others' (lazy switching).
pub const EXPOSED_VECTOR_REGISTERS: u32 = 0x10;
/// A core runs two threads, and what one clears the other one can fill.
pub const EXPOSED_SIBLINGS: u32 = 0x20;
/// What runs in the root VM may lead its extension by branches that it has trained, and the microkernel on AMD to Zen 4.
pub const EXPOSED_ROOT_BRANCHES: u32 = 0x40;

// ioctl numbers of /dev/bareflank (type 0xBF, read and write)

pub const IOCTL_LOAD: u32 = 0xc448bf01;
pub const IOCTL_UNLOAD: u32 = 0xc038bf02;
pub const IOCTL_START: u32 = 0xc038bf03;
pub const IOCTL_STOP: u32 = 0xc038bf04;
pub const IOCTL_STATUS: u32 = 0xc458bf05;
pub const IOCTL_DUMP: u32 = 0xc038bf06;
pub const IOCTL_VMCALL: u32 = 0xc068bf07;
pub const IOCTL_MEMORY: u32 = 0xc040bf08;

// Argument of IOCTL_LOAD

#[repr(C)]
pub struct LoadArgs {
    /// DRIVER_VERSION; the driver writes its own back.
    pub version: u64,
    /// ERROR_*: what went wrong; 0 when all went well.
    pub error: u32,
    /// Processor that it happened on, or 0xFFFFFFFF.
    pub cpu: u32,
    /// PHASE_* that this processor had reached.
    pub phase: u32,
    /// 0: the kernel image; n: extension n.
    pub file: u32,
    /// Depends on the error: ELF error, boot status << 32 | its detail, or bytes.
    pub detail: u64,
    /// The kernel image's bytes, in the caller's address space.
    pub kernel_address: u64,
    pub kernel_bytes: u64,
    /// 1 to MAX_EXTENSIONS.
    pub ext_count: u32,
    pub flags: u32,
    pub ext_address: [u64; 64],
    pub ext_bytes: [u64; 64],
    /// ExtensionPolicy of each extension, in their order.
    pub policy_address: u64,
    /// 0: no manifest, then every extension may make every call.
    pub policy_bytes: u64,
}

const _: () = assert!(core::mem::size_of::<LoadArgs>() == 1096);

// Argument of IOCTL_MEMORY

#[repr(C)]
pub struct MemoryArgs {
    /// DRIVER_VERSION; the driver writes its own back.
    pub version: u64,
    /// ERROR_*: what went wrong; 0 when all went well.
    pub error: u32,
    /// Processor that it happened on, or 0xFFFFFFFF.
    pub cpu: u32,
    /// PHASE_* that this processor had reached.
    pub phase: u32,
    /// 0: the kernel image; n: extension n.
    pub file: u32,
    /// Depends on the error: ELF error, boot status << 32 | its detail, or bytes.
    pub detail: u64,
    /// Gets a MemoryExchange, reported just now, and a MemoryLoans behind it.
    pub buffer_address: u64,
    pub buffer_bytes: u64,
    /// Give the microkernel so much before, asked or not: a power of two, CHUNK_LEAST_BYTES at least; 0: nothing.
    pub donate_bytes: u64,
    pub reserved: u64,
}

const _: () = assert!(core::mem::size_of::<MemoryArgs>() == 64);

// What happens to the hypervisor's memory

/// Entries of MemoryLoans.eventKind.
pub const MOST_MEMORY_EVENTS: u32 = 0x20;
/// The microkernel asked for memory.
pub const MEMORY_EVENT_ASKED: u32 = 0x1;
/// A chunk was given.
pub const MEMORY_EVENT_GIVEN: u32 = 0x2;
/// A chunk came back.
pub const MEMORY_EVENT_RETURNED: u32 = 0x3;
/// The operating system has no memory to give.
pub const MEMORY_EVENT_NO_MEMORY: u32 = 0x4;
/// It may not grow further.
pub const MEMORY_EVENT_LIMIT: u32 = 0x5;
/// The microkernel refused a chunk.
pub const MEMORY_EVENT_REFUSED: u32 = 0x6;

// What the driver knows of the hypervisor's memory

#[repr(C)]
pub struct MemoryLoans {
    /// All that the hypervisor held when it had started.
    pub start_bytes: u64,
    /// All that it holds now.
    pub held_bytes: u64,
    /// What it may grow to.
    pub most_bytes: u64,
    /// Chunks that came since, by order: 2^order pages. Runs are not among them.
    pub lent_chunks: [u32; 12],
    /// Events since the start; number n is in slot n % MOST_MEMORY_EVENTS.
    pub events: u64,
    /// Nanoseconds since 1970.
    pub event_time: [u64; 32],
    /// Bytes that it is about.
    pub event_bytes: [u64; 32],
    /// MEMORY_EVENT_*.
    pub event_kind: [u32; 32],
    /// GIVE_* of what was refused by the microkernel.
    pub event_detail: [u32; 32],
}

const _: () = assert!(core::mem::size_of::<MemoryLoans>() == 848);

// Argument of IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP

#[repr(C)]
pub struct OperationArgs {
    /// DRIVER_VERSION; the driver writes its own back.
    pub version: u64,
    /// ERROR_*: what went wrong; 0 when all went well.
    pub error: u32,
    /// Processor that it happened on, or 0xFFFFFFFF.
    pub cpu: u32,
    /// PHASE_* that this processor had reached.
    pub phase: u32,
    /// 0: the kernel image; n: extension n.
    pub file: u32,
    /// Depends on the error: ELF error, boot status << 32 | its detail, or bytes.
    pub detail: u64,
    /// OPERATION_*; of a start.
    pub flags: u32,
    /// Of a start: milliseconds after which an extension is taken off a processor; 0: never.
    pub watchdog_ms: u32,
    /// Of a start: memory that the hypervisor begins with; 0: what it needs.
    pub least_bytes: u64,
    /// Of a start: memory that it may grow to; 0: a quarter of what there is.
    pub most_bytes: u64,
}

const _: () = assert!(core::mem::size_of::<OperationArgs>() == 56);

// OperationArgs.flags

/// When the operating system's sleep or a change of its processors ends what is started, it stays so.
pub const OPERATION_ONCE: u32 = 0x1;
/// Nothing is done against speculation.
pub const OPERATION_NO_MITIGATIONS: u32 = 0x2;
/// The microkernel lies where it was linked, and not at a random place.
pub const OPERATION_NO_SLIDE: u32 = 0x4;
/// The root VM and its extension are kept apart from the microkernel like all others.
pub const OPERATION_ALL_MITIGATIONS: u32 = 0x8;
/// While an extension runs, nothing of the microkernel is mapped but what entries need.
pub const OPERATION_ISOLATE_KERNEL: u32 = 0x10;

// What a loader leaves about what it has started

#[repr(C)]
pub struct StartRecord {
    /// Memory that the hypervisor holds.
    pub memory_bytes: u64,
    /// Extensions that are loaded, or run.
    pub ext_count: u32,
    /// After how many milliseconds an extension is taken off a processor; 0: never.
    pub watchdog_ms: u32,
    /// On any of its processors: MITIGATION_*.
    pub mitigations: u32,
    /// The same: EXPOSED_*.
    pub exposures: u32,
    /// How far the microkernel's image lies above where it was linked.
    pub image_slide: u64,
    /// The same of its linear memory.
    pub memory_slide: u64,
    /// Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room.
    pub ext_names: [u8; 832],
    /// First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded.
    pub kernel_build_id: [u8; 24],
}

const _: () = assert!(core::mem::size_of::<StartRecord>() == 896);

// Where a StartRecord lies in the page of reports

/// Behind as many reports as there can be.
pub const START_RECORD_OFFSET: u32 = 0xc00;

// StatusArgs.startedBy: who has started what runs

pub const STARTED_BY_DRIVER: u32 = 0x1;
/// It was there before the driver: the operating system booted inside.
pub const STARTED_BY_UEFI: u32 = 0x2;

// States of the driver

pub const STATE_UNLOADED: u32 = 0xa;
pub const STATE_LOADED: u32 = 0xb;
pub const STATE_RUNNING: u32 = 0xc;
/// A processor was lost or could not be given back: only a reboot helps.
pub const STATE_CORRUPT: u32 = 0x64;

// Argument of IOCTL_STATUS

#[repr(C)]
pub struct StatusArgs {
    /// DRIVER_VERSION; the driver writes its own back.
    pub version: u64,
    /// ERROR_*: what went wrong; 0 when all went well.
    pub error: u32,
    /// Processor that it happened on, or 0xFFFFFFFF.
    pub cpu: u32,
    /// PHASE_* that this processor had reached.
    pub phase: u32,
    /// 0: the kernel image; n: extension n.
    pub file: u32,
    /// Depends on the error: ELF error, boot status << 32 | its detail, or bytes.
    pub detail: u64,
    /// STATE_*.
    pub state: u32,
    /// Processors that the operating system has online.
    pub cpu_count: u32,
    /// Processors that run under the hypervisor.
    pub running_count: u32,
    /// VENDOR_*; 0 before the first start.
    pub vendor: u32,
    /// Memory that the hypervisor holds now, pools included; 0 unless running.
    pub memory_bytes: u64,
    /// 4 KiB pages that the driver has taken from the operating system and not given back.
    pub allocated_pages: u64,
    /// Characters in the debug ring.
    pub ring_bytes: u64,
    /// Successful starts since the driver was inserted.
    pub start_count: u64,
    pub stop_count: u64,
    /// Bit n % 64 of word n / 64: processor n runs under the hypervisor.
    pub running: [u64; 16],
    /// Of what runs: STARTED_BY_*; 0: nothing runs.
    pub started_by: u32,
    pub reserved: u32,
    /// Extensions that are loaded, or run.
    pub ext_count: u32,
    /// After how many milliseconds an extension is taken off a processor; 0: never.
    pub watchdog_ms: u32,
    /// On any of its processors: MITIGATION_*.
    pub mitigations: u32,
    /// The same: EXPOSED_*.
    pub exposures: u32,
    /// How far the microkernel's image lies above where it was linked.
    pub image_slide: u64,
    /// The same of its linear memory.
    pub memory_slide: u64,
    /// Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room.
    pub ext_names: [u8; 832],
    /// First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded.
    pub kernel_build_id: [u8; 24],
}

const _: () = assert!(core::mem::size_of::<StatusArgs>() == 1112);

// Argument of IOCTL_VMCALL

#[repr(C)]
pub struct VmcallArgs {
    /// DRIVER_VERSION; the driver writes its own back.
    pub version: u64,
    /// ERROR_*: what went wrong; 0 when all went well.
    pub error: u32,
    /// Processor that it happened on, or 0xFFFFFFFF.
    pub cpu: u32,
    /// PHASE_* that this processor had reached.
    pub phase: u32,
    /// 0: the kernel image; n: extension n.
    pub file: u32,
    /// Depends on the error: ELF error, boot status << 32 | its detail, or bytes.
    pub detail: u64,
    /// Processor to make the hypercall on.
    pub target: u32,
    pub reserved: u32,
    /// Registers of the hypercall; on return those that the extension left.
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub r8: u64,
    pub r9: u64,
}

const _: () = assert!(core::mem::size_of::<VmcallArgs>() == 104);

// What the assembly does when the kernel's TypeScript returns

/// Return from the system call with status, REG0 and REG1.
pub const ACTION_RETURN: u32 = 0x0;
/// Enter a callback.
pub const ACTION_UPCALL: u32 = 0x1;
/// Run the active VS.
pub const ACTION_RUN: u32 = 0x2;
/// Resume the extension at faultFrame.
pub const ACTION_RESUME: u32 = 0x3;
/// Give the processor back for good: SavedState holds the state.
pub const ACTION_PROMOTE: u32 = 0x4;
/// Halt this processor.
pub const ACTION_HALT: u32 = 0x5;
/// A message or a reply: save what functions preserve, and call enterExchange.
pub const ACTION_EXCHANGE: u32 = 0x8;
/// As ACTION_RETURN, with what functions preserve as the block has it.
pub const ACTION_RETURN_SAVED: u32 = 0x9;
/// As ACTION_UPCALL, on Intel where the kernel is isolated.
pub const ACTION_UPCALL_FRAME: u32 = 0xa;
/// The system call is not the one that ends nearly every exit: call enterSyscall.
pub const ACTION_SERVE: u32 = 0x7;
/// Return from an exception to the frame on the stack (changed by the exception table).
pub const ACTION_IRET: u32 = 0x6;

// PpBlock.context

pub const CONTEXT_NONE: u32 = 0x0;
/// _start
pub const CONTEXT_START: u32 = 0x1;
/// the bootstrap callback
pub const CONTEXT_BOOTSTRAP: u32 = 0x2;
/// the vmexit callback, before any exit was handled successfully
pub const CONTEXT_FIRST_VMEXIT: u32 = 0x3;
/// the vmexit callback
pub const CONTEXT_VMEXIT: u32 = 0x4;
/// the fail callback
pub const CONTEXT_FAIL: u32 = 0x5;
/// the message callback
pub const CONTEXT_MESSAGE: u32 = 0x6;

// What entries and exits need on ring 3's table

#[repr(C)]
pub struct EntryArea {
    /// CR3 of the kernel: the running extension's PpBlock.root.
    pub kernel_root: u64,
    /// CR3 of ring 3. Without ENTRY_KEEP, its translations are dropped when it is loaded next.
    pub user_root: u64,
    /// What the exits set in userRoot when they have loaded it: ENTRY_KEEP or 0.
    pub keep: u64,
    /// Ring 3's, while RSP moves CR3.
    pub rsp: u64,
    /// PpBlock.nmisOpen.
    pub nmis_open: u64,
    /// Of exceptions in ring 3. Each stack ends at a multiple of 16 bytes.
    pub stack: [u64; 31],
    /// The top of the kernel's stack that this one stands for; the same below.
    pub stack_of: u64,
    pub nmi_stack: [u64; 31],
    pub nmi_stack_of: u64,
    pub double_fault_stack: [u64; 31],
    pub double_fault_stack_of: u64,
    pub machine_check_stack: [u64; 31],
    pub machine_check_stack_of: u64,
}

const _: () = assert!(core::mem::size_of::<EntryArea>() == 1064);

// EntryArea.userRoot

/// CR3's bit 63: translations of the address space are kept.
pub const ENTRY_KEEP: u64 = 0x8000000000000000;
/// The address space (PCID) of ring 3; the kernel's is 0.
pub const ENTRY_SPACE: u64 = 0x1;

// PpBlock.entryWork

/// The VMCS is clear: VMLAUNCH.
pub const ENTRY_LAUNCH: u32 = 0x1;
/// CR2, DR6, STAR and FMASK are not the guest's.
pub const ENTRY_STATE: u32 = 0x2;
/// Set by the entry itself: VMLAUNCH or VMRESUME failed, nothing has run.
pub const ENTRY_REFUSED: u32 = 0x4;
/// Always there while there are mitigations: each exit goes the way that looks.
pub const ENTRY_MITIGATED: u32 = 0x8;

// Registers at an exception

#[repr(C)]
pub struct FaultFrame {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rbp: u64,
    pub rdx: u64,
    pub rcx: u64,
    pub rbx: u64,
    pub rax: u64,
    pub vector: u64,
    pub error_code: u64,
    pub rip: u64,
    pub cs: u64,
    pub rflags: u64,
    pub rsp: u64,
    pub ss: u64,
}

const _: () = assert!(core::mem::size_of::<FaultFrame>() == 176);

// PpBlock.kick

/// The watchdog of another processor sends one.
pub const KICK_WATCH: u32 = 0x1;
/// pp_kick sends one.
pub const KICK_CALL: u32 = 0x2;
/// AMD: the next one is left to the root VM, because it is the operating system's. No other is sent meanwhile.
pub const KICK_OWED: u32 = 0x4;
/// The processor is not in host mode: none is sent.
pub const KICK_AWAY: u32 = 0x8;

// The kernel's per-processor block

#[repr(C)]
pub struct PpBlock {
    /// Saved by the entry of a system call, like the next nine.
    pub user_rsp: u64,
    pub user_rip: u64,
    pub user_rflags: u64,
    /// RDI, and REG0 of the result.
    pub reg0: u64,
    /// RSI, and REG1 of the result.
    pub reg1: u64,
    /// RDX, and REG2 of the result.
    pub reg2: u64,
    /// R10, and REG3 of the result.
    pub reg3: u64,
    /// R8.
    pub reg4: u64,
    /// R9.
    pub reg5: u64,
    /// RAX of the result.
    pub status: u64,
    /// Saved with the five behind it while another extension runs.
    pub user_rbx: u64,
    pub user_rbp: u64,
    pub user_r12: u64,
    pub user_r13: u64,
    pub user_r14: u64,
    pub user_r15: u64,
    /// Where ACTION_UPCALL enters ring 3.
    pub upcall_rip: u64,
    pub upcall_rsp: u64,
    /// RDI of the callback.
    pub upcall_reg0: u64,
    /// RSI of the callback.
    pub upcall_reg1: u64,
    /// RDX of the callback.
    pub upcall_reg2: u64,
    /// R10 of the callback.
    pub upcall_reg3: u64,
    /// R8 of the callback.
    pub upcall_reg4: u64,
    /// extid, vmid, vpid and vsid as the TCB shows them.
    pub tcb_ids0: u64,
    /// Physical address of its top-level page table on this processor.
    pub root: u64,
    /// The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same.
    pub user_root: u64,
    /// Physical address of its TCB on this processor.
    pub tcb: u64,
    /// Object that holds its x87 and vector registers while the processor does not.
    pub fpu: u64,
    /// The same for its fail callback.
    pub fail_fpu: u64,
    /// The entries, bit by bit, by which its table shows the direct map of `view`.
    pub shown: u64,
    /// Pages of its linear memory here, unless all processors share one.
    pub memory_pages: u64,
    /// The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue.
    pub overdue: u64,
    /// Its registers at its last fault, as the entry of an exception pushes them.
    pub fault_frame: [u64; 22],
    /// Its linear address.
    pub extension: u32,
    /// Linear address of the VS that is active for it; 0: none.
    pub active_vs: u32,
    /// Identifier of the VM whose direct map it sees; INVALID_ID: none.
    pub view: u32,
    /// Context in which it failed, while context is CONTEXT_FAIL.
    pub failed_context: u32,
    /// Why it failed: BOOT_*, while context is CONTEXT_FAIL.
    pub failed_status: u32,
    /// Its detail: the vector of a fault.
    pub failed_detail: u32,
    /// PRESENCE_*: whether it takes messages.
    pub presence: u32,
    /// Linear address of the extension that waits for its reply; 0: none.
    pub caller: u32,
    /// CONTEXT_*: what it is being asked to do. Last: see PpBlock.work.
    pub context: u32,
    /// WORK_*: to be done before ring 3 or a guest is entered again. Behind context, so that one look tells of both.
    pub work: u32,
    /// Physical address of the loaded VS's VMCB.
    pub vmcb: u64,
    /// The same in the direct map.
    pub vmcb_virtual: u64,
    /// Physical address of the VMCB that holds the host's VMLOAD state.
    pub host_vmcb: u64,
    /// Physical address of what the processor keeps for itself: AMD's host save area, Intel's VMXON region.
    pub host_area: u64,
    pub ppid: u32,
    /// Linear address of the VS whose other registers the processor holds; 0: none.
    pub loaded_vs: u32,
    /// 1 while ring 3 runs or is about to: another processor that wants something must wait.
    pub in_user: u32,
    /// 1 when CPUID faulted in the operating system's programs as the processor came.
    pub cpuid_faulting: u32,
    /// AMD: 1 when NMIs come through while ring 3 runs; see entry.S.
    pub nmis_open: u32,
    /// AMD: 1 when the ways in and out are those that look: NMIs come through, or there are mitigations.
    pub careful: u32,
    /// MITIGATION_* in force, those for what runs now among them.
    pub mitigations: u32,
    /// KICK_*: whose NMI is on its way to this processor, or may come.
    pub kick: u32,
    /// Counts, while the processor is watched, how often it has come from a VM to ring 3.
    pub stretch: u64,
    /// The time from which on it is overdue, by its time stamp counter; 0: nobody measures.
    pub watch_due: u64,
    /// When it looks at the other processors again, by its time stamp counter.
    pub next_look: u64,
    /// What the operating system had in the performance counter that watches, while it does.
    pub counter_control: u64,
    pub counter_value: u64,
    pub counter_global: u64,
    pub counter_entry: u64,
    /// Identifier of the VM whose VS was loaded last.
    pub loaded_vm: u64,
    /// Where SYSCALL leads in host mode.
    pub call_entry: u64,
    /// SPEC_CTRL in host mode, like the next two with MITIGATION_SPEC_CTRL.
    pub host_spec_ctrl: u64,
    /// The loaded VS's, while it does not run.
    pub guest_spec_ctrl: u64,
    /// What the operating system came with.
    pub os_spec_ctrl: u64,
    /// Where an intrinsic leaves a second result.
    pub scratch: u64,
    /// ppid and onlinePps as the TCB shows them.
    pub tcb_ids1: u64,
    /// Object for the x87 and vector registers that the operating system entered with.
    pub boot_fpu: u64,
    /// Object whose x87 and vector registers the processor has; 0: nobody's.
    pub fpu_owner: u64,
    /// The reason that goes the short way: CPUID's, or none while it may fault in programs of the loaded VS.
    pub plain_exit: u64,
    /// Intel: physical address of the VMCS that NMIs are armed in, the loaded VS's; 0: none is current.
    pub vmcs: u64,
    /// Intel: a guest's register that host mode has changed or may change, saved at each exit.
    pub guest_cr2: u64,
    /// The same, like the next three.
    pub guest_dr6: u64,
    pub guest_star: u64,
    pub guest_lstar: u64,
    pub guest_fmask: u64,
    /// Intel: ENTRY_*, what the next entry has to do besides VMRESUME.
    pub entry_work: u32,
    /// AMD: the address space identifier that a VS got last, 0 before; see amd/address-space.ts.
    pub last_space: u32,
    /// AMD: how often their numbers have begun anew.
    pub space_generation: u32,
    /// Intel: 1 when TR has been loaded again since the last exit, which cuts the I/O permissions off.
    pub ports_open: u32,
    /// The machine's, while the loaded VS has its own: by the rows of own-msrs.ts.
    pub machine_msrs: [u64; 17],
}

const _: () = assert!(core::mem::size_of::<PpBlock>() == 872);

// Seat.presence

/// Its bootstrap callback is still to come.
pub const PRESENCE_NEW: u32 = 0x0;
/// It takes a message.
pub const PRESENCE_READY: u32 = 0x1;
/// In a callback, or waiting for a reply.
pub const PRESENCE_BUSY: u32 = 0x2;
/// It failed for good on this processor.
pub const PRESENCE_DEAD: u32 = 0x3;

// What the kernel keeps about one extension on one processor

#[repr(C)]
pub struct Seat {
    /// Saved by the entry of a system call, like the next nine.
    pub user_rsp: u64,
    pub user_rip: u64,
    pub user_rflags: u64,
    /// RDI, and REG0 of the result.
    pub reg0: u64,
    /// RSI, and REG1 of the result.
    pub reg1: u64,
    /// RDX, and REG2 of the result.
    pub reg2: u64,
    /// R10, and REG3 of the result.
    pub reg3: u64,
    /// R8.
    pub reg4: u64,
    /// R9.
    pub reg5: u64,
    /// RAX of the result.
    pub status: u64,
    /// Saved with the five behind it while another extension runs.
    pub user_rbx: u64,
    pub user_rbp: u64,
    pub user_r12: u64,
    pub user_r13: u64,
    pub user_r14: u64,
    pub user_r15: u64,
    /// Where ACTION_UPCALL enters ring 3.
    pub upcall_rip: u64,
    pub upcall_rsp: u64,
    /// RDI of the callback.
    pub upcall_reg0: u64,
    /// RSI of the callback.
    pub upcall_reg1: u64,
    /// RDX of the callback.
    pub upcall_reg2: u64,
    /// R10 of the callback.
    pub upcall_reg3: u64,
    /// R8 of the callback.
    pub upcall_reg4: u64,
    /// extid, vmid, vpid and vsid as the TCB shows them.
    pub tcb_ids0: u64,
    /// Physical address of its top-level page table on this processor.
    pub root: u64,
    /// The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same.
    pub user_root: u64,
    /// Physical address of its TCB on this processor.
    pub tcb: u64,
    /// Object that holds its x87 and vector registers while the processor does not.
    pub fpu: u64,
    /// The same for its fail callback.
    pub fail_fpu: u64,
    /// The entries, bit by bit, by which its table shows the direct map of `view`.
    pub shown: u64,
    /// Pages of its linear memory here, unless all processors share one.
    pub memory_pages: u64,
    /// The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue.
    pub overdue: u64,
    /// Its registers at its last fault, as the entry of an exception pushes them.
    pub fault_frame: [u64; 22],
    /// Its linear address.
    pub extension: u32,
    /// Linear address of the VS that is active for it; 0: none.
    pub active_vs: u32,
    /// Identifier of the VM whose direct map it sees; INVALID_ID: none.
    pub view: u32,
    /// Context in which it failed, while context is CONTEXT_FAIL.
    pub failed_context: u32,
    /// Why it failed: BOOT_*, while context is CONTEXT_FAIL.
    pub failed_status: u32,
    /// Its detail: the vector of a fault.
    pub failed_detail: u32,
    /// PRESENCE_*: whether it takes messages.
    pub presence: u32,
    /// Linear address of the extension that waits for its reply; 0: none.
    pub caller: u32,
    /// CONTEXT_*: what it is being asked to do. Last: see PpBlock.work.
    pub context: u32,
    pub reserved: u32,
}

const _: () = assert!(core::mem::size_of::<Seat>() == 472);

// PpBlock.work

/// Host translations have become stale.
pub const WORK_FLUSH_HOST: u32 = 0x1;
/// At the next exit the guest's translations are flushed: take the request out of the VMCB.
pub const WORK_END_FLUSH: u32 = 0x2;
/// Translations of guests have become stale: flushed before one is entered.
pub const WORK_FLUSH_GUESTS: u32 = 0x8;
/// The extension has taken the x87 and vector registers: before a guest runs, they are its own again.
pub const WORK_FPU: u32 = 0x10;
/// Always there while processors are watched: time is measured, and the fast way never taken.
pub const WORK_WATCH: u32 = 0x20;
/// Always there while there are mitigations: the fast way is never taken.
pub const WORK_MITIGATE: u32 = 0x40;
/// The debug level asks for a record of every exit.
pub const WORK_LOG: u32 = 0x4;
/// Memory is to come or to go: the driver is told by an NMI.
pub const WORK_SIGNAL: u32 = 0x80;
/// Kicked: whoever's VS would be entered next gets EXIT_KICK instead.
pub const WORK_KICK: u32 = 0x100;
/// The same for the extension that owns the root VM, where another's VM ran when the kick came.
pub const WORK_KICK_OWNER: u32 = 0x200;
/// The callback that runs was entered for EXIT_KICK: there is no instruction to skip.
pub const WORK_KICKED: u32 = 0x400;

// Rules of VMRUN on AMD

/// 15.5.1 EFER: SVME must be 1
pub const AMD_RULE_EFER_SVME: u32 = 0x1;
/// 15.5.1 CR0: NW needs CD
pub const AMD_RULE_CR0_NW: u32 = 0x2;
/// 15.5.1 CR0: bits 63:32 must be 0
pub const AMD_RULE_CR0_RESERVED: u32 = 0x3;
/// 15.5.1 CR3: beyond this processor's addresses, or a reserved bit is 1
pub const AMD_RULE_CR3_RESERVED: u32 = 0x4;
/// 15.5.1 CR4: a bit that this processor does not have is 1
pub const AMD_RULE_CR4_RESERVED: u32 = 0x5;
/// 15.5.1 DR6: bits 63:32 must be 0
pub const AMD_RULE_DR6: u32 = 0x6;
/// 15.5.1 DR7: bits 63:32 must be 0
pub const AMD_RULE_DR7: u32 = 0x7;
/// 15.5.1 EFER: a bit that this processor does not have is 1
pub const AMD_RULE_EFER_RESERVED: u32 = 0x8;
/// 15.5.1 long mode with paging needs CR4.PAE
pub const AMD_RULE_LONG_PAE: u32 = 0x9;
/// 15.5.1 long mode with paging needs CR0.PE
pub const AMD_RULE_LONG_PE: u32 = 0xa;
/// 15.5.1 CS attrib: D and L together in long mode
pub const AMD_RULE_CS_D: u32 = 0xb;
/// 15.5.1 CR4: CET needs CR0.WP
pub const AMD_RULE_CET: u32 = 0xc;
/// 15.5.1 intercept instruction2: VMRUN must be intercepted (bit 0)
pub const AMD_RULE_VMRUN: u32 = 0xd;
/// 15.5.1 MSR permission map: ends beyond this processor's addresses
pub const AMD_RULE_MSRPM: u32 = 0xe;
/// 15.5.1 I/O permission map: ends beyond this processor's addresses
pub const AMD_RULE_IOPM: u32 = 0xf;
/// 15.5.1 guest ASID must not be 0
pub const AMD_RULE_ASID: u32 = 0x10;
/// 15.20 event to inject: its type is reserved
pub const AMD_RULE_EVENT_TYPE: u32 = 0x11;
/// 15.20 event to inject: an exception has no vector above 31, and none is the NMI
pub const AMD_RULE_EVENT_VECTOR: u32 = 0x12;
/// 15.25.3 nested CR3: beyond this processor's addresses, or a reserved bit is 1
pub const AMD_RULE_N_CR3: u32 = 0x13;
/// 15.25.4 guest PAT: an entry is no memory type (0, 1, 4, 5, 6, 7)
pub const AMD_RULE_G_PAT: u32 = 0x14;

// Rules of a VM entry on Intel

/// 27.2.1.1 pin-based controls: a bit is not as this processor wants it
pub const INTEL_RULE_PIN_RESERVED: u32 = 0x1;
/// 27.2.1.1 primary controls: a bit is not as this processor wants it
pub const INTEL_RULE_PRIMARY_RESERVED: u32 = 0x2;
/// 27.2.1.1 secondary controls: a bit is not as this processor wants it
pub const INTEL_RULE_SECONDARY_RESERVED: u32 = 0x3;
/// 27.2.1.1 CR3-target count: more than this processor has
pub const INTEL_RULE_CR3_TARGET_COUNT: u32 = 0x4;
/// 27.2.1.1 I/O bitmap A: no page address of this processor
pub const INTEL_RULE_IO_BITMAP_A: u32 = 0x5;
/// 27.2.1.1 I/O bitmap B: no page address of this processor
pub const INTEL_RULE_IO_BITMAP_B: u32 = 0x6;
/// 27.2.1.1 MSR bitmaps: no page address of this processor
pub const INTEL_RULE_MSR_BITMAP: u32 = 0x7;
/// 27.2.1.1 virtual-APIC page: no page address of this processor
pub const INTEL_RULE_VIRTUAL_APIC: u32 = 0x8;
/// 27.2.1.1 TPR threshold: bits 31:4 must be 0
pub const INTEL_RULE_TPR_THRESHOLD: u32 = 0x9;
/// 27.2.1.1 x2APIC mode, APIC registers and virtual interrupts need the TPR shadow
pub const INTEL_RULE_TPR_SHADOW: u32 = 0xa;
/// 27.2.1.1 virtual NMIs need NMI exiting
pub const INTEL_RULE_VIRTUAL_NMIS: u32 = 0xb;
/// 27.2.1.1 NMI-window exiting needs virtual NMIs
pub const INTEL_RULE_NMI_WINDOW: u32 = 0xc;
/// 27.2.1.1 APIC-access page: no page address of this processor
pub const INTEL_RULE_APIC_ACCESS: u32 = 0xd;
/// 27.2.1.1 x2APIC mode excludes APIC accesses
pub const INTEL_RULE_X2APIC: u32 = 0xe;
/// 27.2.1.1 virtual-interrupt delivery needs external-interrupt exiting
pub const INTEL_RULE_VIRTUAL_INTERRUPTS: u32 = 0xf;
/// 27.2.1.1 posted interrupts need virtual-interrupt delivery and acknowledge-on-exit
pub const INTEL_RULE_POSTED_CONTROLS: u32 = 0x10;
/// 27.2.1.1 posted-interrupt notification vector: above 255
pub const INTEL_RULE_POSTED_VECTOR: u32 = 0x11;
/// 27.2.1.1 posted-interrupt descriptor: no address on 64 bytes of this processor
pub const INTEL_RULE_POSTED_DESCRIPTOR: u32 = 0x12;
/// 27.2.1.1 VPID must not be 0
pub const INTEL_RULE_VPID: u32 = 0x13;
/// 27.2.1.1 EPT pointer: memory type that this processor does not take (bits 2:0)
pub const INTEL_RULE_EPTP_TYPE: u32 = 0x14;
/// 27.2.1.1 EPT pointer: page-walk length that this processor does not take (bits 5:3)
pub const INTEL_RULE_EPTP_WALK: u32 = 0x15;
/// 27.2.1.1 EPT pointer: this processor has no accessed and dirty flags (bit 6)
pub const INTEL_RULE_EPTP_DIRTY: u32 = 0x16;
/// 27.2.1.1 EPT pointer: a reserved bit is 1, or the address too wide
pub const INTEL_RULE_EPTP_RESERVED: u32 = 0x17;
/// 27.2.1.1 unrestricted guest, PML, mode-based execution and sub-page rights need EPT
pub const INTEL_RULE_NEEDS_EPT: u32 = 0x18;
/// 27.2.1.1 PML page: no page address of this processor
pub const INTEL_RULE_PML: u32 = 0x19;
/// 27.2.1.1 sub-page permission table: no page address of this processor
pub const INTEL_RULE_SUB_PAGE: u32 = 0x1a;
/// 27.2.1.1 VM-function controls: a reserved bit is 1
pub const INTEL_RULE_VM_FUNCTIONS: u32 = 0x1b;
/// 27.2.1.1 EPTP list: needs EPT and a page address of this processor
pub const INTEL_RULE_EPTP_LIST: u32 = 0x1c;
/// 27.2.1.1 VMREAD bitmap: no page address of this processor
pub const INTEL_RULE_VMREAD_BITMAP: u32 = 0x1d;
/// 27.2.1.1 VMWRITE bitmap: no page address of this processor
pub const INTEL_RULE_VMWRITE_BITMAP: u32 = 0x1e;
/// 27.2.1.1 virtualization-exception information: no page address of this processor
pub const INTEL_RULE_VE_INFORMATION: u32 = 0x1f;
/// 27.2.1.1 TSC multiplier must not be 0
pub const INTEL_RULE_TSC_MULTIPLIER: u32 = 0x20;
/// 27.2.1.2 VM-exit controls: a bit is not as this processor wants it
pub const INTEL_RULE_EXIT_RESERVED: u32 = 0x21;
/// 27.2.1.2 saving the preemption timer needs the timer
pub const INTEL_RULE_SAVE_TIMER: u32 = 0x22;
/// 27.2.1.2 exit MSR-store area: not on 16 bytes, or beyond this processor's addresses
pub const INTEL_RULE_EXIT_STORE_AREA: u32 = 0x23;
/// 27.2.1.2 exit MSR-load area: not on 16 bytes, or beyond this processor's addresses
pub const INTEL_RULE_EXIT_LOAD_AREA: u32 = 0x24;
/// 27.2.1.3 VM-entry controls: a bit is not as this processor wants it
pub const INTEL_RULE_ENTRY_RESERVED: u32 = 0x25;
/// 27.2.1.3 entry to SMM and dual-monitor treatment must be 0 outside of SMM
pub const INTEL_RULE_ENTRY_SMM: u32 = 0x26;
/// 27.2.1.3 event to inject: its type is reserved
pub const INTEL_RULE_EVENT_TYPE: u32 = 0x27;
/// 27.2.1.3 event to inject: its vector does not go with its type
pub const INTEL_RULE_EVENT_VECTOR: u32 = 0x28;
/// 27.2.1.3 event to inject: an error code where the event has none, or none where it has one
pub const INTEL_RULE_EVENT_ERROR_CODE: u32 = 0x29;
/// 27.2.1.3 event to inject: bits 30:12 must be 0
pub const INTEL_RULE_EVENT_RESERVED: u32 = 0x2a;
/// 27.2.1.3 error code to inject: bits 31:16 must be 0
pub const INTEL_RULE_ERROR_CODE: u32 = 0x2b;
/// 27.2.1.3 instruction length of the event: not 1 to 15
pub const INTEL_RULE_INSTRUCTION_LENGTH: u32 = 0x2c;
/// 27.2.1.3 entry MSR-load area: not on 16 bytes, or beyond this processor's addresses
pub const INTEL_RULE_ENTRY_LOAD_AREA: u32 = 0x2d;
/// 27.2.4 VM-exit controls: host address-space size must be 1
pub const INTEL_RULE_HOST_64: u32 = 0x2e;
/// 27.2.2 the microkernel's own state: please report this
pub const INTEL_RULE_HOST_STATE: u32 = 0x2f;
/// 27.3.1.1 CR0: a bit is not as VMX wants it
pub const INTEL_RULE_CR0_FIXED: u32 = 0x30;
/// 27.3.1.1 CR0: PG needs PE
pub const INTEL_RULE_CR0_PG: u32 = 0x31;
/// 27.3.1.1 CR4: a bit is not as VMX wants it
pub const INTEL_RULE_CR4_FIXED: u32 = 0x32;
/// 27.3.1.1 CR4: CET needs CR0.WP
pub const INTEL_RULE_CR4_CET: u32 = 0x33;
/// 27.3.1.1 DEBUGCTL: a reserved bit is 1
pub const INTEL_RULE_DEBUGCTL: u32 = 0x34;
/// 27.3.1.1 IA-32e mode needs CR0.PG
pub const INTEL_RULE_LONG_PG: u32 = 0x35;
/// 27.3.1.1 IA-32e mode needs CR4.PAE
pub const INTEL_RULE_LONG_PAE: u32 = 0x36;
/// 27.3.1.1 CR4: PCIDE needs IA-32e mode
pub const INTEL_RULE_PCIDE: u32 = 0x37;
/// 27.3.1.1 CR3: beyond this processor's addresses
pub const INTEL_RULE_CR3: u32 = 0x38;
/// 27.3.1.1 DR7: bits 63:32 must be 0
pub const INTEL_RULE_DR7: u32 = 0x39;
/// 27.3.1.1 SYSENTER_ESP: not canonical
pub const INTEL_RULE_SYSENTER_ESP: u32 = 0x3a;
/// 27.3.1.1 SYSENTER_EIP: not canonical
pub const INTEL_RULE_SYSENTER_EIP: u32 = 0x3b;
/// 27.3.1.1 PAT: an entry is no memory type (0, 1, 4, 5, 6, 7)
pub const INTEL_RULE_PAT: u32 = 0x3c;
/// 27.3.1.1 EFER: a reserved bit is 1
pub const INTEL_RULE_EFER_RESERVED: u32 = 0x3d;
/// 27.3.1.1 EFER: LMA must equal the entry control for IA-32e mode
pub const INTEL_RULE_EFER_LMA: u32 = 0x3e;
/// 27.3.1.1 EFER: LME must equal LMA while CR0.PG is 1
pub const INTEL_RULE_EFER_LME: u32 = 0x3f;
/// 27.3.1.1 BNDCFGS: a reserved bit is 1, or the address not canonical
pub const INTEL_RULE_BNDCFGS: u32 = 0x40;
/// 27.3.1.2 TR selector: names the LDT
pub const INTEL_RULE_TR_LOCAL: u32 = 0x41;
/// 27.3.1.2 LDTR selector: names the LDT
pub const INTEL_RULE_LDTR_LOCAL: u32 = 0x42;
/// 27.3.1.2 SS selector: its RPL must be that of CS
pub const INTEL_RULE_SS_RPL: u32 = 0x43;
/// 27.3.1.2 % base: must be 16 times the selector in virtual-8086 mode
pub const INTEL_RULE_V86_BASE: u32 = 0x44;
/// 27.3.1.2 % limit: must be 0xffff in virtual-8086 mode
pub const INTEL_RULE_V86_LIMIT: u32 = 0x45;
/// 27.3.1.2 % attrib: must be 0xf3 in virtual-8086 mode
pub const INTEL_RULE_V86_ATTRIB: u32 = 0x46;
/// 27.3.1.2 % base: not canonical
pub const INTEL_RULE_BASE_CANONICAL: u32 = 0x47;
/// 27.3.1.2 % base: bits 63:32 must be 0
pub const INTEL_RULE_BASE_32: u32 = 0x48;
/// 27.3.1.2 CS attrib: type must be accessed code, or data 3 for an unrestricted guest
pub const INTEL_RULE_CS_TYPE: u32 = 0x49;
/// 27.3.1.2 SS attrib: type must be 3 or 7
pub const INTEL_RULE_SS_TYPE: u32 = 0x4a;
/// 27.3.1.2 % attrib: type must be accessed, and code readable
pub const INTEL_RULE_DATA_TYPE: u32 = 0x4b;
/// 27.3.1.2 % attrib: S must be 1
pub const INTEL_RULE_SEGMENT_S: u32 = 0x4c;
/// 27.3.1.2 CS attrib: DPL does not go with type and the DPL of SS
pub const INTEL_RULE_CS_DPL: u32 = 0x4d;
/// 27.3.1.2 SS attrib: DPL must be the RPL, or 0 in real mode and where CS is data
pub const INTEL_RULE_SS_DPL: u32 = 0x4e;
/// 27.3.1.2 % attrib: DPL below RPL
pub const INTEL_RULE_DATA_DPL: u32 = 0x4f;
/// 27.3.1.2 % attrib: P must be 1
pub const INTEL_RULE_SEGMENT_P: u32 = 0x50;
/// 27.3.1.2 % attrib: a reserved bit is 1
pub const INTEL_RULE_SEGMENT_RESERVED: u32 = 0x51;
/// 27.3.1.2 CS attrib: D and L together
pub const INTEL_RULE_CS_D: u32 = 0x52;
/// 27.3.1.2 % attrib: G does not go with the limit
pub const INTEL_RULE_SEGMENT_G: u32 = 0x53;
/// 27.3.1.2 TR attrib: type must be 11, or 3 outside of IA-32e mode
pub const INTEL_RULE_TR_TYPE: u32 = 0x54;
/// 27.3.1.2 TR attrib: must be usable
pub const INTEL_RULE_TR_USABLE: u32 = 0x55;
/// 27.3.1.2 LDTR attrib: type must be 2
pub const INTEL_RULE_LDTR_TYPE: u32 = 0x56;
/// 27.3.1.2 % attrib: S must be 0
pub const INTEL_RULE_SYSTEM_S: u32 = 0x57;
/// 27.3.1.3 % base: not canonical
pub const INTEL_RULE_TABLE_BASE: u32 = 0x58;
/// 27.3.1.3 % limit: bits 31:16 must be 0
pub const INTEL_RULE_TABLE_LIMIT: u32 = 0x59;
/// 27.3.1.4 RIP: bits 63:32 must be 0 outside of 64-bit mode
pub const INTEL_RULE_RIP_32: u32 = 0x5a;
/// 27.3.1.4 RIP: not canonical
pub const INTEL_RULE_RIP: u32 = 0x5b;
/// 27.3.1.4 RFLAGS: bit 1 must be 1, bits 63:22, 15, 5 and 3 must be 0
pub const INTEL_RULE_RFLAGS_RESERVED: u32 = 0x5c;
/// 27.3.1.4 RFLAGS: VM must be 0 in IA-32e mode and in real mode
pub const INTEL_RULE_RFLAGS_VM: u32 = 0x5d;
/// 27.3.1.4 RFLAGS: IF must be 1 to inject an external interrupt
pub const INTEL_RULE_RFLAGS_IF: u32 = 0x5e;
/// 27.3.1.5 activity state: none of this processor's
pub const INTEL_RULE_ACTIVITY: u32 = 0x5f;
/// 27.3.1.5 activity state: HLT needs SS.DPL 0
pub const INTEL_RULE_ACTIVITY_HLT: u32 = 0x60;
/// 27.3.1.5 activity state: must be active while STI or MOV SS blocks interrupts
pub const INTEL_RULE_ACTIVITY_BLOCKING: u32 = 0x61;
/// 27.3.1.5 activity state: does not go with the event to inject
pub const INTEL_RULE_ACTIVITY_EVENT: u32 = 0x62;
/// 27.3.1.5 interruptibility: a reserved bit is 1
pub const INTEL_RULE_BLOCKING_RESERVED: u32 = 0x63;
/// 27.3.1.5 interruptibility: STI and MOV SS exclude each other
pub const INTEL_RULE_BLOCKING_BOTH: u32 = 0x64;
/// 27.3.1.5 interruptibility: blocking by STI needs RFLAGS.IF
pub const INTEL_RULE_BLOCKING_STI: u32 = 0x65;
/// 27.3.1.5 interruptibility: blocks the external interrupt to inject
pub const INTEL_RULE_BLOCKING_INTERRUPT: u32 = 0x66;
/// 27.3.1.5 interruptibility: blocks the NMI to inject
pub const INTEL_RULE_BLOCKING_NMI: u32 = 0x67;
/// 27.3.1.5 interruptibility: blocking by SMI outside of SMM
pub const INTEL_RULE_BLOCKING_SMI: u32 = 0x68;
/// 27.3.1.5 interruptibility: enclave interruption excludes blocking by MOV SS
pub const INTEL_RULE_BLOCKING_ENCLAVE: u32 = 0x69;
/// 27.3.1.5 pending debug exceptions: a reserved bit is 1
pub const INTEL_RULE_DEBUG_RESERVED: u32 = 0x6a;
/// 27.3.1.5 pending debug exceptions: BS must be RFLAGS.TF (without BTF) while halted or blocked
pub const INTEL_RULE_DEBUG_STEP: u32 = 0x6b;
/// 27.3.1.5 pending debug exceptions: RTM excludes all but bit 12, which it needs
pub const INTEL_RULE_DEBUG_RTM: u32 = 0x6c;
/// 27.3.1.5 VMCS link pointer: neither all ones nor a VMCS of this processor
pub const INTEL_RULE_LINK_POINTER: u32 = 0x6d;
/// 27.3.1.6 PDPTE: a reserved bit is 1
pub const INTEL_RULE_PDPTE: u32 = 0x6e;
/// 27.3.1.6 CR3: a PDPTE there has a reserved bit
pub const INTEL_RULE_PDPTE_IN_MEMORY: u32 = 0x6f;
/// 27.4 entry MSR-load area: an entry that cannot be loaded (exit qualification: which)
pub const INTEL_RULE_LOAD_MSR: u32 = 0x70;

// Bits of CPUID that show the VM's state: leaf, bit, and what they follow

/// ECX of subleaf 0, and of every other: the leaf has none.
pub const CPUID_OSXSAVE_LEAF: u64 = 0x1;
pub const CPUID_OSXSAVE_BIT: u64 = 0x8000000;
/// CR4.OSXSAVE.
pub const CPUID_OSXSAVE_CR4: u64 = 0x40000;
/// ECX of subleaf 0.
pub const CPUID_OSPKE_LEAF: u64 = 0x7;
pub const CPUID_OSPKE_BIT: u64 = 0x10;
/// CR4.PKE.
pub const CPUID_OSPKE_CR4: u64 = 0x400000;
/// EBX, on Intel.
pub const CPUID_AESKLE_LEAF: u64 = 0x19;
pub const CPUID_AESKLE_BIT: u64 = 0x1;
/// CR4.KL.
pub const CPUID_AESKLE_CR4: u64 = 0x80000;
/// EDX, on Intel: only in 64-bit code is there such an instruction.
pub const CPUID_SYSCALL_LEAF: u64 = 0x80000001;
pub const CPUID_SYSCALL_BIT: u64 = 0x800;
/// EFER.LMA, without which CS.L says nothing.
pub const CPUID_SYSCALL_EFER: u64 = 0x400;

// What an adoption comes to

pub const ADOPT_DONE: u32 = 0x0;
/// The transition table is no page of the operating system's memory.
pub const ADOPT_TABLE: u32 = 0x1;
/// An address is none that a processor takes, or SavedState would not begin a page.
pub const ADOPT_ADDRESS: u32 = 0x2;

// Sizes of chunks that come while the hypervisor runs

pub const CHUNK_LEAST_BYTES: u64 = 0x10000;
/// As much as Linux's page allocator gives in one piece.
pub const CHUNK_MOST_BYTES: u64 = 0x400000;
/// A large page: a run's address and size are multiples of it.
pub const RUN_STEP_BYTES: u64 = 0x200000;
/// A run lies under at most two tables of large pages.
pub const RUN_MOST_BYTES: u64 = 0x40000000;

// The door: RAX

/// "BFMEMORY", little endian. In ring 0 of the root VM it never reaches the extension.
pub const MEMORY_DOOR: u64 = 0x59524f4d454d4642;

// The door: RBX

/// Write what the kernel has into MemoryExchange.
pub const DOOR_REPORT: u32 = 0x0;
/// RCX: physical address, RDX: bytes of a chunk that is the kernel's from now on. RAX: GIVE_*.
pub const DOOR_GIVE: u32 = 0x1;
/// RAX: TAKE_*, RCX and RDX: a chunk or a run that is the kernel's no more. RCX before: 1: runs that no extension has taken, too.
pub const DOOR_TAKE: u32 = 0x2;
/// Drop this processor's translations, as GIVE_LATER and TAKE_LATER ask on each. RAX: 0.
pub const DOOR_FLUSH: u32 = 0x3;
/// RCX: physical address, RDX: bytes of a run that is the kernel's from now on. RAX: GIVE_*. 0 bytes: there is none; RAX: 0.
pub const DOOR_GIVE_RUN: u32 = 0x4;
/// For a driver that did not start the hypervisor. RAX: 0, RBX: BOOT_MAGIC, and physical addresses: RCX the debug ring, RDX the page of reports, RSI MemoryExchange, RDI this processor's SavedState, R8 the hand-off code. R9: this processor's number, bits 31:16 how many there are, bits 63:32 BOOT_VERSION.
pub const DOOR_DESCRIBE: u32 = 0x5;
/// This processor's stop ends in the driver's hand-off code from now on. RCX: physical address of its transition table; in the operating system's address space RDX: SavedState, RSI: where promote continues, RDI: the handler of NMIs. R8: selectors of code and, bits 31:16, of the stack. RAX: ADOPT_*.
pub const DOOR_ADOPT: u32 = 0x6;

// The page that microkernel and driver share

#[repr(C)]
pub struct MemoryExchange {
    /// Written by the kernel: bytes that it asks for; 0: none.
    pub wanted: u64,
    /// Written by the kernel: 1 when the driver should ask what it gets back.
    pub surplus: u64,
    /// Of each processor: set by the kernel before it sends an NMI there, cleared by the driver's handler.
    pub signal: [u32; 128],
    /// Entries of ramBase and ramEnd, written by the loader before a start.
    pub ram_count: u32,
    /// The rest is written when the door is asked to report. Chunks that the kernel has.
    pub chunk_count: u32,
    /// Physical memory that is no device's.
    pub ram_base: [u64; 32],
    pub ram_end: [u64; 32],
    /// Pages of the pool.
    pub total_pages: u64,
    /// Those that are free.
    pub free_pages: u64,
    /// Those that were given back, and wait until every processor has flushed.
    pub waiting_pages: u64,
    /// The kernel asks when fewer are free.
    pub low_pages: u64,
    /// It gives a chunk back when so many stay free.
    pub high_pages: u64,
    /// Pages that are handed out, and no extension's.
    pub kernel_pages: u64,
    /// Pages that each extension was given by alloc_page, alloc_huge and memory_grow.
    pub extension_pages: [u64; 64],
    /// Free blocks of each order.
    pub free_blocks: [u32; 12],
    /// Entries of the next five.
    pub slab_count: u32,
    /// Entries of vmId and vmPages: the first that there are.
    pub vm_count: u32,
    /// Up to eight characters, zero padded.
    pub slab_name: [u64; 8],
    pub slab_object_bytes: [u32; 8],
    /// Objects that are taken.
    pub slab_used: [u32; 8],
    /// Objects that there is room for.
    pub slab_total: [u32; 8],
    pub slab_pages: [u32; 8],
    pub vm_id: [u32; 64],
    /// Pages that its virtual processor states take.
    pub vm_pages: [u32; 64],
    /// Written by the kernel: bytes of a run that it asks for; 0: none.
    pub wanted_run: u64,
    /// Reported: pages of all runs. They are none of the pool's.
    pub run_pages: u64,
    /// Runs that there are.
    pub run_count: u32,
    /// Those of them that an extension has.
    pub runs_taken: u32,
}

const _: () = assert!(core::mem::size_of::<MemoryExchange>() == 2392);

// What a donation comes to

pub const GIVE_DONE: u32 = 0x0;
/// A chunk is a power of two bytes, CHUNK_LEAST_BYTES to CHUNK_MOST_BYTES, at a multiple of its size. A run is RUN_STEP_BYTES to RUN_MOST_BYTES, and all of it a multiple of the former.
pub const GIVE_SIZE: u32 = 0x1;
/// It is a device's, or lies where there is nothing.
pub const GIVE_NOT_RAM: u32 = 0x2;
/// Some of it is the hypervisor's already: the kernel's, an extension's or a guest's.
pub const GIVE_OWNED: u32 = 0x3;
/// There are as many chunks as there can be.
pub const GIVE_NO_ROOM: u32 = 0x4;
/// No page is left for the page tables that would map or hide it.
pub const GIVE_NO_TABLES: u32 = 0x5;
/// It is the kernel's, but another processor's VM may still see it: make each knock, and give it again.
pub const GIVE_LATER: u32 = 0x6;

// MemoryExchange

/// Entries of MemoryExchange.ramBase.
pub const MOST_RAM_RANGES: u32 = 0x20;
/// Entries of MemoryExchange.slabName.
pub const MOST_SLABS: u32 = 0x8;
/// Entries of MemoryExchange.vmId.
pub const MOST_VM_RECORDS: u32 = 0x40;

// What asking for a chunk comes to

pub const TAKE_DONE: u32 = 0x0;
/// The kernel needs all that it has.
pub const TAKE_NOTHING: u32 = 0x1;
/// A chunk is on its way: ask again.
pub const TAKE_MORE: u32 = 0x2;
/// A processor has yet to flush: make each knock with DOOR_FLUSH, and ask again.
pub const TAKE_LATER: u32 = 0x3;
/// There is no such function, or nothing to exchange.
pub const DOOR_UNKNOWN: u32 = 0x4;

// bareflank.json

/// Settings of all extensions together.
pub const EFI_MOST_SETTINGS: u32 = 0x100;
/// UTF-16 units of all of them, a line `key=value` each, for which there is room.
pub const EFI_SETTINGS_TEXT: u32 = 0x1000;

// EfiDigests

/// Of a digest (FIPS 180-4).
pub const SHA256_BYTES: u32 = 0x20;
/// Entries of EfiDigests.digest.
pub const MOST_DIGESTS: u32 = 0x7f;

// Section .digests of bareflank.efi

#[repr(C)]
pub struct EfiDigests {
    /// Entries of digest; 0: the application was built, and not signed by bfm.
    pub count: u32,
    pub reserved: [u32; 7],
    /// SHA-256 of 32 bytes each: of bareflank.json, all zeroes when there must be none; then those of the other files, in any order.
    pub digest: [u8; 4064],
}

const _: () = assert!(core::mem::size_of::<EfiDigests>() == 4096);

// ioctl numbers of several files of KVM

/// A virtual machine's, a virtual processor's.
pub const KVM_ENABLE_CAP: u32 = 0x4068aea3;
/// A virtual machine's, a virtual processor's.
pub const KVM_GET_STATS_FD: u32 = 0xaece;
pub const KVM_SET_DEVICE_ATTR: u32 = 0x4018aee1;
pub const KVM_GET_DEVICE_ATTR: u32 = 0x4018aee2;
pub const KVM_HAS_DEVICE_ATTR: u32 = 0x4018aee3;

// ioctl numbers of /dev/kvm

pub const KVM_GET_API_VERSION: u32 = 0xae00;
/// Argument: the type, 0. Returns a file.
pub const KVM_CREATE_VM: u32 = 0xae01;
pub const KVM_GET_MSR_INDEX_LIST: u32 = 0xc004ae02;
/// Argument: KVM_CAP_*. Of a virtual machine's file, too.
pub const KVM_CHECK_EXTENSION: u32 = 0xae03;
pub const KVM_GET_VCPU_MMAP_SIZE: u32 = 0xae04;
pub const KVM_GET_SUPPORTED_CPUID: u32 = 0xc008ae05;
pub const KVM_GET_EMULATED_CPUID: u32 = 0xc008ae09;
pub const KVM_GET_MSR_FEATURE_INDEX_LIST: u32 = 0xc004ae0a;
pub const KVM_X86_GET_MCE_CAP_SUPPORTED: u32 = 0x8008ae9d;

// ioctl numbers of a virtual processor's file

pub const KVM_RUN: u32 = 0xae80;
pub const KVM_GET_REGS: u32 = 0x8090ae81;
pub const KVM_SET_REGS: u32 = 0x4090ae82;
pub const KVM_GET_SREGS: u32 = 0x8138ae83;
pub const KVM_SET_SREGS: u32 = 0x4138ae84;
pub const KVM_TRANSLATE: u32 = 0xc018ae85;
pub const KVM_INTERRUPT: u32 = 0x4004ae86;
/// Of the system's file, too: MSRs that describe features.
pub const KVM_GET_MSRS: u32 = 0xc008ae88;
pub const KVM_SET_MSRS: u32 = 0x4008ae89;
pub const KVM_SET_SIGNAL_MASK: u32 = 0x4004ae8b;
pub const KVM_GET_FPU: u32 = 0x81a0ae8c;
pub const KVM_SET_FPU: u32 = 0x41a0ae8d;
pub const KVM_GET_LAPIC: u32 = 0x8400ae8e;
pub const KVM_SET_LAPIC: u32 = 0x4400ae8f;
pub const KVM_SET_CPUID2: u32 = 0x4008ae90;
pub const KVM_GET_CPUID2: u32 = 0xc008ae91;
pub const KVM_TPR_ACCESS_REPORTING: u32 = 0xc028ae92;
pub const KVM_SET_VAPIC_ADDR: u32 = 0x4008ae93;
pub const KVM_GET_MP_STATE: u32 = 0x8004ae98;
pub const KVM_SET_MP_STATE: u32 = 0x4004ae99;
pub const KVM_NMI: u32 = 0xae9a;
pub const KVM_SET_GUEST_DEBUG: u32 = 0x4048ae9b;
pub const KVM_X86_SETUP_MCE: u32 = 0x4008ae9c;
pub const KVM_X86_SET_MCE: u32 = 0x4040ae9e;
pub const KVM_GET_VCPU_EVENTS: u32 = 0x8040ae9f;
pub const KVM_SET_VCPU_EVENTS: u32 = 0x4040aea0;
pub const KVM_GET_DEBUGREGS: u32 = 0x8080aea1;
pub const KVM_SET_DEBUGREGS: u32 = 0x4080aea2;
pub const KVM_SET_TSC_KHZ: u32 = 0xaea2;
pub const KVM_GET_TSC_KHZ: u32 = 0xaea3;
pub const KVM_GET_XSAVE: u32 = 0x9000aea4;
pub const KVM_SET_XSAVE: u32 = 0x5000aea5;
pub const KVM_GET_XCRS: u32 = 0x8188aea6;
pub const KVM_SET_XCRS: u32 = 0x4188aea7;
pub const KVM_KVMCLOCK_CTRL: u32 = 0xaead;
pub const KVM_SMI: u32 = 0xaeb7;
pub const KVM_GET_SREGS2: u32 = 0x8140aecc;
pub const KVM_SET_SREGS2: u32 = 0x4140aecd;
pub const KVM_GET_XSAVE2: u32 = 0x9000aecf;

// Version of the KVM API

pub const KVM_API_VERSION: u32 = 0xc;

// ioctl numbers of a virtual machine's file

/// Argument: its number. Returns a file.
pub const KVM_CREATE_VCPU: u32 = 0xae41;
pub const KVM_GET_DIRTY_LOG: u32 = 0x4010ae42;
pub const KVM_SET_NR_MMU_PAGES: u32 = 0xae44;
pub const KVM_GET_NR_MMU_PAGES: u32 = 0xae45;
pub const KVM_SET_USER_MEMORY_REGION: u32 = 0x4020ae46;
/// Argument: a guest physical address, three pages of which nobody uses.
pub const KVM_SET_TSS_ADDR: u32 = 0xae47;
pub const KVM_SET_IDENTITY_MAP_ADDR: u32 = 0x4008ae48;
pub const KVM_CREATE_IRQCHIP: u32 = 0xae60;
pub const KVM_IRQ_LINE: u32 = 0x4008ae61;
pub const KVM_GET_IRQCHIP: u32 = 0xc208ae62;
pub const KVM_SET_IRQCHIP: u32 = 0x8208ae63;
pub const KVM_CREATE_PIT: u32 = 0xae64;
pub const KVM_GET_PIT: u32 = 0xc048ae65;
pub const KVM_SET_PIT: u32 = 0x8048ae66;
pub const KVM_IRQ_LINE_STATUS: u32 = 0xc008ae67;
pub const KVM_REGISTER_COALESCED_MMIO: u32 = 0x4010ae67;
pub const KVM_UNREGISTER_COALESCED_MMIO: u32 = 0x4010ae68;
pub const KVM_SET_GSI_ROUTING: u32 = 0x4008ae6a;
pub const KVM_REINJECT_CONTROL: u32 = 0xae71;
pub const KVM_IRQFD: u32 = 0x4020ae76;
pub const KVM_CREATE_PIT2: u32 = 0x4040ae77;
pub const KVM_SET_BOOT_CPU_ID: u32 = 0xae78;
pub const KVM_IOEVENTFD: u32 = 0x4040ae79;
pub const KVM_SET_CLOCK: u32 = 0x4030ae7b;
pub const KVM_GET_CLOCK: u32 = 0x8030ae7c;
pub const KVM_GET_PIT2: u32 = 0x8070ae9f;
pub const KVM_SET_PIT2: u32 = 0x4070aea0;
pub const KVM_SIGNAL_MSI: u32 = 0x4020aea5;
pub const KVM_CLEAR_DIRTY_LOG: u32 = 0xc018aec0;
pub const KVM_X86_SET_MSR_FILTER: u32 = 0x4188aec6;
pub const KVM_RESET_DIRTY_RINGS: u32 = 0xaec7;

// Errors of Linux that the KVM API ends with (asm-generic/errno-base.h, errno.h)

pub const ERRNO_EPERM: u32 = 0x1;
pub const ERRNO_ENOENT: u32 = 0x2;
pub const ERRNO_EINTR: u32 = 0x4;
pub const ERRNO_EIO: u32 = 0x5;
pub const ERRNO_ENXIO: u32 = 0x6;
pub const ERRNO_E2BIG: u32 = 0x7;
pub const ERRNO_EBADF: u32 = 0x9;
pub const ERRNO_EAGAIN: u32 = 0xb;
pub const ERRNO_ENOMEM: u32 = 0xc;
pub const ERRNO_EACCES: u32 = 0xd;
pub const ERRNO_EFAULT: u32 = 0xe;
pub const ERRNO_EBUSY: u32 = 0x10;
pub const ERRNO_EEXIST: u32 = 0x11;
pub const ERRNO_ENODEV: u32 = 0x13;
pub const ERRNO_EINVAL: u32 = 0x16;
pub const ERRNO_EMFILE: u32 = 0x18;
pub const ERRNO_ENOTTY: u32 = 0x19;
pub const ERRNO_ENOSPC: u32 = 0x1c;
pub const ERRNO_ENOSYS: u32 = 0x26;
pub const ERRNO_EOPNOTSUPP: u32 = 0x5f;

// Capabilities of KVM on x86

pub const KVM_CAP_IRQCHIP: u32 = 0x0;
pub const KVM_CAP_HLT: u32 = 0x1;
pub const KVM_CAP_MMU_SHADOW_CACHE_CONTROL: u32 = 0x2;
pub const KVM_CAP_USER_MEMORY: u32 = 0x3;
pub const KVM_CAP_SET_TSS_ADDR: u32 = 0x4;
pub const KVM_CAP_VAPIC: u32 = 0x6;
pub const KVM_CAP_EXT_CPUID: u32 = 0x7;
pub const KVM_CAP_CLOCKSOURCE: u32 = 0x8;
/// How many are recommended.
pub const KVM_CAP_NR_VCPUS: u32 = 0x9;
/// How many slots there are.
pub const KVM_CAP_NR_MEMSLOTS: u32 = 0xa;
pub const KVM_CAP_PIT: u32 = 0xb;
pub const KVM_CAP_NOP_IO_DELAY: u32 = 0xc;
pub const KVM_CAP_PV_MMU: u32 = 0xd;
pub const KVM_CAP_MP_STATE: u32 = 0xe;
/// The page of the ring in a virtual processor's mapping.
pub const KVM_CAP_COALESCED_MMIO: u32 = 0xf;
/// What changes in the user's mapping changes in the guest.
pub const KVM_CAP_SYNC_MMU: u32 = 0x10;
pub const KVM_CAP_DESTROY_MEMORY_REGION_WORKS: u32 = 0x15;
pub const KVM_CAP_USER_NMI: u32 = 0x16;
pub const KVM_CAP_SET_GUEST_DEBUG: u32 = 0x17;
pub const KVM_CAP_REINJECT_CONTROL: u32 = 0x18;
/// How many routes there are.
pub const KVM_CAP_IRQ_ROUTING: u32 = 0x19;
pub const KVM_CAP_IRQ_INJECT_STATUS: u32 = 0x1a;
pub const KVM_CAP_JOIN_MEMORY_REGIONS_WORKS: u32 = 0x1e;
/// How many banks there are.
pub const KVM_CAP_MCE: u32 = 0x1f;
pub const KVM_CAP_IRQFD: u32 = 0x20;
pub const KVM_CAP_PIT2: u32 = 0x21;
pub const KVM_CAP_SET_BOOT_CPU_ID: u32 = 0x22;
pub const KVM_CAP_PIT_STATE2: u32 = 0x23;
pub const KVM_CAP_IOEVENTFD: u32 = 0x24;
pub const KVM_CAP_SET_IDENTITY_MAP_ADDR: u32 = 0x25;
pub const KVM_CAP_XEN_HVM: u32 = 0x26;
/// KVM_CLOCK_*.
pub const KVM_CAP_ADJUST_CLOCK: u32 = 0x27;
pub const KVM_CAP_INTERNAL_ERROR_DATA: u32 = 0x28;
pub const KVM_CAP_VCPU_EVENTS: u32 = 0x29;
pub const KVM_CAP_HYPERV: u32 = 0x2c;
pub const KVM_CAP_HYPERV_VAPIC: u32 = 0x2d;
pub const KVM_CAP_HYPERV_SPIN: u32 = 0x2e;
pub const KVM_CAP_PCI_SEGMENT: u32 = 0x2f;
pub const KVM_CAP_INTR_SHADOW: u32 = 0x31;
pub const KVM_CAP_DEBUGREGS: u32 = 0x32;
pub const KVM_CAP_X86_ROBUST_SINGLESTEP: u32 = 0x33;
pub const KVM_CAP_ENABLE_CAP: u32 = 0x36;
pub const KVM_CAP_XSAVE: u32 = 0x37;
pub const KVM_CAP_XCRS: u32 = 0x38;
pub const KVM_CAP_ASYNC_PF: u32 = 0x3b;
pub const KVM_CAP_TSC_CONTROL: u32 = 0x3c;
pub const KVM_CAP_GET_TSC_KHZ: u32 = 0x3d;
pub const KVM_CAP_MAX_VCPUS: u32 = 0x42;
pub const KVM_CAP_TSC_DEADLINE_TIMER: u32 = 0x48;
/// KVM_SYNC_X86_*.
pub const KVM_CAP_SYNC_REGS: u32 = 0x4a;
pub const KVM_CAP_PCI_2_3: u32 = 0x4b;
pub const KVM_CAP_KVMCLOCK_CTRL: u32 = 0x4c;
pub const KVM_CAP_SIGNAL_MSI: u32 = 0x4d;
pub const KVM_CAP_READONLY_MEM: u32 = 0x51;
pub const KVM_CAP_IRQFD_RESAMPLE: u32 = 0x52;
pub const KVM_CAP_EXT_EMUL_CPUID: u32 = 0x5f;
pub const KVM_CAP_HYPERV_TIME: u32 = 0x60;
pub const KVM_CAP_IOAPIC_POLARITY_IGNORED: u32 = 0x61;
pub const KVM_CAP_ENABLE_CAP_VM: u32 = 0x62;
pub const KVM_CAP_IOEVENTFD_NO_LENGTH: u32 = 0x64;
pub const KVM_CAP_VM_ATTRIBUTES: u32 = 0x65;
/// KVM_CHECK_EXTENSION is for a virtual machine's file, too.
pub const KVM_CAP_CHECK_EXTENSION_VM: u32 = 0x69;
pub const KVM_CAP_DISABLE_QUIRKS: u32 = 0x74;
pub const KVM_CAP_X86_SMM: u32 = 0x75;
pub const KVM_CAP_MULTI_ADDRESS_SPACE: u32 = 0x76;
pub const KVM_CAP_SPLIT_IRQCHIP: u32 = 0x79;
pub const KVM_CAP_IOEVENTFD_ANY_LENGTH: u32 = 0x7a;
pub const KVM_CAP_HYPERV_SYNIC: u32 = 0x7b;
pub const KVM_CAP_MAX_VCPU_ID: u32 = 0x80;
pub const KVM_CAP_X2APIC_API: u32 = 0x81;
pub const KVM_CAP_IMMEDIATE_EXIT: u32 = 0x88;
pub const KVM_CAP_X86_DISABLE_EXITS: u32 = 0x8f;
pub const KVM_CAP_HYPERV_SYNIC2: u32 = 0x94;
pub const KVM_CAP_HYPERV_VP_INDEX: u32 = 0x95;
pub const KVM_CAP_GET_MSR_FEATURES: u32 = 0x99;
pub const KVM_CAP_HYPERV_EVENTFD: u32 = 0x9a;
pub const KVM_CAP_NESTED_STATE: u32 = 0x9d;
pub const KVM_CAP_MSR_PLATFORM_INFO: u32 = 0x9f;
pub const KVM_CAP_COALESCED_PIO: u32 = 0xa2;
pub const KVM_CAP_EXCEPTION_PAYLOAD: u32 = 0xa4;
pub const KVM_CAP_HYPERV_CPUID: u32 = 0xa7;
pub const KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: u32 = 0xa8;
pub const KVM_CAP_PMU_EVENT_FILTER: u32 = 0xad;
pub const KVM_CAP_HALT_POLL: u32 = 0xb6;
pub const KVM_CAP_ASYNC_PF_INT: u32 = 0xb7;
pub const KVM_CAP_STEAL_TIME: u32 = 0xbb;
pub const KVM_CAP_X86_USER_SPACE_MSR: u32 = 0xbc;
pub const KVM_CAP_X86_MSR_FILTER: u32 = 0xbd;
pub const KVM_CAP_ENFORCE_PV_FEATURE_CPUID: u32 = 0xbe;
pub const KVM_CAP_DIRTY_LOG_RING: u32 = 0xc0;
pub const KVM_CAP_X86_BUS_LOCK_EXIT: u32 = 0xc1;
pub const KVM_CAP_SET_GUEST_DEBUG2: u32 = 0xc3;
pub const KVM_CAP_SREGS2: u32 = 0xc8;
pub const KVM_CAP_EXIT_HYPERCALL: u32 = 0xc9;
pub const KVM_CAP_BINARY_STATS_FD: u32 = 0xcb;
pub const KVM_CAP_EXIT_ON_EMULATION_FAILURE: u32 = 0xcc;
pub const KVM_CAP_VM_GPA_BITS: u32 = 0xcf;
pub const KVM_CAP_XSAVE2: u32 = 0xd0;
pub const KVM_CAP_SYS_ATTRIBUTES: u32 = 0xd1;
/// KVM_X86_QUIRK_* that can be disabled.
pub const KVM_CAP_DISABLE_QUIRKS2: u32 = 0xd5;
pub const KVM_CAP_VM_TSC_CONTROL: u32 = 0xd6;
pub const KVM_CAP_SYSTEM_EVENT_DATA: u32 = 0xd7;
pub const KVM_CAP_X86_TRIPLE_FAULT_EVENT: u32 = 0xda;
pub const KVM_CAP_X86_NOTIFY_VMEXIT: u32 = 0xdb;

// KVM_CAP_DISABLE_QUIRKS2: what KVM does against the manuals unless it is told not to

pub const KVM_X86_QUIRK_LINT0_REENABLED: u32 = 0x1;
pub const KVM_X86_QUIRK_CD_NW_CLEARED: u32 = 0x2;
pub const KVM_X86_QUIRK_LAPIC_MMIO_HOLE: u32 = 0x4;
pub const KVM_X86_QUIRK_OUT_7E_INC_RIP: u32 = 0x8;
/// CPUID has MONITOR and MWAIT as the user gave it, whatever MISC_ENABLE says.
pub const KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT: u32 = 0x10;
pub const KVM_X86_QUIRK_FIX_HYPERCALL_INSN: u32 = 0x20;
/// MONITOR and MWAIT do nothing where CPUID has them not, instead of #UD.
pub const KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS: u32 = 0x40;

// Argument of KVM_CLEAR_DIRTY_LOG

#[repr(C)]
pub struct KvmClearDirtyLog {
    pub slot: u32,
    pub num_pages: u32,
    pub first_page: u64,
    pub dirty_bitmap: u64,
}

const _: () = assert!(core::mem::size_of::<KvmClearDirtyLog>() == 24);

// Argument of KVM_GET_CLOCK, KVM_SET_CLOCK

#[repr(C)]
pub struct KvmClockData {
    /// Nanoseconds.
    pub clock: u64,
    /// KVM_CLOCK_*.
    pub flags: u32,
    pub padding0: u32,
    pub realtime: u64,
    pub host_tsc: u64,
    pub padding: [u32; 4],
}

const _: () = assert!(core::mem::size_of::<KvmClockData>() == 48);

// KvmClockData.flags

pub const KVM_CLOCK_TSC_STABLE: u32 = 0x2;
pub const KVM_CLOCK_REALTIME: u32 = 0x4;
pub const KVM_CLOCK_HOST_TSC: u32 = 0x8;

// A write in KvmCoalescedMmioRing

#[repr(C)]
pub struct KvmCoalescedMmio {
    pub phys_addr: u64,
    /// Bytes of it, 1 to 8.
    pub len: u32,
    /// 1: to a port.
    pub pio: u32,
    pub data: [u8; 8],
}

const _: () = assert!(core::mem::size_of::<KvmCoalescedMmio>() == 24);

// The ring of coalesced writes: as many KvmCoalescedMmio follow as the page has room for

#[repr(C)]
pub struct KvmCoalescedMmioRing {
    /// The first that the user has not carried out: the user's.
    pub first: u32,
    /// Behind the last one: the kernel's.
    pub last: u32,
}

const _: () = assert!(core::mem::size_of::<KvmCoalescedMmioRing>() == 8);

// Argument of KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO

#[repr(C)]
pub struct KvmCoalescedMmioZone {
    pub addr: u64,
    pub size: u32,
    /// 1: ports.
    pub pio: u32,
}

const _: () = assert!(core::mem::size_of::<KvmCoalescedMmioZone>() == 16);

// Argument of KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR

#[repr(C)]
pub struct KvmDeviceAttr {
    pub flags: u32,
    pub group: u32,
    pub attr: u64,
    pub addr: u64,
}

const _: () = assert!(core::mem::size_of::<KvmDeviceAttr>() == 24);

// Argument of KVM_GET_DIRTY_LOG

#[repr(C)]
pub struct KvmDirtyLog {
    pub slot: u32,
    pub padding: u32,
    /// Address of a bit for each page.
    pub dirty_bitmap: u64,
}

const _: () = assert!(core::mem::size_of::<KvmDirtyLog>() == 16);

// Argument of KVM_ENABLE_CAP

#[repr(C)]
pub struct KvmEnableCap {
    /// KVM_CAP_*.
    pub cap: u32,
    pub flags: u32,
    pub args: [u64; 4],
    pub padding: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<KvmEnableCap>() == 104);

// KvmIrqfd.flags, KvmIoeventfd.flags

pub const KVM_IRQFD_FLAG_DEASSIGN: u32 = 0x1;
pub const KVM_IRQFD_FLAG_RESAMPLE: u32 = 0x2;
pub const KVM_IOEVENTFD_FLAG_DATAMATCH: u32 = 0x1;
pub const KVM_IOEVENTFD_FLAG_PIO: u32 = 0x2;
pub const KVM_IOEVENTFD_FLAG_DEASSIGN: u32 = 0x4;

// KvmIrqchip.chip of the I/O APIC

#[repr(C)]
pub struct KvmIoapicState {
    pub base_address: u64,
    /// The register that is accessed.
    pub ioregsel: u32,
    pub id: u32,
    /// A bit for each pin that is asserted, but for those whose edge was delivered.
    pub irr: u32,
    pub padding: u32,
    /// Redirection entries.
    pub redirtbl: [u64; 24],
}

const _: () = assert!(core::mem::size_of::<KvmIoapicState>() == 216);

// Argument of KVM_IOEVENTFD

#[repr(C)]
pub struct KvmIoeventfd {
    pub datamatch: u64,
    pub addr: u64,
    pub len: u32,
    pub fd: u32,
    /// KVM_IOEVENTFD_FLAG_*.
    pub flags: u32,
    pub padding: [u8; 36],
}

const _: () = assert!(core::mem::size_of::<KvmIoeventfd>() == 64);

// Argument of KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS

#[repr(C)]
pub struct KvmIrqLevel {
    /// The line; KVM_IRQ_LINE_STATUS writes here what became of it.
    pub irq: u32,
    pub level: u32,
}

const _: () = assert!(core::mem::size_of::<KvmIrqLevel>() == 8);

// Argument of KVM_SET_GSI_ROUTING; KvmIrqRoutingEntry follow

#[repr(C)]
pub struct KvmIrqRouting {
    pub nr: u32,
    pub flags: u32,
}

const _: () = assert!(core::mem::size_of::<KvmIrqRouting>() == 8);

// A route behind KvmIrqRouting

#[repr(C)]
pub struct KvmIrqRoutingEntry {
    pub gsi: u32,
    /// KVM_IRQ_ROUTING_*.
    pub route_type: u32,
    pub flags: u32,
    pub padding: u32,
    /// Chip and pin, or low and high address, data and device of an MSI.
    pub u: [u32; 8],
}

const _: () = assert!(core::mem::size_of::<KvmIrqRoutingEntry>() == 48);

// KvmIrqRoutingEntry.routeType

pub const KVM_IRQ_ROUTING_IRQCHIP: u32 = 0x1;
pub const KVM_IRQ_ROUTING_MSI: u32 = 0x2;

// Argument of KVM_GET_IRQCHIP, KVM_SET_IRQCHIP

#[repr(C)]
pub struct KvmIrqchip {
    /// KVM_IRQCHIP_*.
    pub chip_id: u32,
    pub padding: u32,
    pub chip: [u8; 512],
}

const _: () = assert!(core::mem::size_of::<KvmIrqchip>() == 520);

// KvmIrqchip.chipId

pub const KVM_IRQCHIP_PIC_MASTER: u32 = 0x0;
pub const KVM_IRQCHIP_PIC_SLAVE: u32 = 0x1;
pub const KVM_IRQCHIP_IOAPIC: u32 = 0x2;

// Argument of KVM_IRQFD

#[repr(C)]
pub struct KvmIrqfd {
    pub fd: u32,
    pub gsi: u32,
    /// KVM_IRQFD_FLAG_*.
    pub flags: u32,
    pub resamplefd: u32,
    pub padding: [u8; 16],
}

const _: () = assert!(core::mem::size_of::<KvmIrqfd>() == 32);

// KvmUserspaceMemoryRegion.flags

pub const KVM_MEM_LOG_DIRTY_PAGES: u32 = 0x1;
pub const KVM_MEM_READONLY: u32 = 0x2;

// Argument of KVM_SIGNAL_MSI

#[repr(C)]
pub struct KvmMsi {
    pub address_lo: u32,
    pub address_hi: u32,
    pub data: u32,
    pub flags: u32,
    pub devid: u32,
    pub padding: [u8; 12],
}

const _: () = assert!(core::mem::size_of::<KvmMsi>() == 32);

// Argument of KVM_X86_SET_MSR_FILTER

#[repr(C)]
pub struct KvmMsrFilter {
    /// KVM_MSR_FILTER_DEFAULT_DENY.
    pub flags: u32,
    pub padding: u32,
    /// Sixteen KvmMsrFilterRange.
    pub ranges: [u64; 48],
}

const _: () = assert!(core::mem::size_of::<KvmMsrFilter>() == 392);

// KvmMsrFilter.flags, KvmMsrFilterRange.flags

pub const KVM_MSR_FILTER_DEFAULT_DENY: u32 = 0x1;
pub const KVM_MSR_FILTER_READ: u32 = 0x1;
pub const KVM_MSR_FILTER_WRITE: u32 = 0x2;

// A range of MSRs in KvmMsrFilter

#[repr(C)]
pub struct KvmMsrFilterRange {
    /// KVM_MSR_FILTER_READ, KVM_MSR_FILTER_WRITE.
    pub flags: u32,
    /// 0: no range.
    pub nmsrs: u32,
    pub base: u32,
    pub padding: u32,
    /// Address of a bit for each MSR: 1: allowed.
    pub bitmap: u64,
}

const _: () = assert!(core::mem::size_of::<KvmMsrFilterRange>() == 24);

// KvmIrqchip.chip of an 8259

#[repr(C)]
pub struct KvmPicState {
    /// Which lines are asserted, for the next edge.
    pub last_irr: u8,
    pub irr: u8,
    pub imr: u8,
    pub isr: u8,
    /// The line whose priority is highest.
    pub priority_add: u8,
    /// The first vector.
    pub irq_base: u8,
    /// 1: ISR is read, 0: IRR.
    pub read_reg_select: u8,
    /// 1: the next read is an acknowledgement.
    pub poll: u8,
    pub special_mask: u8,
    /// The initialization command word that came last; 0: all have come.
    pub init_state: u8,
    pub auto_eoi: u8,
    pub rotate_on_auto_eoi: u8,
    pub special_fully_nested_mode: u8,
    /// 1: a fourth word comes.
    pub init4: u8,
    /// A bit for each line that is level-triggered.
    pub elcr: u8,
    /// And for each that can be so.
    pub elcr_mask: u8,
}

const _: () = assert!(core::mem::size_of::<KvmPicState>() == 16);

// A channel of KvmPitState, KvmPitState2

#[repr(C)]
pub struct KvmPitChannelState {
    /// What it counts from, 1 to 65536.
    pub count: u32,
    pub latched_count: u16,
    /// 0, or how latchedCount is read: as readState.
    pub count_latched: u8,
    /// 1: the next read is status.
    pub status_latched: u8,
    pub status: u8,
    /// 1: bits 7:0, 2: bits 15:8, 3: both, bits 7:0 next, 4: both, bits 15:8 next.
    pub read_state: u8,
    /// The same.
    pub write_state: u8,
    /// Bits 7:0 of a count whose bits 15:8 are to be written.
    pub write_latch: u8,
    /// Bits 5:4 of the control word.
    pub rw_mode: u8,
    pub mode: u8,
    pub bcd: u8,
    pub gate: u8,
    /// Nanoseconds of the kernel's clock.
    pub count_load_time: u64,
}

const _: () = assert!(core::mem::size_of::<KvmPitChannelState>() == 24);

// Argument of KVM_CREATE_PIT2

#[repr(C)]
pub struct KvmPitConfig {
    /// KVM_PIT_SPEAKER_DUMMY.
    pub flags: u32,
    pub padding: [u32; 15],
}

const _: () = assert!(core::mem::size_of::<KvmPitConfig>() == 64);

// KvmPitConfig.flags

/// Port 61h is the kernel's, too.
pub const KVM_PIT_SPEAKER_DUMMY: u32 = 0x1;

// Argument of KVM_GET_PIT, KVM_SET_PIT

#[repr(C)]
pub struct KvmPitState {
    /// Three KvmPitChannelState.
    pub channels: [u64; 9],
}

const _: () = assert!(core::mem::size_of::<KvmPitState>() == 72);

// Argument of KVM_GET_PIT2, KVM_SET_PIT2

#[repr(C)]
pub struct KvmPitState2 {
    /// Three KvmPitChannelState.
    pub channels: [u64; 9],
    /// KVM_PIT_FLAGS_*.
    pub flags: u32,
    pub reserved: [u32; 9],
}

const _: () = assert!(core::mem::size_of::<KvmPitState2>() == 112);

// KvmPitState2.flags

/// Channel 0 asserts no line: another timer has it.
pub const KVM_PIT_FLAGS_HPET_LEGACY: u32 = 0x1;
/// Bit 1 of port 61h.
pub const KVM_PIT_FLAGS_SPEAKER_DATA_ON: u32 = 0x2;

// Argument of KVM_REINJECT_CONTROL

#[repr(C)]
pub struct KvmReinjectControl {
    /// 1: ticks that the guest has missed come later; 0: they are lost.
    pub pit_reinject: u8,
    pub reserved: [u8; 31],
}

const _: () = assert!(core::mem::size_of::<KvmReinjectControl>() == 32);

// Argument of KVM_SET_USER_MEMORY_REGION

#[repr(C)]
pub struct KvmUserspaceMemoryRegion {
    /// Bits 15:0 the number, bits 31:16 the address space.
    pub slot: u32,
    /// KVM_MEM_*.
    pub flags: u32,
    pub guest_phys_addr: u64,
    /// Bytes; 0 takes the slot away.
    pub memory_size: u64,
    pub userspace_addr: u64,
}

const _: () = assert!(core::mem::size_of::<KvmUserspaceMemoryRegion>() == 32);

// Argument of KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2, KVM_GET_CPUID2; KvmCpuidEntry2 follow

#[repr(C)]
pub struct KvmCpuid2 {
    pub nent: u32,
    pub padding: u32,
}

const _: () = assert!(core::mem::size_of::<KvmCpuid2>() == 8);

// A leaf behind KvmCpuid2

#[repr(C)]
pub struct KvmCpuidEntry2 {
    pub function: u32,
    pub index: u32,
    /// KVM_CPUID_FLAG_*.
    pub flags: u32,
    pub eax: u32,
    pub ebx: u32,
    pub ecx: u32,
    pub edx: u32,
    pub padding: [u32; 3],
}

const _: () = assert!(core::mem::size_of::<KvmCpuidEntry2>() == 40);

// KvmCpuidEntry2.flags

/// Valid for this ECX alone. Spelled as Linux does.
pub const KVM_CPUID_FLAG_SIGNIFCANT_INDEX: u32 = 0x1;

// Argument of KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS

#[repr(C)]
pub struct KvmDebugregs {
    /// DR0 to DR3.
    pub db: [u64; 4],
    pub dr6: u64,
    pub dr7: u64,
    pub flags: u64,
    pub reserved: [u64; 9],
}

const _: () = assert!(core::mem::size_of::<KvmDebugregs>() == 128);

// GDTR or IDTR, as KvmSregs has it

#[repr(C)]
pub struct KvmDtable {
    pub base: u64,
    pub limit: u16,
    pub padding: [u16; 3],
}

const _: () = assert!(core::mem::size_of::<KvmDtable>() == 16);

// Argument of KVM_GET_FPU, KVM_SET_FPU

#[repr(C)]
pub struct KvmFpu {
    /// Eight registers, 16 bytes each.
    pub fpr: [u8; 128],
    pub fcw: u16,
    pub fsw: u16,
    /// Tags in FXSAVE's short form.
    pub ftwx: u8,
    pub padding1: u8,
    pub last_opcode: u16,
    pub last_ip: u64,
    pub last_dp: u64,
    /// Sixteen registers, 16 bytes each.
    pub xmm: [u8; 256],
    pub mxcsr: u32,
    pub padding2: u32,
}

const _: () = assert!(core::mem::size_of::<KvmFpu>() == 416);

// Argument of KVM_SET_GUEST_DEBUG

#[repr(C)]
pub struct KvmGuestDebug {
    /// KVM_GUESTDBG_*.
    pub control: u32,
    pub padding: u32,
    /// arch.debugreg: DR0 to DR7.
    pub debugreg: [u64; 8],
}

const _: () = assert!(core::mem::size_of::<KvmGuestDebug>() == 72);

// KvmGuestDebug.control

pub const KVM_GUESTDBG_ENABLE: u32 = 0x1;
pub const KVM_GUESTDBG_SINGLESTEP: u32 = 0x2;
pub const KVM_GUESTDBG_USE_SW_BP: u32 = 0x10000;
pub const KVM_GUESTDBG_USE_HW_BP: u32 = 0x20000;
pub const KVM_GUESTDBG_INJECT_DB: u32 = 0x40000;
pub const KVM_GUESTDBG_INJECT_BP: u32 = 0x80000;
pub const KVM_GUESTDBG_BLOCKIRQ: u32 = 0x100000;

// Argument of KVM_INTERRUPT

#[repr(C)]
pub struct KvmInterrupt {
    /// The vector.
    pub irq: u32,
}

const _: () = assert!(core::mem::size_of::<KvmInterrupt>() == 4);

// Argument of KVM_GET_LAPIC, KVM_SET_LAPIC

#[repr(C)]
pub struct KvmLapicState {
    /// The local APIC's page.
    pub regs: [u8; 1024],
}

const _: () = assert!(core::mem::size_of::<KvmLapicState>() == 1024);

// Argument of KVM_GET_MP_STATE, KVM_SET_MP_STATE

#[repr(C)]
pub struct KvmMpState {
    /// KVM_MP_STATE_*.
    pub mp_state: u32,
}

const _: () = assert!(core::mem::size_of::<KvmMpState>() == 4);

// KvmMpState.mpState

pub const KVM_MP_STATE_RUNNABLE: u32 = 0x0;
pub const KVM_MP_STATE_UNINITIALIZED: u32 = 0x1;
pub const KVM_MP_STATE_INIT_RECEIVED: u32 = 0x2;
pub const KVM_MP_STATE_HALTED: u32 = 0x3;
pub const KVM_MP_STATE_SIPI_RECEIVED: u32 = 0x4;

// An MSR behind KvmMsrs

#[repr(C)]
pub struct KvmMsrEntry {
    pub index: u32,
    pub reserved: u32,
    pub data: u64,
}

const _: () = assert!(core::mem::size_of::<KvmMsrEntry>() == 16);

// Argument of KVM_GET_MSR_INDEX_LIST, KVM_GET_MSR_FEATURE_INDEX_LIST; numbers follow, 32 bits each

#[repr(C)]
pub struct KvmMsrList {
    /// In: room; out: how many there are, also with E2BIG.
    pub nmsrs: u32,
}

const _: () = assert!(core::mem::size_of::<KvmMsrList>() == 4);

// Argument of KVM_GET_MSRS, KVM_SET_MSRS; KvmMsrEntry follow

#[repr(C)]
pub struct KvmMsrs {
    pub nmsrs: u32,
    pub padding: u32,
}

const _: () = assert!(core::mem::size_of::<KvmMsrs>() == 8);

// Argument of KVM_GET_REGS, KVM_SET_REGS

#[repr(C)]
pub struct KvmRegs {
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub rsp: u64,
    pub rbp: u64,
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rip: u64,
    pub rflags: u64,
}

const _: () = assert!(core::mem::size_of::<KvmRegs>() == 144);

// A segment register, as KvmSregs has it

#[repr(C)]
pub struct KvmSegment {
    pub base: u64,
    /// In bytes, whatever the granularity is.
    pub limit: u32,
    pub selector: u16,
    /// Type of the descriptor, 4 bits.
    pub segment_type: u8,
    pub present: u8,
    pub dpl: u8,
    pub db: u8,
    pub s: u8,
    pub l: u8,
    pub g: u8,
    pub avl: u8,
    pub unusable: u8,
    pub padding: u8,
}

const _: () = assert!(core::mem::size_of::<KvmSegment>() == 24);

// Argument of KVM_SET_SIGNAL_MASK; the signals follow, a bit each

#[repr(C)]
pub struct KvmSignalMask {
    /// Bytes that follow: 8.
    pub len: u32,
}

const _: () = assert!(core::mem::size_of::<KvmSignalMask>() == 4);

// Argument of KVM_GET_SREGS, KVM_SET_SREGS

#[repr(C)]
pub struct KvmSregs {
    /// KvmSegment, as all eight.
    pub cs: [u64; 3],
    pub ds: [u64; 3],
    pub es: [u64; 3],
    pub fs: [u64; 3],
    pub gs: [u64; 3],
    pub ss: [u64; 3],
    pub tr: [u64; 3],
    pub ldt: [u64; 3],
    /// KvmDtable.
    pub gdt: [u64; 2],
    /// KvmDtable.
    pub idt: [u64; 2],
    pub cr0: u64,
    pub cr2: u64,
    pub cr3: u64,
    pub cr4: u64,
    pub cr8: u64,
    pub efer: u64,
    pub apic_base: u64,
    /// At most one bit: the interrupt that is being delivered.
    pub interrupt_bitmap: [u64; 4],
}

const _: () = assert!(core::mem::size_of::<KvmSregs>() == 312);

// Argument of KVM_GET_SREGS2, KVM_SET_SREGS2

#[repr(C)]
pub struct KvmSregs2 {
    /// KvmSegment, as all eight.
    pub cs: [u64; 3],
    pub ds: [u64; 3],
    pub es: [u64; 3],
    pub fs: [u64; 3],
    pub gs: [u64; 3],
    pub ss: [u64; 3],
    pub tr: [u64; 3],
    pub ldt: [u64; 3],
    /// KvmDtable.
    pub gdt: [u64; 2],
    /// KvmDtable.
    pub idt: [u64; 2],
    pub cr0: u64,
    pub cr2: u64,
    pub cr3: u64,
    pub cr4: u64,
    pub cr8: u64,
    pub efer: u64,
    pub apic_base: u64,
    /// KVM_SREGS2_FLAGS_*.
    pub flags: u64,
    pub pdptrs: [u64; 4],
}

const _: () = assert!(core::mem::size_of::<KvmSregs2>() == 320);

// KvmSregs2.flags

pub const KVM_SREGS2_FLAGS_PDPTRS_VALID: u32 = 0x1;

// Argument of KVM_TPR_ACCESS_REPORTING

#[repr(C)]
pub struct KvmTprAccessCtl {
    pub enabled: u32,
    pub flags: u32,
    pub reserved: [u32; 8],
}

const _: () = assert!(core::mem::size_of::<KvmTprAccessCtl>() == 40);

// Argument of KVM_TRANSLATE

#[repr(C)]
pub struct KvmTranslation {
    /// In.
    pub linear_address: u64,
    /// Out: guest physical.
    pub physical_address: u64,
    pub valid: u8,
    pub writeable: u8,
    pub usermode: u8,
    pub padding: [u8; 5],
}

const _: () = assert!(core::mem::size_of::<KvmTranslation>() == 24);

// KvmVcpuEvents.flags, and interruptShadow

pub const KVM_VCPUEVENT_VALID_NMI_PENDING: u32 = 0x1;
pub const KVM_VCPUEVENT_VALID_SIPI_VECTOR: u32 = 0x2;
pub const KVM_VCPUEVENT_VALID_SHADOW: u32 = 0x4;
pub const KVM_VCPUEVENT_VALID_SMM: u32 = 0x8;
pub const KVM_VCPUEVENT_VALID_PAYLOAD: u32 = 0x10;
pub const KVM_VCPUEVENT_VALID_TRIPLE_FAULT: u32 = 0x20;
pub const KVM_X86_SHADOW_INT_MOV_SS: u32 = 0x1;
pub const KVM_X86_SHADOW_INT_STI: u32 = 0x2;

// Argument of KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS

#[repr(C)]
pub struct KvmVcpuEvents {
    pub exception_injected: u8,
    pub exception_nr: u8,
    pub exception_has_error_code: u8,
    pub exception_pending: u8,
    pub exception_error_code: u32,
    pub interrupt_injected: u8,
    pub interrupt_nr: u8,
    pub interrupt_soft: u8,
    /// KVM_X86_SHADOW_INT_*.
    pub interrupt_shadow: u8,
    pub nmi_injected: u8,
    pub nmi_pending: u8,
    pub nmi_masked: u8,
    pub padding_nmi: u8,
    pub sipi_vector: u32,
    /// KVM_VCPUEVENT_VALID_*.
    pub flags: u32,
    pub smi_smm: u8,
    pub smi_pending: u8,
    pub smi_smm_inside_nmi: u8,
    pub smi_latched_init: u8,
    pub triple_fault_pending: u8,
    pub reserved: [u8; 26],
    pub exception_has_payload: u8,
    pub exception_payload: u64,
}

const _: () = assert!(core::mem::size_of::<KvmVcpuEvents>() == 64);

// Argument of KVM_X86_SET_MCE

#[repr(C)]
pub struct KvmX86Mce {
    pub status: u64,
    pub addr: u64,
    pub misc: u64,
    pub mcg_status: u64,
    pub bank: u8,
    pub padding1: [u8; 7],
    pub padding2: [u64; 3],
}

const _: () = assert!(core::mem::size_of::<KvmX86Mce>() == 64);

// An extended control register in KvmXcrs

#[repr(C)]
pub struct KvmXcr {
    /// Its number.
    pub xcr: u32,
    pub reserved: u32,
    pub value: u64,
}

const _: () = assert!(core::mem::size_of::<KvmXcr>() == 16);

// Argument of KVM_GET_XCRS, KVM_SET_XCRS

#[repr(C)]
pub struct KvmXcrs {
    /// How many of the sixteen are there.
    pub nr_xcrs: u32,
    pub flags: u32,
    /// KvmXcr of each.
    pub xcrs: [u64; 32],
    pub padding: [u64; 16],
}

const _: () = assert!(core::mem::size_of::<KvmXcrs>() == 392);

// Argument of KVM_GET_XSAVE, KVM_SET_XSAVE

#[repr(C)]
pub struct KvmXsave {
    /// The XSAVE area, not compacted.
    pub region: [u32; 1024],
}

const _: () = assert!(core::mem::size_of::<KvmXsave>() == 4096);

// KvmRun.exitReason

/// KvmRunHw.
pub const KVM_EXIT_UNKNOWN: u32 = 0x0;
/// KvmRunEx.
pub const KVM_EXIT_EXCEPTION: u32 = 0x1;
/// KvmRunIo.
pub const KVM_EXIT_IO: u32 = 0x2;
/// KvmRunHypercall.
pub const KVM_EXIT_HYPERCALL: u32 = 0x3;
/// KvmRunDebug.
pub const KVM_EXIT_DEBUG: u32 = 0x4;
pub const KVM_EXIT_HLT: u32 = 0x5;
/// KvmRunMmio.
pub const KVM_EXIT_MMIO: u32 = 0x6;
pub const KVM_EXIT_IRQ_WINDOW_OPEN: u32 = 0x7;
/// A triple fault.
pub const KVM_EXIT_SHUTDOWN: u32 = 0x8;
/// KvmRunFailEntry.
pub const KVM_EXIT_FAIL_ENTRY: u32 = 0x9;
/// A signal; KVM_RUN failed with EINTR.
pub const KVM_EXIT_INTR: u32 = 0xa;
pub const KVM_EXIT_SET_TPR: u32 = 0xb;
/// KvmRunTprAccess.
pub const KVM_EXIT_TPR_ACCESS: u32 = 0xc;
pub const KVM_EXIT_NMI: u32 = 0x10;
/// KvmRunInternal.
pub const KVM_EXIT_INTERNAL_ERROR: u32 = 0x11;
pub const KVM_EXIT_WATCHDOG: u32 = 0x15;
/// KvmRunSystemEvent.
pub const KVM_EXIT_SYSTEM_EVENT: u32 = 0x18;
/// KvmRunEoi.
pub const KVM_EXIT_IOAPIC_EOI: u32 = 0x1a;
pub const KVM_EXIT_HYPERV: u32 = 0x1b;
/// KvmRunMsr.
pub const KVM_EXIT_X86_RDMSR: u32 = 0x1d;
/// KvmRunMsr.
pub const KVM_EXIT_X86_WRMSR: u32 = 0x1e;
pub const KVM_EXIT_DIRTY_RING_FULL: u32 = 0x1f;
pub const KVM_EXIT_AP_RESET_HOLD: u32 = 0x20;
pub const KVM_EXIT_X86_BUS_LOCK: u32 = 0x21;
pub const KVM_EXIT_XEN: u32 = 0x22;
/// KvmRunNotify.
pub const KVM_EXIT_NOTIFY: u32 = 0x25;

// KvmRunInternal.suberror

pub const KVM_INTERNAL_ERROR_EMULATION: u32 = 0x1;
pub const KVM_INTERNAL_ERROR_SIMUL_EX: u32 = 0x2;
pub const KVM_INTERNAL_ERROR_DELIVERY_EV: u32 = 0x3;
pub const KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON: u32 = 0x4;
/// In data[0]: the instruction's bytes are there.
pub const KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES: u32 = 0x1;

// KvmRunIo.direction

pub const KVM_EXIT_IO_IN: u32 = 0x0;
pub const KVM_EXIT_IO_OUT: u32 = 0x1;

// KvmRunMsr.reason

pub const KVM_MSR_EXIT_REASON_INVAL: u32 = 0x1;
pub const KVM_MSR_EXIT_REASON_UNKNOWN: u32 = 0x2;
pub const KVM_MSR_EXIT_REASON_FILTER: u32 = 0x4;

// The first page of a virtual processor's mapping

#[repr(C)]
pub struct KvmRun {
    /// In: exit when an interrupt can be injected.
    pub request_interrupt_window: u8,
    /// In: KVM_RUN ends with EINTR at once, when what is pending has been completed.
    pub immediate_exit: u8,
    pub padding1: [u8; 6],
    /// KVM_EXIT_*.
    pub exit_reason: u32,
    /// KVM_INTERRUPT would be accepted now.
    pub ready_for_interrupt_injection: u8,
    /// RFLAGS.IF.
    pub if_flag: u8,
    /// KVM_RUN_X86_*.
    pub flags: u16,
    /// In and out, without an interrupt controller in the kernel.
    pub cr8: u64,
    pub apic_base: u64,
    /// Depends on the reason: KvmRunIo, KvmRunMmio and so on describe it.
    pub exit: [u64; 32],
    /// In: KVM_SYNC_X86_* to store at each exit.
    pub kvm_valid_regs: u64,
    /// In: KVM_SYNC_X86_* to load from there.
    pub kvm_dirty_regs: u64,
    /// s.regs.regs: KvmRegs.
    pub regs: [u8; 144],
    /// s.regs.sregs: KvmSregs.
    pub sregs: [u8; 312],
    /// s.regs.events: KvmVcpuEvents.
    pub events: [u8; 64],
    pub padding: [u8; 1528],
}

const _: () = assert!(core::mem::size_of::<KvmRun>() == 2352);

// KvmRun of an exit KVM_EXIT_DEBUG

#[repr(C)]
pub struct KvmRunDebug {
    /// As KvmRun.
    pub header: [u64; 4],
    pub exception: u32,
    pub padding: u32,
    pub pc: u64,
    pub dr6: u64,
    pub dr7: u64,
}

const _: () = assert!(core::mem::size_of::<KvmRunDebug>() == 64);

// KvmRun of an exit KVM_EXIT_IOAPIC_EOI

#[repr(C)]
pub struct KvmRunEoi {
    /// As KvmRun.
    pub header: [u64; 4],
    pub vector: u8,
    pub padding: [u8; 7],
}

const _: () = assert!(core::mem::size_of::<KvmRunEoi>() == 40);

// KvmRun of an exit KVM_EXIT_EXCEPTION

#[repr(C)]
pub struct KvmRunEx {
    /// As KvmRun.
    pub header: [u64; 4],
    pub exception: u32,
    pub error_code: u32,
}

const _: () = assert!(core::mem::size_of::<KvmRunEx>() == 40);

// KvmRun of an exit KVM_EXIT_FAIL_ENTRY

#[repr(C)]
pub struct KvmRunFailEntry {
    /// As KvmRun.
    pub header: [u64; 4],
    /// Why the processor does not enter the guest.
    pub hardware_entry_failure_reason: u64,
    /// The processor that it was.
    pub cpu: u32,
    pub padding: u32,
}

const _: () = assert!(core::mem::size_of::<KvmRunFailEntry>() == 48);

// KvmRun.flags

pub const KVM_RUN_X86_SMM: u32 = 0x1;
pub const KVM_RUN_X86_BUS_LOCK: u32 = 0x2;

// KvmRun of an exit KVM_EXIT_UNKNOWN

#[repr(C)]
pub struct KvmRunHw {
    /// As KvmRun.
    pub header: [u64; 4],
    /// What the processor said.
    pub hardware_exit_reason: u64,
}

const _: () = assert!(core::mem::size_of::<KvmRunHw>() == 40);

// KvmRun of an exit KVM_EXIT_HYPERCALL

#[repr(C)]
pub struct KvmRunHypercall {
    /// As KvmRun.
    pub header: [u64; 4],
    pub nr: u64,
    pub args: [u64; 6],
    /// Goes into RAX at the next KVM_RUN.
    pub ret: u64,
    pub longmode: u32,
    pub padding: u32,
}

const _: () = assert!(core::mem::size_of::<KvmRunHypercall>() == 104);

// KvmRun of an exit KVM_EXIT_INTERNAL_ERROR

#[repr(C)]
pub struct KvmRunInternal {
    /// As KvmRun.
    pub header: [u64; 4],
    /// KVM_INTERNAL_ERROR_*.
    pub suberror: u32,
    /// How many words of data there are.
    pub ndata: u32,
    /// Of an emulation failure: flags; length of the instruction in bits 7:0 of the next, its bytes behind.
    pub data: [u64; 16],
}

const _: () = assert!(core::mem::size_of::<KvmRunInternal>() == 168);

// KvmRun of an exit KVM_EXIT_IO

#[repr(C)]
pub struct KvmRunIo {
    /// As KvmRun.
    pub header: [u64; 4],
    /// KVM_EXIT_IO_IN, KVM_EXIT_IO_OUT.
    pub direction: u8,
    /// Bytes of one access: 1, 2, 4.
    pub size: u8,
    pub port: u16,
    /// More than 1: INS or OUTS.
    pub count: u32,
    /// Where the data is, from KvmRun's beginning; of an IN it goes there before the next KVM_RUN.
    pub data_offset: u64,
}

const _: () = assert!(core::mem::size_of::<KvmRunIo>() == 48);

// KvmRun of an exit KVM_EXIT_MMIO

#[repr(C)]
pub struct KvmRunMmio {
    /// As KvmRun.
    pub header: [u64; 4],
    pub phys_addr: u64,
    /// Of a read it goes there before the next KVM_RUN.
    pub data: [u8; 8],
    pub len: u32,
    pub is_write: u8,
    pub padding: [u8; 3],
}

const _: () = assert!(core::mem::size_of::<KvmRunMmio>() == 56);

// KvmRun of an exit KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR

#[repr(C)]
pub struct KvmRunMsr {
    /// As KvmRun.
    pub header: [u64; 4],
    /// In: 1 makes the instruction fault.
    pub error: u8,
    pub padding: [u8; 7],
    /// KVM_MSR_EXIT_REASON_*.
    pub reason: u32,
    pub index: u32,
    pub data: u64,
}

const _: () = assert!(core::mem::size_of::<KvmRunMsr>() == 56);

// KvmRun of an exit KVM_EXIT_NOTIFY

#[repr(C)]
pub struct KvmRunNotify {
    /// As KvmRun.
    pub header: [u64; 4],
    pub flags: u32,
    pub padding: u32,
}

const _: () = assert!(core::mem::size_of::<KvmRunNotify>() == 40);

// Pages of a virtual processor's mapping

/// Data of port accesses.
pub const KVM_PIO_PAGE_OFFSET: u32 = 0x1;
/// The ring of coalesced accesses, where there is one.
pub const KVM_COALESCED_MMIO_PAGE_OFFSET: u32 = 0x2;
pub const KVM_PAGE_BYTES: u32 = 0x1000;

// KvmRun of an exit KVM_EXIT_SYSTEM_EVENT

#[repr(C)]
pub struct KvmRunSystemEvent {
    /// As KvmRun.
    pub header: [u64; 4],
    /// KVM_SYSTEM_EVENT_*.
    pub event_type: u32,
    pub ndata: u32,
    pub data: [u64; 16],
}

const _: () = assert!(core::mem::size_of::<KvmRunSystemEvent>() == 168);

// KvmRun of an exit KVM_EXIT_TPR_ACCESS

#[repr(C)]
pub struct KvmRunTprAccess {
    /// As KvmRun.
    pub header: [u64; 4],
    pub rip: u64,
    pub is_write: u32,
    pub padding: u32,
}

const _: () = assert!(core::mem::size_of::<KvmRunTprAccess>() == 48);

// KvmRun.kvmValidRegs, kvmDirtyRegs

pub const KVM_SYNC_X86_REGS: u32 = 0x1;
pub const KVM_SYNC_X86_SREGS: u32 = 0x2;
pub const KVM_SYNC_X86_EVENTS: u32 = 0x4;

// KvmRunSystemEvent.eventType

pub const KVM_SYSTEM_EVENT_SHUTDOWN: u32 = 0x1;
pub const KVM_SYSTEM_EVENT_RESET: u32 = 0x2;
pub const KVM_SYSTEM_EVENT_CRASH: u32 = 0x3;

// A guest's processor as the emulator sees it

#[repr(C)]
pub struct Emulation {
    /// By their encoding's numbers: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. Changed; the caller may change them, too, when it is asked for something, and the rest of the instruction is done with those.
    pub general: [u64; 16],
    /// Changed.
    pub rip: u64,
    /// Changed.
    pub rflags: u64,
    pub cr0: u64,
    pub cr3: u64,
    pub cr4: u64,
    pub efer: u64,
    /// ES, CS, SS, DS, FS, GS; with EMULATION_FLAG_SEGMENTS LDTR and TR, too. Changed, as the next three.
    pub segment_base: [u64; 8],
    /// In bytes, granularity applied.
    pub segment_limit: [u32; 8],
    /// As the VMCB holds them (APM 2, 15.5.1); not present: unusable.
    pub segment_attributes: [u16; 8],
    /// With EMULATION_FLAG_SEGMENTS.
    pub segment_selector: [u16; 8],
    /// The current privilege level.
    pub cpl: u32,
    /// Counts with CR4.PKE.
    pub pkru: u32,
    /// Of a guest physical address, by CPUID; more are reserved in page tables. 0: 52.
    pub physical_bits: u32,
    /// EMULATION_FLAG_*.
    pub flags: u32,
    /// Size of the buffer.
    pub buffer_bytes: u32,
    /// With EMULATION_FLAG_SEGMENTS, as is its base.
    pub gdt_limit: u32,
    pub gdt_base: u64,
    /// With EMULATION_FLAG_KNOWN: the guest physical address that the processor has found for the memory operand, and reported.
    pub known_address: u64,
    /// The caller's own: handed to the functions of guest memory.
    pub owner: u64,
    /// Address of an area for strings of ports; 0: their elements come one by one.
    pub buffer: u64,
    /// Address of 416 bytes as FXSAVE writes them (APM 2, figure 11-7), changed; 0: instructions that move MMX and XMM registers are unknown.
    pub fpu: u64,
    /// At RIP.
    pub instruction: [u8; 16],
    /// Bytes of `instruction` that the processor told; 0: they are fetched from guest memory. 0 again after EMULATION_DONE and EMULATION_EXCEPTION.
    pub instruction_bytes: u32,
    /// What emulate() returned last.
    pub result: u32,
    /// READ, WRITE: 1 to 8, in one page. IN, OUT: of an element, 1, 2 or 4.
    pub access_bytes: u32,
    /// IN, OUT: elements; those of more than one are in the buffer.
    pub element_count: u32,
    /// READ, WRITE: guest physical. IN, OUT: the port.
    pub address: u64,
    /// WRITE, OUT of one element: what to write. READ, IN of one element: what was read, by the caller.
    pub data: u64,
    /// EXCEPTION.
    pub vector: u32,
    /// EXCEPTION: 0 of those that have none.
    pub error_code: u32,
    /// EXCEPTION: of a page fault.
    pub cr2: u64,
    /// 1 when RFLAGS.TF was set as the instruction, or a repetition of it, ended: a debug exception is due behind it.
    pub trap: u32,
    /// Bit n: segment n is another than before.
    pub changed_segments: u32,
    /// 1: behind a move to SS, where the next instruction is executed before any interrupt or debug exception.
    pub shadow: u32,
    /// The rest is the emulator's own. All zero before its first call; 0 to give an instruction up.
    pub progress: u32,
    /// The instruction ends with the pieces that are left.
    pub is_complete: u32,
    /// Elements are on their way to a port.
    pub port_pending: u32,
    /// MODE_* of the code.
    pub mode: u32,
    /// Writes of devices that the instruction makes.
    pub piece_count: u32,
    pub piece_next: u32,
    /// Reads of devices that have been answered.
    pub answer_count: u32,
    /// Those that the instruction has taken since it was begun again.
    pub answer_next: u32,
    /// Elements of a port that were read.
    pub port_answer: u32,
    /// RIP behind the instruction.
    pub next_rip: u64,
    /// Of the operand that was located last.
    pub linear: u64,
    /// Guest physical addresses of an operand's two pages.
    pub span_first: u64,
    pub span_second: u64,
    /// An operand.
    pub value: [u64; 2],
    /// Of a page table.
    pub entry: u64,
    pub piece_address: [u64; 4],
    pub piece_data: [u64; 4],
    pub piece_bytes: [u32; 4],
    pub answer_address: [u64; 4],
    pub answer_data: [u64; 4],
    pub answer_bytes: [u32; 4],
}

const _: () = assert!(core::mem::size_of::<Emulation>() == 696);

// Emulation.flags

/// Near branches ignore the prefix 66 in 64-bit mode.
pub const EMULATION_FLAG_INTEL: u32 = 0x1;
/// No other repetition is begun: an interrupt or a signal waits.
pub const EMULATION_FLAG_STOP: u32 = 0x2;
/// There is a `knownAddress`, which the guest may read.
pub const EMULATION_FLAG_KNOWN: u32 = 0x4;
/// It may be written.
pub const EMULATION_FLAG_KNOWN_WRITE: u32 = 0x8;
/// Segments are those of the guest's processor, whatever the mode, with selectors; otherwise instructions that load or store them are unknown.
pub const EMULATION_FLAG_SEGMENTS: u32 = 0x10;

// What the functions of guest memory say

pub const GUEST_DONE: u32 = 0x0;
/// No memory is there, or none that may be written: it is a device's.
pub const GUEST_DEVICE: u32 = 0x1;
/// There is memory, which cannot be had now.
pub const GUEST_FAILED: u32 = 0x2;
/// exchangeGuest(): it holds another value.
pub const GUEST_CHANGED: u32 = 0x3;

// What emulate() says

/// The registers are those behind the instruction; or, with RIP at it, those between two of its repetitions, where interrupts may be taken.
pub const EMULATION_DONE: u32 = 0x0;
/// Read `accessBytes` of the device at `address` into `data`, and call again.
pub const EMULATION_READ: u32 = 0x1;
/// Write `accessBytes` of `data` to the device at `address`, and call again.
pub const EMULATION_WRITE: u32 = 0x2;
/// Read `elementCount` elements of `accessBytes` from the port, and call again.
pub const EMULATION_IN: u32 = 0x3;
/// Write `elementCount` elements of `accessBytes` to the port, and call again.
pub const EMULATION_OUT: u32 = 0x4;
/// The guest gets `vector`; its registers are those before the instruction.
pub const EMULATION_EXCEPTION: u32 = 0x5;
/// The emulator does not know how; `instruction` has `instructionBytes` of it.
pub const EMULATION_UNKNOWN: u32 = 0x6;
/// The functions of guest memory said GUEST_FAILED.
pub const EMULATION_FAILED: u32 = 0x7;

// Emulation.flags: what is wanted instead of carrying the instruction out

/// The processor has said #UD: the other vendor's hypercall is replaced by this one's, and is to be executed again; all else is #UD.
pub const EMULATION_FLAG_HYPERCALL: u32 = 0x20;

// An event that a VM finds when it runs next

pub const EVENT_VECTOR: u64 = 0xff;
pub const EVENT_TYPE: u64 = 0x700;
/// The error code counts.
pub const EVENT_WITH_CODE: u64 = 0x800;
pub const EVENT_VALID: u64 = 0x80000000;
/// Of EVENT_TYPE, as those below.
pub const EVENT_TYPE_INTERRUPT: u64 = 0x0;
pub const EVENT_TYPE_NMI: u64 = 0x200;
pub const EVENT_TYPE_EXCEPTION: u64 = 0x300;
/// What an instruction raises. On Intel this and those above: INT n, ICEBP, INT3 and INTO.
pub const EVENT_TYPE_SOFTWARE: u64 = 0x400;

// MvPage.access: what a guest wanted of memory

pub const MV_ACCESS_WRITE: u32 = 0x2;
pub const MV_ACCESS_EXECUTE: u32 = 0x4;
/// The processor itself, for the guest's page tables.
pub const MV_ACCESS_TABLE_WALK: u32 = 0x8;

// MicroV's hypercalls: bits 31:0 of RAX (group << 16 | index)

/// R10 out: the versions that there are, MV_VERSION_* bits. No handle.
pub const MV_ID_VERSION: u32 = 0x0;
/// R10 in: a version, one bit. R10 out: the handle.
pub const MV_HANDLE_OPEN: u32 = 0x10000;
/// R10: the handle.
pub const MV_HANDLE_CLOSE: u32 = 0x10001;
/// R10, R11: two numbers for the debug ring. No handle.
pub const MV_DEBUG_OUT: u32 = 0x20000;
/// R10 out: the processor that the call is made on.
pub const MV_PP_PPID: u32 = 0x30000;
/// R10 out: how many processors there are.
pub const MV_PP_ONLINE_PPS: u32 = 0x30001;
/// R11: leaf, R12: subleaf. What a guest may be shown: R10: EAX | EBX << 32, R11: ECX | EDX << 32.
pub const MV_PP_CPUID_GET: u32 = 0x30100;
/// R11: an index from 0. R10 out: that MSR of those that guests have.
pub const MV_PP_MSR_GET_SUPPORTED: u32 = 0x30101;
/// R10 out: the VM.
pub const MV_VM_CREATE: u32 = 0x40000;
/// R11: a VM, whose VPs are gone.
pub const MV_VM_DESTROY: u32 = 0x40001;
/// R11: a VM, R12: guest physical address, R13: host physical address | MV_MAP_*, R14: bytes; all multiples of 4 KiB. R10 out: bytes done, which may be fewer.
pub const MV_VM_MAP: u32 = 0x40100;
/// R11: a VM, R12: guest physical address, R13: bytes. R10 out: bytes done, which may be fewer.
pub const MV_VM_UNMAP: u32 = 0x40101;
/// R11: a VM. R10 out: how many processors may still use memory that was unmapped; 0: give it back.
pub const MV_VM_UNFLUSHED: u32 = 0x40102;
/// R11: a VM, R12: MV_OPTION_*: what its guests find from now on, in place of what they found before.
pub const MV_VM_CONFIGURE: u32 = 0x40103;
/// R11: a VM without VPs, R12: MV_IRQCHIP_*, R13: ticks of the time stamp counter in a millisecond. Each VS that it gets is to get a local APIC.
pub const MV_VM_IRQCHIP_CREATE: u32 = 0x40104;
/// R11: a VM, R12: MV_CHIP_*, R13: a line of its | MV_SOURCE_*, R14: 1: asserted, 0: not. R10 out: VSs to wake, a bit for each by its APIC's ID; R11 out: how many local APICs took it, 0: it waits there already, all ones: it is masked.
pub const MV_VM_IRQ_LINE: u32 = 0x40105;
/// R11: a VM, R12: address, R13: data of the message. R10, R11 out: the same.
pub const MV_VM_MSI: u32 = 0x40106;
/// R11: a VM, R12: offset in the I/O APIC's memory. R10 out: 32 bits.
pub const MV_VM_IO_APIC_READ: u32 = 0x40107;
/// R11: a VM, R12: offset, R13: 32 bits. R10 out: VSs to wake.
pub const MV_VM_IO_APIC_WRITE: u32 = 0x40108;
/// R11: a VM, R12: MV_CHIP_*, R13: which 64 bits of its state, in KVM's layout. R10 out: they.
pub const MV_VM_IRQCHIP_GET: u32 = 0x40109;
/// R11: a VM, R12: MV_CHIP_*, R13: which 64 bits, R14: they; the last ones have it take all. R10 out: VSs to wake.
pub const MV_VM_IRQCHIP_SET: u32 = 0x4010a;
/// R11: a VM. R10 out: the VP.
pub const MV_VP_CREATE: u32 = 0x50000;
/// R11: a VP, whose VS is gone.
pub const MV_VP_DESTROY: u32 = 0x50001;
/// R11: a VP. R10 out: the VS, R11 out: physical address of the MvPage that it shares with its caller.
pub const MV_VS_CREATE: u32 = 0x60000;
/// R11: a VS. RETRY_CONTINUATION: another processor may still use its page; the VS is there until the call is made again.
pub const MV_VS_DESTROY: u32 = 0x60001;
/// R11: a VS. R10 out: MV_EXIT_*; its page tells more.
pub const MV_VS_RUN: u32 = 0x60008;
/// R11: a VS, R12: place of the first one. The page's list of MvCpuid: leaves that the guest has; the last one of the list is the last of all.
pub const MV_VS_CPUID_SET_LIST: u32 = 0x6000c;
/// R11: a VS. The page's list of registers (MV_REG_*) gets their values. R10 out: how many.
pub const MV_VS_REG_GET_LIST: u32 = 0x6000f;
/// R11: a VS. Its registers get the values of the page's list. R10 out: how many.
pub const MV_VS_REG_SET_LIST: u32 = 0x60010;
/// R11: a VS. The same with MSRs. R10 out: how many, which end at one that the guest has not.
pub const MV_VS_MSR_GET_LIST: u32 = 0x60019;
/// R11: a VS. The same: it ends at one that the guest has not, or a value that it refuses.
pub const MV_VS_MSR_SET_LIST: u32 = 0x6001a;
/// R11: a VS, R12: a place in its XSAVE area, R13: bytes. The page's list gets them. R10 out: bytes of the area, as far as a page holds it.
pub const MV_VS_FPU_GET_ALL: u32 = 0x6001d;
/// R11: a VS, R12: a place, R13: bytes, which are in the page's list. R14: 1: the VS gets the area that was put together so; 0: more follows.
pub const MV_VS_FPU_SET_ALL: u32 = 0x6001e;
/// R11: a VS, R12: vector, R13: error code | MV_EVENT_HAS_CODE.
pub const MV_VS_INJECT_EXCEPTION: u32 = 0x60025;
/// R11: a VS, which can take one now, R12: vector.
pub const MV_VS_QUEUE_INTERRUPT: u32 = 0x60026;
/// R11: a VS, R12: MCG_CAP. Its machine check banks begin anew: all enabled, nothing reported.
pub const MV_VS_MCE_SETUP: u32 = 0x60101;
/// R11: a VS, which gets it when it runs next, or behind the handler of another one.
pub const MV_VS_INJECT_NMI: u32 = 0x60100;
/// R11: a VS, R12: MV_OPTION_*: what its guest finds from now on.
pub const MV_VS_CONFIGURE: u32 = 0x60102;
/// R11: a VS without a local APIC, of a VM with interrupt controllers, R12: the APIC's ID, which no other one of the VM has.
pub const MV_VS_APIC_CREATE: u32 = 0x60103;
/// R11: a VS in xAPIC mode, R12: offset in its local APIC's memory. R10 out: 32 bits.
pub const MV_VS_APIC_READ: u32 = 0x60104;
/// R11: a VS in xAPIC mode, R12: offset, R13: 32 bits. R10 out: VSs to wake; R11 out: 0, or MV_EXIT_EOI as if the guest had come back so.
pub const MV_VS_APIC_WRITE: u32 = 0x60105;
/// R11: a VS. The page's list gets the 1 KiB of its local APIC's registers.
pub const MV_VS_APIC_GET: u32 = 0x60106;
/// R11: a VS. Its local APIC gets them of the page's list.
pub const MV_VS_APIC_SET: u32 = 0x60107;

// Interrupt controllers: R12. KVM's numbers

pub const MV_CHIP_PIC_MASTER: u32 = 0x0;
pub const MV_CHIP_PIC_SLAVE: u32 = 0x1;
pub const MV_CHIP_IO_APIC: u32 = 0x2;

// An entry of MV_VS_CPUID_SET_LIST

#[repr(C)]
pub struct MvCpuid {
    pub leaf: u32,
    pub subleaf: u32,
    /// MV_CPUID_FLAG_*.
    pub flags: u32,
    pub eax: u32,
    pub ebx: u32,
    pub ecx: u32,
    pub edx: u32,
    pub reserved: u32,
}

const _: () = assert!(core::mem::size_of::<MvCpuid>() == 32);

// MvCpuid.flags

/// Only this subleaf; without it, all of the leaf. KVM's KVM_CPUID_FLAG_SIGNIFCANT_INDEX.
pub const MV_CPUID_FLAG_SUBLEAF: u32 = 0x1;

// MV_VS_INJECT_EXCEPTION: R13

pub const MV_EVENT_HAS_CODE: u64 = 0x100000000;

// Why a guest came back: R10 after MV_VS_RUN

/// The processor refuses its state; nothing has run.
pub const MV_EXIT_FAILURE: u32 = 0x0;
/// An exit that nobody knows: `detail` is the processor's reason.
pub const MV_EXIT_UNKNOWN: u32 = 0x1;
/// With a local APIC: the VS waits (`mpState`), and is to be run again when `notified` or at `deadline`.
pub const MV_EXIT_HLT: u32 = 0x2;
/// A port: `port`, `ioBytes`, `ioFlags`, `data`.
pub const MV_EXIT_IO: u32 = 0x3;
/// Memory that is not mapped, or not so: `address`, `access`.
pub const MV_EXIT_MMIO: u32 = 0x4;
/// The guest has written one of MV_MSR_KVM_*: `msr`, `data`. It is behind that.
pub const MV_EXIT_MSR: u32 = 0x5;
/// An interrupt of the machine, which the caller takes when it enables interrupts.
pub const MV_EXIT_INTERRUPT: u32 = 0x6;
/// The guest can take an interrupt, as was asked for.
pub const MV_EXIT_WINDOW: u32 = 0x7;
/// An NMI of the machine.
pub const MV_EXIT_NMI: u32 = 0x8;
/// A triple fault.
pub const MV_EXIT_SHUTDOWN: u32 = 0x9;
/// A machine check of the machine's, which the caller gets as an exception behind its hypercall.
pub const MV_EXIT_MACHINE_CHECK: u32 = 0xa;
/// RDMSR or WRMSR: `msr`, `msrFlags`, `data` of a WRMSR. Nothing has happened, the guest is still at it: MV_RUN_MSR_* says what becomes of it.
pub const MV_EXIT_MSR_ACCESS: u32 = 0xb;
/// As was asked for: nothing has run.
pub const MV_EXIT_STOP: u32 = 0xc;
/// With MV_OPTION_UNDEFINED_ASKED: an instruction that is none. The guest is at it, with `general`, `rip` and `rflags`, and has got no exception.
pub const MV_EXIT_UNDEFINED: u32 = 0xd;
/// Its local APIC's timer has another `deadline`, which has not passed.
pub const MV_EXIT_TIMER: u32 = 0xe;
/// It has sent something to the VSs of `wake`.
pub const MV_EXIT_WAKE: u32 = 0xf;
/// It has ended an interrupt that was level-triggered. Split: `vector`. Full: `data` has the lines that MV_SOURCE_RESAMPLED asserts no more: pins of the I/O APIC, and from bit 32 those of the 8259 pair; and there may be VSs to `wake`.
pub const MV_EXIT_EOI: u32 = 0x10;

// MvPage.ioFlags

pub const MV_IO_IN: u32 = 0x1;
/// INS or OUTS, which the caller carries out: nothing has happened, the guest is still at it.
pub const MV_IO_STRING: u32 = 0x2;
pub const MV_IO_REPEATED: u32 = 0x4;

// MV_VM_IRQCHIP_CREATE: R12

/// Local APICs, an I/O APIC and a pair of 8259.
pub const MV_IRQCHIP_FULL: u32 = 0x0;
/// Local APICs; the others are the caller's.
pub const MV_IRQCHIP_SPLIT: u32 = 0x1;

// Versions and limits of MicroV's hypercalls

/// Bits 63:48 of RAX.
pub const MV_SIGNATURE: u32 = 0x764d;
/// "Mv#1": EAX of CPUID leaf 0x40000001 where there is MicroV is the microkernel's; this is ECX.
pub const MV_SPEC_ID: u32 = 0x3123764d;
/// The version of upstream's interface.
pub const MV_VERSION_1: u32 = 0x2;
/// The handle, as upstream's.
pub const MV_HANDLE: u32 = 0x42;
pub const MV_INVALID_ID: u32 = 0xffff;
/// Calls with such an index are not upstream's.
pub const MV_OWN: u32 = 0x100;
pub const MV_MAX_VMS: u32 = 0x40;
/// Of all VMs together.
pub const MV_MAX_VPS: u32 = 0x100;
/// Leaves of a guest.
pub const MV_MAX_CPUIDS: u32 = 0x78;
/// Of the page's list.
pub const MV_LIST_BYTES: u32 = 0xf00;
/// Of an XSAVE area, at most.
pub const MV_FPU_BYTES: u32 = 0x1000;
/// Registers or MSRs of a call.
pub const MV_LIST_ENTRIES: u32 = 0xf0;
/// Of a VM, and so their IDs.
pub const MV_MAX_APICS: u32 = 0x40;
/// Of a local APIC's registers.
pub const MV_APIC_BYTES: u32 = 0x400;

// MV_VM_MAP: bits 11:0 of R13

pub const MV_MAP_READ: u32 = 0x1;
pub const MV_MAP_WRITE: u32 = 0x2;
pub const MV_MAP_EXECUTE: u32 = 0x4;

// MvPage.mpState: KVM's numbers

pub const MV_MP_RUNNABLE: u32 = 0x0;
/// Waits for INIT.
pub const MV_MP_UNINITIALIZED: u32 = 0x1;
/// Waits for SIPI.
pub const MV_MP_INIT_RECEIVED: u32 = 0x2;
pub const MV_MP_HALTED: u32 = 0x3;

// MvPage.msrFlags: an access, and why it exits

pub const MV_MSR_WRITE: u32 = 0x1;
/// MV_OPTION_MSR_ASKED.
pub const MV_MSR_ASKED: u32 = 0x2;
/// MV_OPTION_MSR_UNKNOWN.
pub const MV_MSR_UNKNOWN: u32 = 0x4;
/// MV_OPTION_MSR_REFUSED.
pub const MV_MSR_REFUSED: u32 = 0x8;

// MSRs by which guests ask their VMM for something

pub const MV_MSR_TIME_STAMP_COUNTER: u32 = 0x10;
pub const MV_MSR_KVM_WALL_CLOCK: u32 = 0x11;
pub const MV_MSR_KVM_SYSTEM_TIME: u32 = 0x12;
pub const MV_MSR_KVM_WALL_CLOCK_NEW: u32 = 0x4b564d00;
pub const MV_MSR_KVM_SYSTEM_TIME_NEW: u32 = 0x4b564d01;

// MV_REG_NMI

/// One comes as soon as none is handled.
pub const MV_NMI_WAITS: u32 = 0x1;
/// One is handled: its handler has not returned.
pub const MV_NMI_BLOCKED: u32 = 0x2;

// What a VS and its caller share: a page

#[repr(C)]
pub struct MvPage {
    /// To MV_VS_RUN: MV_RUN_*.
    pub request: u32,
    /// MV_STATE_*, as the VS is while it does not run.
    pub state: u32,
    /// A port's datum: of an OUT, and what the next MV_VS_RUN gives an IN.
    pub data: u64,
    pub port: u16,
    /// 1, 2 or 4.
    pub io_bytes: u8,
    /// MV_IO_*.
    pub io_flags: u8,
    /// MV_ACCESS_*.
    pub access: u32,
    /// The guest physical address that was accessed.
    pub address: u64,
    /// The processor's exit reason.
    pub detail: u64,
    /// The task priority: in and out, and MV_REG_CR8.
    pub cr8: u64,
    /// The local APIC's base MSR: the same.
    pub apic_base: u64,
    /// Exits of the VS since it was made.
    pub exits: u64,
    /// MV_EXIT_FAILURE: the processor that does not run it.
    pub processor: u32,
    /// Its number.
    pub msr: u32,
    /// MV_EXIT_MMIO, MV_EXIT_UNDEFINED, MV_EXIT_IO of strings: registers in the order of their encodings. In with MV_RUN_REGISTERS, as the next two.
    pub general: [u64; 16],
    pub rip: u64,
    pub rflags: u64,
    /// MV_MSR_*.
    pub msr_flags: u32,
    /// MV_MP_*: in and out, for a VS with a local APIC.
    pub mp_state: u32,
    /// When its local APIC's timer is due, by the processor's time stamp counter; 0: never. It is to be run then.
    pub deadline: u64,
    /// MV_EXIT_WAKE, MV_EXIT_EOI: a bit for each VS, by its APIC's ID.
    pub wake: u64,
    /// 1: something has come for it while it did not run, so that it is to be run.
    pub notified: u32,
    /// MV_EXIT_EOI, split.
    pub vector: u32,
    /// Entries of the list.
    pub list_count: u64,
    /// Up to MV_LIST_ENTRIES of {number, value}, or MvCpuids.
    pub list: [u64; 480],
}

const _: () = assert!(core::mem::size_of::<MvPage>() == 4096);

// Registers of a guest, by MicroV's numbers

pub const MV_REG_RAX: u32 = 0x1;
pub const MV_REG_RBX: u32 = 0x2;
pub const MV_REG_RCX: u32 = 0x3;
pub const MV_REG_RDX: u32 = 0x4;
pub const MV_REG_RBP: u32 = 0x5;
pub const MV_REG_RSI: u32 = 0x6;
pub const MV_REG_RDI: u32 = 0x7;
pub const MV_REG_R8: u32 = 0x8;
pub const MV_REG_R9: u32 = 0x9;
pub const MV_REG_R10: u32 = 0xa;
pub const MV_REG_R11: u32 = 0xb;
pub const MV_REG_R12: u32 = 0xc;
pub const MV_REG_R13: u32 = 0xd;
pub const MV_REG_R14: u32 = 0xe;
pub const MV_REG_R15: u32 = 0xf;
pub const MV_REG_RSP: u32 = 0x10;
pub const MV_REG_RIP: u32 = 0x11;
pub const MV_REG_RFLAGS: u32 = 0x12;
pub const MV_REG_ES_SELECTOR: u32 = 0x13;
pub const MV_REG_ES_ATTRIB: u32 = 0x14;
pub const MV_REG_ES_LIMIT: u32 = 0x15;
pub const MV_REG_ES_BASE: u32 = 0x16;
pub const MV_REG_CS_SELECTOR: u32 = 0x17;
pub const MV_REG_CS_ATTRIB: u32 = 0x18;
pub const MV_REG_CS_LIMIT: u32 = 0x19;
pub const MV_REG_CS_BASE: u32 = 0x1a;
pub const MV_REG_SS_SELECTOR: u32 = 0x1b;
pub const MV_REG_SS_ATTRIB: u32 = 0x1c;
pub const MV_REG_SS_LIMIT: u32 = 0x1d;
pub const MV_REG_SS_BASE: u32 = 0x1e;
pub const MV_REG_DS_SELECTOR: u32 = 0x1f;
pub const MV_REG_DS_ATTRIB: u32 = 0x20;
pub const MV_REG_DS_LIMIT: u32 = 0x21;
pub const MV_REG_DS_BASE: u32 = 0x22;
pub const MV_REG_FS_SELECTOR: u32 = 0x23;
pub const MV_REG_FS_ATTRIB: u32 = 0x24;
pub const MV_REG_FS_LIMIT: u32 = 0x25;
pub const MV_REG_FS_BASE: u32 = 0x26;
pub const MV_REG_GS_SELECTOR: u32 = 0x27;
pub const MV_REG_GS_ATTRIB: u32 = 0x28;
pub const MV_REG_GS_LIMIT: u32 = 0x29;
pub const MV_REG_GS_BASE: u32 = 0x2a;
pub const MV_REG_LDTR_SELECTOR: u32 = 0x2b;
pub const MV_REG_LDTR_ATTRIB: u32 = 0x2c;
pub const MV_REG_LDTR_LIMIT: u32 = 0x2d;
pub const MV_REG_LDTR_BASE: u32 = 0x2e;
pub const MV_REG_TR_SELECTOR: u32 = 0x2f;
pub const MV_REG_TR_ATTRIB: u32 = 0x30;
pub const MV_REG_TR_LIMIT: u32 = 0x31;
pub const MV_REG_TR_BASE: u32 = 0x32;
pub const MV_REG_GDTR_SELECTOR: u32 = 0x33;
pub const MV_REG_GDTR_ATTRIB: u32 = 0x34;
pub const MV_REG_GDTR_LIMIT: u32 = 0x35;
pub const MV_REG_GDTR_BASE: u32 = 0x36;
pub const MV_REG_IDTR_SELECTOR: u32 = 0x37;
pub const MV_REG_IDTR_ATTRIB: u32 = 0x38;
pub const MV_REG_IDTR_LIMIT: u32 = 0x39;
pub const MV_REG_IDTR_BASE: u32 = 0x3a;
pub const MV_REG_DR0: u32 = 0x3b;
pub const MV_REG_DR1: u32 = 0x3c;
pub const MV_REG_DR2: u32 = 0x3d;
pub const MV_REG_DR3: u32 = 0x3e;
pub const MV_REG_DR6: u32 = 0x3f;
pub const MV_REG_DR7: u32 = 0x40;
pub const MV_REG_CR0: u32 = 0x41;
pub const MV_REG_CR2: u32 = 0x42;
pub const MV_REG_CR3: u32 = 0x43;
pub const MV_REG_CR4: u32 = 0x44;
pub const MV_REG_CR8: u32 = 0x45;
pub const MV_REG_XCR0: u32 = 0x46;
/// Ours, like all that follow.
pub const MV_REG_EFER: u32 = 0x100;
pub const MV_REG_APIC_BASE: u32 = 0x101;
/// 1: no interrupt before the next instruction is done.
pub const MV_REG_INTERRUPT_SHADOW: u32 = 0x102;
/// The event that is delivered when the VS runs next: bits 7:0 vector, 10:8 type, 11 has a code, 31 valid, 63:32 the code (APM volume 2, 15.20); 0: none.
pub const MV_REG_EVENT: u32 = 0x103;
/// What its time stamp counter has more than the processor's.
pub const MV_REG_TSC_OFFSET: u32 = 0x104;
/// MV_NMI_*.
pub const MV_REG_NMI: u32 = 0x105;

// MvPage.request and MvPage.state

/// request: come back as soon as the guest can take an interrupt.
pub const MV_RUN_WINDOW: u32 = 0x1;
/// request: the guest has carried out an instruction, and has `general`, `rip` and `rflags` behind it.
pub const MV_RUN_REGISTERS: u32 = 0x2;
/// request: what else is asked for is done, and nothing runs.
pub const MV_RUN_STOP: u32 = 0x4;
/// request: the access to an MSR is done; a RDMSR's answer is `data`.
pub const MV_RUN_MSR_DONE: u32 = 0x8;
/// request: it raises #GP.
pub const MV_RUN_MSR_FAULT: u32 = 0x10;
/// request: it is carried out, if it is what the guest does next, and does not exit for MV_OPTION_MSR_ASKED.
pub const MV_RUN_MSR_ALLOWED: u32 = 0x20;
/// state: the guest can take an interrupt now.
pub const MV_STATE_INTERRUPTIBLE: u32 = 0x1;
/// state: RFLAGS.IF.
pub const MV_STATE_IF: u32 = 0x2;

// MV_VM_IRQ_LINE: who asserts; a line is asserted while one does

pub const MV_SOURCE_USER: u32 = 0x0;
/// The interval timer.
pub const MV_SOURCE_TIMER: u32 = 0x100;
/// Those that are told when the guest has ended the interrupt.
pub const MV_SOURCE_RESAMPLED: u32 = 0x200;

// Status codes of MicroV's hypercalls: RAX

pub const MV_STATUS_SUCCESS: u64 = 0x0;
pub const MV_STATUS_FAILURE_UNKNOWN: u64 = 0xdead000000010001;
pub const MV_STATUS_FAILURE_INVALID_HANDLE: u64 = 0xdead000000020001;
pub const MV_STATUS_FAILURE_UNSUPPORTED: u64 = 0xdead000000040001;
pub const MV_STATUS_INVALID_PERM_DENIED: u64 = 0xdead000000010002;
pub const MV_STATUS_INVALID_INPUT_REG0: u64 = 0xdead000000010003;
pub const MV_STATUS_INVALID_INPUT_REG1: u64 = 0xdead000000020003;
pub const MV_STATUS_INVALID_INPUT_REG2: u64 = 0xdead000000040003;
pub const MV_STATUS_INVALID_INPUT_REG3: u64 = 0xdead000000080003;
/// Ours, with R14.
pub const MV_STATUS_INVALID_INPUT_REG4: u64 = 0xdead000000100003;
pub const MV_STATUS_RETRY_CONTINUATION: u64 = 0xdead000000100004;
/// The processor refuses to run the VS: the debug ring says why.
pub const MV_STATUS_EXIT_FAILURE: u64 = 0xdead000000100005;
pub const MV_STATUS_EXIT_UNKNOWN: u64 = 0xdead000000200005;

// MV_VM_CONFIGURE: R12

/// Each access to an MSR that exits comes to the caller (MV_EXIT_MSR_ACCESS), before anything of it is done.
pub const MV_OPTION_MSR_ASKED: u32 = 0x1;
/// Accesses to MSRs that the guest has not exit, instead of #GP.
pub const MV_OPTION_MSR_UNKNOWN: u32 = 0x2;
/// So do writes of values that the guest's MSR does not take.
pub const MV_OPTION_MSR_REFUSED: u32 = 0x4;
/// MONITOR and MWAIT are #UD where CPUID has them not, instead of nothing.
pub const MV_OPTION_MWAIT_BY_CPUID: u32 = 0x8;
/// CPUID has MONITOR and MWAIT while MISC_ENABLE's bit 18 is set, whatever the caller gave it.
pub const MV_OPTION_MWAIT_BY_MSR: u32 = 0x10;
/// MSRs exit that may change hands with the VS: reads of the time stamp counter, SYSENTER's, SYSCALL's, FS_BASE, GS_BASE and KERNEL_GS_BASE.
pub const MV_OPTION_MSR_CLOSED: u32 = 0x20;
/// #UD of the guest comes to the caller (MV_EXIT_UNDEFINED), who may know better.
pub const MV_OPTION_UNDEFINED_ASKED: u32 = 0x40;

// MV_VS_CONFIGURE: R12

/// The guest has those MSRs of KVM's alone whose bits CPUID leaf 0x40000001 has.
pub const MV_OPTION_FEATURES: u32 = 0x1;

// System calls as functions

/// What a call that failed ended with: one of `STATUS_*`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Status(pub u64);

/// Identifier of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Vm(pub u32);

/// Identifier of a VP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Vp(pub u32);

/// Identifier of a VS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Vs(pub u32);

/// Identifier of a PP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Pp(pub u16);

/// Identifier of nested page tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Nested(pub u32);

/// Identifier of a permission map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Map(pub u32);

extern "C" {
    /// The handle that the start file opened, before any Rust ran.
    static bf_handle: u64;
}

#[inline(always)]
fn handle() -> u64 {
    unsafe { bf_handle }
}

/// Makes a call (`SYSCALL_*`) and returns its status, REG0 and REG1. A handle goes into REG0.
///
/// # Safety
/// As the call itself.
#[inline(always)]
pub unsafe fn call(number: u32, reg0: u64, reg1: u64, reg2: u64, reg3: u64) -> (u64, u64, u64) {
    let (status, out0, out1);
    core::arch::asm!(
        "syscall",
        inlateout("rax") (SYSCALL_SIGNATURE as u64) << 48 | number as u64 => status,
        inlateout("rdi") reg0 => out0,
        inlateout("rsi") reg1 => out1,
        in("rdx") reg2,
        in("r10") reg3,
        lateout("rcx") _,
        lateout("r11") _,
        options(nostack),
    );
    (status, out0, out1)
}

/// The same for a call that takes more: REG0 to REG5, of which the first four are outputs, too.
///
/// # Safety
/// As the call itself.
#[inline(always)]
pub unsafe fn call6(number: u32, registers: [u64; 6]) -> (u64, [u64; 4]) {
    let (status, out0, out1, out2, out3);
    core::arch::asm!(
        "syscall",
        inlateout("rax") (SYSCALL_SIGNATURE as u64) << 48 | number as u64 => status,
        inlateout("rdi") registers[0] => out0,
        inlateout("rsi") registers[1] => out1,
        inlateout("rdx") registers[2] => out2,
        inlateout("r10") registers[3] => out3,
        in("r8") registers[4],
        in("r9") registers[5],
        lateout("rcx") _,
        lateout("r11") _,
        options(nostack),
    );
    (status, [out0, out1, out2, out3])
}

#[inline(always)]
fn result<T>(status: u64, value: T) -> Result<T, Status> {
    if status == STATUS_SUCCESS {
        Ok(value)
    } else {
        Err(Status(status))
    }
}

/// Ends the current callback as a failure.
#[inline(always)]
pub fn control_exit() -> ! {
    unsafe { call(SYSCALL_CONTROL_EXIT, 0, 0, 0, 0) };
    unsafe { core::hint::unreachable_unchecked() }
}

/// Ends `_start`; anywhere else it is a failure.
#[inline(always)]
pub fn control_wait() -> ! {
    unsafe { call(SYSCALL_CONTROL_WAIT, 0, 0, 0, 0) };
    unsafe { core::hint::unreachable_unchecked() }
}

/// Ends the fail callback: what failed is tried once more.
#[inline(always)]
pub fn control_again() -> ! {
    unsafe { call(SYSCALL_CONTROL_AGAIN, 0, 0, 0, 0) };
    unsafe { core::hint::unreachable_unchecked() }
}

/// Opens the handle that most calls want.
#[inline(always)]
pub fn handle_open(version: u32) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_HANDLE_OPEN, version as u64, 0, 0, 0) };
    result(status, reg0)
}

/// Closes the handle: no call that wants one works until another is opened.
#[inline(always)]
pub fn handle_close() -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_HANDLE_CLOSE, handle(), 0, 0, 0) };
    result(status, ())
}

/// Prints two numbers in hexadecimal.
#[inline(always)]
pub fn debug_out(first: u64, second: u64) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_OUT, first, second, 0, 0) };
    result(status, ())
}

/// Prints a VM.
#[inline(always)]
pub fn debug_dump_vm(vm: Vm) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_VM, vm.0 as u64, 0, 0, 0) };
    result(status, ())
}

/// Prints a VP.
#[inline(always)]
pub fn debug_dump_vp(vp: Vp) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_VP, vp.0 as u64, 0, 0, 0) };
    result(status, ())
}

/// Prints a VS with all its registers.
#[inline(always)]
pub fn debug_dump_vs(vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_VS, vs.0 as u64, 0, 0, 0) };
    result(status, ())
}

/// Prints a processor's last VM exits.
#[inline(always)]
pub fn debug_dump_vmexit_log(pp: Pp) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_VMEXIT_LOG, pp.0 as u64, 0, 0, 0) };
    result(status, ())
}

/// Prints a character.
#[inline(always)]
pub fn debug_write_c(character: u32) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_WRITE_C, character as u64, 0, 0, 0) };
    result(status, ())
}

/// Prints text: its address and its bytes.
///
/// # Safety
/// The text must be readable memory of the extension.
#[inline(always)]
pub unsafe fn debug_write_str(text: u64, bytes: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_DEBUG_WRITE_STR, text, bytes, 0, 0);
    result(status, ())
}

/// Prints an extension.
#[inline(always)]
pub fn debug_dump_ext(extension: u32) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_EXT, extension as u64, 0, 0, 0) };
    result(status, ())
}

/// Prints how full the page pool is.
#[inline(always)]
pub fn debug_dump_page_pool() -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_PAGE_POOL, 0, 0, 0, 0) };
    result(status, ())
}

/// Prints how full the pool of huge allocations is.
#[inline(always)]
pub fn debug_dump_huge_pool() -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_DEBUG_DUMP_HUGE_POOL, 0, 0, 0, 0) };
    result(status, ())
}

/// Registers the bootstrap callback, by its address.
///
/// # Safety
/// The address must be that of such a callback, which never returns.
#[inline(always)]
pub unsafe fn callback_register_bootstrap(callback: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, handle(), callback, 0, 0);
    result(status, ())
}

/// Registers the vmexit callback, by its address.
///
/// # Safety
/// The address must be that of such a callback, which never returns.
#[inline(always)]
pub unsafe fn callback_register_vmexit(callback: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_CALLBACK_REGISTER_VMEXIT, handle(), callback, 0, 0);
    result(status, ())
}

/// Registers the fail callback, by its address.
///
/// # Safety
/// The address must be that of such a callback, which never returns.
#[inline(always)]
pub unsafe fn callback_register_fail(callback: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_CALLBACK_REGISTER_FAIL, handle(), callback, 0, 0);
    result(status, ())
}

/// Creates a VM.
#[inline(always)]
pub fn vm_create() -> Result<Vm, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_VM_CREATE, handle(), 0, 0, 0) };
    result(status, Vm(reg0 as u32))
}

/// Destroys a VM that has no VP and runs nowhere.
#[inline(always)]
pub fn vm_destroy(vm: Vm) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VM_DESTROY, handle(), vm.0 as u64, 0, 0) };
    result(status, ())
}

/// Maps a page of physical memory into the extension's view of a VM.
#[inline(always)]
pub fn vm_map_direct(vm: Vm, physical: u64) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_VM_MAP_DIRECT, handle(), vm.0 as u64, physical, 0) };
    result(status, reg0)
}

/// Takes such a page back, on this processor.
///
/// # Safety
/// Nothing may use the memory there any more.
#[inline(always)]
pub unsafe fn vm_unmap_direct(vm: Vm, address: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_VM_UNMAP_DIRECT, handle(), vm.0 as u64, address, 0);
    result(status, ())
}

/// Takes such a page back, on all processors.
///
/// # Safety
/// Nothing may use the memory there any more.
#[inline(always)]
pub unsafe fn vm_unmap_direct_broadcast(vm: Vm, address: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_VM_UNMAP_DIRECT_BROADCAST, handle(), vm.0 as u64, address, 0);
    result(status, ())
}

/// Flushes the address translations of a VM's VSs on this processor.
#[inline(always)]
pub fn vm_tlb_flush(vm: Vm) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VM_TLB_FLUSH, handle(), vm.0 as u64, 0, 0) };
    result(status, ())
}

/// Creates a VP of a VM.
#[inline(always)]
pub fn vp_create(vm: Vm) -> Result<Vp, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_VP_CREATE, handle(), vm.0 as u64, 0, 0) };
    result(status, Vp(reg0 as u32))
}

/// Destroys a VP that has no VS and runs nowhere.
#[inline(always)]
pub fn vp_destroy(vp: Vp) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VP_DESTROY, handle(), vp.0 as u64, 0, 0) };
    result(status, ())
}

/// Creates a VS of a VP on a processor.
#[inline(always)]
pub fn vs_create(vp: Vp, pp: Pp) -> Result<Vs, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_VS_CREATE, handle(), vp.0 as u64, pp.0 as u64, 0) };
    result(status, Vs(reg0 as u32))
}

/// Destroys a VS that runs nowhere.
#[inline(always)]
pub fn vs_destroy(vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_DESTROY, handle(), vs.0 as u64, 0, 0) };
    result(status, ())
}

/// Gives this processor's root VS the operating system's state.
#[inline(always)]
pub fn vs_init_as_root(vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_INIT_AS_ROOT, handle(), vs.0 as u64, 0, 0) };
    result(status, ())
}

/// Reads a register: AMD_REG_* or INTEL_REG_*.
#[inline(always)]
pub fn vs_read(vs: Vs, reg: u32) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_VS_READ, handle(), vs.0 as u64, reg as u64, 0) };
    result(status, reg0)
}

/// Writes a register: AMD_REG_* or INTEL_REG_*.
#[inline(always)]
pub fn vs_write(vs: Vs, reg: u32, value: u64) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_WRITE, handle(), vs.0 as u64, reg as u64, value) };
    result(status, ())
}

/// Runs a VS. Returns only when it failed.
#[inline(always)]
pub fn vs_run(vm: Vm, vp: Vp, vs: Vs) -> Status {
    Status(unsafe { call(SYSCALL_VS_RUN, handle(), vm.0 as u64, vp.0 as u64, vs.0 as u64) }.0)
}

/// Runs the active VS. Returns only when it failed.
#[inline(always)]
pub fn vs_run_current() -> Status {
    Status(unsafe { call(SYSCALL_VS_RUN_CURRENT, handle(), 0, 0, 0) }.0)
}

/// Skips the instruction that a VS exited for, and runs it. Returns only when it failed.
#[inline(always)]
pub fn vs_advance_ip_and_run(vm: Vm, vp: Vp, vs: Vs) -> Status {
    Status(unsafe { call(SYSCALL_VS_ADVANCE_IP_AND_RUN, handle(), vm.0 as u64, vp.0 as u64, vs.0 as u64) }.0)
}

/// Skips the instruction that the active VS exited for, and runs it. Returns only when it failed.
#[inline(always)]
pub fn vs_advance_ip_and_run_current() -> Status {
    Status(unsafe { call(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, handle(), 0, 0, 0) }.0)
}

/// Gives this processor to the operating system for good, in a VS's state. Returns only when it failed.
#[inline(always)]
pub fn vs_promote(vs: Vs) -> Status {
    Status(unsafe { call(SYSCALL_VS_PROMOTE, handle(), vs.0 as u64, 0, 0) }.0)
}

/// Has the processor forget what it keeps of a VS.
#[inline(always)]
pub fn vs_clear(vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_CLEAR, handle(), vs.0 as u64, 0, 0) };
    result(status, ())
}

/// Moves a VS that runs nowhere to another processor.
#[inline(always)]
pub fn vs_migrate(vs: Vs, pp: Pp) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_MIGRATE, handle(), vs.0 as u64, pp.0 as u64, 0) };
    result(status, ())
}

/// Makes a VS the active one.
#[inline(always)]
pub fn vs_set_active(vm: Vm, vp: Vp, vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_SET_ACTIVE, handle(), vm.0 as u64, vp.0 as u64, vs.0 as u64) };
    result(status, ())
}

/// Skips the instruction that the active VS exited for, and makes another active.
#[inline(always)]
pub fn vs_advance_ip_and_set_active(vm: Vm, vp: Vp, vs: Vs) -> Result<(), Status> {
    let (status, _, _) =
        unsafe { call(SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, handle(), vm.0 as u64, vp.0 as u64, vs.0 as u64) };
    result(status, ())
}

/// Flushes a VS's translation of one guest virtual address.
#[inline(always)]
pub fn vs_tlb_flush(vs: Vs, address: u64) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_VS_TLB_FLUSH, handle(), vs.0 as u64, address, 0) };
    result(status, ())
}

/// Reads an MSR of the processor.
#[inline(always)]
pub fn intrinsic_rdmsr(msr: u32) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_INTRINSIC_RDMSR, handle(), msr as u64, 0, 0) };
    result(status, reg0)
}

/// Writes an MSR of the processor.
///
/// # Safety
/// An MSR can change what any code on this processor does.
#[inline(always)]
pub unsafe fn intrinsic_wrmsr(msr: u32, value: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_INTRINSIC_WRMSR, handle(), msr as u64, value, 0);
    result(status, ())
}

/// Allocates a zeroed page.
#[inline(always)]
pub fn mem_alloc_page() -> Result<(u64, u64), Status> {
    let (status, reg0, reg1) = unsafe { call(SYSCALL_MEM_ALLOC_PAGE, handle(), 0, 0, 0) };
    result(status, (reg0, reg1))
}

/// Frees such a page.
///
/// # Safety
/// Nothing may use the memory there any more.
#[inline(always)]
pub unsafe fn mem_free_page(address: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_MEM_FREE_PAGE, handle(), address, 0, 0);
    result(status, ())
}

/// Allocates zeroed, physically contiguous pages; where there are none yet, FAILURE_UNKNOWN, and the driver has been asked.
#[inline(always)]
pub fn mem_alloc_huge(bytes: u64) -> Result<(u64, u64), Status> {
    let (status, reg0, reg1) = unsafe { call(SYSCALL_MEM_ALLOC_HUGE, handle(), bytes, 0, 0) };
    result(status, (reg0, reg1))
}

/// Frees such pages.
///
/// # Safety
/// Nothing may use the memory there any more.
#[inline(always)]
pub unsafe fn mem_free_huge(address: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_MEM_FREE_HUGE, handle(), address, 0, 0);
    result(status, ())
}

/// Registers the message callback, by its address.
///
/// # Safety
/// The address must be that of such a callback, which never returns.
#[inline(always)]
pub unsafe fn message_register(callback: u64) -> Result<(), Status> {
    let (status, _, _) = call(SYSCALL_MESSAGE_REGISTER, handle(), callback, 0, 0);
    result(status, ())
}

/// Finds an extension by its name: 32 bytes in four words, the first character lowest, zero padded.
#[inline(always)]
pub fn message_find(name0: u64, name1: u64, name2: u64, name3: u64) -> Result<u64, Status> {
    let (status, reg) = unsafe { call6(SYSCALL_MESSAGE_FIND, [handle(), name0, name1, name2, name3, 0]) };
    result(status, reg[0])
}

/// Sends four words to an extension, and waits for its reply on the same processor.
#[inline(always)]
pub fn message_call(extension: u64, word0: u64, word1: u64, word2: u64, word3: u64) -> Result<(u64, u64, u64, u64), Status> {
    let (status, reg) = unsafe { call6(SYSCALL_MESSAGE_CALL, [handle(), extension, word0, word1, word2, word3]) };
    result(status, (reg[0], reg[1], reg[2], reg[3]))
}

/// Ends the message callback with four words for the caller. Returns only when it failed.
#[inline(always)]
pub fn message_reply(word0: u64, word1: u64, word2: u64, word3: u64) -> Status {
    Status(unsafe { call6(SYSCALL_MESSAGE_REPLY, [handle(), word0, word1, word2, word3, 0]) }.0)
}

/// Creates nested page tables in which a VM sees nothing: NESTED_FOR_ROOT or 0; the features are NESTED_HAS_*.
#[inline(always)]
pub fn nested_create(flags: u32) -> Result<(Nested, u64), Status> {
    let (status, reg0, reg1) = unsafe { call(SYSCALL_NESTED_CREATE, handle(), flags as u64, 0, 0) };
    result(status, (Nested(reg0 as u32), reg1))
}

/// Destroys nested page tables that no VS has. Call it again until nothing is left.
#[inline(always)]
pub fn nested_destroy(nested: Nested) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_NESTED_DESTROY, handle(), nested.0 as u64, 0, 0) };
    result(status, reg0)
}

/// Shows host memory at guest physical addresses: NESTED_* rights, type, page size. Call it again for what is not done.
///
/// # Safety
/// What the VM does to memory that it is shown, nothing of the extension's may depend on.
#[inline(always)]
pub unsafe fn nested_map(nested: Nested, guest: u64, host: u64, bytes: u64, flags: u32) -> Result<u64, Status> {
    let (status, reg) = call6(SYSCALL_NESTED_MAP, [handle(), nested.0 as u64, guest, host, bytes, flags as u64]);
    result(status, reg[0])
}

/// Shows nothing at guest physical addresses any more. Call it again for what is not done.
#[inline(always)]
pub fn nested_unmap(nested: Nested, guest: u64, bytes: u64) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_NESTED_UNMAP, handle(), nested.0 as u64, guest, bytes) };
    result(status, reg0)
}

/// Changes what a VM may do with memory that it is shown. Call it again for what is not done.
#[inline(always)]
pub fn nested_protect(nested: Nested, guest: u64, bytes: u64, rights: u32) -> Result<u64, Status> {
    let (status, reg) =
        unsafe { call6(SYSCALL_NESTED_PROTECT, [handle(), nested.0 as u64, guest, bytes, rights as u64, 0]) };
    result(status, reg[0])
}

/// Looks a guest physical address up: the host's, and NESTED_* rights, type and page size.
#[inline(always)]
pub fn nested_translate(nested: Nested, guest: u64) -> Result<(u64, u64), Status> {
    let (status, reg0, reg1) = unsafe { call(SYSCALL_NESTED_TRANSLATE, handle(), nested.0 as u64, guest, 0) };
    result(status, (reg0, reg1))
}

/// Shows host memory at its own addresses: NESTED_* flags. Call it again for what is not done.
///
/// # Safety
/// What the VM does to memory that it is shown, nothing of the extension's may depend on.
#[inline(always)]
pub unsafe fn nested_identity(nested: Nested, guest: u64, bytes: u64, flags: u32) -> Result<u64, Status> {
    let (status, reg) = call6(SYSCALL_NESTED_IDENTITY, [handle(), nested.0 as u64, guest, bytes, flags as u64, 0]);
    result(status, reg[0])
}

/// Makes a VS see memory by nested page tables.
#[inline(always)]
pub fn nested_attach(nested: Nested, vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_NESTED_ATTACH, handle(), nested.0 as u64, vs.0 as u64, 0) };
    result(status, ())
}

/// Makes a VS see all physical memory as it is.
#[inline(always)]
pub fn nested_detach(nested: Nested, vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_NESTED_DETACH, handle(), nested.0 as u64, vs.0 as u64, 0) };
    result(status, ())
}

/// Gives back what processors have flushed: how many other processors still run with older translations.
#[inline(always)]
pub fn nested_flush(nested: Nested) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_NESTED_FLUSH, handle(), nested.0 as u64, 0, 0) };
    result(status, reg0)
}

/// Makes a root VS see all physical memory as it is, but the hypervisor's own: that reads as zeroes, and writes raise #GP.
#[inline(always)]
pub fn nested_guard(vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_NESTED_GUARD, handle(), vs.0 as u64, 0, 0) };
    result(status, ())
}

/// Copies between memory of the extension's own and what a VM sees: NESTED_COPY_*. Call it again for what is not done.
///
/// # Safety
/// Copying from a VM replaces so many bytes at the buffer.
#[inline(always)]
pub unsafe fn nested_copy(nested: Nested, guest: u64, buffer: u64, bytes: u64, direction: u32) -> Result<u64, Status> {
    let (status, reg) = call6(SYSCALL_NESTED_COPY, [handle(), nested.0 as u64, guest, buffer, bytes, direction as u64]);
    result(status, reg[0])
}

/// Tells which pages of a range a VM has accessed or written, a bit for each in the extension's memory, and begins anew: NESTED_ACCESSED, NESTED_DIRTY.
///
/// # Safety
/// The bitmap's words are overwritten, up to the end of its page.
#[inline(always)]
pub unsafe fn nested_harvest(nested: Nested, guest: u64, bytes: u64, bitmap: u64, what: u32) -> Result<u64, Status> {
    let (status, reg) = call6(SYSCALL_NESTED_HARVEST, [handle(), nested.0 as u64, guest, bytes, bitmap, what as u64]);
    result(status, reg[0])
}

/// Creates a permission map that lets everything pass: MAP_MSR or MAP_IO.
#[inline(always)]
pub fn map_create(kind: u32) -> Result<Map, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_MAP_CREATE, handle(), kind as u64, 0, 0) };
    result(status, Map(reg0 as u32))
}

/// Destroys a permission map that no VS has.
#[inline(always)]
pub fn map_destroy(map: Map) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_MAP_DESTROY, handle(), map.0 as u64, 0, 0) };
    result(status, ())
}

/// Makes accesses (MAP_*) to a range of MSRs or ports exit: how many of them exit always.
#[inline(always)]
pub fn map_trap(map: Map, first: u32, last: u32, accesses: u32) -> Result<u64, Status> {
    let (status, reg) =
        unsafe { call6(SYSCALL_MAP_TRAP, [handle(), map.0 as u64, first as u64, last as u64, accesses as u64, 0]) };
    result(status, reg[0])
}

/// Lets accesses (MAP_*) to a range of MSRs or ports happen without an exit: how many of them exit all the same.
#[inline(always)]
pub fn map_pass(map: Map, first: u32, last: u32, accesses: u32) -> Result<u64, Status> {
    let (status, reg) =
        unsafe { call6(SYSCALL_MAP_PASS, [handle(), map.0 as u64, first as u64, last as u64, accesses as u64, 0]) };
    result(status, reg[0])
}

/// Which accesses to an MSR or port exit: MAP_*.
#[inline(always)]
pub fn map_query(map: Map, number: u32) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_MAP_QUERY, handle(), map.0 as u64, number as u64, 0) };
    result(status, reg0)
}

/// Makes a VS exit by a permission map.
#[inline(always)]
pub fn map_attach(map: Map, vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_MAP_ATTACH, handle(), map.0 as u64, vs.0 as u64, 0) };
    result(status, ())
}

/// Takes a permission map from a VS.
#[inline(always)]
pub fn map_detach(map: Map, vs: Vs) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_MAP_DETACH, handle(), map.0 as u64, vs.0 as u64, 0) };
    result(status, ())
}

/// How full a pool (POOL_*) is.
#[inline(always)]
pub fn statistics_pool(pool: u32) -> Result<(u64, u64), Status> {
    let (status, reg0, reg1) = unsafe { call(SYSCALL_STATISTICS_POOL, handle(), pool as u64, 0, 0) };
    result(status, (reg0, reg1))
}

/// How often VSs exited on a processor for a reason.
#[inline(always)]
pub fn statistics_exits(pp: Pp, reason: u64) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_STATISTICS_EXITS, handle(), pp.0 as u64, reason, 0) };
    result(status, reg0)
}

/// How often a system call was made on a processor.
#[inline(always)]
pub fn statistics_calls(pp: Pp, number: u32) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_STATISTICS_CALLS, handle(), pp.0 as u64, number as u64, 0) };
    result(status, reg0)
}

/// Makes linear memory have so many pages: how many it has now. Call it again for what is not done.
#[inline(always)]
pub fn memory_grow(pages: u64) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_MEMORY_GROW, handle(), pages, 0, 0) };
    result(status, reg0)
}

/// Makes a processor leave its VM, or end its wait: its extension's vmexit callback is called with EXIT_KICK.
#[inline(always)]
pub fn pp_kick(pp: Pp) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_PP_KICK, handle(), pp.0 as u64, 0, 0) };
    result(status, ())
}

/// Ends the callback, and keeps the processor in the microkernel until it is kicked. Returns only when it failed.
#[inline(always)]
pub fn pp_wait() -> Status {
    Status(unsafe { call(SYSCALL_PP_WAIT, handle(), 0, 0, 0) }.0)
}

/// Copies a VS's XSAVE area, or as much of it as a page holds, to a page of the extension's: its size is returned.
///
/// # Safety
/// The page is overwritten.
#[inline(always)]
pub unsafe fn fpu_read(vs: Vs, page: u64) -> Result<u64, Status> {
    let (status, reg0, _) = call(SYSCALL_FPU_READ, handle(), vs.0 as u64, page, 0);
    result(status, reg0)
}

/// Gives a VS the XSAVE area of a page of the extension's. Components that the processor has not, and reserved bits, are left out.
#[inline(always)]
pub fn fpu_write(vs: Vs, page: u64) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_FPU_WRITE, handle(), vs.0 as u64, page, 0) };
    result(status, ())
}

/// Reads an MSR that a guest has for itself, or can have: 0 as long as it has the machine's.
#[inline(always)]
pub fn msr_read(vs: Vs, msr: u32) -> Result<u64, Status> {
    let (status, reg0, _) = unsafe { call(SYSCALL_MSR_READ, handle(), vs.0 as u64, msr as u64, 0) };
    result(status, reg0)
}

/// Gives a guest a value of its own in an MSR of which the processor has one for all VMs.
#[inline(always)]
pub fn msr_write(vs: Vs, msr: u32, value: u64) -> Result<(), Status> {
    let (status, _, _) = unsafe { call(SYSCALL_MSR_WRITE, handle(), vs.0 as u64, msr as u64, value) };
    result(status, ())
}
