/* SPDX-License-Identifier: MIT */
/* Random calls from every callback of every processor at once: what a processor knows, and so can check */
#ifndef FUZZ_H
#define FUZZ_H

#include "../../conformance/extension/call.h"

#define MAX_FUZZED_PPS 4
#define OWN_VMS 3
#define OWN_VPS 6
#define OWN_VSS 6
#define OWN_PAGES 12
#define OWN_RUNS 3
#define OWN_MAPPINGS 8
#define OWN_NESTED 2
#define OWN_MAPS 2
/** Guest physical pages that tables show, and numbers that maps are asked about. */
#define SHOWN_PAGES 16
#define ASKED_NUMBERS 8
#define CALL_KINDS 80
#define NOTHING 0xffffu

/** Statuses that a call may end with, as bits. */
#define ALLOW_SUCCESS 1u
#define ALLOW_HANDLE 2u
#define ALLOW_UNKNOWN 4u
#define ALLOW_REG0 8u
#define ALLOW_REG1 16u
#define ALLOW_REG2 32u
#define ALLOW_REG3 64u
#define ALLOW_REG4 128u
#define ALLOW_REG5 256u
#define ALLOW_DENIED 512u
#define ALLOW_UNSUPPORTED 1024u

/** An object that one processor made, and alone destroys. */
struct own {
    u32 used, id, parent;
    u16 pp;
    /** Of a VS: the tables and the map of each kind that it has, counted from 1. */
    u16 nested, maps[2];
};

/** Nested page tables, and what each page shows: 0 is nothing. */
struct nested {
    struct own own;
    /** Whether the processor takes note of accesses in them. */
    u32 tracked;
    u64 host[SHOWN_PAGES];
    u32 rights[SHOWN_PAGES];
};

/** A permission map, and what exits. */
struct map {
    struct own own;
    u32 kind;
    u8 accesses[ASKED_NUMBERS];
};

struct mapping {
    u32 used, vm;
    u64 physical;
};

/** A VM that is run beside the root VM: a few instructions of 16-bit code. */
struct sacrifice {
    u32 vm, vp, vs;
    u64 page;
};

/** All that a processor knows. Nobody else writes to it. */
struct processor {
    u64 random;
    u32 left, batches, bad, failing;
    /** Index of the call that ended the callback before, or NOTHING. */
    u32 running;
    u32 sacrificial, guest_runs;
    struct own vms[OWN_VMS], vps[OWN_VPS], vss[OWN_VSS];
    struct mapping mappings[OWN_MAPPINGS];
    u64 pages[OWN_PAGES], runs[OWN_RUNS];
    struct nested nested[OWN_NESTED];
    struct map maps[OWN_MAPS];
    /** Pages of linear memory. */
    u64 grown;
    struct sacrifice guest;
    u32 made[CALL_KINDS], succeeded[CALL_KINDS];
};

extern struct processor processors[MAX_FUZZED_PPS];
extern u32 root_vps[MAX_FUZZED_PPS];
static inline struct processor *mine(void) { return &processors[this_pp()]; }

u64 next_random(void);
u64 below(u64 count);
/** Whether something that happens once in so many times happens now. */
u32 once(u64 in);

/** One call with arguments from the generator; its status is checked. */
void random_call(void);
/** The call with this number in the table, which is to end the callback with these arguments; its failure is an error. */
_Noreturn void run_call(u32 number, u64 reg1, u64 reg2, u64 reg3);
/** A call that must succeed. */
struct registers need(u32 number, u64 reg1, u64 reg2, u64 reg3);
/** Counts a run call, whose success the next callback shows. */
void count_run(void);
/** Counts a call of need(). */
void count_call(u32 number);
/** Prints what was made, and what of it succeeded. */
void print_tally(void);
void print(const char *text);
void print_hex(u64 value);
void end_line(void);

/** Makes one of version 2's calls, which have six registers. */
struct registers need_all(u32 number, const u64 *reg);

/** Makes the sacrificial VM of this processor; false where there is none for its vendor. */
u32 make_sacrifice(void);

void start_entered(const struct entry *entry);
void bootstrap_entered(const struct entry *entry);
void vmexit_entered(const struct entry *entry);
void fail_entered(const struct entry *entry);
#ifdef VERSION_2
void message_entered(const struct entry *entry);
#endif

#endif
