// SPDX-License-Identifier: MIT
// printf's formats
#ifndef BAREFLANK_STD_FORMAT_HPP
#define BAREFLANK_STD_FORMAT_HPP

#include <cstdarg>
#include <cstddef>

namespace bareflank::layer {

/// Where characters go.
class Sink {
  public:
    virtual void put(char character) = 0;

  protected:
    ~Sink() = default;
};

/// Writes as ISO C17, 7.21.6.1 says, and answers how many characters that were. Wide characters are written as "?", %n writes
/// nothing, a long double has a double's precision.
int format(Sink &sink, const char *text, va_list arguments);

} // namespace bareflank::layer

#endif
