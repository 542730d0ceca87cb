/* SPDX-License-Identifier: MIT */
/* What vs.h and root.h do on Intel; native/intel.c has it */
#ifndef BAREFLANK_INTEL_H
#define BAREFLANK_INTEL_H

#include "next.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A register of BF_REG_* as the VM sees it. */
uint64_t bf_intel_get(bf_vs vs, uint32_t reg);
void bf_intel_set(bf_vs vs, uint32_t reg, uint64_t value);

/* Controls that an operating system's VS wants before it can run. */
void bf_intel_prepare_root(bf_vs vs);

/* Does what the processor would have done at an exit that nobody asked for; bf_fail when it is none of those. */
enum bf_next bf_intel_unasked(bf_vs vs, uint64_t reason);

#ifdef __cplusplus
}
#endif

#endif
