// SPDX-License-Identifier: MIT
// A multiboot image that dies at once: by a triple fault, or by a reset (RESET)
    .code32
    .text
    .globl start
header:
    .long 0x1badb002, 0x00010000, -(0x1badb002 + 0x00010000)
    .long header, header, end, end, start
start:
#ifdef RESET
    mov $0xfe, %al // to the keyboard controller: pulse the reset line
    out %al, $0x64
    hlt
#else
    lidt no_vectors
    ud2
no_vectors:
    .word 0
    .long 0
#endif
end:
