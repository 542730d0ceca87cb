// SPDX-License-Identifier: MIT
// Registers of a VM with values of the VM's own, for extensions in C, C++ and Rust: written where its processor would
// take them
//
// The rules of single registers are abi/src/register-values.ts's; what several registers have to do with one another
// stands here. The SDK for TypeScript has the same in guest/control-registers.ts, efer.ts and xcr0.ts. Manuals: APM
// volume 2, 3.1; SDM volume 3, 2.5.

#include <bareflank-values.h>

#include <bareflank/vs.h>

#define BIT(number) ((uint64_t)1 << (number))

#define CR0_PE BIT(0)
#define CR0_ET BIT(4)
#define CR0_WP BIT(16)
#define CR0_NW BIT(29)
#define CR0_CD BIT(30)
#define CR0_PG BIT(31)
#define CR3_NO_FLUSH BIT(63)
#define CR3_LAM (BIT(61) | BIT(62))
#define CR3_PCID 0xfff
#define CR4_PAE BIT(5)
#define CR4_LA57 BIT(12)
#define CR4_PCIDE BIT(17)
#define CR4_CET BIT(23)
#define CR4_LAM_SUP BIT(28)
#define EFER_LME BIT(8)
#define EFER_LMA BIT(10)
#define ATTRIBUTE_LONG BIT(9)

// Bits of DR6 and DR7 that read as 1 and as 0 (SDM volume 3, 18.2.3 and 18.2.4).
#define DR6_ONES 0xffff07f0
#define DR6_ZEROS BIT(12)
#define DR7_ONES BIT(10)
#define DR7_ZEROS 0xd000

#define LEAF_EXTENDED 0x80000000
#define LEAF_ADDRESS_SIZES 0x80000008
#define LEAF_XSAVE 0xd

struct leaf {
    uint32_t result[4];
};

static struct leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct leaf all;
    __asm__("cpuid"
            : "=a"(all.result[0]), "=b"(all.result[1]), "=c"(all.result[2]), "=d"(all.result[3])
            : "a"(leaf), "c"(subleaf));
    return all;
}

static bool holds(const struct bf_value_rule *rule)
{
    if (rule->leaf == BF_VALUE_NO_LEAF)
        return true;
    if (cpuid(rule->leaf & LEAF_EXTENDED, 0).result[0] < rule->leaf)
        return rule->is_absent;
    return (cpuid(rule->leaf, rule->subleaf).result[rule->result] >> rule->bit & 1) != rule->is_absent;
}

// The bits of all rules of a kind that hold on this processor.
static uint64_t bits_of(uint32_t reg, uint8_t kind)
{
    const uint8_t amd = 1, intel = 2, vendor = bf_is_intel ? intel : amd;
    uint64_t bits = 0;
    for (uint32_t i = 0; i < sizeof(bf_value_rules) / sizeof(bf_value_rules[0]); i++) {
        const struct bf_value_rule *rule = &bf_value_rules[i];
        if (rule->reg == reg && rule->kind == kind && (rule->vendors & vendor) && holds(rule))
            bits |= rule->bits;
    }
    return bits;
}

// The operating system's linear addresses have 48 bits.
static bool is_canonical(uint64_t address)
{
    int64_t upper = (int64_t)address >> 47;
    return upper == 0 || upper == -1;
}

static bool is_pat(uint64_t value)
{
    for (; value != 0; value >>= 8)
        if ((value & 0xff) > 7 || (value & 0xff) == 2 || (value & 0xff) == 3)
            return false;
    return true;
}

static bool is_legal(uint32_t reg, uint64_t value)
{
    if (bits_of(reg, BF_VALUE_CANONICAL))
        return is_canonical(value);
    if (bits_of(reg, BF_VALUE_MEMORY_TYPES))
        return is_pat(value);
    uint64_t writable = bits_of(reg, BF_VALUE_WRITABLE);
    return writable == 0 || !(value & ~(writable | bits_of(reg, BF_VALUE_IGNORED)));
}

static void merge(bf_vs vs, uint32_t reg, uint64_t before, uint64_t value)
{
    uint64_t kept = bits_of(reg, BF_VALUE_IGNORED);
    bf_vs_set(vs, reg, (value & ~kept) | (before & kept));
}

static bool set_efer(bf_vs vs, uint64_t value)
{
    uint64_t before = bf_vs_get(vs, BF_REG_EFER);
    if (((value ^ before) & EFER_LME) && (bf_vs_get(vs, BF_REG_CR0) & CR0_PG))
        return false;
    merge(vs, BF_REG_EFER, before, value);
    return true;
}

