/* SPDX-License-Identifier: MIT */
/* How the arguments of each call are chosen, and the statuses that it may have then
 *
 * Other processors make and destroy objects at the same time, so identifiers are a processor's own ones, whose state it
 * knows, or such that nobody can have. A pool may be empty at any time.
 */
#ifndef FUZZ_ATTEMPT_H
#define FUZZ_ATTEMPT_H

#include "fuzz.h"

#define PAGE 0x1000u

struct attempt {
    u64 reg[6];
    u32 allowed;
    /** What is to be changed when it succeeds. */
    struct own *own;
    struct mapping *mapping;
    u64 *memory;
    struct nested *nested;
    struct map *map;
    /** The first page or number that is meant, and how many. */
    u32 first, count;
    u64 host;
    u32 rights;
};

/** Fills an attempt in; false when nothing can be tried now. */
typedef u32 (*maker)(struct processor *p, struct attempt *a);
/** Notes a success. */
typedef void (*noter)(struct processor *p, struct attempt *a, const struct registers *result);

/* What all of them use: attempt.c. */
/** Identifiers count with their lowest 16 bits, in version 2 with 32; the others are noise now and then. */
u64 id(u32 value);
/** An identifier that no object has: more than any pool has. */
u64 nobody(void);
struct own *some(struct own *list, u32 count, u32 used);
u32 children(const struct own *list, u32 count, u32 parent);
/** Argument 1 is nobody's: that is what the status says, whatever follows. */
u32 wrong_first(struct attempt *a);
void keep_own(struct processor *p, struct attempt *a, const struct registers *result);
void drop_own(struct processor *p, struct attempt *a, const struct registers *result);

/* Calls on VMs, their direct maps among them: vms.c. */
u32 vm_create(struct processor *p, struct attempt *a);
u32 vm_destroy(struct processor *p, struct attempt *a);
void vm_destroyed(struct processor *p, struct attempt *a, const struct registers *result);
u32 any_vm(struct processor *p);
u32 map_direct(struct processor *p, struct attempt *a);
void mapped(struct processor *p, struct attempt *a, const struct registers *result);
u32 unmap_direct(struct processor *p, struct attempt *a);
void unmapped(struct processor *p, struct attempt *a, const struct registers *result);
u32 vm_flush(struct processor *p, struct attempt *a);

/* Calls on VPs and VSs: vss.c. */
u32 vp_create(struct processor *p, struct attempt *a);
u32 vp_destroy(struct processor *p, struct attempt *a);
u32 vs_create(struct processor *p, struct attempt *a);
u32 vs_destroy(struct processor *p, struct attempt *a);
/** A VS of this processor's, which never runs; false when there is none. */
u32 own_vs(struct processor *p, struct attempt *a);
/** The same, mostly one that is assigned to this processor: those of others are out of reach. */
u32 own_vs_here(struct processor *p, struct attempt *a);
u32 vs_clear(struct processor *p, struct attempt *a);
u32 vs_init_as_root(struct processor *p, struct attempt *a);
u32 vs_read(struct processor *p, struct attempt *a);
u32 vs_write(struct processor *p, struct attempt *a);
u32 vs_migrate(struct processor *p, struct attempt *a);
void migrated(struct processor *p, struct attempt *a, const struct registers *result);
u32 vs_flush(struct processor *p, struct attempt *a);
u32 vs_set_active(struct processor *p, struct attempt *a);
u32 vs_promote(struct processor *p, struct attempt *a);
u32 vs_run_wrong(struct processor *p, struct attempt *a);
u32 vs_advance_wrong(struct processor *p, struct attempt *a);

/* Calls on MSRs: msrs.c. */
u32 rdmsr(struct processor *p, struct attempt *a);
u32 wrmsr(struct processor *p, struct attempt *a);

/* Calls that take memory, and give it back: memory.c. */
u32 alloc_page(struct processor *p, struct attempt *a);
u32 alloc_huge(struct processor *p, struct attempt *a);
void keep_memory(struct processor *p, struct attempt *a, const struct registers *result);
u32 free_page(struct processor *p, struct attempt *a);
u32 free_huge(struct processor *p, struct attempt *a);
void drop_memory(struct processor *p, struct attempt *a, const struct registers *result);

