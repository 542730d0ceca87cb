// SPDX-License-Identifier: MIT
// bench IMAGE: instructions of the kernel's allocators, beside a twin in C, and how memory is split up after ten million operations

#define _GNU_SOURCE
#include "machine.h"
#include "twin.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHUNK_BYTES (256ull << 20)
#define MOST_BLOCKS 65536u
#define SEED 0x5eed20261129ull

static const struct allocators *kernel;

static void kernel_init(uint64_t phys, uint64_t bytes)
{
    (void)phys, (void)bytes;
}

static uint64_t kernel_take(uint32_t order)
{
    return kernel->allocate_pages(order);
}

static uint32_t kernel_give(uint64_t phys, uint32_t order)
{
    return order == 0 ? kernel->free_page(phys) : kernel->free_pages(phys, order);
}

static uint64_t kernel_free_pages(void)
{
    kernel->empty_stores();
    return kernel->free_page_count();
}

static uint64_t kernel_largest_blocks(void)
{
    return kernel->free_blocks(MAX_ORDER);
}

static const struct allocator own = {"kernel",         kernel_init,       kernel_take,
                                     kernel_give,      kernel_free_pages, kernel_largest_blocks};

/* Instructions are counted by the trap flag: a signal behind each (SDM volume 1, 3.4.3.3). */
static volatile uint64_t steps;

static void on_trap(int number)
{
    (void)number;
    steps++;
}

typedef uint64_t (*function)(uint64_t, uint64_t);

__attribute__((noinline)) static uint64_t nothing(uint64_t a, uint64_t b)
{
    (void)b;
    return a;
}

__attribute__((noinline)) static uint64_t steps_of(function call, uint64_t a, uint64_t b, uint64_t *result)
{
    steps = 0;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" : : : "memory", "cc");
    *result = call(a, b);
    __asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" : : : "memory", "cc");
    return steps;
}

/* Instructions of a function, from its first one to its return. */
static uint64_t count(function call, uint64_t a, uint64_t b, uint64_t *result)
{
    static uint64_t around;
    uint64_t ignored;
    /* nothing() is two: a move and the return */
    if (around == 0) around = steps_of(nothing, 1, 1, &ignored) - 2;
    return steps_of(call, a, b, result) - around;
}

struct blocks {
    uint64_t phys[MOST_BLOCKS];
    uint8_t order[MOST_BLOCKS];
    uint32_t count;
    uint64_t pages;
};

static struct blocks taken;

/* 0 with probability 1/2, 1 with 1/4 and so on. */
static uint32_t random_order(uint64_t random)
{
    return (uint32_t)__builtin_ctzll(random >> 40 | 1ull << 6);
}

static bool take(const struct allocator *allocator, uint32_t order)
{
    uint64_t phys = taken.count < MOST_BLOCKS ? allocator->take(order) : 0;
    if (phys == 0) return false;
    taken.phys[taken.count] = phys;
    taken.order[taken.count++] = (uint8_t)order;
    taken.pages += 1ull << order;
    return true;
}

static void forget(uint32_t place)
{
    taken.pages -= 1ull << taken.order[place];
    taken.phys[place] = taken.phys[--taken.count];
    taken.order[place] = taken.order[taken.count];
}

static void give(const struct allocator *allocator, uint32_t place)
{
    if (!allocator->give(taken.phys[place], taken.order[place])) fail("%s took a block not back", allocator->name);
    forget(place);
}

/* One operation of a program that wants to have so many pages. */
static void operate(const struct allocator *allocator, uint64_t *random, uint64_t wanted)
{
    uint64_t r = next_random(random);
    if (taken.count == 0 || (taken.pages < wanted ? r % 8 < 6 : r % 8 < 2)) {
        if (take(allocator, random_order(r)) || taken.count == 0) return;
    }
    give(allocator, (uint32_t)(r / 8 % taken.count));
}

static void start(const struct allocator *allocator)
{
    allocator->init(CHUNK_BASE, CHUNK_BYTES);
    memset(&taken, 0, sizeof taken);
}

static void finish(const struct allocator *allocator, uint64_t pages)
{
    while (taken.count > 0) give(allocator, taken.count - 1);
    if (allocator->free_pages() != pages) fail("%s has lost pages", allocator->name);
}

