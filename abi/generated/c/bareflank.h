/* SPDX-License-Identifier: MIT */
/* Generated from abi/src by `bf build abi`. Do not edit. */
#ifndef BAREFLANK_H
#define BAREFLANK_H

#ifdef __ASSEMBLER__
#define BF_U32(value) value
#define BF_U64(value) value
#else
#include <stdint.h>
#define BF_U32(value) value##U
#define BF_U64(value) value##ULL
#endif

/* Versions, identifiers and limits of the system call interface */
#define BF_SYSCALL_SIGNATURE BF_U32(0x6642) /* Bits 63:48 of RAX. */
#define BF_SPEC_ID BF_U32(0x31236642) /* "Bf#1". */
#define BF_SPEC_VERSION_1 BF_U32(0x2) /* The version bit of Bareflank 3.0's interface. */
#define BF_SPEC_VERSION_2 BF_U32(0x4) /* The version bit of what goes beyond it: tagged identifiers, and groups 9 and above. */
#define BF_SPEC_ALL_SUPPORTED BF_U32(0x2) /* What `_start` is offered when the file has no NOTE_EXTENSION_VERSIONS. */
#define BF_SPEC_ALL_KNOWN BF_U32(0x6) /* All version bits that the microkernel supports. */
#define BF_SPEC_INVALID_VERSION BF_U32(0x80000000)
#define BF_INVALID_ID BF_U32(0xffff) /* No VM, VP, VS or PP. */
#define BF_BOOTSTRAP_PPID BF_U32(0x0)
#define BF_ROOT_VMID BF_U32(0x0)
#define BF_MAX_VMS BF_U32(0x10)
#define BF_MAX_VPS BF_U32(0x100)
#define BF_MAX_VSS BF_U32(0x100)
#define BF_MAX_PPS BF_U32(0x80)
#define BF_MAX_EXTENSIONS BF_U32(0x1)
#define BF_MAX_HUGE_ALLOCATIONS BF_U32(0x40)
#define BF_PAGE_SIZE BF_U32(0x1000)
#define BF_HUGE_POOL_BYTES BF_U32(0x20000)

/* Status codes: RAX after a system call */
#define BF_STATUS_SUCCESS BF_U64(0x0)
#define BF_STATUS_FAILURE_UNKNOWN BF_U64(0xdead000000010001)
#define BF_STATUS_FAILURE_INVALID_HANDLE BF_U64(0xdead000000020001)
#define BF_STATUS_FAILURE_UNSUPPORTED BF_U64(0xdead000000040001)
#define BF_STATUS_INVALID_PERM_DENIED BF_U64(0xdead000000010002)
#define BF_STATUS_INVALID_INPUT_REG0 BF_U64(0xdead000000010003)
#define BF_STATUS_INVALID_INPUT_REG1 BF_U64(0xdead000000020003)
#define BF_STATUS_INVALID_INPUT_REG2 BF_U64(0xdead000000040003)
#define BF_STATUS_INVALID_INPUT_REG3 BF_U64(0xdead000000080003)
#define BF_STATUS_INVALID_INPUT_REG4 BF_U64(0xdead000000100003)
#define BF_STATUS_INVALID_INPUT_REG5 BF_U64(0xdead000000200003)
#define BF_STATUS_INVALID_OUTPUT_REG0 BF_U64(0xdead000000400003)
#define BF_STATUS_INVALID_OUTPUT_REG1 BF_U64(0xdead000000800003)
#define BF_STATUS_INVALID_OUTPUT_REG2 BF_U64(0xdead000001000003)
#define BF_STATUS_INVALID_OUTPUT_REG3 BF_U64(0xdead000002000003)
#define BF_STATUS_INVALID_OUTPUT_REG4 BF_U64(0xdead000004000003)
#define BF_STATUS_INVALID_OUTPUT_REG5 BF_U64(0xdead000008000003)

/* System calls: bits 31:0 of RAX (opcode << 16 | index) */
#define BF_SYSCALL_CONTROL_EXIT BF_U32(0x0)
#define BF_SYSCALL_CONTROL_WAIT BF_U32(0x1)
#define BF_SYSCALL_CONTROL_AGAIN BF_U32(0x2)
#define BF_SYSCALL_HANDLE_OPEN BF_U32(0x10000)
#define BF_SYSCALL_HANDLE_CLOSE BF_U32(0x10001)
#define BF_SYSCALL_DEBUG_OUT BF_U32(0x20000)
#define BF_SYSCALL_DEBUG_DUMP_VM BF_U32(0x20001)
#define BF_SYSCALL_DEBUG_DUMP_VP BF_U32(0x20002)
#define BF_SYSCALL_DEBUG_DUMP_VS BF_U32(0x20003)
#define BF_SYSCALL_DEBUG_DUMP_VMEXIT_LOG BF_U32(0x20004)
#define BF_SYSCALL_DEBUG_WRITE_C BF_U32(0x20005)
#define BF_SYSCALL_DEBUG_WRITE_STR BF_U32(0x20006)
#define BF_SYSCALL_DEBUG_DUMP_EXT BF_U32(0x20007)
#define BF_SYSCALL_DEBUG_DUMP_PAGE_POOL BF_U32(0x20008)
#define BF_SYSCALL_DEBUG_DUMP_HUGE_POOL BF_U32(0x20009)
#define BF_SYSCALL_CALLBACK_REGISTER_BOOTSTRAP BF_U32(0x30000)
#define BF_SYSCALL_CALLBACK_REGISTER_VMEXIT BF_U32(0x30001)
#define BF_SYSCALL_CALLBACK_REGISTER_FAIL BF_U32(0x30002)
#define BF_SYSCALL_VM_CREATE BF_U32(0x40000)
#define BF_SYSCALL_VM_DESTROY BF_U32(0x40001)
#define BF_SYSCALL_VM_MAP_DIRECT BF_U32(0x40002)
#define BF_SYSCALL_VM_UNMAP_DIRECT BF_U32(0x40003)
#define BF_SYSCALL_VM_UNMAP_DIRECT_BROADCAST BF_U32(0x40004)
#define BF_SYSCALL_VM_TLB_FLUSH BF_U32(0x40005)
#define BF_SYSCALL_VP_CREATE BF_U32(0x50000)
#define BF_SYSCALL_VP_DESTROY BF_U32(0x50001)
#define BF_SYSCALL_VS_CREATE BF_U32(0x60000)
#define BF_SYSCALL_VS_DESTROY BF_U32(0x60001)
#define BF_SYSCALL_VS_INIT_AS_ROOT BF_U32(0x60002)
#define BF_SYSCALL_VS_READ BF_U32(0x60003)
#define BF_SYSCALL_VS_WRITE BF_U32(0x60004)
#define BF_SYSCALL_VS_RUN BF_U32(0x60005)
#define BF_SYSCALL_VS_RUN_CURRENT BF_U32(0x60006)
#define BF_SYSCALL_VS_ADVANCE_IP_AND_RUN BF_U32(0x60007)
#define BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT BF_U32(0x60008)
#define BF_SYSCALL_VS_PROMOTE BF_U32(0x60009)
#define BF_SYSCALL_VS_CLEAR BF_U32(0x6000a)
#define BF_SYSCALL_VS_MIGRATE BF_U32(0x6000b)
#define BF_SYSCALL_VS_SET_ACTIVE BF_U32(0x6000c)
#define BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE BF_U32(0x6000d)
#define BF_SYSCALL_VS_TLB_FLUSH BF_U32(0x6000e)
#define BF_SYSCALL_INTRINSIC_RDMSR BF_U32(0x70000)
#define BF_SYSCALL_INTRINSIC_WRMSR BF_U32(0x70001)
#define BF_SYSCALL_MEM_ALLOC_PAGE BF_U32(0x80000)
#define BF_SYSCALL_MEM_FREE_PAGE BF_U32(0x80001)
#define BF_SYSCALL_MEM_ALLOC_HUGE BF_U32(0x80002)
#define BF_SYSCALL_MEM_FREE_HUGE BF_U32(0x80003)

/* Thread control block of an extension on one PP (FS base points at it) */
#define BF_TCB_SELF BF_U32(0x0) /* u64: The block's own address, as the System V ABI wants it. */
#define BF_TCB_RESERVED0 BF_U32(0x8) /* u64[255]. */
#define BF_TCB_RAX BF_U32(0x800) /* u64. */
#define BF_TCB_RBX BF_U32(0x808) /* u64. */
#define BF_TCB_RCX BF_U32(0x810) /* u64. */
#define BF_TCB_RDX BF_U32(0x818) /* u64. */
#define BF_TCB_RBP BF_U32(0x820) /* u64. */
#define BF_TCB_RSI BF_U32(0x828) /* u64. */
#define BF_TCB_RDI BF_U32(0x830) /* u64. */
#define BF_TCB_R8 BF_U32(0x838) /* u64. */
#define BF_TCB_R9 BF_U32(0x840) /* u64. */
#define BF_TCB_R10 BF_U32(0x848) /* u64. */
#define BF_TCB_R11 BF_U32(0x850) /* u64. */
#define BF_TCB_R12 BF_U32(0x858) /* u64. */
#define BF_TCB_R13 BF_U32(0x860) /* u64. */
#define BF_TCB_R14 BF_U32(0x868) /* u64. */
#define BF_TCB_R15 BF_U32(0x870) /* u64. */
#define BF_TCB_RESERVED1 BF_U32(0x878) /* u64[237]. */
#define BF_TCB_ACTIVE_VM BF_U32(0xfe0) /* u32: Version 2 only: identifiers of the active VM, VP and VS with their generations; INVALID_ID: none. */
#define BF_TCB_ACTIVE_VP BF_U32(0xfe4) /* u32. */
#define BF_TCB_ACTIVE_VS BF_U32(0xfe8) /* u32. */
#define BF_TCB_RESERVED3 BF_U32(0xfec) /* u32. */
#define BF_TCB_EXTID BF_U32(0xff0) /* u16. */
#define BF_TCB_VMID BF_U32(0xff2) /* u16. */
#define BF_TCB_VPID BF_U32(0xff4) /* u16. */
#define BF_TCB_VSID BF_U32(0xff6) /* u16. */
#define BF_TCB_PPID BF_U32(0xff8) /* u16. */
#define BF_TCB_ONLINE_PPS BF_U32(0xffa) /* u16. */
#define BF_TCB_RESERVED2 BF_U32(0xffc) /* u32. */
#define BF_TCB_BYTES BF_U32(0x1000) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_tcb {
    uint64_t self;
    uint64_t reserved0[255];
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rbp;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t reserved1[237];
    uint32_t active_vm;
    uint32_t active_vp;
    uint32_t active_vs;
    uint32_t reserved3;
    uint16_t extid;
    uint16_t vmid;
    uint16_t vpid;
    uint16_t vsid;
    uint16_t ppid;
    uint16_t online_pps;
    uint32_t reserved2;
};
_Static_assert(sizeof(struct bf_tcb) == 4096, "size of bf_tcb");
#endif

