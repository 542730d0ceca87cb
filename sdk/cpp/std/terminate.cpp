// SPDX-License-Identifier: MIT
// Exceptions that nobody catches: the debug ring is told which, with what words and from where; then an assertion fails, so that
// the fail callback says what happens

#include "processor.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <stdlib.h>
#include <typeinfo>
#include <unwind.h>

using namespace bareflank::layer;

namespace {

constexpr unsigned MOST_FRAMES = 16;

/// Lines as those of the other SDKs' errors, behind what was written before.
void put_error(const char *text, const char *name = "", const char *more = "") {
    fflush(nullptr);
    bf_line line;
    bf_line_begin(&line);
    for (const char *part : {"error: ", text, name, more})
        bf_line_put(&line, part);
    bf_line_end(&line);
}

_Unwind_Reason_Code put_frame(_Unwind_Context *context, void *count) {
    auto &frames = *static_cast<unsigned *>(count);
    const uintptr_t address = _Unwind_GetIP(context);
    if (address == 0 || frames++ == MOST_FRAMES)
        return _URC_END_OF_STACK;
    bf_line line;
    bf_line_begin(&line);
    bf_line_put(&line, "error:   at 0x");
    bf_line_put_number(&line, address, 16);
    bf_line_end(&line);
    return _URC_NO_REASON;
}

/// Writes the exception's type as its source has it, and what it says.
void put_exception(const std::type_info &type) {
    char *name = abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr);
    const char *text = name == nullptr ? type.name() : name;
    try {
        throw;
    } catch (const std::exception &exception) {
        put_error(text, ": ", exception.what());
    } catch (const char *words) {
        put_error(text, ": ", words);
    } catch (...) {
        put_error(text);
    }
    free(name);
}

[[noreturn]] void report() {
    if (const std::type_info *type = abi::__cxa_current_exception_type())
        put_exception(*type);
    else
        put_error("std::terminate was called");
    unsigned frames = 0;
    _Unwind_Backtrace(put_frame, &frames);
    for (;;)
        __asm__ volatile("int3");
}

[[gnu::constructor(101)]] void begin() { std::set_terminate(report); }

} // namespace

void bareflank::layer::fail(const char *text) {
    put_error(text);
    for (;;)
        __asm__ volatile("int3");
}

extern "C" {

/// start.S calls it behind a fail callback: what failed does not go on, so the exceptions that it was in the middle of are over.
void bf_forget_exceptions() {
    // Itanium C++ ABI, 2.2.2: this begins with the caught ones, and behind them stands how many are on their way
    struct Globals {
        void *caught;
        unsigned underway;
    };
    auto &globals = *reinterpret_cast<Globals *>(abi::__cxa_get_globals());
    while (globals.caught != nullptr)
        abi::__cxa_end_catch();
    globals.underway = 0;
}

void abort() noexcept { fail("abort() was called"); }

/// What libc++abi says before it ends a program.
void abort_message(const char *format, ...) {
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fail(text);
}

void __stack_chk_fail() { fail("a stack was overwritten"); }
}
