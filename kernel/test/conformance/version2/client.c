/* SPDX-License-Identifier: MIT */
/* What the client finds out about messages and identifiers */
#include "case.h"

#define SERVICE 1
#define LETTERS(text) (*(const u64 *)(text "\0\0\0\0\0\0\0"))

extern u64 client_handle;

static struct result send(u64 request, u64 word1)
{
    return MAKE(MESSAGE_CALL, client_handle, SERVICE, request, word1, 0x33, 0x44);
}

void test_names(void)
{
    begin("good", "MESSAGE_FIND");
    struct result found = MAKE(MESSAGE_FIND, client_handle, LETTERS("service"));
    want(found.status, BF_STATUS_SUCCESS, "status");
    want(found.reg[0], SERVICE, "extension");
    want(MAKE(MESSAGE_FIND, client_handle, LETTERS("client")).reg[0], 0, "oneself");
    end();
    begin("unknown", "MESSAGE_FIND");
    want(MAKE(MESSAGE_FIND, client_handle, LETTERS("servic")).status, BF_STATUS_INVALID_INPUT_REG1, "part of a name");
    want(MAKE(MESSAGE_FIND, client_handle, LETTERS("service"), 1).status, BF_STATUS_INVALID_INPUT_REG1, "longer");
    want(MAKE(MESSAGE_FIND, client_handle).status, BF_STATUS_INVALID_INPUT_REG1, "no name");
    want(MAKE(MESSAGE_FIND, client_handle + 1, LETTERS("service")).status, BF_STATUS_FAILURE_INVALID_HANDLE, "handle");
    end();
}

static void good(const char *name)
{
    begin(name, "MESSAGE_CALL");
    struct result result = send(ECHO, 0x22);
    want(result.status, BF_STATUS_SUCCESS, "status");
    want(result.reg[0], ECHO + 1, "REG0");
    want(result.reg[1], 0x23, "REG1");
    want(result.reg[2], 0x34, "REG2");
    want(result.reg[3], 0x45, "REG3");
    end();
}

/** The service does something, and tells what status that had. */
static void ask(const char *name, const char *subject, u64 request, u64 status)
{
    begin(name, subject);
    struct result result = send(request, 0);
    want(result.status, BF_STATUS_SUCCESS, "status of the message");
    want(result.reg[0], status, "the service's status");
    end();
}

#define PAGE 0x1000u
#define RUN_BYTES (3 * PAGE)

/** What one extension has, another cannot give back: it stays, with what is in it. */
static void foreign(const char *subject, u64 request, struct result allocated, u64 bytes)
{
    begin("foreign", subject);
    want(allocated.status, BF_STATUS_SUCCESS, "allocated");
    volatile u64 *memory = (volatile u64 *)allocated.reg[0];
    for (u64 i = 0; i < bytes / 8; i++)
        memory[i] = ~i;
    for (u64 at = 0; at < bytes; at += PAGE)
        want(send(request, allocated.reg[0] + at).reg[0], BF_STATUS_INVALID_INPUT_REG1, "another extension's");
    u64 changed = 0;
    for (u64 i = 0; i < bytes / 8; i++)
        changed |= memory[i] ^ ~i;
    want(changed, 0, "bits that changed");
    u64 handle = client_handle;
    struct result freed = request == FREE_PAGE ? MAKE(MEM_FREE_PAGE, handle, allocated.reg[0])
                                               : MAKE(MEM_FREE_HUGE, handle, allocated.reg[0]);
    want(freed.status, BF_STATUS_SUCCESS, "by its owner");
    end();
}

/** Sizes that are none, and one that nobody lends here, which changes nothing. */
static void run_sizes(void)
{
    static const u64 wrong[] = {0, PAGE, 0x2800, BF_HUGE_MOST_BYTES + PAGE, 1ull << 32, ~0xfffull, ~0ull};
    u64 handle = client_handle;
    begin("sizes", "MEM_ALLOC_HUGE");
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        want(MAKE(MEM_ALLOC_HUGE, handle, wrong[i]).status, BF_STATUS_INVALID_INPUT_REG1, "size");
    u64 used = MAKE(STATISTICS_POOL, handle, BF_POOL_PAGES).reg[1];
    want(MAKE(MEM_ALLOC_HUGE, handle, BF_HUGE_MOST_BYTES).status, BF_STATUS_FAILURE_UNKNOWN, "a GiB");
    want(MAKE(MEM_ALLOC_HUGE, handle, 0x600000).status, BF_STATUS_FAILURE_UNKNOWN, "6 MiB");
    want(MAKE(STATISTICS_POOL, handle, BF_POOL_PAGES).reg[1], used, "pages in use");
    struct result run = MAKE(MEM_ALLOC_HUGE, handle, 0x40000);
    want(run.status, BF_STATUS_SUCCESS, "256 KiB");
    want(MAKE(MEM_FREE_HUGE, handle, run.reg[0]).status, BF_STATUS_SUCCESS, "given back");
    end();
}

