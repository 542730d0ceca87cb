// SPDX-License-Identifier: MIT
// Runs the portable loader on a processor of its choice, and waits for it

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/mmu_context.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <asm/apic.h>
#include <asm/tsc.h>

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

/* The processors of the last start, in ascending order, or in that of what another loader has started; all operations on them are serialised by driver.c. */
static u16 listed[NR_CPUS + 1];
static u32 listed_count;

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
    listed_count = count;
    return count;
}

u32 platform_cpuNumber(u32 index)
{
    return listed[index];
}

/* U16_MAX is no processor; the last one does not count. */
void platform_setCpus(u64 numbers, u32 count)
{
    u32 index;

    count = min_t(u32, count, NR_CPUS);
    for (index = 0; index <= count; index++)
        listed[index] = min_t(u32, ((u32 *)numbers)[index], U16_MAX);
    listed_count = count;
}

static void set_window(bool open)
{
    unsigned long flags;

    spin_lock_irqsave(&window_lock, flags);
    window_open = open;
    spin_unlock_irqrestore(&window_lock, flags);
}

/* Interrupts stay off, or the next processor to be started might be started, and lost, with the lock held. */
bool bf_status_meanwhile(u64 block, u32 *result)
{
    unsigned long flags;
    bool open;

    spin_lock_irqsave(&window_lock, flags);
    open = window_open;
    if (open)
        *result = loaderStatusMeanwhile(block);
    spin_unlock_irqrestore(&window_lock, flags);
    return open;
}

u32 bf_processor_count(void)
{
    return listed_count;
}

u32 bf_processor_index(void)
{
    u32 index = 0;

    while (index < listed_count && listed[index] != smp_processor_id())
        index++;
    return index;
}

void bf_leave_now(void)
{
    if (bf_processor_index() != listed_count)
        loaderLeaveNow(bf_processor_index());
}

void platform_sendNmi(u32 index)
{
    apic->send_IPI(listed[index], NMI_VECTOR);
}

u32 platform_tscKhz(void)
{
    return tsc_khz;
}

/*
 * While processors are watched, each looks at the others from time to time, even when Linux sleeps. One whose turn does
 * not end, because it is the one that hangs, is left alone: nobody waits for it before it is back.
 */
static DEFINE_PER_CPU(struct delayed_work, looks);

static void look(struct work_struct *work)
{
    u32 period = loaderLookPeriod();

    if (period == 0)
        return;
    loaderLook();
    schedule_delayed_work_on(smp_processor_id(), to_delayed_work(work), msecs_to_jiffies(period));
}

static void look_around(u32 period)
{
    int cpu;

    for_each_online_cpu(cpu)
        schedule_delayed_work_on(cpu, per_cpu_ptr(&looks, cpu), msecs_to_jiffies(period));
}

void bf_init_cpus(void)
{
    int cpu;

    for_each_possible_cpu(cpu)
        INIT_DELAYED_WORK(per_cpu_ptr(&looks, cpu), look);
}

void bf_exit_cpus(void)
{
    int cpu;

    for_each_possible_cpu(cpu)
        cancel_delayed_work_sync(per_cpu_ptr(&looks, cpu));
}

/* Waits for a processor that enters, and takes it back when it is overdue. Negative when a fatal signal ends the wait. */
static long await(struct request *request, int cpu)
{
    u32 period = loaderLookPeriod();
    unsigned long step = period ? msecs_to_jiffies(period) : PATIENCE_WARNING, waited, flags;
    bool warned = false;
    long left;

    if (period)
        look_around(period);
    for (waited = step;; waited += step) {
        left = wait_for_completion_killable_timeout(&request->done, step);
        if (left != 0)
            return left;
        if (period) {
            local_irq_save(flags);
            loaderWatch();
            local_irq_restore(flags);
        }
        if (waited >= PATIENCE_WARNING && !warned) {
            pr_warn("bfdriver: CPU %d has not come back for ten seconds; does the extension hang?\n", cpu);
            warned = true;
        }
    }
}

static void carry_out(void *info)
{
    struct request *request = info;

    loaderOnCpu(request->index, request->operation);
    complete(&request->done);
}

static int carry_out_in_thread(void *info)
{
    unsigned long flags;

    local_irq_save(flags);
    /* The processor still holds the address space of what ran last, whose end would wait for it, lost or not. */
    leave_mm(smp_processor_id());
    carry_out(info);
    local_irq_restore(flags);
    return 0;
}

/*
 * Into the VM by a real-time thread: should the extension hang there, the scheduler sees a processor that is busy and
 * keeps new work away. The caller waits elsewhere, or nobody could interrupt it: only a fatal signal ends its wait.
 */
static u32 enter(struct request *request, int cpu, const struct cpumask *elsewhere)
{
    struct task_struct *thread;
    long left;

    if (!cpumask_empty(elsewhere))
        set_cpus_allowed_ptr(current, elsewhere);
    thread = kthread_create_on_cpu(carry_out_in_thread, request, cpu, "bareflank/%u");
    if (IS_ERR(thread))
        return RUN_CANCELLED;
    sched_set_fifo(thread);
    wake_up_process(thread);

    left = await(request, cpu);
    return left > 0 || wait_for_completion_timeout(&request->done, PATIENCE_SIGNAL) ? RUN_DONE : RUN_LOST;
}

/* Everything else is short, and comes by an interrupt: that works on a processor that is about to go offline, too. */
static u32 interrupt(struct request *request, int cpu)
{
    INIT_CSD(&request->csd, carry_out, request);
    if (smp_call_function_single_async(cpu, &request->csd))
        return RUN_CANCELLED;
    return wait_for_completion_timeout(&request->done, PATIENCE_STOP) ? RUN_DONE : RUN_LOST;
}

u32 platform_runOnCpu(u32 index, u32 operation)
{
    int cpu = listed[index];
    struct request *request;
    cpumask_var_t allowed, elsewhere;
    u32 result = RUN_CANCELLED;

    if (cpu >= nr_cpu_ids || !cpu_online(cpu))
        return RUN_CANCELLED;
    request = per_cpu_ptr(&requests, cpu);
    request->index = index;
    request->operation = operation;
    init_completion(&request->done);
    if (operation != OPERATION_ENTER) {
        set_window(true);
        result = interrupt(request, cpu);
        set_window(false);
    } else if (!fatal_signal_pending(current) && alloc_cpumask_var(&allowed, GFP_KERNEL)) {
        if (alloc_cpumask_var(&elsewhere, GFP_KERNEL)) {
            cpumask_copy(allowed, &current->cpus_mask);
            cpumask_andnot(elsewhere, cpu_online_mask, cpumask_of(cpu));
            set_window(true);
            result = enter(request, cpu, elsewhere);
            set_window(false);
            set_cpus_allowed_ptr(current, allowed);
            free_cpumask_var(elsewhere);
        }
        free_cpumask_var(allowed);
    }
    if (result == RUN_LOST)
        pr_alert("bfdriver: CPU %d is lost; only a reboot brings it back\n", cpu);
    return result;
}
