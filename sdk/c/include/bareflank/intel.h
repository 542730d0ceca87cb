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

/* The VM gets the NMI that has come, now or as soon as it can; bf_fail for an exception. */
enum bf_next bf_intel_deliver_nmi(bf_vs vs);
enum bf_next bf_intel_deliver_waiting_nmi(bf_vs vs);

/* A move to CR0 or CR4 that changes what is the hypervisor's. */
enum bf_next bf_intel_write_control(bf_vs vs);

#ifdef __cplusplus
}
#endif

#endif
