// SPDX-License-Identifier: MIT
// vCPUs that wait, and what has them look: others, and a timer

#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "glue.h"

void platform_lockInterrupts(u64 glue)
{
    struct machine *machine = (struct machine *)glue;
    unsigned long flags;

    spin_lock_irqsave(&machine->interrupts, flags);
    machine->flags = flags;
}

void platform_unlockInterrupts(u64 glue)
{
    struct machine *machine = (struct machine *)glue;

    spin_unlock_irqrestore(&machine->interrupts, machine->flags);
}

/* A thread that runs the guest exits at the interrupt of the kick; one that is about to has it waiting, with interrupts off. */
void platform_wakeVcpu(u64 glue)
{
    struct vcpu *vcpu = (struct vcpu *)glue;
    struct task_struct *runner;

    wake_up(&vcpu->waiting);
    rcu_read_lock();
    runner = READ_ONCE(vcpu->runner);
    if (runner)
        kick_process(runner);
    rcu_read_unlock();
}

static enum hrtimer_restart timer_due(struct hrtimer *timer)
{
    struct vcpu *vcpu = container_of(timer, struct vcpu, timer);
    u64 left = vcpuTimer(vcpu->core);

    if (left) {
        hrtimer_forward_now(timer, ns_to_ktime(left));
        return HRTIMER_RESTART;
    }
    WRITE_ONCE(vcpu->is_due, true);
    platform_wakeVcpu((u64)vcpu);
    return HRTIMER_NORESTART;
}

void init_waiting(struct vcpu *vcpu)
{
    init_waitqueue_head(&vcpu->waiting);
    hrtimer_init(&vcpu->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    vcpu->timer.function = timer_due;
}

void platform_armTimer(u64 glue, u64 nanoseconds)
{
    struct vcpu *vcpu = (struct vcpu *)glue;

    hrtimer_cancel(&vcpu->timer);
    WRITE_ONCE(vcpu->is_due, false);
    if (nanoseconds)
        hrtimer_start(&vcpu->timer, ns_to_ktime(nanoseconds), HRTIMER_MODE_REL);
}

u32 platform_waitForWork(u64 glue, u64 notified)
{
    struct vcpu *vcpu = (struct vcpu *)glue;

    return wait_event_interruptible(vcpu->waiting, READ_ONCE(*(u32 *)notified) || xchg(&vcpu->is_due, false)) == 0;
}
