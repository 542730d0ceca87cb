// Registers of guests, by the hypercalls' numbers
//
// A caller may set any value, but what the guest's CPUID has not: whether they make a machine is seen when the processor is to run it.

import { guest, peek64, poke64, Register, trySet } from "@bareflank/sdk";
import {
  MV_LIST_ENTRIES,
  MV_PAGE_LIST,
  MV_PAGE_LIST_COUNT,
  MV_REG_APIC_BASE,
  MV_REG_CR4,
  MV_REG_CR8,
  MV_REG_DR6,
  MV_REG_EFER,
  MV_REG_ES_SELECTOR,
  MV_REG_EVENT,
  MV_REG_IDTR_BASE,
  MV_REG_INTERRUPT_SHADOW,
  MV_REG_NMI,
  MV_REG_RIP,
  MV_REG_XCR0,
  MV_STATUS_INVALID_INPUT_REG0,
  MV_STATUS_INVALID_INPUT_REG2,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { readEfer, xcr0Bits } from "./control-bits";
import { priorityOf, setPriority, tellChangedState } from "./interruptibility";
import { setApicBase } from "./msrs";
import { nmiBits, noteEvent, setNmiBits } from "./nmi";
import { Vcpu } from "./vcpu";

/** Registers of the VS for MV_REG_RAX (1) to MV_REG_XCR0; 0: there is none, and it is zero. */
const IN_VS: usize = memory.data<u32>([
  0,
  Register.Rax,
  Register.Rbx,
  Register.Rcx,
  Register.Rdx,
  Register.Rbp,
  Register.Rsi,
  Register.Rdi,
  Register.R8,
  Register.R9,
  Register.R10,
  Register.R11,
  Register.R12,
  Register.R13,
  Register.R14,
  Register.R15,
  Register.Rsp,
  Register.Rip,
  Register.Rflags,
  Register.EsSelector,
  Register.EsAttrib,
  Register.EsLimit,
  Register.EsBase,
  Register.CsSelector,
  Register.CsAttrib,
  Register.CsLimit,
  Register.CsBase,
  Register.SsSelector,
  Register.SsAttrib,
  Register.SsLimit,
  Register.SsBase,
  Register.DsSelector,
  Register.DsAttrib,
  Register.DsLimit,
  Register.DsBase,
  Register.FsSelector,
  Register.FsAttrib,
  Register.FsLimit,
  Register.FsBase,
  Register.GsSelector,
  Register.GsAttrib,
  Register.GsLimit,
  Register.GsBase,
  Register.LdtrSelector,
  Register.LdtrAttrib,
  Register.LdtrLimit,
  Register.LdtrBase,
  Register.TrSelector,
  Register.TrAttrib,
  Register.TrLimit,
  Register.TrBase,
  0,
  0,
  Register.GdtrLimit,
  Register.GdtrBase,
  0,
  0,
  Register.IdtrLimit,
  Register.IdtrBase,
  Register.Dr0,
  Register.Dr1,
  Register.Dr2,
  Register.Dr3,
  Register.Dr6,
  Register.Dr7,
  Register.Cr0,
  Register.Cr2,
  Register.Cr3,
  Register.Cr4,
  0,
  Register.Xcr0,
]);

const PART_ATTRIBUTES: u32 = 1;
const PART_LIMIT: u32 = 2;
const PART_BASE: u32 = 3;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** MV_VS_REG_GET_LIST: all or none. */
export function readRegisters(vcpu: Vcpu): u64 {
  const count = peek64(vcpu.shared(MV_PAGE_LIST_COUNT));
  if (count > MV_LIST_ENTRIES) return MV_STATUS_INVALID_INPUT_REG0;
  for (let i: u64 = 0; i < count; i++) {
    if (!isRegister(peek64(entryOf(vcpu, i)))) return refuse(i);
  }
  for (let i: u64 = 0; i < count; i++) {
    const entry = entryOf(vcpu, i);
    poke64(entry + 8, read(vcpu, <u32>peek64(entry)));
  }
  guest.r10 = count;
  return MV_STATUS_SUCCESS;
}

/** MV_VS_REG_SET_LIST: up to one that the processor does not take, which R10 tells. */
export function writeRegisters(vcpu: Vcpu): u64 {
  const status = writeList(vcpu);
  tellChangedState(vcpu);
  return status;
}

function writeList(vcpu: Vcpu): u64 {
  const count = peek64(vcpu.shared(MV_PAGE_LIST_COUNT));
  if (count > MV_LIST_ENTRIES) return MV_STATUS_INVALID_INPUT_REG0;
  for (let i: u64 = 0; i < count; i++) {
    const entry = entryOf(vcpu, i);
    if (!isRegister(peek64(entry)) || !write(vcpu, <u32>peek64(entry), peek64(entry + 8))) return refuse(i);
  }
  guest.r10 = count;
  return MV_STATUS_SUCCESS;
}

function refuse(index: u64): u64 {
  guest.r10 = index;
  return MV_STATUS_INVALID_INPUT_REG2;
}

function isRegister(number: u64): bool {
  return (number >= 1 && number <= MV_REG_XCR0) || (number >= MV_REG_EFER && number <= MV_REG_NMI);
}

function read(vcpu: Vcpu, number: u32): u64 {
  const vs = vcpu.vs;
  if (number == MV_REG_CR8) return priorityOf(vcpu);
  if (number <= MV_REG_XCR0) {
    const register = registerOf(number);
    return register == 0 ? 0 : vs.get(<Register>register);
  }
  switch (number) {
    case MV_REG_EFER:
      return readEfer(vcpu);
    case MV_REG_APIC_BASE:
      return vcpu.apicBase;
    case MV_REG_INTERRUPT_SHADOW:
      return vs.interruptShadow ? 1 : 0;
    case MV_REG_EVENT:
      return vs.event;
    case MV_REG_NMI:
      return nmiBits(vcpu);
    default:
      return vs.timeStampOffset;
  }
}

function write(vcpu: Vcpu, number: u32, value: u64): bool {
  const vs = vcpu.vs;
  if (number == MV_REG_RIP) noteRip(vcpu, value);
  if (number == MV_REG_XCR0) return (value & ~xcr0Bits(vcpu)) == 0 && trySet(vs, Register.Xcr0, value);
  if (number == MV_REG_CR4 && (value & ~vcpu.cr4Bits) != 0) return false;
  if (number == MV_REG_CR8) return setPriority(vcpu, value);
  // MOV does not take such, and nor does the microkernel, which executes it on Intel (SDM volume 3, 18.2.3)
  if (number == MV_REG_DR6 && value >> 32 != 0) return false;
  if (number < MV_REG_XCR0) {
    const register = registerOf(number);
    if (register != 0) vs.set(<Register>register, value & widthOf(number));
    return true;
  }
  switch (number) {
    case MV_REG_EFER:
      vs.set(Register.Efer, value);
      return true;
    case MV_REG_APIC_BASE:
      return setApicBase(vcpu, value);
    case MV_REG_INTERRUPT_SHADOW:
      vs.interruptShadow = value != 0;
      return true;
    case MV_REG_EVENT:
      vs.event = value;
      noteEvent(vcpu, value);
      return true;
    case MV_REG_NMI:
      return setNmiBits(vcpu, value);
    default:
      vs.offsetTimeStamps(value);
      return true;
  }
}

/** What the caller has been asked for is for whoever is behind an IN, or at a RDMSR or WRMSR, still. */
function noteRip(vcpu: Vcpu, value: u64): void {
  const isAsked = vcpu.pendingInput != 0 || vcpu.pendingMsr != 0;
  if (!isAsked || value == vcpu.vs.get(Register.Rip)) return;
  vcpu.pendingInput = 0;
  vcpu.pendingMsr = 0;
}

/** Bits that a register has: parts of segments come as selector, attributes, limit and base, from ES to IDTR. */
function widthOf(number: u32): u64 {
  if (number < MV_REG_ES_SELECTOR || number > MV_REG_IDTR_BASE) return ALL;
  const part = (number - MV_REG_ES_SELECTOR) & 3;
  return part == PART_BASE ? ALL : part == PART_LIMIT ? 0xffff_ffff : part == PART_ATTRIBUTES ? 0xfff : 0xffff;
}

function registerOf(number: u32): u32 {
  return load<u32>(IN_VS + <usize>number * 4);
}

function entryOf(vcpu: Vcpu, index: u64): u64 {
  return vcpu.shared(MV_PAGE_LIST) + index * 16;
}
