/* SPDX-License-Identifier: MIT */
/*
 * What a command costs: the time-stamp counter before it is started and after it has ended. Under --icount, the counter
 * counts instructions, those of Linux and of the hypervisor included.
 *
 * Usage: count COMMAND [ARGUMENT ...]   prints to stdout: tsc=CYCLES (the command's own output goes to stderr)
 *        count --loop N                 a loop of N rounds that never asks the processor anything; prints the same
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

static int run(char **command)
{
    pid_t child = fork();
    if (child == 0) {
        dup2(2, 1);
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: count COMMAND [ARGUMENT ...] | count --loop N\n");
        return 2;
    }
    int result = 0;
    uint64_t begin = __rdtsc();
    if (argc == 3 && strcmp(argv[1], "--loop") == 0) {
        for (long i = strtol(argv[2], NULL, 0); i > 0; i--)
            __asm__ volatile("" ::: "memory");
    } else {
        result = run(argv + 1);
    }
    printf("tsc=%llu\n", (unsigned long long)(__rdtsc() - begin));
    return result;
}
