/* SPDX-License-Identifier: MIT */
/* Pools are finite: all of them, and one more, and all back in the reverse order */
#include "phases.h"

static u16 identifiers[BF_MAX_VSS];

/** Creates what is left of a pool of `count` and destroys it; `used` exist already. */
#define FILLS(create, destroy, count, used, ...)                                                                    \
    depend_on(BF_SYSCALL_##destroy);                                                                                \
    u8 seen[BF_MAX_VSS] = {0};                                                                                      \
    for (u32 i = (used); i < (count); i++) {                                                                        \
        struct result result = CALL(create, handle, ##__VA_ARGS__);                                                 \
        expect_status(result, BF_STATUS_SUCCESS, "below the limit");                                                \
        identifiers[i] = (u16)result.reg[0];                                                                        \
        u32 known = identifiers[i] >= (count) || seen[identifiers[i]]++ != 0;                                       \
        expect(known, 0, "identifier is too great or given twice");                                                 \
    }                                                                                                               \
    for (u32 i = 0; i < 2; i++)                                                                                     \
        expect_status(CALL(create, handle, ##__VA_ARGS__), BF_STATUS_FAILURE_UNKNOWN, "one more than the limit");   \
    for (u32 i = (count); i-- > (used);)                                                                            \
        expect_status(CALL(destroy, handle, identifiers[i]), BF_STATUS_SUCCESS, "each of them");

static void vms(void) { FILLS(VM_CREATE, VM_DESTROY, BF_MAX_VMS, 1) }
static void vps(void) { FILLS(VP_CREATE, VP_DESTROY, BF_MAX_VPS, this_pp() + 1, BF_ROOT_VMID) }
static void vss(void)
{
    FILLS(VS_CREATE, VS_DESTROY, BF_MAX_VSS, this_pp() + 1, root_vp(this_pp()), this_pp())
}

void test_limits(void)
{
    static const struct test tests[] = {
        {"limit", BF_SYSCALL_VM_CREATE, vms},
        {"limit", BF_SYSCALL_VP_CREATE, vps},
        {"limit", BF_SYSCALL_VS_CREATE, vss},
    };
    for (u32 round = 0; round < 2; round++)
        RUN_ALL(tests);
}
