/* SPDX-License-Identifier: MIT */
/* MSRs of a VS of its own */
#include "attempt.h"

#ifdef VERSION_2
#define MSR_TSC_AUX 0xc0000103u
#define MSR_EFER 0xc0000080u

/** A VS of this processor's in REG1, which is all that is right now and then. */
static u32 with_vs(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    return own_vs_here(p, a);
}

static u32 msr(struct processor *p, struct attempt *a)
{
    a->reg[2] = MSR_TSC_AUX;
    if (!with_vs(p, a))
        return 0;
    if (a->allowed == ALLOW_SUCCESS && once(8)) {
        a->reg[2] = once(2) ? MSR_EFER : next_random() | 1ull << 32;
        a->allowed = ALLOW_REG2;
    }
    return 1;
}

u32 msr_read(struct processor *p, struct attempt *a) { return msr(p, a); }

u32 msr_write(struct processor *p, struct attempt *a)
{
    a->reg[3] &= 0xffffffff;
    return msr(p, a);
}

void msr_was_written(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)result;
    if (need(BF_SYSCALL_MSR_READ, a->reg[1], a->reg[2], 0).rdi == a->reg[3])
        return;
    print("fuzz: WRONG MSR of a VS");
    end_line();
    p->bad++;
}
#endif
