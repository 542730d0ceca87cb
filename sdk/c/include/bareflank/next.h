/* SPDX-License-Identifier: MIT */
/* How a callback ends */
#ifndef BAREFLANK_NEXT_H
#define BAREFLANK_NEXT_H

#include "bareflank-calls.h"

/* What happens after a callback: its result. */
enum bf_next {
    bf_advance_and_run = BF_NEXT_ADVANCE_AND_RUN, /* skip the instruction that the VM exited for, and run it on */
    bf_run = BF_NEXT_RUN,                         /* run the VM on where it is */
    bf_stop = BF_NEXT_STOP,                       /* give this processor back to the operating system for good */
    bf_fail = BF_NEXT_FAIL,                       /* give up */
    bf_again = BF_NEXT_AGAIN,                     /* only in fail: go on where the callback failed */
    bf_await_kick = BF_NEXT_AWAIT_KICK,           /* only in vmexit: keep the processor until it is kicked */
    bf_wait = BF_NEXT_WAIT,                       /* only in bootstrap of a service: done, messages may come */
};

/* Ends the callback as a failed assertion, unless a call succeeded: the fail callback is told. */
static inline void bf_require(bf_status status)
{
    if (__builtin_expect(status != BF_STATUS_SUCCESS, 0))
        __asm__ volatile("int3");
}

#endif
