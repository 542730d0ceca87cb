/* SPDX-License-Identifier: MIT */
/* Reading and writing every register of the enumeration, of a VS that is not active */
#include "phases.h"

#define LAST_REGISTER BF_AMD_REG_XCR0
#define EFER_SVME 0x1000u

/** Bytes that hold a register (APM volume 2, appendix B; the VMCB's layout). */
static u32 bytes_of(u32 reg)
{
    if (reg >= BF_AMD_REG_INTERCEPT_CR_READ && reg <= BF_AMD_REG_INTERCEPT_DR_WRITE)
        return 2;
    if (reg >= BF_AMD_REG_INTERCEPT_EXCEPTION && reg <= BF_AMD_REG_INTERCEPT_INSTRUCTION3)
        return 4;
    if (reg == BF_AMD_REG_PAUSE_FILTER_THRESHOLD || reg == BF_AMD_REG_PAUSE_FILTER_COUNT)
        return 2;
    if (reg == BF_AMD_REG_GUEST_ASID || reg == BF_AMD_REG_TLB_CONTROL || reg == BF_AMD_REG_VMCB_CLEAN_BITS)
        return 4;
    if (reg == BF_AMD_REG_NUMBER_OF_BYTES_FETCHED || reg == BF_AMD_REG_CPL)
        return 1;
    if (reg >= BF_AMD_REG_ES_SELECTOR && reg <= BF_AMD_REG_TR_BASE) {
        u32 part = (reg - BF_AMD_REG_ES_SELECTOR) % 4;
        return part == 2 ? 4 : part == 3 ? 8 : 2;
    }
    return 8;
}

static u64 pattern(u32 reg)
{
    if (reg == BF_AMD_REG_CR8)
        return 5;
    return (0x0102030405060708u * (reg + 1)) ^ 0x8000000000000000u;
}

/** What a register is after its pattern was written. */
static u64 wanted(u32 reg)
{
    u32 bytes = bytes_of(reg);
    u64 value = bytes == 8 ? pattern(reg) : pattern(reg) & ((1ull << bytes * 8) - 1);
    if (reg == BF_AMD_REG_EFER)
        return value | EFER_SVME;
    return reg == BF_AMD_REG_XCR0 ? value | 1 : value;
}

static u16 spare;

static void make_spare(void)
{
    struct result result = CALL(VS_CREATE, handle, root_vp(this_pp()), this_pp());
    must(result);
    spare = (u16)result.reg[0];
}

static void read_checks(void)
{
    const u64 no_register[] = {0, LAST_REGISTER + 1, 163, 0xffff, 0x80000000};
    const u64 no_vs[] = {BF_MAX_VSS - 1, BF_MAX_VSS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_register) / sizeof(*no_register); i++)
        expect_status(CALL(VS_READ, handle, spare, no_register[i]), BF_STATUS_INVALID_INPUT_REG2, "no register");
    for (u32 i = 0; i < sizeof(no_vs) / sizeof(*no_vs); i++)
        expect_status(CALL(VS_READ, handle, no_vs[i], 0), BF_STATUS_INVALID_INPUT_REG1, "no VS");
}

static void write_checks(void)
{
    const u64 no_register[] = {0, LAST_REGISTER + 1, 163, 0xffff, 0x80000000};
    const u64 no_vs[] = {BF_MAX_VSS - 1, BF_MAX_VSS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_register) / sizeof(*no_register); i++)
        expect_status(CALL(VS_WRITE, handle, spare, no_register[i], 0), BF_STATUS_INVALID_INPUT_REG2, "no register");
    for (u32 i = 0; i < sizeof(no_vs) / sizeof(*no_vs); i++)
        expect_status(CALL(VS_WRITE, handle, no_vs[i], 0, 0), BF_STATUS_INVALID_INPUT_REG1, "no VS");
    expect_status(CALL(VS_WRITE, handle, spare, BF_AMD_REG_CR8, 16), BF_STATUS_FAILURE_UNKNOWN, "a CR8 that cannot be");
}

/** A new VS is zero but for what can never be zero. */
static void read_good(void)
{
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++) {
        struct result result = CALL(VS_READ, handle, 0xabcd0000u | spare, reg);
        must(result);
        if (reg != BF_AMD_REG_EFER && reg != BF_AMD_REG_XCR0)
            expect(result.reg[0], 0, "a register of a new VS");
    }
}

/** All are written before any is read, so that two in one place are noticed. */
static void write_good(void)
{
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++)
        expect_status(CALL(VS_WRITE, handle, 0xabcd0000u | spare, reg, pattern(reg)), BF_STATUS_SUCCESS, "register");
    for (u32 reg = 1; reg <= LAST_REGISTER; reg++) {
        struct result result = CALL(VS_READ, handle, spare, reg);
        must(result);
        expect(result.reg[0], wanted(reg), "a register that was written");
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
