/* SPDX-License-Identifier: MIT */
/* What is done with a VS: bareflank-calls.h has the calls themselves */
#ifndef BAREFLANK_VS_H
#define BAREFLANK_VS_H

#include "intel.h"
#include "next.h"
#include "vendor.h"

static const bf_vm bf_root_vm = {BF_ROOT_VMID};

/* Reads a register that every processor has, BF_REG_*, as the VM sees it: attributes of segments are AMD's on both. */
static inline uint64_t bf_vs_get(bf_vs vs, uint32_t reg)
{
    uint64_t value;
    if (bf_is_intel)
        return bf_intel_get(vs, reg);
    bf_require(bf_vs_read(vs, reg & 0xffff, &value));
    return value;
}

/* Writes one. */
static inline void bf_vs_set(bf_vs vs, uint32_t reg, uint64_t value)
{
    if (bf_is_intel)
        bf_intel_set(vs, reg, value);
    else
        bf_require(bf_vs_write(vs, reg & 0xffff, value));
}

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes one with a value that the VM chose, as an instruction of the VM does; false when the processor would raise #GP, as
 * for reserved bits and for addresses that are not canonical. bf_vs_set takes the extension's own values for good ones.
 * native/values.c has it.
 */
bool bf_vs_try_set(bf_vs vs, uint32_t reg, uint64_t value);

#ifdef __cplusplus
}
#endif

/* Changes one bit of a register by its number on this processor. */
static inline void bf_vs_set_bit(bf_vs vs, uint32_t reg, uint32_t bit, bool wanted)
{
    uint64_t word, mask = (uint64_t)1 << bit;
    bf_require(bf_vs_read(vs, reg, &word));
    bf_require(bf_vs_write(vs, reg, wanted ? word | mask : word & ~mask));
}

/* Makes a VM exit for an instruction or event, BF_INTERCEPT_*. What exits always on Intel does so there without it. */
static inline void bf_vs_intercept(bf_vs vs, uint32_t intercept)
{
    uint32_t place = bf_native(intercept);
    if (place != 0)
        bf_vs_set_bit(vs, place >> 5, place & 31, true);
}

/* Makes the root VS of this processor: the operating system, as it was when the hypervisor started. */
static inline bf_vs bf_vs_create_root(bf_pp pp)
{
    const uint64_t root_space = 1; /* of the root VM's address translations; 0 is the hypervisor's own */
    const uint32_t vmrun = 0;      /* bit of the word; SVM demands it */
    bf_vp vp;
    bf_vs vs;
    bf_require(bf_vp_create(bf_root_vm, &vp));
    bf_require(bf_vs_create(vp, pp, &vs));
    bf_vs_set(vs, BF_REG_ADDRESS_SPACE_ID, root_space);
    if (bf_is_intel)
        bf_intel_prepare_root(vs);
    else
        bf_vs_set_bit(vs, BF_AMD_REG_INTERCEPT_INSTRUCTION2, vmrun, true);
    bf_require(bf_vs_init_as_root(vs));
    bf_require(bf_vs_set_active(bf_root_vm, vp, vs));
    return vs;
}

/* Raises a fault without an error code in the VM when it runs next. */
static inline enum bf_next bf_vs_inject(bf_vs vs, uint32_t vector)
{
    /* A fault is pushed with RFLAGS.RF set: its instruction does not hit a breakpoint twice (APM volume 2, 13.1.1.2) */
    bf_vs_set_bit(vs, bf_native(BF_REG_RFLAGS), 16, true);
    /* Both vendors have the event in the same bits: valid, type exception (APM volume 2, 15.20; SDM volume 3, 25.8.3) */
    const uint32_t valid_exception = 0x80000300;
    uint32_t reg = bf_is_intel ? BF_INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD : BF_AMD_REG_EVENTINJ;
    bf_require(bf_vs_write(vs, reg, valid_exception | vector));
    return bf_run;
}

/* Raises #GP with an error code of 0, as for a value that the processor does not take. */
static inline enum bf_next bf_vs_refuse(bf_vs vs)
{
    /* AMD has the error code in bits 63:32, Intel in a field of its own; bit 11: there is one */
    const uint32_t general_protection = 13, with_code = 1u << 11;
    uint64_t cr0;
    if (!bf_is_intel)
        return bf_vs_inject(vs, general_protection | with_code);
    /* In real mode no exception has one, and the processor refuses an entry with it (SDM volume 3, 27.2.1.3) */
    bf_require(bf_vs_read(vs, BF_INTEL_REG_CR0, &cr0));
    bf_require(bf_vs_write(vs, BF_INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, 0));
    return bf_vs_inject(vs, general_protection | (cr0 & 1 ? with_code : 0));
}

/* Raises #UD in the VM, as if the instruction that it exited for did not exist. */
static inline enum bf_next bf_vs_inject_undefined_opcode(bf_vs vs)
{
    return bf_vs_inject(vs, 6);
}

#endif
