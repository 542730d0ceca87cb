/* SPDX-License-Identifier: MIT */
/* Slots that come, move and go while processors use them */

#include "rough.h"

#define WORKERS 4

/* Slots come, move and go under processors that use them: what a slot had is nobody's any more when the call is back. */
void slots_case(void)
{
    volatile uint32_t *words[WORKERS];

    make_guest(&guest, system_file());
    for (int i = 0; i < WORKERS; i++) {
        uint64_t address = (i + 1) * DATA;

        words[i] = anonymous(PAGE);
        CHECK(set_slot(&guest, i + 1, address, PAGE, (void *)words[i]) == 0);
        start(make_vcpu(&guest, i, count_on, sizeof(count_on), address), run_on);
    }
    for (int round = 0; round < 100; round++) {
        int i = round % WORKERS;
        uint64_t address = (i + 1) * DATA;
        volatile uint32_t *old = words[i];

        CHECK(moves(old));
        CHECK(set_slot(&guest, i + 1, address, 0, NULL) == 0);
        CHECK(rests(old));
        words[i] = anonymous(PAGE);
        CHECK(set_slot(&guest, i + 1, address + 64 * DATA, PAGE, (void *)words[i]) == 0);
        CHECK(rests(words[i]));
        CHECK(set_slot(&guest, i + 1, address, PAGE, (void *)words[i]) == 0);
        CHECK(moves(words[i]));
        CHECK(*old != 0 && rests(old));
        munmap((void *)old, PAGE);
    }
    for (int i = 0; i < WORKERS; i++) {
        end(&guest.vcpus[i]);
        CHECK(guest.vcpus[i].error == 0);
    }
    close_guest(&guest);
}

/* Threads change slots at once that overlap: one of them at a time has it. */
static void *change_slots(void *argument)
{
    uint32_t slot = (uintptr_t)argument;
    void *memory = anonymous(4 * MIB);

    for (int i = 0; i < 200; i++) {
        int result = set_slot(&guest, slot, 16 * DATA, 4 * MIB, memory);

        CHECK(result == 0 || errno == EEXIST);
        if (result == 0)
            CHECK(set_slot(&guest, slot, 0, 0, NULL) == 0);
    }
    munmap(memory, 4 * MIB);
    return NULL;
}

void contention_case(void)
{
    pthread_t threads[3];

    volatile uint32_t *word = counting(anonymous(PAGE));

    for (uintptr_t i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, change_slots, (void *)(i + 2)) == 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    CHECK(moves(word));
    finish();
}
