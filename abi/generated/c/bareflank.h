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
#define BF_MAX_VMS BF_U32(0x10) /* Version 1: VM 0 among them. Version 2 has as many as memory and 16 bits allow, VPs and VSs alike. */
#define BF_MAX_VPS BF_U32(0x100) /* Version 1. */
#define BF_MAX_VSS BF_U32(0x100) /* Version 1. */
#define BF_MAX_PPS BF_U32(0x80)
#define BF_MAX_EXTENSIONS BF_U32(0x40)
#define BF_EXTENSION_NAME_BYTES BF_U32(0x20) /* Longest name of an extension. */
#define BF_MAX_HUGE_ALLOCATIONS BF_U32(0x40)
#define BF_PAGE_SIZE BF_U32(0x1000)
#define BF_HUGE_POOL_BYTES BF_U32(0x20000) /* Version 1: alloc_huge takes less. */
#define BF_HUGE_MOST_BYTES BF_U32(0x40000000) /* Version 2: alloc_huge takes no more. */
#define BF_MEMORY_STEP_PAGES BF_U32(0x40) /* Pages that one memory_grow adds at most. */

/* Status codes: RAX after a system call */
#define BF_STATUS_SUCCESS BF_U64(0x0)
#define BF_STATUS_FAILURE_UNKNOWN BF_U64(0xdead000000010001)
#define BF_STATUS_FAILURE_INVALID_HANDLE BF_U64(0xdead000000020001)
#define BF_STATUS_FAILURE_UNSUPPORTED BF_U64(0xdead000000040001)
#define BF_STATUS_FAILURE_BUSY BF_U64(0xdead000000080001) /* Version 2: the extension takes no message now. */
#define BF_STATUS_FAILURE_DEAD BF_U64(0xdead000000100001) /* Version 2: the extension has failed for good on this processor. */
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
#define BF_SYSCALL_MESSAGE_REGISTER BF_U32(0x90000) /* Version 2, like all that follow. */
#define BF_SYSCALL_MESSAGE_FIND BF_U32(0x90001)
#define BF_SYSCALL_MESSAGE_CALL BF_U32(0x90002)
#define BF_SYSCALL_MESSAGE_REPLY BF_U32(0x90003)
#define BF_SYSCALL_NESTED_CREATE BF_U32(0xa0000)
#define BF_SYSCALL_NESTED_DESTROY BF_U32(0xa0001)
#define BF_SYSCALL_NESTED_MAP BF_U32(0xa0002)
#define BF_SYSCALL_NESTED_UNMAP BF_U32(0xa0003)
#define BF_SYSCALL_NESTED_PROTECT BF_U32(0xa0004)
#define BF_SYSCALL_NESTED_TRANSLATE BF_U32(0xa0005)
#define BF_SYSCALL_NESTED_IDENTITY BF_U32(0xa0006)
#define BF_SYSCALL_NESTED_ATTACH BF_U32(0xa0007)
#define BF_SYSCALL_NESTED_DETACH BF_U32(0xa0008)
#define BF_SYSCALL_NESTED_FLUSH BF_U32(0xa0009)
#define BF_SYSCALL_NESTED_GUARD BF_U32(0xa000a)
#define BF_SYSCALL_NESTED_COPY BF_U32(0xa000b)
#define BF_SYSCALL_NESTED_HARVEST BF_U32(0xa000c)
#define BF_SYSCALL_MAP_CREATE BF_U32(0xb0000)
#define BF_SYSCALL_MAP_DESTROY BF_U32(0xb0001)
#define BF_SYSCALL_MAP_TRAP BF_U32(0xb0002)
#define BF_SYSCALL_MAP_PASS BF_U32(0xb0003)
#define BF_SYSCALL_MAP_QUERY BF_U32(0xb0004)
#define BF_SYSCALL_MAP_ATTACH BF_U32(0xb0005)
#define BF_SYSCALL_MAP_DETACH BF_U32(0xb0006)
#define BF_SYSCALL_STATISTICS_POOL BF_U32(0xc0000)
#define BF_SYSCALL_STATISTICS_EXITS BF_U32(0xc0001)
#define BF_SYSCALL_STATISTICS_CALLS BF_U32(0xc0002)
#define BF_SYSCALL_MEMORY_GROW BF_U32(0xd0000)
#define BF_SYSCALL_PP_KICK BF_U32(0xe0000)
#define BF_SYSCALL_PP_WAIT BF_U32(0xe0001)
#define BF_SYSCALL_FPU_READ BF_U32(0xf0000)
#define BF_SYSCALL_FPU_WRITE BF_U32(0xf0001)
#define BF_SYSCALL_MSR_READ BF_U32(0xf0002)
#define BF_SYSCALL_MSR_WRITE BF_U32(0xf0003)

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
#define BF_TCB_RESERVED1 BF_U32(0x878) /* u64[225]. */
#define BF_TCB_EXIT_SHADOW BF_U32(0xf80) /* u64: Of the last exit but CPUID's, like the five behind it. AMD: the interrupt shadow's word; Intel: the interruptibility state. */
#define BF_TCB_EXIT_PRIORITY BF_U32(0xf88) /* u64: CR8 of a VM that has its own, one that is not the root VM and was made through version 2: bits 3:0. AMD: the others are V_IRQ and its like. */
#define BF_TCB_EXIT_RIP BF_U32(0xf90) /* u64. */
#define BF_TCB_EXIT_NEXT_RIP BF_U32(0xf98) /* u64: Behind the instruction that exited. AMD: 0 where the processor does not tell; Intel: RIP and length. */
#define BF_TCB_EXIT_RFLAGS BF_U32(0xfa0) /* u64. */
#define BF_TCB_EXIT_CODE BF_U32(0xfa8) /* u64: Attributes of the code segment, as VS_READ gives them. */
#define BF_TCB_CR4 BF_U32(0xfb0) /* u64: CR4 of the active VS, as VS_READ gives it. */
#define BF_TCB_EXIT_INFORMATION1 BF_U32(0xfb8) /* u64: Of the last exit but CPUID's, like the four behind it. AMD: EXITINFO1; Intel: the exit qualification. */
#define BF_TCB_EXIT_INFORMATION2 BF_U32(0xfc0) /* u64: AMD: EXITINFO2; Intel: the guest physical address. */
#define BF_TCB_EXIT_EVENT BF_U32(0xfc8) /* u64: What was being delivered. AMD: EXITINTINFO; Intel: the IDT-vectoring information. */
#define BF_TCB_EXIT_INSTRUCTION BF_U32(0xfd0) /* u64: Intel: the VM-exit instruction information. */
#define BF_TCB_EXIT_PRIVILEGE BF_U32(0xfd8) /* u64: Current privilege level. */
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
    uint64_t reserved1[225];
    uint64_t exit_shadow;
    uint64_t exit_priority;
    uint64_t exit_rip;
    uint64_t exit_next_rip;
    uint64_t exit_rflags;
    uint64_t exit_code;
    uint64_t cr4;
    uint64_t exit_information1;
    uint64_t exit_information2;
    uint64_t exit_event;
    uint64_t exit_instruction;
    uint64_t exit_privilege;
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
#define BF_AMD_EXIT_BUS_LOCK BF_U64(0xa5)
#define BF_AMD_EXIT_IDLE_HLT BF_U64(0xa6)
#define BF_AMD_EXIT_NESTED_PAGE_FAULT BF_U64(0x400)
#define BF_AMD_EXIT_AVIC_INCOMPLETE_IPI BF_U64(0x401)
#define BF_AMD_EXIT_AVIC_NO_ACCELERATION BF_U64(0x402)
#define BF_AMD_EXIT_VMGEXIT BF_U64(0x403)
#define BF_AMD_EXIT_INVALID BF_U64(0xffffffffffffffff) /* The processor refused the VS's state. */

/* What happens after a callback: its result */
#define BF_NEXT_ADVANCE_AND_RUN BF_U32(0x0) /* Skip the instruction that the VM exited for, and run it on. */
#define BF_NEXT_RUN BF_U32(0x1) /* Run the VM on where it is: the instruction is executed again. */
#define BF_NEXT_STOP BF_U32(0x2) /* Skip the instruction, and give this processor back to the operating system for good. */
#define BF_NEXT_FAIL BF_U32(0x3) /* Give up: the processor is lost to this extension, and the debug ring says so. */
#define BF_NEXT_WAIT BF_U32(0x5) /* Only in bootstrap of a service, which does not own the root VM: done, messages may come. */
#define BF_NEXT_AWAIT_KICK BF_U32(0x6) /* Only in vmexit, of the extension that owns the root VM: the microkernel keeps the processor, without running a VM, until it is kicked. */
#define BF_NEXT_AGAIN BF_U32(0x4) /* Only in fail: go on where the callback failed. A fault's instruction is executed once more. */

/* What the fail callback is told that is no exception: its first argument */
#define BF_FAIL_OVERDUE BF_U64(0x100) /* The watchdog took the processor back; the second argument is where the extension was. Exceptions have error code << 32 | vector. */

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
#define BF_INTEL_EXIT_ENCLV BF_U64(0x46)
#define BF_INTEL_EXIT_ENQCMD BF_U64(0x48)
#define BF_INTEL_EXIT_ENQCMDS BF_U64(0x49)
#define BF_INTEL_EXIT_BUS_LOCK BF_U64(0x4a)
#define BF_INTEL_EXIT_INSTRUCTION_TIMEOUT BF_U64(0x4b)
#define BF_INTEL_EXIT_SEAMCALL BF_U64(0x4c)
#define BF_INTEL_EXIT_TDCALL BF_U64(0x4d)
#define BF_INTEL_EXIT_RDMSRLIST BF_U64(0x4e)
#define BF_INTEL_EXIT_WRMSRLIST BF_U64(0x4f)
#define BF_INTEL_EXIT_URDMSR BF_U64(0x50)
#define BF_INTEL_EXIT_UWRMSR BF_U64(0x51)
#define BF_INTEL_EXIT_RDMSR_IMMEDIATE BF_U64(0x54)
#define BF_INTEL_EXIT_WRMSRNS_IMMEDIATE BF_U64(0x55)
#define BF_INTEL_EXIT_ENTRY_FAILURE BF_U64(0x80000000) /* Bit 31: the processor refused the VS's state. */

/* Exit reasons of the microkernel's own, on both vendors */
#define BF_EXIT_KICK BF_U64(0x100000000) /* The processor was kicked. Nothing has happened in the VM, so there is no instruction to skip: run it on, or wait. */

/* Permission maps */
#define BF_MAP_MSR BF_U32(0x0) /* Kind: RDMSR and WRMSR. */
#define BF_MAP_IO BF_U32(0x1) /* Kind: input from ports, output to them. */
#define BF_MAP_READS BF_U32(0x1) /* RDMSR, or any access to a port. */
#define BF_MAP_WRITES BF_U32(0x2) /* WRMSR. */
#define BF_MAP_ACCESSES BF_U32(0x3) /* Both. */
#define BF_MAP_ALWAYS BF_U32(0x4) /* map_query: the processor has no bits for this MSR; every access exits. */

/* nested_copy: where to */
#define BF_NESTED_COPY_FROM_VM BF_U32(0x0) /* What the VM may read, into the extension's memory. */
#define BF_NESTED_COPY_TO_VM BF_U32(0x1) /* The extension's memory, to where the VM may write. */

/* Nested page tables: how they are made, and what the processor can */
#define BF_NESTED_FOR_ROOT BF_U32(0x1) /* Only the operating system's VSs may use them. nested_identity shows what kernel and loader share, too. */
#define BF_NESTED_TRACKED BF_U32(0x2) /* Processors note in them which pages are accessed and written, for nested_harvest. */
#define BF_NESTED_HAS_EXECUTE_ONLY BF_U32(0x1) /* The right to execute is possible without the right to read. */
#define BF_NESTED_HAS_1G BF_U32(0x2) /* Pages of 1 GiB. */
#define BF_NESTED_HAS_TRACKING BF_U32(0x4) /* NESTED_TRACKED is possible. */

/* Nested page tables: rights, memory types and page sizes */
#define BF_NESTED_READ BF_U32(0x1)
#define BF_NESTED_WRITE BF_U32(0x2)
#define BF_NESTED_EXECUTE BF_U32(0x4)
#define BF_NESTED_RIGHTS BF_U32(0x7) /* All rights. */
#define BF_NESTED_UNCACHEABLE BF_U32(0x0)
#define BF_NESTED_WRITE_COMBINING BF_U32(0x100)
#define BF_NESTED_WRITE_THROUGH BF_U32(0x400)
#define BF_NESTED_WRITE_PROTECTED BF_U32(0x500)
#define BF_NESTED_WRITE_BACK BF_U32(0x600)
#define BF_NESTED_MACHINE BF_U32(0x700) /* The memory type that the memory range registers (MTRRs) say. */
#define BF_NESTED_TYPE BF_U32(0x700) /* The memory type's bits. */
#define BF_NESTED_OWN_ABSENT BF_U32(0x0) /* nested_identity: the hypervisor's own pages are not there. */
#define BF_NESTED_OWN_BLANK BF_U32(0x1000) /* nested_identity: a page of zeroes is read in their place. */
#define BF_NESTED_OWN BF_U32(0x1000) /* The bit of these two. */
#define BF_NESTED_PAGE_4K BF_U32(0x10000) /* Pages of no more than 4 KiB; as a result: it is one. */
#define BF_NESTED_PAGE_2M BF_U32(0x20000) /* Pages of no more than 2 MiB; as a result: it is one. */
#define BF_NESTED_PAGE_1G BF_U32(0x30000) /* Pages of no more than 1 GiB; as a result: it is one. */
#define BF_NESTED_PAGE BF_U32(0x30000) /* The page size's bits; zero: as large as possible. */

/* nested_harvest: what is told of a page, and cleared */
#define BF_NESTED_ACCESSED BF_U32(0x1) /* The VM has read, written or executed it. */
#define BF_NESTED_DIRTY BF_U32(0x2) /* The VM has written it. */

/* Pools of statistics_pool */
#define BF_POOL_PAGES BF_U32(0x0) /* Pages of 4 KiB. */
#define BF_POOL_HUGE BF_U32(0x1) /* Runs of mem_alloc_huge. */
#define BF_POOL_VMS BF_U32(0x2)
#define BF_POOL_VPS BF_U32(0x3)
#define BF_POOL_VSS BF_U32(0x4)
#define BF_POOL_NESTED BF_U32(0x5) /* Nested page tables. */
#define BF_POOL_MAPS BF_U32(0x6) /* Permission maps. */
#define BF_POOL_REGISTERS BF_U32(0x7) /* Slab objects: registers of VSs that are not active. */

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
#define BF_INTERCEPT_INTERRUPT_WINDOW BF_U32(0x9620284) /* The VM can take an interrupt. */
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
#define BF_REG_CPL BF_U32(0x700059) /* The current privilege level: on Intel bits 6:5 of SS's attributes. */

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
#define BF_KERNEL_MEMORY_BYTES BF_U64(0x4000000) /* So much of it may be used: data, and windows of objects. It stays below 2 GiB, where one second-level table leads to it. */
#define BF_MODULE_MEMORY_WINDOW BF_U64(0x200000000) /* No 32-bit address plus 32-bit offset leaves a window of this size. */
#define BF_EXT_FILE_BASE BF_U64(0x300000000) /* The extensions' ELF files, read-only, while they are being loaded. */
#define BF_EXT_FILE_STRIDE BF_U64(0x1000000) /* Distance of two files; a file has at most EXT_CODE_BYTES. */
#define BF_EXT_POLICY_BASE BF_U64(0x340000000) /* Their policies, behind the files: ExtensionPolicy of each, read-only. */
#define BF_EXT_MEMORY_BASE BF_U64(0x400000000) /* Linear memory of an extension (in TypeScript this processor's instance), 8 GiB window. */
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
#define BF_PP_TCB BF_U32(0x14000) /* The kernel's own mapping of the active extension's TCB on this processor. */
#define BF_PP_ARGS BF_U32(0x15000) /* BootArgs, written by the loader. */
#define BF_PP_STATE BF_U32(0x16000) /* SavedState, written by the loader. */
#define BF_PP_STATE_BYTES BF_U32(0x1000)
#define BF_PP_STATISTICS BF_U32(0x17000) /* One page of u64 counters: exits by reason, then system calls by number. */
#define BF_PP_ENTRY BF_U32(0x19000) /* EntryArea, where the kernel is isolated. Above every stack of the kernel's: entry.S tells them apart. */
#define BF_PP_APIC BF_U32(0x1c000) /* The local APIC's registers, where this processor sends NMIs. */
#define BF_PP_IDT BF_U32(0x1e000) /* The IDT, one page that all processors share. */
#define BF_PP_GDT BF_U32(0x20000) /* GDT. After a VM exit its limit is 0xFFFF on Intel: nothing else may be mapped for 64 KiB. */
#define BF_PP_TSS BF_U32(0x31000) /* TSS at the page's end, the running extension's I/O permission bitmap in the pages behind. */
#define BF_PP_WINDOW BF_U32(0x3c000) /* A page of memory that is not the hypervisor's, while it is copied from or to. */
#define BF_PP_SEATS BF_U32(0x40000) /* Seats of all extensions, when there are several. */
#define BF_PP_SEAT_STRIDE BF_U32(0x400)

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
#define BF_BOOT_ARGS_REPORT_PHYS BF_U32(0x40) /* u64: This processor's BootReport, which is the operating system's memory. */
#define BF_BOOT_ARGS_EXT_BYTES BF_U32(0x48) /* u64[64]: Sizes of the extensions' files; file n lies at EXT_FILE_BASE + n * EXT_FILE_STRIDE. */
#define BF_BOOT_ARGS_ARENA_PHYS BF_U32(0x248) /* u64[64]: Physically contiguous chunks that belong to the hypervisor, page aligned, all in the direct map. */
#define BF_BOOT_ARGS_ARENA_BYTES BF_U32(0x448) /* u64[64]: Their sizes. */
#define BF_BOOT_ARGS_ARENA_USED BF_U32(0x648) /* u64[64]: Bytes at each chunk's start that the loader uses itself; the rest is the kernel's pool. */
#define BF_BOOT_ARGS_POLICY_BYTES BF_U32(0x848) /* u64: ExtensionPolicy of every extension, at EXT_POLICY_BASE; 0: none, then every call is allowed. */
#define BF_BOOT_ARGS_DEBUG_LEVEL BF_U32(0x850) /* u32: 0 errors, 1 life cycle, 2 every exit. */
#define BF_BOOT_ARGS_MITIGATIONS BF_U32(0x854) /* u32: MITIGATION_* that this processor needs; docs/security.md says against what. */
#define BF_BOOT_ARGS_WATCH_TICKS BF_U32(0x858) /* u64: Ticks of the time stamp counter that a processor may spend without running a VM; 0: nobody watches. */
#define BF_BOOT_ARGS_EXCHANGE_PHYS BF_U32(0x860) /* u64: MemoryExchange, a page; 0: memory neither comes nor goes while the hypervisor runs. */
#define BF_BOOT_ARGS_HOST_SPEC_CTRL BF_U32(0x868) /* u64: SPEC_CTRL in host mode, with MITIGATION_SPEC_CTRL. */
#define BF_BOOT_ARGS_BYTES BF_U32(0x870) /* Size of the structure. */
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
    uint64_t report_phys;
    uint64_t ext_bytes[64];
    uint64_t arena_phys[64];
    uint64_t arena_bytes[64];
    uint64_t arena_used[64];
    uint64_t policy_bytes;
    uint32_t debug_level;
    uint32_t mitigations;
    uint64_t watch_ticks;
    uint64_t exchange_phys;
    uint64_t host_spec_ctrl;
};
_Static_assert(sizeof(struct bf_boot_args) == 2160, "size of bf_boot_args");
#endif

/* What the kernel tells the loader on one processor */
#define BF_BOOT_REPORT_PHASE BF_U32(0x0) /* u32: PHASE_*. */
#define BF_BOOT_REPORT_STATUS BF_U32(0x4) /* u32: BOOT_*. */
#define BF_BOOT_REPORT_DETAIL BF_U32(0x8) /* u64: Depends on status. */
#define BF_BOOT_REPORT_WATCHING BF_U32(0x10) /* u32: 1 while the processor is watched and without a VM: an NMI reaches the kernel. */
#define BF_BOOT_REPORT_KICK BF_U32(0x14) /* u32: 1, written by the loader: an NMI for the kernel is on its way. The kernel makes it 0 when it has taken that. */
#define BF_BOOT_REPORT_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_boot_report {
    uint32_t phase;
    uint32_t status;
    uint64_t detail;
    uint32_t watching;
    uint32_t kick;
};
_Static_assert(sizeof(struct bf_boot_report) == 24, "size of bf_boot_report");
#endif

/* BootReport.status: why the kernel gave a processor back */
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
#define BF_BOOT_NO_VMX_OPERATION BF_U32(0xd) /* Intel: the processor refused VMXON. */
#define BF_BOOT_EXT_OVERDUE BF_U32(0xe) /* The extension kept the processor for longer than the watchdog allows. */

/* Linear memory that an extension asks for, in TypeScript for its variables, otherwise for its heap */
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

/* What a manifest says about an extension */
#define BF_EXTENSION_POLICY_NAME BF_U32(0x0) /* u8[32]: Zero padded; what message_find looks for. */
#define BF_EXTENSION_POLICY_DENIED BF_U32(0x20) /* u32[16]: Bit n of word g: call n of group g is denied. */
#define BF_EXTENSION_POLICY_FLAGS BF_U32(0x60) /* u32: POLICY_*. */
#define BF_EXTENSION_POLICY_MSR_COUNT BF_U32(0x64) /* u32: Entries of msrFirst, msrLast and msrRights. */
#define BF_EXTENSION_POLICY_MSR_FIRST BF_U32(0x68) /* u32[32]: First MSR of a range. */
#define BF_EXTENSION_POLICY_MSR_LAST BF_U32(0xe8) /* u32[32]: Last MSR of it. */
#define BF_EXTENSION_POLICY_MSR_RIGHTS BF_U32(0x168) /* u32[32]: MSR_RIGHT_*. */
#define BF_EXTENSION_POLICY_PORT_COUNT BF_U32(0x1e8) /* u32: Entries of portFirst and portLast. */
#define BF_EXTENSION_POLICY_PORT_FIRST BF_U32(0x1ec) /* u32[32]: First port of a range. */
#define BF_EXTENSION_POLICY_PORT_LAST BF_U32(0x26c) /* u32[32]: Last port of it. */
#define BF_EXTENSION_POLICY_RESERVED BF_U32(0x2ec) /* u32. */
#define BF_EXTENSION_POLICY_QUOTA BF_U32(0x2f0) /* u32[4]: The most that it may have of each QUOTA_* at one time; 0: as much as there is. */
#define BF_EXTENSION_POLICY_BYTES BF_U32(0x300) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_extension_policy {
    uint8_t name[32];
    uint32_t denied[16];
    uint32_t flags;
    uint32_t msr_count;
    uint32_t msr_first[32];
    uint32_t msr_last[32];
    uint32_t msr_rights[32];
    uint32_t port_count;
    uint32_t port_first[32];
    uint32_t port_last[32];
    uint32_t reserved;
    uint32_t quota[4];
};
_Static_assert(sizeof(struct bf_extension_policy) == 768, "size of bf_extension_policy");
#endif

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
#define BF_CPU_FEATURE_PCID BF_U32(0x80)

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

/* BootArgs.mitigations: what is done against speculation */
#define BF_MITIGATION_SPEC_CTRL BF_U32(0x1) /* Host mode has a value of its own in SPEC_CTRL, and each VS one, which change hands. */
#define BF_MITIGATION_VIRTUAL_SPEC_CTRL BF_U32(0x2) /* AMD: the VMCB has the VS's, and the processor changes hands. */
#define BF_MITIGATION_AUTOMATIC_IBRS BF_U32(0x4) /* AMD: EFER.AIBRSE is set in host mode. */
#define BF_MITIGATION_EXIT_BARRIER BF_U32(0x8) /* IBPB behind each VM exit. */
#define BF_MITIGATION_CALL_BARRIER BF_U32(0x10) /* IBPB when an extension calls or faults. */
#define BF_MITIGATION_CALL_IBRS BF_U32(0x20) /* IBRS is written anew when an extension calls or faults. */
#define BF_MITIGATION_SWITCH_BARRIER BF_U32(0x40) /* IBPB when another extension or another VM runs. */
#define BF_MITIGATION_RETURN_STACK BF_U32(0x80) /* The return stack is filled behind each VM exit. */
#define BF_MITIGATION_CLEAR_BUFFERS BF_U32(0x100) /* VERW before an extension and before a VM runs. */
#define BF_MITIGATION_FLUSH_L1D BF_U32(0x200) /* The first level data cache is flushed before a VM runs. */
#define BF_MITIGATION_GUEST_BARRIER BF_U32(0x400) /* IBPB behind each exit of a VM that is not the root VM. */
#define BF_MITIGATION_SERVICE_BARRIER BF_U32(0x800) /* IBPB when an extension that does not own the root VM calls or faults. */
#define BF_MITIGATION_ISOLATE_KERNEL BF_U32(0x10000) /* While an extension runs, nothing of the kernel is mapped but what entries need. When it is asked for. */

/* ExtensionPolicy.msrRights */
#define BF_MSR_RIGHT_READ BF_U32(0x1)
#define BF_MSR_RIGHT_WRITE BF_U32(0x2)

/* ELF notes, owner "Bareflank" */
#define BF_NOTE_KERNEL BF_U32(0x1) /* Descriptor: u64 BOOT_VERSION. Only a kernel image has it. */
#define BF_NOTE_EXTENSION_MEMORY BF_U32(0x2) /* Descriptor: ExtensionMemory. Only a TypeScript extension has it. */
#define BF_NOTE_EXTENSION_SETTINGS BF_U32(0x3) /* Descriptor: ExtensionSettings. An extension that can be given settings has it. */
#define BF_NOTE_RELOCATIONS BF_U32(0x5) /* Descriptor: Relocations. A kernel image that can be put elsewhere in its windows has it; toolchain/src/relocations.ts. */
#define BF_NOTE_EXTENSION_VERSIONS BF_U32(0x4) /* Descriptor: u32 SPEC_VERSION_* that the extension knows. Without it: SPEC_VERSION_1. */

/* BootReport.phase: how far a processor has come */
#define BF_PHASE_NONE BF_U32(0x0)
#define BF_PHASE_KERNEL BF_U32(0x1) /* In the microkernel's own start. */
#define BF_PHASE_START BF_U32(0x2) /* In the extension's _start. */
#define BF_PHASE_BOOTSTRAP BF_U32(0x3) /* In the extension's bootstrap callback. */
#define BF_PHASE_RUNNING BF_U32(0x4) /* The operating system runs as a VM. */
#define BF_PHASE_STOPPED BF_U32(0x5) /* The operating system has its processor back. */
#define BF_PHASE_HALTED BF_U32(0x6) /* The microkernel halted this processor; the ring says why. */

/* ExtensionPolicy.flags */
#define BF_POLICY_MSRS BF_U32(0x1) /* MSRs outside the ranges are denied. */
#define BF_POLICY_PORTS BF_U32(0x2) /* Ports outside the ranges are denied. */
#define BF_POLICY_VERSION_2 BF_U32(0x4) /* It may open version 2 of the interface, and no other. */

/* ExtensionPolicy.quota */
#define BF_QUOTA_VMS BF_U32(0x0) /* VMs that it has made. */
#define BF_QUOTA_VPS BF_U32(0x1) /* VPs. */
#define BF_QUOTA_VSS BF_U32(0x2) /* VSs. */
#define BF_QUOTA_PAGES BF_U32(0x3) /* Pages that it was given by alloc_page, alloc_huge and memory_grow. */

/* A word of a kernel image's table of relocations */
#define BF_RELOCATION_DISTANCE BF_U32(0x3fff) /* Bytes from the last one, from the image's base the first time. All ones: nothing is there. */
#define BF_RELOCATION_OTHER BF_U32(0x4000) /* In the image 64 bits, otherwise 32. In the linear memory relative to the instruction. */
#define BF_RELOCATION_MEMORY BF_U32(0x8000) /* It is an address of the linear memory, otherwise of the image. */

