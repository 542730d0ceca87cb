/* SPDX-License-Identifier: MIT */
/* What the binary interface has twice: numbers of registers and reasons of exits, on AMD and on Intel */
#ifndef CONFORMANCE_VENDOR_H
#define CONFORMANCE_VENDOR_H

#include "call.h"

/** "Genu", of GenuineIntel: EBX of CPUID leaf 0. */
#define CPUID_EBX_INTEL 0x756e6547u

static inline u32 is_intel(void)
{
    u32 eax = 0, ebx, ecx, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return ebx == CPUID_EBX_INTEL;
}

/** A register that both vendors have by this name. */
#define REG(name) (is_intel() ? (u32)BF_INTEL_REG_##name : (u32)BF_AMD_REG_##name)
/** A register that they have by different ones. */
#define REG_OF(amd, intel) (is_intel() ? (u32)BF_INTEL_REG_##intel : (u32)BF_AMD_REG_##amd)
#define REG_EXIT_REASON REG_OF(EXITCODE, EXIT_REASON)
/** The identifier that tells a guest's translations from others: ASID, or VPID. */
#define REG_TAG REG_OF(GUEST_ASID, VIRTUAL_PROCESSOR_IDENTIFIER)
/** Why a VS exits: BF_EXIT_* hold Intel's reason above AMD's code. */
#define EXIT(name) (is_intel() ? (u64)(BF_EXIT_##name >> 16) : (u64)(BF_EXIT_##name & 0xffff))

/**
 * Writes what a root VS has to ask for: on AMD exits for CPUID and VMRUN, on Intel, where the former always exits, its
 * controls and an MSR bitmap that lets everything pass. Returns the calls' statuses, or-ed (vendor.c).
 */
u64 write_root_controls(u64 handle, u16 vs);

#endif
