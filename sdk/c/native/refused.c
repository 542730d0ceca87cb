// SPDX-License-Identifier: MIT
// What an extension in C, C++ or Rust says of a system call that was refused
//
// What shows the debug ring knows the names of statuses (toolchain/src/call-names.ts).

#include <bareflank/log.h>

__attribute__((noinline)) static void put(struct bf_line *line, const char *text) { bf_line_put(line, text); }

__attribute__((noinline)) static void put_number(struct bf_line *line, uint64_t value, uint32_t base)
{
    bf_line_put_number(line, value, base);
}

__attribute__((cold)) void bf_refused(bf_status status, const char *call, const char *file, uint32_t number)
{
    struct bf_line line;
    line.length = 0;
    put(&line, "PP ");
    put_number(&line, bf_guest->ppid, 10);
    put(&line, ": ");
    put(&line, call);
    put(&line, " refused: status 0x");
    put_number(&line, status, 16);
    put(&line, " (");
    put(&line, file);
    put(&line, ":");
    put_number(&line, number, 10);
    put(&line, ")");
    bf_line_end(&line);
    __asm__ volatile("int3");
}

/* The same of what is compiled from TypeScript, which knows the call by its number; nothing goes on behind it. */
__attribute__((cold)) void bf_refused_call(uint64_t call, bf_status status)
{
    struct bf_line line;
    line.length = 0;
    put(&line, "PP ");
    put_number(&line, bf_guest->ppid, 10);
    put(&line, ": system call 0x");
    put_number(&line, call, 16);
    put(&line, " refused: status 0x");
    put_number(&line, status, 16);
    bf_line_end(&line);
}
