// SPDX-License-Identifier: MIT
// Where things are in the processes of machine.c: physical addresses

#ifndef LAYOUT_H
#define LAYOUT_H

/* Of the memory that the allocators have. */
#define CHUNK_BASE 0x10000000ull
/* Of the processors' blocks, a page each. */
#define BLOCKS 0x1000000ull
#define PAGE_BYTES 4096ull
#define PROCESSORS 4u

#endif
