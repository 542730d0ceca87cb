// SPDX-License-Identifier: MIT
// Generated from abi/src by `bf build abi`. Do not edit.
// Of the SDK for TypeScript: what is used of it is compiled into the extension (sdk/c/exports)
#ifndef BAREFLANK_SDK_HPP
#define BAREFLANK_SDK_HPP

#include "bareflank-sdk.h"

#include "bareflank/map.hpp"
#include "bareflank/nested.hpp"
#include "bareflank/vm.hpp"

namespace bareflank {

namespace detail {

constexpr uint64_t length(const char *text) { return *text == 0 ? 0 : 1 + length(text + 1); }

} // namespace detail

/// The exit that this processor is at: what all have in common.
class Exit {
  public:
    constexpr Exit(bf_exit self) : exit_(self) {}
    /// The VS that exited.
    Vs vs() const { return exit_.vs; }
    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    Next next() const { return static_cast<Next>(bf_exit_next(exit_)); }
    /// Says what else is to happen.
    void set_next(Next next) const { bf_exit_set_next(exit_, static_cast<bf_next>(next)); }
    /// Why, as this processor's vendor numbers it.
    uint64_t reason() const { return bf_exit_reason(exit_); }
    /// RIP at the exit.
    uint64_t rip() const { return bf_exit_rip(exit_); }
    /// RFLAGS at the exit.
    uint64_t rflags() const { return bf_exit_rflags(exit_); }
    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    uint32_t mode() const { return bf_exit_mode(exit_); }
    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    bool raise(uint32_t vector, uint32_t code = 0) const { return bf_exit_raise(exit_, vector, code); }

