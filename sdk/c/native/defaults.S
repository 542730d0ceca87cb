// SPDX-License-Identifier: MIT
// What an extension in C, C++ or Rust has unless it says otherwise

#include "bareflank.h"

    .intel_syntax noprefix
    .text

// What is compiled from TypeScript, then constructors in the linker's order.
    .globl bf_before_callbacks
    .hidden bf_before_callbacks
bf_before_callbacks:
    push rbx
    call bf_begin_brought
    lea rbx, [rip + __init_array_start]
next_constructor:
    lea rax, [rip + __init_array_end]
    cmp rbx, rax
    jae constructed
    call [rbx]
    add rbx, 8
    jmp next_constructor
constructed:
    pop rbx
    ret

// An extension that has nothing of TypeScript.
    .weak bf_begin_brought
    .hidden bf_begin_brought
bf_begin_brought:
    ret

// A service has no vmexit callback: start.S does not register this one.
    .weak vmexit
    .hidden vmexit
    .globl bf_no_vmexit
    .hidden bf_no_vmexit
vmexit:
bf_no_vmexit:
    ud2

// An extension without a fail callback of its own gives up.
    .weak fail
    .hidden fail
fail:
no_fail:
    mov eax, BF_NEXT_FAIL
    ret

// A system call was refused that must not be, of what is compiled from TypeScript: RDI is its number, RAX the status.
    .globl sdk_refused
    .hidden sdk_refused
sdk_refused:
    and rsp, -16
    mov rsi, rax
    call bf_refused_call
    int3
    ud2

    .section .note.GNU-stack, "", @progbits