/* Nested page tables: nested.c. */
u32 nested_create(struct processor *p, struct attempt *a);
void nested_created(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_destroy(struct processor *p, struct attempt *a);
void nested_destroyed(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_map(struct processor *p, struct attempt *a);
u32 nested_identity(struct processor *p, struct attempt *a);
void nested_shown(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_unmap(struct processor *p, struct attempt *a);
void nested_unmapped(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_protect(struct processor *p, struct attempt *a);
void nested_protected(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_translate(struct processor *p, struct attempt *a);
void nested_translated(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_copy(struct processor *p, struct attempt *a);
void nested_copied(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_harvest(struct processor *p, struct attempt *a);
void nested_harvested(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_attach(struct processor *p, struct attempt *a);
void nested_attached(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_detach(struct processor *p, struct attempt *a);
void nested_detached(struct processor *p, struct attempt *a, const struct registers *result);
u32 nested_flush(struct processor *p, struct attempt *a);
u32 nested_guard(struct processor *p, struct attempt *a);
/** Whether any tables of this processor's show a page. */
u32 is_shown(const struct processor *p, u64 host);

/* Permission maps: maps.c. */
u32 map_create(struct processor *p, struct attempt *a);
void map_created(struct processor *p, struct attempt *a, const struct registers *result);
u32 map_destroy(struct processor *p, struct attempt *a);
void map_destroyed(struct processor *p, struct attempt *a, const struct registers *result);
u32 map_trap(struct processor *p, struct attempt *a);
void map_trapped(struct processor *p, struct attempt *a, const struct registers *result);
u32 map_pass(struct processor *p, struct attempt *a);
void map_passed(struct processor *p, struct attempt *a, const struct registers *result);
u32 map_query(struct processor *p, struct attempt *a);
void map_queried(struct processor *p, struct attempt *a, const struct registers *result);
u32 map_attach(struct processor *p, struct attempt *a);
void map_attached(struct processor *p, struct attempt *a, const struct registers *result);
u32 map_detach(struct processor *p, struct attempt *a);
void map_detached(struct processor *p, struct attempt *a, const struct registers *result);

/* Registers beside those of vs_read: registers.c. */
u32 fpu_read(struct processor *p, struct attempt *a);
void fpu_was_read(struct processor *p, struct attempt *a, const struct registers *result);
u32 fpu_write(struct processor *p, struct attempt *a);
void fpu_was_written(struct processor *p, struct attempt *a, const struct registers *result);
u32 msr_read(struct processor *p, struct attempt *a);
u32 msr_write(struct processor *p, struct attempt *a);
void msr_was_written(struct processor *p, struct attempt *a, const struct registers *result);

/* Messages, statistics, and linear memory: version2.c. */
u32 message_register(struct processor *p, struct attempt *a);
u32 message_find(struct processor *p, struct attempt *a);
u32 message_call(struct processor *p, struct attempt *a);
u32 message_reply(struct processor *p, struct attempt *a);
u32 statistics_pool(struct processor *p, struct attempt *a);
void pool_counted(struct processor *p, struct attempt *a, const struct registers *result);
u32 statistics_exits(struct processor *p, struct attempt *a);
u32 statistics_calls(struct processor *p, struct attempt *a);
u32 memory_grow(struct processor *p, struct attempt *a);
void memory_grown(struct processor *p, struct attempt *a, const struct registers *result);

/* Calls that print: debug.c. */
u32 debug_any(struct processor *p, struct attempt *a);
u32 debug_letter(struct processor *p, struct attempt *a);
u32 debug_text(struct processor *p, struct attempt *a);
u32 dump_vm(struct processor *p, struct attempt *a);
u32 dump_vp(struct processor *p, struct attempt *a);
u32 dump_vs(struct processor *p, struct attempt *a);
u32 dump_log(struct processor *p, struct attempt *a);
u32 dump_extension(struct processor *p, struct attempt *a);
u32 dump_pool(struct processor *p, struct attempt *a);

#endif
