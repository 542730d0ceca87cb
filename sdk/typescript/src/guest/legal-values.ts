// Whether this processor takes a value that a VM wants in a register: it would raise #GP for another one

import { Register } from "../../../../abi/generated/bare/enumerations";
import { Processor, physicalWidth } from "../../../../bsl/src/entry-checks/reader";
import { ignoredBits, mayHold, writableBits } from "../../../../bsl/src/register-values";
import { SINGLETON } from "../calls/handle";
import { cpuidRegister } from "../vendor/cpuid";
import { isIntel } from "../vendor/vendor";

@unmanaged
class OwnProcessor {
  cpuid(leaf: u32, subleaf: u32, result: u32): u32 {
    return cpuidRegister(leaf, subleaf, result);
  }
}

const own: OwnProcessor = changetype<OwnProcessor>(SINGLETON);

/** Whether a register may hold a value, whatever the others hold. */
export function isLegal(register: Register, value: u64): bool {
  return mayHold<OwnProcessor>(own, register, isIntel(), value);
}

/** Bits that may be set in CR0, CR4, EFER, DR6 or DR7. */
export function settableBits(register: Register): u64 {
  return settableBitsBy<OwnProcessor>(own, register);
}

/** The same on a processor of this vendor whose CPUID is another one: what a VM is told that it has. */
export function settableBitsBy<P extends Processor>(processor: P, register: Register): u64 {
  return writableBits<P>(processor, register, isIntel());
}

/** What a register holds when a legal value is written: bits that cannot be changed stay. */
export function merged(register: Register, before: u64, value: u64): u64 {
  const kept = ignoredBits<OwnProcessor>(own, register, isIntel());
  return (value & ~kept) | (before & kept);
}

/** Whether the processor has a physical address. */
export function isPhysical(address: u64): bool {
  return address >> physicalWidth<OwnProcessor>(own) == 0;
}