/* Where a kernel image names its own addresses */
#define BF_RELOCATIONS_OFFSET BF_U32(0x0) /* u32: Of the table in the file: words of 16 bits, RELOCATION_*. */
#define BF_RELOCATIONS_COUNT BF_U32(0x4) /* u32: Its words. */
#define BF_RELOCATIONS_BYTES BF_U32(0x8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_relocations {
    uint32_t offset;
    uint32_t count;
};
_Static_assert(sizeof(struct bf_relocations) == 8, "size of bf_relocations");
#endif

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
#define BF_SAVED_STATE_HOST_DEBUGCTL BF_U32(0x30) /* u64: DEBUGCTL to enter host mode with: on Intel 0, for the tables of its records are not mapped there. */
#define BF_SAVED_STATE_PHYSICAL BF_U32(0x38) /* u64: This structure's physical address. */
#define BF_SAVED_STATE_RAX BF_U32(0x40) /* u64. */
#define BF_SAVED_STATE_RBX BF_U32(0x48) /* u64. */
#define BF_SAVED_STATE_RCX BF_U32(0x50) /* u64. */
#define BF_SAVED_STATE_RDX BF_U32(0x58) /* u64. */
#define BF_SAVED_STATE_RBP BF_U32(0x60) /* u64. */
#define BF_SAVED_STATE_RSI BF_U32(0x68) /* u64. */
#define BF_SAVED_STATE_RDI BF_U32(0x70) /* u64. */
#define BF_SAVED_STATE_R8 BF_U32(0x78) /* u64. */
#define BF_SAVED_STATE_R9 BF_U32(0x80) /* u64. */
#define BF_SAVED_STATE_R10 BF_U32(0x88) /* u64. */
#define BF_SAVED_STATE_R11 BF_U32(0x90) /* u64. */
#define BF_SAVED_STATE_R12 BF_U32(0x98) /* u64. */
#define BF_SAVED_STATE_R13 BF_U32(0xa0) /* u64. */
#define BF_SAVED_STATE_R14 BF_U32(0xa8) /* u64. */
#define BF_SAVED_STATE_R15 BF_U32(0xb0) /* u64. */
#define BF_SAVED_STATE_RIP BF_U32(0xb8) /* u64. */
#define BF_SAVED_STATE_RSP BF_U32(0xc0) /* u64. */
#define BF_SAVED_STATE_RFLAGS BF_U32(0xc8) /* u64. */
#define BF_SAVED_STATE_CR0 BF_U32(0xd0) /* u64. */
#define BF_SAVED_STATE_CR2 BF_U32(0xd8) /* u64. */
#define BF_SAVED_STATE_CR3 BF_U32(0xe0) /* u64. */
#define BF_SAVED_STATE_CR4 BF_U32(0xe8) /* u64. */
#define BF_SAVED_STATE_CR8 BF_U32(0xf0) /* u64. */
#define BF_SAVED_STATE_XCR0 BF_U32(0xf8) /* u64. */
#define BF_SAVED_STATE_DR0 BF_U32(0x100) /* u64. */
#define BF_SAVED_STATE_DR1 BF_U32(0x108) /* u64. */
#define BF_SAVED_STATE_DR2 BF_U32(0x110) /* u64. */
#define BF_SAVED_STATE_DR3 BF_U32(0x118) /* u64. */
#define BF_SAVED_STATE_DR6 BF_U32(0x120) /* u64. */
#define BF_SAVED_STATE_DR7 BF_U32(0x128) /* u64. */
#define BF_SAVED_STATE_EFER BF_U32(0x130) /* u64. */
#define BF_SAVED_STATE_STAR BF_U32(0x138) /* u64. */
#define BF_SAVED_STATE_LSTAR BF_U32(0x140) /* u64. */
#define BF_SAVED_STATE_CSTAR BF_U32(0x148) /* u64. */
#define BF_SAVED_STATE_SFMASK BF_U32(0x150) /* u64. */
#define BF_SAVED_STATE_KERNEL_GS_BASE BF_U32(0x158) /* u64. */
#define BF_SAVED_STATE_SYSENTER_CS BF_U32(0x160) /* u64. */
#define BF_SAVED_STATE_SYSENTER_ESP BF_U32(0x168) /* u64. */
#define BF_SAVED_STATE_SYSENTER_EIP BF_U32(0x170) /* u64. */
#define BF_SAVED_STATE_PAT BF_U32(0x178) /* u64. */
#define BF_SAVED_STATE_DEBUGCTL BF_U32(0x180) /* u64. */
#define BF_SAVED_STATE_HSAVE_PA BF_U32(0x188) /* u64: AMD: VM_HSAVE_PA. */
#define BF_SAVED_STATE_GDTR_BASE BF_U32(0x190) /* u64. */
#define BF_SAVED_STATE_IDTR_BASE BF_U32(0x198) /* u64. */
#define BF_SAVED_STATE_GDTR_LIMIT BF_U32(0x1a0) /* u32. */
#define BF_SAVED_STATE_IDTR_LIMIT BF_U32(0x1a4) /* u32. */
#define BF_SAVED_STATE_ES_SELECTOR BF_U32(0x1a8) /* u16. */
#define BF_SAVED_STATE_ES_ATTRIB BF_U32(0x1aa) /* u16: Descriptor bits 55:52 and 47:40 as the VMCB holds them (APM 2, 15.5.1); 0 for a null selector. */
#define BF_SAVED_STATE_ES_LIMIT BF_U32(0x1ac) /* u32: In bytes, granularity applied. */
#define BF_SAVED_STATE_ES_BASE BF_U32(0x1b0) /* u64. */
#define BF_SAVED_STATE_CS_SELECTOR BF_U32(0x1b8) /* u16. */
#define BF_SAVED_STATE_CS_ATTRIB BF_U32(0x1ba) /* u16. */
#define BF_SAVED_STATE_CS_LIMIT BF_U32(0x1bc) /* u32. */
#define BF_SAVED_STATE_CS_BASE BF_U32(0x1c0) /* u64. */
#define BF_SAVED_STATE_SS_SELECTOR BF_U32(0x1c8) /* u16. */
#define BF_SAVED_STATE_SS_ATTRIB BF_U32(0x1ca) /* u16. */
#define BF_SAVED_STATE_SS_LIMIT BF_U32(0x1cc) /* u32. */
#define BF_SAVED_STATE_SS_BASE BF_U32(0x1d0) /* u64. */
#define BF_SAVED_STATE_DS_SELECTOR BF_U32(0x1d8) /* u16. */
#define BF_SAVED_STATE_DS_ATTRIB BF_U32(0x1da) /* u16. */
#define BF_SAVED_STATE_DS_LIMIT BF_U32(0x1dc) /* u32. */
#define BF_SAVED_STATE_DS_BASE BF_U32(0x1e0) /* u64. */
#define BF_SAVED_STATE_FS_SELECTOR BF_U32(0x1e8) /* u16. */
#define BF_SAVED_STATE_FS_ATTRIB BF_U32(0x1ea) /* u16. */
#define BF_SAVED_STATE_FS_LIMIT BF_U32(0x1ec) /* u32. */
#define BF_SAVED_STATE_FS_BASE BF_U32(0x1f0) /* u64. */
#define BF_SAVED_STATE_GS_SELECTOR BF_U32(0x1f8) /* u16. */
#define BF_SAVED_STATE_GS_ATTRIB BF_U32(0x1fa) /* u16. */
#define BF_SAVED_STATE_GS_LIMIT BF_U32(0x1fc) /* u32. */
#define BF_SAVED_STATE_GS_BASE BF_U32(0x200) /* u64. */
#define BF_SAVED_STATE_LDTR_SELECTOR BF_U32(0x208) /* u16. */
#define BF_SAVED_STATE_LDTR_ATTRIB BF_U32(0x20a) /* u16. */
#define BF_SAVED_STATE_LDTR_LIMIT BF_U32(0x20c) /* u32. */
#define BF_SAVED_STATE_LDTR_BASE BF_U32(0x210) /* u64. */
#define BF_SAVED_STATE_TR_SELECTOR BF_U32(0x218) /* u16. */
#define BF_SAVED_STATE_TR_ATTRIB BF_U32(0x21a) /* u16. */
#define BF_SAVED_STATE_TR_LIMIT BF_U32(0x21c) /* u32. */
#define BF_SAVED_STATE_TR_BASE BF_U32(0x220) /* u64. */
#define BF_SAVED_STATE_HANDOFF_NMIS BF_U32(0x228) /* u32: Intel: NMIs that came while the hand-off code had the processor. Kernel or operating system takes each, once. */
#define BF_SAVED_STATE_RESERVED BF_U32(0x22c) /* u32. */
#define BF_SAVED_STATE_BYTES BF_U32(0x230) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_saved_state {
    uint64_t os_address;
    uint64_t host_cr4;
    uint64_t transition_cr3;
    uint64_t host_cr3;
    uint64_t kernel_entry;
    uint64_t host_efer;
    uint64_t host_debugctl;
    uint64_t physical;
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
_Static_assert(sizeof(struct bf_saved_state) == 560, "size of bf_saved_state");
#endif

/* BootArgs.vendor */
#define BF_VENDOR_AMD BF_U32(0x1)
#define BF_VENDOR_INTEL BF_U32(0x2)

/* Versions that must match between kernel image, loader and bfm */
#define BF_BOOT_MAGIC BF_U64(0x4c454e52454b4642) /* "BFKERNEL", little endian. */
#define BF_BOOT_VERSION BF_U64(0x7) /* Version of BootArgs, SavedState and StartRecord; the kernel's ELF note carries the one it was built for. */

/* Hypervisor CPUID leaves */
#define BF_CPUID_HYPERVISOR_BASE BF_U32(0x40000000) /* EAX: highest leaf. EBX, ECX, EDX: CPUID_SIGNATURE_*. */
#define BF_CPUID_HYPERVISOR_LAST BF_U32(0x400000ff) /* Last leaf that the default extension answers itself. */
#define BF_CPUID_HYPERVISOR_MAX BF_U32(0x40000001) /* Highest leaf reported in CPUID_HYPERVISOR_BASE. */
#define BF_CPUID_SIGNATURE_EBX BF_U32(0x65726142) /* "Bare" */
#define BF_CPUID_SIGNATURE_ECX BF_U32(0x6e616c66) /* "flan" */
#define BF_CPUID_SIGNATURE_EDX BF_U32(0x53546b) /* "kTS" */
#define BF_CPUID_INTERFACE_EAX BF_U32(0x31236642) /* Leaf 0x40000001: "Bf#1". */
#define BF_CPUID_INTERFACE_HYPERCALLS BF_U32(0x1) /* Leaf 0x40000001, EBX: the extension takes hypercalls (VMMCALL). */
#define BF_CPUID_INTERFACE_INIT_SIPI BF_U32(0x2) /* The same: the extension virtualizes INIT and SIPI, so an operating system can start processors in the root VM. */
#define BF_CPUID_CONTROL BF_U32(0x400000ff) /* The control leaf; ECX is the command, EAX the answer (0 done, 1 refused, 2 not while guests live). Ring 0 only. */
#define BF_CPUID_CONTROL_STOP BF_U32(0xbf000000) /* Give this processor back to the operating system. */
#define BF_CPUID_CONTROL_REPORT_ON BF_U32(0xbf000001) /* Write to the debug ring that this processor is in a VM now. */
#define BF_CPUID_CONTROL_REPORT_OFF BF_U32(0xbf000002) /* Write to the debug ring that this processor is about to leave. */
#define BF_CPUID_CONTROL_STOP_ANYWAY BF_U32(0xbf000003) /* As STOP, whatever guest VMs live: the operating system ends. Whoever never answers GUESTS is not asked. */
#define BF_CPUID_CONTROL_DONE BF_U32(0x0)
#define BF_CPUID_CONTROL_REFUSED BF_U32(0x1)
#define BF_CPUID_CONTROL_GUESTS BF_U32(0x2) /* To STOP: not while guest VMs live. */

/* Hypercalls that the SDK answers: RAX */
#define BF_HYPERCALL_COUNTER BF_U64(0x4246000000000001) /* RBX: index. RAX: 0, RBX: the counter's value here, RCX, RDX, RSI, RDI: its name, zero padded; RAX: 1, there is none. */

/* Version of the driver's interface */
#define BF_DRIVER_VERSION BF_U64(0x7)

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
#define BF_ERROR_TIMEOUT BF_U32(0xf) /* The extension did not return and the operation was interrupted: cpu and phase. */
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
#define BF_ERROR_NOBODY_WATCHES BF_U32(0x2b) /* One processor, and no performance counter that could watch it. */
#define BF_ERROR_NO_CLOCK BF_U32(0x2c) /* The operating system does not know the rate of the time stamp counter. */
#define BF_ERROR_MEMORY_LIMIT BF_U32(0x2d) /* The start takes more memory than it may; detail: bytes that it takes. */
#define BF_ERROR_GROWTH_LIMIT BF_U32(0x2e) /* The hypervisor may not grow further; detail: bytes that were to be given. */
#define BF_ERROR_CHUNK_REFUSED BF_U32(0x2f) /* The microkernel refused a chunk; detail: GIVE_*. */
#define BF_ERROR_STARTED_BEFORE BF_U32(0x30) /* A hypervisor runs that UEFI has started: nothing else is loaded or started before it is stopped. */
#define BF_ERROR_FOREIGN_HYPERVISOR BF_U32(0x31) /* The operating system runs in a hypervisor of another release; detail: its BOOT_VERSION. */
#define BF_ERROR_CPU_OFFLINE BF_U32(0x32) /* A processor of the hypervisor's is offline in the operating system; detail: the hypervisor's number of it. */
#define BF_ERROR_ADOPTION_REFUSED BF_U32(0x33) /* The microkernel does not let its stop end in this driver; detail: ADOPT_* or DOOR_UNKNOWN. */
#define BF_ERROR_STOP_GUESTS BF_U32(0x34) /* The extension does not give the processor back while its guest VMs live. */
#define BF_ERROR_STOP_MISMATCH BF_U32(0x15) /* A start or a stop has changed a register of the operating system's; detail: its offset in SavedState. */

/* StatusArgs.exposures: what speculation still lets out */
#define BF_EXPOSED_BRANCHES BF_U32(0x1) /* Nothing keeps branches from what others have trained, or microcode is missing for it. */
#define BF_EXPOSED_BUFFERS BF_U32(0x2) /* Buffers in the processor are not cleared (MDS, TAA, MMIO, RFDS, TSA). */
#define BF_EXPOSED_L1D BF_U32(0x4) /* The first level data cache is not flushed for VMs (L1TF). */
#define BF_EXPOSED_KERNEL_MEMORY BF_U32(0x8) /* Extensions read what is mapped for the microkernel alone (Meltdown). */
#define BF_EXPOSED_VECTOR_REGISTERS BF_U32(0x10) /* Extensions read x87 and vector registers that are others' (lazy switching). */
#define BF_EXPOSED_SIBLINGS BF_U32(0x20) /* A core runs two threads, and what one clears the other one can fill. */
#define BF_EXPOSED_ROOT_BRANCHES BF_U32(0x40) /* What runs in the root VM may lead its extension by branches that it has trained, and the microkernel on AMD to Zen 4. */

/* ioctl numbers of /dev/bareflank (type 0xBF, read and write) */
#define BF_IOCTL_LOAD BF_U32(0xc448bf01)
#define BF_IOCTL_UNLOAD BF_U32(0xc038bf02)
#define BF_IOCTL_START BF_U32(0xc038bf03)
#define BF_IOCTL_STOP BF_U32(0xc038bf04)
#define BF_IOCTL_STATUS BF_U32(0xc458bf05)
#define BF_IOCTL_DUMP BF_U32(0xc038bf06)
#define BF_IOCTL_VMCALL BF_U32(0xc068bf07)
#define BF_IOCTL_MEMORY BF_U32(0xc040bf08)

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
#define BF_LOAD_ARGS_EXT_ADDRESS BF_U32(0x38) /* u64[64]. */
#define BF_LOAD_ARGS_EXT_BYTES BF_U32(0x238) /* u64[64]. */
#define BF_LOAD_ARGS_POLICY_ADDRESS BF_U32(0x438) /* u64: ExtensionPolicy of each extension, in their order. */
#define BF_LOAD_ARGS_POLICY_BYTES BF_U32(0x440) /* u64: 0: no manifest, then every extension may make every call. */
#define BF_LOAD_ARGS_BYTES BF_U32(0x448) /* Size of the structure. */
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
    uint64_t ext_address[64];
    uint64_t ext_bytes[64];
    uint64_t policy_address;
    uint64_t policy_bytes;
};
_Static_assert(sizeof(struct bf_load_args) == 1096, "size of bf_load_args");
#endif

/* Argument of IOCTL_MEMORY */
#define BF_MEMORY_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_MEMORY_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_MEMORY_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_MEMORY_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_MEMORY_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_MEMORY_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_MEMORY_ARGS_BUFFER_ADDRESS BF_U32(0x20) /* u64: Gets a MemoryExchange, reported just now, and a MemoryLoans behind it. */
#define BF_MEMORY_ARGS_BUFFER_BYTES BF_U32(0x28) /* u64. */
#define BF_MEMORY_ARGS_DONATE_BYTES BF_U32(0x30) /* u64: Give the microkernel so much before, asked or not: a power of two, CHUNK_LEAST_BYTES at least; 0: nothing. */
#define BF_MEMORY_ARGS_RESERVED BF_U32(0x38) /* u64. */
#define BF_MEMORY_ARGS_BYTES BF_U32(0x40) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_memory_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
    uint64_t buffer_address;
    uint64_t buffer_bytes;
    uint64_t donate_bytes;
    uint64_t reserved;
};
_Static_assert(sizeof(struct bf_memory_args) == 64, "size of bf_memory_args");
#endif

/* What happens to the hypervisor's memory */
#define BF_MOST_MEMORY_EVENTS BF_U32(0x20) /* Entries of MemoryLoans.eventKind. */
#define BF_MEMORY_EVENT_ASKED BF_U32(0x1) /* The microkernel asked for memory. */
#define BF_MEMORY_EVENT_GIVEN BF_U32(0x2) /* A chunk was given. */
#define BF_MEMORY_EVENT_RETURNED BF_U32(0x3) /* A chunk came back. */
#define BF_MEMORY_EVENT_NO_MEMORY BF_U32(0x4) /* The operating system has no memory to give. */
#define BF_MEMORY_EVENT_LIMIT BF_U32(0x5) /* It may not grow further. */
#define BF_MEMORY_EVENT_REFUSED BF_U32(0x6) /* The microkernel refused a chunk. */

/* What the driver knows of the hypervisor's memory */
#define BF_MEMORY_LOANS_START_BYTES BF_U32(0x0) /* u64: All that the hypervisor held when it had started. */
#define BF_MEMORY_LOANS_HELD_BYTES BF_U32(0x8) /* u64: All that it holds now. */
#define BF_MEMORY_LOANS_MOST_BYTES BF_U32(0x10) /* u64: What it may grow to. */
#define BF_MEMORY_LOANS_LENT_CHUNKS BF_U32(0x18) /* u32[12]: Chunks that came since, by order: 2^order pages. Runs are not among them. */
#define BF_MEMORY_LOANS_EVENTS BF_U32(0x48) /* u64: Events since the start; number n is in slot n % MOST_MEMORY_EVENTS. */
#define BF_MEMORY_LOANS_EVENT_TIME BF_U32(0x50) /* u64[32]: Nanoseconds since 1970. */
#define BF_MEMORY_LOANS_EVENT_BYTES BF_U32(0x150) /* u64[32]: Bytes that it is about. */
#define BF_MEMORY_LOANS_EVENT_KIND BF_U32(0x250) /* u32[32]: MEMORY_EVENT_*. */
#define BF_MEMORY_LOANS_EVENT_DETAIL BF_U32(0x2d0) /* u32[32]: GIVE_* of what was refused by the microkernel. */
#define BF_MEMORY_LOANS_BYTES BF_U32(0x350) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_memory_loans {
    uint64_t start_bytes;
    uint64_t held_bytes;
    uint64_t most_bytes;
    uint32_t lent_chunks[12];
    uint64_t events;
    uint64_t event_time[32];
    uint64_t event_bytes[32];
    uint32_t event_kind[32];
    uint32_t event_detail[32];
};
_Static_assert(sizeof(struct bf_memory_loans) == 848, "size of bf_memory_loans");
#endif

/* Argument of IOCTL_UNLOAD, IOCTL_START, IOCTL_STOP */
#define BF_OPERATION_ARGS_VERSION BF_U32(0x0) /* u64: DRIVER_VERSION; the driver writes its own back. */
#define BF_OPERATION_ARGS_ERROR BF_U32(0x8) /* u32: ERROR_*: what went wrong; 0 when all went well. */
#define BF_OPERATION_ARGS_CPU BF_U32(0xc) /* u32: Processor that it happened on, or 0xFFFFFFFF. */
#define BF_OPERATION_ARGS_PHASE BF_U32(0x10) /* u32: PHASE_* that this processor had reached. */
#define BF_OPERATION_ARGS_FILE BF_U32(0x14) /* u32: 0: the kernel image; n: extension n. */
#define BF_OPERATION_ARGS_DETAIL BF_U32(0x18) /* u64: Depends on the error: ELF error, boot status << 32 | its detail, or bytes. */
#define BF_OPERATION_ARGS_FLAGS BF_U32(0x20) /* u32: OPERATION_*; of a start. */
#define BF_OPERATION_ARGS_WATCHDOG_MS BF_U32(0x24) /* u32: Of a start: milliseconds after which an extension is taken off a processor; 0: never. */
#define BF_OPERATION_ARGS_LEAST_BYTES BF_U32(0x28) /* u64: Of a start: memory that the hypervisor begins with; 0: what it needs. */
#define BF_OPERATION_ARGS_MOST_BYTES BF_U32(0x30) /* u64: Of a start: memory that it may grow to; 0: a quarter of what there is. */
#define BF_OPERATION_ARGS_BYTES BF_U32(0x38) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_operation_args {
    uint64_t version;
    uint32_t error;
    uint32_t cpu;
    uint32_t phase;
    uint32_t file;
    uint64_t detail;
    uint32_t flags;
    uint32_t watchdog_ms;
    uint64_t least_bytes;
    uint64_t most_bytes;
};
_Static_assert(sizeof(struct bf_operation_args) == 56, "size of bf_operation_args");
#endif

/* OperationArgs.flags */
#define BF_OPERATION_ONCE BF_U32(0x1) /* When the operating system's sleep or a change of its processors ends what is started, it stays so. */
#define BF_OPERATION_NO_MITIGATIONS BF_U32(0x2) /* Nothing is done against speculation. */
#define BF_OPERATION_NO_SLIDE BF_U32(0x4) /* The microkernel lies where it was linked, and not at a random place. */
#define BF_OPERATION_ALL_MITIGATIONS BF_U32(0x8) /* The root VM and its extension are kept apart from the microkernel like all others. */
#define BF_OPERATION_ISOLATE_KERNEL BF_U32(0x10) /* While an extension runs, nothing of the microkernel is mapped but what entries need. */

/* What a loader leaves about what it has started */
#define BF_START_RECORD_MEMORY_BYTES BF_U32(0x0) /* u64: Memory that the hypervisor holds. */
#define BF_START_RECORD_EXT_COUNT BF_U32(0x8) /* u32: Extensions that are loaded, or run. */
#define BF_START_RECORD_WATCHDOG_MS BF_U32(0xc) /* u32: After how many milliseconds an extension is taken off a processor; 0: never. */
#define BF_START_RECORD_MITIGATIONS BF_U32(0x10) /* u32: On any of its processors: MITIGATION_*. */
#define BF_START_RECORD_EXPOSURES BF_U32(0x14) /* u32: The same: EXPOSED_*. */
#define BF_START_RECORD_IMAGE_SLIDE BF_U32(0x18) /* u64: How far the microkernel's image lies above where it was linked. */
#define BF_START_RECORD_MEMORY_SLIDE BF_U32(0x20) /* u64: The same of its linear memory. */
#define BF_START_RECORD_EXT_NAMES BF_U32(0x28) /* u8[832]: Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room. */
#define BF_START_RECORD_KERNEL_BUILD_ID BF_U32(0x368) /* u8[24]: First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded. */
#define BF_START_RECORD_BYTES BF_U32(0x380) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_start_record {
    uint64_t memory_bytes;
    uint32_t ext_count;
    uint32_t watchdog_ms;
    uint32_t mitigations;
    uint32_t exposures;
    uint64_t image_slide;
    uint64_t memory_slide;
    uint8_t ext_names[832];
    uint8_t kernel_build_id[24];
};
_Static_assert(sizeof(struct bf_start_record) == 896, "size of bf_start_record");
#endif

/* Where a StartRecord lies in the page of reports */
#define BF_START_RECORD_OFFSET BF_U32(0xc00) /* Behind as many reports as there can be. */

/* StatusArgs.startedBy: who has started what runs */
#define BF_STARTED_BY_DRIVER BF_U32(0x1)
#define BF_STARTED_BY_UEFI BF_U32(0x2) /* It was there before the driver: the operating system booted inside. */

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
#define BF_STATUS_ARGS_STARTED_BY BF_U32(0xd8) /* u32: Of what runs: STARTED_BY_*; 0: nothing runs. */
#define BF_STATUS_ARGS_RESERVED BF_U32(0xdc) /* u32. */
#define BF_STATUS_ARGS_EXT_COUNT BF_U32(0xe0) /* u32: Extensions that are loaded, or run. */
#define BF_STATUS_ARGS_WATCHDOG_MS BF_U32(0xe4) /* u32: After how many milliseconds an extension is taken off a processor; 0: never. */
#define BF_STATUS_ARGS_MITIGATIONS BF_U32(0xe8) /* u32: On any of its processors: MITIGATION_*. */
#define BF_STATUS_ARGS_EXPOSURES BF_U32(0xec) /* u32: The same: EXPOSED_*. */
#define BF_STATUS_ARGS_IMAGE_SLIDE BF_U32(0xf0) /* u64: How far the microkernel's image lies above where it was linked. */
#define BF_STATUS_ARGS_MEMORY_SLIDE BF_U32(0xf8) /* u64: The same of its linear memory. */
#define BF_STATUS_ARGS_EXT_NAMES BF_U32(0x100) /* u8[832]: Their names, one behind the other, each ended by a zero; a name may be empty. The last ones are missing where there is no room. */
#define BF_STATUS_ARGS_KERNEL_BUILD_ID BF_U32(0x440) /* u8[24]: First 20 bytes: the kernel's GNU build id; 0 when nothing is loaded. */
#define BF_STATUS_ARGS_BYTES BF_U32(0x458) /* Size of the structure. */
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
    uint32_t started_by;
    uint32_t reserved;
    uint32_t ext_count;
    uint32_t watchdog_ms;
    uint32_t mitigations;
    uint32_t exposures;
    uint64_t image_slide;
    uint64_t memory_slide;
    uint8_t ext_names[832];
    uint8_t kernel_build_id[24];
};
_Static_assert(sizeof(struct bf_status_args) == 1112, "size of bf_status_args");
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
#define BF_ACTION_EXCHANGE BF_U32(0x8) /* A message or a reply: save what functions preserve, and call enterExchange. */
#define BF_ACTION_RETURN_SAVED BF_U32(0x9) /* As ACTION_RETURN, with what functions preserve as the block has it. */
#define BF_ACTION_UPCALL_FRAME BF_U32(0xa) /* As ACTION_UPCALL, on Intel where the kernel is isolated. */
#define BF_ACTION_SERVE BF_U32(0x7) /* The system call is not the one that ends nearly every exit: call enterSyscall. */
#define BF_ACTION_IRET BF_U32(0x6) /* Return from an exception to the frame on the stack (changed by the exception table). */

/* PpBlock.context */
#define BF_CONTEXT_NONE BF_U32(0x0)
#define BF_CONTEXT_START BF_U32(0x1) /* _start */
#define BF_CONTEXT_BOOTSTRAP BF_U32(0x2) /* the bootstrap callback */
#define BF_CONTEXT_FIRST_VMEXIT BF_U32(0x3) /* the vmexit callback, before any exit was handled successfully */
#define BF_CONTEXT_VMEXIT BF_U32(0x4) /* the vmexit callback */
#define BF_CONTEXT_FAIL BF_U32(0x5) /* the fail callback */
#define BF_CONTEXT_MESSAGE BF_U32(0x6) /* the message callback */

/* What entries and exits need on ring 3's table */
#define BF_ENTRY_AREA_KERNEL_ROOT BF_U32(0x0) /* u64: CR3 of the kernel: the running extension's PpBlock.root. */
#define BF_ENTRY_AREA_USER_ROOT BF_U32(0x8) /* u64: CR3 of ring 3. Without ENTRY_KEEP, its translations are dropped when it is loaded next. */
#define BF_ENTRY_AREA_KEEP BF_U32(0x10) /* u64: What the exits set in userRoot when they have loaded it: ENTRY_KEEP or 0. */
#define BF_ENTRY_AREA_RSP BF_U32(0x18) /* u64: Ring 3's, while RSP moves CR3. */
#define BF_ENTRY_AREA_NMIS_OPEN BF_U32(0x20) /* u64: PpBlock.nmisOpen. */
#define BF_ENTRY_AREA_STACK BF_U32(0x28) /* u64[31]: Of exceptions in ring 3. Each stack ends at a multiple of 16 bytes. */
#define BF_ENTRY_AREA_STACK_OF BF_U32(0x120) /* u64: The top of the kernel's stack that this one stands for; the same below. */
#define BF_ENTRY_AREA_NMI_STACK BF_U32(0x128) /* u64[31]. */
#define BF_ENTRY_AREA_NMI_STACK_OF BF_U32(0x220) /* u64. */
#define BF_ENTRY_AREA_DOUBLE_FAULT_STACK BF_U32(0x228) /* u64[31]. */
#define BF_ENTRY_AREA_DOUBLE_FAULT_STACK_OF BF_U32(0x320) /* u64. */
#define BF_ENTRY_AREA_MACHINE_CHECK_STACK BF_U32(0x328) /* u64[31]. */
#define BF_ENTRY_AREA_MACHINE_CHECK_STACK_OF BF_U32(0x420) /* u64. */
#define BF_ENTRY_AREA_BYTES BF_U32(0x428) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_entry_area {
    uint64_t kernel_root;
    uint64_t user_root;
    uint64_t keep;
    uint64_t rsp;
    uint64_t nmis_open;
    uint64_t stack[31];
    uint64_t stack_of;
    uint64_t nmi_stack[31];
    uint64_t nmi_stack_of;
    uint64_t double_fault_stack[31];
    uint64_t double_fault_stack_of;
    uint64_t machine_check_stack[31];
    uint64_t machine_check_stack_of;
};
_Static_assert(sizeof(struct bf_entry_area) == 1064, "size of bf_entry_area");
#endif

/* EntryArea.userRoot */
#define BF_ENTRY_KEEP BF_U64(0x8000000000000000) /* CR3's bit 63: translations of the address space are kept. */
#define BF_ENTRY_SPACE BF_U64(0x1) /* The address space (PCID) of ring 3; the kernel's is 0. */

/* PpBlock.entryWork */
#define BF_ENTRY_LAUNCH BF_U32(0x1) /* The VMCS is clear: VMLAUNCH. */
#define BF_ENTRY_STATE BF_U32(0x2) /* CR2, DR6, STAR and FMASK are not the guest's. */
#define BF_ENTRY_REFUSED BF_U32(0x4) /* Set by the entry itself: VMLAUNCH or VMRESUME failed, nothing has run. */
#define BF_ENTRY_MITIGATED BF_U32(0x8) /* Always there while there are mitigations: each exit goes the way that looks. */

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

/* PpBlock.kick */
#define BF_KICK_WATCH BF_U32(0x1) /* The watchdog of another processor sends one. */
#define BF_KICK_CALL BF_U32(0x2) /* pp_kick sends one. */
#define BF_KICK_OWED BF_U32(0x4) /* AMD: the next one is left to the root VM, because it is the operating system's. No other is sent meanwhile. */
#define BF_KICK_AWAY BF_U32(0x8) /* The processor is not in host mode: none is sent. */

