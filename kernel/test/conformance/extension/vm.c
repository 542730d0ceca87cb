/* SPDX-License-Identifier: MIT */
/* Group 4: virtual machines, and their direct maps on this processor */
#include "phases.h"
#include "vendor.h"

#define PAGE 0x1000u
/** A page of conventional memory that nobody uses, one per processor. */
#define FREE_PAGE (0x50000u + this_pp() * PAGE)
/** The last page of the first MiB: its last 16 bytes begin with the far jump of the reset vector. */
#define FIRMWARE_PAGE 0xff000u
#define RESET_VECTOR 0xff0u
#define FAR_JUMP 0xea

static u16 create_vm(void)
{
    struct result result = CALL(VM_CREATE, handle);
    must(result);
    return (u16)result.reg[0];
}

static void create_good(void)
{
    struct result first = CALL(VM_CREATE, handle), second = CALL(VM_CREATE, handle);
    must(first);
    must(second);
    expect(first.reg[0] & ~0xffffull, handle & ~0xffffull, "upper bits of REG0");
    expect((u16)first.reg[0] == BF_ROOT_VMID || (u16)first.reg[0] >= BF_MAX_VMS, 0, "identifier is none of a new VM");
    expect((u16)first.reg[0] == (u16)second.reg[0], 0, "two VMs have one identifier");
    must(CALL(VM_DESTROY, handle, (u16)second.reg[0]));
    must(CALL(VM_DESTROY, handle, (u16)first.reg[0]));
}

#define REFUSES_VMS(name)                                                                                           \
    for (u32 i = 0; i < sizeof(no_vm) / sizeof(*no_vm); i++)                                                        \
        expect_status(CALL(name, handle, no_vm[i], 0), BF_STATUS_INVALID_INPUT_REG1, "no VM");
static const u64 no_vm[] = {BF_MAX_VMS - 1, BF_MAX_VMS, BF_INVALID_ID, ~0ull};

static void destroy_checks(void)
{
    REFUSES_VMS(VM_DESTROY)
    expect_status(CALL(VM_DESTROY, handle, BF_ROOT_VMID), BF_STATUS_FAILURE_UNKNOWN, "the root VM");
    u16 vm = create_vm();
    struct result vp = CALL(VP_CREATE, handle, vm);
    must(vp);
    expect_status(CALL(VM_DESTROY, handle, vm), BF_STATUS_FAILURE_UNKNOWN, "a VP is assigned");
    must(CALL(VP_DESTROY, handle, (u16)vp.reg[0]));
    expect_status(CALL(VM_DESTROY, handle, 0xabcd0000u | vm), BF_STATUS_SUCCESS, "upper bits do not count");
    expect_status(CALL(VM_DESTROY, handle, vm), BF_STATUS_INVALID_INPUT_REG1, "destroyed already");
}

static void map_checks(void)
{
    const u64 no_page[] = {0, 1, PAGE + 8, BF_EXT_DIRECT_BYTES, BF_EXT_DIRECT_BYTES + PAGE, ~0ull, 0xfffffffffffff000};
    REFUSES_VMS(VM_MAP_DIRECT)
    for (u32 i = 0; i < sizeof(no_page) / sizeof(*no_page); i++)
        expect_status(CALL(VM_MAP_DIRECT, handle, BF_ROOT_VMID, no_page[i]), BF_STATUS_INVALID_INPUT_REG2, "no page");
}

static void map_good(void)
{
    u64 wanted = BF_EXT_DIRECT_BASE + FIRMWARE_PAGE;
    struct result result = CALL(VM_MAP_DIRECT, handle, 0xabcd0000u | BF_ROOT_VMID, FIRMWARE_PAGE);
    must(result);
    expect(result.reg[0], wanted, "REG0");
    expect(faults(wanted + RESET_VECTOR), 0, "mapped page faults");
    expect(*(volatile u8 *)(wanted + RESET_VECTOR), FAR_JUMP, "first byte of the reset vector");
    result = CALL(VM_MAP_DIRECT, handle, BF_ROOT_VMID, FIRMWARE_PAGE);
    expect_status(result, BF_STATUS_FAILURE_UNKNOWN, "mapped already");
    expect(*(volatile u8 *)(wanted + RESET_VECTOR), FAR_JUMP, "the same byte after the refusal");
    must(CALL(VM_UNMAP_DIRECT, handle, BF_ROOT_VMID, wanted));
    u64 page = BF_EXT_DIRECT_BASE + FREE_PAGE;
    must(CALL(VM_MAP_DIRECT, handle, BF_ROOT_VMID, FREE_PAGE));
    *(volatile u64 *)page = 0x1234567890abcdef;
    expect(*(volatile u64 *)page, 0x1234567890abcdef, "what was written");
    must(CALL(VM_UNMAP_DIRECT, handle, BF_ROOT_VMID, page));
}

/** A page that was the extension's is the microkernel's again. */
static void map_owned(void)
{
    struct result page = CALL(MEM_ALLOC_PAGE, handle);
    must(page);
    must(CALL(MEM_FREE_PAGE, handle, BF_EXT_POOL_BASE + page.reg[1]));
    expect_status(CALL(VM_MAP_DIRECT, handle, BF_ROOT_VMID, page.reg[1]), BF_STATUS_INVALID_INPUT_REG2, "not ours");
}

