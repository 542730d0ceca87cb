// SPDX-License-Identifier: MIT
// In place of the kernel's entry: where the allocators' functions are, for machine.c

__asm__(".pushsection .text.entry,\"ax\",@progbits\n"
        ".globl kernel_entry\n"
        "kernel_entry:\n"
        ".quad module_init, announceStore, addChunk, allocatePage, allocatePages, freePage, freePages\n"
        ".quad slabInit, allocateObject, slabRelease, emptyStores, usedPagesOfAll, freePagesOfAll, freeBlocks\n"
        ".popsection");

/* The linker keeps what is named here. */
__attribute__((used)) static const void *const kept[] = {
    module_init, announceStore, addChunk,       allocatePage, allocatePages,  freePage,       freePages,
    slabInit,    allocateObject, slabRelease,    emptyStores,  usedPagesOfAll, freePagesOfAll, freeBlocks,
};

/* What a trap of the module calls, as the kernel's assembly has it. */
void module_trap(u32 code)
{
    (void)code;
    __builtin_trap();
}
