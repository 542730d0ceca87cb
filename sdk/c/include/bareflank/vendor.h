/* SPDX-License-Identifier: MIT */
/* Which vendor's processor this is: the same extension runs on AMD and Intel */
#ifndef BAREFLANK_VENDOR_H
#define BAREFLANK_VENDOR_H

#include <stdbool.h>

#include "bareflank.h"

/* Whether this is a processor of Intel's; of AMD's otherwise. The start file asks CPUID. */
extern const bool bf_is_intel __attribute__((visibility("hidden")));

/* This processor's number of what both vendors have: BF_REG_*, BF_EXIT_*, BF_INTERCEPT_*. */
static inline uint32_t bf_native(uint32_t both)
{
    return bf_is_intel ? both >> 16 : both & 0xffff;
}

/* Whether a VM exited for a reason that both vendors have: BF_EXIT_*. Others are BF_AMD_EXIT_* and BF_INTEL_EXIT_*. */
static inline bool bf_is_exit(uint64_t reason, uint32_t exit)
{
    return reason == bf_native(exit);
}

#endif
