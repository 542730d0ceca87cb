/* SPDX-License-Identifier: MIT */
/* Calls that take memory, and give it back */
#include "attempt.h"

/** Bytes that are too many at once. */
#ifdef VERSION_2
#define MOST_BYTES (BF_HUGE_MOST_BYTES + PAGE)
#else
#define MOST_BYTES BF_HUGE_POOL_BYTES
#endif

static u32 place_for(u64 *list, u32 count, struct attempt *a, u32 used)
{
    u32 first = (u32)below(count);
    for (u32 i = 0; i < count; i++)
        if ((list[(first + i) % count] != 0) == used)
            a->memory = &list[(first + i) % count];
    return a->memory != 0;
}

u32 alloc_page(struct processor *p, struct attempt *a)
{
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return place_for(p->pages, OWN_PAGES, a, 0);
}

u32 alloc_huge(struct processor *p, struct attempt *a)
{
    static const u64 bad[] = {0, 1, PAGE, PAGE + 8, MOST_BYTES, ~0ull, ~0xfffull};
    a->reg[1] = (2 + below(6)) * PAGE;
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    if (once(6)) {
        a->reg[1] = bad[below(sizeof(bad) / sizeof(*bad))];
        a->allowed = ALLOW_REG1;
    }
    return place_for(p->runs, OWN_RUNS, a, 0);
}

/** New memory is zeroed, and nobody else's: it holds what was written until it is given back. */
void keep_memory(struct processor *p, struct attempt *a, const struct registers *result)
{
    volatile u64 *memory = (volatile u64 *)result->rdi;
    if (result->rdi != BF_EXT_POOL_BASE + result->rsi || memory[0] != 0 || memory[511] != 0) {
        p->bad++;
        print("fuzz: memory is not as it should be");
        end_line();
    }
    *a->memory = result->rdi;
    memory[0] = result->rdi ^ this_pp();
    memory[511] = result->rdi ^ this_pp();
}

static u32 free_memory(u64 *list, u32 count, struct processor *p, struct attempt *a)
{
    if (once(6)) {
        a->reg[1] = once(2) ? next_random() : BF_EXT_POOL_BASE + 8;
        a->allowed = ALLOW_REG1;
        return 1;
    }
    if (!place_for(list, count, a, 1))
        return 0;
    volatile u64 *memory = (volatile u64 *)*a->memory;
    u64 expected = *a->memory ^ this_pp();
    if (memory[0] != expected || memory[511] != expected) {
        p->bad++;
        print("fuzz: memory changed");
        end_line();
    }
    a->reg[1] = *a->memory;
    a->allowed = ALLOW_SUCCESS;
#ifdef VERSION_2
    // Who has shown a page may have to wait for other processors before it goes
    if (list == p->pages)
        a->allowed = ALLOW_UNKNOWN | (is_shown(p, *a->memory - BF_EXT_POOL_BASE) ? 0 : ALLOW_SUCCESS);
#endif
    return 1;
}

u32 free_page(struct processor *p, struct attempt *a) { return free_memory(p->pages, OWN_PAGES, p, a); }
u32 free_huge(struct processor *p, struct attempt *a) { return free_memory(p->runs, OWN_RUNS, p, a); }

void drop_memory(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    *a->memory = 0;
}
