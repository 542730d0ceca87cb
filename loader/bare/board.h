// SPDX-License-Identifier: MIT
// Intrinsics of board.ts

extern const char image_end[], exception_stubs[], trampoline[], trampoline_end[];

INTRINSIC(void, board, outb, u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port) : "memory"); }

INTRINSIC(void, board, outl, u32 port, u32 value) { __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port) : "memory"); }

INTRINSIC(u32, board, inb, u32 port)
{
    u8 value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "d"(port) : "memory");
    return value;
}

INTRINSIC(void, board, outsb, u32 port, u64 address, u64 count)
{
    __asm__ volatile("cld\nrep outsb" : "+S"(address), "+c"(count) : "d"(port) : "memory");
}

INTRINSIC0(void, board, undefinedOpcode) { __asm__ volatile("ud2" : : : "memory"); }
INTRINSIC0(void, board, waitOnce) { __asm__ volatile("hlt" : : : "memory"); }
INTRINSIC0(void, board, openInterruptWindow) { __asm__ volatile("sti\nnop\nnop\ncli" : : : "memory"); }

INTRINSIC0(u64, board, rdtsc)
{
    u32 low, high;
    __asm__ volatile("lfence\nrdtsc\nlfence" : "=a"(low), "=d"(high) : : "memory");
    return (u64)high << 32 | low;
}

INTRINSIC0(void, board, halt)
{
    for (;;)
        __asm__ volatile("cli\nhlt" : : : "memory");
}

INTRINSIC(void, board, loadGdt, u64 base, u32 limit)
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
                     "mov %k0, %%ds\n"
                     "mov %k0, %%es\n"
                     "xorl %k0, %k0\n"
                     "mov %k0, %%fs\n"
                     "mov %k0, %%gs\n"
                     "movl $0x20, %k0\n"
                     "ltr %w0"
                     : "=&r"(scratch)
                     : "m"(gdtr)
                     : "memory");
}

INTRINSIC(void, board, loadIdt, u64 base, u32 limit)
{
    struct table_register idtr = {(u16)limit, base};
    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}

INTRINSIC(void, board, armBreakpoint, u64 address, u64 control)
{
    __asm__ volatile("mov %0, %%dr0\nmov %1, %%dr7" : : "r"(address), "r"(control) : "memory");
}

INTRINSIC0(u64, board, imageEnd) { return (u64)image_end; }
INTRINSIC0(u64, board, exceptionStubs) { return (u64)exception_stubs; }
INTRINSIC0(u64, board, trampoline) { return (u64)trampoline; }
INTRINSIC0(u64, board, trampolineBytes) { return (u64)(trampoline_end - trampoline); }

extern const char nmi_counter[];
INTRINSIC0(u64, board, nmiCounter) { return (u64)nmi_counter; }
INTRINSIC(u32, board, call, u64 function, u64 argument) { return ((u32(*)(u64))function)(argument); }
