// SPDX-License-Identifier: MIT
// The ways into the microkernel and out of it that are alike on all processors; amd/entry.S and intel/entry.S have the rest
//
// Each entry runs on this processor's empty kernel stack, calls one TypeScript function, and does what its result
// (ACTION_*) says; nothing is ever left on the stack. The kernel runs with interrupts disabled and, on AMD, with the
// global interrupt flag clear, so nothing nests but NMIs (below). What is private to a processor has the same address on all of them,
// below 2 GiB, where an instruction can name it without a register.

//
// NMIs. On Intel they come at any instruction, on a stack of their own (IST 1), and their handler touches nothing but what
// arch/x64/nmi.ts says. On AMD the global interrupt flag (GIF) holds them back; only where processors are watched
// (nmisOpen) it is set while ring 3 runs. The ways marked `open` are taken then, and where there are mitigations against
// speculation (speculation.ts), which have to be done before anything is predicted. With nmisOpen these are all instructions that
// execute with GIF set, and what an NMI right before each of them finds (APM volume 2, 8.2.3 and 15.17):
//
//     leave_open_sysret   RSP is ring 3's, whatever that is: IST 1 does not use it. CS is the kernel's, every other register
//                         ring 3's, RCX and R11 what SYSRET loads. nmi.ts makes the frame what it is behind SYSRET.
//     leave_frame_iret    the frame to return to lies at RSP: nmi.ts takes that.
//     ring 3              -
//     syscall_entry_open  CLGI itself: nothing of the call has happened. The handler returns to it.
//     exception_stubs, down to CLGI at `exception`: an exception's frame is being pushed on the kernel's stack, which was
//                         empty; the NMI's is on IST 1, and the handler returns.
//     the window of endWatch() (cpu.h): the kernel is about to do what it does with GIF clear, and only waits.
//
// Behind a VM exit IF is set, as it was at VMRUN (run_open), so CLI comes before each STGI: no interrupt is ever taken here,
// and ring 3 has IF clear.
//
// Every entry's first instructions clear GIF again, the NMI's own too, and the handler returns with GIF set exactly where it
// returns to ring 3: the two windows are ring 3 for it, and the others clear GIF next. Nobody uses GS, so there is no
// moment at which an entry does not know whose it is. From its delivery until an IRET a processor holds further NMIs back:
// leave_frame's STGI on IST 1 cannot be met by one, and nothing in the handler may fault, because that fault's IRET would
// end this. An NMI whose handler does not return (it takes the processor back) executes an IRET by itself
// (takeNextNmi), behind which GIF is clear.
// SYSRET, unlike IRET, leaves NMIs held back that the guest's own handler of an NMI, which has exited, holds back: the
// watchdog does not reach ring 3 then, and the guest gets no second NMI within its first.
//
// Two tables. Where the kernel is isolated (isolation.ts), ring 3 runs on a table that has of it nothing but the page of
// .text.entry, the descriptor tables, the TSS, and the page of EntryArea. Everything that may execute on ring 3's table lies in
// .text.entry, and touches nothing but EntryArea before CR3 is the kernel's, or behind that:
//
//     *_syscall_isolated  down to the write of CR3, by way of RSP: no other register is free
//     isolated_stubs      ring 3's exceptions, on the first stack of EntryArea; NMI, #DF and #MC, which have their own there
//     exception_isolated  and come in front of any instruction, so that CR3 may be either table, and goes back as it came. Then
//                         the frame moves to the kernel's stack for it, whose address stands above EntryArea's. Any other
//                         exception in ring 0 finds RSP on a stack of the kernel, and goes the plain way: on ring 3's table
//                         none happens, for no instruction there can fault: IRET's frame is the processor's own, or made here
//     leave_open, leave_frame  behind the write of CR3
//
// An NMI behind that write returns to it with CR3 as it found it; in front of SYSRET or IRET it is as above.

#include "entry.h"

    .globl act, act_open, leave_frame

// From the loader, once per processor: RDI = BootArgs, interrupts off, kernel page tables, kernel stack.
    .globl kernel_entry
kernel_entry:
    cld
    cmp dword ptr [BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_PPID], 0
    jne 1f
    call module_init                // data and globals, before any TypeScript runs
1:  call enterBoot
    jmp act_either

// Does what the TypeScript said: EAX = ACTION_*.
act_either:
    cmp dword ptr PP32(CAREFUL), 0
    jne act_open
act:
    cmp dword ptr [BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_VENDOR], BF_VENDOR_INTEL
    je act_intel
    cmp eax, BF_ACTION_UPCALL
    je upcall_amd
    cmp eax, BF_ACTION_RUN
    je run_amd
