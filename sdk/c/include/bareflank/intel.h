/* SPDX-License-Identifier: MIT */
/* What vs.h and root.h do on Intel; native/intel.c has it */
#ifndef BAREFLANK_INTEL_H
#define BAREFLANK_INTEL_H

#include <stdbool.h>

#include "next.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A register of BF_REG_* as the VM sees it. */
uint64_t bf_intel_get(bf_vs vs, uint32_t reg);
void bf_intel_set(bf_vs vs, uint32_t reg, uint64_t value);

/* Controls that every VS wants before it can run, and those that an operating system's wants besides. */
void bf_intel_prepare(bf_vs vs);
void bf_intel_prepare_root(bf_vs vs);

/* Lets a VM run without protection and without paging. */
void bf_intel_allow_real_mode(bf_vs vs);

#ifdef __cplusplus
}
#endif

#endif
