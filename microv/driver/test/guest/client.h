/* SPDX-License-Identifier: MIT */
/* A client of the KVM API, as small as can be: guests in real mode, a thread for each processor, and checks that say where */
#ifndef ROUGH_CLIENT_H
#define ROUGH_CLIENT_H

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define MIB 0x100000UL
/* Where code lies, a page for each processor. */
#define CODE 0x1000UL
#define MOST_VCPUS 15

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s (errno %d)\n", __func__, __LINE__, #condition, errno);                          \
            _exit(1);                                                                                                  \
        }                                                                                                              \
    } while (0)

struct vcpu {
    int fd;
    struct kvm_run *run;
    pthread_t thread;
    volatile bool ends;
    /* Exits, by what a loop that goes on makes of them. */
    volatile uint64_t exits;
    volatile int error;
};

struct guest {
    int vm;
    /* Slot 0: 64 KiB from address 0. */
    uint8_t *low;
    struct vcpu vcpus[MOST_VCPUS];
};

static inline int system_file(void)
{
    const char *name = getenv("BAREFLANK_KVM");
    int file = open(name ? name : "/dev/kvm", O_RDWR | O_CLOEXEC);

    CHECK(file >= 0);
    return file;
}

static inline int set_slot(struct guest *guest, uint32_t slot, uint64_t address, uint64_t bytes, void *memory)
{
    struct kvm_userspace_memory_region region = {
        .slot = slot,
        .guest_phys_addr = address,
        .memory_size = bytes,
        .userspace_addr = (uintptr_t)memory,
    };

    return ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

static inline void *anonymous(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    return memory;
}

/* A guest of a machine's file. */
static inline void fill_guest(struct guest *guest, int vm)
{
    memset(guest, 0, sizeof(*guest));
    guest->vm = vm;
    guest->low = anonymous(16 * PAGE);
    CHECK(set_slot(guest, 0, 0, 16 * PAGE, guest->low) == 0);
}

static inline void make_guest(struct guest *guest, int system)
{
    int vm = ioctl(system, KVM_CREATE_VM, 0);

    CHECK(vm >= 0);
    fill_guest(guest, vm);
}

/* Interrupts are off, but in Bochs, which holds the machine's back, too, while a guest runs that was entered so. */
static inline uint64_t first_flags(void)
{
    const char *emulator = getenv("BAREFLANK_KVM_IN");

    return emulator && strcmp(emulator, "bochs") == 0 ? 0x202 : 2;
}

/* A processor at its page of code, whose data begin at an address of the guest's: DS reaches 4 GiB. */
static inline struct vcpu *make_vcpu(struct guest *guest, int number, const void *code, size_t bytes, uint32_t data)
{
    struct vcpu *vcpu = &guest->vcpus[number];
    struct kvm_regs regs = {.rip = CODE + number * PAGE, .rflags = first_flags()};
    struct kvm_sregs sregs;

    memcpy(guest->low + CODE + number * PAGE, code, bytes);
    vcpu->fd = ioctl(guest->vm, KVM_CREATE_VCPU, number);
    CHECK(vcpu->fd >= 0);
    vcpu->run = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    CHECK(vcpu->run != MAP_FAILED);
    if (number != 0) {
        struct kvm_mp_state runnable = {.mp_state = KVM_MP_STATE_RUNNABLE};
        CHECK(ioctl(vcpu->fd, KVM_SET_MP_STATE, &runnable) == 0);
    }
    CHECK(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) == 0);
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    sregs.ds.base = data;
    sregs.ds.limit = 0xffffffff;
    sregs.ds.g = 1;
    CHECK(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) == 0);
    CHECK(ioctl(vcpu->fd, KVM_SET_REGS, &regs) == 0);
    return vcpu;
}

static void no_action(int number)
{
    (void)number;
}

/* Runs until it is to end; what the guest wants of a device it gets. */
static inline void *run_on(void *argument)
{
    struct vcpu *vcpu = argument;

    while (!vcpu->ends) {
        if (ioctl(vcpu->fd, KVM_RUN, 0) == 0)
            vcpu->exits++;
        else if (errno != EINTR && errno != EAGAIN)
            vcpu->error = errno;
    }
    return NULL;
}

static inline void start(struct vcpu *vcpu, void *(*body)(void *))
{
    struct sigaction action = {.sa_handler = no_action};

    sigaction(SIGUSR1, &action, NULL);
    CHECK(pthread_create(&vcpu->thread, NULL, body, vcpu) == 0);
}

static inline void end(struct vcpu *vcpu)
{
    vcpu->ends = true;
    vcpu->run->immediate_exit = 1;
    pthread_kill(vcpu->thread, SIGUSR1);
    pthread_join(vcpu->thread, NULL);
}

static inline void close_guest(struct guest *guest)
{
    for (int i = 0; i < MOST_VCPUS; i++) {
        if (guest->vcpus[i].run == NULL)
            continue;
        munmap(guest->vcpus[i].run, 3 * PAGE);
        close(guest->vcpus[i].fd);
    }
    close(guest->vm);
    munmap(guest->low, 16 * PAGE);
}

/* Waits until a word that a guest counts in moves on, half a minute of the clock at most. */
static inline bool moves(volatile uint32_t *word)
{
    uint32_t before = *word;

    for (int i = 0; i < 30000 && *word == before; i++)
        usleep(1000);
    return *word != before;
}

/* Whether nobody counts in a word any more. */
static inline bool rests(volatile uint32_t *word)
{
    uint32_t before = *word;

    usleep(5000);
    return *word == before;
}

/* next: inc dword [0]; jmp next */
static const uint8_t count_on[] = {0x66, 0xff, 0x06, 0x00, 0x00, 0xeb, 0xf9};
/* cli; jmp $ */
static const uint8_t stand_still[] = {0xfa, 0xeb, 0xfe};
/* next: out 80h, al; jmp next */
static const uint8_t write_on[] = {0xe6, 0x80, 0xeb, 0xfc};
/* xor ebx, ebx; next: mov byte [ebx], 1; add ebx, 1000h; cmp ebx, ecx; jb next; hlt */
static const uint8_t touch_all[] = {0x66, 0x31, 0xdb, 0x67, 0xc6, 0x03, 0x01, 0x66, 0x81, 0xc3, 0x00,
                                    0x10, 0x00, 0x00, 0x66, 0x39, 0xcb, 0x72, 0xf0, 0xf4};
#define NEXT_TOUCH 3

#endif
