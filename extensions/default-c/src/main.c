// SPDX-License-Identifier: MIT
// The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

#include <bareflank/extension.h>

static _Thread_local uint64_t answered; // CPUIDs, on this processor

// Called on each processor when it starts: the operating system becomes its root VS.
enum bf_next bootstrap(bf_pp pp)
{
    bf_vs root = bf_vs_create_root(pp);
    bf_vs_intercept(root, BF_AMD_EXIT_CPUID);
    bf_vs_intercept(root, BF_AMD_EXIT_VMRUN);
    return bf_run;
}

// The control leaf: only the operating system's kernel may use it.
static enum bf_next control(uint32_t command)
{
    bool allowed = bf_guest_privilege() == 0 && command - BF_CPUID_CONTROL_STOP <= 2;
    bf_guest_answer(allowed ? BF_CPUID_CONTROL_DONE : BF_CPUID_CONTROL_REFUSED, 0, 0, 0);
    if (allowed && command == BF_CPUID_CONTROL_STOP)
        return bf_stop;
    if (allowed && command == BF_CPUID_CONTROL_REPORT_ON)
        bf_log("in a VM now");
    if (allowed && command == BF_CPUID_CONTROL_REPORT_OFF)
        bf_log_number("leaving the VM, CPUIDs answered: ", answered);
    return bf_advance_and_run;
}

// CPUID: the processor answers, but for the hypervisor's own leaves.
static enum bf_next cpuid(uint32_t leaf)
{
    answered++;
    if (leaf == BF_CPUID_CONTROL)
        return control((uint32_t)bf_guest->rcx);
    if (leaf < BF_CPUID_HYPERVISOR_BASE || leaf > BF_CPUID_HYPERVISOR_LAST)
        bf_guest_answer_cpuid();
    else if (leaf == BF_CPUID_HYPERVISOR_BASE)
        bf_guest_answer_signature();
    else if (leaf == BF_CPUID_HYPERVISOR_MAX)
        bf_guest_answer(BF_CPUID_INTERFACE_EAX, 0, 0, 0);
    else
        bf_guest_answer(0, 0, 0, 0);
    return bf_advance_and_run;
}

// Called for each VM exit.
enum bf_next vmexit(bf_vs vs, uint64_t reason)
{
    if (reason == BF_AMD_EXIT_CPUID)
        return cpuid((uint32_t)bf_guest->rax);
    if (reason == BF_AMD_EXIT_VMRUN)
        return bf_vs_inject_undefined_opcode(vs);
    return bf_fail;
}
