/* SPDX-License-Identifier: MIT
 *
 * Executes instructions on the processor of this machine, one for each case on standard input, and says on standard
 * output what became of registers and memory. Each begins and ends in a signal handler, which exchanges all registers: the
 * trap behind an instruction, or its fault, is the next one's beginning. oracle.ts has the other side of the structures.
 */

#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x10000000UL
#define DATA 0x20000000UL
#define PAGE 0x1000UL
#define WINDOW (DATA + PAGE - sizeof(((struct test *)0)->memory) / 2)
#define TRAP_FLAG 0x100

struct test {
    uint64_t general[16];
    uint64_t rip, rflags;
    uint32_t cs, ss, ds, step;
    uint8_t code[32];
    uint8_t memory[256];
    uint8_t vectors[256];
};

struct outcome {
    uint64_t general[16];
    uint64_t rip, rflags, vector, error_code, cr2;
    uint8_t memory[256];
    uint8_t vectors[256];
};

static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
static struct test test;
static struct outcome outcome;
static int is_running;

static void begin(greg_t *registers, fpregset_t floats)
{
    memcpy((void *)CODE, test.code, sizeof test.code);
    memcpy((void *)WINDOW, test.memory, sizeof test.memory);
    for (int i = 0; i < 16; i++)
        registers[order[i]] = (greg_t)test.general[i];
    memcpy(floats->_xmm, test.vectors, sizeof test.vectors);
    registers[REG_RIP] = (greg_t)test.rip;
    registers[REG_EFL] = (greg_t)(test.rflags | (test.step ? TRAP_FLAG : 0));
    registers[REG_CSGSFS] = (greg_t)(((uint64_t)test.ss << 48) | test.cs);
    __asm__ volatile("mov %0, %%ds\n\tmov %0, %%es" : : "r"(test.ds));
}

static void end(const greg_t *registers, fpregset_t floats)
{
    for (int i = 0; i < 16; i++)
        outcome.general[i] = (uint64_t)registers[order[i]];
    outcome.rip = (uint64_t)registers[REG_RIP];
    outcome.rflags = (uint64_t)registers[REG_EFL];
    outcome.vector = (uint64_t)registers[REG_TRAPNO];
    outcome.error_code = (uint64_t)registers[REG_ERR];
    outcome.cr2 = (uint64_t)registers[REG_CR2];
    memcpy(outcome.memory, (void *)WINDOW, sizeof outcome.memory);
    memcpy(outcome.vectors, floats->_xmm, sizeof outcome.vectors);
    fwrite(&outcome, sizeof outcome, 1, stdout);
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    fpregset_t floats = ((ucontext_t *)context)->uc_mcontext.fpregs;

    (void)signal;
    (void)info;
    if (is_running)
        end(registers, floats);
    is_running = 1;
    if (fread(&test, sizeof test, 1, stdin) != 1) {
        fflush(stdout);
        _exit(0);
    }
    begin(registers, floats);
}

/* Segments of 64 KiB or less for 16-bit code: the first over the code, the second over the data. */
static void make_segment(unsigned number, unsigned base, unsigned limit, unsigned contents)
{
    struct user_desc segment = {.entry_number = number, .base_addr = base, .limit = limit, .contents = contents, .useable = 1};
    if (syscall(SYS_modify_ldt, 1, &segment, sizeof segment) != 0) {
        perror("modify_ldt");
        exit(1);
    }
}

static void map(uint64_t address, uint64_t bytes)
{
    void *area = mmap((void *)address, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (area == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    memset(area, 0, bytes);
}

int main(void)
{
    static const int signals[] = {SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    stack_t stack = {.ss_sp = malloc(1 << 18), .ss_size = 1 << 18};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    map(CODE, PAGE);
    /* Two pages to write, one to read, and then nothing. */
    map(DATA, 3 * PAGE);
    mprotect((void *)(DATA + 2 * PAGE), PAGE, PROT_READ);
    make_segment(0, CODE, 0xffff, 2);
    make_segment(1, DATA, 0x17ff, 0);
    sigaltstack(&stack, NULL);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    alarm(300);
    raise(SIGTRAP);
    return 1;
}