/* The kernel's per-processor block */
#define BF_PP_BLOCK_USER_RSP BF_U32(0x0) /* u64: Saved by the entry of a system call, like the next nine. */
#define BF_PP_BLOCK_USER_RIP BF_U32(0x8) /* u64. */
#define BF_PP_BLOCK_USER_RFLAGS BF_U32(0x10) /* u64. */
#define BF_PP_BLOCK_REG0 BF_U32(0x18) /* u64: RDI, and REG0 of the result. */
#define BF_PP_BLOCK_REG1 BF_U32(0x20) /* u64: RSI, and REG1 of the result. */
#define BF_PP_BLOCK_REG2 BF_U32(0x28) /* u64: RDX, and REG2 of the result. */
#define BF_PP_BLOCK_REG3 BF_U32(0x30) /* u64: R10, and REG3 of the result. */
#define BF_PP_BLOCK_REG4 BF_U32(0x38) /* u64: R8. */
#define BF_PP_BLOCK_REG5 BF_U32(0x40) /* u64: R9. */
#define BF_PP_BLOCK_STATUS BF_U32(0x48) /* u64: RAX of the result. */
#define BF_PP_BLOCK_USER_RBX BF_U32(0x50) /* u64: Saved with the five behind it while another extension runs. */
#define BF_PP_BLOCK_USER_RBP BF_U32(0x58) /* u64. */
#define BF_PP_BLOCK_USER_R12 BF_U32(0x60) /* u64. */
#define BF_PP_BLOCK_USER_R13 BF_U32(0x68) /* u64. */
#define BF_PP_BLOCK_USER_R14 BF_U32(0x70) /* u64. */
#define BF_PP_BLOCK_USER_R15 BF_U32(0x78) /* u64. */
#define BF_PP_BLOCK_UPCALL_RIP BF_U32(0x80) /* u64: Where ACTION_UPCALL enters ring 3. */
#define BF_PP_BLOCK_UPCALL_RSP BF_U32(0x88) /* u64. */
#define BF_PP_BLOCK_UPCALL_REG0 BF_U32(0x90) /* u64: RDI of the callback. */
#define BF_PP_BLOCK_UPCALL_REG1 BF_U32(0x98) /* u64: RSI of the callback. */
#define BF_PP_BLOCK_UPCALL_REG2 BF_U32(0xa0) /* u64: RDX of the callback. */
#define BF_PP_BLOCK_UPCALL_REG3 BF_U32(0xa8) /* u64: R10 of the callback. */
#define BF_PP_BLOCK_UPCALL_REG4 BF_U32(0xb0) /* u64: R8 of the callback. */
#define BF_PP_BLOCK_TCB_IDS0 BF_U32(0xb8) /* u64: extid, vmid, vpid and vsid as the TCB shows them. */
#define BF_PP_BLOCK_ROOT BF_U32(0xc0) /* u64: Physical address of its top-level page table on this processor. */
#define BF_PP_BLOCK_USER_ROOT BF_U32(0xc8) /* u64: The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same. */
#define BF_PP_BLOCK_TCB BF_U32(0xd0) /* u64: Physical address of its TCB on this processor. */
#define BF_PP_BLOCK_FPU BF_U32(0xd8) /* u64: Object that holds its x87 and vector registers while the processor does not. */
#define BF_PP_BLOCK_FAIL_FPU BF_U32(0xe0) /* u64: The same for its fail callback. */
#define BF_PP_BLOCK_SHOWN BF_U32(0xe8) /* u64: The entries, bit by bit, by which its table shows the direct map of `view`. */
#define BF_PP_BLOCK_MEMORY_PAGES BF_U32(0xf0) /* u64: Pages of its linear memory here, unless all processors share one. */
#define BF_PP_BLOCK_OVERDUE BF_U32(0xf8) /* u64: The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue. */
#define BF_PP_BLOCK_FAULT_FRAME BF_U32(0x100) /* u64[22]: Its registers at its last fault, as the entry of an exception pushes them. */
#define BF_PP_BLOCK_EXTENSION BF_U32(0x1b0) /* u32: Its linear address. */
#define BF_PP_BLOCK_ACTIVE_VS BF_U32(0x1b4) /* u32: Linear address of the VS that is active for it; 0: none. */
#define BF_PP_BLOCK_VIEW BF_U32(0x1b8) /* u32: Identifier of the VM whose direct map it sees; INVALID_ID: none. */
#define BF_PP_BLOCK_FAILED_CONTEXT BF_U32(0x1bc) /* u32: Context in which it failed, while context is CONTEXT_FAIL. */
#define BF_PP_BLOCK_FAILED_STATUS BF_U32(0x1c0) /* u32: Why it failed: BOOT_*, while context is CONTEXT_FAIL. */
#define BF_PP_BLOCK_FAILED_DETAIL BF_U32(0x1c4) /* u32: Its detail: the vector of a fault. */
#define BF_PP_BLOCK_PRESENCE BF_U32(0x1c8) /* u32: PRESENCE_*: whether it takes messages. */
#define BF_PP_BLOCK_CALLER BF_U32(0x1cc) /* u32: Linear address of the extension that waits for its reply; 0: none. */
#define BF_PP_BLOCK_CONTEXT BF_U32(0x1d0) /* u32: CONTEXT_*: what it is being asked to do. Last: see PpBlock.work. */
#define BF_PP_BLOCK_WORK BF_U32(0x1d4) /* u32: WORK_*: to be done before ring 3 or a guest is entered again. Behind context, so that one look tells of both. */
#define BF_PP_BLOCK_VMCB BF_U32(0x1d8) /* u64: Physical address of the loaded VS's VMCB. */
#define BF_PP_BLOCK_VMCB_VIRTUAL BF_U32(0x1e0) /* u64: The same in the direct map. */
#define BF_PP_BLOCK_HOST_VMCB BF_U32(0x1e8) /* u64: Physical address of the VMCB that holds the host's VMLOAD state. */
#define BF_PP_BLOCK_HOST_AREA BF_U32(0x1f0) /* u64: Physical address of what the processor keeps for itself: AMD's host save area, Intel's VMXON region. */
#define BF_PP_BLOCK_PPID BF_U32(0x1f8) /* u32. */
#define BF_PP_BLOCK_LOADED_VS BF_U32(0x1fc) /* u32: Linear address of the VS whose other registers the processor holds; 0: none. */
#define BF_PP_BLOCK_IN_USER BF_U32(0x200) /* u32: 1 while ring 3 runs or is about to: another processor that wants something must wait. */
#define BF_PP_BLOCK_CPUID_FAULTING BF_U32(0x204) /* u32: 1 when CPUID faulted in the operating system's programs as the processor came. */
#define BF_PP_BLOCK_NMIS_OPEN BF_U32(0x208) /* u32: AMD: 1 when NMIs come through while ring 3 runs; see entry.S. */
#define BF_PP_BLOCK_CAREFUL BF_U32(0x20c) /* u32: AMD: 1 when the ways in and out are those that look: NMIs come through, or there are mitigations. */
#define BF_PP_BLOCK_MITIGATIONS BF_U32(0x210) /* u32: MITIGATION_* in force, those for what runs now among them. */
#define BF_PP_BLOCK_KICK BF_U32(0x214) /* u32: KICK_*: whose NMI is on its way to this processor, or may come. */
#define BF_PP_BLOCK_STRETCH BF_U32(0x218) /* u64: Counts, while the processor is watched, how often it has come from a VM to ring 3. */
#define BF_PP_BLOCK_WATCH_DUE BF_U32(0x220) /* u64: The time from which on it is overdue, by its time stamp counter; 0: nobody measures. */
#define BF_PP_BLOCK_NEXT_LOOK BF_U32(0x228) /* u64: When it looks at the other processors again, by its time stamp counter. */
#define BF_PP_BLOCK_COUNTER_CONTROL BF_U32(0x230) /* u64: What the operating system had in the performance counter that watches, while it does. */
#define BF_PP_BLOCK_COUNTER_VALUE BF_U32(0x238) /* u64. */
#define BF_PP_BLOCK_COUNTER_GLOBAL BF_U32(0x240) /* u64. */
#define BF_PP_BLOCK_COUNTER_ENTRY BF_U32(0x248) /* u64. */
#define BF_PP_BLOCK_LOADED_VM BF_U32(0x250) /* u64: Identifier of the VM whose VS was loaded last. */
#define BF_PP_BLOCK_CALL_ENTRY BF_U32(0x258) /* u64: Where SYSCALL leads in host mode. */
#define BF_PP_BLOCK_HOST_SPEC_CTRL BF_U32(0x260) /* u64: SPEC_CTRL in host mode, like the next two with MITIGATION_SPEC_CTRL. */
#define BF_PP_BLOCK_GUEST_SPEC_CTRL BF_U32(0x268) /* u64: The loaded VS's, while it does not run. */
#define BF_PP_BLOCK_OS_SPEC_CTRL BF_U32(0x270) /* u64: What the operating system came with. */
#define BF_PP_BLOCK_SCRATCH BF_U32(0x278) /* u64: Where an intrinsic leaves a second result. */
#define BF_PP_BLOCK_TCB_IDS1 BF_U32(0x280) /* u64: ppid and onlinePps as the TCB shows them. */
#define BF_PP_BLOCK_BOOT_FPU BF_U32(0x288) /* u64: Object for the x87 and vector registers that the operating system entered with. */
#define BF_PP_BLOCK_FPU_OWNER BF_U32(0x290) /* u64: Object whose x87 and vector registers the processor has; 0: nobody's. */
#define BF_PP_BLOCK_PLAIN_EXIT BF_U32(0x298) /* u64: The reason that goes the short way: CPUID's, or none while it may fault in programs of the loaded VS. */
#define BF_PP_BLOCK_VMCS BF_U32(0x2a0) /* u64: Intel: physical address of the VMCS that NMIs are armed in, the loaded VS's; 0: none is current. */
#define BF_PP_BLOCK_GUEST_CR2 BF_U32(0x2a8) /* u64: Intel: a guest's register that host mode has changed or may change, saved at each exit. */
#define BF_PP_BLOCK_GUEST_DR6 BF_U32(0x2b0) /* u64: The same, like the next three. */
#define BF_PP_BLOCK_GUEST_STAR BF_U32(0x2b8) /* u64. */
#define BF_PP_BLOCK_GUEST_LSTAR BF_U32(0x2c0) /* u64. */
#define BF_PP_BLOCK_GUEST_FMASK BF_U32(0x2c8) /* u64. */
#define BF_PP_BLOCK_ENTRY_WORK BF_U32(0x2d0) /* u32: Intel: ENTRY_*, what the next entry has to do besides VMRESUME. */
#define BF_PP_BLOCK_LAST_SPACE BF_U32(0x2d4) /* u32: AMD: the address space identifier that a VS got last, 0 before; see amd/address-space.ts. */
#define BF_PP_BLOCK_SPACE_GENERATION BF_U32(0x2d8) /* u32: AMD: how often their numbers have begun anew. */
#define BF_PP_BLOCK_PORTS_OPEN BF_U32(0x2dc) /* u32: Intel: 1 when TR has been loaded again since the last exit, which cuts the I/O permissions off. */
#define BF_PP_BLOCK_MACHINE_MSRS BF_U32(0x2e0) /* u64[17]: The machine's, while the loaded VS has its own: by the rows of own-msrs.ts. */
#define BF_PP_BLOCK_BYTES BF_U32(0x368) /* Size of the structure. */
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
    uint64_t user_rbx;
    uint64_t user_rbp;
    uint64_t user_r12;
    uint64_t user_r13;
    uint64_t user_r14;
    uint64_t user_r15;
    uint64_t upcall_rip;
    uint64_t upcall_rsp;
    uint64_t upcall_reg0;
    uint64_t upcall_reg1;
    uint64_t upcall_reg2;
    uint64_t upcall_reg3;
    uint64_t upcall_reg4;
    uint64_t tcb_ids0;
    uint64_t root;
    uint64_t user_root;
    uint64_t tcb;
    uint64_t fpu;
    uint64_t fail_fpu;
    uint64_t shown;
    uint64_t memory_pages;
    uint64_t overdue;
    uint64_t fault_frame[22];
    uint32_t extension;
    uint32_t active_vs;
    uint32_t view;
    uint32_t failed_context;
    uint32_t failed_status;
    uint32_t failed_detail;
    uint32_t presence;
    uint32_t caller;
    uint32_t context;
    uint32_t work;
    uint64_t vmcb;
    uint64_t vmcb_virtual;
    uint64_t host_vmcb;
    uint64_t host_area;
    uint32_t ppid;
    uint32_t loaded_vs;
    uint32_t in_user;
    uint32_t cpuid_faulting;
    uint32_t nmis_open;
    uint32_t careful;
    uint32_t mitigations;
    uint32_t kick;
    uint64_t stretch;
    uint64_t watch_due;
    uint64_t next_look;
    uint64_t counter_control;
    uint64_t counter_value;
    uint64_t counter_global;
    uint64_t counter_entry;
    uint64_t loaded_vm;
    uint64_t call_entry;
    uint64_t host_spec_ctrl;
    uint64_t guest_spec_ctrl;
    uint64_t os_spec_ctrl;
    uint64_t scratch;
    uint64_t tcb_ids1;
    uint64_t boot_fpu;
    uint64_t fpu_owner;
    uint64_t plain_exit;
    uint64_t vmcs;
    uint64_t guest_cr2;
    uint64_t guest_dr6;
    uint64_t guest_star;
    uint64_t guest_lstar;
    uint64_t guest_fmask;
    uint32_t entry_work;
    uint32_t last_space;
    uint32_t space_generation;
    uint32_t ports_open;
    uint64_t machine_msrs[17];
};
_Static_assert(sizeof(struct bf_pp_block) == 872, "size of bf_pp_block");
#endif

/* Seat.presence */
#define BF_PRESENCE_NEW BF_U32(0x0) /* Its bootstrap callback is still to come. */
#define BF_PRESENCE_READY BF_U32(0x1) /* It takes a message. */
#define BF_PRESENCE_BUSY BF_U32(0x2) /* In a callback, or waiting for a reply. */
#define BF_PRESENCE_DEAD BF_U32(0x3) /* It failed for good on this processor. */

/* What the kernel keeps about one extension on one processor */
#define BF_SEAT_USER_RSP BF_U32(0x0) /* u64: Saved by the entry of a system call, like the next nine. */
#define BF_SEAT_USER_RIP BF_U32(0x8) /* u64. */
#define BF_SEAT_USER_RFLAGS BF_U32(0x10) /* u64. */
#define BF_SEAT_REG0 BF_U32(0x18) /* u64: RDI, and REG0 of the result. */
#define BF_SEAT_REG1 BF_U32(0x20) /* u64: RSI, and REG1 of the result. */
#define BF_SEAT_REG2 BF_U32(0x28) /* u64: RDX, and REG2 of the result. */
#define BF_SEAT_REG3 BF_U32(0x30) /* u64: R10, and REG3 of the result. */
#define BF_SEAT_REG4 BF_U32(0x38) /* u64: R8. */
#define BF_SEAT_REG5 BF_U32(0x40) /* u64: R9. */
#define BF_SEAT_STATUS BF_U32(0x48) /* u64: RAX of the result. */
#define BF_SEAT_USER_RBX BF_U32(0x50) /* u64: Saved with the five behind it while another extension runs. */
#define BF_SEAT_USER_RBP BF_U32(0x58) /* u64. */
#define BF_SEAT_USER_R12 BF_U32(0x60) /* u64. */
#define BF_SEAT_USER_R13 BF_U32(0x68) /* u64. */
#define BF_SEAT_USER_R14 BF_U32(0x70) /* u64. */
#define BF_SEAT_USER_R15 BF_U32(0x78) /* u64. */
#define BF_SEAT_UPCALL_RIP BF_U32(0x80) /* u64: Where ACTION_UPCALL enters ring 3. */
#define BF_SEAT_UPCALL_RSP BF_U32(0x88) /* u64. */
#define BF_SEAT_UPCALL_REG0 BF_U32(0x90) /* u64: RDI of the callback. */
#define BF_SEAT_UPCALL_REG1 BF_U32(0x98) /* u64: RSI of the callback. */
#define BF_SEAT_UPCALL_REG2 BF_U32(0xa0) /* u64: RDX of the callback. */
#define BF_SEAT_UPCALL_REG3 BF_U32(0xa8) /* u64: R10 of the callback. */
#define BF_SEAT_UPCALL_REG4 BF_U32(0xb0) /* u64: R8 of the callback. */
#define BF_SEAT_TCB_IDS0 BF_U32(0xb8) /* u64: extid, vmid, vpid and vsid as the TCB shows them. */
#define BF_SEAT_ROOT BF_U32(0xc0) /* u64: Physical address of its top-level page table on this processor. */
#define BF_SEAT_USER_ROOT BF_U32(0xc8) /* u64: The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same. */
#define BF_SEAT_TCB BF_U32(0xd0) /* u64: Physical address of its TCB on this processor. */
#define BF_SEAT_FPU BF_U32(0xd8) /* u64: Object that holds its x87 and vector registers while the processor does not. */
#define BF_SEAT_FAIL_FPU BF_U32(0xe0) /* u64: The same for its fail callback. */
#define BF_SEAT_SHOWN BF_U32(0xe8) /* u64: The entries, bit by bit, by which its table shows the direct map of `view`. */
#define BF_SEAT_MEMORY_PAGES BF_U32(0xf0) /* u64: Pages of its linear memory here, unless all processors share one. */
#define BF_SEAT_OVERDUE BF_U32(0xf8) /* u64: The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue. */
#define BF_SEAT_FAULT_FRAME BF_U32(0x100) /* u64[22]: Its registers at its last fault, as the entry of an exception pushes them. */
#define BF_SEAT_EXTENSION BF_U32(0x1b0) /* u32: Its linear address. */
#define BF_SEAT_ACTIVE_VS BF_U32(0x1b4) /* u32: Linear address of the VS that is active for it; 0: none. */
#define BF_SEAT_VIEW BF_U32(0x1b8) /* u32: Identifier of the VM whose direct map it sees; INVALID_ID: none. */
#define BF_SEAT_FAILED_CONTEXT BF_U32(0x1bc) /* u32: Context in which it failed, while context is CONTEXT_FAIL. */
#define BF_SEAT_FAILED_STATUS BF_U32(0x1c0) /* u32: Why it failed: BOOT_*, while context is CONTEXT_FAIL. */
#define BF_SEAT_FAILED_DETAIL BF_U32(0x1c4) /* u32: Its detail: the vector of a fault. */
#define BF_SEAT_PRESENCE BF_U32(0x1c8) /* u32: PRESENCE_*: whether it takes messages. */
#define BF_SEAT_CALLER BF_U32(0x1cc) /* u32: Linear address of the extension that waits for its reply; 0: none. */
#define BF_SEAT_CONTEXT BF_U32(0x1d0) /* u32: CONTEXT_*: what it is being asked to do. Last: see PpBlock.work. */
#define BF_SEAT_RESERVED BF_U32(0x1d4) /* u32. */
#define BF_SEAT_BYTES BF_U32(0x1d8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_seat {
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
    uint64_t user_rbx;
    uint64_t user_rbp;
    uint64_t user_r12;
    uint64_t user_r13;
    uint64_t user_r14;
    uint64_t user_r15;
    uint64_t upcall_rip;
    uint64_t upcall_rsp;
    uint64_t upcall_reg0;
    uint64_t upcall_reg1;
    uint64_t upcall_reg2;
    uint64_t upcall_reg3;
    uint64_t upcall_reg4;
    uint64_t tcb_ids0;
    uint64_t root;
    uint64_t user_root;
    uint64_t tcb;
    uint64_t fpu;
    uint64_t fail_fpu;
    uint64_t shown;
    uint64_t memory_pages;
    uint64_t overdue;
    uint64_t fault_frame[22];
    uint32_t extension;
    uint32_t active_vs;
    uint32_t view;
    uint32_t failed_context;
    uint32_t failed_status;
    uint32_t failed_detail;
    uint32_t presence;
    uint32_t caller;
    uint32_t context;
    uint32_t reserved;
};
_Static_assert(sizeof(struct bf_seat) == 472, "size of bf_seat");
#endif

/* PpBlock.work */
#define BF_WORK_FLUSH_HOST BF_U32(0x1) /* Host translations have become stale. */
#define BF_WORK_END_FLUSH BF_U32(0x2) /* At the next exit the guest's translations are flushed: take the request out of the VMCB. */
#define BF_WORK_FLUSH_GUESTS BF_U32(0x8) /* Translations of guests have become stale: flushed before one is entered. */
#define BF_WORK_FPU BF_U32(0x10) /* The extension has taken the x87 and vector registers: before a guest runs, they are its own again. */
#define BF_WORK_WATCH BF_U32(0x20) /* Always there while processors are watched: time is measured, and the fast way never taken. */
#define BF_WORK_MITIGATE BF_U32(0x40) /* Always there while there are mitigations: the fast way is never taken. */
#define BF_WORK_LOG BF_U32(0x4) /* The debug level asks for a record of every exit. */
#define BF_WORK_SIGNAL BF_U32(0x80) /* Memory is to come or to go: the driver is told by an NMI. */
#define BF_WORK_KICK BF_U32(0x100) /* Kicked: whoever's VS would be entered next gets EXIT_KICK instead. */
#define BF_WORK_KICK_OWNER BF_U32(0x200) /* The same for the extension that owns the root VM, where another's VM ran when the kick came. */
#define BF_WORK_KICKED BF_U32(0x400) /* The callback that runs was entered for EXIT_KICK: there is no instruction to skip. */

/* Rules of VMRUN on AMD */
#define BF_AMD_RULE_EFER_SVME BF_U32(0x1) /* 15.5.1 EFER: SVME must be 1 */
#define BF_AMD_RULE_CR0_NW BF_U32(0x2) /* 15.5.1 CR0: NW needs CD */
#define BF_AMD_RULE_CR0_RESERVED BF_U32(0x3) /* 15.5.1 CR0: bits 63:32 must be 0 */
#define BF_AMD_RULE_CR3_RESERVED BF_U32(0x4) /* 15.5.1 CR3: beyond this processor's addresses, or a reserved bit is 1 */
#define BF_AMD_RULE_CR4_RESERVED BF_U32(0x5) /* 15.5.1 CR4: a bit that this processor does not have is 1 */
#define BF_AMD_RULE_DR6 BF_U32(0x6) /* 15.5.1 DR6: bits 63:32 must be 0 */
#define BF_AMD_RULE_DR7 BF_U32(0x7) /* 15.5.1 DR7: bits 63:32 must be 0 */
#define BF_AMD_RULE_EFER_RESERVED BF_U32(0x8) /* 15.5.1 EFER: a bit that this processor does not have is 1 */
#define BF_AMD_RULE_LONG_PAE BF_U32(0x9) /* 15.5.1 long mode with paging needs CR4.PAE */
#define BF_AMD_RULE_LONG_PE BF_U32(0xa) /* 15.5.1 long mode with paging needs CR0.PE */
#define BF_AMD_RULE_CS_D BF_U32(0xb) /* 15.5.1 CS attrib: D and L together in long mode */
#define BF_AMD_RULE_CET BF_U32(0xc) /* 15.5.1 CR4: CET needs CR0.WP */
#define BF_AMD_RULE_VMRUN BF_U32(0xd) /* 15.5.1 intercept instruction2: VMRUN must be intercepted (bit 0) */
#define BF_AMD_RULE_MSRPM BF_U32(0xe) /* 15.5.1 MSR permission map: ends beyond this processor's addresses */
#define BF_AMD_RULE_IOPM BF_U32(0xf) /* 15.5.1 I/O permission map: ends beyond this processor's addresses */
#define BF_AMD_RULE_ASID BF_U32(0x10) /* 15.5.1 guest ASID must not be 0 */
#define BF_AMD_RULE_EVENT_TYPE BF_U32(0x11) /* 15.20 event to inject: its type is reserved */
#define BF_AMD_RULE_EVENT_VECTOR BF_U32(0x12) /* 15.20 event to inject: an exception has no vector above 31, and none is the NMI */
#define BF_AMD_RULE_N_CR3 BF_U32(0x13) /* 15.25.3 nested CR3: beyond this processor's addresses, or a reserved bit is 1 */
#define BF_AMD_RULE_G_PAT BF_U32(0x14) /* 15.25.4 guest PAT: an entry is no memory type (0, 1, 4, 5, 6, 7) */

/* Rules of a VM entry on Intel */
#define BF_INTEL_RULE_PIN_RESERVED BF_U32(0x1) /* 27.2.1.1 pin-based controls: a bit is not as this processor wants it */
#define BF_INTEL_RULE_PRIMARY_RESERVED BF_U32(0x2) /* 27.2.1.1 primary controls: a bit is not as this processor wants it */
#define BF_INTEL_RULE_SECONDARY_RESERVED BF_U32(0x3) /* 27.2.1.1 secondary controls: a bit is not as this processor wants it */
#define BF_INTEL_RULE_CR3_TARGET_COUNT BF_U32(0x4) /* 27.2.1.1 CR3-target count: more than this processor has */
#define BF_INTEL_RULE_IO_BITMAP_A BF_U32(0x5) /* 27.2.1.1 I/O bitmap A: no page address of this processor */
#define BF_INTEL_RULE_IO_BITMAP_B BF_U32(0x6) /* 27.2.1.1 I/O bitmap B: no page address of this processor */
#define BF_INTEL_RULE_MSR_BITMAP BF_U32(0x7) /* 27.2.1.1 MSR bitmaps: no page address of this processor */
#define BF_INTEL_RULE_VIRTUAL_APIC BF_U32(0x8) /* 27.2.1.1 virtual-APIC page: no page address of this processor */
#define BF_INTEL_RULE_TPR_THRESHOLD BF_U32(0x9) /* 27.2.1.1 TPR threshold: bits 31:4 must be 0 */
#define BF_INTEL_RULE_TPR_SHADOW BF_U32(0xa) /* 27.2.1.1 x2APIC mode, APIC registers and virtual interrupts need the TPR shadow */
#define BF_INTEL_RULE_VIRTUAL_NMIS BF_U32(0xb) /* 27.2.1.1 virtual NMIs need NMI exiting */
#define BF_INTEL_RULE_NMI_WINDOW BF_U32(0xc) /* 27.2.1.1 NMI-window exiting needs virtual NMIs */
#define BF_INTEL_RULE_APIC_ACCESS BF_U32(0xd) /* 27.2.1.1 APIC-access page: no page address of this processor */
#define BF_INTEL_RULE_X2APIC BF_U32(0xe) /* 27.2.1.1 x2APIC mode excludes APIC accesses */
#define BF_INTEL_RULE_VIRTUAL_INTERRUPTS BF_U32(0xf) /* 27.2.1.1 virtual-interrupt delivery needs external-interrupt exiting */
#define BF_INTEL_RULE_POSTED_CONTROLS BF_U32(0x10) /* 27.2.1.1 posted interrupts need virtual-interrupt delivery and acknowledge-on-exit */
#define BF_INTEL_RULE_POSTED_VECTOR BF_U32(0x11) /* 27.2.1.1 posted-interrupt notification vector: above 255 */
#define BF_INTEL_RULE_POSTED_DESCRIPTOR BF_U32(0x12) /* 27.2.1.1 posted-interrupt descriptor: no address on 64 bytes of this processor */
#define BF_INTEL_RULE_VPID BF_U32(0x13) /* 27.2.1.1 VPID must not be 0 */
#define BF_INTEL_RULE_EPTP_TYPE BF_U32(0x14) /* 27.2.1.1 EPT pointer: memory type that this processor does not take (bits 2:0) */
#define BF_INTEL_RULE_EPTP_WALK BF_U32(0x15) /* 27.2.1.1 EPT pointer: page-walk length that this processor does not take (bits 5:3) */
#define BF_INTEL_RULE_EPTP_DIRTY BF_U32(0x16) /* 27.2.1.1 EPT pointer: this processor has no accessed and dirty flags (bit 6) */
#define BF_INTEL_RULE_EPTP_RESERVED BF_U32(0x17) /* 27.2.1.1 EPT pointer: a reserved bit is 1, or the address too wide */
#define BF_INTEL_RULE_NEEDS_EPT BF_U32(0x18) /* 27.2.1.1 unrestricted guest, PML, mode-based execution and sub-page rights need EPT */
#define BF_INTEL_RULE_PML BF_U32(0x19) /* 27.2.1.1 PML page: no page address of this processor */
#define BF_INTEL_RULE_SUB_PAGE BF_U32(0x1a) /* 27.2.1.1 sub-page permission table: no page address of this processor */
#define BF_INTEL_RULE_VM_FUNCTIONS BF_U32(0x1b) /* 27.2.1.1 VM-function controls: a reserved bit is 1 */
#define BF_INTEL_RULE_EPTP_LIST BF_U32(0x1c) /* 27.2.1.1 EPTP list: needs EPT and a page address of this processor */
#define BF_INTEL_RULE_VMREAD_BITMAP BF_U32(0x1d) /* 27.2.1.1 VMREAD bitmap: no page address of this processor */
#define BF_INTEL_RULE_VMWRITE_BITMAP BF_U32(0x1e) /* 27.2.1.1 VMWRITE bitmap: no page address of this processor */
#define BF_INTEL_RULE_VE_INFORMATION BF_U32(0x1f) /* 27.2.1.1 virtualization-exception information: no page address of this processor */
#define BF_INTEL_RULE_TSC_MULTIPLIER BF_U32(0x20) /* 27.2.1.1 TSC multiplier must not be 0 */
#define BF_INTEL_RULE_EXIT_RESERVED BF_U32(0x21) /* 27.2.1.2 VM-exit controls: a bit is not as this processor wants it */
#define BF_INTEL_RULE_SAVE_TIMER BF_U32(0x22) /* 27.2.1.2 saving the preemption timer needs the timer */
#define BF_INTEL_RULE_EXIT_STORE_AREA BF_U32(0x23) /* 27.2.1.2 exit MSR-store area: not on 16 bytes, or beyond this processor's addresses */
#define BF_INTEL_RULE_EXIT_LOAD_AREA BF_U32(0x24) /* 27.2.1.2 exit MSR-load area: not on 16 bytes, or beyond this processor's addresses */
#define BF_INTEL_RULE_ENTRY_RESERVED BF_U32(0x25) /* 27.2.1.3 VM-entry controls: a bit is not as this processor wants it */
#define BF_INTEL_RULE_ENTRY_SMM BF_U32(0x26) /* 27.2.1.3 entry to SMM and dual-monitor treatment must be 0 outside of SMM */
#define BF_INTEL_RULE_EVENT_TYPE BF_U32(0x27) /* 27.2.1.3 event to inject: its type is reserved */
#define BF_INTEL_RULE_EVENT_VECTOR BF_U32(0x28) /* 27.2.1.3 event to inject: its vector does not go with its type */
#define BF_INTEL_RULE_EVENT_ERROR_CODE BF_U32(0x29) /* 27.2.1.3 event to inject: an error code where the event has none, or none where it has one */
#define BF_INTEL_RULE_EVENT_RESERVED BF_U32(0x2a) /* 27.2.1.3 event to inject: bits 30:12 must be 0 */
#define BF_INTEL_RULE_ERROR_CODE BF_U32(0x2b) /* 27.2.1.3 error code to inject: bits 31:16 must be 0 */
#define BF_INTEL_RULE_INSTRUCTION_LENGTH BF_U32(0x2c) /* 27.2.1.3 instruction length of the event: not 1 to 15 */
#define BF_INTEL_RULE_ENTRY_LOAD_AREA BF_U32(0x2d) /* 27.2.1.3 entry MSR-load area: not on 16 bytes, or beyond this processor's addresses */
#define BF_INTEL_RULE_HOST_64 BF_U32(0x2e) /* 27.2.4 VM-exit controls: host address-space size must be 1 */
#define BF_INTEL_RULE_HOST_STATE BF_U32(0x2f) /* 27.2.2 the microkernel's own state: please report this */
#define BF_INTEL_RULE_CR0_FIXED BF_U32(0x30) /* 27.3.1.1 CR0: a bit is not as VMX wants it */
#define BF_INTEL_RULE_CR0_PG BF_U32(0x31) /* 27.3.1.1 CR0: PG needs PE */
#define BF_INTEL_RULE_CR4_FIXED BF_U32(0x32) /* 27.3.1.1 CR4: a bit is not as VMX wants it */
#define BF_INTEL_RULE_CR4_CET BF_U32(0x33) /* 27.3.1.1 CR4: CET needs CR0.WP */
#define BF_INTEL_RULE_DEBUGCTL BF_U32(0x34) /* 27.3.1.1 DEBUGCTL: a reserved bit is 1 */
#define BF_INTEL_RULE_LONG_PG BF_U32(0x35) /* 27.3.1.1 IA-32e mode needs CR0.PG */
#define BF_INTEL_RULE_LONG_PAE BF_U32(0x36) /* 27.3.1.1 IA-32e mode needs CR4.PAE */
#define BF_INTEL_RULE_PCIDE BF_U32(0x37) /* 27.3.1.1 CR4: PCIDE needs IA-32e mode */
#define BF_INTEL_RULE_CR3 BF_U32(0x38) /* 27.3.1.1 CR3: beyond this processor's addresses */
#define BF_INTEL_RULE_DR7 BF_U32(0x39) /* 27.3.1.1 DR7: bits 63:32 must be 0 */
#define BF_INTEL_RULE_SYSENTER_ESP BF_U32(0x3a) /* 27.3.1.1 SYSENTER_ESP: not canonical */
#define BF_INTEL_RULE_SYSENTER_EIP BF_U32(0x3b) /* 27.3.1.1 SYSENTER_EIP: not canonical */
#define BF_INTEL_RULE_PAT BF_U32(0x3c) /* 27.3.1.1 PAT: an entry is no memory type (0, 1, 4, 5, 6, 7) */
#define BF_INTEL_RULE_EFER_RESERVED BF_U32(0x3d) /* 27.3.1.1 EFER: a reserved bit is 1 */
#define BF_INTEL_RULE_EFER_LMA BF_U32(0x3e) /* 27.3.1.1 EFER: LMA must equal the entry control for IA-32e mode */
#define BF_INTEL_RULE_EFER_LME BF_U32(0x3f) /* 27.3.1.1 EFER: LME must equal LMA while CR0.PG is 1 */
#define BF_INTEL_RULE_BNDCFGS BF_U32(0x40) /* 27.3.1.1 BNDCFGS: a reserved bit is 1, or the address not canonical */
#define BF_INTEL_RULE_TR_LOCAL BF_U32(0x41) /* 27.3.1.2 TR selector: names the LDT */
#define BF_INTEL_RULE_LDTR_LOCAL BF_U32(0x42) /* 27.3.1.2 LDTR selector: names the LDT */
#define BF_INTEL_RULE_SS_RPL BF_U32(0x43) /* 27.3.1.2 SS selector: its RPL must be that of CS */
#define BF_INTEL_RULE_V86_BASE BF_U32(0x44) /* 27.3.1.2 % base: must be 16 times the selector in virtual-8086 mode */
#define BF_INTEL_RULE_V86_LIMIT BF_U32(0x45) /* 27.3.1.2 % limit: must be 0xffff in virtual-8086 mode */
#define BF_INTEL_RULE_V86_ATTRIB BF_U32(0x46) /* 27.3.1.2 % attrib: must be 0xf3 in virtual-8086 mode */
#define BF_INTEL_RULE_BASE_CANONICAL BF_U32(0x47) /* 27.3.1.2 % base: not canonical */
#define BF_INTEL_RULE_BASE_32 BF_U32(0x48) /* 27.3.1.2 % base: bits 63:32 must be 0 */
#define BF_INTEL_RULE_CS_TYPE BF_U32(0x49) /* 27.3.1.2 CS attrib: type must be accessed code, or data 3 for an unrestricted guest */
#define BF_INTEL_RULE_SS_TYPE BF_U32(0x4a) /* 27.3.1.2 SS attrib: type must be 3 or 7 */
#define BF_INTEL_RULE_DATA_TYPE BF_U32(0x4b) /* 27.3.1.2 % attrib: type must be accessed, and code readable */
#define BF_INTEL_RULE_SEGMENT_S BF_U32(0x4c) /* 27.3.1.2 % attrib: S must be 1 */
#define BF_INTEL_RULE_CS_DPL BF_U32(0x4d) /* 27.3.1.2 CS attrib: DPL does not go with type and the DPL of SS */
#define BF_INTEL_RULE_SS_DPL BF_U32(0x4e) /* 27.3.1.2 SS attrib: DPL must be the RPL, or 0 in real mode and where CS is data */
#define BF_INTEL_RULE_DATA_DPL BF_U32(0x4f) /* 27.3.1.2 % attrib: DPL below RPL */
#define BF_INTEL_RULE_SEGMENT_P BF_U32(0x50) /* 27.3.1.2 % attrib: P must be 1 */
#define BF_INTEL_RULE_SEGMENT_RESERVED BF_U32(0x51) /* 27.3.1.2 % attrib: a reserved bit is 1 */
#define BF_INTEL_RULE_CS_D BF_U32(0x52) /* 27.3.1.2 CS attrib: D and L together */
#define BF_INTEL_RULE_SEGMENT_G BF_U32(0x53) /* 27.3.1.2 % attrib: G does not go with the limit */
#define BF_INTEL_RULE_TR_TYPE BF_U32(0x54) /* 27.3.1.2 TR attrib: type must be 11, or 3 outside of IA-32e mode */
#define BF_INTEL_RULE_TR_USABLE BF_U32(0x55) /* 27.3.1.2 TR attrib: must be usable */
#define BF_INTEL_RULE_LDTR_TYPE BF_U32(0x56) /* 27.3.1.2 LDTR attrib: type must be 2 */
#define BF_INTEL_RULE_SYSTEM_S BF_U32(0x57) /* 27.3.1.2 % attrib: S must be 0 */
#define BF_INTEL_RULE_TABLE_BASE BF_U32(0x58) /* 27.3.1.3 % base: not canonical */
#define BF_INTEL_RULE_TABLE_LIMIT BF_U32(0x59) /* 27.3.1.3 % limit: bits 31:16 must be 0 */
#define BF_INTEL_RULE_RIP_32 BF_U32(0x5a) /* 27.3.1.4 RIP: bits 63:32 must be 0 outside of 64-bit mode */
#define BF_INTEL_RULE_RIP BF_U32(0x5b) /* 27.3.1.4 RIP: not canonical */
#define BF_INTEL_RULE_RFLAGS_RESERVED BF_U32(0x5c) /* 27.3.1.4 RFLAGS: bit 1 must be 1, bits 63:22, 15, 5 and 3 must be 0 */
#define BF_INTEL_RULE_RFLAGS_VM BF_U32(0x5d) /* 27.3.1.4 RFLAGS: VM must be 0 in IA-32e mode and in real mode */
#define BF_INTEL_RULE_RFLAGS_IF BF_U32(0x5e) /* 27.3.1.4 RFLAGS: IF must be 1 to inject an external interrupt */
#define BF_INTEL_RULE_ACTIVITY BF_U32(0x5f) /* 27.3.1.5 activity state: none of this processor's */
#define BF_INTEL_RULE_ACTIVITY_HLT BF_U32(0x60) /* 27.3.1.5 activity state: HLT needs SS.DPL 0 */
#define BF_INTEL_RULE_ACTIVITY_BLOCKING BF_U32(0x61) /* 27.3.1.5 activity state: must be active while STI or MOV SS blocks interrupts */
#define BF_INTEL_RULE_ACTIVITY_EVENT BF_U32(0x62) /* 27.3.1.5 activity state: does not go with the event to inject */
#define BF_INTEL_RULE_BLOCKING_RESERVED BF_U32(0x63) /* 27.3.1.5 interruptibility: a reserved bit is 1 */
#define BF_INTEL_RULE_BLOCKING_BOTH BF_U32(0x64) /* 27.3.1.5 interruptibility: STI and MOV SS exclude each other */
#define BF_INTEL_RULE_BLOCKING_STI BF_U32(0x65) /* 27.3.1.5 interruptibility: blocking by STI needs RFLAGS.IF */
#define BF_INTEL_RULE_BLOCKING_INTERRUPT BF_U32(0x66) /* 27.3.1.5 interruptibility: blocks the external interrupt to inject */
#define BF_INTEL_RULE_BLOCKING_NMI BF_U32(0x67) /* 27.3.1.5 interruptibility: blocks the NMI to inject */
#define BF_INTEL_RULE_BLOCKING_SMI BF_U32(0x68) /* 27.3.1.5 interruptibility: blocking by SMI outside of SMM */
#define BF_INTEL_RULE_BLOCKING_ENCLAVE BF_U32(0x69) /* 27.3.1.5 interruptibility: enclave interruption excludes blocking by MOV SS */
#define BF_INTEL_RULE_DEBUG_RESERVED BF_U32(0x6a) /* 27.3.1.5 pending debug exceptions: a reserved bit is 1 */
#define BF_INTEL_RULE_DEBUG_STEP BF_U32(0x6b) /* 27.3.1.5 pending debug exceptions: BS must be RFLAGS.TF (without BTF) while halted or blocked */
#define BF_INTEL_RULE_DEBUG_RTM BF_U32(0x6c) /* 27.3.1.5 pending debug exceptions: RTM excludes all but bit 12, which it needs */
#define BF_INTEL_RULE_LINK_POINTER BF_U32(0x6d) /* 27.3.1.5 VMCS link pointer: neither all ones nor a VMCS of this processor */
#define BF_INTEL_RULE_PDPTE BF_U32(0x6e) /* 27.3.1.6 PDPTE: a reserved bit is 1 */
#define BF_INTEL_RULE_PDPTE_IN_MEMORY BF_U32(0x6f) /* 27.3.1.6 CR3: a PDPTE there has a reserved bit */
#define BF_INTEL_RULE_LOAD_MSR BF_U32(0x70) /* 27.4 entry MSR-load area: an entry that cannot be loaded (exit qualification: which) */

