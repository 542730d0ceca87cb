/* SPDX-License-Identifier: MIT */
/* The heap that "memory": { "maximumKiB": ... } in the field "bareflank" of package.json gives: one for all processors */
#ifndef BAREFLANK_HEAP_H
#define BAREFLANK_HEAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef BF_STD
#include <stdlib.h>
#else
/* As in C's library. A null pointer: there is no memory, or it would be more than maximumKiB or the manifest's quota. */
void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *memory, size_t bytes);
void *aligned_alloc(size_t alignment, size_t bytes);
/* Fails the callback for what was not given, or given back already. */
void free(void *memory);
#endif

/* Bytes in use, with 8 for each block; blocks in use; bytes that the heap has from the microkernel. */
uint64_t bf_heap_used(void);
uint64_t bf_heap_blocks(void);
uint64_t bf_heap_size(void);

#endif
