// SPDX-License-Identifier: MIT
// Eventfds, a ring and a timer of a guest that runs, which come and go while others signal them

#include <sys/eventfd.h>

#include "rough.h"

#define EVENTS 8
#define ROUNDS 8000
#define PORT 0x80
#define GSIS 16

static int events[EVENTS];
static volatile bool ends;

/* Files that are no eventfds any more, or others by now, are part of it. */
static void *signal_on(void *unused)
{
    uint64_t one = 1;

    for (unsigned int i = 0; !ends; i++) {
        ssize_t written = write(events[i % EVENTS], &one, sizeof(one));

        (void)written;
    }
    return unused;
}

static int change_irqfd(int fd, int end, uint32_t gsi, uint32_t flags)
{
    struct kvm_irqfd irqfd = {.fd = fd, .gsi = gsi, .flags = flags, .resamplefd = end};

    return ioctl(guest.vm, KVM_IRQFD, &irqfd);
}

static int change_ioeventfd(int fd, uint32_t flags)
{
    struct kvm_ioeventfd ioeventfd = {.addr = PORT, .fd = fd, .flags = flags | KVM_IOEVENTFD_FLAG_PIO};

    return ioctl(guest.vm, KVM_IOEVENTFD, &ioeventfd);
}

static void change(int round)
{
    struct kvm_coalesced_mmio_zone zone = {.addr = PORT, .size = 4, .pio = 1};
    struct kvm_pit_state2 state = {.channels = {{.count = 100 + round, .mode = 2, .gate = 1}}};
    int which = round % EVENTS;
    int other = (round / 3) % EVENTS;
    uint32_t gsi = round % GSIS;

    /* Of those that are there, or not: either is refused. */
    change_irqfd(events[which], events[other], gsi, round % 3 == 0 ? KVM_IRQFD_FLAG_RESAMPLE : 0);
    change_irqfd(events[other], 0, gsi, KVM_IRQFD_FLAG_DEASSIGN);
    change_ioeventfd(events[which], 0);
    change_ioeventfd(events[other], KVM_IOEVENTFD_FLAG_DEASSIGN);
    if (round % 5 == 0) {
        int fresh = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

        CHECK(fresh >= 0);
        CHECK(dup2(fresh, events[which]) >= 0);
        close(fresh);
    }
    if (round % 7 == 0) {
        CHECK(ioctl(guest.vm, KVM_REGISTER_COALESCED_MMIO, &zone) == 0);
        CHECK(ioctl(guest.vm, KVM_SET_PIT2, &state) == 0);
        CHECK(ioctl(guest.vm, KVM_UNREGISTER_COALESCED_MMIO, &zone) == 0);
    }
}

/* The machine ends while its eventfds are signalled, and its timer ticks. */
void events_case(void)
{
    struct kvm_pit_config config = {.flags = KVM_PIT_SPEAKER_DUMMY};
    pthread_t signaller;

    for (int i = 0; i < EVENTS; i++) {
        events[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        CHECK(events[i] >= 0);
    }
    ends = false;
    CHECK(pthread_create(&signaller, NULL, signal_on, NULL) == 0);
    for (int machine = 0; machine < 4; machine++) {
        int vm = ioctl(system_file(), KVM_CREATE_VM, 0);

        CHECK(vm >= 0 && ioctl(vm, KVM_CREATE_IRQCHIP, 0) == 0 && ioctl(vm, KVM_CREATE_PIT2, &config) == 0);
        fill_guest(&guest, vm);
        start(make_vcpu(&guest, 0, write_on, sizeof(write_on), DATA), run_on);
        for (int round = 0; round < ROUNDS / 4; round++)
            change(round);
        for (int i = 0; i < EVENTS; i++)
            change_irqfd(events[i], 0, i, 0);
        finish();
    }
    ends = true;
    pthread_join(signaller, NULL);
    for (int i = 0; i < EVENTS; i++)
        close(events[i]);
}