/* Registers of a VS on AMD (the VMCB's fields, then what the microkernel switches itself) */
#define BF_AMD_REG_RBX BF_U32(0x1)
#define BF_AMD_REG_RCX BF_U32(0x2)
#define BF_AMD_REG_RDX BF_U32(0x3)
#define BF_AMD_REG_RBP BF_U32(0x4)
#define BF_AMD_REG_RSI BF_U32(0x5)
#define BF_AMD_REG_RDI BF_U32(0x6)
#define BF_AMD_REG_R8 BF_U32(0x7)
#define BF_AMD_REG_R9 BF_U32(0x8)
#define BF_AMD_REG_R10 BF_U32(0x9)
#define BF_AMD_REG_R11 BF_U32(0xa)
#define BF_AMD_REG_R12 BF_U32(0xb)
#define BF_AMD_REG_R13 BF_U32(0xc)
#define BF_AMD_REG_R14 BF_U32(0xd)
#define BF_AMD_REG_R15 BF_U32(0xe)
#define BF_AMD_REG_INTERCEPT_CR_READ BF_U32(0xf)
#define BF_AMD_REG_INTERCEPT_CR_WRITE BF_U32(0x10)
#define BF_AMD_REG_INTERCEPT_DR_READ BF_U32(0x11)
#define BF_AMD_REG_INTERCEPT_DR_WRITE BF_U32(0x12)
#define BF_AMD_REG_INTERCEPT_EXCEPTION BF_U32(0x13)
#define BF_AMD_REG_INTERCEPT_INSTRUCTION1 BF_U32(0x14)
#define BF_AMD_REG_INTERCEPT_INSTRUCTION2 BF_U32(0x15)
#define BF_AMD_REG_INTERCEPT_INSTRUCTION3 BF_U32(0x16)
#define BF_AMD_REG_PAUSE_FILTER_THRESHOLD BF_U32(0x17)
#define BF_AMD_REG_PAUSE_FILTER_COUNT BF_U32(0x18)
#define BF_AMD_REG_IOPM_BASE_PA BF_U32(0x19)
#define BF_AMD_REG_MSRPM_BASE_PA BF_U32(0x1a)
#define BF_AMD_REG_TSC_OFFSET BF_U32(0x1b)
#define BF_AMD_REG_GUEST_ASID BF_U32(0x1c)
#define BF_AMD_REG_TLB_CONTROL BF_U32(0x1d)
#define BF_AMD_REG_VIRTUAL_INTERRUPT_A BF_U32(0x1e)
#define BF_AMD_REG_VIRTUAL_INTERRUPT_B BF_U32(0x1f)
#define BF_AMD_REG_EXITCODE BF_U32(0x20)
#define BF_AMD_REG_EXITINFO1 BF_U32(0x21)
#define BF_AMD_REG_EXITINFO2 BF_U32(0x22)
#define BF_AMD_REG_EXITINTINFO BF_U32(0x23)
#define BF_AMD_REG_CTLS1 BF_U32(0x24)
#define BF_AMD_REG_AVIC_APIC_BAR BF_U32(0x25)
#define BF_AMD_REG_GUEST_PA_OF_GHCB BF_U32(0x26)
#define BF_AMD_REG_EVENTINJ BF_U32(0x27)
#define BF_AMD_REG_N_CR3 BF_U32(0x28)
#define BF_AMD_REG_CTLS2 BF_U32(0x29)
#define BF_AMD_REG_VMCB_CLEAN_BITS BF_U32(0x2a)
#define BF_AMD_REG_NRIP BF_U32(0x2b)
#define BF_AMD_REG_NUMBER_OF_BYTES_FETCHED BF_U32(0x2c)
#define BF_AMD_REG_AVIC_APIC_BACKING_PAGE_PTR BF_U32(0x2d)
#define BF_AMD_REG_AVIC_LOGICAL_TABLE_PTR BF_U32(0x2e)
#define BF_AMD_REG_AVIC_PHYSICAL_TABLE_PTR BF_U32(0x2f)
#define BF_AMD_REG_VMSA_PTR BF_U32(0x30)
#define BF_AMD_REG_ES_SELECTOR BF_U32(0x31)
#define BF_AMD_REG_ES_ATTRIB BF_U32(0x32)
#define BF_AMD_REG_ES_LIMIT BF_U32(0x33)
#define BF_AMD_REG_ES_BASE BF_U32(0x34)
#define BF_AMD_REG_CS_SELECTOR BF_U32(0x35)
#define BF_AMD_REG_CS_ATTRIB BF_U32(0x36)
#define BF_AMD_REG_CS_LIMIT BF_U32(0x37)
#define BF_AMD_REG_CS_BASE BF_U32(0x38)
#define BF_AMD_REG_SS_SELECTOR BF_U32(0x39)
#define BF_AMD_REG_SS_ATTRIB BF_U32(0x3a)
#define BF_AMD_REG_SS_LIMIT BF_U32(0x3b)
#define BF_AMD_REG_SS_BASE BF_U32(0x3c)
#define BF_AMD_REG_DS_SELECTOR BF_U32(0x3d)
#define BF_AMD_REG_DS_ATTRIB BF_U32(0x3e)
#define BF_AMD_REG_DS_LIMIT BF_U32(0x3f)
#define BF_AMD_REG_DS_BASE BF_U32(0x40)
#define BF_AMD_REG_FS_SELECTOR BF_U32(0x41)
#define BF_AMD_REG_FS_ATTRIB BF_U32(0x42)
#define BF_AMD_REG_FS_LIMIT BF_U32(0x43)
#define BF_AMD_REG_FS_BASE BF_U32(0x44)
#define BF_AMD_REG_GS_SELECTOR BF_U32(0x45)
#define BF_AMD_REG_GS_ATTRIB BF_U32(0x46)
#define BF_AMD_REG_GS_LIMIT BF_U32(0x47)
#define BF_AMD_REG_GS_BASE BF_U32(0x48)
#define BF_AMD_REG_GDTR_SELECTOR BF_U32(0x49)
#define BF_AMD_REG_GDTR_ATTRIB BF_U32(0x4a)
#define BF_AMD_REG_GDTR_LIMIT BF_U32(0x4b)
#define BF_AMD_REG_GDTR_BASE BF_U32(0x4c)
#define BF_AMD_REG_LDTR_SELECTOR BF_U32(0x4d)
#define BF_AMD_REG_LDTR_ATTRIB BF_U32(0x4e)
#define BF_AMD_REG_LDTR_LIMIT BF_U32(0x4f)
#define BF_AMD_REG_LDTR_BASE BF_U32(0x50)
#define BF_AMD_REG_IDTR_SELECTOR BF_U32(0x51)
#define BF_AMD_REG_IDTR_ATTRIB BF_U32(0x52)
#define BF_AMD_REG_IDTR_LIMIT BF_U32(0x53)
#define BF_AMD_REG_IDTR_BASE BF_U32(0x54)
#define BF_AMD_REG_TR_SELECTOR BF_U32(0x55)
#define BF_AMD_REG_TR_ATTRIB BF_U32(0x56)
#define BF_AMD_REG_TR_LIMIT BF_U32(0x57)
#define BF_AMD_REG_TR_BASE BF_U32(0x58)
#define BF_AMD_REG_CPL BF_U32(0x59)
#define BF_AMD_REG_EFER BF_U32(0x5a)
#define BF_AMD_REG_CR4 BF_U32(0x5b)
#define BF_AMD_REG_CR3 BF_U32(0x5c)
#define BF_AMD_REG_CR0 BF_U32(0x5d)
#define BF_AMD_REG_DR7 BF_U32(0x5e)
#define BF_AMD_REG_DR6 BF_U32(0x5f)
#define BF_AMD_REG_RFLAGS BF_U32(0x60)
#define BF_AMD_REG_RIP BF_U32(0x61)
#define BF_AMD_REG_RSP BF_U32(0x62)
#define BF_AMD_REG_RAX BF_U32(0x63)
#define BF_AMD_REG_STAR BF_U32(0x64)
#define BF_AMD_REG_LSTAR BF_U32(0x65)
#define BF_AMD_REG_CSTAR BF_U32(0x66)
#define BF_AMD_REG_FMASK BF_U32(0x67)
#define BF_AMD_REG_KERNEL_GS_BASE BF_U32(0x68)
#define BF_AMD_REG_SYSENTER_CS BF_U32(0x69)
#define BF_AMD_REG_SYSENTER_ESP BF_U32(0x6a)
#define BF_AMD_REG_SYSENTER_EIP BF_U32(0x6b)
#define BF_AMD_REG_CR2 BF_U32(0x6c)
#define BF_AMD_REG_PAT BF_U32(0x6d)
#define BF_AMD_REG_DBGCTL BF_U32(0x6e)
#define BF_AMD_REG_BR_FROM BF_U32(0x6f)
#define BF_AMD_REG_BR_TO BF_U32(0x70)
#define BF_AMD_REG_LASTEXCP_FROM BF_U32(0x71)
#define BF_AMD_REG_LASTEXCP_TO BF_U32(0x72)
#define BF_AMD_REG_CR8 BF_U32(0x73)
#define BF_AMD_REG_DR0 BF_U32(0x74)
#define BF_AMD_REG_DR1 BF_U32(0x75)
#define BF_AMD_REG_DR2 BF_U32(0x76)
#define BF_AMD_REG_DR3 BF_U32(0x77)
#define BF_AMD_REG_XCR0 BF_U32(0x78)

/* Registers of a VS on Intel (the VMCS's fields, then what the microkernel switches itself) */
#define BF_INTEL_REG_RAX BF_U32(0x1)
#define BF_INTEL_REG_RBX BF_U32(0x2)
#define BF_INTEL_REG_RCX BF_U32(0x3)
#define BF_INTEL_REG_RDX BF_U32(0x4)
#define BF_INTEL_REG_RBP BF_U32(0x5)
#define BF_INTEL_REG_RSI BF_U32(0x6)
#define BF_INTEL_REG_RDI BF_U32(0x7)
#define BF_INTEL_REG_R8 BF_U32(0x8)
#define BF_INTEL_REG_R9 BF_U32(0x9)
#define BF_INTEL_REG_R10 BF_U32(0xa)
#define BF_INTEL_REG_R11 BF_U32(0xb)
#define BF_INTEL_REG_R12 BF_U32(0xc)
#define BF_INTEL_REG_R13 BF_U32(0xd)
#define BF_INTEL_REG_R14 BF_U32(0xe)
#define BF_INTEL_REG_R15 BF_U32(0xf)
#define BF_INTEL_REG_CR2 BF_U32(0x10)
#define BF_INTEL_REG_DR6 BF_U32(0x11)
#define BF_INTEL_REG_STAR BF_U32(0x12)
#define BF_INTEL_REG_LSTAR BF_U32(0x13)
#define BF_INTEL_REG_CSTAR BF_U32(0x14)
#define BF_INTEL_REG_FMASK BF_U32(0x15)
#define BF_INTEL_REG_KERNEL_GS_BASE BF_U32(0x16)
#define BF_INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER BF_U32(0x17)
#define BF_INTEL_REG_POSTED_INTERRUPT_NOTIFICATION_VECTOR BF_U32(0x18)
#define BF_INTEL_REG_EPTP_INDEX BF_U32(0x19)
#define BF_INTEL_REG_ES_SELECTOR BF_U32(0x1a)
#define BF_INTEL_REG_CS_SELECTOR BF_U32(0x1b)
#define BF_INTEL_REG_SS_SELECTOR BF_U32(0x1c)
#define BF_INTEL_REG_DS_SELECTOR BF_U32(0x1d)
#define BF_INTEL_REG_FS_SELECTOR BF_U32(0x1e)
#define BF_INTEL_REG_GS_SELECTOR BF_U32(0x1f)
#define BF_INTEL_REG_LDTR_SELECTOR BF_U32(0x20)
#define BF_INTEL_REG_TR_SELECTOR BF_U32(0x21)
#define BF_INTEL_REG_INTERRUPT_STATUS BF_U32(0x22)
#define BF_INTEL_REG_PML_INDEX BF_U32(0x23)
#define BF_INTEL_REG_ADDRESS_OF_IO_BITMAP_A BF_U32(0x24)
#define BF_INTEL_REG_ADDRESS_OF_IO_BITMAP_B BF_U32(0x25)
#define BF_INTEL_REG_ADDRESS_OF_MSR_BITMAPS BF_U32(0x26)
#define BF_INTEL_REG_VMEXIT_MSR_STORE_ADDRESS BF_U32(0x27)
#define BF_INTEL_REG_VMEXIT_MSR_LOAD_ADDRESS BF_U32(0x28)
#define BF_INTEL_REG_VMENTRY_MSR_LOAD_ADDRESS BF_U32(0x29)
#define BF_INTEL_REG_EXECUTIVE_VMCS_POINTER BF_U32(0x2a)
#define BF_INTEL_REG_PML_ADDRESS BF_U32(0x2b)
#define BF_INTEL_REG_TSC_OFFSET BF_U32(0x2c)
#define BF_INTEL_REG_VIRTUAL_APIC_ADDRESS BF_U32(0x2d)
#define BF_INTEL_REG_APIC_ACCESS_ADDRESS BF_U32(0x2e)
#define BF_INTEL_REG_POSTED_INTERRUPT_DESCRIPTOR_ADDRESS BF_U32(0x2f)
#define BF_INTEL_REG_VM_FUNCTION_CONTROLS BF_U32(0x30)
#define BF_INTEL_REG_EPT_POINTER BF_U32(0x31)
#define BF_INTEL_REG_EOI_EXIT_BITMAP0 BF_U32(0x32)
#define BF_INTEL_REG_EOI_EXIT_BITMAP1 BF_U32(0x33)
#define BF_INTEL_REG_EOI_EXIT_BITMAP2 BF_U32(0x34)
#define BF_INTEL_REG_EOI_EXIT_BITMAP3 BF_U32(0x35)
#define BF_INTEL_REG_EPTP_LIST_ADDRESS BF_U32(0x36)
#define BF_INTEL_REG_VMREAD_BITMAP_ADDRESS BF_U32(0x37)
#define BF_INTEL_REG_VMWRITE_BITMAP_ADDRESS BF_U32(0x38)
#define BF_INTEL_REG_VIRT_EXCEPTION_INFORMATION_ADDRESS BF_U32(0x39)
#define BF_INTEL_REG_XSS_EXITING_BITMAP BF_U32(0x3a)
#define BF_INTEL_REG_ENCLS_EXITING_BITMAP BF_U32(0x3b)
#define BF_INTEL_REG_SUB_PAGE_PERMISSION_TABLE_POINTER BF_U32(0x3c)
#define BF_INTEL_REG_TSC_MULTIPLIER BF_U32(0x3d)
#define BF_INTEL_REG_PHYSICAL_ADDRESS BF_U32(0x3e)
#define BF_INTEL_REG_VMCS_LINK_POINTER BF_U32(0x3f)
#define BF_INTEL_REG_DEBUGCTL BF_U32(0x40)
#define BF_INTEL_REG_PAT BF_U32(0x41)
#define BF_INTEL_REG_EFER BF_U32(0x42)
#define BF_INTEL_REG_PERF_GLOBAL_CTRL BF_U32(0x43)
#define BF_INTEL_REG_PDPTE0 BF_U32(0x44)
#define BF_INTEL_REG_PDPTE1 BF_U32(0x45)
#define BF_INTEL_REG_PDPTE2 BF_U32(0x46)
#define BF_INTEL_REG_PDPTE3 BF_U32(0x47)
#define BF_INTEL_REG_BNDCFGS BF_U32(0x48)
#define BF_INTEL_REG_RTIT_CTL BF_U32(0x49)
#define BF_INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS BF_U32(0x4a)
#define BF_INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS BF_U32(0x4b)
#define BF_INTEL_REG_EXCEPTION_BITMAP BF_U32(0x4c)
#define BF_INTEL_REG_PAGE_FAULT_ERROR_CODE_MASK BF_U32(0x4d)
#define BF_INTEL_REG_PAGE_FAULT_ERROR_CODE_MATCH BF_U32(0x4e)
#define BF_INTEL_REG_CR3_TARGET_COUNT BF_U32(0x4f)
#define BF_INTEL_REG_VMEXIT_CTLS BF_U32(0x50)
#define BF_INTEL_REG_VMEXIT_MSR_STORE_COUNT BF_U32(0x51)
#define BF_INTEL_REG_VMEXIT_MSR_LOAD_COUNT BF_U32(0x52)
#define BF_INTEL_REG_VMENTRY_CTLS BF_U32(0x53)
#define BF_INTEL_REG_VMENTRY_MSR_LOAD_COUNT BF_U32(0x54)
#define BF_INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD BF_U32(0x55)
#define BF_INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE BF_U32(0x56)
#define BF_INTEL_REG_VMENTRY_INSTRUCTION_LENGTH BF_U32(0x57)
#define BF_INTEL_REG_TPR_THRESHOLD BF_U32(0x58)
#define BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS BF_U32(0x59)
#define BF_INTEL_REG_PLE_GAP BF_U32(0x5a)
#define BF_INTEL_REG_PLE_WINDOW BF_U32(0x5b)
#define BF_INTEL_REG_VM_INSTRUCTION_ERROR BF_U32(0x5c)
#define BF_INTEL_REG_EXIT_REASON BF_U32(0x5d)
#define BF_INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION BF_U32(0x5e)
#define BF_INTEL_REG_VMEXIT_INTERRUPTION_ERROR_CODE BF_U32(0x5f)
#define BF_INTEL_REG_IDT_VECTORING_INFORMATION_FIELD BF_U32(0x60)
#define BF_INTEL_REG_IDT_VECTORING_ERROR_CODE BF_U32(0x61)
#define BF_INTEL_REG_VMEXIT_INSTRUCTION_LENGTH BF_U32(0x62)
#define BF_INTEL_REG_VMEXIT_INSTRUCTION_INFORMATION BF_U32(0x63)
#define BF_INTEL_REG_ES_LIMIT BF_U32(0x64)
#define BF_INTEL_REG_CS_LIMIT BF_U32(0x65)
#define BF_INTEL_REG_SS_LIMIT BF_U32(0x66)
#define BF_INTEL_REG_DS_LIMIT BF_U32(0x67)
#define BF_INTEL_REG_FS_LIMIT BF_U32(0x68)
#define BF_INTEL_REG_GS_LIMIT BF_U32(0x69)
#define BF_INTEL_REG_LDTR_LIMIT BF_U32(0x6a)
#define BF_INTEL_REG_TR_LIMIT BF_U32(0x6b)
#define BF_INTEL_REG_GDTR_LIMIT BF_U32(0x6c)
#define BF_INTEL_REG_IDTR_LIMIT BF_U32(0x6d)
#define BF_INTEL_REG_ES_ATTRIB BF_U32(0x6e)
#define BF_INTEL_REG_CS_ATTRIB BF_U32(0x6f)
#define BF_INTEL_REG_SS_ATTRIB BF_U32(0x70)
#define BF_INTEL_REG_DS_ATTRIB BF_U32(0x71)
#define BF_INTEL_REG_FS_ATTRIB BF_U32(0x72)
#define BF_INTEL_REG_GS_ATTRIB BF_U32(0x73)
#define BF_INTEL_REG_LDTR_ATTRIB BF_U32(0x74)
#define BF_INTEL_REG_TR_ATTRIB BF_U32(0x75)
#define BF_INTEL_REG_INTERRUPTIBILITY_STATE BF_U32(0x76)
#define BF_INTEL_REG_ACTIVITY_STATE BF_U32(0x77)
#define BF_INTEL_REG_SMBASE BF_U32(0x78)
#define BF_INTEL_REG_SYSENTER_CS BF_U32(0x79)
#define BF_INTEL_REG_VMX_PREEMPTION_TIMER_VALUE BF_U32(0x7a)
#define BF_INTEL_REG_CR0_GUEST_HOST_MASK BF_U32(0x7b)
#define BF_INTEL_REG_CR4_GUEST_HOST_MASK BF_U32(0x7c)
#define BF_INTEL_REG_CR0_READ_SHADOW BF_U32(0x7d)
#define BF_INTEL_REG_CR4_READ_SHADOW BF_U32(0x7e)
#define BF_INTEL_REG_CR3_TARGET_VALUE0 BF_U32(0x7f)
#define BF_INTEL_REG_CR3_TARGET_VALUE1 BF_U32(0x80)
#define BF_INTEL_REG_CR3_TARGET_VALUE2 BF_U32(0x81)
#define BF_INTEL_REG_CR3_TARGET_VALUE3 BF_U32(0x82)
#define BF_INTEL_REG_EXIT_QUALIFICATION BF_U32(0x83)
#define BF_INTEL_REG_IO_RCX BF_U32(0x84)
#define BF_INTEL_REG_IO_RSI BF_U32(0x85)
#define BF_INTEL_REG_IO_RDI BF_U32(0x86)
#define BF_INTEL_REG_IO_RIP BF_U32(0x87)
#define BF_INTEL_REG_GUEST_LINEAR_ADDRESS BF_U32(0x88)
#define BF_INTEL_REG_CR0 BF_U32(0x89)
#define BF_INTEL_REG_CR3 BF_U32(0x8a)
#define BF_INTEL_REG_CR4 BF_U32(0x8b)
#define BF_INTEL_REG_ES_BASE BF_U32(0x8c)
#define BF_INTEL_REG_CS_BASE BF_U32(0x8d)
#define BF_INTEL_REG_SS_BASE BF_U32(0x8e)
#define BF_INTEL_REG_DS_BASE BF_U32(0x8f)
#define BF_INTEL_REG_FS_BASE BF_U32(0x90)
#define BF_INTEL_REG_GS_BASE BF_U32(0x91)
#define BF_INTEL_REG_LDTR_BASE BF_U32(0x92)
#define BF_INTEL_REG_TR_BASE BF_U32(0x93)
#define BF_INTEL_REG_GDTR_BASE BF_U32(0x94)
#define BF_INTEL_REG_IDTR_BASE BF_U32(0x95)
#define BF_INTEL_REG_DR7 BF_U32(0x96)
#define BF_INTEL_REG_RSP BF_U32(0x97)
#define BF_INTEL_REG_RIP BF_U32(0x98)
#define BF_INTEL_REG_RFLAGS BF_U32(0x99)
#define BF_INTEL_REG_PENDING_DEBUG_EXCEPTIONS BF_U32(0x9a)
#define BF_INTEL_REG_SYSENTER_ESP BF_U32(0x9b)
#define BF_INTEL_REG_SYSENTER_EIP BF_U32(0x9c)
#define BF_INTEL_REG_CR8 BF_U32(0x9d)
#define BF_INTEL_REG_DR0 BF_U32(0x9e)
#define BF_INTEL_REG_DR1 BF_U32(0x9f)
#define BF_INTEL_REG_DR2 BF_U32(0xa0)
#define BF_INTEL_REG_DR3 BF_U32(0xa1)
#define BF_INTEL_REG_XCR0 BF_U32(0xa2)

