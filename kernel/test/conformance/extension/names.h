/* SPDX-License-Identifier: MIT */
/* Every system call by name */
#ifndef CONFORMANCE_NAMES_H
#define CONFORMANCE_NAMES_H

#include "call.h"

/** Calls that want a handle, and no owner of the vmexit callback. */
#define HANDLE_CALLS(X)                                                                                             \
    X(HANDLE_CLOSE) X(CALLBACK_REGISTER_BOOTSTRAP) X(CALLBACK_REGISTER_VMEXIT) X(CALLBACK_REGISTER_FAIL)            \
    X(INTRINSIC_RDMSR) X(INTRINSIC_WRMSR) X(MEM_ALLOC_PAGE) X(MEM_FREE_PAGE) X(MEM_ALLOC_HUGE) X(MEM_FREE_HUGE)

/** Calls for the owner of the vmexit callback. */
#define OWNER_CALLS(X)                                                                                              \
    X(VM_CREATE) X(VM_DESTROY) X(VM_MAP_DIRECT) X(VM_UNMAP_DIRECT) X(VM_UNMAP_DIRECT_BROADCAST) X(VM_TLB_FLUSH)     \
    X(VP_CREATE) X(VP_DESTROY)                                                                                      \
    X(VS_CREATE) X(VS_DESTROY) X(VS_INIT_AS_ROOT) X(VS_READ) X(VS_WRITE) X(VS_RUN) X(VS_RUN_CURRENT)                \
    X(VS_ADVANCE_IP_AND_RUN) X(VS_ADVANCE_IP_AND_RUN_CURRENT) X(VS_PROMOTE) X(VS_CLEAR) X(VS_MIGRATE)               \
    X(VS_SET_ACTIVE) X(VS_ADVANCE_IP_AND_SET_ACTIVE) X(VS_TLB_FLUSH)

/** Calls that check nothing but their arguments. */
#define OPEN_CALLS(X)                                                                                               \
    X(CONTROL_EXIT) X(CONTROL_WAIT) X(CONTROL_AGAIN) X(HANDLE_OPEN) X(DEBUG_OUT) X(DEBUG_DUMP_VM) X(DEBUG_DUMP_VP)  \
    X(DEBUG_DUMP_VS) X(DEBUG_DUMP_VMEXIT_LOG) X(DEBUG_WRITE_C) X(DEBUG_WRITE_STR) X(DEBUG_DUMP_EXT)                 \
    X(DEBUG_DUMP_PAGE_POOL) X(DEBUG_DUMP_HUGE_POOL)

/** The name of a call, or of another subject of cases. */
const char *name_of(u32 subject);

#endif
