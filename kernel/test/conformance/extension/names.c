/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "names.h"

#define NAME(name)            \
    case BF_SYSCALL_##name:   \
        return #name;

const char *name_of(u32 subject)
{
    switch (subject) {
        OPEN_CALLS(NAME)
        HANDLE_CALLS(NAME)
        OWNER_CALLS(NAME)
    case SUBJECT_TCB:
        return "(TCB)";
    case SUBJECT_ENTRY:
        return "(entry)";
    case SUBJECT_IMAGE:
        return "(image)";
    default:
        return "(dispatch)";
    }
}
