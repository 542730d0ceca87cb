/* SPDX-License-Identifier: MIT */
/* Messages where nobody takes any, statistics, and linear memory that grows; the notes without which there is no version 2 */
#include "attempt.h"

#ifdef VERSION_2
#define INITIAL_PAGES 2u
#define MOST_PAGES 24u
#define DATA_OFFSET 0x10000u
#define LINEAR ((volatile u64 *)(BF_EXT_MEMORY_BASE + DATA_OFFSET))
#define WORDS (PAGE / 8)

static const struct {
    u32 name_bytes, bytes, type;
    char name[12];
    u32 versions;
} versions __attribute__((section(".note.bareflank"), used, aligned(4))) = {
    10, 4, BF_NOTE_EXTENSION_VERSIONS, "Bareflank", BF_SPEC_VERSION_1 | BF_SPEC_VERSION_2};

static const struct {
    u32 name_bytes, bytes, type;
    char name[12];
    u32 version, flags, initial, most, data, reserved;
} memory __attribute__((section(".note.bareflank"), used, aligned(4))) = {
    10, BF_EXTENSION_MEMORY_BYTES, BF_NOTE_EXTENSION_MEMORY, "Bareflank", 1, BF_EXT_MEMORY_PER_PP, INITIAL_PAGES, MOST_PAGES,
    DATA_OFFSET, 0};

/** There is no such extension, and this one takes none. */
u32 message_register(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[1] = once(2) ? 0 : BF_EXT_POOL_BASE + below(PAGE);
    a->allowed = ALLOW_REG1;
    return 1;
}

u32 message_find(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[1] |= 1;
    a->allowed = ALLOW_REG1;
    return 1;
}

u32 message_call(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[1] = once(2) ? nobody() : 0;
    a->allowed = a->reg[1] == 0 ? ALLOW_UNKNOWN : ALLOW_REG1;
    return 1;
}

u32 message_reply(struct processor *p, struct attempt *a)
{
    (void)p;
    a->allowed = ALLOW_UNKNOWN;
    return 1;
}

u32 statistics_pool(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[1] = below(8);
    a->allowed = ALLOW_SUCCESS;
    if (once(8)) {
        a->reg[1] = next_random() | 0x100;
        a->allowed = ALLOW_REG1;
    }
    return 1;
}

void pool_counted(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)a;
    if (result->rsi <= result->rdi)
        return;
    print("fuzz: WRONG more is used than there is");
    end_line();
    p->bad++;
}

static u32 with_processor(struct attempt *a)
{
    u32 online = tcb()->online_pps;
    a->reg[1] = below(online);
    a->allowed = ALLOW_SUCCESS;
    if (once(8)) {
        a->reg[1] = online + (next_random() >> 8);
        a->allowed = ALLOW_REG1;
    }
    return 1;
}

u32 statistics_exits(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[2] = 0x72;
    return with_processor(a);
}

u32 statistics_calls(struct processor *p, struct attempt *a)
{
    (void)p;
    a->reg[2] = BF_SYSCALL_VM_CREATE;
    return with_processor(a);
}

u32 memory_grow(struct processor *p, struct attempt *a)
{
    a->reg[1] = below(once(4) ? MOST_PAGES + 1 : p->grown + 3);
    if (a->reg[1] > MOST_PAGES)
        a->reg[1] = MOST_PAGES;
    a->allowed = ALLOW_SUCCESS | (a->reg[1] > p->grown ? ALLOW_UNKNOWN : 0);
    if (once(8)) {
        a->reg[1] = once(2) ? MOST_PAGES + 1 : next_random() | 1ull << 32;
        a->allowed = ALLOW_REG1;
    }
    return 1;
}

/** Never less; new pages are zeroed, and all hold what was written to them. */
void memory_grown(struct processor *p, struct attempt *a, const struct registers *result)
{
    u64 before = p->grown == 0 ? INITIAL_PAGES : p->grown;
    u64 most = a->reg[1] > before ? a->reg[1] : before;
    u32 is_wrong = result->rdi < before || result->rdi > most;
    for (u64 page = 0; page < before && !is_wrong; page++)
        is_wrong |= p->grown != 0 && LINEAR[page * WORDS] != page + 1;
    for (u64 page = p->grown == 0 ? 0 : before; page < result->rdi && !is_wrong; page++) {
        is_wrong |= LINEAR[page * WORDS] != 0 || LINEAR[page * WORDS + WORDS - 1] != 0;
        LINEAR[page * WORDS] = page + 1;
    }
    p->grown = result->rdi;
    if (!is_wrong)
        return;
    print("fuzz: WRONG linear memory");
    print_hex(before);
    print_hex(result->rdi);
    end_line();
    p->bad++;
}
#endif
