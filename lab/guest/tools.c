/* SPDX-License-Identifier: MIT */
/*
 * What an extension's author wants to poke at from Linux: ports, MSRs, physical memory, interrupts, IPIs. One program,
 * whose name says which; each one's words are in `tools` below. Results go to stdout, as hexadecimal numbers.
 *
 * Exit codes: 0 done, 1 the machine or Linux did not do it, 2 wrong usage.
 */

#define _GNU_SOURCE
#include "../probe/tools.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#define MODULE "/usr/lib/bareflank/tools.ko"
#define DEVICE "/dev/bftools"

static const struct tool {
    const char *name, *usage;
} tools[] = {
    {"bf-port",
     "Usage: bf-port read PORT [--bytes 1|2|4] [--cpu N]\n"
     "       bf-port write PORT VALUE [--bytes 1|2|4] [--cpu N]\n\n"
     "IN or OUT, executed by this program on processor N (0).\n"
     "The module that the other tools load gives /dev/port, too: dd if=/dev/port bs=1 skip=112 count=1\n\n"
     "  bf-port read 0x64\n  bf-port write 0x80 0xaa\n"},
    {"bf-msr",
     "Usage: bf-msr read MSR [--cpu N]\n"
     "       bf-msr write MSR VALUE [--cpu N]\n\n"
     "RDMSR or WRMSR, executed by Linux's kernel on processor N (0).\n\n"
     "  bf-msr read 0xc0000082 --cpu 1\n"},
    {"bf-memory",
     "Usage: bf-memory read ADDRESS [--bytes 1|2|4|8] [--count N]\n"
     "       bf-memory write ADDRESS VALUE [--bytes 1|2|4|8]\n\n"
     "Physical memory, RAM or not, 4 bytes by one instruction unless --bytes says otherwise. An address is a multiple\n"
     "of the bytes. What is no RAM is read and written uncached, as a device. With --count, N values, one a line.\n\n"
     "  bf-memory read 0xfee00030\n  bf-memory read 0x100000 --bytes 8 --count 4\n"},
    {"bf-interrupt",
     "Usage: bf-interrupt send VECTOR [--cpu N]      an IPI to processor N (0); vector 2 is an NMI\n"
     "       bf-interrupt line LINE                  the vector that Linux has for it, and the processor: 0x22 0\n"
     "       bf-interrupt trigger LINE               as if the device of an edge-triggered line had raised it\n"
     "       bf-interrupt wait LINE [--seconds S]    is the line's driver until it is raised (10); prints how often\n\n"
     "A line has a vector from when a driver has asked for it. /proc/interrupts lists lines, and counts.\n\n"
     "  bf-interrupt wait 7 & sleep 1; bf-interrupt line 7; bf-interrupt trigger 7; wait\n"},
    {"bf-ipi",
     "Usage: bf-ipi [--count N] [--cpu C]\n\n"
     "Every processor interrupts every other one N (1000) times, all at once, each IPI answered before the next; with\n"
     "--cpu only processor C sends. Prints: count=IPIS tsc=CYCLES.\n\n"
     "  bf-ipi --count 100000\n"},
};

static const struct tool *tool;

static int is(const char *name) { return strcmp(tool->name, name) == 0; }

/* What was asked for, in words, for messages. */
static char what[96];

__attribute__((noreturn, format(printf, 2, 3))) static void end(int code, const char *format, ...)
{
    va_list values;
    __builtin_va_start(values, format);
    fprintf(stderr, "%s: ", tool->name);
    vfprintf(stderr, format, values);
    fprintf(stderr, "\n");
    exit(code);
}

static void wrong(const char *word, const char *wanted)
{
    end(2, "%s: %s. See %s --help.", word, wanted, tool->name);
}

static uint64_t number(const char *word, uint64_t most)
{
    char *rest;
    errno = 0;
    uint64_t value = word == NULL ? 0 : strtoull(word, &rest, 0);
    if (word == NULL)
        wrong("a number is missing", "decimal, or hexadecimal with 0x");
    if (errno != 0 || *rest != 0 || rest == word || *word == '-' || value > most) {
        char wanted[64];
        snprintf(wanted, sizeof(wanted), "a number up to 0x%llx is wanted", (unsigned long long)most);
        wrong(word, wanted);
    }
    return value;
}

