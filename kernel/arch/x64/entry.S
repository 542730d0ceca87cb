// SPDX-License-Identifier: MIT
// Every way into the microkernel and out of it
//
// Each entry runs on this processor's empty kernel stack, calls one TypeScript function, and does what its result
// (ACTION_*) says; nothing is ever left on the stack. The kernel runs with interrupts disabled and, on AMD, with the
// global interrupt flag clear, so nothing nests. What is private to a processor has the same address on all of them,
// below 2 GiB, where an instruction can name it without a register.

#include "bareflank.h"

#define PP(field) qword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_##field]
#define TCB(field) qword ptr [BF_PP_AREA_BASE + BF_PP_TCB + BF_TCB_##field]
#define KERNEL_STACK_TOP (BF_PP_AREA_BASE + BF_PP_STACK + BF_PP_STACK_BYTES)

// VMCB state save area (APM volume 2, appendix B, table B-2)
#define VMCB_RAX 0x5f8
#define VMCB_EXITCODE 0x70

// RFLAGS of a callback: interrupts off, no I/O privilege (ports go by the TSS's bitmap)
#define USER_RFLAGS 0x2
#define USER_CS 0x2b
#define USER_SS 0x23

    .intel_syntax noprefix
    .text

// From the loader, once per processor: RDI = BootArgs, interrupts off, kernel page tables, kernel stack.
    .globl kernel_entry
kernel_entry:
    cld
    cmp dword ptr [BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_PPID], 0
    jne 1f
    call module_init                // data and globals, before any TypeScript runs
1:  call enterBoot
    jmp act

// SYSCALL of an extension (APM volume 2, 6.1.1): RCX = its RIP, R11 = its RFLAGS, RSP still its own.
    .globl syscall_entry
    .balign 16
syscall_entry:
    mov PP(USER_RSP), rsp
    mov rsp, KERNEL_STACK_TOP
    mov PP(USER_RIP), rcx
    mov PP(USER_RFLAGS), r11
    mov PP(REG0), rdi
    mov PP(REG1), rsi
    mov PP(REG2), rdx
    mov PP(REG3), r10
    mov PP(REG4), r8
    mov PP(REG5), r9
    mov PP(STATUS), rax
    mov rsi, rax
    call enterFastSyscall           // (REG0, RAX)
    cmp eax, BF_ACTION_RUN
    je run
    mov rdi, PP(REG0)
    mov rsi, PP(REG1)
    mov rdx, PP(REG2)
    mov rcx, PP(REG3)
    mov r8, PP(STATUS)
    call enterSyscall               // (REG0, REG1, REG2, REG3, RAX)
    test eax, eax
    jne act
    mov rax, PP(TCB_IDS0)
    mov TCB(EXTID), rax
    mov rax, PP(TCB_IDS1)
    mov TCB(PPID), rax
    mov rax, PP(STATUS)
    mov rdi, PP(REG0)
    mov rsi, PP(REG1)
    mov rdx, PP(REG2)
    mov r10, PP(REG3)
    mov r8, PP(REG4)
    mov r9, PP(REG5)
    mov rcx, PP(USER_RIP)
    mov r11, PP(USER_RFLAGS)
    mov rsp, PP(USER_RSP)
    sysretq

// Runs the active VS on AMD until it exits, and hands the exit to the kernel. RAX and RSP of the guest are in the VMCB;
// VMLOAD and VMSAVE move what VMRUN leaves alone (FS, GS, TR, LDTR, the SYSCALL and SYSENTER registers).
    .balign 16
