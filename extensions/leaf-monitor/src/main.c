// SPDX-License-Identifier: MIT
// Answers CPUID as a service allows: what that one denies is all zeroes for the operating system

#include <bareflank/extension.h>

static uint64_t judge; // its number, once it is known
static _Thread_local uint64_t denied, asked;

enum bf_next bootstrap(bf_pp pp)
{
    bf_require(bf_find_extension("leaf-judge", &judge));
    return bf_root_hide_hypervisor(bf_root_start(pp)) ? bf_run : bf_fail;
}

// Without the judge nothing is denied: an answer that is missing must not stop the operating system.
static bool is_denied(uint32_t leaf)
{
    struct bf_message message = {{leaf}};
    if (bf_send(judge, &message) != BF_STATUS_SUCCESS)
        return false;
    asked = message.word[1];
    return message.word[0] == 0;
}

enum bf_next vmexit(bf_vs vs, uint64_t reason)
{
    uint32_t leaf = (uint32_t)bf_guest->rax;
    if (bf_root_is_leaving(reason)) {
        bf_log_number("leaves denied: ", denied);
        bf_log_number("questions asked: ", asked);
    }
    if (!bf_is_exit(reason, BF_EXIT_CPUID) || leaf >= BF_CPUID_HYPERVISOR_BASE || !is_denied(leaf))
        return bf_root_vmexit(vs, reason);
    denied++;
    bf_guest_answer(0, 0, 0, 0);
    return bf_advance_and_run;
}