/* Exit reasons on AMD, as the vmexit callback gets them (APM volume 2, appendix C) */
#define BF_AMD_EXIT_CR_READ BF_U64(0x0) /* Of control register 0; the other 15 follow. */
#define BF_AMD_EXIT_CR_WRITE BF_U64(0x10) /* Of control register 0; the other 15 follow. */
#define BF_AMD_EXIT_DR_READ BF_U64(0x20) /* Of debug register 0; the other 15 follow. */
#define BF_AMD_EXIT_DR_WRITE BF_U64(0x30) /* Of debug register 0; the other 15 follow. */
#define BF_AMD_EXIT_EXCEPTION BF_U64(0x40) /* Vector 0; the other 31 follow. */
#define BF_AMD_EXIT_INTR BF_U64(0x60)
#define BF_AMD_EXIT_NMI BF_U64(0x61)
#define BF_AMD_EXIT_SMI BF_U64(0x62)
#define BF_AMD_EXIT_INIT BF_U64(0x63)
#define BF_AMD_EXIT_VINTR BF_U64(0x64)
#define BF_AMD_EXIT_CR0_SELECTIVE_WRITE BF_U64(0x65)
#define BF_AMD_EXIT_IDTR_READ BF_U64(0x66)
#define BF_AMD_EXIT_GDTR_READ BF_U64(0x67)
#define BF_AMD_EXIT_LDTR_READ BF_U64(0x68)
#define BF_AMD_EXIT_TR_READ BF_U64(0x69)
#define BF_AMD_EXIT_IDTR_WRITE BF_U64(0x6a)
#define BF_AMD_EXIT_GDTR_WRITE BF_U64(0x6b)
#define BF_AMD_EXIT_LDTR_WRITE BF_U64(0x6c)
#define BF_AMD_EXIT_TR_WRITE BF_U64(0x6d)
#define BF_AMD_EXIT_RDTSC BF_U64(0x6e)
#define BF_AMD_EXIT_RDPMC BF_U64(0x6f)
#define BF_AMD_EXIT_PUSHF BF_U64(0x70)
#define BF_AMD_EXIT_POPF BF_U64(0x71)
#define BF_AMD_EXIT_CPUID BF_U64(0x72)
#define BF_AMD_EXIT_RSM BF_U64(0x73)
#define BF_AMD_EXIT_IRET BF_U64(0x74)
#define BF_AMD_EXIT_INT BF_U64(0x75)
#define BF_AMD_EXIT_INVD BF_U64(0x76)
#define BF_AMD_EXIT_PAUSE BF_U64(0x77)
#define BF_AMD_EXIT_HLT BF_U64(0x78)
#define BF_AMD_EXIT_INVLPG BF_U64(0x79)
#define BF_AMD_EXIT_INVLPGA BF_U64(0x7a)
#define BF_AMD_EXIT_IO BF_U64(0x7b)
#define BF_AMD_EXIT_MSR BF_U64(0x7c)
#define BF_AMD_EXIT_TASK_SWITCH BF_U64(0x7d)
#define BF_AMD_EXIT_FERR_FREEZE BF_U64(0x7e)
#define BF_AMD_EXIT_SHUTDOWN BF_U64(0x7f)
#define BF_AMD_EXIT_VMRUN BF_U64(0x80)
#define BF_AMD_EXIT_VMMCALL BF_U64(0x81)
#define BF_AMD_EXIT_VMLOAD BF_U64(0x82)
#define BF_AMD_EXIT_VMSAVE BF_U64(0x83)
#define BF_AMD_EXIT_STGI BF_U64(0x84)
#define BF_AMD_EXIT_CLGI BF_U64(0x85)
#define BF_AMD_EXIT_SKINIT BF_U64(0x86)
#define BF_AMD_EXIT_RDTSCP BF_U64(0x87)
#define BF_AMD_EXIT_ICEBP BF_U64(0x88)
#define BF_AMD_EXIT_WBINVD BF_U64(0x89)
#define BF_AMD_EXIT_MONITOR BF_U64(0x8a)
#define BF_AMD_EXIT_MWAIT BF_U64(0x8b)
#define BF_AMD_EXIT_MWAIT_ARMED BF_U64(0x8c)
#define BF_AMD_EXIT_XSETBV BF_U64(0x8d)
#define BF_AMD_EXIT_RDPRU BF_U64(0x8e)
#define BF_AMD_EXIT_EFER_WRITE_TRAP BF_U64(0x8f)
#define BF_AMD_EXIT_CR_WRITE_TRAP BF_U64(0x90) /* Of control register 0, after the write; the other 15 follow. */
#define BF_AMD_EXIT_INVLPGB BF_U64(0xa0)
#define BF_AMD_EXIT_INVLPGB_ILLEGAL BF_U64(0xa1)
#define BF_AMD_EXIT_INVPCID BF_U64(0xa2)
#define BF_AMD_EXIT_MCOMMIT BF_U64(0xa3)
#define BF_AMD_EXIT_TLBSYNC BF_U64(0xa4)
#define BF_AMD_EXIT_NESTED_PAGE_FAULT BF_U64(0x400)
#define BF_AMD_EXIT_INVALID BF_U64(0xffffffffffffffff) /* The processor refused the VS's state. */

/* What happens after a callback: its result */
#define BF_NEXT_ADVANCE_AND_RUN BF_U32(0x0) /* Skip the instruction that the VM exited for, and run it on. */
#define BF_NEXT_RUN BF_U32(0x1) /* Run the VM on where it is: the instruction is executed again. */
#define BF_NEXT_STOP BF_U32(0x2) /* Skip the instruction, and give this processor back to the operating system for good. */
#define BF_NEXT_FAIL BF_U32(0x3) /* Give up: the processor is lost to this extension, and the debug ring says so. */
#define BF_NEXT_AGAIN BF_U32(0x4) /* Only in fail: go on where the callback failed. A fault's instruction is executed once more. */

