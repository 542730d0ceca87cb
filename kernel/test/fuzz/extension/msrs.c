/* SPDX-License-Identifier: MIT */
/* Calls on MSRs */
#include "attempt.h"

#define MSR_TSC_AUX 0xc0000103u
#define MSR_EFER 0xc0000080u
#define MSR_LSTAR 0xc0000082u
#define MSR_PAT 0x277u
#define MSR_NOBODY_HAS 0x12345678u

u32 rdmsr(struct processor *p, struct attempt *a)
{
    static const u32 msrs[] = {MSR_EFER, MSR_LSTAR, MSR_PAT, MSR_TSC_AUX};
    (void)p;
    a->reg[1] = msrs[below(4)];
    a->allowed = ALLOW_SUCCESS;
    if (once(4)) {
        // Emulators have their own ideas of those
        a->reg[1] = MSR_NOBODY_HAS + below(0x1000);
        a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    }
    return 1;
}

/** TSC_AUX alone changes nothing that anybody needs; MSRs that the microkernel lives by refuse another value. */
u32 wrmsr(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[1] = MSR_TSC_AUX;
    a->reg[2] = next_random() & 0xffffffff;
    a->allowed = ALLOW_SUCCESS;
    if (once(4)) {
        static const u32 msrs[] = {MSR_EFER, MSR_LSTAR};
        a->reg[1] = msrs[below(2)];
        a->reg[2] = ~0ull;
        a->allowed = ALLOW_UNKNOWN;
    }
    return 1;
}
