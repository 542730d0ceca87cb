// SPDX-License-Identifier: MIT
// What the standard library's streams refer to, whatever they are used for, and what is not there: it fails

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <nl_types.h>
#include <wchar.h>

extern "C" {

/// Pointers and money are not read.
int __isoc99_sscanf(const char *, const char *, ...) noexcept { return EOF; }
int __isoc99_vsscanf(const char *, const char *, va_list) noexcept { return EOF; }

/// No file has texts in other languages.
nl_catd catopen(const char *, int) { return reinterpret_cast<nl_catd>(-1); }
char *catgets(nl_catd, int, int, const char *text) noexcept { return const_cast<char *>(text); }
int catclose(nl_catd) noexcept { return -1; }

// As the archives call them, which were compiled to have sizes checked.
int __vasprintf_chk(char **text, int, const char *format, va_list arguments) noexcept {
    va_list again;
    va_copy(again, arguments);
    const int count = vsnprintf(nullptr, 0, format, again);
    va_end(again);
    *text = static_cast<char *>(malloc(static_cast<size_t>(count) + 1));
    return *text == nullptr ? -1 : vsnprintf(*text, static_cast<size_t>(count) + 1, format, arguments);
}

wchar_t *__wmemcpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room) noexcept {
    if (count > room)
        abort();
    return wmemcpy(to, from, count);
}

wchar_t *__wmemmove_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room) noexcept {
    if (count > room)
        abort();
    return wmemmove(to, from, count);
}
}
