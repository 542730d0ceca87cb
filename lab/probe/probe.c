// SPDX-License-Identifier: (MIT OR GPL-2.0)
/*
 * Every processor's registers, as the processor itself tells them: the witness for "as before".
 *
 * Reading /proc/bfprobe prints lines `cpuN name=hex` for every processor that is online, each read on that processor,
 * in a kernel thread, with interrupts off. Registers that change from one moment to the next (CR2, CR3, counters,
 * arithmetic flags) are left out, so two readings may be compared as text.
 *
 * Writing a CPUID leaf to /proc/bfhook executes it with a function's address in ECX (upper half of the address: ones),
 * then calls the function twice and reads the constant in its code, on one processor with interrupts off. Reading it
 * prints what came of that.
 */

#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <asm/desc.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>

#define MSR_LIST(X)                                                                                                  \
    X(efer, MSR_EFER)                                                                                                \
    X(pat, MSR_IA32_CR_PAT)                                                                                          \
    X(star, MSR_STAR)                                                                                                \
    X(lstar, MSR_LSTAR)                                                                                              \
    X(cstar, MSR_CSTAR)                                                                                              \
    X(sfmask, MSR_SYSCALL_MASK)                                                                                      \
    X(fs_base, MSR_FS_BASE)                                                                                          \
    X(gs_base, MSR_GS_BASE)                                                                                          \
    X(kernel_gs_base, MSR_KERNEL_GS_BASE)                                                                            \
    X(sysenter_cs, MSR_IA32_SYSENTER_CS)                                                                             \
    X(sysenter_esp, MSR_IA32_SYSENTER_ESP)                                                                           \
    X(sysenter_eip, MSR_IA32_SYSENTER_EIP)                                                                           \
    X(apic_base, MSR_IA32_APICBASE)                                                                                  \
    X(debugctl, MSR_IA32_DEBUGCTLMSR)                                                                                \
    X(tsc_aux, MSR_TSC_AUX)                                                                                          \
    X(vm_cr, MSR_VM_CR)                                                                                              \
    X(vm_hsave_pa, MSR_VM_HSAVE_PA)

/* Flags that ordinary instructions change: CF, PF, AF, ZF, SF, OF. */
#define ARITHMETIC_FLAGS 0x8d5ull
#define MAX_VALUES 128
#define GDT_PRINTED 16

struct value {
    char name[20];
    u64 bits;
};

struct reading {
    unsigned int count;
    struct value values[MAX_VALUES];
};

static void add(struct reading *reading, const char *name, u64 bits)
{
    struct value *value = &reading->values[reading->count];

    if (reading->count == MAX_VALUES)
        return;
    strscpy(value->name, name, sizeof(value->name));
    value->bits = bits;
    reading->count++;
}

