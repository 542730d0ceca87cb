// Why KVM_RUN comes back: what KvmRun tells the user

import * as kvm from "../../../abi/generated/bare/kvm";
import { poke8, poke16, poke32, poke64 } from "../../../bsl/src/memory";

/** The guest runs on: no result of KVM_RUN. */
export const GO_ON: i64 = 1;

/** VCPU_PENDING: the user has the datum of an IN, something for the emulator, or an access to an MSR. */
export const PENDING_NOTHING: u64 = 0;
export const PENDING_INPUT: u64 = 1;
export const PENDING_EMULATION: u64 = 2;
export const PENDING_MSR: u64 = 3;
/** The emulator is to go on: it has what it wanted. */
export const PENDING_STEP: u64 = 4;

/** The emulator's, or a call that MicroV refuses: neither is the guest's fault. */
export function internalError(run: u64): i64 {
  poke32(run + kvm.KVM_RUN_INTERNAL_SUBERROR, kvm.KVM_INTERNAL_ERROR_EMULATION);
  poke32(run + kvm.KVM_RUN_INTERNAL_NDATA, 0);
  return leave(run, kvm.KVM_EXIT_INTERNAL_ERROR);
}

export function leave(run: u64, reason: u32): i64 {
  poke32(run + kvm.KVM_RUN_EXIT_REASON, reason);
  return 0;
}

/** KVM_EXIT_IO: the data is on the page behind KvmRun. */
export function askForPort(run: u64, isInput: bool, port: u16, bytes: u8, count: u32): i64 {
  poke8(run + kvm.KVM_RUN_IO_DIRECTION, isInput ? <u8>kvm.KVM_EXIT_IO_IN : <u8>kvm.KVM_EXIT_IO_OUT);
  poke8(run + kvm.KVM_RUN_IO_SIZE, bytes);
  poke16(run + kvm.KVM_RUN_IO_PORT, port);
  poke32(run + kvm.KVM_RUN_IO_COUNT, count);
  poke64(run + kvm.KVM_RUN_IO_DATA_OFFSET, kvm.KVM_PAGE_BYTES);
  return leave(run, kvm.KVM_EXIT_IO);
}
