// SPDX-License-Identifier: MIT
// Where an error goes: the registers of a `try`, saved and loaded (struct module_target in wasm-rt-exceptions.h)

    .intel_syntax noprefix
    .text

    .globl module_try
    .hidden module_try
module_try:
    mov rdx, [rsp]
    lea rcx, [rsp + 8]
    mov [rdi], rbx
    mov [rdi + 8], rbp
    mov [rdi + 16], r12
    mov [rdi + 24], r13
    mov [rdi + 32], r14
    mov [rdi + 40], r15
    mov [rdi + 48], rcx
    mov [rdi + 56], rdx
    xor eax, eax
    ret

    .globl module_unwind
    .hidden module_unwind
module_unwind:
    mov rbx, [rdi]
    mov rbp, [rdi + 8]
    mov r12, [rdi + 16]
    mov r13, [rdi + 24]
    mov r14, [rdi + 32]
    mov r15, [rdi + 40]
    mov rsp, [rdi + 48]
    mov eax, 1
    jmp [rdi + 56]

    .section .note.GNU-stack, "", @progbits
