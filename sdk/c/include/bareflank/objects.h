/* SPDX-License-Identifier: MIT */
/* Nested page tables by whole ranges: the microkernel's calls do a bounded part of one (docs/objects.md) */
#ifndef BAREFLANK_OBJECTS_H
#define BAREFLANK_OBJECTS_H

#include "bareflank-calls.h"

/* Makes `call`, which says in `done` how much of `left` bytes at `offset` it has done, until all is done or it fails. */
#define BF_WHOLE_RANGE(bytes, call)                                        \
    uint64_t offset = 0, done = 0;                                         \
    bf_status status = BF_STATUS_SUCCESS;                                  \
    while (offset < (bytes) && status == BF_STATUS_SUCCESS) {              \
        uint64_t left = (bytes) - offset;                                  \
        status = call;                                                     \
        offset += done;                                                    \
    }                                                                      \
    return status

/* Shows host memory at guest physical addresses: NESTED_* rights, memory type and page size. */
static inline bf_status bf_nested_map_range(bf_nested nested, uint64_t guest, uint64_t host, uint64_t bytes,
                                            uint32_t flags)
{
    BF_WHOLE_RANGE(bytes, bf_nested_map(nested, guest + offset, host + offset, left, flags, &done));
}

/* Shows host memory at its own addresses; NESTED_OWN_* says what is shown of the hypervisor's. */
static inline bf_status bf_nested_identity_range(bf_nested nested, uint64_t guest, uint64_t bytes, uint32_t flags)
{
    BF_WHOLE_RANGE(bytes, bf_nested_identity(nested, guest + offset, left, flags, &done));
}

/* Gives pages other rights; fails where nothing is mapped. */
static inline bf_status bf_nested_protect_range(bf_nested nested, uint64_t guest, uint64_t bytes, uint32_t rights)
{
    BF_WHOLE_RANGE(bytes, bf_nested_protect(nested, guest + offset, left, rights, &done));
}

/* Shows nothing there any more. */
static inline bf_status bf_nested_unmap_range(bf_nested nested, uint64_t guest, uint64_t bytes)
{
    BF_WHOLE_RANGE(bytes, bf_nested_unmap(nested, guest + offset, left, &done));
}

/* Copies what a VM may read there into memory of the extension's own; what was copied before it failed stays. */
static inline bf_status bf_nested_read_range(bf_nested nested, uint64_t guest, void *to, uint64_t bytes)
{
    BF_WHOLE_RANGE(bytes, bf_nested_copy(nested, guest + offset, (uint64_t)to + offset, left, BF_NESTED_COPY_FROM_VM, &done));
}

/* The same from the extension's memory to where the VM may write. */
static inline bf_status bf_nested_write_range(bf_nested nested, uint64_t guest, const void *from, uint64_t bytes)
{
    BF_WHOLE_RANGE(bytes, bf_nested_copy(nested, guest + offset, (uint64_t)from + offset, left, BF_NESTED_COPY_TO_VM, &done));
}

/* Which pages of a range a VM has accessed or written (NESTED_ACCESSED, NESTED_DIRTY) since it was asked the last time: a bit for each 4 KiB. */
static inline bf_status bf_nested_harvest_range(bf_nested nested, uint64_t guest, uint64_t bytes, uint64_t *bitmap,
                                                uint32_t what)
{
    BF_WHOLE_RANGE(bytes, bf_nested_harvest(nested, guest + offset, left, (uint64_t)bitmap + offset / 0x8000, what, &done));
}

#undef BF_WHOLE_RANGE

/* Gives the tables back; no VS has them any more. */
static inline bf_status bf_nested_free(bf_nested nested)
{
    uint64_t left = 1;
    bf_status status = BF_STATUS_SUCCESS;
    while (left != 0 && status == BF_STATUS_SUCCESS)
        status = bf_nested_destroy(nested, &left);
    return status;
}

#endif
