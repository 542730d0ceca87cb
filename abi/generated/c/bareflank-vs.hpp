// SPDX-License-Identifier: MIT
// Generated from abi/src by `bf build abi`. Do not edit.
// Methods of Vs and Nested: what is used of them is compiled into the extension (sdk/c/exports)
#ifndef BAREFLANK_VS_METHODS_HPP
#define BAREFLANK_VS_METHODS_HPP

#include "bareflank-sdk.h"

#include "bareflank/next.hpp"

namespace bareflank {

/// What Vs has of the SDK for TypeScript.
template <class Self> class VsMethods {
  public:
    /// Writes a register, BF_REG_* or REG_*, with a value that the VM chose; false where its processor would raise #GP.
    bool try_set(uint32_t reg, uint64_t value) const { return bf_vs_try_set(self(), reg, value); }
    /// Delivers what was being delivered at the exit, unless something else is to be: where the same instruction runs again.
    void redeliver() const { bf_vs_redeliver(self()); }
    /// Raises an exception in the VM when it runs next; the code counts where there is one.
    Next raise(uint32_t vector, uint32_t code = 0) const { return static_cast<Next>(bf_vs_raise(self(), vector, code)); }
    /// Delivers an external interrupt when the VM runs next, which must be able to take one.
    void interrupt(uint32_t vector) const { bf_vs_interrupt(self(), vector); }
    /// Delivers an NMI when the VM runs next. It must not be in a handler of one.
    void non_maskable_interrupt() const { bf_vs_non_maskable_interrupt(self()); }
    /// Whether the VM takes no interrupt before its next instruction is done, as behind STI.
    bool interrupt_shadow() const { return bf_vs_interrupt_shadow(self()); }
    /// Says so, or takes it back.
    void set_interrupt_shadow(bool wanted) const { bf_vs_set_interrupt_shadow(self(), wanted); }
    /// Makes the VM exit as soon as it can take an interrupt.
    void request_interrupt_window() const { bf_vs_request_interrupt_window(self()); }
    /// Takes that wish back.
    void close_interrupt_window() const { bf_vs_close_interrupt_window(self()); }
    /// Whether something is to be delivered when the VM runs next.
    bool has_event() const { return bf_vs_has_event(self()); }
    /// That, as AMD's EVENTINJ has it (APM volume 2, 15.20), on both vendors; 0: nothing.
    uint64_t event() const { return bf_vs_event(self()); }
    /// Delivers an event in that format, or none.
    void set_event(uint64_t event) const { bf_vs_set_event(self(), event); }
    /// Takes an interception back, of INTERCEPT_*. What exits always on Intel still does.
    void release(uint32_t intercept) const { bf_vs_release(self(), intercept); }
    /// Makes the VM exit, or no longer exit, when an exception is raised in it.
    void intercept_exception(uint32_t vector, bool wanted) const { bf_vs_intercept_exception(self(), vector, wanted); }
    /// The same when it reads CR3 or CR8.
    void intercept_control_read(uint32_t number, bool wanted) const { bf_vs_intercept_control_read(self(), number, wanted); }
    /// The same when it writes CR0, CR3, CR4 or CR8; on Intel CR0 and CR4 are changed then.
    void intercept_control_write(uint32_t number, bool wanted) const { bf_vs_intercept_control_write(self(), number, wanted); }
    /// Makes the VM's time stamp counter differ from the processor's by a number, modulo 2^64.
    void offset_time_stamps(uint64_t offset) const { bf_vs_offset_time_stamps(self(), offset); }
    /// Writes to the debug ring why the processor refuses to run it; false when no rule that it shows is broken.
    bool explain() const { return bf_vs_explain(self()); }
    /// The first rule that it breaks, by its number: AMD_RULE_*, INTEL_RULE_*; 0: none.
    uint32_t broken_rule() const { return bf_vs_broken_rule(self()); }
    /// Lets it execute one instruction, then calls the function; Next::run is to follow, and vmexit calls handle_exit.
    void step(void (*done)()) const { bf_vs_step(self(), done); }
    /// Makes a VM beside the root VM exit to the handlers for ports and MSRs that it has not.
    void deliver_accesses() const { bf_vs_deliver_accesses(self()); }

  private:
    bf_vs self() const { return static_cast<const Self &>(*this); }
};

/// What Nested has of the SDK for TypeScript.
template <class Self> class NestedMethods {
  public:
    /// Makes a VS see memory by the tables, as attach does, and guest:: find its memory.
    void use_for(bf_vs vs) const { bf_nested_use_for(self(), vs); }

  private:
    bf_nested self() const { return static_cast<const Self &>(*this); }
};

} // namespace bareflank

#endif
