// SPDX-License-Identifier: MIT
// Intel: an extension's calls, the entry into a VM, and its exit; entry.S has the whole

#include "../entry.h"

// SDM volume 3, 3.2 (RFLAGS), 6.8.8 (SYSCALL), appendix B (VMCS)
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define HOST_STAR 0x001b001000000000
#define HOST_FMASK 0xfffffffd
#define KERNEL_CS 0x10
// TF, IF, DF, NT, AC
#define FMASK_NEEDED 0x44700
#define VMCS_EXIT_REASON 0x4402

.macro READ_MSR index, field
    mov ecx, \index
    rdmsr
    mov dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field], eax
    mov dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field + 4], edx
.endm

.macro WRITE_MSR index, field
    mov ecx, \index
    mov eax, dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field]
    mov edx, dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field + 4]
    wrmsr
.endm

    .globl run_intel, upcall_intel

// To ring 3, RCX and R11 hold RIP and RFLAGS: by IRETQ, which takes the selectors from here, so that the guest's STAR may
// stay in its MSR; and an NMI that came by a VM exit blocks no others from now on.
.macro LEAVE_INTEL rsp
    PUSH_FRAME \rsp
    iretq
.endm

    .globl intel_syscall_entry
    .balign 16
intel_syscall_entry:
    SYSCALL_ENTRY enterIntelFastSyscall, run_intel, LEAVE_INTEL, act

    .globl intel_syscall_entry_careful
    .balign 16
intel_syscall_entry_careful:
    SYSCALL_ENTRY enterCarefulSyscall, run_intel, LEAVE_INTEL, act

// Loads all of the guest but CR2, DR6, STAR and FMASK, which are its own already, and enters it.
.macro ENTER_GUEST instruction
    WRITE_MSR MSR_LSTAR, BF_PP_BLOCK_GUEST_LSTAR
    EACH 1, GENERAL
    mov rax, TCB(RAX)
    \instruction
.endm

// Runs the active VS on Intel until it exits, and hands the exit to the kernel. The VMCS switches what it holds. Of the
// rest, host mode needs LSTAR for itself, and STAR and FMASK only where the guest's would not do: SYSCALL must lead to
// the kernel's code segment and clear the flags that an extension must not hand to it.
    .balign 16
run_intel:
    cmp dword ptr PP32(ENTRY_WORK), 0
    jne 2f
1:  ENTER_GUEST vmresume
    jmp 3f
2:  test dword ptr PP32(ENTRY_WORK), BF_ENTRY_STATE
    jz 4f
    and dword ptr PP32(ENTRY_WORK), ~BF_ENTRY_STATE
    WRITE_MSR MSR_STAR, BF_PP_BLOCK_GUEST_STAR
    WRITE_MSR MSR_FMASK, BF_PP_BLOCK_GUEST_FMASK
    mov rax, PP(GUEST_CR2)
    mov cr2, rax
    mov rax, PP(GUEST_DR6)
    mov dr6, rax
4:  test dword ptr PP32(ENTRY_WORK), BF_ENTRY_LAUNCH
    jz 1b
    ENTER_GUEST vmlaunch
3:  or dword ptr PP32(ENTRY_WORK), BF_ENTRY_REFUSED
    mov rsp, KERNEL_STACK_TOP

    .globl intel_exit_entry
intel_exit_entry:
    mov TCB(RAX), rax
    EACH 0, GENERAL
    READ_MSR MSR_LSTAR, BF_PP_BLOCK_GUEST_LSTAR
    mov eax, dword ptr PP32(CALL_ENTRY)
    xor edx, edx
    wrmsr
    READ_MSR MSR_STAR, BF_PP_BLOCK_GUEST_STAR
    cmp dx, KERNEL_CS
    jne 5f
    READ_MSR MSR_FMASK, BF_PP_BLOCK_GUEST_FMASK
    not eax
    test eax, FMASK_NEEDED
    jnz 5f
6:  mov rax, cr2
    mov PP(GUEST_CR2), rax
    mov rax, dr6
    mov PP(GUEST_DR6), rax
    mov dword ptr PP32(PORTS_OPEN), 0
    mov eax, VMCS_EXIT_REASON
    vmread rdi, rax
    call enterIntelExit             // (exit reason)
    cmp eax, BF_ACTION_UPCALL
    jne act
upcall_intel:
    CALL_BACK LEAVE_INTEL

// The guest's STAR or FMASK will not do.
5:  READ_MSR MSR_FMASK, BF_PP_BLOCK_GUEST_FMASK
    mov eax, HOST_FMASK
    wrmsr
    mov ecx, MSR_STAR
    xor eax, eax
    mov edx, HOST_STAR >> 32
    wrmsr
    or dword ptr PP32(ENTRY_WORK), BF_ENTRY_STATE
    jmp 6b

    .section .text.entry, "ax", @progbits
    .globl intel_syscall_isolated
intel_syscall_isolated:
    ENTER_KERNEL
    SYSCALL_ENTRY enterCarefulSyscall, run_intel, LEAVE_FRAME, act
