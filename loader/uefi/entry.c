// SPDX-License-Identifier: MIT
// The entry of the UEFI application. The operating system takes the memory that the firmware has loaded it to, and the hand-off
// is still needed then: so it copies itself to memory that lasts, and goes on there. No word of it says where it lies
// (toolchain/src/pe.ts).

/* UEFI 2.10, 4.3, 4.4 and 7.2 */
#define BOOT_SERVICES 96
#define ALLOCATE_PAGES 40
#define RUNTIME_SERVICES_CODE 5

/* Linear memory of the module: without the first 64 KiB, which stay empty. */
static u8 linear_memory[MODULE_MEMORY_BYTES - MODULE_MEMORY_START] __attribute__((aligned(4096)));

static u64 go_on(u64 image, u64 table)
{
    module_init(linear_memory);
    return uefiMain(image, table);
}

u64 efi_main(u64 image, u64 table)
{
    u64 services = *(u64 *)(table + BOOT_SERVICES), copy = 0;
    u64 (*allocate)(u64, u64, u64, u64 *) = *(void **)(services + ALLOCATE_PAGES);
    u64 status = allocate(0, RUNTIME_SERVICES_CODE, (IMAGE_BYTES + 4095) / 4096, &copy);
    if (status != 0)
        return status;
    memcpy((void *)copy, image_base, IMAGE_BYTES);
    return ((u64(*)(u64, u64))((u64)go_on - (u64)image_base + copy))(image, table);
}

u64 processor_procedure(void *argument)
{
    uefiProcessor();
    return 0;
}

_Noreturn void module_trap(u32 code)
{
    uefiTrap(code);
    __builtin_trap();
}
