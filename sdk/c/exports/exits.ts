// What an exit was about, for handlers in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is
//
// There is one exit at a time on a processor: the VS that each function is given says no more.

import { SINGLETON } from "../../typescript/src/calls/handle";
import type { Vector } from "../../typescript/src/events/vectors";
import type { ControlRegisterExit } from "../../typescript/src/exits/control-register-exit";
import type { CpuidExit } from "../../typescript/src/exits/cpuid-exit";
import type { ExceptionExit } from "../../typescript/src/exits/exception-exit";
import type { Exit } from "../../typescript/src/exits/exit";
import type { HypercallExit } from "../../typescript/src/exits/hypercall-exit";
import type { IoExit } from "../../typescript/src/exits/io-exit";
import type { MsrExit } from "../../typescript/src/exits/msr-exit";
import type { NestedPageFaultExit } from "../../typescript/src/exits/nested-page-fault-exit";
import type { Next } from "../../typescript/src/life/next";

const exit: Exit = changetype<Exit>(SINGLETON);
const cpuid: CpuidExit = changetype<CpuidExit>(SINGLETON);
const msr: MsrExit = changetype<MsrExit>(SINGLETON);
const io: IoExit = changetype<IoExit>(SINGLETON);
const control: ControlRegisterExit = changetype<ControlRegisterExit>(SINGLETON);
const nested: NestedPageFaultExit = changetype<NestedPageFaultExit>(SINGLETON);
const exception: ExceptionExit = changetype<ExceptionExit>(SINGLETON);
const hypercall: HypercallExit = changetype<HypercallExit>(SINGLETON);

export function bf_exit_next(_vs: u32): u32 {
  return exit.next;
}

export function bf_exit_set_next(_vs: u32, next: u32): void {
  exit.next = <Next>next;
}

export function bf_exit_reason(_vs: u32): u64 {
  return exit.reason;
}

export function bf_exit_rip(_vs: u32): u64 {
  return exit.rip;
}

export function bf_exit_rflags(_vs: u32): u64 {
  return exit.rflags;
}

export function bf_exit_mode(_vs: u32): u32 {
  return exit.mode;
}

export function bf_exit_raise(_vs: u32, vector: u32, code: u32): u32 {
  return exit.raise(<Vector>vector, code) ? 1 : 0;
}

export function bf_cpuid_exit_leaf(_vs: u32): u32 {
  return cpuid.leaf;
}

export function bf_cpuid_exit_subleaf(_vs: u32): u32 {
  return cpuid.subleaf;
}

export function bf_cpuid_exit_answer(_vs: u32, eax: u32, ebx: u32, ecx: u32, edx: u32): void {
  cpuid.answer(eax, ebx, ecx, edx);
}

export function bf_cpuid_exit_pass_through(_vs: u32): void {
  cpuid.passThrough();
}

export function bf_msr_exit_index(_vs: u32): u32 {
  return msr.index;
}

export function bf_msr_exit_is_write(_vs: u32): u32 {
  return msr.isWrite ? 1 : 0;
}

export function bf_msr_exit_value(_vs: u32): u64 {
  return msr.value;
}

export function bf_msr_exit_set_value(_vs: u32, value: u64): void {
  msr.value = value;
}

export function bf_msr_exit_read(_vs: u32): u32 {
  return msr.read() ? 1 : 0;
}

export function bf_msr_exit_write(_vs: u32): u32 {
  return msr.write() ? 1 : 0;
}

export function bf_msr_exit_use_own(_vs: u32): u32 {
  return msr.useOwn() ? 1 : 0;
}

export function bf_msr_exit_pass_through(_vs: u32): u32 {
  return msr.passThrough() ? 1 : 0;
}

export function bf_io_exit_port(_vs: u32): u32 {
  return io.port;
}

export function bf_io_exit_is_input(_vs: u32): u32 {
  return io.isInput ? 1 : 0;
}

export function bf_io_exit_is_string(_vs: u32): u32 {
  return io.isString ? 1 : 0;
}

export function bf_io_exit_is_repeated(_vs: u32): u32 {
  return io.isRepeated ? 1 : 0;
}

export function bf_io_exit_bytes(_vs: u32): u32 {
  return io.bytes;
}

export function bf_io_exit_value(_vs: u32): u32 {
  return io.value;
}

export function bf_io_exit_set_value(_vs: u32, value: u32): void {
  io.value = value;
}

export function bf_io_exit_pass_through(_vs: u32): void {
  io.passThrough();
}

export function bf_io_exit_leave_unanswered(_vs: u32): void {
  io.leaveUnanswered();
}

export function bf_control_exit_number(_vs: u32): u32 {
  return control.number;
}

export function bf_control_exit_is_write(_vs: u32): u32 {
  return control.isWrite ? 1 : 0;
}

export function bf_control_exit_value(_vs: u32): u64 {
  return control.value;
}

export function bf_control_exit_pass_through(_vs: u32): u32 {
  return control.passThrough() ? 1 : 0;
}

export function bf_control_exit_pass_through_within(_vs: u32, bits: u64): u32 {
  return control.passThroughWithin(bits) ? 1 : 0;
}

export function bf_control_exit_write(_vs: u32, value: u64): u32 {
  return control.write(value) ? 1 : 0;
}

export function bf_control_exit_read(_vs: u32, value: u64): u32 {
  return control.read(value) ? 1 : 0;
}

export function bf_nested_fault_address(_vs: u32): u64 {
  return nested.address;
}

export function bf_nested_fault_is_present(_vs: u32): u32 {
  return nested.isPresent ? 1 : 0;
}

export function bf_nested_fault_is_write(_vs: u32): u32 {
  return nested.isWrite ? 1 : 0;
}

export function bf_nested_fault_is_execute(_vs: u32): u32 {
  return nested.isExecute ? 1 : 0;
}

export function bf_nested_fault_is_table_walk(_vs: u32): u32 {
  return nested.isTableWalk ? 1 : 0;
}

export function bf_exception_exit_vector(_vs: u32): u32 {
  return exception.vector;
}

export function bf_exception_exit_error_code(_vs: u32): u32 {
  return exception.errorCode;
}

export function bf_exception_exit_address(_vs: u32): u64 {
  return exception.address;
}

export function bf_exception_exit_pass_through(_vs: u32): void {
  exception.passThrough();
}

export function bf_hypercall_exit_number(_vs: u32): u64 {
  return hypercall.number;
}

export function bf_hypercall_exit_set_result(_vs: u32, value: u64): void {
  hypercall.result = value;
}

export function bf_hypercall_exit_is_privileged(_vs: u32): u32 {
  return hypercall.isPrivileged ? 1 : 0;
}
