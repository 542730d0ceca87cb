/* SPDX-License-Identifier: MIT */
/* Generated from abi/src by `bf build abi`. Do not edit. */
/* Of the SDK for TypeScript: what is used of it is compiled into the extension (sdk/c/exports) */
#ifndef BAREFLANK_SDK_H
#define BAREFLANK_SDK_H

#include <stdbool.h>

#include "bareflank/next.h"

/* An access of the guest's kernel. */
#define BF_ACCESS_READ ((uint32_t)0x0)
/* A write. */
#define BF_ACCESS_WRITE ((uint32_t)0x2)
/* One of a program. */
#define BF_ACCESS_USER ((uint32_t)0x4)
/* An instruction fetch. */
#define BF_ACCESS_EXECUTE ((uint32_t)0x10)
/* What an address that is not mapped leads to. */
#define BF_NOT_MAPPED ((uint64_t)0xffffffffffffffff)
/* In place of a register. */
#define BF_NO_REGISTER ((uint32_t)0xff)

/* The exit that a processor is at, which a handler is given: the VS that exited. */
typedef struct bf_exit { bf_vs vs; } bf_exit;
/* What bf_guest_instruction gives. */
typedef struct bf_instruction { uint32_t place; } bf_instruction;

#ifdef __cplusplus
extern "C" {
#endif

/* The exit that this processor is at: what all have in common. */

/* What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with. */
enum bf_next bf_exit_next(bf_exit self);

/* Says what else is to happen. */
void bf_exit_set_next(bf_exit self, enum bf_next next);

/* Why, as this processor's vendor numbers it. */
uint64_t bf_exit_reason(bf_exit self);

/* RIP at the exit. */
uint64_t bf_exit_rip(bf_exit self);

/* RFLAGS at the exit. */
uint64_t bf_exit_rflags(bf_exit self);

/* Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode. */
uint32_t bf_exit_mode(bf_exit self);

/* Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled. */
bool bf_exit_raise(bf_exit self, uint32_t vector, uint32_t code);

/* The VM executes CPUID. Without a handler the processor answers; the hypervisor's own leaves are answered, too. */

/* EAX. */
uint32_t bf_cpuid_exit_leaf(bf_exit self);

/* ECX. */
uint32_t bf_cpuid_exit_subleaf(bf_exit self);

/* Gives this answer. */
void bf_cpuid_exit_answer(bf_exit self, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx);

/* Gives the answer of the processor alone. */
void bf_cpuid_exit_pass_through(bf_exit self);

/* The VM reads or writes an MSR. Without a handler the access happens as if nothing were. */

/* Which MSR. */
uint32_t bf_msr_exit_index(bf_exit self);

/* WRMSR. */
bool bf_msr_exit_is_write(bf_exit self);

/* EDX:EAX: the value to be written, or the one that a read gives. */
uint64_t bf_msr_exit_value(bf_exit self);

/* Changes it. */
void bf_msr_exit_set_value(bf_exit self, uint64_t value);

/* Reads the MSR into the value. Without such an MSR the exit ends with #GP: false then. */
bool bf_msr_exit_read(bf_exit self);

/* Writes the value to the MSR. When it is refused, the exit ends with #GP: false then. */
bool bf_msr_exit_write(bf_exit self);

/* Does what the VM wants with what is its own, and raises #GP for MSRs of the machine: false then. */
bool bf_msr_exit_use_own(bf_exit self);

/* Does what the VM wants. */
bool bf_msr_exit_pass_through(bf_exit self);

/* The VM uses a port. Without a handler the access happens as if nothing were. */

/* Which port. */
uint32_t bf_io_exit_port(bf_exit self);

/* IN or INS. */
bool bf_io_exit_is_input(bf_exit self);

/* INS or OUTS: data is in the guest's memory, and the value says nothing. */
bool bf_io_exit_is_string(bf_exit self);

/* With REP. */
bool bf_io_exit_is_repeated(bf_exit self);

/* 1, 2 or 4. */
uint32_t bf_io_exit_bytes(bf_exit self);

/* AL, AX or EAX: what is written, or what an input gives. */
uint32_t bf_io_exit_value(bf_exit self);

/* Changes it, as an IN of that size does. */
void bf_io_exit_set_value(bf_exit self, uint32_t value);

/* Does what the VM wants; a page of a string that is absent ends the exit with #PF. */
void bf_io_exit_pass_through(bf_exit self);

/* What happens when nothing is at the port: ones are read; #GP for strings. */
void bf_io_exit_leave_unanswered(bf_exit self);

/* The VM reads or writes a control register. RIP is behind the instruction already when it is handled. */

/* Which one: 0, 2, 3, 4 or 8. */
uint32_t bf_control_exit_number(bf_exit self);

/* Whether the register is written. */
bool bf_control_exit_is_write(bf_exit self);

/* What a write wants the register to be, or what it is. */
uint64_t bf_control_exit_value(bf_exit self);

/* Does what the VM wants. False when it could not: the exit ends with an exception. */
bool bf_control_exit_pass_through(bf_exit self);

/* The same in a VM that has only some bits of the register. */
bool bf_control_exit_pass_through_within(bf_exit self, uint64_t bits);

/* Ends a write with another value. */
bool bf_control_exit_write(bf_exit self, uint64_t value);

/* Ends a read with another value. */
bool bf_control_exit_read(bf_exit self, uint64_t value);

/* The VM accesses a guest physical address without the right to. Without a handler the VM is ended. */

/* The guest physical address. */
uint64_t bf_nested_fault_address(bf_exit self);

/* Whether the page is there, and only the right is missing. */
bool bf_nested_fault_is_present(bf_exit self);

/* A write. */
bool bf_nested_fault_is_write(bf_exit self);

/* An instruction fetch. */
bool bf_nested_fault_is_execute(bf_exit self);

/* Whether the processor wanted to read or mark the guest's own page tables. */
bool bf_nested_fault_is_table_walk(bf_exit self);

/* An exception is raised in the VM. Without a handler the VM gets it. */

/* Which exception. */
uint32_t bf_exception_exit_vector(bf_exit self);

/* Of exceptions that have one. */
uint32_t bf_exception_exit_error_code(bf_exit self);

/* What a page fault is about. */
uint64_t bf_exception_exit_address(bf_exit self);

/* Gives it to the VM, as if it had not been intercepted. */
void bf_exception_exit_pass_through(bf_exit self);

/* The VM calls the hypervisor, by VMMCALL or VMCALL. Without a handler the instruction raises #UD. */

/* RAX: which call. */
uint64_t bf_hypercall_exit_number(bf_exit self);

/* RAX: its result. */
void bf_hypercall_exit_set_result(bf_exit self, uint64_t value);

/* Whether the operating system's kernel calls, and not one of its programs. */
bool bf_hypercall_exit_is_privileged(bf_exit self);

/* Handlers of exits: the newest of a kind is called first, and one that returns true has handled the exit. Eight of a kind. */

/* CPUID. */
void bf_on_cpuid(bool (*handler)(bf_exit));

/* RDMSR. */
void bf_on_msr_read(bool (*handler)(bf_exit));

/* WRMSR. */
void bf_on_msr_write(bool (*handler)(bf_exit));

/* IN, OUT, INS, OUTS. */
void bf_on_io(bool (*handler)(bf_exit));

/* Reads of control registers. */
void bf_on_control_read(bool (*handler)(bf_exit));

/* Writes of control registers. */
void bf_on_control_write(bool (*handler)(bf_exit));

/* Accesses that the nested page tables do not allow. */
void bf_on_nested_page_fault(bool (*handler)(bf_exit));

/* VMMCALL and VMCALL. */
void bf_on_hypercall(bool (*handler)(bf_exit));

/* HLT. Without a handler the VM does not wait. */
void bf_on_hlt(bool (*handler)(bf_exit));

/* Exceptions. */
void bf_on_exception(bool (*handler)(bf_exit));

/* The VM can take an interrupt. */
void bf_on_interrupt_window(bool (*handler)(bf_exit));

/* The processor was kicked. Nothing has happened in the VM. */
void bf_on_kick(bool (*handler)(bf_exit));

/* Every other reason: a handler must say what is to happen. */
void bf_on_other(bool (*handler)(bf_exit));

/* Calls the handlers of an exit, and does what is to be done without them: a whole vmexit callback. */
enum bf_next bf_handle_exit(bf_vs vs, uint64_t reason);

/* Events of a VS, registers with a value of the VM's, and what it exits for. */

/* Writes a register, BF_REG_* or REG_*, with a value that the VM chose; false where its processor would raise #GP. */
bool bf_vs_try_set(bf_vs self, uint32_t reg, uint64_t value);

/* Delivers what was being delivered at the exit, unless something else is to be: where the same instruction runs again. */
void bf_vs_redeliver(bf_vs self);

/* Raises an exception in the VM when it runs next; the code counts where there is one. */
enum bf_next bf_vs_raise(bf_vs self, uint32_t vector, uint32_t code);

/* Delivers an external interrupt when the VM runs next, which must be able to take one. */
void bf_vs_interrupt(bf_vs self, uint32_t vector);

/* Delivers an NMI when the VM runs next. It must not be in a handler of one. */
void bf_vs_non_maskable_interrupt(bf_vs self);

/* Whether the VM takes no interrupt before its next instruction is done, as behind STI. */
bool bf_vs_interrupt_shadow(bf_vs self);

/* Says so, or takes it back. */
void bf_vs_set_interrupt_shadow(bf_vs self, bool wanted);

/* Makes the VM exit as soon as it can take an interrupt. */
void bf_vs_request_interrupt_window(bf_vs self);

/* Takes that wish back. */
void bf_vs_close_interrupt_window(bf_vs self);

/* Whether something is to be delivered when the VM runs next. */
bool bf_vs_has_event(bf_vs self);

/* That, as AMD's EVENTINJ has it (APM volume 2, 15.20), on both vendors; 0: nothing. */
uint64_t bf_vs_event(bf_vs self);

/* Delivers an event in that format, or none. */
void bf_vs_set_event(bf_vs self, uint64_t event);

/* Takes an interception back, of INTERCEPT_*. What exits always on Intel still does. */
void bf_vs_release(bf_vs self, uint32_t intercept);

/* Makes the VM exit, or no longer exit, when an exception is raised in it. */
void bf_vs_intercept_exception(bf_vs self, uint32_t vector, bool wanted);

/* The same when it reads CR3 or CR8. */
void bf_vs_intercept_control_read(bf_vs self, uint32_t number, bool wanted);

/* The same when it writes CR0, CR3, CR4 or CR8; on Intel CR0 and CR4 are changed then. */
void bf_vs_intercept_control_write(bf_vs self, uint32_t number, bool wanted);

/* Makes the VM's time stamp counter differ from the processor's by a number, modulo 2^64. */
void bf_vs_offset_time_stamps(bf_vs self, uint64_t offset);

/* Writes to the debug ring why the processor refuses to run it; false when no rule that it shows is broken. */
bool bf_vs_explain(bf_vs self);

/* The first rule that it breaks, by its number: AMD_RULE_*, INTEL_RULE_*; 0: none. */
uint32_t bf_vs_broken_rule(bf_vs self);

/* Lets it execute one instruction, then calls the function; Next::run is to follow, and vmexit calls handle_exit. */
void bf_vs_step(bf_vs self, void (*done)(void));

/* Makes a VM beside the root VM exit to the handlers for ports and MSRs that it has not. */
void bf_vs_deliver_accesses(bf_vs self);

/* Nested page tables that guest:: finds memory by. */

/* Makes a VS see memory by the tables, as attach does, and guest:: find its memory. */
void bf_nested_use_for(bf_nested self, bf_vs vs);

/* Memory and registers of the VS that exited. Access is ACCESS_*; physical addresses are those of the VM. */

/* Where the extension sees a guest physical address, up to the end of its page; 0 when it cannot be had. */
uint64_t bf_guest_memory(uint64_t physical);

/* Copies guest physical memory into the extension's own; false when part of it cannot be had. */
bool bf_guest_read_physical(void *to, uint64_t physical, uint64_t bytes);

/* Copies the extension's own memory into guest physical memory. */
bool bf_guest_write_physical(uint64_t physical, const void *from, uint64_t bytes);

/* The guest physical address of a guest virtual one, by the guest's page tables, or NOT_MAPPED. */
uint64_t bf_guest_translate(uint64_t address, uint32_t access);

/* Copies guest virtual memory into the extension's own; false when part of it is not mapped. */
bool bf_guest_read_virtual(void *to, uint64_t address, uint64_t bytes, uint32_t access);

/* Copies the extension's own memory into guest virtual memory. */
bool bf_guest_write_virtual(uint64_t address, const void *from, uint64_t bytes, uint32_t access);

/* 64 bits of the guest's memory as its kernel would read them; otherwise when they are not mapped. */
uint64_t bf_guest_word(uint64_t address, uint64_t otherwise);

/* A general register by the number that instructions have for it. */
uint64_t bf_guest_general(uint32_t number);

/* Writes one. */
void bf_guest_set_general(uint32_t number, uint64_t value);

/* The same as an instruction with operands of so many bytes does. */
void bf_guest_set_register(uint32_t number, uint32_t bytes, uint64_t value);

/* Goes on behind an instruction of so many bytes, which the hypervisor has carried out. */
void bf_guest_skip(uint64_t bytes);

/* Decodes the instruction at RIP. Each processor has one result, which the next call replaces. */
bf_instruction bf_guest_instruction(void);

/* Reads up to 8 bytes; false when they are not mapped, and a page fault waits for the VM. */
bool bf_guest_read_operand(uint64_t address, uint32_t bytes);

/* What was read so last. */
uint64_t bf_guest_operand_value(void);

/* Writes up to 8 bytes; false when they are not mapped, and a page fault waits for the VM. */
bool bf_guest_write_operand(uint64_t address, uint32_t bytes, uint64_t value);

/* A decoded instruction. Registers have the numbers of their encoding, or NO_REGISTER. */

/* False: the guest's memory cannot be read, or holds no instruction. */
bool bf_instruction_is_decoded(bf_instruction self);

/* Bytes, prefixes included. */
uint32_t bf_instruction_length(bf_instruction self);

/* 0: one-byte opcodes, 1: 0F, 2: 0F 38, 3: 0F 3A. */
uint32_t bf_instruction_map(bf_instruction self);

/* The opcode's last byte. */
uint32_t bf_instruction_opcode(bf_instruction self);

/* Size of the operands. */
uint32_t bf_instruction_operand_bytes(bf_instruction self);

/* The register operand. */
uint32_t bf_instruction_register_operand(bf_instruction self);

/* The other register operand, where the manual has r/m, if that is no memory. */
uint32_t bf_instruction_rm(bf_instruction self);

/* Whether an operand is memory. */
bool bf_instruction_has_memory(bf_instruction self);

/* Bytes of the memory operand. */
uint32_t bf_instruction_access_bytes(bf_instruction self);

/* The guest virtual address of the memory operand. */
uint64_t bf_instruction_address(bf_instruction self);

/* Whether operand r/m is read. */
bool bf_instruction_reads(bf_instruction self);

/* Whether it is written. */
bool bf_instruction_writes(bf_instruction self);

/* Whether it has a prefix REP. */
bool bf_instruction_is_repeated(bf_instruction self);

/* Sign-extended. */
uint64_t bf_instruction_immediate(bf_instruction self);

/* Messages from processor to processor: what sent one, a kind of the extension's own, and two numbers. */

/* Has a function called with each message for this processor, before the handlers of an exit: all processors name the same one. */
void bf_on_message(void (*receive)(uint32_t from, uint32_t kind, uint64_t a, uint64_t b));

/* Sends one to a processor: it leaves its VM. False when it wants none, or 64 wait already. */
bool bf_post(uint32_t ppid, uint32_t kind, uint64_t a, uint64_t b);

/* Sends one to every other processor that wants some; how many got it. */
uint32_t bf_post_to_others(uint32_t kind, uint64_t a, uint64_t b);

/* The operating system as the root VM. */

/* Does what the processor would have done at an exit that nobody asked for, or raises #UD; Next::fail when nobody knows. */
enum bf_next bf_root_unasked(bf_vs vs, uint64_t reason);

/* INIT and SIPI, by which an operating system starts processors. */

/* Has the root VM, whose VS this is, start processors by them: on each one, in bootstrap. It uses the tables, which show all memory, and the map of MSRs. */
void bf_init_sipi_virtualize(bf_vs vs, bf_nested tables, bf_map msrs);

/* What an operating system that boots inside finds of its processor. */

/* Has CPUID say that there is neither SVM nor VT-x: in bootstrap, when the root VM is there. */
void bf_hide_virtualization(void);

/* Numbers for `bfm status`. */

/* Publishes a counter of this processor: call it in bootstrap, when the root VM is there. */
void bf_publish_counter(const char *name, uint64_t bytes, uint64_t (*read)(void));

#ifdef __cplusplus
}
#endif

#endif
