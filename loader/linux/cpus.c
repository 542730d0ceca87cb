// SPDX-License-Identifier: MIT
// Runs the portable loader on a processor of its choice, and waits for it

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "loader.h"

/* How long a processor may take to answer, in jiffies. */
#define PATIENCE_STOP (30 * HZ)
#define PATIENCE_SIGNAL (1 * HZ)
#define PATIENCE_WARNING (10 * HZ)

/* Static, because a processor that is given up may still come back and use it. */
struct request {
    call_single_data_t csd;
    struct completion done;
    u32 index;
    u32 operation;
};

static DEFINE_PER_CPU(struct request, requests);

/* The processors of the last start, in ascending order; all operations on them are serialised by driver.c. */
static u16 listed[NR_CPUS];

/* While the window is open, the operation that opened it waits and touches nothing that a status reads. */
static DEFINE_SPINLOCK(window_lock);
static bool window_open;

u32 platform_onlineCpus(void)
{
    return num_online_cpus();
}

u32 platform_listCpus(void)
{
    u32 count = 0;
    int cpu;

    for_each_online_cpu(cpu)
        listed[count++] = cpu;
    return count;
}

u32 platform_cpuNumber(u32 index)
{
    return listed[index];
}

static void set_window(bool open)
{
    unsigned long flags;

    spin_lock_irqsave(&window_lock, flags);
    window_open = open;
    spin_unlock_irqrestore(&window_lock, flags);
}

/* Interrupts stay off, or the next processor to be started might be started, and lost, with the lock held. */
bool bf_control_meanwhile(u32 command, u64 block, u32 *result)
{
    unsigned long flags;
    bool open;

    spin_lock_irqsave(&window_lock, flags);
    open = window_open;
    if (open)
        *result = loaderControl(command, block);
    spin_unlock_irqrestore(&window_lock, flags);
    return open;
}

static void carry_out(void *info)
{
    struct request *request = info;

    loaderOnCpu(request->index, request->operation);
    complete(&request->done);
}

/* A processor in an extension's _start or bootstrap hears no interrupt: only a fatal signal ends the wait for it. */
static bool wait_for_entry(struct request *request, int cpu)
{
    long left = wait_for_completion_killable_timeout(&request->done, PATIENCE_WARNING);

    if (left == 0) {
        pr_warn("bfdriver: CPU %d has not come back for ten seconds; the extension may hang, kill bfm to give it up\n", cpu);
        left = wait_for_completion_killable(&request->done) == 0 ? 1 : -ERESTARTSYS;
    }
    return left > 0 || wait_for_completion_timeout(&request->done, PATIENCE_SIGNAL) != 0;
}

/*
 * By an interrupt, not by a thread: it needs no scheduler on that processor, and none on one that was lost before. The
 * caller waits elsewhere, or nobody could interrupt it.
 */
u32 platform_runOnCpu(u32 index, u32 operation)
{
    int cpu = listed[index];
    bool entering = operation == OPERATION_ENTER;
    struct request *request = per_cpu_ptr(&requests, cpu);
    cpumask_var_t allowed, elsewhere;
    bool moved = false, back;
    u32 result = RUN_CANCELLED;

    if (entering && fatal_signal_pending(current))
        return RUN_CANCELLED;
    if (!alloc_cpumask_var(&allowed, GFP_KERNEL))
        return RUN_CANCELLED;
    if (!alloc_cpumask_var(&elsewhere, GFP_KERNEL))
        goto out_allowed;
    if (entering && !(current->flags & PF_KTHREAD)) {
        cpumask_copy(allowed, &current->cpus_mask);
        cpumask_andnot(elsewhere, cpu_online_mask, cpumask_of(cpu));
        moved = !cpumask_empty(elsewhere) && set_cpus_allowed_ptr(current, elsewhere) == 0;
    }

    request->index = index;
    request->operation = operation;
    init_completion(&request->done);
    INIT_CSD(&request->csd, carry_out, request);
    set_window(true);
    if (smp_call_function_single_async(cpu, &request->csd) == 0) {
        back = entering ? wait_for_entry(request, cpu)
                        : wait_for_completion_timeout(&request->done, PATIENCE_STOP) != 0;
        result = back ? RUN_DONE : RUN_LOST;
        if (!back)
            pr_alert("bfdriver: CPU %d is lost; only a reboot brings it back\n", cpu);
    }
    set_window(false);

    if (moved)
        set_cpus_allowed_ptr(current, allowed);
    free_cpumask_var(elsewhere);
out_allowed:
    free_cpumask_var(allowed);
    return result;
}