static bool set_cr0(bf_vs vs, uint64_t value)
{
    uint64_t cr4 = bf_vs_get(vs, BF_REG_CR4), before = bf_vs_get(vs, BF_REG_CR0), efer = bf_vs_get(vs, BF_REG_EFER);
    bool is_paging = value & CR0_PG;
    if ((is_paging && !(value & CR0_PE)) || ((value & CR0_NW) && !(value & CR0_CD)))
        return false;
    if ((!is_paging && (cr4 & CR4_PCIDE)) || (!(value & CR0_WP) && (cr4 & CR4_CET)))
        return false;
    if ((efer & EFER_LME) && ((value ^ before) & CR0_PG)) {
        // From 64-bit code there is no way out of long mode, and none into it
        if ((bf_vs_get(vs, BF_REG_CS_ATTRIB) & ATTRIBUTE_LONG) || (is_paging && !(cr4 & CR4_PAE)))
            return false;
        bf_vs_set(vs, BF_REG_EFER, is_paging ? efer | EFER_LMA : efer & ~EFER_LMA);
    }
    merge(vs, BF_REG_CR0, before, value | CR0_ET);
    return true;
}

static bool set_cr3(bf_vs vs, uint64_t value)
{
    uint32_t width = 36; // where a processor does not say: SDM volume 3, 4.1.4
    if (cpuid(LEAF_EXTENDED, 0).result[0] >= LEAF_ADDRESS_SIZES)
        width = cpuid(LEAF_ADDRESS_SIZES, 0).result[0] & 0xff;
    if (bf_vs_get(vs, BF_REG_CR4) & CR4_PCIDE)
        value &= ~CR3_NO_FLUSH; // more is flushed than must be
    if ((value & ~(is_legal(BF_REG_CR4, CR4_LAM_SUP) ? CR3_LAM : 0)) >> width)
        return false;
    bf_vs_set(vs, BF_REG_CR3, value);
    return true;
}

static bool set_cr4(bf_vs vs, uint64_t value)
{
    uint64_t changed = value ^ bf_vs_get(vs, BF_REG_CR4);
    bool is_long = bf_vs_get(vs, BF_REG_EFER) & EFER_LMA;
    if (is_long && (!(value & CR4_PAE) || (changed & CR4_LA57)))
        return false;
    if ((changed & value & CR4_PCIDE) && (!is_long || (bf_vs_get(vs, BF_REG_CR3) & CR3_PCID)))
        return false;
    if ((value & CR4_CET) && !(bf_vs_get(vs, BF_REG_CR0) & CR0_WP))
        return false;
    bf_vs_set(vs, BF_REG_CR4, value);
    return true;
}

// Parts of a state come together, and on top of what they extend (SDM volume 1, 13.3).
static bool set_xcr0(bf_vs vs, uint64_t value)
{
    const uint64_t x87 = 1, sse = 2, avx = 4, mpx = 0x18, avx512 = 0xe0, amx = 0x60000;
    struct leaf leaf = cpuid(LEAF_XSAVE, 0);
    uint64_t parts512 = value & avx512, parts_mpx = value & mpx, parts_amx = value & amx;
    if ((value & ~((uint64_t)leaf.result[3] << 32 | leaf.result[0])) || !(value & x87))
        return false;
    if (((value & avx) && !(value & sse)) || (parts512 && (parts512 != avx512 || !(value & avx))))
        return false;
    if ((parts_mpx && parts_mpx != mpx) || (parts_amx && parts_amx != amx))
        return false;
    bf_vs_set(vs, BF_REG_XCR0, value);
    return true;
}

bool bf_vs_try_set(bf_vs vs, uint32_t reg, uint64_t value)
{
    if (!is_legal(reg, value))
        return false;
    switch (reg) {
    case BF_REG_CR0: return set_cr0(vs, value);
    case BF_REG_CR3: return set_cr3(vs, value);
    case BF_REG_CR4: return set_cr4(vs, value);
    case BF_REG_EFER: return set_efer(vs, value);
    case BF_REG_XCR0: return set_xcr0(vs, value);
    case BF_REG_DR6: bf_vs_set(vs, reg, (value | DR6_ONES) & ~DR6_ZEROS); return true;
    case BF_REG_DR7: bf_vs_set(vs, reg, (value | DR7_ONES) & ~(uint64_t)DR7_ZEROS); return true;
    default: merge(vs, reg, 0, value); return true;
    }
}
