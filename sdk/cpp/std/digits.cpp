// SPDX-License-Identifier: MIT
// What printf writes of floating point (ISO C17, 7.21.6.1), from all decimal digits of the number, which are a thousand at most

#include "digits.hpp"
#include "whole.hpp"

#include <cstdint>
#include <cstring>

using namespace bareflank::layer;

namespace {

/// Digits of a double: 309 before its point, 1,074 behind it, and up to 8 zeros more on either side.
constexpr int MOST_DIGITS = 309 + 1074 + 2 * 8;
constexpr uint32_t GROUP = 1'000'000'000;
constexpr int GROUP_DIGITS = 9;

constexpr int MANTISSA_BITS = 52;
constexpr int BIAS = 1023 + MANTISSA_BITS;

/// Mantissa and exponent (IEEE 754): mantissa * 2^exponent.
struct Parts {
    explicit Parts(double value) {
        uint64_t bits;
        memcpy(&bits, &value, sizeof(bits));
        const int field = static_cast<int>(bits >> MANTISSA_BITS & 0x7ff);
        mantissa = (bits & ((uint64_t{1} << MANTISSA_BITS) - 1)) | (field == 0 ? 0 : uint64_t{1} << MANTISSA_BITS);
        exponent = (field == 0 ? 1 : field) - BIAS;
    }
    uint64_t mantissa;
    int exponent;
};

/// All digits of a number, the first of which is not 0; of 0 there is none.
class Digits {
  public:
    explicit Digits(double value) {
        const Parts parts(value);
        const int fraction_bits = parts.exponent < 0 ? -parts.exponent : 0;
        if (fraction_bits < 64)
            put_whole(Whole(parts.mantissa >> fraction_bits), parts.exponent);
        point_ = count_;
        if (fraction_bits > 0)
            put_fraction(parts.mantissa, fraction_bits);
        int zeros = 0;
        while (zeros < count_ && digits_[zeros] == 0)
            zeros++;
        memmove(digits_, digits_ + zeros, static_cast<size_t>(count_ - zeros));
        count_ -= zeros;
        point_ -= zeros;
    }

    /// The exponent of the first digit.
    int exponent() const { return count_ == 0 ? 0 : point_ - 1; }
    int point() const { return point_; }
    /// The digit at a place, counted from the first; 0 in front of that, and behind the last.
    char at(int place) const { return static_cast<char>('0' + (place >= 0 && place < count_ ? digits_[place] : 0)); }

    /// Rounds to so many digits, to the even one of two numbers that are as near.
    void round(int kept) {
        if (kept >= count_)
            return;
        const bool is_up = kept >= 0 && is_more_than_half(kept);
        count_ = kept < 0 ? 0 : kept;
        if (!is_up)
            return;
        while (count_ > 0 && digits_[count_ - 1] == 9)
            count_--;
        if (count_ > 0) {
            digits_[count_ - 1]++;
            return;
        }
        digits_[count_++] = 1;
        point_++;
    }

  private:
    void put_group(int at, uint32_t value) {
        for (int i = GROUP_DIGITS; i-- > 0; value /= 10)
            digits_[at + i] = static_cast<uint8_t>(value % 10);
    }

    void put_whole(Whole whole, int exponent) {
        if (exponent > 0)
            whole.shift_left(exponent);
        int groups = 0;
        for (Whole rest = whole; rest.bits() != 0; rest.divide(GROUP))
            groups++;
        for (int i = groups; i-- > 0;)
            put_group(i * GROUP_DIGITS, whole.divide(GROUP));
        count_ = groups * GROUP_DIGITS;
    }

    /// The mantissa's lower bits, behind the point: each multiplication brings digits into the word in front of it.
    void put_fraction(uint64_t mantissa, int bits) {
        Whole rest(bits < 64 ? mantissa & ((uint64_t{1} << bits) - 1) : mantissa);
        rest.shift_left(-bits & 31);
        const int word = (bits + 31) / 32;
        for (; rest.bits() != 0; count_ += GROUP_DIGITS) {
            rest.multiply_and_add(GROUP, 0);
            put_group(count_, rest.take_word(word));
        }
    }

    bool is_more_than_half(int kept) const {
        if (digits_[kept] != 5)
            return digits_[kept] > 5;
        for (int i = kept + 1; i < count_; i++)
            if (digits_[i] != 0)
                return true;
        return kept > 0 && digits_[kept - 1] % 2 == 1;
    }

