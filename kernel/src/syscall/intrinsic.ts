// Group 7, intrinsics: MSRs

import { readMsr, writeMsr } from "#arch/shadowed-msrs";
import { MSR_RIGHT_READ, MSR_RIGHT_WRITE } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_REG0 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { SYSCALL_INTRINSIC_RDMSR, SYSCALL_INTRINSIC_WRMSR } from "../../../abi/generated/bare/syscalls";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { mayAccess, noteDenial } from "../policy";
import { isHandle } from "./handle";

/** Counts the refusal of an MSR. */
function denyMsr(call: u32, msr: u64): u64 {
  noteDenial(call, <u32>msr);
  return STATUS_INVALID_PERM_DENIED;
}

/** 7.0: REG1 msr -> REG0 value. An MSR that the processor does not have is a failure. */
export function rdmsr(handle: u64, reg1: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  if (!mayAccess(<u32>reg1, MSR_RIGHT_READ)) return denyMsr(SYSCALL_INTRINSIC_RDMSR, reg1);
  const ok = readMsr(<u32>reg1, PP_AREA_BASE + PP_BLOCK + PP_BLOCK_REG0);
  return ok ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

/** 7.1: REG1 msr, REG2 value. */
export function wrmsr(handle: u64, reg1: u64, reg2: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  if (!mayAccess(<u32>reg1, MSR_RIGHT_WRITE)) return denyMsr(SYSCALL_INTRINSIC_WRMSR, reg1);
  return writeMsr(<u32>reg1, reg2) ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}
