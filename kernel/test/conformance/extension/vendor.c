/* SPDX-License-Identifier: MIT */
#include "vendor.h"

#define INTERCEPT_CPUID 0x40000u
#define INTERCEPT_VMRUN 0x1u

/** Activate secondary controls; use MSR bitmaps (SDM volume 3, 25.6.2). */
#define PROC_ROOT 0x80000000u
#define PROC_BITMAPS 0x10000000u
/** RDTSCP, VPID, INVPCID, XSAVES: what the operating system uses is an undefined opcode without. */
#define PROC2_ROOT 0x101028u
/** IA-32e mode guest. */
#define ENTRY_ROOT 0x200u

static u64 write(u64 handle, u16 vs, u32 reg, u64 value)
{
    struct registers registers = {
        .rax = SIGNED(BF_SYSCALL_VS_WRITE), .rdi = handle, .rsi = vs, .rdx = reg, .r10 = value};
    raw_call(&registers);
    return registers.rax;
}

static u64 write_intel(u64 handle, u16 vs)
{
    u64 failed = write(handle, vs, BF_INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER, 1);
    failed |= write(handle, vs, BF_INTEL_REG_VMCS_LINK_POINTER, ~0ull);
    failed |= write(handle, vs, BF_INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS, 0);
    failed |= write(handle, vs, BF_INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, PROC_ROOT);
    failed |= write(handle, vs, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, PROC2_ROOT);
    failed |= write(handle, vs, BF_INTEL_REG_VMEXIT_CTLS, 0);
    return failed | write(handle, vs, BF_INTEL_REG_VMENTRY_CTLS, ENTRY_ROOT);
}

#ifdef VERSION_2
/** A permission map of the microkernel's, which lets everything pass that it has bits for. */
static u64 pass_msrs(u64 handle, u16 vs)
{
    struct registers map = {.rax = SIGNED(BF_SYSCALL_MAP_CREATE), .rdi = handle, .rsi = BF_MAP_MSR};
    raw_call(&map);
    struct registers attach = {.rax = SIGNED(BF_SYSCALL_MAP_ATTACH), .rdi = handle, .rsi = map.rdi, .rdx = vs};
    raw_call(&attach);
    return map.rax | attach.rax;
}
#else
/** A page of zeroes, by its address. */
static u64 pass_msrs(u64 handle, u16 vs)
{
    struct registers page = {.rax = SIGNED(BF_SYSCALL_MEM_ALLOC_PAGE), .rdi = handle};
    raw_call(&page);
    u64 failed = page.rax | write(handle, vs, BF_INTEL_REG_ADDRESS_OF_MSR_BITMAPS, page.rsi);
    u64 controls = PROC_ROOT | PROC_BITMAPS;
    return failed | write(handle, vs, BF_INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, controls);
}
#endif

u64 write_root_controls(u64 handle, u16 vs)
{
    if (is_intel())
        return write_intel(handle, vs) | pass_msrs(handle, vs);
    u64 failed = write(handle, vs, BF_AMD_REG_GUEST_ASID, 1);
    failed |= write(handle, vs, BF_AMD_REG_INTERCEPT_INSTRUCTION1, INTERCEPT_CPUID);
    return failed | write(handle, vs, BF_AMD_REG_INTERCEPT_INSTRUCTION2, INTERCEPT_VMRUN);
}
