// The guest that exited: its general registers, and CPUID as it would see it alone

import {
  CPUID_HYPERVISOR_MAX,
  CPUID_SIGNATURE_EBX,
  CPUID_SIGNATURE_ECX,
  CPUID_SIGNATURE_EDX,
} from "../../../../abi/generated/bare/control";
import { CPUID_OSXSAVE_BIT, CPUID_OSXSAVE_CR4, CPUID_OSXSAVE_LEAF } from "../../../../abi/generated/bare/cpuid-bits";
import { Register } from "../../../../abi/generated/bare/enumerations";
import {
  TCB_ACTIVE_VS,
  TCB_R8,
  TCB_R9,
  TCB_R10,
  TCB_R11,
  TCB_R12,
  TCB_R13,
  TCB_R14,
  TCB_R15,
  TCB_RAX,
  TCB_RBP,
  TCB_RBX,
  TCB_RCX,
  TCB_RDI,
  TCB_RDX,
  TCB_RSI,
} from "../../../../abi/generated/bare/tls";
import { SINGLETON } from "../calls/handle";
import { cpuidToGuest, tcbLoad32, tcbLoad64, tcbStore64 } from "../calls/tcb";
import { Vs } from "../vs/vs";
import { answerAnyLeaf, readCr4 } from "./cpuid-bits";

/** Offsets of the general registers in the order of their encodings (APM volume 3, table 1-10); RSP is in the VS. */
const ENCODED: usize = memory.data<u16>(
  [
    <u16>TCB_RAX,
    <u16>TCB_RCX,
    <u16>TCB_RDX,
    <u16>TCB_RBX,
    <u16>TCB_RAX,
    <u16>TCB_RBP,
    <u16>TCB_RSI,
    <u16>TCB_RDI,
    <u16>TCB_R8,
    <u16>TCB_R9,
    <u16>TCB_R10,
    <u16>TCB_R11,
    <u16>TCB_R12,
    <u16>TCB_R13,
    <u16>TCB_R14,
    <u16>TCB_R15,
  ],
  2,
);
const ENCODED_RSP: u32 = 4;

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
  get rbp(): u64 {
    return tcbLoad64(TCB_RBP);
  }
  set rbp(value: u64) {
    tcbStore64(TCB_RBP, value);
  }
  get rsi(): u64 {
    return tcbLoad64(TCB_RSI);
  }
  set rsi(value: u64) {
    tcbStore64(TCB_RSI, value);
  }
  get rdi(): u64 {
    return tcbLoad64(TCB_RDI);
  }
  set rdi(value: u64) {
    tcbStore64(TCB_RDI, value);
  }
  get r8(): u64 {
    return tcbLoad64(TCB_R8);
  }
  set r8(value: u64) {
    tcbStore64(TCB_R8, value);
  }
  get r9(): u64 {
    return tcbLoad64(TCB_R9);
  }
  set r9(value: u64) {
    tcbStore64(TCB_R9, value);
  }
  get r10(): u64 {
    return tcbLoad64(TCB_R10);
  }
  set r10(value: u64) {
    tcbStore64(TCB_R10, value);
  }
  get r11(): u64 {
    return tcbLoad64(TCB_R11);
  }
  set r11(value: u64) {
    tcbStore64(TCB_R11, value);
  }
  get r12(): u64 {
    return tcbLoad64(TCB_R12);
  }
  set r12(value: u64) {
    tcbStore64(TCB_R12, value);
  }
  get r13(): u64 {
    return tcbLoad64(TCB_R13);
  }
  set r13(value: u64) {
    tcbStore64(TCB_R13, value);
  }
  get r14(): u64 {
    return tcbLoad64(TCB_R14);
  }
  set r14(value: u64) {
    tcbStore64(TCB_R14, value);
  }
  get r15(): u64 {
    return tcbLoad64(TCB_R15);
  }
  set r15(value: u64) {
    tcbStore64(TCB_R15, value);
  }

  get rip(): u64 {
    return this.vs.get(Register.Rip);
  }
  set rip(value: u64) {
    this.vs.set(Register.Rip, value);
  }
  get rsp(): u64 {
    return this.vs.get(Register.Rsp);
  }
  set rsp(value: u64) {
    this.vs.set(Register.Rsp, value);
  }
  get rflags(): u64 {
    return this.vs.get(Register.Rflags);
  }
  set rflags(value: u64) {
    this.vs.set(Register.Rflags, value);
  }
  get cr0(): u64 {
    return this.vs.get(Register.Cr0);
  }
  set cr0(value: u64) {
    this.vs.set(Register.Cr0, value);
  }
  get cr2(): u64 {
    return this.vs.get(Register.Cr2);
  }
  set cr2(value: u64) {
    this.vs.set(Register.Cr2, value);
  }
  get cr3(): u64 {
    return this.vs.get(Register.Cr3);
  }
  set cr3(value: u64) {
    this.vs.set(Register.Cr3, value);
  }
  get cr4(): u64 {
    return this.vs.get(Register.Cr4);
  }
  set cr4(value: u64) {
    this.vs.set(Register.Cr4, value);
  }
  get efer(): u64 {
    return this.vs.get(Register.Efer);
  }
  set efer(value: u64) {
    this.vs.set(Register.Efer, value);
  }

  /** A general register by the number that instructions have for it: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. */
  general(number: u32): u64 {
    if (number == ENCODED_RSP) return this.rsp;
    return tcbLoad64(load<u16>(ENCODED + <usize>(number * 2)));
  }

  /** Writes a general register by that number. */
  setGeneral(number: u32, value: u64): void {
    if (number == ENCODED_RSP) this.rsp = value;
    else tcbStore64(load<u16>(ENCODED + <usize>(number * 2)), value);
  }

  /** Current privilege level: 0 for an operating system's kernel, 3 for its programs. */
  get privilege(): u32 {
    return <u32>this.vs.get(Register.Cpl);
  }

  /** Goes on behind an instruction of so many bytes, which the hypervisor has carried out. */
  skip(bytes: u64): void {
    this.rip = this.rip + bytes;
    if (this.vs.interruptShadow) this.vs.interruptShadow = false;
  }

  /** Identifier of its VS. */
  get vsid(): u32 {
    return tcbLoad32(TCB_ACTIVE_VS);
  }

  /** Its VS. */
  get vs(): Vs {
    return Vs.of(this.vsid);
  }

  /** Gives CPUID the answer of the processor alone: bits that show who executes it show the guest. */
  answerCpuid(leaf: u32): void {
    if (leaf > CPUID_OSXSAVE_LEAF) {
      answerAnyLeaf(leaf);
      return;
    }
    cpuidToGuest(leaf, <u32>this.rcx);
    if (leaf != CPUID_OSXSAVE_LEAF) return;
    const ecx = this.rcx & ~CPUID_OSXSAVE_BIT;
    this.rcx = (readCr4() & CPUID_OSXSAVE_CR4) != 0 ? ecx | CPUID_OSXSAVE_BIT : ecx;
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
}

export const guest: Guest = changetype<Guest>(SINGLETON);
