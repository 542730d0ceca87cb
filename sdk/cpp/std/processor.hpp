// SPDX-License-Identifier: MIT
// The processors as the standard library's threads
#ifndef BAREFLANK_STD_PROCESSOR_HPP
#define BAREFLANK_STD_PROCESSOR_HPP

#include <bareflank/extension.hpp>

/// What libc++abi keeps of a processor's exceptions.
namespace __cxxabiv1 {
struct __cxa_eh_globals;
extern "C" __cxa_eh_globals *__cxa_get_globals();
} // namespace __cxxabiv1

/// What the layer's files share.
namespace bareflank::layer {

/// This processor's number as that of a thread; 0 is none.
inline uint32_t own_thread() { return bf_guest->ppid + 1u; }

inline void relax() { __builtin_ia32_pause(); }

/// Spins until it has the word, which says who has it. False: this processor has it already, in what a fail callback
/// interrupted.
inline bool take(uint32_t &holder) {
    const uint32_t own = own_thread();
    for (;;) {
        uint32_t seen = 0;
        if (__atomic_compare_exchange_n(&holder, &seen, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
        if (seen == own)
            return false;
        relax();
    }
}

inline void give(uint32_t &holder) { __atomic_store_n(&holder, 0u, __ATOMIC_RELEASE); }

/// Writes a line of an error to the debug ring, and ends the callback as a failed assertion.
[[noreturn]] void fail(const char *text);

/// Destroys what pthread_setspecific was given on this processor.
void end_keys();

} // namespace bareflank::layer

#endif
