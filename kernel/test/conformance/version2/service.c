/* SPDX-License-Identifier: MIT */
/* What the service does for each request */
#include "case.h"

#define VECTOR_INVALID_OPCODE 6u
#define VECTOR_GENERAL_PROTECTION 13u

static _Noreturn void reply(u64 word0, u64 word1, u64 word2, u64 word3)
{
    struct result result = MAKE(MESSAGE_REPLY, HANDLE, word0, word1, word2, word3);
    // Behind a reply there is nothing
    begin("came_back", "MESSAGE_REPLY");
    want(result.status, ~0ull, "status of a reply that returned");
    end();
    give_up();
}

_Noreturn void serve_message(u64 caller, const u64 *words)
{
    switch (words[0]) {
    case CALL_BACK:
        reply(MAKE(MESSAGE_CALL, HANDLE, caller).status, 0, 0, 0);
    case FAULT:
        __builtin_trap();
    case READ_VS:
        reply(MAKE(VS_READ, HANDLE, this_pp(), 1).status, 0, 0, 0);
    case ALLOCATE:
        reply(MAKE(MEM_ALLOC_PAGE, HANDLE).status, 0, 0, 0);
    case FREE_PAGE:
        reply(MAKE(MEM_FREE_PAGE, HANDLE, words[1]).status, 0, 0, 0);
    case FREE_HUGE:
        reply(MAKE(MEM_FREE_HUGE, HANDLE, words[1]).status, 0, 0, 0);
    case RETURN_LATE:
        reply(1, 0, 0, 0);
    case SPOIL:
        reply_spoiled();
    case FAULT_SPOILED:
        fault_spoiled();
    case USE_PORTS:
        use_ports();
    case DIE:
        give_up();
    default:
        reply(words[0] + 1, words[1] + 1, words[2] + 1, words[3] + 1);
    }
}

/** It failed because it was asked to: by an invalid instruction or a port, or for good. */
_Noreturn void repair_service(u64 code)
{
    if ((u32)code == VECTOR_INVALID_OPCODE)
        reply(0x77, 0, 0, 0);
    if (code == VECTOR_GENERAL_PROTECTION)
        reply(0x78, 0, 0, 0);
    give_up();
}
