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
#define CALL_KINDS 48
#define NOTHING 0xffffu

/** Statuses that a call may end with, as bits. */
#define ALLOW_SUCCESS 1u
#define ALLOW_HANDLE 2u
#define ALLOW_UNKNOWN 4u
#define ALLOW_REG0 8u
#define ALLOW_REG1 16u
#define ALLOW_REG2 32u
#define ALLOW_REG3 64u

/** An object that one processor made, and alone destroys. */
struct own {
    u32 used;
    u16 id, parent, pp;
};

struct mapping {
    u32 used;
    u16 vm;
    u64 physical;
};

/** A VM that is run beside the root VM: a few instructions of 16-bit code. */
struct sacrifice {
    u16 vm, vp, vs;
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
    struct sacrifice guest;
    u32 made[CALL_KINDS], succeeded[CALL_KINDS];
};

extern struct processor processors[MAX_FUZZED_PPS];
extern u16 root_vps[MAX_FUZZED_PPS];
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

/** Makes the sacrificial VM of this processor; false where there is none for its vendor. */
u32 make_sacrifice(void);

void start_entered(const struct entry *entry);
void bootstrap_entered(const struct entry *entry);
void vmexit_entered(const struct entry *entry);
void fail_entered(const struct entry *entry);

#endif
