/* SPDX-License-Identifier: MIT */
/* What is known of each register of the enumeration, by vendor */
#ifndef CONFORMANCE_REGISTERS_H
#define CONFORMANCE_REGISTERS_H

#include "call.h"

struct expectation {
    /** What is written, and what is read then: the same with what is forced, without what is not allowed. */
    u64 written, wanted;
    /** What is wider than the register, and refused; 0 where nothing is. */
    u64 too_wide;
    /** A write is refused. */
    u32 read_only;
    /** Some processors do not have it: then neither reads nor writes succeed. */
    u32 optional;
    /** Not zero, or not known, in a VS that is new. */
    u32 starts_set;
};

/** A value of its own for each register. */
static inline u64 pattern_of(u32 reg) { return (0x0102030405060708u * (reg + 1)) ^ 0x8000000000000000u; }

struct expectation amd_expectation(u32 reg);
/** Reads the processor's capabilities by INTRINSIC_RDMSR. */
struct expectation intel_expectation(u32 reg);

#endif
