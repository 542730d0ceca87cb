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

/* In a page that all processes share: which fault the locks have (checked-atomic.h). */
#define PLANTED_FAULT 0xff8ull
#define FAULT_OPEN_TICKET_LOCKS 1u
#define FAULT_OPEN_STORE_LOCKS 2u
#define FAULT_GIVEN_BACK_TWICE 3u
#define FAULT_OPPOSITE_ORDER 4u

#endif