/* Exit reasons on Intel, as the vmexit callback gets them (SDM volume 3, appendix C) */
#define BF_INTEL_EXIT_EXCEPTION_OR_NMI BF_U64(0x0)
#define BF_INTEL_EXIT_EXTERNAL_INTERRUPT BF_U64(0x1)
#define BF_INTEL_EXIT_TRIPLE_FAULT BF_U64(0x2)
#define BF_INTEL_EXIT_INIT BF_U64(0x3)
#define BF_INTEL_EXIT_SIPI BF_U64(0x4)
#define BF_INTEL_EXIT_IO_SMI BF_U64(0x5)
#define BF_INTEL_EXIT_OTHER_SMI BF_U64(0x6)
#define BF_INTEL_EXIT_INTERRUPT_WINDOW BF_U64(0x7)
#define BF_INTEL_EXIT_NMI_WINDOW BF_U64(0x8)
#define BF_INTEL_EXIT_TASK_SWITCH BF_U64(0x9)
#define BF_INTEL_EXIT_CPUID BF_U64(0xa)
#define BF_INTEL_EXIT_GETSEC BF_U64(0xb)
#define BF_INTEL_EXIT_HLT BF_U64(0xc)
#define BF_INTEL_EXIT_INVD BF_U64(0xd)
#define BF_INTEL_EXIT_INVLPG BF_U64(0xe)
#define BF_INTEL_EXIT_RDPMC BF_U64(0xf)
#define BF_INTEL_EXIT_RDTSC BF_U64(0x10)
#define BF_INTEL_EXIT_RSM BF_U64(0x11)
#define BF_INTEL_EXIT_VMCALL BF_U64(0x12)
#define BF_INTEL_EXIT_VMCLEAR BF_U64(0x13)
#define BF_INTEL_EXIT_VMLAUNCH BF_U64(0x14)
#define BF_INTEL_EXIT_VMPTRLD BF_U64(0x15)
#define BF_INTEL_EXIT_VMPTRST BF_U64(0x16)
#define BF_INTEL_EXIT_VMREAD BF_U64(0x17)
#define BF_INTEL_EXIT_VMRESUME BF_U64(0x18)
#define BF_INTEL_EXIT_VMWRITE BF_U64(0x19)
#define BF_INTEL_EXIT_VMXOFF BF_U64(0x1a)
#define BF_INTEL_EXIT_VMXON BF_U64(0x1b)
#define BF_INTEL_EXIT_CR_ACCESS BF_U64(0x1c)
#define BF_INTEL_EXIT_MOV_DR BF_U64(0x1d)
#define BF_INTEL_EXIT_IO BF_U64(0x1e)
#define BF_INTEL_EXIT_RDMSR BF_U64(0x1f)
#define BF_INTEL_EXIT_WRMSR BF_U64(0x20)
#define BF_INTEL_EXIT_INVALID_GUEST_STATE BF_U64(0x21)
#define BF_INTEL_EXIT_INVALID_MSR_LOADING BF_U64(0x22)
#define BF_INTEL_EXIT_MWAIT BF_U64(0x24)
#define BF_INTEL_EXIT_MONITOR_TRAP_FLAG BF_U64(0x25)
#define BF_INTEL_EXIT_MONITOR BF_U64(0x27)
#define BF_INTEL_EXIT_PAUSE BF_U64(0x28)
#define BF_INTEL_EXIT_MACHINE_CHECK_AT_ENTRY BF_U64(0x29)
#define BF_INTEL_EXIT_TPR_BELOW_THRESHOLD BF_U64(0x2b)
#define BF_INTEL_EXIT_APIC_ACCESS BF_U64(0x2c)
#define BF_INTEL_EXIT_VIRTUALIZED_EOI BF_U64(0x2d)
#define BF_INTEL_EXIT_GDTR_IDTR_ACCESS BF_U64(0x2e)
#define BF_INTEL_EXIT_LDTR_TR_ACCESS BF_U64(0x2f)
#define BF_INTEL_EXIT_EPT_VIOLATION BF_U64(0x30)
#define BF_INTEL_EXIT_EPT_MISCONFIGURATION BF_U64(0x31)
#define BF_INTEL_EXIT_INVEPT BF_U64(0x32)
#define BF_INTEL_EXIT_RDTSCP BF_U64(0x33)
#define BF_INTEL_EXIT_PREEMPTION_TIMER BF_U64(0x34)
#define BF_INTEL_EXIT_INVVPID BF_U64(0x35)
#define BF_INTEL_EXIT_WBINVD BF_U64(0x36)
#define BF_INTEL_EXIT_XSETBV BF_U64(0x37)
#define BF_INTEL_EXIT_APIC_WRITE BF_U64(0x38)
#define BF_INTEL_EXIT_RDRAND BF_U64(0x39)
#define BF_INTEL_EXIT_INVPCID BF_U64(0x3a)
#define BF_INTEL_EXIT_VMFUNC BF_U64(0x3b)
#define BF_INTEL_EXIT_ENCLS BF_U64(0x3c)
#define BF_INTEL_EXIT_RDSEED BF_U64(0x3d)
#define BF_INTEL_EXIT_PAGE_MODIFICATION_LOG_FULL BF_U64(0x3e)
#define BF_INTEL_EXIT_XSAVES BF_U64(0x3f)
#define BF_INTEL_EXIT_XRSTORS BF_U64(0x40)
#define BF_INTEL_EXIT_PCONFIG BF_U64(0x41)
#define BF_INTEL_EXIT_SPP_EVENT BF_U64(0x42)
#define BF_INTEL_EXIT_UMWAIT BF_U64(0x43)
#define BF_INTEL_EXIT_TPAUSE BF_U64(0x44)
#define BF_INTEL_EXIT_LOADIWKEY BF_U64(0x45)
#define BF_INTEL_EXIT_ENTRY_FAILURE BF_U64(0x80000000) /* Bit 31: the processor refused the VS's state. */

/* Exit reasons that AMD and Intel have both */
#define BF_EXIT_EXTERNAL_INTERRUPT BF_U32(0x10060)
#define BF_EXIT_INTERRUPT_WINDOW BF_U32(0x70064)
#define BF_EXIT_TASK_SWITCH BF_U32(0x9007d)
#define BF_EXIT_CPUID BF_U32(0xa0072)
#define BF_EXIT_HLT BF_U32(0xc0078)
#define BF_EXIT_INVD BF_U32(0xd0076)
#define BF_EXIT_INVLPG BF_U32(0xe0079)
#define BF_EXIT_IO BF_U32(0x1e007b)
#define BF_EXIT_MONITOR BF_U32(0x27008a)
#define BF_EXIT_MWAIT BF_U32(0x24008b)
#define BF_EXIT_PAUSE BF_U32(0x280077)
#define BF_EXIT_RDPMC BF_U32(0xf006f)
#define BF_EXIT_RDTSC BF_U32(0x10006e)
#define BF_EXIT_RDTSCP BF_U32(0x330087)
#define BF_EXIT_WBINVD BF_U32(0x360089)
#define BF_EXIT_XSETBV BF_U32(0x37008d)
#define BF_EXIT_HYPERCALL BF_U32(0x120081)
#define BF_EXIT_SHUTDOWN BF_U32(0x2007f)
#define BF_EXIT_NESTED_PAGE_FAULT BF_U32(0x300400)

/* What a VM exits for, on AMD and Intel: register << 5 | bit; Intel's is 0 for what exits always there */
#define BF_INTERCEPT_INTERRUPT BF_U32(0x9400280) /* External interrupts. */
#define BF_INTERCEPT_NMI BF_U32(0x9430281) /* Non-maskable interrupts; on Intel they exit always. */
#define BF_INTERCEPT_INTERRUPT_WINDOW BF_U32(0x9620284)
#define BF_INTERCEPT_RDTSC BF_U32(0x96c028e) /* On Intel RDTSCP, too. */
#define BF_INTERCEPT_RDPMC BF_U32(0x96b028f)
#define BF_INTERCEPT_CPUID BF_U32(0x292) /* Exits always on Intel. */
#define BF_INTERCEPT_INVD BF_U32(0x296) /* Exits always on Intel. */
#define BF_INTERCEPT_PAUSE BF_U32(0x97e0297)
#define BF_INTERCEPT_HLT BF_U32(0x9670298)
#define BF_INTERCEPT_INVLPG BF_U32(0x9690299)
#define BF_INTERCEPT_IO BF_U32(0x979029b) /* I/O ports whose bit is set in the map that the VS has. */
#define BF_INTERCEPT_MSR BF_U32(0x97c029c) /* MSRs whose bit is set in the map that the VS has. On Intel they exit all without it. */
#define BF_INTERCEPT_SHUTDOWN BF_U32(0x29f) /* Triple faults. Exits always on Intel. */
#define BF_INTERCEPT_HYPERCALL BF_U32(0x2a1) /* VMMCALL; VMCALL, which exits always on Intel. */
#define BF_INTERCEPT_RDTSCP BF_U32(0x96c02a7) /* On Intel RDTSC, too. */
#define BF_INTERCEPT_WBINVD BF_U32(0xb2602a9)
#define BF_INTERCEPT_MONITOR BF_U32(0x97d02aa)
#define BF_INTERCEPT_MWAIT BF_U32(0x96a02ab)
#define BF_INTERCEPT_XSETBV BF_U32(0x2ad) /* Exits always on Intel. */

/* Registers of a VS that AMD and Intel have both */
#define BF_REG_RAX BF_U32(0x10063)
#define BF_REG_RBX BF_U32(0x20001)
#define BF_REG_RCX BF_U32(0x30002)
#define BF_REG_RDX BF_U32(0x40003)
#define BF_REG_RBP BF_U32(0x50004)
#define BF_REG_RSI BF_U32(0x60005)
#define BF_REG_RDI BF_U32(0x70006)
#define BF_REG_R8 BF_U32(0x80007)
#define BF_REG_R9 BF_U32(0x90008)
#define BF_REG_R10 BF_U32(0xa0009)
#define BF_REG_R11 BF_U32(0xb000a)
#define BF_REG_R12 BF_U32(0xc000b)
#define BF_REG_R13 BF_U32(0xd000c)
#define BF_REG_R14 BF_U32(0xe000d)
#define BF_REG_R15 BF_U32(0xf000e)
#define BF_REG_RIP BF_U32(0x980061)
#define BF_REG_RSP BF_U32(0x970062)
#define BF_REG_RFLAGS BF_U32(0x990060)
#define BF_REG_CR0 BF_U32(0x89005d)
#define BF_REG_CR2 BF_U32(0x10006c)
#define BF_REG_CR3 BF_U32(0x8a005c)
#define BF_REG_CR4 BF_U32(0x8b005b)
#define BF_REG_CR8 BF_U32(0x9d0073)
#define BF_REG_EFER BF_U32(0x42005a)
#define BF_REG_XCR0 BF_U32(0xa20078)
#define BF_REG_DR0 BF_U32(0x9e0074)
#define BF_REG_DR1 BF_U32(0x9f0075)
#define BF_REG_DR2 BF_U32(0xa00076)
#define BF_REG_DR3 BF_U32(0xa10077)
#define BF_REG_DR6 BF_U32(0x11005f)
#define BF_REG_DR7 BF_U32(0x96005e)
#define BF_REG_STAR BF_U32(0x120064)
#define BF_REG_LSTAR BF_U32(0x130065)
#define BF_REG_CSTAR BF_U32(0x140066)
#define BF_REG_SFMASK BF_U32(0x150067)
#define BF_REG_KERNEL_GS_BASE BF_U32(0x160068)
#define BF_REG_SYSENTER_CS BF_U32(0x790069)
#define BF_REG_SYSENTER_ESP BF_U32(0x9b006a)
#define BF_REG_SYSENTER_EIP BF_U32(0x9c006b)
#define BF_REG_PAT BF_U32(0x41006d)
#define BF_REG_DEBUG_CONTROL BF_U32(0x40006e)
#define BF_REG_ES_SELECTOR BF_U32(0x1a0031)
#define BF_REG_ES_ATTRIB BF_U32(0x6e0032)
#define BF_REG_ES_LIMIT BF_U32(0x640033)
#define BF_REG_ES_BASE BF_U32(0x8c0034)
#define BF_REG_CS_SELECTOR BF_U32(0x1b0035)
#define BF_REG_CS_ATTRIB BF_U32(0x6f0036)
#define BF_REG_CS_LIMIT BF_U32(0x650037)
#define BF_REG_CS_BASE BF_U32(0x8d0038)
#define BF_REG_SS_SELECTOR BF_U32(0x1c0039)
#define BF_REG_SS_ATTRIB BF_U32(0x70003a)
#define BF_REG_SS_LIMIT BF_U32(0x66003b)
#define BF_REG_SS_BASE BF_U32(0x8e003c)
#define BF_REG_DS_SELECTOR BF_U32(0x1d003d)
#define BF_REG_DS_ATTRIB BF_U32(0x71003e)
#define BF_REG_DS_LIMIT BF_U32(0x67003f)
#define BF_REG_DS_BASE BF_U32(0x8f0040)
#define BF_REG_FS_SELECTOR BF_U32(0x1e0041)
#define BF_REG_FS_ATTRIB BF_U32(0x720042)
#define BF_REG_FS_LIMIT BF_U32(0x680043)
#define BF_REG_FS_BASE BF_U32(0x900044)
#define BF_REG_GS_SELECTOR BF_U32(0x1f0045)
#define BF_REG_GS_ATTRIB BF_U32(0x730046)
#define BF_REG_GS_LIMIT BF_U32(0x690047)
#define BF_REG_GS_BASE BF_U32(0x910048)
#define BF_REG_LDTR_SELECTOR BF_U32(0x20004d)
#define BF_REG_LDTR_ATTRIB BF_U32(0x74004e)
#define BF_REG_LDTR_LIMIT BF_U32(0x6a004f)
#define BF_REG_LDTR_BASE BF_U32(0x920050)
#define BF_REG_TR_SELECTOR BF_U32(0x210055)
#define BF_REG_TR_ATTRIB BF_U32(0x750056)
#define BF_REG_TR_LIMIT BF_U32(0x6b0057)
#define BF_REG_TR_BASE BF_U32(0x930058)
#define BF_REG_GDTR_LIMIT BF_U32(0x6c004b)
#define BF_REG_GDTR_BASE BF_U32(0x94004c)
#define BF_REG_IDTR_LIMIT BF_U32(0x6d0053)
#define BF_REG_IDTR_BASE BF_U32(0x950054)
#define BF_REG_ADDRESS_SPACE_ID BF_U32(0x17001c)
#define BF_REG_TSC_OFFSET BF_U32(0x2c001b)
#define BF_REG_CPL BF_U32(0x700059) /* On Intel the privilege level is bits 6:5 of SS's attributes. */