  protected:
    bf_exit exit_;
};

/// The VM executes CPUID. Without a handler the processor answers; the hypervisor's own leaves are answered, too.
class CpuidExit : public Exit {
  public:
    using Exit::Exit;
    /// EAX.
    uint32_t leaf() const { return bf_cpuid_exit_leaf(exit_); }
    /// ECX.
    uint32_t subleaf() const { return bf_cpuid_exit_subleaf(exit_); }
    /// Gives this answer.
    void answer(uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx) const { bf_cpuid_exit_answer(exit_, eax, ebx, ecx, edx); }
    /// Gives the answer of the processor alone.
    void pass_through() const { bf_cpuid_exit_pass_through(exit_); }
};

/// The VM reads or writes an MSR. Without a handler the access happens as if nothing were.
class MsrExit : public Exit {
  public:
    using Exit::Exit;
    /// Which MSR.
    uint32_t index() const { return bf_msr_exit_index(exit_); }
    /// WRMSR.
    bool is_write() const { return bf_msr_exit_is_write(exit_); }
    /// EDX:EAX: the value to be written, or the one that a read gives.
    uint64_t value() const { return bf_msr_exit_value(exit_); }
    /// Changes it.
    void set_value(uint64_t value) const { bf_msr_exit_set_value(exit_, value); }
    /// Reads the MSR into the value. Without such an MSR the exit ends with #GP: false then.
    bool read() const { return bf_msr_exit_read(exit_); }
    /// Writes the value to the MSR. When it is refused, the exit ends with #GP: false then.
    bool write() const { return bf_msr_exit_write(exit_); }
    /// Does what the VM wants with what is its own, and raises #GP for MSRs of the machine: false then.
    bool use_own() const { return bf_msr_exit_use_own(exit_); }
    /// Does what the VM wants.
    bool pass_through() const { return bf_msr_exit_pass_through(exit_); }
};

/// The VM uses a port. Without a handler the access happens as if nothing were.
class IoExit : public Exit {
  public:
    using Exit::Exit;
    /// Which port.
    uint32_t port() const { return bf_io_exit_port(exit_); }
    /// IN or INS.
    bool is_input() const { return bf_io_exit_is_input(exit_); }
    /// INS or OUTS: data is in the guest's memory, and the value says nothing.
    bool is_string() const { return bf_io_exit_is_string(exit_); }
    /// With REP.
    bool is_repeated() const { return bf_io_exit_is_repeated(exit_); }
    /// 1, 2 or 4.
    uint32_t bytes() const { return bf_io_exit_bytes(exit_); }
    /// AL, AX or EAX: what is written, or what an input gives.
    uint32_t value() const { return bf_io_exit_value(exit_); }
    /// Changes it, as an IN of that size does.
    void set_value(uint32_t value) const { bf_io_exit_set_value(exit_, value); }
    /// Does what the VM wants; a page of a string that is absent ends the exit with #PF.
    void pass_through() const { bf_io_exit_pass_through(exit_); }
    /// What happens when nothing is at the port: ones are read; #GP for strings.
    void leave_unanswered() const { bf_io_exit_leave_unanswered(exit_); }
};

/// The VM reads or writes a control register. RIP is behind the instruction already when it is handled.
class ControlRegisterExit : public Exit {
  public:
    using Exit::Exit;
    /// Which one: 0, 2, 3, 4 or 8.
    uint32_t number() const { return bf_control_exit_number(exit_); }
    /// Whether the register is written.
    bool is_write() const { return bf_control_exit_is_write(exit_); }
    /// What a write wants the register to be, or what it is.
    uint64_t value() const { return bf_control_exit_value(exit_); }
    /// Does what the VM wants. False when it could not: the exit ends with an exception.
    bool pass_through() const { return bf_control_exit_pass_through(exit_); }
    /// The same in a VM that has only some bits of the register.
    bool pass_through_within(uint64_t bits) const { return bf_control_exit_pass_through_within(exit_, bits); }
    /// Ends a write with another value.
    bool write(uint64_t value) const { return bf_control_exit_write(exit_, value); }
    /// Ends a read with another value.
    bool read(uint64_t value) const { return bf_control_exit_read(exit_, value); }
};

/// The VM accesses a guest physical address without the right to. Without a handler the VM is ended.
class NestedPageFaultExit : public Exit {
  public:
    using Exit::Exit;
    /// The guest physical address.
    uint64_t address() const { return bf_nested_fault_address(exit_); }
    /// Whether the page is there, and only the right is missing.
    bool is_present() const { return bf_nested_fault_is_present(exit_); }
    /// A write.
    bool is_write() const { return bf_nested_fault_is_write(exit_); }
    /// An instruction fetch.
    bool is_execute() const { return bf_nested_fault_is_execute(exit_); }
    /// Whether the processor wanted to read or mark the guest's own page tables.
    bool is_table_walk() const { return bf_nested_fault_is_table_walk(exit_); }
};

/// An exception is raised in the VM. Without a handler the VM gets it.
class ExceptionExit : public Exit {
  public:
    using Exit::Exit;
    /// Which exception.
    uint32_t vector() const { return bf_exception_exit_vector(exit_); }
    /// Of exceptions that have one.
    uint32_t error_code() const { return bf_exception_exit_error_code(exit_); }
    /// What a page fault is about.
    uint64_t address() const { return bf_exception_exit_address(exit_); }
    /// Gives it to the VM, as if it had not been intercepted.
    void pass_through() const { bf_exception_exit_pass_through(exit_); }
};

/// The VM calls the hypervisor, by VMMCALL or VMCALL. Without a handler the instruction raises #UD.
class HypercallExit : public Exit {
  public:
    using Exit::Exit;
    /// RAX: which call.
    uint64_t number() const { return bf_hypercall_exit_number(exit_); }
    /// RAX: its result.
    void set_result(uint64_t value) const { bf_hypercall_exit_set_result(exit_, value); }
    /// Whether the operating system's kernel calls, and not one of its programs.
    bool is_privileged() const { return bf_hypercall_exit_is_privileged(exit_); }
};

/// A decoded instruction. Registers have the numbers of their encoding, or NO_REGISTER.
class Instruction {
  public:
    constexpr Instruction(bf_instruction self) : instruction_(self) {}
    /// False: the guest's memory cannot be read, or holds no instruction.
    bool is_decoded() const { return bf_instruction_is_decoded(instruction_); }
    /// Bytes, prefixes included.
    uint32_t length() const { return bf_instruction_length(instruction_); }
    /// 0: one-byte opcodes, 1: 0F, 2: 0F 38, 3: 0F 3A.
    uint32_t map() const { return bf_instruction_map(instruction_); }
    /// The opcode's last byte.
    uint32_t opcode() const { return bf_instruction_opcode(instruction_); }
    /// Size of the operands.
    uint32_t operand_bytes() const { return bf_instruction_operand_bytes(instruction_); }
    /// The register operand.
    uint32_t register_operand() const { return bf_instruction_register_operand(instruction_); }
    /// The other register operand, where the manual has r/m, if that is no memory.
    uint32_t rm() const { return bf_instruction_rm(instruction_); }
    /// Whether an operand is memory.
    bool has_memory() const { return bf_instruction_has_memory(instruction_); }
    /// Bytes of the memory operand.
    uint32_t access_bytes() const { return bf_instruction_access_bytes(instruction_); }
    /// The guest virtual address of the memory operand.
    uint64_t address() const { return bf_instruction_address(instruction_); }
    /// Whether operand r/m is read.
    bool reads() const { return bf_instruction_reads(instruction_); }
    /// Whether it is written.
    bool writes() const { return bf_instruction_writes(instruction_); }
    /// Whether it has a prefix REP.
    bool is_repeated() const { return bf_instruction_is_repeated(instruction_); }
    /// Sign-extended.
    uint64_t immediate() const { return bf_instruction_immediate(instruction_); }

