/* SPDX-License-Identifier: MIT */
/* A small extension that fails in one way: -DCASE=n selects where, -DWAY=n how (failures.ts) */
#include "extension/vendor.h"

#define IN_MAIN 1
#define IN_BOOTSTRAP 2
#define IN_VMEXIT 3
#define IN_FAIL 4

#define BY_EXIT 1
#define BY_RETURN 2
#define BY_SEGFAULT 3
#define BY_WAIT 4
#define BY_ASSERT 5

/** Callbacks that are not registered: bit 0 bootstrap, bit 1 vmexit, bit 2 fail. */
#ifndef WITHOUT
#define WITHOUT 0
#endif
/** An assertion or a page fault that the fail callback repairs. */
#ifndef RECOVERS
#define RECOVERS 0
#endif
/** The exit that fails: 1 is the loader's, which was handled when the second comes. */
#ifndef EXIT_NUMBER
#define EXIT_NUMBER 1
#endif

#define NOWHERE 0x1234000u
#define FREE_PAGE 0x50000u

static u64 status, output;
static u32 exits;

static u64 call(u32 number, u64 reg0, u64 reg1, u64 reg2, u64 reg3)
{
    struct registers registers = {.rax = SIGNED(number), .rdi = reg0, .rsi = reg1, .rdx = reg2, .r10 = reg3};
    raw_call(&registers);
    status = registers.rax;
    output = registers.rdi;
    return status;
}

/** Fails in the way that was asked for. A callback returns to what lies above the top of its stack. */
static void misbehave(const struct entry *entry)
{
    switch (WAY) {
    case BY_EXIT:
        call(BF_SYSCALL_CONTROL_EXIT, 0, 0, 0, 0);
        break;
    case BY_RETURN:
        __asm__ volatile("movq %0, %%rsp\n\tretq" : : "r"(entry->rsp) : "memory");
        __builtin_unreachable();
    case BY_SEGFAULT:
        (void)*(volatile u64 *)(RECOVERS ? BF_EXT_DIRECT_BASE + FREE_PAGE : NOWHERE);
        break;
    case BY_WAIT:
        call(BF_SYSCALL_CONTROL_WAIT, 0, 0, 0, 0);
        break;
    case BY_ASSERT:
        __asm__ volatile("int3");
        break;
    }
}

static void misbehave_in(u32 place, const struct entry *entry)
{
    if (CASE == place)
        misbehave(entry);
    else if (CASE == IN_FAIL && place == IN_BOOTSTRAP)
        __asm__ volatile("ud2");
}

static void give_up(void) { call(BF_SYSCALL_CONTROL_EXIT, 0, 0, 0, 0); }

void bootstrap(void);
void vmexit(void);
void fail(void);

void start_entered(const struct entry *entry)
{
    u64 failed = call(BF_SYSCALL_HANDLE_OPEN, BF_SPEC_VERSION_1, 0, 0, 0);
    if ((WITHOUT & 1) == 0)
        failed |= call(BF_SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, 0, (u64)bootstrap, 0, 0);
    if ((WITHOUT & 2) == 0)
        failed |= call(BF_SYSCALL_CALLBACK_REGISTER_VMEXIT, 0, (u64)vmexit, 0, 0);
    if ((WITHOUT & 4) == 0)
        failed |= call(BF_SYSCALL_CALLBACK_REGISTER_FAIL, 0, (u64)fail, 0, 0);
    if (failed != 0)
        give_up();
    misbehave_in(IN_MAIN, entry);
    call(BF_SYSCALL_CONTROL_WAIT, 0, 0, 0, 0);
    give_up();
}

void bootstrap_entered(const struct entry *entry)
{
    u64 failed = call(BF_SYSCALL_VP_CREATE, 0, BF_ROOT_VMID, 0, 0);
    u64 vp = output & 0xffff;
    failed |= call(BF_SYSCALL_VS_CREATE, 0, vp, this_pp(), 0);
    u64 vs = output & 0xffff;
    failed |= write_root_controls(0, (u16)vs);
    failed |= call(BF_SYSCALL_VS_INIT_AS_ROOT, 0, vs, 0, 0);
    if (failed != 0)
        give_up();
    misbehave_in(IN_BOOTSTRAP, entry);
    call(BF_SYSCALL_VS_RUN, 0, BF_ROOT_VMID, vp, vs);
    give_up();
}

void vmexit_entered(const struct entry *entry)
{
    volatile struct bf_tcb *block = tcb();
    if (++exits == EXIT_NUMBER)
        misbehave_in(IN_VMEXIT, entry);
    if (entry->registers.rsi != EXIT(CPUID))
        give_up();
    if ((u32)block->rax == BF_CPUID_CONTROL) {
        block->rax = BF_CPUID_CONTROL_DONE;
        if ((u32)block->rcx == BF_CPUID_CONTROL_STOP)
            call(BF_SYSCALL_VS_PROMOTE, 0, block->vsid, 0, 0);
    }
    call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, 0, 0, 0, 0);
    give_up();
}

/** REG0 and REG1 go to the ring: why it was called. */
void fail_entered(const struct entry *entry)
{
    call(BF_SYSCALL_DEBUG_OUT, entry->registers.rdi, entry->registers.rsi, 0, 0);
    if (CASE == IN_FAIL)
        misbehave(entry);
    if (RECOVERS) {
        if (WAY == BY_SEGFAULT)
            call(BF_SYSCALL_VM_MAP_DIRECT, 0, BF_ROOT_VMID, FREE_PAGE, 0);
        call(BF_SYSCALL_CONTROL_AGAIN, 0, 0, 0, 0);
    }
    give_up();
}

void *memset(void *to, int value, u64 bytes)
{
    for (u64 i = 0; i < bytes; i++)
        ((volatile u8 *)to)[i] = (u8)value;
    return to;
}
