/* SPDX-License-Identifier: MIT */
/* Group 6: virtual processor states, where they are made and changed, but for their registers */
#include "phases.h"
#include "vendor.h"

#define EFER_LMA_LME 0x500u
#define EFER_SVME 0x1000u
#define CR0_PG_PE 0x80000001u
#define AMD_ATTRIB_LONG 0x200u
#define INTEL_ATTRIB_LONG 0x2000u

static const u64 no_vs[] = {BF_MAX_VSS - 1, BF_MAX_VSS, BF_INVALID_ID, ~0ull};
#define REFUSES_VSS(name)                                                                                           \
    for (u32 i = 0; i < sizeof(no_vs) / sizeof(*no_vs); i++)                                                        \
        expect_status(CALL(name, handle, no_vs[i], 0, 0), BF_STATUS_INVALID_INPUT_REG1, "no VS");

static u16 create_vs(u32 pp)
{
    struct result result = CALL(VS_CREATE, handle, root_vp(this_pp()), pp);
    must(result);
    return (u16)result.reg[0];
}

static u64 read(u16 vs, u64 reg)
{
    struct result result = CALL(VS_READ, handle, vs, reg);
    must(result);
    return result.reg[0];
}

static void create_checks(void)
{
    const u64 no_vp[] = {BF_MAX_VPS - 1, BF_MAX_VPS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_vp) / sizeof(*no_vp); i++)
        expect_status(CALL(VS_CREATE, handle, no_vp[i], BF_INVALID_ID), BF_STATUS_INVALID_INPUT_REG1, "no VP");
    const u64 no_pp[] = {online_pps, BF_MAX_PPS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_pp) / sizeof(*no_pp); i++)
        expect_status(CALL(VS_CREATE, handle, root_vp(this_pp()), no_pp[i]), BF_STATUS_INVALID_INPUT_REG2, "no PP");
}

