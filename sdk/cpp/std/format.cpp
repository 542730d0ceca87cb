// SPDX-License-Identifier: MIT
// What printf and its like write

#include "format.hpp"

#include "digits.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

using namespace bareflank::layer;

namespace {

/// A conversion: %[flags][width][.precision][length]letter.
struct Conversion {
    bool is_left = false, has_plus = false, has_space = false, is_alternative = false, has_zeros = false;
    int width = 0;
    int precision = -1;
    /// Bytes of an integer.
    unsigned bytes = sizeof(int);
    bool is_long_double = false;
    char letter = '\0';
};

class Writer {
  public:
    explicit Writer(Sink &sink) : sink_(sink) {}

    void put(char character) {
        sink_.put(character);
        count_++;
    }
    void put(const char *text, size_t bytes) {
        for (size_t i = 0; i < bytes; i++)
            put(text[i]);
    }
    void repeat(char character, int count) {
        for (; count > 0; count--)
            put(character);
    }

    /// A sign or prefix, zeros, and the rest, in a field.
    void put_field(const Conversion &how, const char *prefix, int zeros, const char *text, int bytes) {
        const int prefix_bytes = static_cast<int>(strlen(prefix));
        const int missing = how.width - prefix_bytes - zeros - bytes;
        if (!how.is_left)
            repeat(' ', missing);
        put(prefix, static_cast<size_t>(prefix_bytes));
        repeat('0', zeros);
        put(text, static_cast<size_t>(bytes));
        if (how.is_left)
            repeat(' ', missing);
    }

    int count() const { return count_; }

