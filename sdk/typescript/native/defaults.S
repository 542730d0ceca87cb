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

// The compiled TypeScript found itself in an impossible state: the fail callback is told, unless errors can be caught.
    .weak module_trap
    .hidden module_trap
module_trap:
    ud2

    .section .note.GNU-stack, "", @progbits
