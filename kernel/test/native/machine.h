// SPDX-License-Identifier: MIT
// A process that has the kernel's allocators at the kernel's own addresses, as machine code that ships

#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

#define MAX_ORDER 10u

/* The order is that of table.c. */
struct allocators {
    void (*module_init)(void);
    void (*announce_store)(uint32_t id, uint64_t block);
    uint32_t (*add_chunk)(uint64_t phys, uint64_t bytes, uint64_t used);
    uint64_t (*allocate_page)(void);
    uint64_t (*allocate_pages)(uint32_t order);
    uint32_t (*free_page)(uint64_t phys);
    uint32_t (*free_pages)(uint64_t phys, uint32_t order);
    uint32_t (*slab_init)(uint32_t cache, uint32_t bytes);
    uint64_t (*allocate_object)(uint32_t cache);
    uint32_t (*slab_release)(uint32_t cache, uint64_t object);
    uint32_t (*empty_stores)(void);
    uint64_t (*used_pages)(void);
    uint64_t (*free_page_count)(void);
    uint32_t (*free_blocks)(uint32_t order);
};

/* Loads an image of kernel-memory-native or kernel-memory-locks, with one chunk of so many bytes. All that is mapped is shared with processes forked later. */
const struct allocators *load_allocators(const char *path, uint64_t bytes);

/* This process is a processor from now on. */
void become(uint32_t id);

/* Where a physical address is seen. */
void *direct(uint64_t phys);

/* Ends the process with a message. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

/* The next number of a sequence that a seed determines (xorshift64*). */
uint64_t next_random(uint64_t *state);

#endif
