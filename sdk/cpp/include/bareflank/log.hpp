// SPDX-License-Identifier: MIT
// Lines in the debug ring
#ifndef BAREFLANK_LOG_HPP
#define BAREFLANK_LOG_HPP

#include "bareflank/log.h"

#ifdef BF_STD
#include <string_view>
#endif

namespace bareflank {

/// A number that log writes in hexadecimal.
struct Hex {
    uint64_t value;
};

namespace detail {

inline void put(bf_line &line, const char *text) { bf_line_put(&line, text); }
inline void put(bf_line &line, uint64_t value) { bf_line_put_number(&line, value, 10); }
inline void put(bf_line &line, Hex number) {
    bf_line_put(&line, "0x");
    bf_line_put_number(&line, number.value, 16);
}
#ifdef BF_STD
inline void put(bf_line &line, std::string_view text) {
    for (char character : text) {
        const char one[] = {character, '\0'};
        bf_line_put(&line, one);
    }
}
#endif

} // namespace detail

/// Writes a line to the debug ring and the serial port, behind the number of this processor; `bfm dump` shows it.
/// Takes texts and numbers: `log("CPUIDs: ", count, " of leaf ", Hex{leaf})`.
template <class... Parts> [[gnu::noinline, gnu::cold]] void log(Parts... parts) {
    bf_line line;
    bf_line_begin(&line);
    (detail::put(line, parts), ...);
    bf_line_end(&line);
}

} // namespace bareflank

#endif
