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

#ifdef __cplusplus
extern "C" {
#endif

/* native/vs.c has these. Makes the root VS of this processor: the operating system, as it was when the hypervisor started. */
bf_vs bf_vs_create_root(bf_pp pp);

/*
 * Makes a VS of a VM beside the operating system, with an address space identifier of its own: all registers are 0. Nothing
 * of the machine reaches it (docs/security.md) until it is given nested page tables and maps: bf_nested_attach, bf_map_attach.
 */
bf_vs bf_vs_create_guest(bf_vp vp, bf_pp pp, uint64_t space);

/* Makes the root VS of this processor the active one, which is what bf_run runs: an interrupt of the machine is for it. */
bf_vs bf_vs_activate_root(void);

/*
 * Gives a VS the state in which it executes 16-bit code at segment:offset, with interrupts disabled and all other segments at
 * 0. It exits for HLT.
 */
void bf_vs_start_in_real_mode(bf_vs vs, uint16_t segment, uint16_t offset);

#ifdef __cplusplus
}
#endif

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
    /* In real mode no exception has one (APM volume 2, 8.2), and Intel's processors refuse an entry with it (SDM 3, 27.2.1.3) */
    bf_require(bf_vs_read(vs, bf_native(BF_REG_CR0), &cr0));
    if (bf_is_intel)
        bf_require(bf_vs_write(vs, BF_INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, 0));
    return bf_vs_inject(vs, general_protection | (cr0 & 1 ? with_code : 0));
}

/* Raises #UD in the VM, as if the instruction that it exited for did not exist. */
static inline enum bf_next bf_vs_inject_undefined_opcode(bf_vs vs)
{
    return bf_vs_inject(vs, 6);
}

#endif
