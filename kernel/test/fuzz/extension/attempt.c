/* SPDX-License-Identifier: MIT */
/* What the makers of all calls use */
#include "attempt.h"

#ifdef VERSION_2
#define ID_MASK 0xffffffffull
#else
#define ID_MASK 0xffffull
#endif

u64 id(u32 value) { return once(4) ? (next_random() & ~ID_MASK) | value : value; }
u64 nobody(void) { return id((u32)(0x200 + below(0xfe00))); }

struct own *some(struct own *list, u32 count, u32 used)
{
    u32 first = (u32)below(count);
    for (u32 i = 0; i < count; i++) {
        struct own *own = &list[(first + i) % count];
        if (own->used == used)
            return own;
    }
    return 0;
}

u32 children(const struct own *list, u32 count, u32 parent)
{
    u32 found = 0;
    for (u32 i = 0; i < count; i++)
        found += list[i].used && list[i].parent == parent;
    return found;
}

u32 wrong_first(struct attempt *a)
{
    a->reg[1] = nobody();
    a->reg[2] = next_random();
    a->reg[3] = next_random();
    a->allowed = ALLOW_REG1;
    return 1;
}

void keep_own(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p;
    a->own->used = 1;
    a->own->id = (u32)(result->rdi & ID_MASK);
    a->own->nested = a->own->maps[0] = a->own->maps[1] = 0;
}

void drop_own(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->own->used = 0;
}
