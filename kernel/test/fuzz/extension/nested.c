/* SPDX-License-Identifier: MIT */
/* Nested page tables: a model knows what each page of a range shows, around a border of 2 MiB and of 1 GiB */
#include "attempt.h"

#define FIRST_GUEST (0x80000000ull - SHOWN_PAGES / 2 * PAGE)
#define GUEST_END (1ull << 48)
/** Memory that nobody has: beyond all that the machine has, and below what it can address. */
#define FOREIGN 0x400000000ull
#define MOST_PAGES 4

static const u32 good_rights[] = {0, 1, 3, 5, 7};

static u64 guest_of(u32 page) { return FIRST_GUEST + (u64)page * PAGE; }

static struct nested *some_nested(struct processor *p, u32 used)
{
    u32 first = (u32)below(OWN_NESTED);
    for (u32 i = 0; i < OWN_NESTED; i++) {
        struct nested *nested = &p->nested[(first + i) % OWN_NESTED];
        if (nested->own.used == used)
            return nested;
    }
    return 0;
}

/** Tables of this processor's in REG1, which is all that is right now and then. */
static u32 with_nested(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    a->nested = some_nested(p, 1);
    if (a->nested == 0)
        return 0;
    a->reg[1] = id(a->nested->own.id);
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    return 1;
}

/** Pages in REG2, and their length in another register; false when one of them is wrong. */
static u32 with_range(struct attempt *a, u32 bytes_reg, u32 wrong_bytes)
{
    static const u64 bad_guests[] = {8, 0xfff, GUEST_END, GUEST_END + PAGE, ~0xfffull};
    static const u64 bad_bytes[] = {0, 1, PAGE + 8, GUEST_END, ~0xfffull};
    a->first = (u32)below(SHOWN_PAGES);
    a->count = 1 + (u32)below(MOST_PAGES);
    if (a->count > SHOWN_PAGES - a->first)
        a->count = SHOWN_PAGES - a->first;
    a->reg[2] = guest_of(a->first);
    a->reg[bytes_reg] = a->count * PAGE;
    if (once(12)) {
        a->reg[2] = bad_guests[below(sizeof(bad_guests) / sizeof(*bad_guests))];
        a->allowed = ALLOW_REG2;
    } else if (once(12)) {
        a->reg[bytes_reg] = bad_bytes[below(sizeof(bad_bytes) / sizeof(*bad_bytes))];
        a->allowed = wrong_bytes;
    }
    return (a->allowed & ALLOW_SUCCESS) != 0;
}

static void wrong(struct processor *p, const char *what)
{
    print("fuzz: WRONG ");
    print(what);
    end_line();
    p->bad++;
}

/** How many pages a call has done, which is as many as were meant or less. */
static u32 done_pages(struct processor *p, const struct attempt *a, const struct registers *result)
{
    if (result->rdi == 0 || result->rdi % PAGE != 0 || result->rdi > a->count * PAGE)
        wrong(p, "number of bytes of nested tables");
    return (u32)(result->rdi / PAGE);
}

u32 is_shown(const struct processor *p, u64 host)
{
    for (u32 i = 0; i < OWN_NESTED; i++)
        for (u32 page = 0; page < SHOWN_PAGES; page++)
            if (p->nested[i].own.used && p->nested[i].host[page] == host)
                return 1;
    return 0;
}

u32 nested_create(struct processor *p, struct attempt *a)
{
    a->nested = some_nested(p, 0);
    if (a->nested == 0)
        return 0;
    a->reg[1] = once(2) ? BF_NESTED_TRACKED : 0;
    // Not every processor of Intel's can
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN | (a->reg[1] != 0 ? ALLOW_REG1 : 0);
    if (once(6)) {
        a->reg[1] = next_random() | 4;
        a->allowed = ALLOW_REG1;
    }
    return 1;
}

void nested_created(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p;
    a->nested->own.used = 1;
    a->nested->tracked = a->reg[1] == BF_NESTED_TRACKED;
    a->nested->own.id = (u32)result->rdi;
    for (u32 page = 0; page < SHOWN_PAGES; page++)
        a->nested->host[page] = 0;
}

static u32 has_users(const struct processor *p, const struct nested *nested)
{
    for (u32 i = 0; i < OWN_VSS; i++)
        if (p->vss[i].used && p->vss[i].nested == nested - p->nested + 1)
            return 1;
    return 0;
}

u32 nested_destroy(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    if (a->nested != 0)
        a->allowed = has_users(p, a->nested) ? ALLOW_UNKNOWN : ALLOW_SUCCESS;
    return 1;
}

