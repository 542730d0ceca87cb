/* SPDX-License-Identifier: MIT */
/* How the arguments of each call are chosen, and the statuses that it may have then
 *
 * Other processors make and destroy objects at the same time, so identifiers are a processor's own ones, whose state it
 * knows, or such that nobody can have. A pool may be empty at any time.
 */
#include "fuzz.h"

#ifdef INTEL
#define REGISTERS 0xa0u
/** What a register is good for differs between models. */
#define ALLOW_REGISTER (ALLOW_SUCCESS | ALLOW_UNKNOWN | ALLOW_REG2)
#else
#define REGISTERS BF_AMD_REG_XCR0
#define ALLOW_REGISTER ALLOW_SUCCESS
#endif
#define PAGE 0x1000u
#define MSR_TSC_AUX 0xc0000103u
#define MSR_EFER 0xc0000080u
#define MSR_LSTAR 0xc0000082u
#define MSR_PAT 0x277u
#define MSR_NOBODY_HAS 0x12345678u

struct attempt {
    u64 reg[4];
    u32 allowed;
    /** What is to be changed when it succeeds. */
    struct own *own;
    struct mapping *mapping;
    u64 *memory;
};

/** Fills an attempt in; false when nothing can be tried now. */
typedef u32 (*maker)(struct processor *p, struct attempt *a);
/** Notes a success. */
typedef void (*noter)(struct processor *p, struct attempt *a, const struct registers *result);

/** Identifiers count with their lowest 16 bits; the others are noise now and then. */
static u64 id(u16 value) { return once(4) ? (next_random() & ~0xffffull) | value : value; }
/** An identifier that no object has: more than any pool has. */
static u64 nobody(void) { return id((u16)(0x200 + below(0xfe00))); }

static struct own *some(struct own *list, u32 count, u32 used)
{
    u32 first = (u32)below(count);
    for (u32 i = 0; i < count; i++) {
        struct own *own = &list[(first + i) % count];
        if (own->used == used)
            return own;
    }
    return 0;
}

static u32 children(const struct own *list, u32 count, u16 parent)
{
    u32 found = 0;
    for (u32 i = 0; i < count; i++)
        found += list[i].used && list[i].parent == parent;
    return found;
}

/** Argument 1 is nobody's: that is what the status says, whatever follows. */
static u32 wrong_first(struct attempt *a)
{
    a->reg[1] = nobody();
    a->reg[2] = next_random();
    a->reg[3] = next_random();
    a->allowed = ALLOW_REG1;
    return 1;
}

static void keep_own(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p;
    a->own->used = 1;
    a->own->id = (u16)result->rdi;
}

static void drop_own(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->own->used = 0;
}

static u32 vm_create(struct processor *p, struct attempt *a)
{
    a->own = some(p->vms, OWN_VMS, 0);
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return a->own != 0;
}

static u32 vm_destroy(struct processor *p, struct attempt *a)
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

static void vm_destroyed(struct processor *p, struct attempt *a, const struct registers *result)
{
    drop_own(p, a, result);
    for (u32 i = 0; i < OWN_MAPPINGS; i++)
        if (p->mappings[i].vm == a->own->id)
            p->mappings[i].used = 0;
}

/** A VM of this processor's, or the root VM. */
static u16 any_vm(struct processor *p)
{
    struct own *own = some(p->vms, OWN_VMS, 1);
    return own == 0 || once(2) ? BF_ROOT_VMID : own->id;
}

/** Physical pages that only this processor maps: beyond all memory. */
static u64 own_physical(void)
{
    return BF_EXT_DIRECT_BYTES - (this_pp() + 1ull) * 0x100000 + below(16) * PAGE;
}

static struct mapping *find_mapping(struct processor *p, u16 vm, u64 physical)
{
    for (u32 i = 0; i < OWN_MAPPINGS; i++) {
        struct mapping *mapping = &p->mappings[i];
        if (mapping->used && mapping->vm == vm && mapping->physical == physical)
            return mapping;
    }
    return 0;
}