act_alike:
    cmp eax, BF_ACTION_RESUME
    je resume
    cmp eax, BF_ACTION_PROMOTE
    je promote
    cmp eax, BF_ACTION_EXCHANGE
    je exchange
    cmp eax, BF_ACTION_RETURN_SAVED
    je return_saved
    cmp eax, BF_ACTION_UPCALL_FRAME
    je upcall_frame
halt:
    cli
    hlt
    jmp halt

act_open:
    cmp eax, BF_ACTION_UPCALL
    je upcall_open
    cmp eax, BF_ACTION_RUN
    je run_open
    jmp act_alike

act_intel:
    cmp eax, BF_ACTION_UPCALL
    je upcall_intel
    cmp eax, BF_ACTION_RUN
    je run_intel
    jmp act_alike

// One extension's turn ends within a system call: what functions preserve, which is still its own, waits in its seat.
exchange:
    EACH 0, PRESERVED
    call enterExchange
    jmp act_either

return_saved:
    EACH 1, PRESERVED
    RETURN LEAVE_FRAME

// Intel's way where the kernel is isolated.
upcall_frame:
    CALL_BACK LEAVE_FRAME

promote:
    cli                             // on AMD, STI may have been the last word
    mov rax, [BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_PROMOTE_ENTRY]
    xor edi, edi
    jmp rax

    .section .text.entry, "ax", @progbits
resume:
    lea rsp, PP(FAULT_FRAME)
restore_frame:
    .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rdx, rcx, rbx, rax
    pop \register
    .endr
    add rsp, 16
// To what the frame at RSP says, which may be the kernel.
leave_frame:
    test byte ptr [rsp + 8], USER_CS & 3
    jz 3f
    cmp PP(USER_ROOT), 0
    je 1f
    .irp word, 0, 8, 16, 24, 32
    pop qword ptr [ENTRY_TOP(STACK_OF) - IRET_BYTES + \word]
    .endr
    USE_USER_ROOT
    mov rsp, ENTRY_TOP(STACK_OF) - IRET_BYTES
    cmp ENTRY(NMIS_OPEN), 0
    jmp 2f
1:  cmp dword ptr PP32(NMIS_OPEN), 0
2:  je leave_frame_iret
    cli
    stgi
    .globl leave_frame_iret
leave_frame_iret:
    iretq
3:  cmp PP(USER_ROOT), 0
    je leave_frame_iret
    cmp rsp, BF_PP_AREA_BASE + BF_PP_NMI_STACK + BF_PP_IST_STACK_BYTES - IRET_BYTES
    jne leave_frame_iret
    mov rsp, [ENTRY_TOP(NMI_STACK_OF) - CAME_WITH]
    mov cr3, rsp
    mov rsp, ENTRY_TOP(NMI_STACK_OF) - IRET_BYTES
    jmp leave_frame_iret

// Exceptions (APM volume 2, 8.2): one stub a vector, all of the same length, so that the IDT is filled by a loop.
.macro STUBS to
    .set vector, 0
    .rept 32
    .balign 16
    // Vectors for which the processor pushes an error code: 8, 10 to 14, 17, 21, 29, 30
    .if (0x60227d00 >> vector) & 1 == 0
    push 0
    .endif
    push vector
    jmp \to
    .set vector, vector + 1
    .endr
.endm

    .balign 16
    .globl isolated_stubs
isolated_stubs:
    STUBS exception_isolated

exception_isolated:
    cmp rsp, BF_PP_AREA_BASE + BF_PP_ENTRY
    jb exception
    cmp ENTRY(NMIS_OPEN), 0
    je 1f
    clgi
1:  push rax
    mov rax, cr3
    push rax                        // at CAME_WITH
    mov rax, ENTRY(KERNEL_ROOT)
    mov cr3, rax
    mov rax, rsp
    mov rsp, [rax + CAME_WITH]
    .irp word, 64, 56, 48, 40, 32, 24, 16, 8
    push qword ptr [rax + \word]
    .endr
    and qword ptr [rax + 8], 0      // it may be the kernel's
    pop rax
    jmp exception

    .text
    .balign 16
    .globl exception_stubs
exception_stubs:
    STUBS exception

exception:
    cmp dword ptr PP32(NMIS_OPEN), 0
    je 1f
    clgi
1:
    .irp register, rax, rbx, rcx, rdx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
    push \register
    .endr
    push 2                          // AC, too, which an interrupt gate leaves as ring 3 had it: SMAP holds (CLAC is not
    popfq                           // everywhere), and DF, NT and TF
    mov rdi, rsp
    mov rbx, rsp
    and rsp, -16
    call enterException             // (frame)
    cmp eax, BF_ACTION_IRET
    jne act_either
    mov rsp, rbx
    jmp restore_frame

// The compiled TypeScript found itself in an impossible state; RDI, which the panic prints, is MODULE_TRAP_*.
    .globl module_trap
module_trap:
    ud2
