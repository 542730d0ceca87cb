/* SPDX-License-Identifier: MIT */
/* Lines in the debug ring */
#ifndef BAREFLANK_LOG_H
#define BAREFLANK_LOG_H

#include "guest.h"

/* Longest line, its newline included; what is longer is cut. */
#define BF_LINE_BYTES 256

/* A line that is being put together; it is printed at once, so that lines of several processors do not mix. */
struct bf_line {
    uint32_t length;
    char text[BF_LINE_BYTES];
};

static inline void bf_line_put(struct bf_line *line, const char *text)
{
    while (*text != '\0' && line->length < BF_LINE_BYTES - 1)
        line->text[line->length++] = *text++;
}

static inline void bf_line_put_number(struct bf_line *line, uint64_t value, uint32_t base)
{
    char digits[65];
    char *first = &digits[64];
    *first = '\0';
    do
        *--first = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    bf_line_put(line, first);
}

/* Begins a line with the number of this processor. Only its length is initialised. */
static inline void bf_line_begin(struct bf_line *line)
{
    line->length = 0;
    bf_line_put(line, "PP ");
    bf_line_put_number(line, bf_guest->ppid, 10);
    bf_line_put(line, ": ");
}

static inline void bf_line_end(struct bf_line *line)
{
    line->text[line->length++] = '\n';
    bf_debug_write_str((uint64_t)line->text, line->length);
}

/* Writes a line to the debug ring and the serial port, behind the number of this processor; `bfm dump` shows it. */
__attribute__((noinline, cold, unused)) static void bf_log(const char *text)
{
    struct bf_line line;
    bf_line_begin(&line);
    bf_line_put(&line, text);
    bf_line_end(&line);
}

/* The same with a number, in decimal, at the end of the line. */
__attribute__((noinline, cold, unused)) static void bf_log_number(const char *text, uint64_t value)
{
    struct bf_line line;
    bf_line_begin(&line);
    bf_line_put(&line, text);
    bf_line_put_number(&line, value, 10);
    bf_line_end(&line);
}

#endif
