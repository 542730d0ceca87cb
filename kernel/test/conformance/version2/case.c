/* SPDX-License-Identifier: MIT */
#include "case.h"

#define PPS 8

static struct {
    const char *name, *subject, *what;
    /** What failed first: what comes after it may be its consequence. */
    const char *blamed;
    u64 actual, wanted;
} cases[PPS];

static void put_text(char *line, u32 *at, const char *text)
{
    while (*text != 0)
        line[(*at)++] = *text++;
}

static void put_hex(char *line, u32 *at, u64 value)
{
    put_text(line, at, "0x");
    for (int shift = 60; shift >= 0; shift -= 4)
        if (value >> shift != 0 || shift == 0)
            line[(*at)++] = "0123456789abcdef"[value >> shift & 15];
}

static void write_line(char *line, u32 length)
{
    line[length++] = '\n';
    struct registers registers = {
        .rax = SIGNED(BF_SYSCALL_DEBUG_WRITE_STR), .rdi = (u64)line, .rsi = length};
    raw_call(&registers);
}

void print_line(const char *text)
{
    char line[80];
    u32 at = 0;
    put_text(line, &at, text);
    write_line(line, at);
}

void begin(const char *name, const char *subject)
{
    u32 pp = this_pp();
    cases[pp].name = name;
    cases[pp].subject = subject;
    cases[pp].what = 0;
}

/* case PP SUBJECT NAME ok
   case PP SUBJECT NAME FAIL BLAMED what: actual instead of wanted */
void end(void)
{
    u32 pp = this_pp(), at = 0;
    char line[240];
    put_text(line, &at, "case ");
    line[at++] = (char)('0' + pp);
    line[at++] = ' ';
    put_text(line, &at, cases[pp].subject);
    put_text(line, &at, " ");
    put_text(line, &at, cases[pp].name);
    if (cases[pp].what == 0) {
        put_text(line, &at, " ok");
    } else {
        if (cases[pp].blamed == 0)
            cases[pp].blamed = cases[pp].subject;
        put_text(line, &at, " FAIL ");
        put_text(line, &at, cases[pp].blamed);
        put_text(line, &at, " ");
        put_text(line, &at, cases[pp].what);
        put_text(line, &at, ": ");
        put_hex(line, &at, cases[pp].actual);
        put_text(line, &at, " instead of ");
        put_hex(line, &at, cases[pp].wanted);
    }
    write_line(line, at);
}

void want(u64 actual, u64 wanted, const char *what)
{
    u32 pp = this_pp();
    if (actual == wanted || cases[pp].what != 0)
        return;
    cases[pp].what = what;
    cases[pp].actual = actual;
    cases[pp].wanted = wanted;
}

struct result make(u32 number, u64 reg0, u64 reg1, u64 reg2, u64 reg3, u64 reg4, u64 reg5)
{
    const struct registers before = {.rax = SIGNED(number), .rdi = reg0, .rsi = reg1, .rdx = reg2, .r10 = reg3,
                                     .r8 = reg4, .r9 = reg5, .rbx = 0xb1, .rbp = 0xb2, .r12 = 0xc, .r13 = 0xd,
                                     .r14 = 0xe, .r15 = 0xf};
    struct registers after = before;
    raw_call(&after);
    u64 changed = (after.rbx ^ before.rbx) | (after.rbp ^ before.rbp) | (after.r12 ^ before.r12) |
                  (after.r13 ^ before.r13) | (after.r14 ^ before.r14) | (after.r15 ^ before.r15);
    want(changed, 0, "changed bits of RBX, RBP, R12 to R15");
    want((after.r8 ^ before.r8) | (after.r9 ^ before.r9), 0, "changed bits of REG4 and REG5");
    if (number == BF_SYSCALL_MESSAGE_REGISTER || number == BF_SYSCALL_MESSAGE_REPLY)
        want((after.rdi ^ before.rdi) | (after.rsi ^ before.rsi), 0, "changed bits of REG0 and REG1");
    return (struct result){number, after.rax, {after.rdi, after.rsi, after.rdx, after.r10, after.r8, after.r9}};
}

_Noreturn void give_up(void)
{
    struct registers registers = {.rax = SIGNED(BF_SYSCALL_CONTROL_EXIT)};
    raw_call(&registers);
    __builtin_trap();
}

/* The compiler may call these */
void *memset(void *to, int value, u64 bytes)
{
    for (u64 i = 0; i < bytes; i++)
        ((volatile u8 *)to)[i] = (u8)value;
    return to;
}

void *memcpy(void *to, const void *from, u64 bytes)
{
    for (u64 i = 0; i < bytes; i++)
        ((volatile u8 *)to)[i] = ((const u8 *)from)[i];
    return to;
}
