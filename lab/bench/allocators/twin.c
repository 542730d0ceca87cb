// SPDX-License-Identifier: MIT
// The kernel's page allocator as one would write it in C: a buddy allocator with a byte of state for each page, behind stores of
// single pages for each processor. Compiled by the compiler and with the optimization that the kernel has.

#include "twin.h"

#include <stdbool.h>
#include <string.h>

#define PAGE_SHIFT 12
#define PAGE (1ull << PAGE_SHIFT)
#define ORDERS 11u
#define PROCESSORS 4u

enum { INSIDE = 0, RESERVED = 0x10, TAKEN = 0x20, FREE = 0x40, KEPT = 0x4f };

struct block {
    uint64_t next, previous;
};

struct chunk {
    uint64_t base, end;
    uint8_t *states; /* plus a page's number */
    uint64_t out;
};

struct kept {
    uint64_t phys;
    uint8_t *state;
};

struct store {
    uint32_t lock, count, zeroed_count;
    struct kept pages[16], zeroed[8];
};

static struct {
    uint32_t next, serving;
    uint64_t orders, free;
    uint64_t heads[ORDERS];
    uint32_t counts[ORDERS];
    uint32_t chunk_count;
    struct chunk chunks[1024];
    uint16_t memories[1024];
} pool;

static struct store stores[PROCESSORS];
#define OWN (&stores[0])

static struct block *block_at(uint64_t phys)
{
    return (struct block *)(TWIN_DIRECT + phys);
}

static void clear_page(uint64_t phys)
{
    uint64_t to = TWIN_DIRECT + phys, count = PAGE / 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0) : "memory");
}

static void lock_pool(void)
{
    uint32_t ticket = __atomic_fetch_add(&pool.next, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&pool.serving, __ATOMIC_ACQUIRE) != ticket) __builtin_ia32_pause();
}

static void unlock_pool(void)
{
    __atomic_store_n(&pool.serving, pool.serving + 1, __ATOMIC_RELEASE);
}

static void lock_store(struct store *store)
{
    uint32_t expected = 0;
    while (!__atomic_compare_exchange_n(&store->lock, &expected, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        __builtin_ia32_pause();
        expected = 0;
    }
}

static void unlock_store(struct store *store)
{
    __atomic_store_n(&store->lock, 0, __ATOMIC_RELEASE);
}

static struct chunk *find(uint64_t phys)
{
    uint16_t *memory = &pool.memories[phys >> 22 & 1023];
    uint32_t last = *memory;
    if (last < pool.chunk_count && phys >= pool.chunks[last].base && phys < pool.chunks[last].end) return &pool.chunks[last];
    uint32_t low = 0, high = pool.chunk_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (pool.chunks[middle].base <= phys) low = middle + 1;
        else high = middle;
    }
    if (low == 0 || phys >= pool.chunks[low - 1].end) return NULL;
    *memory = (uint16_t)(low - 1);
    return &pool.chunks[low - 1];
}

static uint8_t *state_of(uint64_t phys)
{
    struct chunk *chunk = find(phys);
    if (chunk == NULL || chunk->states == NULL || phys % PAGE != 0) return NULL;
    return chunk->states + (phys >> PAGE_SHIFT);
}

