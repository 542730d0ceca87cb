// SPDX-License-Identifier: MIT
// /dev/bareflank: hands ioctls to the portable loader, and tells it when Linux is about to change under it

#include <linux/acpi.h>
#include <linux/capability.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/sched/signal.h>
#include <linux/suspend.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include <asm/kexec.h>
#include <asm/reboot.h>

#include "loader.h"

/* How long a reboot waits for an operation that hangs, in milliseconds. */
#define REBOOT_PATIENCE 5000

/*
 * The loader does one thing at a time. Order of locks: CPU hotplug (read), then this mutex; the hotplug callbacks run
 * with the first one held for writing.
 */
static DEFINE_MUTEX(operations);
static void *memory;
static enum cpuhp_state hotplug_state;
static bool pinned;

/*
 * A kernel that dies calls this on every processor, those that it stops by NMI included, before it starts the kernel that
 * saves its memory, or the machine. Only one can be called: KVM's, when that is loaded.
 */
static bool registered;
/* Held while it changes. */
static DEFINE_MUTEX(registering);

#ifdef HAVE_EMERGENCY_CALLBACK
#define REGISTER_DEATH(callback) cpu_emergency_register_virt_callback(callback)
#define UNREGISTER_DEATH(callback) cpu_emergency_unregister_virt_callback(callback)
#else
/* Before Linux 6.6, but for those that it was carried back to. */
#define REGISTER_DEATH(callback) rcu_assign_pointer(crash_vmclear_loaded_vmcss, callback)
#define UNREGISTER_DEATH(callback)                                                                                     \
    do {                                                                                                               \
        RCU_INIT_POINTER(crash_vmclear_loaded_vmcss, NULL);                                                            \
        synchronize_rcu();                                                                                             \
    } while (0)
#endif

static void expect_death(void)
{
    mutex_lock(&registering);
    if (!registered && __symbol_get("kvm_get_kvm")) {
        __symbol_put("kvm_get_kvm");
        pr_warn_once("bfdriver: KVM is loaded: a crash dump is made by a kernel in the virtual machine\n");
    } else if (!registered) {
        REGISTER_DEATH(bf_leave_now);
        registered = true;
    }
    mutex_unlock(&registering);
}

/* Waits until no processor can be calling it, so it is work, and nobody's stop waits for that. */
static void forget_death(struct work_struct *work)
{
    mutex_lock(&registering);
    if (registered && !READ_ONCE(pinned)) {
        UNREGISTER_DEATH(bf_leave_now);
        registered = false;
    }
    mutex_unlock(&registering);
}

static DECLARE_WORK(forgetting, forget_death);

/* The module cannot be removed while its code is part of a virtual machine, or a lost processor may return to it. */
static void settle(void)
{
    bool held = loaderIsHeld();

    if (held == pinned)
        return;
    if (held)
        __module_get(THIS_MODULE);
    else
        module_put(THIS_MODULE);
    WRITE_ONCE(pinned, held);
    if (held)
        expect_death();
    else
        schedule_work(&forgetting);
}

static int operate(u32 command, u64 block, u32 *result)
{
    int error;

    cpus_read_lock();
    error = mutex_lock_killable(&operations);
    if (error == 0) {
        *result = loaderControl(command, block);
        settle();
        mutex_unlock(&operations);
    }
    cpus_read_unlock();
    return error;
}

/* A status asks the processors while nothing is going on; else whoever waits for one lets it in, and it tells what is known. */
static int read_status(u32 command, u64 block, u32 *result)
{
    for (;;) {
        if (mutex_trylock(&operations)) {
            *result = loaderControl(command, block);
            mutex_unlock(&operations);
            return 0;
        }
        if (bf_status_meanwhile(block, result))
            return 0;
        if (fatal_signal_pending(current))
            return -EINTR;
        usleep_range(500, 1000);
    }
}

