// SPDX-License-Identifier: MIT
// What the benchmark compares the kernel's page allocator with: the same algorithm in C, and first-fit

#ifndef TWIN_H
#define TWIN_H

#include <stdint.h>

/* A page allocator: takes and gives back 2^order pages at a multiple of their size; 0: there are none. */
struct allocator {
    const char *name;
    void (*init)(uint64_t phys, uint64_t bytes);
    uint64_t (*take)(uint32_t order);
    uint32_t (*give)(uint64_t phys, uint32_t order);
    /* Free pages, and the blocks of the largest order that could be taken. */
    uint64_t (*free_pages)(void);
    uint64_t (*largest_blocks)(void);
};

extern const struct allocator twin, first_fit;

/* Where the twin sees a physical address. */
#define TWIN_DIRECT 0x500000000000ull

#endif
