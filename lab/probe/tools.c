// SPDX-License-Identifier: (MIT OR GPL-2.0)
/*
 * What the lab's tools (lab/guest/tools.c) need Linux's kernel for: MSRs, physical memory, interrupts, IPIs. And
 * /dev/port, which Debian's cloud kernel is built without: the position in the file is the port, each byte an access.
 */

#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/hardirq.h>
#include <asm/hw_irq.h>
#include <asm/msr.h>
#include "tools.h"

#define PORTS 0x10000
#define MOST_MILLISECONDS 3600000

static long msr(struct bf_request *request, bool writes)
{
    if (request->at > U32_MAX)
        return -EINVAL;
    return writes ? wrmsrl_safe_on_cpu(request->cpu, request->at, request->value)
                  : rdmsrl_safe_on_cpu(request->cpu, request->at, &request->value);
}

#define ACCESS(type)                                                                                                 \
    do {                                                                                                             \
        type value = request->value;                                                                                 \
        if (writes)                                                                                                  \
            __put_kernel_nofault(memory, &value, type, fault);                                                       \
        else                                                                                                         \
            __get_kernel_nofault(&value, memory, type, fault);                                                       \
        request->value = value;                                                                                      \
    } while (0)

/* One instruction of the width that was asked for: a device sees the access as it was meant. */
static long access(void *memory, struct bf_request *request, bool writes)
{
    switch (request->bytes) {
    case 1:
        ACCESS(u8);
        return 0;
    case 2:
        ACCESS(u16);
        return 0;
    case 4:
        ACCESS(u32);
        return 0;
    default:
        ACCESS(u64);
        return 0;
    }
fault:
    return -EFAULT;
}

static long memory(struct bf_request *request, bool writes)
{
    u64 at = request->at, bytes = request->bytes;
    void *mapped;
    long error;

    if (!is_power_of_2(bytes) || bytes > 8 || at % bytes != 0 || at >> boot_cpu_data.x86_phys_bits != 0)
        return -EINVAL;
    /* Memory as Linux uses it; anything else as a device. */
    if (page_is_ram(at >> PAGE_SHIFT)) {
        mapped = memremap(at, bytes, MEMREMAP_WB);
        if (!mapped)
            return -EBUSY;
        error = access(mapped, request, writes);
        memunmap(mapped);
    } else {
        void __iomem *device = ioremap(at, bytes);

        if (!device)
            return -EBUSY;
        error = access((void __force *)device, request, writes);
        iounmap(device);
    }
    return error;
}

/* Linux's way to send an IPI makes an NMI of vector 2; the other vectors below 32 are exceptions. */
static long send(const struct bf_request *request)
{
    if (request->at > 255 || (request->at < FIRST_EXTERNAL_VECTOR && request->at != NMI_VECTOR))
        return -EINVAL;
    preempt_disable();
    apic->send_IPI(request->cpu, request->at);
    preempt_enable();
    return 0;
}

/* The vector that Linux has for a line, and the processor that gets it: as one of a set, where APICs are told so. */
static long line(struct bf_request *request)
{
    struct irq_data *data = request->at > INT_MAX ? NULL : irq_get_irq_data(request->at);
    const struct irq_cfg *config = data ? irqd_cfg(data) : NULL;
    unsigned int cpu;

    /* Linux keeps a vector for lines that nobody has asked for, all the same one. */
    if (!config || config->vector == 0 || config->vector == MANAGED_IRQ_SHUTDOWN_VECTOR)
        return -ENXIO;
    request->value = config->vector;
    for_each_online_cpu(cpu)
        if (apic->calc_dest_apicid(cpu) == config->dest_apicid)
            request->cpu = cpu;
    return 0;
}

struct waiter {
    wait_queue_head_t queue;
    atomic_t count;
};

static irqreturn_t heard(int irq, void *argument)
{
    struct waiter *waiter = argument;

    atomic_inc(&waiter->count);
    wake_up(&waiter->queue);
    return IRQ_HANDLED;
}

