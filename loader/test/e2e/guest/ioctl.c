/* SPDX-License-Identifier: MIT */
/*
 * The driver's ioctls without bfm: quickly, or wrongly.
 *
 * Usage: bf-ioctl COMMAND...      several commands are carried out one after the other, on one open device
 *
 *   load KERNEL EXTENSION         prints "load: " and the report, like start, stop and unload
 *   start | stop | unload
 *   status                        prints one line of numbers
 *   dump BYTES                    prints the newest BYTES characters of the debug ring
 *   drop                          becomes user 1000, with the device open
 *   cycles N CPUIDS               N times: start, CPUIDs on every processor, stop; prints what was not as it should be
 *   wrong                         every call that must be refused; one line each
 */

#define _GNU_SOURCE
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bareflank.h"

#define MAX_CPUS 64
#define BLOCK_BYTES 512

static int device;
/* The argument block of the last call. */
static uint8_t block[BLOCK_BYTES] __attribute__((aligned(8)));

#define FIELD32(offset) (*(uint32_t *)(block + (offset)))
#define FIELD64(offset) (*(uint64_t *)(block + (offset)))

static void clear_block(void)
{
    memset(block, 0, sizeof(block));
    FIELD64(BF_OPERATION_ARGS_VERSION) = BF_DRIVER_VERSION;
}

/* The errno of a call, or 0. */
static int call(uint32_t command)
{
    return ioctl(device, command, block) == 0 ? 0 : errno;
}

static void print_result(const char *name, int error)
{
    if (error != 0)
        printf("%s: %s\n", name, strerrorname_np(error));
    else
        printf("%s: error=%u cpu=%d phase=%u file=%u detail=0x%llx\n", name, FIELD32(BF_OPERATION_ARGS_ERROR),
               (int)FIELD32(BF_OPERATION_ARGS_CPU), FIELD32(BF_OPERATION_ARGS_PHASE),
               FIELD32(BF_OPERATION_ARGS_FILE), (unsigned long long)FIELD64(BF_OPERATION_ARGS_DETAIL));
}

static void operate(const char *name, uint32_t command)
{
    clear_block();
    print_result(name, call(command));
}

static void *read_file(const char *path, uint64_t *bytes)
{
    int file = open(path, O_RDONLY);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) {
        perror(path);
        exit(1);
    }
    void *content = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    close(file);
    *bytes = (uint64_t)facts.st_size;
    return content;
}

static void fill_load(const char *kernel, const char *extension)
{
    uint64_t bytes;
    clear_block();
    FIELD64(BF_LOAD_ARGS_KERNEL_ADDRESS) = (uint64_t)read_file(kernel, &bytes);
    FIELD64(BF_LOAD_ARGS_KERNEL_BYTES) = bytes;
    FIELD32(BF_LOAD_ARGS_EXT_COUNT) = 1;
    FIELD64(BF_LOAD_ARGS_EXT_ADDRESS) = (uint64_t)read_file(extension, &bytes);
    FIELD64(BF_LOAD_ARGS_EXT_BYTES) = bytes;
}

static void load(const char *kernel, const char *extension)
{
    fill_load(kernel, extension);
    print_result("load", call(BF_IOCTL_LOAD));
}

static void read_status(void)
{
    clear_block();
    int error = call(BF_IOCTL_STATUS);
    if (error != 0) {
        print_result("status", error);
        exit(1);
    }
}

static void status(void)
{
    read_status();
    printf("status: state=%u cpu=%d phase=%u cpus=%u running=%u mask=0x%llx memory=%llu pages=%llu ring=%llu "
           "starts=%llu stops=%llu\n",
           FIELD32(BF_STATUS_ARGS_STATE), (int)FIELD32(BF_STATUS_ARGS_CPU), FIELD32(BF_STATUS_ARGS_PHASE),
           FIELD32(BF_STATUS_ARGS_CPU_COUNT), FIELD32(BF_STATUS_ARGS_RUNNING_COUNT),
           (unsigned long long)FIELD64(BF_STATUS_ARGS_RUNNING),
           (unsigned long long)FIELD64(BF_STATUS_ARGS_MEMORY_BYTES),
           (unsigned long long)FIELD64(BF_STATUS_ARGS_ALLOCATED_PAGES),
           (unsigned long long)FIELD64(BF_STATUS_ARGS_RING_BYTES),
           (unsigned long long)FIELD64(BF_STATUS_ARGS_START_COUNT),
           (unsigned long long)FIELD64(BF_STATUS_ARGS_STOP_COUNT));
}

static void dump(uint64_t bytes)
{
    char *text = calloc(1, bytes + 1);
    clear_block();
    FIELD64(BF_DUMP_ARGS_BUFFER_ADDRESS) = (uint64_t)text;
    FIELD64(BF_DUMP_ARGS_BUFFER_BYTES) = bytes;
    int error = call(BF_IOCTL_DUMP);
    print_result("dump", error);
    printf("written=%llu\n", (unsigned long long)FIELD64(BF_DUMP_ARGS_WRITTEN_BYTES));
    fwrite(text, 1, FIELD64(BF_DUMP_ARGS_WRITTEN_BYTES), stdout);
    free(text);
}

