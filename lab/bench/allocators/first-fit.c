// SPDX-License-Identifier: MIT
// First-fit over a bitmap of pages: the lowest place where a block of a size fits, at a multiple of that size

#include "twin.h"

#include <string.h>

#define WORDS 1024u

/* A bit is set: the page is taken. */
static uint64_t taken[WORDS];
static uint64_t base;
static uint32_t words;

static void init(uint64_t phys, uint64_t bytes)
{
    /* As much for the states of pages as the others take. */
    uint64_t pages = (bytes >> 12) - (bytes >> 24);
    base = phys;
    words = (uint32_t)(bytes >> 18);
    memset(taken, 0, sizeof taken);
    for (uint64_t page = pages; page < bytes >> 12; page++) taken[page / 64] |= 1ull << page % 64;
}

static uint64_t take_in_word(uint32_t order)
{
    uint64_t mask = order == 6 ? ~0ull : (1ull << (1u << order)) - 1;
    for (uint32_t word = 0; word < words; word++) {
        for (uint32_t bit = 0; taken[word] != ~0ull && bit < 64; bit += 1u << order) {
            if ((taken[word] & mask << bit) != 0) continue;
            taken[word] |= mask << bit;
            return base + ((uint64_t)word * 64 + bit) * 4096;
        }
    }
    return 0;
}

static uint64_t take(uint32_t order)
{
    if (order <= 6) return take_in_word(order);
    uint32_t count = 1u << (order - 6);
    for (uint32_t word = 0; word + count <= words; word += count) {
        uint32_t i = 0;
        while (i < count && taken[word + i] == 0) i++;
        if (i < count) continue;
        memset(&taken[word], 0xff, count * 8);
        return base + (uint64_t)word * 64 * 4096;
    }
    return 0;
}

static uint32_t give(uint64_t phys, uint32_t order)
{
    uint64_t page = (phys - base) >> 12;
    for (uint64_t i = page; i < page + (1ull << order); i++) taken[i / 64] &= ~(1ull << i % 64);
    return 1;
}

static uint64_t free_pages(void)
{
    uint64_t count = 0;
    for (uint32_t word = 0; word < words; word++) count += 64 - (uint64_t)__builtin_popcountll(taken[word]);
    return count;
}

static uint64_t largest_blocks(void)
{
    uint64_t count = 0;
    for (uint32_t word = 0; word + 16 <= words; word += 16) {
        uint64_t any = 0;
        for (uint32_t i = 0; i < 16; i++) any |= taken[word + i];
        count += any == 0;
    }
    return count;
}

const struct allocator first_fit = {"first-fit", init, take, give, free_pages, largest_blocks};