/* Windows of an extension (fixed by the system call interface) */
#define BF_EXT_POOL_BASE BF_U64(0x200000000000) /* Pages and huge allocations of an extension. */
#define BF_EXT_STACK_BASE BF_U64(0x308000000000) /* Stack of PP n at base + n * EXT_STACK_STRIDE. */
#define BF_EXT_FAIL_STACK_BASE BF_U64(0x318000000000) /* Stack of the fail callback of PP n. */
#define BF_EXT_STACK_BYTES BF_U64(0x8000)
#define BF_EXT_STACK_STRIDE BF_U64(0x9000) /* A stack and the guard page above it. */
#define BF_EXT_CODE_BASE BF_U64(0x328000000000)
#define BF_EXT_CODE_BYTES BF_U64(0x800000)
#define BF_EXT_TLS_BASE BF_U64(0x338000000000) /* TLS data page of PP n at base + n * EXT_TLS_STRIDE, its TCB in the page behind. */
#define BF_EXT_TLS_BYTES BF_U64(0x2000)
#define BF_EXT_TLS_STRIDE BF_U64(0x3000)
#define BF_EXT_DIRECT_BASE BF_U64(0x600000000000) /* map_direct: virtual = base + physical. */
#define BF_EXT_DIRECT_BYTES BF_U64(0x200000000000)

/* Windows of the microkernel */
#define BF_PP_AREA_BASE BF_U64(0x20000000) /* What is private to a processor; see the PP_* offsets. */
#define BF_KERNEL_IMAGE_BASE BF_U64(0x40000000) /* The kernel's ELF segments; one second-level table, shared by all processors. */
#define BF_KERNEL_IMAGE_BYTES BF_U64(0x20000000)
#define BF_KERNEL_MEMORY_BASE BF_U64(0x60000000) /* Linear memory of the kernel's wasm module: an 8 GiB window, first 64 KiB unmapped. */
#define BF_MODULE_MEMORY_WINDOW BF_U64(0x200000000) /* No 32-bit address plus 32-bit offset leaves a window of this size. */
#define BF_EXT_FILE_BASE BF_U64(0x300000000) /* The extensions' ELF files, read-only, while they are being loaded. */
#define BF_EXT_FILE_STRIDE BF_U64(0x1000000) /* Distance of two files; a file has at most EXT_CODE_BYTES. */
#define BF_EXT_MEMORY_BASE BF_U64(0x400000000) /* Linear memory of a TypeScript extension (this processor's instance), 8 GiB window. */
#define BF_HANDOFF_BASE BF_U64(0x600000000) /* The loader's page of code for entering and leaving, mapped in every table. */
#define BF_HANDOFF_STATE_STRIDE BF_U64(0x1000) /* Behind that page: each processor's SavedState, at base + (ppid + 1) * stride. */
#define BF_DIRECT_BASE BF_U64(0x400000000000) /* Physical memory that belongs to the hypervisor: virtual = base + physical. */
#define BF_DIRECT_BYTES BF_U64(0x200000000000)

/* The processor's private area: offsets from PP_AREA_BASE */
#define BF_PP_STACK BF_U32(0x1000) /* The kernel's stack (lowest byte). The pages between the parts stay unmapped. */
#define BF_PP_STACK_BYTES BF_U32(0x4000)
#define BF_PP_NMI_STACK BF_U32(0x6000)
#define BF_PP_DF_STACK BF_U32(0x9000)
#define BF_PP_MC_STACK BF_U32(0xc000)
#define BF_PP_IST_STACK_BYTES BF_U32(0x2000)
#define BF_PP_BLOCK BF_U32(0xf000) /* The kernel's per-processor block (PpBlock). */
#define BF_PP_GDT BF_U32(0x10000) /* GDT at the page's start, TSS at its end, I/O permission bitmap in the pages behind. */
#define BF_PP_TCB BF_U32(0x14000) /* The kernel's own mapping of the active extension's TCB on this processor. */
#define BF_PP_ARGS BF_U32(0x15000) /* BootArgs, written by the loader. */
#define BF_PP_STATE BF_U32(0x16000) /* SavedState, written by the loader. */
#define BF_PP_STATE_BYTES BF_U32(0x1000)
#define BF_PP_STATISTICS BF_U32(0x17000) /* One page of u64 counters: exits by reason, then system calls by number. */

/* What the loader hands to the kernel on one processor */
#define BF_BOOT_ARGS_MAGIC BF_U32(0x0) /* u64: BOOT_MAGIC. */
#define BF_BOOT_ARGS_VERSION BF_U32(0x8) /* u64: BOOT_VERSION. */
#define BF_BOOT_ARGS_PPID BF_U32(0x10) /* u32. */
#define BF_BOOT_ARGS_PP_COUNT BF_U32(0x14) /* u32: Processors that will be started, this one included. */
#define BF_BOOT_ARGS_ROOT_PHYS BF_U32(0x18) /* u64: This processor's top-level page table (CR3). */
#define BF_BOOT_ARGS_RING_PHYS BF_U32(0x20) /* u64: The debug ring (DebugRing), physically contiguous. */
#define BF_BOOT_ARGS_PROMOTE_ENTRY BF_U32(0x28) /* u64: Where to jump, in host mode, to leave for good: RDI = 0; SavedState holds the state to restore. */
#define BF_BOOT_ARGS_ARENA_COUNT BF_U32(0x30) /* u32: Entries of arena. */
#define BF_BOOT_ARGS_EXT_COUNT BF_U32(0x34) /* u32: Entries of ext. */
#define BF_BOOT_ARGS_VENDOR BF_U32(0x38) /* u32: VENDOR_*. */
#define BF_BOOT_ARGS_FEATURES BF_U32(0x3c) /* u32: CPU_FEATURE_* that the loader found on every processor. */
#define BF_BOOT_ARGS_PHASE BF_U32(0x40) /* u32: Written by the kernel: PHASE_*. */
#define BF_BOOT_ARGS_STATUS BF_U32(0x44) /* u32: Written by the kernel: BOOT_*. */
#define BF_BOOT_ARGS_DETAIL BF_U32(0x48) /* u64: Written by the kernel; depends on status. */
#define BF_BOOT_ARGS_EXT_BYTES BF_U32(0x50) /* u64[8]: Sizes of the extensions' files; file n lies at EXT_FILE_BASE + n * EXT_FILE_STRIDE. */
#define BF_BOOT_ARGS_ARENA_PHYS BF_U32(0x90) /* u64[64]: Physically contiguous chunks that belong to the hypervisor, page aligned, all in the direct map. */
#define BF_BOOT_ARGS_ARENA_BYTES BF_U32(0x290) /* u64[64]: Their sizes. */
#define BF_BOOT_ARGS_ARENA_USED BF_U32(0x490) /* u64[64]: Bytes at each chunk's start that the loader uses itself; the rest is the kernel's pool. */
#define BF_BOOT_ARGS_DEBUG_LEVEL BF_U32(0x690) /* u32: 0 errors, 1 life cycle, 2 every exit. */
#define BF_BOOT_ARGS_RESERVED BF_U32(0x694) /* u32. */
#define BF_BOOT_ARGS_BYTES BF_U32(0x698) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_boot_args {
    uint64_t magic;
    uint64_t version;
    uint32_t ppid;
    uint32_t pp_count;
    uint64_t root_phys;
    uint64_t ring_phys;
    uint64_t promote_entry;
    uint32_t arena_count;
    uint32_t ext_count;
    uint32_t vendor;
    uint32_t features;
    uint32_t phase;
    uint32_t status;
    uint64_t detail;
    uint64_t ext_bytes[8];
    uint64_t arena_phys[64];
    uint64_t arena_bytes[64];
    uint64_t arena_used[64];
    uint32_t debug_level;
    uint32_t reserved;
};
_Static_assert(sizeof(struct bf_boot_args) == 1688, "size of bf_boot_args");
#endif

/* BootArgs.status: why the kernel gave a processor back */
#define BF_BOOT_OK BF_U32(0x0)
#define BF_BOOT_BAD_ARGS BF_U32(0x1) /* Magic or version of BootArgs is wrong. */
#define BF_BOOT_NO_MEMORY BF_U32(0x2) /* A pool is empty. */
#define BF_BOOT_EXT_ELF BF_U32(0x3) /* An extension's file is no valid ELF file; detail: ElfError. */
#define BF_BOOT_EXT_NO_BOOTSTRAP BF_U32(0x4) /* _start ended without a bootstrap callback. */
#define BF_BOOT_EXT_NO_VMEXIT BF_U32(0x5) /* _start ended without a vmexit callback. */
#define BF_BOOT_EXT_NO_FAIL BF_U32(0x6) /* _start ended without a fail callback. */
#define BF_BOOT_EXT_FAULT BF_U32(0x7) /* The extension faulted, in its fail callback too or without one; detail: vector. */
#define BF_BOOT_EXT_RETURNED BF_U32(0x8) /* A callback returned instead of ending in a system call. */
#define BF_BOOT_EXT_EXIT BF_U32(0x9) /* The extension asked to exit. */
#define BF_BOOT_EXT_WAIT BF_U32(0xa) /* The extension called wait where that is no valid end. */
#define BF_BOOT_KERNEL_FAULT BF_U32(0xb) /* The microkernel itself faulted; detail: vector. */
#define BF_BOOT_INVALID_VM BF_U32(0xc) /* The processor refused the root VS's state. */

/* Linear memory that a TypeScript extension asks for */
#define BF_EXTENSION_MEMORY_VERSION BF_U32(0x0) /* u32: 1. */
#define BF_EXTENSION_MEMORY_FLAGS BF_U32(0x4) /* u32: EXT_MEMORY_*. */
#define BF_EXTENSION_MEMORY_INITIAL_PAGES BF_U32(0x8) /* u32: 4 KiB pages mapped at start, counted from EXT_MEMORY_BASE + dataOffset. */
#define BF_EXTENSION_MEMORY_MAXIMUM_PAGES BF_U32(0xc) /* u32: Most 4 KiB pages that it may grow to. */
#define BF_EXTENSION_MEMORY_DATA_OFFSET BF_U32(0x10) /* u32: Offset of the first mapped byte; a multiple of 4 KiB, at least 64 KiB. */
#define BF_EXTENSION_MEMORY_RESERVED BF_U32(0x14) /* u32. */
#define BF_EXTENSION_MEMORY_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_extension_memory {
    uint32_t version;
    uint32_t flags;
    uint32_t initial_pages;
    uint32_t maximum_pages;
    uint32_t data_offset;
    uint32_t reserved;
};
_Static_assert(sizeof(struct bf_extension_memory) == 24, "size of bf_extension_memory");
#endif

/* ExtensionMemory.flags */
#define BF_EXT_MEMORY_PER_PP BF_U32(0x1) /* One instance per processor; otherwise one shared by all. */
#define BF_EXT_MEMORY_COLLECTED BF_U32(0x2) /* Has a garbage collector. */

/* Where an extension keeps its settings */
#define BF_EXTENSION_SETTINGS_ADDRESS BF_U32(0x0) /* u64: Virtual address of the area, which the file has bytes for: lines `key=value`, then zeroes. */
#define BF_EXTENSION_SETTINGS_SIZE BF_U32(0x8) /* u64: Size of the area in bytes. */
#define BF_EXTENSION_SETTINGS_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_extension_settings {
    uint64_t address;
    uint64_t size;
};
_Static_assert(sizeof(struct bf_extension_settings) == 16, "size of bf_extension_settings");
#endif

/* BootArgs.features */
#define BF_CPU_FEATURE_SMEP BF_U32(0x1)
#define BF_CPU_FEATURE_SMAP BF_U32(0x2)
#define BF_CPU_FEATURE_UMIP BF_U32(0x4)
#define BF_CPU_FEATURE_XSAVE BF_U32(0x8)
#define BF_CPU_FEATURE_NRIP BF_U32(0x10) /* AMD: the VMCB's nRIP is written at exits. */
#define BF_CPU_FEATURE_FLUSH_ASID BF_U32(0x20) /* AMD: TLB_CONTROL 3 works. */
#define BF_CPU_FEATURE_FSGSBASE BF_U32(0x40)

/* What the hand-off code needs, at SavedState + HANDOFF_OFFSET */
#define BF_HANDOFF_ALIAS BF_U32(0x0) /* u64: SavedState's address in the hand-off window. */
#define BF_HANDOFF_PROMOTE_IN_OS BF_U32(0x8) /* u64: Where promote continues at the operating system's address of the code. */
#define BF_HANDOFF_GDT BF_U32(0x10) /* u64[32]: Host mode's code and stack segments, the operating system's, and room for its TSS. */
#define BF_HANDOFF_IDT_IN_OS BF_U32(0x110) /* u64[6]: Three gates, of which the one for NMIs is used, by the operating system's addresses. */
#define BF_HANDOFF_IDT_IN_HOST BF_U32(0x140) /* u64[6]: The same by the addresses of host mode. */
#define BF_HANDOFF_GDTR_IN_OS BF_U32(0x170) /* u64[2]: Operands of LGDT and LIDT: limit in the first word's upper 16 bits, then the base. */
#define BF_HANDOFF_GDTR_IN_HOST BF_U32(0x180) /* u64[2]. */
#define BF_HANDOFF_IDTR_IN_OS BF_U32(0x190) /* u64[2]. */
#define BF_HANDOFF_IDTR_IN_HOST BF_U32(0x1a0) /* u64[2]. */
#define BF_HANDOFF_STACK BF_U32(0x1b0) /* u64[64]: Used while neither side's stack is mapped. */
#define BF_HANDOFF_BYTES BF_U32(0x3b0) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_handoff {
    uint64_t alias;
    uint64_t promote_in_os;
    uint64_t gdt[32];
    uint64_t idt_in_os[6];
    uint64_t idt_in_host[6];
    uint64_t gdtr_in_os[2];
    uint64_t gdtr_in_host[2];
    uint64_t idtr_in_os[2];
    uint64_t idtr_in_host[2];
    uint64_t stack[64];
};
_Static_assert(sizeof(struct bf_handoff) == 944, "size of bf_handoff");
#endif

