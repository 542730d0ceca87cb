/* SPDX-License-Identifier: MIT */
/*
 * What a rough user does to guests while they run.
 *
 * Usage: rough CASE ...   one of the cases at the end of this file, for each: "ok CASE", or what did not hold, and 1
 *        rough live       guests of each kind, until somebody ends them; says "up" when they run
 *        rough churn      makes, runs and closes guests, until somebody ends it; says "up"
 */

#include "rough.h"

struct guest guest;

/* Whether a guest follows what its user does to the memory that it has touched already. */
bool follows(void)
{
    return ioctl(guest.vm, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_MMU) > 0;
}

/* A guest with one processor that counts in a page of memory. */
volatile uint32_t *counting(void *memory)
{
    make_guest(&guest, system_file());
    CHECK(set_slot(&guest, 1, DATA, PAGE, memory) == 0);
    start(make_vcpu(&guest, 0, count_on, sizeof(count_on), DATA), run_on);
    CHECK(moves(memory));
    return memory;
}

void finish(void)
{
    end(&guest.vcpus[0]);
    CHECK(guest.vcpus[0].error == 0);
    close_guest(&guest);
}

void wait_for(pid_t child)
{
    int status;

    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"fork", fork_case},         {"orphan", orphan_case},   {"exec", exec_case},           {"munmap", munmap_case},
    {"hole", hole_case},         {"mremap", mremap_case},   {"truncate", truncate_case},   {"read-only", read_only_case},
    {"hugetlb", hugetlb_case},   {"slots", slots_case},     {"contention", contention_case},
    {"moving", moving_case},     {"limit", limit_case},     {"events", events_case},
};

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "after-exec") == 0) {
        after_exec(argv + 2);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "live") == 0)
        live();
    if (argc == 2 && strcmp(argv[1], "churn") == 0)
        churn();
    for (int i = 1; i < argc; i++) {
        size_t found = 0;

        while (found < sizeof(cases) / sizeof(cases[0]) && strcmp(cases[found].name, argv[i]) != 0)
            found++;
        CHECK(found < sizeof(cases) / sizeof(cases[0]));
        /* A process of its own: what one leaves behind is none of the next one's. */
        pid_t child = fork();
        if (child == 0) {
            cases[found].run();
            _exit(0);
        }
        wait_for(child);
        printf("ok %s\n", argv[i]);
        fflush(stdout);
    }
    return 0;
}
