// SPDX-License-Identifier: MIT
// Files of eventfd(2), which the core signals

#include <linux/err.h>
#include <linux/eventfd.h>

#include "glue.h"

/* An address, or an error in its place. */
u64 platform_openEvent(u32 file)
{
    return (u64)eventfd_ctx_fdget(file);
}

void platform_signalEvent(u64 event)
{
    eventfd_signal((struct eventfd_ctx *)event, 1);
}

void platform_closeEvent(u64 event)
{
    eventfd_ctx_put((struct eventfd_ctx *)event);
}
