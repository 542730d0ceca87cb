/* SPDX-License-Identifier: MIT */
/* Memory that there is not without limit: large pages, and what a user may lock */

#include "rough.h"

static long meminfo(const char *name)
{
    char line[128];
    long value = -1;
    FILE *file = fopen("/proc/meminfo", "r");

    while (fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            value = atol(line + strlen(name));
    fclose(file);
    return value;
}

/* Large pages, private ones and those of a file; the machine has set some aside. */
void hugetlb_case(void)
{
    long before = meminfo("HugePages_Free:");
    int file = memfd_create("rough", MFD_CLOEXEC | MFD_HUGETLB);

    CHECK(before >= 2 && file >= 0 && ftruncate(file, 2 * MIB) == 0);
    for (int i = 0; i < 2; i++) {
        int flags = i == 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB : MAP_SHARED;
        uint32_t *memory = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, flags, i == 0 ? -1 : file, 0);

        CHECK(memory != MAP_FAILED);
        counting(memory);
        finish();
        CHECK(memory[0] != 0 && munmap(memory, 2 * MIB) == 0);
    }
    close(file);
    CHECK(meminfo("HugePages_Free:") == before);
}

static long locked_kib(void)
{
    char line[128];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");

    while (fgets(line, sizeof(line), file))
        sscanf(line, "VmLck: %ld", &value);
    fclose(file);
    return value;
}

static void limit_locked(uint64_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = 64 * MIB};

    CHECK(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
}

/* A user may lock so much memory and no more; the guest waits for more meanwhile, and nothing is lost. */
void limit_case(void)
{
    struct kvm_regs regs;
    struct vcpu *vcpu;
    int system = system_file(), result;

    limit_locked(1 * MIB);
    CHECK(setresuid(65534, 65534, 65534) == 0);
    make_guest(&guest, system);
    CHECK(set_slot(&guest, 1, DATA, 8 * MIB, anonymous(8 * MIB)) == 0);
    vcpu = make_vcpu(&guest, 0, touch_all, sizeof(touch_all), DATA);
    CHECK(ioctl(vcpu->fd, KVM_GET_REGS, &regs) == 0);
    regs.rcx = 8 * MIB;
    CHECK(ioctl(vcpu->fd, KVM_SET_REGS, &regs) == 0);
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == -1 && errno == ENOMEM);
    CHECK(locked_kib() == 1024);
    CHECK(ioctl(vcpu->fd, KVM_RUN, 0) == -1 && errno == ENOMEM);
    CHECK(locked_kib() == 1024);
    limit_locked(32 * MIB);
    result = ioctl(vcpu->fd, KVM_RUN, 0);
    CHECK(result == 0 && vcpu->run->exit_reason == KVM_EXIT_HLT);
    CHECK(locked_kib() >= 8 * 1024);
    CHECK(set_slot(&guest, 1, 0, 0, NULL) == 0);
    CHECK(locked_kib() <= 64);
    close_guest(&guest);
    CHECK(locked_kib() == 0);
}
