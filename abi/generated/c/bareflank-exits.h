/* SPDX-License-Identifier: MIT */
/* Generated from abi/src by `bf build abi`. Do not edit. */
#ifndef BAREFLANK_EXITS_H
#define BAREFLANK_EXITS_H

#include <stdint.h>

/* What an SDK does about an exit that no handler wants, by its reason up to BF_LAST_ANSWERED; FAIL above */
#define BF_ANSWER_FAIL 0
#define BF_ANSWER_UNDEFINED 1
#define BF_ANSWER_MISSING 2
#define BF_ANSWER_SKIP 3
#define BF_ANSWER_RUN 4
#define BF_ANSWER_FLUSH 5
#define BF_ANSWER_CPUID 6
#define BF_ANSWER_TIME 7
#define BF_ANSWER_IO 8
#define BF_ANSWER_MSR 9
#define BF_ANSWER_CONTROL 10
#define BF_ANSWER_XSETBV 11
#define BF_ANSWER_EVENT 12
#define BF_ANSWER_WINDOW 13
#define BF_ANSWER_NMI_WINDOW 14
#define BF_ANSWER_RESET 15
#define BF_LAST_ANSWERED 255

static const uint8_t bf_amd_answers[] = {
  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
  12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
  0, 0, 0, 0, 13, 10, 2, 2, 2, 2, 2, 2, 2, 2, 7, 2,
  2, 2, 6, 1, 2, 2, 3, 3, 3, 5, 1, 8, 9, 2, 0, 15,
  1, 1, 1, 1, 1, 1, 1, 7, 2, 3, 3, 3, 3, 11, 1, 4,
  4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
  1, 1, 5, 1, 1, 0, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
};

static const uint8_t bf_intel_answers[] = {
  12, 0, 15, 0, 0, 0, 0, 13, 14, 2, 6, 1, 3, 3, 5, 2,
  7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 10, 2, 8, 9,
  9, 0, 0, 2, 3, 4, 2, 3, 3, 0, 2, 4, 0, 4, 2, 2,
  0, 0, 1, 7, 4, 1, 3, 11, 4, 2, 5, 1, 1, 2, 0, 2,
  2, 1, 0, 3, 3, 1, 1, 2, 2, 2, 4, 4, 1, 1, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
};

#endif
