/* SPDX-License-Identifier: MIT
 *
 * Intrinsics of atomic.ts, written as the instructions that they are.
 */

#ifndef BSL_ATOMIC_H
#define BSL_ATOMIC_H

#define BSL_ATOMIC(bits, suffix)                                                                                       \
    INTRINSIC(u##bits, atomic, exchangeAdd##bits, u64 address, u##bits value)                                          \
    {                                                                                                                  \
        __asm__ volatile("lock xadd" suffix " %0, %1"                                                                  \
                         : "+r"(value), "+m"(*(volatile u##bits *)address)                                             \
                         :                                                                                             \
                         : "memory", "cc");                                                                            \
        return value;                                                                                                  \
    }                                                                                                                  \
                                                                                                                       \
    INTRINSIC(u##bits, atomic, compareExchange##bits, u64 address, u##bits expected, u##bits replacement)              \
    {                                                                                                                  \
        __asm__ volatile("lock cmpxchg" suffix " %2, %1"                                                               \
                         : "+a"(expected), "+m"(*(volatile u##bits *)address)                                          \
                         : "r"(replacement)                                                                            \
                         : "memory", "cc");                                                                            \
        return expected;                                                                                               \
    }                                                                                                                  \
                                                                                                                       \
    INTRINSIC(u##bits, atomic, loadAcquire##bits, u64 address)                                                         \
    {                                                                                                                  \
        u##bits value;                                                                                                 \
        __asm__ volatile("mov" suffix " %1, %0" : "=r"(value) : "m"(*(const volatile u##bits *)address) : "memory");   \
        return value;                                                                                                  \
    }                                                                                                                  \
                                                                                                                       \
    INTRINSIC(void, atomic, storeRelease##bits, u64 address, u##bits value)                                            \
    {                                                                                                                  \
        __asm__ volatile("mov" suffix " %1, %0" : "=m"(*(volatile u##bits *)address) : "r"(value) : "memory");         \
    }

BSL_ATOMIC(32, "l")
BSL_ATOMIC(64, "q")

INTRINSIC0(void, atomic, pause)
{
    __asm__ volatile("pause" : : : "memory");
}

#endif
