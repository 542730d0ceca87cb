/* SPDX-License-Identifier: MIT */
/* Group 8: pages, and contiguous runs of them */
#include "phases.h"

#define PAGE 0x1000u
#define MOST_PAGES 65536u

static u32 is_filled(u64 address, u64 bytes, u64 value)
{
    for (u64 at = 0; at < bytes; at += 8)
        if (*(volatile u64 *)(address + at) != value)
            return 0;
    return 1;
}

static void fill(u64 address, u64 bytes, u64 value)
{
    for (u64 at = 0; at < bytes; at += 8)
        *(volatile u64 *)(address + at) = value;
}

/** Where a page is: what REG0 should be, so that a wrong one spoils no other case. */
static u64 address_of(struct result result)
{
    expect_of(result.number, result.reg[0], BF_EXT_POOL_BASE + result.reg[1], "REG0 and REG1 differ by the window");
    expect_of(result.number, result.reg[1] & (PAGE - 1), 0, "alignment");
    return BF_EXT_POOL_BASE + result.reg[1];
}

static void page_good(void)
{
    struct result first = CALL(MEM_ALLOC_PAGE, handle), second = CALL(MEM_ALLOC_PAGE, handle);
    must(first);
    must(second);
    expect(first.reg[1] == second.reg[1], 0, "two pages are the same");
    u64 one = address_of(first), two = address_of(second);
    expect(is_filled(one, PAGE, 0), 1, "zeroed");
    fill(one, PAGE, 0x1111);
    fill(two, PAGE, 0x2222);
    expect(is_filled(one, PAGE, 0x1111), 1, "contents");
    must(CALL(MEM_FREE_PAGE, handle, two));
    must(CALL(MEM_FREE_PAGE, handle, one));
    struct result again = CALL(MEM_ALLOC_PAGE, handle);
    must(again);
    expect(is_filled(address_of(again), PAGE, 0), 1, "zeroed once more");
    must(CALL(MEM_FREE_PAGE, handle, address_of(again)));
}

