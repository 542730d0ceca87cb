// SPDX-License-Identifier: MIT
// Intrinsics of cpu.ts

#include "bareflank.h"

extern const char syscall_entry[], syscall_entry_open[], leave_open_sysret[], leave_frame_iret[];
extern const char exception_stubs[], isolated_stubs[], amd_syscall_isolated[], __text_start[], __text_end[];

// An exception table entry: a fault at `fault` continues at `fixup`.
struct exception_entry {
    u64 fault, fixup;
};
extern const struct exception_entry __ex_table_start[], __ex_table_end[];

#define EXCEPTION_TABLE(fault, fixup) ".pushsection .ex_table, \"a\"\n.quad " fault ", " fixup "\n.popsection\n"

INTRINSIC(void, cpu, outb, u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" ::"a"(value), "d"(port)); }

// Instructions whose result is EDX:EAX.
#define READ_PAIR(instruction, ...)                                                                                    \
    u32 low, high;                                                                                                     \
    __asm__ volatile(instruction : "=a"(low), "=d"(high) : __VA_ARGS__);                                               \
    return (u64)high << 32 | low
#define PAIR(value) "a"((u32)(value)), "d"((u32)((value) >> 32))

INTRINSIC(u32, cpu, inb, u32 port)
{
    u8 value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "d"(port));
    return value;
}

INTRINSIC(u64, cpu, rdmsr, u32 index) { READ_PAIR("rdmsr", "c"(index)); }
INTRINSIC(void, cpu, wrmsr, u32 index, u64 value) { __asm__ volatile("wrmsr" ::"c"(index), PAIR(value) : "memory"); }

INTRINSIC(u32, cpu, tryRdmsr, u32 index, u64 out)
{
    u32 low, high, ok = 0;
    __asm__ volatile("1: rdmsr\nmovl $1, %0\n2:\n" EXCEPTION_TABLE("1b", "2b")
                     : "+r"(ok), "=a"(low), "=d"(high)
                     : "c"(index));
    if (ok)
        *(u64 *)out = (u64)high << 32 | low;
    return ok;
}

INTRINSIC(u32, cpu, tryWrmsr, u32 index, u64 value)
{
    u32 ok = 0;
    __asm__ volatile("1: wrmsr\nmovl $1, %0\n2:\n" EXCEPTION_TABLE("1b", "2b")
                     : "+r"(ok)
                     : "c"(index), PAIR(value)
                     : "memory");
    return ok;
}

INTRINSIC(u32, cpu, cpuidRegister, u32 leaf, u32 subleaf, u32 which)
{
    u32 out[4] = {leaf, 0, subleaf, 0};
    __asm__("cpuid" : "+a"(out[0]), "=b"(out[1]), "+c"(out[2]), "=d"(out[3]));
    return out[which & 3];
}

#define READ_CONTROL(reg)                                                                                              \
    u64 value;                                                                                                         \
    __asm__ volatile("mov %%" reg ", %0" : "=r"(value));                                                               \
    return value
#define WRITE_CONTROL(reg) __asm__ volatile("mov %0, %%" reg ::"r"(value) : "memory")

INTRINSIC0(u64, cpu, readCr0) { READ_CONTROL("cr0"); }
INTRINSIC(void, cpu, writeCr0, u64 value) { WRITE_CONTROL("cr0"); }
INTRINSIC0(u64, cpu, readCr2) { READ_CONTROL("cr2"); }
INTRINSIC(void, cpu, writeCr2, u64 value) { WRITE_CONTROL("cr2"); }
INTRINSIC(void, cpu, writeCr3, u64 value) { WRITE_CONTROL("cr3"); }
INTRINSIC0(u64, cpu, readCr4) { READ_CONTROL("cr4"); }
INTRINSIC(void, cpu, writeCr4, u64 value) { WRITE_CONTROL("cr4"); }
INTRINSIC0(u64, cpu, readCr8) { READ_CONTROL("cr8"); }
INTRINSIC(void, cpu, writeCr8, u64 value) { WRITE_CONTROL("cr8"); }

INTRINSIC0(u64, cpu, readXcr0) { READ_PAIR("xgetbv", "c"(0)); }

INTRINSIC(u32, cpu, tryWriteXcr0, u64 value)
{
    u32 ok = 0;
    __asm__ volatile("1: xsetbv\nmovl $1, %0\n2:\n" EXCEPTION_TABLE("1b", "2b")
                     : "+r"(ok)
                     : "c"(0), PAIR(value));
    return ok;
}

// FNSAVE's companions: FXRSTOR and XRSTOR of AMD leave the last instruction's and operand's addresses alone.
#define FORGET_X87 "fnclex\nemms\nfildl %0\n"
#define STATE_AREA(area) "+m"(*(u64 *)(area))
#define COMPONENTS(mask) PAIR(mask) : "memory"

INTRINSIC(void, cpu, xsave, u64 area, u64 mask) { __asm__ volatile("xsave64 %0" : STATE_AREA(area) : COMPONENTS(mask)); }
INTRINSIC(void, cpu, fxsave, u64 area) { __asm__ volatile("fxsave64 %0" : STATE_AREA(area)::"memory"); }
INTRINSIC(void, cpu, fxrstor, u64 area) { __asm__ volatile(FORGET_X87 "fxrstor64 %0" : STATE_AREA(area)::"memory"); }
INTRINSIC(void, cpu, xrstor, u64 area, u64 mask)
{
    __asm__ volatile(FORGET_X87 "xrstor64 %0" : STATE_AREA(area) : COMPONENTS(mask));
}

