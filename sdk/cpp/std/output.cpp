// SPDX-License-Identifier: MIT
// C's streams (ISO C17, 7.21): what goes to stdout and stderr is lines in the debug ring, and there is nothing else

#include "format.hpp"
#include "processor.hpp"

#include <cstdio>
#include <cstring>

using namespace bareflank::layer;

namespace {

/// The line that a processor is writing.
thread_local bf_line pending;

void put_pending(char character) {
    if (pending.length == 0)
        bf_line_begin(&pending);
    const bool is_full = pending.length == BF_LINE_BYTES - 1;
    if (character == '\n' || is_full) {
        bf_line_end(&pending);
        pending.length = 0;
        if (character == '\n')
            return;
        bf_line_begin(&pending);
    }
    const char one[] = {character, '\0'};
    bf_line_put(&pending, one);
}

struct Ring final : Sink {
    void put(char character) override { put_pending(character); }
};

/// What has no room is counted and lost.
struct Room final : Sink {
    Room(char *to, size_t bytes) : at(to), left(bytes) {}
    void put(char character) override {
        if (left > 1) {
            *at++ = character;
            left--;
        }
    }
    void end() {
        if (left > 0)
            *at = '\0';
    }
    char *at;
    size_t left;
};

bool is_ring(FILE *stream) { return stream == stdout || stream == stderr; }

} // namespace

extern "C" {

FILE *stdin = reinterpret_cast<FILE *>(&stdin);
FILE *stdout = reinterpret_cast<FILE *>(&stdout);
FILE *stderr = reinterpret_cast<FILE *>(&stderr);

int vsnprintf(char *to, size_t bytes, const char *text, va_list arguments) noexcept {
    Room room(to, bytes);
    const int count = format(room, text, arguments);
    room.end();
    return count;
}

int snprintf(char *to, size_t bytes, const char *text, ...) noexcept {
    va_list arguments;
    va_start(arguments, text);
    const int count = vsnprintf(to, bytes, text, arguments);
    va_end(arguments);
    return count;
}

int vfprintf(FILE *stream, const char *text, va_list arguments) {
    Ring ring;
    return is_ring(stream) ? format(ring, text, arguments) : EOF;
}

int fprintf(FILE *stream, const char *text, ...) {
    va_list arguments;
    va_start(arguments, text);
    const int count = vfprintf(stream, text, arguments);
    va_end(arguments);
    return count;
}

int printf(const char *text, ...) {
    va_list arguments;
    va_start(arguments, text);
    const int count = vfprintf(stdout, text, arguments);
    va_end(arguments);
    return count;
}

// As the archives call them, which were compiled to have sizes checked.
int __vsnprintf_chk(char *to, size_t bytes, int, size_t, const char *text, va_list arguments) noexcept {
    return vsnprintf(to, bytes, text, arguments);
}

int __vfprintf_chk(FILE *stream, int, const char *text, va_list arguments) {
    return vfprintf(stream, text, arguments);
}

int __fprintf_chk(FILE *stream, int, const char *text, ...) {
    va_list arguments;
    va_start(arguments, text);
    const int count = vfprintf(stream, text, arguments);
    va_end(arguments);
    return count;
}

size_t fwrite(const void *memory, size_t bytes, size_t count, FILE *stream) {
    if (!is_ring(stream))
        return 0;
    const auto *text = static_cast<const char *>(memory);
    for (size_t i = 0; i < bytes * count; i++)
        put_pending(text[i]);
    return count;
}

int fputc(int character, FILE *stream) {
    const char one = static_cast<char>(character);
    return fwrite(&one, 1, 1, stream) == 1 ? static_cast<unsigned char>(one) : EOF;
}

int putchar(int character) { return fputc(character, stdout); }

int fputs(const char *text, FILE *stream) {
    const size_t bytes = strlen(text);
    return fwrite(text, 1, bytes, stream) == bytes ? 0 : EOF;
}

int puts(const char *text) { return fputs(text, stdout) == EOF ? EOF : putchar('\n'); }

/// A line that has begun is written as far as it is there.
int fflush(FILE *) {
    if (pending.length > 0)
        put_pending('\n');
    return 0;
}

int getc(FILE *) { return EOF; }
int ungetc(int, FILE *) { return EOF; }
}
