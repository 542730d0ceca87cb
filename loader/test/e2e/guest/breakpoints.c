// SPDX-License-Identifier: MIT
/*
 * Arms four hardware breakpoints on every processor, and runs a program.
 *
 * Usage: bf-breakpoints ADDRESS ADDRESS ADDRESS ADDRESS PROGRAM [ARGUMENT ...]
 *
 * Any program may arm them at addresses of its own address space, for itself; these stay armed whatever runs.
 */

#define _GNU_SOURCE
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BREAKPOINTS 4
#define MAX_CPUS 64

static int events[MAX_CPUS][BREAKPOINTS];

static int arm(uint64_t address, int cpu)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_BREAKPOINT,
        .size = sizeof(attributes),
        .bp_type = HW_BREAKPOINT_RW,
        .bp_addr = address,
        .bp_len = HW_BREAKPOINT_LEN_8,
        .exclude_kernel = 1,
    };

    return syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, 0);
}

int main(int argc, char **argv)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t hits, sum = 0;
    int status;

    if (argc < 2 + BREAKPOINTS || cpus > MAX_CPUS)
        return 2;
    for (int cpu = 0; cpu < cpus; cpu++) {
        for (int i = 0; i < BREAKPOINTS; i++) {
            events[cpu][i] = arm(strtoull(argv[1 + i], NULL, 0), cpu);
            if (events[cpu][i] < 0) {
                perror("bf-breakpoints: perf_event_open");
                return 1;
            }
        }
    }
    if (fork() == 0) {
        execvp(argv[1 + BREAKPOINTS], argv + 1 + BREAKPOINTS);
        perror(argv[1 + BREAKPOINTS]);
        _exit(127);
    }
    wait(&status);
    for (int cpu = 0; cpu < cpus; cpu++) {
        for (int i = 0; i < BREAKPOINTS; i++) {
            if (read(events[cpu][i], &hits, sizeof(hits)) == sizeof(hits))
                sum += hits;
        }
    }
    printf("breakpoints: processors=%ld hits=%llu\n", cpus, (unsigned long long)sum);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
