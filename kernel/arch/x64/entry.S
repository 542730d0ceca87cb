// SPDX-License-Identifier: MIT
// Every way into the microkernel and out of it
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

#include "bareflank.h"

#define PP(field) qword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_##field]
#define PP32(field) [BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_##field]
#define TCB(field) qword ptr [BF_PP_AREA_BASE + BF_PP_TCB + BF_TCB_##field]
#define KERNEL_STACK_TOP (BF_PP_AREA_BASE + BF_PP_STACK + BF_PP_STACK_BYTES)

// VMCB state save area (APM volume 2, appendix B, table B-2)
#define VMCB_RAX 0x5f8
#define VMCB_EXITCODE 0x70

// RFLAGS of a callback: interrupts off, no I/O privilege (ports go by the TSS's bitmap)
#define USER_RFLAGS 0x2
#define USER_CS 0x2b
#define USER_SS 0x23

// SDM volume 3, 3.2 (RFLAGS), 6.8.8 (SYSCALL), appendix B (VMCS)
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define HOST_STAR 0x001b001000000000
#define HOST_FMASK 0xfffffffd
#define KERNEL_CS 0x10
// TF, IF, DF, NT, AC
#define FMASK_NEEDED 0x44700
#define VMCS_EXIT_REASON 0x4402

// The page that ring 3's table has, too; what its stacks begin with, and an exception's frame on one of them
#define ENTRY(field) qword ptr [BF_PP_AREA_BASE + BF_PP_ENTRY + BF_ENTRY_AREA_##field]
#define ENTRY_TOP(field) (BF_PP_AREA_BASE + BF_PP_ENTRY + BF_ENTRY_AREA_##field)
#define IRET_BYTES 40
#define CAME_WITH 72

    .intel_syntax noprefix
    .text

.macro READ_MSR index, field
    mov ecx, \index
    rdmsr
    mov dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field], eax
    mov dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field + 4], edx
.endm

.macro WRITE_MSR index, field
    mov ecx, \index
    mov eax, dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field]
    mov edx, dword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \field + 4]
    wrmsr
.endm

// From the loader, once per processor: RDI = BootArgs, interrupts off, kernel page tables, kernel stack.
    .globl kernel_entry
kernel_entry:
    cld
    cmp dword ptr [BF_PP_AREA_BASE + BF_PP_ARGS + BF_BOOT_ARGS_PPID], 0
    jne 1f
    call module_init                // data and globals, before any TypeScript runs
1:  call enterBoot
    jmp act_either

// Moves registers from or to words that follow one another.
.macro EACH load, words, registers:vararg
    .set .Loffset, 0
    .irp register, \registers
    .if \load
    mov \register, [\words + .Loffset]
    .else
    mov [\words + .Loffset], \register
    .endif
    .set .Loffset, .Loffset + 8
    .endr
.endm

// A guest's general registers but RAX, and those that functions preserve, in the order of the TCB and of the seat; a call's.
#define GENERAL general, rbx, rcx, rdx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
#define PRESERVED preserved, rbx, rbp, r12, r13, r14, r15
#define ARGUMENTS arguments, rdi, rsi, rdx, r10, r8, r9, rax
    .set general, BF_PP_AREA_BASE + BF_PP_TCB + BF_TCB_RBX
    .set preserved, BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_USER_RBX
    .set arguments, BF_PP_AREA_BASE + BF_PP_BLOCK + BF_PP_BLOCK_REG0

// SYSCALL of an extension (APM volume 2, 6.1.1): RCX = its RIP, R11 = its RFLAGS, RSP still its own. `fast` serves the
// call that ends nearly every exit, which `run` follows; `leave` returns to ring 3, `act` does anything else. On
// the ways that look `fast` serves none, and does what is to be done before all.
.macro SYSCALL_ENTRY fast, run, leave, act
    mov PP(USER_RSP), rsp
    mov rsp, KERNEL_STACK_TOP
    mov PP(USER_RIP), rcx
    mov PP(USER_RFLAGS), r11
    EACH 0, ARGUMENTS
    mov rsi, rax
    call \fast                      // (REG0, RAX)
    cmp eax, BF_ACTION_RUN
    je \run
    mov rdi, PP(REG0)
    mov rsi, PP(REG1)
    mov rdx, PP(REG2)
    mov rcx, PP(REG3)
    mov r8, PP(STATUS)
    call enterSyscall               // (REG0, REG1, REG2, REG3, RAX)
    test eax, eax
    jne \act
    RETURN \leave
.endm

// To the extension behind its call, with what the block holds.
.macro RETURN leave
    mov rax, PP(TCB_IDS0)
    mov TCB(EXTID), rax
    mov rax, PP(TCB_IDS1)
    mov TCB(PPID), rax
    EACH 1, ARGUMENTS
    mov rcx, PP(USER_RIP)
    mov r11, PP(USER_RFLAGS)
    \leave BF_PP_BLOCK_USER_RSP
.endm

// To ring 3: RCX and R11 hold RIP and RFLAGS. On Intel by IRETQ, which takes the selectors from here, so that the guest's
// STAR may stay in its MSR; and an NMI that came by a VM exit blocks no others from now on.
.macro LEAVE_AMD rsp
    mov rsp, [BF_PP_AREA_BASE + BF_PP_BLOCK + \rsp]
    sysretq
.endm

.macro PUSH_FRAME rsp
    push USER_SS
    push qword ptr [BF_PP_AREA_BASE + BF_PP_BLOCK + \rsp]
    push r11
    push USER_CS
    push rcx
.endm

.macro LEAVE_INTEL rsp
    PUSH_FRAME \rsp
    iretq
.endm

.macro LEAVE_FRAME rsp
    PUSH_FRAME \rsp
    jmp leave_frame