static long driver_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
    u8 block[LOADER_BLOCK_BYTES] __aligned(8);
    u32 bytes = loaderBlockBytes(command);
    u32 result = CONTROL_DONE;
    int error;

    if (!capable(CAP_SYS_ADMIN))
        return -EPERM;
    if (bytes == 0 || bytes > sizeof(block))
        return -ENOTTY;
    if (copy_from_user(block, (const void __user *)argument, bytes))
        return -EFAULT;
    error = loaderIsStatus(command) ? read_status(command, (u64)block, &result)
                                    : operate(command, (u64)block, &result);
    if (error)
        return error;
    if (copy_to_user((void __user *)argument, block, bytes))
        return -EFAULT;
    switch (result) {
    case CONTROL_DONE: return 0;
    case CONTROL_VERSION: return -EPROTO;
    case CONTROL_FAULT: return -EFAULT;
    default: return -ENOTTY;
    }
}

static const struct file_operations operations_of_device = {
    .owner = THIS_MODULE,
    .unlocked_ioctl = driver_ioctl,
    .llseek = noop_llseek,
};

static struct miscdevice device = {
    .minor = MISC_DYNAMIC_MINOR,
    .name = "bareflank",
    .fops = &operations_of_device,
    .mode = 0600,
};

/* Set while Linux is about to sleep, asleep, or just waking up. */
static bool asleep;

/* What was stopped for something that is over now runs again. Not from a callback: a start waits for other processors. */
static void start_again(struct work_struct *work)
{
    u32 error = 0;
    bool due;

    cpus_read_lock();
    mutex_lock(&operations);
    due = !asleep && loaderIsInterrupted();
    if (due)
        error = loaderStartAgain();
    settle();
    mutex_unlock(&operations);
    cpus_read_unlock();
    if (error)
        pr_err("bfdriver: cannot be started again, error %u\n", error);
    else if (due)
        pr_info("bfdriver: started again\n");
}

static DECLARE_WORK(again, start_again);

/* Gives the microkernel memory, or takes some back; what cannot be done now is tried again. */
static void balance(struct work_struct *work);
static DECLARE_DELAYED_WORK(balancing, balance);

static void balance(struct work_struct *work)
{
    u32 milliseconds;

    cpus_read_lock();
    mutex_lock(&operations);
    milliseconds = loaderBalance();
    mutex_unlock(&operations);
    cpus_read_unlock();
    if (milliseconds)
        queue_delayed_work(system_unbound_wq, &balancing, msecs_to_jiffies(milliseconds));
}

static void balance_soon(void)
{
    mod_delayed_work(system_unbound_wq, &balancing, 0);
}

/* CPU hotplug is locked by the caller. */
static int stop_before(const char *what, bool is_end)
{
    bool was_held;
    u32 error;

    mutex_lock(&operations);
    was_held = loaderIsHeld();
    error = loaderStop(is_end);
    settle();
    mutex_unlock(&operations);
    if (error == ERROR_STOP_GUESTS)
        pr_err("bfdriver: no stop before %s: guest VMs live; end the programs that run them first\n", what);
    else if (error)
        pr_err("bfdriver: stop before %s failed, error %u\n", what, error);
    else if (was_held && !pinned)
        pr_info("bfdriver: stopped before %s\n", what);
    return error ? -EBUSY : 0;
}

/* What Linux has booted in has its processors whether they are online or not, and is only told. */
static bool keeps_cpus(void (*tell)(u32 cpu), u32 cpu)
{
    bool keeps;

    mutex_lock(&operations);
    keeps = loaderKeepsCpus();
    if (keeps)
        tell(cpu);
    mutex_unlock(&operations);
    return keeps;
}

/* A processor that comes would not be in the hypervisor's care, and one that goes would take it along. */
static int processor_comes(unsigned int cpu)
{
    int error;

    if (keeps_cpus(loaderCpuComes, cpu))
        return 0;
    error = stop_before("a CPU comes online", false);
    queue_work(system_unbound_wq, &again);
    return error;
}

static int processor_goes(unsigned int cpu)
{
    int error;

    if (keeps_cpus(loaderCpuGoes, cpu))
        return 0;
    error = stop_before("a CPU goes offline", false);
    queue_work(system_unbound_wq, &again);
    return error;
}

