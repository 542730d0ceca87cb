// SPDX-License-Identifier: MIT
// Floating-point numbers from decimal texts, rounded to the nearest, to the even one of two (ISO C17, 7.22.1.3). Hexadecimal ones
// end at their "x". A long double is read with a double's precision.
//
// The number is a fraction of whole numbers without bounds; the quotient's bits come out one by one.

#include "whole.hpp"

#include <errno.h>
#include <limits>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

using namespace bareflank::layer;

namespace {

/// Digits beyond these only tell whether there is anything.
constexpr int MOST_DIGITS = 780;
constexpr int MOST_EXPONENT = 100'000;
/// No double is as large as 10 to this, or as small as 10 to its negative.
constexpr int FAR = 400;

/// mantissa × 2^exponent of the quotient, rounded to so many bits and to no exponent below `least`.
double divide(Whole numerator, Whole denominator, int mantissa_bits, int least) {
    int exponent = numerator.bits() - denominator.bits() - mantissa_bits;
    if (exponent < least)
        exponent = least;
    // The quotient has as many bits as the mantissa, or one more
    if (exponent < 0)
        numerator.shift_left(-exponent);
    else
        denominator.shift_left(exponent);
    int steps = numerator.bits() - denominator.bits();
    if (steps > 0)
        denominator.shift_left(steps);
    else
        steps = 0;
    // Where the divisor was moved up, the remainder is moved instead of moving it down again
    uint64_t quotient = 0;
    for (int i = 0; i <= steps; i++) {
        quotient <<= 1;
        if (i > 0)
            numerator.shift_left(1);
        if (!numerator.is_less(denominator)) {
            numerator.subtract(denominator);
            quotient |= 1;
        }
    }
    const bool has_more = numerator.bits() != 0;
    if (quotient >> mantissa_bits != 0) {
        const bool is_half = (quotient & 1) != 0;
        quotient >>= 1;
        exponent++;
        if (is_half && (has_more || (quotient & 1) != 0))
            quotient++;
    } else if (has_more) {
        numerator.shift_left(1);
        const bool is_less = numerator.is_less(denominator);
        if (!is_less)
            numerator.subtract(denominator);
        if (!is_less && (numerator.bits() != 0 || (quotient & 1) != 0))
            quotient++;
    }
    return __builtin_ldexp(static_cast<double>(quotient), exponent);
}

bool is_digit(char character) { return character >= '0' && character <= '9'; }

/// Whether a text begins with a word, in small letters, whatever case it has itself.
const char *behind(const char *text, const char *word) {
    while (*word != '\0')
        if ((*text++ | 0x20) != *word++)
            return nullptr;
    return text;
}

template <class Float> Float parse(const char *text, char **end) {
    using Limits = std::numeric_limits<Float>;
    constexpr int bits = Limits::digits > 53 ? 53 : Limits::digits;
    constexpr int least = bits == 53 ? -1074 : -149;
    const double largest = bits == 53 ? std::numeric_limits<double>::max() : std::numeric_limits<float>::max();
    const char *at = text;
    while (*at == ' ' || (*at >= '\t' && *at <= '\r'))
        at++;
    const bool is_negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    const auto finish = [&](const char *last, double value) {
        if (end != nullptr)
            *end = const_cast<char *>(last);
        return static_cast<Float>(is_negative ? -value : value);
    };
    if (const char *last = behind(at, "inf")) {
        const char *longer = behind(at, "infinity");
        return finish(longer != nullptr ? longer : last, __builtin_inf());
    }
    if (const char *last = behind(at, "nan"))
        return finish(last, __builtin_nan(""));

    Whole numerator(0), denominator(1);
    int digits = 0, scale = 0;
    bool has_any = false, is_behind_point = false, has_rest = false;
    for (;; at++) {
        if (*at == '.' && !is_behind_point) {
            is_behind_point = true;
            continue;
        }
        if (!is_digit(*at))
            break;
        has_any = true;
        if (digits > 0 || *at != '0') {
            if (digits < MOST_DIGITS)
                numerator.multiply_and_add(10, static_cast<uint32_t>(*at - '0'));
            else
                has_rest |= *at != '0';
            digits++;
        }
        const bool is_kept = digits <= MOST_DIGITS;
        scale += (is_behind_point ? -1 : 0) + (is_kept ? 0 : 1);
    }
    if (!has_any)
        return finish(text, is_negative ? -0.0 : 0.0);
    if ((*at | 0x20) == 'e') {
        const bool is_down = at[1] == '-';
        const char *first = at + (at[1] == '-' || at[1] == '+' ? 2 : 1);
        int exponent = 0;
        if (is_digit(*first))
            for (at = first; is_digit(*at); at++)
                if (exponent < MOST_EXPONENT)
                    exponent = exponent * 10 + (*at - '0');
        scale += is_down ? -exponent : exponent;
    }
    if (digits == 0)
        return finish(at, 0);
    // One digit more, which is not 0, stands for all that were left out
    if (has_rest) {
        numerator.multiply_and_add(10, 1);
        scale--;
    }
    const int magnitude = (digits < MOST_DIGITS ? digits : MOST_DIGITS + (has_rest ? 1 : 0)) + scale;
    double value = magnitude > FAR ? __builtin_inf() : 0;
    if (magnitude <= FAR && magnitude >= -FAR) {
        (scale > 0 ? numerator : denominator).multiply_by_ten_to(scale > 0 ? scale : -scale);
        value = divide(numerator, denominator, bits, least);
    }
    if (value > largest || value == 0)
        errno = ERANGE;
    return finish(at, value > largest ? __builtin_inf() : value);
}

} // namespace

extern "C" {

double ldexp(double value, int exponent) noexcept {
    // Powers of two by their bits (IEEE 754); what is below them in steps
    for (; exponent > 1023; exponent -= 1023)
        value *= 0x1p1023;
    for (; exponent < -1000; exponent += 1000)
        value *= 0x1p-1000;
    const uint64_t bits = static_cast<uint64_t>(exponent + 1023) << 52;
    double power;
    __builtin_memcpy(&power, &bits, sizeof(power));
    return value * power;
}

double strtod(const char *text, char **end) noexcept { return parse<double>(text, end); }
float strtof(const char *text, char **end) noexcept { return parse<float>(text, end); }
long double strtold(const char *text, char **end) noexcept { return parse<double>(text, end); }
double strtod_l(const char *text, char **end, locale_t) noexcept { return parse<double>(text, end); }
float strtof_l(const char *text, char **end, locale_t) noexcept { return parse<float>(text, end); }
long double strtold_l(const char *text, char **end, locale_t) noexcept { return parse<double>(text, end); }
}
