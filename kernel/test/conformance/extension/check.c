/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "names.h"

#define CALL_WORDS 3u

/** What a processor does now. */
struct progress {
    const char *name;
    u32 subject;
    u32 failed;
    u32 blamed;
    const char *what;
    u64 actual, wanted;
    u16 vmid, vpid, vsid;
    /** Calls that it has made so far, by index_of(). */
    u64 made[CALL_WORDS];
    /** The cases that follow depend on what this one has done. */
    u32 chained;
};

static struct progress progresses[MAX_TESTED_PPS];
/** Calls that cases have failed for. */
static u64 failed_calls[CALL_WORDS];
u64 handle;
u16 online_pps;

static struct progress *progress(void) { return &progresses[this_pp()]; }

static void write_text(const char *text, u64 length)
{
    struct registers registers = {
        .rax = SIGNED(BF_SYSCALL_DEBUG_WRITE_STR), .rdi = (u64)text, .rsi = length};
    raw_call(&registers);
}

struct line {
    char text[240];
    u32 length;
};

static void add(struct line *line, const char *text)
{
    while (*text != 0 && line->length < sizeof(line->text) - 1)
        line->text[line->length++] = *text++;
}

static void add_hex(struct line *line, u64 value)
{
    char digits[19] = "0x";
    u32 shift = 60, at = 2;
    while (shift != 0 && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        digits[at++] = "0123456789abcdef"[value >> shift & 15];
        if (shift == 0)
            break;
    }
    digits[at] = 0;
    add(line, " ");
    add(line, digits);
}

static void write_line(struct line *line)
{
    line->text[line->length++] = '\n';
    write_text(line->text, line->length);
}

void print(const char *text)
{
    struct line line = {.length = 0};
    add(&line, text);
    write_line(&line);
}

static void add_pp(struct line *line)
{
    add(line, (char[]){' ', (char)('0' + this_pp()), ' ', 0});
}

void begin_text(const char *name)
{
    struct line line = {.length = 0};
    add(&line, "text");
    add_pp(&line);
    add(&line, name);
    write_line(&line);
}

void end_text(void) { print("end of text"); }

/** A small number for a call; none for another subject. */
static u32 index_of(u32 call) { return (call >> 16) * 16 + (call & 15); }
static u32 is_in(const u64 *set, u32 index) { return index < CALL_WORDS * 64 && (set[index / 64] >> index % 64 & 1); }

static void put(u64 *set, u32 index)
{
    if (index < CALL_WORDS * 64)
        set[index / 64] |= 1ull << index % 64;
}

/** Errors are the ABI's, by their upper 16 bits. */
static u32 is_error(u64 value) { return value >> 48 == 0xdead; }

/** The first complaint counts, and before all others the first about something else than a missing error. */
static void blame(u32 subject, const char *what, u64 actual, u64 wanted)
{
    struct progress *now = progress();
    u32 tells_more = now->failed && subject == now->blamed && is_error(now->wanted) && !is_error(wanted);
    if (now->name == 0 || (now->failed && !tells_more))
        return;
    now->failed = 1;
    now->blamed = subject;
    now->what = what;
    now->actual = actual;
    now->wanted = wanted;
}

/** What a case sees may come from a call that is known to be wrong, and that it has made. */
static void suspect(u32 subject, const char *what, u64 actual, u64 wanted)
{
    for (u32 i = 0; i < CALL_WORDS * 64 && !is_in(failed_calls, index_of(subject)); i++)
        if (is_in(failed_calls, i) && is_in(progress()->made, i))
            subject = (i / 16) << 16 | i % 16;
    blame(subject, what, actual, wanted);
}

void depend_on(u32 call) { put(progress()->made, index_of(call)); }
void chain_cases(void) { progress()->chained = 1; }

void begin_case(const char *name, u32 subject)
{
    struct progress *now = progress();
    now->name = name;
    now->subject = subject;
    now->failed = 0;
    for (u32 i = 0; i < CALL_WORDS && !now->chained; i++)
        now->made[i] = 0;
}

/* case PP SUBJECT NAME ok
   case PP SUBJECT NAME FAIL BLAMED what: actual instead of wanted */
void end_case(void)
{
    struct progress *now = progress();
    struct line line = {.length = 0};
    add(&line, "case");
    add_pp(&line);
    add(&line, name_of(now->subject));
    add(&line, " ");
    add(&line, now->name);
    if (now->failed) {
        add(&line, " FAIL ");
        add(&line, name_of(now->blamed));
        add(&line, " ");
        add(&line, now->what);
        add(&line, ":");
        add_hex(&line, now->actual);
        add(&line, " instead of");
        add_hex(&line, now->wanted);
        put(failed_calls, index_of(now->blamed));
    } else {
        add(&line, " ok");
    }
    write_line(&line);
    now->name = 0;
}

