// SPDX-License-Identifier: MIT
// Generated from abi/src by `bf build abi`. Do not edit.
//! Of the SDK for TypeScript: what is used of it is compiled into the extension (sdk/c/exports)

use core::mem::{size_of, MaybeUninit};

use crate::abi::{Map, Nested, Vs};
use crate::Next;

/// An access of the guest's kernel.
pub const ACCESS_READ: u32 = 0x0;
/// A write.
pub const ACCESS_WRITE: u32 = 0x2;
/// One of a program.
pub const ACCESS_USER: u32 = 0x4;
/// An instruction fetch.
pub const ACCESS_EXECUTE: u32 = 0x10;
/// What an address that is not mapped leads to.
pub const NOT_MAPPED: u64 = 0xffffffffffffffff;
/// In place of a register.
pub const NO_REGISTER: u32 = 0xff;

extern "C" {
    fn bf_exit_next(this: Vs) -> Next;
    fn bf_exit_set_next(this: Vs, next: Next);
    fn bf_exit_reason(this: Vs) -> u64;
    fn bf_exit_rip(this: Vs) -> u64;
    fn bf_exit_rflags(this: Vs) -> u64;
    fn bf_exit_mode(this: Vs) -> u32;
    fn bf_exit_raise(this: Vs, vector: u32, code: u32) -> bool;
    fn bf_cpuid_exit_leaf(this: Vs) -> u32;
    fn bf_cpuid_exit_subleaf(this: Vs) -> u32;
    fn bf_cpuid_exit_answer(this: Vs, eax: u32, ebx: u32, ecx: u32, edx: u32);
    fn bf_cpuid_exit_pass_through(this: Vs);
    fn bf_msr_exit_index(this: Vs) -> u32;
    fn bf_msr_exit_is_write(this: Vs) -> bool;
    fn bf_msr_exit_value(this: Vs) -> u64;
    fn bf_msr_exit_set_value(this: Vs, value: u64);
    fn bf_msr_exit_read(this: Vs) -> bool;
    fn bf_msr_exit_write(this: Vs) -> bool;
    fn bf_msr_exit_use_own(this: Vs) -> bool;
    fn bf_msr_exit_pass_through(this: Vs) -> bool;
    fn bf_io_exit_port(this: Vs) -> u32;
    fn bf_io_exit_is_input(this: Vs) -> bool;
    fn bf_io_exit_is_string(this: Vs) -> bool;
    fn bf_io_exit_is_repeated(this: Vs) -> bool;
    fn bf_io_exit_bytes(this: Vs) -> u32;
    fn bf_io_exit_value(this: Vs) -> u32;
    fn bf_io_exit_set_value(this: Vs, value: u32);
    fn bf_io_exit_pass_through(this: Vs);
    fn bf_io_exit_leave_unanswered(this: Vs);
    fn bf_control_exit_number(this: Vs) -> u32;
    fn bf_control_exit_is_write(this: Vs) -> bool;
    fn bf_control_exit_value(this: Vs) -> u64;
    fn bf_control_exit_pass_through(this: Vs) -> bool;
    fn bf_control_exit_pass_through_within(this: Vs, bits: u64) -> bool;
    fn bf_control_exit_write(this: Vs, value: u64) -> bool;
    fn bf_control_exit_read(this: Vs, value: u64) -> bool;
    fn bf_nested_fault_address(this: Vs) -> u64;
    fn bf_nested_fault_is_present(this: Vs) -> bool;
    fn bf_nested_fault_is_write(this: Vs) -> bool;
    fn bf_nested_fault_is_execute(this: Vs) -> bool;
    fn bf_nested_fault_is_table_walk(this: Vs) -> bool;
    fn bf_exception_exit_vector(this: Vs) -> u32;
    fn bf_exception_exit_error_code(this: Vs) -> u32;
    fn bf_exception_exit_address(this: Vs) -> u64;
    fn bf_exception_exit_pass_through(this: Vs);
    fn bf_hypercall_exit_number(this: Vs) -> u64;
    fn bf_hypercall_exit_set_result(this: Vs, value: u64);
    fn bf_hypercall_exit_is_privileged(this: Vs) -> bool;
    fn bf_on_cpuid(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_msr_read(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_msr_write(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_io(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_control_read(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_control_write(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_nested_page_fault(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_hypercall(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_hlt(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_exception(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_interrupt_window(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_kick(handler: extern "C" fn(Vs) -> bool);
    fn bf_on_other(handler: extern "C" fn(Vs) -> bool);
    fn bf_handle_exit(vs: Vs, reason: u64) -> Next;
    fn bf_vs_try_set(this: Vs, reg: u32, value: u64) -> bool;
    fn bf_vs_redeliver(this: Vs);
    fn bf_vs_raise(this: Vs, vector: u32, code: u32) -> Next;
    fn bf_vs_interrupt(this: Vs, vector: u32);
    fn bf_vs_non_maskable_interrupt(this: Vs);
    fn bf_vs_interrupt_shadow(this: Vs) -> bool;
    fn bf_vs_set_interrupt_shadow(this: Vs, wanted: bool);
    fn bf_vs_request_interrupt_window(this: Vs);
    fn bf_vs_close_interrupt_window(this: Vs);
    fn bf_vs_has_event(this: Vs) -> bool;
    fn bf_vs_event(this: Vs) -> u64;
    fn bf_vs_set_event(this: Vs, event: u64);
    fn bf_vs_release(this: Vs, intercept: u32);
    fn bf_vs_intercept_exception(this: Vs, vector: u32, wanted: bool);
    fn bf_vs_intercept_control_read(this: Vs, number: u32, wanted: bool);
    fn bf_vs_intercept_control_write(this: Vs, number: u32, wanted: bool);
    fn bf_vs_offset_time_stamps(this: Vs, offset: u64);
    fn bf_vs_explain(this: Vs) -> bool;
    fn bf_vs_broken_rule(this: Vs) -> u32;
    fn bf_vs_step(this: Vs, done: extern "C" fn());
    fn bf_vs_deliver_accesses(this: Vs);
    fn bf_nested_use_for(this: Nested, vs: Vs);
    fn bf_guest_memory(physical: u64) -> u64;
    fn bf_guest_read_physical(to: *mut u8, physical: u64, bytes: u64) -> bool;
    fn bf_guest_write_physical(physical: u64, from: *const u8, bytes: u64) -> bool;
    fn bf_guest_translate(address: u64, access: u32) -> u64;
    fn bf_guest_read_virtual(to: *mut u8, address: u64, bytes: u64, access: u32) -> bool;
    fn bf_guest_write_virtual(address: u64, from: *const u8, bytes: u64, access: u32) -> bool;
    fn bf_guest_word(address: u64, otherwise: u64) -> u64;
    fn bf_guest_general(number: u32) -> u64;
    fn bf_guest_set_general(number: u32, value: u64);
    fn bf_guest_set_register(number: u32, bytes: u32, value: u64);
    fn bf_guest_skip(bytes: u64);
    fn bf_guest_instruction() -> Instruction;
    fn bf_guest_read_operand(address: u64, bytes: u32) -> bool;
    fn bf_guest_operand_value() -> u64;
    fn bf_guest_write_operand(address: u64, bytes: u32, value: u64) -> bool;
    fn bf_instruction_is_decoded(this: Instruction) -> bool;
    fn bf_instruction_length(this: Instruction) -> u32;
    fn bf_instruction_map(this: Instruction) -> u32;
    fn bf_instruction_opcode(this: Instruction) -> u32;
    fn bf_instruction_operand_bytes(this: Instruction) -> u32;
    fn bf_instruction_register_operand(this: Instruction) -> u32;
    fn bf_instruction_rm(this: Instruction) -> u32;
    fn bf_instruction_has_memory(this: Instruction) -> bool;
    fn bf_instruction_access_bytes(this: Instruction) -> u32;
    fn bf_instruction_address(this: Instruction) -> u64;
    fn bf_instruction_reads(this: Instruction) -> bool;
    fn bf_instruction_writes(this: Instruction) -> bool;
    fn bf_instruction_is_repeated(this: Instruction) -> bool;
    fn bf_instruction_immediate(this: Instruction) -> u64;
    fn bf_on_message(receive: extern "C" fn(u32, u32, u64, u64));
    fn bf_post(ppid: u32, kind: u32, a: u64, b: u64) -> bool;
    fn bf_post_to_others(kind: u32, a: u64, b: u64) -> u32;
    fn bf_root_unasked(vs: Vs, reason: u64) -> Next;
    fn bf_init_sipi_virtualize(vs: Vs, tables: Nested, msrs: Map);
    fn bf_hide_virtualization();
    fn bf_publish_counter(name: *const u8, bytes: u64, read: extern "C" fn() -> u64);
}

/// A function's name, or a closure without variables of a function around it: what is called needs no value.
fn only_code<F>() {
    assert!(size_of::<F>() == 0, "this closure has variables of a function around it");
}

/// Such a function.
fn code<F: Copy>() -> F {
    unsafe { MaybeUninit::<F>::uninit().assume_init() }
}

extern "C" fn handler<E: From<Vs>, F: Fn(E) -> bool + Copy>(vs: Vs) -> bool {
    code::<F>()(E::from(vs))
}

extern "C" fn read<F: Fn() -> u64 + Copy>() -> u64 {
    code::<F>()()
}

extern "C" fn receive<F: Fn(u32, u32, u64, u64) + Copy>(from: u32, kind: u32, a: u64, b: u64) {
    code::<F>()(from, kind, a, b)
}

extern "C" fn call<F: Fn() + Copy>() {
    code::<F>()()
}

/// The exit that this processor is at: what all have in common.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Exit(Vs);

impl From<Vs> for Exit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl Exit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }
}

/// The VM executes CPUID. Without a handler the processor answers; the hypervisor's own leaves are answered, too.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct CpuidExit(Vs);

impl From<Vs> for CpuidExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl CpuidExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// EAX.
    #[inline]
    pub fn leaf(self) -> u32 {
        unsafe { bf_cpuid_exit_leaf(self.0) }
    }

    /// ECX.
    #[inline]
    pub fn subleaf(self) -> u32 {
        unsafe { bf_cpuid_exit_subleaf(self.0) }
    }

    /// Gives this answer.
    #[inline]
    pub fn answer(self, eax: u32, ebx: u32, ecx: u32, edx: u32) {
        unsafe { bf_cpuid_exit_answer(self.0, eax, ebx, ecx, edx) }
    }

    /// Gives the answer of the processor alone.
    #[inline]
    pub fn pass_through(self) {
        unsafe { bf_cpuid_exit_pass_through(self.0) }
    }
}

/// The VM reads or writes an MSR. Without a handler the access happens as if nothing were.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct MsrExit(Vs);

impl From<Vs> for MsrExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl MsrExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// Which MSR.
    #[inline]
    pub fn index(self) -> u32 {
        unsafe { bf_msr_exit_index(self.0) }
    }

    /// WRMSR.
    #[inline]
    pub fn is_write(self) -> bool {
        unsafe { bf_msr_exit_is_write(self.0) }
    }

    /// EDX:EAX: the value to be written, or the one that a read gives.
    #[inline]
    pub fn value(self) -> u64 {
        unsafe { bf_msr_exit_value(self.0) }
    }

    /// Changes it.
    #[inline]
    pub fn set_value(self, value: u64) {
        unsafe { bf_msr_exit_set_value(self.0, value) }
    }

    /// Reads the MSR into the value. Without such an MSR the exit ends with #GP: false then.
    #[inline]
    pub fn read(self) -> bool {
        unsafe { bf_msr_exit_read(self.0) }
    }

    /// Writes the value to the MSR. When it is refused, the exit ends with #GP: false then.
    #[inline]
    pub fn write(self) -> bool {
        unsafe { bf_msr_exit_write(self.0) }
    }

    /// Does what the VM wants with what is its own, and raises #GP for MSRs of the machine: false then.
    #[inline]
    pub fn use_own(self) -> bool {
        unsafe { bf_msr_exit_use_own(self.0) }
    }

    /// Does what the VM wants.
    #[inline]
    pub fn pass_through(self) -> bool {
        unsafe { bf_msr_exit_pass_through(self.0) }
    }
}

/// The VM uses a port. Without a handler the access happens as if nothing were.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct IoExit(Vs);

impl From<Vs> for IoExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl IoExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// Which port.
    #[inline]
    pub fn port(self) -> u32 {
        unsafe { bf_io_exit_port(self.0) }
    }

    /// IN or INS.
    #[inline]
    pub fn is_input(self) -> bool {
        unsafe { bf_io_exit_is_input(self.0) }
    }

    /// INS or OUTS: data is in the guest's memory, and the value says nothing.
    #[inline]
    pub fn is_string(self) -> bool {
        unsafe { bf_io_exit_is_string(self.0) }
    }

    /// With REP.
    #[inline]
    pub fn is_repeated(self) -> bool {
        unsafe { bf_io_exit_is_repeated(self.0) }
    }

    /// 1, 2 or 4.
    #[inline]
    pub fn bytes(self) -> u32 {
        unsafe { bf_io_exit_bytes(self.0) }
    }

    /// AL, AX or EAX: what is written, or what an input gives.
    #[inline]
    pub fn value(self) -> u32 {
        unsafe { bf_io_exit_value(self.0) }
    }

    /// Changes it, as an IN of that size does.
    #[inline]
    pub fn set_value(self, value: u32) {
        unsafe { bf_io_exit_set_value(self.0, value) }
    }

    /// Does what the VM wants; a page of a string that is absent ends the exit with #PF.
    #[inline]
    pub fn pass_through(self) {
        unsafe { bf_io_exit_pass_through(self.0) }
    }

    /// What happens when nothing is at the port: ones are read; #GP for strings.
    #[inline]
    pub fn leave_unanswered(self) {
        unsafe { bf_io_exit_leave_unanswered(self.0) }
    }
}

/// The VM reads or writes a control register. RIP is behind the instruction already when it is handled.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct ControlRegisterExit(Vs);

impl From<Vs> for ControlRegisterExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl ControlRegisterExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// Which one: 0, 2, 3, 4 or 8.
    #[inline]
    pub fn number(self) -> u32 {
        unsafe { bf_control_exit_number(self.0) }
    }

    /// Whether the register is written.
    #[inline]
    pub fn is_write(self) -> bool {
        unsafe { bf_control_exit_is_write(self.0) }
    }

    /// What a write wants the register to be, or what it is.
    #[inline]
    pub fn value(self) -> u64 {
        unsafe { bf_control_exit_value(self.0) }
    }

    /// Does what the VM wants. False when it could not: the exit ends with an exception.
    #[inline]
    pub fn pass_through(self) -> bool {
        unsafe { bf_control_exit_pass_through(self.0) }
    }

    /// The same in a VM that has only some bits of the register.
    #[inline]
    pub fn pass_through_within(self, bits: u64) -> bool {
        unsafe { bf_control_exit_pass_through_within(self.0, bits) }
    }

    /// Ends a write with another value.
    #[inline]
    pub fn write(self, value: u64) -> bool {
        unsafe { bf_control_exit_write(self.0, value) }
    }

    /// Ends a read with another value.
    #[inline]
    pub fn read(self, value: u64) -> bool {
        unsafe { bf_control_exit_read(self.0, value) }
    }
}

/// The VM accesses a guest physical address without the right to. Without a handler the VM is ended.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct NestedPageFaultExit(Vs);

impl From<Vs> for NestedPageFaultExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl NestedPageFaultExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// The guest physical address.
    #[inline]
    pub fn address(self) -> u64 {
        unsafe { bf_nested_fault_address(self.0) }
    }

    /// Whether the page is there, and only the right is missing.
    #[inline]
    pub fn is_present(self) -> bool {
        unsafe { bf_nested_fault_is_present(self.0) }
    }

    /// A write.
    #[inline]
    pub fn is_write(self) -> bool {
        unsafe { bf_nested_fault_is_write(self.0) }
    }

    /// An instruction fetch.
    #[inline]
    pub fn is_execute(self) -> bool {
        unsafe { bf_nested_fault_is_execute(self.0) }
    }

    /// Whether the processor wanted to read or mark the guest's own page tables.
    #[inline]
    pub fn is_table_walk(self) -> bool {
        unsafe { bf_nested_fault_is_table_walk(self.0) }
    }
}

/// An exception is raised in the VM. Without a handler the VM gets it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct ExceptionExit(Vs);

impl From<Vs> for ExceptionExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl ExceptionExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// Which exception.
    #[inline]
    pub fn vector(self) -> u32 {
        unsafe { bf_exception_exit_vector(self.0) }
    }

    /// Of exceptions that have one.
    #[inline]
    pub fn error_code(self) -> u32 {
        unsafe { bf_exception_exit_error_code(self.0) }
    }

    /// What a page fault is about.
    #[inline]
    pub fn address(self) -> u64 {
        unsafe { bf_exception_exit_address(self.0) }
    }

    /// Gives it to the VM, as if it had not been intercepted.
    #[inline]
    pub fn pass_through(self) {
        unsafe { bf_exception_exit_pass_through(self.0) }
    }
}

/// The VM calls the hypervisor, by VMMCALL or VMCALL. Without a handler the instruction raises #UD.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct HypercallExit(Vs);

impl From<Vs> for HypercallExit {
    fn from(vs: Vs) -> Self {
        Self(vs)
    }
}

impl HypercallExit {
    /// The VS that exited.
    #[inline]
    pub fn vs(self) -> Vs {
        self.0
    }

    /// What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.
    #[inline]
    pub fn next(self) -> Next {
        unsafe { bf_exit_next(self.0) }
    }

    /// Says what else is to happen.
    #[inline]
    pub fn set_next(self, next: Next) {
        unsafe { bf_exit_set_next(self.0, next) }
    }

    /// Why, as this processor's vendor numbers it.
    #[inline]
    pub fn reason(self) -> u64 {
        unsafe { bf_exit_reason(self.0) }
    }

    /// RIP at the exit.
    #[inline]
    pub fn rip(self) -> u64 {
        unsafe { bf_exit_rip(self.0) }
    }

    /// RFLAGS at the exit.
    #[inline]
    pub fn rflags(self) -> u64 {
        unsafe { bf_exit_rflags(self.0) }
    }

    /// Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode.
    #[inline]
    pub fn mode(self) -> u32 {
        unsafe { bf_exit_mode(self.0) }
    }

    /// Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> bool {
        unsafe { bf_exit_raise(self.0, vector, code) }
    }

    /// RAX: which call.
    #[inline]
    pub fn number(self) -> u64 {
        unsafe { bf_hypercall_exit_number(self.0) }
    }

    /// RAX: its result.
    #[inline]
    pub fn set_result(self, value: u64) {
        unsafe { bf_hypercall_exit_set_result(self.0, value) }
    }

    /// Whether the operating system's kernel calls, and not one of its programs.
    #[inline]
    pub fn is_privileged(self) -> bool {
        unsafe { bf_hypercall_exit_is_privileged(self.0) }
    }
}

impl Vs {
    /// Writes a register, BF_REG_* or REG_*, with a value that the VM chose; false where its processor would raise #GP.
    #[inline]
    pub fn try_set(self, reg: u32, value: u64) -> bool {
        unsafe { bf_vs_try_set(self, reg, value) }
    }

    /// Delivers what was being delivered at the exit, unless something else is to be: where the same instruction runs again.
    #[inline]
    pub fn redeliver(self) {
        unsafe { bf_vs_redeliver(self) }
    }

    /// Raises an exception in the VM when it runs next; the code counts where there is one.
    #[inline]
    pub fn raise(self, vector: u32, code: u32) -> Next {
        unsafe { bf_vs_raise(self, vector, code) }
    }

    /// Delivers an external interrupt when the VM runs next, which must be able to take one.
    #[inline]
    pub fn interrupt(self, vector: u32) {
        unsafe { bf_vs_interrupt(self, vector) }
    }

    /// Delivers an NMI when the VM runs next. It must not be in a handler of one.
    #[inline]
    pub fn non_maskable_interrupt(self) {
        unsafe { bf_vs_non_maskable_interrupt(self) }
    }

    /// Whether the VM takes no interrupt before its next instruction is done, as behind STI.
    #[inline]
    pub fn interrupt_shadow(self) -> bool {
        unsafe { bf_vs_interrupt_shadow(self) }
    }

    /// Says so, or takes it back.
    #[inline]
    pub fn set_interrupt_shadow(self, wanted: bool) {
        unsafe { bf_vs_set_interrupt_shadow(self, wanted) }
    }

    /// Makes the VM exit as soon as it can take an interrupt.
    #[inline]
    pub fn request_interrupt_window(self) {
        unsafe { bf_vs_request_interrupt_window(self) }
    }

    /// Takes that wish back.
    #[inline]
    pub fn close_interrupt_window(self) {
        unsafe { bf_vs_close_interrupt_window(self) }
    }

    /// Whether something is to be delivered when the VM runs next.
    #[inline]
    pub fn has_event(self) -> bool {
        unsafe { bf_vs_has_event(self) }
    }

    /// That, as AMD's EVENTINJ has it (APM volume 2, 15.20), on both vendors; 0: nothing.
    #[inline]
    pub fn event(self) -> u64 {
        unsafe { bf_vs_event(self) }
    }

    /// Delivers an event in that format, or none.
    #[inline]
    pub fn set_event(self, event: u64) {
        unsafe { bf_vs_set_event(self, event) }
    }

    /// Takes an interception back, of INTERCEPT_*. What exits always on Intel still does.
    #[inline]
    pub fn release(self, intercept: u32) {
        unsafe { bf_vs_release(self, intercept) }
    }

    /// Makes the VM exit, or no longer exit, when an exception is raised in it.
    #[inline]
    pub fn intercept_exception(self, vector: u32, wanted: bool) {
        unsafe { bf_vs_intercept_exception(self, vector, wanted) }
    }

    /// The same when it reads CR3 or CR8.
    #[inline]
    pub fn intercept_control_read(self, number: u32, wanted: bool) {
        unsafe { bf_vs_intercept_control_read(self, number, wanted) }
    }

    /// The same when it writes CR0, CR3, CR4 or CR8; on Intel CR0 and CR4 are changed then.
    #[inline]
    pub fn intercept_control_write(self, number: u32, wanted: bool) {
        unsafe { bf_vs_intercept_control_write(self, number, wanted) }
    }

    /// Makes the VM's time stamp counter differ from the processor's by a number, modulo 2^64.
    #[inline]
    pub fn offset_time_stamps(self, offset: u64) {
        unsafe { bf_vs_offset_time_stamps(self, offset) }
    }

    /// Writes to the debug ring why the processor refuses to run it; false when no rule that it shows is broken.
    #[inline]
    pub fn explain(self) -> bool {
        unsafe { bf_vs_explain(self) }
    }

    /// The first rule that it breaks, by its number: AMD_RULE_*, INTEL_RULE_*; 0: none.
    #[inline]
    pub fn broken_rule(self) -> u32 {
        unsafe { bf_vs_broken_rule(self) }
    }

    /// Lets it execute one instruction, then calls the function; Next::run is to follow, and vmexit calls handle_exit.
    #[inline]
    pub fn step<F: Fn() + Copy + 'static>(self, _done: F) {
        only_code::<F>();
        unsafe { bf_vs_step(self, call::<F>) }
    }

    /// Makes a VM beside the root VM exit to the handlers for ports and MSRs that it has not.
    #[inline]
    pub fn deliver_accesses(self) {
        unsafe { bf_vs_deliver_accesses(self) }
    }
}

impl Nested {
    /// Makes a VS see memory by the tables, as attach does, and guest:: find its memory.
    #[inline]
    pub fn use_for(self, vs: Vs) {
        unsafe { bf_nested_use_for(self, vs) }
    }
}

/// A decoded instruction. Registers have the numbers of their encoding, or NO_REGISTER.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Instruction(u32);

impl Instruction {
    /// False: the guest's memory cannot be read, or holds no instruction.
    #[inline]
    pub fn is_decoded(self) -> bool {
        unsafe { bf_instruction_is_decoded(self) }
    }

    /// Bytes, prefixes included.
    #[inline]
    pub fn length(self) -> u32 {
        unsafe { bf_instruction_length(self) }
    }

    /// 0: one-byte opcodes, 1: 0F, 2: 0F 38, 3: 0F 3A.
    #[inline]
    pub fn map(self) -> u32 {
        unsafe { bf_instruction_map(self) }
    }

    /// The opcode's last byte.
    #[inline]
    pub fn opcode(self) -> u32 {
        unsafe { bf_instruction_opcode(self) }
    }

    /// Size of the operands.
    #[inline]
    pub fn operand_bytes(self) -> u32 {
        unsafe { bf_instruction_operand_bytes(self) }
    }

    /// The register operand.
    #[inline]
    pub fn register_operand(self) -> u32 {
        unsafe { bf_instruction_register_operand(self) }
    }

    /// The other register operand, where the manual has r/m, if that is no memory.
    #[inline]
    pub fn rm(self) -> u32 {
        unsafe { bf_instruction_rm(self) }
    }

    /// Whether an operand is memory.
    #[inline]
    pub fn has_memory(self) -> bool {
        unsafe { bf_instruction_has_memory(self) }
    }

    /// Bytes of the memory operand.
    #[inline]
    pub fn access_bytes(self) -> u32 {
        unsafe { bf_instruction_access_bytes(self) }
    }

    /// The guest virtual address of the memory operand.
    #[inline]
    pub fn address(self) -> u64 {
        unsafe { bf_instruction_address(self) }
    }

    /// Whether operand r/m is read.
    #[inline]
    pub fn reads(self) -> bool {
        unsafe { bf_instruction_reads(self) }
    }

    /// Whether it is written.
    #[inline]
    pub fn writes(self) -> bool {
        unsafe { bf_instruction_writes(self) }
    }

    /// Whether it has a prefix REP.
    #[inline]
    pub fn is_repeated(self) -> bool {
        unsafe { bf_instruction_is_repeated(self) }
    }

    /// Sign-extended.
    #[inline]
    pub fn immediate(self) -> u64 {
        unsafe { bf_instruction_immediate(self) }
    }
}

/// CPUID.
#[inline]
pub fn on_cpuid<F: Fn(CpuidExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_cpuid(handler::<CpuidExit, F>) }
}