/* Bits of CPUID that show the VM's state: leaf, bit, and what they follow */
#define BF_CPUID_OSXSAVE_LEAF BF_U64(0x1) /* ECX of subleaf 0, and of every other: the leaf has none. */
#define BF_CPUID_OSXSAVE_BIT BF_U64(0x8000000)
#define BF_CPUID_OSXSAVE_CR4 BF_U64(0x40000) /* CR4.OSXSAVE. */
#define BF_CPUID_OSPKE_LEAF BF_U64(0x7) /* ECX of subleaf 0. */
#define BF_CPUID_OSPKE_BIT BF_U64(0x10)
#define BF_CPUID_OSPKE_CR4 BF_U64(0x400000) /* CR4.PKE. */
#define BF_CPUID_AESKLE_LEAF BF_U64(0x19) /* EBX, on Intel. */
#define BF_CPUID_AESKLE_BIT BF_U64(0x1)
#define BF_CPUID_AESKLE_CR4 BF_U64(0x80000) /* CR4.KL. */
#define BF_CPUID_SYSCALL_LEAF BF_U64(0x80000001) /* EDX, on Intel: only in 64-bit code is there such an instruction. */
#define BF_CPUID_SYSCALL_BIT BF_U64(0x800)
#define BF_CPUID_SYSCALL_EFER BF_U64(0x400) /* EFER.LMA, without which CS.L says nothing. */

/* What an adoption comes to */
#define BF_ADOPT_DONE BF_U32(0x0)
#define BF_ADOPT_TABLE BF_U32(0x1) /* The transition table is no page of the operating system's memory. */
#define BF_ADOPT_ADDRESS BF_U32(0x2) /* An address is none that a processor takes, or SavedState would not begin a page. */

/* Sizes of chunks that come while the hypervisor runs */
#define BF_CHUNK_LEAST_BYTES BF_U64(0x10000)
#define BF_CHUNK_MOST_BYTES BF_U64(0x400000) /* As much as Linux's page allocator gives in one piece. */
#define BF_RUN_STEP_BYTES BF_U64(0x200000) /* A large page: a run's address and size are multiples of it. */
#define BF_RUN_MOST_BYTES BF_U64(0x40000000) /* A run lies under at most two tables of large pages. */

/* The door: RAX */
#define BF_MEMORY_DOOR BF_U64(0x59524f4d454d4642) /* "BFMEMORY", little endian. In ring 0 of the root VM it never reaches the extension. */

/* The door: RBX */
#define BF_DOOR_REPORT BF_U32(0x0) /* Write what the kernel has into MemoryExchange. */
#define BF_DOOR_GIVE BF_U32(0x1) /* RCX: physical address, RDX: bytes of a chunk that is the kernel's from now on. RAX: GIVE_*. */
#define BF_DOOR_TAKE BF_U32(0x2) /* RAX: TAKE_*, RCX and RDX: a chunk or a run that is the kernel's no more. RCX before: 1: runs that no extension has taken, too. */
#define BF_DOOR_FLUSH BF_U32(0x3) /* Drop this processor's translations, as GIVE_LATER and TAKE_LATER ask on each. RAX: 0. */
#define BF_DOOR_GIVE_RUN BF_U32(0x4) /* RCX: physical address, RDX: bytes of a run that is the kernel's from now on. RAX: GIVE_*. 0 bytes: there is none; RAX: 0. */
#define BF_DOOR_DESCRIBE BF_U32(0x5) /* For a driver that did not start the hypervisor. RAX: 0, RBX: BOOT_MAGIC, and physical addresses: RCX the debug ring, RDX the page of reports, RSI MemoryExchange, RDI this processor's SavedState, R8 the hand-off code. R9: this processor's number, bits 31:16 how many there are, bits 63:32 BOOT_VERSION. */
#define BF_DOOR_ADOPT BF_U32(0x6) /* This processor's stop ends in the driver's hand-off code from now on. RCX: physical address of its transition table; in the operating system's address space RDX: SavedState, RSI: where promote continues, RDI: the handler of NMIs. R8: selectors of code and, bits 31:16, of the stack. RAX: ADOPT_*. */

/* The page that microkernel and driver share */
#define BF_MEMORY_EXCHANGE_WANTED BF_U32(0x0) /* u64: Written by the kernel: bytes that it asks for; 0: none. */
#define BF_MEMORY_EXCHANGE_SURPLUS BF_U32(0x8) /* u64: Written by the kernel: 1 when the driver should ask what it gets back. */
#define BF_MEMORY_EXCHANGE_SIGNAL BF_U32(0x10) /* u32[128]: Of each processor: set by the kernel before it sends an NMI there, cleared by the driver's handler. */
#define BF_MEMORY_EXCHANGE_RAM_COUNT BF_U32(0x210) /* u32: Entries of ramBase and ramEnd, written by the loader before a start. */
#define BF_MEMORY_EXCHANGE_CHUNK_COUNT BF_U32(0x214) /* u32: The rest is written when the door is asked to report. Chunks that the kernel has. */
#define BF_MEMORY_EXCHANGE_RAM_BASE BF_U32(0x218) /* u64[32]: Physical memory that is no device's. */
#define BF_MEMORY_EXCHANGE_RAM_END BF_U32(0x318) /* u64[32]. */
#define BF_MEMORY_EXCHANGE_TOTAL_PAGES BF_U32(0x418) /* u64: Pages of the pool. */
#define BF_MEMORY_EXCHANGE_FREE_PAGES BF_U32(0x420) /* u64: Those that are free. */
#define BF_MEMORY_EXCHANGE_WAITING_PAGES BF_U32(0x428) /* u64: Those that were given back, and wait until every processor has flushed. */
#define BF_MEMORY_EXCHANGE_LOW_PAGES BF_U32(0x430) /* u64: The kernel asks when fewer are free. */
#define BF_MEMORY_EXCHANGE_HIGH_PAGES BF_U32(0x438) /* u64: It gives a chunk back when so many stay free. */
#define BF_MEMORY_EXCHANGE_KERNEL_PAGES BF_U32(0x440) /* u64: Pages that are handed out, and no extension's. */
#define BF_MEMORY_EXCHANGE_EXTENSION_PAGES BF_U32(0x448) /* u64[64]: Pages that each extension was given by alloc_page, alloc_huge and memory_grow. */
#define BF_MEMORY_EXCHANGE_FREE_BLOCKS BF_U32(0x648) /* u32[12]: Free blocks of each order. */
#define BF_MEMORY_EXCHANGE_SLAB_COUNT BF_U32(0x678) /* u32: Entries of the next five. */
#define BF_MEMORY_EXCHANGE_VM_COUNT BF_U32(0x67c) /* u32: Entries of vmId and vmPages: the first that there are. */
#define BF_MEMORY_EXCHANGE_SLAB_NAME BF_U32(0x680) /* u64[8]: Up to eight characters, zero padded. */
#define BF_MEMORY_EXCHANGE_SLAB_OBJECT_BYTES BF_U32(0x6c0) /* u32[8]. */
#define BF_MEMORY_EXCHANGE_SLAB_USED BF_U32(0x6e0) /* u32[8]: Objects that are taken. */
#define BF_MEMORY_EXCHANGE_SLAB_TOTAL BF_U32(0x700) /* u32[8]: Objects that there is room for. */
#define BF_MEMORY_EXCHANGE_SLAB_PAGES BF_U32(0x720) /* u32[8]. */
#define BF_MEMORY_EXCHANGE_VM_ID BF_U32(0x740) /* u32[64]. */
#define BF_MEMORY_EXCHANGE_VM_PAGES BF_U32(0x840) /* u32[64]: Pages that its virtual processor states take. */
#define BF_MEMORY_EXCHANGE_WANTED_RUN BF_U32(0x940) /* u64: Written by the kernel: bytes of a run that it asks for; 0: none. */
#define BF_MEMORY_EXCHANGE_RUN_PAGES BF_U32(0x948) /* u64: Reported: pages of all runs. They are none of the pool's. */
#define BF_MEMORY_EXCHANGE_RUN_COUNT BF_U32(0x950) /* u32: Runs that there are. */
#define BF_MEMORY_EXCHANGE_RUNS_TAKEN BF_U32(0x954) /* u32: Those of them that an extension has. */
#define BF_MEMORY_EXCHANGE_BYTES BF_U32(0x958) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_memory_exchange {
    uint64_t wanted;
    uint64_t surplus;
    uint32_t signal[128];
    uint32_t ram_count;
    uint32_t chunk_count;
    uint64_t ram_base[32];
    uint64_t ram_end[32];
    uint64_t total_pages;
    uint64_t free_pages;
    uint64_t waiting_pages;
    uint64_t low_pages;
    uint64_t high_pages;
    uint64_t kernel_pages;
    uint64_t extension_pages[64];
    uint32_t free_blocks[12];
    uint32_t slab_count;
    uint32_t vm_count;
    uint64_t slab_name[8];
    uint32_t slab_object_bytes[8];
    uint32_t slab_used[8];
    uint32_t slab_total[8];
    uint32_t slab_pages[8];
    uint32_t vm_id[64];
    uint32_t vm_pages[64];
    uint64_t wanted_run;
    uint64_t run_pages;
    uint32_t run_count;
    uint32_t runs_taken;
};
_Static_assert(sizeof(struct bf_memory_exchange) == 2392, "size of bf_memory_exchange");
#endif

/* What a donation comes to */
#define BF_GIVE_DONE BF_U32(0x0)
#define BF_GIVE_SIZE BF_U32(0x1) /* A chunk is a power of two bytes, CHUNK_LEAST_BYTES to CHUNK_MOST_BYTES, at a multiple of its size. A run is RUN_STEP_BYTES to RUN_MOST_BYTES, and all of it a multiple of the former. */
#define BF_GIVE_NOT_RAM BF_U32(0x2) /* It is a device's, or lies where there is nothing. */
#define BF_GIVE_OWNED BF_U32(0x3) /* Some of it is the hypervisor's already: the kernel's, an extension's or a guest's. */
#define BF_GIVE_NO_ROOM BF_U32(0x4) /* There are as many chunks as there can be. */
#define BF_GIVE_NO_TABLES BF_U32(0x5) /* No page is left for the page tables that would map or hide it. */
#define BF_GIVE_LATER BF_U32(0x6) /* It is the kernel's, but another processor's VM may still see it: make each knock, and give it again. */

/* MemoryExchange */
#define BF_MOST_RAM_RANGES BF_U32(0x20) /* Entries of MemoryExchange.ramBase. */
#define BF_MOST_SLABS BF_U32(0x8) /* Entries of MemoryExchange.slabName. */
#define BF_MOST_VM_RECORDS BF_U32(0x40) /* Entries of MemoryExchange.vmId. */

/* What asking for a chunk comes to */
#define BF_TAKE_DONE BF_U32(0x0)
#define BF_TAKE_NOTHING BF_U32(0x1) /* The kernel needs all that it has. */
#define BF_TAKE_MORE BF_U32(0x2) /* A chunk is on its way: ask again. */
#define BF_TAKE_LATER BF_U32(0x3) /* A processor has yet to flush: make each knock with DOOR_FLUSH, and ask again. */
#define BF_DOOR_UNKNOWN BF_U32(0x4) /* There is no such function, or nothing to exchange. */

/* bareflank.json */
#define BF_EFI_MOST_SETTINGS BF_U32(0x100) /* Settings of all extensions together. */
#define BF_EFI_SETTINGS_TEXT BF_U32(0x1000) /* UTF-16 units of all of them, a line `key=value` each, for which there is room. */

/* EfiDigests */
#define BF_SHA256_BYTES BF_U32(0x20) /* Of a digest (FIPS 180-4). */
#define BF_MOST_DIGESTS BF_U32(0x7f) /* Entries of EfiDigests.digest. */

/* Section .digests of bareflank.efi */
#define BF_EFI_DIGESTS_COUNT BF_U32(0x0) /* u32: Entries of digest; 0: the application was built, and not signed by bfm. */
#define BF_EFI_DIGESTS_RESERVED BF_U32(0x4) /* u32[7]. */
#define BF_EFI_DIGESTS_DIGEST BF_U32(0x20) /* u8[4064]: SHA-256 of 32 bytes each: of bareflank.json, all zeroes when there must be none; then those of the other files, in any order. */
#define BF_EFI_DIGESTS_BYTES BF_U32(0x1000) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_efi_digests {
    uint32_t count;
    uint32_t reserved[7];
    uint8_t digest[4064];
};
_Static_assert(sizeof(struct bf_efi_digests) == 4096, "size of bf_efi_digests");
#endif

/* ioctl numbers of several files of KVM */
#define BF_KVM_ENABLE_CAP BF_U32(0x4068aea3) /* A virtual machine's, a virtual processor's. */
#define BF_KVM_GET_STATS_FD BF_U32(0xaece) /* A virtual machine's, a virtual processor's. */
#define BF_KVM_SET_DEVICE_ATTR BF_U32(0x4018aee1)
#define BF_KVM_GET_DEVICE_ATTR BF_U32(0x4018aee2)
#define BF_KVM_HAS_DEVICE_ATTR BF_U32(0x4018aee3)

/* ioctl numbers of /dev/kvm */
#define BF_KVM_GET_API_VERSION BF_U32(0xae00)
#define BF_KVM_CREATE_VM BF_U32(0xae01) /* Argument: the type, 0. Returns a file. */
#define BF_KVM_GET_MSR_INDEX_LIST BF_U32(0xc004ae02)
#define BF_KVM_CHECK_EXTENSION BF_U32(0xae03) /* Argument: KVM_CAP_*. Of a virtual machine's file, too. */
#define BF_KVM_GET_VCPU_MMAP_SIZE BF_U32(0xae04)
#define BF_KVM_GET_SUPPORTED_CPUID BF_U32(0xc008ae05)
#define BF_KVM_GET_EMULATED_CPUID BF_U32(0xc008ae09)
#define BF_KVM_GET_MSR_FEATURE_INDEX_LIST BF_U32(0xc004ae0a)
#define BF_KVM_X86_GET_MCE_CAP_SUPPORTED BF_U32(0x8008ae9d)

/* ioctl numbers of a virtual processor's file */
#define BF_KVM_RUN BF_U32(0xae80)
#define BF_KVM_GET_REGS BF_U32(0x8090ae81)
#define BF_KVM_SET_REGS BF_U32(0x4090ae82)
#define BF_KVM_GET_SREGS BF_U32(0x8138ae83)
#define BF_KVM_SET_SREGS BF_U32(0x4138ae84)
#define BF_KVM_TRANSLATE BF_U32(0xc018ae85)
#define BF_KVM_INTERRUPT BF_U32(0x4004ae86)
#define BF_KVM_GET_MSRS BF_U32(0xc008ae88) /* Of the system's file, too: MSRs that describe features. */
#define BF_KVM_SET_MSRS BF_U32(0x4008ae89)
#define BF_KVM_SET_SIGNAL_MASK BF_U32(0x4004ae8b)
#define BF_KVM_GET_FPU BF_U32(0x81a0ae8c)
#define BF_KVM_SET_FPU BF_U32(0x41a0ae8d)
#define BF_KVM_GET_LAPIC BF_U32(0x8400ae8e)
#define BF_KVM_SET_LAPIC BF_U32(0x4400ae8f)
#define BF_KVM_SET_CPUID2 BF_U32(0x4008ae90)
#define BF_KVM_GET_CPUID2 BF_U32(0xc008ae91)
#define BF_KVM_TPR_ACCESS_REPORTING BF_U32(0xc028ae92)
#define BF_KVM_SET_VAPIC_ADDR BF_U32(0x4008ae93)
#define BF_KVM_GET_MP_STATE BF_U32(0x8004ae98)
#define BF_KVM_SET_MP_STATE BF_U32(0x4004ae99)
#define BF_KVM_NMI BF_U32(0xae9a)
#define BF_KVM_SET_GUEST_DEBUG BF_U32(0x4048ae9b)
#define BF_KVM_X86_SETUP_MCE BF_U32(0x4008ae9c)
#define BF_KVM_X86_SET_MCE BF_U32(0x4040ae9e)
#define BF_KVM_GET_VCPU_EVENTS BF_U32(0x8040ae9f)
#define BF_KVM_SET_VCPU_EVENTS BF_U32(0x4040aea0)
#define BF_KVM_GET_DEBUGREGS BF_U32(0x8080aea1)
#define BF_KVM_SET_DEBUGREGS BF_U32(0x4080aea2)
#define BF_KVM_SET_TSC_KHZ BF_U32(0xaea2)
#define BF_KVM_GET_TSC_KHZ BF_U32(0xaea3)
#define BF_KVM_GET_XSAVE BF_U32(0x9000aea4)
#define BF_KVM_SET_XSAVE BF_U32(0x5000aea5)
#define BF_KVM_GET_XCRS BF_U32(0x8188aea6)
#define BF_KVM_SET_XCRS BF_U32(0x4188aea7)
#define BF_KVM_KVMCLOCK_CTRL BF_U32(0xaead)
#define BF_KVM_SMI BF_U32(0xaeb7)
#define BF_KVM_GET_SREGS2 BF_U32(0x8140aecc)
#define BF_KVM_SET_SREGS2 BF_U32(0x4140aecd)
#define BF_KVM_GET_XSAVE2 BF_U32(0x9000aecf)

/* Version of the KVM API */
#define BF_KVM_API_VERSION BF_U32(0xc)

/* ioctl numbers of a virtual machine's file */
#define BF_KVM_CREATE_VCPU BF_U32(0xae41) /* Argument: its number. Returns a file. */
#define BF_KVM_GET_DIRTY_LOG BF_U32(0x4010ae42)
#define BF_KVM_SET_NR_MMU_PAGES BF_U32(0xae44)
#define BF_KVM_GET_NR_MMU_PAGES BF_U32(0xae45)
#define BF_KVM_SET_USER_MEMORY_REGION BF_U32(0x4020ae46)
#define BF_KVM_SET_TSS_ADDR BF_U32(0xae47) /* Argument: a guest physical address, three pages of which nobody uses. */
#define BF_KVM_SET_IDENTITY_MAP_ADDR BF_U32(0x4008ae48)
#define BF_KVM_CREATE_IRQCHIP BF_U32(0xae60)
#define BF_KVM_IRQ_LINE BF_U32(0x4008ae61)
#define BF_KVM_GET_IRQCHIP BF_U32(0xc208ae62)
#define BF_KVM_SET_IRQCHIP BF_U32(0x8208ae63)
#define BF_KVM_CREATE_PIT BF_U32(0xae64)
#define BF_KVM_GET_PIT BF_U32(0xc048ae65)
#define BF_KVM_SET_PIT BF_U32(0x8048ae66)
#define BF_KVM_IRQ_LINE_STATUS BF_U32(0xc008ae67)
#define BF_KVM_REGISTER_COALESCED_MMIO BF_U32(0x4010ae67)
#define BF_KVM_UNREGISTER_COALESCED_MMIO BF_U32(0x4010ae68)
#define BF_KVM_SET_GSI_ROUTING BF_U32(0x4008ae6a)
#define BF_KVM_REINJECT_CONTROL BF_U32(0xae71)
#define BF_KVM_IRQFD BF_U32(0x4020ae76)
#define BF_KVM_CREATE_PIT2 BF_U32(0x4040ae77)
#define BF_KVM_SET_BOOT_CPU_ID BF_U32(0xae78)
#define BF_KVM_IOEVENTFD BF_U32(0x4040ae79)
#define BF_KVM_SET_CLOCK BF_U32(0x4030ae7b)
#define BF_KVM_GET_CLOCK BF_U32(0x8030ae7c)
#define BF_KVM_GET_PIT2 BF_U32(0x8070ae9f)
#define BF_KVM_SET_PIT2 BF_U32(0x4070aea0)
#define BF_KVM_SIGNAL_MSI BF_U32(0x4020aea5)
#define BF_KVM_CLEAR_DIRTY_LOG BF_U32(0xc018aec0)
#define BF_KVM_X86_SET_MSR_FILTER BF_U32(0x4188aec6)
#define BF_KVM_RESET_DIRTY_RINGS BF_U32(0xaec7)

/* Errors of Linux that the KVM API ends with (asm-generic/errno-base.h, errno.h) */
#define BF_ERRNO_EPERM BF_U32(0x1)
#define BF_ERRNO_ENOENT BF_U32(0x2)
#define BF_ERRNO_EINTR BF_U32(0x4)
#define BF_ERRNO_EIO BF_U32(0x5)
#define BF_ERRNO_ENXIO BF_U32(0x6)
#define BF_ERRNO_E2BIG BF_U32(0x7)
#define BF_ERRNO_EBADF BF_U32(0x9)
#define BF_ERRNO_EAGAIN BF_U32(0xb)
#define BF_ERRNO_ENOMEM BF_U32(0xc)
#define BF_ERRNO_EACCES BF_U32(0xd)
#define BF_ERRNO_EFAULT BF_U32(0xe)
#define BF_ERRNO_EBUSY BF_U32(0x10)
#define BF_ERRNO_EEXIST BF_U32(0x11)
#define BF_ERRNO_ENODEV BF_U32(0x13)
#define BF_ERRNO_EINVAL BF_U32(0x16)
#define BF_ERRNO_EMFILE BF_U32(0x18)
#define BF_ERRNO_ENOTTY BF_U32(0x19)
#define BF_ERRNO_ENOSPC BF_U32(0x1c)
#define BF_ERRNO_ENOSYS BF_U32(0x26)
#define BF_ERRNO_EOPNOTSUPP BF_U32(0x5f)

