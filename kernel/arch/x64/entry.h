// SPDX-License-Identifier: MIT
// What the ways into the microkernel and out of it share: where a processor's own words lie, and macros for what is moved

#pragma once

#include "bareflank.h"

#define PP(field) qword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_##field]
#define PP32(field) [BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_##field]
#define TCB(field) qword ptr [BF_PP_AREA_BASE + BF_PP_TCB + BF_TCB_##field]
#define KERNEL_STACK_TOP (BF_PP_AREA_BASE + BF_PP_STACK + BF_PP_STACK_BYTES)

// RFLAGS of a callback: interrupts off, no I/O privilege (ports go by the TSS's bitmap)
#define USER_RFLAGS 0x2
#define USER_CS 0x2b
#define USER_SS 0x23

// The page that ring 3's table has, too; what its stacks begin with, and an exception's frame on one of them
#define ENTRY(field) qword ptr [BF_PP_AREA_BASE + BF_PP_ENTRY + BF_ENTRY_AREA_##field]
#define ENTRY_TOP(field) (BF_PP_AREA_BASE + BF_PP_ENTRY + BF_ENTRY_AREA_##field)
#define IRET_BYTES 40
#define CAME_WITH 72

    .intel_syntax noprefix
    .section .note.GNU-stack, "", @progbits
    .text

// Moves registers from or to words that follow one another.
.macro EACH load, words, registers:vararg
    .set .Loffset, 0
    .irp register, \registers
    .if \load
    mov \register, [\words + .Loffset]
    .else
    mov [\words + .Loffset], \register
    .endif
    .set .Loffset, .Loffset + 8
    .endr
.endm

// A guest's general registers but RAX, and those that functions preserve, in the order of the TCB and of the seat; a call's.
#define GENERAL general, rbx, rcx, rdx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
#define PRESERVED preserved, rbx, rbp, r12, r13, r14, r15
#define ARGUMENTS arguments, rdi, rsi, rdx, r10, r8, r9, rax
    .set general, BF_PP_AREA_BASE + BF_PP_TCB + BF_TCB_RBX
    .set preserved, BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_USER_RBX
    .set arguments, BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_REG0

// SYSCALL of an extension (APM volume 2, 6.1.1): RCX = its RIP, R11 = its RFLAGS, RSP still its own. `fast` serves the
// call that ends nearly every exit, which `run` follows; `leave` returns to ring 3, `act` does anything else. On
// the ways that look `fast` serves none, and does what is to be done before all.
.macro SYSCALL_ENTRY fast, run, leave, act
    mov PP(USER_RSP), rsp
    mov rsp, KERNEL_STACK_TOP
    mov PP(USER_RIP), rcx
    mov PP(USER_RFLAGS), r11
    EACH 0, ARGUMENTS
    mov rsi, rax
    call \fast                      // (REG0, RAX)
    cmp eax, BF_ACTION_RUN
    je \run
    mov rdi, PP(REG0)
    mov rsi, PP(REG1)
    mov rdx, PP(REG2)
    mov rcx, PP(REG3)
    mov r8, PP(STATUS)
    call enterSyscall               // (REG0, REG1, REG2, REG3, RAX)
    test eax, eax
    jne \act
    RETURN \leave
.endm

// To the extension behind its call, with what the block holds.
.macro RETURN leave
    mov rax, PP(TCB_IDS0)
    mov TCB(EXTID), rax
    mov rax, PP(TCB_IDS1)
    mov TCB(PPID), rax
    EACH 1, ARGUMENTS
    mov rcx, PP(USER_RIP)
    mov r11, PP(USER_RFLAGS)
    \leave BF_PP_BLOCK_USER_RSP
.endm

// To ring 3 by way of a frame: RCX and R11 hold RIP and RFLAGS.
.macro PUSH_FRAME rsp
    push USER_SS
    push qword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \rsp]
    push r11
    push USER_CS
    push rcx
.endm

.macro LEAVE_FRAME rsp
    PUSH_FRAME \rsp
    jmp leave_frame
.endm

// To the kernel's table and to ring 3's, whose translations are kept the next time where the processor can.
.macro ENTER_KERNEL
    mov ENTRY(RSP), rsp
    mov rsp, ENTRY(KERNEL_ROOT)
    mov cr3, rsp
    mov rsp, ENTRY(RSP)
.endm

.macro USE_USER_ROOT
    mov rsp, ENTRY(USER_ROOT)
    mov cr3, rsp
    mov rsp, ENTRY(KEEP)
    or ENTRY(USER_ROOT), rsp
.endm

// Enters a callback in ring 3: its arguments, every other register zero but RCX and R11.
.macro CALL_BACK leave
    mov rax, PP(TCB_IDS0)
    mov TCB(EXTID), rax
    mov rax, PP(TCB_IDS1)
    mov TCB(PPID), rax
    mov rcx, PP(UPCALL_RIP)
    mov r11d, USER_RFLAGS
    mov rdi, PP(UPCALL_REG0)
    mov rsi, PP(UPCALL_REG1)
    mov rdx, PP(UPCALL_REG2)
    mov r10, PP(UPCALL_REG3)
    mov r8, PP(UPCALL_REG4)
    .irp register, eax, ebx, ebp, r9d, r12d, r13d, r14d, r15d
    xor \register, \register
    .endr
    \leave BF_PP_BLOCK_UPCALL_RSP
.endm
