/* SPDX-License-Identifier: MIT */
/* What a user does to memory that a guest has: unmaps it, moves it, cuts it off, lets it be read only */

#include "rough.h"

/* Memory that the guest has touched stays its own until the slot goes, and whoever gets the addresses has nothing of it. */
void munmap_case(void)
{
    void *memory = (void *)counting(anonymous(PAGE));
    volatile uint32_t *other;

    CHECK(munmap(memory, PAGE) == 0);
    other = mmap(memory, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(other == memory);
    CHECK(follows() ? moves(other) : *other == 0 && rests(other));
    CHECK(set_slot(&guest, 1, 0, 0, NULL) == 0);
    CHECK(set_slot(&guest, 1, DATA, PAGE, memory) == 0);
    CHECK(moves(other));
    guest.vcpus[0].error = 0;
    finish();
}

/* Memory that the guest has not touched is not there when it does. */
void hole_case(void)
{
    uint8_t *memory = anonymous(4 * PAGE);
    struct kvm_regs regs;
    struct vcpu *vcpu;

    make_guest(&guest, system_file());
    CHECK(set_slot(&guest, 1, DATA, 4 * PAGE, memory) == 0);
    CHECK(munmap(memory + PAGE, PAGE) == 0);
    vcpu = make_vcpu(&guest, 0, touch_all, sizeof(touch_all), DATA);
    CHECK(ioctl(vcpu->fd, KVM_GET_REGS, &regs) == 0);
    regs.rcx = 4 * PAGE;
    CHECK(ioctl(vcpu->fd, KVM_SET_REGS, &regs) == 0);
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == -1 && errno == EFAULT);
    CHECK(ioctl(vcpu->fd, KVM_GET_REGS, &regs) == 0 && regs.rbx == PAGE && regs.rip == CODE + NEXT_TOUCH);
    CHECK(mmap(memory + PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
          memory + PAGE);
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == 0 && vcpu->run->exit_reason == KVM_EXIT_HLT);
    for (int i = 0; i < 4; i++)
        CHECK(memory[i * PAGE] == 1);
    close_guest(&guest);
}

void mremap_case(void)
{
    volatile uint32_t *word = counting(anonymous(PAGE));
    volatile uint32_t *moved = mremap((void *)word, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, anonymous(PAGE));

    CHECK(moved != MAP_FAILED && moved != word);
    if (follows())
        CHECK(set_slot(&guest, 1, 0, 0, NULL) == 0 && set_slot(&guest, 1, DATA, PAGE, (void *)moved) == 0);
    guest.vcpus[0].error = 0;
    CHECK(moves(moved));
    *moved = 0;
    CHECK(moves(moved) && *moved < 0x40000000);
    finish();
}

/* A file's pages that are cut off while a guest has them stay the guest's; those that it has not touched are not there. */
void truncate_case(void)
{
    int file = memfd_create("rough", MFD_CLOEXEC);
    volatile uint32_t *word, *seen;

    CHECK(file >= 0 && ftruncate(file, 2 * MIB) == 0);
    word = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    seen = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0);
    CHECK(word != MAP_FAILED && seen != MAP_FAILED);
    counting((void *)word);
    CHECK(moves(seen));
    CHECK(ftruncate(file, 0) == 0 && ftruncate(file, 2 * MIB) == 0);
    CHECK(follows() ? moves(seen) : *seen == 0 && rests(seen));
    guest.vcpus[0].error = 0;
    CHECK(set_slot(&guest, 1, 0, 0, NULL) == 0);
    CHECK(ftruncate(file, 0) == 0);
    CHECK(set_slot(&guest, 1, DATA, PAGE, (void *)word) == 0);
    while (guest.vcpus[0].error == 0)
        usleep(1000);
    CHECK(guest.vcpus[0].error == EFAULT);
    CHECK(ftruncate(file, 2 * MIB) == 0 && moves(seen));
    guest.vcpus[0].error = 0;
    finish();
    close(file);
}

/* A guest that only reads sees what its user writes later, also where there was nothing before. */
void read_only_case(void)
{
    /* next: mov eax, [0]; out 80h, eax; jmp next */
    static const uint8_t show[] = {0x66, 0xa1, 0x00, 0x00, 0x66, 0xe7, 0x80, 0xeb, 0xf7};
    struct kvm_userspace_memory_region region = {.slot = 1, .flags = KVM_MEM_READONLY, .guest_phys_addr = DATA};
    uint32_t *memory = anonymous(PAGE), *constant;
    struct vcpu *vcpu;

    make_guest(&guest, system_file());
    region.memory_size = PAGE;
    region.userspace_addr = (uintptr_t)memory;
    CHECK(ioctl(guest.vm, KVM_SET_USER_MEMORY_REGION, &region) == 0);
    vcpu = make_vcpu(&guest, 0, show, sizeof(show), DATA);
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == 0 && vcpu->run->exit_reason == KVM_EXIT_IO);
    CHECK(*(uint32_t *)((uint8_t *)vcpu->run + vcpu->run->io.data_offset) == 0);
    *memory = 0x12345678;
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == 0 && vcpu->run->exit_reason == KVM_EXIT_IO);
    CHECK(*(uint32_t *)((uint8_t *)vcpu->run + vcpu->run->io.data_offset) == 0x12345678);
    /* Memory that its user cannot write either. */
    constant = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    region.memory_size = 0;
    CHECK(ioctl(guest.vm, KVM_SET_USER_MEMORY_REGION, &region) == 0);
    region.memory_size = PAGE;
    region.userspace_addr = (uintptr_t)constant;
    CHECK(ioctl(guest.vm, KVM_SET_USER_MEMORY_REGION, &region) == 0);
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == 0 && vcpu->run->exit_reason == KVM_EXIT_IO);
    CHECK(*(uint32_t *)((uint8_t *)vcpu->run + vcpu->run->io.data_offset) == 0);
    close_guest(&guest);
}