void test_messages(void)
{
    u64 handle = client_handle;
    begin("checks", "MESSAGE_CALL");
    want(MAKE(MESSAGE_CALL, handle + 1, SERVICE).status, BF_STATUS_FAILURE_INVALID_HANDLE, "handle");
    want(MAKE(MESSAGE_CALL, handle, 2).status, BF_STATUS_INVALID_INPUT_REG1, "extension that is none");
    want(MAKE(MESSAGE_CALL, handle, 0).status, BF_STATUS_FAILURE_BUSY, "oneself");
    end();
    begin("checks", "MESSAGE_REPLY");
    want(MAKE(MESSAGE_REPLY, handle + 1).status, BF_STATUS_FAILURE_INVALID_HANDLE, "handle");
    want(MAKE(MESSAGE_REPLY, handle).status, BF_STATUS_FAILURE_UNKNOWN, "nobody waits");
    end();
    good("good");
    good("again");
    ask("circle", "MESSAGE_CALL", CALL_BACK, BF_STATUS_FAILURE_BUSY);
    ask("after_failure", "MESSAGE_REPLY", FAULT, 0x77);
    test_spoiled(send);
    ask("after_spoiled_failure", "MESSAGE_REPLY", FAULT_SPOILED, 0x77);
    ask("denied_port", "MESSAGE_REPLY", USE_PORTS, 0x78);
    run_sizes();
    ask("denied", "MEM_ALLOC_PAGE", ALLOCATE, BF_STATUS_INVALID_PERM_DENIED);
    foreign("MEM_FREE_PAGE", FREE_PAGE, MAKE(MEM_ALLOC_PAGE, handle), PAGE);
    foreign("MEM_FREE_HUGE", FREE_HUGE, MAKE(MEM_ALLOC_HUGE, handle, RUN_BYTES), RUN_BYTES);
}

/** In vmexit, so that a VS is active. */
void test_identifiers(void)
{
    u64 handle = client_handle;
    volatile struct bf_tcb *block = tcb();
    begin("in_vmexit", "MESSAGE_CALL");
    u64 rbx = block->rbx = 0x1234567, vs = block->active_vs;
    want(send(ECHO, 1).status, BF_STATUS_SUCCESS, "status");
    want(block->rbx, rbx, "the guest's RBX");
    want(block->active_vs, vs, "the active VS");
    end();
    ask("not_its_own", "VS_READ", READ_VS, BF_STATUS_INVALID_PERM_DENIED);
    begin("stale", "VM_DESTROY");
    u64 first = MAKE(VM_CREATE, handle).reg[0];
    want(MAKE(VM_DESTROY, handle, first).status, BF_STATUS_SUCCESS, "status");
    want(MAKE(VP_CREATE, handle, first).status, BF_STATUS_INVALID_INPUT_REG1, "destroyed");
    u64 second = MAKE(VM_CREATE, handle, ~0ull).reg[0];
    want(second & 0xffffffff0000ffff, first & 0xffff, "index of the next, and the register's upper half");
    want(second != first, 1, "another generation");
    want(MAKE(VM_DESTROY, handle, first).status, BF_STATUS_INVALID_INPUT_REG1, "in its place");
    u64 vp = MAKE(VP_CREATE, handle, second).reg[0];
    want(MAKE(VP_DESTROY, handle, vp).status, BF_STATUS_SUCCESS, "VP");
    want(MAKE(VP_DESTROY, handle, vp).status, BF_STATUS_INVALID_INPUT_REG1, "VP, destroyed");
    want(MAKE(VM_DESTROY, handle, second).status, BF_STATUS_SUCCESS, "the second");
    end();
}

void test_death(void)
{
    ask("ends_its_callback", "MESSAGE_REPLY", RETURN_LATE, 1);
    begin("death", "MESSAGE_CALL");
    want(send(DIE, 0).status, BF_STATUS_FAILURE_DEAD, "the service gives up");
    want(send(ECHO, 0).status, BF_STATUS_FAILURE_DEAD, "afterwards");
    end();
}
