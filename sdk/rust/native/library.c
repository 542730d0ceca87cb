// SPDX-License-Identifier: MIT
// Functions that rustc calls of its own accord, because it compiles for Linux; the runtime has the others

#include <stddef.h>

int memcmp(const void *left, const void *right, size_t bytes);

/* What a comparison of slices becomes. */
int bcmp(const void *left, const void *right, size_t bytes)
{
    return memcmp(left, right, bytes);
}

/* What a search for a zero becomes. */
size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

/*
 * What the places name where a panic would clean up in functions of the crate alloc, which rustc has brought along compiled for that.
 * Nothing gets there: a panic ends the callback.
 */
void rust_eh_personality(void) { __builtin_trap(); }
void _Unwind_Resume(void) { __builtin_trap(); }
