/* SPDX-License-Identifier: MIT */
/*
 * CPUID as each processor answers it to user space, or many CPUIDs in a row.
 *
 * Usage: bf-cpuid [--no-hypervisor]     every leaf and subleaf on every processor, pinned, one JSON object a line
 *        bf-cpuid --leaf EAX [ECX]      one leaf on every processor
 *        bf-cpuid --storm N [--cpu C]   N times leaf 0 (on processor C); prints: count=N tsc=CYCLES
 *
 * --no-hypervisor leaves out 0x40000000 and above. Fields that differ from processor to processor (the APIC ID) or
 * with the operating system's own state (OSXSAVE, XCR0) are printed as they are. Under --icount, the time-stamp
 * counter counts instructions.
 */

#define _GNU_SOURCE
#include <cpuid.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#define HYPERVISOR_BASE 0x40000000u
#define EXTENDED_BASE 0x80000000u
/* More leaves than any processor has; a wild maximum must not print for ever. */
#define MAX_LEAVES 0x100u

struct registers {
    uint32_t eax, ebx, ecx, edx;
};

static struct registers cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct registers r;
    __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
    return r;
}

static int pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof(set), &set);
}

static void print_leaf(int cpu, uint32_t leaf, uint32_t subleaf)
{
    struct registers r = cpuid(leaf, subleaf);
    printf("{\"cpu\":%d,\"leaf\":\"0x%08x\",\"subleaf\":\"0x%02x\",\"eax\":\"0x%08x\",\"ebx\":\"0x%08x\","
           "\"ecx\":\"0x%08x\",\"edx\":\"0x%08x\"}\n",
           cpu, leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
}

/* How many subleaves are worth asking for (APM 3, appendix E; SDM 2A, CPUID). */
static uint32_t subleaves(uint32_t leaf)
{
    switch (leaf) {
    case 0x4:
    case 0xb:
    case 0x12:
    case 0x14:
    case 0x1f:
    case 0x8000001d:
    case 0x80000026:
        return 8;
    case 0x7:
        return cpuid(7, 0).eax % 32 + 2;
    case 0xd:
        return 64;
    default:
        return 1;
    }
}

static void print_range(int cpu, uint32_t base)
{
    uint32_t count = cpuid(base, 0).eax - base;
    if (count > MAX_LEAVES)
        count = 0;
    /* One leaf beyond the last: what a processor says there must not change either. */
    for (uint32_t leaf = base; leaf <= base + count + 1; leaf++)
        for (uint32_t subleaf = 0; subleaf < subleaves(leaf); subleaf++)
            print_leaf(cpu, leaf, subleaf);
}

static void storm(long count, int cpu)
{
    if (cpu >= 0)
        pin(cpu);
    uint64_t begin = __rdtsc();
    for (long i = 0; i < count; i++) {
        uint32_t eax = 0, ebx, ecx = 0, edx;
        __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    }
    printf("count=%ld tsc=%llu\n", count, (unsigned long long)(__rdtsc() - begin));
}

int main(int argc, char **argv)
{
    int with_hypervisor = 1;
    int storm_cpu = -1;
    long storm_count = -1;
    int one_leaf = 0;
    uint32_t leaf = 0, subleaf = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--no-hypervisor") == 0) {
            with_hypervisor = 0;
        } else if (strcmp(argv[i], "--storm") == 0 && i + 1 < argc) {
            storm_count = strtol(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--cpu") == 0 && i + 1 < argc) {
            storm_cpu = (int)strtol(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--leaf") == 0 && i + 1 < argc) {
            one_leaf = 1;
            leaf = (uint32_t)strtoul(argv[++i], NULL, 0);
            if (i + 1 < argc)
                subleaf = (uint32_t)strtoul(argv[++i], NULL, 0);
        } else {
            fprintf(stderr, "Usage: bf-cpuid [--no-hypervisor | --leaf EAX [ECX] | --storm N [--cpu C]]\n");
            return 2;
        }
    }
    if (storm_count >= 0) {
        storm(storm_count, storm_cpu);
        return 0;
    }
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    for (int cpu = 0; cpu < cpus; cpu++) {
        if (pin(cpu) != 0)
            continue;
        if (one_leaf) {
            print_leaf(cpu, leaf, subleaf);
            continue;
        }
        print_range(cpu, 0);
        if (with_hypervisor)
            print_range(cpu, HYPERVISOR_BASE);
        print_range(cpu, EXTENDED_BASE);
    }
    return 0;
}
