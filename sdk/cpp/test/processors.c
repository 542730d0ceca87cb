// SPDX-License-Identifier: MIT
// Runs an extension's image as a program for Linux, its processors being threads: what needs no VM can be tried without an emulator
//
// Usage: processors IMAGE PROCESSORS EXITS PAGES
//
// Calls _start, on each processor bootstrap, and vmexit with 0, 1, … for a reason, until it was called so often on each or it says
// stop; then once more with -1. An exception ends a callback and calls fail. Its heap has so many pages at most. It prints what the
// extension writes, in whole lines, and how each processor ended.
//
// The extension's FS is not libc's: each time that Linux takes over, by a signal, FS is exchanged. A call of the microkernel's is
// none of Linux's, which raises SIGSYS for calls from where the image is (syscall user dispatch).

#define _GNU_SOURCE

#include <elf.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <asm/prctl.h>
#include <bareflank.h>

#define PAGE 4096ull
#define MOST_PROCESSORS 8
#define HEAP (BF_EXT_MEMORY_BASE + 0x10000)
/* prctl's PR_SET_SYSCALL_USER_DISPATCH; this program lies below 4 GiB. */
#define SET_DISPATCH 59
#define OWN_END 0x100000000ull

enum { ENDED_RUN = 1, ENDED_ADVANCE, ENDED_STOP, ENDED_WAIT, ENDED_EXIT, ENDED_FAULT };
static const char *const endings[] = {"", "run", "advance", "stop", "wait", "exit", "fault"};

static struct processor {
    uint64_t own_fs, fs;
    sigjmp_buf after;
    bool in_fail;
    uint64_t number;
} processors[MOST_PROCESSORS];

static uint64_t bootstrap, vmexit, fail, online, exits, pages, most_pages, begin_pages;
static uint64_t tls_bytes, tls_file_bytes;
static const uint8_t *tls;
static pthread_barrier_t everybody;
static pthread_mutex_t growing = PTHREAD_MUTEX_INITIALIZER;

static void fail_with(const char *words)
{
    perror(words);
    exit(2);
}

static void map(uint64_t address, uint64_t bytes, int protection)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    if (mmap((void *)address, bytes, protection, flags, -1, 0) == MAP_FAILED)
        fail_with("mmap");
}

/* Pages of linear memory that the image begins with, as a note of Bareflank's says: its name has 12 bytes. */
static uint64_t first_pages(const uint8_t *note, const uint8_t *end)
{
    for (uint32_t size; note < end; note += 12 + size) {
        const uint32_t *head = (const uint32_t *)note;
        size = ((head[0] + 3) & -4u) + ((head[1] + 3) & -4u);
        if (head[0] == sizeof "Bareflank" && head[2] == BF_NOTE_EXTENSION_MEMORY)
            return ((const struct bf_extension_memory *)(note + 24))->initial_pages;
    }
    return 1;
}

/* Segments of the image, and its template of thread-local storage. */
static uint64_t load(const char *path)
{
    FILE *file = fopen(path, "r");
    static uint8_t bytes[8 << 20];
    if (file == NULL || fread(bytes, 1, sizeof(bytes), file) == 0)
        fail_with(path);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)bytes;
    const Elf64_Phdr *segment = (const Elf64_Phdr *)(bytes + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++, segment++) {
        const uint8_t *content = bytes + segment->p_offset;
        if (segment->p_type == PT_NOTE)
            begin_pages = first_pages(content, content + segment->p_filesz);
        if (segment->p_type == PT_TLS) {
            tls = bytes + segment->p_offset;
            tls_file_bytes = segment->p_filesz;
            tls_bytes = (segment->p_memsz + segment->p_align - 1) & -segment->p_align;
        }
        if (segment->p_type != PT_LOAD || segment->p_memsz == 0)
            continue;
        uint64_t length = (segment->p_memsz + PAGE - 1) & -PAGE;
        map(segment->p_vaddr, length, PROT_READ | PROT_WRITE);
        memcpy((void *)segment->p_vaddr, bytes + segment->p_offset, segment->p_filesz);
        int protection = PROT_READ;
        protection |= segment->p_flags & PF_W ? PROT_WRITE : 0;
        protection |= segment->p_flags & PF_X ? PROT_EXEC : 0;
        mprotect((void *)segment->p_vaddr, length, protection);
    }
    return header->e_entry;
}

