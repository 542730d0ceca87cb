// SPDX-License-Identifier: MIT
// Intrinsics of pparea.ts: constant addresses, so that an access is one instruction

#define PP_WORD(type, offset) (*(type *)(BF_PP_AREA_BASE + (u64)(offset)))

INTRINSIC(u32, pparea, ppLoad32, u32 offset) { return PP_WORD(u32, offset); }
INTRINSIC(u64, pparea, ppLoad64, u32 offset) { return PP_WORD(u64, offset); }
INTRINSIC(void, pparea, ppStore16, u32 offset, u32 value) { PP_WORD(u16, offset) = (u16)value; }
INTRINSIC(void, pparea, ppStore32, u32 offset, u32 value) { PP_WORD(u32, offset) = value; }
INTRINSIC(void, pparea, ppStore64, u32 offset, u64 value) { PP_WORD(u64, offset) = value; }

INTRINSIC(void, pparea, ppExchange32, u32 offset, u32 value)
{
    __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(PP_WORD(u32, offset)) : : "memory");
}

INTRINSIC(void, pparea, ppAdd32, u32 offset, u32 value)
{
    __asm__ volatile("addl %1, %0" : "+m"(PP_WORD(u32, offset)) : "r"(value) : "cc", "memory");
}
