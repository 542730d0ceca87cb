// SPDX-License-Identifier: MIT
// Where the microkernel enters an extension in TypeScript, and where its callbacks' decisions become system calls
//
// A call that runs a VM does not return. So a callback returns what is to happen next (Next), and the call is made here,
// with nothing left on the stack.

#include "bareflank.h"

#define CALL(name) ((BF_SYSCALL_SIGNATURE << 48) | BF_SYSCALL_##name)

// The preprocessor knows the calls' numbers, so these are its macros and not the assembler's.
#define SYSCALL_WITH_HANDLE(name) movabs rax, CALL(name); mov rdi, [rip + sdk_handle]; syscall
#define REGISTER(callback) SYSCALL_WITH_HANDLE(CALLBACK_REGISTER_##callback); test rax, rax; jnz give_up

    .intel_syntax noprefix

    .section .text.entry, "ax"

// On the first processor, once: RDI = the versions that the microkernel supports.
    .globl _start
_start:
    mov edi, BF_SPEC_VERSION_1
    movabs rax, CALL(HANDLE_OPEN)
    syscall
    test rax, rax
    jnz give_up
    mov [rip + sdk_handle], rdi
    lea rsi, [rip + on_bootstrap]
    REGISTER(BOOTSTRAP)
    lea rsi, [rip + on_vmexit]
    REGISTER(VMEXIT)
    lea rsi, [rip + on_fail]
    REGISTER(FAIL)
    movabs rax, CALL(CONTROL_WAIT)
    syscall
    ud2

// On every processor, once: RDI = ppid. Its instance of the module comes to life first.
on_bootstrap:
    mov rbx, rdi
    call module_init
    mov rdi, rbx
    call bootstrap
    jmp decide

// For every VM exit: RDI = vsid, RSI = exit reason. Advance and run on is what nearly every exit ends with.
    .balign 16
on_vmexit:
    call vmexit
    test eax, eax
    jnz decide
    SYSCALL_WITH_HANDLE(VS_ADVANCE_IP_AND_RUN_CURRENT)
    ud2

// When a callback failed: RDI = error code << 32 | vector, RSI = address. On a stack of its own.
on_fail:
    call fail

// EAX = Next.
decide:
    test eax, eax
    jz advance
    cmp eax, 1
    je run
    cmp eax, 2
    je stop
give_up:
    movabs rax, CALL(CONTROL_EXIT)
    syscall
    ud2
advance:
    SYSCALL_WITH_HANDLE(VS_ADVANCE_IP_AND_RUN_CURRENT)
    jmp give_up
run:
    SYSCALL_WITH_HANDLE(VS_RUN_CURRENT)
    jmp give_up
stop:
    movzx esi, word ptr fs:[BF_TCB_VSID]
    SYSCALL_WITH_HANDLE(VS_PROMOTE)
    jmp give_up

// An extension that exports no callbacks of its own: those that it registered as functions.
    .text
    .weak vmexit
vmexit:
    jmp sdk_vmexit
    .weak fail
fail:
    jmp sdk_fail

// The compiled TypeScript found itself in an impossible state: the fail callback is told.
    .globl module_trap
module_trap:
    ud2

    .data
    .balign 8
    .globl sdk_handle
sdk_handle:
    .quad -1

    .section .note.GNU-stack, "", @progbits
