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

/* Whether an NMI made the VM exit. */
bool bf_intel_is_nmi(bf_vs vs);

/* What was being delivered when the VM exited is delivered when it goes on. */
void bf_intel_redeliver(bf_vs vs);

/* The VM gets the NMI that has come, now or as soon as it can. */
enum bf_next bf_intel_deliver_nmi(bf_vs vs);
enum bf_next bf_intel_deliver_waiting_nmi(bf_vs vs);

#ifdef __cplusplus
}
#endif

#endif
