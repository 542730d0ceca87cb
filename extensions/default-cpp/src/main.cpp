// SPDX-License-Identifier: MIT
// The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

#include <bareflank/extension.hpp>

using namespace bareflank;

static thread_local uint64_t answered; // CPUIDs, on this processor

/// Called on each processor when it starts: the operating system becomes its root VS, which does not see the hypervisor.
Next bootstrap(Pp pp) {
    Vs root = root::start(pp);
    return Setting("nested").is("no") || root::hide_hypervisor(root) ? Next::run : Next::fail;
}

/// Called for each VM exit.
Next vmexit(Vs vs, uint64_t reason) {
    if (is_exit(reason, BF_EXIT_CPUID))
        answered++;
    if (root::is_leaving(reason))
        log("leaving the VM, CPUIDs answered: ", answered);
    return root::vmexit(vs, reason);
}
