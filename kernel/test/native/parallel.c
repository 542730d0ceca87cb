// SPDX-License-Identifier: MIT
// parallel IMAGE PROCESSORS OPERATIONS SEED FAULT: processors allocate and free at once, each a process on the same memory
//
// Who gets pages or an object writes his name over all of it, and looks for it before he gives it back: what two have at once is
// found; so is a fault that is planted into the locks (layout.h). Blocks also change hands, so that one processor gives back what another took. In the end nothing may be missing.

#define _GNU_SOURCE
#include "machine.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bareflank.h"

#define MOST_BLOCKS 3000u
#define OBJECT 0xffu
#define OBJECT_BYTES 200u
#define MAILBOXES 64u
/* Less than all want at once. */
#define CHUNK_BYTES (32ull << 20)
#define CPU_SECONDS 60u

struct block {
    uint64_t address;
    uint64_t name;
    uint32_t order;
};

/* What all processes see. */
struct shared {
    struct block mailboxes[MAILBOXES];
    uint32_t mail_locks[MAILBOXES];
    uint64_t taken, given, failures;
    uint32_t ready;
};

static const struct allocators *kernel;
static struct shared *shared;

static uint64_t *words(const struct block *block)
{
    return block->order == OBJECT ? (uint64_t *)block->address : direct(block->address);
}

static uint64_t word_count(const struct block *block)
{
    return (block->order == OBJECT ? OBJECT_BYTES : PAGE_BYTES << block->order) / 8;
}

/* Of pages every 64th word has the name. */
static uint64_t step(const struct block *block)
{
    return block->order == OBJECT ? 1 : 64;
}

static bool take(struct block *block, uint64_t name, uint64_t random)
{
    uint32_t what = random % 16;
    bool zeroed = what < 5;
    block->order = what < 9 ? 0 : what < 12 ? OBJECT : 1 + random / 16 % 5;
    block->name = name;
    if (block->order == OBJECT) block->address = kernel->allocate_object(0);
    else block->address = zeroed ? kernel->allocate_page() : kernel->allocate_pages(block->order);
    if (block->address == 0) return false;
    zeroed |= block->order == OBJECT;
    for (uint64_t i = 0; i < word_count(block); i += step(block)) {
        if (zeroed && words(block)[i] != 0) fail("0x%lx is not zero", block->address);
        words(block)[i] = name;
    }
    return true;
}

static uint32_t release(const struct block *block)
{
    if (block->order == OBJECT) return kernel->slab_release(0, block->address);
    return block->order == 0 ? kernel->free_page(block->address) : kernel->free_pages(block->address, block->order);
}

static void give(const struct block *block)
{
    for (uint64_t i = 0; i < word_count(block); i += step(block)) {
        if (words(block)[i] != block->name) fail("0x%lx is somebody else's, too", block->address + 8 * i);
    }
    if (!release(block)) fail("0x%lx was not taken back", block->address);
}

/* Leaves a block for whoever comes next, and takes what the last one left. */
static struct block exchange(struct block block, uint32_t box)
{
    while (__atomic_exchange_n(&shared->mail_locks[box], 1, __ATOMIC_ACQUIRE)) __builtin_ia32_pause();
    struct block other = shared->mailboxes[box];
    shared->mailboxes[box] = block;
    __atomic_store_n(&shared->mail_locks[box], 0, __ATOMIC_RELEASE);
    return other;
}

static void run(uint32_t id, uint32_t processors, uint64_t operations, uint64_t seed)
{
    static struct block blocks[MOST_BLOCKS];
    uint64_t random = seed + id * 0x9e3779b97f4a7c15ull + 1;
    uint64_t taken = 0, given = 0, failures = 0;
    uint32_t count = 0;
    become(id);
    __atomic_add_fetch(&shared->ready, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(&shared->ready, __ATOMIC_ACQUIRE) < processors) __builtin_ia32_pause();
    for (uint64_t i = 0; i < operations; i++) {
        uint64_t r = next_random(&random);
        /* More is wanted than there is for a while, then less: all the memory is used up again and again. */
        bool grows = (i / 4096) % 2 == 0;
        if (count < MOST_BLOCKS && (count == 0 || r % 8 < (grows ? 6 : 2))) {
            if (take(&blocks[count], (uint64_t)id << 56 | i, r >> 8)) count++, taken++;
            else failures++;
            continue;
        }
        uint32_t place = r / 8 % count;
        if (r % 64 < 8) {
            blocks[place] = exchange(blocks[place], r >> 32 & (MAILBOXES - 1));
            if (blocks[place].address != 0) continue;
        } else {
            give(&blocks[place]);
            given++;
        }
        blocks[place] = blocks[--count];
    }
    while (count > 0) give(&blocks[--count]), given++;
    __atomic_add_fetch(&shared->taken, taken, __ATOMIC_ACQ_REL);
    __atomic_add_fetch(&shared->given, given, __ATOMIC_ACQ_REL);
    __atomic_add_fetch(&shared->failures, failures, __ATOMIC_ACQ_REL);
}

int main(int argc, char **argv)
{
    if (argc != 6) fail("parallel IMAGE PROCESSORS OPERATIONS SEED FAULT");
    uint32_t processors = (uint32_t)atoi(argv[2]);
    if (processors < 1 || processors > PROCESSORS) fail("1 to %u processors", PROCESSORS);
    kernel = load_allocators(argv[1], CHUNK_BYTES);
    if (!kernel->slab_init(0, OBJECT_BYTES)) fail("there is no slab cache");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *(uint32_t *)(BF_PP_AREA_BASE + BF_PP_ARGS + PLANTED_FAULT) = (uint32_t)atoi(argv[5]);
    /* What a fault has spoiled may go round in circles */
    struct rlimit limit = {.rlim_cur = CPU_SECONDS, .rlim_max = CPU_SECONDS};
    if (setrlimit(RLIMIT_CPU, &limit) != 0) fail("there is no limit of time");
    uint64_t total = kernel->free_page_count();
    uint32_t before[MAX_ORDER + 1];
    for (uint32_t order = 0; order <= MAX_ORDER; order++) before[order] = kernel->free_blocks(order);
    pid_t children[PROCESSORS];
    for (uint32_t id = 0; id < processors; id++) {
        children[id] = fork();
        if (children[id] == 0) {
            run(id, processors, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
            _exit(0);
        }
    }
    for (uint32_t left = processors; left > 0; left--) {
        int status = 0;
        pid_t ended = wait(&status);
        if (ended > 0 && status == 0) continue;
        /* It may have locks that the others wait for */
        for (uint32_t id = 0; id < processors; id++) kill(children[id], SIGKILL);
        fail("process %d of %u ended with 0x%x", ended, processors, status);
    }
    for (uint32_t box = 0; box < MAILBOXES; box++) {
        if (shared->mailboxes[box].address != 0) give(&shared->mailboxes[box]), shared->given++;
    }
    uint64_t used = kernel->used_pages();
    kernel->empty_stores();
    bool same = kernel->free_page_count() == total && kernel->used_pages() == 0;
    for (uint32_t order = 0; order <= MAX_ORDER; order++) same &= kernel->free_blocks(order) == before[order];
    printf("{\"taken\": %lu, \"given\": %lu, \"failures\": %lu, \"usedAtEnd\": %lu, \"asBefore\": %s}\n", shared->taken,
           shared->given, shared->failures, used, same ? "true" : "false");
    return 0;
}
