/* SPDX-License-Identifier: MIT */
/*
 * How late Linux's timer wakes a thread that comes before all others, while a guest keeps the processor busy.
 *
 * Usage: lateness GUEST ROUNDS   prints nanoseconds as JSON: {"longest":…,"p99":…,"median":…}
 *        GUEST: spin    loops with interrupts off
 *               ports   writes to a port, each time to its user and back
 *               memory  touches 16 MiB page by page, which its user takes away and gives again
 */

#define _GNU_SOURCE

#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CODE 0x1000
#define DATA 0x100000UL
#define DATA_BYTES 0x1000000UL
#define SECOND 1000000000L
/* No multiple of any tick of Linux's. */
#define PERIOD 1013000L

/* cli; jmp $ */
static const uint8_t spin[] = {0xfa, 0xeb, 0xfe};
/* next: out 80h, al; jmp next */
static const uint8_t ports[] = {0xe6, 0x80, 0xeb, 0xfc};
/* xor ebx, ebx; next: mov byte [ebx], 1; add ebx, 1000h; cmp ebx, ecx; jb next; hlt */
static const uint8_t memory[] = {0x66, 0x31, 0xdb, 0x67, 0xc6, 0x03, 0x01, 0x66, 0x81, 0xc3, 0x00,
                                 0x10, 0x00, 0x00, 0x66, 0x39, 0xcb, 0x72, 0xf0, 0xf4};

static const struct {
    const char *name;
    const uint8_t *code;
    size_t bytes;
} guests[] = {{"spin", spin, sizeof(spin)}, {"ports", ports, sizeof(ports)}, {"memory", memory, sizeof(memory)}};

static int vm, vcpu;
static void *data;
static volatile int runs;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void set_slot(uint32_t slot, uint64_t address, uint64_t bytes, void *user)
{
    struct kvm_userspace_memory_region region = {
        .slot = slot, .guest_phys_addr = address, .memory_size = bytes, .userspace_addr = (uintptr_t)user};

    if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) != 0)
        fail("KVM_SET_USER_MEMORY_REGION");
}

static void *allocate(size_t bytes)
{
    void *result = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (result == MAP_FAILED)
        fail("mmap");
    return result;
}

static void begin(void)
{
    struct kvm_regs regs = {.rip = CODE, .rflags = 2, .rcx = DATA_BYTES};

    if (ioctl(vcpu, KVM_SET_REGS, &regs) != 0)
        fail("KVM_SET_REGS");
}

static void make_guest(const uint8_t *code, size_t bytes)
{
    const char *name = getenv("BAREFLANK_KVM");
    int file = open(name ? name : "/dev/kvm", O_RDWR);
    uint8_t *low = allocate(0x10000);
    struct kvm_sregs sregs;

    vm = file < 0 ? -1 : ioctl(file, KVM_CREATE_VM, 0);
    if (vm < 0)
        fail("KVM_CREATE_VM");
    data = allocate(DATA_BYTES);
    memcpy(low + CODE, code, bytes);
    set_slot(0, 0, 0x10000, low);
    set_slot(1, DATA, DATA_BYTES, data);
    vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    if (vcpu < 0 || ioctl(vcpu, KVM_GET_SREGS, &sregs) != 0)
        fail("KVM_CREATE_VCPU");
    sregs.cs.base = sregs.cs.selector = 0;
    sregs.ds.base = DATA;
    sregs.ds.limit = 0xffffffff;
    sregs.ds.g = 1;
    if (ioctl(vcpu, KVM_SET_SREGS, &sregs) != 0)
        fail("KVM_SET_SREGS");
    begin();
}

/* A guest that halts has touched all of its memory. */
static void *run(void *run_pages)
{
    const struct kvm_run *pages = run_pages;

    for (;;) {
        runs = 1;
        if (ioctl(vcpu, KVM_RUN, 0) != 0)
            fail("KVM_RUN");
        if (pages->exit_reason == KVM_EXIT_HLT) {
            set_slot(1, DATA, 0, NULL);
            set_slot(1, DATA, DATA_BYTES, data);
            begin();
        }
    }
    return NULL;
}

static int compare(const void *a, const void *b)
{
    long first = *(const long *)a, second = *(const long *)b;

    return (first > second) - (first < second);
}

static void measure(long *late, int rounds)
{
    struct timespec due, now;

    clock_gettime(CLOCK_MONOTONIC, &due);
    for (int i = 0; i < rounds; i++) {
        due.tv_nsec += PERIOD;
        if (due.tv_nsec >= SECOND) {
            due.tv_nsec -= SECOND;
            due.tv_sec++;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
        late[i] = (now.tv_sec - due.tv_sec) * SECOND + now.tv_nsec - due.tv_nsec;
        /* What follows is not late because of what came before. */
        due = now;
    }
}

int main(int argc, char **argv)
{
    struct sched_param first = {.sched_priority = 50};
    int rounds = argc == 3 ? atoi(argv[2]) : 0;
    pthread_t thread;
    size_t guest = 0;
    long *late;

    while (argc == 3 && guest < 3 && strcmp(guests[guest].name, argv[1]) != 0)
        guest++;
    if (argc != 3 || guest == 3 || rounds < 1) {
        fprintf(stderr, "Usage: lateness spin|ports|memory ROUNDS\n");
        return 2;
    }
    late = calloc(rounds, sizeof(*late));
    make_guest(guests[guest].code, guests[guest].bytes);
    if (pthread_create(&thread, NULL, run, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0)) != 0)
        fail("pthread_create");
    if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &first) != 0)
        fail("pthread_setschedparam");
    while (!runs)
        usleep(1000);
    measure(late, rounds);
    qsort(late, rounds, sizeof(*late), compare);
    printf("{\"longest\":%ld,\"p99\":%ld,\"median\":%ld}\n", late[rounds - 1], late[rounds * 99 / 100], late[rounds / 2]);
    fflush(stdout);
    _exit(0);
}
