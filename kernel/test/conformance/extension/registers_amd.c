/* SPDX-License-Identifier: MIT */
#include "registers.h"

#define EFER_SVME 0x1000u

/** Bytes that hold a register (APM volume 2, appendix B; the VMCB's layout). */
static u32 bytes_of(u32 reg)
{
    if (reg >= BF_AMD_REG_INTERCEPT_CR_READ && reg <= BF_AMD_REG_INTERCEPT_DR_WRITE)
        return 2;
    if (reg >= BF_AMD_REG_INTERCEPT_EXCEPTION && reg <= BF_AMD_REG_INTERCEPT_INSTRUCTION3)
        return 4;
    if (reg == BF_AMD_REG_PAUSE_FILTER_THRESHOLD || reg == BF_AMD_REG_PAUSE_FILTER_COUNT)
        return 2;
    if (reg == BF_AMD_REG_GUEST_ASID || reg == BF_AMD_REG_TLB_CONTROL || reg == BF_AMD_REG_VMCB_CLEAN_BITS)
        return 4;
    if (reg == BF_AMD_REG_NUMBER_OF_BYTES_FETCHED || reg == BF_AMD_REG_CPL)
        return 1;
    if (reg >= BF_AMD_REG_ES_SELECTOR && reg <= BF_AMD_REG_TR_BASE) {
        u32 part = (reg - BF_AMD_REG_ES_SELECTOR) % 4;
        return part == 2 ? 4 : part == 3 ? 8 : 2;
    }
    return 8;
}

struct expectation amd_expectation(u32 reg)
{
    u32 bytes = bytes_of(reg);
    u64 value = reg == BF_AMD_REG_CR8 ? 5 : pattern_of(reg);
    if (reg == BF_AMD_REG_GUEST_ASID)
        bytes = 2;
    if (bytes < 8)
        value &= (1ull << bytes * 8) - 1;
    struct expectation all = {.written = value, .wanted = value, .too_wide = bytes < 8 ? value | 1ull << 63 : 0};
    if (reg == BF_AMD_REG_EFER)
        all.wanted |= EFER_SVME;
    if (reg == BF_AMD_REG_XCR0)
        all.wanted |= 1;
    all.starts_set = reg == BF_AMD_REG_EFER || reg == BF_AMD_REG_XCR0;
    return all;
}
