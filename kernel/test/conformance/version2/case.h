/* SPDX-License-Identifier: MIT */
/* Cases of version 2, in the lines that the suite of version 1 prints, too */
#ifndef VERSION2_CASE_H
#define VERSION2_CASE_H

#include "../extension/call.h"

/** Opens and closes a case about a call. */
void begin(const char *name, const char *subject);
void end(void);

/** The open case wants this value; its subject is to blame otherwise. */
void want(u64 actual, u64 wanted, const char *what);

/** Makes a call with all six registers, and wants those that functions preserve to be preserved. */
struct result make(u32 number, u64 reg0, u64 reg1, u64 reg2, u64 reg3, u64 reg4, u64 reg5);
#define MAKE_(name, reg0, reg1, reg2, reg3, reg4, reg5, ...)                                                       \
    make(BF_SYSCALL_##name, reg0, reg1, reg2, reg3, reg4, reg5)
/** MAKE(VM_CREATE, handle); what is not given is 0. */
#define MAKE(name, ...) MAKE_(name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

void print_line(const char *text);

/** Ends a callback as a failure. */
_Noreturn void give_up(void);

/** Each extension's handle: the first of both. */
#define HANDLE 0

/** What the client asks the service to do (word 0 of a message). */
enum request {
    ECHO,
    CALL_BACK,
    FAULT,
    READ_VS,
    ALLOCATE,
    FREE_PAGE,
    FREE_HUGE,
    RETURN_LATE,
    DIE,
    SPOIL,
    FAULT_SPOILED,
    USE_PORTS
};

_Noreturn void serve_message(u64 caller, const u64 *words);
_Noreturn void repair_service(u64 code);
_Noreturn void reply_spoiled(void);
_Noreturn void fault_spoiled(void);
_Noreturn void use_ports(void);
/** The client's cases: in bootstrap, and in its first exit. */
void test_names(void);
void test_messages(void);
void test_spoiled(struct result (*send)(u64 request, u64 word1));
void test_identifiers(void);
void test_death(void);
void test_objects(void);
/** Hides the hypervisor from the root VM: its VS. */
void test_guard(u64 root);
/** In _start: with a handle of version 1, and before there is a vmexit callback. */
void test_objects_absent(u64 handle);
void test_objects_unowned(u64 handle);

#endif
