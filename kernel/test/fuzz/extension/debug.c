/* SPDX-License-Identifier: MIT */
/* Calls that print */
#include "attempt.h"

u32 debug_any(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[0] = next_random();
    a->reg[1] = next_random();
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

u32 debug_letter(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[0] = '\n';
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

u32 debug_text(struct processor *p, struct attempt *a)
{
    static const char text[] = "....\n";
    static const u64 bad[] = {0, BF_DIRECT_BASE, BF_KERNEL_IMAGE_BASE, BF_PP_AREA_BASE, ~0ull, 1ull << 63};
    (void)p;
    a->reg[0] = (u64)text;
    a->reg[1] = 5;
    a->allowed = ALLOW_SUCCESS;
    if (once(3)) {
        a->reg[0] = bad[below(sizeof(bad) / sizeof(*bad))];
        a->allowed = ALLOW_REG0;
    }
    return 1;
}

static u32 dump(struct attempt *a, u64 count)
{
    a->reg[0] = id((u16)below(count));
    a->allowed = ALLOW_SUCCESS;
    if (once(3)) {
        a->reg[0] = nobody();
        a->allowed = ALLOW_REG0;
    }
    return 1;
}

/** Of objects, of which version 2 has all but one that 16 bits can name. */
static u32 dump_object(struct attempt *a, u64 count)
{
    u32 made = dump(a, count);
#ifdef VERSION_2
    if (a->allowed == ALLOW_REG0)
        a->reg[0] = id(NOTHING);
#endif
    return made;
}

u32 dump_vm(struct processor *p, struct attempt *a) { return (void)p, dump_object(a, BF_MAX_VMS); }
u32 dump_vp(struct processor *p, struct attempt *a) { return (void)p, dump_object(a, BF_MAX_VPS); }
u32 dump_vs(struct processor *p, struct attempt *a) { return (void)p, dump_object(a, BF_MAX_VSS); }
u32 dump_log(struct processor *p, struct attempt *a) { return (void)p, dump(a, tcb()->online_pps); }
u32 dump_extension(struct processor *p, struct attempt *a) { return (void)p, dump(a, 1); }
u32 dump_pool(struct processor *p, struct attempt *a) { return (void)p, a->allowed = ALLOW_SUCCESS; }