/* What Linux has booted in lives through a sleep in which processors keep running, and no other, if no other is there (S3 is hidden). */
static bool sleeps_inside(unsigned long event)
{
    bool keeps;
    u8 a, b;

    mutex_lock(&operations);
    keeps = loaderKeepsCpus();
    mutex_unlock(&operations);
    return keeps && event == PM_SUSPEND_PREPARE && ACPI_FAILURE(acpi_get_sleep_type_data(ACPI_STATE_S3, &a, &b));
}

static int on_power(struct notifier_block *block, unsigned long event, void *data)
{
    bool begins = event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE || event == PM_RESTORE_PREPARE;
    int error = 0;

    cpus_read_lock();
    asleep = begins;
    if (begins && !sleeps_inside(event))
        error = stop_before("sleep", false);
    /* Of a sleep that is refused here, nobody tells the end. */
    if (error)
        asleep = false;
    cpus_read_unlock();
    if (!begins)
        queue_work(system_unbound_wq, &again);
    return notifier_from_errno(error);
}

static struct notifier_block power_notifier = {.notifier_call = on_power};

/*
 * A hanging operation must not keep the machine from rebooting. Nor must a processor that is lost, for which Linux would
 * wait on its usual way down.
 */
static int on_reboot(struct notifier_block *block, unsigned long event, void *data)
{
    bool stays = false;
    int waited;

    for (waited = 0; mutex_is_locked(&operations) && waited < REBOOT_PATIENCE; waited += 10)
        msleep(10);
    if (!mutex_is_locked(&operations)) {
        cpus_read_lock();
        mutex_lock(&operations);
        stays = loaderStaysBehind();
        mutex_unlock(&operations);
        if (!stays)
            stop_before("reboot", true);
        cpus_read_unlock();
    }
    if (event == SYS_RESTART && !stays && (pinned || mutex_is_locked(&operations))) {
        pr_emerg("bfdriver: restarting without the processors that do not come back\n");
        emergency_restart();
    }
    return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = {.notifier_call = on_reboot};

/* What runs already, from UEFI on, is looked after from now on. */
static void take_over(void)
{
    u32 error;

    cpus_read_lock();
    mutex_lock(&operations);
    error = loaderTakeOver();
    settle();
    mutex_unlock(&operations);
    cpus_read_unlock();
    if (error)
        pr_warn("bfdriver: Linux runs in a hypervisor that cannot be looked after, error %u\n", error);
    if (!pinned)
        return;
    pr_info("bfdriver: Linux runs in a hypervisor that UEFI has started\n");
    balance_soon();
}

static int __init bfdriver_init(void)
{
    int error = -ENOMEM;

    memory = vzalloc(LOADER_MEMORY_BYTES);
    if (!memory)
        return error;
    loader_init(memory);
    bf_init_cpus();
    error = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "bareflank:online", processor_comes, processor_goes);
    if (error < 0)
        goto out_memory;
    hotplug_state = error;
    error = register_pm_notifier(&power_notifier);
    if (error)
        goto out_hotplug;
    error = register_reboot_notifier(&reboot_notifier);
    if (error)
        goto out_power;
    error = bf_signals_open(balance_soon);
    if (error)
        goto out_reboot;
    error = misc_register(&device);
    if (error)
        goto out_signals;
    take_over();
    return 0;

out_signals:
    bf_signals_close();
out_reboot:
    unregister_reboot_notifier(&reboot_notifier);
out_power:
    unregister_pm_notifier(&power_notifier);
out_hotplug:
    cpuhp_remove_state_nocalls(hotplug_state);
out_memory:
    vfree(memory);
    return error;
}

static void __exit bfdriver_exit(void)
{
    misc_deregister(&device);
    unregister_reboot_notifier(&reboot_notifier);
    unregister_pm_notifier(&power_notifier);
    cpuhp_remove_state_nocalls(hotplug_state);
    cancel_work_sync(&again);
    flush_work(&forgetting);
    bf_signals_close();
    cancel_delayed_work_sync(&balancing);
    loaderUnload();
    bf_exit_cpus();
    vfree(memory);
}

module_init(bfdriver_init);
module_exit(bfdriver_exit);

MODULE_DESCRIPTION("Bareflank in TypeScript: puts a hypervisor under the running Linux");
MODULE_LICENSE("Dual MIT/GPL");