static uint64_t grow(uint64_t wanted)
{
    pthread_mutex_lock(&growing);
    if (wanted <= most_pages && wanted > pages) {
        mprotect((void *)HEAP, wanted * PAGE, PROT_READ | PROT_WRITE);
        pages = wanted;
    }
    uint64_t result = wanted <= most_pages ? pages : 0;
    pthread_mutex_unlock(&growing);
    return result;
}

static inline struct processor *own_processor(void)
{
    struct processor *own;
    __asm__ volatile("rdgsbase %0" : "=r"(own));
    return own;
}

static inline void set_fs(uint64_t base) { __asm__ volatile("wrfsbase %0" : : "r"(base) : "memory"); }

static void end(struct processor *own, int ending) { siglongjmp(own->after, ending); }

static void on_call(struct processor *own, greg_t *registers)
{
    registers[REG_RAX] &= 0xffffffffffff;
    uint64_t call = registers[REG_RAX], first = registers[REG_RDI], second = registers[REG_RSI];
    registers[REG_RAX] = BF_STATUS_SUCCESS;
    switch (call) {
    case BF_SYSCALL_HANDLE_OPEN: registers[REG_RDI] = 1; return;
    case BF_SYSCALL_CALLBACK_REGISTER_BOOTSTRAP: bootstrap = second; return;
    case BF_SYSCALL_CALLBACK_REGISTER_VMEXIT: vmexit = second; return;
    case BF_SYSCALL_CALLBACK_REGISTER_FAIL: fail = second; return;
    case BF_SYSCALL_DEBUG_WRITE_STR:
        if (write(1, (const void *)first, second) != (ssize_t)second)
            abort();
        return;
    case BF_SYSCALL_MEMORY_GROW:
        registers[REG_RDI] = grow(second);
        if (registers[REG_RDI] == 0)
            registers[REG_RAX] = BF_STATUS_FAILURE_UNKNOWN;
        return;
    case BF_SYSCALL_VS_RUN_CURRENT: end(own, ENDED_RUN); return;
    case BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT: end(own, ENDED_ADVANCE); return;
    case BF_SYSCALL_VS_PROMOTE: end(own, ENDED_STOP); return;
    case BF_SYSCALL_CONTROL_WAIT: end(own, ENDED_WAIT); return;
    case BF_SYSCALL_CONTROL_EXIT: end(own, ENDED_EXIT); return;
    default: registers[REG_RAX] = BF_STATUS_FAILURE_UNKNOWN;
    }
}

static int vector_of(int signal) { return signal == SIGTRAP ? 3 : signal == SIGILL ? 6 : signal == SIGFPE ? 0 : 14; }

static void on_signal(int signal, siginfo_t *information, void *context)
{
    struct processor *own = own_processor();
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    set_fs(own->own_fs);
    if (signal == SIGSYS) {
        on_call(own, registers);
    } else {
        char line[64];
        int length = snprintf(line, sizeof(line), "PP %lu: vector %d\n", own->number, vector_of(signal));
        if (write(1, line, length) != length || own->in_fail || fail == 0)
            end(own, ENDED_FAULT);
        own->in_fail = true;
        registers[REG_RDI] = vector_of(signal);
        registers[REG_RSI] = (greg_t)information->si_addr;
        registers[REG_RSP] = BF_EXT_FAIL_STACK_BASE + own->number * BF_EXT_STACK_STRIDE + BF_EXT_STACK_BYTES;
        registers[REG_RIP] = fail;
    }
    set_fs(own->fs);
}