/* Where the Handoff structure lies */
#define BF_HANDOFF_OFFSET BF_U32(0x800) /* Behind SavedState. */

/* ELF notes, owner "Bareflank" */
#define BF_NOTE_KERNEL BF_U32(0x1) /* Descriptor: u64 BOOT_VERSION. Only a kernel image has it. */
#define BF_NOTE_EXTENSION_MEMORY BF_U32(0x2) /* Descriptor: ExtensionMemory. Only a TypeScript extension has it. */
#define BF_NOTE_EXTENSION_SETTINGS BF_U32(0x3) /* Descriptor: ExtensionSettings. An extension that can be given settings has it. */
#define BF_NOTE_EXTENSION_VERSIONS BF_U32(0x4) /* Descriptor: u32 SPEC_VERSION_* that the extension knows. Without it: SPEC_VERSION_1. */

/* BootArgs.phase: how far a processor has come */
#define BF_PHASE_NONE BF_U32(0x0)
#define BF_PHASE_KERNEL BF_U32(0x1) /* In the microkernel's own start. */
#define BF_PHASE_START BF_U32(0x2) /* In the extension's _start. */
#define BF_PHASE_BOOTSTRAP BF_U32(0x3) /* In the extension's bootstrap callback. */
#define BF_PHASE_RUNNING BF_U32(0x4) /* The operating system runs as a VM. */
#define BF_PHASE_STOPPED BF_U32(0x5) /* The operating system has its processor back. */
#define BF_PHASE_HALTED BF_U32(0x6) /* The microkernel halted this processor; the ring says why. */

/* The debug ring, 128 KiB */
#define BF_DEBUG_RING_BEGIN BF_U32(0x0) /* u64: Bytes ever dropped: text starts at buffer[begin % DEBUG_RING_CHARS]. */
#define BF_DEBUG_RING_END BF_U32(0x8) /* u64: Bytes ever written. */
#define BF_DEBUG_RING_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_debug_ring {
    uint64_t begin;
    uint64_t end;
};
_Static_assert(sizeof(struct bf_debug_ring) == 16, "size of bf_debug_ring");
#endif

/* Debug ring */
#define BF_DEBUG_RING_AREA_BYTES BF_U32(0x20000) /* The structure and its text. */
#define BF_DEBUG_RING_CHARS BF_U32(0x1fff0) /* Its text, directly behind the structure. */

/* The operating system's state on one processor */
#define BF_SAVED_STATE_OS_ADDRESS BF_U32(0x0) /* u64: This structure's own address in the operating system's address space. */
#define BF_SAVED_STATE_HOST_CR4 BF_U32(0x8) /* u64: CR4 to enter host mode with (no PCIDE, no PGE). */
#define BF_SAVED_STATE_TRANSITION_CR3 BF_U32(0x10) /* u64: Table that maps the hand-off code at HANDOFF_BASE and at the operating system's address of it. */
#define BF_SAVED_STATE_HOST_CR3 BF_U32(0x18) /* u64: BootArgs.rootPhys. */
#define BF_SAVED_STATE_KERNEL_ENTRY BF_U32(0x20) /* u64: The kernel's entry point. */
#define BF_SAVED_STATE_HOST_EFER BF_U32(0x28) /* u64: EFER to enter host mode with. */
#define BF_SAVED_STATE_RAX BF_U32(0x30) /* u64. */
#define BF_SAVED_STATE_RBX BF_U32(0x38) /* u64. */
#define BF_SAVED_STATE_RCX BF_U32(0x40) /* u64. */
#define BF_SAVED_STATE_RDX BF_U32(0x48) /* u64. */
#define BF_SAVED_STATE_RBP BF_U32(0x50) /* u64. */
#define BF_SAVED_STATE_RSI BF_U32(0x58) /* u64. */
#define BF_SAVED_STATE_RDI BF_U32(0x60) /* u64. */
#define BF_SAVED_STATE_R8 BF_U32(0x68) /* u64. */
#define BF_SAVED_STATE_R9 BF_U32(0x70) /* u64. */
#define BF_SAVED_STATE_R10 BF_U32(0x78) /* u64. */
#define BF_SAVED_STATE_R11 BF_U32(0x80) /* u64. */
#define BF_SAVED_STATE_R12 BF_U32(0x88) /* u64. */
#define BF_SAVED_STATE_R13 BF_U32(0x90) /* u64. */
#define BF_SAVED_STATE_R14 BF_U32(0x98) /* u64. */
#define BF_SAVED_STATE_R15 BF_U32(0xa0) /* u64. */
#define BF_SAVED_STATE_RIP BF_U32(0xa8) /* u64. */
#define BF_SAVED_STATE_RSP BF_U32(0xb0) /* u64. */
#define BF_SAVED_STATE_RFLAGS BF_U32(0xb8) /* u64. */
#define BF_SAVED_STATE_CR0 BF_U32(0xc0) /* u64. */
#define BF_SAVED_STATE_CR2 BF_U32(0xc8) /* u64. */
#define BF_SAVED_STATE_CR3 BF_U32(0xd0) /* u64. */
#define BF_SAVED_STATE_CR4 BF_U32(0xd8) /* u64. */
#define BF_SAVED_STATE_CR8 BF_U32(0xe0) /* u64. */
#define BF_SAVED_STATE_XCR0 BF_U32(0xe8) /* u64. */
#define BF_SAVED_STATE_DR0 BF_U32(0xf0) /* u64. */
#define BF_SAVED_STATE_DR1 BF_U32(0xf8) /* u64. */
#define BF_SAVED_STATE_DR2 BF_U32(0x100) /* u64. */
#define BF_SAVED_STATE_DR3 BF_U32(0x108) /* u64. */
#define BF_SAVED_STATE_DR6 BF_U32(0x110) /* u64. */
#define BF_SAVED_STATE_DR7 BF_U32(0x118) /* u64. */
#define BF_SAVED_STATE_EFER BF_U32(0x120) /* u64. */
#define BF_SAVED_STATE_STAR BF_U32(0x128) /* u64. */
#define BF_SAVED_STATE_LSTAR BF_U32(0x130) /* u64. */
#define BF_SAVED_STATE_CSTAR BF_U32(0x138) /* u64. */
#define BF_SAVED_STATE_SFMASK BF_U32(0x140) /* u64. */
#define BF_SAVED_STATE_KERNEL_GS_BASE BF_U32(0x148) /* u64. */
#define BF_SAVED_STATE_SYSENTER_CS BF_U32(0x150) /* u64. */
#define BF_SAVED_STATE_SYSENTER_ESP BF_U32(0x158) /* u64. */
#define BF_SAVED_STATE_SYSENTER_EIP BF_U32(0x160) /* u64. */
#define BF_SAVED_STATE_PAT BF_U32(0x168) /* u64. */
#define BF_SAVED_STATE_DEBUGCTL BF_U32(0x170) /* u64. */
#define BF_SAVED_STATE_HSAVE_PA BF_U32(0x178) /* u64: AMD: VM_HSAVE_PA. */
#define BF_SAVED_STATE_GDTR_BASE BF_U32(0x180) /* u64. */
#define BF_SAVED_STATE_IDTR_BASE BF_U32(0x188) /* u64. */
#define BF_SAVED_STATE_GDTR_LIMIT BF_U32(0x190) /* u32. */
#define BF_SAVED_STATE_IDTR_LIMIT BF_U32(0x194) /* u32. */
#define BF_SAVED_STATE_ES_SELECTOR BF_U32(0x198) /* u16. */
#define BF_SAVED_STATE_ES_ATTRIB BF_U32(0x19a) /* u16: Descriptor bits 55:52 and 47:40 as the VMCB holds them (APM 2, 15.5.1); 0 for a null selector. */
#define BF_SAVED_STATE_ES_LIMIT BF_U32(0x19c) /* u32: In bytes, granularity applied. */
#define BF_SAVED_STATE_ES_BASE BF_U32(0x1a0) /* u64. */
#define BF_SAVED_STATE_CS_SELECTOR BF_U32(0x1a8) /* u16. */
#define BF_SAVED_STATE_CS_ATTRIB BF_U32(0x1aa) /* u16. */
#define BF_SAVED_STATE_CS_LIMIT BF_U32(0x1ac) /* u32. */
#define BF_SAVED_STATE_CS_BASE BF_U32(0x1b0) /* u64. */
#define BF_SAVED_STATE_SS_SELECTOR BF_U32(0x1b8) /* u16. */
#define BF_SAVED_STATE_SS_ATTRIB BF_U32(0x1ba) /* u16. */
#define BF_SAVED_STATE_SS_LIMIT BF_U32(0x1bc) /* u32. */
#define BF_SAVED_STATE_SS_BASE BF_U32(0x1c0) /* u64. */
#define BF_SAVED_STATE_DS_SELECTOR BF_U32(0x1c8) /* u16. */
#define BF_SAVED_STATE_DS_ATTRIB BF_U32(0x1ca) /* u16. */
#define BF_SAVED_STATE_DS_LIMIT BF_U32(0x1cc) /* u32. */
#define BF_SAVED_STATE_DS_BASE BF_U32(0x1d0) /* u64. */
#define BF_SAVED_STATE_FS_SELECTOR BF_U32(0x1d8) /* u16. */
#define BF_SAVED_STATE_FS_ATTRIB BF_U32(0x1da) /* u16. */
#define BF_SAVED_STATE_FS_LIMIT BF_U32(0x1dc) /* u32. */
#define BF_SAVED_STATE_FS_BASE BF_U32(0x1e0) /* u64. */
#define BF_SAVED_STATE_GS_SELECTOR BF_U32(0x1e8) /* u16. */
#define BF_SAVED_STATE_GS_ATTRIB BF_U32(0x1ea) /* u16. */
#define BF_SAVED_STATE_GS_LIMIT BF_U32(0x1ec) /* u32. */
#define BF_SAVED_STATE_GS_BASE BF_U32(0x1f0) /* u64. */
#define BF_SAVED_STATE_LDTR_SELECTOR BF_U32(0x1f8) /* u16. */
#define BF_SAVED_STATE_LDTR_ATTRIB BF_U32(0x1fa) /* u16. */
#define BF_SAVED_STATE_LDTR_LIMIT BF_U32(0x1fc) /* u32. */
#define BF_SAVED_STATE_LDTR_BASE BF_U32(0x200) /* u64. */
#define BF_SAVED_STATE_TR_SELECTOR BF_U32(0x208) /* u16. */
#define BF_SAVED_STATE_TR_ATTRIB BF_U32(0x20a) /* u16. */
#define BF_SAVED_STATE_TR_LIMIT BF_U32(0x20c) /* u32. */
#define BF_SAVED_STATE_TR_BASE BF_U32(0x210) /* u64. */
#define BF_SAVED_STATE_HANDOFF_NMIS BF_U32(0x218) /* u32: Intel: NMIs that came while the hand-off code had the processor. Kernel or operating system takes each, once. */
#define BF_SAVED_STATE_RESERVED BF_U32(0x21c) /* u32. */
#define BF_SAVED_STATE_BYTES BF_U32(0x220) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_saved_state {
    uint64_t os_address;
    uint64_t host_cr4;
    uint64_t transition_cr3;
    uint64_t host_cr3;
    uint64_t kernel_entry;
    uint64_t host_efer;
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rbp;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rip;
    uint64_t rsp;
    uint64_t rflags;
    uint64_t cr0;
    uint64_t cr2;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t cr8;
    uint64_t xcr0;
    uint64_t dr0;
    uint64_t dr1;
    uint64_t dr2;
    uint64_t dr3;
    uint64_t dr6;
    uint64_t dr7;
    uint64_t efer;
    uint64_t star;
    uint64_t lstar;
    uint64_t cstar;
    uint64_t sfmask;
    uint64_t kernel_gs_base;
    uint64_t sysenter_cs;
    uint64_t sysenter_esp;
    uint64_t sysenter_eip;
    uint64_t pat;
    uint64_t debugctl;
    uint64_t hsave_pa;
    uint64_t gdtr_base;
    uint64_t idtr_base;
    uint32_t gdtr_limit;
    uint32_t idtr_limit;
    uint16_t es_selector;
    uint16_t es_attrib;
    uint32_t es_limit;
    uint64_t es_base;
    uint16_t cs_selector;
    uint16_t cs_attrib;
    uint32_t cs_limit;
    uint64_t cs_base;
    uint16_t ss_selector;
    uint16_t ss_attrib;
    uint32_t ss_limit;
    uint64_t ss_base;
    uint16_t ds_selector;
    uint16_t ds_attrib;
    uint32_t ds_limit;
    uint64_t ds_base;
    uint16_t fs_selector;
    uint16_t fs_attrib;
    uint32_t fs_limit;
    uint64_t fs_base;
    uint16_t gs_selector;
    uint16_t gs_attrib;
    uint32_t gs_limit;
    uint64_t gs_base;
    uint16_t ldtr_selector;
    uint16_t ldtr_attrib;
    uint32_t ldtr_limit;
    uint64_t ldtr_base;
    uint16_t tr_selector;
    uint16_t tr_attrib;
    uint32_t tr_limit;
    uint64_t tr_base;
    uint32_t handoff_nmis;
    uint32_t reserved;
};
_Static_assert(sizeof(struct bf_saved_state) == 544, "size of bf_saved_state");
#endif