void nested_destroyed(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p;
    for (u64 left = result->rdi; left != 0;)
        left = need(BF_SYSCALL_NESTED_DESTROY, a->nested->own.id, 0, 0).rdi;
    a->nested->own.used = 0;
}

static u32 pick_rights(void) { return good_rights[below(sizeof(good_rights) / sizeof(*good_rights))]; }

u32 nested_map(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    if (a->nested == 0 || !with_range(a, 4, ALLOW_REG4)) {
        a->reg[3] = FOREIGN;
        a->reg[5] = BF_NESTED_READ | BF_NESTED_WRITE_BACK;
        return 1;
    }
    u64 own = p->pages[below(OWN_PAGES)];
    a->host = FOREIGN + below(64) * PAGE;
    if (own != 0 && once(2)) {
        a->host = own - BF_EXT_POOL_BASE;
        a->count = 1;
        a->reg[4] = PAGE;
    }
    a->rights = pick_rights();
    a->reg[3] = a->host;
    a->reg[5] = a->rights | BF_NESTED_WRITE_BACK;
    if (once(10)) {
        a->reg[3] = once(2) ? a->host + 8 : 1ull << 52;
        a->allowed = ALLOW_REG3;
    } else if (once(10)) {
        static const u32 bad[] = {8, BF_NESTED_WRITE, BF_NESTED_OWN_BLANK, 0x40000};
        a->reg[5] = BF_NESTED_WRITE_BACK | bad[below(sizeof(bad) / sizeof(*bad))];
        a->allowed = ALLOW_REG5;
    }
    return 1;
}

u32 nested_identity(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    a->reg[4] = BF_NESTED_READ | BF_NESTED_WRITE_BACK;
    if (a->nested == 0 || !with_range(a, 3, ALLOW_REG3))
        return 1;
    a->rights = pick_rights();
    a->host = a->reg[2];
    a->reg[4] = a->rights | BF_NESTED_WRITE_BACK;
    if (once(10)) {
        a->reg[4] |= 8;
        a->allowed = ALLOW_REG4;
    }
    return 1;
}

void nested_shown(struct processor *p, struct attempt *a, const struct registers *result)
{
    u32 done = done_pages(p, a, result);
    for (u32 i = 0; i < done && i < a->count; i++) {
        a->nested->host[a->first + i] = a->host + (u64)i * PAGE;
        a->nested->rights[a->first + i] = a->rights;
    }
}

u32 nested_unmap(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    if (a->nested != 0)
        with_range(a, 3, ALLOW_REG3);
    return 1;
}

void nested_unmapped(struct processor *p, struct attempt *a, const struct registers *result)
{
    u32 done = done_pages(p, a, result);
    for (u32 i = 0; i < done && i < a->count; i++)
        a->nested->host[a->first + i] = 0;
}

u32 nested_protect(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    a->rights = pick_rights();
    a->reg[4] = a->rights;
    if (a->nested == 0 || !with_range(a, 3, ALLOW_REG3))
        return 1;
    if (once(10)) {
        a->reg[4] = once(2) ? BF_NESTED_WRITE : next_random() | 8;
        a->allowed = ALLOW_REG4;
        return 1;
    }
    // It stops where nothing is shown
    u32 shown = 0;
    while (shown < a->count && a->nested->host[a->first + shown] != 0)
        shown++;
    a->count = shown;
    if (shown == 0)
        a->allowed = ALLOW_UNKNOWN;
    return 1;
}

void nested_protected(struct processor *p, struct attempt *a, const struct registers *result)
{
    u32 done = done_pages(p, a, result);
    for (u32 i = 0; i < done && i < a->count; i++)
        a->nested->rights[a->first + i] = a->rights;
}

u32 nested_translate(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    if (a->nested == 0)
        return 1;
    a->first = (u32)below(SHOWN_PAGES);
    a->reg[2] = guest_of(a->first) + below(PAGE);
    a->allowed = a->nested->host[a->first] != 0 ? ALLOW_SUCCESS : ALLOW_UNKNOWN;
    if (once(12)) {
        a->reg[2] = GUEST_END | next_random();
        a->allowed = ALLOW_REG2;
    }
    return 1;
}

void nested_translated(struct processor *p, struct attempt *a, const struct registers *result)
{
    u64 expected = a->nested->host[a->first] + a->reg[2] % PAGE;
    if (result->rdi != expected || (result->rsi & BF_NESTED_RIGHTS) != a->nested->rights[a->first])
        wrong(p, "page of nested tables");
}

