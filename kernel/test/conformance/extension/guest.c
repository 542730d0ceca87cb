/* SPDX-License-Identifier: MIT */
#include "guest.h"
#include "vendor.h"

#define PAGE 0x1000u
#define ATTRIB_CODE 0x9bu
#define ATTRIB_DATA 0x93u
#define ATTRIB_LDT 0x82u
#define ATTRIB_TSS 0x8bu
#define CR0_ET 0x10u
#define PAT_RESET 0x0007040600070406u

/** AMD: exits for CPUID, HLT and shutdown; for VMRUN, which the processor demands. */
#define INTERCEPTS1 0x81040000u
#define INTERCEPTS2 0x1u

/** Intel: HLT exiting, secondary controls; EPT, VPID, unrestricted guest (SDM volume 3, 25.6.2). */
#define PROC_GUEST 0x80000080u
#define PROC2_GUEST 0xa2u
/** Write-back, four levels (25.6.11); and what an entry of a table, and one of a page, has beside its address (29.3.2). */
#define EPTP_FLAGS 0x1eu
#define EPT_TABLE 0x7u
#define EPT_PAGE 0x37u

static const u8 code[] = {0x0f, 0xa2, 0x43, 0x0f, 0xa2, 0x43, 0x0f, 0xa2, 0xf4, 0xeb, 0xf5};

/** Segment and descriptor table registers in the order of Intel's enumeration. */
enum segment { ES, CS, SS, DS, FS, GS, LDTR, TR, GDTR, IDTR, SEGMENTS };

static void write(const struct guest *guest, u32 reg, u64 value)
{
    must(CALL(VS_WRITE, handle, guest->vs, reg, value));
}

/** AMD numbers a segment's registers in a row: selector, attributes, limit, base. Intel has a row of each. */
static void write_segment(const struct guest *guest, enum segment segment, u64 attributes, u64 base)
{
    static const u32 amd[SEGMENTS] = {
        BF_AMD_REG_ES_SELECTOR, BF_AMD_REG_CS_SELECTOR,   BF_AMD_REG_SS_SELECTOR, BF_AMD_REG_DS_SELECTOR,
        BF_AMD_REG_FS_SELECTOR, BF_AMD_REG_GS_SELECTOR,   BF_AMD_REG_LDTR_SELECTOR, BF_AMD_REG_TR_SELECTOR,
        BF_AMD_REG_GDTR_SELECTOR, BF_AMD_REG_IDTR_SELECTOR};
    u32 intel = is_intel();
    if (segment < GDTR) {
        write(guest, intel ? BF_INTEL_REG_ES_SELECTOR + segment : amd[segment], 0);
        write(guest, intel ? BF_INTEL_REG_ES_ATTRIB + segment : amd[segment] + 1, attributes);
    }
    write(guest, intel ? BF_INTEL_REG_ES_LIMIT + segment : amd[segment] + 2, 0xffff);
    write(guest, intel ? BF_INTEL_REG_ES_BASE + segment : amd[segment] + 3, base);
}

static u64 allocate_page(void)
{
    struct result result = CALL(MEM_ALLOC_PAGE, handle);
    must(result);
    return result.reg[1];
}

/** Nested page tables that map the guest's page to itself, and nothing else. */
static void map_page(struct guest *guest)
{
    u64 entry = guest->page | EPT_PAGE;
    for (u32 level = 0; level < GUEST_TABLES; level++) {
        guest->tables[level] = allocate_page();
        u64 index = guest->page >> (12 + 9 * level) & 511;
        *(volatile u64 *)(BF_EXT_POOL_BASE + guest->tables[level] + 8 * index) = entry;
        entry = guest->tables[level] | EPT_TABLE;
    }
    write(guest, BF_INTEL_REG_EPT_POINTER, guest->tables[GUEST_TABLES - 1] | EPTP_FLAGS);
}

static void write_controls(struct guest *guest)
{
    write(guest, REG_TAG, 2 + this_pp());
    write(guest, REG(DR6), 0xffff0ff0);
    if (!is_intel()) {
        write(guest, BF_AMD_REG_INTERCEPT_INSTRUCTION1, INTERCEPTS1);
        write(guest, BF_AMD_REG_INTERCEPT_INSTRUCTION2, INTERCEPTS2);
        return;
    }
    write(guest, BF_INTEL_REG_VMCS_LINK_POINTER, ~0ull);
    write(guest, BF_INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, PROC_GUEST);
    write(guest, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, PROC2_GUEST);
    map_page(guest);
}

void make_guest(struct guest *guest)
{
    struct result result = CALL(VM_CREATE, handle);
    must(result);
    guest->vm = (u16)result.reg[0];
    result = CALL(VP_CREATE, handle, guest->vm);
    must(result);
    guest->vp = (u16)result.reg[0];
    result = CALL(VS_CREATE, handle, guest->vp, this_pp());
    must(result);
    guest->vs = (u16)result.reg[0];
    guest->page = allocate_page();
    for (u32 i = 0; i < sizeof(code); i++)
        *(volatile u8 *)(BF_EXT_POOL_BASE + guest->page + i) = code[i];
    write_controls(guest);
    write_segment(guest, CS, ATTRIB_CODE, guest->page);
    const enum segment data[] = {DS, ES, SS, FS, GS};
    for (u32 i = 0; i < sizeof(data) / sizeof(*data); i++)
        write_segment(guest, data[i], ATTRIB_DATA, 0);
    write_segment(guest, LDTR, ATTRIB_LDT, 0);
    write_segment(guest, TR, ATTRIB_TSS, 0);
    write_segment(guest, GDTR, 0, 0);
    write_segment(guest, IDTR, 0, 0);
    write(guest, REG(EFER), 0);
    write(guest, REG(CR0), CR0_ET);
    write(guest, REG(PAT), PAT_RESET);
    write(guest, REG(DR7), 0x400);
    write(guest, REG(RFLAGS), 2);
    write(guest, REG(RIP), GUEST_CPUID1);
    write(guest, REG(RBX), GUEST_RBX);
}

void destroy_guest(const struct guest *guest)
{
    must(CALL(VS_DESTROY, handle, guest->vs));
    must(CALL(VP_DESTROY, handle, guest->vp));
    must(CALL(VM_DESTROY, handle, guest->vm));
    must(CALL(MEM_FREE_PAGE, handle, BF_EXT_POOL_BASE + guest->page));
    for (u32 level = 0; is_intel() && level < GUEST_TABLES; level++)
        must(CALL(MEM_FREE_PAGE, handle, BF_EXT_POOL_BASE + guest->tables[level]));
}
