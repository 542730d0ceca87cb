// SPDX-License-Identifier: MIT
// Where the microkernel enters an extension, and where its callbacks' decisions become system calls
//
// A call that runs a VM does not return. So a callback returns what is to happen next (BF_NEXT_*), and the call is made
// here, with nothing left on the stack.

#include "bareflank.h"

// CPUID leaf 0, EBX: "Genu"ineIntel
#define INTEL_NAME 0x756e6547

#define CALL(name) ((BF_SYSCALL_SIGNATURE << 48) | BF_SYSCALL_##name)

// The preprocessor knows the calls' numbers, so these are its macros and not the assembler's.
#define SYSCALL_WITH_HANDLE(name) movabs rax, CALL(name); mov rdi, [rip + bf_handle]; syscall
#define REGISTER(callback) SYSCALL_WITH_HANDLE(CALLBACK_REGISTER_##callback); test rax, rax; jnz give_up

    .intel_syntax noprefix

    .section .text.entry, "ax"

// On the first processor, once.
    .globl _start
_start:
    mov edi, BF_SPEC_VERSION_2
    movabs rax, CALL(HANDLE_OPEN)
    syscall
    test rax, rax
    jnz give_up
    mov [rip + bf_handle], rdi
    xor eax, eax
    cpuid
    cmp ebx, INTEL_NAME
    sete byte ptr [rip + bf_is_intel]
    call bf_before_callbacks
    lea rsi, [rip + on_bootstrap]
    REGISTER(BOOTSTRAP)
    lea rax, [rip + vmexit]
    lea rcx, [rip + bf_no_vmexit]
    cmp rax, rcx
    je 1f
    cmp byte ptr [rip + bf_takes_exits], 0
    je 1f
    lea rsi, [rip + on_vmexit]
    REGISTER(VMEXIT)
1:  lea rsi, [rip + on_fail]
    REGISTER(FAIL)
    lea rax, [rip + message]
    lea rcx, [rip + no_message]
    cmp rax, rcx
    je 1f
    cmp byte ptr [rip + bf_takes_messages], 0
    je 1f
    lea rsi, [rip + on_message]
    SYSCALL_WITH_HANDLE(MESSAGE_REGISTER)
    test rax, rax
    jnz give_up
1:
    movabs rax, CALL(CONTROL_WAIT)
    syscall
    ud2

// On every processor, once: RDI = ppid.
on_bootstrap:
    mov rbx, rdi
    call bf_begin_processor
    mov rdi, rbx
    call bootstrap
    jmp decide

// For every VM exit: RDI = vsid, RSI = exit reason. Advance and run on is what nearly every exit ends with.
    .balign 16
on_vmexit:
    call vmexit
    test eax, eax
    jnz decide
advance:
    SYSCALL_WITH_HANDLE(VS_ADVANCE_IP_AND_RUN_CURRENT)
    jmp not_run

// When a callback failed: RDI = error code << 32 | vector, RSI = address. On a stack of its own.
on_fail:
    call fail
#ifdef BF_STD
    cmp eax, BF_NEXT_AGAIN
    je decide
    mov ebx, eax
    call bf_forget_exceptions
    mov eax, ebx
#endif
    jmp decide

// For a message: RDI = the caller, RSI, RDX, R10, R8 = its words, which lie on the stack until they are the reply's.
on_message:
    push r8
    push r10
    push rdx
    push rsi
    mov rsi, rsp
    call message
    pop rsi
    pop rdx
    pop r10
    pop r8
    SYSCALL_WITH_HANDLE(MESSAGE_REPLY)
    jmp give_up

// As decide, from anywhere in a callback, EDI = BF_NEXT_*: the stack is left as it is, since the next callback has a new one.
    .globl bf_decide
    .hidden bf_decide
bf_decide:
    mov eax, edi

// EAX = BF_NEXT_*.
decide:
    cmp eax, BF_NEXT_ADVANCE_AND_RUN
    je advance
    cmp eax, BF_NEXT_RUN
    je run
    cmp eax, BF_NEXT_STOP
    je stop
    cmp eax, BF_NEXT_AGAIN
    je again
    cmp eax, BF_NEXT_WAIT
    je wait
    cmp eax, BF_NEXT_AWAIT_KICK
    je await_kick
give_up:
    movabs rax, CALL(CONTROL_EXIT)
    syscall
    ud2
run:
    SYSCALL_WITH_HANDLE(VS_RUN_CURRENT)
// Nothing comes back from a call that runs a VS.
not_run:
    cmp dword ptr fs:[BF_TCB_ACTIVE_VS], BF_INVALID_ID
    jne give_up
    lea rdi, [rip + no_root]
    lea rsi, [rip + no_root_end]
    sub rsi, rdi
    movabs rax, CALL(DEBUG_WRITE_STR)
    syscall
    jmp give_up
stop:
#ifdef BF_STD
    call bf_end_processor
#endif
    mov esi, dword ptr fs:[BF_TCB_ACTIVE_VS]
    SYSCALL_WITH_HANDLE(VS_PROMOTE)
    jmp give_up
await_kick:
    SYSCALL_WITH_HANDLE(PP_WAIT)
    jmp give_up
again:
    movabs rax, CALL(CONTROL_AGAIN)
    syscall
    ud2

wait:
    movabs rax, CALL(CONTROL_WAIT)
    syscall
    ud2

// What an extension that sends and answers no messages has, and a service that handles no VM exits.
    .weak message, bf_no_vmexit
    .hidden message, bf_no_vmexit
message:
no_message:
bf_no_vmexit:
    ud2

// What a language has to do with the handle open and before any callback, and first on each processor: nothing.
    .text
    .weak bf_before_callbacks, bf_begin_processor
    .hidden bf_before_callbacks, bf_begin_processor
bf_before_callbacks:
bf_begin_processor:
    ret

    .section .rodata, "a"
no_root:
    .ascii "error: a callback returned Next.Run, and this processor has no VS: startRoot(ppid) in bootstrap makes the root VS\n"
no_root_end:

    .data
    .balign 8
    .globl bf_handle
    .hidden bf_handle
bf_handle:
    .quad -1

// 1 on a processor of Intel's, whose registers, exits and controls have other numbers.
    .globl bf_is_intel
    .hidden bf_is_intel
bf_is_intel:
    .byte 0

// For a language that has both callbacks in every extension: bf_before_callbacks says which ones are wanted.
    .globl bf_takes_exits, bf_takes_messages
    .hidden bf_takes_exits, bf_takes_messages
bf_takes_exits:
    .byte 1
bf_takes_messages:
    .byte 1

// The versions that this file, the bindings and the SDKs know.
    .section .note.bareflank, "a", @note
    .balign 4
    .long versions_owner_end - versions_owner, 4, BF_NOTE_EXTENSION_VERSIONS
versions_owner:
    .asciz "Bareflank"
versions_owner_end:
    .balign 4
    .long BF_SPEC_ALL_KNOWN

    .section .note.GNU-stack, "", @progbits
