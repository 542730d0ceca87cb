// SPDX-License-Identifier: MIT
// Floating-point numbers as texts
#ifndef BAREFLANK_STD_DIGITS_HPP
#define BAREFLANK_STD_DIGITS_HPP

#include <cstddef>

namespace bareflank::layer {

/// Writes a number that is not negative as printf's 'e', 'f', 'g' or 'a' has it, without a prefix, rounded to the nearest, to the
/// even one of two. What has no room is left out, and `bytes` says how much there is at most. With `keeps_zeros` 'g' keeps
/// zeros at the end, and a point is written in any case.
int put_number(char *to, size_t bytes, double value, char letter, int precision, bool keeps_zeros);

/// Room that a precision wants.
constexpr size_t room_for(int precision) { return 330 + static_cast<size_t>(precision > 0 ? precision : 0); }

} // namespace bareflank::layer

#endif
