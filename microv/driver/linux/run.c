// SPDX-License-Identifier: MIT
// Hypercalls, and the one that runs a guest

#include <linux/delay.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include <asm/cpufeature.h>
#include <asm/tsc.h>

#include "glue.h"

/* RAX, R10 to R14: in and, but for the last one, out. 0: no hypervisor answers. */
u32 platform_hypercall(u64 block)
{
    u64 *r = (u64 *)block;
    register u64 r10 asm("r10") = r[1];
    register u64 r11 asm("r11") = r[2];
    register u64 r12 asm("r12") = r[3];
    register u64 r13 asm("r13") = r[4];
    register u64 r14 asm("r14") = r[5];
    u32 done = 0;

    asm volatile("cmpl $0, %[intel]\n"
                 "je 1f\n"
                 "0: vmcall\n"
                 "jmp 2f\n"
                 "1: vmmcall\n"
                 "2: movl $1, %[done]\n"
                 "3:\n" _ASM_EXTABLE(0b, 3b) _ASM_EXTABLE(1b, 3b)
                 : [done] "+r"(done), "+a"(r[0]), "+r"(r10), "+r"(r11), "+r"(r12), "+r"(r13)
                 : "r"(r14), [intel] "r"(platform_isIntel())
                 : "memory", "cc");
    r[1] = r10;
    r[2] = r11;
    r[3] = r12;
    r[4] = r13;
    return done;
}

/*
 * Runs the guest once. What the machine wants meanwhile ends that, and is taken when interrupts are enabled. A signal that came
 * before is seen here, and one that comes later interrupts: none is overlooked.
 */
s64 platform_enter(u64 block)
{
    u32 done;

    for (;;) {
        if (signal_pending(current))
            return -EINTR;
        cond_resched();
        preempt_disable();
        local_irq_disable();
        if (!signal_pending(current) && !need_resched())
            break;
        local_irq_enable();
        preempt_enable();
    }
    done = platform_hypercall(block);
    local_irq_enable();
    preempt_enable();
    return done ? 0 : -ENODEV;
}

u32 platform_isSignalled(void)
{
    cond_resched();
    return signal_pending(current);
}

void platform_readTime(u64 to)
{
    u64 *times = (u64 *)to;
    unsigned long flags;

    local_irq_save(flags);
    times[0] = rdtsc_ordered();
    times[1] = ktime_get_boottime_ns();
    times[2] = ktime_get_real_ns();
    local_irq_restore(flags);
}

u32 platform_isIntel(void)
{
    return boot_cpu_data.x86_vendor == X86_VENDOR_INTEL;
}

u64 platform_timeStamp(void)
{
    return rdtsc_ordered();
}

u32 platform_tscKhz(void)
{
    return tsc_khz;
}

void platform_sleep(u32 milliseconds)
{
    usleep_range(milliseconds * USEC_PER_MSEC, (milliseconds + 1) * USEC_PER_MSEC);
}