/* Capabilities of KVM on x86 */
#define BF_KVM_CAP_IRQCHIP BF_U32(0x0)
#define BF_KVM_CAP_HLT BF_U32(0x1)
#define BF_KVM_CAP_MMU_SHADOW_CACHE_CONTROL BF_U32(0x2)
#define BF_KVM_CAP_USER_MEMORY BF_U32(0x3)
#define BF_KVM_CAP_SET_TSS_ADDR BF_U32(0x4)
#define BF_KVM_CAP_VAPIC BF_U32(0x6)
#define BF_KVM_CAP_EXT_CPUID BF_U32(0x7)
#define BF_KVM_CAP_CLOCKSOURCE BF_U32(0x8)
#define BF_KVM_CAP_NR_VCPUS BF_U32(0x9) /* How many are recommended. */
#define BF_KVM_CAP_NR_MEMSLOTS BF_U32(0xa) /* How many slots there are. */
#define BF_KVM_CAP_PIT BF_U32(0xb)
#define BF_KVM_CAP_NOP_IO_DELAY BF_U32(0xc)
#define BF_KVM_CAP_PV_MMU BF_U32(0xd)
#define BF_KVM_CAP_MP_STATE BF_U32(0xe)
#define BF_KVM_CAP_COALESCED_MMIO BF_U32(0xf) /* The page of the ring in a virtual processor's mapping. */
#define BF_KVM_CAP_SYNC_MMU BF_U32(0x10) /* What changes in the user's mapping changes in the guest. */
#define BF_KVM_CAP_DESTROY_MEMORY_REGION_WORKS BF_U32(0x15)
#define BF_KVM_CAP_USER_NMI BF_U32(0x16)
#define BF_KVM_CAP_SET_GUEST_DEBUG BF_U32(0x17)
#define BF_KVM_CAP_REINJECT_CONTROL BF_U32(0x18)
#define BF_KVM_CAP_IRQ_ROUTING BF_U32(0x19) /* How many routes there are. */
#define BF_KVM_CAP_IRQ_INJECT_STATUS BF_U32(0x1a)
#define BF_KVM_CAP_JOIN_MEMORY_REGIONS_WORKS BF_U32(0x1e)
#define BF_KVM_CAP_MCE BF_U32(0x1f) /* How many banks there are. */
#define BF_KVM_CAP_IRQFD BF_U32(0x20)
#define BF_KVM_CAP_PIT2 BF_U32(0x21)
#define BF_KVM_CAP_SET_BOOT_CPU_ID BF_U32(0x22)
#define BF_KVM_CAP_PIT_STATE2 BF_U32(0x23)
#define BF_KVM_CAP_IOEVENTFD BF_U32(0x24)
#define BF_KVM_CAP_SET_IDENTITY_MAP_ADDR BF_U32(0x25)
#define BF_KVM_CAP_XEN_HVM BF_U32(0x26)
#define BF_KVM_CAP_ADJUST_CLOCK BF_U32(0x27) /* KVM_CLOCK_*. */
#define BF_KVM_CAP_INTERNAL_ERROR_DATA BF_U32(0x28)
#define BF_KVM_CAP_VCPU_EVENTS BF_U32(0x29)
#define BF_KVM_CAP_HYPERV BF_U32(0x2c)
#define BF_KVM_CAP_HYPERV_VAPIC BF_U32(0x2d)
#define BF_KVM_CAP_HYPERV_SPIN BF_U32(0x2e)
#define BF_KVM_CAP_PCI_SEGMENT BF_U32(0x2f)
#define BF_KVM_CAP_INTR_SHADOW BF_U32(0x31)
#define BF_KVM_CAP_DEBUGREGS BF_U32(0x32)
#define BF_KVM_CAP_X86_ROBUST_SINGLESTEP BF_U32(0x33)
#define BF_KVM_CAP_ENABLE_CAP BF_U32(0x36)
#define BF_KVM_CAP_XSAVE BF_U32(0x37)
#define BF_KVM_CAP_XCRS BF_U32(0x38)
#define BF_KVM_CAP_ASYNC_PF BF_U32(0x3b)
#define BF_KVM_CAP_TSC_CONTROL BF_U32(0x3c)
#define BF_KVM_CAP_GET_TSC_KHZ BF_U32(0x3d)
#define BF_KVM_CAP_MAX_VCPUS BF_U32(0x42)
#define BF_KVM_CAP_TSC_DEADLINE_TIMER BF_U32(0x48)
#define BF_KVM_CAP_SYNC_REGS BF_U32(0x4a) /* KVM_SYNC_X86_*. */
#define BF_KVM_CAP_PCI_2_3 BF_U32(0x4b)
#define BF_KVM_CAP_KVMCLOCK_CTRL BF_U32(0x4c)
#define BF_KVM_CAP_SIGNAL_MSI BF_U32(0x4d)
#define BF_KVM_CAP_READONLY_MEM BF_U32(0x51)
#define BF_KVM_CAP_IRQFD_RESAMPLE BF_U32(0x52)
#define BF_KVM_CAP_EXT_EMUL_CPUID BF_U32(0x5f)
#define BF_KVM_CAP_HYPERV_TIME BF_U32(0x60)
#define BF_KVM_CAP_IOAPIC_POLARITY_IGNORED BF_U32(0x61)
#define BF_KVM_CAP_ENABLE_CAP_VM BF_U32(0x62)
#define BF_KVM_CAP_IOEVENTFD_NO_LENGTH BF_U32(0x64)
#define BF_KVM_CAP_VM_ATTRIBUTES BF_U32(0x65)
#define BF_KVM_CAP_CHECK_EXTENSION_VM BF_U32(0x69) /* KVM_CHECK_EXTENSION is for a virtual machine's file, too. */
#define BF_KVM_CAP_DISABLE_QUIRKS BF_U32(0x74)
#define BF_KVM_CAP_X86_SMM BF_U32(0x75)
#define BF_KVM_CAP_MULTI_ADDRESS_SPACE BF_U32(0x76)
#define BF_KVM_CAP_SPLIT_IRQCHIP BF_U32(0x79)
#define BF_KVM_CAP_IOEVENTFD_ANY_LENGTH BF_U32(0x7a)
#define BF_KVM_CAP_HYPERV_SYNIC BF_U32(0x7b)
#define BF_KVM_CAP_MAX_VCPU_ID BF_U32(0x80)
#define BF_KVM_CAP_X2APIC_API BF_U32(0x81)
#define BF_KVM_CAP_IMMEDIATE_EXIT BF_U32(0x88)
#define BF_KVM_CAP_X86_DISABLE_EXITS BF_U32(0x8f)
#define BF_KVM_CAP_HYPERV_SYNIC2 BF_U32(0x94)
#define BF_KVM_CAP_HYPERV_VP_INDEX BF_U32(0x95)
#define BF_KVM_CAP_GET_MSR_FEATURES BF_U32(0x99)
#define BF_KVM_CAP_HYPERV_EVENTFD BF_U32(0x9a)
#define BF_KVM_CAP_NESTED_STATE BF_U32(0x9d)
#define BF_KVM_CAP_MSR_PLATFORM_INFO BF_U32(0x9f)
#define BF_KVM_CAP_COALESCED_PIO BF_U32(0xa2)
#define BF_KVM_CAP_EXCEPTION_PAYLOAD BF_U32(0xa4)
#define BF_KVM_CAP_HYPERV_CPUID BF_U32(0xa7)
#define BF_KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 BF_U32(0xa8)
#define BF_KVM_CAP_PMU_EVENT_FILTER BF_U32(0xad)
#define BF_KVM_CAP_HALT_POLL BF_U32(0xb6)
#define BF_KVM_CAP_ASYNC_PF_INT BF_U32(0xb7)
#define BF_KVM_CAP_STEAL_TIME BF_U32(0xbb)
#define BF_KVM_CAP_X86_USER_SPACE_MSR BF_U32(0xbc)
#define BF_KVM_CAP_X86_MSR_FILTER BF_U32(0xbd)
#define BF_KVM_CAP_ENFORCE_PV_FEATURE_CPUID BF_U32(0xbe)
#define BF_KVM_CAP_DIRTY_LOG_RING BF_U32(0xc0)
#define BF_KVM_CAP_X86_BUS_LOCK_EXIT BF_U32(0xc1)
#define BF_KVM_CAP_SET_GUEST_DEBUG2 BF_U32(0xc3)
#define BF_KVM_CAP_SREGS2 BF_U32(0xc8)
#define BF_KVM_CAP_EXIT_HYPERCALL BF_U32(0xc9)
#define BF_KVM_CAP_BINARY_STATS_FD BF_U32(0xcb)
#define BF_KVM_CAP_EXIT_ON_EMULATION_FAILURE BF_U32(0xcc)
#define BF_KVM_CAP_VM_GPA_BITS BF_U32(0xcf)
#define BF_KVM_CAP_XSAVE2 BF_U32(0xd0)
#define BF_KVM_CAP_SYS_ATTRIBUTES BF_U32(0xd1)
#define BF_KVM_CAP_DISABLE_QUIRKS2 BF_U32(0xd5) /* KVM_X86_QUIRK_* that can be disabled. */
#define BF_KVM_CAP_VM_TSC_CONTROL BF_U32(0xd6)
#define BF_KVM_CAP_SYSTEM_EVENT_DATA BF_U32(0xd7)
#define BF_KVM_CAP_X86_TRIPLE_FAULT_EVENT BF_U32(0xda)
#define BF_KVM_CAP_X86_NOTIFY_VMEXIT BF_U32(0xdb)

/* KVM_CAP_DISABLE_QUIRKS2: what KVM does against the manuals unless it is told not to */
#define BF_KVM_X86_QUIRK_LINT0_REENABLED BF_U32(0x1)
#define BF_KVM_X86_QUIRK_CD_NW_CLEARED BF_U32(0x2)
#define BF_KVM_X86_QUIRK_LAPIC_MMIO_HOLE BF_U32(0x4)
#define BF_KVM_X86_QUIRK_OUT_7E_INC_RIP BF_U32(0x8)
#define BF_KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT BF_U32(0x10) /* CPUID has MONITOR and MWAIT as the user gave it, whatever MISC_ENABLE says. */
#define BF_KVM_X86_QUIRK_FIX_HYPERCALL_INSN BF_U32(0x20)
#define BF_KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS BF_U32(0x40) /* MONITOR and MWAIT do nothing where CPUID has them not, instead of #UD. */

/* Argument of KVM_CLEAR_DIRTY_LOG */
#define BF_KVM_CLEAR_DIRTY_LOG_SLOT BF_U32(0x0) /* u32. */
#define BF_KVM_CLEAR_DIRTY_LOG_NUM_PAGES BF_U32(0x4) /* u32. */
#define BF_KVM_CLEAR_DIRTY_LOG_FIRST_PAGE BF_U32(0x8) /* u64. */
#define BF_KVM_CLEAR_DIRTY_LOG_DIRTY_BITMAP BF_U32(0x10) /* u64. */
#define BF_KVM_CLEAR_DIRTY_LOG_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_clear_dirty_log {
    uint32_t slot;
    uint32_t num_pages;
    uint64_t first_page;
    uint64_t dirty_bitmap;
};
_Static_assert(sizeof(struct bf_kvm_clear_dirty_log) == 24, "size of bf_kvm_clear_dirty_log");
#endif

/* Argument of KVM_GET_CLOCK, KVM_SET_CLOCK */
#define BF_KVM_CLOCK_DATA_CLOCK BF_U32(0x0) /* u64: Nanoseconds. */
#define BF_KVM_CLOCK_DATA_FLAGS BF_U32(0x8) /* u32: KVM_CLOCK_*. */
#define BF_KVM_CLOCK_DATA_PADDING0 BF_U32(0xc) /* u32. */
#define BF_KVM_CLOCK_DATA_REALTIME BF_U32(0x10) /* u64. */
#define BF_KVM_CLOCK_DATA_HOST_TSC BF_U32(0x18) /* u64. */
#define BF_KVM_CLOCK_DATA_PADDING BF_U32(0x20) /* u32[4]. */
#define BF_KVM_CLOCK_DATA_BYTES BF_U32(0x30) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_clock_data {
    uint64_t clock;
    uint32_t flags;
    uint32_t padding0;
    uint64_t realtime;
    uint64_t host_tsc;
    uint32_t padding[4];
};
_Static_assert(sizeof(struct bf_kvm_clock_data) == 48, "size of bf_kvm_clock_data");
#endif

/* KvmClockData.flags */
#define BF_KVM_CLOCK_TSC_STABLE BF_U32(0x2)
#define BF_KVM_CLOCK_REALTIME BF_U32(0x4)
#define BF_KVM_CLOCK_HOST_TSC BF_U32(0x8)

/* A write in KvmCoalescedMmioRing */
#define BF_KVM_COALESCED_MMIO_PHYS_ADDR BF_U32(0x0) /* u64. */
#define BF_KVM_COALESCED_MMIO_LEN BF_U32(0x8) /* u32: Bytes of it, 1 to 8. */
#define BF_KVM_COALESCED_MMIO_PIO BF_U32(0xc) /* u32: 1: to a port. */
#define BF_KVM_COALESCED_MMIO_DATA BF_U32(0x10) /* u8[8]. */
#define BF_KVM_COALESCED_MMIO_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_coalesced_mmio {
    uint64_t phys_addr;
    uint32_t len;
    uint32_t pio;
    uint8_t data[8];
};
_Static_assert(sizeof(struct bf_kvm_coalesced_mmio) == 24, "size of bf_kvm_coalesced_mmio");
#endif

/* The ring of coalesced writes: as many KvmCoalescedMmio follow as the page has room for */
#define BF_KVM_COALESCED_MMIO_RING_FIRST BF_U32(0x0) /* u32: The first that the user has not carried out: the user's. */
#define BF_KVM_COALESCED_MMIO_RING_LAST BF_U32(0x4) /* u32: Behind the last one: the kernel's. */
#define BF_KVM_COALESCED_MMIO_RING_BYTES BF_U32(0x8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_coalesced_mmio_ring {
    uint32_t first;
    uint32_t last;
};
_Static_assert(sizeof(struct bf_kvm_coalesced_mmio_ring) == 8, "size of bf_kvm_coalesced_mmio_ring");
#endif

/* Argument of KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO */
#define BF_KVM_COALESCED_MMIO_ZONE_ADDR BF_U32(0x0) /* u64. */
#define BF_KVM_COALESCED_MMIO_ZONE_SIZE BF_U32(0x8) /* u32. */
#define BF_KVM_COALESCED_MMIO_ZONE_PIO BF_U32(0xc) /* u32: 1: ports. */
#define BF_KVM_COALESCED_MMIO_ZONE_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_coalesced_mmio_zone {
    uint64_t addr;
    uint32_t size;
    uint32_t pio;
};
_Static_assert(sizeof(struct bf_kvm_coalesced_mmio_zone) == 16, "size of bf_kvm_coalesced_mmio_zone");
#endif

/* Argument of KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR */
#define BF_KVM_DEVICE_ATTR_FLAGS BF_U32(0x0) /* u32. */
#define BF_KVM_DEVICE_ATTR_GROUP BF_U32(0x4) /* u32. */
#define BF_KVM_DEVICE_ATTR_ATTR BF_U32(0x8) /* u64. */
#define BF_KVM_DEVICE_ATTR_ADDR BF_U32(0x10) /* u64. */
#define BF_KVM_DEVICE_ATTR_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_device_attr {
    uint32_t flags;
    uint32_t group;
    uint64_t attr;
    uint64_t addr;
};
_Static_assert(sizeof(struct bf_kvm_device_attr) == 24, "size of bf_kvm_device_attr");
#endif

/* Argument of KVM_GET_DIRTY_LOG */
#define BF_KVM_DIRTY_LOG_SLOT BF_U32(0x0) /* u32. */
#define BF_KVM_DIRTY_LOG_PADDING BF_U32(0x4) /* u32. */
#define BF_KVM_DIRTY_LOG_DIRTY_BITMAP BF_U32(0x8) /* u64: Address of a bit for each page. */
#define BF_KVM_DIRTY_LOG_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_dirty_log {
    uint32_t slot;
    uint32_t padding;
    uint64_t dirty_bitmap;
};
_Static_assert(sizeof(struct bf_kvm_dirty_log) == 16, "size of bf_kvm_dirty_log");
#endif

/* Argument of KVM_ENABLE_CAP */
#define BF_KVM_ENABLE_CAP_CAP BF_U32(0x0) /* u32: KVM_CAP_*. */
#define BF_KVM_ENABLE_CAP_FLAGS BF_U32(0x4) /* u32. */
#define BF_KVM_ENABLE_CAP_ARGS BF_U32(0x8) /* u64[4]. */
#define BF_KVM_ENABLE_CAP_PADDING BF_U32(0x28) /* u8[64]. */
#define BF_KVM_ENABLE_CAP_BYTES BF_U32(0x68) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_enable_cap {
    uint32_t cap;
    uint32_t flags;
    uint64_t args[4];
    uint8_t padding[64];
};
_Static_assert(sizeof(struct bf_kvm_enable_cap) == 104, "size of bf_kvm_enable_cap");
#endif

/* KvmIrqfd.flags, KvmIoeventfd.flags */
#define BF_KVM_IRQFD_FLAG_DEASSIGN BF_U32(0x1)
#define BF_KVM_IRQFD_FLAG_RESAMPLE BF_U32(0x2)
#define BF_KVM_IOEVENTFD_FLAG_DATAMATCH BF_U32(0x1)
#define BF_KVM_IOEVENTFD_FLAG_PIO BF_U32(0x2)
#define BF_KVM_IOEVENTFD_FLAG_DEASSIGN BF_U32(0x4)

/* KvmIrqchip.chip of the I/O APIC */
#define BF_KVM_IOAPIC_STATE_BASE_ADDRESS BF_U32(0x0) /* u64. */
#define BF_KVM_IOAPIC_STATE_IOREGSEL BF_U32(0x8) /* u32: The register that is accessed. */
#define BF_KVM_IOAPIC_STATE_ID BF_U32(0xc) /* u32. */
#define BF_KVM_IOAPIC_STATE_IRR BF_U32(0x10) /* u32: A bit for each pin that is asserted, but for those whose edge was delivered. */
#define BF_KVM_IOAPIC_STATE_PADDING BF_U32(0x14) /* u32. */
#define BF_KVM_IOAPIC_STATE_REDIRTBL BF_U32(0x18) /* u64[24]: Redirection entries. */
#define BF_KVM_IOAPIC_STATE_BYTES BF_U32(0xd8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_ioapic_state {
    uint64_t base_address;
    uint32_t ioregsel;
    uint32_t id;
    uint32_t irr;
    uint32_t padding;
    uint64_t redirtbl[24];
};
_Static_assert(sizeof(struct bf_kvm_ioapic_state) == 216, "size of bf_kvm_ioapic_state");
#endif

/* Argument of KVM_IOEVENTFD */
#define BF_KVM_IOEVENTFD_DATAMATCH BF_U32(0x0) /* u64. */
#define BF_KVM_IOEVENTFD_ADDR BF_U32(0x8) /* u64. */
#define BF_KVM_IOEVENTFD_LEN BF_U32(0x10) /* u32. */
#define BF_KVM_IOEVENTFD_FD BF_U32(0x14) /* u32. */
#define BF_KVM_IOEVENTFD_FLAGS BF_U32(0x18) /* u32: KVM_IOEVENTFD_FLAG_*. */
#define BF_KVM_IOEVENTFD_PADDING BF_U32(0x1c) /* u8[36]. */
#define BF_KVM_IOEVENTFD_BYTES BF_U32(0x40) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_ioeventfd {
    uint64_t datamatch;
    uint64_t addr;
    uint32_t len;
    uint32_t fd;
    uint32_t flags;
    uint8_t padding[36];
};
_Static_assert(sizeof(struct bf_kvm_ioeventfd) == 64, "size of bf_kvm_ioeventfd");
#endif

/* Argument of KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS */
#define BF_KVM_IRQ_LEVEL_IRQ BF_U32(0x0) /* u32: The line; KVM_IRQ_LINE_STATUS writes here what became of it. */
#define BF_KVM_IRQ_LEVEL_LEVEL BF_U32(0x4) /* u32. */
#define BF_KVM_IRQ_LEVEL_BYTES BF_U32(0x8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_irq_level {
    uint32_t irq;
    uint32_t level;
};
_Static_assert(sizeof(struct bf_kvm_irq_level) == 8, "size of bf_kvm_irq_level");
#endif

/* Argument of KVM_SET_GSI_ROUTING; KvmIrqRoutingEntry follow */
#define BF_KVM_IRQ_ROUTING_NR BF_U32(0x0) /* u32. */
#define BF_KVM_IRQ_ROUTING_FLAGS BF_U32(0x4) /* u32. */
#define BF_KVM_IRQ_ROUTING_BYTES BF_U32(0x8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_irq_routing {
    uint32_t nr;
    uint32_t flags;
};
_Static_assert(sizeof(struct bf_kvm_irq_routing) == 8, "size of bf_kvm_irq_routing");
#endif

/* A route behind KvmIrqRouting */
#define BF_KVM_IRQ_ROUTING_ENTRY_GSI BF_U32(0x0) /* u32. */
#define BF_KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE BF_U32(0x4) /* u32: KVM_IRQ_ROUTING_*. */
#define BF_KVM_IRQ_ROUTING_ENTRY_FLAGS BF_U32(0x8) /* u32. */
#define BF_KVM_IRQ_ROUTING_ENTRY_PADDING BF_U32(0xc) /* u32. */
#define BF_KVM_IRQ_ROUTING_ENTRY_U BF_U32(0x10) /* u32[8]: Chip and pin, or low and high address, data and device of an MSI. */
#define BF_KVM_IRQ_ROUTING_ENTRY_BYTES BF_U32(0x30) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_irq_routing_entry {
    uint32_t gsi;
    uint32_t route_type;
    uint32_t flags;
    uint32_t padding;
    uint32_t u[8];
};
_Static_assert(sizeof(struct bf_kvm_irq_routing_entry) == 48, "size of bf_kvm_irq_routing_entry");
#endif

/* KvmIrqRoutingEntry.routeType */
#define BF_KVM_IRQ_ROUTING_IRQCHIP BF_U32(0x1)
#define BF_KVM_IRQ_ROUTING_MSI BF_U32(0x2)

/* Argument of KVM_GET_IRQCHIP, KVM_SET_IRQCHIP */
#define BF_KVM_IRQCHIP_CHIP_ID BF_U32(0x0) /* u32: KVM_IRQCHIP_*. */
#define BF_KVM_IRQCHIP_PADDING BF_U32(0x4) /* u32. */
#define BF_KVM_IRQCHIP_CHIP BF_U32(0x8) /* u8[512]. */
#define BF_KVM_IRQCHIP_BYTES BF_U32(0x208) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_irqchip {
    uint32_t chip_id;
    uint32_t padding;
    uint8_t chip[512];
};
_Static_assert(sizeof(struct bf_kvm_irqchip) == 520, "size of bf_kvm_irqchip");
#endif

/* KvmIrqchip.chipId */
#define BF_KVM_IRQCHIP_PIC_MASTER BF_U32(0x0)
#define BF_KVM_IRQCHIP_PIC_SLAVE BF_U32(0x1)
#define BF_KVM_IRQCHIP_IOAPIC BF_U32(0x2)

/* Argument of KVM_IRQFD */
#define BF_KVM_IRQFD_FD BF_U32(0x0) /* u32. */
#define BF_KVM_IRQFD_GSI BF_U32(0x4) /* u32. */
#define BF_KVM_IRQFD_FLAGS BF_U32(0x8) /* u32: KVM_IRQFD_FLAG_*. */
#define BF_KVM_IRQFD_RESAMPLEFD BF_U32(0xc) /* u32. */
#define BF_KVM_IRQFD_PADDING BF_U32(0x10) /* u8[16]. */
#define BF_KVM_IRQFD_BYTES BF_U32(0x20) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_irqfd {
    uint32_t fd;
    uint32_t gsi;
    uint32_t flags;
    uint32_t resamplefd;
    uint8_t padding[16];
};
_Static_assert(sizeof(struct bf_kvm_irqfd) == 32, "size of bf_kvm_irqfd");
#endif

/* KvmUserspaceMemoryRegion.flags */
#define BF_KVM_MEM_LOG_DIRTY_PAGES BF_U32(0x1)
#define BF_KVM_MEM_READONLY BF_U32(0x2)

/* Argument of KVM_SIGNAL_MSI */
#define BF_KVM_MSI_ADDRESS_LO BF_U32(0x0) /* u32. */
#define BF_KVM_MSI_ADDRESS_HI BF_U32(0x4) /* u32. */
#define BF_KVM_MSI_DATA BF_U32(0x8) /* u32. */
#define BF_KVM_MSI_FLAGS BF_U32(0xc) /* u32. */
#define BF_KVM_MSI_DEVID BF_U32(0x10) /* u32. */
#define BF_KVM_MSI_PADDING BF_U32(0x14) /* u8[12]. */
#define BF_KVM_MSI_BYTES BF_U32(0x20) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_msi {
    uint32_t address_lo;
    uint32_t address_hi;
    uint32_t data;
    uint32_t flags;
    uint32_t devid;
    uint8_t padding[12];
};
_Static_assert(sizeof(struct bf_kvm_msi) == 32, "size of bf_kvm_msi");
#endif

/* Argument of KVM_X86_SET_MSR_FILTER */
#define BF_KVM_MSR_FILTER_FLAGS BF_U32(0x0) /* u32: KVM_MSR_FILTER_DEFAULT_DENY. */
#define BF_KVM_MSR_FILTER_PADDING BF_U32(0x4) /* u32. */
#define BF_KVM_MSR_FILTER_RANGES BF_U32(0x8) /* u64[48]: Sixteen KvmMsrFilterRange. */
#define BF_KVM_MSR_FILTER_BYTES BF_U32(0x188) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_msr_filter {
    uint32_t flags;
    uint32_t padding;
    uint64_t ranges[48];
};
_Static_assert(sizeof(struct bf_kvm_msr_filter) == 392, "size of bf_kvm_msr_filter");
#endif

/* KvmMsrFilter.flags, KvmMsrFilterRange.flags */
#define BF_KVM_MSR_FILTER_DEFAULT_DENY BF_U32(0x1)
#define BF_KVM_MSR_FILTER_READ BF_U32(0x1)
#define BF_KVM_MSR_FILTER_WRITE BF_U32(0x2)

/* A range of MSRs in KvmMsrFilter */
#define BF_KVM_MSR_FILTER_RANGE_FLAGS BF_U32(0x0) /* u32: KVM_MSR_FILTER_READ, KVM_MSR_FILTER_WRITE. */
#define BF_KVM_MSR_FILTER_RANGE_NMSRS BF_U32(0x4) /* u32: 0: no range. */
#define BF_KVM_MSR_FILTER_RANGE_BASE BF_U32(0x8) /* u32. */
#define BF_KVM_MSR_FILTER_RANGE_PADDING BF_U32(0xc) /* u32. */
#define BF_KVM_MSR_FILTER_RANGE_BITMAP BF_U32(0x10) /* u64: Address of a bit for each MSR: 1: allowed. */
#define BF_KVM_MSR_FILTER_RANGE_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_msr_filter_range {
    uint32_t flags;
    uint32_t nmsrs;
    uint32_t base;
    uint32_t padding;
    uint64_t bitmap;
};
_Static_assert(sizeof(struct bf_kvm_msr_filter_range) == 24, "size of bf_kvm_msr_filter_range");
#endif

/* KvmIrqchip.chip of an 8259 */
#define BF_KVM_PIC_STATE_LAST_IRR BF_U32(0x0) /* u8: Which lines are asserted, for the next edge. */
#define BF_KVM_PIC_STATE_IRR BF_U32(0x1) /* u8. */
#define BF_KVM_PIC_STATE_IMR BF_U32(0x2) /* u8. */
#define BF_KVM_PIC_STATE_ISR BF_U32(0x3) /* u8. */
#define BF_KVM_PIC_STATE_PRIORITY_ADD BF_U32(0x4) /* u8: The line whose priority is highest. */
#define BF_KVM_PIC_STATE_IRQ_BASE BF_U32(0x5) /* u8: The first vector. */
#define BF_KVM_PIC_STATE_READ_REG_SELECT BF_U32(0x6) /* u8: 1: ISR is read, 0: IRR. */
#define BF_KVM_PIC_STATE_POLL BF_U32(0x7) /* u8: 1: the next read is an acknowledgement. */
#define BF_KVM_PIC_STATE_SPECIAL_MASK BF_U32(0x8) /* u8. */
#define BF_KVM_PIC_STATE_INIT_STATE BF_U32(0x9) /* u8: The initialization command word that came last; 0: all have come. */
#define BF_KVM_PIC_STATE_AUTO_EOI BF_U32(0xa) /* u8. */
#define BF_KVM_PIC_STATE_ROTATE_ON_AUTO_EOI BF_U32(0xb) /* u8. */
#define BF_KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE BF_U32(0xc) /* u8. */
#define BF_KVM_PIC_STATE_INIT4 BF_U32(0xd) /* u8: 1: a fourth word comes. */
#define BF_KVM_PIC_STATE_ELCR BF_U32(0xe) /* u8: A bit for each line that is level-triggered. */
#define BF_KVM_PIC_STATE_ELCR_MASK BF_U32(0xf) /* u8: And for each that can be so. */
#define BF_KVM_PIC_STATE_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_pic_state {
    uint8_t last_irr;
    uint8_t irr;
    uint8_t imr;
    uint8_t isr;
    uint8_t priority_add;
    uint8_t irq_base;
    uint8_t read_reg_select;
    uint8_t poll;
    uint8_t special_mask;
    uint8_t init_state;
    uint8_t auto_eoi;
    uint8_t rotate_on_auto_eoi;
    uint8_t special_fully_nested_mode;
    uint8_t init4;
    uint8_t elcr;
    uint8_t elcr_mask;
};
_Static_assert(sizeof(struct bf_kvm_pic_state) == 16, "size of bf_kvm_pic_state");
#endif

/* A channel of KvmPitState, KvmPitState2 */
#define BF_KVM_PIT_CHANNEL_STATE_COUNT BF_U32(0x0) /* u32: What it counts from, 1 to 65536. */
#define BF_KVM_PIT_CHANNEL_STATE_LATCHED_COUNT BF_U32(0x4) /* u16. */
#define BF_KVM_PIT_CHANNEL_STATE_COUNT_LATCHED BF_U32(0x6) /* u8: 0, or how latchedCount is read: as readState. */
#define BF_KVM_PIT_CHANNEL_STATE_STATUS_LATCHED BF_U32(0x7) /* u8: 1: the next read is status. */
#define BF_KVM_PIT_CHANNEL_STATE_STATUS BF_U32(0x8) /* u8. */
#define BF_KVM_PIT_CHANNEL_STATE_READ_STATE BF_U32(0x9) /* u8: 1: bits 7:0, 2: bits 15:8, 3: both, bits 7:0 next, 4: both, bits 15:8 next. */
#define BF_KVM_PIT_CHANNEL_STATE_WRITE_STATE BF_U32(0xa) /* u8: The same. */
#define BF_KVM_PIT_CHANNEL_STATE_WRITE_LATCH BF_U32(0xb) /* u8: Bits 7:0 of a count whose bits 15:8 are to be written. */
#define BF_KVM_PIT_CHANNEL_STATE_RW_MODE BF_U32(0xc) /* u8: Bits 5:4 of the control word. */
#define BF_KVM_PIT_CHANNEL_STATE_MODE BF_U32(0xd) /* u8. */
#define BF_KVM_PIT_CHANNEL_STATE_BCD BF_U32(0xe) /* u8. */
#define BF_KVM_PIT_CHANNEL_STATE_GATE BF_U32(0xf) /* u8. */
#define BF_KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME BF_U32(0x10) /* u64: Nanoseconds of the kernel's clock. */
#define BF_KVM_PIT_CHANNEL_STATE_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_pit_channel_state {
    uint32_t count;
    uint16_t latched_count;
    uint8_t count_latched;
    uint8_t status_latched;
    uint8_t status;
    uint8_t read_state;
    uint8_t write_state;
    uint8_t write_latch;
    uint8_t rw_mode;
    uint8_t mode;
    uint8_t bcd;
    uint8_t gate;
    uint64_t count_load_time;
};
_Static_assert(sizeof(struct bf_kvm_pit_channel_state) == 24, "size of bf_kvm_pit_channel_state");
#endif