/* Until the line's next interrupt, as its driver. */
static long wait(struct bf_request *request)
{
    struct waiter waiter = {.count = ATOMIC_INIT(0)};
    long left, error;

    if (request->at > INT_MAX || request->value > MOST_MILLISECONDS)
        return -EINVAL;
    init_waitqueue_head(&waiter.queue);
    error = request_irq(request->at, heard, 0, "bf-interrupt", &waiter);
    if (error)
        return error;
    left = wait_event_interruptible_timeout(waiter.queue, atomic_read(&waiter.count) != 0,
                                            msecs_to_jiffies(request->value));
    free_irq(request->at, &waiter);
    request->value = atomic_read(&waiter.count);
    return left < 0 ? left : left == 0 ? -ETIME : 0;
}

/*
 * IPIs to one processor, one after the other, each answered before the next: Linux counts this vector (PIN in
 * /proc/interrupts), and does nothing else.
 */
static long storm(const struct bf_request *request)
{
    const volatile unsigned int *answered = &per_cpu(irq_stat, request->cpu).kvm_posted_intr_ipis;
    u64 sent;

    for (sent = 0; sent < request->at; sent++) {
        unsigned int before = *answered;

        preempt_disable();
        apic->send_IPI(request->cpu, POSTED_INTR_VECTOR);
        preempt_enable();
        while (*answered == before) {
            if (signal_pending(current))
                return -EINTR;
            cond_resched();
            cpu_relax();
        }
    }
    return 0;
}

static long operate(unsigned int command, struct bf_request *request)
{
    switch (command) {
    case BF_READ_MSR:
    case BF_WRITE_MSR:
        return msr(request, command == BF_WRITE_MSR);
    case BF_READ_MEMORY:
    case BF_WRITE_MEMORY:
        return memory(request, command == BF_WRITE_MEMORY);
    case BF_SEND:
        return send(request);
    case BF_LINE:
        return line(request);
    case BF_TRIGGER:
        return request->at > INT_MAX ? -EINVAL : irq_inject_interrupt(request->at);
    case BF_WAIT:
        return wait(request);
    case BF_STORM:
        return storm(request);
    default:
        return -ENOTTY;
    }
}

static long control(struct file *file, unsigned int command, unsigned long argument)
{
    struct bf_request request;
    long error;

    if (copy_from_user(&request, (void __user *)argument, sizeof(request)))
        return -EFAULT;
    if (request.cpu >= nr_cpu_ids || !cpu_online(request.cpu))
        return -ENODEV;
    error = operate(command, &request);
    if (!error && copy_to_user((void __user *)argument, &request, sizeof(request)))
        return -EFAULT;
    return error;
}

static ssize_t port_read(struct file *file, char __user *buffer, size_t bytes, loff_t *position)
{
    size_t i;

    for (i = 0; i < bytes && *position < PORTS; i++)
        if (put_user(inb((*position)++), buffer + i))
            return -EFAULT;
    return i;
}

static ssize_t port_write(struct file *file, const char __user *buffer, size_t bytes, loff_t *position)
{
    size_t i;
    u8 value;

    for (i = 0; i < bytes && *position < PORTS; i++) {
        if (get_user(value, buffer + i))
            return -EFAULT;
        outb(value, (*position)++);
    }
    return i;
}

static loff_t port_seek(struct file *file, loff_t offset, int from) { return fixed_size_llseek(file, offset, from, PORTS); }

static const struct file_operations tools_operations = {.owner = THIS_MODULE, .unlocked_ioctl = control};
static const struct file_operations port_operations = {
    .owner = THIS_MODULE,
    .llseek = port_seek,
    .read = port_read,
    .write = port_write,
};
static struct miscdevice tools = {MISC_DYNAMIC_MINOR, "bftools", &tools_operations, .mode = 0600};
static struct miscdevice port = {MISC_DYNAMIC_MINOR, "port", &port_operations, .mode = 0600};

static int __init tools_init(void)
{
    int error = misc_register(&port);

    if (error)
        return error;
    error = misc_register(&tools);
    if (error)
        misc_deregister(&port);
    return error;
}

static void __exit tools_exit(void)
{
    misc_deregister(&tools);
    misc_deregister(&port);
}

module_init(tools_init);
module_exit(tools_exit);
MODULE_DESCRIPTION("MSRs, physical memory and interrupts for the lab's tools");
MODULE_LICENSE("Dual MIT/GPL");