/// RDMSR.
#[inline]
pub fn on_msr_read<F: Fn(MsrExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_msr_read(handler::<MsrExit, F>) }
}

/// WRMSR.
#[inline]
pub fn on_msr_write<F: Fn(MsrExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_msr_write(handler::<MsrExit, F>) }
}

/// IN, OUT, INS, OUTS.
#[inline]
pub fn on_io<F: Fn(IoExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_io(handler::<IoExit, F>) }
}

/// Reads of control registers.
#[inline]
pub fn on_control_read<F: Fn(ControlRegisterExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_control_read(handler::<ControlRegisterExit, F>) }
}

/// Writes of control registers.
#[inline]
pub fn on_control_write<F: Fn(ControlRegisterExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_control_write(handler::<ControlRegisterExit, F>) }
}

/// Accesses that the nested page tables do not allow.
#[inline]
pub fn on_nested_page_fault<F: Fn(NestedPageFaultExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_nested_page_fault(handler::<NestedPageFaultExit, F>) }
}

/// VMMCALL and VMCALL.
#[inline]
pub fn on_hypercall<F: Fn(HypercallExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_hypercall(handler::<HypercallExit, F>) }
}

/// HLT. Without a handler the VM does not wait.
#[inline]
pub fn on_hlt<F: Fn(Exit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_hlt(handler::<Exit, F>) }
}

