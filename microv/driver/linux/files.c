// SPDX-License-Identifier: MIT
// Files of virtual machines and vCPUs: who may call, one at a time, and when each of them ends

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "glue.h"

#define SHARED_BYTES (2 * PAGE_SIZE)
#define RUN 0xae80

static void free_machine(struct machine *machine)
{
    mmdrop(machine->mm);
    free_page((unsigned long)machine->ring);
    kfree(machine);
}

static void put_machine(struct machine *machine)
{
    if (!refcount_dec_and_test(&machine->users))
        return;
    destroyMachine(machine->core);
    free_machine(machine);
}

static int release_machine(struct inode *inode, struct file *file)
{
    put_machine(file->private_data);
    return 0;
}

static long machine_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
    struct machine *machine = file->private_data;
    long result;

    if (machine->mm != current->mm)
        return -EIO;
    if (mutex_lock_killable(&machine->lock))
        return -EINTR;
    result = vmIoctl(machine->core, command, argument);
    mutex_unlock(&machine->lock);
    return result;
}

static const struct file_operations machine_operations = {
    .owner = THIS_MODULE,
    .release = release_machine,
    .unlocked_ioctl = machine_ioctl,
    .llseek = noop_llseek,
};

/* Returns a file; when it cannot, the caller has the core's machine still. */
s64 platform_openMachine(u64 core)
{
    struct machine *machine = kzalloc(sizeof(*machine), GFP_KERNEL_ACCOUNT);
    int file;

    if (!machine)
        return -ENOMEM;
    machine->ring = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
    if (!machine->ring) {
        kfree(machine);
        return -ENOMEM;
    }
    refcount_set(&machine->users, 1);
    mutex_init(&machine->lock);
    spin_lock_init(&machine->interrupts);
    machine->mm = current->mm;
    machine->core = core;
    mmgrab(machine->mm);
    *(u64 *)core = (u64)machine;
    file = anon_inode_getfd("bareflank-vm", &machine_operations, machine, O_RDWR | O_CLOEXEC);
    if (file < 0)
        free_machine(machine);
    return file;
}

static int release_vcpu(struct inode *inode, struct file *file)
{
    struct vcpu *vcpu = file->private_data;
    struct machine *machine = vcpu->machine;

    mutex_lock(&machine->lock);
    hrtimer_cancel(&vcpu->timer);
    destroyVcpu(vcpu->core);
    mutex_unlock(&machine->lock);
    vfree(vcpu->shared);
    kfree(vcpu);
    put_machine(machine);
    return 0;
}

static long vcpu_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
    struct vcpu *vcpu = file->private_data;
    sigset_t before;
    long result;

    if (vcpu->machine->mm != current->mm)
        return -EIO;
    if (mutex_lock_killable(&vcpu->lock))
        return -EINTR;
    if (command == RUN && argument != 0) {
        result = -EINVAL;
    } else if (command == RUN) {
        if (vcpu->has_signals)
            sigprocmask(SIG_SETMASK, &vcpu->signals, &before);
        WRITE_ONCE(vcpu->runner, current);
        result = vcpuRun(vcpu->core);
        WRITE_ONCE(vcpu->runner, NULL);
        if (vcpu->has_signals)
            sigprocmask(SIG_SETMASK, &before, NULL);
    } else {
        result = vcpuIoctl(vcpu->core, command, argument);
    }
    mutex_unlock(&vcpu->lock);
    return result;
}

static vm_fault_t vcpu_fault(struct vm_fault *fault)
{
    struct vcpu *vcpu = fault->vma->vm_file->private_data;

    if (fault->pgoff < SHARED_BYTES >> PAGE_SHIFT)
        fault->page = vmalloc_to_page(vcpu->shared + (fault->pgoff << PAGE_SHIFT));
    else if (fault->pgoff == SHARED_BYTES >> PAGE_SHIFT)
        fault->page = virt_to_page(vcpu->machine->ring);
    else
        return VM_FAULT_SIGBUS;
    get_page(fault->page);
    return 0;
}

static const struct vm_operations_struct vcpu_memory = {.fault = vcpu_fault};

static int vcpu_mmap(struct file *file, struct vm_area_struct *area)
{
    if (area->vm_flags & VM_EXEC)
        return -EINVAL;
    area->vm_ops = &vcpu_memory;
    return 0;
}

static const struct file_operations vcpu_operations = {
    .owner = THIS_MODULE,
    .release = release_vcpu,
    .unlocked_ioctl = vcpu_ioctl,
    .mmap = vcpu_mmap,
    .llseek = noop_llseek,
};

/* The same for a vCPU of a machine. */
s64 platform_openVcpu(u64 glue, u64 core, u32 number)
{
    struct machine *machine = (struct machine *)glue;
    struct vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
    char name[24];
    int file;

    if (!vcpu)
        return -ENOMEM;
    vcpu->shared = vmalloc_user(SHARED_BYTES);
    if (!vcpu->shared) {
        kfree(vcpu);
        return -ENOMEM;
    }
    mutex_init(&vcpu->lock);
    init_waiting(vcpu);
    vcpu->machine = machine;
    vcpu->core = core;
    *(u64 *)core = (u64)vcpu;
    refcount_inc(&machine->users);
    snprintf(name, sizeof(name), "bareflank-vcpu:%u", number);
    file = anon_inode_getfd(name, &vcpu_operations, vcpu, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        refcount_dec(&machine->users);
        vfree(vcpu->shared);
        kfree(vcpu);
    }
    return file;
}

u64 platform_sharedPages(u64 glue)
{
    return (u64)((struct vcpu *)glue)->shared;
}

u64 platform_ringOf(u64 glue)
{
    return (u64)((struct machine *)glue)->ring;
}

/* Signals that KVM_RUN lets through, a bit each. */
void platform_setSignals(u64 glue, u64 signals)
{
    struct vcpu *vcpu = (struct vcpu *)glue;

    vcpu->signals.sig[0] = signals;
    sigdelsetmask(&vcpu->signals, sigmask(SIGKILL) | sigmask(SIGSTOP));
    vcpu->has_signals = true;
}

void platform_forgetSignals(u64 glue)
{
    ((struct vcpu *)glue)->has_signals = false;
}

void platform_lockMachine(u64 glue)
{
    mutex_lock(&((struct machine *)glue)->lock);
}

void platform_unlockMachine(u64 glue)
{
    mutex_unlock(&((struct machine *)glue)->lock);
}
