// SPDX-License-Identifier: MIT
// Bytes, characters and wide characters of C's library (ISO C17, 7.24 and 7.29.4), as far as somebody uses them

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// Not <string.h>: it has two of what C has once.
extern "C" {
void *memcpy(void *to, const void *from, size_t bytes) noexcept;
void *memmove(void *to, const void *from, size_t bytes) noexcept;
void *memset(void *to, int byte, size_t bytes) noexcept;
int memcmp(const void *left, const void *right, size_t bytes) noexcept;
char *strchr(const char *text, int character) noexcept;
}

/// The compiler makes calls of functions like these out of loops that look like them.
#define NO_CALLS __attribute__((no_builtin))

namespace {

template <class Character> NO_CALLS size_t length(const Character *text) {
    size_t count = 0;
    while (text[count] != 0)
        count++;
    return count;
}

/// Whether a character is one of those in a text.
bool is_among(char character, const char *set) { return character != '\0' && strchr(set, character) != nullptr; }

} // namespace

extern "C" {

int posix_memalign(void **memory, size_t alignment, size_t bytes) noexcept {
    void *given = aligned_alloc(alignment, bytes);
    if (given == nullptr)
        return ENOMEM;
    *memory = given;
    return 0;
}

NO_CALLS int bcmp(const void *left, const void *right, size_t bytes) noexcept { return memcmp(left, right, bytes); }

// glibc's headers check sizes by these where an archive was compiled with them.
void *__memmove_chk(void *to, const void *from, size_t bytes, size_t room) noexcept {
    if (bytes > room)
        abort();
    return memmove(to, from, bytes);
}

NO_CALLS void *memchr(const void *memory, int byte, size_t bytes) noexcept {
    const auto *at = static_cast<const unsigned char *>(memory);
    for (size_t i = 0; i < bytes; i++)
        if (at[i] == static_cast<unsigned char>(byte))
            return const_cast<unsigned char *>(at + i);
    return nullptr;
}

NO_CALLS size_t strlen(const char *text) noexcept { return length(text); }

NO_CALLS size_t strnlen(const char *text, size_t most) noexcept {
    size_t count = 0;
    while (count < most && text[count] != '\0')
        count++;
    return count;
}

NO_CALLS int strncmp(const char *left, const char *right, size_t most) noexcept {
    for (size_t i = 0; i < most; i++) {
        const auto a = static_cast<unsigned char>(left[i]), b = static_cast<unsigned char>(right[i]);
        if (a != b || a == 0)
            return a - b;
    }
    return 0;
}

NO_CALLS int strcmp(const char *left, const char *right) noexcept { return strncmp(left, right, SIZE_MAX); }

NO_CALLS char *strchr(const char *text, int character) noexcept {
    for (;; text++) {
        if (*text == static_cast<char>(character))
            return const_cast<char *>(text);
        if (*text == '\0')
            return nullptr;
    }
}

NO_CALLS char *strrchr(const char *text, int character) noexcept {
    for (size_t at = length(text) + 1; at-- > 0;)
        if (text[at] == static_cast<char>(character))
            return const_cast<char *>(text + at);
    return nullptr;
}

NO_CALLS char *strstr(const char *text, const char *part) noexcept {
    const size_t bytes = length(part);
    for (;; text++) {
        if (strncmp(text, part, bytes) == 0)
            return const_cast<char *>(text);
        if (*text == '\0')
            return nullptr;
    }
}

NO_CALLS size_t strspn(const char *text, const char *set) noexcept {
    size_t count = 0;
    while (is_among(text[count], set))
        count++;
    return count;
}

NO_CALLS size_t strcspn(const char *text, const char *set) noexcept {
    size_t count = 0;
    while (text[count] != '\0' && !is_among(text[count], set))
        count++;
    return count;
}

NO_CALLS char *strpbrk(const char *text, const char *set) noexcept {
    const char *found = text + strcspn(text, set);
    return *found == '\0' ? nullptr : const_cast<char *>(found);
}

NO_CALLS char *strncpy(char *to, const char *from, size_t bytes) noexcept {
    const size_t copied = strnlen(from, bytes);
    memcpy(to, from, copied);
    memset(to + copied, 0, bytes - copied);
    return to;
}

NO_CALLS char *strcpy(char *to, const char *from) noexcept {
    memcpy(to, from, length(from) + 1);
    return to;
}

NO_CALLS char *strcat(char *to, const char *from) noexcept {
    strcpy(to + length(to), from);
    return to;
}

NO_CALLS size_t wcslen(const wchar_t *text) noexcept { return length(text); }

NO_CALLS wchar_t *wmemchr(const wchar_t *memory, wchar_t character, size_t count) noexcept {
    for (size_t i = 0; i < count; i++)
        if (memory[i] == character)
            return const_cast<wchar_t *>(memory + i);
    return nullptr;
}

NO_CALLS int wmemcmp(const wchar_t *left, const wchar_t *right, size_t count) noexcept {
    for (size_t i = 0; i < count; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

NO_CALLS wchar_t *wmemcpy(wchar_t *to, const wchar_t *from, size_t count) noexcept {
    return static_cast<wchar_t *>(memcpy(to, from, count * sizeof(wchar_t)));
}

NO_CALLS wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count) noexcept {
    return static_cast<wchar_t *>(memmove(to, from, count * sizeof(wchar_t)));
}

NO_CALLS wchar_t *wmemset(wchar_t *to, wchar_t character, size_t count) noexcept {
    for (size_t i = 0; i < count; i++)
        to[i] = character;
    return to;
}

/// The number of the last error, of each processor.
int *__errno_location() noexcept {
    static thread_local int number;
    return &number;
}

/// Numbers of errors have no names here.
char *strerror_r(int, char *, size_t) noexcept { return const_cast<char *>("an error of C's library"); }
}
