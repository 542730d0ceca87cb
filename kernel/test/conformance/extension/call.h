/* SPDX-License-Identifier: MIT */
/* System calls and callbacks as the binary interface has them: registers in, registers out */
#ifndef CONFORMANCE_CALL_H
#define CONFORMANCE_CALL_H

#include "bareflank.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/** General registers but RSP, in the order of the TCB. */
struct registers {
    u64 rax, rbx, rcx, rdx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
};

/** What a callback was entered with. */
struct entry {
    struct registers registers;
    u64 rflags, cs, ss, rsp;
};

/** What a system call gave back. */
struct result {
    /** BF_SYSCALL_*, which is blamed when the result is wrong. */
    u32 number;
    u64 status;
    u64 reg[6];
};

/** Loads all general registers, executes SYSCALL, and stores them all (entry.S). */
void raw_call(struct registers *registers);

/** The instruction in front of a system call's number: signature, flags. */
#define SIGNED(number) ((u64)BF_SYSCALL_SIGNATURE << 48 | (number))

/** Makes a call and checks what holds for every one: preserved registers, and the TCB's identifiers (check.c). */
struct result invoke(u64 rax, u64 reg0, u64 reg1, u64 reg2, u64 reg3);

#define ARGUMENTS(name, reg0, reg1, reg2, reg3, ...) invoke(SIGNED(BF_SYSCALL_##name), reg0, reg1, reg2, reg3)
/** CALL(VS_READ, handle, vsid, REG(RIP)); what is not given is filled with a pattern. */
#define CALL(name, ...) ARGUMENTS(name, ##__VA_ARGS__, FILL0, FILL1, FILL2, FILL3)
#define FILL0 0xf0f0a5a5000000f0u
#define FILL1 0xf1f1a5a5000000f1u
#define FILL2 0xf2f2a5a5000000f2u
#define FILL3 0xf3f3a5a5000000f3u

/** The extension's TCB on this processor. */
static inline volatile struct bf_tcb *tcb(void)
{
    u64 address;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(address));
    return (volatile struct bf_tcb *)address;
}

/** This processor's number, from the stack's address: it holds when the TCB is wrong. */
static inline u32 this_pp(void)
{
    u64 rsp;
    __asm__ volatile("movq %%rsp, %0" : "=r"(rsp));
    u64 base = rsp >= BF_EXT_FAIL_STACK_BASE ? BF_EXT_FAIL_STACK_BASE : BF_EXT_STACK_BASE;
    return (u32)((rsp - base) / BF_EXT_STACK_STRIDE);
}

#endif
