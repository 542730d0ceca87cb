// SPDX-License-Identifier: MIT
// Intrinsics of vmx.ts

extern const char intel_exit_entry[], intel_syscall_entry[], intel_syscall_entry_careful[], intel_syscall_isolated[];

// An instruction failed when it set CF (VMfailInvalid) or ZF (VMfailValid).
#define VMX_SUCCEEDS(instruction, ...)                                                                                 \
    u32 ok = 0;                                                                                                        \
    __asm__ volatile("1: " instruction "\nseta %b0\n2:\n" : "+q"(ok) : __VA_ARGS__ : "cc", "memory");                  \
    return ok

INTRINSIC(u32, vmx, vmxon, u64 region)
{
    VMX_SUCCEEDS("vmxon %1\n" EXCEPTION_TABLE("1b", "2f"), "m"(region));
}

INTRINSIC0(void, vmx, vmxoff) { __asm__ volatile("vmxoff" ::: "cc", "memory"); }
INTRINSIC(u32, vmx, vmclear, u64 vmcs) { VMX_SUCCEEDS("vmclear %1", "m"(vmcs)); }
INTRINSIC(u32, vmx, vmptrld, u64 vmcs) { VMX_SUCCEEDS("vmptrld %1", "m"(vmcs)); }

INTRINSIC(u64, vmx, vmread, u32 field)
{
    u64 value;
    __asm__ volatile("vmread %1, %0" : "=r"(value) : "r"((u64)field) : "cc", "memory");
    return value;
}

INTRINSIC(u32, vmx, tryVmread, u32 field, u64 out) { VMX_SUCCEEDS("vmread %1, %2", "r"((u64)field), "m"(*(u64 *)out)); }
INTRINSIC(u32, vmx, vmwrite, u32 field, u64 value) { VMX_SUCCEEDS("vmwrite %2, %1", "r"((u64)field), "r"(value)); }

INTRINSIC(u32, vmx, invvpid, u32 type, u32 vpid, u64 address)
{
    u64 descriptor[2] = {vpid, address};
    VMX_SUCCEEDS("invvpid %1, %2", "m"(descriptor), "r"((u64)type));
}

INTRINSIC(u32, vmx, invept, u32 type, u64 pointer)
{
    u64 descriptor[2] = {pointer, 0};
    VMX_SUCCEEDS("invept %1, %2", "m"(descriptor), "r"((u64)type));
}

INTRINSIC0(u64, vmx, intelExitEntry) { return (u64)intel_exit_entry; }
INTRINSIC0(u64, vmx, intelSyscallEntry) { return (u64)intel_syscall_entry; }
INTRINSIC0(u64, vmx, carefulSyscallEntry) { return (u64)intel_syscall_entry_careful; }
INTRINSIC0(u64, vmx, intelIsolatedEntry) { return (u64)intel_syscall_isolated; }
