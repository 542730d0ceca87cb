/* SPDX-License-Identifier: MIT */
/* Cases of a rough user, a file for what they are about, and what these have in common */
#ifndef ROUGH_H
#define ROUGH_H

#include "client.h"

#define DATA 0x100000UL

/* The guest of a case. */
extern struct guest guest;

/* Whether a guest follows what its user does to the memory that it has touched already. */
bool follows(void);
/* A guest with one processor that counts in a page of memory. */
volatile uint32_t *counting(void *memory);
void finish(void);
void wait_for(pid_t child);

/* rough-files.c */
void fork_case(void);
void orphan_case(void);
void after_exec(char **files);
void exec_case(void);

/* rough-events.c */
void events_case(void);

/* rough-memory.c */
void munmap_case(void);
void hole_case(void);
void mremap_case(void);
void truncate_case(void);
void read_only_case(void);

/* rough-limits.c */
void hugetlb_case(void);
void limit_case(void);

/* rough-slots.c */
void slots_case(void);
void contention_case(void);

/* rough-moving.c */
void moving_case(void);

/* rough-live.c */
void live(void);
void churn(void);

#endif
