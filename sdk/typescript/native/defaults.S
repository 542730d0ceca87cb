// SPDX-License-Identifier: MIT
// What an extension in TypeScript has unless it exports it

    .intel_syntax noprefix
    .text

// An extension that exports no callbacks of its own: those that it registered as functions.
    .weak vmexit
vmexit:
    jmp sdk_vmexit
    .weak fail
fail:
    jmp sdk_fail

// The compiled TypeScript found itself in an impossible state, EDI says which (MODULE_TRAP_* in wasm-rt.h): the fail callback is told,
// unless errors can be caught. Each has a function of its own, which backtraces name.
    .weak module_trap
    .hidden module_trap
module_trap:
    cmp edi, 2
    jb outside_of_memory_or_null
    je integer_overflow
    cmp edi, 4
    jb division_by_zero
    je thrown_or_outside_of_array
    .irp kind, wrong_function_value, outside_of_memory_or_null, integer_overflow, division_by_zero, thrown_or_outside_of_array
    .type \kind, @function
\kind:
    ud2
    .endr

// A system call was refused that must not be (calls/syscall.h): RDI call, RSI REG1, RDX REG2, RAX status. The fail
// callback says what happens then: nothing comes back here.
    .globl sdk_refused
sdk_refused:
    mov qword ptr fs:[sdk_refusal@tpoff], rdi
    mov qword ptr fs:[sdk_refusal@tpoff + 8], rsi
    mov qword ptr fs:[sdk_refusal@tpoff + 16], rdx
    mov qword ptr fs:[sdk_refusal@tpoff + 24], rax
    int3
    ud2

    .section .note.GNU-stack, "", @progbits
