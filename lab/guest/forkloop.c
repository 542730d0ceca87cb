/* SPDX-License-Identifier: MIT */
/*
 * Work that costs a hypervisor dear: fork, exec of a statically linked glibc program, wait, again and again. glibc's
 * start-up asks CPUID for the caches, and each of these leaves the virtual machine.
 *
 * Usage: bf-forkloop [COUNT]    prints: count=N tsc=CYCLES
 * Under --icount, the time-stamp counter counts instructions.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--child") == 0)
        return 0;
    long count = argc > 1 ? strtol(argv[1], NULL, 0) : 100;
    uint64_t begin = __rdtsc();
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child < 0) {
            perror("bf-forkloop: fork");
            return 1;
        }
        if (child == 0) {
            execl("/proc/self/exe", "bf-forkloop", "--child", NULL);
            _exit(127);
        }
        int status;
        if (waitpid(child, &status, 0) != child || status != 0) {
            fprintf(stderr, "bf-forkloop: round %ld failed, status 0x%x\n", i, status);
            return 1;
        }
    }
    printf("count=%ld tsc=%llu\n", count, (unsigned long long)(__rdtsc() - begin));
    return 0;
}
