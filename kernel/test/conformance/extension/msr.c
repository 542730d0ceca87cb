/* SPDX-License-Identifier: MIT */
/* Group 7: MSRs, those that the microkernel lives by, and those that the processor refuses */
#include "phases.h"
#include "vendor.h"

#define MSR_SYSENTER_ESP 0x175u
#define MSR_SYSENTER_EIP 0x176u
#define MSR_MTRR_PHYS_MASK0 0x201u
#define MSR_PAT 0x277u
#define MSR_PKRS 0x6e1u
#define MSR_EFER 0xc0000080u
#define MSR_STAR 0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_SFMASK 0xc0000084u
#define MSR_FS_BASE 0xc0000100u
#define MSR_GS_BASE 0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u
#define MSR_TSC_AUX 0xc0000103u
#define MSR_VM_CR 0xc0010114u
#define MSR_VM_HSAVE_PA 0xc0010117u
/** The entries that host mode's own mappings use (APM volume 2, 7.8); the others are the root VM's. */
#define PAT_0_AND_4 0xff000000ffu
#define PAT_WRITE_BACK 0x600000006u
/** LME, LMA, NXE, SCE. */
#define EFER_HOST 0xd01u

static u64 read(u32 msr)
{
    struct result result = CALL(INTRINSIC_RDMSR, handle, msr);
    must(result);
    return result.reg[0];
}

static void rdmsr_good(void)
{
    struct result result = CALL(INTRINSIC_RDMSR, handle, 0xabcd00000000 | MSR_EFER);
    must(result);
    expect(result.reg[0] & ~0x1000ull, EFER_HOST, "EFER");
    expect(read(MSR_PAT) & PAT_0_AND_4, PAT_WRITE_BACK, "entries 0 and 4 of PAT");
    expect(read(MSR_FS_BASE), (u64)tcb(), "FS base");
}

static void wrmsr_good(void)
{
    u64 before = read(MSR_TSC_AUX);
    const u64 values[] = {0x1234, 0, 0xffffffff, before};
    for (u32 i = 0; i < sizeof(values) / sizeof(*values); i++) {
        must(CALL(INTRINSIC_WRMSR, handle, 0xabcd00000000 | MSR_TSC_AUX, values[i]));
        expect(read(MSR_TSC_AUX), values[i], "TSC_AUX");
    }
}

/** Bit 63 is reserved in both; emulators ignore it in one: the processor raises #GP, which the microkernel survives. */
static void wrmsr_protection(void)
{
    const u32 msrs[] = {MSR_PKRS, MSR_MTRR_PHYS_MASK0};
    u32 refused = 0;
    for (u32 i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
        u64 before = read(msrs[i]);
        struct result result = CALL(INTRINSIC_WRMSR, handle, msrs[i], 1ull << 63);
        if (result.status == BF_STATUS_FAILURE_UNKNOWN)
            refused++;
        else
            must(CALL(INTRINSIC_WRMSR, handle, msrs[i], before));
    }
    expect(refused != 0, 1, "writes of a reserved bit that were refused");
}

static void wrmsr_shadowed(void)
{
    const u32 msrs[] = {MSR_EFER,    MSR_STAR,    MSR_LSTAR,          MSR_SFMASK, MSR_FS_BASE,
                        MSR_GS_BASE, MSR_PAT,     MSR_KERNEL_GS_BASE, is_intel() ? MSR_SYSENTER_ESP : MSR_VM_CR,
                        is_intel() ? MSR_SYSENTER_EIP : MSR_VM_HSAVE_PA};
    for (u32 i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
        struct registers raw = {.rax = SIGNED(BF_SYSCALL_INTRINSIC_RDMSR), .rdi = handle, .rsi = msrs[i]};
        raw_call(&raw);
        u64 value = read(msrs[i]);
        expect(value, raw.rdi, "two reads");
        struct result same = CALL(INTRINSIC_WRMSR, handle, msrs[i], value);
        struct result other = CALL(INTRINSIC_WRMSR, handle, msrs[i], value ^ 0x1000);
        expect(same.status, BF_STATUS_SUCCESS, "the same value");
        expect_status(other, BF_STATUS_FAILURE_UNKNOWN, "another value");
        expect(read(msrs[i]), value, "value afterwards");
    }
}

void test_msrs(void)
{
    static const struct test tests[] = {
        {"good", BF_SYSCALL_INTRINSIC_RDMSR, rdmsr_good},
        {"good", BF_SYSCALL_INTRINSIC_WRMSR, wrmsr_good},
        {"protection", BF_SYSCALL_INTRINSIC_WRMSR, wrmsr_protection},
        {"shadowed", BF_SYSCALL_INTRINSIC_WRMSR, wrmsr_shadowed},
    };
    RUN_ALL(tests);
}
