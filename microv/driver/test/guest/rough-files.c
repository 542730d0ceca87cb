/* SPDX-License-Identifier: MIT */
/* A guest's files in other processes: by a fork, by exec, and behind the end of the one whose memory the guest has */

#include "rough.h"

static void refuses(int vm, int vcpu)
{
    struct kvm_regs regs;

    CHECK(ioctl(vm, KVM_CREATE_VCPU, 5) == -1 && errno == EIO);
    CHECK(ioctl(vcpu, KVM_RUN, 0) == -1 && errno == EIO);
    CHECK(ioctl(vcpu, KVM_GET_REGS, &regs) == -1 && errno == EIO);
}

/* Who has a guest's files by a fork has not its guest; the guest's memory stays the parent's. */
void fork_case(void)
{
    volatile uint32_t *word = counting(anonymous(PAGE));
    pid_t child = fork();

    if (child == 0) {
        refuses(guest.vm, guest.vcpus[0].fd);
        CHECK(rests(word));
        *word = 0xdead0000;
        CHECK(rests(word));
        _exit(0);
    }
    wait_for(child);
    CHECK(*word < 0xdead0000 && moves(word));
    *word = 0;
    CHECK(moves(word) && *word < 0x40000000);
    finish();
}

/* The child's files outlive the process whose memory the guest has. */
void orphan_case(void)
{
    int ends[2];
    char word = 0;
    pid_t parent;

    CHECK(pipe(ends) == 0);
    parent = fork();
    if (parent == 0) {
        pid_t self = getpid();

        counting(anonymous(PAGE));
        if (fork() != 0)
            _exit(0);
        while (getppid() == self)
            usleep(1000);
        refuses(guest.vm, guest.vcpus[0].fd);
        CHECK(write(ends[1], "x", 1) == 1);
        _exit(0);
    }
    close(ends[1]);
    wait_for(parent);
    CHECK(read(ends[0], &word, 1) == 1 && word == 'x');
    /* The end of the last one that had the files. */
    CHECK(read(ends[0], &word, 1) == 0);
}

void after_exec(char **files)
{
    int vm = atoi(files[0]), vcpu = atoi(files[1]);

    refuses(vm, vcpu);
    CHECK(close(vcpu) == 0 && close(vm) == 0);
}

void exec_case(void)
{
    pid_t child = fork();

    if (child == 0) {
        char files[2][12];

        counting(anonymous(PAGE));
        fcntl(guest.vm, F_SETFD, 0);
        fcntl(guest.vcpus[0].fd, F_SETFD, 0);
        snprintf(files[0], sizeof(files[0]), "%d", guest.vm);
        snprintf(files[1], sizeof(files[1]), "%d", guest.vcpus[0].fd);
        execl("/proc/self/exe", "rough", "after-exec", files[0], files[1], NULL);
        _exit(1);
    }
    wait_for(child);
}
