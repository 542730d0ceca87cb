/* SPDX-License-Identifier: MIT
 *
 * Intrinsics of memory.ts. Packed, aliasing-safe accesses: a native address may be unaligned and may hold anything.
 */

#ifndef BSL_MEMORY_H
#define BSL_MEMORY_H

typedef struct {
    u32 value;
} __attribute__((packed, may_alias)) bsl_native32;

typedef struct {
    u64 value;
} __attribute__((packed, may_alias)) bsl_native64;

INTRINSIC(u32, memory, peek32, u64 address)
{
    return ((const bsl_native32 *)address)->value;
}

INTRINSIC(u64, memory, peek64, u64 address)
{
    return ((const bsl_native64 *)address)->value;
}

INTRINSIC(u32, memory, peek8, u64 address)
{
    return *(const unsigned char *)address;
}

INTRINSIC(u32, memory, peek16, u64 address)
{
    return (u32)(*(const unsigned char *)address | *(const unsigned char *)(address + 1) << 8);
}

INTRINSIC(void, memory, poke8, u64 address, u32 value)
{
    *(unsigned char *)address = (unsigned char)value;
}

INTRINSIC(void, memory, poke16, u64 address, u32 value)
{
    *(unsigned char *)address = (unsigned char)value;
    *(unsigned char *)(address + 1) = (unsigned char)(value >> 8);
}

INTRINSIC(void, memory, poke32, u64 address, u32 value)
{
    ((bsl_native32 *)address)->value = value;
}

INTRINSIC(void, memory, poke64, u64 address, u64 value)
{
    ((bsl_native64 *)address)->value = value;
}

/* String instructions instead of memcpy and memset: the module needs no library, wherever it is linked. */
INTRINSIC(void, memory, copyMemory, u64 to, u64 from, u64 bytes)
{
    u64 count = bytes >> 3;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    if ((count = bytes & 7) != 0)
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

INTRINSIC(void, memory, fillMemory, u64 to, u32 value, u64 bytes)
{
    u64 pattern = (value & 0xff) * 0x0101010101010101ull;
    u64 count = bytes >> 3;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(pattern) : "memory");
    if ((count = bytes & 7) != 0)
        __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(pattern) : "memory");
}

/* The toolchain knows where the module's memory lies: a constant, or the instance's pointer. */
INTRINSIC(u64, memory, nativeAddress, u32 offset)
{
    return (u64)MODULE_MEMORY(offset);
}

#endif