static void pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0)
        end(1, "there is no processor %d, or it is offline: see /sys/devices/system/cpu/online", cpu);
}

static const char *reason(unsigned long command)
{
    switch (errno) {
    case EIO:
        return "a general protection fault: the processor has no such MSR, not such a value, or the hypervisor refuses it";
    case EFAULT:
        return "a page fault: Linux or the hypervisor does not let it be accessed so";
    case ENODEV:
    case ENXIO:
        return command == BF_LINE ? "no driver has asked for it, so it has no vector: try bf-interrupt wait LINE"
                                  : "there is no such processor, or it is offline: see /sys/devices/system/cpu/online";
    case EBUSY:
        return command == BF_WAIT ? "another driver has it: see /proc/interrupts" : "Linux maps it otherwise, and does not share it";
    case ETIME:
        return "not in time";
    case EINVAL:
        switch (command) {
        case BF_SEND:
            return "a vector is 32 to 255, or 2 for an NMI";
        case BF_TRIGGER:
            return "no driver has it, or its interrupts are levels, which only a device can raise: see /proc/interrupts";
        case BF_WAIT:
            return "Linux has no such line: see /proc/interrupts";
        default:
            return "an address is a multiple of the bytes, within what the processor can address";
        }
    default:
        return strerror(errno);
    }
}

/* Opens the device; the first tool that wants it loads the module. */
static int device(void)
{
    int file = open(DEVICE, O_RDWR | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) {
        int module = open(MODULE, O_RDONLY | O_CLOEXEC);
        if (module < 0)
            end(1, "%s: %s. The lab builds it where the kernel's headers are installed: npm run setup", MODULE, strerror(errno));
        if (syscall(SYS_finit_module, module, "", 0) != 0 && errno != EEXIST)
            end(1, "%s cannot be loaded: %s", MODULE, strerror(errno));
        close(module);
        file = open(DEVICE, O_RDWR | O_CLOEXEC);
    }
    if (file < 0)
        end(1, "%s: %s. Only root may use it", DEVICE, strerror(errno));
    return file;
}

static void ask(unsigned long command, struct bf_request *request)
{
    int file = device();
    if (ioctl(file, command, request) != 0)
        end(1, "%s: %s", what, reason(command));
    close(file);
}

static void refused(int signal)
{
    (void)signal;
    end(1, "%s: a general protection fault: the hypervisor refuses it", what);
}

static void port(struct bf_request *request, int writes)
{
    uint16_t at = (uint16_t)request->at;
    uint32_t value = (uint32_t)request->value, bytes = request->bytes;
    pin((int)request->cpu);
    if (iopl(3) != 0)
        end(1, "ports: %s. Only root may use them", strerror(errno));
    signal(SIGSEGV, refused);
    if (writes && bytes == 1)
        outb((uint8_t)value, at);
    else if (writes && bytes == 2)
        outw((uint16_t)value, at);
    else if (writes)
        outl(value, at);
    else
        request->value = bytes == 1 ? inb(at) : bytes == 2 ? inw(at) : inl(at);
}

/* As one of the senders: as many to each of the others. */
static void send_from(int cpu, int cpus, uint64_t count)
{
    pin(cpu);
    for (int other = 0; other < cpus; other++) {
        struct bf_request request = {.cpu = (uint32_t)other, .at = count};
        if (other != cpu)
            ask(BF_STORM, &request);
    }
}

static int storm(uint64_t count, int only)
{
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), senders = only < 0 ? cpus : 1, failed = 0;
    if (only >= cpus)
        end(2, "there is no processor %d", only);
    snprintf(what, sizeof(what), "IPIs");
    close(device());
    uint64_t begin = __rdtsc();
    for (int cpu = 0; cpu < cpus; cpu++) {
        if (only >= 0 && cpu != only)
            continue;
        pid_t child = fork();
        if (child < 0)
            end(1, "fork: %s", strerror(errno));
        if (child == 0) {
            send_from(cpu, cpus, count);
            exit(0);
        }
    }
    for (int status; wait(&status) > 0;)
        failed |= status != 0;
    uint64_t cycles = __rdtsc() - begin;
    if (!failed)
        printf("count=%llu tsc=%llu\n", (unsigned long long)(count * (uint64_t)senders * (uint64_t)(cpus - 1)),
               (unsigned long long)cycles);
    return failed;
}

