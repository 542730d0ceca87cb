/* SPDX-License-Identifier: MIT */
/* Registers of guests whose processors move from one of the machine's to the next */

#include "rough.h"

#define ROUNDS 20000

/* fninit; fld1; fldz; mov ecx, ROUNDS; next: fadd st0, st1; dec ecx; jnz next; fistp dword [0]; mov eax, [0]; out f4h, eax; jmp 0 */
static const uint8_t add_up[] = {0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xee, 0x66, 0xb9, ROUNDS & 255, ROUNDS >> 8, 0x00, 0x00,
                                 0xd8, 0xc1, 0x66, 0x49, 0x75, 0xfa, 0xdb, 0x1e, 0x00, 0x00, 0x66, 0xa1, 0x00, 0x00,
                                 0x66, 0xe7, 0xf4, 0xeb, 0xe1};

/* KVM_RUN with a pattern in a vector register and on the x87 stack: whether both are there afterwards. */
static bool keeps_registers(int file, long *result, uint64_t pattern)
{
    uint64_t vector[2] = {pattern, ~pattern}, after[2] = {0, 0};
    int64_t number = pattern >> 8, number_after = 0;

    asm volatile("fildq %[number]\n"
                 "movdqu %[vector], %%xmm5\n"
                 "syscall\n"
                 "movdqu %%xmm5, %[after]\n"
                 "fistpq %[number_after]\n"
                 : "=a"(*result), [after] "=m"(after), [number_after] "=m"(number_after)
                 : "0"(16L), "D"((long)file), "S"((long)KVM_RUN), "d"(0L), [vector] "m"(vector), [number] "m"(number)
                 : "rcx", "r11", "memory", "xmm5", "st");
    return after[0] == vector[0] && after[1] == vector[1] && number_after == number;
}

static void *add_on(void *argument)
{
    struct vcpu *vcpu = argument;
    uint64_t pattern = 0x123456789abcdefUL ^ (uintptr_t)vcpu;

    while (!vcpu->ends) {
        long result;

        CHECK(keeps_registers(vcpu->fd, &result, pattern));
        pattern = pattern * 6364136223846793005UL + 1;
        CHECK(result == 0 || result == -EINTR || result == -EAGAIN);
        if (result != 0)
            continue;
        CHECK(vcpu->run->exit_reason == KVM_EXIT_IO && vcpu->run->io.port == 0xf4);
        CHECK(*(uint32_t *)((uint8_t *)vcpu->run + vcpu->run->io.data_offset) == ROUNDS);
        vcpu->exits++;
    }
    return NULL;
}

/* Two guests with more processors than the machine has, whose threads are sent from one to the next. */
void moving_case(void)
{
    static struct guest second;
    struct guest *guests[2] = {&guest, &second};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int system = system_file();

    for (int g = 0; g < 2; g++) {
        make_guest(guests[g], system);
        CHECK(set_slot(guests[g], 1, DATA, 16 * PAGE, anonymous(16 * PAGE)) == 0);
        for (int i = 0; i < processors + 1; i++)
            start(make_vcpu(guests[g], i, add_up, sizeof(add_up), DATA + i * PAGE), add_on);
    }
    for (int round = 0; round < 300; round++) {
        struct vcpu *vcpu = &guests[round % 2]->vcpus[round / 2 % (processors + 1)];
        cpu_set_t set;

        CPU_ZERO(&set);
        CPU_SET((round * 7 + round / 5) % processors, &set);
        CHECK(pthread_setaffinity_np(vcpu->thread, sizeof(set), &set) == 0);
        usleep(2000);
    }
    for (int g = 0; g < 2; g++) {
        for (int i = 0; i < processors + 1; i++) {
            struct vcpu *vcpu = &guests[g]->vcpus[i];

            for (int wait = 0; wait < 30000 && vcpu->exits == 0; wait++)
                usleep(1000);
            CHECK(vcpu->exits != 0);
            end(vcpu);
        }
        close_guest(guests[g]);
    }
    close(system);
}
