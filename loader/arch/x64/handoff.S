// SPDX-License-Identifier: MIT
// The way from the operating system into host mode (demote) and back (promote)
//
// Both change the address space under their own feet. Two pages are therefore mapped three times: this code, and the
// processor's SavedState with the Handoff structure behind it. Each is at its own address in the operating system, at
// an address of the hand-off window in host mode, and at both in a transition table that is loaded in between.
//
// Interrupts are disabled. NMIs are held back on AMD by the global interrupt flag. Intel has no such thing, so at every
// instruction here the IDT, the GDT, the stack and the handler in use are mapped by the table in use: all four change
// while both of their places are mapped. An NMI is counted, and taken by the side that is arrived at. The handler's gate
// names no stack of the TSS, so nothing depends on the task register.
//
// Nothing else can come. Breakpoints, whose addresses mean something else in every address space, are switched off while
// the operating system's IDT is still in use, and on again when it is in use again: DR7 goes in first and out last. Single
// steps (RFLAGS.TF) likewise; and DEBUGCTL, by which Intel's processors store records at addresses of the operating
// system, before its address space is left, and behind. A machine check finds no gate and shuts the processor down.

#include "bareflank.h"

#define MSR_DEBUGCTL 0x1d9
#define MSR_EFER 0xc0000080
#define MSR_FS_BASE 0xc0000100
#define MSR_GS_BASE 0xc0000101
#define EFER_SVME 0x1000
#define CR3_ADDRESS_MASK (~0xfff)
#define STATE(field) qword ptr [rdi + BF_SAVED_STATE_##field]
#define STATE32(field) dword ptr [rdi + BF_SAVED_STATE_##field]
#define SELECTOR(field) word ptr [rdi + BF_SAVED_STATE_##field##_SELECTOR]
#define HANDOFF(field) [rdi + BF_HANDOFF_OFFSET + BF_HANDOFF_##field]
// Operand of LGDT and LIDT: the limit is in the upper 16 bits of the first word.
#define TABLE(field) [rdi + BF_HANDOFF_OFFSET + BF_HANDOFF_##field + 6]
#define HANDOFF_STACK_TOP [rdi + BF_HANDOFF_OFFSET + BF_HANDOFF_BYTES]
#define HOST_STATE (BF_PP_AREA_BASE + BF_PP_STATE)
#define HOST_STACK (BF_PP_AREA_BASE + BF_PP_STACK + BF_PP_STACK_BYTES)
#define HOST_ARGS (BF_PP_AREA_BASE + BF_PP_ARGS)
// Segments of the kernel's GDT, and of the one in Handoff
#define HOST_CS 0x10
#define HOST_SS 0x18
// Available 64-bit TSS, present (SDM volume 3, 8.2.3)
#define TSS_RIGHTS 0x8900

    .intel_syntax noprefix

// Writes an MSR from SavedState; clobbers RAX, RCX and RDX.
.macro WRITE_MSR index, field
    mov ecx, \index
    mov eax, dword ptr [rdi + \field]
    mov edx, dword ptr [rdi + \field + 4]
    wrmsr
.endm

// LGDT or LIDT with what the operating system had; 16 bytes at RSP are scratch.
.macro LOAD_TABLE instruction, base, limit
    mov eax, dword ptr [rdi + \limit]
    mov rcx, qword ptr [rdi + \base]
    mov [rsp + 6], ax
    mov [rsp + 8], rcx
    \instruction [rsp + 6]
.endm

// Loads general registers that lie one behind the other in SavedState.
.macro LOAD_REGISTERS first, registers:vararg
    .set field, \first
    .irp register, \registers
    mov \register, qword ptr [rdi + field]
    .set field, field + 8
    .endr
.endm

#ifdef _WIN64
// COFF, for UEFI
#define FUNCTION(name)
#define FUNCTION_END(name)
    .section .text$handoff, "xr"
#else
#define FUNCTION(name) .type name, @function
#define FUNCTION_END(name) .size name, . - name
    .section .text.handoff, "ax", @progbits
#endif
    .balign 4096
