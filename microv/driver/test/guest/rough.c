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

<<<<<<< Updated upstream
=======
static void refuses(int vm, int vcpu)
{
    struct kvm_regs regs;

    CHECK(ioctl(vm, KVM_CREATE_VCPU, 5) == -1 && errno == EIO);
    CHECK(ioctl(vcpu, KVM_RUN, 0) == -1 && errno == EIO);
    CHECK(ioctl(vcpu, KVM_GET_REGS, &regs) == -1 && errno == EIO);
}

/* Who has a guest's files by a fork has not its guest; the guest's memory stays the parent's. */
static void fork_case(void)
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
static void orphan_case(void)
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

static void after_exec(char **files)
{
    int vm = atoi(files[0]), vcpu = atoi(files[1]);

    refuses(vm, vcpu);
    CHECK(close(vcpu) == 0 && close(vm) == 0);
}

static void exec_case(void)
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

/* Memory that the guest has touched stays its own until the slot goes, and whoever gets the addresses has nothing of it. */
static void munmap_case(void)
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
static void hole_case(void)
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

static void mremap_case(void)
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
static void truncate_case(void)
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
static void read_only_case(void)
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
static void hugetlb_case(void)
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
static void limit_case(void)
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

#define WORKERS 4

/* Slots come, move and go under processors that use them: what a slot had is nobody's any more when the call is back. */
static void slots_case(void)
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

static void contention_case(void)
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
static void moving_case(void)
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

static void up(void)
{
    puts("up");
    fflush(stdout);
}

/* A guest of each kind at once: one loops, one writes to a port, one counts, one touches more and more memory, and slots change. */
static void live(void)
{
    uint8_t *memory = anonymous(32 * MIB);
    struct kvm_regs regs;
    struct vcpu *vcpu;

    make_guest(&guest, system_file());
    CHECK(set_slot(&guest, 1, DATA, 32 * MIB, memory) == 0);
    /* Bochs holds the host's interrupts back while such a guest runs: all of the machine would stand still. */
    if (getenv("BAREFLANK_KVM_IN") == NULL)
        start(make_vcpu(&guest, 0, stand_still, sizeof(stand_still), DATA), run_on);
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

static void churn(void)
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

>>>>>>> Stashed changes
static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"fork", fork_case},         {"orphan", orphan_case},   {"exec", exec_case},           {"munmap", munmap_case},
    {"hole", hole_case},         {"mremap", mremap_case},   {"truncate", truncate_case},   {"read-only", read_only_case},
    {"hugetlb", hugetlb_case},   {"slots", slots_case},     {"contention", contention_case},
    {"moving", moving_case},     {"limit", limit_case},
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