void run_tests(const struct test *tests, u64 count)
{
    for (u64 i = 0; i < count; i++) {
        begin_case(tests[i].name, tests[i].subject);
        tests[i].run();
        end_case();
    }
}

void expect_status(struct result result, u64 status, const char *what)
{
    if (result.status != status)
        suspect(result.number, what, result.status, status);
}

void expect_of(u32 subject, u64 actual, u64 wanted, const char *what)
{
    if (actual != wanted)
        suspect(subject, what, actual, wanted);
}

void expect(u64 actual, u64 wanted, const char *what) { expect_of(progress()->subject, actual, wanted, what); }

void set_active_ids(u16 vmid, u16 vpid, u16 vsid)
{
    struct progress *now = progress();
    now->vmid = vmid;
    now->vpid = vpid;
    now->vsid = vsid;
}

void check_ids(u32 subject)
{
    const struct progress *now = progress();
    volatile struct bf_tcb *block = tcb();
    u64 shown = (u64)block->vmid | (u64)block->vpid << 16 | (u64)block->vsid << 32;
    u64 wanted = (u64)now->vmid | (u64)now->vpid << 16 | (u64)now->vsid << 32;
    if (shown != wanted)
        suspect(subject, "vmid, vpid, vsid in the TCB", shown, wanted);
    shown = (u64)block->extid | (u64)block->ppid << 16 | (u64)block->online_pps << 32;
    wanted = (u64)this_pp() << 16 | (u64)online_pps << 32;
    if (shown != wanted)
        suspect(subject, "extid, ppid, online_pps in the TCB", shown, wanted);
    block->extid = block->vmid = block->vpid = block->vsid = block->ppid = block->online_pps = 0x5555;
}

/** How many of REG0 and REG1 a call returns. */
static u32 outputs_of(u32 number)
{
    switch (number) {
    case BF_SYSCALL_MEM_ALLOC_PAGE:
    case BF_SYSCALL_MEM_ALLOC_HUGE:
        return 2;
    case BF_SYSCALL_HANDLE_OPEN:
    case BF_SYSCALL_VM_CREATE:
    case BF_SYSCALL_VM_MAP_DIRECT:
    case BF_SYSCALL_VP_CREATE:
    case BF_SYSCALL_VS_CREATE:
    case BF_SYSCALL_VS_READ:
    case BF_SYSCALL_INTRINSIC_RDMSR:
        return 1;
    default:
        return 0;
    }
}

struct result invoke(u64 rax, u64 reg0, u64 reg1, u64 reg2, u64 reg3)
{
    u32 number = (u32)rax;
    const struct registers before = {
        .rax = rax, .rdi = reg0, .rsi = reg1, .rdx = reg2, .r10 = reg3,
        .r8 = 0x8888888800000008, .r9 = 0x9999999900000009, .rbx = 0xbbbbbbbb0000000b, .rbp = 0xb0b0b0b00000000b,
        .r12 = 0xcccccccc0000000c, .r13 = 0xdddddddd0000000d, .r14 = 0xeeeeeeee0000000e, .r15 = 0xffffffff0000000f};
    struct registers after = before;
    put(progress()->made, index_of(number));
    raw_call(&after);
    struct result result = {number, after.rax, {after.rdi, after.rsi, after.rdx, after.r10, after.r8, after.r9}};
    u32 outputs = outputs_of(number);
    if (outputs < 1 && after.rdi != before.rdi)
        blame(number, "REG0 not preserved", after.rdi, before.rdi);
    if (outputs < 2 && after.rsi != before.rsi)
        blame(number, "REG1 not preserved", after.rsi, before.rsi);
    u64 changed = (after.rdx ^ before.rdx) | (after.r10 ^ before.r10) | (after.r8 ^ before.r8) | (after.r9 ^ before.r9);
    if (changed != 0)
        blame(number, "one of REG2 to REG5 not preserved, bits", changed, 0);
    changed = (after.rbx ^ before.rbx) | (after.rbp ^ before.rbp) | (after.r12 ^ before.r12) |
              (after.r13 ^ before.r13) | (after.r14 ^ before.r14) | (after.r15 ^ before.r15);
    if (changed != 0)
        blame(number, "RBX, RBP or R12 to R15 not preserved, bits", changed, 0);
    check_ids(number);
    return result;
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
