// SPDX-License-Identifier: MIT
// What the standard library wants of POSIX threads (IEEE Std 1003.1-2017), where processors are the threads: locks spin, and
// there are no others to be made

#include "processor.hpp"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

using namespace bareflank::layer;

namespace {

/// A mutex in pthread_mutex_t, whose initial value is zeroes.
struct Mutex {
    uint32_t holder;
    uint32_t depth;
    uint32_t kind;
};
static_assert(sizeof(Mutex) <= sizeof(pthread_mutex_t));
Mutex &mutex_in(pthread_mutex_t *mutex) { return *reinterpret_cast<Mutex *>(mutex); }

/// In pthread_rwlock_t: how many read, or the complement of who writes.
int32_t &readers_in(pthread_rwlock_t *lock) { return *reinterpret_cast<int32_t *>(lock); }
int32_t own_writing() { return -static_cast<int32_t>(own_thread()); }

bool replace(int32_t &word, int32_t before, int32_t after) {
    return __atomic_compare_exchange_n(&word, &before, after, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

constexpr unsigned KEYS = 16;
void (*destructors[KEYS])(void *);
unsigned key_count;
thread_local const void *values[KEYS];

constexpr int ONCE_RUNS = 1, ONCE_DONE = 2;

} // namespace

extern "C" {

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) noexcept {
    const uint32_t kind = attributes == nullptr ? 0u : *reinterpret_cast<const uint32_t *>(attributes);
    mutex_in(mutex) = {0, 0, kind};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *) noexcept { return 0; }

int pthread_mutexattr_init(pthread_mutexattr_t *attributes) noexcept {
    *reinterpret_cast<uint32_t *>(attributes) = PTHREAD_MUTEX_NORMAL;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int kind) noexcept {
    *reinterpret_cast<uint32_t *>(attributes) = static_cast<uint32_t>(kind);
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *) noexcept { return 0; }

int pthread_mutex_lock(pthread_mutex_t *mutex) noexcept {
    Mutex &lock = mutex_in(mutex);
    if (!take(lock.holder) && lock.kind != PTHREAD_MUTEX_RECURSIVE)
        return EDEADLK;
    lock.depth++;
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex) noexcept {
    Mutex &lock = mutex_in(mutex);
    uint32_t seen = 0;
    const bool is_taken =
        __atomic_compare_exchange_n(&lock.holder, &seen, own_thread(), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    if (!is_taken && (seen != own_thread() || lock.kind != PTHREAD_MUTEX_RECURSIVE))
        return EBUSY;
    lock.depth++;
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) noexcept {
    Mutex &lock = mutex_in(mutex);
    if (__atomic_load_n(&lock.holder, __ATOMIC_RELAXED) != own_thread())
        return EPERM;
    if (--lock.depth == 0)
        give(lock.holder);
    return 0;
}

/// Every wait may end early, and these do at once: who waits looks again.
int pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *mutex) {
    pthread_mutex_unlock(mutex);
    relax();
    return pthread_mutex_lock(mutex);
}

int pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *, const timespec *) { return ENOTSUP; }
int pthread_cond_signal(pthread_cond_t *) noexcept { return 0; }
int pthread_cond_broadcast(pthread_cond_t *) noexcept { return 0; }
int pthread_cond_destroy(pthread_cond_t *) noexcept { return 0; }

int pthread_rwlock_rdlock(pthread_rwlock_t *lock) noexcept {
    int32_t &readers = readers_in(lock);
    for (;;) {
        const int32_t seen = __atomic_load_n(&readers, __ATOMIC_RELAXED);
        if (seen == own_writing())
            return EDEADLK;
        if (seen >= 0 && replace(readers, seen, seen + 1))
            return 0;
        relax();
    }
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock) noexcept {
    int32_t &readers = readers_in(lock);
    while (!replace(readers, 0, own_writing())) {
        if (__atomic_load_n(&readers, __ATOMIC_RELAXED) == own_writing())
            return EDEADLK;
        relax();
    }
    return 0;
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock) noexcept {
    int32_t &readers = readers_in(lock);
    if (!replace(readers, own_writing(), 0))
        __atomic_fetch_sub(&readers, 1, __ATOMIC_RELEASE);
    return 0;
}

int pthread_once(pthread_once_t *once, void (*initialize)()) {
    int seen = 0;
    if (__atomic_compare_exchange_n(once, &seen, ONCE_RUNS, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        initialize();
        __atomic_store_n(once, ONCE_DONE, __ATOMIC_RELEASE);
    }
    while (__atomic_load_n(once, __ATOMIC_ACQUIRE) != ONCE_DONE)
        relax();
    return 0;
}

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) noexcept {
    const unsigned index = __atomic_fetch_add(&key_count, 1u, __ATOMIC_RELAXED);
    if (index >= KEYS)
        return EAGAIN;
    destructors[index] = destructor;
    *key = index;
    return 0;
}

int pthread_setspecific(pthread_key_t key, const void *value) noexcept {
    if (key >= KEYS)
        return EINVAL;
    values[key] = value;
    return 0;
}

void *pthread_getspecific(pthread_key_t key) noexcept { return key < KEYS ? const_cast<void *>(values[key]) : nullptr; }

pthread_t pthread_self() noexcept { return own_thread(); }
int pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) noexcept { return EAGAIN; }
int pthread_join(pthread_t, void **) { return ESRCH; }
int pthread_detach(pthread_t) noexcept { return ESRCH; }

int sched_yield() noexcept {
    relax();
    return 0;
}

/// How many processors there are, and nothing else.
long sysconf(int name) noexcept {
    if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF)
        return bf_guest->online_pps;
    errno = EINVAL;
    return -1;
}

/// The standard library asks for the number of a thread by it, and nothing else.
long syscall(long number, ...) noexcept {
    constexpr long GETTID = 186;
    if (number == GETTID)
        return own_thread();
    errno = ENOSYS;
    return -1;
}
}

void bareflank::layer::end_keys() {
    for (unsigned key = 0; key < KEYS; key++) {
        void *value = pthread_getspecific(key);
        if (value == nullptr || destructors[key] == nullptr)
            continue;
        values[key] = nullptr;
        destructors[key](value);
    }
}