/// Exceptions.
#[inline]
pub fn on_exception<F: Fn(ExceptionExit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_exception(handler::<ExceptionExit, F>) }
}

/// The VM can take an interrupt.
#[inline]
pub fn on_interrupt_window<F: Fn(Exit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_interrupt_window(handler::<Exit, F>) }
}

/// The processor was kicked. Nothing has happened in the VM.
#[inline]
pub fn on_kick<F: Fn(Exit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_kick(handler::<Exit, F>) }
}

/// Every other reason: a handler must say what is to happen.
#[inline]
pub fn on_other<F: Fn(Exit) -> bool + Copy + 'static>(_handler: F) {
    only_code::<F>();
    unsafe { bf_on_other(handler::<Exit, F>) }
}

/// Calls the handlers of an exit, and does what is to be done without them: a whole vmexit callback.
#[inline]
pub fn handle_exit(vs: Vs, reason: u64) -> Next {
    unsafe { bf_handle_exit(vs, reason) }
}

/// Memory and registers of the VS that exited. Access is ACCESS_*; physical addresses are those of the VM.
pub mod guest {
    use super::*;

    /// Where the extension sees a guest physical address, up to the end of its page; 0 when it cannot be had.
    #[inline]
    pub fn memory(physical: u64) -> u64 {
        unsafe { bf_guest_memory(physical) }
    }

