/* SPDX-License-Identifier: MIT */
/* The cases, by when they run */
#ifndef CONFORMANCE_PHASES_H
#define CONFORMANCE_PHASES_H

#include "check.h"

/** In _start: handles, callbacks, and who may call what before the callbacks are registered. Opens `handle`. */
void test_registration(void);
/** Where a callback of the extension begins (entry.S). */
void bootstrap(void);
void vmexit(void);
void fail(void);

/** What every callback has in its registers but for its arguments. */
void expect_entry(const struct entry *entry, u64 stack_top, u64 rdi, u64 rsi, const char *callback);

/** In bootstrap, on every processor. */
void test_dispatch(void);
void test_handles(void);
void test_debug(void);
void test_vms(void);
void test_direct_maps(void);
void test_vps(void);
void test_vss(void);
void test_registers(void);
void test_run_checks(void);
void test_msrs(void);
void test_memory(void);
void test_limits(void);
void test_image(void);

/** With the root VS active, in its first exit that is not the loader's. */
void test_active(void);
void test_active_run_checks(void);
void test_live_registers(void);

/** The root VM's VP and VS on a processor. */
u16 root_vp(u32 pp);
u16 root_vs(u32 pp);

/** Reads an address that may not be mapped; 1 when it was not (the fail callback then maps a page there). */
u32 faults(u64 address);
/** The fail callback's part of it: 1 when the fault was expected, and the read can be repeated. */
u32 repair_expected_fault(u64 address);

#endif
