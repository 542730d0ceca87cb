/* SPDX-License-Identifier: MIT */
/* What the calls that run or activate a VS refuse: in bootstrap, where none is active yet, and in vmexit */
#include "phases.h"
#include "vendor.h"

/** What each processor makes for it: `elsewhere` is a VS of another processor. */
static struct ids {
    u16 vm, vp, vs, elsewhere;
} ids_of[MAX_TESTED_PPS];

static struct ids *ids(void) { return &ids_of[this_pp()]; }

static void make_guest(void)
{
    struct result result = CALL(VM_CREATE, handle);
    must(result);
    ids()->vm = (u16)result.reg[0];
    result = CALL(VP_CREATE, handle, ids()->vm);
    must(result);
    ids()->vp = (u16)result.reg[0];
    result = CALL(VS_CREATE, handle, ids()->vp, this_pp());
    must(result);
    ids()->vs = (u16)result.reg[0];
    result = CALL(VS_CREATE, handle, ids()->vp, (this_pp() + 1) % online_pps);
    must(result);
    ids()->elsewhere = (u16)result.reg[0];
}

#define REFUSES(name, call_vm, call_vp, call_vs, wanted, what)                                                      \
    expect_status(CALL(name, handle, call_vm, call_vp, call_vs), BF_STATUS_INVALID_INPUT_##wanted, what);

#define CHECKS(name)                                                                                                \
    begin_case("arguments", BF_SYSCALL_##name);                                                                     \
    REFUSES(name, BF_MAX_VMS - 1, ~0ull, ~0ull, REG1, "no VM")                                                      \
    REFUSES(name, BF_MAX_VMS, ids()->vp, ids()->vs, REG1, "no VM")                                                  \
    REFUSES(name, BF_INVALID_ID, ids()->vp, ids()->vs, REG1, "no VM")                                               \
    REFUSES(name, ids()->vm, BF_MAX_VPS - 1, ~0ull, REG2, "no VP")                                                  \
    REFUSES(name, ids()->vm, BF_MAX_VPS, ids()->vs, REG2, "no VP")                                                  \
    REFUSES(name, ids()->vm, BF_INVALID_ID, ids()->vs, REG2, "no VP")                                               \
    REFUSES(name, ids()->vm, root_vp(this_pp()), root_vs(this_pp()), REG2, "a VP of another VM")                    \
    REFUSES(name, BF_ROOT_VMID, ids()->vp, ids()->vs, REG2, "a VP of another VM")                                   \
    REFUSES(name, ids()->vm, root_vp(this_pp()), BF_MAX_VSS - 1, REG3, "no VS, before a VP of another VM")          \
    REFUSES(name, ids()->vm, ids()->vp, BF_MAX_VSS - 1, REG3, "no VS")                                              \
    REFUSES(name, ids()->vm, ids()->vp, BF_MAX_VSS, REG3, "no VS")                                                  \
    REFUSES(name, ids()->vm, ids()->vp, BF_INVALID_ID, REG3, "no VS")                                               \
    REFUSES(name, ids()->vm, ids()->vp, root_vs(this_pp()), REG3, "a VS of another VP")                             \
    if (online_pps > 1)                                                                                             \
        REFUSES(name, ids()->vm, ids()->vp, ids()->elsewhere, REG3, "a VS of another PP")                           \
    end_case();

static void nothing_active(void)
{
    expect_status(CALL(VS_RUN_CURRENT, handle), BF_STATUS_FAILURE_UNKNOWN, "nothing is active");
}

static void nothing_active_to_advance(void)
{
    expect_status(CALL(VS_ADVANCE_IP_AND_RUN_CURRENT, handle), BF_STATUS_FAILURE_UNKNOWN, "nothing is active");
}

/** Before it looks at any argument. */
static void nothing_active_to_leave(void)
{
    const u64 wrong = BF_INVALID_ID;
    struct result result = CALL(VS_ADVANCE_IP_AND_SET_ACTIVE, handle, wrong, wrong, wrong);
    expect_status(result, BF_STATUS_FAILURE_UNKNOWN, "nothing is active, and no argument is good");
    // A VS that became active could not be taken back
    if (result.status != BF_STATUS_FAILURE_UNKNOWN)
        return;
    result = CALL(VS_ADVANCE_IP_AND_SET_ACTIVE, handle, ids()->vm, ids()->vp, ids()->vs);
    expect_status(result, BF_STATUS_FAILURE_UNKNOWN, "nothing is active");
}

static void promote_checks(void)
{
    const u64 no_vs[] = {BF_MAX_VSS - 1, BF_MAX_VSS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_vs) / sizeof(*no_vs); i++)
        expect_status(CALL(VS_PROMOTE, handle, no_vs[i]), BF_STATUS_INVALID_INPUT_REG1, "no VS");
    if (online_pps > 1)
        expect_status(CALL(VS_PROMOTE, handle, ids()->elsewhere), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP");
}

static void destroy_guest(void)
{
    must(CALL(VS_DESTROY, handle, ids()->elsewhere));
    must(CALL(VS_DESTROY, handle, ids()->vs));
    must(CALL(VP_DESTROY, handle, ids()->vp));
    must(CALL(VM_DESTROY, handle, ids()->vm));
}

void test_run_checks(void)
{
    static const struct test prepare[] = {{"prepare", BF_SYSCALL_VS_CREATE, make_guest}};
    static const struct test tests[] = {
        {"nothing_active", BF_SYSCALL_VS_RUN_CURRENT, nothing_active},
        {"nothing_active", BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, nothing_active_to_advance},
        {"nothing_active", BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, nothing_active_to_leave},
        {"arguments", BF_SYSCALL_VS_PROMOTE, promote_checks},
        {"afterwards", BF_SYSCALL_VM_DESTROY, destroy_guest},
    };
    RUN_ALL(prepare);
    CHECKS(VS_RUN)
    CHECKS(VS_ADVANCE_IP_AND_RUN)
    CHECKS(VS_SET_ACTIVE)
    RUN_ALL(tests);
}

void test_active_run_checks(void)
{
    static const struct test prepare[] = {{"prepare", BF_SYSCALL_VS_CREATE, make_guest}};
    static const struct test afterwards[] = {{"afterwards", BF_SYSCALL_VM_DESTROY, destroy_guest}};
    RUN_ALL(prepare);
    u64 rip = CALL(VS_READ, handle, root_vs(this_pp()), REG(RIP)).reg[0];
    CHECKS(VS_ADVANCE_IP_AND_SET_ACTIVE)
    begin_case("refused", BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE);
    expect(CALL(VS_READ, handle, root_vs(this_pp()), REG(RIP)).reg[0], rip, "RIP of the active VS");
    end_case();
    RUN_ALL(afterwards);
}
