/* SPDX-License-Identifier: MIT */
/* Group 5: virtual processors */
#include "phases.h"

static void create_checks(void)
{
    const u64 no_vm[] = {BF_MAX_VMS - 1, BF_MAX_VMS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_vm) / sizeof(*no_vm); i++)
        expect_status(CALL(VP_CREATE, handle, no_vm[i]), BF_STATUS_INVALID_INPUT_REG1, "no VM");
}

static void create_good(void)
{
    struct result first = CALL(VP_CREATE, handle, 0xabcd0000u | BF_ROOT_VMID);
    struct result second = CALL(VP_CREATE, handle, BF_ROOT_VMID);
    must(first);
    must(second);
    expect(first.reg[0] & ~0xffffull, handle & ~0xffffull, "upper bits of REG0");
    expect((u16)first.reg[0] >= BF_MAX_VPS, 0, "identifier is too great");
    expect((u16)first.reg[0] == (u16)second.reg[0], 0, "two VPs have one identifier");
    must(CALL(VP_DESTROY, handle, (u16)second.reg[0]));
    must(CALL(VP_DESTROY, handle, (u16)first.reg[0]));
}

static void destroy_checks(void)
{
    const u64 no_vp[] = {BF_MAX_VPS - 1, BF_MAX_VPS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_vp) / sizeof(*no_vp); i++)
        expect_status(CALL(VP_DESTROY, handle, no_vp[i]), BF_STATUS_INVALID_INPUT_REG1, "no VP");
    struct result vp = CALL(VP_CREATE, handle, BF_ROOT_VMID);
    must(vp);
    u16 id = (u16)vp.reg[0];
    struct result vs = CALL(VS_CREATE, handle, id, this_pp());
    must(vs);
    expect_status(CALL(VP_DESTROY, handle, id), BF_STATUS_FAILURE_UNKNOWN, "a VS is assigned");
    must(CALL(VS_DESTROY, handle, (u16)vs.reg[0]));
    expect_status(CALL(VP_DESTROY, handle, 0xabcd0000u | id), BF_STATUS_SUCCESS, "upper bits do not count");
    expect_status(CALL(VP_DESTROY, handle, id), BF_STATUS_INVALID_INPUT_REG1, "destroyed already");
    expect_status(CALL(VP_DESTROY, handle, root_vp(this_pp())), BF_STATUS_FAILURE_UNKNOWN, "the root VM's");
}

void test_vps(void)
{
    static const struct test tests[] = {
        {"arguments", BF_SYSCALL_VP_CREATE, create_checks},
        {"good", BF_SYSCALL_VP_CREATE, create_good},
        {"good", BF_SYSCALL_VP_DESTROY, destroy_checks},
    };
    RUN_ALL(tests);
}