  private:
    bf_instruction instruction_;
};

// Handlers of exits: the newest of a kind is called first, and one that returns true has handled the exit. Eight of a kind.
/// CPUID.
inline void on_cpuid(bool (*handler)(CpuidExit)) { bf_on_cpuid(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// RDMSR.
inline void on_msr_read(bool (*handler)(MsrExit)) { bf_on_msr_read(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// WRMSR.
inline void on_msr_write(bool (*handler)(MsrExit)) { bf_on_msr_write(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// IN, OUT, INS, OUTS.
inline void on_io(bool (*handler)(IoExit)) { bf_on_io(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// Reads of control registers.
inline void on_control_read(bool (*handler)(ControlRegisterExit)) { bf_on_control_read(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// Writes of control registers.
inline void on_control_write(bool (*handler)(ControlRegisterExit)) { bf_on_control_write(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// Accesses that the nested page tables do not allow.
inline void on_nested_page_fault(bool (*handler)(NestedPageFaultExit)) { bf_on_nested_page_fault(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// VMMCALL and VMCALL.
inline void on_hypercall(bool (*handler)(HypercallExit)) { bf_on_hypercall(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// HLT. Without a handler the VM does not wait.
inline void on_hlt(bool (*handler)(Exit)) { bf_on_hlt(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// Exceptions.
inline void on_exception(bool (*handler)(ExceptionExit)) { bf_on_exception(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// The VM can take an interrupt.
inline void on_interrupt_window(bool (*handler)(Exit)) { bf_on_interrupt_window(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// The processor was kicked. Nothing has happened in the VM.
inline void on_kick(bool (*handler)(Exit)) { bf_on_kick(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// Every other reason: a handler must say what is to happen.
inline void on_other(bool (*handler)(Exit)) { bf_on_other(reinterpret_cast<bool (*)(bf_exit)>(handler)); }
/// Calls the handlers of an exit, and does what is to be done without them: a whole vmexit callback.
inline Next handle_exit(Vs vs, uint64_t reason) { return static_cast<Next>(bf_handle_exit(vs, reason)); }

namespace guest {
// Memory and registers of the VS that exited. Access is ACCESS_*; physical addresses are those of the VM.
/// Where the extension sees a guest physical address, up to the end of its page; 0 when it cannot be had.
inline uint64_t memory(uint64_t physical) { return bf_guest_memory(physical); }
/// Copies guest physical memory into the extension's own; false when part of it cannot be had.
inline bool read_physical(void *to, uint64_t physical, uint64_t bytes) { return bf_guest_read_physical(to, physical, bytes); }
/// Copies the extension's own memory into guest physical memory.
inline bool write_physical(uint64_t physical, const void *from, uint64_t bytes) { return bf_guest_write_physical(physical, from, bytes); }
/// The guest physical address of a guest virtual one, by the guest's page tables, or NOT_MAPPED.
inline uint64_t translate(uint64_t address, uint32_t access) { return bf_guest_translate(address, access); }
/// Copies guest virtual memory into the extension's own; false when part of it is not mapped.
inline bool read_virtual(void *to, uint64_t address, uint64_t bytes, uint32_t access) { return bf_guest_read_virtual(to, address, bytes, access); }
/// Copies the extension's own memory into guest virtual memory.
inline bool write_virtual(uint64_t address, const void *from, uint64_t bytes, uint32_t access) { return bf_guest_write_virtual(address, from, bytes, access); }
/// 64 bits of the guest's memory as its kernel would read them; otherwise when they are not mapped.
inline uint64_t word(uint64_t address, uint64_t otherwise) { return bf_guest_word(address, otherwise); }
/// A general register by the number that instructions have for it.
inline uint64_t general(uint32_t number) { return bf_guest_general(number); }
/// Writes one.
inline void set_general(uint32_t number, uint64_t value) { bf_guest_set_general(number, value); }
/// The same as an instruction with operands of so many bytes does.
inline void set_register(uint32_t number, uint32_t bytes, uint64_t value) { bf_guest_set_register(number, bytes, value); }
/// Goes on behind an instruction of so many bytes, which the hypervisor has carried out.
inline void skip(uint64_t bytes) { bf_guest_skip(bytes); }
/// Decodes the instruction at RIP. Each processor has one result, which the next call replaces.
inline Instruction instruction() { return bf_guest_instruction(); }
/// Reads up to 8 bytes; false when they are not mapped, and a page fault waits for the VM.
inline bool read_operand(uint64_t address, uint32_t bytes) { return bf_guest_read_operand(address, bytes); }
/// What was read so last.
inline uint64_t operand_value() { return bf_guest_operand_value(); }
/// Writes up to 8 bytes; false when they are not mapped, and a page fault waits for the VM.
inline bool write_operand(uint64_t address, uint32_t bytes, uint64_t value) { return bf_guest_write_operand(address, bytes, value); }
} // namespace guest

// Messages from processor to processor: what sent one, a kind of the extension's own, and two numbers.
/// Has a function called with each message for this processor, before the handlers of an exit: all processors name the same one.
inline void on_message(void (*receive)(uint32_t from, uint32_t kind, uint64_t a, uint64_t b)) { bf_on_message(receive); }
/// Sends one to a processor: it leaves its VM. False when it wants none, or 64 wait already.
inline bool post(uint32_t ppid, uint32_t kind, uint64_t a, uint64_t b) { return bf_post(ppid, kind, a, b); }
/// Sends one to every other processor that wants some; how many got it.
inline uint32_t post_to_others(uint32_t kind, uint64_t a, uint64_t b) { return bf_post_to_others(kind, a, b); }

namespace root {
// The operating system as the root VM.
/// Does what the processor would have done at an exit that nobody asked for, or raises #UD; Next::fail when nobody knows.
inline Next unasked(Vs vs, uint64_t reason) { return static_cast<Next>(bf_root_unasked(vs, reason)); }
} // namespace root

namespace init_sipi {
// INIT and SIPI, by which an operating system starts processors.
/// Has the root VM, whose VS this is, start processors by them: on each one, in bootstrap. It uses the tables, which show all memory, and the map of MSRs.
inline void virtualize(Vs vs, Nested tables, Map msrs) { bf_init_sipi_virtualize(vs, tables, msrs); }
} // namespace init_sipi

// What an operating system that boots inside finds of its processor.
/// Has CPUID say that there is neither SVM nor VT-x: in bootstrap, when the root VM is there.
inline void hide_virtualization() { bf_hide_virtualization(); }

// Numbers for `bfm status`.
/// Publishes a counter of this processor: call it in bootstrap, when the root VM is there.
inline void publish_counter(const char *name, uint64_t (*read)()) { bf_publish_counter(name, detail::length(name), read); }

} // namespace bareflank

#endif
