// SPDX-License-Identifier: MIT
// A timer of a machine's, whose interrupt the core takes

#include <linux/hrtimer.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "glue.h"

struct timer {
    struct hrtimer hrtimer;
    spinlock_t lock;
    /* Of who holds the lock. */
    unsigned long flags;
    u64 core;
};

/* The core starts it again when it wants that. */
static enum hrtimer_restart timer_due(struct hrtimer *hrtimer)
{
    pitTimer(container_of(hrtimer, struct timer, hrtimer)->core);
    return HRTIMER_NORESTART;
}

u64 platform_createTimer(u64 core)
{
    struct timer *timer = kzalloc(sizeof(*timer), GFP_KERNEL_ACCOUNT);

    if (!timer)
        return 0;
    spin_lock_init(&timer->lock);
    hrtimer_init(&timer->hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
    timer->hrtimer.function = timer_due;
    timer->core = core;
    return (u64)timer;
}

/* One that is about to be due waits for the lock, and finds then that it is not. */
void platform_startTimer(u64 glue, u64 time)
{
    struct timer *timer = (struct timer *)glue;

    if (time)
        hrtimer_start(&timer->hrtimer, ns_to_ktime(time), HRTIMER_MODE_ABS);
    else
        hrtimer_try_to_cancel(&timer->hrtimer);
}

void platform_destroyTimer(u64 glue)
{
    struct timer *timer = (struct timer *)glue;

    hrtimer_cancel(&timer->hrtimer);
    kfree(timer);
}

void platform_lockTimer(u64 glue)
{
    struct timer *timer = (struct timer *)glue;
    unsigned long flags;

    spin_lock_irqsave(&timer->lock, flags);
    timer->flags = flags;
}

void platform_unlockTimer(u64 glue)
{
    struct timer *timer = (struct timer *)glue;

    spin_unlock_irqrestore(&timer->lock, timer->flags);
}

u64 platform_nanoseconds(void)
{
    return ktime_get_ns();
}
