/* SPDX-License-Identifier: MIT */
/* Cases with a VS active: its registers in the TCB, and which VS that is */
#include "guest.h"
#include "phases.h"
#include "vendor.h"

#define GENERAL_COUNT 15u
#define EFER_SVME 0x1000u
#define CR4_VMXE 0x2000u
#define FREE_PAGE (0x58000u + this_pp() * 0x1000)

static u64 *general(void) { return (u64 *)((u64)tcb() + BF_TCB_RAX); }

static void copy_general(u64 *to, const u64 *from)
{
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        to[i] = from[i];
}

static u64 difference(const u64 *a, const u64 *b)
{
    u64 bits = 0;
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        bits |= a[i] ^ b[i];
    return bits;
}

/** RAX comes first in the TCB; in AMD's enumeration it is a register of the VMCB. */
static u32 register_of(u32 place) { return place == 0 ? REG(RAX) : REG(RBX) + place - 1; }

static u64 read(u16 vs, u64 reg)
{
    struct result result = CALL(VS_READ, handle, vs, reg);
    must(result);
    return result.reg[0];
}

static void read_from_tcb(void)
{
    u64 saved[GENERAL_COUNT];
    copy_general(saved, general());
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        general()[i] = 0x1111111111111111u * (i + 1);
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        expect(read(root_vs(this_pp()), register_of(i)), 0x1111111111111111u * (i + 1), "a register of the active VS");
    copy_general(general(), saved);
}

static void write_to_tcb(void)
{
    u64 saved[GENERAL_COUNT];
    copy_general(saved, general());
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        must(CALL(VS_WRITE, handle, root_vs(this_pp()), register_of(i), ~(u64)i));
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        expect(general()[i], ~(u64)i, "the TCB's register");
    copy_general(general(), saved);
}

static void activate_root(u32 with)
{
    u32 pp = this_pp();
    set_active_ids(BF_ROOT_VMID, root_vp(pp), root_vs(pp));
    if (with == BF_SYSCALL_VS_SET_ACTIVE)
        must(CALL(VS_SET_ACTIVE, handle, BF_ROOT_VMID, root_vp(pp), root_vs(pp)));
    else
        must(CALL(VS_ADVANCE_IP_AND_SET_ACTIVE, handle, BF_ROOT_VMID, root_vp(pp), root_vs(pp)));
}

static void activate(const struct guest *guest)
{
    set_active_ids(guest->vm, guest->vp, guest->vs);
    must(CALL(VS_SET_ACTIVE, handle, 0xabcd0000u | guest->vm, 0xabcd0000u | guest->vp, 0xabcd0000u | guest->vs));
}

static void set_active_swaps(void)
{
    struct guest guest;
    u64 saved[GENERAL_COUNT];
    u16 root = root_vs(this_pp());
    make_guest(&guest);
    copy_general(saved, general());
    u64 rip = read(root, REG(RIP));
    activate(&guest);
    expect(general()[1], GUEST_RBX, "RBX of the VS that became active");
    expect(general()[14], 0, "R15 of the VS that became active");
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        expect(read(root, register_of(i)), saved[i], "a register of the VS that was active");
    general()[1] = 0x77;
    activate(&guest);
    expect(general()[1], 0x77, "RBX after the active VS became active");
    activate_root(BF_SYSCALL_VS_SET_ACTIVE);
    expect(difference(general(), saved), 0, "bits of the first VS's registers that changed");
    expect(read(guest.vs, REG(RBX)), 0x77, "RBX of the second VS");
    expect(read(root, REG(RIP)), rip, "RIP of the first VS");
    destroy_guest(&guest);
}

/** The exit of the root VS was for a CPUID, which has two bytes. */
static void advance_and_set_active(void)
{
    struct guest guest;
    u64 saved[GENERAL_COUNT];
    u16 root = root_vs(this_pp());
    make_guest(&guest);
    copy_general(saved, general());
    u64 rip = read(root, REG(RIP));
    set_active_ids(guest.vm, guest.vp, guest.vs);
    must(CALL(VS_ADVANCE_IP_AND_SET_ACTIVE, handle, guest.vm, guest.vp, guest.vs));
    expect(general()[1], GUEST_RBX, "RBX of the VS that became active");
    expect(read(root, REG(RIP)), rip + 2, "RIP of the VS that was active");
    expect(read(guest.vs, REG(RIP)), GUEST_CPUID1, "RIP of the other");
    activate_root(BF_SYSCALL_VS_SET_ACTIVE);
    must(CALL(VS_WRITE, handle, root, REG(RIP), rip));
    expect(difference(general(), saved), 0, "bits of the first VS's registers that changed");
    destroy_guest(&guest);
}

static void destroy_active(void)
{
    struct guest guest;
    make_guest(&guest);
    activate(&guest);
    expect_status(CALL(VS_DESTROY, handle, guest.vs), BF_STATUS_FAILURE_UNKNOWN, "the active VS");
    expect_status(CALL(VP_DESTROY, handle, guest.vp), BF_STATUS_FAILURE_UNKNOWN, "its VP");
    expect_status(CALL(VM_DESTROY, handle, guest.vm), BF_STATUS_FAILURE_UNKNOWN, "its VM");
    activate_root(BF_SYSCALL_VS_SET_ACTIVE);
    destroy_guest(&guest);
}

