// SPDX-License-Identifier: MIT
// Intel's processors, for extensions in C, C++ and Rust: registers as the VM sees them, and what a VS begins with
//
// The SDK for TypeScript has the same in vendor/intel-state.ts. Manual: SDM volume 3.

#include <stdbool.h>

#include <bareflank/guest.h>
#include <bareflank/vs.h>

#define BIT(number) ((uint64_t)1 << (number))

// Attributes of segments: a VMCS has AMD's bits 11:8 in 15:12, and bit 16: unusable (25.4.1).
#define PRESENT BIT(7)
#define CODE_OR_DATA BIT(4)
#define ACCESSED BIT(0)
#define UNUSABLE BIT(16)

// Address space identifiers; RDTSCP, INVPCID, XSAVES and TPAUSE exist. The kernel takes what the processor has (25.6.2).
#define SECONDARY (BIT(5) | BIT(3) | BIT(12) | BIT(20) | BIT(26))
#define UNRESTRICTED_GUEST BIT(7)
#define ENTRY_IA32E_MODE BIT(9)
#define CR0_NE BIT(5)
#define EFER_LMA BIT(10)

static uint64_t get(bf_vs vs, uint32_t reg)
{
    uint64_t value;
    bf_require(bf_vs_read(vs, reg, &value));
    return value;
}

static void set(bf_vs vs, uint32_t reg, uint64_t value) { bf_require(bf_vs_write(vs, reg, value)); }

static bool is_attributes(uint32_t reg) { return reg >= BF_INTEL_REG_ES_ATTRIB && reg <= BF_INTEL_REG_TR_ATTRIB; }

// Bits that are the hypervisor's show as in the shadow (25.6.6).
static uint64_t visible(bf_vs vs, uint32_t reg, uint32_t mask, uint32_t shadow)
{
    uint64_t owned = get(vs, mask);
    return (get(vs, reg) & ~owned) | (get(vs, shadow) & owned);
}

uint64_t bf_intel_get(bf_vs vs, uint32_t reg)
{
    uint32_t number = reg >> 16;
    if (number == BF_INTEL_REG_CR0)
        return visible(vs, number, BF_INTEL_REG_CR0_GUEST_HOST_MASK, BF_INTEL_REG_CR0_READ_SHADOW);
    if (number == BF_INTEL_REG_CR4)
        return visible(vs, number, BF_INTEL_REG_CR4_GUEST_HOST_MASK, BF_INTEL_REG_CR4_READ_SHADOW);
    uint64_t value = get(vs, number);
    if (reg == BF_REG_CPL)
        return value >> 5 & 3;
    if (!is_attributes(number))
        return value;
    uint64_t attributes = (value & 0xff) | (value >> 4 & 0xf00);
    return value & UNUSABLE ? attributes & ~PRESENT : attributes;
}

void bf_intel_set(bf_vs vs, uint32_t reg, uint64_t value)
{
    uint32_t number = reg >> 16;
    if (reg == BF_REG_CPL) {
        value = (get(vs, number) & ~(uint64_t)0x60) | (value & 3) << 5;
    } else if (is_attributes(number)) {
        uint64_t rights = (value & 0xff) | (value & 0xf00) << 4 | (value & CODE_OR_DATA ? ACCESSED : 0);
        value = value & PRESENT ? rights : rights | UNUSABLE;
    } else if (number == BF_INTEL_REG_EFER) {
        uint64_t controls = get(vs, BF_INTEL_REG_VMENTRY_CTLS) & ~ENTRY_IA32E_MODE;
        set(vs, BF_INTEL_REG_VMENTRY_CTLS, value & EFER_LMA ? controls | ENTRY_IA32E_MODE : controls);
    } else if (number == BF_INTEL_REG_CR0) {
        set(vs, BF_INTEL_REG_CR0_READ_SHADOW, value);
    } else if (number == BF_INTEL_REG_CR4) {
        set(vs, BF_INTEL_REG_CR4_READ_SHADOW, value);
    }
    set(vs, number, value);
}

void bf_intel_prepare(bf_vs vs)
{
    set(vs, BF_INTEL_REG_VMCS_LINK_POINTER, UINT64_MAX);
    set(vs, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
        get(vs, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS) | SECONDARY);
}

void bf_intel_prepare_root(bf_vs vs)
{
    bf_map map;
    set(vs, BF_INTEL_REG_VMENTRY_CTLS, get(vs, BF_INTEL_REG_VMENTRY_CTLS) | ENTRY_IA32E_MODE);
    // The operating system uses its MSRs without exits
    bf_require(bf_map_create(BF_MAP_MSR, &map));
    bf_require(bf_map_attach(map, vs));
}

void bf_intel_allow_real_mode(bf_vs vs)
{
    set(vs, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
        get(vs, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS) | UNRESTRICTED_GUEST);
    // The VM sees what it wrote; NE stays set underneath, as the processor demands (A.7)
    set(vs, BF_INTEL_REG_CR0_READ_SHADOW, bf_intel_get(vs, BF_REG_CR0));
    set(vs, BF_INTEL_REG_CR0_GUEST_HOST_MASK, CR0_NE);
}