/* Instructions of an allocation and of a free, the average of many, with a share of the memory taken. */
static void print_occupancy(const struct allocator *allocator, uint32_t percent)
{
    uint64_t random = SEED, result, takes = 0, gives = 0;
    uint64_t pages = allocator->free_pages(), wanted = pages * percent / 100;
    for (uint32_t i = 0; i < 400000; i++) operate(allocator, &random, wanted);
    const uint32_t samples = 1500;
    for (uint32_t i = 0; i < samples; i++) {
        uint64_t r = next_random(&random);
        uint32_t order = random_order(r);
        takes += count((function)allocator->take, order, 0, &result);
        if (result == 0) continue;
        taken.phys[taken.count] = result;
        taken.order[taken.count++] = (uint8_t)order;
        taken.pages += 1ull << order;
        uint32_t place = (uint32_t)(r / 8 % taken.count);
        gives += count((function)allocator->give, taken.phys[place], taken.order[place], &result);
        forget(place);
    }
    printf("  {\"allocator\": \"%s\", \"percent\": %u, \"take\": %.1f, \"give\": %.1f},\n", allocator->name, percent,
           (double)takes / samples, (double)gives / samples);
    finish(allocator, pages);
}

/* Ten million operations between a third and nine tenths of the memory; now and then it is tried whether there is a block of the
 * largest order. */
static void print_fragmentation(const struct allocator *allocator)
{
    uint64_t random = SEED, pages = allocator->free_pages(), tried = 0, had = 0;
    for (uint32_t i = 0; i < 10000000; i++) {
        operate(allocator, &random, pages * (i / 100000 % 2 == 0 ? 90 : 33) / 100);
        if (i % 1000 != 0) continue;
        uint64_t phys = allocator->take(MAX_ORDER);
        tried++;
        if (phys == 0) continue;
        had++;
        allocator->give(phys, MAX_ORDER);
    }
    uint64_t free = allocator->free_pages();
    double outside = 1 - (double)(allocator->largest_blocks() << MAX_ORDER) / (double)free;
    printf("  {\"allocator\": \"%s\", \"external\": %.4f, \"largest\": %.4f, \"freePages\": %lu},\n", allocator->name, outside,
           (double)had / (double)tried, free);
    finish(allocator, pages);
}

#define SINGLES 8

/* What the store and the magazine have at hand, and have room for: the average of eight. */
static void print_single(void)
{
    uint64_t pages[16], objects[SINGLES], result, take = 0, give = 0, zeroed = 0, object = 0, release = 0;
    /* As after many others: the stock of zeroed pages is full, and eight more are at hand. */
    for (int i = 0; i < 16; i++) pages[i] = kernel->allocate_pages(0);
    for (int i = 0; i < 16; i++) kernel->free_page(pages[i]);
    for (int i = 0; i < SINGLES; i++) take += count((function)kernel->allocate_pages, 0, 0, &pages[i]);
    for (int i = 0; i < SINGLES; i++) give += count((function)kernel->free_page, pages[i], 0, &result);
    for (int i = 0; i < SINGLES; i++) zeroed += count((function)kernel->allocate_page, 0, 0, &pages[i]);
    for (int i = 0; i < SINGLES; i++) kernel->free_page(pages[i]);
    for (int i = 0; i < SINGLES; i++) objects[i] = kernel->allocate_object(0);
    for (int i = 0; i < SINGLES; i++) kernel->slab_release(0, objects[i]);
    for (int i = 0; i < SINGLES; i++) object += count((function)kernel->allocate_object, 0, 0, &objects[i]);
    for (int i = 0; i < SINGLES; i++) release += count((function)kernel->slab_release, 0, objects[i], &result);
    printf("\"single\": {\"take\": %lu, \"give\": %lu, \"takeZeroed\": %lu, \"takeObject\": %lu, \"giveObject\": %lu}\n",
           take / SINGLES, give / SINGLES, zeroed / SINGLES, object / SINGLES, release / SINGLES);
}

int main(int argc, char **argv)
{
    static const uint32_t percents[] = {50, 80, 95};
    if (argc != 2) fail("bench IMAGE");
    signal(SIGTRAP, on_trap);
    kernel = load_allocators(argv[1], CHUNK_BYTES);
    if (!kernel->slab_init(0, 64)) fail("there is no slab cache");
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    void *at = mmap((void *)(TWIN_DIRECT + CHUNK_BASE), CHUNK_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (at == MAP_FAILED) fail("there is no memory for the twin");
    const struct allocator *const both[] = {&own, &twin}, *const all[] = {&own, &twin, &first_fit};
    printf("{\"occupancy\": [\n");
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t j = 0; j < 2; j++) start(both[j]), print_occupancy(both[j], percents[i]);
    }
    printf("  null], \"fragmentation\": [\n");
    for (uint32_t j = 0; j < 3; j++) start(all[j]), print_fragmentation(all[j]);
    printf("  null],\n");
    print_single();
    printf("}\n");
    return 0;
}