/** Only the processor that a VS is assigned to sees it; others may move and destroy it. */
static void expect_elsewhere(u16 vs)
{
    expect_status(CALL(VS_READ, handle, vs, REG(RIP)), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP");
    expect_status(CALL(VS_READ, handle, vs, 0), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP, before no register");
    expect_status(CALL(VS_WRITE, handle, vs, REG(RIP), 0x666), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP");
    expect_status(CALL(VS_CLEAR, handle, vs), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP");
    expect_status(CALL(VS_TLB_FLUSH, handle, vs, 0), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP, before no page");
    expect_status(CALL(VS_TLB_FLUSH, handle, vs, 0x1000), BF_STATUS_INVALID_INPUT_REG1, "a VS of another PP");
}

/** For every processor that is there; a place that was used before starts from zero. */
static void create_good(void)
{
    for (u32 pp = 0; pp < online_pps; pp++) {
        struct result result = CALL(VS_CREATE, handle, 0xabcd0000u | root_vp(this_pp()), 0xabcd0000u | pp);
        must(result);
        expect(result.reg[0] & ~0xffffull, handle & ~0xffffull, "upper bits of REG0");
        u16 vs = (u16)result.reg[0];
        expect(vs >= BF_MAX_VSS, 0, "identifier is too great");
        if (pp != this_pp()) {
            expect_elsewhere(vs);
            must(CALL(VS_MIGRATE, handle, vs, this_pp()));
        }
        expect(read(vs, REG(RBX)), 0, "RBX of a new VS");
        expect(read(vs, REG(RIP)), 0, "RIP of a new VS");
        expect(read(vs, REG(DR0)), 0, "DR0 of a new VS");
        must(CALL(VS_WRITE, handle, vs, REG(RBX), 0x4711));
        must(CALL(VS_WRITE, handle, vs, REG(RIP), 0x4711));
        must(CALL(VS_WRITE, handle, vs, REG(DR0), 0x4711));
        must(CALL(VS_DESTROY, handle, vs));
    }
}

static void destroy_checks(void)
{
    REFUSES_VSS(VS_DESTROY)
    u16 vs = create_vs(this_pp());
    expect_status(CALL(VS_DESTROY, handle, 0xabcd0000u | vs), BF_STATUS_SUCCESS, "upper bits do not count");
    expect_status(CALL(VS_DESTROY, handle, vs), BF_STATUS_INVALID_INPUT_REG1, "destroyed already");
    for (u32 pp = 0; pp < online_pps; pp++)
        must(CALL(VS_DESTROY, handle, create_vs(pp)));
}

static void init_checks(void)
{
    REFUSES_VSS(VS_INIT_AS_ROOT)
    u16 other = create_vs(this_pp()), own = root_vs(this_pp());
    expect_status(CALL(VS_INIT_AS_ROOT, handle, other), BF_STATUS_INVALID_INPUT_REG1, "not this processor's number");
    expect(read(other, REG(RIP)) | read(other, REG(RSP)), 0, "RIP and RSP of a VS that is no root VS");
    must(CALL(VS_DESTROY, handle, other));
    if (online_pps > 1) {
        must(CALL(VS_MIGRATE, handle, own, (this_pp() + 1) % online_pps));
        expect_status(CALL(VS_INIT_AS_ROOT, handle, own), BF_STATUS_INVALID_INPUT_REG1, "on another processor");
        must(CALL(VS_MIGRATE, handle, own, this_pp()));
    }
}

static void init_good(void)
{
    u16 vs = root_vs(this_pp());
    must(CALL(VS_WRITE, handle, vs, REG(RIP), 0));
    expect_status(CALL(VS_INIT_AS_ROOT, handle, 0xabcd0000u | vs), BF_STATUS_SUCCESS, "root VS");
    expect(read(vs, REG(RIP)) == 0, 0, "RIP is zero");
    expect(read(vs, REG(RSP)) == 0, 0, "RSP is zero");
    expect(read(vs, REG(CR3)) == 0, 0, "CR3 is zero");
    u64 efer = EFER_LMA_LME | (is_intel() ? 0 : EFER_SVME);
    u64 attributes = is_intel() ? INTEL_ATTRIB_LONG : AMD_ATTRIB_LONG;
    expect(read(vs, REG(EFER)) & efer, efer, "EFER");
    expect(read(vs, REG(CR0)) & CR0_PG_PE, CR0_PG_PE, "CR0");
    expect(read(vs, REG(CS_ATTRIB)) & attributes, attributes, "CS attributes");
    expect(read(vs, REG(RFLAGS)) & 0x202, 2, "RFLAGS without IF");
    expect(read(vs, REG(XCR0)) & 1, 1, "XCR0");
}

static void clear_good(void)
{
    REFUSES_VSS(VS_CLEAR)
    u16 vs = create_vs(this_pp());
    if (!is_intel())
        must(CALL(VS_WRITE, handle, vs, BF_AMD_REG_VMCB_CLEAN_BITS, 0xfff));
    must(CALL(VS_WRITE, handle, vs, REG(RIP), 0x4711));
    expect_status(CALL(VS_CLEAR, handle, 0xabcd0000u | vs), BF_STATUS_SUCCESS, "local");
    if (!is_intel())
        expect(read(vs, BF_AMD_REG_VMCB_CLEAN_BITS), 0, "clean bits");
    expect(read(vs, REG(RIP)), 0x4711, "RIP stays");
    must(CALL(VS_DESTROY, handle, vs));
}

static void migrate_good(void)
{
    REFUSES_VSS(VS_MIGRATE)
    u16 vs = create_vs(this_pp());
    must(CALL(VS_WRITE, handle, vs, REG(RIP), 0x4711));
    const u64 no_pp[] = {online_pps, BF_MAX_PPS, BF_INVALID_ID, ~0ull};
    for (u32 i = 0; i < sizeof(no_pp) / sizeof(*no_pp); i++) {
        expect_status(CALL(VS_MIGRATE, handle, vs, no_pp[i]), BF_STATUS_INVALID_INPUT_REG2, "no PP");
        expect_status(CALL(VS_MIGRATE, handle, BF_INVALID_ID, no_pp[i]), BF_STATUS_INVALID_INPUT_REG1, "VS first");
    }
    expect(read(vs, REG(RIP)), 0x4711, "RIP of a VS that stayed");
    for (u32 pp = 0; pp < online_pps; pp++) {
        expect_status(CALL(VS_MIGRATE, handle, 0xabcd0000u | vs, 0xabcd0000u | pp), BF_STATUS_SUCCESS, "to each PP");
        expect_status(CALL(VS_MIGRATE, handle, vs, pp), BF_STATUS_SUCCESS, "to where it is");
        if (pp == this_pp())
            continue;
        struct result result = CALL(VS_SET_ACTIVE, handle, BF_ROOT_VMID, root_vp(this_pp()), vs);
        expect(result.status, BF_STATUS_INVALID_INPUT_REG3, "set_active of a VS elsewhere");
        expect_elsewhere(vs);
    }
    must(CALL(VS_MIGRATE, handle, vs, this_pp()));
    expect(read(vs, REG(RIP)), 0x4711, "RIP after it was on every PP");
    must(CALL(VS_DESTROY, handle, vs));
}

static void flush_good(void)
{
    REFUSES_VSS(VS_TLB_FLUSH)
    u16 vs = create_vs(this_pp());
    expect_status(CALL(VS_TLB_FLUSH, handle, vs, 0), BF_STATUS_INVALID_INPUT_REG2, "null");
    expect_status(CALL(VS_TLB_FLUSH, handle, vs, 0x1008), BF_STATUS_INVALID_INPUT_REG2, "unaligned");
    expect_status(CALL(VS_TLB_FLUSH, handle, BF_INVALID_ID, 0), BF_STATUS_INVALID_INPUT_REG1, "the VS comes first");
    must(CALL(VS_WRITE, handle, vs, REG_TAG, 2));
    expect_status(CALL(VS_TLB_FLUSH, handle, vs, 0x1000), BF_STATUS_SUCCESS, "a page");
    must(CALL(VS_DESTROY, handle, vs));
}

void test_vss(void)
{
    static const struct test tests[] = {
        {"arguments", BF_SYSCALL_VS_CREATE, create_checks},
        {"good", BF_SYSCALL_VS_CREATE, create_good},
        {"good", BF_SYSCALL_VS_DESTROY, destroy_checks},
        {"arguments", BF_SYSCALL_VS_INIT_AS_ROOT, init_checks},
        {"good", BF_SYSCALL_VS_INIT_AS_ROOT, init_good},
        {"good", BF_SYSCALL_VS_CLEAR, clear_good},
        {"good", BF_SYSCALL_VS_MIGRATE, migrate_good},
        {"good", BF_SYSCALL_VS_TLB_FLUSH, flush_good},
    };
    RUN_ALL(tests);
}
