// SPDX-License-Identifier: MIT
// What the SDK for C does with a VS, as a program for Linux: its system calls read and write registers of a table
//
// Usage: simulated-vs amd|intel
//
// Starts 16-bit code, and prints the registers that were written then and CR0 as the VM sees it. All numbers are hexadecimal.
//
// The processor's FS is libc's: the SDK is compiled with GS in its place. The kernel's calls are none of Linux's, which raises
// SIGSYS for them (seccomp).

#define _GNU_SOURCE

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <asm/prctl.h>

#include <bareflank/root.h>

#define VS 5
#define GUEST 7
/* Linux's own calls are below, the microkernel's above: their class is in bits 31:16. */
#define FIRST_CALL 0x10000
#define MOST_REGISTERS 0x200
/* What VMX wants set, and the microkernel sets. */
#define CR0_NE 0x20

uint64_t bf_handle = 1;
/* No constant here, and for the SDK one that it does not know. */
__asm__(".data\n.globl bf_is_intel\nbf_is_intel: .byte 0\n.text");

static uint64_t values[MOST_REGISTERS];
static bool is_written[MOST_REGISTERS];

/* A call of the microkernel's: its handle, its VS, a register and a value are in RDI, RSI, RDX and R10. */
static void on_call(int number, siginfo_t *information, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    uint64_t place = registers[REG_RDX];

    (void)number;
    registers[REG_RAX] = BF_STATUS_SUCCESS;
    switch (information->si_syscall) {
    case BF_SYSCALL_VS_READ:
        if (place >= MOST_REGISTERS)
            abort();
        registers[REG_RDI] = values[place];
        break;
    case BF_SYSCALL_VS_WRITE:
        if (place >= MOST_REGISTERS)
            abort();
        values[place] = registers[REG_R10] | (bf_is_intel && place == BF_INTEL_REG_CR0 ? CR0_NE : 0);
        is_written[place] = true;
        break;
    default:
        abort();
    }
}

static void take_calls(void)
{
    struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO};
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_CALL, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = 4, .filter = instructions};

    if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        exit(2);
}

int main(int argc, char **argv)
{
    static struct bf_tcb block = {.active_vm = GUEST, .active_vs = VS};
    bf_vs vs = {VS};

    if (argc < 2 || syscall(SYS_arch_prctl, ARCH_SET_GS, &block) != 0)
        return 2;
    *(volatile bool *)&bf_is_intel = strcmp(argv[1], "intel") == 0;
    take_calls();
    bf_vs_start_in_real_mode(vs, 0x1000, 0x20);
    for (uint32_t place = 0; place < MOST_REGISTERS; place++)
        if (is_written[place])
            printf("%x=%llx\n", place, (unsigned long long)values[place]);
    printf("CR0 %llx\n", (unsigned long long)bf_vs_get(vs, BF_REG_CR0));
    return 0;
}
