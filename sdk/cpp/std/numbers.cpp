// SPDX-License-Identifier: MIT
// Whole numbers from texts, and rounding (ISO C17, 7.22.1.4 and 7.12.9)

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>

namespace {

bool is_space(char character) { return character == ' ' || (character >= '\t' && character <= '\r'); }

/// The value of a digit; one that no base has if it is none.
unsigned digit(char character) {
    if (character >= '0' && character <= '9')
        return static_cast<unsigned>(character - '0');
    const char small = static_cast<char>(character | 0x20);
    return small >= 'a' && small <= 'z' ? static_cast<unsigned>(small - 'a') + 10 : UINT_MAX;
}

struct Parsed {
    unsigned long magnitude;
    bool is_negative;
    bool is_too_large;
};

/// 0, and `end` is the text's beginning, when it has no number.
Parsed parse(const char *text, char **end, int base) {
    const char *at = text;
    while (is_space(*at))
        at++;
    Parsed result = {0, *at == '-', false};
    if (*at == '-' || *at == '+')
        at++;
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 0x20) == 'x' && digit(at[2]) < 16) {
        at += 2;
        base = 16;
    }
    if (base == 0)
        base = *at == '0' ? 8 : 10;
    const char *first = at;
    for (; digit(*at) < static_cast<unsigned>(base); at++) {
        unsigned long more;
        result.is_too_large |= __builtin_mul_overflow(result.magnitude, static_cast<unsigned long>(base), &more);
        result.is_too_large |= __builtin_add_overflow(more, static_cast<unsigned long>(digit(*at)), &result.magnitude);
    }
    if (end != nullptr)
        *end = const_cast<char *>(at == first ? text : at);
    return result;
}

bool is_base(int base) { return base == 0 || (base >= 2 && base <= 36); }

unsigned long no_base(const char *text, char **end) {
    if (end != nullptr)
        *end = const_cast<char *>(text);
    errno = EINVAL;
    return 0;
}

constexpr float WHOLE_FLOATS = 0x1p23f;
constexpr double WHOLE_DOUBLES = 0x1p52;

/// Towards zero. Whole already, infinite or no number: as it is.
template <class Float> Float cut(Float value, Float whole) {
    if (!(value < whole && value > -whole) || value == 0)
        return value;
    const auto result = static_cast<Float>(static_cast<long>(value));
    return __builtin_copysign(result, value);
}
template <class Float> Float round_up(Float value, Float whole) {
    const Float below = cut(value, whole);
    return below < value ? below + 1 : below;
}
template <class Float> Float round_down(Float value, Float whole) {
    const Float above = cut(value, whole);
    return above > value ? above - 1 : above;
}

} // namespace

extern "C" {

unsigned long strtoul(const char *text, char **end, int base) noexcept {
    if (!is_base(base))
        return no_base(text, end);
    const Parsed parsed = parse(text, end, base);
    if (parsed.is_too_large) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return parsed.is_negative ? -parsed.magnitude : parsed.magnitude;
}

long strtol(const char *text, char **end, int base) noexcept {
    if (!is_base(base))
        return static_cast<long>(no_base(text, end));
    const Parsed parsed = parse(text, end, base);
    const unsigned long most = static_cast<unsigned long>(LONG_MAX) + (parsed.is_negative ? 1 : 0);
    if (parsed.is_too_large || parsed.magnitude > most) {
        errno = ERANGE;
        return parsed.is_negative ? LONG_MIN : LONG_MAX;
    }
    return static_cast<long>(parsed.is_negative ? -parsed.magnitude : parsed.magnitude);
}

unsigned long long strtoull(const char *text, char **end, int base) noexcept { return strtoul(text, end, base); }
long long strtoll(const char *text, char **end, int base) noexcept { return strtol(text, end, base); }
unsigned long long strtoull_l(const char *text, char **end, int base, locale_t) noexcept {
    return strtoul(text, end, base);
}
long long strtoll_l(const char *text, char **end, int base, locale_t) noexcept { return strtol(text, end, base); }

int atoi(const char *text) noexcept { return static_cast<int>(strtol(text, nullptr, 10)); }
long atol(const char *text) noexcept { return strtol(text, nullptr, 10); }
long long atoll(const char *text) noexcept { return strtol(text, nullptr, 10); }

float truncf(float value) noexcept { return cut(value, WHOLE_FLOATS); }
double trunc(double value) noexcept { return cut(value, WHOLE_DOUBLES); }
float ceilf(float value) noexcept { return round_up(value, WHOLE_FLOATS); }
double ceil(double value) noexcept { return round_up(value, WHOLE_DOUBLES); }
float floorf(float value) noexcept { return round_down(value, WHOLE_FLOATS); }
double floor(double value) noexcept { return round_down(value, WHOLE_DOUBLES); }

// With the number below a half, what is just below one stays there.
float roundf(float value) noexcept { return cut(value + __builtin_copysignf(0x1.fffffep-2f, value), WHOLE_FLOATS); }
double round(double value) noexcept {
    return cut(value + __builtin_copysign(0x1.fffffffffffffp-2, value), WHOLE_DOUBLES);
}

float sqrtf(float value) noexcept {
    __asm__("sqrtss %0, %0" : "+x"(value));
    return value;
}
double sqrt(double value) noexcept {
    __asm__("sqrtsd %0, %0" : "+x"(value));
    return value;
}

/// As the compiler's own library has it: 128 bits by 128 bits.
__int128 __divti3(__int128 dividend, __int128 divisor) {
    const auto magnitude = [](__int128 value) {
        return value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    };
    unsigned __int128 rest = 0, quotient = magnitude(dividend);
    const unsigned __int128 by = magnitude(divisor);
    for (int bit = 0; bit < 128; bit++) {
        const bool carries = static_cast<bool>(rest >> 127);
        rest = rest << 1 | quotient >> 127;
        quotient <<= 1;
        if (carries || rest >= by) {
            rest -= by;
            quotient |= 1;
        }
    }
    return static_cast<__int128>((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}
}
