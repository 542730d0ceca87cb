// SPDX-License-Identifier: MIT
// The device: /dev/kvm, or /dev/bareflank-kvm where Linux's own KVM has that name

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "glue.h"

static void *memory;

static long system_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
    return systemIoctl(command, argument);
}

static const struct file_operations operations = {
    .owner = THIS_MODULE,
    .unlocked_ioctl = system_ioctl,
    .llseek = noop_llseek,
};

static struct miscdevice device = {.fops = &operations, .mode = 0660};

/* A bug in the core's TypeScript; the codes are MODULE_TRAP_* of the toolchain's runtime. */
void module_trap(u32 code)
{
    pr_emerg("bareflank_kvm: trap %u in the core\n", code);
    BUG();
}

static int __init bareflank_kvm_init(void)
{
    int error;

    memory = vzalloc(CORE_MEMORY_BYTES);
    if (!memory)
        return -ENOMEM;
    core_init(memory);
    device.minor = KVM_MINOR;
    device.name = "kvm";
    error = misc_register(&device);
    if (error == -EBUSY || error == -EEXIST) {
        device.minor = MISC_DYNAMIC_MINOR;
        device.name = "bareflank-kvm";
        error = misc_register(&device);
    }
    if (error)
        vfree(memory);
    else
        pr_info("bareflank_kvm: /dev/%s\n", device.name);
    return error;
}

static void __exit bareflank_kvm_exit(void)
{
    misc_deregister(&device);
    vfree(memory);
}

module_init(bareflank_kvm_init);
module_exit(bareflank_kvm_exit);

MODULE_DESCRIPTION("Bareflank in TypeScript: the KVM API for guests of MicroV");
MODULE_LICENSE("Dual MIT/GPL");
