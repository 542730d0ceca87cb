/* SPDX-License-Identifier: MIT */
/* The four functions that a C compiler takes for granted, for parts that have no libc below them */

#include <stddef.h>
#include <stdint.h>

/* Whole words by the string instruction, the rest by bytes; the direction flag is clear, as the ABI says. */
void *memcpy(void *to, const void *from, size_t bytes) {
    void *destination = to;
    size_t words = bytes / 8;
    bytes %= 8;
    __asm__ volatile("rep movsq" : "+D"(destination), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(destination), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
    if ((uintptr_t)to - (uintptr_t)from >= bytes)
        return memcpy(to, from, bytes);
    uint8_t *destination = (uint8_t *)to + bytes - 1;
    const uint8_t *source = (const uint8_t *)from + bytes - 1;
    __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(destination), "+S"(source), "+c"(bytes) : : "memory");
    return to;
}

void *memset(void *to, int value, size_t bytes) {
    void *destination = to;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ull;
    size_t words = bytes / 8;
    bytes %= 8;
    __asm__ volatile("rep stosq" : "+D"(destination), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(destination), "+c"(bytes) : "a"(pattern) : "memory");
    return to;
}

int memcmp(const void *left, const void *right, size_t bytes) {
    const uint8_t *a = left;
    const uint8_t *b = right;
    for (size_t i = 0; i < bytes; i++)
        if (a[i] != b[i])
            return a[i] - b[i];
    return 0;
}