    /// Copies guest physical memory into the extension's own; false when part of it cannot be had.
    #[inline]
    pub fn read_physical(to: &mut [u8], physical: u64) -> bool {
        unsafe { bf_guest_read_physical(to.as_mut_ptr(), physical, to.len() as u64) }
    }

    /// Copies the extension's own memory into guest physical memory.
    #[inline]
    pub fn write_physical(physical: u64, from: &[u8]) -> bool {
        unsafe { bf_guest_write_physical(physical, from.as_ptr(), from.len() as u64) }
    }

    /// The guest physical address of a guest virtual one, by the guest's page tables, or NOT_MAPPED.
    #[inline]
    pub fn translate(address: u64, access: u32) -> u64 {
        unsafe { bf_guest_translate(address, access) }
    }

    /// Copies guest virtual memory into the extension's own; false when part of it is not mapped.
    #[inline]
    pub fn read_virtual(to: &mut [u8], address: u64, access: u32) -> bool {
        unsafe { bf_guest_read_virtual(to.as_mut_ptr(), address, to.len() as u64, access) }
    }

    /// Copies the extension's own memory into guest virtual memory.
    #[inline]
    pub fn write_virtual(address: u64, from: &[u8], access: u32) -> bool {
        unsafe { bf_guest_write_virtual(address, from.as_ptr(), from.len() as u64, access) }
    }