/* BootArgs.vendor */
#define BF_VENDOR_AMD BF_U32(0x1)
#define BF_VENDOR_INTEL BF_U32(0x2)

/* Versions that must match between kernel image, loader and bfm */
#define BF_BOOT_MAGIC BF_U64(0x4c454e52454b4642) /* "BFKERNEL", little endian. */
#define BF_BOOT_VERSION BF_U64(0x1) /* Version of BootArgs and SavedState; the kernel's ELF note carries the one it was built for. */

/* Hypervisor CPUID leaves */
#define BF_CPUID_HYPERVISOR_BASE BF_U32(0x40000000) /* EAX: highest leaf. EBX, ECX, EDX: CPUID_SIGNATURE_*. */
#define BF_CPUID_HYPERVISOR_LAST BF_U32(0x400000ff) /* Last leaf that the default extension answers itself. */
#define BF_CPUID_HYPERVISOR_MAX BF_U32(0x40000001) /* Highest leaf reported in CPUID_HYPERVISOR_BASE. */
#define BF_CPUID_SIGNATURE_EBX BF_U32(0x65726142) /* "Bare" */
#define BF_CPUID_SIGNATURE_ECX BF_U32(0x6e616c66) /* "flan" */
#define BF_CPUID_SIGNATURE_EDX BF_U32(0x53546b) /* "kTS" */
#define BF_CPUID_INTERFACE_EAX BF_U32(0x31236642) /* Leaf 0x40000001: "Bf#1". */
#define BF_CPUID_INTERFACE_HYPERCALLS BF_U32(0x1) /* Leaf 0x40000001, EBX: the extension takes hypercalls (VMMCALL). */
#define BF_CPUID_CONTROL BF_U32(0x400000ff) /* The control leaf; ECX is the command, EAX the answer (0 done, 1 refused). Ring 0 only. */
#define BF_CPUID_CONTROL_STOP BF_U32(0xbf000000) /* Give this processor back to the operating system. */
#define BF_CPUID_CONTROL_REPORT_ON BF_U32(0xbf000001) /* Write to the debug ring that this processor is in a VM now. */
#define BF_CPUID_CONTROL_REPORT_OFF BF_U32(0xbf000002) /* Write to the debug ring that this processor is about to leave. */
#define BF_CPUID_CONTROL_DONE BF_U32(0x0)
#define BF_CPUID_CONTROL_REFUSED BF_U32(0x1)

/* Hypercalls that the SDK answers: RAX */
#define BF_HYPERCALL_COUNTER BF_U64(0x4246000000000001) /* RBX: index. RAX: 0, RBX: the counter's value here, RCX, RDX, RSI, RDI: its name, zero padded; RAX: 1, there is none. */

/* Version of the driver's interface */
#define BF_DRIVER_VERSION BF_U64(0x1)

/* Argument of IOCTL_DUMP */
#define BF_DUMP_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_DUMP_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_DUMP_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_DUMP_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_DUMP_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_DUMP_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_DUMP_ARGS_BUFFER_ADDRESS BF_U32(0x20) /* u64. */
#define BF_DUMP_ARGS_BUFFER_BYTES BF_U32(0x28) /* u64: DEBUG_RING_CHARS takes any ring; a smaller buffer gets the newest text. */
#define BF_DUMP_ARGS_WRITTEN_BYTES BF_U32(0x30) /* u64. */
#define BF_DUMP_ARGS_BYTES BF_U32(0x38) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_dump_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
    uint64_t buffer_address;
    uint64_t buffer_bytes;
    uint64_t written_bytes;
};
_Static_assert(sizeof(struct bf_dump_args) == 56, "size of bf_dump_args");
#endif

/* What can be wrong with an ELF file */
#define BF_ELF_OK BF_U32(0x0)
#define BF_ELF_TOO_SMALL BF_U32(0x1) /* Shorter than its own header. */
#define BF_ELF_TOO_LARGE BF_U32(0x2) /* Larger than 8 MiB. */
#define BF_ELF_MAGIC BF_U32(0x3) /* No ELF file. */
#define BF_ELF_CLASS BF_U32(0x4) /* Not 64-bit. */
#define BF_ELF_ENDIANNESS BF_U32(0x5) /* Not little endian. */
#define BF_ELF_ABI BF_U32(0x6) /* Not the System V ABI. */
#define BF_ELF_TYPE BF_U32(0x7) /* Not an executable at fixed addresses (ET_EXEC). */
#define BF_ELF_MACHINE BF_U32(0x8) /* For another machine than x86-64. */
#define BF_ELF_PROGRAM_HEADERS BF_U32(0x9) /* Program headers are missing, of the wrong size or outside the file. */
#define BF_ELF_TRUNCATED BF_U32(0xa) /* A segment reaches beyond the end of the file. */
#define BF_ELF_SEGMENT_SIZE BF_U32(0xb) /* A segment has more bytes in the file than in memory, or wraps around. */
#define BF_ELF_SEGMENT_ALIGNMENT BF_U32(0xc) /* A segment is not aligned to 4 KiB. */
#define BF_ELF_SEGMENT_WX BF_U32(0xd) /* A segment is writable and executable. */
#define BF_ELF_SEGMENT_WINDOW BF_U32(0xe) /* A segment lies outside its address window. */
#define BF_ELF_SEGMENT_OVERLAP BF_U32(0xf) /* Two segments overlap. */
#define BF_ELF_NO_SEGMENTS BF_U32(0x10) /* Nothing to load. */
#define BF_ELF_ENTRY BF_U32(0x11) /* The entry point is in no executable segment. */
#define BF_ELF_STACK_EXECUTABLE BF_U32(0x12) /* It asks for an executable stack. */
#define BF_ELF_TLS BF_U32(0x13) /* Its thread-local storage is larger than a page, or executable. */
#define BF_ELF_NOTE BF_U32(0x14) /* A note is damaged or of an unknown version. */
#define BF_ELF_NO_KERNEL_NOTE BF_U32(0x15) /* No Bareflank kernel image: its version note is missing. */

/* Errors of the driver */
#define BF_ERROR_NONE BF_U32(0x0)
#define BF_ERROR_NOT_LOADED BF_U32(0x1)
#define BF_ERROR_NOT_RUNNING BF_U32(0x2)
#define BF_ERROR_CORRUPT BF_U32(0x3)
#define BF_ERROR_NO_MEMORY BF_U32(0x4) /* detail: bytes that were asked for. */
#define BF_ERROR_ELF BF_U32(0x5) /* file, detail: ELF_*. */
#define BF_ERROR_KERNEL_VERSION BF_U32(0x6) /* The kernel image is for another BOOT_VERSION; detail: its version. */
#define BF_ERROR_TOO_MANY_CPUS BF_U32(0x7) /* detail: how many there are. */
#define BF_ERROR_VENDOR BF_U32(0x8) /* Neither AMD nor Intel. */
#define BF_ERROR_NO_SVM BF_U32(0x9)
#define BF_ERROR_SVM_LOCKED BF_U32(0xa) /* VM_CR.SVMDIS is set: the firmware switched SVM off. */
#define BF_ERROR_SVM_IN_USE BF_U32(0xb) /* EFER.SVME is set already: another hypervisor (KVM?) runs. */
#define BF_ERROR_NO_NX BF_U32(0xc)
#define BF_ERROR_LA57 BF_U32(0xd) /* The operating system uses 5-level paging. */
#define BF_ERROR_START_FAILED BF_U32(0xe) /* cpu, phase, detail: BOOT_* << 32 | its detail. */
#define BF_ERROR_TIMEOUT BF_U32(0xf) /* The extension did not return and start was interrupted: cpu and phase. */
#define BF_ERROR_NO_ANSWER BF_U32(0x10) /* The processor runs, but the extension does not answer the control leaf. */
#define BF_ERROR_STOP_REFUSED BF_U32(0x11) /* The extension does not give the processor back; it works on as before. */
#define BF_ERROR_INTERRUPTED BF_U32(0x12) /* A signal ended the wait before anything was done. */
#define BF_ERROR_INVALID_ARGUMENT BF_U32(0x13) /* A size, count or address in the argument block is impossible. */
#define BF_ERROR_NO_LONG_MODE BF_U32(0x14)
#define BF_ERROR_NO_HYPERCALLS BF_U32(0x16) /* The extension takes no hypercalls. */
#define BF_ERROR_MEMORY_ENCRYPTION BF_U32(0x18) /* The operating system encrypts its memory (SME). */
#define BF_ERROR_UNKNOWN_HYPERCALL BF_U32(0x19) /* The extension does not know this hypercall. */
#define BF_ERROR_NO_SUCH_CPU BF_U32(0x17) /* The processor is not in the hypervisor's care; cpu: which. */
#define BF_ERROR_NO_VMX BF_U32(0x1a)
#define BF_ERROR_VMX_LOCKED BF_U32(0x1b) /* IA32_FEATURE_CONTROL is locked without VMXON: the firmware switched VT-x off. */
#define BF_ERROR_VMX_IN_USE BF_U32(0x1c) /* CR4.VMXE is set already: another hypervisor (KVM?) runs. */
#define BF_ERROR_NO_SECONDARY_CONTROLS BF_U32(0x1d)
#define BF_ERROR_NO_EPT BF_U32(0x1e)
#define BF_ERROR_NO_UNRESTRICTED_GUEST BF_U32(0x1f)
#define BF_ERROR_NO_VPID BF_U32(0x20)
#define BF_ERROR_NO_VIRTUAL_NMIS BF_U32(0x21)
#define BF_ERROR_NO_BITMAPS BF_U32(0x22) /* No MSR or I/O bitmaps. */
#define BF_ERROR_NO_TRUE_CONTROLS BF_U32(0x23) /* Exits for CR3 cannot be switched off. */
#define BF_ERROR_NO_HOST_64 BF_U32(0x24) /* VM exits do not lead to 64-bit mode. */
#define BF_ERROR_NO_EFER_SWITCH BF_U32(0x25) /* VM entries and exits do not save and load EFER. */
#define BF_ERROR_NO_PAT_SWITCH BF_U32(0x26) /* VM entries and exits do not save and load PAT. */
#define BF_ERROR_VMX_MEMORY_TYPE BF_U32(0x27) /* VMX structures must not be cached; detail: the memory type that they need. */
#define BF_ERROR_VMX_CR0 BF_U32(0x28) /* detail: bits of CR0 that VMX wants otherwise. */
#define BF_ERROR_VMX_CR4 BF_U32(0x29) /* detail: bits of CR4 that VMX wants otherwise. */
#define BF_ERROR_NO_EPT_FLUSH BF_U32(0x2a) /* EPT without four levels, write-back memory or INVEPT; detail: what is missing of it. */
#define BF_ERROR_STOP_MISMATCH BF_U32(0x15) /* A control register or MSR differs after stop from before start; detail: which. */

/* ioctl numbers of /dev/bareflank (type 0xBF, read and write) */
#define BF_IOCTL_LOAD BF_U32(0xc0b8bf01)
#define BF_IOCTL_UNLOAD BF_U32(0xc020bf02)
#define BF_IOCTL_START BF_U32(0xc020bf03)
#define BF_IOCTL_STOP BF_U32(0xc020bf04)
#define BF_IOCTL_STATUS BF_U32(0xc0f0bf05)
#define BF_IOCTL_DUMP BF_U32(0xc038bf06)
#define BF_IOCTL_VMCALL BF_U32(0xc068bf07)

/* Argument of IOCTL_LOAD */
#define BF_LOAD_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_LOAD_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_LOAD_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_LOAD_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_LOAD_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_LOAD_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_LOAD_ARGS_KERNEL_ADDRESS BF_U32(0x20) /* u64: The kernel image's bytes, in the caller's address space. */
#define BF_LOAD_ARGS_KERNEL_BYTES BF_U32(0x28) /* u64. */
#define BF_LOAD_ARGS_EXT_COUNT BF_U32(0x30) /* u32: 1 to MAX_EXTENSIONS. */
#define BF_LOAD_ARGS_FLAGS BF_U32(0x34) /* u32. */
#define BF_LOAD_ARGS_EXT_ADDRESS BF_U32(0x38) /* u64[8]. */
#define BF_LOAD_ARGS_EXT_BYTES BF_U32(0x78) /* u64[8]. */
#define BF_LOAD_ARGS_BYTES BF_U32(0xb8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_load_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
    uint64_t kernel_address;
    uint64_t kernel_bytes;
    uint32_t ext_count;
    uint32_t flags;
    uint64_t ext_address[8];
    uint64_t ext_bytes[8];
};
_Static_assert(sizeof(struct bf_load_args) == 184, "size of bf_load_args");
#endif

/* Argument of IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP */
#define BF_OPERATION_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_OPERATION_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_OPERATION_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_OPERATION_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_OPERATION_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_OPERATION_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_OPERATION_ARGS_BYTES BF_U32(0x20) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_operation_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
};
_Static_assert(sizeof(struct bf_operation_args) == 32, "size of bf_operation_args");
#endif

/* States of the driver */
#define BF_STATE_UNLOADED BF_U32(0xa)
#define BF_STATE_LOADED BF_U32(0xb)
#define BF_STATE_RUNNING BF_U32(0xc)
#define BF_STATE_CORRUPT BF_U32(0x64) /* A processor was lost or could not be given back: only a reboot helps. */