static void refuses_to_free(struct result (*free_it)(u64 address))
{
    const u64 wrong[] = {
        0, PAGE, BF_EXT_POOL_BASE, BF_EXT_CODE_BASE, BF_EXT_DIRECT_BASE + PAGE, ~0ull, 0xffff800000000000};
    for (u32 i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        expect_status(free_it(wrong[i]), BF_STATUS_INVALID_INPUT_REG1, "no allocation's address");
}

static struct result free_page(u64 address) { return CALL(MEM_FREE_PAGE, handle, address); }
static struct result free_huge(u64 address) { return CALL(MEM_FREE_HUGE, handle, address); }

/**
 * Whether the microkernel finds memory of the extension's at an address, and would print a line feed from there. A status of that
 * call with wrong upper bits is no fault of the memory's.
 */
static u32 is_mapped(u64 address)
{
    return (u32)CALL(DEBUG_WRITE_STR, address, 1).status == (u32)BF_STATUS_SUCCESS;
}

#define LINE_FEEDS 0x0a0a0a0a0a0a0a0au

static void free_page_checks(void)
{
    struct result page = CALL(MEM_ALLOC_PAGE, handle);
    must(page);
    u64 address = address_of(page);
    fill(address, PAGE, LINE_FEEDS);
    refuses_to_free(free_page);
    expect_status(free_huge(address), BF_STATUS_INVALID_INPUT_REG1, "a page");
    expect_status(free_page(address + 8), BF_STATUS_INVALID_INPUT_REG1, "unaligned");
    expect_status(free_page(page.reg[1]), BF_STATUS_INVALID_INPUT_REG1, "physical");
    expect(is_mapped(address) && is_filled(address, PAGE, LINE_FEEDS), 1, "contents after what was refused");
    expect_status(free_page(address), BF_STATUS_SUCCESS, "allocated");
    expect(is_mapped(address), 0, "freed page can be read");
    expect_status(free_page(address), BF_STATUS_INVALID_INPUT_REG1, "freed already");
}

static void huge_sizes(void)
{
    const u64 wrong[] = {
        0, 1, PAGE, PAGE + 1, 0x2800, BF_HUGE_POOL_BYTES, BF_HUGE_POOL_BYTES + PAGE, 1ull << 32, ~0ull};
    for (u32 i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        expect_status(CALL(MEM_ALLOC_HUGE, handle, wrong[i]), BF_STATUS_INVALID_INPUT_REG1, "size");
}

static void huge_good(void)
{
    const u64 sizes[] = {2 * PAGE, 3 * PAGE, BF_HUGE_POOL_BYTES - PAGE};
    u64 addresses[3];
    for (u32 i = 0; i < 3; i++) {
        struct result run = CALL(MEM_ALLOC_HUGE, handle, sizes[i]);
        must(run);
        addresses[i] = address_of(run);
        expect(is_filled(addresses[i], sizes[i], 0), 1, "zeroed");
        fill(addresses[i], sizes[i], i + 1);
    }
    for (u32 i = 0; i < 3; i++)
        expect(is_filled(addresses[i], sizes[i], i + 1), 1, "contents");
    for (u32 i = 0; i < 3; i++)
        must(free_huge(addresses[2 - i]));
}

static void free_huge_checks(void)
{
    struct result run = CALL(MEM_ALLOC_HUGE, handle, 4 * PAGE);
    must(run);
    u64 address = address_of(run);
    fill(address, 4 * PAGE, LINE_FEEDS);
    refuses_to_free(free_huge);
    expect_status(free_page(address), BF_STATUS_INVALID_INPUT_REG1, "the first page of a run");
    expect_status(free_page(address + PAGE), BF_STATUS_INVALID_INPUT_REG1, "a page of a run");
    expect_status(free_huge(address + PAGE), BF_STATUS_INVALID_INPUT_REG1, "in the middle");
    for (u64 at = 0; at < 4 * PAGE; at += PAGE)
        expect(is_mapped(address + at), 1, "pages after what was refused");
    expect(is_filled(address, 4 * PAGE, LINE_FEEDS), 1, "contents after what was refused");
    expect_status(free_huge(address), BF_STATUS_SUCCESS, "allocated");
    for (u64 at = 0; at < 4 * PAGE; at += PAGE)
        expect(is_mapped(address + at), 0, "a page of a freed run can be read");
    expect_status(free_huge(address), BF_STATUS_INVALID_INPUT_REG1, "freed already");
}

static void huge_limit(void)
{
    static u64 addresses[BF_MAX_HUGE_ALLOCATIONS];
    depend_on(BF_SYSCALL_MEM_FREE_HUGE);
    for (u32 i = 0; i < BF_MAX_HUGE_ALLOCATIONS; i++) {
        struct result run = CALL(MEM_ALLOC_HUGE, handle, 2 * PAGE);
        must(run);
        addresses[i] = address_of(run);
    }
    expect_status(CALL(MEM_ALLOC_HUGE, handle, 2 * PAGE), BF_STATUS_FAILURE_UNKNOWN, "one more than there can be");
    for (u32 i = BF_MAX_HUGE_ALLOCATIONS; i-- > 0;)
        must(free_huge(addresses[i]));
}

/** Takes pages until there are none, each linked to the one before, and gives them back; how many there were. */
static u32 take_all(void)
{
    u64 last = 0;
    u32 count = 0;
    struct result page = CALL(MEM_ALLOC_PAGE, handle);
    for (; page.status == BF_STATUS_SUCCESS && count < MOST_PAGES; count++) {
        u64 address = BF_EXT_POOL_BASE + page.reg[1];
        *(volatile u64 *)address = last;
        last = address;
        page = CALL(MEM_ALLOC_PAGE, handle);
    }
    expect_status(page, BF_STATUS_FAILURE_UNKNOWN, "when memory has run out");
    struct result run = CALL(MEM_ALLOC_HUGE, handle, 2 * PAGE);
    expect_status(run, BF_STATUS_FAILURE_UNKNOWN, "when memory has run out");
    if (run.status == BF_STATUS_SUCCESS)
        must(free_huge(BF_EXT_POOL_BASE + run.reg[1]));
    while (last != 0) {
        u64 before = *(volatile u64 *)last;
        must(free_page(last));
        last = before;
    }
    return count;
}

/** What is left of the pool's pages: tables may be made the first time, and the second time as many are there. */
static void page_exhaustion(void)
{
    depend_on(BF_SYSCALL_MEM_FREE_PAGE);
    take_all();
    u32 count = take_all();
    expect(count > 64, 1, "pages in the pool");
    expect_of(BF_SYSCALL_MEM_FREE_PAGE, take_all(), count, "pages after they were all given back");
}

void test_memory(void)
{
    static const struct test tests[] = {
        {"good", BF_SYSCALL_MEM_ALLOC_PAGE, page_good},
        {"good", BF_SYSCALL_MEM_FREE_PAGE, free_page_checks},
        {"size", BF_SYSCALL_MEM_ALLOC_HUGE, huge_sizes},
        {"good", BF_SYSCALL_MEM_ALLOC_HUGE, huge_good},
        {"good", BF_SYSCALL_MEM_FREE_HUGE, free_huge_checks},
        {"limit", BF_SYSCALL_MEM_ALLOC_HUGE, huge_limit},
        {"exhaustion", BF_SYSCALL_MEM_ALLOC_PAGE, page_exhaustion},
    };
    RUN_ALL(tests);
}
