/* SPDX-License-Identifier: MIT */
/* Calls on VMs, their direct maps among them */
#include "attempt.h"

u32 vm_create(struct processor *p, struct attempt *a)
{
    a->own = some(p->vms, OWN_VMS, 0);
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return a->own != 0;
}

u32 vm_destroy(struct processor *p, struct attempt *a)
{
    if (once(6))
        return wrong_first(a);
    if (once(6)) {
        a->reg[1] = id(BF_ROOT_VMID);
        a->allowed = ALLOW_UNKNOWN;
        return 1;
    }
    a->own = some(p->vms, OWN_VMS, 1);
    if (a->own == 0)
        return 0;
    a->reg[1] = id(a->own->id);
    a->allowed = children(p->vps, OWN_VPS, a->own->id) ? ALLOW_UNKNOWN : ALLOW_SUCCESS;
    return 1;
}

void vm_destroyed(struct processor *p, struct attempt *a, const struct registers *result)
{
    drop_own(p, a, result);
    for (u32 i = 0; i < OWN_MAPPINGS; i++)
        if (p->mappings[i].vm == a->own->id)
            p->mappings[i].used = 0;
}

/** A VM of this processor's, or the root VM. */
u32 any_vm(struct processor *p)
{
    struct own *own = some(p->vms, OWN_VMS, 1);
    return own == 0 || once(2) ? BF_ROOT_VMID : own->id;
}

/** Physical pages that only this processor maps: beyond all memory. */
static u64 own_physical(void)
{
    return BF_EXT_DIRECT_BYTES - (this_pp() + 1ull) * 0x100000 + below(16) * PAGE;
}

static struct mapping *find_mapping(struct processor *p, u32 vm, u64 physical)
{
    for (u32 i = 0; i < OWN_MAPPINGS; i++) {
        struct mapping *mapping = &p->mappings[i];
        if (mapping->used && mapping->vm == vm && mapping->physical == physical)
            return mapping;
    }
    return 0;
}

u32 map_direct(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    u32 vm = any_vm(p);
    u64 physical = own_physical();
    a->reg[1] = id(vm);
    if (once(8)) {
        static const u64 bad[] = {0, 8, 0xfff, BF_EXT_DIRECT_BYTES, BF_EXT_DIRECT_BYTES + PAGE, ~0ull, ~0xfffull};
        a->reg[2] = bad[below(sizeof(bad) / sizeof(*bad))];
        a->allowed = ALLOW_REG2;
        return 1;
    }
    a->reg[2] = physical;
    a->allowed = ALLOW_UNKNOWN;
    if (find_mapping(p, vm, physical) != 0)
        return 1;
    for (u32 i = 0; i < OWN_MAPPINGS; i++)
        if (!p->mappings[i].used)
            a->mapping = &p->mappings[i];
    if (a->mapping == 0)
        return 0;
    a->mapping->vm = vm;
    a->mapping->physical = physical;
    a->allowed |= ALLOW_SUCCESS;
    return 1;
}

void mapped(struct processor *p, struct attempt *a, const struct registers *result)
{
    a->mapping->used = 1;
    if (result->rdi != BF_EXT_DIRECT_BASE + a->reg[2])
        p->bad++;
}

u32 unmap_direct(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    if (once(8)) {
        a->reg[1] = id(any_vm(p));
        a->reg[2] = once(2) ? next_random() | 1 : BF_EXT_DIRECT_BASE;
        a->allowed = ALLOW_REG2;
        return 1;
    }
    u32 vm = any_vm(p);
    u64 physical = own_physical();
    u32 first = (u32)below(OWN_MAPPINGS);
    for (u32 i = 0; i < OWN_MAPPINGS && !once(6); i++) {
        struct mapping *mapping = &p->mappings[(first + i) % OWN_MAPPINGS];
        if (!mapping->used)
            continue;
        vm = mapping->vm;
        physical = mapping->physical;
        break;
    }
    a->mapping = find_mapping(p, vm, physical);
    a->reg[1] = id(vm);
    a->reg[2] = BF_EXT_DIRECT_BASE + physical;
    a->allowed = a->mapping != 0 ? ALLOW_SUCCESS : ALLOW_UNKNOWN;
    return 1;
}

void unmapped(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->mapping->used = 0;
}

u32 vm_flush(struct processor *p, struct attempt *a)
{
    if (once(8))
        return wrong_first(a);
    a->reg[1] = id(any_vm(p));
    a->allowed = ALLOW_SUCCESS;
    return 1;
}