/* What was typed: at most READ or WRITE, a number and a value, and options. */
static const char *word[3];
static int words, cpu = -1;
static struct bf_request request;
static uint64_t count = 1, seconds = 10;

static void parse(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *next = argv[i + 1];
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            printf("%s", tool->usage);
            exit(0);
        }
        if (strcmp(argv[i], "--cpu") == 0 && !is("bf-memory"))
            cpu = (int)number(next, 4095), i++;
        else if (strcmp(argv[i], "--bytes") == 0 && (is("bf-port") || is("bf-memory")))
            request.bytes = (uint32_t)number(next, is("bf-port") ? 4 : 8), i++;
        else if (strcmp(argv[i], "--count") == 0 && (is("bf-ipi") || is("bf-memory")))
            count = number(next, 1000000000), i++;
        else if (strcmp(argv[i], "--seconds") == 0 && is("bf-interrupt"))
            seconds = number(next, 3600), i++;
        else if (argv[i][0] == '-' || words == 3)
            wrong(argv[i], "not known here");
        else
            word[words++] = argv[i];
    }
    request.cpu = cpu < 0 ? 0 : (uint32_t)cpu;
    if (request.bytes == 0)
        request.bytes = is("bf-port") ? 1 : 4;
    if ((request.bytes & (request.bytes - 1)) != 0)
        wrong("--bytes", "1, 2, 4 or 8");
}

static void interrupt(void)
{
    unsigned long command = strcmp(word[0], "send") == 0      ? BF_SEND
                            : strcmp(word[0], "line") == 0    ? BF_LINE
                            : strcmp(word[0], "trigger") == 0 ? BF_TRIGGER
                            : strcmp(word[0], "wait") == 0    ? BF_WAIT
                                                              : 0;
    if (command == 0)
        wrong(word[0], "send, line, trigger or wait is wanted");
    request.at = number(word[1], INT32_MAX);
    request.value = seconds * 1000;
    snprintf(what, sizeof(what), "%s %s", command == BF_SEND ? "vector" : "line", word[1]);
    ask(command, &request);
    if (command == BF_LINE)
        printf("0x%02llx %u\n", (unsigned long long)request.value, request.cpu);
    if (command == BF_WAIT)
        printf("%llu\n", (unsigned long long)request.value);
}

static void access_all(int writes)
{
    unsigned width = is("bf-msr") ? 8 : request.bytes;
    request.at = number(word[1], is("bf-port") ? UINT16_MAX : is("bf-msr") ? UINT32_MAX : UINT64_MAX);
    if (writes)
        request.value = number(word[2], width == 8 ? UINT64_MAX : (1ull << width * 8) - 1);
    for (uint64_t i = 0; i < (writes ? 1 : count); i++, request.at += request.bytes) {
        snprintf(what, sizeof(what), "%s 0x%llx", is("bf-port") ? "port" : is("bf-msr") ? "MSR" : "address",
                 (unsigned long long)request.at);
        if (is("bf-port"))
            port(&request, writes);
        else if (is("bf-msr"))
            ask(writes ? BF_WRITE_MSR : BF_READ_MSR, &request);
        else
            ask(writes ? BF_WRITE_MEMORY : BF_READ_MEMORY, &request);
        if (!writes)
            printf("0x%0*llx\n", (int)width * 2, (unsigned long long)request.value);
    }
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash == NULL ? argv[0] : slash + 1;
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
        if (strcmp(tools[i].name, name) == 0)
            tool = &tools[i];
    if (tool == NULL) {
        fprintf(stderr, "%s: call it by the name of one of its tools, bf-port for instance\n", name);
        return 2;
    }
    if (is("bf-ipi"))
        count = 1000;
    parse(argc, argv);
    if (words > 0 && is("bf-ipi"))
        wrong(word[0], "not known here");
    if (is("bf-ipi"))
        return storm(count, cpu);
    if (words == 0) {
        fprintf(stderr, "%s", tool->usage);
        return 2;
    }
    int writes = strcmp(word[0], "write") == 0;
    if (words > (writes ? 3 : 2))
        wrong(word[words - 1], "one word too many");
    if (is("bf-interrupt"))
        interrupt();
    else if (writes || strcmp(word[0], "read") == 0)
        access_all(writes);
    else
        wrong(word[0], "read or write is wanted");
    return 0;
}
