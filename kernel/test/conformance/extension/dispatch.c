/* SPDX-License-Identifier: MIT */
/* Numbers that no call has, and what of RAX counts */
#include "phases.h"

/** Behind the last call of each group, and groups that are none. */
static void refuses_numbers(void)
{
    const u32 numbers[] = {0x3,     0xf,     0x10002, 0x2000a, 0x2ffff, 0x30003, 0x40006,   0x50002,
                           0x6000f, 0x600ff, 0x70002, 0x80004, 0x90000, 0xf0000, 0x7fff0000, 0xffffffff};
    for (u32 i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        struct result result = invoke(SIGNED(numbers[i]), handle, FILL1, FILL2, FILL3);
        expect(result.status, BF_STATUS_FAILURE_UNSUPPORTED, "status of a number without a call");
    }
}

static void refuses_signatures(void)
{
    const u64 signatures[] = {0, 0x4266, 0x6643, 0x6642 ^ 0x8000, 0xffff};
    for (u32 i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
        struct result result = invoke(signatures[i] << 48 | BF_SYSCALL_DEBUG_DUMP_EXT, 0, FILL1, FILL2, FILL3);
        expect(result.status, BF_STATUS_FAILURE_UNSUPPORTED, "status without the signature");
    }
}

static void ignores_flags(void)
{
    struct result result = invoke(SIGNED(0xffffull << 32 | BF_SYSCALL_VS_READ), handle, 0xffff, 1, FILL3);
    expect(result.status, BF_STATUS_INVALID_INPUT_REG1, "status with all flags set");
}

void test_dispatch(void)
{
    static const struct test tests[] = {
        {"numbers", SUBJECT_DISPATCH, refuses_numbers},
        {"signature", SUBJECT_DISPATCH, refuses_signatures},
        {"flags", SUBJECT_DISPATCH, ignores_flags},
    };
    RUN_ALL(tests);
}