static void add_control(struct reading *reading)
{
    u64 bits;

#define ADD(name)                                                                                                    \
    asm volatile("mov %%" #name ", %0" : "=r"(bits));                                                                \
    add(reading, #name, bits)
    ADD(cr0);
    ADD(cr4);
    ADD(cr8);
    ADD(dr0);
    ADD(dr1);
    ADD(dr2);
    ADD(dr3);
    ADD(dr6);
    ADD(dr7);
#undef ADD
    asm volatile("pushfq; popq %0" : "=r"(bits));
    add(reading, "rflags", bits & ~ARITHMETIC_FLAGS);
    if (native_read_cr4() & X86_CR4_OSXSAVE)
        add(reading, "xcr0", xgetbv(XCR_XFEATURE_ENABLED_MASK));
}

static void add_msrs(struct reading *reading)
{
    u64 bits;

    /* An MSR that the processor does not have has no line, before and after. */
#define ADD(name, number)                                                                                            \
    if (rdmsrl_safe(number, &bits) == 0)                                                                             \
        add(reading, #name, bits);
    MSR_LIST(ADD)
#undef ADD
}

static void add_segment(struct reading *reading, const char *name, u16 selector)
{
    char full[20];
    u64 rights = 0, limit = 0;

    add(reading, name, selector);
    asm volatile("lar %1, %0" : "+r"(rights) : "r"((u64)selector));
    snprintf(full, sizeof(full), "%s_rights", name);
    add(reading, full, rights);
    asm volatile("lsl %1, %0" : "+r"(limit) : "r"((u64)selector));
    snprintf(full, sizeof(full), "%s_limit", name);
    add(reading, full, limit);
}

static void add_tables(struct reading *reading)
{
    struct desc_ptr table;
    u16 selector;
    char name[20];
    const u64 *descriptors;
    unsigned int i;

    native_store_gdt(&table);
    add(reading, "gdtr_base", table.address);
    add(reading, "gdtr_limit", table.size);
    descriptors = (const u64 *)table.address;
    for (i = 0; i < GDT_PRINTED && i * 8 < table.size; i++) {
        snprintf(name, sizeof(name), "gdt%u", i);
        add(reading, name, descriptors[i]);
    }
    store_idt(&table);
    add(reading, "idtr_base", table.address);
    add(reading, "idtr_limit", table.size);
    asm volatile("sldt %0" : "=r"(selector));
    add_segment(reading, "ldtr", selector);
    asm volatile("str %0" : "=r"(selector));
    add_segment(reading, "tr", selector);
#define ADD(name)                                                                                                    \
    asm volatile("mov %%" #name ", %0" : "=r"(selector));                                                            \
    add_segment(reading, #name, selector)
    ADD(cs);
    ADD(ss);
    ADD(ds);
    ADD(es);
    ADD(fs);
    ADD(gs);
#undef ADD
}

static long read_this_cpu(void *argument)
{
    struct reading *reading = argument;
    unsigned long flags;

    local_irq_save(flags);
    add_control(reading);
    add_msrs(reading);
    add_tables(reading);
    local_irq_restore(flags);
    return 0;
}

static int show(struct seq_file *file, void *unused)
{
    struct reading *reading = kzalloc(sizeof(*reading), GFP_KERNEL);
    unsigned int cpu, i;

    if (!reading)
        return -ENOMEM;
    cpus_read_lock();
    for_each_online_cpu(cpu) {
        reading->count = 0;
        work_on_cpu(cpu, read_this_cpu, reading);
        for (i = 0; i < reading->count; i++)
            seq_printf(file, "cpu%u %s=%llx\n", cpu, reading->values[i].name, reading->values[i].bits);
    }
    cpus_read_unlock();
    kfree(reading);
    return 0;
}

/* MOV EAX, 1; RET, alone in its page. */
extern u32 bf_hook_target(void);
asm(".pushsection .text, \"ax\", @progbits\n"
    ".balign 4096\n"
    ".globl bf_hook_target\n"
    ".type bf_hook_target, @function\n"
    "bf_hook_target:\n"
    "movl $1, %eax\n"
    "ret\n"
    "int3\n"
    ".size bf_hook_target, .-bf_hook_target\n"
    ".balign 4096, 0xcc\n"
    ".popsection");
#define HOOK_TIMES 2

static struct {
    u32 cpu, answer, called[HOOK_TIMES], read[HOOK_TIMES];
} hook;

static ssize_t hook_write(struct file *file, const char __user *text, size_t bytes, loff_t *position)
{
    unsigned long flags;
    u32 leaf, ebx, ecx = (u32)(unsigned long)bf_hook_target, edx, i;
    int error = kstrtou32_from_user(text, bytes, 0, &leaf);

    if (error)
        return error;
    local_irq_save(flags);
    hook.cpu = smp_processor_id();
    asm volatile("cpuid" : "=a"(hook.answer), "=b"(ebx), "+c"(ecx), "=d"(edx) : "a"(leaf) : "memory");
    for (i = 0; i < HOOK_TIMES; i++) {
        hook.called[i] = bf_hook_target();
        hook.read[i] = *(volatile u32 *)((unsigned long)bf_hook_target + 1);
    }
    local_irq_restore(flags);
    return bytes;
}

static int hook_show(struct seq_file *file, void *unused)
{
    u32 i;

    seq_printf(file, "cpu%u answer=%u", hook.cpu, hook.answer);
    for (i = 0; i < HOOK_TIMES; i++)
        seq_printf(file, " called=%u read=%u", hook.called[i], hook.read[i]);
    seq_printf(file, "\n");
    return 0;
}

static int hook_open(struct inode *inode, struct file *file) { return single_open(file, hook_show, NULL); }

static const struct proc_ops hook_operations = {
    .proc_open = hook_open,
    .proc_read = seq_read,
    .proc_write = hook_write,
    .proc_lseek = seq_lseek,
    .proc_release = single_release,
};

static int __init probe_init(void)
{
    if (!proc_create_single("bfprobe", 0400, NULL, show))
        return -ENOMEM;
    if (!proc_create("bfhook", 0600, NULL, &hook_operations)) {
        remove_proc_entry("bfprobe", NULL);
        return -ENOMEM;
    }
    return 0;
}

static void __exit probe_exit(void)
{
    remove_proc_entry("bfhook", NULL);
    remove_proc_entry("bfprobe", NULL);
}

module_init(probe_init);
module_exit(probe_exit);
MODULE_DESCRIPTION("Prints every processor's registers");
MODULE_LICENSE("Dual MIT/GPL");