/* Argument of KVM_CREATE_PIT2 */
#define BF_KVM_PIT_CONFIG_FLAGS BF_U32(0x0) /* u32: KVM_PIT_SPEAKER_DUMMY. */
#define BF_KVM_PIT_CONFIG_PADDING BF_U32(0x4) /* u32[15]. */
#define BF_KVM_PIT_CONFIG_BYTES BF_U32(0x40) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_pit_config {
    uint32_t flags;
    uint32_t padding[15];
};
_Static_assert(sizeof(struct bf_kvm_pit_config) == 64, "size of bf_kvm_pit_config");
#endif

/* KvmPitConfig.flags */
#define BF_KVM_PIT_SPEAKER_DUMMY BF_U32(0x1) /* Port 61h is the kernel's, too. */

/* Argument of KVM_GET_PIT, KVM_SET_PIT */
#define BF_KVM_PIT_STATE_CHANNELS BF_U32(0x0) /* u64[9]: Three KvmPitChannelState. */
#define BF_KVM_PIT_STATE_BYTES BF_U32(0x48) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_pit_state {
    uint64_t channels[9];
};
_Static_assert(sizeof(struct bf_kvm_pit_state) == 72, "size of bf_kvm_pit_state");
#endif

/* Argument of KVM_GET_PIT2, KVM_SET_PIT2 */
#define BF_KVM_PIT_STATE2_CHANNELS BF_U32(0x0) /* u64[9]: Three KvmPitChannelState. */
#define BF_KVM_PIT_STATE2_FLAGS BF_U32(0x48) /* u32: KVM_PIT_FLAGS_*. */
#define BF_KVM_PIT_STATE2_RESERVED BF_U32(0x4c) /* u32[9]. */
#define BF_KVM_PIT_STATE2_BYTES BF_U32(0x70) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_pit_state2 {
    uint64_t channels[9];
    uint32_t flags;
    uint32_t reserved[9];
};
_Static_assert(sizeof(struct bf_kvm_pit_state2) == 112, "size of bf_kvm_pit_state2");
#endif

/* KvmPitState2.flags */
#define BF_KVM_PIT_FLAGS_HPET_LEGACY BF_U32(0x1) /* Channel 0 asserts no line: another timer has it. */
#define BF_KVM_PIT_FLAGS_SPEAKER_DATA_ON BF_U32(0x2) /* Bit 1 of port 61h. */

/* Argument of KVM_REINJECT_CONTROL */
#define BF_KVM_REINJECT_CONTROL_PIT_REINJECT BF_U32(0x0) /* u8: 1: ticks that the guest has missed come later; 0: they are lost. */
#define BF_KVM_REINJECT_CONTROL_RESERVED BF_U32(0x1) /* u8[31]. */
#define BF_KVM_REINJECT_CONTROL_BYTES BF_U32(0x20) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_reinject_control {
    uint8_t pit_reinject;
    uint8_t reserved[31];
};
_Static_assert(sizeof(struct bf_kvm_reinject_control) == 32, "size of bf_kvm_reinject_control");
#endif

/* Argument of KVM_SET_USER_MEMORY_REGION */
#define BF_KVM_USERSPACE_MEMORY_REGION_SLOT BF_U32(0x0) /* u32: Bits 15:0 the number, bits 31:16 the address space. */
#define BF_KVM_USERSPACE_MEMORY_REGION_FLAGS BF_U32(0x4) /* u32: KVM_MEM_*. */
#define BF_KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR BF_U32(0x8) /* u64. */
#define BF_KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE BF_U32(0x10) /* u64: Bytes; 0 takes the slot away. */
#define BF_KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR BF_U32(0x18) /* u64. */
#define BF_KVM_USERSPACE_MEMORY_REGION_BYTES BF_U32(0x20) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_userspace_memory_region {
    uint32_t slot;
    uint32_t flags;
    uint64_t guest_phys_addr;
    uint64_t memory_size;
    uint64_t userspace_addr;
};
_Static_assert(sizeof(struct bf_kvm_userspace_memory_region) == 32, "size of bf_kvm_userspace_memory_region");
#endif

/* Argument of KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2, KVM_GET_CPUID2; KvmCpuidEntry2 follow */
#define BF_KVM_CPUID2_NENT BF_U32(0x0) /* u32. */
#define BF_KVM_CPUID2_PADDING BF_U32(0x4) /* u32. */
#define BF_KVM_CPUID2_BYTES BF_U32(0x8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_cpuid2 {
    uint32_t nent;
    uint32_t padding;
};
_Static_assert(sizeof(struct bf_kvm_cpuid2) == 8, "size of bf_kvm_cpuid2");
#endif

/* A leaf behind KvmCpuid2 */
#define BF_KVM_CPUID_ENTRY2_FUNCTION BF_U32(0x0) /* u32. */
#define BF_KVM_CPUID_ENTRY2_INDEX BF_U32(0x4) /* u32. */
#define BF_KVM_CPUID_ENTRY2_FLAGS BF_U32(0x8) /* u32: KVM_CPUID_FLAG_*. */
#define BF_KVM_CPUID_ENTRY2_EAX BF_U32(0xc) /* u32. */
#define BF_KVM_CPUID_ENTRY2_EBX BF_U32(0x10) /* u32. */
#define BF_KVM_CPUID_ENTRY2_ECX BF_U32(0x14) /* u32. */
#define BF_KVM_CPUID_ENTRY2_EDX BF_U32(0x18) /* u32. */
#define BF_KVM_CPUID_ENTRY2_PADDING BF_U32(0x1c) /* u32[3]. */
#define BF_KVM_CPUID_ENTRY2_BYTES BF_U32(0x28) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_cpuid_entry2 {
    uint32_t function;
    uint32_t index;
    uint32_t flags;
    uint32_t eax;
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
    uint32_t padding[3];
};
_Static_assert(sizeof(struct bf_kvm_cpuid_entry2) == 40, "size of bf_kvm_cpuid_entry2");
#endif

/* KvmCpuidEntry2.flags */
#define BF_KVM_CPUID_FLAG_SIGNIFCANT_INDEX BF_U32(0x1) /* Valid for this ECX alone. Spelled as Linux does. */

/* Argument of KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS */
#define BF_KVM_DEBUGREGS_DB BF_U32(0x0) /* u64[4]: DR0 to DR3. */
#define BF_KVM_DEBUGREGS_DR6 BF_U32(0x20) /* u64. */
#define BF_KVM_DEBUGREGS_DR7 BF_U32(0x28) /* u64. */
#define BF_KVM_DEBUGREGS_FLAGS BF_U32(0x30) /* u64. */
#define BF_KVM_DEBUGREGS_RESERVED BF_U32(0x38) /* u64[9]. */
#define BF_KVM_DEBUGREGS_BYTES BF_U32(0x80) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_debugregs {
    uint64_t db[4];
    uint64_t dr6;
    uint64_t dr7;
    uint64_t flags;
    uint64_t reserved[9];
};
_Static_assert(sizeof(struct bf_kvm_debugregs) == 128, "size of bf_kvm_debugregs");
#endif

/* GDTR or IDTR, as KvmSregs has it */
#define BF_KVM_DTABLE_BASE BF_U32(0x0) /* u64. */
#define BF_KVM_DTABLE_LIMIT BF_U32(0x8) /* u16. */
#define BF_KVM_DTABLE_PADDING BF_U32(0xa) /* u16[3]. */
#define BF_KVM_DTABLE_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_dtable {
    uint64_t base;
    uint16_t limit;
    uint16_t padding[3];
};
_Static_assert(sizeof(struct bf_kvm_dtable) == 16, "size of bf_kvm_dtable");
#endif

/* Argument of KVM_GET_FPU, KVM_SET_FPU */
#define BF_KVM_FPU_FPR BF_U32(0x0) /* u8[128]: Eight registers, 16 bytes each. */
#define BF_KVM_FPU_FCW BF_U32(0x80) /* u16. */
#define BF_KVM_FPU_FSW BF_U32(0x82) /* u16. */
#define BF_KVM_FPU_FTWX BF_U32(0x84) /* u8: Tags in FXSAVE's short form. */
#define BF_KVM_FPU_PADDING1 BF_U32(0x85) /* u8. */
#define BF_KVM_FPU_LAST_OPCODE BF_U32(0x86) /* u16. */
#define BF_KVM_FPU_LAST_IP BF_U32(0x88) /* u64. */
#define BF_KVM_FPU_LAST_DP BF_U32(0x90) /* u64. */
#define BF_KVM_FPU_XMM BF_U32(0x98) /* u8[256]: Sixteen registers, 16 bytes each. */
#define BF_KVM_FPU_MXCSR BF_U32(0x198) /* u32. */
#define BF_KVM_FPU_PADDING2 BF_U32(0x19c) /* u32. */
#define BF_KVM_FPU_BYTES BF_U32(0x1a0) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_fpu {
    uint8_t fpr[128];
    uint16_t fcw;
    uint16_t fsw;
    uint8_t ftwx;
    uint8_t padding1;
    uint16_t last_opcode;
    uint64_t last_ip;
    uint64_t last_dp;
    uint8_t xmm[256];
    uint32_t mxcsr;
    uint32_t padding2;
};
_Static_assert(sizeof(struct bf_kvm_fpu) == 416, "size of bf_kvm_fpu");
#endif

/* Argument of KVM_SET_GUEST_DEBUG */
#define BF_KVM_GUEST_DEBUG_CONTROL BF_U32(0x0) /* u32: KVM_GUESTDBG_*. */
#define BF_KVM_GUEST_DEBUG_PADDING BF_U32(0x4) /* u32. */
#define BF_KVM_GUEST_DEBUG_DEBUGREG BF_U32(0x8) /* u64[8]: arch.debugreg: DR0 to DR7. */
#define BF_KVM_GUEST_DEBUG_BYTES BF_U32(0x48) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_guest_debug {
    uint32_t control;
    uint32_t padding;
    uint64_t debugreg[8];
};
_Static_assert(sizeof(struct bf_kvm_guest_debug) == 72, "size of bf_kvm_guest_debug");
#endif

/* KvmGuestDebug.control */
#define BF_KVM_GUESTDBG_ENABLE BF_U32(0x1)
#define BF_KVM_GUESTDBG_SINGLESTEP BF_U32(0x2)
#define BF_KVM_GUESTDBG_USE_SW_BP BF_U32(0x10000)
#define BF_KVM_GUESTDBG_USE_HW_BP BF_U32(0x20000)
#define BF_KVM_GUESTDBG_INJECT_DB BF_U32(0x40000)
#define BF_KVM_GUESTDBG_INJECT_BP BF_U32(0x80000)
#define BF_KVM_GUESTDBG_BLOCKIRQ BF_U32(0x100000)

/* Argument of KVM_INTERRUPT */
#define BF_KVM_INTERRUPT_IRQ BF_U32(0x0) /* u32: The vector. */
#define BF_KVM_INTERRUPT_BYTES BF_U32(0x4) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_interrupt {
    uint32_t irq;
};
_Static_assert(sizeof(struct bf_kvm_interrupt) == 4, "size of bf_kvm_interrupt");
#endif

/* Argument of KVM_GET_LAPIC, KVM_SET_LAPIC */
#define BF_KVM_LAPIC_STATE_REGS BF_U32(0x0) /* u8[1024]: The local APIC's page. */
#define BF_KVM_LAPIC_STATE_BYTES BF_U32(0x400) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_lapic_state {
    uint8_t regs[1024];
};
_Static_assert(sizeof(struct bf_kvm_lapic_state) == 1024, "size of bf_kvm_lapic_state");
#endif

/* Argument of KVM_GET_MP_STATE, KVM_SET_MP_STATE */
#define BF_KVM_MP_STATE_MP_STATE BF_U32(0x0) /* u32: KVM_MP_STATE_*. */
#define BF_KVM_MP_STATE_BYTES BF_U32(0x4) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_mp_state {
    uint32_t mp_state;
};
_Static_assert(sizeof(struct bf_kvm_mp_state) == 4, "size of bf_kvm_mp_state");
#endif

/* KvmMpState.mpState */
#define BF_KVM_MP_STATE_RUNNABLE BF_U32(0x0)
#define BF_KVM_MP_STATE_UNINITIALIZED BF_U32(0x1)
#define BF_KVM_MP_STATE_INIT_RECEIVED BF_U32(0x2)
#define BF_KVM_MP_STATE_HALTED BF_U32(0x3)
#define BF_KVM_MP_STATE_SIPI_RECEIVED BF_U32(0x4)

/* An MSR behind KvmMsrs */
#define BF_KVM_MSR_ENTRY_INDEX BF_U32(0x0) /* u32. */
#define BF_KVM_MSR_ENTRY_RESERVED BF_U32(0x4) /* u32. */
#define BF_KVM_MSR_ENTRY_DATA BF_U32(0x8) /* u64. */
#define BF_KVM_MSR_ENTRY_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_msr_entry {
    uint32_t index;
    uint32_t reserved;
    uint64_t data;
};
_Static_assert(sizeof(struct bf_kvm_msr_entry) == 16, "size of bf_kvm_msr_entry");
#endif

/* Argument of KVM_GET_MSR_INDEX_LIST, KVM_GET_MSR_FEATURE_INDEX_LIST; numbers follow, 32 bits each */
#define BF_KVM_MSR_LIST_NMSRS BF_U32(0x0) /* u32: In: room; out: how many there are, also with E2BIG. */
#define BF_KVM_MSR_LIST_BYTES BF_U32(0x4) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_msr_list {
    uint32_t nmsrs;
};
_Static_assert(sizeof(struct bf_kvm_msr_list) == 4, "size of bf_kvm_msr_list");
#endif

/* Argument of KVM_GET_MSRS, KVM_SET_MSRS; KvmMsrEntry follow */
#define BF_KVM_MSRS_NMSRS BF_U32(0x0) /* u32. */
#define BF_KVM_MSRS_PADDING BF_U32(0x4) /* u32. */
#define BF_KVM_MSRS_BYTES BF_U32(0x8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_msrs {
    uint32_t nmsrs;
    uint32_t padding;
};
_Static_assert(sizeof(struct bf_kvm_msrs) == 8, "size of bf_kvm_msrs");
#endif

/* Argument of KVM_GET_REGS, KVM_SET_REGS */
#define BF_KVM_REGS_RAX BF_U32(0x0) /* u64. */
#define BF_KVM_REGS_RBX BF_U32(0x8) /* u64. */
#define BF_KVM_REGS_RCX BF_U32(0x10) /* u64. */
#define BF_KVM_REGS_RDX BF_U32(0x18) /* u64. */
#define BF_KVM_REGS_RSI BF_U32(0x20) /* u64. */
#define BF_KVM_REGS_RDI BF_U32(0x28) /* u64. */
#define BF_KVM_REGS_RSP BF_U32(0x30) /* u64. */
#define BF_KVM_REGS_RBP BF_U32(0x38) /* u64. */
#define BF_KVM_REGS_R8 BF_U32(0x40) /* u64. */
#define BF_KVM_REGS_R9 BF_U32(0x48) /* u64. */
#define BF_KVM_REGS_R10 BF_U32(0x50) /* u64. */
#define BF_KVM_REGS_R11 BF_U32(0x58) /* u64. */
#define BF_KVM_REGS_R12 BF_U32(0x60) /* u64. */
#define BF_KVM_REGS_R13 BF_U32(0x68) /* u64. */
#define BF_KVM_REGS_R14 BF_U32(0x70) /* u64. */
#define BF_KVM_REGS_R15 BF_U32(0x78) /* u64. */
#define BF_KVM_REGS_RIP BF_U32(0x80) /* u64. */
#define BF_KVM_REGS_RFLAGS BF_U32(0x88) /* u64. */
#define BF_KVM_REGS_BYTES BF_U32(0x90) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_regs {
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t rsp;
    uint64_t rbp;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rip;
    uint64_t rflags;
};
_Static_assert(sizeof(struct bf_kvm_regs) == 144, "size of bf_kvm_regs");
#endif

/* A segment register, as KvmSregs has it */
#define BF_KVM_SEGMENT_BASE BF_U32(0x0) /* u64. */
#define BF_KVM_SEGMENT_LIMIT BF_U32(0x8) /* u32: In bytes, whatever the granularity is. */
#define BF_KVM_SEGMENT_SELECTOR BF_U32(0xc) /* u16. */
#define BF_KVM_SEGMENT_SEGMENT_TYPE BF_U32(0xe) /* u8: Type of the descriptor, 4 bits. */
#define BF_KVM_SEGMENT_PRESENT BF_U32(0xf) /* u8. */
#define BF_KVM_SEGMENT_DPL BF_U32(0x10) /* u8. */
#define BF_KVM_SEGMENT_DB BF_U32(0x11) /* u8. */
#define BF_KVM_SEGMENT_S BF_U32(0x12) /* u8. */
#define BF_KVM_SEGMENT_L BF_U32(0x13) /* u8. */
#define BF_KVM_SEGMENT_G BF_U32(0x14) /* u8. */
#define BF_KVM_SEGMENT_AVL BF_U32(0x15) /* u8. */
#define BF_KVM_SEGMENT_UNUSABLE BF_U32(0x16) /* u8. */
#define BF_KVM_SEGMENT_PADDING BF_U32(0x17) /* u8. */
#define BF_KVM_SEGMENT_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_segment {
    uint64_t base;
    uint32_t limit;
    uint16_t selector;
    uint8_t segment_type;
    uint8_t present;
    uint8_t dpl;
    uint8_t db;
    uint8_t s;
    uint8_t l;
    uint8_t g;
    uint8_t avl;
    uint8_t unusable;
    uint8_t padding;
};
_Static_assert(sizeof(struct bf_kvm_segment) == 24, "size of bf_kvm_segment");
#endif

/* Argument of KVM_SET_SIGNAL_MASK; the signals follow, a bit each */
#define BF_KVM_SIGNAL_MASK_LEN BF_U32(0x0) /* u32: Bytes that follow: 8. */
#define BF_KVM_SIGNAL_MASK_BYTES BF_U32(0x4) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_signal_mask {
    uint32_t len;
};
_Static_assert(sizeof(struct bf_kvm_signal_mask) == 4, "size of bf_kvm_signal_mask");
#endif

/* Argument of KVM_GET_SREGS, KVM_SET_SREGS */
#define BF_KVM_SREGS_CS BF_U32(0x0) /* u64[3]: KvmSegment, as all eight. */
#define BF_KVM_SREGS_DS BF_U32(0x18) /* u64[3]. */
#define BF_KVM_SREGS_ES BF_U32(0x30) /* u64[3]. */
#define BF_KVM_SREGS_FS BF_U32(0x48) /* u64[3]. */
#define BF_KVM_SREGS_GS BF_U32(0x60) /* u64[3]. */
#define BF_KVM_SREGS_SS BF_U32(0x78) /* u64[3]. */
#define BF_KVM_SREGS_TR BF_U32(0x90) /* u64[3]. */
#define BF_KVM_SREGS_LDT BF_U32(0xa8) /* u64[3]. */
#define BF_KVM_SREGS_GDT BF_U32(0xc0) /* u64[2]: KvmDtable. */
#define BF_KVM_SREGS_IDT BF_U32(0xd0) /* u64[2]: KvmDtable. */
#define BF_KVM_SREGS_CR0 BF_U32(0xe0) /* u64. */
#define BF_KVM_SREGS_CR2 BF_U32(0xe8) /* u64. */
#define BF_KVM_SREGS_CR3 BF_U32(0xf0) /* u64. */
#define BF_KVM_SREGS_CR4 BF_U32(0xf8) /* u64. */
#define BF_KVM_SREGS_CR8 BF_U32(0x100) /* u64. */
#define BF_KVM_SREGS_EFER BF_U32(0x108) /* u64. */
#define BF_KVM_SREGS_APIC_BASE BF_U32(0x110) /* u64. */
#define BF_KVM_SREGS_INTERRUPT_BITMAP BF_U32(0x118) /* u64[4]: At most one bit: the interrupt that is being delivered. */
#define BF_KVM_SREGS_BYTES BF_U32(0x138) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_sregs {
    uint64_t cs[3];
    uint64_t ds[3];
    uint64_t es[3];
    uint64_t fs[3];
    uint64_t gs[3];
    uint64_t ss[3];
    uint64_t tr[3];
    uint64_t ldt[3];
    uint64_t gdt[2];
    uint64_t idt[2];
    uint64_t cr0;
    uint64_t cr2;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t cr8;
    uint64_t efer;
    uint64_t apic_base;
    uint64_t interrupt_bitmap[4];
};
_Static_assert(sizeof(struct bf_kvm_sregs) == 312, "size of bf_kvm_sregs");
#endif

/* Argument of KVM_GET_SREGS2, KVM_SET_SREGS2 */
#define BF_KVM_SREGS2_CS BF_U32(0x0) /* u64[3]: KvmSegment, as all eight. */
#define BF_KVM_SREGS2_DS BF_U32(0x18) /* u64[3]. */
#define BF_KVM_SREGS2_ES BF_U32(0x30) /* u64[3]. */
#define BF_KVM_SREGS2_FS BF_U32(0x48) /* u64[3]. */
#define BF_KVM_SREGS2_GS BF_U32(0x60) /* u64[3]. */
#define BF_KVM_SREGS2_SS BF_U32(0x78) /* u64[3]. */
#define BF_KVM_SREGS2_TR BF_U32(0x90) /* u64[3]. */
#define BF_KVM_SREGS2_LDT BF_U32(0xa8) /* u64[3]. */
#define BF_KVM_SREGS2_GDT BF_U32(0xc0) /* u64[2]: KvmDtable. */
#define BF_KVM_SREGS2_IDT BF_U32(0xd0) /* u64[2]: KvmDtable. */
#define BF_KVM_SREGS2_CR0 BF_U32(0xe0) /* u64. */
#define BF_KVM_SREGS2_CR2 BF_U32(0xe8) /* u64. */
#define BF_KVM_SREGS2_CR3 BF_U32(0xf0) /* u64. */
#define BF_KVM_SREGS2_CR4 BF_U32(0xf8) /* u64. */
#define BF_KVM_SREGS2_CR8 BF_U32(0x100) /* u64. */
#define BF_KVM_SREGS2_EFER BF_U32(0x108) /* u64. */
#define BF_KVM_SREGS2_APIC_BASE BF_U32(0x110) /* u64. */
#define BF_KVM_SREGS2_FLAGS BF_U32(0x118) /* u64: KVM_SREGS2_FLAGS_*. */
#define BF_KVM_SREGS2_PDPTRS BF_U32(0x120) /* u64[4]. */
#define BF_KVM_SREGS2_BYTES BF_U32(0x140) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_sregs2 {
    uint64_t cs[3];
    uint64_t ds[3];
    uint64_t es[3];
    uint64_t fs[3];
    uint64_t gs[3];
    uint64_t ss[3];
    uint64_t tr[3];
    uint64_t ldt[3];
    uint64_t gdt[2];
    uint64_t idt[2];
    uint64_t cr0;
    uint64_t cr2;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t cr8;
    uint64_t efer;
    uint64_t apic_base;
    uint64_t flags;
    uint64_t pdptrs[4];
};
_Static_assert(sizeof(struct bf_kvm_sregs2) == 320, "size of bf_kvm_sregs2");
#endif

/* KvmSregs2.flags */
#define BF_KVM_SREGS2_FLAGS_PDPTRS_VALID BF_U32(0x1)

/* Argument of KVM_TPR_ACCESS_REPORTING */
#define BF_KVM_TPR_ACCESS_CTL_ENABLED BF_U32(0x0) /* u32. */
#define BF_KVM_TPR_ACCESS_CTL_FLAGS BF_U32(0x4) /* u32. */
#define BF_KVM_TPR_ACCESS_CTL_RESERVED BF_U32(0x8) /* u32[8]. */
#define BF_KVM_TPR_ACCESS_CTL_BYTES BF_U32(0x28) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_tpr_access_ctl {
    uint32_t enabled;
    uint32_t flags;
    uint32_t reserved[8];
};
_Static_assert(sizeof(struct bf_kvm_tpr_access_ctl) == 40, "size of bf_kvm_tpr_access_ctl");
#endif

/* Argument of KVM_TRANSLATE */
#define BF_KVM_TRANSLATION_LINEAR_ADDRESS BF_U32(0x0) /* u64: In. */
#define BF_KVM_TRANSLATION_PHYSICAL_ADDRESS BF_U32(0x8) /* u64: Out: guest physical. */
#define BF_KVM_TRANSLATION_VALID BF_U32(0x10) /* u8. */
#define BF_KVM_TRANSLATION_WRITEABLE BF_U32(0x11) /* u8. */
#define BF_KVM_TRANSLATION_USERMODE BF_U32(0x12) /* u8. */
#define BF_KVM_TRANSLATION_PADDING BF_U32(0x13) /* u8[5]. */
#define BF_KVM_TRANSLATION_BYTES BF_U32(0x18) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_translation {
    uint64_t linear_address;
    uint64_t physical_address;
    uint8_t valid;
    uint8_t writeable;
    uint8_t usermode;
    uint8_t padding[5];
};
_Static_assert(sizeof(struct bf_kvm_translation) == 24, "size of bf_kvm_translation");
#endif

/* KvmVcpuEvents.flags, and interruptShadow */
#define BF_KVM_VCPUEVENT_VALID_NMI_PENDING BF_U32(0x1)
#define BF_KVM_VCPUEVENT_VALID_SIPI_VECTOR BF_U32(0x2)
#define BF_KVM_VCPUEVENT_VALID_SHADOW BF_U32(0x4)
#define BF_KVM_VCPUEVENT_VALID_SMM BF_U32(0x8)
#define BF_KVM_VCPUEVENT_VALID_PAYLOAD BF_U32(0x10)
#define BF_KVM_VCPUEVENT_VALID_TRIPLE_FAULT BF_U32(0x20)
#define BF_KVM_X86_SHADOW_INT_MOV_SS BF_U32(0x1)
#define BF_KVM_X86_SHADOW_INT_STI BF_U32(0x2)

/* Argument of KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_INJECTED BF_U32(0x0) /* u8. */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_NR BF_U32(0x1) /* u8. */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_HAS_ERROR_CODE BF_U32(0x2) /* u8. */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_PENDING BF_U32(0x3) /* u8. */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_ERROR_CODE BF_U32(0x4) /* u32. */
#define BF_KVM_VCPU_EVENTS_INTERRUPT_INJECTED BF_U32(0x8) /* u8. */
#define BF_KVM_VCPU_EVENTS_INTERRUPT_NR BF_U32(0x9) /* u8. */
#define BF_KVM_VCPU_EVENTS_INTERRUPT_SOFT BF_U32(0xa) /* u8. */
#define BF_KVM_VCPU_EVENTS_INTERRUPT_SHADOW BF_U32(0xb) /* u8: KVM_X86_SHADOW_INT_*. */
#define BF_KVM_VCPU_EVENTS_NMI_INJECTED BF_U32(0xc) /* u8. */
#define BF_KVM_VCPU_EVENTS_NMI_PENDING BF_U32(0xd) /* u8. */
#define BF_KVM_VCPU_EVENTS_NMI_MASKED BF_U32(0xe) /* u8. */
#define BF_KVM_VCPU_EVENTS_PADDING_NMI BF_U32(0xf) /* u8. */
#define BF_KVM_VCPU_EVENTS_SIPI_VECTOR BF_U32(0x10) /* u32. */
#define BF_KVM_VCPU_EVENTS_FLAGS BF_U32(0x14) /* u32: KVM_VCPUEVENT_VALID_*. */
#define BF_KVM_VCPU_EVENTS_SMI_SMM BF_U32(0x18) /* u8. */
#define BF_KVM_VCPU_EVENTS_SMI_PENDING BF_U32(0x19) /* u8. */
#define BF_KVM_VCPU_EVENTS_SMI_SMM_INSIDE_NMI BF_U32(0x1a) /* u8. */
#define BF_KVM_VCPU_EVENTS_SMI_LATCHED_INIT BF_U32(0x1b) /* u8. */
#define BF_KVM_VCPU_EVENTS_TRIPLE_FAULT_PENDING BF_U32(0x1c) /* u8. */
#define BF_KVM_VCPU_EVENTS_RESERVED BF_U32(0x1d) /* u8[26]. */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_HAS_PAYLOAD BF_U32(0x37) /* u8. */
#define BF_KVM_VCPU_EVENTS_EXCEPTION_PAYLOAD BF_U32(0x38) /* u64. */
#define BF_KVM_VCPU_EVENTS_BYTES BF_U32(0x40) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_vcpu_events {
    uint8_t exception_injected;
    uint8_t exception_nr;
    uint8_t exception_has_error_code;
    uint8_t exception_pending;
    uint32_t exception_error_code;
    uint8_t interrupt_injected;
    uint8_t interrupt_nr;
    uint8_t interrupt_soft;
    uint8_t interrupt_shadow;
    uint8_t nmi_injected;
    uint8_t nmi_pending;
    uint8_t nmi_masked;
    uint8_t padding_nmi;
    uint32_t sipi_vector;
    uint32_t flags;
    uint8_t smi_smm;
    uint8_t smi_pending;
    uint8_t smi_smm_inside_nmi;
    uint8_t smi_latched_init;
    uint8_t triple_fault_pending;
    uint8_t reserved[26];
    uint8_t exception_has_payload;
    uint64_t exception_payload;
};
_Static_assert(sizeof(struct bf_kvm_vcpu_events) == 64, "size of bf_kvm_vcpu_events");
#endif

/* Argument of KVM_X86_SET_MCE */
#define BF_KVM_X86_MCE_STATUS BF_U32(0x0) /* u64. */
#define BF_KVM_X86_MCE_ADDR BF_U32(0x8) /* u64. */
#define BF_KVM_X86_MCE_MISC BF_U32(0x10) /* u64. */
#define BF_KVM_X86_MCE_MCG_STATUS BF_U32(0x18) /* u64. */
#define BF_KVM_X86_MCE_BANK BF_U32(0x20) /* u8. */
#define BF_KVM_X86_MCE_PADDING1 BF_U32(0x21) /* u8[7]. */
#define BF_KVM_X86_MCE_PADDING2 BF_U32(0x28) /* u64[3]. */
#define BF_KVM_X86_MCE_BYTES BF_U32(0x40) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_x86_mce {
    uint64_t status;
    uint64_t addr;
    uint64_t misc;
    uint64_t mcg_status;
    uint8_t bank;
    uint8_t padding1[7];
    uint64_t padding2[3];
};
_Static_assert(sizeof(struct bf_kvm_x86_mce) == 64, "size of bf_kvm_x86_mce");
#endif

/* An extended control register in KvmXcrs */
#define BF_KVM_XCR_XCR BF_U32(0x0) /* u32: Its number. */
#define BF_KVM_XCR_RESERVED BF_U32(0x4) /* u32. */
#define BF_KVM_XCR_VALUE BF_U32(0x8) /* u64. */
#define BF_KVM_XCR_BYTES BF_U32(0x10) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_xcr {
    uint32_t xcr;
    uint32_t reserved;
    uint64_t value;
};
_Static_assert(sizeof(struct bf_kvm_xcr) == 16, "size of bf_kvm_xcr");
#endif

