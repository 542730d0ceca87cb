/* SPDX-License-Identifier: MIT
 *
 * Intrinsics of atomic.ts, written as the instructions that they are.
 */

#ifndef BSL_ATOMIC_H
#define BSL_ATOMIC_H

#define BSL_WORD(type, address) (*(volatile type *)(address))

INTRINSIC(u32, atomic, exchangeAdd32, u64 address, u32 value)
{
    __asm__ volatile("lock xaddl %0, %1" : "+r"(value), "+m"(BSL_WORD(u32, address)) : : "memory", "cc");
    return value;
}

INTRINSIC(u32, atomic, compareExchange32, u64 address, u32 expected, u32 replacement)
{
    __asm__ volatile("lock cmpxchgl %2, %1"
                     : "+a"(expected), "+m"(BSL_WORD(u32, address))
                     : "r"(replacement)
                     : "memory", "cc");
    return expected;
}

INTRINSIC(u32, atomic, compareExchange8, u64 address, u32 expected, u32 replacement)
{
    unsigned char seen = (unsigned char)expected;
    __asm__ volatile("lock cmpxchgb %2, %1" : "+a"(seen), "+m"(BSL_WORD(unsigned char, address)) : "q"((unsigned char)replacement) : "memory", "cc");
    return seen;
}

INTRINSIC(u32, atomic, loadAcquire32, u64 address)
{
    u32 value;
    __asm__ volatile("movl %1, %0" : "=r"(value) : "m"(BSL_WORD(u32, address)) : "memory");
    return value;
}

INTRINSIC(void, atomic, storeRelease32, u64 address, u32 value)
{ __asm__ volatile("movl %1, %0" : "=m"(BSL_WORD(u32, address)) : "r"(value) : "memory"); }

INTRINSIC(u64, atomic, exchangeAdd64, u64 address, u64 value)
{
    __asm__ volatile("lock xaddq %0, %1" : "+r"(value), "+m"(BSL_WORD(u64, address)) : : "memory", "cc");
    return value;
}

INTRINSIC(u64, atomic, compareExchange64, u64 address, u64 expected, u64 replacement)
{
    __asm__ volatile("lock cmpxchgq %2, %1"
                     : "+a"(expected), "+m"(BSL_WORD(u64, address))
                     : "r"(replacement)
                     : "memory", "cc");
    return expected;
}

INTRINSIC(u64, atomic, loadAcquire64, u64 address)
{
    u64 value;
    __asm__ volatile("movq %1, %0" : "=r"(value) : "m"(BSL_WORD(u64, address)) : "memory");
    return value;
}

INTRINSIC(void, atomic, storeRelease64, u64 address, u64 value)
{ __asm__ volatile("movq %1, %0" : "=m"(BSL_WORD(u64, address)) : "r"(value) : "memory"); }

INTRINSIC0(void, atomic, pause) { __asm__ volatile("pause" : : : "memory"); }

#endif
