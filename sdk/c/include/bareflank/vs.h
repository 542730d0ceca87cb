/* SPDX-License-Identifier: MIT */
/* What is done with a VS: bareflank-calls.h has the calls themselves */
#ifndef BAREFLANK_VS_H
#define BAREFLANK_VS_H

#include "next.h"

static const bf_vm bf_root_vm = {BF_ROOT_VMID};

/* Makes the root VS of this processor: the operating system, as it was when the hypervisor started. */
static inline bf_vs bf_vs_create_root(bf_pp pp)
{
    const uint64_t root_asid = 1; /* of the root VM's address space; SVM refuses 0 */
    bf_vp vp;
    bf_vs vs;
    bf_require(bf_vp_create(bf_root_vm, &vp));
    bf_require(bf_vs_create(vp, pp, &vs));
    bf_require(bf_vs_write(vs, BF_AMD_REG_GUEST_ASID, root_asid));
    bf_require(bf_vs_init_as_root(vs));
    bf_require(bf_vs_set_active(bf_root_vm, vp, vs));
    return vs;
}

/* Makes a VM exit with this reason, one below 0xC0: BF_AMD_EXIT_CPUID, BF_AMD_EXIT_EXCEPTION + 14. */
static inline void bf_vs_intercept(bf_vs vs, uint64_t reason)
{
    /* Reasons number the bits of the intercept words: four of 16 bits, then words of 32 (APM volume 2, appendix C). */
    const uint64_t wide = BF_AMD_EXIT_EXCEPTION;
    uint32_t reg = reason < wide ? BF_AMD_REG_INTERCEPT_CR_READ + (uint32_t)(reason / 16)
                                 : BF_AMD_REG_INTERCEPT_EXCEPTION + (uint32_t)((reason - wide) / 32);
    uint64_t bit = reason < wide ? reason % 16 : reason % 32;
    uint64_t word;
    bf_require(bf_vs_read(vs, reg, &word));
    bf_require(bf_vs_write(vs, reg, word | (uint64_t)1 << bit));
}

/* Raises #UD in the VM, as if the instruction that it exited for did not exist. */
static inline enum bf_next bf_vs_inject_undefined_opcode(bf_vs vs)
{
    const uint64_t valid_exception_6 = 0x80000306; /* EVENTINJ (APM volume 2, 15.20) */
    bf_require(bf_vs_write(vs, BF_AMD_REG_EVENTINJ, valid_exception_6));
    return bf_run;
}

#endif