/* Argument of KVM_GET_XCRS, KVM_SET_XCRS */
#define BF_KVM_XCRS_NR_XCRS BF_U32(0x0) /* u32: How many of the sixteen are there. */
#define BF_KVM_XCRS_FLAGS BF_U32(0x4) /* u32. */
#define BF_KVM_XCRS_XCRS BF_U32(0x8) /* u64[32]: KvmXcr of each. */
#define BF_KVM_XCRS_PADDING BF_U32(0x108) /* u64[16]. */
#define BF_KVM_XCRS_BYTES BF_U32(0x188) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_xcrs {
    uint32_t nr_xcrs;
    uint32_t flags;
    uint64_t xcrs[32];
    uint64_t padding[16];
};
_Static_assert(sizeof(struct bf_kvm_xcrs) == 392, "size of bf_kvm_xcrs");
#endif

/* Argument of KVM_GET_XSAVE, KVM_SET_XSAVE */
#define BF_KVM_XSAVE_REGION BF_U32(0x0) /* u32[1024]: The XSAVE area, not compacted. */
#define BF_KVM_XSAVE_BYTES BF_U32(0x1000) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_xsave {
    uint32_t region[1024];
};
_Static_assert(sizeof(struct bf_kvm_xsave) == 4096, "size of bf_kvm_xsave");
#endif

/* KvmRun.exitReason */
#define BF_KVM_EXIT_UNKNOWN BF_U32(0x0) /* KvmRunHw. */
#define BF_KVM_EXIT_EXCEPTION BF_U32(0x1) /* KvmRunEx. */
#define BF_KVM_EXIT_IO BF_U32(0x2) /* KvmRunIo. */
#define BF_KVM_EXIT_HYPERCALL BF_U32(0x3) /* KvmRunHypercall. */
#define BF_KVM_EXIT_DEBUG BF_U32(0x4) /* KvmRunDebug. */
#define BF_KVM_EXIT_HLT BF_U32(0x5)
#define BF_KVM_EXIT_MMIO BF_U32(0x6) /* KvmRunMmio. */
#define BF_KVM_EXIT_IRQ_WINDOW_OPEN BF_U32(0x7)
#define BF_KVM_EXIT_SHUTDOWN BF_U32(0x8) /* A triple fault. */
#define BF_KVM_EXIT_FAIL_ENTRY BF_U32(0x9) /* KvmRunFailEntry. */
#define BF_KVM_EXIT_INTR BF_U32(0xa) /* A signal; KVM_RUN failed with EINTR. */
#define BF_KVM_EXIT_SET_TPR BF_U32(0xb)
#define BF_KVM_EXIT_TPR_ACCESS BF_U32(0xc) /* KvmRunTprAccess. */
#define BF_KVM_EXIT_NMI BF_U32(0x10)
#define BF_KVM_EXIT_INTERNAL_ERROR BF_U32(0x11) /* KvmRunInternal. */
#define BF_KVM_EXIT_WATCHDOG BF_U32(0x15)
#define BF_KVM_EXIT_SYSTEM_EVENT BF_U32(0x18) /* KvmRunSystemEvent. */
#define BF_KVM_EXIT_IOAPIC_EOI BF_U32(0x1a) /* KvmRunEoi. */
#define BF_KVM_EXIT_HYPERV BF_U32(0x1b)
#define BF_KVM_EXIT_X86_RDMSR BF_U32(0x1d) /* KvmRunMsr. */
#define BF_KVM_EXIT_X86_WRMSR BF_U32(0x1e) /* KvmRunMsr. */
#define BF_KVM_EXIT_DIRTY_RING_FULL BF_U32(0x1f)
#define BF_KVM_EXIT_AP_RESET_HOLD BF_U32(0x20)
#define BF_KVM_EXIT_X86_BUS_LOCK BF_U32(0x21)
#define BF_KVM_EXIT_XEN BF_U32(0x22)
#define BF_KVM_EXIT_NOTIFY BF_U32(0x25) /* KvmRunNotify. */

/* KvmRunInternal.suberror */
#define BF_KVM_INTERNAL_ERROR_EMULATION BF_U32(0x1)
#define BF_KVM_INTERNAL_ERROR_SIMUL_EX BF_U32(0x2)
#define BF_KVM_INTERNAL_ERROR_DELIVERY_EV BF_U32(0x3)
#define BF_KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON BF_U32(0x4)
#define BF_KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES BF_U32(0x1) /* In data[0]: the instruction's bytes are there. */

/* KvmRunIo.direction */
#define BF_KVM_EXIT_IO_IN BF_U32(0x0)
#define BF_KVM_EXIT_IO_OUT BF_U32(0x1)

/* KvmRunMsr.reason */
#define BF_KVM_MSR_EXIT_REASON_INVAL BF_U32(0x1)
#define BF_KVM_MSR_EXIT_REASON_UNKNOWN BF_U32(0x2)
#define BF_KVM_MSR_EXIT_REASON_FILTER BF_U32(0x4)

/* The first page of a virtual processor's mapping */
#define BF_KVM_RUN_REQUEST_INTERRUPT_WINDOW BF_U32(0x0) /* u8: In: exit when an interrupt can be injected. */
#define BF_KVM_RUN_IMMEDIATE_EXIT BF_U32(0x1) /* u8: In: KVM_RUN ends with EINTR at once, when what is pending has been completed. */
#define BF_KVM_RUN_PADDING1 BF_U32(0x2) /* u8[6]. */
#define BF_KVM_RUN_EXIT_REASON BF_U32(0x8) /* u32: KVM_EXIT_*. */
#define BF_KVM_RUN_READY_FOR_INTERRUPT_INJECTION BF_U32(0xc) /* u8: KVM_INTERRUPT would be accepted now. */
#define BF_KVM_RUN_IF_FLAG BF_U32(0xd) /* u8: RFLAGS.IF. */
#define BF_KVM_RUN_FLAGS BF_U32(0xe) /* u16: KVM_RUN_X86_*. */
#define BF_KVM_RUN_CR8 BF_U32(0x10) /* u64: In and out, without an interrupt controller in the kernel. */
#define BF_KVM_RUN_APIC_BASE BF_U32(0x18) /* u64. */
#define BF_KVM_RUN_EXIT BF_U32(0x20) /* u64[32]: Depends on the reason: KvmRunIo, KvmRunMmio and so on describe it. */
#define BF_KVM_RUN_KVM_VALID_REGS BF_U32(0x120) /* u64: In: KVM_SYNC_X86_* to store at each exit. */
#define BF_KVM_RUN_KVM_DIRTY_REGS BF_U32(0x128) /* u64: In: KVM_SYNC_X86_* to load from there. */
#define BF_KVM_RUN_REGS BF_U32(0x130) /* u8[144]: s.regs.regs: KvmRegs. */
#define BF_KVM_RUN_SREGS BF_U32(0x1c0) /* u8[312]: s.regs.sregs: KvmSregs. */
#define BF_KVM_RUN_EVENTS BF_U32(0x2f8) /* u8[64]: s.regs.events: KvmVcpuEvents. */
#define BF_KVM_RUN_PADDING BF_U32(0x338) /* u8[1528]. */
#define BF_KVM_RUN_BYTES BF_U32(0x930) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run {
    uint8_t request_interrupt_window;
    uint8_t immediate_exit;
    uint8_t padding1[6];
    uint32_t exit_reason;
    uint8_t ready_for_interrupt_injection;
    uint8_t if_flag;
    uint16_t flags;
    uint64_t cr8;
    uint64_t apic_base;
    uint64_t exit[32];
    uint64_t kvm_valid_regs;
    uint64_t kvm_dirty_regs;
    uint8_t regs[144];
    uint8_t sregs[312];
    uint8_t events[64];
    uint8_t padding[1528];
};
_Static_assert(sizeof(struct bf_kvm_run) == 2352, "size of bf_kvm_run");
#endif

/* KvmRun of an exit KVM_EXIT_DEBUG */
#define BF_KVM_RUN_DEBUG_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_DEBUG_EXCEPTION BF_U32(0x20) /* u32. */
#define BF_KVM_RUN_DEBUG_PADDING BF_U32(0x24) /* u32. */
#define BF_KVM_RUN_DEBUG_PC BF_U32(0x28) /* u64. */
#define BF_KVM_RUN_DEBUG_DR6 BF_U32(0x30) /* u64. */
#define BF_KVM_RUN_DEBUG_DR7 BF_U32(0x38) /* u64. */
#define BF_KVM_RUN_DEBUG_BYTES BF_U32(0x40) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_debug {
    uint64_t header[4];
    uint32_t exception;
    uint32_t padding;
    uint64_t pc;
    uint64_t dr6;
    uint64_t dr7;
};
_Static_assert(sizeof(struct bf_kvm_run_debug) == 64, "size of bf_kvm_run_debug");
#endif

/* KvmRun of an exit KVM_EXIT_IOAPIC_EOI */
#define BF_KVM_RUN_EOI_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_EOI_VECTOR BF_U32(0x20) /* u8. */
#define BF_KVM_RUN_EOI_PADDING BF_U32(0x21) /* u8[7]. */
#define BF_KVM_RUN_EOI_BYTES BF_U32(0x28) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_eoi {
    uint64_t header[4];
    uint8_t vector;
    uint8_t padding[7];
};
_Static_assert(sizeof(struct bf_kvm_run_eoi) == 40, "size of bf_kvm_run_eoi");
#endif

/* KvmRun of an exit KVM_EXIT_EXCEPTION */
#define BF_KVM_RUN_EX_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_EX_EXCEPTION BF_U32(0x20) /* u32. */
#define BF_KVM_RUN_EX_ERROR_CODE BF_U32(0x24) /* u32. */
#define BF_KVM_RUN_EX_BYTES BF_U32(0x28) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_ex {
    uint64_t header[4];
    uint32_t exception;
    uint32_t error_code;
};
_Static_assert(sizeof(struct bf_kvm_run_ex) == 40, "size of bf_kvm_run_ex");
#endif

/* KvmRun of an exit KVM_EXIT_FAIL_ENTRY */
#define BF_KVM_RUN_FAIL_ENTRY_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON BF_U32(0x20) /* u64: Why the processor does not enter the guest. */
#define BF_KVM_RUN_FAIL_ENTRY_CPU BF_U32(0x28) /* u32: The processor that it was. */
#define BF_KVM_RUN_FAIL_ENTRY_PADDING BF_U32(0x2c) /* u32. */
#define BF_KVM_RUN_FAIL_ENTRY_BYTES BF_U32(0x30) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_fail_entry {
    uint64_t header[4];
    uint64_t hardware_entry_failure_reason;
    uint32_t cpu;
    uint32_t padding;
};
_Static_assert(sizeof(struct bf_kvm_run_fail_entry) == 48, "size of bf_kvm_run_fail_entry");
#endif

/* KvmRun.flags */
#define BF_KVM_RUN_X86_SMM BF_U32(0x1)
#define BF_KVM_RUN_X86_BUS_LOCK BF_U32(0x2)

/* KvmRun of an exit KVM_EXIT_UNKNOWN */
#define BF_KVM_RUN_HW_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_HW_HARDWARE_EXIT_REASON BF_U32(0x20) /* u64: What the processor said. */
#define BF_KVM_RUN_HW_BYTES BF_U32(0x28) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_hw {
    uint64_t header[4];
    uint64_t hardware_exit_reason;
};
_Static_assert(sizeof(struct bf_kvm_run_hw) == 40, "size of bf_kvm_run_hw");
#endif

/* KvmRun of an exit KVM_EXIT_HYPERCALL */
#define BF_KVM_RUN_HYPERCALL_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_HYPERCALL_NR BF_U32(0x20) /* u64. */
#define BF_KVM_RUN_HYPERCALL_ARGS BF_U32(0x28) /* u64[6]. */
#define BF_KVM_RUN_HYPERCALL_RET BF_U32(0x58) /* u64: Goes into RAX at the next KVM_RUN. */
#define BF_KVM_RUN_HYPERCALL_LONGMODE BF_U32(0x60) /* u32. */
#define BF_KVM_RUN_HYPERCALL_PADDING BF_U32(0x64) /* u32. */
#define BF_KVM_RUN_HYPERCALL_BYTES BF_U32(0x68) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_hypercall {
    uint64_t header[4];
    uint64_t nr;
    uint64_t args[6];
    uint64_t ret;
    uint32_t longmode;
    uint32_t padding;
};
_Static_assert(sizeof(struct bf_kvm_run_hypercall) == 104, "size of bf_kvm_run_hypercall");
#endif

/* KvmRun of an exit KVM_EXIT_INTERNAL_ERROR */
#define BF_KVM_RUN_INTERNAL_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_INTERNAL_SUBERROR BF_U32(0x20) /* u32: KVM_INTERNAL_ERROR_*. */
#define BF_KVM_RUN_INTERNAL_NDATA BF_U32(0x24) /* u32: How many words of data there are. */
#define BF_KVM_RUN_INTERNAL_DATA BF_U32(0x28) /* u64[16]: Of an emulation failure: flags; length of the instruction in bits 7:0 of the next, its bytes behind. */
#define BF_KVM_RUN_INTERNAL_BYTES BF_U32(0xa8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_internal {
    uint64_t header[4];
    uint32_t suberror;
    uint32_t ndata;
    uint64_t data[16];
};
_Static_assert(sizeof(struct bf_kvm_run_internal) == 168, "size of bf_kvm_run_internal");
#endif

/* KvmRun of an exit KVM_EXIT_IO */
#define BF_KVM_RUN_IO_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_IO_DIRECTION BF_U32(0x20) /* u8: KVM_EXIT_IO_IN, KVM_EXIT_IO_OUT. */
#define BF_KVM_RUN_IO_SIZE BF_U32(0x21) /* u8: Bytes of one access: 1, 2, 4. */
#define BF_KVM_RUN_IO_PORT BF_U32(0x22) /* u16. */
#define BF_KVM_RUN_IO_COUNT BF_U32(0x24) /* u32: More than 1: INS or OUTS. */
#define BF_KVM_RUN_IO_DATA_OFFSET BF_U32(0x28) /* u64: Where the data is, from KvmRun's beginning; of an IN it goes there before the next KVM_RUN. */
#define BF_KVM_RUN_IO_BYTES BF_U32(0x30) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_io {
    uint64_t header[4];
    uint8_t direction;
    uint8_t size;
    uint16_t port;
    uint32_t count;
    uint64_t data_offset;
};
_Static_assert(sizeof(struct bf_kvm_run_io) == 48, "size of bf_kvm_run_io");
#endif

/* KvmRun of an exit KVM_EXIT_MMIO */
#define BF_KVM_RUN_MMIO_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_MMIO_PHYS_ADDR BF_U32(0x20) /* u64. */
#define BF_KVM_RUN_MMIO_DATA BF_U32(0x28) /* u8[8]: Of a read it goes there before the next KVM_RUN. */
#define BF_KVM_RUN_MMIO_LEN BF_U32(0x30) /* u32. */
#define BF_KVM_RUN_MMIO_IS_WRITE BF_U32(0x34) /* u8. */
#define BF_KVM_RUN_MMIO_PADDING BF_U32(0x35) /* u8[3]. */
#define BF_KVM_RUN_MMIO_BYTES BF_U32(0x38) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_mmio {
    uint64_t header[4];
    uint64_t phys_addr;
    uint8_t data[8];
    uint32_t len;
    uint8_t is_write;
    uint8_t padding[3];
};
_Static_assert(sizeof(struct bf_kvm_run_mmio) == 56, "size of bf_kvm_run_mmio");
#endif

/* KvmRun of an exit KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR */
#define BF_KVM_RUN_MSR_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_MSR_ERROR BF_U32(0x20) /* u8: In: 1 makes the instruction fault. */
#define BF_KVM_RUN_MSR_PADDING BF_U32(0x21) /* u8[7]. */
#define BF_KVM_RUN_MSR_REASON BF_U32(0x28) /* u32: KVM_MSR_EXIT_REASON_*. */
#define BF_KVM_RUN_MSR_INDEX BF_U32(0x2c) /* u32. */
#define BF_KVM_RUN_MSR_DATA BF_U32(0x30) /* u64. */
#define BF_KVM_RUN_MSR_BYTES BF_U32(0x38) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_msr {
    uint64_t header[4];
    uint8_t error;
    uint8_t padding[7];
    uint32_t reason;
    uint32_t index;
    uint64_t data;
};
_Static_assert(sizeof(struct bf_kvm_run_msr) == 56, "size of bf_kvm_run_msr");
#endif

/* KvmRun of an exit KVM_EXIT_NOTIFY */
#define BF_KVM_RUN_NOTIFY_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_NOTIFY_FLAGS BF_U32(0x20) /* u32. */
#define BF_KVM_RUN_NOTIFY_PADDING BF_U32(0x24) /* u32. */
#define BF_KVM_RUN_NOTIFY_BYTES BF_U32(0x28) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_notify {
    uint64_t header[4];
    uint32_t flags;
    uint32_t padding;
};
_Static_assert(sizeof(struct bf_kvm_run_notify) == 40, "size of bf_kvm_run_notify");
#endif

/* Pages of a virtual processor's mapping */
#define BF_KVM_PIO_PAGE_OFFSET BF_U32(0x1) /* Data of port accesses. */
#define BF_KVM_COALESCED_MMIO_PAGE_OFFSET BF_U32(0x2) /* The ring of coalesced accesses, where there is one. */
#define BF_KVM_PAGE_BYTES BF_U32(0x1000)

/* KvmRun of an exit KVM_EXIT_SYSTEM_EVENT */
#define BF_KVM_RUN_SYSTEM_EVENT_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_SYSTEM_EVENT_EVENT_TYPE BF_U32(0x20) /* u32: KVM_SYSTEM_EVENT_*. */
#define BF_KVM_RUN_SYSTEM_EVENT_NDATA BF_U32(0x24) /* u32. */
#define BF_KVM_RUN_SYSTEM_EVENT_DATA BF_U32(0x28) /* u64[16]. */
#define BF_KVM_RUN_SYSTEM_EVENT_BYTES BF_U32(0xa8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_system_event {
    uint64_t header[4];
    uint32_t event_type;
    uint32_t ndata;
    uint64_t data[16];
};
_Static_assert(sizeof(struct bf_kvm_run_system_event) == 168, "size of bf_kvm_run_system_event");
#endif

/* KvmRun of an exit KVM_EXIT_TPR_ACCESS */
#define BF_KVM_RUN_TPR_ACCESS_HEADER BF_U32(0x0) /* u64[4]: As KvmRun. */
#define BF_KVM_RUN_TPR_ACCESS_RIP BF_U32(0x20) /* u64. */
#define BF_KVM_RUN_TPR_ACCESS_IS_WRITE BF_U32(0x28) /* u32. */
#define BF_KVM_RUN_TPR_ACCESS_PADDING BF_U32(0x2c) /* u32. */
#define BF_KVM_RUN_TPR_ACCESS_BYTES BF_U32(0x30) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_kvm_run_tpr_access {
    uint64_t header[4];
    uint64_t rip;
    uint32_t is_write;
    uint32_t padding;
};
_Static_assert(sizeof(struct bf_kvm_run_tpr_access) == 48, "size of bf_kvm_run_tpr_access");
#endif

/* KvmRun.kvmValidRegs, kvmDirtyRegs */
#define BF_KVM_SYNC_X86_REGS BF_U32(0x1)
#define BF_KVM_SYNC_X86_SREGS BF_U32(0x2)
#define BF_KVM_SYNC_X86_EVENTS BF_U32(0x4)

/* KvmRunSystemEvent.eventType */
#define BF_KVM_SYSTEM_EVENT_SHUTDOWN BF_U32(0x1)
#define BF_KVM_SYSTEM_EVENT_RESET BF_U32(0x2)
#define BF_KVM_SYSTEM_EVENT_CRASH BF_U32(0x3)

/* A guest's processor as the emulator sees it */
#define BF_EMULATION_GENERAL BF_U32(0x0) /* u64[16]: By their encoding's numbers: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. Changed; the caller may change them, too, when it is asked for something, and the rest of the instruction is done with those. */
#define BF_EMULATION_RIP BF_U32(0x80) /* u64: Changed. */
#define BF_EMULATION_RFLAGS BF_U32(0x88) /* u64: Changed. */
#define BF_EMULATION_CR0 BF_U32(0x90) /* u64. */
#define BF_EMULATION_CR3 BF_U32(0x98) /* u64. */
#define BF_EMULATION_CR4 BF_U32(0xa0) /* u64. */
#define BF_EMULATION_EFER BF_U32(0xa8) /* u64. */
#define BF_EMULATION_SEGMENT_BASE BF_U32(0xb0) /* u64[8]: ES, CS, SS, DS, FS, GS; with EMULATION_FLAG_SEGMENTS LDTR and TR, too. Changed, as the next three. */
#define BF_EMULATION_SEGMENT_LIMIT BF_U32(0xf0) /* u32[8]: In bytes, granularity applied. */
#define BF_EMULATION_SEGMENT_ATTRIBUTES BF_U32(0x110) /* u16[8]: As the VMCB holds them (APM 2, 15.5.1); not present: unusable. */
#define BF_EMULATION_SEGMENT_SELECTOR BF_U32(0x120) /* u16[8]: With EMULATION_FLAG_SEGMENTS. */
#define BF_EMULATION_CPL BF_U32(0x130) /* u32: The current privilege level. */
#define BF_EMULATION_PKRU BF_U32(0x134) /* u32: Counts with CR4.PKE. */
#define BF_EMULATION_PHYSICAL_BITS BF_U32(0x138) /* u32: Of a guest physical address, by CPUID; more are reserved in page tables. 0: 52. */
#define BF_EMULATION_FLAGS BF_U32(0x13c) /* u32: EMULATION_FLAG_*. */
#define BF_EMULATION_BUFFER_BYTES BF_U32(0x140) /* u32: Size of the buffer. */
#define BF_EMULATION_GDT_LIMIT BF_U32(0x144) /* u32: With EMULATION_FLAG_SEGMENTS, as is its base. */
#define BF_EMULATION_GDT_BASE BF_U32(0x148) /* u64. */
#define BF_EMULATION_KNOWN_ADDRESS BF_U32(0x150) /* u64: With EMULATION_FLAG_KNOWN: the guest physical address that the processor has found for the memory operand, and reported. */
#define BF_EMULATION_OWNER BF_U32(0x158) /* u64: The caller's own: handed to the functions of guest memory. */
#define BF_EMULATION_BUFFER BF_U32(0x160) /* u64: Address of an area for strings of ports; 0: their elements come one by one. */
#define BF_EMULATION_FPU BF_U32(0x168) /* u64: Address of 416 bytes as FXSAVE writes them (APM 2, figure 11-7), changed; 0: instructions that move MMX and XMM registers are unknown. */
#define BF_EMULATION_INSTRUCTION BF_U32(0x170) /* u8[16]: At RIP. */
#define BF_EMULATION_INSTRUCTION_BYTES BF_U32(0x180) /* u32: Bytes of `instruction` that the processor told; 0: they are fetched from guest memory. 0 again after EMULATION_DONE and EMULATION_EXCEPTION. */
#define BF_EMULATION_RESULT BF_U32(0x184) /* u32: What emulate() returned last. */
#define BF_EMULATION_ACCESS_BYTES BF_U32(0x188) /* u32: READ, WRITE: 1 to 8, in one page. IN, OUT: of an element, 1, 2 or 4. */
#define BF_EMULATION_ELEMENT_COUNT BF_U32(0x18c) /* u32: IN, OUT: elements; those of more than one are in the buffer. */
#define BF_EMULATION_ADDRESS BF_U32(0x190) /* u64: READ, WRITE: guest physical. IN, OUT: the port. */
#define BF_EMULATION_DATA BF_U32(0x198) /* u64: WRITE, OUT of one element: what to write. READ, IN of one element: what was read, by the caller. */
#define BF_EMULATION_VECTOR BF_U32(0x1a0) /* u32: EXCEPTION. */
#define BF_EMULATION_ERROR_CODE BF_U32(0x1a4) /* u32: EXCEPTION: 0 of those that have none. */
#define BF_EMULATION_CR2 BF_U32(0x1a8) /* u64: EXCEPTION: of a page fault. */
#define BF_EMULATION_TRAP BF_U32(0x1b0) /* u32: 1 when RFLAGS.TF was set as the instruction, or a repetition of it, ended: a debug exception is due behind it. */
#define BF_EMULATION_CHANGED_SEGMENTS BF_U32(0x1b4) /* u32: Bit n: segment n is another than before. */
#define BF_EMULATION_SHADOW BF_U32(0x1b8) /* u32: 1: behind a move to SS, where the next instruction is executed before any interrupt or debug exception. */
#define BF_EMULATION_PROGRESS BF_U32(0x1bc) /* u32: The rest is the emulator's own. All zero before its first call; 0 to give an instruction up. */
#define BF_EMULATION_IS_COMPLETE BF_U32(0x1c0) /* u32: The instruction ends with the pieces that are left. */
#define BF_EMULATION_PORT_PENDING BF_U32(0x1c4) /* u32: Elements are on their way to a port. */
#define BF_EMULATION_MODE BF_U32(0x1c8) /* u32: MODE_* of the code. */
#define BF_EMULATION_PIECE_COUNT BF_U32(0x1cc) /* u32: Writes of devices that the instruction makes. */
#define BF_EMULATION_PIECE_NEXT BF_U32(0x1d0) /* u32. */
#define BF_EMULATION_ANSWER_COUNT BF_U32(0x1d4) /* u32: Reads of devices that have been answered. */
#define BF_EMULATION_ANSWER_NEXT BF_U32(0x1d8) /* u32: Those that the instruction has taken since it was begun again. */
#define BF_EMULATION_PORT_ANSWER BF_U32(0x1dc) /* u32: Elements of a port that were read. */
#define BF_EMULATION_NEXT_RIP BF_U32(0x1e0) /* u64: RIP behind the instruction. */
#define BF_EMULATION_LINEAR BF_U32(0x1e8) /* u64: Of the operand that was located last. */
#define BF_EMULATION_SPAN_FIRST BF_U32(0x1f0) /* u64: Guest physical addresses of an operand's two pages. */
#define BF_EMULATION_SPAN_SECOND BF_U32(0x1f8) /* u64. */
#define BF_EMULATION_VALUE BF_U32(0x200) /* u64[2]: An operand. */
#define BF_EMULATION_ENTRY BF_U32(0x210) /* u64: Of a page table. */
#define BF_EMULATION_PIECE_ADDRESS BF_U32(0x218) /* u64[4]. */
#define BF_EMULATION_PIECE_DATA BF_U32(0x238) /* u64[4]. */
#define BF_EMULATION_PIECE_BYTES BF_U32(0x258) /* u32[4]. */
#define BF_EMULATION_ANSWER_ADDRESS BF_U32(0x268) /* u64[4]. */
#define BF_EMULATION_ANSWER_DATA BF_U32(0x288) /* u64[4]. */
#define BF_EMULATION_ANSWER_BYTES BF_U32(0x2a8) /* u32[4]. */
#define BF_EMULATION_BYTES BF_U32(0x2b8) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_emulation {
    uint64_t general[16];
    uint64_t rip;
    uint64_t rflags;
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t efer;
    uint64_t segment_base[8];
    uint32_t segment_limit[8];
    uint16_t segment_attributes[8];
    uint16_t segment_selector[8];
    uint32_t cpl;
    uint32_t pkru;
    uint32_t physical_bits;
    uint32_t flags;
    uint32_t buffer_bytes;
    uint32_t gdt_limit;
    uint64_t gdt_base;
    uint64_t known_address;
    uint64_t owner;
    uint64_t buffer;
    uint64_t fpu;
    uint8_t instruction[16];
    uint32_t instruction_bytes;
    uint32_t result;
    uint32_t access_bytes;
    uint32_t element_count;
    uint64_t address;
    uint64_t data;
    uint32_t vector;
    uint32_t error_code;
    uint64_t cr2;
    uint32_t trap;
    uint32_t changed_segments;
    uint32_t shadow;
    uint32_t progress;
    uint32_t is_complete;
    uint32_t port_pending;
    uint32_t mode;
    uint32_t piece_count;
    uint32_t piece_next;
    uint32_t answer_count;
    uint32_t answer_next;
    uint32_t port_answer;
    uint64_t next_rip;
    uint64_t linear;
    uint64_t span_first;
    uint64_t span_second;
    uint64_t value[2];
    uint64_t entry;
    uint64_t piece_address[4];
    uint64_t piece_data[4];
    uint32_t piece_bytes[4];
    uint64_t answer_address[4];
    uint64_t answer_data[4];
    uint32_t answer_bytes[4];
};
_Static_assert(sizeof(struct bf_emulation) == 696, "size of bf_emulation");
#endif

/* Emulation.flags */
#define BF_EMULATION_FLAG_INTEL BF_U32(0x1) /* Near branches ignore the prefix 66 in 64-bit mode. */
#define BF_EMULATION_FLAG_STOP BF_U32(0x2) /* No other repetition is begun: an interrupt or a signal waits. */
#define BF_EMULATION_FLAG_KNOWN BF_U32(0x4) /* There is a `knownAddress`, which the guest may read. */
#define BF_EMULATION_FLAG_KNOWN_WRITE BF_U32(0x8) /* It may be written. */
#define BF_EMULATION_FLAG_SEGMENTS BF_U32(0x10) /* Segments are those of the guest's processor, whatever the mode, with selectors; otherwise instructions that load or store them are unknown. */

/* What the functions of guest memory say */
#define BF_GUEST_DONE BF_U32(0x0)
#define BF_GUEST_DEVICE BF_U32(0x1) /* No memory is there, or none that may be written: it is a device's. */
#define BF_GUEST_FAILED BF_U32(0x2) /* There is memory, which cannot be had now. */
#define BF_GUEST_CHANGED BF_U32(0x3) /* exchangeGuest(): it holds another value. */

/* What emulate() says */
#define BF_EMULATION_DONE BF_U32(0x0) /* The registers are those behind the instruction; or, with RIP at it, those between two of its repetitions, where interrupts may be taken. */
#define BF_EMULATION_READ BF_U32(0x1) /* Read `accessBytes` of the device at `address` into `data`, and call again. */
#define BF_EMULATION_WRITE BF_U32(0x2) /* Write `accessBytes` of `data` to the device at `address`, and call again. */
#define BF_EMULATION_IN BF_U32(0x3) /* Read `elementCount` elements of `accessBytes` from the port, and call again. */
#define BF_EMULATION_OUT BF_U32(0x4) /* Write `elementCount` elements of `accessBytes` to the port, and call again. */
#define BF_EMULATION_EXCEPTION BF_U32(0x5) /* The guest gets `vector`; its registers are those before the instruction. */
#define BF_EMULATION_UNKNOWN BF_U32(0x6) /* The emulator does not know how; `instruction` has `instructionBytes` of it. */
#define BF_EMULATION_FAILED BF_U32(0x7) /* The functions of guest memory said GUEST_FAILED. */

/* Emulation.flags: what is wanted instead of carrying the instruction out */
#define BF_EMULATION_FLAG_HYPERCALL BF_U32(0x20) /* The processor has said #UD: the other vendor's hypercall is replaced by this one's, and is to be executed again; all else is #UD. */

