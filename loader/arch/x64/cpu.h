// SPDX-License-Identifier: MIT
// Intrinsics of cpu.ts

struct cpuid_registers {
    u32 eax, ebx, ecx, edx;
};

// CPUID may be intercepted and change what it is asked about (the control leaf), so it is never merged or dropped.
MODULE_INLINE struct cpuid_registers execute_cpuid(u32 leaf, u32 subleaf)
{
    struct cpuid_registers value = {leaf, 0, subleaf, 0};
    __asm__ volatile("cpuid" : "+a"(value.eax), "=b"(value.ebx), "+c"(value.ecx), "=d"(value.edx) : : "memory");
    return value;
}

// Linux continues at `fixup` after an exception at `fault` (EX_TYPE_DEFAULT); the bare platform has no such table.
#ifdef LINUX_EXCEPTION_TABLE
#define MAY_FAULT(fault, fixup)                                                                                        \
    ".pushsection __ex_table, \"a\"\n.balign 4\n.long " fault " - .\n.long " fixup " - .\n.long 1\n.popsection\n"
#else
#define MAY_FAULT(fault, fixup) ""
#endif

// An extension that does not know the hypercall raises #UD.
INTRINSIC(u32, cpu, hypercall, u64 registers, u32 isIntel)
{
    u64 *r = (u64 *)registers;
    u32 done = 0;
    register u64 r8 __asm__("r8") = r[6], r9 __asm__("r9") = r[7];
    __asm__ volatile("cmpl $0, %[intel]\nje 1f\n0: vmcall\njmp 3f\n1: vmmcall\n3: movl $1, %[done]\n2:\n"
                     MAY_FAULT("0b", "2b") MAY_FAULT("1b", "2b")
                     : [done] "+r"(done), "+a"(r[0]), "+b"(r[1]), "+c"(r[2]), "+d"(r[3]), "+S"(r[4]), "+D"(r[5]),
                       "+r"(r8), "+r"(r9)
                     : [intel] "r"(isIntel)
                     : "memory", "cc");
    r[6] = r8;
    r[7] = r9;
    return done;
}

INTRINSIC(u32, cpu, cpuidEax, u32 leaf, u32 subleaf) { return execute_cpuid(leaf, subleaf).eax; }
INTRINSIC(u32, cpu, cpuidEbx, u32 leaf, u32 subleaf) { return execute_cpuid(leaf, subleaf).ebx; }
INTRINSIC(u32, cpu, cpuidEcx, u32 leaf, u32 subleaf) { return execute_cpuid(leaf, subleaf).ecx; }
INTRINSIC(u32, cpu, cpuidEdx, u32 leaf, u32 subleaf) { return execute_cpuid(leaf, subleaf).edx; }

INTRINSIC(u64, cpu, rdmsr, u32 index)
{
    u32 low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index) : "memory");
    return (u64)high << 32 | low;
}

INTRINSIC(void, cpu, wrmsr, u32 index, u64 value)
{
    __asm__ volatile("wrmsr" : : "c"(index), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

#define READ_REGISTER(name, value) __asm__ volatile("mov %%" name ", %0" : "=r"(value) : : "memory")

#define RETURN_REGISTER(name)                                                                                          \
    u64 value;                                                                                                         \
    READ_REGISTER(name, value);                                                                                        \
    return value

INTRINSIC0(u64, cpu, readCr0) { RETURN_REGISTER("cr0"); }
INTRINSIC0(u64, cpu, readCr2) { RETURN_REGISTER("cr2"); }
INTRINSIC0(u64, cpu, readCr3) { RETURN_REGISTER("cr3"); }
INTRINSIC0(u64, cpu, readCr4) { RETURN_REGISTER("cr4"); }
INTRINSIC0(u64, cpu, readCr8) { RETURN_REGISTER("cr8"); }

INTRINSIC(void, cpu, writeCr4, u64 value) { __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory"); }

INTRINSIC0(u64, cpu, readXcr0)
{
    u32 low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0) : "memory");
    return (u64)high << 32 | low;
}

INTRINSIC(u64, cpu, readDr, u32 index)
{
    u64 value = 0;
    switch (index) {
    case 0: READ_REGISTER("dr0", value); break;
    case 1: READ_REGISTER("dr1", value); break;
    case 2: READ_REGISTER("dr2", value); break;
    case 3: READ_REGISTER("dr3", value); break;
    case 6: READ_REGISTER("dr6", value); break;
    case 7: READ_REGISTER("dr7", value); break;
    }
    return value;
}

INTRINSIC(u32, cpu, readSelector, u32 index)
{
    u32 value = 0;
    switch (index) {
    case 0: READ_REGISTER("es", value); break;
    case 1: READ_REGISTER("cs", value); break;
    case 2: READ_REGISTER("ss", value); break;
    case 3: READ_REGISTER("ds", value); break;
    case 4: READ_REGISTER("fs", value); break;
    case 5: READ_REGISTER("gs", value); break;
    case 6: __asm__ volatile("sldt %0" : "=r"(value) : : "memory"); break;
    case 7: __asm__ volatile("str %0" : "=r"(value) : : "memory"); break;
    }
    return value & 0xffff;
}

struct table_register {
    u16 limit;
    u64 base;
} __attribute__((packed));

MODULE_INLINE struct table_register read_table_register(u32 index)
{
    struct table_register value;
    if (index == 0)
        __asm__ volatile("sgdt %0" : "=m"(value) : : "memory");
    else
        __asm__ volatile("sidt %0" : "=m"(value) : : "memory");
    return value;
}

INTRINSIC(u64, cpu, tableBase, u32 index) { return read_table_register(index).base; }
INTRINSIC(u32, cpu, tableLimit, u32 index) { return read_table_register(index).limit; }
