/* SPDX-License-Identifier: MIT */
/* Registers of a VS that vs_read and vs_write do not know: what XSAVE holds, and MSRs of its own */
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

/** A page of the extension's in REG2, or what is none. */
static u32 fpu(struct processor *p, struct attempt *a)
{
    static u64 areas[MAX_FUZZED_PPS][PAGE / 8] __attribute__((aligned(PAGE)));
    static const u64 bad[] = {0, 8, BF_DIRECT_BASE + PAGE, BF_PP_AREA_BASE + BF_PP_BLOCK, ~0xfull};
    a->reg[2] = (u64)areas[this_pp()];
    if (!with_vs(p, a))
        return 0;
    if (a->allowed == ALLOW_SUCCESS && once(8)) {
        a->reg[2] = once(2) ? a->reg[2] + 8 : bad[below(sizeof(bad) / sizeof(*bad))];
        a->allowed = ALLOW_REG2;
    }
    return 1;
}

u32 fpu_read(struct processor *p, struct attempt *a) { return fpu(p, a); }

void fpu_was_read(struct processor *p, struct attempt *a, const struct registers *result)
{
    const u64 *area = (const u64 *)a->reg[2];
    // MXCSR, and the header's reserved words: what the processor would refuse is never there
    if (result->rdi >= 512 && (area[3] & 0xffff0000) == 0 && area[65] == 0 && area[71] == 0)
        return;
    print("fuzz: WRONG XSAVE area");
    end_line();
    p->bad++;
}

/** With whatever is in the page, and random words in it. */
u32 fpu_write(struct processor *p, struct attempt *a)
{
    if (!fpu(p, a))
        return 0;
    if (a->allowed == ALLOW_SUCCESS)
        for (u32 i = 0; i < 16; i++)
            ((u64 *)a->reg[2])[below(96)] = next_random();
    return 1;
}

void fpu_was_written(struct processor *p, struct attempt *a, const struct registers *result)
{
    struct registers read = need(BF_SYSCALL_FPU_READ, a->reg[1], a->reg[2], 0);
    (void)result;
    fpu_was_read(p, a, &read);
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
