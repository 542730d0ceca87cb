/* SPDX-License-Identifier: MIT */
/* The guest that exited: its general registers, and CPUID as it would see it alone */
#ifndef BAREFLANK_GUEST_H
#define BAREFLANK_GUEST_H

#include "next.h"
#include "vendor.h"

/*
 * The block at the thread pointer. Its registers are those of the active VS, to read and write in place:
 * `bf_guest->rax = 1`; its identifiers say who runs where. What an exit other than CPUID's was about is there, too, to read by a load:
 * `bf_guest->exit_rip`, `exit_information1` and their like.
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

/* Executes CPUID and gives the guest what it answers, ECX with a bit set or not. */
static inline void bf_guest_execute_cpuid(uint32_t leaf, uint64_t ecx_bit, bool is_set)
{
    uint32_t eax = leaf, ebx, ecx = (uint32_t)bf_guest->rcx, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    ecx = is_set ? ecx | (uint32_t)ecx_bit : ecx & ~(uint32_t)ecx_bit;
    bf_guest_answer(eax, ebx, ecx, edx);
}

/* Whether a bit of the guest's CR4 is set. */
static inline bool bf_guest_has_cr4(uint64_t bit)
{
    return bf_guest_read(bf_native(BF_REG_CR4)) & bit;
}

/* Whether the guest executes 64-bit code, on Intel: bit 13 of an access rights word (SDM volume 3, 25.4.1). */
static inline bool bf_guest_is_64_bit(void)
{
    return bf_guest_read(BF_INTEL_REG_CS_ATTRIB) >> 13 & 1 && bf_guest_read(BF_INTEL_REG_EFER) & BF_CPUID_SYSCALL_EFER;
}

/* The answer to a leaf above 1. Bits that show who executes CPUID show the guest: abi/src/cpuid-bits.ts. */
__attribute__((noinline, cold, unused)) static void bf_guest_answer_higher_leaf(uint32_t leaf)
{
    if (leaf == BF_CPUID_OSPKE_LEAF && (uint32_t)bf_guest->rcx == 0) {
        bf_guest_execute_cpuid(leaf, BF_CPUID_OSPKE_BIT, bf_guest_has_cr4(BF_CPUID_OSPKE_CR4));
        return;
    }
    bf_guest_execute_cpuid(leaf, 0, false);
    if (bf_is_intel && leaf == BF_CPUID_AESKLE_LEAF)
        bf_guest->rbx = bf_guest_has_cr4(BF_CPUID_AESKLE_CR4) ? bf_guest->rbx | BF_CPUID_AESKLE_BIT : bf_guest->rbx & ~BF_CPUID_AESKLE_BIT;
    else if (bf_is_intel && leaf == BF_CPUID_SYSCALL_LEAF)
        bf_guest->rdx = bf_guest_is_64_bit() ? bf_guest->rdx | BF_CPUID_SYSCALL_BIT : bf_guest->rdx & ~BF_CPUID_SYSCALL_BIT;
}

/* Gives CPUID the answer of the processor alone. */
static inline void bf_guest_answer_cpuid(void)
{
    const uint32_t leaf = (uint32_t)bf_guest->rax;
    if (leaf > BF_CPUID_OSXSAVE_LEAF)
        bf_guest_answer_higher_leaf(leaf);
    else if (leaf == BF_CPUID_OSXSAVE_LEAF)
        bf_guest_execute_cpuid(leaf, BF_CPUID_OSXSAVE_BIT, bf_guest_has_cr4(BF_CPUID_OSXSAVE_CR4));
    else
        bf_guest_execute_cpuid(leaf, 0, false);
}

#endif
