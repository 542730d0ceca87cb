// SPDX-License-Identifier: MIT
//! Permission maps: for which MSRs and ports a VM exits. Accesses are `MAP_READS`, `MAP_WRITES` or `MAP_ACCESSES`; those to
//! ports are all reads.

use crate::abi::{self, Map, Status, Vs};

impl Map {
    /// A map that lets everything pass; `kind` is `MAP_MSR` or `MAP_IO`.
    pub fn create(kind: u32) -> Result<Map, Status> {
        abi::map_create(kind)
    }

    /// Makes accesses to numbers `first` to `last` exit: how many of them exit always.
    pub fn trap(self, first: u32, last: u32, accesses: u32) -> Result<u64, Status> {
        abi::map_trap(self, first, last, accesses)
    }

    /// Lets them happen without an exit: how many of them exit all the same.
    pub fn pass(self, first: u32, last: u32, accesses: u32) -> Result<u64, Status> {
        abi::map_pass(self, first, last, accesses)
    }

    /// Which accesses to a number exit.
    pub fn query(self, number: u32) -> Result<u64, Status> {
        abi::map_query(self, number)
    }

    /// Makes a VS exit by the map.
    pub fn attach(self, vs: Vs) -> Result<(), Status> {
        abi::map_attach(self, vs)
    }

    /// Takes the map from a VS.
    pub fn detach(self, vs: Vs) -> Result<(), Status> {
        abi::map_detach(self, vs)
    }

    /// Gives the map back; no VS has it any more.
    pub fn destroy(self) -> Result<(), Status> {
        abi::map_destroy(self)
    }
}
