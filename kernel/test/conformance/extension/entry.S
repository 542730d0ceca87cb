// SPDX-License-Identifier: MIT
// Entries of the callbacks, which keep every register for the C code to look at, and the instruction SYSCALL

    .intel_syntax noprefix
    .text

.macro callback name, function
    .globl \name
\name:
    push rsp                        // RSP before the push
    push 0
    push 0
    pushfq
    mov word ptr [rsp + 8], cs
    mov word ptr [rsp + 16], ss
    push r15
    push r14
    push r13
    push r12
    push r11
    push r10
    push r9
    push r8
    push rdi
    push rsi
    push rbp
    push rdx
    push rcx
    push rbx
    push rax
    mov rdi, rsp
    and rsp, -16
    call \function
    ud2
.endm

    callback _start, start_entered
    callback bootstrap, bootstrap_entered
    callback vmexit, vmexit_entered
    callback fail, fail_entered
#ifdef VERSION_2
    callback message, message_entered
#endif

    .globl raw_call
raw_call:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    push rdi
    mov rax, [rdi]
    mov rbx, [rdi + 8]
    mov rdx, [rdi + 24]
    mov rbp, [rdi + 32]
    mov rsi, [rdi + 40]
    mov r8, [rdi + 56]
    mov r9, [rdi + 64]
    mov r10, [rdi + 72]
    mov r12, [rdi + 88]
    mov r13, [rdi + 96]
    mov r14, [rdi + 104]
    mov r15, [rdi + 112]
    mov rdi, [rdi + 48]
    syscall
    push rax
    mov rax, [rsp + 8]
    mov [rax + 8], rbx
    mov [rax + 16], rcx
    mov [rax + 24], rdx
    mov [rax + 32], rbp
    mov [rax + 40], rsi
    mov [rax + 48], rdi
    mov [rax + 56], r8
    mov [rax + 64], r9
    mov [rax + 72], r10
    mov [rax + 80], r11
    mov [rax + 88], r12
    mov [rax + 96], r13
    mov [rax + 104], r14
    mov [rax + 112], r15
    pop rcx
    mov [rax], rcx
    pop rdi
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

    .section .note.GNU-stack, "", @progbits