// handoff-page.ts reads these offsets.
handoff_base:
    .long .Lreturned - handoff_base, promote - handoff_base, .Lpromote_in_os - handoff_base, nmi - handoff_base

// u64 handoff_demote(struct SavedState *state): RDI = state
//
// The operating system's VM begins at .Lreturned with RAX = 0, on this very stack: the caller sees a function that
// returned. When the kernel gives up instead, promote ends there too, with RAX = BOOT_*.
    .globl handoff_demote
    FUNCTION(handoff_demote)
handoff_demote:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    pushfq
    pop STATE(RFLAGS)
    push 2                          // no flag set
    popfq
    xor eax, eax
    mov dr7, rax
    mov STATE(RSP), rsp

    // EFER first: CLGI needs SVME, and the host's tables need NXE.
    WRITE_MSR MSR_EFER, BF_SAVED_STATE_HOST_EFER
    test eax, EFER_SVME
    jz .Ldemote_without_gif
    clgi
    mov rax, STATE(PHYSICAL)
    vmsave                          // before anything of what it writes is changed
.Ldemote_without_gif:
    lea rsp, HANDOFF_STACK_TOP
    // IDT before GDT: the operating system's own handler may look into its GDT.
    lidt TABLE(IDTR_IN_OS)
    lgdt TABLE(GDTR_IN_OS)
    WRITE_MSR MSR_DEBUGCTL, BF_SAVED_STATE_HOST_DEBUGCTL

    mov rax, STATE(TRANSITION_CR3)
    mov rbx, STATE(HOST_CR3)
    mov rcx, STATE(HOST_CR4)
    mov rdx, STATE(KERNEL_ENTRY)
    lea rsi, [rip + .Ldemote_at_alias]
    and esi, 0xfff
    movabs rbp, BF_HANDOFF_BASE
    add rsi, rbp
    mov rdi, HANDOFF(ALIAS)
    mov cr3, rax
    jmp rsi
.Ldemote_at_alias:
    endbr64                         // the operating system may track indirect branches
    lea rsp, HANDOFF_STACK_TOP
    lgdt TABLE(GDTR_IN_HOST)
    push HOST_CS
    lea rax, [rip + .Ldemote_in_host_segments]
    push rax
    retfq
.Ldemote_in_host_segments:
    mov eax, HOST_SS
    mov ss, eax
    lidt TABLE(IDTR_IN_HOST)
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
    FUNCTION_END(handoff_demote)

// promote: from the kernel, in host mode, at HANDOFF_BASE + offset; VMX is off, NMIs have been counted in SavedState.
// Never returns.
//
// The kernel has restored what nobody sees move in host mode: DR0 to DR3, CR2, CR8, XCR0, MSRs; on AMD, by VMLOAD, also
// FS, GS, TR and LDTR. SavedState holds the rest, on Intel with those four.
promote:
    mov edi, HOST_STATE
    mov rdi, HANDOFF(ALIAS)
    lea rsp, HANDOFF_STACK_TOP
    lidt TABLE(IDTR_IN_HOST)
    lgdt TABLE(GDTR_IN_HOST)
    test STATE32(HOST_EFER), EFER_SVME
    jnz .Lpromote_leave
    movzx esi, SELECTOR(TR)
    test esi, esi
    jz .Lpromote_leave
    // The task register by a descriptor of our own: the operating system's stays busy, and may be read-only.
    mov rcx, STATE(TR_BASE)
    mov r8, rcx
    mov edx, ecx
    shl rcx, 40
    shr rcx, 24                     // base 23:0 to bits 39:16
    mov cx, word ptr [rdi + BF_SAVED_STATE_TR_LIMIT]
    and edx, 0xff000000
    or edx, TSS_RIGHTS
    shl rdx, 32
    or rcx, rdx
    shr r8, 32
    lea rdx, HANDOFF(GDT)
    mov [rdx + rsi], rcx
    mov [rdx + rsi + 8], r8
    ltr si
