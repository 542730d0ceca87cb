/* SPDX-License-Identifier: MIT */
/*
 * A debugger that steps over an instruction, and stops at breakpoints around it, as gdb's `stepi` and `hbreak` do.
 *
 * Usage: step      prints for each instruction: NAME step=BYTES dr6=BITS break=FIRST,SECOND
 *
 * step is where one PTRACE_SINGLESTEP stops, counted from the instruction; first and second are where hardware breakpoints
 * on the instruction and on the one behind it stop. A debugger finds 2 (the length), BS alone, 0 and 2.
 */

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

extern char at_cpuid[], at_rdtsc[];

__attribute__((noinline)) static void child(void)
{
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    __asm__ volatile("xorl %%eax, %%eax\n"
                     "at_cpuid: cpuid\n"
                     "nop\n"
                     "nop\n"
                     "at_rdtsc: rdtsc\n"
                     "nop\n" ::
                         : "eax", "ebx", "ecx", "edx");
    _exit(0);
}

static long offset(pid_t pid, const char *from)
{
    return ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), 0) - (long)from;
}

static void write_dr(pid_t pid, int index, uint64_t value)
{
    if (ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg) + 8 * index, value) != 0)
        perror("debug register");
}

static long read_dr6(pid_t pid)
{
    return ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, u_debugreg) + 8 * 6, 0);
}

/* Lets the child go on until it stops; 0 when it has ended. */
static int resume(int request, pid_t pid)
{
    int status;
    ptrace(request, pid, 0, 0);
    return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
}

static pid_t start(void)
{
    pid_t pid = fork();
    if (pid == 0)
        child();
    waitpid(pid, 0, 0);
    return pid;
}

static void finish(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, 0, 0);
}

static void step_over(const char *name, const char *instruction)
{
    pid_t pid = start();
    while (offset(pid, instruction) != 0)
        if (!resume(PTRACE_SINGLESTEP, pid))
            return;
    write_dr(pid, 6, 0);
    resume(PTRACE_SINGLESTEP, pid);
    printf("%s step=%ld dr6=%lx", name, offset(pid, instruction), read_dr6(pid) & 0xe00f);
    finish(pid);

    pid = start();
    write_dr(pid, 0, (uint64_t)instruction);
    write_dr(pid, 1, (uint64_t)instruction + 2);
    write_dr(pid, 7, 0x5);
    long stops[2] = {-1, -1};
    for (int i = 0; i < 2 && resume(PTRACE_CONT, pid); i++)
        stops[i] = offset(pid, instruction);
    printf(" break=%ld,%ld\n", stops[0], stops[1]);
    finish(pid);
}

int main(void)
{
    step_over("cpuid", at_cpuid);
    step_over("rdtsc", at_rdtsc);
    return 0;
}