static void drop_privileges(void)
{
    if (setgroups(0, NULL) != 0 || setgid(1000) != 0 || setuid(1000) != 0) {
        perror("setuid");
        exit(1);
    }
}

static void pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof(set), &set);
}

static uint64_t mix(uint64_t digest, uint32_t value)
{
    return (digest ^ value) * 0x100000001b3ull;
}

static uint64_t mix_range(uint64_t digest, uint32_t base)
{
    uint32_t a, b, c, d, last;
    __cpuid_count(base, 0, last, b, c, d);
    for (uint32_t leaf = base; leaf <= last + 1 && leaf - base < 0x100; leaf++)
        for (uint32_t subleaf = 0; subleaf < 9; subleaf++) {
            __cpuid_count(leaf, subleaf, a, b, c, d);
            digest = mix(mix(mix(mix(digest, a), b), c), d);
        }
    return digest;
}

/* All CPUID leaves but the hypervisor's, on this processor. */
static uint64_t cpuid_digest(void)
{
    return mix_range(mix_range(0xcbf29ce484222325ull, 0), 0x80000000u);
}

static void storm(long count)
{
    for (long i = 0; i < count; i++) {
        uint32_t eax = 0, ebx, ecx = 0, edx;
        __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    }
}

static int is_guest(void)
{
    uint32_t a, b, c, d;
    __cpuid_count(BF_CPUID_HYPERVISOR_BASE, 0, a, b, c, d);
    return b == BF_CPUID_SIGNATURE_EBX && c == BF_CPUID_SIGNATURE_ECX && d == BF_CPUID_SIGNATURE_EDX;
}

static int wrong_on_this_cpu(int round, int cpu, uint64_t digest, int guest)
{
    if (is_guest() != guest)
        printf("round %d, processor %d: guest=%d\n", round, cpu, is_guest());
    else if (cpuid_digest() != digest)
        printf("round %d, processor %d: CPUID differs, guest=%d\n", round, cpu, guest);
    else
        return 0;
    return 1;
}

static void cycles(int rounds, long cpuids)
{
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), wrong = 0;
    uint64_t digests[MAX_CPUS];
    for (int cpu = 0; cpu < cpus; cpu++) {
        pin(cpu);
        digests[cpu] = cpuid_digest();
    }
    read_status();
    uint64_t pages = FIELD64(BF_STATUS_ARGS_ALLOCATED_PAGES);
    for (int round = 0; round < rounds && wrong == 0; round++) {
        pin(round % cpus);
        clear_block();
        int error = call(BF_IOCTL_START);
        if (error != 0 || FIELD32(BF_OPERATION_ARGS_ERROR) != 0) {
            print_result("start", error);
            return;
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            pin(cpu);
            storm(cpuids);
            wrong += wrong_on_this_cpu(round, cpu, digests[cpu], 1);
        }
        pin((round + 1) % cpus);
        clear_block();
        error = call(BF_IOCTL_STOP);
        if (error != 0 || FIELD32(BF_OPERATION_ARGS_ERROR) != 0) {
            print_result("stop", error);
            return;
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            pin(cpu);
            wrong += wrong_on_this_cpu(round, cpu, digests[cpu], 0);
        }
        read_status();
        if (FIELD64(BF_STATUS_ARGS_ALLOCATED_PAGES) != pages) {
            printf("round %d: pages=%llu\n", round, (unsigned long long)FIELD64(BF_STATUS_ARGS_ALLOCATED_PAGES));
            wrong++;
        }
    }
    printf("cycles: rounds=%d cpus=%d wrong=%d\n", rounds, cpus, wrong);
}

/* The same number with another size in it. */
static uint32_t with_size(uint32_t command, uint32_t bytes)
{
    return (command & ~0x3fff0000u) | bytes << 16;
}

static void wrong_numbers(void)
{
    static const uint32_t commands[] = {BF_IOCTL_LOAD, BF_IOCTL_UNLOAD, BF_IOCTL_START,
                                        BF_IOCTL_STOP, BF_IOCTL_STATUS, BF_IOCTL_DUMP};
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        char name[40];
        clear_block();
        snprintf(name, sizeof(name), "ioctl %u too small", i + 1);
        print_result(name, call(with_size(commands[i], 8)));
        snprintf(name, sizeof(name), "ioctl %u too large", i + 1);
        print_result(name, call(with_size(commands[i], 0x3ff8)));
        snprintf(name, sizeof(name), "ioctl %u without size", i + 1);
        print_result(name, call(with_size(commands[i], 0)));
        snprintf(name, sizeof(name), "ioctl %u read only", i + 1);
        print_result(name, call(commands[i] & ~0x40000000u));
    }
    print_result("ioctl 0", call(0));
    print_result("ioctl 7", call(BF_IOCTL_DUMP + 1));
    print_result("ioctl of a terminal", call(0x5401));
}

