// The guest that exited: its general registers, and CPUID as it would see it alone

import {
  CPUID_HYPERVISOR_MAX,
  CPUID_SIGNATURE_EBX,
  CPUID_SIGNATURE_ECX,
  CPUID_SIGNATURE_EDX,
} from "../../../abi/generated/bare/control";
import { AMD_REG_CPL, AMD_REG_CR4 } from "../../../abi/generated/bare/registers-amd";
import { SYSCALL_VS_READ } from "../../../abi/generated/bare/syscalls";
import { TCB_RAX, TCB_RBX, TCB_RCX, TCB_RDX, TCB_VSID } from "../../../abi/generated/bare/tls";
import { callValue } from "./syscall";
import { cpuidToGuest, tcbLoad16, tcbLoad64, tcbStore64 } from "./tcb";

/** CPUID bits that follow the guest's CR4, and the CR4 bits (APM volume 3, appendix E). */
const LEAF_FEATURES: u32 = 1;
const FEATURES_OSXSAVE: u64 = 1 << 27;
const CR4_OSXSAVE: u64 = 1 << 18;
const LEAF_EXTENDED_FEATURES: u32 = 7;
const EXTENDED_OSPKE: u64 = 1 << 4;
const CR4_PKE: u64 = 1 << 22;

/** The active VS of this processor. There is one instance, `guest`. */
@unmanaged
export class Guest {
  get rax(): u64 {
    return tcbLoad64(TCB_RAX);
  }
  set rax(value: u64) {
    tcbStore64(TCB_RAX, value);
  }
  get rbx(): u64 {
    return tcbLoad64(TCB_RBX);
  }
  set rbx(value: u64) {
    tcbStore64(TCB_RBX, value);
  }
  get rcx(): u64 {
    return tcbLoad64(TCB_RCX);
  }
  set rcx(value: u64) {
    tcbStore64(TCB_RCX, value);
  }
  get rdx(): u64 {
    return tcbLoad64(TCB_RDX);
  }
  set rdx(value: u64) {
    tcbStore64(TCB_RDX, value);
  }

  /** Current privilege level: 0 for an operating system's kernel, 3 for its programs. */
  get privilege(): u32 {
    return <u32>callValue(SYSCALL_VS_READ, this.vsid, AMD_REG_CPL, 0);
  }

  /** Identifier of its VS. */
  get vsid(): u32 {
    return tcbLoad16(TCB_VSID);
  }

  /** Gives CPUID the answer of the processor alone: the bits that follow CR4 are those of the guest's CR4. */
  answerCpuid(leaf: u32): void {
    cpuidToGuest(leaf, <u32>this.rcx);
    if (leaf == LEAF_FEATURES) this.followCr4(FEATURES_OSXSAVE, CR4_OSXSAVE);
    else if (leaf == LEAF_EXTENDED_FEATURES) this.followCr4(EXTENDED_OSPKE, CR4_PKE);
  }

  /** Gives CPUID this answer: EAX, EBX, ECX, EDX. */
  answer(eax: u32, ebx: u32, ecx: u32, edx: u32): void {
    this.rax = eax;
    this.rbx = ebx;
    this.rcx = ecx;
    this.rdx = edx;
  }

  /** Gives CPUID the answer to CPUID_HYPERVISOR_BASE: the product's name, and its highest leaf. */
  answerSignature(): void {
    this.answer(CPUID_HYPERVISOR_MAX, CPUID_SIGNATURE_EBX, CPUID_SIGNATURE_ECX, CPUID_SIGNATURE_EDX);
  }

  /** Host mode has a CR4 of its own, so a bit of ECX that shows CR4 must be corrected. */
  private followCr4(ecxBit: u64, cr4Bit: u64): void {
    const cr4 = callValue(SYSCALL_VS_READ, this.vsid, AMD_REG_CR4, 0);
    const ecx = this.rcx & ~ecxBit;
    this.rcx = (cr4 & cr4Bit) != 0 ? ecx | ecxBit : ecx;
  }
}

export const guest: Guest = changetype<Guest>(0);
