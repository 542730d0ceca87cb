/* SPDX-License-Identifier: MIT */
/* The sacrificial VM of a processor: 16-bit code that exits all the time, whose VS is run between the root VM's */
#include "fuzz.h"

#ifdef INTEL
u32 make_sacrifice(void) { return 0; }
#else
/** Intercepts CPUID, HLT and shutdown; VMRUN, which the processor demands. */
#define INTERCEPTS1 0x81040000u
#define INTERCEPTS2 0x1u
#define ATTRIB_CODE 0x9bu
#define ATTRIB_DATA 0x93u
#define ATTRIB_LDT 0x82u
#define ATTRIB_TSS 0x8bu
#define PAT_RESET 0x0007040600070406u
#define CR0_ET 0x10u
#define GUEST_CODE 0x7000u

/** CPUID, HLT, and again. */
static const u8 code[] = {0x0f, 0xa2, 0xf4, 0xeb, 0xfb};

static void set(u32 vs, u32 reg, u64 value) { need(BF_SYSCALL_VS_WRITE, vs, reg, value); }

/** The registers of a segment follow each other: selector, attributes, limit, base. */
static void set_segment(u32 vs, u32 selector, u64 attributes, u64 base)
{
    set(vs, selector + 1, attributes);
    set(vs, selector + 2, 0xffff);
    set(vs, selector + 3, base);
}

/** Where the VM sees its page: version 2 gives it no memory but by tables. */
static u64 show(const struct sacrifice *guest)
{
#ifdef VERSION_2
    u64 nested = need(BF_SYSCALL_NESTED_CREATE, 0, 0, 0).rdi;
    const u64 map[] = {0, nested, GUEST_CODE, guest->page, 0x1000, BF_NESTED_RIGHTS | BF_NESTED_WRITE_BACK};
    need_all(BF_SYSCALL_NESTED_MAP, map);
    need(BF_SYSCALL_NESTED_ATTACH, nested, guest->vs, 0);
    return GUEST_CODE;
#else
    return guest->page;
#endif
}

u32 make_sacrifice(void)
{
    struct sacrifice *guest = &mine()->guest;
    u32 pp = this_pp();
    guest->vm = (u32)need(BF_SYSCALL_VM_CREATE, 0, 0, 0).rdi;
    guest->vp = (u32)need(BF_SYSCALL_VP_CREATE, guest->vm, 0, 0).rdi;
    guest->vs = (u32)need(BF_SYSCALL_VS_CREATE, guest->vp, pp, 0).rdi;
    guest->page = need(BF_SYSCALL_MEM_ALLOC_PAGE, 0, 0, 0).rsi;
    for (u32 i = 0; i < sizeof(code); i++)
        *(volatile u8 *)(BF_EXT_POOL_BASE + guest->page + i) = code[i];
    u32 vs = guest->vs;
    set(vs, BF_AMD_REG_GUEST_ASID, 2 + pp);
    set(vs, BF_AMD_REG_INTERCEPT_INSTRUCTION1, INTERCEPTS1);
    set(vs, BF_AMD_REG_INTERCEPT_INSTRUCTION2, INTERCEPTS2);
    static const u32 data[] = {BF_AMD_REG_DS_SELECTOR, BF_AMD_REG_ES_SELECTOR, BF_AMD_REG_SS_SELECTOR,
                               BF_AMD_REG_FS_SELECTOR, BF_AMD_REG_GS_SELECTOR};
    for (u32 i = 0; i < sizeof(data) / sizeof(*data); i++)
        set_segment(vs, data[i], ATTRIB_DATA, 0);
    set_segment(vs, BF_AMD_REG_LDTR_SELECTOR, ATTRIB_LDT, 0);
    set_segment(vs, BF_AMD_REG_TR_SELECTOR, ATTRIB_TSS, 0);
    set_segment(vs, BF_AMD_REG_GDTR_SELECTOR, 0, 0);
    set_segment(vs, BF_AMD_REG_IDTR_SELECTOR, 0, 0);
    set_segment(vs, BF_AMD_REG_CS_SELECTOR, ATTRIB_CODE, show(guest));
    // The microkernel adds SVME, which the processor demands
    set(vs, BF_AMD_REG_EFER, 0);
    set(vs, BF_AMD_REG_CR0, CR0_ET);
    set(vs, BF_AMD_REG_PAT, PAT_RESET);
    set(vs, BF_AMD_REG_DR7, 0x400);
    set(vs, BF_AMD_REG_DR6, 0xffff0ff0);
    set(vs, BF_AMD_REG_RFLAGS, 2);
    return 1;
}
#endif
