/* SPDX-License-Identifier: MIT */
/* Reading and writing every register of the enumeration, of a VS that is not active */
#include "registers.h"
#include "phases.h"
#include "vendor.h"

#define LAST_REGISTER REG(XCR0)

static struct expectation expectation(u32 reg) { return is_intel() ? intel_expectation(reg) : amd_expectation(reg); }

static u16 spare;

static void make_spare(void)
{
    struct result result = CALL(VS_CREATE, handle, root_vp(this_pp()), this_pp());
    must(result);
    spare = (u16)result.reg[0];
}

/** Only these may lack it, and then the microkernel says so. */
static u32 is_there(struct result result, struct expectation all)
{
    if (all.optional && result.status == BF_STATUS_FAILURE_UNKNOWN)
        return 0;
    expect_status(result, BF_STATUS_SUCCESS, "register");
    return 1;
}

static void read_checks(void)
{
    const u64 no_register[] = {0, LAST_REGISTER + 1, 163, 0xffff, 0x80000000, 1ull << 32 | REG(RIP), ~0ull};
    const u64 no_vs[] = {BF_MAX_VSS - 1, BF_MAX_VSS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_register) / sizeof(*no_register); i++)
        expect_status(CALL(VS_READ, handle, spare, no_register[i]), BF_STATUS_INVALID_INPUT_REG2, "no register");
    for (u32 i = 0; i < sizeof(no_vs) / sizeof(*no_vs); i++)
        expect_status(CALL(VS_READ, handle, no_vs[i], 0), BF_STATUS_INVALID_INPUT_REG1, "no VS");
}

static void write_checks(void)
{
    const u64 no_register[] = {0, LAST_REGISTER + 1, 163, 0xffff, 0x80000000, 1ull << 32 | REG(RIP), ~0ull};
    const u64 no_vs[] = {BF_MAX_VSS - 1, BF_MAX_VSS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_register) / sizeof(*no_register); i++)
        expect_status(CALL(VS_WRITE, handle, spare, no_register[i], 0), BF_STATUS_INVALID_INPUT_REG2, "no register");
    for (u32 i = 0; i < sizeof(no_vs) / sizeof(*no_vs); i++)
        expect_status(CALL(VS_WRITE, handle, no_vs[i], 0, 0), BF_STATUS_INVALID_INPUT_REG1, "no VS");
    expect_status(CALL(VS_WRITE, handle, spare, REG(CR8), 16), BF_STATUS_FAILURE_UNKNOWN, "a CR8 that cannot be");
    // What was refused has changed nothing
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++) {
        struct expectation all = expectation(reg);
        struct result result = CALL(VS_READ, handle, spare, reg);
        if (is_there(result, all) && !all.starts_set)
            expect(result.reg[0], 0, "a register after refused writes");
    }
}

/** A new VS is zero but for what can never be zero. */
static void read_good(void)
{
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++) {
        struct expectation all = expectation(reg);
        struct result result = CALL(VS_READ, handle, 0xabcd0000u | spare, reg);
        if (is_there(result, all) && !all.starts_set)
            expect(result.reg[0], 0, "a register of a new VS");
    }
}

/** All are written before any is read, so that two in one place are noticed. */
static void write_good(void)
{
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++) {
        struct expectation all = expectation(reg);
        struct result result = CALL(VS_WRITE, handle, 0xabcd0000u | spare, reg, all.written);
        if (all.read_only)
            expect_status(result, BF_STATUS_FAILURE_UNKNOWN, "a register that only the processor writes");
        else if (is_there(result, all) && all.too_wide != 0)
            expect_status(CALL(VS_WRITE, handle, spare, reg, all.too_wide), BF_STATUS_FAILURE_UNKNOWN, "a value too wide");
    }
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++) {
        struct expectation all = expectation(reg);
        struct result result = CALL(VS_READ, handle, spare, reg);
        if (is_there(result, all) && !all.read_only)
            expect(result.reg[0], all.wanted, "a register that was written");
    }
}

static void forget_spare(void) { must(CALL(VS_DESTROY, handle, spare)); }

void test_registers(void)
{
    static const struct test tests[] = {
        {"prepare", BF_SYSCALL_VS_CREATE, make_spare},
        {"arguments", BF_SYSCALL_VS_READ, read_checks},
        {"good", BF_SYSCALL_VS_READ, read_good},
        {"arguments", BF_SYSCALL_VS_WRITE, write_checks},
        {"good", BF_SYSCALL_VS_WRITE, write_good},
        {"afterwards", BF_SYSCALL_VS_DESTROY, forget_spare},
    };
    RUN_ALL(tests);
}
