// SPDX-License-Identifier: MIT
// Boots without an operating system: multiboot 1 (QEMU's -kernel, GRUB) to 64-bit mode, and application processors
//
// The image is an ELF64 file, which multiboot loaders refuse, so its header carries the addresses itself (bit 16).

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x00010003 // modules on page boundaries, memory size, addresses in this header
#define TRAMPOLINE 0x8000          // what the INIT-SIPI-SIPI sequence names, processors.ts copies the code there
#define TRAMPOLINE_STACK 0x8ff0    // written by processors.ts
#define TRAMPOLINE_INDEX 0x8ff8

#define CR0_PE_MP_ET_NE_WP_PG 0x80010033
#define CR4_PAE_OSFXSR_OSXMMEXCPT 0x620
#define MSR_EFER 0xc0000080
#define EFER_SCE_LME_NXE 0x901
#define PTE_PRESENT_WRITABLE 0x3
#define PDE_LARGE 0x80

    .intel_syntax noprefix
    .section .text.boot, "ax", @progbits
    .code32
    .balign 4
    .globl boot_start
multiboot_header:
    .long MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
    .long multiboot_header, image_start, image_file_end, image_end, boot_start

// 32-bit protected mode, flat segments: EAX = magic, EBX = multiboot information.
boot_start:
    cld
    mov esp, offset boot_stack_end
    mov ebp, eax
    mov edi, offset image_file_end
    mov ecx, offset image_end
    sub ecx, edi
    xor eax, eax
    rep stosb

    // The first 4 GiB, identity, in pages of 2 MiB.
    mov dword ptr [boot_pml4], offset boot_pdpt + PTE_PRESENT_WRITABLE
    mov edi, offset boot_pdpt
    mov eax, offset boot_pd + PTE_PRESENT_WRITABLE
1:  mov [edi], eax
    add edi, 8
    add eax, 0x1000
    cmp edi, offset boot_pdpt + 4 * 8
    jne 1b
    mov edi, offset boot_pd
    mov eax, PTE_PRESENT_WRITABLE + PDE_LARGE
1:  mov [edi], eax
    add edi, 8
    add eax, 0x200000
    jnc 1b

    mov edx, offset boot_long
    jmp long_mode

// Enters 64-bit mode at EDX; keeps EBX, EBP and ESP.
long_mode:
    mov eax, CR4_PAE_OSFXSR_OSXMMEXCPT
    mov cr4, eax
    mov eax, offset boot_pml4
    mov cr3, eax
    mov esi, edx
    mov ecx, MSR_EFER
    mov eax, EFER_SCE_LME_NXE
    xor edx, edx
    wrmsr
    mov eax, CR0_PE_MP_ET_NE_WP_PG
    mov cr0, eax
    lgdt [boot_gdtr]
    // In intel syntax a far jump to a constant is ambiguous.
    .att_syntax
    ljmp $0x10, $1f
    .intel_syntax noprefix
    .code64
1:  mov eax, 0x18
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov esp, esp
    mov esi, esi
    jmp rsi

boot_long:
    lea rdi, [module_memory]
    call module_init
    mov edi, ebp
    mov esi, ebx
    call bareBoot
    ud2

// An application processor, in 64-bit mode: its stack and its number are in the trampoline's page.
processor_long:
    mov rsp, [TRAMPOLINE_STACK]
    mov edi, [TRAMPOLINE_INDEX]
    call bareProcessor
    ud2

// Real mode, CS = TRAMPOLINE >> 4: copied there, so only addresses relative to it can be named.
    .code16
    .balign 16
    .globl trampoline, trampoline_end
trampoline:
    cli
    xor ax, ax
    mov ds, ax
    .att_syntax
    lgdtl (TRAMPOLINE + trampoline_gdtr - trampoline) // all 32 bits of the base: the image lies above 16 MiB
    .intel_syntax noprefix
    mov eax, cr0
    or al, 1
    mov cr0, eax
    .att_syntax
    ljmpl $0x08, $(TRAMPOLINE + trampoline_protected - trampoline)
    .intel_syntax noprefix
    .code32
trampoline_protected:
    mov eax, 0x18
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov edx, offset processor_long
    mov eax, offset long_mode
    jmp eax
    .balign 4
trampoline_gdtr:
    .word boot_gdt_end - boot_gdt - 1
    .long boot_gdt
trampoline_end:

    .code64
    .text
// One stub a vector, all of the same length. NMIs are counted; nothing else returns, for nothing here may fault.
    .balign 16
    .globl exception_stubs
exception_stubs:
    .set vector, 0
    .rept 32
    .balign 16
    .if vector == 2
    lock inc dword ptr [rip + nmi_counter]
    iretq
    .else
    // Vectors for which the processor pushes an error code: 8, 10 to 14, 17, 21, 29, 30
    .if (0x60227d00 >> vector) & 1 == 0
    push 0
    .endif
    push vector
    jmp exception
    .endif
    .set vector, vector + 1
    .endr
exception:
    mov rdi, [rsp]                  // vector
    mov rsi, [rsp + 8]              // error code
    mov rdx, [rsp + 16]             // RIP
    and rsp, -16
    call bareException
    ud2

    .section .rodata
    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00cf9b000000ffff        // 0x08: 32-bit code
    .quad 0x00af9b000000ffff        // 0x10: 64-bit code
    .quad 0x00cf93000000ffff        // 0x18: data
boot_gdt_end:
boot_gdtr:
    .word boot_gdt_end - boot_gdt - 1
    .quad boot_gdt

    .bss
    .balign 4096
    .globl nmi_counter
nmi_counter:
    .skip 4096
boot_pml4:
    .skip 4096
boot_pdpt:
    .skip 4096
boot_pd:
    .skip 4 * 4096
boot_stack:
    .skip 0x4000
boot_stack_end:
// The linear memory of the module: 128 KiB without the first 64.
module_memory:
    .skip 0x10000

    .section .note.GNU-stack, "", @progbits