static void migrate_active(void)
{
    u32 pp = this_pp();
    expect_status(CALL(VS_MIGRATE, handle, root_vs(pp), pp), BF_STATUS_SUCCESS, "to where it is");
    if (online_pps > 1)
        expect_status(CALL(VS_MIGRATE, handle, root_vs(pp), (pp + 1) % online_pps), BF_STATUS_FAILURE_UNKNOWN, "away");
}

/** A direct map is seen while a VS of its VM is active. */
static void view(void)
{
    struct guest guest;
    u64 address = BF_EXT_DIRECT_BASE + FREE_PAGE;
    make_guest(&guest);
    must(CALL(VM_MAP_DIRECT, handle, guest.vm, FREE_PAGE));
    activate(&guest);
    expect(faults(address), 0, "page of the active VM faults");
    *(volatile u64 *)address = 0x4711;
    activate_root(BF_SYSCALL_VS_SET_ACTIVE);
    expect(faults(address), 1, "page of another VM can be read");
    expect(*(volatile u64 *)address, 0x4711, "the same page, mapped by the fail callback");
    must(CALL(VM_UNMAP_DIRECT, handle, BF_ROOT_VMID, address));
    must(CALL(VM_UNMAP_DIRECT, handle, guest.vm, address));
    destroy_guest(&guest);
}

static void flush_active(void)
{
    must(CALL(VM_TLB_FLUSH, handle, BF_ROOT_VMID));
    if (!is_intel()) {
        u64 control = read(root_vs(this_pp()), BF_AMD_REG_TLB_CONTROL) & 7;
        expect(control == 1 || control == 3, 1, "TLB_CONTROL is 1 or 3");
    }
    must(CALL(VS_TLB_FLUSH, handle, root_vs(this_pp()), 0x1000));
}

/** The identifiers are the microkernel's: every call of this suite spoils them, and the next one checks them. */
static void identifiers(void)
{
    volatile struct bf_tcb *block = tcb();
    block->vsid = block->vpid = block->vmid = 7;
    must(CALL(VS_SET_ACTIVE, handle, BF_ROOT_VMID, root_vp(this_pp()), root_vs(this_pp())));
    block->extid = 3;
    expect(read(root_vs(this_pp()), REG_EXIT_REASON), EXIT(CPUID), "exit reason");
}

void test_active(void)
{
    static const struct test tests[] = {
        {"identifiers", SUBJECT_TCB, identifiers},
        {"active", BF_SYSCALL_VS_READ, read_from_tcb},
        {"active", BF_SYSCALL_VS_WRITE, write_to_tcb},
        {"good", BF_SYSCALL_VS_SET_ACTIVE, set_active_swaps},
        {"good", BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, advance_and_set_active},
        {"active", BF_SYSCALL_VS_DESTROY, destroy_active},
        {"active", BF_SYSCALL_VS_MIGRATE, migrate_active},
        {"view", BF_SYSCALL_VM_MAP_DIRECT, view},
        {"active", BF_SYSCALL_VM_TLB_FLUSH, flush_active},
    };
    RUN_ALL(tests);
}

/** Registers that the processor holds itself while a VS is active. */
static void live_registers(void)
{
    u16 vs = root_vs(this_pp());
    const struct {
        u32 reg;
        u64 value, refused;
    } rows[] = {{REG(DR0), 0x1000, 0}, {REG(DR1), 0x2000, 0},   {REG(DR2), 0x3000, 0},
                {REG(DR3), 0x4000, 0}, {REG(CR8), 3, 16},       {REG(XCR0), 1, 5},
                {REG(CR2), 0x5000, 0}, {REG(TSC_OFFSET), 0, 0}};
    for (u32 i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        u64 before = read(vs, rows[i].reg);
        must(CALL(VS_WRITE, handle, vs, rows[i].reg, rows[i].value));
        expect(read(vs, rows[i].reg), rows[i].value, "a register of the active VS");
        if (rows[i].refused != 0) {
            struct result result = CALL(VS_WRITE, handle, vs, rows[i].reg, rows[i].refused);
            expect_status(result, BF_STATUS_FAILURE_UNKNOWN, "a value that the processor refuses");
            expect(read(vs, rows[i].reg), rows[i].value, "the value before");
        }
        must(CALL(VS_WRITE, handle, vs, rows[i].reg, before));
    }
}

/** EFER.SVME and CR4.VMXE cannot be taken away, nor x87 from XCR0. */
static void forced_bits(void)
{
    u16 vs = root_vs(this_pp());
    u32 reg = REG_OF(EFER, CR4);
    u64 forced = is_intel() ? CR4_VMXE : EFER_SVME;
    u64 value = read(vs, reg), xcr0 = read(vs, REG(XCR0));
    must(CALL(VS_WRITE, handle, vs, reg, value & ~forced));
    expect(read(vs, reg), value | forced, "EFER or CR4");
    must(CALL(VS_WRITE, handle, vs, REG(XCR0), xcr0 & ~1ull));
    expect(read(vs, REG(XCR0)), xcr0, "XCR0");
}

void test_live_registers(void)
{
    static const struct test tests[] = {
        {"live", BF_SYSCALL_VS_WRITE, live_registers},
        {"forced", BF_SYSCALL_VS_WRITE, forced_bits},
    };
    RUN_ALL(tests);
}
