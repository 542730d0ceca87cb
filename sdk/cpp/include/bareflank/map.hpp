// SPDX-License-Identifier: MIT
// Permission maps: for which MSRs and ports a VM exits
#ifndef BAREFLANK_MAP_HPP
#define BAREFLANK_MAP_HPP

#include "result.hpp"
#include "vm.hpp"

namespace bareflank {

/// A permission map, by its identifier. Accesses are BF_MAP_READS, BF_MAP_WRITES or both; those to ports are all reads.
class Map {
  public:
    constexpr Map(bf_map map) : map_(map) {}
    constexpr operator bf_map() const { return map_; }

    /// A map that lets everything pass; `kind` is BF_MAP_MSR or BF_MAP_IO.
    static Result<Map> create(uint32_t kind) {
        bf_map map{};
        bf_status status = bf_map_create(kind, &map);
        return {status, Map(map)};
    }
    /// Makes accesses to numbers `first` to `last` exit; the result is how many of them exit always.
    Result<uint64_t> trap(uint32_t first, uint32_t last, uint32_t accesses = BF_MAP_ACCESSES) const {
        uint64_t always;
        bf_status status = bf_map_trap(map_, first, last, accesses, &always);
        return {status, always};
    }
    /// Lets them happen without an exit; the result is how many of them exit all the same.
    Result<uint64_t> pass(uint32_t first, uint32_t last, uint32_t accesses = BF_MAP_ACCESSES) const {
        uint64_t always;
        bf_status status = bf_map_pass(map_, first, last, accesses, &always);
        return {status, always};
    }
    /// Which accesses to a number exit.
    Result<uint64_t> query(uint32_t number) const {
        uint64_t accesses;
        bf_status status = bf_map_query(map_, number, &accesses);
        return {status, accesses};
    }
    /// Makes a VS exit by the map.
    Result<> attach(bf_vs vs) const { return bf_map_attach(map_, vs); }
    /// Takes the map from a VS.
    Result<> detach(bf_vs vs) const { return bf_map_detach(map_, vs); }
    /// Gives the map back; no VS has it any more.
    Result<> destroy() const { return bf_map_destroy(map_); }

  private:
    bf_map map_;
};

} // namespace bareflank

#endif
