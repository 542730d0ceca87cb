// SPDX-License-Identifier: MIT
// Nested page tables: what physical memory a VM sees, and what it may do with it
#ifndef BAREFLANK_NESTED_HPP
#define BAREFLANK_NESTED_HPP

#include "bareflank/objects.h"

#include "result.hpp"
#include "vm.hpp"

namespace bareflank {

/// Nested page tables, by their identifier. Ranges are whole pages; flags are BF_NESTED_*.
class Nested : public NestedMethods<Nested> {
  public:
    constexpr Nested(bf_nested nested) : nested_(nested) {}
    constexpr operator bf_nested() const { return nested_; }

    /// Tables in which a VM sees nothing yet; `flags` are BF_NESTED_FOR_ROOT, BF_NESTED_TRACKED or 0.
    static Result<Nested> create(uint32_t flags = 0) {
        bf_nested nested{};
        uint64_t features;
        bf_status status = bf_nested_create(flags, &nested, &features);
        return {status, Nested(nested)};
    }
    /// Shows host memory at guest physical addresses: rights, memory type and page size.
    Result<> map(uint64_t guest, uint64_t host, uint64_t bytes, uint32_t flags) const {
        return bf_nested_map_range(nested_, guest, host, bytes, flags);
    }
    /// Shows host memory at its own addresses; BF_NESTED_OWN_* says what is shown of the hypervisor's.
    Result<> identity(uint64_t guest, uint64_t bytes, uint32_t flags) const {
        return bf_nested_identity_range(nested_, guest, bytes, flags);
    }
    /// Gives pages other rights; fails where nothing is mapped.
    Result<> protect(uint64_t guest, uint64_t bytes, uint32_t rights) const {
        return bf_nested_protect_range(nested_, guest, bytes, rights);
    }
    /// Shows nothing there any more.
    Result<> unmap(uint64_t guest, uint64_t bytes) const { return bf_nested_unmap_range(nested_, guest, bytes); }
    /// Makes a VS see memory by the tables.
    Result<> attach(bf_vs vs) const { return bf_nested_attach(nested_, vs); }
    /// Takes the tables from a VS.
    Result<> detach(bf_vs vs) const { return bf_nested_detach(nested_, vs); }
    /// The host physical address that a guest physical one is shown at; fails where nothing is mapped.
    Result<uint64_t> translate(uint64_t guest) const {
        uint64_t host, flags;
        bf_status status = bf_nested_translate(nested_, guest, &host, &flags);
        return {status, host};
    }
    /// Copies what the VM may read there into memory of the extension's own.
    Result<> read(uint64_t guest, void *to, uint64_t bytes) const {
        return bf_nested_read_range(nested_, guest, to, bytes);
    }
    /// Copies memory of the extension's own to where the VM may write.
    Result<> write(uint64_t guest, const void *from, uint64_t bytes) const {
        return bf_nested_write_range(nested_, guest, from, bytes);
    }
    /// Which pages of a range the VM has accessed or written (BF_NESTED_ACCESSED, BF_NESTED_DIRTY): a bit for each 4 KiB.
    Result<> harvest(uint64_t guest, uint64_t bytes, uint64_t *bitmap, uint32_t what) const {
        return bf_nested_harvest_range(nested_, guest, bytes, bitmap, what);
    }
    /// Has all processors forget what the tables no longer say: how many of the others still run with it.
    Result<uint64_t> flush() const {
        uint64_t waiting;
        bf_status status = bf_nested_flush(nested_, &waiting);
        return {status, waiting};
    }
    /// Gives the tables back; no VS has them any more.
    Result<> free() const { return bf_nested_free(nested_); }

  private:
    bf_nested nested_;
};

} // namespace bareflank

#endif
