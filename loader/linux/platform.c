// SPDX-License-Identifier: MIT
// Memory for the portable loader, and access to its caller's

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/range.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "loader.h"

static int fail_alloc_cpu = -1;
module_param(fail_alloc_cpu, int, 0600);
MODULE_PARM_DESC(fail_alloc_cpu, "Pretend that memory runs out for this processor, for tests (-1: none)");

static uint debug_level = 1;
module_param(debug_level, uint, 0600);
MODULE_PARM_DESC(debug_level, "What the microkernel writes to its debug ring: 0 errors, 1 life cycle, 2 every exit");

u32 platform_injectedFailure(void)
{
    return (u32)fail_alloc_cpu;
}

static uint force_mitigations;
module_param(force_mitigations, uint, 0600);
MODULE_PARM_DESC(force_mitigations, "Mitigations to be done whatever processors need, to measure them (0: what they need)");

u32 platform_forcedMitigations(void)
{
    return force_mitigations;
}

u64 platform_randomNumber(void)
{
    return get_random_u64();
}

u32 platform_debugLevel(void)
{
    return debug_level;
}

/* loader/src/pages.ts */
#define IF_EASY 2
#define RUN 3

#ifdef CONFIG_CONTIG_ALLOC
/* Whether Linux can be asked to clear memory: none of it is a device's, reserved, or of different kinds. */
static bool may_be_cleared(unsigned long first, unsigned long pages)
{
    unsigned long pfn;

    for (pfn = first; pfn < first + pages; pfn += pageblock_nr_pages) {
        struct page *page = pfn_to_online_page(pfn);

        if (!page || PageReserved(page) || page_zone(page) != page_zone(pfn_to_page(first)))
            return false;
    }
    return true;
}

/* From the top of memory down, in steps of an eighth: Linux moves what lies there elsewhere, if it can. */
static u64 take_run(unsigned long pages)
{
    unsigned long step = ALIGN(pages / 8 + 1, RUN_STEP_BYTES >> PAGE_SHIFT);
    u32 index = platform_listRam();

    while (index-- > 0) {
        unsigned long lowest = DIV_ROUND_UP(platform_ramBase(index), RUN_STEP_BYTES) * (RUN_STEP_BYTES >> PAGE_SHIFT);
        unsigned long first = ALIGN_DOWN(platform_ramEnd(index), RUN_STEP_BYTES) >> PAGE_SHIFT;

        for (first -= min(first, pages); first >= lowest && first != 0; first -= min(first, step))
            if (may_be_cleared(first, pages) &&
                alloc_contig_range(first, first + pages, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOWARN) == 0)
                return (u64)pfn_to_kaddr(first);
    }
    return 0;
}

static void give_run(u64 address, unsigned long pages)
{
    free_contig_range(PHYS_PFN(__pa(address)), pages);
}
#else
static u64 take_run(unsigned long pages)
{
    return 0;
}

static void give_run(u64 address, unsigned long pages)
{
}
#endif

u64 platform_allocatePages(u32 pages, u32 contiguous)
{
    size_t bytes = (size_t)pages << PAGE_SHIFT;

    if (contiguous == RUN)
        return take_run(pages);

    // The loader asks for less when a large piece is not to be had, so a failure is no reason for a warning.
    if (contiguous)
        return __get_free_pages(GFP_KERNEL | __GFP_NOWARN | (contiguous == IF_EASY ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL),
                                get_order(bytes));
    return (u64)__vmalloc(bytes, GFP_KERNEL | __GFP_NOWARN);
}

void platform_freePages(u64 address, u32 pages, u32 contiguous)
{
    if (contiguous == RUN)
        give_run(address, pages);
    else if (contiguous)
        free_pages(address, get_order((size_t)pages << PAGE_SHIFT));
    else
        vfree((void *)address);
}

u64 platform_physicalAddress(u64 address)
{
    if (virt_addr_valid((void *)address))
        return virt_to_phys((void *)address);
    return page_to_phys(vmalloc_to_page((void *)address)) + offset_in_page(address);
}

u64 platform_mapReserved(u64 physical, u64 bytes)
{
    return (u64)memremap(physical, bytes, MEMREMAP_WB);
}

void platform_unmapReserved(u64 address)
{
    memunmap((void *)address);
}

static struct range ram[MOST_RAM_RANGES];

static int add_ram(struct resource *found, void *data)
{
    u32 *count = data;

    if (*count != 0 && ram[*count - 1].end == found->start) {
        ram[*count - 1].end = found->end + 1;
        return 0;
    }
    if (*count == MOST_RAM_RANGES)
        return 1;
    ram[*count].start = found->start;
    ram[*count].end = found->end + 1;
    (*count)++;
    return 0;
}

u32 platform_listRam(void)
{
    u32 count = 0;

    walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1, &count, add_ram);
    return count;
}

u64 platform_ramBase(u32 index)
{
    return ram[index].start;
}

u64 platform_ramEnd(u32 index)
{
    return ram[index].end;
}

u64 platform_now(void)
{
    return ktime_get_real_ns();
}

u32 platform_copyFromCaller(u64 to, u64 from, u64 bytes)
{
    return copy_from_user((void *)to, (const void __user *)from, bytes) == 0;
}

u32 platform_copyToCaller(u64 to, u64 from, u64 bytes)
{
    return copy_to_user((void __user *)to, (const void *)from, bytes) == 0;
}

// A bug in the loader's TypeScript; the codes are MODULE_TRAP_* of the toolchain's runtime.
void module_trap(u32 code)
{
    pr_emerg("bfdriver: trap %u in the loader\n", code);
    BUG();
}
