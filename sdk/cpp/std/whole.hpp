// SPDX-License-Identifier: MIT
// Whole numbers without bounds, as far as the decimal digits of a double want them
#ifndef BAREFLANK_STD_WHOLE_HPP
#define BAREFLANK_STD_WHOLE_HPP

#include <stdint.h>

namespace bareflank::layer {

/// A whole number of up to 160 words of 32 bits, the lowest first: 10 to the 1,100th and 2 to the 1,200th have room.
class Whole {
  public:
    static constexpr int WORDS = 160;

    explicit Whole(uint64_t value) : words_{static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)} {}

    void multiply_and_add(uint32_t factor, uint32_t more) {
        uint64_t carry = more;
        for (uint32_t &word : words_) {
            carry += static_cast<uint64_t>(word) * factor;
            word = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
    }

    void multiply_by_ten_to(int exponent) {
        for (; exponent > 0; exponent--)
            multiply_and_add(10, 0);
    }

    void shift_left(int bits) {
        for (; bits >= 31; bits -= 31)
            multiply_and_add(uint32_t{1} << 31, 0);
        multiply_and_add(uint32_t{1} << bits, 0);
    }

    int bits() const {
        for (int i = WORDS; i-- > 0;)
            if (words_[i] != 0)
                return 32 * i + 32 - __builtin_clz(words_[i]);
        return 0;
    }

    bool is_less(const Whole &other) const {
        for (int i = WORDS; i-- > 0;)
            if (words_[i] != other.words_[i])
                return words_[i] < other.words_[i];
        return false;
    }

    void subtract(const Whole &other) {
        uint64_t borrow = 0;
        for (int i = 0; i < WORDS; i++) {
            const uint64_t difference = static_cast<uint64_t>(words_[i]) - other.words_[i] - borrow;
            words_[i] = static_cast<uint32_t>(difference);
            borrow = difference >> 63;
        }
    }

    /// Divides, and answers the remainder.
    uint32_t divide(uint32_t divisor) {
        uint64_t rest = 0;
        for (int i = WORDS; i-- > 0;) {
            rest = rest << 32 | words_[i];
            words_[i] = static_cast<uint32_t>(rest / divisor);
            rest %= divisor;
        }
        return static_cast<uint32_t>(rest);
    }

    /// Takes a word away and answers what it was.
    uint32_t take_word(int index) {
        const uint32_t word = words_[index];
        words_[index] = 0;
        return word;
    }

  private:
    uint32_t words_[WORDS];
};

} // namespace bareflank::layer

#endif