run:
    mov rax, PP(VMCB)
    vmload
    mov rcx, PP(VMCB_VIRTUAL)
    mov rdx, TCB(RAX)
    mov [rcx + VMCB_RAX], rdx
    mov rbx, TCB(RBX)
    mov rcx, TCB(RCX)
    mov rdx, TCB(RDX)
    mov rbp, TCB(RBP)
    mov rsi, TCB(RSI)
    mov rdi, TCB(RDI)
    mov r8, TCB(R8)
    mov r9, TCB(R9)
    mov r10, TCB(R10)
    mov r11, TCB(R11)
    mov r12, TCB(R12)
    mov r13, TCB(R13)
    mov r14, TCB(R14)
    mov r15, TCB(R15)
    vmrun
    mov TCB(RBX), rbx
    mov TCB(RCX), rcx
    mov TCB(RDX), rdx
    mov TCB(RBP), rbp
    mov TCB(RSI), rsi
    mov TCB(RDI), rdi
    mov TCB(R8), r8
    mov TCB(R9), r9
    mov TCB(R10), r10
    mov TCB(R11), r11
    mov TCB(R12), r12
    mov TCB(R13), r13
    mov TCB(R14), r14
    mov TCB(R15), r15
    vmsave                          // VMRUN restored RAX: the VMCB's address
    mov rax, PP(HOST_VMCB)
    vmload
    mov rcx, PP(VMCB_VIRTUAL)
    mov rdx, [rcx + VMCB_RAX]
    mov TCB(RAX), rdx
    mov rdi, [rcx + VMCB_EXITCODE]
    mov rsp, KERNEL_STACK_TOP
    call enterVmexit                // (exit code)
    cmp eax, BF_ACTION_UPCALL
    jne act

// Enters a callback in ring 3: two arguments, every other register zero but RCX and R11, which SYSRET takes.
upcall:
    mov rax, PP(TCB_IDS0)
    mov TCB(EXTID), rax
    mov rax, PP(TCB_IDS1)
    mov TCB(PPID), rax
    mov rcx, PP(UPCALL_RIP)
    mov r11d, USER_RFLAGS
    mov rsp, PP(UPCALL_RSP)
    mov rdi, PP(UPCALL_REG0)
    mov rsi, PP(UPCALL_REG1)
    xor eax, eax
    xor edx, edx
    xor ebx, ebx
    xor ebp, ebp
    xor r8d, r8d
    xor r9d, r9d
    xor r10d, r10d
    xor r12d, r12d
    xor r13d, r13d
    xor r14d, r14d
    xor r15d, r15d
    sysretq

// Does what the TypeScript said: EAX = ACTION_*.
act:
    cmp eax, BF_ACTION_UPCALL
    je upcall
    cmp eax, BF_ACTION_RUN
    je run
    cmp eax, BF_ACTION_RESUME
    je resume
    cmp eax, BF_ACTION_PROMOTE
    je promote
halt:
    cli
    hlt
    jmp halt

promote:
    mov rax, [BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_PROMOTE_ENTRY]
    xor edi, edi
    jmp rax

resume:
    lea rsp, PP(FAULT_FRAME)
restore_frame:
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rbp
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 16
    iretq

// Exceptions (APM volume 2, 8.2): one stub a vector, all of the same length, so that the IDT is filled by a loop.
    .balign 16
    .globl exception_stubs
exception_stubs:
    .set vector, 0
    .rept 32
    .balign 16
    // Vectors for which the processor pushes an error code: 8, 10 to 14, 17, 21, 29, 30
    .if (0x60227d00 >> vector) & 1 == 0
    push 0
    .endif
    push vector
    jmp exception
    .set vector, vector + 1
    .endr

exception:
    push rax
    push rbx
    push rcx
    push rdx
    push rbp
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    cld
    mov rdi, rsp
    mov rbx, rsp
    and rsp, -16
    call enterException             // (frame)
    cmp eax, BF_ACTION_IRET
    jne act
    mov rsp, rbx
    jmp restore_frame

// The compiled TypeScript found itself in an impossible state; RDI, which the panic prints, is MODULE_TRAP_*.
    .globl module_trap
module_trap:
    ud2

    .section .note.GNU-stack, "", @progbits
