/* SPDX-License-Identifier: MIT */
/* Group 2: none of the calls wants a handle; what they print is compared outside (ring.ts) */
#include "phases.h"

#define PRINTS(name, ...)                                                                                           \
    begin_text(#name);                                                                                              \
    begin_case("good", BF_SYSCALL_##name);                                                                          \
    must(CALL(name, ##__VA_ARGS__));                                                                                \
    end_text();                                                                                                     \
    end_case();

#define REFUSES(name, argument)                                                                                     \
    expect_status(CALL(name, argument), BF_STATUS_INVALID_INPUT_REG0, #argument);

/** The last identifier is good although nothing has it; the upper bits do not count. */
#define CHECKS_IDENTIFIER(name, count)                                                                              \
    begin_case("identifier", BF_SYSCALL_##name);                                                                    \
    REFUSES(name, count)                                                                                            \
    REFUSES(name, 0xffff)                                                                                           \
    REFUSES(name, 0xffffffffffff0000 | count)                                                                       \
    end_case();                                                                                                     \
    begin_case("unallocated", BF_SYSCALL_##name);                                                                   \
    must(CALL(name, (count) - 1));                                                                                  \
    must(CALL(name, 0xffffffffffff0000 | ((count) - 1)));                                                           \
    end_case();

void test_debug(void)
{
    static const char words[] = "forty-two words\n";
    PRINTS(DEBUG_OUT, 0x1122334455667788, 0x99aabbccddeeff00)
    PRINTS(DEBUG_WRITE_C, 0xffffff00 | '#')
    PRINTS(DEBUG_WRITE_STR, (u64)words, sizeof(words) - 1)
    PRINTS(DEBUG_DUMP_VM, BF_ROOT_VMID)
    PRINTS(DEBUG_DUMP_VP, root_vp(this_pp()))
    PRINTS(DEBUG_DUMP_VS, root_vs(this_pp()))
    PRINTS(DEBUG_DUMP_VMEXIT_LOG, this_pp())
    PRINTS(DEBUG_DUMP_EXT, 0xffffffff0000)
    PRINTS(DEBUG_DUMP_PAGE_POOL)
    PRINTS(DEBUG_DUMP_HUGE_POOL)
    CHECKS_IDENTIFIER(DEBUG_DUMP_VM, BF_MAX_VMS)
    CHECKS_IDENTIFIER(DEBUG_DUMP_VP, BF_MAX_VPS)
    CHECKS_IDENTIFIER(DEBUG_DUMP_VS, BF_MAX_VSS)
    begin_case("identifier", BF_SYSCALL_DEBUG_DUMP_VMEXIT_LOG);
    REFUSES(DEBUG_DUMP_VMEXIT_LOG, online_pps)
    REFUSES(DEBUG_DUMP_VMEXIT_LOG, BF_INVALID_ID)
    end_case();
    begin_case("identifier", BF_SYSCALL_DEBUG_DUMP_EXT);
    REFUSES(DEBUG_DUMP_EXT, 1)
    REFUSES(DEBUG_DUMP_EXT, 0xffff)
    end_case();
    begin_case("null", BF_SYSCALL_DEBUG_WRITE_STR);
    expect_status(CALL(DEBUG_WRITE_STR, 0, 10), BF_STATUS_INVALID_INPUT_REG0, "null");
    must(CALL(DEBUG_WRITE_STR, (u64)words, 0));
    end_case();
}