static u32 map_direct(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    u16 vm = any_vm(p);
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

static void mapped(struct processor *p, struct attempt *a, const struct registers *result)
{
    a->mapping->used = 1;
    if (result->rdi != BF_EXT_DIRECT_BASE + a->reg[2])
        p->bad++;
}

static u32 unmap_direct(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    if (once(8)) {
        a->reg[1] = id(any_vm(p));
        a->reg[2] = once(2) ? next_random() | 1 : BF_EXT_DIRECT_BASE;
        a->allowed = ALLOW_REG2;
        return 1;
    }
    u16 vm = any_vm(p);
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

static void unmapped(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->mapping->used = 0;
}

static u32 vm_flush(struct processor *p, struct attempt *a)
{
    if (once(8))
        return wrong_first(a);
    a->reg[1] = id(any_vm(p));
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

static u32 vp_create(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    // Seldom one of its own, which could not be destroyed for long
    u16 vm = once(4) ? any_vm(p) : BF_ROOT_VMID;
    a->own = some(p->vps, OWN_VPS, 0);
    if (a->own == 0)
        return 0;
    a->own->parent = vm;
    a->reg[1] = id(vm);
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return 1;
}

static u32 vp_destroy(struct processor *p, struct attempt *a)
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
        return id((u16)(once(2) ? this_pp() : below(online)));
    a->allowed = ALLOW_REG2;
    return id((u16)(online + below(0xff00)));
}

static u32 vs_create(struct processor *p, struct attempt *a)
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

/** A VS of this processor's, which never runs. */
static u32 own_vs(struct processor *p, struct attempt *a)
{
    a->own = some(p->vss, OWN_VSS, 1);
    if (a->own == 0)
        return 0;
    a->reg[1] = id(a->own->id);
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

/** The same, mostly one that is assigned to this processor: those of others are out of reach. */
static u32 own_vs_here(struct processor *p, struct attempt *a)
{
    if (!own_vs(p, a))
        return 0;
    for (u32 i = 0; i < 6 && a->own->pp != this_pp() && !once(8); i++)
        own_vs(p, a);
    a->allowed = a->own->pp == this_pp() ? ALLOW_SUCCESS : ALLOW_REG1;
    return 1;
}

static u32 vs_destroy(struct processor *p, struct attempt *a) { return once(8) ? wrong_first(a) : own_vs(p, a); }
static u32 vs_clear(struct processor *p, struct attempt *a) { return once(8) ? wrong_first(a) : own_vs_here(p, a); }

/** Good for a processor's root VS alone, which is done in bootstrap and again here. */
static u32 vs_init_as_root(struct processor *p, struct attempt *a)
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

static u32 vs_read(struct processor *p, struct attempt *a) { return vs_access(p, a, 0); }
static u32 vs_write(struct processor *p, struct attempt *a) { return vs_access(p, a, 1); }

static u32 vs_migrate(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    if (!own_vs(p, a))
        return 0;
    a->reg[2] = some_pp(a);
    return 1;
}

static void migrated(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->own->pp = (u16)a->reg[2];
}

static u32 vs_flush(struct processor *p, struct attempt *a)
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
static u32 vs_set_active(struct processor *p, struct attempt *a)
{
    u32 pp = this_pp();
    if (once(4))
        return wrong_first(a);
    u32 is_guest = p->sacrificial == 1;
    a->reg[1] = id(is_guest ? p->guest.vm : BF_ROOT_VMID);
    a->reg[2] = id(is_guest ? p->guest.vp : root_vps[pp]);
    a->reg[3] = id(is_guest ? p->guest.vs : (u16)pp);
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

static u32 vs_promote(struct processor *p, struct attempt *a) { return (void)p, wrong_first(a); }

/** Calls that end the callback, with arguments that do not fit together. */
static u32 vs_run_wrong(struct processor *p, struct attempt *a)
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
static u32 vs_advance_wrong(struct processor *p, struct attempt *a)
{
    u32 made = vs_run_wrong(p, a);
    if (p->running == NOTHING && a->allowed != ALLOW_HANDLE)
        a->allowed = ALLOW_UNKNOWN;
    return made;
}

static u32 rdmsr(struct processor *p, struct attempt *a)
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
static u32 wrmsr(struct processor *p, struct attempt *a)
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

static u32 place_for(u64 *list, u32 count, struct attempt *a, u32 used)
{
    u32 first = (u32)below(count);
    for (u32 i = 0; i < count; i++)
        if ((list[(first + i) % count] != 0) == used)
            a->memory = &list[(first + i) % count];
    return a->memory != 0;
}

static u32 alloc_page(struct processor *p, struct attempt *a)
{
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return place_for(p->pages, OWN_PAGES, a, 0);
}

static u32 alloc_huge(struct processor *p, struct attempt *a)
{
    static const u64 bad[] = {0, 1, PAGE, PAGE + 8, BF_HUGE_POOL_BYTES, ~0ull, ~0xfffull};
    a->reg[1] = (2 + below(6)) * PAGE;
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    if (once(6)) {
        a->reg[1] = bad[below(sizeof(bad) / sizeof(*bad))];
        a->allowed = ALLOW_REG1;
    }
    return place_for(p->runs, OWN_RUNS, a, 0);
}

/** New memory is zeroed, and nobody else's: it holds what was written until it is given back. */
static void keep_memory(struct processor *p, struct attempt *a, const struct registers *result)
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
    return 1;
}

static u32 free_page(struct processor *p, struct attempt *a) { return free_memory(p->pages, OWN_PAGES, p, a); }
static u32 free_huge(struct processor *p, struct attempt *a) { return free_memory(p->runs, OWN_RUNS, p, a); }

static void drop_memory(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    *a->memory = 0;
}

static u32 debug_any(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[0] = next_random();
    a->reg[1] = next_random();
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

static u32 debug_letter(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[0] = '\n';
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

static u32 debug_text(struct processor *p, struct attempt *a)
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

static u32 dump_vm(struct processor *p, struct attempt *a) { return (void)p, dump(a, BF_MAX_VMS); }
static u32 dump_vp(struct processor *p, struct attempt *a) { return (void)p, dump(a, BF_MAX_VPS); }
static u32 dump_vs(struct processor *p, struct attempt *a) { return (void)p, dump(a, BF_MAX_VSS); }
static u32 dump_log(struct processor *p, struct attempt *a) { return (void)p, dump(a, tcb()->online_pps); }
static u32 dump_extension(struct processor *p, struct attempt *a) { return (void)p, dump(a, 1); }
static u32 dump_pool(struct processor *p, struct attempt *a) { return (void)p, a->allowed = ALLOW_SUCCESS; }

struct kind {
    const char *name;
    u32 number;
    /** How often it is chosen: dumps are long. */
    u32 weight;
    /** Whether REG0 is the handle. */
    u32 handled;
    maker make;
    noter done;
};

#define KIND(name, weight, make, done) {#name, BF_SYSCALL_##name, weight, 1, make, done}
#define PLAIN(name, weight, make) {#name, BF_SYSCALL_##name, weight, 0, make, 0}

static const struct kind kinds[] = {
    KIND(VM_CREATE, 8, vm_create, keep_own),
    KIND(VM_DESTROY, 10, vm_destroy, vm_destroyed),
    KIND(VM_MAP_DIRECT, 12, map_direct, mapped),
    KIND(VM_UNMAP_DIRECT, 8, unmap_direct, unmapped),
    KIND(VM_UNMAP_DIRECT_BROADCAST, 8, unmap_direct, unmapped),
    KIND(VM_TLB_FLUSH, 4, vm_flush, 0),
    KIND(VP_CREATE, 8, vp_create, keep_own),
    KIND(VP_DESTROY, 10, vp_destroy, drop_own),
    KIND(VS_CREATE, 8, vs_create, keep_own),
    KIND(VS_DESTROY, 8, vs_destroy, drop_own),
    KIND(VS_INIT_AS_ROOT, 3, vs_init_as_root, 0),
    KIND(VS_READ, 8, vs_read, 0),
    KIND(VS_WRITE, 8, vs_write, 0),
    KIND(VS_CLEAR, 7, vs_clear, 0),
    KIND(VS_MIGRATE, 5, vs_migrate, migrated),
    KIND(VS_TLB_FLUSH, 10, vs_flush, 0),
    KIND(VS_SET_ACTIVE, 10, vs_set_active, 0),
    KIND(VS_RUN, 3, vs_run_wrong, 0),
    KIND(VS_ADVANCE_IP_AND_RUN, 3, vs_run_wrong, 0),
    KIND(VS_ADVANCE_IP_AND_SET_ACTIVE, 3, vs_advance_wrong, 0),
    KIND(VS_PROMOTE, 2, vs_promote, 0),
    KIND(INTRINSIC_RDMSR, 4, rdmsr, 0),
    KIND(INTRINSIC_WRMSR, 4, wrmsr, 0),
    KIND(MEM_ALLOC_PAGE, 6, alloc_page, keep_memory),
    KIND(MEM_FREE_PAGE, 6, free_page, drop_memory),
    KIND(MEM_ALLOC_HUGE, 5, alloc_huge, keep_memory),
    KIND(MEM_FREE_HUGE, 5, free_huge, drop_memory),
    PLAIN(DEBUG_OUT, 4, debug_any),
    PLAIN(DEBUG_WRITE_C, 4, debug_letter),
    PLAIN(DEBUG_WRITE_STR, 5, debug_text),
    PLAIN(DEBUG_DUMP_VM, 4, dump_vm),
    PLAIN(DEBUG_DUMP_VP, 4, dump_vp),
    PLAIN(DEBUG_DUMP_VS, 4, dump_vs),
    PLAIN(DEBUG_DUMP_VMEXIT_LOG, 4, dump_log),
    PLAIN(DEBUG_DUMP_EXT, 4, dump_extension),
    PLAIN(DEBUG_DUMP_PAGE_POOL, 3, dump_pool),
    PLAIN(DEBUG_DUMP_HUGE_POOL, 3, dump_pool),
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))
/** Where VS_RUN_CURRENT and VS_ADVANCE_IP_AND_RUN_CURRENT are counted: they are never tried at random. */
#define RUN_CURRENT KINDS
#define ADVANCE_AND_RUN_CURRENT (KINDS + 1)

static u32 bit_of(u64 status)
{
    switch (status) {
    case BF_STATUS_SUCCESS:
        return ALLOW_SUCCESS;
    case BF_STATUS_FAILURE_INVALID_HANDLE:
        return ALLOW_HANDLE;
    case BF_STATUS_FAILURE_UNKNOWN:
        return ALLOW_UNKNOWN;
    case BF_STATUS_INVALID_INPUT_REG0:
        return ALLOW_REG0;
    case BF_STATUS_INVALID_INPUT_REG1:
        return ALLOW_REG1;
    case BF_STATUS_INVALID_INPUT_REG2:
        return ALLOW_REG2;
    case BF_STATUS_INVALID_INPUT_REG3:
        return ALLOW_REG3;
    default:
        return 0;
    }
}

static void complain(const char *what, u32 number, const u64 *reg, u64 status, u32 allowed)
{
    print("fuzz: WRONG ");
    print(what);
    const u64 values[] = {number, reg[0], reg[1], reg[2], reg[3], status, allowed};
    for (u32 i = 0; i < sizeof(values) / sizeof(*values); i++)
        print_hex(values[i]);
    end_line();
    mine()->bad++;
}

/** RBX, RBP and R12 to R15 hold across every call. */
static struct registers call(u32 number, const u64 *reg)
{
    static const u64 kept = 0x5eed0000c0de0000;
    struct registers registers = {.rax = SIGNED(number), .rdi = reg[0], .rsi = reg[1], .rdx = reg[2], .r10 = reg[3]};
    registers.rbx = registers.rbp = registers.r12 = registers.r13 = registers.r14 = registers.r15 = kept;
    raw_call(&registers);
    u64 changed = (registers.rbx ^ kept) | (registers.rbp ^ kept) | (registers.r12 ^ kept);
    changed |= (registers.r13 ^ kept) | (registers.r14 ^ kept) | (registers.r15 ^ kept);
    if (changed != 0)
        complain("registers", number, reg, registers.rax, 0);
    return registers;
}

static u32 choose(void)
{
    u32 total = 0;
    for (u32 i = 0; i < KINDS; i++)
        total += kinds[i].weight;
    u64 chosen = below(total);
    for (u32 i = 0;; i++) {
        if (chosen < kinds[i].weight)
            return i;
        chosen -= kinds[i].weight;
    }
}

void random_call(void)
{
    struct processor *p = mine();
    u32 index = choose();
    const struct kind *kind = &kinds[index];
    struct attempt a = {.reg = {0, next_random(), next_random(), next_random()}};
    if (!kind->make(p, &a))
        return;
    if (kind->handled && once(16)) {
        a.reg[0] = next_random() | 1;
        a.allowed = ALLOW_HANDLE;
    }
    p->made[index]++;
    struct registers result = call(kind->number, a.reg);
    if ((bit_of(result.rax) & a.allowed) == 0)
        complain(kind->name, kind->number, a.reg, result.rax, a.allowed);
    if (result.rax != BF_STATUS_SUCCESS)
        return;
    p->succeeded[index]++;
    if (kind->done != 0)
        kind->done(p, &a, &result);
}

struct registers need(u32 number, u64 reg1, u64 reg2, u64 reg3)
{
    const u64 reg[] = {0, reg1, reg2, reg3};
    struct registers result = call(number, reg);
    if (result.rax != BF_STATUS_SUCCESS)
        complain("needed", number, reg, result.rax, ALLOW_SUCCESS);
    return result;
}

static u32 index_of(u32 number)
{
    if (number == BF_SYSCALL_VS_RUN_CURRENT)
        return RUN_CURRENT;
    if (number == BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT)
        return ADVANCE_AND_RUN_CURRENT;
    u32 index = 0;
    while (kinds[index].number != number)
        index++;
    return index;
}

_Noreturn void run_call(u32 number, u64 reg1, u64 reg2, u64 reg3)
{
    struct processor *p = mine();
    p->running = index_of(number);
    p->made[p->running]++;
    need(number, reg1, reg2, reg3);
    // It has complained: a call that runs does not come back
    for (;;)
        need(BF_SYSCALL_CONTROL_EXIT, 0, 0, 0);
}

void count_run(void)
{
    struct processor *p = mine();
    if (p->running != NOTHING)
        p->succeeded[p->running]++;
}

void count_call(u32 number)
{
    u32 index = index_of(number);
    mine()->made[index]++;
    mine()->succeeded[index]++;
}

static void tally(const char *name, u32 index)
{
    const struct processor *p = mine();
    print("fuzz: tally ");
    print(name);
    print_hex(p->made[index]);
    print_hex(p->succeeded[index]);
    end_line();
}

void print_tally(void)
{
    for (u32 i = 0; i < KINDS; i++)
        tally(kinds[i].name, i);
    tally("VS_RUN_CURRENT", RUN_CURRENT);
    tally("VS_ADVANCE_IP_AND_RUN_CURRENT", ADVANCE_AND_RUN_CURRENT);
    print("fuzz: done");
    print_hex(this_pp());
    print_hex(mine()->bad);
    end_line();
}