u32 nested_copy(struct processor *p, struct attempt *a)
{
    static const u64 bad_buffers[] = {0, BF_DIRECT_BASE + PAGE, BF_PP_AREA_BASE + BF_PP_BLOCK, ~0xfull};
    static u8 buffer[2 * PAGE];
    if (!with_nested(p, a))
        return 0;
    if (a->nested == 0)
        return 1;
    a->first = (u32)below(SHOWN_PAGES);
    a->reg[2] = guest_of(a->first) + below(PAGE);
    a->reg[3] = (u64)buffer + below(PAGE);
    a->reg[4] = 1 + below(PAGE);
    a->reg[5] = below(2);
    u32 right = a->reg[5] == BF_NESTED_COPY_TO_VM ? BF_NESTED_WRITE : BF_NESTED_READ;
    u32 may = a->nested->host[a->first] != 0 && (a->nested->rights[a->first] & right) != 0;
    a->allowed = may ? ALLOW_SUCCESS : ALLOW_UNKNOWN;
    if (once(12)) {
        a->reg[2] = GUEST_END | next_random();
        a->allowed = ALLOW_REG2;
    } else if (once(12)) {
        a->reg[3] = bad_buffers[below(sizeof(bad_buffers) / sizeof(*bad_buffers))];
        a->allowed = ALLOW_REG3;
    } else if (once(12)) {
        a->reg[4] = once(2) ? 0 : GUEST_END;
        a->allowed = ALLOW_REG4;
    } else if (once(12)) {
        a->reg[5] = 2 + below(100);
        a->allowed = ALLOW_REG5;
    }
    return 1;
}

void nested_copied(struct processor *p, struct attempt *a, const struct registers *result)
{
    u64 least = PAGE - a->reg[2] % PAGE;
    if (least > a->reg[4])
        least = a->reg[4];
    if (result->rdi < least || result->rdi > a->reg[4])
        wrong(p, "number of bytes that were copied");
}

/** No VM that has the tables runs: nothing is ever noted. */
static u64 harvested[MAX_FUZZED_PPS][2];

u32 nested_harvest(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    u64 *bitmap = harvested[this_pp()];
    a->reg[4] = (u64)bitmap;
    a->reg[5] = 1 + below(3);
    if (a->nested == 0 || !with_range(a, 3, ALLOW_REG3))
        return 1;
    bitmap[0] = bitmap[1] = ~0ull;
    a->allowed = a->nested->tracked ? ALLOW_SUCCESS : ALLOW_REG1;
    if (!a->nested->tracked)
        return 1;
    if (once(12)) {
        a->reg[4] = once(2) ? a->reg[4] + 4 : BF_DIRECT_BASE + PAGE;
        a->allowed = ALLOW_REG4;
    } else if (once(12)) {
        a->reg[5] = once(2) ? 0 : 4 + below(100);
        a->allowed = ALLOW_REG5;
    }
    return 1;
}

void nested_harvested(struct processor *p, struct attempt *a, const struct registers *result)
{
    const u64 *bitmap = harvested[this_pp()];
    if (done_pages(p, a, result) != a->count || bitmap[0] != 0 || bitmap[1] != ~0ull)
        wrong(p, "pages that were touched");
}

u32 nested_attach(struct processor *p, struct attempt *a)
{
    struct attempt vs = *a;
    if (!with_nested(p, a))
        return 0;
    if (a->nested == 0)
        return 1;
    if (once(8)) {
        a->reg[2] = nobody();
        a->allowed = ALLOW_REG2;
        return 1;
    }
    if (!own_vs(p, &vs))
        return 0;
    a->own = vs.own;
    a->reg[2] = vs.reg[1];
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

static u16 number_of(const struct processor *p, const struct nested *nested) { return (u16)(nested - p->nested + 1); }

void nested_attached(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)result;
    a->own->nested = number_of(p, a->nested);
}

u32 nested_detach(struct processor *p, struct attempt *a)
{
    if (!nested_attach(p, a))
        return 0;
    if (a->own != 0)
        a->allowed = a->own->nested == number_of(p, a->nested) ? ALLOW_SUCCESS : ALLOW_UNKNOWN;
    return 1;
}

void nested_detached(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->own->nested = 0;
}

u32 nested_flush(struct processor *p, struct attempt *a)
{
    if (!with_nested(p, a))
        return 0;
    if (a->nested != 0)
        a->allowed = ALLOW_SUCCESS;
    return 1;
}

/** It is for the operating system's VSs. */
u32 nested_guard(struct processor *p, struct attempt *a)
{
    if (once(2))
        return wrong_first(a);
    if (!own_vs(p, a))
        return 0;
    a->allowed = ALLOW_REG1;
    return 1;
}
