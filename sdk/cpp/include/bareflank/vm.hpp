// SPDX-License-Identifier: MIT
// VMs, their VPs, and the states of these: objects of the microkernel, by their identifiers
#ifndef BAREFLANK_VM_HPP
#define BAREFLANK_VM_HPP

#include "bareflank/vs.h"

#include "bareflank-vs.hpp"

#include "result.hpp"

namespace bareflank {

/// A physical processor.
class Pp {
  public:
    constexpr explicit Pp(uint16_t id) : pp_{id} {}
    constexpr Pp(bf_pp pp) : pp_(pp) {}
    constexpr operator bf_pp() const { return pp_; }
    constexpr uint16_t id() const { return pp_.id; }

  private:
    bf_pp pp_;
};

/// A page of physical memory in the extension's address space.
struct Page {
    uint64_t address;
    uint64_t physical;
};

/// Whether this is a processor of Intel's; of AMD's otherwise.
inline bool is_intel() { return bf_is_intel; }
/// Whether a VM exited for a reason that both vendors have: BF_EXIT_*. Others are BF_AMD_EXIT_* and BF_INTEL_EXIT_*.
inline bool is_exit(uint64_t reason, uint32_t exit) { return bf_is_exit(reason, exit); }

class Vs;
class Vp;

/// A virtual machine: an address space.
class Vm {
  public:
    constexpr explicit Vm(uint32_t id) : vm_{id} {}
    constexpr Vm(bf_vm vm) : vm_(vm) {}
    constexpr operator bf_vm() const { return vm_; }
    constexpr uint32_t id() const { return vm_.id; }

    /// The operating system's.
    static constexpr Vm root() { return Vm(BF_ROOT_VMID); }
    static Result<Vm> create() {
        bf_vm vm;
        bf_status status = bf_vm_create(&vm);
        return {status, vm};
    }

    Result<> destroy() const { return bf_vm_destroy(vm_); }
    Result<Vp> create_vp() const;
    /// Maps a page of physical memory; the result is its address in this VM's view.
    Result<uint64_t> map_direct(uint64_t physical) const {
        uint64_t address;
        bf_status status = bf_vm_map_direct(vm_, physical, &address);
        return {status, address};
    }
    /// Takes such a page back, on this processor.
    Result<> unmap_direct(uint64_t address) const { return bf_vm_unmap_direct(vm_, address); }
    /// Takes such a page back, on all processors.
    Result<> unmap_direct_everywhere(uint64_t address) const { return bf_vm_unmap_direct_broadcast(vm_, address); }
    /// Flushes the address translations of its VSs on this processor.
    Result<> flush_tlb() const { return bf_vm_tlb_flush(vm_); }
    /// Prints it to the debug ring.
    Result<> dump() const { return bf_debug_dump_vm(vm_); }

  private:
    bf_vm vm_;
};

/// A virtual processor of a VM.
class Vp {
  public:
    constexpr explicit Vp(uint32_t id) : vp_{id} {}
    constexpr Vp(bf_vp vp) : vp_(vp) {}
    constexpr operator bf_vp() const { return vp_; }
    constexpr uint32_t id() const { return vp_.id; }

    Result<> destroy() const { return bf_vp_destroy(vp_); }
    Result<Vs> create_vs(Pp pp) const;
    Result<> dump() const { return bf_debug_dump_vp(vp_); }

  private:
    bf_vp vp_;
};

/// The state of a VP on a processor.
class Vs : public VsMethods<Vs> {
  public:
    constexpr explicit Vs(uint32_t id) : vs_{id} {}
    constexpr Vs(bf_vs vs) : vs_(vs) {}
    constexpr operator bf_vs() const { return vs_; }
    constexpr uint32_t id() const { return vs_.id; }

    /// Makes the root VS of a processor: the operating system, as it was when the hypervisor started.
    static Vs create_root(Pp pp) { return bf_vs_create_root(pp); }
    /// Makes a VS of a VM beside the operating system, with an address space identifier of its own: all registers are 0.
    /// Nothing of the machine reaches it until it is given nested page tables and maps.
    static Vs create_guest(Vp vp, Pp pp, uint64_t space) { return bf_vs_create_guest(vp, pp, space); }
    /// Makes the root VS of this processor the active one: an interrupt of the machine is for it.
    static Vs activate_root() { return bf_vs_activate_root(); }
    /// Gives it the state in which it executes 16-bit code at segment:offset, with interrupts disabled and all other
    /// segments at 0. It exits for HLT.
    void start_in_real_mode(uint16_t segment, uint16_t offset) const { bf_vs_start_in_real_mode(vs_, segment, offset); }

    Result<> destroy() const { return bf_vs_destroy(vs_); }
    /// Reads a register that every processor has, BF_REG_*, as the VM sees it.
    uint64_t get(uint32_t reg) const { return bf_vs_get(vs_, reg); }
    /// Writes one.
    void set(uint32_t reg, uint64_t value) const { bf_vs_set(vs_, reg, value); }
    /// Reads a register by its number on this processor: BF_AMD_REG_*, BF_INTEL_REG_*.
    Result<uint64_t> read(uint32_t reg) const {
        uint64_t value;
        bf_status status = bf_vs_read(vs_, reg, &value);
        return {status, value};
    }
    /// Writes a register by that number.
    Result<> write(uint32_t reg, uint64_t value) const { return bf_vs_write(vs_, reg, value); }
    /// Makes the VM exit for an instruction or event: BF_INTERCEPT_*. Returns the VS, so that calls can follow.
    Vs intercept(uint32_t intercept) const {
        bf_vs_intercept(vs_, intercept);
        return *this;
    }
    /// Raises a fault without an error code in the VM when it runs next; then run it.
    void inject(uint32_t vector) const { bf_vs_inject(vs_, vector); }
    /// Raises #GP in the VM with an error code of 0, as for a value that the processor does not take; then run it.
    void refuse() const { bf_vs_refuse(vs_); }
    /// Raises #UD in the VM, as if the instruction that it exited for did not exist; then run it.
    void inject_undefined_opcode() const { bf_vs_inject_undefined_opcode(vs_); }
    /// Makes it the active VS.
    Result<> set_active(Vm vm, Vp vp) const { return bf_vs_set_active(vm, vp, vs_); }
    /// The same, and skips the instruction that the VS exited for which was active until now.
    Result<> advance_ip_and_set_active(Vm vm, Vp vp) const { return bf_vs_advance_ip_and_set_active(vm, vp, vs_); }
    /// Has the processor forget what it keeps of it.
    Result<> clear() const { return bf_vs_clear(vs_); }
    /// Moves it to another processor.
    Result<> migrate(Pp pp) const { return bf_vs_migrate(vs_, pp); }
    /// Flushes its translation of one guest virtual address.
    Result<> flush_tlb(uint64_t address) const { return bf_vs_tlb_flush(vs_, address); }
    Result<> dump() const { return bf_debug_dump_vs(vs_); }

  private:
    bf_vs vs_;
};

inline Result<Vp> Vm::create_vp() const {
    bf_vp vp;
    bf_status status = bf_vp_create(vm_, &vp);
    return {status, vp};
}

inline Result<Vs> Vp::create_vs(Pp pp) const {
    bf_vs vs;
    bf_status status = bf_vs_create(vp_, pp, &vs);
    return {status, vs};
}

/// Allocates a zeroed page.
inline Result<Page> allocate_page() {
    Page page;
    bf_status status = bf_mem_alloc_page(&page.address, &page.physical);
    return {status, page};
}

} // namespace bareflank

#endif
