// SPDX-License-Identifier: MIT
// Memory of the core's own, the user's, and that of guests, which is the user's and pinned

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "glue.h"

/* How much is the user's to say: more than there is is no mistake of the module's. */
u64 platform_allocate(u64 bytes)
{
    return (u64)kvzalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

void platform_free(u64 address)
{
    kvfree((void *)address);
}

u32 platform_copyFromUser(u64 to, u64 from, u64 bytes)
{
    return copy_from_user((void *)to, (const void __user *)from, bytes) == 0;
}

u32 platform_copyToUser(u64 to, u64 from, u64 bytes)
{
    return copy_to_user((void __user *)to, (const void *)from, bytes) == 0;
}

/* An entry of a page table of the guest's, which its other processors change, too. */
u32 platform_exchangeUser(u64 address, u32 bytes, u64 expected, u64 value)
{
    u32 __user *word = (u32 __user *)address;
    u64 __user *wide = (u64 __user *)address;
    u32 old = expected;
    bool done;

    if (!user_access_begin((void __user *)address, bytes))
        return 2;
    if (bytes == sizeof(u32))
        done = unsafe_try_cmpxchg_user(word, &old, (u32)value, failed);
    else
        done = unsafe_try_cmpxchg_user(wide, &expected, value, failed);
    user_access_end();
    return done ? 0 : 1;
failed:
    user_access_end();
    return 2;
}

/* A page that the hypervisor shares: it is Linux's memory, which bfdriver gave away, or what UEFI has reserved. */
u64 platform_mapPage(u64 physical)
{
    return (u64)memremap(physical, PAGE_SIZE, MEMREMAP_WB);
}

void platform_unmapPage(u64 address)
{
    memunmap((void *)address);
}

/*
 * Pins pages of the calling process from an address on, as many as there are in a row, and tells their physical addresses. Where
 * the process may write, they become its own first, also for a guest that only reads: it would see a page of zeros, or a file's,
 * for good, which the process's next write replaces.
 */
s64 platform_pin(u64 glue, u64 address, u64 pages, u32 isWritable, u64 physical)
{
    struct machine *machine = (struct machine *)glue;
    struct page **found = (struct page **)physical;
    u64 *addresses = (u64 *)physical;
    long count, i;

    if (account_locked_vm(machine->mm, pages, true)) {
        if (pages == 1)
            pr_warn_ratelimited("bareflank_kvm: %s may not lock more memory for its guest: see ulimit -l\n", current->comm);
        return -ENOMEM;
    }
    count = pin_user_pages_fast(address, pages, FOLL_LONGTERM | FOLL_WRITE, found);
    if (count <= 0 && !isWritable)
        count = pin_user_pages_fast(address, pages, FOLL_LONGTERM, found);
    count = max_t(long, count, 0);
    if (count < pages)
        account_locked_vm(machine->mm, pages - count, false);
    for (i = 0; i < count; i++)
        addresses[i] = page_to_phys(found[i]);
    return count;
}

void platform_unpin(u64 glue, u64 physical, u64 pages, u32 isDirty)
{
    struct machine *machine = (struct machine *)glue;
    u64 i;

    for (i = 0; i < pages; i++) {
        struct page *page = pfn_to_page(PHYS_PFN(((u64 *)physical)[i]));

        unpin_user_pages_dirty_lock(&page, 1, isDirty);
    }
    /* The process may be gone already, and its account with it. */
    if (mmget_not_zero(machine->mm)) {
        account_locked_vm(machine->mm, pages, false);
        mmput(machine->mm);
    }
}

/* The emulator is the core's own (bsl/src/emulator/guest.ts). */
u32 guest_readGuest(u64 owner, u64 physical, u64 to, u32 bytes)
{
    return readGuest(owner, physical, to, bytes);
}

u32 guest_writeGuest(u64 owner, u64 physical, u64 from, u32 bytes)
{
    return writeGuest(owner, physical, from, bytes);
}

u32 guest_exchangeGuest(u64 owner, u64 physical, u32 bytes, u64 expected, u64 value)
{
    return exchangeGuest(owner, physical, bytes, expected, value);
}
