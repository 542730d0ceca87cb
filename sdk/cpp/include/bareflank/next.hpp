// SPDX-License-Identifier: MIT
// How a callback ends
#ifndef BAREFLANK_NEXT_HPP
#define BAREFLANK_NEXT_HPP

#include "bareflank/next.h"

namespace bareflank {

/// What happens after a callback: its result.
enum class Next : uint32_t {
    advance_and_run = BF_NEXT_ADVANCE_AND_RUN, ///< skip the instruction that the VM exited for, and run it on
    run = BF_NEXT_RUN,                         ///< run the VM on where it is
    stop = BF_NEXT_STOP,                       ///< give this processor back to the operating system for good
    fail = BF_NEXT_FAIL,                       ///< give up
    wait = BF_NEXT_WAIT,                       ///< only in bootstrap of a service: done, messages may come
    await_kick = BF_NEXT_AWAIT_KICK,           ///< only in vmexit: keep the processor until it is kicked
    again = BF_NEXT_AGAIN,                     ///< only in fail: go on where the callback failed
};

} // namespace bareflank

#endif
