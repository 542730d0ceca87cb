// SPDX-License-Identifier: MIT
// new and delete, on the heap that "memory": { "maximumKiB": ... } in the field "bareflank" of package.json gives
//
// Without the runtime "std" there are no exceptions: `new` without memory fails the callback, `new (std::nothrow)` is a null pointer then.
#ifndef BAREFLANK_HEAP_HPP
#define BAREFLANK_HEAP_HPP

#include <stddef.h>

extern "C" {
#include "bareflank/heap.h"
}

#ifdef BF_STD
#include <new>
#else

namespace std {

struct nothrow_t {
    explicit nothrow_t() = default;
};
inline constexpr nothrow_t nothrow{};
enum class align_val_t : size_t {};

} // namespace std

// The compiler knows the plain ones
void *operator new(size_t bytes, const std::nothrow_t &) noexcept;
void *operator new[](size_t bytes, const std::nothrow_t &) noexcept;
void *operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t &) noexcept;
void *operator new[](size_t bytes, std::align_val_t alignment, const std::nothrow_t &) noexcept;

/// Makes an object in memory that is there.
inline void *operator new(size_t, void *memory) noexcept { return memory; }
inline void *operator new[](size_t, void *memory) noexcept { return memory; }

#endif

#endif
