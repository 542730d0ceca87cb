// SPDX-License-Identifier: MIT
// Room for what `bfm load EXTENSION --set key=value` gives an extension: lines `key=value`, then zeroes
//
// A note says where, and bfm writes the lines into the file's bytes. At least one zero is left at the end.

#include "bareflank.h"

#define BYTES 1024

    .section .data.settings, "aw", @progbits
    .globl bf_settings
    .hidden bf_settings
bf_settings:
    .skip BYTES

    .section .note.bareflank, "a", @note
    .balign 4
    .long owner_end - owner, BF_EXTENSION_SETTINGS_BYTES, BF_NOTE_EXTENSION_SETTINGS
owner:
    .asciz "Bareflank"
owner_end:
    .balign 4
    .quad bf_settings, BYTES

    .section .note.GNU-stack, "", @progbits
