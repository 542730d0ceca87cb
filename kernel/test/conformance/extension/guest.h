/* SPDX-License-Identifier: MIT */
/* A second VM: one VP, one VS, and a page of 16-bit code without any paging */
#ifndef CONFORMANCE_GUEST_H
#define CONFORMANCE_GUEST_H

#include "check.h"

#define GUEST_TABLES 4u

struct guest {
    u16 vm, vp, vs;
    /** Physical address of its page, where its CS begins. */
    u64 page;
    /** On Intel, which runs code without paging by nested paging only: its nested page tables, lowest first. */
    u64 tables[GUEST_TABLES];
};

/** Where its code exits: three times CPUID, with INC BX in between, then HLT, and again: it never runs for long. */
#define GUEST_CPUID1 0u
#define GUEST_CPUID2 3u
#define GUEST_CPUID3 6u
#define GUEST_HLT 8u
#define GUEST_BEHIND_HLT 9u

/** RBX of a guest that has not run. */
#define GUEST_RBX 0xb0b0000000001000u

/** Makes one on this processor, ready to run. */
void make_guest(struct guest *guest);
/** Destroys it; no processor may have it active. */
void destroy_guest(const struct guest *guest);

#endif