#define EACH_DR(access) access("0") access("1") access("2") access("3") access("6") access("7")

INTRINSIC(u64, cpu, readDr, u32 index)
{
    u64 value = 0;
#define READ_DR(n)                                                                                                     \
    if (index == n[0] - '0')                                                                                           \
        __asm__ volatile("mov %%dr" n ", %0" : "=r"(value));
    EACH_DR(READ_DR)
    return value;
}

INTRINSIC(void, cpu, writeDr, u32 index, u64 value)
{
#define WRITE_DR(n)                                                                                                    \
    if (index == n[0] - '0')                                                                                           \
        __asm__ volatile("mov %0, %%dr" n ::"r"(value));
    EACH_DR(WRITE_DR)
}

INTRINSIC0(void, cpu, flushTlb) { u64 value; __asm__ volatile("mov %%cr3, %0\nmov %0, %%cr3" : "=r"(value)::"memory"); }

INTRINSIC(void, cpu, flushPage, u64 virtual) { __asm__ volatile("invlpg (%0)" ::"r"(virtual) : "memory"); }

INTRINSIC(void, cpu, flushGuestPage, u64 virtual, u32 asid) { __asm__ volatile("invlpga" ::"a"(virtual), "c"(asid) : "memory"); }

struct __attribute__((packed)) table_register {
    u16 limit;
    u64 base;
};

INTRINSIC(void, cpu, loadGdt, u64 base, u32 limit)
{
    struct table_register gdtr = {(u16)limit, base};
    u64 scratch;
    __asm__ volatile("lgdt %1\n"
                     "pushq $0x10\n"
                     "leaq 1f(%%rip), %0\n"
                     "pushq %0\n"
                     "lretq\n"
                     "1: movl $0x18, %k0\n"
                     "mov %k0, %%ss\n"
                     : "=&r"(scratch)
                     : "m"(gdtr)
                     : "memory");
}

INTRINSIC0(void, cpu, clearSegments) { __asm__ volatile("mov %0, %%ds\nmov %0, %%es\nmov %0, %%fs\nmov %0, %%gs" ::"r"(0)); }

INTRINSIC(void, cpu, loadIdt, u64 base, u32 limit)
{
    struct table_register idtr = {(u16)limit, base};
    __asm__ volatile("lidt %0" ::"m"(idtr) : "memory");
}

INTRINSIC(void, cpu, loadTaskRegister, u32 selector) { __asm__ volatile("ltr %w0\nlldt %w1" ::"r"(selector), "r"(0) : "memory"); }

INTRINSIC(void, cpu, vmsave, u64 vmcb) { __asm__ volatile("vmsave" ::"a"(vmcb) : "memory"); }

INTRINSIC(void, cpu, vmload, u64 vmcb) { __asm__ volatile("vmload" ::"a"(vmcb) : "memory"); }

INTRINSIC0(u64, cpu, syscallEntry) { return (u64)syscall_entry; }

INTRINSIC0(u64, cpu, openSyscallEntry) { return (u64)syscall_entry_open; }
INTRINSIC0(u64, cpu, amdIsolatedEntry) { return (u64)amd_syscall_isolated; }
INTRINSIC0(u64, cpu, openSysret) { return (u64)leave_open_sysret; }
INTRINSIC0(u64, cpu, frameIret) { return (u64)leave_frame_iret; }

INTRINSIC0(u64, cpu, rdtsc) { READ_PAIR("rdtsc", : "memory"); }

// entry.S has the argument for this window.
INTRINSIC0(void, cpu, nmiWindow) { __asm__ volatile("cli\nstgi\nnop\nclgi" : : : "memory"); }

INTRINSIC(void, cpu, monitorWait, u64 address, u32 seen)
{
    __asm__ volatile("monitor" ::"a"(address), "c"(0), "d"(0) : "memory");
    if (*(volatile u32 *)address == seen) __asm__ volatile("mwait" ::"a"(0), "c"(0) : "memory");
}

INTRINSIC0(void, cpu, takeNextNmi)
{
    u64 scratch;
    __asm__ volatile("mov %%rsp, %0\n"
                     "pushq $0x18\npushq %0\npushfq\npushq $0x10\n"
                     "leaq 1f(%%rip), %0\npushq %0\niretq\n1:"
                     : "=&r"(scratch) : : "memory");
}

INTRINSIC0(void, cpu, fence) { __asm__ volatile("lfence" : : : "memory"); }

INTRINSIC0(void, cpu, fillReturnStack)
{
    u64 pairs = 16;
    __asm__ volatile("1: call 2f\n3: pause\nlfence\njmp 3b\n2: call 4f\n5: pause\nlfence\njmp 5b\n"
                     "4: decq %0\njnz 1b\naddq $256, %%rsp\nlfence"
                     : "+r"(pairs) : : "memory", "cc");
}

INTRINSIC0(void, cpu, clearBuffers)
{
    static const u16 selector = 0x18;
    __asm__ volatile("verw %0" : : "m"(selector) : "cc", "memory");
}

INTRINSIC0(u64, cpu, exceptionStubs) { return (u64)exception_stubs; }
INTRINSIC0(u64, cpu, isolatedStubs) { return (u64)isolated_stubs; }

INTRINSIC0(u64, cpu, textStart) { return (u64)__text_start; }

INTRINSIC0(u64, cpu, textEnd) { return (u64)__text_end; }

INTRINSIC(u64, cpu, exceptionFixup, u64 rip)
{
    for (const struct exception_entry *entry = __ex_table_start; entry < __ex_table_end; entry++)
        if (entry->fault == rip)
            return entry->fixup;
    return 0;
}
