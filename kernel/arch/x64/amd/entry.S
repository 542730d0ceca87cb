// SPDX-License-Identifier: MIT
// AMD: an extension's calls, and the entry into a VM; entry.S has the whole

#include "../entry.h"

// VMCB state save area (APM volume 2, appendix B, table B-2)
#define VMCB_RAX 0x5f8
#define VMCB_EXITCODE 0x70

    .globl run_amd, run_open, upcall_amd, upcall_open

// To ring 3: RCX and R11 hold RIP and RFLAGS.
.macro LEAVE_AMD rsp
    mov rsp, [BF_PP_AREA_BASE + BF_PP_BLOCK + \rsp]
    sysretq
.endm

// The way where NMIs may come through in ring 3.
.macro LEAVE_OPEN rsp
    mov rsp, [BF_PP_AREA_BASE + BF_PP_BLOCK + \rsp]
    jmp leave_open
.endm

    .globl syscall_entry
    .balign 16
syscall_entry:
    SYSCALL_ENTRY enterFastSyscall, run_amd, LEAVE_AMD, act

    .globl syscall_entry_open
    .balign 16
syscall_entry_open:
    clgi
    SYSCALL_ENTRY enterCarefulSyscall, run_open, LEAVE_OPEN, act_open

// Runs the active VS on AMD until it exits, and hands the exit to the kernel. RAX and RSP of the guest are in the VMCB;
// VMLOAD and VMSAVE move what VMRUN leaves alone (FS, GS, TR, LDTR, the SYSCALL and SYSENTER registers).
.macro RUN_AMD act, exit
    // Of a VM with V_INTR_MASKING, this lets interrupts through (15.21.1); GIF is clear. Not right before VMRUN: the shadow
    // of STI would be the guest's.
    sti
    mov rax, PP(VMCB)
    vmload
    mov rcx, PP(VMCB_VIRTUAL)
    mov rdx, TCB(RAX)
    mov [rcx + VMCB_RAX], rdx
    EACH 1, GENERAL
    vmrun
    EACH 0, GENERAL
    vmsave                          // VMRUN restored RAX: the VMCB's address
    mov rax, PP(HOST_VMCB)
    vmload
    mov rcx, PP(VMCB_VIRTUAL)
    mov rdx, [rcx + VMCB_RAX]
    mov TCB(RAX), rdx
    mov rdi, [rcx + VMCB_EXITCODE]
    mov rsp, KERNEL_STACK_TOP
    call \exit                      // (exit code)
    cmp eax, BF_ACTION_UPCALL
    jne \act
.endm

    .balign 16
run_amd:
    RUN_AMD act, enterVmexit
upcall_amd:
    CALL_BACK LEAVE_AMD

    .balign 16
run_open:
    RUN_AMD act_open, enterCarefulVmexit
upcall_open:
    CALL_BACK LEAVE_OPEN

    .section .text.entry, "ax", @progbits
    .globl amd_syscall_isolated
amd_syscall_isolated:
    clgi
    ENTER_KERNEL
    SYSCALL_ENTRY enterCarefulSyscall, run_open, LEAVE_OPEN, act_open

leave_open:
    cmp PP(USER_ROOT), 0
    je 1f
    mov ENTRY(RSP), rsp
    USE_USER_ROOT
    mov rsp, ENTRY(RSP)
    cmp ENTRY(NMIS_OPEN), 0
    jmp 2f
1:  cmp dword ptr PP32(NMIS_OPEN), 0
2:  je leave_open_sysret
    cli
    stgi
    .globl leave_open_sysret
leave_open_sysret:
    sysretq
