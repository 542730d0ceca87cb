/* SPDX-License-Identifier: MIT */
/* Cases, what they expect, and the lines that they print */
#ifndef CONFORMANCE_CHECK_H
#define CONFORMANCE_CHECK_H

#include "call.h"

#define MAX_TESTED_PPS 8

/** A case: what it is about, and its code. */
struct test {
    const char *name;
    /** BF_SYSCALL_* that a failure is blamed on, or one of the subjects below. */
    u32 subject;
    void (*run)(void);
};

/** What a case is about when it is no call. */
#define SUBJECT_DISPATCH 0xff0000u
#define SUBJECT_TCB 0xff0001u
#define SUBJECT_ENTRY 0xff0002u
#define SUBJECT_IMAGE 0xff0003u

/** Runs cases and prints a line for each. */
#define RUN_ALL(tests) run_tests(tests, sizeof(tests) / sizeof(*(tests)))
void run_tests(const struct test *tests, u64 count);

/** Opens and closes a case whose code is spread over several callbacks. */
void begin_case(const char *name, u32 subject);
void end_case(void);

/** The case wants this status; otherwise the call is to blame. */
void expect_status(struct result result, u64 status, const char *what);
/** The case's preparation wants success. */
#define must(result) expect_status(result, BF_STATUS_SUCCESS, "in preparation")
/** The case wants this value; otherwise its subject is to blame, or `subject`. */
void expect(u64 actual, u64 wanted, const char *what);
void expect_of(u32 subject, u64 actual, u64 wanted, const char *what);

/** What the case sees may come from this call, although it does not make it itself. */
void depend_on(u32 call);
/** From now on, cases on this processor see what those before them have done. */
void chain_cases(void);

/** The VM, VP and VS that the TCB must show on this processor from now on. */
void set_active_ids(u16 vmid, u16 vpid, u16 vsid);
/** Checks the TCB's identifiers, which `subject` has to have written, and spoils them for the next one. */
void check_ids(u32 subject);

/** Prints a line through the debug calls, whatever they return. */
void print(const char *text);

/** Begins and ends the part of the ring that belongs to one debug call. */
void begin_text(const char *name);
void end_text(void);

/** The extension's handle. */
extern u64 handle;
/** Processors, as the first TCB said. */
extern u16 online_pps;

#endif
