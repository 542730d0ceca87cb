// SPDX-License-Identifier: MIT
// Atomic operations that also watch the locks: each is taken by who does not have it, in one order, and given back by its holder
//
// What draws a ticket or sets a store's lock takes it; a store with release gives it back. For every two locks it is noted when
// one was taken under the other: the opposite order, seen at any time on any processor, is a deadlock that waits to happen.

#include "kernel/test/native/layout.h"

#define MOST_LOCKS 16u
#define MOST_HELD 12u

static u64 lock_addresses[MOST_LOCKS];
static u8 lock_order[MOST_LOCKS][MOST_LOCKS];
static u64 lock_held[128][MOST_HELD];
static u32 lock_count[128];
static u64 lock_holder[MOST_LOCKS];

static u32 has_fault(u32 fault)
{
    return *(u32 *)(BF_PP_AREA_BASE + BF_PP_ARGS + PLANTED_FAULT) == fault;
}

/* A wrong use ends the process: 0xf0 to 0xf3 in the address of a fault. */
static void lock_wrong(u64 what)
{
    *(volatile u64 *)what = 0;
    __builtin_trap();
}

static u32 lock_processor(void)
{
    return *(u32 *)(BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_PPID);
}

/* A store's lock has two addresses, one of them the same for all processors. */
static u64 lock_name(u64 address)
{
    u64 offset = address - BF_PP_AREA_BASE - BF_PP_BLOCK;
    return offset < PAGE_BYTES ? BF_DIRECT_BASE + BLOCKS + lock_processor() * PAGE_BYTES + offset : address;
}

static u32 lock_number(u64 name)
{
    for (u32 i = 0; i < MOST_LOCKS; i++) {
        u64 seen = w2c_atomic_compareExchange64(0, (u64)&lock_addresses[i], 0, name);
        if (seen == 0 || seen == name) return i;
    }
    lock_wrong(0xf0);
    return 0;
}

static void lock_taken(u64 address)
{
    u32 pp = lock_processor();
    u32 number = lock_number(lock_name(address));
    for (u32 i = 0; i < lock_count[pp]; i++) {
        u32 other = (u32)lock_held[pp][i];
        if (other == number || lock_order[number][other]) lock_wrong(0xf1);
        lock_order[other][number] = 1;
        if (has_fault(FAULT_OPPOSITE_ORDER)) lock_order[number][other] = 1;
    }
    if (lock_count[pp] == MOST_HELD) lock_wrong(0xf0);
    lock_held[pp][lock_count[pp]++] = number;
}

/* A lock that is taken by one operation: nobody else has it. */
static void lock_taken_at_once(u64 address)
{
    lock_taken(address);
    u32 number = lock_number(lock_name(address));
    if (w2c_atomic_compareExchange64(0, (u64)&lock_holder[number], 0, lock_processor() + 1) != 0) lock_wrong(0xf3);
}

static void lock_given_back(u64 address)
{
    u32 pp = lock_processor();
    u32 number = lock_number(lock_name(address));
    *(volatile u64 *)&lock_holder[number] = 0;
    u32 i = 0;
    while (i < lock_count[pp] && lock_held[pp][i] != number) i++;
    if (i == lock_count[pp]) lock_wrong(0xf2);
    lock_held[pp][i] = lock_held[pp][--lock_count[pp]];
}

static u32 checked_exchangeAdd32(struct w2c_atomic *self, u64 address, u32 value)
{
    lock_taken(address);
    /* The ticket that is served, drawn by all who come */
    if (has_fault(FAULT_OPEN_TICKET_LOCKS)) return w2c_atomic_loadAcquire32(self, address + 4);
    return w2c_atomic_exchangeAdd32(self, address, value);
}

static u32 checked_compareExchange32(struct w2c_atomic *self, u64 address, u32 expected, u32 replacement)
{
    u32 seen = w2c_atomic_compareExchange32(self, address, expected, replacement);
    if (has_fault(FAULT_OPEN_STORE_LOCKS)) seen = expected;
    if (seen == expected) lock_taken_at_once(address);
    return seen;
}

/* Of a ticket lock, which lies in linear memory, it is the second word. */
static void checked_storeRelease32(struct w2c_atomic *self, u64 address, u32 value)
{
    u32 is_ticket_lock = address - BF_KERNEL_MEMORY_BASE < BF_MODULE_MEMORY_WINDOW;
    u64 lock = is_ticket_lock ? address - 4 : address;
    /* Given back oftener than tickets were drawn: somebody came in without one */
    if (is_ticket_lock && (s32)(w2c_atomic_loadAcquire32(self, lock) - value) < 0) lock_wrong(0xf3);
    lock_given_back(lock);
    if (has_fault(FAULT_GIVEN_BACK_TWICE)) lock_given_back(lock);
    w2c_atomic_storeRelease32(self, address, value);
}

/* There may be fewer real processors than these: who waits lets the others run (Linux's system call sched_yield). */
static void yielding_pause(struct w2c_atomic *self)
{
    u64 number = 24;
    (void)self;
    __asm__ volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
}

#define w2c_atomic_pause yielding_pause
#define w2c_atomic_exchangeAdd32 checked_exchangeAdd32
#define w2c_atomic_compareExchange32 checked_compareExchange32
#define w2c_atomic_storeRelease32 checked_storeRelease32
