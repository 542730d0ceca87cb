// SPDX-License-Identifier: MIT
// The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

#include <bareflank/extension.h>

static _Thread_local uint64_t answered; // CPUIDs, on this processor

// Called on each processor when it starts: the operating system becomes its root VS, which does not see the hypervisor.
enum bf_next bootstrap(bf_pp pp)
{
    bf_vs root = bf_root_start(pp);
    return bf_setting_is("nested", "no") || bf_root_hide_hypervisor(root) ? bf_run : bf_fail;
}

// Called for each VM exit.
enum bf_next vmexit(bf_vs vs, uint64_t reason)
{
    if (bf_is_exit(reason, BF_EXIT_CPUID))
        answered++;
    if (bf_root_is_leaving(reason))
        bf_log_number("leaving the VM, CPUIDs answered: ", answered);
    return bf_root_vmexit(vs, reason);
}
