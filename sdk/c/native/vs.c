// SPDX-License-Identifier: MIT
// New VSs, and the way back to the operating system, for extensions in C, C++ and Rust
//
// The SDK for TypeScript has the same in vs/vs.ts and vs/real-mode.ts.

#include <bareflank/guest.h>
#include <bareflank/vs.h>

// Of the root VM's address translations; 0 is the hypervisor's own.
#define ROOT_SPACE 1
// Exits for VMRUN, without which the processor refuses a VS (APM volume 2, 15.5.1): a bit of the word.
#define VMRUN 0

// Segments and registers of a processor that was just switched on (APM volume 2, 14.1.3).
#define CODE 0x9b
#define DATA 0x93
#define LOCAL_TABLE 0x82
#define TASK 0x8b
#define LIMIT 0xffff

// The root VM's on each processor, which writes its own alone; native/functions.h reads them.
struct bf_root {
    bf_vp vp;
    bf_vs vs;
} bf_roots[BF_MAX_PPS] __attribute__((visibility("hidden")));

static bf_vs create(bf_vp vp, bf_pp pp, uint64_t space)
{
    bf_vs vs;
    bf_require(bf_vs_create(vp, pp, &vs));
    bf_vs_set(vs, BF_REG_ADDRESS_SPACE_ID, space);
    if (bf_is_intel)
        bf_intel_prepare(vs);
    else
        bf_vs_set_bit(vs, BF_AMD_REG_INTERCEPT_INSTRUCTION2, VMRUN, true);
    return vs;
}

bf_vs bf_vs_create_root(bf_pp pp)
{
    bf_vp vp;
    bf_require(bf_vp_create(bf_root_vm, &vp));
    bf_vs vs = create(vp, pp, ROOT_SPACE);
    if (bf_is_intel)
        bf_intel_prepare_root(vs);
    bf_require(bf_vs_init_as_root(vs));
    bf_roots[pp.id].vp = vp;
    bf_roots[pp.id].vs = vs;
    bf_require(bf_vs_set_active(bf_root_vm, vp, vs));
    return vs;
}

bf_vs bf_vs_create_guest(bf_vp vp, bf_pp pp, uint64_t space)
{
    bf_vs vs = create(vp, pp, space);
    // The machine's, not the VM's: machine checks
    bf_vs_set_bit(vs, bf_is_intel ? BF_INTEL_REG_EXCEPTION_BITMAP : BF_AMD_REG_INTERCEPT_EXCEPTION, 18, true);
    return vs;
}

bf_vs bf_vs_activate_root(void)
{
    bf_vs vs = bf_roots[bf_guest->ppid].vs;
    bf_require(bf_vs_set_active(bf_root_vm, bf_roots[bf_guest->ppid].vp, vs));
    return vs;
}

static void set_segment(bf_vs vs, uint32_t attributes, uint32_t limit, uint64_t value)
{
    bf_vs_set(vs, attributes, value);
    bf_vs_set(vs, limit, LIMIT);
}

void bf_vs_start_in_real_mode(bf_vs vs, uint16_t segment, uint16_t offset)
{
    set_segment(vs, BF_REG_ES_ATTRIB, BF_REG_ES_LIMIT, DATA);
    set_segment(vs, BF_REG_SS_ATTRIB, BF_REG_SS_LIMIT, DATA);
    set_segment(vs, BF_REG_DS_ATTRIB, BF_REG_DS_LIMIT, DATA);
    set_segment(vs, BF_REG_FS_ATTRIB, BF_REG_FS_LIMIT, DATA);
    set_segment(vs, BF_REG_GS_ATTRIB, BF_REG_GS_LIMIT, DATA);
    set_segment(vs, BF_REG_LDTR_ATTRIB, BF_REG_LDTR_LIMIT, LOCAL_TABLE);
    set_segment(vs, BF_REG_TR_ATTRIB, BF_REG_TR_LIMIT, TASK);
    set_segment(vs, BF_REG_CS_ATTRIB, BF_REG_CS_LIMIT, CODE);
    bf_vs_set(vs, BF_REG_CS_SELECTOR, segment);
    bf_vs_set(vs, BF_REG_CS_BASE, (uint64_t)segment << 4);
    bf_vs_set(vs, BF_REG_GDTR_LIMIT, LIMIT);
    bf_vs_set(vs, BF_REG_IDTR_LIMIT, LIMIT);
    // Before CR0: what the microkernel sets there on Intel the VM does not see then
    if (bf_is_intel)
        bf_intel_allow_real_mode(vs);
    bf_vs_set(vs, BF_REG_CR0, 0x10);
    bf_vs_set(vs, BF_REG_DR6, 0xffff0ff0);
    bf_vs_set(vs, BF_REG_DR7, 0x400);
    bf_vs_set(vs, BF_REG_PAT, 0x0007040600070406);
    bf_vs_set(vs, BF_REG_EFER, 0);
    bf_vs_set(vs, BF_REG_RFLAGS, 2);
    bf_vs_set(vs, BF_REG_RIP, offset);
    bf_vs_intercept(vs, BF_INTERCEPT_HLT);
}
