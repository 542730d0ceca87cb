// SPDX-License-Identifier: MIT
// Destructors: a processor's, of its thread_local variables, when it leaves; all others' when the last one does

#include "processor.hpp"

#include <stdio.h>
#include <stdlib.h>

using namespace bareflank::layer;

namespace {

/// What is to be called in the end, the newest first.
struct Ending {
    Ending *next;
    void (*destroy)(void *);
    void *object;
};

Ending *endings;
uint32_t endings_holder;
thread_local Ending *own_endings;

/// Processors that have begun and not left.
uint32_t present;

Ending *make_ending(void (*destroy)(void *), void *object, Ending *next) {
    auto *ending = static_cast<Ending *>(malloc(sizeof(Ending)));
    if (ending != nullptr)
        *ending = {next, destroy, object};
    return ending;
}

/// A destructor may register another one.
void run(Ending *&first) {
    while (Ending *ending = first) {
        const Ending copy = *ending;
        first = copy.next;
        free(ending);
        copy.destroy(copy.object);
    }
}

} // namespace

extern "C" {

void *__dso_handle;

/// Itanium C++ ABI, 3.3.5.3: of a variable that is there once. Not 0: there is no memory.
int __cxa_atexit(void (*destroy)(void *), void *object, void *) noexcept {
    if (!take(endings_holder))
        return -1;
    Ending *ending = make_ending(destroy, object, endings);
    if (ending != nullptr)
        endings = ending;
    give(endings_holder);
    return ending == nullptr ? -1 : 0;
}

/// The same of one that each processor has.
int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object, void *) noexcept {
    Ending *ending = make_ending(destroy, object, own_endings);
    if (ending == nullptr)
        return -1;
    own_endings = ending;
    return 0;
}

/// start.S calls these, on every processor.
void bf_begin_processor() {
    __atomic_fetch_add(&present, 1u, __ATOMIC_RELAXED);
    // While there is memory: the first exception may be about there being none
    __cxxabiv1::__cxa_get_globals();
}

void bf_end_processor() noexcept {
    run(own_endings);
    end_keys();
    if (__atomic_sub_fetch(&present, 1u, __ATOMIC_ACQ_REL) == 0)
        run(endings);
    fflush(nullptr);
}
}