/* Enters the extension on an empty stack; how the callback ended. */
static int enter(struct processor *own, uint64_t address, uint64_t first, uint64_t second)
{
    uint64_t stack = BF_EXT_STACK_BASE + own->number * BF_EXT_STACK_STRIDE + BF_EXT_STACK_BYTES;
    int ending = sigsetjmp(own->after, 1);
    if (ending != 0) {
        own->in_fail = false;
        return ending;
    }
    set_fs(own->fs);
    __asm__ volatile("mov %0, %%rsp; jmp *%1" : : "r"(stack), "r"(address), "D"(first), "S"(second) : "memory");
    __builtin_unreachable();
}

/* Signals, FS, stacks and thread-local storage of a processor. */
static void begin(struct processor *own)
{
    uint64_t data = BF_EXT_TLS_BASE + own->number * BF_EXT_TLS_STRIDE;
    map(data, BF_EXT_TLS_BYTES, PROT_READ | PROT_WRITE);
    map(BF_EXT_STACK_BASE + own->number * BF_EXT_STACK_STRIDE, BF_EXT_STACK_BYTES, PROT_READ | PROT_WRITE);
    map(BF_EXT_FAIL_STACK_BASE + own->number * BF_EXT_STACK_STRIDE, BF_EXT_STACK_BYTES, PROT_READ | PROT_WRITE);
    own->fs = data + PAGE;
    memcpy((void *)(own->fs - tls_bytes), tls, tls_file_bytes);
    struct bf_tcb *block = (struct bf_tcb *)own->fs;
    block->self = own->fs;
    block->ppid = own->number;
    block->online_pps = online;
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    __asm__ volatile("rdfsbase %0" : "=r"(own->own_fs));
    __asm__ volatile("wrgsbase %0" : : "r"(own));
    static const char is_taken = 1;
    if (sigaltstack(&stack, NULL) != 0 || prctl(SET_DISPATCH, 1, 0, OWN_END, &is_taken) != 0)
        fail_with("prctl");
}

static void print_ending(struct processor *own, const char *callback, int ending)
{
    printf("end of %s on %lu: %s\n", callback, own->number, endings[ending]);
    fflush(stdout);
}

static void *run(void *argument)
{
    struct processor *own = argument;
    if (own->number != 0)
        begin(own);
    pthread_barrier_wait(&everybody);
    int ending = enter(own, bootstrap, own->number, 0);
    pthread_barrier_wait(&everybody);
    if (ending != ENDED_RUN) {
        print_ending(own, "bootstrap", ending);
        return NULL;
    }
    for (uint64_t reason = 0; reason < exits && (ending == ENDED_RUN || ending == ENDED_ADVANCE); reason++)
        ending = enter(own, vmexit, 0, reason);
    pthread_barrier_wait(&everybody);
    if (ending == ENDED_RUN || ending == ENDED_ADVANCE)
        ending = enter(own, vmexit, 0, -1ull);
    print_ending(own, "vmexit", ending);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    pthread_t threads[MOST_PROCESSORS];
    if (argc != 5)
        return 2;
    online = strtoull(argv[2], NULL, 10);
    exits = strtoull(argv[3], NULL, 10);
    most_pages = strtoull(argv[4], NULL, 10);
    uint64_t entry = load(argv[1]);
    map(HEAP, most_pages * PAGE, PROT_NONE);
    grow(begin_pages);
    static const int signals[] = {SIGSYS, SIGTRAP, SIGSEGV, SIGILL, SIGBUS, SIGFPE};
    for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        sigaction(signals[i], &action, NULL);
    for (uint64_t i = 0; i < online; i++)
        processors[i].number = i;
    begin(&processors[0]);
    int ending = enter(&processors[0], entry, 6, 0);
    if (ending != ENDED_WAIT) {
        print_ending(&processors[0], "_start", ending);
        return 0;
    }
    pthread_barrier_init(&everybody, NULL, online);
    for (uint64_t i = 1; i < online; i++)
        pthread_create(&threads[i], NULL, run, &processors[i]);
    run(&processors[0]);
    for (uint64_t i = 1; i < online; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
