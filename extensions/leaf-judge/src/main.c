// SPDX-License-Identifier: MIT
// A service: says which CPUID leaves may be answered. It runs no VM, and its manifest lets it do little else than reply

#include <bareflank/extension.h>

// Leaves that nobody gets to see: thermal sensors, and what the processor's caches look like.
static const uint32_t secret[] = {4, 6};

static _Thread_local uint64_t asked; // on this processor

enum bf_next bootstrap(bf_pp pp)
{
    (void)pp;
    return bf_wait;
}

// A leaf comes, 1 or 0 goes back, and how many questions there were.
void message(uint64_t caller, struct bf_message *message)
{
    (void)caller;
    uint32_t leaf = (uint32_t)message->word[0];
    // What it could not do if it wanted to: its manifest denies it
    if (++asked == 1 && bf_vm_create(&(bf_vm){0}) == BF_STATUS_INVALID_PERM_DENIED)
        bf_log("no VM for the judge");
    message->word[0] = 1;
    message->word[1] = asked;
    for (unsigned i = 0; i < sizeof(secret) / sizeof(*secret); i++)
        if (leaf == secret[i])
            message->word[0] = 0;
}
