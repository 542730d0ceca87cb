// System calls with up to five arguments and four results; objects.h implements them with one SYSCALL instruction each

import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import { refuse } from "./syscall";

/**
 * Makes a call with the extension's handle in REG0 and up to five more arguments. Result: its status; callResult() gives
 * REG0 to REG3, until the next such call.
 */
export declare function callObject(call: u32, reg1: u64, reg2: u64, reg3: u64, reg4: u64, reg5: u64): u64;
export declare function callResult(index: u32): u64;

/** The same for a call that succeeds unless the extension is wrong: otherwise it asserts, and the call is reported. */
export function objectRequired(call: u32, reg1: u64, reg2: u64, reg3: u64, reg4: u64, reg5: u64): void {
  const status = callObject(call, reg1, reg2, reg3, reg4, reg5);
  if (status != STATUS_SUCCESS) refuse(call, reg1, reg2, status);
}
