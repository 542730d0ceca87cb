/* SPDX-License-Identifier: MIT */
/* What the microkernel makes of the file: layout.ld has the sections of an extension for Bareflank 3.0 */
#include "phases.h"

#define PAGE 0x1000u

extern char text_start[], rodata_start[], data_start[], tls_start[], bss_start[], got_start[];

static volatile u64 initialised = 0x1122334455667788;
static const volatile u64 constant = 0x99aabbccddeeff00;
static volatile u8 zeroes[3 * PAGE];
#ifdef TLS_IMAGE
static __thread volatile u64 thread_initialised = 0x5152535455565758;
#endif
static __thread volatile u64 thread_zeroes[4];

static void sections(void)
{
    expect((u64)text_start, BF_EXT_CODE_BASE, ".text");
    u64 all = (u64)rodata_start | (u64)data_start | (u64)bss_start | (u64)got_start;
    expect(all & (PAGE - 1), 0, "alignment of sections");
#ifndef TLS_IMAGE
    expect((u64)tls_start, (u64)bss_start, ".tbss is where .bss begins");
#endif
}

/** Once: other cases write there. */
static void data(void)
{
    expect(initialised, 0x1122334455667788, ".data");
    expect(constant, 0x99aabbccddeeff00, ".rodata");
    u64 sum = 0;
    for (u32 i = 0; i < sizeof(zeroes); i++)
        sum += zeroes[i];
    expect(sum, 0, ".bss");
    for (u32 i = 0; i < sizeof(zeroes); i++)
        zeroes[i] = 1;
    initialised++;
}

/** A processor's own, directly below the TCB. */
static void thread_local(void)
{
    u64 pointer = BF_EXT_TLS_BASE + this_pp() * BF_EXT_TLS_STRIDE + PAGE;
    expect((u64)tcb(), pointer, "thread pointer");
    expect(tcb()->self, pointer, "word at the thread pointer");
    u64 first = (u64)thread_zeroes;
    expect(first < pointer && first >= pointer - PAGE, 1, "thread-local data lie below");
    for (u32 i = 0; i < 4; i++) {
        expect(thread_zeroes[i], 0, ".tbss");
        thread_zeroes[i] = i + 1;
    }
#ifdef TLS_IMAGE
    expect(thread_initialised, 0x5152535455565758, ".tdata");
    thread_initialised = 0;
#endif
}

void test_image(void)
{
    static const struct test tests[] = {
        {"sections", SUBJECT_IMAGE, sections},
        {"data", SUBJECT_IMAGE, data},
        {"thread_local", SUBJECT_IMAGE, thread_local},
    };
    static const struct test others[] = {{"thread_local", SUBJECT_IMAGE, thread_local}};
    if (this_pp() == BF_BOOTSTRAP_PPID)
        RUN_ALL(tests);
    else
        RUN_ALL(others);
}