  private:
    Sink &sink_;
    int count_ = 0;
};

/// The arguments behind a format, to be handed on.
struct Arguments {
    va_list list;
};

int number(const char *&at, Arguments &arguments) {
    if (*at == '*') {
        at++;
        return va_arg(arguments.list, int);
    }
    int value = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (value < 1'000'000)
            value = value * 10 + (*at - '0');
    return value;
}

void read_flags(const char *&at, Conversion &how) {
    for (;; at++) {
        switch (*at) {
        case '-': how.is_left = true; break;
        case '+': how.has_plus = true; break;
        case ' ': how.has_space = true; break;
        case '#': how.is_alternative = true; break;
        case '0': how.has_zeros = true; break;
        default: return;
        }
    }
}

void read_length(const char *&at, Conversion &how) {
    for (;; at++) {
        switch (*at) {
        case 'h': how.bytes /= 2; break;
        case 'l':
        case 'j':
        case 'z':
        case 't': how.bytes = 8; break;
        case 'L': how.is_long_double = true; break;
        default: return;
        }
    }
}

Conversion read(const char *&at, Arguments &arguments) {
    Conversion how;
    read_flags(at, how);
    how.width = number(at, arguments);
    if (how.width < 0) {
        how.is_left = true;
        how.width = -how.width;
    }
    if (*at == '.') {
        at++;
        how.precision = number(at, arguments);
    }
    read_length(at, how);
    how.letter = *at;
    if (*at != '\0')
        at++;
    return how;
}

int64_t extended(int64_t value, unsigned bytes) {
    const unsigned shift = 64 - 8 * bytes;
    return static_cast<int64_t>(static_cast<uint64_t>(value) << shift) >> shift;
}

void put_digits(Writer &writer, const Conversion &how, const char *prefix, uint64_t value, unsigned base) {
    char digits[64];
    char *first = digits + sizeof(digits);
    const char *all = how.letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    for (; value != 0; value /= base)
        *--first = all[value % base];
    const int bytes = static_cast<int>(digits + sizeof(digits) - first);
    int zeros = (how.precision < 0 ? 1 : how.precision) - bytes;
    if (how.letter == 'o' && how.is_alternative && zeros <= 0)
        zeros = 1;
    if (how.has_zeros && !how.is_left && how.precision < 0) {
        const int rest = how.width - static_cast<int>(strlen(prefix)) - bytes;
        zeros = rest > zeros ? rest : zeros;
    }
    writer.put_field(how, prefix, zeros > 0 ? zeros : 0, first, bytes);
}

const char *sign(const Conversion &how, bool is_negative) {
    return is_negative ? "-" : how.has_plus ? "+" : how.has_space ? " " : "";
}

void put_integer(Writer &writer, const Conversion &how, Arguments &arguments) {
    const int64_t given = how.bytes == 8 ? va_arg(arguments.list, int64_t) : va_arg(arguments.list, int);
    if (how.letter == 'd' || how.letter == 'i') {
        const int64_t value = extended(given, how.bytes);
        const auto magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
        return put_digits(writer, how, sign(how, value < 0), magnitude, 10);
    }
    const uint64_t value = static_cast<uint64_t>(given) & (~uint64_t{0} >> (64 - 8 * how.bytes));
    const bool is_marked = how.is_alternative && value != 0;
    if (how.letter == 'u')
        put_digits(writer, how, "", value, 10);
    else if (how.letter == 'o')
        put_digits(writer, how, "", value, 8);
    else
        put_digits(writer, how, !is_marked ? "" : how.letter == 'x' ? "0x" : "0X", value, 16);
}

/// A letter in lower case, as the others of this file are ASCII.
char lower(char letter) { return static_cast<char>(letter | 0x20); }

void put_float(Writer &writer, const Conversion &how, Arguments &arguments) {
    const double value = how.is_long_double ? static_cast<double>(va_arg(arguments.list, long double))
                                            : va_arg(arguments.list, double);
    const size_t room = room_for(how.precision);
    const std::unique_ptr<char[]> text(new (std::nothrow) char[room]);
    if (text == nullptr)
        return writer.put_field(how, "", 0, "?", 1);
    const char letter = lower(how.letter);
    const int bytes = put_number(text.get(), room, __builtin_fabs(value), letter, how.precision, how.is_alternative);
    const bool is_finite = __builtin_isfinite(value);
    if (how.letter != letter)
        for (int i = 0; i < bytes; i++)
            if (text[i] >= 'a' && text[i] <= 'z')
                text[i] = static_cast<char>(text[i] & ~0x20);
    char prefix[4] = {};
    strcpy(prefix, sign(how, __builtin_signbit(value)));
    if (letter == 'a' && is_finite)
        strcat(prefix, how.letter == 'a' ? "0x" : "0X");
    const int missing = how.width - static_cast<int>(strlen(prefix)) - bytes;
    const bool is_filled = how.has_zeros && !how.is_left && is_finite && missing > 0;
    writer.put_field(how, prefix, is_filled ? missing : 0, text.get(), bytes);
}

void put_text(Writer &writer, const Conversion &how, const char *text) {
    if (how.bytes == 8)
        text = "?";
    if (text == nullptr)
        text = "(null)";
    const size_t bytes = how.precision < 0 ? strlen(text) : strnlen(text, static_cast<size_t>(how.precision));
    writer.put_field(how, "", 0, text, static_cast<int>(bytes));
}

void put_pointer(Writer &writer, Conversion how, void *pointer) {
    how.letter = 'x';
    put_digits(writer, how, "0x", reinterpret_cast<uintptr_t>(pointer), 16);
}

void convert(Writer &writer, const Conversion &how, Arguments &arguments) {
    switch (how.letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': return put_integer(writer, how, arguments);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': return put_float(writer, how, arguments);
    case 's': return put_text(writer, how, va_arg(arguments.list, const char *));
    case 'p': return put_pointer(writer, how, va_arg(arguments.list, void *));
    case 'n': return static_cast<void>(va_arg(arguments.list, void *));
    case 'c': {
        const char character = static_cast<char>(va_arg(arguments.list, int));
        return writer.put_field(how, "", 0, how.bytes == 8 ? "?" : &character, 1);
    }
    case '\0': return;
    default: return writer.put(how.letter);
    }
}

} // namespace

int bareflank::layer::format(Sink &sink, const char *text, va_list given) {
    Writer writer(sink);
    Arguments arguments;
    va_copy(arguments.list, given);
    while (*text != '\0') {
        if (*text != '%') {
            writer.put(*text++);
            continue;
        }
        text++;
        const Conversion how = read(text, arguments);
        convert(writer, how, arguments);
    }
    va_end(arguments.list);
    return writer.count();
}
