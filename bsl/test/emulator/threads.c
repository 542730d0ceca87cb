/* SPDX-License-Identifier: MIT
 *
 * The emulator as machine code, in as many threads as are asked for, on one linear memory: each emulates its own guest, and
 * prints what became of it. Guests have 64 KiB of memory from address 0, and devices everywhere else.
 *
 *     threads COUNT INSTRUCTIONS
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bareflank.h"
#include "emulator-native.h"

#define MOST 8
#define MEMORY_BYTES 0x10000u
#define DEVICE 0xfee00000u
#define RIP 0x1000u
#define STACK 0x8000u
#define LONG_MODE 0xd01u

struct guest {
    struct bf_emulation context;
    unsigned char memory[MEMORY_BYTES];
    unsigned char buffer[64];
    uint64_t random, sum;
    uint32_t place, instructions;
};

/* Each stops at devices, and some of them several times. */
static const unsigned char programs[][4] = {
    {0x48, 0x01, 0x03}, {0xf3, 0xa5}, {0x48, 0x0f, 0xc7, 0x0b}, {0xff, 0x33}, {0xf3, 0xa6}, {0x0f, 0xc1, 0x03},
    {0xf3, 0x6f},       {0xf3, 0x6d}, {0x66, 0xd3, 0x03},       {0x8a, 0x23}, {0xf3, 0xaa}, {0x0f, 0x38, 0xf0, 0x03},
};

static uint64_t next(struct guest *guest)
{
    guest->random ^= guest->random << 13;
    guest->random ^= guest->random >> 7;
    guest->random ^= guest->random << 17;
    return guest->random;
}

u32 guest_readGuest(u64 owner, u64 physical, u64 to, u32 bytes)
{
    struct guest *guest = (struct guest *)owner;

    if (physical >= MEMORY_BYTES)
        return BF_GUEST_DEVICE;
    memcpy((void *)to, guest->memory + physical, bytes);
    return BF_GUEST_DONE;
}

u32 guest_writeGuest(u64 owner, u64 physical, u64 from, u32 bytes)
{
    struct guest *guest = (struct guest *)owner;

    if (physical >= MEMORY_BYTES)
        return BF_GUEST_DEVICE;
    memcpy(guest->memory + physical, (void *)from, bytes);
    return BF_GUEST_DONE;
}

/* An access beyond the module's memory, or what else WebAssembly forbids. */
void module_trap(u32 code)
{
    fprintf(stderr, "trap %u\n", code);
    abort();
}

/* Without paging nobody has page tables. */
u32 guest_exchangeGuest(u64 owner, u64 physical, u32 bytes, u64 expected, u64 value)
{
    (void)owner, (void)physical, (void)bytes, (void)expected, (void)value;
    abort();
}

static void begin(struct guest *guest)
{
    struct bf_emulation *context = &guest->context;
    const unsigned char *program = programs[next(guest) % (sizeof programs / sizeof *programs)];

    for (int i = 0; i < 16; i++)
        context->general[i] = next(guest);
    context->general[1] = next(guest) % 20;
    context->general[3] = DEVICE + next(guest) % 0x2000;
    context->general[4] = STACK;
    context->general[6] = next(guest) % 2 != 0 ? DEVICE : 0x2000;
    context->general[7] = next(guest) % 2 != 0 ? DEVICE + 0x800 : 0x3000;
    context->rip = RIP;
    memcpy(guest->memory + RIP, program, sizeof *programs);
}

static void mix(struct guest *guest, uint64_t value)
{
    guest->sum = (guest->sum ^ value) * 0x9e3779b97f4a7c15u;
    guest->sum ^= guest->sum >> 29;
}

static void *run(void *argument)
{
    struct guest *guest = argument;
    struct bf_emulation *context = &guest->context;

    for (uint32_t i = 0; i < guest->instructions; i++) {
        u32 result;

        begin(guest);
        do {
            result = emulateIn((u64)context, guest->place);
            mix(guest, result);
            mix(guest, context->address);
            if (result == BF_EMULATION_WRITE || result == BF_EMULATION_OUT)
                mix(guest, context->data);
            if (result == BF_EMULATION_READ || result == BF_EMULATION_IN)
                context->data = next(guest);
        } while (result >= BF_EMULATION_READ && result <= BF_EMULATION_OUT);
        for (int j = 0; j < 16; j++)
            mix(guest, context->general[j]);
        mix(guest, context->rip ^ context->rflags);
    }
    return NULL;
}

static struct guest guests[MOST];
static unsigned char linear[EMULATORNATIVE_MEMORY_BYTES] __attribute__((aligned(4096)));

int main(int count, char **arguments)
{
    int threads = count == 3 ? atoi(arguments[1]) : 0;
    pthread_t handles[MOST];

    module_init(linear);
    for (int i = 0; i < MOST; i++) {
        struct guest *guest = &guests[i];

        guest->random = 0x123456789abcdefu * (unsigned)(i + 1);
        guest->place = (u32)i;
        guest->instructions = (uint32_t)atoi(arguments[2]);
        guest->context.owner = (u64)guest;
        guest->context.buffer = (u64)guest->buffer;
        guest->context.buffer_bytes = sizeof guest->buffer;
        guest->context.efer = LONG_MODE;
        guest->context.rflags = 2;
        guest->context.segment_attributes[1] = 0xa9b;
    }
    for (int first = 0; first < MOST; first += threads) {
        for (int i = first; i < first + threads; i++)
            if (pthread_create(&handles[i], NULL, run, &guests[i]) != 0)
                return 1;
        for (int i = first; i < first + threads; i++)
            pthread_join(handles[i], NULL);
    }
    for (int i = 0; i < MOST; i++)
        printf("%016lx\n", guests[i].sum);
    return 0;
}
