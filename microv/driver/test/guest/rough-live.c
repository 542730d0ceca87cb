/* SPDX-License-Identifier: MIT */
/* Guests that go on until somebody ends them */

#include "rough.h"

static void up(void)
{
    puts("up");
    fflush(stdout);
}

/* A guest of each kind at once: one loops, one writes to a port, one counts, one touches more and more memory, and slots change. */
void live(void)
{
    uint8_t *memory = anonymous(32 * MIB);
    /* Without its CLI where that would stop the machine. */
    int skipped = first_flags() == 2 ? 0 : 1;
    struct kvm_regs regs;
    struct vcpu *vcpu;

    make_guest(&guest, system_file());
    CHECK(set_slot(&guest, 1, DATA, 32 * MIB, memory) == 0);
    start(make_vcpu(&guest, 0, stand_still + skipped, sizeof(stand_still) - skipped, DATA), run_on);
    start(make_vcpu(&guest, 1, write_on, sizeof(write_on), DATA), run_on);
    start(make_vcpu(&guest, 2, count_on, sizeof(count_on), DATA), run_on);
    CHECK(moves((uint32_t *)memory));
    up();
    vcpu = make_vcpu(&guest, 3, touch_all, sizeof(touch_all), DATA);
    for (;;) {
        CHECK(ioctl(vcpu->fd, KVM_GET_REGS, &regs) == 0);
        regs.rip = CODE + 3 * PAGE;
        regs.rcx = 32 * MIB;
        CHECK(ioctl(vcpu->fd, KVM_SET_REGS, &regs) == 0);
        CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == 0);
        CHECK(set_slot(&guest, 1, 0, 0, NULL) == 0);
        CHECK(set_slot(&guest, 1, DATA, 32 * MIB, memory) == 0);
    }
}

void churn(void)
{
    int system = system_file();

    for (bool first = true;; first = false) {
        int vm = ioctl(system, KVM_CREATE_VM, 0);

        /* Whoever stops MicroV may do so between two guests. */
        if (vm < 0) {
            CHECK(errno == ENODEV || errno == ENOMEM);
            usleep(1000);
            continue;
        }
        fill_guest(&guest, vm);
        CHECK(ioctl(make_vcpu(&guest, 0, write_on, sizeof(write_on), 0)->fd, KVM_RUN, 0) == 0);
        close_guest(&guest);
        if (first)
            up();
    }
}
