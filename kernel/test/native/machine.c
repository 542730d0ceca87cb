// SPDX-License-Identifier: MIT
// Lays out a process as the kernel's address space is: image and linear memory, direct map, the processor's own page

#define _GNU_SOURCE
#include "machine.h"

#include <elf.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bareflank.h"

static int blocks = -1;

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

void *direct(uint64_t phys)
{
    return (void *)(BF_DIRECT_BASE + phys);
}

static void map(uint64_t address, uint64_t bytes, int fd, uint64_t offset)
{
    int flags = MAP_SHARED | MAP_FIXED | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0);
    void *at = mmap((void *)address, bytes, PROT_READ | PROT_WRITE, flags, fd, (off_t)offset);
    if (at == MAP_FAILED) fail("nothing can be mapped at 0x%llx", (unsigned long long)address);
}

static uint64_t page_up(uint64_t bytes)
{
    return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

static void load_segment(const uint8_t *file, const Elf64_Phdr *segment)
{
    uint64_t start = segment->p_vaddr & ~(PAGE_BYTES - 1);
    uint64_t bytes = page_up(segment->p_vaddr + segment->p_memsz) - start;
    map(start, bytes, -1, 0);
    memcpy((void *)segment->p_vaddr, file + segment->p_offset, segment->p_filesz);
    if (segment->p_flags & PF_W) return;
    int rights = PROT_READ | (segment->p_flags & PF_X ? PROT_EXEC : 0);
    if (mprotect((void *)start, bytes, rights) != 0) fail("a segment cannot be protected");
}

static const struct allocators *load(const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) fail("%s cannot be read", path);
    const uint8_t *file = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(file + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD && segments[i].p_memsz != 0) load_segment(file, &segments[i]);
    }
    return (const struct allocators *)header->e_entry;
}

void become(uint32_t id)
{
    map(BF_PP_AREA_BASE + BF_PP_BLOCK, PAGE_BYTES, blocks, id * PAGE_BYTES);
    *(uint32_t *)(BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_PPID) = id;
}

const struct allocators *load_allocators(const char *path, uint64_t bytes)
{
    const struct allocators *allocators = load(path);
    blocks = memfd_create("blocks", 0);
    if (blocks < 0 || ftruncate(blocks, PROCESSORS * PAGE_BYTES) != 0) fail("there is no memory for blocks");
    map(BF_DIRECT_BASE + BLOCKS, PROCESSORS * PAGE_BYTES, blocks, 0);
    map(BF_PP_AREA_BASE + BF_PP_ARGS, PAGE_BYTES, -1, 0);
    *(uint32_t *)(BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_PP_COUNT) = PROCESSORS;
    map(BF_DIRECT_BASE + CHUNK_BASE, bytes, -1, 0);
    allocators->module_init();
    for (uint32_t id = 0; id < PROCESSORS; id++) {
        become(id);
        allocators->announce_store(id, BF_DIRECT_BASE + BLOCKS + id * PAGE_BYTES);
    }
    become(0);
    if (!allocators->add_chunk(CHUNK_BASE, bytes, 0)) fail("the chunk was refused");
    return allocators;
}