    /// 64 bits of the guest's memory as its kernel would read them; otherwise when they are not mapped.
    #[inline]
    pub fn word(address: u64, otherwise: u64) -> u64 {
        unsafe { bf_guest_word(address, otherwise) }
    }

    /// A general register by the number that instructions have for it.
    #[inline]
    pub fn general(number: u32) -> u64 {
        unsafe { bf_guest_general(number) }
    }

    /// Writes one.
    #[inline]
    pub fn set_general(number: u32, value: u64) {
        unsafe { bf_guest_set_general(number, value) }
    }

    /// The same as an instruction with operands of so many bytes does.
    #[inline]
    pub fn set_register(number: u32, bytes: u32, value: u64) {
        unsafe { bf_guest_set_register(number, bytes, value) }
    }

    /// Goes on behind an instruction of so many bytes, which the hypervisor has carried out.
    #[inline]
    pub fn skip(bytes: u64) {
        unsafe { bf_guest_skip(bytes) }
    }

    /// Decodes the instruction at RIP. Each processor has one result, which the next call replaces.
    #[inline]
    pub fn instruction() -> Instruction {
        unsafe { bf_guest_instruction() }
    }

    /// Reads up to 8 bytes; false when they are not mapped, and a page fault waits for the VM.
    #[inline]
    pub fn read_operand(address: u64, bytes: u32) -> bool {
        unsafe { bf_guest_read_operand(address, bytes) }
    }

