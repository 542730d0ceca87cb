// SPDX-License-Identifier: MIT
//! VMs, their VPs, and the states of these: objects of the microkernel, by their identifiers

use crate::abi::{self, Pp, Status, Vm, Vp, Vs};
use crate::vendor::{
    bf_intel_get, bf_intel_set, bf_vs_activate_root, bf_vs_create_guest, bf_vs_create_root, bf_vs_start_in_real_mode,
    is_intel, native,
};

/// An event that is valid, and an exception; bit 11: it has an error code (APM volume 2, 15.20; SDM volume 3, 25.8.3).
const VALID_EXCEPTION: u64 = 0x8000_0300;
const WITH_CODE: u64 = 1 << 11;
const UNDEFINED_OPCODE: u64 = 6;
const GENERAL_PROTECTION: u64 = 13;
const CR0_PE: u64 = 1;
/// A fault is pushed with it set: its instruction does not hit a breakpoint twice (APM volume 2, 13.1.1.2).
const RFLAGS_RF: u64 = 1 << 16;

/// A page of physical memory in the extension's address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub address: *mut u8,
    pub physical: u64,
}

impl Page {
    /// Allocates a zeroed page.
    pub fn allocate() -> Result<Self, Status> {
        let (address, physical) = abi::mem_alloc_page()?;
        Ok(Self { address: address as *mut u8, physical })
    }
}

impl Vm {
    /// The operating system's.
    pub const ROOT: Vm = Vm(abi::ROOT_VMID);

    pub fn create() -> Result<Vm, Status> {
        abi::vm_create()
    }

    pub fn destroy(self) -> Result<(), Status> {
        abi::vm_destroy(self)
    }

    pub fn create_vp(self) -> Result<Vp, Status> {
        abi::vp_create(self)
    }

    /// Maps a page of physical memory; the result is its address in this VM's view.
    pub fn map_direct(self, physical: u64) -> Result<*mut u8, Status> {
        abi::vm_map_direct(self, physical).map(|address| address as *mut u8)
    }

    /// Takes such a page back, on all processors.
    ///
    /// # Safety
    /// Nothing may use the memory there any more.
    pub unsafe fn unmap_direct(self, address: *mut u8) -> Result<(), Status> {
        abi::vm_unmap_direct_broadcast(self, address as u64)
    }

    /// Flushes the address translations of its VSs on this processor.
    pub fn flush_tlb(self) -> Result<(), Status> {
        abi::vm_tlb_flush(self)
    }

    /// Prints it to the debug ring.
    pub fn dump(self) -> Result<(), Status> {
        abi::debug_dump_vm(self)
    }
}

impl Vp {
    pub fn destroy(self) -> Result<(), Status> {
        abi::vp_destroy(self)
    }

    pub fn create_vs(self, pp: Pp) -> Result<Vs, Status> {
        abi::vs_create(self, pp)
    }

    pub fn dump(self) -> Result<(), Status> {
        abi::debug_dump_vp(self)
    }
}

impl Vs {
    /// Makes the root VS of a processor: the operating system, as it was when the hypervisor started.
    pub fn create_root(pp: Pp) -> Result<Vs, Status> {
        Ok(unsafe { bf_vs_create_root(pp) })
    }

    /// Makes a VS of a VM beside the operating system, with an address space identifier of its own: all registers are 0.
    /// Nothing of the machine reaches it until it is given nested page tables and maps. It fails the callback when the
    /// microkernel refuses.
    pub fn create_guest(vp: Vp, pp: Pp, space: u64) -> Vs {
        unsafe { bf_vs_create_guest(vp, pp, space) }
    }

    /// Makes the root VS of this processor the active one, which is what `Next::Run` runs: an interrupt of the machine is
    /// for it.
    pub fn activate_root() -> Vs {
        unsafe { bf_vs_activate_root() }
    }

    /// Gives it the state in which it executes 16-bit code at segment:offset, with interrupts disabled and all other
    /// segments at 0. It exits for HLT.
    pub fn start_in_real_mode(self, segment: u16, offset: u16) {
        unsafe { bf_vs_start_in_real_mode(self, segment, offset) }
    }

