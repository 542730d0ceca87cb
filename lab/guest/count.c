/* SPDX-License-Identifier: MIT */
/*
 * What a command costs: the time-stamp counter before it is started and after it has ended. Under --icount, the counter
 * counts instructions, those of Linux and of the hypervisor included.
 *
 * Usage: count COMMAND [ARGUMENT ...]   prints to stdout: tsc=CYCLES (the command's own output goes to stderr)
 *        count --loop N                 a loop of N rounds that never asks the processor anything; prints the same
 *        count --ioctl REQUEST VERSION  an operation of the hypervisor's driver, without the program that asks for it
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

/*
 * The block that an operation takes is as long as its request says; it begins with the version of the interface, and
 * behind that comes the error (abi/src/driver.ts). An error is 0 when all is well.
 */
static int operate(unsigned long request, uint64_t version, uint64_t *taken)
{
    uint64_t block[_IOC_SIZE(request) / sizeof(uint64_t)];
    memset(block, 0, sizeof(block));
    block[0] = version;
    int device = open("/dev/bareflank", O_RDWR);
    if (device < 0) {
        perror("/dev/bareflank");
        return 1;
    }
    uint64_t begin = __rdtsc();
    int result = ioctl(device, request, block);
    *taken = __rdtsc() - begin;
    if (result < 0)
        perror("ioctl");
    uint32_t error = (uint32_t)block[1];
    if (error != 0)
        fprintf(stderr, "the driver reports error %u\n", error);
    return result < 0 || error != 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: count COMMAND [ARGUMENT ...] | count --loop N | count --ioctl REQUEST VERSION\n");
        return 2;
    }
    int result = 0;
    uint64_t taken = 0;
    uint64_t begin = __rdtsc();
    if (argc == 3 && strcmp(argv[1], "--loop") == 0) {
        for (long i = strtol(argv[2], NULL, 0); i > 0; i--)
            __asm__ volatile("" ::: "memory");
        taken = __rdtsc() - begin;
    } else if (argc == 4 && strcmp(argv[1], "--ioctl") == 0) {
        result = operate(strtoul(argv[2], NULL, 0), strtoull(argv[3], NULL, 0), &taken);
    } else {
        result = run(argv + 1);
        taken = __rdtsc() - begin;
    }
    printf("tsc=%llu\n", (unsigned long long)taken);
    return result;
}
