/* SPDX-License-Identifier: MIT */
/* Which call is made next, how it ended, and how often */
#include "attempt.h"

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
#ifdef VERSION_2
    KIND(NESTED_CREATE, 4, nested_create, nested_created),
    KIND(NESTED_DESTROY, 4, nested_destroy, nested_destroyed),
    KIND(NESTED_MAP, 12, nested_map, nested_shown),
    KIND(NESTED_UNMAP, 8, nested_unmap, nested_unmapped),
    KIND(NESTED_PROTECT, 8, nested_protect, nested_protected),
    KIND(NESTED_TRANSLATE, 10, nested_translate, nested_translated),
    KIND(NESTED_COPY, 8, nested_copy, nested_copied),
    KIND(NESTED_HARVEST, 8, nested_harvest, nested_harvested),
    KIND(NESTED_IDENTITY, 4, nested_identity, nested_shown),
    KIND(NESTED_ATTACH, 6, nested_attach, nested_attached),
    KIND(NESTED_DETACH, 6, nested_detach, nested_detached),
    KIND(NESTED_FLUSH, 4, nested_flush, 0),
    KIND(NESTED_GUARD, 2, nested_guard, 0),
    KIND(MAP_CREATE, 4, map_create, map_created),
    KIND(MAP_DESTROY, 4, map_destroy, map_destroyed),
    KIND(MAP_TRAP, 6, map_trap, map_trapped),
    KIND(MAP_PASS, 6, map_pass, map_passed),
    KIND(MAP_QUERY, 8, map_query, map_queried),
    KIND(MAP_ATTACH, 6, map_attach, map_attached),
    KIND(MAP_DETACH, 6, map_detach, map_detached),
    KIND(FPU_READ, 6, fpu_read, fpu_was_read),
    KIND(FPU_WRITE, 6, fpu_write, fpu_was_written),
    KIND(MSR_READ, 6, msr_read, 0),
    KIND(MSR_WRITE, 6, msr_write, msr_was_written),
    KIND(MESSAGE_REGISTER, 2, message_register, 0),
    KIND(MESSAGE_FIND, 2, message_find, 0),
    KIND(MESSAGE_CALL, 2, message_call, 0),
    KIND(MESSAGE_REPLY, 2, message_reply, 0),
    KIND(STATISTICS_POOL, 4, statistics_pool, pool_counted),
    KIND(STATISTICS_EXITS, 4, statistics_exits, 0),
    KIND(STATISTICS_CALLS, 4, statistics_calls, 0),
    KIND(MEMORY_GROW, 4, memory_grow, memory_grown),
#endif
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
    case BF_STATUS_INVALID_INPUT_REG4:
        return ALLOW_REG4;
    case BF_STATUS_INVALID_INPUT_REG5:
        return ALLOW_REG5;
    case BF_STATUS_INVALID_PERM_DENIED:
        return ALLOW_DENIED;
    case BF_STATUS_FAILURE_UNSUPPORTED:
        return ALLOW_UNSUPPORTED;
    default:
        return 0;
    }
}

static void complain(const char *what, u32 number, const u64 *reg, u64 status, u32 allowed)
{
    print("fuzz: WRONG ");
    print(what);
    const u64 values[] = {number, reg[0], reg[1], reg[2], reg[3], reg[4], reg[5], status, allowed};
    for (u32 i = 0; i < sizeof(values) / sizeof(*values); i++)
        print_hex(values[i]);
    end_line();
    mine()->bad++;
}

/** RBX, RBP and R12 to R15 hold across every call. */
static struct registers call(u32 number, const u64 *reg)
{
    static const u64 kept = 0x5eed0000c0de0000;
    struct registers registers = {.rax = SIGNED(number), .rdi = reg[0], .rsi = reg[1], .rdx = reg[2], .r10 = reg[3], .r8 = reg[4], .r9 = reg[5]};
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
    struct attempt a = {.reg = {0, next_random(), next_random(), next_random(), next_random(), next_random()}};
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
    const u64 reg[] = {0, reg1, reg2, reg3, 0, 0};
    return need_all(number, reg);
}

struct registers need_all(u32 number, const u64 *reg)
{
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
