/* SPDX-License-Identifier: MIT */
/* The operating system as the root VM, with what it and the loader expect of CPUID */
#ifndef BAREFLANK_ROOT_H
#define BAREFLANK_ROOT_H

#include "bareflank-sdk.h"

#include "guest.h"
#include "log.h"
#include "vs.h"

/* Makes the operating system this processor's root VS, which exits for CPUID: for bootstrap. */
static inline bf_vs bf_root_start(bf_pp pp)
{
    bf_vs root = bf_vs_create_root(pp);
    bf_vs_intercept(root, BF_INTERCEPT_CPUID);
    return root;
}

/*
 * Hides the hypervisor from the operating system: it reads zeroes where the hypervisor's memory is, and writes there are general
 * protection faults. False when memory runs out.
 */
static inline bool bf_root_hide_hypervisor(bf_vs root)
{
    return bf_nested_guard(root) == BF_STATUS_SUCCESS;
}

/* Whether an exit is a command of the loader's: CPUID of the control leaf, in the operating system's kernel. */
static inline bool bf_root_is_command(uint64_t reason, uint32_t command)
{
    return bf_is_exit(reason, BF_EXIT_CPUID) && (uint32_t)bf_guest->rax == BF_CPUID_CONTROL &&
           (uint32_t)bf_guest->rcx == command && bf_guest_privilege() == 0;
}

/* Whether this processor is told to leave the hypervisor: the place for totals. bf_root_vmexit answers. */
static inline bool bf_root_is_leaving(uint64_t reason)
{
    return bf_root_is_command(reason, BF_CPUID_CONTROL_REPORT_OFF);
}

/* The control leaf: only the operating system's kernel may use it. */
__attribute__((noinline, cold, unused)) static enum bf_next bf_root_control(void)
{
    uint32_t command = (uint32_t)bf_guest->rcx;
    bool allowed = bf_guest_privilege() == 0 && command - BF_CPUID_CONTROL_STOP <= 2;
    bf_guest_answer(allowed ? BF_CPUID_CONTROL_DONE : BF_CPUID_CONTROL_REFUSED, 0, 0, 0);
    if (allowed && command == BF_CPUID_CONTROL_REPORT_ON)
        bf_log("in a VM now");
    return allowed && command == BF_CPUID_CONTROL_STOP ? bf_stop : bf_advance_and_run;
}

/* CPUID: the processor answers, but for the hypervisor's own leaves. */
static inline enum bf_next bf_root_cpuid(void)
{
    uint32_t leaf = (uint32_t)bf_guest->rax;
    if (leaf < BF_CPUID_HYPERVISOR_BASE || leaf > BF_CPUID_HYPERVISOR_LAST)
        bf_guest_answer_cpuid();
    else if (leaf == BF_CPUID_CONTROL)
        return bf_root_control();
    else if (leaf == BF_CPUID_HYPERVISOR_BASE)
        bf_guest_answer_signature();
    else if (leaf == BF_CPUID_HYPERVISOR_MAX)
        bf_guest_answer(BF_CPUID_INTERFACE_EAX, 0, 0, 0);
    else
        bf_guest_answer(0, 0, 0, 0);
    return bf_advance_and_run;
}

/* What happens at the exits of an operating system that bf_root_start has started; at any other, give up. */
static inline enum bf_next bf_root_vmexit(bf_vs vs, uint64_t reason)
{
    return bf_is_exit(reason, BF_EXIT_CPUID) ? bf_root_cpuid() : bf_root_unasked(vs, reason);
}

#endif
