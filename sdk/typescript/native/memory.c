// SPDX-License-Identifier: MIT
// memory.grow: asks the microkernel for pages of 4 KiB, in steps, until there are enough behind the first 64 KiB

bool module_memory_grow(u32 pages, u32 more)
{
    u64 has = 0, none = 0, wanted = (((u64)pages + more) * 65536 - MODULE_MEMORY_START) / 4096;
    while (has < wanted) {
        has = bf_handle;
        if (sdk_call(BF_SYSCALL_MEMORY_GROW, &has, &wanted, &none, 0) != BF_STATUS_SUCCESS)
            return false;
    }
    return true;
}
