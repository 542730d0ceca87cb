/* SPDX-License-Identifier: MIT */
/* Permission maps: a model knows which accesses to some numbers exit */
#include "attempt.h"

#define KINDS_OF_MAPS 2u

/** Numbers that no kernel has a say in: MSRs of counters, ports of nothing. */
static u32 number_of(const struct map *map, u32 index) { return (map->kind == BF_MAP_MSR ? 0xc1u : 0x2f0u) + index; }

static struct map *some_map(struct processor *p, u32 used)
{
    u32 first = (u32)below(OWN_MAPS);
    for (u32 i = 0; i < OWN_MAPS; i++) {
        struct map *map = &p->maps[(first + i) % OWN_MAPS];
        if (map->own.used == used)
            return map;
    }
    return 0;
}

static u32 with_map(struct processor *p, struct attempt *a)
{
    if (once(10))
        return wrong_first(a);
    a->map = some_map(p, 1);
    if (a->map == 0)
        return 0;
    a->reg[1] = id(a->map->own.id);
    a->allowed = ALLOW_SUCCESS;
    return 1;
}

u32 map_create(struct processor *p, struct attempt *a)
{
    a->map = some_map(p, 0);
    if (a->map == 0)
        return 0;
    a->reg[1] = below(KINDS_OF_MAPS);
    a->allowed = ALLOW_SUCCESS | ALLOW_UNKNOWN;
    if (once(6)) {
        a->reg[1] = next_random() | KINDS_OF_MAPS;
        a->allowed = ALLOW_REG1;
    }
    return 1;
}

/** Nothing exits by a new one. */
void map_created(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p;
    a->map->own.used = 1;
    a->map->own.id = (u32)result->rdi;
    a->map->kind = (u32)a->reg[1];
    for (u32 i = 0; i < ASKED_NUMBERS; i++)
        a->map->accesses[i] = 0;
}

static u16 index_of(const struct processor *p, const struct map *map) { return (u16)(map - p->maps + 1); }

static u32 has_users(const struct processor *p, const struct map *map)
{
    for (u32 i = 0; i < OWN_VSS; i++)
        if (p->vss[i].used && p->vss[i].maps[map->kind] == index_of(p, map))
            return 1;
    return 0;
}

u32 map_destroy(struct processor *p, struct attempt *a)
{
    if (!with_map(p, a))
        return 0;
    if (a->map != 0)
        a->allowed = has_users(p, a->map) ? ALLOW_UNKNOWN : ALLOW_SUCCESS;
    return 1;
}

void map_destroyed(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->map->own.used = 0;
}

static u32 change(struct processor *p, struct attempt *a)
{
    if (!with_map(p, a))
        return 0;
    if (a->map == 0)
        return 1;
    a->first = (u32)below(ASKED_NUMBERS);
    a->count = 1 + (u32)below(ASKED_NUMBERS - a->first);
    a->rights = 1 + (u32)below(BF_MAP_ACCESSES);
    a->reg[2] = number_of(a->map, a->first);
    a->reg[3] = a->reg[2] + a->count - 1;
    a->reg[4] = a->rights;
    if (once(12)) {
        a->reg[2] = 1ull << 32 | next_random();
        a->allowed = ALLOW_REG2;
    } else if (once(12)) {
        a->reg[3] = once(2) ? a->reg[2] - 1 : 1ull << 32;
        a->allowed = ALLOW_REG3;
    } else if (once(12)) {
        a->reg[4] = once(2) ? 0 : next_random() | (BF_MAP_ACCESSES + 1);
        a->allowed = ALLOW_REG4;
    }
    return 1;
}

u32 map_trap(struct processor *p, struct attempt *a) { return change(p, a); }
u32 map_pass(struct processor *p, struct attempt *a) { return change(p, a); }

/** A port's reads and writes go together. */
static void note(struct attempt *a, u32 exits)
{
    u8 accesses = a->map->kind == BF_MAP_MSR ? (u8)a->rights : BF_MAP_ACCESSES;
    for (u32 i = a->first; i < a->first + a->count; i++)
        a->map->accesses[i] = exits ? a->map->accesses[i] | accesses : a->map->accesses[i] & (u8)~accesses;
}

void map_trapped(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    note(a, 1);
}

void map_passed(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    note(a, 0);
}

u32 map_query(struct processor *p, struct attempt *a)
{
    if (!with_map(p, a))
        return 0;
    if (a->map == 0)
        return 1;
    a->first = (u32)below(ASKED_NUMBERS);
    a->reg[2] = number_of(a->map, a->first);
    if (once(12)) {
        a->reg[2] = 1ull << 32 | next_random();
        a->allowed = ALLOW_REG2;
    }
    return 1;
}

void map_queried(struct processor *p, struct attempt *a, const struct registers *result)
{
    if (result->rdi == a->map->accesses[a->first])
        return;
    print("fuzz: WRONG accesses of a map");
    print_hex(a->reg[2]);
    print_hex(result->rdi);
    print_hex(a->map->accesses[a->first]);
    end_line();
    p->bad++;
}

u32 map_attach(struct processor *p, struct attempt *a)
{
    struct attempt vs = *a;
    if (!with_map(p, a))
        return 0;
    if (a->map == 0)
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
    return 1;
}

void map_attached(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)result;
    a->own->maps[a->map->kind] = index_of(p, a->map);
}

u32 map_detach(struct processor *p, struct attempt *a)
{
    if (!map_attach(p, a))
        return 0;
    if (a->own != 0)
        a->allowed = a->own->maps[a->map->kind] == index_of(p, a->map) ? ALLOW_SUCCESS : ALLOW_UNKNOWN;
    return 1;
}

void map_detached(struct processor *p, struct attempt *a, const struct registers *result)
{
    (void)p, (void)result;
    a->own->maps[a->map->kind] = 0;
}
