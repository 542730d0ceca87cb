/* SPDX-License-Identifier: MIT */
/* The guest that exited: its general registers, and CPUID as it would see it alone */
#ifndef BAREFLANK_GUEST_H
#define BAREFLANK_GUEST_H

#include "next.h"
#include "vendor.h"

/*
 * The block at the thread pointer. Its registers are those of the active VS, to read and write in place:
 * `bf_guest->rax = 1`; its identifiers say who runs where.
 */
#define bf_guest ((struct bf_tcb __seg_fs *)0)

/* The processor that this runs on, and the active VS on it. */
static inline bf_pp bf_this_pp(void)
{
    bf_pp pp = {bf_guest->ppid};
    return pp;
}

static inline bf_vs bf_active_vs(void)
{
    bf_vs vs = {bf_guest->active_vs};
    return vs;
}

/* Reads a register of the active VS by its number on this processor. */
static inline uint64_t bf_guest_read(uint32_t reg)
{
    uint64_t value;
    bf_require(bf_vs_read(bf_active_vs(), reg, &value));
    return value;
}

/* Current privilege level: 0 for an operating system's kernel, 3 for its programs. */
static inline uint32_t bf_guest_privilege(void)
{
    uint64_t value = bf_guest_read(bf_native(BF_REG_CPL));
    return bf_is_intel ? (uint32_t)value >> 5 & 3 : (uint32_t)value;
}

/* Gives CPUID this answer. */
static inline void bf_guest_answer(uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
    bf_guest->rax = eax;
    bf_guest->rbx = ebx;
    bf_guest->rcx = ecx;
    bf_guest->rdx = edx;
}

/* Gives CPUID the answer to BF_CPUID_HYPERVISOR_BASE: the product's name, and its highest leaf. */
static inline void bf_guest_answer_signature(void)
{
    bf_guest_answer(BF_CPUID_HYPERVISOR_MAX, BF_CPUID_SIGNATURE_EBX, BF_CPUID_SIGNATURE_ECX, BF_CPUID_SIGNATURE_EDX);
}

/* CPUID bits that follow the guest's CR4 and not host mode's (APM volume 3, appendix E). */
static inline uint32_t bf_follow_cr4(uint32_t ecx, uint32_t ecx_bit, uint64_t cr4_bit)
{
    return bf_guest_read(bf_native(BF_REG_CR4)) & cr4_bit ? ecx | ecx_bit : ecx & ~ecx_bit;
}

/* Gives CPUID the answer of the processor alone. */
static inline void bf_guest_answer_cpuid(void)
{
    const uint32_t leaf = (uint32_t)bf_guest->rax, osxsave = 1u << 27, ospke = 1u << 4;
    const uint64_t cr4_osxsave = 1u << 18, cr4_pke = 1u << 22;
    uint32_t eax = leaf, ebx, ecx = (uint32_t)bf_guest->rcx, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (leaf == 1)
        ecx = bf_follow_cr4(ecx, osxsave, cr4_osxsave);
    else if (leaf == 7)
        ecx = bf_follow_cr4(ecx, ospke, cr4_pke);
    bf_guest_answer(eax, ebx, ecx, edx);
}

#endif
