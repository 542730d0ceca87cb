/* SPDX-License-Identifier: MIT */
/* What the core exports (src/main.ts), and what this glue gives it (src/platform.ts) */
#ifndef BAREFLANK_KVM_GLUE_H
#define BAREFLANK_KVM_GLUE_H

#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/signal_types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/* Linear memory of the core's module, which has constants there; package.json: memory.initialKiB, without the first 64. */
#define CORE_MEMORY_BYTES 0x10000

/* A virtual machine: its file, and those of its vCPUs, hold it. */
struct machine {
    refcount_t users;
    struct mutex lock;
    /* The process whose memory the guest has. */
    struct mm_struct *mm;
    /* Of interrupts; and those of Linux's that its holder had. */
    spinlock_t interrupts;
    unsigned long flags;
    /* Coalesced writes: a page that all vCPUs' users map. */
    void *ring;
    u64 core;
};

struct vcpu {
    struct machine *machine;
    struct mutex lock;
    /* What the user maps: two pages, and behind them the machine's ring. */
    void *shared;
    sigset_t signals;
    bool has_signals;
    /* The thread that is in KVM_RUN; where it sleeps, and when it is to wake. */
    struct task_struct *runner;
    wait_queue_head_t waiting;
    struct hrtimer timer;
    bool is_due;
    u64 core;
};

/* Its symbol is module_init, which is a macro of Linux's. */
void core_init(void *memory) asm("module_init");

s64 systemIoctl(u32 command, u64 argument);
s64 vmIoctl(u64 vm, u32 command, u64 argument);
s64 vcpuIoctl(u64 vcpu, u32 command, u64 argument);
s64 vcpuRun(u64 vcpu);
void destroyMachine(u64 vm);
void destroyVcpu(u64 vcpu);
u64 vcpuTimer(u64 vcpu);
void pitTimer(u64 pit);
void irqfdRaised(u64 irqfd);
u32 readGuest(u64 owner, u64 physical, u64 to, u32 bytes);
u32 writeGuest(u64 owner, u64 physical, u64 from, u32 bytes);
u32 exchangeGuest(u64 owner, u64 physical, u32 bytes, u64 expected, u64 value);

u64 platform_allocate(u64 bytes);
void platform_free(u64 address);
u32 platform_copyFromUser(u64 to, u64 from, u64 bytes);
u32 platform_copyToUser(u64 to, u64 from, u64 bytes);
u32 platform_exchangeUser(u64 address, u32 bytes, u64 expected, u64 value);
s64 platform_openMachine(u64 core);
s64 platform_openVcpu(u64 glue, u64 core, u32 number);
u64 platform_sharedPages(u64 glue);
u64 platform_ringOf(u64 glue);
void platform_lockInterrupts(u64 glue);
void platform_unlockInterrupts(u64 glue);
void platform_wakeVcpu(u64 glue);
void platform_armTimer(u64 glue, u64 nanoseconds);
u32 platform_waitForWork(u64 glue, u64 notified);
u64 platform_openEvent(u32 file);
void platform_signalEvent(u64 event);
void platform_closeEvent(u64 event);
u64 platform_openIrqfd(u64 core, u32 file);
u64 platform_eventOf(u64 glue);
u32 platform_watchIrqfd(u64 glue);
u32 platform_hasEnded(u64 glue);
void platform_closeIrqfd(u64 glue);
void platform_setSignals(u64 glue, u64 signals);
void platform_forgetSignals(u64 glue);
void platform_lockMachine(u64 glue);
void platform_unlockMachine(u64 glue);
u64 platform_mapPage(u64 physical);
void platform_unmapPage(u64 address);
s64 platform_pin(u64 glue, u64 address, u64 pages, u32 isWritable, u64 physical);
void platform_unpin(u64 glue, u64 physical, u64 pages, u32 isDirty);
u32 platform_hypercall(u64 block);
s64 platform_enter(u64 block);
u32 platform_isSignalled(void);
u64 platform_createTimer(u64 core);
void platform_startTimer(u64 timer, u64 time);
void platform_destroyTimer(u64 timer);
void platform_lockTimer(u64 timer);
void platform_unlockTimer(u64 timer);
u64 platform_nanoseconds(void);
void platform_readTime(u64 to);
u64 platform_timeStamp(void);
u32 platform_tscKhz(void);
u32 platform_isIntel(void);
void platform_sleep(u32 milliseconds);
u32 guest_readGuest(u64 owner, u64 physical, u64 to, u32 bytes);
u32 guest_writeGuest(u64 owner, u64 physical, u64 from, u32 bytes);
u32 guest_exchangeGuest(u64 owner, u64 physical, u32 bytes, u64 expected, u64 value);
void module_trap(u32 code);
void init_waiting(struct vcpu *vcpu);


#endif
