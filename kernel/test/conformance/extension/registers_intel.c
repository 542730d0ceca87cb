/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "registers.h"

/** Capability MSRs (SDM volume 3, appendix A). */
#define MSR_CR0_FIXED0 0x486u
#define MSR_CR4_FIXED0 0x488u
#define MSR_SECONDARY 0x48bu
#define MSR_TRUE_PIN 0x48du
#define MSR_TRUE_PROCESSOR 0x48eu
#define MSR_TRUE_EXIT 0x48fu
#define MSR_TRUE_ENTRY 0x490u

/** PE and PG: free in an unrestricted guest. */
#define CR0_PG_PE 0x80000001u
#define CR4_VMXE 0x2000u
/** The bits of access rights that are not reserved (25.4.1, table 25-2). */
#define ACCESS_RIGHTS 0x1f0ffu
#define CANONICAL 0x00007fffffffffffu

static u64 rdmsr(u32 msr)
{
    struct result result = CALL(INTRINSIC_RDMSR, handle, msr);
    must(result);
    return result.reg[0];
}

/** The lower half of such an MSR has the bits that must be 1, the upper half those that may be. */
static u64 clip(u32 msr, u64 value)
{
    u64 allowed = rdmsr(msr);
    return ((value & 0xffffffffu) | (allowed & 0xffffffffu)) & allowed >> 32;
}

static u64 fix(u32 fixed0, u64 value, u64 free)
{
    return (value | (rdmsr(fixed0) & ~free)) & rdmsr(fixed0 + 1);
}

/** What the microkernel forces into a control field, and lets through (the reference page of the ABI, registers). */
static u64 sanitised(u32 reg, u64 value)
{
    switch (reg) {
    case BF_INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS:
        return clip(MSR_TRUE_PIN, value | 0x28);
    case BF_INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS:
        return clip(MSR_TRUE_PROCESSOR, value | 0x80000000u);
    case BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS:
        return clip(MSR_SECONDARY, value);
    case BF_INTEL_REG_VMEXIT_CTLS:
        return clip(MSR_TRUE_EXIT, value | 0x3c0204);
    case BF_INTEL_REG_VMENTRY_CTLS:
        return clip(MSR_TRUE_ENTRY, value | 0xc004);
    case BF_INTEL_REG_CR0:
        return fix(MSR_CR0_FIXED0, value, CR0_PG_PE);
    case BF_INTEL_REG_CR4:
        return fix(MSR_CR4_FIXED0, value, 0);
    case BF_INTEL_REG_CR4_GUEST_HOST_MASK:
        return value | CR4_VMXE;
    case BF_INTEL_REG_XCR0:
        return value | 1;
    default:
        return value;
    }
}

/** Bits of a field by its place in the enumeration, which goes by width (SDM volume 3, appendix B). */
static u64 width(u32 reg)
{
    if (reg >= BF_INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER && reg <= BF_INTEL_REG_PML_INDEX)
        return 0xffff;
    if (reg >= BF_INTEL_REG_ES_ATTRIB && reg <= BF_INTEL_REG_TR_ATTRIB)
        return ACCESS_RIGHTS;
    if (reg >= BF_INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS && reg <= BF_INTEL_REG_VMX_PREEMPTION_TIMER_VALUE)
        return 0xffffffffu;
    return ~0ull;
}

/** What WRMSR and MOV to DR6 would take of the registers that the VMCS does not hold. */
static u64 writable(u32 reg)
{
    switch (reg) {
    case BF_INTEL_REG_DR6:
    case BF_INTEL_REG_FMASK:
        return pattern_of(reg) & 0xffffffffu;
    case BF_INTEL_REG_LSTAR:
    case BF_INTEL_REG_CSTAR:
    case BF_INTEL_REG_KERNEL_GS_BASE:
        return pattern_of(reg) & CANONICAL;
    case BF_INTEL_REG_CR8:
        return 5;
    default:
        return pattern_of(reg);
    }
}

static u32 is_between(u32 reg, u32 first, u32 last) { return reg >= first && reg <= last; }

static u32 is_read_only(u32 reg)
{
    return reg == BF_INTEL_REG_PHYSICAL_ADDRESS ||
           is_between(reg, BF_INTEL_REG_VM_INSTRUCTION_ERROR, BF_INTEL_REG_VMEXIT_INSTRUCTION_INFORMATION) ||
           is_between(reg, BF_INTEL_REG_EXIT_QUALIFICATION, BF_INTEL_REG_GUEST_LINEAR_ADDRESS);
}

/** Fields of features that this microkernel does not demand of a processor. */
static u32 is_optional(u32 reg)
{
    return is_between(reg, BF_INTEL_REG_POSTED_INTERRUPT_NOTIFICATION_VECTOR, BF_INTEL_REG_EPTP_INDEX) ||
           is_between(reg, BF_INTEL_REG_INTERRUPT_STATUS, BF_INTEL_REG_PML_INDEX) ||
           reg == BF_INTEL_REG_PML_ADDRESS ||
           is_between(reg, BF_INTEL_REG_VIRTUAL_APIC_ADDRESS, BF_INTEL_REG_VM_FUNCTION_CONTROLS) ||
           is_between(reg, BF_INTEL_REG_EOI_EXIT_BITMAP0, BF_INTEL_REG_TSC_MULTIPLIER) ||
           reg == BF_INTEL_REG_PERF_GLOBAL_CTRL ||
           is_between(reg, BF_INTEL_REG_BNDCFGS, BF_INTEL_REG_RTIT_CTL) ||
           is_between(reg, BF_INTEL_REG_PLE_GAP, BF_INTEL_REG_PLE_WINDOW) ||
           reg == BF_INTEL_REG_VMX_PREEMPTION_TIMER_VALUE;
}

struct expectation intel_expectation(u32 reg)
{
    u64 value = writable(reg) & width(reg);
    u64 wanted = sanitised(reg, value);
    u32 starts_set = is_read_only(reg) || reg == BF_INTEL_REG_VMCS_LINK_POINTER || sanitised(reg, 0) != 0;
    u64 too_wide = width(reg) == ~0ull ? 0 : value | 1ull << 63;
    return (struct expectation){value, wanted, too_wide, is_read_only(reg), is_optional(reg), starts_set};
}
