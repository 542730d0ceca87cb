// SPDX-License-Identifier: MIT
// Intrinsics of tcb.ts: FS is the thread pointer

#define TCB_WORD(type, offset) (*(type __seg_fs *)(u64)(offset))

INTRINSIC(u32, tcb, tcbLoad16, u32 offset) { return TCB_WORD(u16, offset); }
INTRINSIC(u32, tcb, tcbLoad32, u32 offset) { return TCB_WORD(u32, offset); }
INTRINSIC(u64, tcb, tcbLoad64, u32 offset) { return TCB_WORD(u64, offset); }
INTRINSIC(void, tcb, tcbStore64, u32 offset, u64 value) { TCB_WORD(u64, offset) = value; }

INTRINSIC(void, tcb, cpuidToGuest, u32 leaf, u32 subleaf)
{
    u32 eax = leaf, ebx, ecx = subleaf, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    TCB_WORD(u64, BF_TCB_RAX) = eax;
    TCB_WORD(u64, BF_TCB_RBX) = ebx;
    TCB_WORD(u64, BF_TCB_RCX) = ecx;
    TCB_WORD(u64, BF_TCB_RDX) = edx;
}
