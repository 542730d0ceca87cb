// SPDX-License-Identifier: MIT
// The way from the operating system into host mode (demote) and back (promote), AMD
//
// Both change the address space under their own feet. The page that they lie in is therefore mapped three times: at its
// own address in the operating system, at HANDOFF_BASE in host mode, and at both in a transition table that is loaded
// in between. Nothing else is mapped in the transition table: between the two CR3 writes there is neither stack nor
// data, only registers. Interrupts are disabled and the global interrupt flag is clear, so nobody can notice.

#include "bareflank.h"

#define MSR_EFER 0xc0000080
#define CR3_ADDRESS_MASK (~0xfff)
#define STATE(field) qword ptr [rdi + BF_SAVED_STATE_##field]
#define HOST_STATE (BF_PP_AREA_BASE + BF_PP_STATE)
#define HOST_STACK (BF_PP_AREA_BASE + BF_PP_STACK + BF_PP_STACK_BYTES)
#define HOST_ARGS (BF_PP_AREA_BASE + BF_PP_ARGS)
#define HANDOFF_STACK_BYTES 256

    .intel_syntax noprefix
    .section .text.handoff, "ax", @progbits
    .balign 4096
handoff_base:

// u64 handoff_demote(struct SavedState *state): RDI = state
//
// The operating system's VM begins at .Lreturned with RAX = 0, on this very stack: the caller sees a function that
// returned. When the kernel gives up instead, promote ends there too, with RAX = BOOT_*.
    .globl handoff_demote
    .type handoff_demote, @function
handoff_demote:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    pushfq
    pop STATE(RFLAGS)
    mov STATE(RSP), rsp
    lea rax, [rip + .Lreturned]
    mov STATE(RIP), rax
    // The lowest word of promote's little stack keeps where promote has to continue in the operating system.
    lea rax, [rip + .Lpromote_in_os]
    mov STATE(HANDOFF_STACK), rax

    // EFER first: CLGI needs SVME, and the host's tables need NXE.
    mov ecx, MSR_EFER
    mov eax, dword ptr [rdi + BF_SAVED_STATE_HOST_EFER]
    mov edx, dword ptr [rdi + BF_SAVED_STATE_HOST_EFER + 4]
    wrmsr
    clgi

    mov rax, STATE(TRANSITION_CR3)
    mov rbx, STATE(HOST_CR3)
    mov rcx, STATE(HOST_CR4)
    mov rdx, STATE(KERNEL_ENTRY)
    lea rsi, [rip + .Ldemote_at_alias]
    and esi, 0xfff
    movabs rbp, BF_HANDOFF_BASE
    add rsi, rbp
    mov cr3, rax
    jmp rsi
.Ldemote_at_alias:
    // CR4 before CR3: clearing PGE and PCIDE drops every translation of the operating system, global ones as well.
    mov cr4, rcx
    mov cr3, rbx
    mov esp, HOST_STACK
    mov edi, HOST_ARGS
    jmp rdx

.Lreturned:
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    int3
    .size handoff_demote, . - handoff_demote

// promote: from the kernel, in host mode, at HANDOFF_BASE + offset. The kernel has restored what the operating system
// does not see move (debug registers, MSRs, FS, GS, TR, LDTR); SavedState holds the rest. Never returns.
promote:
    mov edi, HOST_STATE
    mov rax, STATE(TRANSITION_CR3)
    mov rbx, STATE(CR3)
    mov rcx, STATE(CR4)
    mov rdx, STATE(HANDOFF_STACK)
    mov rdi, STATE(OS_ADDRESS)
    mov cr3, rax
    jmp rdx
.Lpromote_in_os:
    // With PCIDE still clear, CR3's lower bits must be zero; then PCIDE may be set; then CR3 as it was.
    mov rax, rbx
    and rax, CR3_ADDRESS_MASK
    mov cr3, rax
    mov cr4, rcx
    mov cr3, rbx
    lea rsp, [rdi + BF_SAVED_STATE_HANDOFF_STACK + HANDOFF_STACK_BYTES]
    mov rax, STATE(CR0)
    mov cr0, rax

    mov eax, dword ptr [rdi + BF_SAVED_STATE_GDTR_LIMIT]
    push STATE(GDTR_BASE)
    sub rsp, 8
    mov word ptr [rsp + 6], ax
    lgdt [rsp + 6]
    mov eax, dword ptr [rdi + BF_SAVED_STATE_IDTR_LIMIT]
    mov rcx, STATE(IDTR_BASE)
    mov [rsp + 8], rcx
    mov word ptr [rsp + 6], ax
    lidt [rsp + 6]
    mov ds, word ptr [rdi + BF_SAVED_STATE_DS_SELECTOR]
    mov es, word ptr [rdi + BF_SAVED_STATE_ES_SELECTOR]

    // CS and SS before STGI: a pending NMI is taken there, and returns through the operating system's GDT.
    movzx eax, word ptr [rdi + BF_SAVED_STATE_CS_SELECTOR]
    lea rcx, [rip + .Lpromote_in_os_segments]
    push rax
    push rcx
    retfq
.Lpromote_in_os_segments:
    mov ss, word ptr [rdi + BF_SAVED_STATE_SS_SELECTOR]
    stgi
    // EFER last: STGI needs SVME.
    mov ecx, MSR_EFER
    mov eax, dword ptr [rdi + BF_SAVED_STATE_EFER]
    mov edx, dword ptr [rdi + BF_SAVED_STATE_EFER + 4]
    wrmsr

    movzx eax, word ptr [rdi + BF_SAVED_STATE_SS_SELECTOR]
    push rax
    push STATE(RSP)
    push STATE(RFLAGS)
    movzx eax, word ptr [rdi + BF_SAVED_STATE_CS_SELECTOR]
    push rax
    push STATE(RIP)
    mov rax, STATE(RAX)
    mov rbx, STATE(RBX)
    mov rcx, STATE(RCX)
    mov rdx, STATE(RDX)
    mov rbp, STATE(RBP)
    mov rsi, STATE(RSI)
    mov r8, STATE(R8)
    mov r9, STATE(R9)
    mov r10, STATE(R10)
    mov r11, STATE(R11)
    mov r12, STATE(R12)
    mov r13, STATE(R13)
    mov r14, STATE(R14)
    mov r15, STATE(R15)
    mov rdi, STATE(RDI)
    iretq

// u64 handoff_page(void), u32 handoff_promoteOffset(void)
    .globl handoff_page
    .type handoff_page, @function
handoff_page:
    lea rax, [rip + handoff_base]
    ret
    int3
    .size handoff_page, . - handoff_page

    .globl handoff_promoteOffset
    .type handoff_promoteOffset, @function
handoff_promoteOffset:
    lea rax, [rip + promote]
    and eax, 0xfff
    ret
    int3
    .size handoff_promoteOffset, . - handoff_promoteOffset

    // One page, so that one mapping does.
    .if . - handoff_base > 4096
    .error "the hand-off code does not fit into a page"
    .endif
    .balign 4096, 0xcc

    .section .note.GNU-stack, "", @progbits