    /// What was read so last.
    #[inline]
    pub fn operand_value() -> u64 {
        unsafe { bf_guest_operand_value() }
    }

    /// Writes up to 8 bytes; false when they are not mapped, and a page fault waits for the VM.
    #[inline]
    pub fn write_operand(address: u64, bytes: u32, value: u64) -> bool {
        unsafe { bf_guest_write_operand(address, bytes, value) }
    }
}

/// Has a function called with each message for this processor, before the handlers of an exit: all processors name the same one.
#[inline]
pub fn on_message<F: Fn(u32, u32, u64, u64) + Copy + 'static>(_receive: F) {
    only_code::<F>();
    unsafe { bf_on_message(receive::<F>) }
}

/// Sends one to a processor: it leaves its VM. False when it wants none, or 64 wait already.
#[inline]
pub fn post(ppid: u32, kind: u32, a: u64, b: u64) -> bool {
    unsafe { bf_post(ppid, kind, a, b) }
}

/// Sends one to every other processor that wants some; how many got it.
#[inline]
pub fn post_to_others(kind: u32, a: u64, b: u64) -> u32 {
    unsafe { bf_post_to_others(kind, a, b) }
}

/// The operating system as the root VM.
pub mod root {
    use super::*;

    /// Does what the processor would have done at an exit that nobody asked for, or raises #UD; Next::fail when nobody knows.
    #[inline]
    pub fn unasked(vs: Vs, reason: u64) -> Next {
        unsafe { bf_root_unasked(vs, reason) }
    }
}

/// INIT and SIPI, by which an operating system starts processors.
pub mod init_sipi {
    use super::*;

    /// Has the root VM, whose VS this is, start processors by them: on each one, in bootstrap. It uses the tables, which show all memory, and the map of MSRs.
    #[inline]
    pub fn virtualize(vs: Vs, tables: Nested, msrs: Map) {
        unsafe { bf_init_sipi_virtualize(vs, tables, msrs) }
    }
}

/// Has CPUID say that there is neither SVM nor VT-x: in bootstrap, when the root VM is there.
#[inline]
pub fn hide_virtualization() {
    unsafe { bf_hide_virtualization() }
}

/// Publishes a counter of this processor: call it in bootstrap, when the root VM is there.
#[inline]
pub fn publish_counter<F: Fn() -> u64 + Copy + 'static>(name: &str, _read: F) {
    only_code::<F>();
    unsafe { bf_publish_counter(name.as_ptr(), name.len() as u64, read::<F>) }
}
