/* SPDX-License-Identifier: MIT */
/* Calls on VPs and VSs */
#include "attempt.h"

#ifdef INTEL
#define REGISTERS 0xa0u
/** What a register is good for differs between models. */
#define ALLOW_REGISTER (ALLOW_SUCCESS | ALLOW_UNKNOWN | ALLOW_REG2)
#else
#define REGISTERS BF_AMD_REG_XCR0
#define ALLOW_REGISTER ALLOW_SUCCESS
#endif

u32 vp_create(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    // Seldom one of its own, which could not be destroyed for long
    u32 vm = once(4) ? any_vm(p) : BF_ROOT_VMID;
    a->own = some(p->vps, OWN_VPS, 0);
    if (a->own == 0)
        return 0;
    a->own->parent = vm;
    a->reg[1] = id(vm);
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return 1;
}

u32 vp_destroy(struct processor *p, struct attempt *a)
{
    if (once(8))
        return wrong_first(a);
    a->own = some(p->vps, OWN_VPS, 1);
    if (a->own == 0)
        return 0;
    a->reg[1] = id(a->own->id);
    a->allowed = children(p->vss, OWN_VSS, a->own->id) ? ALLOW_UNKNOWN : ALLOW_SUCCESS;
    return 1;
}

static u64 some_pp(struct attempt *a)
{
    u32 online = tcb()->online_pps;
    // Most calls reach a VS only where it is
    if (!once(8))
        return id(once(2) ? this_pp() : (u32)below(online));
    a->allowed = ALLOW_REG2;
    return id((u32)(online + below(0xff00)));
}

u32 vs_create(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    struct own *vp = some(p->vps, OWN_VPS, 1);
    a->own = some(p->vss, OWN_VSS, 0);
    if (vp == 0 || a->own == 0)
        return 0;
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    a->reg[1] = id(vp->id);
    a->reg[2] = some_pp(a);
    a->own->parent = vp->id;
    a->own->pp = (u16)a->reg[2];
    return 1;
}

u32 own_vs(struct processor *p, struct attempt *a)
{
    a->own = some(p->vss, OWN_VSS, 1);
    if (a->own == 0)
        return 0;
    a->reg[1] = id(a->own->id);
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

u32 own_vs_here(struct processor *p, struct attempt *a)
{
    if (!own_vs(p, a))
        return 0;
    for (u32 i = 0; i < 6 && a->own->pp != this_pp() && !once(8); i++)
        own_vs(p, a);
    a->allowed = a->own->pp == this_pp() ? ALLOW_SUCCESS : ALLOW_REG1;
    return 1;
}

u32 vs_destroy(struct processor *p, struct attempt *a) { return once(8) ? wrong_first(a) : own_vs(p, a); }
u32 vs_clear(struct processor *p, struct attempt *a) { return once(8) ? wrong_first(a) : own_vs_here(p, a); }

/** Good for a processor's root VS alone, which is done in bootstrap and again here. */
u32 vs_init_as_root(struct processor *p, struct attempt *a)
{
    if (once(4))
        return wrong_first(a);
    if (!own_vs(p, a))
        return 0;
    a->allowed = ALLOW_REG1;
    return 1;
}

static u32 vs_access(struct processor *p, struct attempt *a, u32 write)
{
    if (once(10))
        return wrong_first(a);
    if (!own_vs_here(p, a))
        return 0;
    a->reg[2] = 1 + below(REGISTERS);
    a->reg[3] = next_random();
    if (a->allowed == ALLOW_REG1)
        return 1;
    a->allowed = ALLOW_REGISTER;
#ifdef VERSION_2
    // Those that name memory by its address
    if (write)
        a->allowed |= ALLOW_DENIED;
#endif
    if (once(10)) {
        a->reg[2] = once(2) ? 0 : 0x8000 + below(0x10000);
        a->allowed = ALLOW_REG2;
    }
    // Fits the narrowest, or is more than most have; CR8 and XCR0 have rules of their own
    else if (write && once(4))
        a->allowed |= ALLOW_UNKNOWN;
    else if (write) {
        a->reg[3] &= 0xff;
#ifndef INTEL
        if (a->reg[2] == BF_AMD_REG_CR8 || a->reg[2] == BF_AMD_REG_XCR0)
            a->allowed |= ALLOW_UNKNOWN;
#endif
    }
    return 1;
}

u32 vs_read(struct processor *p, struct attempt *a) { return vs_access(p, a, 0); }
u32 vs_write(struct processor *p, struct attempt *a) { return vs_access(p, a, 1); }

u32 vs_migrate(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    if (!own_vs(p, a))
        return 0;
    a->reg[2] = some_pp(a);
    return 1;
}

void migrated(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->own->pp = (u16)a->reg[2];
}

u32 vs_flush(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    if (!own_vs_here(p, a))
        return 0;
    a->reg[2] = (next_random() | PAGE) & ~0xfffull;
    if (once(6)) {
        a->reg[2] = once(2) ? 0 : next_random() | 1;
        if (a->allowed != ALLOW_REG1)
            a->allowed = ALLOW_REG2;
    }
    return 1;
}

/** Makes the VS active that is active already, which changes nothing, or something that does not fit together. */
u32 vs_set_active(struct processor *p, struct attempt *a)
{
    u32 pp = this_pp();
    if (once(4))
        return wrong_first(a);
    u32 is_guest = p->sacrificial == 1;
    a->reg[1] = id(is_guest ? p->guest.vm : BF_ROOT_VMID);
    a->reg[2] = id(is_guest ? p->guest.vp : root_vps[pp]);
    a->reg[3] = id(is_guest ? p->guest.vs : pp);
    a->allowed = ALLOW_SUCCESS;
    if (once(4)) {
        a->reg[2] = nobody();
        a->allowed = ALLOW_REG2;
    } else if (once(4) || p->running == NOTHING) {
        a->reg[3] = nobody();
        a->allowed = ALLOW_REG3;
    }
    return 1;
}

u32 vs_promote(struct processor *p, struct attempt *a) { return (void)p, wrong_first(a); }

/** Calls that end the callback, with arguments that do not fit together. */
u32 vs_run_wrong(struct processor *p, struct attempt *a)
{
    (void)p;
    wrong_first(a);
    if (once(2))
        return 1;
    a->reg[1] = id(BF_ROOT_VMID);
    a->reg[2] = once(2) ? nobody() : id(root_vps[this_pp()]);
    a->reg[3] = nobody();
    a->allowed = (u16)a->reg[2] == root_vps[this_pp()] ? ALLOW_REG3 : ALLOW_REG2;
    return 1;
}

/** The same, where it matters first whether there is a VS to leave. */
u32 vs_advance_wrong(struct processor *p, struct attempt *a)
{
    u32 made = vs_run_wrong(p, a);
    if (p->running == NOTHING && a->allowed != ALLOW_HANDLE)
        a->allowed = ALLOW_UNKNOWN;
    return made;
}