/* An event that a VM finds when it runs next */
#define BF_EVENT_VECTOR BF_U64(0xff)
#define BF_EVENT_TYPE BF_U64(0x700)
#define BF_EVENT_WITH_CODE BF_U64(0x800) /* The error code counts. */
#define BF_EVENT_VALID BF_U64(0x80000000)
#define BF_EVENT_TYPE_INTERRUPT BF_U64(0x0) /* Of EVENT_TYPE, as those below. */
#define BF_EVENT_TYPE_NMI BF_U64(0x200)
#define BF_EVENT_TYPE_EXCEPTION BF_U64(0x300)
#define BF_EVENT_TYPE_SOFTWARE BF_U64(0x400) /* What an instruction raises. On Intel this and those above: INT n, ICEBP, INT3 and INTO. */

/* MvPage.access: what a guest wanted of memory */
#define BF_MV_ACCESS_WRITE BF_U32(0x2)
#define BF_MV_ACCESS_EXECUTE BF_U32(0x4)
#define BF_MV_ACCESS_TABLE_WALK BF_U32(0x8) /* The processor itself, for the guest's page tables. */

/* MicroV's hypercalls: bits 31:0 of RAX (group << 16 | index) */
#define BF_MV_ID_VERSION BF_U32(0x0) /* R10 out: the versions that there are, MV_VERSION_* bits. No handle. */
#define BF_MV_HANDLE_OPEN BF_U32(0x10000) /* R10 in: a version, one bit. R10 out: the handle. */
#define BF_MV_HANDLE_CLOSE BF_U32(0x10001) /* R10: the handle. */
#define BF_MV_DEBUG_OUT BF_U32(0x20000) /* R10, R11: two numbers for the debug ring. No handle. */
#define BF_MV_PP_PPID BF_U32(0x30000) /* R10 out: the processor that the call is made on. */
#define BF_MV_PP_ONLINE_PPS BF_U32(0x30001) /* R10 out: how many processors there are. */
#define BF_MV_PP_CPUID_GET BF_U32(0x30100) /* R11: leaf, R12: subleaf. What a guest may be shown: R10: EAX | EBX << 32, R11: ECX | EDX << 32. */
#define BF_MV_PP_MSR_GET_SUPPORTED BF_U32(0x30101) /* R11: an index from 0. R10 out: that MSR of those that guests have. */
#define BF_MV_VM_CREATE BF_U32(0x40000) /* R10 out: the VM. */
#define BF_MV_VM_DESTROY BF_U32(0x40001) /* R11: a VM, whose VPs are gone. */
#define BF_MV_VM_MAP BF_U32(0x40100) /* R11: a VM, R12: guest physical address, R13: host physical address | MV_MAP_*, R14: bytes; all multiples of 4 KiB. R10 out: bytes done, which may be fewer. */
#define BF_MV_VM_UNMAP BF_U32(0x40101) /* R11: a VM, R12: guest physical address, R13: bytes. R10 out: bytes done, which may be fewer. */
#define BF_MV_VM_UNFLUSHED BF_U32(0x40102) /* R11: a VM. R10 out: how many processors may still use memory that was unmapped; 0: give it back. */
#define BF_MV_VM_CONFIGURE BF_U32(0x40103) /* R11: a VM, R12: MV_OPTION_*: what its guests find from now on, in place of what they found before. */
#define BF_MV_VM_IRQCHIP_CREATE BF_U32(0x40104) /* R11: a VM without VPs, R12: MV_IRQCHIP_*, R13: ticks of the time stamp counter in a millisecond. Each VS that it gets is to get a local APIC. */
#define BF_MV_VM_IRQ_LINE BF_U32(0x40105) /* R11: a VM, R12: MV_CHIP_*, R13: a line of its | MV_SOURCE_*, R14: 1: asserted, 0: not. R10 out: VSs to wake, a bit for each by its APIC's ID; R11 out: how many local APICs took it, 0: it waits there already, all ones: it is masked. */
#define BF_MV_VM_MSI BF_U32(0x40106) /* R11: a VM, R12: address, R13: data of the message. R10, R11 out: the same. */
#define BF_MV_VM_IO_APIC_READ BF_U32(0x40107) /* R11: a VM, R12: offset in the I/O APIC's memory. R10 out: 32 bits. */
#define BF_MV_VM_IO_APIC_WRITE BF_U32(0x40108) /* R11: a VM, R12: offset, R13: 32 bits. R10 out: VSs to wake. */
#define BF_MV_VM_IRQCHIP_GET BF_U32(0x40109) /* R11: a VM, R12: MV_CHIP_*, R13: which 64 bits of its state, in KVM's layout. R10 out: they. */
#define BF_MV_VM_IRQCHIP_SET BF_U32(0x4010a) /* R11: a VM, R12: MV_CHIP_*, R13: which 64 bits, R14: they; the last ones have it take all. R10 out: VSs to wake. */
#define BF_MV_VP_CREATE BF_U32(0x50000) /* R11: a VM. R10 out: the VP. */
#define BF_MV_VP_DESTROY BF_U32(0x50001) /* R11: a VP, whose VS is gone. */
#define BF_MV_VS_CREATE BF_U32(0x60000) /* R11: a VP. R10 out: the VS, R11 out: physical address of the MvPage that it shares with its caller. */
#define BF_MV_VS_DESTROY BF_U32(0x60001) /* R11: a VS. RETRY_CONTINUATION: another processor may still use its page; the VS is there until the call is made again. */
#define BF_MV_VS_RUN BF_U32(0x60008) /* R11: a VS. R10 out: MV_EXIT_*; its page tells more. */
#define BF_MV_VS_CPUID_SET_LIST BF_U32(0x6000c) /* R11: a VS, R12: place of the first one. The page's list of MvCpuid: leaves that the guest has; the last one of the list is the last of all. */
#define BF_MV_VS_REG_GET_LIST BF_U32(0x6000f) /* R11: a VS. The page's list of registers (MV_REG_*) gets their values. R10 out: how many. */
#define BF_MV_VS_REG_SET_LIST BF_U32(0x60010) /* R11: a VS. Its registers get the values of the page's list. R10 out: how many. */
#define BF_MV_VS_MSR_GET_LIST BF_U32(0x60019) /* R11: a VS. The same with MSRs. R10 out: how many, which end at one that the guest has not. */
#define BF_MV_VS_MSR_SET_LIST BF_U32(0x6001a) /* R11: a VS. The same: it ends at one that the guest has not, or a value that it refuses. */
#define BF_MV_VS_FPU_GET_ALL BF_U32(0x6001d) /* R11: a VS, R12: a place in its XSAVE area, R13: bytes. The page's list gets them. R10 out: bytes of the area, as far as a page holds it. */
#define BF_MV_VS_FPU_SET_ALL BF_U32(0x6001e) /* R11: a VS, R12: a place, R13: bytes, which are in the page's list. R14: 1: the VS gets the area that was put together so; 0: more follows. */
#define BF_MV_VS_INJECT_EXCEPTION BF_U32(0x60025) /* R11: a VS, R12: vector, R13: error code | MV_EVENT_HAS_CODE. */
#define BF_MV_VS_QUEUE_INTERRUPT BF_U32(0x60026) /* R11: a VS, which can take one now, R12: vector. */
#define BF_MV_VS_MCE_SETUP BF_U32(0x60101) /* R11: a VS, R12: MCG_CAP. Its machine check banks begin anew: all enabled, nothing reported. */
#define BF_MV_VS_INJECT_NMI BF_U32(0x60100) /* R11: a VS, which gets it when it runs next, or behind the handler of another one. */
#define BF_MV_VS_CONFIGURE BF_U32(0x60102) /* R11: a VS, R12: MV_OPTION_*: what its guest finds from now on. */
#define BF_MV_VS_APIC_CREATE BF_U32(0x60103) /* R11: a VS without a local APIC, of a VM with interrupt controllers, R12: the APIC's ID, which no other one of the VM has. */
#define BF_MV_VS_APIC_READ BF_U32(0x60104) /* R11: a VS in xAPIC mode, R12: offset in its local APIC's memory. R10 out: 32 bits. */
#define BF_MV_VS_APIC_WRITE BF_U32(0x60105) /* R11: a VS in xAPIC mode, R12: offset, R13: 32 bits. R10 out: VSs to wake; R11 out: 0, or MV_EXIT_EOI as if the guest had come back so. */
#define BF_MV_VS_APIC_GET BF_U32(0x60106) /* R11: a VS. The page's list gets the 1 KiB of its local APIC's registers. */
#define BF_MV_VS_APIC_SET BF_U32(0x60107) /* R11: a VS. Its local APIC gets them of the page's list. */

/* Interrupt controllers: R12. KVM's numbers */
#define BF_MV_CHIP_PIC_MASTER BF_U32(0x0)
#define BF_MV_CHIP_PIC_SLAVE BF_U32(0x1)
#define BF_MV_CHIP_IO_APIC BF_U32(0x2)

/* An entry of MV_VS_CPUID_SET_LIST */
#define BF_MV_CPUID_LEAF BF_U32(0x0) /* u32. */
#define BF_MV_CPUID_SUBLEAF BF_U32(0x4) /* u32. */
#define BF_MV_CPUID_FLAGS BF_U32(0x8) /* u32: MV_CPUID_FLAG_*. */
#define BF_MV_CPUID_EAX BF_U32(0xc) /* u32. */
#define BF_MV_CPUID_EBX BF_U32(0x10) /* u32. */
#define BF_MV_CPUID_ECX BF_U32(0x14) /* u32. */
#define BF_MV_CPUID_EDX BF_U32(0x18) /* u32. */
#define BF_MV_CPUID_RESERVED BF_U32(0x1c) /* u32. */
#define BF_MV_CPUID_BYTES BF_U32(0x20) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_mv_cpuid {
    uint32_t leaf;
    uint32_t subleaf;
    uint32_t flags;
    uint32_t eax;
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
    uint32_t reserved;
};
_Static_assert(sizeof(struct bf_mv_cpuid) == 32, "size of bf_mv_cpuid");
#endif

/* MvCpuid.flags */
#define BF_MV_CPUID_FLAG_SUBLEAF BF_U32(0x1) /* Only this subleaf; without it, all of the leaf. KVM's KVM_CPUID_FLAG_SIGNIFCANT_INDEX. */

/* MV_VS_INJECT_EXCEPTION: R13 */
#define BF_MV_EVENT_HAS_CODE BF_U64(0x100000000)

/* Why a guest came back: R10 after MV_VS_RUN */
#define BF_MV_EXIT_FAILURE BF_U32(0x0) /* The processor refuses its state; nothing has run. */
#define BF_MV_EXIT_UNKNOWN BF_U32(0x1) /* An exit that nobody knows: `detail` is the processor's reason. */
#define BF_MV_EXIT_HLT BF_U32(0x2) /* With a local APIC: the VS waits (`mpState`), and is to be run again when `notified` or at `deadline`. */
#define BF_MV_EXIT_IO BF_U32(0x3) /* A port: `port`, `ioBytes`, `ioFlags`, `data`. */
#define BF_MV_EXIT_MMIO BF_U32(0x4) /* Memory that is not mapped, or not so: `address`, `access`. */
#define BF_MV_EXIT_MSR BF_U32(0x5) /* The guest has written one of MV_MSR_KVM_*: `msr`, `data`. It is behind that. */
#define BF_MV_EXIT_INTERRUPT BF_U32(0x6) /* An interrupt of the machine, which the caller takes when it enables interrupts. */
#define BF_MV_EXIT_WINDOW BF_U32(0x7) /* The guest can take an interrupt, as was asked for. */
#define BF_MV_EXIT_NMI BF_U32(0x8) /* An NMI of the machine. */
#define BF_MV_EXIT_SHUTDOWN BF_U32(0x9) /* A triple fault. */
#define BF_MV_EXIT_MACHINE_CHECK BF_U32(0xa) /* A machine check of the machine's, which the caller gets as an exception behind its hypercall. */
#define BF_MV_EXIT_MSR_ACCESS BF_U32(0xb) /* RDMSR or WRMSR: `msr`, `msrFlags`, `data` of a WRMSR. Nothing has happened, the guest is still at it: MV_RUN_MSR_* says what becomes of it. */
#define BF_MV_EXIT_STOP BF_U32(0xc) /* As was asked for: nothing has run. */
#define BF_MV_EXIT_UNDEFINED BF_U32(0xd) /* With MV_OPTION_UNDEFINED_ASKED: an instruction that is none. The guest is at it, with `general`, `rip` and `rflags`, and has got no exception. */
#define BF_MV_EXIT_TIMER BF_U32(0xe) /* Its local APIC's timer has another `deadline`, which has not passed. */
#define BF_MV_EXIT_WAKE BF_U32(0xf) /* It has sent something to the VSs of `wake`. */
#define BF_MV_EXIT_EOI BF_U32(0x10) /* It has ended an interrupt that was level-triggered. Split: `vector`. Full: `data` has the lines that MV_SOURCE_RESAMPLED asserts no more: pins of the I/O APIC, and from bit 32 those of the 8259 pair; and there may be VSs to `wake`. */

/* MvPage.ioFlags */
#define BF_MV_IO_IN BF_U32(0x1)
#define BF_MV_IO_STRING BF_U32(0x2) /* INS or OUTS, which the caller carries out: nothing has happened, the guest is still at it. */
#define BF_MV_IO_REPEATED BF_U32(0x4)

/* MV_VM_IRQCHIP_CREATE: R12 */
#define BF_MV_IRQCHIP_FULL BF_U32(0x0) /* Local APICs, an I/O APIC and a pair of 8259. */
#define BF_MV_IRQCHIP_SPLIT BF_U32(0x1) /* Local APICs; the others are the caller's. */

/* Versions and limits of MicroV's hypercalls */
#define BF_MV_SIGNATURE BF_U32(0x764d) /* Bits 63:48 of RAX. */
#define BF_MV_SPEC_ID BF_U32(0x3123764d) /* "Mv#1": EAX of CPUID leaf 0x40000001 where there is MicroV is the microkernel's; this is ECX. */
#define BF_MV_VERSION_1 BF_U32(0x2) /* The version of upstream's interface. */
#define BF_MV_HANDLE BF_U32(0x42) /* The handle, as upstream's. */
#define BF_MV_INVALID_ID BF_U32(0xffff)
#define BF_MV_OWN BF_U32(0x100) /* Calls with such an index are not upstream's. */
#define BF_MV_MAX_VMS BF_U32(0x40)
#define BF_MV_MAX_VPS BF_U32(0x100) /* Of all VMs together. */
#define BF_MV_MAX_CPUIDS BF_U32(0x78) /* Leaves of a guest. */
#define BF_MV_LIST_BYTES BF_U32(0xf00) /* Of the page's list. */
#define BF_MV_FPU_BYTES BF_U32(0x1000) /* Of an XSAVE area, at most. */
#define BF_MV_LIST_ENTRIES BF_U32(0xf0) /* Registers or MSRs of a call. */
#define BF_MV_MAX_APICS BF_U32(0x40) /* Of a VM, and so their IDs. */
#define BF_MV_APIC_BYTES BF_U32(0x400) /* Of a local APIC's registers. */

/* MV_VM_MAP: bits 11:0 of R13 */
#define BF_MV_MAP_READ BF_U32(0x1)
#define BF_MV_MAP_WRITE BF_U32(0x2)
#define BF_MV_MAP_EXECUTE BF_U32(0x4)

/* MvPage.mpState: KVM's numbers */
#define BF_MV_MP_RUNNABLE BF_U32(0x0)
#define BF_MV_MP_UNINITIALIZED BF_U32(0x1) /* Waits for INIT. */
#define BF_MV_MP_INIT_RECEIVED BF_U32(0x2) /* Waits for SIPI. */
#define BF_MV_MP_HALTED BF_U32(0x3)

/* MvPage.msrFlags: an access, and why it exits */
#define BF_MV_MSR_WRITE BF_U32(0x1)
#define BF_MV_MSR_ASKED BF_U32(0x2) /* MV_OPTION_MSR_ASKED. */
#define BF_MV_MSR_UNKNOWN BF_U32(0x4) /* MV_OPTION_MSR_UNKNOWN. */
#define BF_MV_MSR_REFUSED BF_U32(0x8) /* MV_OPTION_MSR_REFUSED. */

/* MSRs by which guests ask their VMM for something */
#define BF_MV_MSR_TIME_STAMP_COUNTER BF_U32(0x10)
#define BF_MV_MSR_KVM_WALL_CLOCK BF_U32(0x11)
#define BF_MV_MSR_KVM_SYSTEM_TIME BF_U32(0x12)
#define BF_MV_MSR_KVM_WALL_CLOCK_NEW BF_U32(0x4b564d00)
#define BF_MV_MSR_KVM_SYSTEM_TIME_NEW BF_U32(0x4b564d01)

/* MV_REG_NMI */
#define BF_MV_NMI_WAITS BF_U32(0x1) /* One comes as soon as none is handled. */
#define BF_MV_NMI_BLOCKED BF_U32(0x2) /* One is handled: its handler has not returned. */

/* What a VS and its caller share: a page */
#define BF_MV_PAGE_REQUEST BF_U32(0x0) /* u32: To MV_VS_RUN: MV_RUN_*. */
#define BF_MV_PAGE_STATE BF_U32(0x4) /* u32: MV_STATE_*, as the VS is while it does not run. */
#define BF_MV_PAGE_DATA BF_U32(0x8) /* u64: A port's datum: of an OUT, and what the next MV_VS_RUN gives an IN. */
#define BF_MV_PAGE_PORT BF_U32(0x10) /* u16. */
#define BF_MV_PAGE_IO_BYTES BF_U32(0x12) /* u8: 1, 2 or 4. */
#define BF_MV_PAGE_IO_FLAGS BF_U32(0x13) /* u8: MV_IO_*. */
#define BF_MV_PAGE_ACCESS BF_U32(0x14) /* u32: MV_ACCESS_*. */
#define BF_MV_PAGE_ADDRESS BF_U32(0x18) /* u64: The guest physical address that was accessed. */
#define BF_MV_PAGE_DETAIL BF_U32(0x20) /* u64: The processor's exit reason. */
#define BF_MV_PAGE_CR8 BF_U32(0x28) /* u64: The task priority: in and out, and MV_REG_CR8. */
#define BF_MV_PAGE_APIC_BASE BF_U32(0x30) /* u64: The local APIC's base MSR: the same. */
#define BF_MV_PAGE_EXITS BF_U32(0x38) /* u64: Exits of the VS since it was made. */
#define BF_MV_PAGE_PROCESSOR BF_U32(0x40) /* u32: MV_EXIT_FAILURE: the processor that does not run it. */
#define BF_MV_PAGE_MSR BF_U32(0x44) /* u32: Its number. */
#define BF_MV_PAGE_GENERAL BF_U32(0x48) /* u64[16]: MV_EXIT_MMIO, MV_EXIT_UNDEFINED, MV_EXIT_IO of strings: registers in the order of their encodings. In with MV_RUN_REGISTERS, as the next two. */
#define BF_MV_PAGE_RIP BF_U32(0xc8) /* u64. */
#define BF_MV_PAGE_RFLAGS BF_U32(0xd0) /* u64. */
#define BF_MV_PAGE_MSR_FLAGS BF_U32(0xd8) /* u32: MV_MSR_*. */
#define BF_MV_PAGE_MP_STATE BF_U32(0xdc) /* u32: MV_MP_*: in and out, for a VS with a local APIC. */
#define BF_MV_PAGE_DEADLINE BF_U32(0xe0) /* u64: When its local APIC's timer is due, by the processor's time stamp counter; 0: never. It is to be run then. */
#define BF_MV_PAGE_WAKE BF_U32(0xe8) /* u64: MV_EXIT_WAKE, MV_EXIT_EOI: a bit for each VS, by its APIC's ID. */
#define BF_MV_PAGE_NOTIFIED BF_U32(0xf0) /* u32: 1: something has come for it while it did not run, so that it is to be run. */
#define BF_MV_PAGE_VECTOR BF_U32(0xf4) /* u32: MV_EXIT_EOI, split. */
#define BF_MV_PAGE_LIST_COUNT BF_U32(0xf8) /* u64: Entries of the list. */
#define BF_MV_PAGE_LIST BF_U32(0x100) /* u64[480]: Up to MV_LIST_ENTRIES of {number, value}, or MvCpuids. */
#define BF_MV_PAGE_BYTES BF_U32(0x1000) /* Size of the structure. */
#ifndef __ASSEMBLER__
struct bf_mv_page {
    uint32_t request;
    uint32_t state;
    uint64_t data;
    uint16_t port;
    uint8_t io_bytes;
    uint8_t io_flags;
    uint32_t access;
    uint64_t address;
    uint64_t detail;
    uint64_t cr8;
    uint64_t apic_base;
    uint64_t exits;
    uint32_t processor;
    uint32_t msr;
    uint64_t general[16];
    uint64_t rip;
    uint64_t rflags;
    uint32_t msr_flags;
    uint32_t mp_state;
    uint64_t deadline;
    uint64_t wake;
    uint32_t notified;
    uint32_t vector;
    uint64_t list_count;
    uint64_t list[480];
};
_Static_assert(sizeof(struct bf_mv_page) == 4096, "size of bf_mv_page");
#endif

/* Registers of a guest, by MicroV's numbers */
#define BF_MV_REG_RAX BF_U32(0x1)
#define BF_MV_REG_RBX BF_U32(0x2)
#define BF_MV_REG_RCX BF_U32(0x3)
#define BF_MV_REG_RDX BF_U32(0x4)
#define BF_MV_REG_RBP BF_U32(0x5)
#define BF_MV_REG_RSI BF_U32(0x6)
#define BF_MV_REG_RDI BF_U32(0x7)
#define BF_MV_REG_R8 BF_U32(0x8)
#define BF_MV_REG_R9 BF_U32(0x9)
#define BF_MV_REG_R10 BF_U32(0xa)
#define BF_MV_REG_R11 BF_U32(0xb)
#define BF_MV_REG_R12 BF_U32(0xc)
#define BF_MV_REG_R13 BF_U32(0xd)
#define BF_MV_REG_R14 BF_U32(0xe)
#define BF_MV_REG_R15 BF_U32(0xf)
#define BF_MV_REG_RSP BF_U32(0x10)
#define BF_MV_REG_RIP BF_U32(0x11)
#define BF_MV_REG_RFLAGS BF_U32(0x12)
#define BF_MV_REG_ES_SELECTOR BF_U32(0x13)
#define BF_MV_REG_ES_ATTRIB BF_U32(0x14)
#define BF_MV_REG_ES_LIMIT BF_U32(0x15)
#define BF_MV_REG_ES_BASE BF_U32(0x16)
#define BF_MV_REG_CS_SELECTOR BF_U32(0x17)
#define BF_MV_REG_CS_ATTRIB BF_U32(0x18)
#define BF_MV_REG_CS_LIMIT BF_U32(0x19)
#define BF_MV_REG_CS_BASE BF_U32(0x1a)
#define BF_MV_REG_SS_SELECTOR BF_U32(0x1b)
#define BF_MV_REG_SS_ATTRIB BF_U32(0x1c)
#define BF_MV_REG_SS_LIMIT BF_U32(0x1d)
#define BF_MV_REG_SS_BASE BF_U32(0x1e)
#define BF_MV_REG_DS_SELECTOR BF_U32(0x1f)
#define BF_MV_REG_DS_ATTRIB BF_U32(0x20)
#define BF_MV_REG_DS_LIMIT BF_U32(0x21)
#define BF_MV_REG_DS_BASE BF_U32(0x22)
#define BF_MV_REG_FS_SELECTOR BF_U32(0x23)
#define BF_MV_REG_FS_ATTRIB BF_U32(0x24)
#define BF_MV_REG_FS_LIMIT BF_U32(0x25)
#define BF_MV_REG_FS_BASE BF_U32(0x26)
#define BF_MV_REG_GS_SELECTOR BF_U32(0x27)
#define BF_MV_REG_GS_ATTRIB BF_U32(0x28)
#define BF_MV_REG_GS_LIMIT BF_U32(0x29)
#define BF_MV_REG_GS_BASE BF_U32(0x2a)
#define BF_MV_REG_LDTR_SELECTOR BF_U32(0x2b)
#define BF_MV_REG_LDTR_ATTRIB BF_U32(0x2c)
#define BF_MV_REG_LDTR_LIMIT BF_U32(0x2d)
#define BF_MV_REG_LDTR_BASE BF_U32(0x2e)
#define BF_MV_REG_TR_SELECTOR BF_U32(0x2f)
#define BF_MV_REG_TR_ATTRIB BF_U32(0x30)
#define BF_MV_REG_TR_LIMIT BF_U32(0x31)
#define BF_MV_REG_TR_BASE BF_U32(0x32)
#define BF_MV_REG_GDTR_SELECTOR BF_U32(0x33)
#define BF_MV_REG_GDTR_ATTRIB BF_U32(0x34)
#define BF_MV_REG_GDTR_LIMIT BF_U32(0x35)
#define BF_MV_REG_GDTR_BASE BF_U32(0x36)
#define BF_MV_REG_IDTR_SELECTOR BF_U32(0x37)
#define BF_MV_REG_IDTR_ATTRIB BF_U32(0x38)
#define BF_MV_REG_IDTR_LIMIT BF_U32(0x39)
#define BF_MV_REG_IDTR_BASE BF_U32(0x3a)
#define BF_MV_REG_DR0 BF_U32(0x3b)
#define BF_MV_REG_DR1 BF_U32(0x3c)
#define BF_MV_REG_DR2 BF_U32(0x3d)
#define BF_MV_REG_DR3 BF_U32(0x3e)
#define BF_MV_REG_DR6 BF_U32(0x3f)
#define BF_MV_REG_DR7 BF_U32(0x40)
#define BF_MV_REG_CR0 BF_U32(0x41)
#define BF_MV_REG_CR2 BF_U32(0x42)
#define BF_MV_REG_CR3 BF_U32(0x43)
#define BF_MV_REG_CR4 BF_U32(0x44)
#define BF_MV_REG_CR8 BF_U32(0x45)
#define BF_MV_REG_XCR0 BF_U32(0x46)
#define BF_MV_REG_EFER BF_U32(0x100) /* Ours, like all that follow. */
#define BF_MV_REG_APIC_BASE BF_U32(0x101)
#define BF_MV_REG_INTERRUPT_SHADOW BF_U32(0x102) /* 1: no interrupt before the next instruction is done. */
#define BF_MV_REG_EVENT BF_U32(0x103) /* The event that is delivered when the VS runs next: bits 7:0 vector, 10:8 type, 11 has a code, 31 valid, 63:32 the code (APM volume 2, 15.20); 0: none. */
#define BF_MV_REG_TSC_OFFSET BF_U32(0x104) /* What its time stamp counter has more than the processor's. */
#define BF_MV_REG_NMI BF_U32(0x105) /* MV_NMI_*. */

/* MvPage.request and MvPage.state */
#define BF_MV_RUN_WINDOW BF_U32(0x1) /* request: come back as soon as the guest can take an interrupt. */
#define BF_MV_RUN_REGISTERS BF_U32(0x2) /* request: the guest has carried out an instruction, and has `general`, `rip` and `rflags` behind it. */
#define BF_MV_RUN_STOP BF_U32(0x4) /* request: what else is asked for is done, and nothing runs. */
#define BF_MV_RUN_MSR_DONE BF_U32(0x8) /* request: the access to an MSR is done; a RDMSR's answer is `data`. */
#define BF_MV_RUN_MSR_FAULT BF_U32(0x10) /* request: it raises #GP. */
#define BF_MV_RUN_MSR_ALLOWED BF_U32(0x20) /* request: it is carried out, if it is what the guest does next, and does not exit for MV_OPTION_MSR_ASKED. */
#define BF_MV_STATE_INTERRUPTIBLE BF_U32(0x1) /* state: the guest can take an interrupt now. */
#define BF_MV_STATE_IF BF_U32(0x2) /* state: RFLAGS.IF. */

/* MV_VM_IRQ_LINE: who asserts; a line is asserted while one does */
#define BF_MV_SOURCE_USER BF_U32(0x0)
#define BF_MV_SOURCE_TIMER BF_U32(0x100) /* The interval timer. */
#define BF_MV_SOURCE_RESAMPLED BF_U32(0x200) /* Those that are told when the guest has ended the interrupt. */

/* Status codes of MicroV's hypercalls: RAX */
#define BF_MV_STATUS_SUCCESS BF_U64(0x0)
#define BF_MV_STATUS_FAILURE_UNKNOWN BF_U64(0xdead000000010001)
#define BF_MV_STATUS_FAILURE_INVALID_HANDLE BF_U64(0xdead000000020001)
#define BF_MV_STATUS_FAILURE_UNSUPPORTED BF_U64(0xdead000000040001)
#define BF_MV_STATUS_INVALID_PERM_DENIED BF_U64(0xdead000000010002)
#define BF_MV_STATUS_INVALID_INPUT_REG0 BF_U64(0xdead000000010003)
#define BF_MV_STATUS_INVALID_INPUT_REG1 BF_U64(0xdead000000020003)
#define BF_MV_STATUS_INVALID_INPUT_REG2 BF_U64(0xdead000000040003)
#define BF_MV_STATUS_INVALID_INPUT_REG3 BF_U64(0xdead000000080003)
#define BF_MV_STATUS_INVALID_INPUT_REG4 BF_U64(0xdead000000100003) /* Ours, with R14. */
#define BF_MV_STATUS_RETRY_CONTINUATION BF_U64(0xdead000000100004)
#define BF_MV_STATUS_EXIT_FAILURE BF_U64(0xdead000000100005) /* The processor refuses to run the VS: the debug ring says why. */
#define BF_MV_STATUS_EXIT_UNKNOWN BF_U64(0xdead000000200005)

/* MV_VM_CONFIGURE: R12 */
#define BF_MV_OPTION_MSR_ASKED BF_U32(0x1) /* Each access to an MSR that exits comes to the caller (MV_EXIT_MSR_ACCESS), before anything of it is done. */
#define BF_MV_OPTION_MSR_UNKNOWN BF_U32(0x2) /* Accesses to MSRs that the guest has not exit, instead of #GP. */
#define BF_MV_OPTION_MSR_REFUSED BF_U32(0x4) /* So do writes of values that the guest's MSR does not take. */
#define BF_MV_OPTION_MWAIT_BY_CPUID BF_U32(0x8) /* MONITOR and MWAIT are #UD where CPUID has them not, instead of nothing. */
#define BF_MV_OPTION_MWAIT_BY_MSR BF_U32(0x10) /* CPUID has MONITOR and MWAIT while MISC_ENABLE's bit 18 is set, whatever the caller gave it. */
#define BF_MV_OPTION_MSR_CLOSED BF_U32(0x20) /* MSRs exit that may change hands with the VS: reads of the time stamp counter, SYSENTER's, SYSCALL's, FS_BASE, GS_BASE and KERNEL_GS_BASE. */
#define BF_MV_OPTION_UNDEFINED_ASKED BF_U32(0x40) /* #UD of the guest comes to the caller (MV_EXIT_UNDEFINED), who may know better. */

/* MV_VS_CONFIGURE: R12 */
#define BF_MV_OPTION_FEATURES BF_U32(0x1) /* The guest has those MSRs of KVM's alone whose bits CPUID leaf 0x40000001 has. */

#endif