static void wrong_versions(void)
{
    static const uint64_t versions[] = {0, BF_DRIVER_VERSION + 1, BF_DRIVER_VERSION << 32, UINT64_MAX};
    for (unsigned i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        char name[40];
        clear_block();
        FIELD64(BF_OPERATION_ARGS_VERSION) = versions[i];
        snprintf(name, sizeof(name), "version %llu", (unsigned long long)versions[i]);
        print_result(name, call(BF_IOCTL_START));
        printf("driver's version=%llu\n", (unsigned long long)FIELD64(BF_OPERATION_ARGS_VERSION));
    }
}

static void wrong_pointers(void)
{
    static const uint64_t pointers[] = {0, 8, 0x7ffffffff000, 0x800000000000, 0xffff888000000000, UINT64_MAX - 7};
    void *read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        int error = ioctl(device, BF_IOCTL_STATUS, pointers[i]) == 0 ? 0 : errno;
        printf("block at %llx: %s\n", (unsigned long long)pointers[i], error == 0 ? "read" : strerrorname_np(error));
    }
    int error = ioctl(device, BF_IOCTL_STATUS, read_only) == 0 ? 0 : errno;
    printf("block that is read only: %s\n", error == 0 ? "written" : strerrorname_np(error));
    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        char name[60];
        clear_block();
        FIELD64(BF_DUMP_ARGS_BUFFER_ADDRESS) = pointers[i];
        FIELD64(BF_DUMP_ARGS_BUFFER_BYTES) = 4096;
        snprintf(name, sizeof(name), "dump to %llx", (unsigned long long)pointers[i]);
        print_result(name, call(BF_IOCTL_DUMP));
    }
}

static void wrong_load(const char *name, uint32_t field, uint64_t value, int bytes)
{
    fill_load("/usr/lib/bareflank/kernel.elf", "/usr/lib/bareflank/default.elf");
    memcpy(block + field, &value, (size_t)bytes);
    print_result(name, call(BF_IOCTL_LOAD));
}

static void wrong_loads(void)
{
    wrong_load("load without kernel", BF_LOAD_ARGS_KERNEL_BYTES, 0, 8);
    wrong_load("load of a huge kernel", BF_LOAD_ARGS_KERNEL_BYTES, BF_EXT_CODE_BYTES + 1, 8);
    wrong_load("load of an endless kernel", BF_LOAD_ARGS_KERNEL_BYTES, UINT64_MAX, 8);
    wrong_load("load of a kernel at 0", BF_LOAD_ARGS_KERNEL_ADDRESS, 0, 8);
    wrong_load("load of Linux as a kernel", BF_LOAD_ARGS_KERNEL_ADDRESS, 0xffffffff81000000, 8);
    wrong_load("load of no extension", BF_LOAD_ARGS_EXT_COUNT, 0, 4);
    wrong_load("load of many extensions", BF_LOAD_ARGS_EXT_COUNT, BF_MAX_EXTENSIONS + 1, 4);
    wrong_load("load of countless extensions", BF_LOAD_ARGS_EXT_COUNT, UINT32_MAX, 4);
    wrong_load("load with flags", BF_LOAD_ARGS_FLAGS, 1, 4);
    wrong_load("load of an extension at 8", BF_LOAD_ARGS_EXT_ADDRESS, 8, 8);
    wrong_load("load of an empty extension", BF_LOAD_ARGS_EXT_BYTES, 0, 8);
    wrong_load("load of a cut kernel", BF_LOAD_ARGS_KERNEL_BYTES, 4096, 8);
    wrong_load("load of a cut extension", BF_LOAD_ARGS_EXT_BYTES, 4096, 8);
}

int main(int argc, char **argv)
{
    device = open("/dev/bareflank", O_RDWR | O_CLOEXEC);
    if (device < 0) {
        printf("open: %s\n", strerrorname_np(errno));
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        const char *command = argv[i];
        if (strcmp(command, "load") == 0 && i + 2 < argc) {
            load(argv[i + 1], argv[i + 2]);
            i += 2;
        } else if (strcmp(command, "start") == 0) {
            operate(command, BF_IOCTL_START);
        } else if (strcmp(command, "stop") == 0) {
            operate(command, BF_IOCTL_STOP);
        } else if (strcmp(command, "unload") == 0) {
            operate(command, BF_IOCTL_UNLOAD);
        } else if (strcmp(command, "status") == 0) {
            status();
        } else if (strcmp(command, "dump") == 0 && i + 1 < argc) {
            dump(strtoull(argv[++i], NULL, 0));
        } else if (strcmp(command, "drop") == 0) {
            drop_privileges();
        } else if (strcmp(command, "cycles") == 0 && i + 2 < argc) {
            cycles(atoi(argv[i + 1]), atol(argv[i + 2]));
            i += 2;
        } else if (strcmp(command, "wrong") == 0) {
            wrong_numbers();
            wrong_versions();
            wrong_pointers();
            wrong_loads();
        } else {
            fprintf(stderr, "bf-ioctl: what is %s?\n", command);
            return 2;
        }
        fflush(stdout);
    }
    return 0;
}