    pub fn destroy(self) -> Result<(), Status> {
        abi::vs_destroy(self)
    }

    /// Reads a register that every processor has, `REG_*`, as the VM sees it: attributes of segments are AMD's on both.
    pub fn get(self, reg: u32) -> Result<u64, Status> {
        if is_intel() {
            return Ok(unsafe { bf_intel_get(self, reg) });
        }
        self.read(reg & 0xffff)
    }

    /// Writes one.
    pub fn set(self, reg: u32, value: u64) -> Result<(), Status> {
        if !is_intel() {
            return self.write(reg & 0xffff, value);
        }
        unsafe { bf_intel_set(self, reg, value) };
        Ok(())
    }

    /// Reads a register by its number on this processor: `AMD_REG_*`, `INTEL_REG_*`.
    #[inline]
    pub fn read(self, reg: u32) -> Result<u64, Status> {
        abi::vs_read(self, reg)
    }

    /// Writes a register by that number.
    #[inline]
    pub fn write(self, reg: u32, value: u64) -> Result<(), Status> {
        abi::vs_write(self, reg, value)
    }

    /// Makes the VM exit for an instruction or event: `INTERCEPT_*`. What exits always on Intel does so there without it.
    /// Returns the VS, so that calls can follow one another.
    pub fn intercept(self, intercept: u32) -> Result<Vs, Status> {
        match native(intercept) {
            0 => Ok(self),
            place => self.set_bit(place >> 5, place & 31),
        }
    }

    /// Sets a bit of a register by its number on this processor.
    fn set_bit(self, reg: u32, bit: u32) -> Result<Vs, Status> {
        self.write(reg, self.read(reg)? | 1 << bit)?;
        Ok(self)
    }

    /// Raises a fault without an error code in the VM when it runs next; then run it.
    pub fn inject(self, vector: u8) -> Result<(), Status> {
        self.deliver(u64::from(vector))
    }

    /// Raises #GP in the VM with an error code of 0, as for a value that the processor does not take; then run it.
    pub fn refuse(self) -> Result<(), Status> {
        // In real mode no exception has an error code (APM volume 2, 8.2)
        let code = if self.read(native(abi::REG_CR0))? & CR0_PE != 0 { WITH_CODE } else { 0 };
        if is_intel() {
            self.write(abi::INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, 0)?;
        }
        self.deliver(GENERAL_PROTECTION | code)
    }

    /// Raises #UD in the VM, as if the instruction that it exited for did not exist; then run it.
    pub fn inject_undefined_opcode(self) -> Result<(), Status> {
        self.deliver(UNDEFINED_OPCODE)
    }

    fn deliver(self, event: u64) -> Result<(), Status> {
        let reg =
            if is_intel() { abi::INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD } else { abi::AMD_REG_EVENTINJ };
        self.set(abi::REG_RFLAGS, self.get(abi::REG_RFLAGS)? | RFLAGS_RF)?;
        self.write(reg, VALID_EXCEPTION | event)
    }

    /// Makes it the active VS.
    pub fn set_active(self, vm: Vm, vp: Vp) -> Result<(), Status> {
        abi::vs_set_active(vm, vp, self)
    }

    /// The same, and skips the instruction that the VS exited for which was active until now.
    pub fn advance_ip_and_set_active(self, vm: Vm, vp: Vp) -> Result<(), Status> {
        abi::vs_advance_ip_and_set_active(vm, vp, self)
    }

    /// Has the processor forget what it keeps of it.
    pub fn clear(self) -> Result<(), Status> {
        abi::vs_clear(self)
    }

    /// Moves it to another processor.
    pub fn migrate(self, pp: Pp) -> Result<(), Status> {
        abi::vs_migrate(self, pp)
    }

    /// Flushes its translation of one guest virtual address.
    pub fn flush_tlb(self, address: u64) -> Result<(), Status> {
        abi::vs_tlb_flush(self, address)
    }

    pub fn dump(self) -> Result<(), Status> {
        abi::debug_dump_vs(self)
    }
}