/* Argument of IOCTL_STATUS */
#define BF_STATUS_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_STATUS_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_STATUS_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_STATUS_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_STATUS_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_STATUS_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_STATUS_ARGS_STATE BF_U32(0x20) /* u32: STATE_*. */
#define BF_STATUS_ARGS_CPU_COUNT BF_U32(0x24) /* u32: Processors that the operating system has online. */
#define BF_STATUS_ARGS_RUNNING_COUNT BF_U32(0x28) /* u32: Processors that run under the hypervisor. */
#define BF_STATUS_ARGS_VENDOR BF_U32(0x2c) /* u32: VENDOR_*; 0 before the first start. */
#define BF_STATUS_ARGS_MEMORY_BYTES BF_U32(0x30) /* u64: Memory that the hypervisor holds now, pools included; 0 unless running. */
#define BF_STATUS_ARGS_ALLOCATED_PAGES BF_U32(0x38) /* u64: 4 KiB pages that the driver has taken from the operating system and not given back. */
#define BF_STATUS_ARGS_RING_BYTES BF_U32(0x40) /* u64: Characters in the debug ring. */
#define BF_STATUS_ARGS_START_COUNT BF_U32(0x48) /* u64: Successful starts since the driver was inserted. */
#define BF_STATUS_ARGS_STOP_COUNT BF_U32(0x50) /* u64. */
#define BF_STATUS_ARGS_RUNNING BF_U32(0x58) /* u64[16]: Bit n % 64 of word n / 64: processor n runs under the hypervisor. */
#define BF_STATUS_ARGS_KERNEL_BUILD_ID BF_U32(0xd8) /* u8[24]: First 20 bytes: the loaded kernel's GNU build id; 0 when nothing is loaded. */
#define BF_STATUS_ARGS_BYTES BF_U32(0xf0) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_status_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
    uint32_t state;
    uint32_t cpu_count;
    uint32_t running_count;
    uint32_t vendor;
    uint64_t memory_bytes;
    uint64_t allocated_pages;
    uint64_t ring_bytes;
    uint64_t start_count;
    uint64_t stop_count;
    uint64_t running[16];
    uint8_t kernel_build_id[24];
};
_Static_assert(sizeof(struct bf_status_args) == 240, "size of bf_status_args");
#endif

/* Argument of IOCTL_VMCALL */
#define BF_VMCALL_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_VMCALL_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_VMCALL_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_VMCALL_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_VMCALL_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_VMCALL_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_VMCALL_ARGS_TARGET BF_U32(0x20) /* u32: Processor to make the hypercall on. */
#define BF_VMCALL_ARGS_RESERVED BF_U32(0x24) /* u32. */
#define BF_VMCALL_ARGS_RAX BF_U32(0x28) /* u64: Registers of the hypercall; on return those that the extension left. */
#define BF_VMCALL_ARGS_RBX BF_U32(0x30) /* u64. */
#define BF_VMCALL_ARGS_RCX BF_U32(0x38) /* u64. */
#define BF_VMCALL_ARGS_RDX BF_U32(0x40) /* u64. */
#define BF_VMCALL_ARGS_RSI BF_U32(0x48) /* u64. */
#define BF_VMCALL_ARGS_RDI BF_U32(0x50) /* u64. */
#define BF_VMCALL_ARGS_R8 BF_U32(0x58) /* u64. */
#define BF_VMCALL_ARGS_R9 BF_U32(0x60) /* u64. */
#define BF_VMCALL_ARGS_BYTES BF_U32(0x68) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_vmcall_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
    uint32_t target;
    uint32_t reserved;
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t r8;
    uint64_t r9;
};
_Static_assert(sizeof(struct bf_vmcall_args) == 104, "size of bf_vmcall_args");
#endif

/* What the assembly does when the kernel's TypeScript returns */
#define BF_ACTION_RETURN BF_U32(0x0) /* Return from the system call with status, REG0 and REG1. */
#define BF_ACTION_UPCALL BF_U32(0x1) /* Enter a callback. */
#define BF_ACTION_RUN BF_U32(0x2) /* Run the active VS. */
#define BF_ACTION_RESUME BF_U32(0x3) /* Resume the extension at faultFrame. */
#define BF_ACTION_PROMOTE BF_U32(0x4) /* Give the processor back for good: SavedState holds the state. */
#define BF_ACTION_HALT BF_U32(0x5) /* Halt this processor. */
#define BF_ACTION_SERVE BF_U32(0x7) /* The system call is not the one that ends nearly every exit: call enterSyscall. */
#define BF_ACTION_IRET BF_U32(0x6) /* Return from an exception to the frame on the stack (changed by the exception table). */

/* PpBlock.context */
#define BF_CONTEXT_NONE BF_U32(0x0)
#define BF_CONTEXT_START BF_U32(0x1) /* _start */
#define BF_CONTEXT_BOOTSTRAP BF_U32(0x2) /* the bootstrap callback */
#define BF_CONTEXT_FIRST_VMEXIT BF_U32(0x3) /* the vmexit callback, before any exit was handled successfully */
#define BF_CONTEXT_VMEXIT BF_U32(0x4) /* the vmexit callback */
#define BF_CONTEXT_FAIL BF_U32(0x5) /* the fail callback */

/* Registers at an exception */
#define BF_FAULT_FRAME_R15 BF_U32(0x0) /* u64. */
#define BF_FAULT_FRAME_R14 BF_U32(0x8) /* u64. */
#define BF_FAULT_FRAME_R13 BF_U32(0x10) /* u64. */
#define BF_FAULT_FRAME_R12 BF_U32(0x18) /* u64. */
#define BF_FAULT_FRAME_R11 BF_U32(0x20) /* u64. */
#define BF_FAULT_FRAME_R10 BF_U32(0x28) /* u64. */
#define BF_FAULT_FRAME_R9 BF_U32(0x30) /* u64. */
#define BF_FAULT_FRAME_R8 BF_U32(0x38) /* u64. */
#define BF_FAULT_FRAME_RDI BF_U32(0x40) /* u64. */
#define BF_FAULT_FRAME_RSI BF_U32(0x48) /* u64. */
#define BF_FAULT_FRAME_RBP BF_U32(0x50) /* u64. */
#define BF_FAULT_FRAME_RDX BF_U32(0x58) /* u64. */
#define BF_FAULT_FRAME_RCX BF_U32(0x60) /* u64. */
#define BF_FAULT_FRAME_RBX BF_U32(0x68) /* u64. */
#define BF_FAULT_FRAME_RAX BF_U32(0x70) /* u64. */
#define BF_FAULT_FRAME_VECTOR BF_U32(0x78) /* u64. */
#define BF_FAULT_FRAME_ERROR_CODE BF_U32(0x80) /* u64. */
#define BF_FAULT_FRAME_RIP BF_U32(0x88) /* u64. */
#define BF_FAULT_FRAME_CS BF_U32(0x90) /* u64. */
#define BF_FAULT_FRAME_RFLAGS BF_U32(0x98) /* u64. */
#define BF_FAULT_FRAME_RSP BF_U32(0xa0) /* u64. */
#define BF_FAULT_FRAME_SS BF_U32(0xa8) /* u64. */
#define BF_FAULT_FRAME_BYTES BF_U32(0xb0) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_fault_frame {
    uint64_t r15;
    uint64_t r14;
    uint64_t r13;
    uint64_t r12;
    uint64_t r11;
    uint64_t r10;
    uint64_t r9;
    uint64_t r8;
    uint64_t rdi;
    uint64_t rsi;
    uint64_t rbp;
    uint64_t rdx;
    uint64_t rcx;
    uint64_t rbx;
    uint64_t rax;
    uint64_t vector;
    uint64_t error_code;
    uint64_t rip;
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
};
_Static_assert(sizeof(struct bf_fault_frame) == 176, "size of bf_fault_frame");
#endif

/* The kernel's per-processor block */
#define BF_PP_BLOCK_USER_RSP BF_U32(0x0) /* u64: Saved by the entry of a system call, like the next nine. */
#define BF_PP_BLOCK_USER_RIP BF_U32(0x8) /* u64. */
#define BF_PP_BLOCK_USER_RFLAGS BF_U32(0x10) /* u64. */
#define BF_PP_BLOCK_REG0 BF_U32(0x18) /* u64: RDI, and REG0 of the result. */
#define BF_PP_BLOCK_REG1 BF_U32(0x20) /* u64: RSI, and REG1 of the result. */
#define BF_PP_BLOCK_REG2 BF_U32(0x28) /* u64: RDX. */
#define BF_PP_BLOCK_REG3 BF_U32(0x30) /* u64: R10. */
#define BF_PP_BLOCK_REG4 BF_U32(0x38) /* u64: R8. */
#define BF_PP_BLOCK_REG5 BF_U32(0x40) /* u64: R9. */
#define BF_PP_BLOCK_STATUS BF_U32(0x48) /* u64: RAX of the result. */
#define BF_PP_BLOCK_UPCALL_RIP BF_U32(0x50) /* u64: Where ACTION_UPCALL enters ring 3. */
#define BF_PP_BLOCK_UPCALL_RSP BF_U32(0x58) /* u64. */
#define BF_PP_BLOCK_UPCALL_REG0 BF_U32(0x60) /* u64: RDI of the callback. */
#define BF_PP_BLOCK_UPCALL_REG1 BF_U32(0x68) /* u64: RSI of the callback. */
#define BF_PP_BLOCK_VMCB BF_U32(0x70) /* u64: Physical address of the active VS's VMCB. */
#define BF_PP_BLOCK_VMCB_VIRTUAL BF_U32(0x78) /* u64: The same in the direct map. */
#define BF_PP_BLOCK_HOST_VMCB BF_U32(0x80) /* u64: Physical address of the VMCB that holds the host's VMLOAD state. */
#define BF_PP_BLOCK_HOST_AREA BF_U32(0x88) /* u64: Physical address of what the processor keeps for itself: AMD's host save area, Intel's VMXON region. */
#define BF_PP_BLOCK_ACTIVE_VS BF_U32(0x90) /* u32: Linear address of the active VS; 0: none. */
#define BF_PP_BLOCK_PPID BF_U32(0x94) /* u32. */
#define BF_PP_BLOCK_CONTEXT BF_U32(0x98) /* u32: CONTEXT_*: what the extension is being asked to do. */
#define BF_PP_BLOCK_FAILED_CONTEXT BF_U32(0x9c) /* u32: Context in which the extension failed, while context is CONTEXT_FAIL. */
#define BF_PP_BLOCK_FAILED_STATUS BF_U32(0xa0) /* u32: Why it failed: BOOT_*, while context is CONTEXT_FAIL. */
#define BF_PP_BLOCK_FAILED_DETAIL BF_U32(0xa4) /* u32: Its detail: the vector of a fault. */
#define BF_PP_BLOCK_IN_USER BF_U32(0xa8) /* u32: 1 while ring 3 runs or is about to: another processor that wants something must wait. */
#define BF_PP_BLOCK_WORK BF_U32(0xac) /* u32: WORK_*: to be done before ring 3 is entered again. Other processors set bits too. */
#define BF_PP_BLOCK_VIEW BF_U32(0xb0) /* u32: Identifier of the VM whose direct map ring 3 sees. */
#define BF_PP_BLOCK_EXTENSION BF_U32(0xb4) /* u32: Linear address of the extension whose code runs in ring 3. */
#define BF_PP_BLOCK_SCRATCH BF_U32(0xb8) /* u64: Where an intrinsic leaves a second result. */
#define BF_PP_BLOCK_TCB_IDS0 BF_U32(0xc0) /* u64: extid, vmid, vpid and vsid as the TCB shows them. */
#define BF_PP_BLOCK_TCB_IDS1 BF_U32(0xc8) /* u64: ppid and onlinePps as the TCB shows them. */
#define BF_PP_BLOCK_ROOT BF_U32(0xd0) /* u64: Physical address of this processor's top-level page table. */
#define BF_PP_BLOCK_TCB BF_U32(0xd8) /* u64: Physical address of the extension's TCB on this processor. */
#define BF_PP_BLOCK_FAULT_FRAME BF_U32(0xe0) /* u64[22]: Registers of the extension at its last fault, as the entry of an exception pushes them. */
#define BF_PP_BLOCK_BYTES BF_U32(0x190) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_pp_block {
    uint64_t user_rsp;
    uint64_t user_rip;
    uint64_t user_rflags;
    uint64_t reg0;
    uint64_t reg1;
    uint64_t reg2;
    uint64_t reg3;
    uint64_t reg4;
    uint64_t reg5;
    uint64_t status;
    uint64_t upcall_rip;
    uint64_t upcall_rsp;
    uint64_t upcall_reg0;
    uint64_t upcall_reg1;
    uint64_t vmcb;
    uint64_t vmcb_virtual;
    uint64_t host_vmcb;
    uint64_t host_area;
    uint32_t active_vs;
    uint32_t ppid;
    uint32_t context;
    uint32_t failed_context;
    uint32_t failed_status;
    uint32_t failed_detail;
    uint32_t in_user;
    uint32_t work;
    uint32_t view;
    uint32_t extension;
    uint64_t scratch;
    uint64_t tcb_ids0;
    uint64_t tcb_ids1;
    uint64_t root;
    uint64_t tcb;
    uint64_t fault_frame[22];
};
_Static_assert(sizeof(struct bf_pp_block) == 400, "size of bf_pp_block");
#endif

/* PpBlock.work */
#define BF_WORK_FLUSH_HOST BF_U32(0x1) /* Host translations have become stale. */
#define BF_WORK_END_FLUSH BF_U32(0x2) /* At the next exit the guest's translations are flushed: take the request out of the VMCB. */
#define BF_WORK_LOG BF_U32(0x4) /* The debug level asks for a record of every exit. */

#endif
