// SPDX-License-Identifier: MIT
// The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

#include <bareflank/extension.hpp>

using namespace bareflank;

namespace {

thread_local uint64_t answered; // CPUIDs, on this processor

/// The control leaf: only the operating system's kernel may use it.
Next control(uint32_t command) {
    const bool allowed = guest::privilege() == 0 && command - BF_CPUID_CONTROL_STOP <= 2;
    guest::answer(allowed ? BF_CPUID_CONTROL_DONE : BF_CPUID_CONTROL_REFUSED, 0, 0, 0);
    if (!allowed)
        return Next::advance_and_run;
    switch (command) {
    case BF_CPUID_CONTROL_STOP:
        return Next::stop;
    case BF_CPUID_CONTROL_REPORT_ON:
        log("in a VM now");
        break;
    case BF_CPUID_CONTROL_REPORT_OFF:
        log("leaving the VM, CPUIDs answered: ", answered);
        break;
    }
    return Next::advance_and_run;
}

/// CPUID: the processor answers, but for the hypervisor's own leaves.
Next cpuid(uint32_t leaf) {
    answered++;
    if (leaf == BF_CPUID_CONTROL)
        return control(guest::rcx.low());
    if (leaf < BF_CPUID_HYPERVISOR_BASE || leaf > BF_CPUID_HYPERVISOR_LAST)
        guest::answer_cpuid();
    else if (leaf == BF_CPUID_HYPERVISOR_BASE)
        guest::answer_signature();
    else if (leaf == BF_CPUID_HYPERVISOR_MAX)
        guest::answer(BF_CPUID_INTERFACE_EAX, 0, 0, 0);
    else
        guest::answer(0, 0, 0, 0);
    return Next::advance_and_run;
}

} // namespace

/// Called on each processor when it starts: the operating system becomes its root VS.
Next bootstrap(Pp pp) {
    Vs::create_root(pp).intercept(BF_AMD_EXIT_CPUID).intercept(BF_AMD_EXIT_VMRUN);
    return Next::run;
}

/// Called for each VM exit.
Next vmexit(Vs vs, uint64_t reason) {
    switch (reason) {
    case BF_AMD_EXIT_CPUID:
        return cpuid(guest::rax.low());
    case BF_AMD_EXIT_VMRUN:
        vs.inject_undefined_opcode();
        return Next::run;
    default:
        return Next::fail;
    }
}
