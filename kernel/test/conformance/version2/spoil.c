/* SPDX-License-Identifier: MIT */
/* What a service without any right leaves in the processor, and what its caller finds there */
#include "case.h"

#define USER_STACK_SEGMENT 0x23
#define AC 0x40000
#define INITIAL_MXCSR 0x1f80
#define PORT_GRANTED 0x80
#define PORT_DENIED 0x64

#define READ_SELECTOR(name)                                                                                            \
    ({                                                                                                                 \
        u64 selector;                                                                                                  \
        __asm__ volatile("mov %%" name ", %0" : "=r"(selector));                                                       \
        selector & 0xffff;                                                                                             \
    })

static u64 read_xmm0(void)
{
    u64 value;
    __asm__ volatile("movq %%xmm0, %0" : "=r"(value));
    return value;
}

static void write_vectors(u64 value, u32 mxcsr)
{
    __asm__ volatile("movq %0, %%xmm0\nldmxcsr %1\nfninit\nfld1" ::"r"(value), "m"(mxcsr));
}

static u32 read_mxcsr(void)
{
    u32 value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static u16 read_x87_status(void)
{
    u16 value;
    __asm__ volatile("fnstsw %0" : "=m"(value));
    return value;
}

/** Vector registers, AC, and every segment register: the thread pointer is 0 from now on. */
static inline __attribute__((always_inline)) void spoil(void)
{
    write_vectors(0x0bad, 0xffc0);
    __asm__ volatile("pushfq\norl %0, (%%rsp)\npopfq" ::"i"(AC) : "cc", "memory");
    __asm__ volatile("mov %0, %%ds\nmov %0, %%es\nmov %0, %%gs\nmov %0, %%fs" ::"r"(USER_STACK_SEGMENT));
}

/** The service tells what XMM0 held, and spoils what it can; nothing behind may look at its TCB. */
_Noreturn void reply_spoiled(void)
{
    u64 found = read_xmm0();
    spoil();
    __asm__ volatile("xor %%r10d, %%r10d\nxor %%r8d, %%r8d\nsyscall" ::"a"(SIGNED(BF_SYSCALL_MESSAGE_REPLY)), "D"(0),
                     "S"(found), "d"(read_mxcsr()));
    __builtin_trap();
}

_Noreturn void fault_spoiled(void)
{
    spoil();
    __builtin_trap();
}

/** The second faults. */
_Noreturn void use_ports(void)
{
    __asm__ volatile("outb %b0, %1" ::"a"(0), "i"(PORT_GRANTED));
    __asm__ volatile("inb %0, %%al" ::"i"(PORT_DENIED) : "rax");
    give_up();
}

void test_spoiled(struct result (*send)(u64 request, u64 word1))
{
    begin("spoiled", "MESSAGE_CALL");
    write_vectors(0x900d, INITIAL_MXCSR | 0x40);
    u16 x87 = read_x87_status();
    struct result result = send(SPOIL, 0);
    want(result.status, BF_STATUS_SUCCESS, "status");
    want(result.reg[0], 0, "XMM0 of the service, which had not used it before");
    want(result.reg[1], 0xffc0, "MXCSR of the service, when it had written it");
    want(read_xmm0(), 0x900d, "XMM0");
    want(read_mxcsr(), INITIAL_MXCSR | 0x40, "MXCSR");
    want(read_x87_status(), x87, "x87 status");
    want(READ_SELECTOR("ds") | READ_SELECTOR("es") | READ_SELECTOR("fs") | READ_SELECTOR("gs"), 0, "selectors");
    u64 flags;
    __asm__ volatile("pushfq\npop %0" : "=r"(flags));
    want(flags & AC, 0, "AC");
    end();
}
