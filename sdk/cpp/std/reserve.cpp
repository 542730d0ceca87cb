// SPDX-License-Identifier: MIT
// Memory for exceptions when the heap has none: in the place of libc++abi's 512 bytes, which do for three processors

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

/// An exception's header has 128 bytes; those of the library itself, up to 16 behind it.
constexpr size_t SLOT_BYTES = 256;
constexpr unsigned SLOTS = 32;

alignas(16) char slots[SLOTS][SLOT_BYTES];
/// A bit for each that is taken.
uint32_t taken;

void *take_slot(size_t bytes) {
    uint32_t seen = __atomic_load_n(&taken, __ATOMIC_RELAXED);
    while (bytes <= SLOT_BYTES && seen != UINT32_MAX) {
        const uint32_t bit = ~seen & (seen + 1);
        if (__atomic_compare_exchange_n(&taken, &seen, seen | bit, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return slots[__builtin_ctz(bit)];
    }
    return nullptr;
}

/// False: it is none of them.
bool give_slot(void *memory) {
    const uintptr_t offset = reinterpret_cast<uintptr_t>(memory) - reinterpret_cast<uintptr_t>(slots);
    if (offset >= sizeof(slots))
        return false;
    __atomic_fetch_and(&taken, ~(uint32_t{1} << offset / SLOT_BYTES), __ATOMIC_RELEASE);
    return true;
}

void give(void *memory) {
    if (!give_slot(memory))
        free(memory);
}

} // namespace

/// libc++abi's own names.
namespace __cxxabiv1 {

[[gnu::visibility("hidden")]] void *__aligned_malloc_with_fallback(size_t bytes) {
    void *memory = aligned_alloc(16, bytes);
    return memory != nullptr ? memory : take_slot(bytes);
}

[[gnu::visibility("hidden")]] void *__calloc_with_fallback(size_t count, size_t bytes) {
    void *memory = calloc(count, bytes);
    if (memory != nullptr)
        return memory;
    memory = take_slot(count * bytes);
    return memory == nullptr ? nullptr : memset(memory, 0, count * bytes);
}

[[gnu::visibility("hidden")]] void __aligned_free_with_fallback(void *memory) { give(memory); }
[[gnu::visibility("hidden")]] void __free_with_fallback(void *memory) { give(memory); }

} // namespace __cxxabiv1