.endm

// To the kernel's table and to ring 3's, whose translations are kept the next time where the processor can.
.macro ENTER_KERNEL
    mov ENTRY(RSP), rsp
    mov rsp, ENTRY(KERNEL_ROOT)
    mov cr3, rsp
    mov rsp, ENTRY(RSP)
.endm

.macro USE_USER_ROOT
    mov rsp, ENTRY(USER_ROOT)
    mov cr3, rsp
    mov rsp, ENTRY(KEEP)
    or ENTRY(USER_ROOT), rsp
.endm

// AMD's way where NMIs may come through in ring 3.
.macro LEAVE_OPEN rsp
    mov rsp, [BF_PP_AREA_BASE + BF_PP_BLOCK + \rsp]
    jmp leave_open
.endm

// Enters a callback in ring 3: its arguments, every other register zero but RCX and R11.
.macro CALL_BACK leave
    mov rax, PP(TCB_IDS0)
    mov TCB(EXTID), rax
    mov rax, PP(TCB_IDS1)
    mov TCB(PPID), rax
    mov rcx, PP(UPCALL_RIP)
    mov r11d, USER_RFLAGS
    mov rdi, PP(UPCALL_REG0)
    mov rsi, PP(UPCALL_REG1)
    mov rdx, PP(UPCALL_REG2)
    mov r10, PP(UPCALL_REG3)
    mov r8, PP(UPCALL_REG4)
    .irp register, eax, ebx, ebp, r9d, r12d, r13d, r14d, r15d
    xor \register, \register
    .endr
    \leave BF_PP_BLOCK_UPCALL_RSP
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

    .globl intel_syscall_entry
    .balign 16
intel_syscall_entry:
    SYSCALL_ENTRY enterIntelFastSyscall, run_intel, LEAVE_INTEL, act

    .globl intel_syscall_entry_careful
    .balign 16
intel_syscall_entry_careful:
    SYSCALL_ENTRY enterCarefulSyscall, run_intel, LEAVE_INTEL, act

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

// Loads all of the guest but CR2, DR6, STAR and FMASK, which are its own already, and enters it.
.macro ENTER_GUEST instruction
    WRITE_MSR MSR_LSTAR, BF_PP_BLOCK_GUEST_LSTAR
    EACH 1, GENERAL
    mov rax, TCB(RAX)
    \instruction
.endm

// Runs the active VS on Intel until it exits, and hands the exit to the kernel. The VMCS switches what it holds. Of the
// rest, host mode needs LSTAR for itself, and STAR and FMASK only where the guest's would not do: SYSCALL must lead to
// the kernel's code segment and clear the flags that an extension must not hand to it.
    .balign 16
run_intel:
    cmp dword ptr PP32(ENTRY_WORK), 0
    jne 2f
1:  ENTER_GUEST vmresume
    jmp 3f
2:  test dword ptr PP32(ENTRY_WORK), BF_ENTRY_STATE
    jz 4f
    and dword ptr PP32(ENTRY_WORK), ~BF_ENTRY_STATE
    WRITE_MSR MSR_STAR, BF_PP_BLOCK_GUEST_STAR
    WRITE_MSR MSR_FMASK, BF_PP_BLOCK_GUEST_FMASK
    mov rax, PP(GUEST_CR2)
    mov cr2, rax
    mov rax, PP(GUEST_DR6)
    mov dr6, rax
4:  test dword ptr PP32(ENTRY_WORK), BF_ENTRY_LAUNCH
    jz 1b
    ENTER_GUEST vmlaunch
3:  or dword ptr PP32(ENTRY_WORK), BF_ENTRY_REFUSED
    mov rsp, KERNEL_STACK_TOP

    .globl intel_exit_entry
intel_exit_entry:
    mov TCB(RAX), rax
    EACH 0, GENERAL
    READ_MSR MSR_LSTAR, BF_PP_BLOCK_GUEST_LSTAR
    mov eax, dword ptr PP32(CALL_ENTRY)
    xor edx, edx
    wrmsr
    READ_MSR MSR_STAR, BF_PP_BLOCK_GUEST_STAR
    cmp dx, KERNEL_CS
    jne 5f
    READ_MSR MSR_FMASK, BF_PP_BLOCK_GUEST_FMASK
    not eax
    test eax, FMASK_NEEDED
    jnz 5f
6:  mov rax, cr2
    mov PP(GUEST_CR2), rax
    mov rax, dr6
    mov PP(GUEST_DR6), rax
    mov dword ptr PP32(PORTS_OPEN), 0
    mov eax, VMCS_EXIT_REASON
    vmread rdi, rax
    call enterIntelExit             // (exit reason)
    cmp eax, BF_ACTION_UPCALL
    jne act
upcall_intel:
    CALL_BACK LEAVE_INTEL

// The guest's STAR or FMASK will not do.
5:  READ_MSR MSR_FMASK, BF_PP_BLOCK_GUEST_FMASK
    mov eax, HOST_FMASK
    wrmsr
    mov ecx, MSR_STAR
    xor eax, eax
    mov edx, HOST_STAR >> 32
    wrmsr
    or dword ptr PP32(ENTRY_WORK), BF_ENTRY_STATE
    jmp 6b

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
    .globl amd_syscall_isolated
amd_syscall_isolated:
    clgi
    ENTER_KERNEL
    SYSCALL_ENTRY enterCarefulSyscall, run_open, LEAVE_OPEN, act_open

    .globl intel_syscall_isolated
intel_syscall_isolated:
    ENTER_KERNEL
    SYSCALL_ENTRY enterCarefulSyscall, run_intel, LEAVE_FRAME, act

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

    .section .note.GNU-stack, "", @progbits
