/* SPDX-License-Identifier: MIT */
/* A microkernel with one fault in it, for the conformance suite to find: mutate.ts writes into the ELF file which */

#include "bareflank.h"

#define NO_MUTATION 0
/** Every status of the call has one bit that it should not have. */
#define WRONG_STATUS 1
/** When the call succeeds, REG0 has one bit that it should not have. */
#define WRONG_OUTPUT 2
/** The call does what another one does: their numbers differ by these bits. */
#define OTHER_CALL 3
/** The call does nothing, and says that it succeeded. */
#define NO_EFFECT 4

#define STATUS_BIT 0x100000000u
#define OUTPUT_BIT 0x4000000000000000u

/** What mutate.ts looks for in the file, by its first word, and writes the rest of. */
static volatile const struct {
    u64 magic;
    u32 call, kind;
    u32 bits, reserved;
} mutation __attribute__((section(".rodata.mutation"), used)) = {0x6e6f69746174756d, 0xffffffff, NO_MUTATION, 0, 0};

static u64 *block(u32 field) { return (u64 *)(BF_PP_AREA_BASE + BF_PP_BLOCK + field); }

static u32 is_mutated(u64 rax) { return (u32)rax == mutation.call && rax >> 48 == BF_SYSCALL_SIGNATURE; }

/** The fast way serves one call alone; when that is the mutated one it goes the other way. */
u32 mutantFastSyscall(u64 reg0, u64 rax)
{
    return enterFastSyscall(reg0, is_mutated(rax) ? ~0ull : rax);
}

u32 mutantSyscall(u64 reg0, u64 reg1, u64 reg2, u64 reg3, u64 rax)
{
    u32 kind = is_mutated(rax) ? mutation.kind : NO_MUTATION;
    if (kind == OTHER_CALL)
        rax ^= mutation.bits;
    if (kind == NO_EFFECT)
        rax = 0;
    // As the entry has noted it: the calls that switch look there which of them it is
    *block(BF_PP_BLOCK_STATUS) = rax;
    u32 action = enterSyscall(reg0, reg1, reg2, reg3, rax);
    if (action != BF_ACTION_RETURN)
        return action;
    u64 *status = block(BF_PP_BLOCK_STATUS);
    if (kind == WRONG_OUTPUT && *status == BF_STATUS_SUCCESS)
        *block(BF_PP_BLOCK_REG0) ^= OUTPUT_BIT;
    if (kind == WRONG_STATUS)
        *status ^= STATUS_BIT;
    if (kind == NO_EFFECT)
        *status = BF_STATUS_SUCCESS;
    return action;
}

/** A message that is answered returns here, and not from the call that sent it. */
u32 mutantExchange(void)
{
    u32 action = enterExchange();
    if (action != BF_ACTION_RETURN_SAVED || mutation.call != BF_SYSCALL_MESSAGE_CALL)
        return action;
    if (mutation.kind == WRONG_OUTPUT && *block(BF_PP_BLOCK_STATUS) == BF_STATUS_SUCCESS)
        *block(BF_PP_BLOCK_REG0) ^= OUTPUT_BIT;
    if (mutation.kind == WRONG_STATUS)
        *block(BF_PP_BLOCK_STATUS) ^= STATUS_BIT;
    return action;
}
