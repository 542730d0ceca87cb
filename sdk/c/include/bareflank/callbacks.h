/* SPDX-License-Identifier: MIT */
/* What an extension defines: the functions that the microkernel calls */
#ifndef BAREFLANK_CALLBACKS_H
#define BAREFLANK_CALLBACKS_H

#include "next.h"

/* The start file calls these by their names, in C++ too. */
#ifdef __cplusplus
extern "C" {
#endif

/* Called on each processor when it starts. */
enum bf_next bootstrap(bf_pp pp);

/* Called for each VM exit; bf_is_exit compares the reason. */
enum bf_next vmexit(bf_vs vs, uint64_t reason);

/*
 * Called, on a stack of its own, when one of the two failed: error is the error code << 32 | vector, address what a page
 * fault was about. An extension without it gives up.
 */
enum bf_next fail(uint64_t error, uint64_t address);

#ifdef __cplusplus
}
#endif

#endif