static const u64 not_direct[] = {0,
                                 BF_EXT_DIRECT_BASE - PAGE,
                                 BF_EXT_DIRECT_BASE,
                                 BF_EXT_DIRECT_BASE + 1,
                                 BF_EXT_DIRECT_BASE + FIRMWARE_PAGE + 8,
                                 BF_EXT_DIRECT_BASE + BF_EXT_DIRECT_BYTES,
                                 BF_EXT_CODE_BASE,
                                 ~0ull};

#define CHECKS_UNMAP(name)                                                                                          \
    REFUSES_VMS(name)                                                                                               \
    for (u32 i = 0; i < sizeof(not_direct) / sizeof(*not_direct); i++)                                              \
        expect_status(CALL(name, handle, BF_ROOT_VMID, not_direct[i]), BF_STATUS_INVALID_INPUT_REG2, "not direct"); \
    u64 page = BF_EXT_DIRECT_BASE + FREE_PAGE;                                                                      \
    u16 vm = create_vm();                                                                                           \
    expect_status(CALL(name, handle, BF_ROOT_VMID, page), BF_STATUS_FAILURE_UNKNOWN, "never mapped");               \
    must(CALL(VM_MAP_DIRECT, handle, vm, FREE_PAGE));                                                               \
    expect_status(CALL(name, handle, BF_ROOT_VMID, page), BF_STATUS_FAILURE_UNKNOWN, "mapped in another VM");       \
    must(CALL(VM_MAP_DIRECT, handle, BF_ROOT_VMID, FREE_PAGE));                                                     \
    expect(faults(page), 0, "mapped page faults");                                                                  \
    expect_status(CALL(name, handle, BF_ROOT_VMID, page), BF_STATUS_SUCCESS, "mapped");                             \
    expect(faults(page), 1, "unmapped page can be read");                                                           \
    expect_status(CALL(name, handle, BF_ROOT_VMID, page), BF_STATUS_SUCCESS, "mapped by the fail callback");        \
    expect_status(CALL(name, handle, BF_ROOT_VMID, page), BF_STATUS_FAILURE_UNKNOWN, "unmapped already");           \
    expect_status(CALL(name, handle, vm, page), BF_STATUS_SUCCESS, "mapped in a VM that is not active");            \
    must(CALL(VM_DESTROY, handle, vm));

static void unmap_checks(void) { CHECKS_UNMAP(VM_UNMAP_DIRECT) }
static void unmap_broadcast_checks(void) { CHECKS_UNMAP(VM_UNMAP_DIRECT_BROADCAST) }

/** What the VMCB asks of the next run; a VMCS has no such field. */
static u64 tlb_control(u16 vs)
{
    struct result result = CALL(VS_READ, handle, vs, BF_AMD_REG_TLB_CONTROL);
    must(result);
    return result.reg[0] & 7;
}

/** TLB_CONTROL: 1 flushes all, 3 this guest's translations, where the processor can (APM volume 2, 15.16.1). */
static void flush_good(void)
{
    REFUSES_VMS(VM_TLB_FLUSH)
    u16 vms[2], vps[2], vss[2];
    for (u32 i = 0; i < 2; i++) {
        vms[i] = create_vm();
        struct result vp = CALL(VP_CREATE, handle, vms[i]);
        must(vp);
        vps[i] = (u16)vp.reg[0];
        struct result vs = CALL(VS_CREATE, handle, vps[i], this_pp());
        must(vs);
        vss[i] = (u16)vs.reg[0];
        if (!is_intel())
            must(CALL(VS_WRITE, handle, vss[i], BF_AMD_REG_TLB_CONTROL, 0));
    }
    must(CALL(VM_TLB_FLUSH, handle, vms[1]));
    if (!is_intel()) {
        u64 control = tlb_control(vss[1]);
        expect(control == 1 || control == 3, 1, "TLB_CONTROL is 1 or 3");
        expect(tlb_control(vss[0]), 0, "TLB_CONTROL of another VM");
    }
    for (u32 i = 2; i-- > 0;) {
        must(CALL(VS_DESTROY, handle, vss[i]));
        must(CALL(VP_DESTROY, handle, vps[i]));
        must(CALL(VM_DESTROY, handle, vms[i]));
    }
}

void test_vms(void)
{
    static const struct test tests[] = {
        {"good", BF_SYSCALL_VM_CREATE, create_good},
        {"good", BF_SYSCALL_VM_DESTROY, destroy_checks},
        {"good", BF_SYSCALL_VM_TLB_FLUSH, flush_good},
    };
    RUN_ALL(tests);
}

void test_direct_maps(void)
{
    static const struct test tests[] = {
        {"arguments", BF_SYSCALL_VM_MAP_DIRECT, map_checks},
        {"good", BF_SYSCALL_VM_MAP_DIRECT, map_good},
        {"ownership", BF_SYSCALL_VM_MAP_DIRECT, map_owned},
        {"good", BF_SYSCALL_VM_UNMAP_DIRECT, unmap_checks},
        {"good", BF_SYSCALL_VM_UNMAP_DIRECT_BROADCAST, unmap_broadcast_checks},
    };
    RUN_ALL(tests);
}