static bool claim(uint8_t *state, uint8_t from, uint8_t to)
{
    return __atomic_compare_exchange_n(state, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void push(uint8_t *state, uint64_t phys, uint32_t order)
{
    uint64_t next = pool.heads[order];
    *state = (uint8_t)(FREE | order);
    *block_at(phys) = (struct block){next, 0};
    if (next != 0) block_at(next)->previous = phys;
    pool.heads[order] = phys;
    pool.counts[order]++;
    pool.orders |= 1ull << order;
}

static void unlink_block(uint64_t phys, uint32_t order)
{
    struct block block = *block_at(phys);
    if (block.next != 0) block_at(block.next)->previous = block.previous;
    if (block.previous != 0) block_at(block.previous)->next = block.next;
    else pool.heads[order] = block.next;
    pool.counts[order]--;
    if (pool.heads[order] == 0) pool.orders &= ~(1ull << order);
}

static uint64_t split(uint32_t order)
{
    uint64_t there = pool.orders & ~((1ull << order) - 1);
    if (there == 0) return 0;
    uint32_t found = (uint32_t)__builtin_ctzll(there);
    uint64_t phys = pool.heads[found];
    struct chunk *chunk = find(phys);
    uint8_t *state = chunk->states + (phys >> PAGE_SHIFT);
    unlink_block(phys, found);
    while (found > order) {
        found--;
        push(state + (1ull << found), phys + (PAGE << found), found);
    }
    pool.free -= 1ull << order;
    chunk->out += 1ull << order;
    return phys;
}

static void merge(uint64_t phys, uint32_t order)
{
    struct chunk *chunk = find(phys);
    pool.free += 1ull << order;
    chunk->out -= 1ull << order;
    for (; order < ORDERS - 1; order++) {
        uint64_t buddy = phys ^ PAGE << order;
        if (buddy < chunk->base) break;
        uint8_t *state = chunk->states + (buddy >> PAGE_SHIFT);
        if (*state != (FREE | order)) break;
        unlink_block(buddy, order);
        *state = INSIDE;
        phys &= ~(PAGE << order);
    }
    push(chunk->states + (phys >> PAGE_SHIFT), phys, order);
}

static uint64_t take_block(uint32_t order)
{
    if (order >= ORDERS) return 0;
    lock_pool();
    uint64_t phys = split(order);
    if (phys != 0) *state_of(phys) = (uint8_t)(TAKEN | order);
    unlock_pool();
    return phys;
}

static bool give_block(uint64_t phys, uint32_t order)
{
    if (order >= ORDERS) return false;
    lock_pool();
    uint8_t *state = state_of(phys);
    bool taken = state != NULL && claim(state, (uint8_t)(TAKEN | order), INSIDE);
    if (taken) merge(phys, order);
    unlock_pool();
    return taken;
}

static uint64_t pop(uint32_t *count, struct kept *stack)
{
    if (*count == 0) return 0;
    struct kept *kept = &stack[--*count];
    *kept->state = TAKEN;
    return kept->phys;
}

static uint64_t refill(void)
{
    uint32_t most = pool.free < 256 ? 1 : 8, room = 16 - OWN->count, got = 0;
    if (most > room) most = room;
    lock_pool();
    for (; got < most; got++) {
        uint64_t phys = split(0);
        if (phys == 0) break;
        uint8_t *state = state_of(phys);
        *state = KEPT;
        OWN->pages[OWN->count + got] = (struct kept){phys, state};
    }
    unlock_pool();
    OWN->count += got;
    return pop(&OWN->count, OWN->pages);
}

static uint32_t give_to_pool(uint32_t *count, struct kept *stack, uint32_t most)
{
    uint32_t given = *count < most ? *count : most;
    lock_pool();
    for (uint32_t i = 0; i < given; i++) {
        *stack[i].state = INSIDE;
        merge(stack[i].phys, 0);
    }
    unlock_pool();
    for (uint32_t i = given; i < *count; i++) stack[i - given] = stack[i];
    *count -= given;
    return given;
}

static uint64_t take_page(void)
{
    lock_store(OWN);
    uint64_t page = pop(&OWN->count, OWN->pages);
    if (page == 0) page = refill();
    if (page == 0) page = pop(&OWN->zeroed_count, OWN->zeroed);
    unlock_store(OWN);
    return page;
}

static bool give_page(uint64_t phys)
{
    lock_store(OWN);
    uint8_t *state = state_of(phys);
    bool taken = state != NULL && claim(state, TAKEN, KEPT);
    if (taken && OWN->zeroed_count < 8) {
        clear_page(phys);
        OWN->zeroed[OWN->zeroed_count++] = (struct kept){phys, state};
    } else if (taken) {
        if (OWN->count == 16) give_to_pool(&OWN->count, OWN->pages, 8);
        OWN->pages[OWN->count++] = (struct kept){phys, state};
    }
    unlock_store(OWN);
    return taken;
}

static uint32_t empty_stores(void)
{
    uint32_t count = 0;
    for (struct store *store = stores; store < stores + PROCESSORS; store++) lock_store(store);
    for (struct store *store = stores; store < stores + PROCESSORS; store++) {
        count += give_to_pool(&store->count, store->pages, 16);
        count += give_to_pool(&store->zeroed_count, store->zeroed, 8);
    }
    for (struct store *store = stores; store < stores + PROCESSORS; store++) unlock_store(store);
    return count;
}

static uint64_t take(uint32_t order)
{
    uint64_t phys = order == 0 ? take_page() : take_block(order);
    while (phys == 0 && (empty_stores() != 0 || pool.orders >> order != 0)) phys = order == 0 ? take_page() : take_block(order);
    return phys;
}

static uint32_t give(uint64_t phys, uint32_t order)
{
    return order == 0 ? give_page(phys) : give_block(phys, order);
}

static void init(uint64_t phys, uint64_t bytes)
{
    uint64_t pages = bytes >> PAGE_SHIFT, states = phys + bytes - ((pages + PAGE - 1) & ~(PAGE - 1));
    memset(&pool, 0, sizeof pool);
    memset(stores, 0, sizeof stores);
    memset(block_at(states), RESERVED, pages);
    pool.chunks[0] = (struct chunk){phys, phys + bytes, (uint8_t *)block_at(states) - (phys >> PAGE_SHIFT), 0};
    pool.chunk_count = 1;
    memset(block_at(states), INSIDE, (states - phys) >> PAGE_SHIFT);
    pool.free = (states - phys) >> PAGE_SHIFT;
    for (uint64_t at = phys; at < states;) {
        uint32_t order = ORDERS - 1;
        while (at % (PAGE << order) != 0 || states - at < PAGE << order) order--;
        push(pool.chunks[0].states + (at >> PAGE_SHIFT), at, order);
        at += PAGE << order;
    }
}

static uint64_t free_pages(void)
{
    empty_stores();
    return pool.free;
}

static uint64_t largest_blocks(void)
{
    return pool.counts[ORDERS - 1];
}

const struct allocator twin = {"twin in C", init, take, give, free_pages, largest_blocks};
