/* SPDX-License-Identifier: MIT */
#include "guest.h"

#define PAGE 0x1000u
/** Intercepts CPUID, HLT and shutdown; VMRUN, which the processor demands. */
#define INTERCEPTS1 0x81040000u
#define INTERCEPTS2 0x1u
#define ATTRIB_CODE 0x9bu
#define ATTRIB_DATA 0x93u
#define ATTRIB_LDT 0x82u
#define ATTRIB_TSS 0x8bu
#define CR0_ET 0x10u
#define PAT_RESET 0x0007040600070406u

static const u8 code[] = {0x0f, 0xa2, 0x43, 0x0f, 0xa2, 0x43, 0x0f, 0xa2, 0xf4, 0xeb, 0xf5};

static void write(const struct guest *guest, u32 reg, u64 value)
{
    must(CALL(VS_WRITE, handle, guest->vs, reg, value));
}

/** The registers of a segment follow each other: selector, attributes, limit, base. */
static void write_segment(const struct guest *guest, u32 selector, u64 attributes, u64 base)
{
    write(guest, selector, 0);
    write(guest, selector + 1, attributes);
    write(guest, selector + 2, 0xffff);
    write(guest, selector + 3, base);
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
    result = CALL(MEM_ALLOC_PAGE, handle);
    must(result);
    guest->page = result.reg[1];
    for (u32 i = 0; i < sizeof(code); i++)
        *(volatile u8 *)(BF_EXT_POOL_BASE + guest->page + i) = code[i];
    write(guest, BF_AMD_REG_GUEST_ASID, 2 + this_pp());
    write(guest, BF_AMD_REG_INTERCEPT_INSTRUCTION1, INTERCEPTS1);
    write(guest, BF_AMD_REG_INTERCEPT_INSTRUCTION2, INTERCEPTS2);
    write_segment(guest, BF_AMD_REG_CS_SELECTOR, ATTRIB_CODE, guest->page);
    const u32 data[] = {BF_AMD_REG_DS_SELECTOR, BF_AMD_REG_ES_SELECTOR, BF_AMD_REG_SS_SELECTOR,
                        BF_AMD_REG_FS_SELECTOR, BF_AMD_REG_GS_SELECTOR};
    for (u32 i = 0; i < sizeof(data) / sizeof(*data); i++)
        write_segment(guest, data[i], ATTRIB_DATA, 0);
    write_segment(guest, BF_AMD_REG_LDTR_SELECTOR, ATTRIB_LDT, 0);
    write_segment(guest, BF_AMD_REG_TR_SELECTOR, ATTRIB_TSS, 0);
    write_segment(guest, BF_AMD_REG_GDTR_SELECTOR, 0, 0);
    write_segment(guest, BF_AMD_REG_IDTR_SELECTOR, 0, 0);
    write(guest, BF_AMD_REG_EFER, 0);
    write(guest, BF_AMD_REG_CR0, CR0_ET);
    write(guest, BF_AMD_REG_PAT, PAT_RESET);
    write(guest, BF_AMD_REG_DR7, 0x400);
    write(guest, BF_AMD_REG_DR6, 0xffff0ff0);
    write(guest, BF_AMD_REG_RFLAGS, 2);
    write(guest, BF_AMD_REG_RIP, GUEST_CPUID1);
    write(guest, BF_AMD_REG_RBX, GUEST_RBX);
}

void destroy_guest(const struct guest *guest)
{
    must(CALL(VS_DESTROY, handle, guest->vs));
    must(CALL(VP_DESTROY, handle, guest->vp));
    must(CALL(VM_DESTROY, handle, guest->vm));
    must(CALL(MEM_FREE_PAGE, handle, BF_EXT_POOL_BASE + guest->page));
}
