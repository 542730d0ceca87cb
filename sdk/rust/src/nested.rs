// SPDX-License-Identifier: MIT
//! Nested page tables by whole ranges: the microkernel's calls do a bounded part of one (docs/objects.md).

use crate::abi::{self, Nested, Status, Vs};

/// Makes `call`, which takes an offset and the bytes left and says how many it has done, until all is done or it fails.
fn whole_range(bytes: u64, mut call: impl FnMut(u64, u64) -> Result<u64, Status>) -> Result<(), Status> {
    let mut offset = 0;
    while offset < bytes {
        offset += call(offset, bytes - offset)?;
    }
    Ok(())
}

/// What a word of a bitmap has bits for: 64 pages.
const PAGES_BYTES: u64 = 64 * 4096;

impl Nested {
    /// Tables in which a VM sees nothing yet; `flags` are `NESTED_FOR_ROOT`, `NESTED_TRACKED` or 0.
    pub fn create(flags: u32) -> Result<Nested, Status> {
        abi::nested_create(flags).map(|(nested, _)| nested)
    }

    /// Shows host memory at guest physical addresses: `NESTED_*` rights, memory type and page size.
    ///
    /// # Safety
    /// Nothing of the extension's may depend on memory that a VM can write.
    // Compilers before 1.65 take a closure in an unsafe function for unsafe itself
    #[allow(unused_unsafe)]
    pub unsafe fn map(self, guest: u64, host: u64, bytes: u64, flags: u32) -> Result<(), Status> {
        whole_range(bytes, |offset, left| unsafe { abi::nested_map(self, guest + offset, host + offset, left, flags) })
    }

    /// Shows host memory at its own addresses; `NESTED_OWN_*` says what is shown of the hypervisor's.
    ///
    /// # Safety
    /// As for `map`.
    #[allow(unused_unsafe)]
    pub unsafe fn identity(self, guest: u64, bytes: u64, flags: u32) -> Result<(), Status> {
        whole_range(bytes, |offset, left| unsafe { abi::nested_identity(self, guest + offset, left, flags) })
    }

    /// Gives pages other rights; fails where nothing is mapped.
    pub fn protect(self, guest: u64, bytes: u64, rights: u32) -> Result<(), Status> {
        whole_range(bytes, |offset, left| abi::nested_protect(self, guest + offset, left, rights))
    }

    /// Shows nothing there any more.
    pub fn unmap(self, guest: u64, bytes: u64) -> Result<(), Status> {
        whole_range(bytes, |offset, left| abi::nested_unmap(self, guest + offset, left))
    }

    /// Makes a VS see memory by the tables.
    pub fn attach(self, vs: Vs) -> Result<(), Status> {
        abi::nested_attach(self, vs)
    }

    /// Takes the tables from a VS.
    pub fn detach(self, vs: Vs) -> Result<(), Status> {
        abi::nested_detach(self, vs)
    }

    /// The host physical address that a guest physical one is shown at; fails where nothing is mapped.
    pub fn translate(self, guest: u64) -> Result<u64, Status> {
        abi::nested_translate(self, guest).map(|(host, _)| host)
    }

    /// Copies what the VM may read there into memory of the extension's own.
    pub fn read(self, guest: u64, to: &mut [u8]) -> Result<(), Status> {
        let start = to.as_mut_ptr() as u64;
        whole_range(to.len() as u64, |offset, left| unsafe {
            abi::nested_copy(self, guest + offset, start + offset, left, abi::NESTED_COPY_FROM_VM)
        })
    }

    /// Copies memory of the extension's own to where the VM may write.
    pub fn write(self, guest: u64, from: &[u8]) -> Result<(), Status> {
        let start = from.as_ptr() as u64;
        whole_range(from.len() as u64, |offset, left| unsafe {
            abi::nested_copy(self, guest + offset, start + offset, left, abi::NESTED_COPY_TO_VM)
        })
    }

    /// Which pages of a range the VM has accessed or written (`NESTED_ACCESSED`, `NESTED_DIRTY`) since it was asked the last time: a bit
    /// for each 4 KiB, as many as there is room for.
    pub fn harvest(self, guest: u64, bytes: u64, bitmap: &mut [u64], what: u32) -> Result<(), Status> {
        let start = bitmap.as_mut_ptr() as u64;
        whole_range(bytes.min(bitmap.len() as u64 * PAGES_BYTES), |offset, left| unsafe {
            abi::nested_harvest(self, guest + offset, left, start + offset / 0x8000, what)
        })
    }

    /// Has all processors forget what the tables no longer say: how many of the others still run with it.
    pub fn flush(self) -> Result<u64, Status> {
        abi::nested_flush(self)
    }

    /// Gives the tables back; no VS has them any more.
    pub fn free(self) -> Result<(), Status> {
        while abi::nested_destroy(self)? != 0 {}
        Ok(())
    }
}
