// SPDX-License-Identifier: MIT
// NMIs by which the microkernel asks for the driver's attention: it cannot be called, and nobody looks all the time

#include <linux/irq_work.h>
#include <linux/rcupdate.h>

#include <asm/nmi.h>

#include "loader.h"

/* A word for each processor of the last start; set by the microkernel before it sends the NMI. */
static u32 *signals;
static void (*attend)(void);

static void pass_on(struct irq_work *work)
{
    attend();
}

static DEFINE_IRQ_WORK(passing, pass_on);

/* An NMI without a signal is somebody else's. */
static int on_nmi(unsigned int type, struct pt_regs *regs)
{
    u32 *words = READ_ONCE(signals);
    u32 index = bf_processor_index();

    if (!words || index == bf_processor_count() || !xchg(&words[index], 0))
        return NMI_DONE;
    irq_work_queue(&passing);
    return NMI_HANDLED;
}

/* When this returns, no handler uses the former address. */
void platform_watchSignals(u64 address)
{
    const u32 *former = signals;

    WRITE_ONCE(signals, (u32 *)address);
    // Expedited: a stop waits for it
    if (former)
        synchronize_rcu_expedited();
}

int bf_signals_open(void (*callback)(void))
{
    attend = callback;
    return register_nmi_handler(NMI_LOCAL, on_nmi, 0, "bareflank");
}

void bf_signals_close(void)
{
    unregister_nmi_handler(NMI_LOCAL, "bareflank");
    irq_work_sync(&passing);
}