.Lpromote_leave:
    mov rax, STATE(TRANSITION_CR3)
    mov rbx, STATE(CR3)
    mov rcx, STATE(CR4)
    mov rdx, HANDOFF(PROMOTE_IN_OS)
    mov rdi, STATE(OS_ADDRESS)
    mov cr3, rax
    jmp rdx
.Lpromote_in_os:
    lea rsp, HANDOFF_STACK_TOP
    lidt TABLE(IDTR_IN_OS)
    lgdt TABLE(GDTR_IN_OS)
    movzx eax, SELECTOR(CS)
    lea rsi, [rip + .Lpromote_in_os_segments]
    push rax
    push rsi
    retfq
.Lpromote_in_os_segments:
    mov ss, SELECTOR(SS)
    // With PCIDE still clear, CR3's lower bits must be zero; then PCIDE may be set; then CR3 as it was.
    mov rax, rbx
    and rax, CR3_ADDRESS_MASK
    mov cr3, rax
    mov cr4, rcx
    mov cr3, rbx
    mov rax, STATE(CR0)
    mov cr0, rax

    sub rsp, 16
    LOAD_TABLE lgdt, BF_SAVED_STATE_GDTR_BASE, BF_SAVED_STATE_GDTR_LIMIT
    mov ds, SELECTOR(DS)
    mov es, SELECTOR(ES)
    test STATE32(HOST_EFER), EFER_SVME
    jnz .Lpromote_idt
    lldt SELECTOR(LDTR)
    mov fs, SELECTOR(FS)
    mov gs, SELECTOR(GS)
    WRITE_MSR MSR_FS_BASE, BF_SAVED_STATE_FS_BASE
    WRITE_MSR MSR_GS_BASE, BF_SAVED_STATE_GS_BASE
    WRITE_MSR MSR_DEBUGCTL, BF_SAVED_STATE_DEBUGCTL
.Lpromote_idt:
    // Last of the tables: from here on the operating system's handler has all that it may look at.
    LOAD_TABLE lidt, BF_SAVED_STATE_IDTR_BASE, BF_SAVED_STATE_IDTR_LIMIT
    test STATE32(HOST_EFER), EFER_SVME
    jz .Lpromote_efer
    stgi
    // EFER last: STGI needs SVME.
.Lpromote_efer:
    WRITE_MSR MSR_EFER, BF_SAVED_STATE_EFER
    mov ecx, STATE32(HANDOFF_NMIS)
.Lpromote_nmi:
    jrcxz .Lpromote_registers
    int 2
    dec ecx
    jmp .Lpromote_nmi

    // What an extension wrote into the upper halves would fault.
.Lpromote_registers:
    mov eax, STATE32(DR6)
    mov dr6, rax
    mov eax, STATE32(DR7)
    mov dr7, rax
    movzx eax, SELECTOR(SS)
    push rax
    push STATE(RSP)
    push STATE(RFLAGS)
    movzx eax, SELECTOR(CS)
    push rax
    push STATE(RIP)
    LOAD_REGISTERS BF_SAVED_STATE_R8, r8, r9, r10, r11, r12, r13, r14, r15
    LOAD_REGISTERS BF_SAVED_STATE_RAX, rax, rbx, rcx, rdx, rbp, rsi, rdi
    iretq

// An NMI, at either address of this code, or in the kernel before it loads its own IDT. SavedState lies at the beginning
// of the page that holds the IDT.
nmi:
    endbr64
    push rax
    sub rsp, 16
    sidt [rsp + 6]
    mov rax, [rsp + 8]
    and rax, -4096
    inc dword ptr [rax + BF_SAVED_STATE_HANDOFF_NMIS]
    add rsp, 16
    pop rax
    iretq

// u64 handoff_page(void)
    .globl handoff_page
    FUNCTION(handoff_page)
handoff_page:
    lea rax, [rip + handoff_base]
    ret
    int3
    FUNCTION_END(handoff_page)

    // One page, so that one mapping does; code that does not fit is an error here.
    .org handoff_base + 4096, 0xcc

#ifndef _WIN64
    .section .note.GNU-stack, "", @progbits
#endif
