// SPDX-License-Identifier: MIT
// What a system call ended with: a value or why there is none
#ifndef BAREFLANK_RESULT_HPP
#define BAREFLANK_RESULT_HPP

#include "bareflank/next.h"

namespace bareflank {

/// A status, of a call that has no other result.
template <class T = void> class [[nodiscard]] Result;

template <> class [[nodiscard]] Result<void> {
  public:
    constexpr Result(bf_status status) : status_(status) {}

    constexpr explicit operator bool() const { return status_ == BF_STATUS_SUCCESS; }
    /// BF_STATUS_*.
    constexpr bf_status status() const { return status_; }
    /// Ends the callback as a failed assertion, unless the call succeeded; the debug ring says where.
    void require(const char *file = __builtin_FILE(), int line = __builtin_LINE()) const {
        if (__builtin_expect(status_ != BF_STATUS_SUCCESS, 0))
            bf_refused(status_, "a system call", file, line);
    }

  private:
    bf_status status_;
};

/// A value, or the status of the call that should have had it.
template <class T> class [[nodiscard]] Result : public Result<void> {
  public:
    constexpr Result(bf_status status, T value) : Result<void>(status), value_(value) {}

    /// The value; ends the callback as a failed assertion when there is none.
    T value(const char *file = __builtin_FILE(), int line = __builtin_LINE()) const {
        require(file, line);
        return value_;
    }
    constexpr T value_or(T other) const { return *this ? value_ : other; }

  private:
    T value_;
};

} // namespace bareflank

#endif
