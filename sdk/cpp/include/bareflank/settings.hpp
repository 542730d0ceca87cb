// SPDX-License-Identifier: MIT
// What `bfm load EXTENSION --set key=value` gave this extension
#ifndef BAREFLANK_SETTINGS_HPP
#define BAREFLANK_SETTINGS_HPP

#include "bareflank/settings.h"

namespace bareflank {

/// A setting that may have been given.
class Setting {
  public:
    constexpr explicit Setting(const char *key) : key_(key) {}

    bool is_given() const { return bf_setting(key_) != nullptr; }
    /// Whether it was given with exactly this value.
    bool is(const char *value) const { return bf_setting_is(key_, value); }
    /// As a number of 64 bits, decimal or hexadecimal (0x...); `otherwise` when it was not given, or, with a line in the
    /// debug ring, when it is no such number.
    uint64_t number_or(uint64_t otherwise) const { return bf_setting_number(key_, otherwise); }

  private:
    const char *key_;
};

} // namespace bareflank

#endif
