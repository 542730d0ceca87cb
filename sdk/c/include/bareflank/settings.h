/* SPDX-License-Identifier: MIT */
/* What `bfm load EXTENSION --set key=value` gave this extension */
#ifndef BAREFLANK_SETTINGS_H
#define BAREFLANK_SETTINGS_H

#include "log.h"
#include <stdbool.h>
#include <stdint.h>

/* Lines `key=value`, a zero behind them. */
extern const char bf_settings[] __attribute__((visibility("hidden")));

static inline bool bf_setting_ends(char character)
{
    return character == '\n' || character == '\0';
}

/* The value of a setting, or a null pointer when it was not given; it ends at a newline. The last one of a key counts. */
static inline const char *bf_setting(const char *key)
{
    const char *value = 0;
    for (const char *line = bf_settings; *line != '\0'; line += *line == '\n') {
        const char *letter = key;
        while (*letter != '\0' && *letter == *line)
            letter++, line++;
        if (*letter == '\0' && *line == '=')
            value = line + 1;
        while (!bf_setting_ends(*line))
            line++;
    }
    return value;
}

/* Whether a setting was given with exactly this value. */
static inline bool bf_setting_is(const char *key, const char *value)
{
    const char *given = bf_setting(key);
    if (given == 0)
        return false;
    while (*value != '\0' && *value == *given)
        value++, given++;
    return *value == '\0' && bf_setting_ends(*given);
}

/* The value of a digit in any base up to 36; what is none has a larger one. */
static inline uint32_t bf_setting_digit(char character)
{
    if (character >= '0' && character <= '9')
        return (uint32_t)(character - '0');
    char letter = character | 0x20;
    return letter >= 'a' && letter <= 'z' ? (uint32_t)(letter - 'a') + 10 : UINT32_MAX;
}

__attribute__((noinline, cold, unused)) static uint64_t bf_setting_no_number(const char *key, const char *given,
                                                                             uint64_t otherwise)
{
    struct bf_line line;
    bf_line_begin(&line);
    bf_line_put(&line, "warning: setting ");
    bf_line_put(&line, key);
    bf_line_put(&line, "=");
    for (; !bf_setting_ends(*given); given++)
        bf_line_put(&line, (const char[]){*given, '\0'});
    bf_line_put(&line, " is no number: ");
    bf_line_put_number(&line, otherwise, 10);
    bf_line_put(&line, " it is");
    bf_line_end(&line);
    return otherwise;
}

/*
 * A setting as a number of 64 bits, decimal or hexadecimal (0x...); otherwise when it was not given, or, with a line in the debug
 * ring, when it is no such number.
 */
static inline uint64_t bf_setting_number(const char *key, uint64_t otherwise)
{
    const char *given = bf_setting(key), *at = given;
    if (given == 0)
        return otherwise;
    uint32_t base = given[0] == '0' && given[1] == 'x' ? 16 : 10;
    if (base == 16)
        at += 2;
    if (bf_setting_ends(*at))
        return bf_setting_no_number(key, given, otherwise);
    uint64_t value = 0;
    for (; !bf_setting_ends(*at); at++) {
        uint32_t digit = bf_setting_digit(*at);
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return bf_setting_no_number(key, given, otherwise);
        value = value * base + digit;
    }
    return value;
}

#endif
