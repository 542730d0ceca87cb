// SPDX-License-Identifier: MIT
// What a program can do with I/O privileges and segments of its own; one line for each thing, the same wherever it runs

#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* POST codes: reading and writing it does nothing. */
#define PORT 0x80
/* Linux's selector of 64-bit code. */
#define USER_CODE 0x33

static sigjmp_buf back;

static void on_signal(int number)
{
    siglongjmp(back, number);
}

/* Tries something, and says which signal it ended with; 0: none. */
#define TRY(what, ...)                                                                                                 \
    do {                                                                                                               \
        int signal = sigsetjmp(back, 1);                                                                               \
        if (signal == 0) {                                                                                             \
            __VA_ARGS__;                                                                                               \
        }                                                                                                              \
        printf("%s: signal %d\n", what, signal);                                                                       \
    } while (0)

static void use_ports(void)
{
    TRY("a port without permission", inb(PORT));
    if (ioperm(PORT, 1, 1))
        perror("ioperm");
    TRY("a port that ioperm allows", outb(0, PORT); inb(PORT));
    TRY("another port", inb(PORT + 1));
    ioperm(PORT, 1, 0);
    TRY("a port that ioperm takes back", inb(PORT));
    if (iopl(3))
        perror("iopl");
    TRY("a port at I/O privilege level 3", outb(0, PORT + 4); inb(PORT + 4));
    iopl(0);
    TRY("a port at I/O privilege level 0", inb(PORT + 4));
}

static int describe(unsigned int entry, void *base, int is_32_bit, int contents)
{
    struct user_desc segment = {
        .entry_number = entry,
        .base_addr = (uint32_t)(uintptr_t)base,
        .limit = 0xffff,
        .seg_32bit = is_32_bit,
        .contents = contents,
        .useable = 1,
    };
    /* Linux knows no 16-bit segments unless it was built with them. */
    int refused = (int)syscall(SYS_modify_ldt, 1, &segment, sizeof(segment));

    printf("segment %u: %s\n", entry, refused ? "refused" : "made");
    return refused == 0;
}

/*
 * uint32_t jump_far(const struct far_pointer *): jumps, because QEMU's far calls use the stack with the kernel's rights, to
 * code that leaves its result in EAX and jumps to far_return.
 */
struct far_pointer {
    uint32_t offset;
    uint16_t selector;
} __attribute__((packed));
uint32_t jump_far(const struct far_pointer *to);
extern const char far_return[];

__asm__("jump_far:\n"
        "    push %rbx\n"
        "    push %rbp\n"
        "    mov %rsp, kept(%rip)\n"
        "    ljmp *(%rdi)\n"
        "far_return:\n"
        "    mov kept(%rip), %rsp\n"
        "    pop %rbp\n"
        "    pop %rbx\n"
        "    ret\n"
        "    .local kept\n"
        "    .comm kept, 8, 8\n");

/* Runs code that begins a segment: EAX and EBX of CPUID 0 there, XORed. */
static uint32_t run_in(uint16_t selector)
{
    struct far_pointer to = {0, selector};

    return jump_far(&to);
}

static void use_segments(void)
{
    /* XOR EAX, EAX; CPUID; XOR EAX, EBX; JMP FAR with 32-bit operands, in 16-bit and in 32-bit code */
    static const uint8_t code16[] = {0x66, 0x31, 0xc0, 0x0f, 0xa2, 0x66, 0x31, 0xd8, 0x66, 0xea};
    static const uint8_t code32[] = {0x31, 0xc0, 0x0f, 0xa2, 0x31, 0xd8, 0xea};
    const struct far_pointer back_here = {(uint32_t)(uintptr_t)far_return, USER_CODE};
    char *low = mmap(NULL, 0x10000, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    uint16_t selector;
    uint32_t value;

    memcpy(low, code16, sizeof(code16));
    memcpy(low + sizeof(code16), &back_here, sizeof(back_here));
    memcpy(low + 0x1000, code32, sizeof(code32));
    memcpy(low + 0x1000 + sizeof(code32), &back_here, sizeof(back_here));
    *(uint32_t *)(low + 0x2000) = 0x12345678;
    if (describe(0, low, 0, MODIFY_LDT_CONTENTS_CODE))
        TRY("16-bit code", printf("CPUID: %08x\n", run_in(0x07)));
    if (describe(1, low + 0x1000, 1, MODIFY_LDT_CONTENTS_CODE))
        TRY("32-bit code", printf("CPUID: %08x\n", run_in(0x0f)));
    if (!describe(2, low + 0x2000, 1, MODIFY_LDT_CONTENTS_DATA))
        return;
    TRY("data of a segment", __asm__ volatile("movw %w[selector], %%gs\nmovl %%gs:0, %[value]\nmovw %%gs, %w[selector]"
                                              : [value] "=&r"(value), [selector] "=&r"(selector)
                                              : "1"(0x17));
        printf("%04x: %08x\n", selector, value));
    TRY("data beyond its end", __asm__ volatile("movw %w[selector], %%gs\nmovl %%gs:0xfffe, %[value]"
                                                : [value] "=&r"(value)
                                                : [selector] "r"(0x17)));
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    setvbuf(stdout, NULL, _IONBF, 0);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    use_ports();
    use_segments();
    return 0;
}
