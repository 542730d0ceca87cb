/* SPDX-License-Identifier: MIT */
/* Messages between the extensions of one processor */
#ifndef BAREFLANK_MESSAGE_H
#define BAREFLANK_MESSAGE_H

#include "bareflank-calls.h"

/* What one extension tells another, and what it gets back. */
struct bf_message {
    uint64_t word[4];
};

/*
 * Called for each message, if the extension defines it: the caller's number, and its words, which become the reply. A
 * service, which handles no VM exits, defines it instead of vmexit, and ends bootstrap with bf_wait.
 */
#ifdef __cplusplus
extern "C"
#endif
void message(uint64_t caller, struct bf_message *message);

/* Finds an extension by its name in the load manifest, of at most 32 characters. */
static inline bf_status bf_find_extension(const char *name, uint64_t *extension)
{
    uint64_t word[4] = {0};
    for (unsigned i = 0; i < sizeof(word) && name[i] != 0; i++)
        word[i / 8] |= (uint64_t)(uint8_t)name[i] << i % 8 * 8;
    return bf_message_find(word[0], word[1], word[2], word[3], extension);
}

/* Sends a message, which its reply replaces. */
static inline bf_status bf_send(uint64_t extension, struct bf_message *message)
{
    uint64_t *word = message->word;
    return bf_message_call(extension, word[0], word[1], word[2], word[3], &word[0], &word[1], &word[2], &word[3]);
}

#endif
