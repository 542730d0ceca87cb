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

#ifdef __cplusplus
extern "C"
#endif
    /* Says in the debug ring which call was refused and where, and ends the callback as a failed assertion: the fail callback is told. */
    void
    bf_refused(bf_status status, const char *call, const char *file, uint32_t line);

/* The same, unless the call succeeds: bf_require(bf_vm_create(&vm)). */
#define bf_require(call)                                                                                               \
    do {                                                                                                               \
        bf_status bf_required = (call);                                                                                \
        if (__builtin_expect(bf_required != BF_STATUS_SUCCESS, 0))                                                     \
            bf_refused(bf_required, #call, __FILE__, __LINE__);                                                        \
    } while (0)

#endif