    uint8_t digits_[MOST_DIGITS];
    int count_ = 0;
    /// How many of them stand before the point; negative: zeros stand between it and them.
    int point_ = 0;
};

class Text {
  public:
    Text(char *to, size_t bytes) : to_(to), left_(bytes) {}
    void put(char character) {
        if (left_ == 0)
            return;
        to_[count_++] = character;
        left_--;
    }
    void put(const char *text) {
        while (*text != '\0')
            put(*text++);
    }
    void put_exponent(char letter, int exponent, int digits) {
        put(letter);
        put(exponent < 0 ? '-' : '+');
        const int magnitude = exponent < 0 ? -exponent : exponent;
        for (int unit = 1000; unit > 0; unit /= 10)
            if (magnitude >= unit || unit < (digits == 2 ? 100 : 10))
                put(static_cast<char>('0' + magnitude / unit % 10));
    }
    /// Zeros behind a point are left out, and so is a point that nothing is behind.
    void trim() {
        while (to_[count_ - 1] == '0')
            count_--;
        if (to_[count_ - 1] == '.')
            count_--;
    }
    int count() const { return count_; }

  private:
    char *to_;
    size_t left_;
    int count_ = 0;
};

void put_fixed(Text &text, const Digits &digits, int precision, bool keeps_zeros) {
    if (digits.point() <= 0)
        text.put('0');
    for (int i = 0; i < digits.point(); i++)
        text.put(digits.at(i));
    if (precision > 0 || keeps_zeros)
        text.put('.');
    for (int i = 0; i < precision; i++)
        text.put(digits.at(digits.point() + i));
}

void put_scientific(Text &text, const Digits &digits, int precision, bool keeps_zeros) {
    text.put(digits.at(0));
    if (precision > 0 || keeps_zeros)
        text.put('.');
    for (int i = 1; i <= precision; i++)
        text.put(digits.at(i));
}

void put_general(Text &text, Digits &digits, int precision, bool keeps_zeros) {
    const int kept = precision == 0 ? 1 : precision;
    digits.round(kept);
    const int exponent = digits.exponent();
    const bool is_fixed = exponent < kept && exponent >= -4;
    const int behind_point = is_fixed ? kept - 1 - exponent : kept - 1;
    if (is_fixed)
        put_fixed(text, digits, behind_point, keeps_zeros);
    else
        put_scientific(text, digits, behind_point, keeps_zeros);
    if (!keeps_zeros && behind_point > 0)
        text.trim();
    if (!is_fixed)
        text.put_exponent('e', exponent, 2);
}

void put_hexadecimal(Text &text, double value, int precision, bool keeps_zeros) {
    constexpr int DIGITS = MANTISSA_BITS / 4;
    Parts parts(value);
    int exponent = parts.mantissa == 0 ? 0 : parts.exponent + MANTISSA_BITS;
    if (precision >= 0 && precision < DIGITS) {
        const int shift = 4 * (DIGITS - precision);
        const uint64_t half = uint64_t{1} << (shift - 1), rest = parts.mantissa & (2 * half - 1);
        const bool is_odd = (parts.mantissa >> shift & 1) != 0;
        parts.mantissa = (parts.mantissa >> shift) + (rest > half || (rest == half && is_odd) ? 1 : 0);
        parts.mantissa <<= shift;
    }
    text.put(static_cast<char>('0' + (parts.mantissa >> MANTISSA_BITS)));
    const int shown = precision < 0 ? DIGITS : precision;
    if (shown > 0 || keeps_zeros)
        text.put('.');
    for (int i = 0; i < shown; i++)
        text.put(i < DIGITS ? "0123456789abcdef"[parts.mantissa >> (MANTISSA_BITS - 4 * (i + 1)) & 15] : '0');
    if (precision < 0 && !keeps_zeros)
        text.trim();
    text.put_exponent('p', exponent, 1);
}

} // namespace

int bareflank::layer::put_number(char *to, size_t bytes, double value, char letter, int precision, bool keeps_zeros) {
    Text text(to, bytes);
    if (!__builtin_isfinite(value)) {
        text.put(__builtin_isnan(value) ? "nan" : "inf");
        return text.count();
    }
    if (letter == 'a') {
        put_hexadecimal(text, value, precision, keeps_zeros);
        return text.count();
    }
    Digits digits(value);
    const int wanted = precision < 0 ? 6 : precision;
    if (letter == 'f') {
        digits.round(digits.point() + wanted);
        put_fixed(text, digits, wanted, keeps_zeros);
    } else if (letter == 'e') {
        digits.round(wanted + 1);
        put_scientific(text, digits, wanted, keeps_zeros);
        text.put_exponent('e', digits.exponent(), 2);
    } else {
        put_general(text, digits, wanted, keeps_zeros);
    }
    return text.count();
}
