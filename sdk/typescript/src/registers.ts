// Registers of a VS that every processor has, by names that do not depend on the vendor
//
// The ABI numbers registers differently on AMD and Intel. This table is where a portable name becomes such a number.
// What only one vendor has (intercepts, exit information) stays a number of the ABI: Vs.read and Vs.write take those.

import {
  AMD_REG_CPL,
  AMD_REG_CR0,
  AMD_REG_CR2,
  AMD_REG_CR3,
  AMD_REG_CR4,
  AMD_REG_CR8,
  AMD_REG_CS_ATTRIB,
  AMD_REG_CS_BASE,
  AMD_REG_CS_LIMIT,
  AMD_REG_CS_SELECTOR,
  AMD_REG_CSTAR,
  AMD_REG_DBGCTL,
  AMD_REG_DR0,
  AMD_REG_DR1,
  AMD_REG_DR2,
  AMD_REG_DR3,
  AMD_REG_DR6,
  AMD_REG_DR7,
  AMD_REG_DS_ATTRIB,
  AMD_REG_DS_BASE,
  AMD_REG_DS_LIMIT,
  AMD_REG_DS_SELECTOR,
  AMD_REG_EFER,
  AMD_REG_ES_ATTRIB,
  AMD_REG_ES_BASE,
  AMD_REG_ES_LIMIT,
  AMD_REG_ES_SELECTOR,
  AMD_REG_FMASK,
  AMD_REG_FS_ATTRIB,
  AMD_REG_FS_BASE,
  AMD_REG_FS_LIMIT,
  AMD_REG_FS_SELECTOR,
  AMD_REG_GDTR_BASE,
  AMD_REG_GDTR_LIMIT,
  AMD_REG_GS_ATTRIB,
  AMD_REG_GS_BASE,
  AMD_REG_GS_LIMIT,
  AMD_REG_GS_SELECTOR,
  AMD_REG_IDTR_BASE,
  AMD_REG_IDTR_LIMIT,
  AMD_REG_KERNEL_GS_BASE,
  AMD_REG_LDTR_ATTRIB,
  AMD_REG_LDTR_BASE,
  AMD_REG_LDTR_LIMIT,
  AMD_REG_LDTR_SELECTOR,
  AMD_REG_LSTAR,
  AMD_REG_PAT,
  AMD_REG_R8,
  AMD_REG_R9,
  AMD_REG_R10,
  AMD_REG_R11,
  AMD_REG_R12,
  AMD_REG_R13,
  AMD_REG_R14,
  AMD_REG_R15,
  AMD_REG_RAX,
  AMD_REG_RBP,
  AMD_REG_RBX,
  AMD_REG_RCX,
  AMD_REG_RDI,
  AMD_REG_RDX,
  AMD_REG_RFLAGS,
  AMD_REG_RIP,
  AMD_REG_RSI,
  AMD_REG_RSP,
  AMD_REG_SS_ATTRIB,
  AMD_REG_SS_BASE,
  AMD_REG_SS_LIMIT,
  AMD_REG_SS_SELECTOR,
  AMD_REG_STAR,
  AMD_REG_SYSENTER_CS,
  AMD_REG_SYSENTER_EIP,
  AMD_REG_SYSENTER_ESP,
  AMD_REG_TR_ATTRIB,
  AMD_REG_TR_BASE,
  AMD_REG_TR_LIMIT,
  AMD_REG_TR_SELECTOR,
  AMD_REG_XCR0,
} from "../../../abi/generated/bare/registers-amd";

/** A register: an argument of Vs.get and Vs.set. Segment attributes are those of a VMCB (APM volume 2, 15.5.1). */
export enum Register {
  Rax,
  Rbx,
  Rcx,
  Rdx,
  Rbp,
  Rsi,
  Rdi,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  Rip,
  Rsp,
  Rflags,
  Cr0,
  Cr2,
  Cr3,
  Cr4,
  Cr8,
  Efer,
  Xcr0,
  Dr0,
  Dr1,
  Dr2,
  Dr3,
  Dr6,
  Dr7,
  Star,
  Lstar,
  Cstar,
  Sfmask,
  KernelGsBase,
  SysenterCs,
  SysenterEsp,
  SysenterEip,
  Pat,
  DebugControl,
  EsSelector,
  EsAttrib,
  EsLimit,
  EsBase,
  CsSelector,
  CsAttrib,
  CsLimit,
  CsBase,
  SsSelector,
  SsAttrib,
  SsLimit,
  SsBase,
  DsSelector,
  DsAttrib,
  DsLimit,
  DsBase,
  FsSelector,
  FsAttrib,
  FsLimit,
  FsBase,
  GsSelector,
  GsAttrib,
  GsLimit,
  GsBase,
  LdtrSelector,
  LdtrAttrib,
  LdtrLimit,
  LdtrBase,
  TrSelector,
  TrAttrib,
  TrLimit,
  TrBase,
  GdtrLimit,
  GdtrBase,
  IdtrLimit,
  IdtrBase,
  Cpl,
}

/** How many there are. */
export const REGISTER_COUNT: u32 = 78;

/** AMD's number of each. */
const AMD_NUMBERS: usize = memory.data<u8>([
  <u8>AMD_REG_RAX,
  <u8>AMD_REG_RBX,
  <u8>AMD_REG_RCX,
  <u8>AMD_REG_RDX,
  <u8>AMD_REG_RBP,
  <u8>AMD_REG_RSI,
  <u8>AMD_REG_RDI,
  <u8>AMD_REG_R8,
  <u8>AMD_REG_R9,
  <u8>AMD_REG_R10,
  <u8>AMD_REG_R11,
  <u8>AMD_REG_R12,
  <u8>AMD_REG_R13,
  <u8>AMD_REG_R14,
  <u8>AMD_REG_R15,
  <u8>AMD_REG_RIP,
  <u8>AMD_REG_RSP,
  <u8>AMD_REG_RFLAGS,
  <u8>AMD_REG_CR0,
  <u8>AMD_REG_CR2,
  <u8>AMD_REG_CR3,
  <u8>AMD_REG_CR4,
  <u8>AMD_REG_CR8,
  <u8>AMD_REG_EFER,
  <u8>AMD_REG_XCR0,
  <u8>AMD_REG_DR0,
  <u8>AMD_REG_DR1,
  <u8>AMD_REG_DR2,
  <u8>AMD_REG_DR3,
  <u8>AMD_REG_DR6,
  <u8>AMD_REG_DR7,
  <u8>AMD_REG_STAR,
  <u8>AMD_REG_LSTAR,
  <u8>AMD_REG_CSTAR,
  <u8>AMD_REG_FMASK,
  <u8>AMD_REG_KERNEL_GS_BASE,
  <u8>AMD_REG_SYSENTER_CS,
  <u8>AMD_REG_SYSENTER_ESP,
  <u8>AMD_REG_SYSENTER_EIP,
  <u8>AMD_REG_PAT,
  <u8>AMD_REG_DBGCTL,
  <u8>AMD_REG_ES_SELECTOR,
  <u8>AMD_REG_ES_ATTRIB,
  <u8>AMD_REG_ES_LIMIT,
  <u8>AMD_REG_ES_BASE,
  <u8>AMD_REG_CS_SELECTOR,
  <u8>AMD_REG_CS_ATTRIB,
  <u8>AMD_REG_CS_LIMIT,
  <u8>AMD_REG_CS_BASE,
  <u8>AMD_REG_SS_SELECTOR,
  <u8>AMD_REG_SS_ATTRIB,
  <u8>AMD_REG_SS_LIMIT,
  <u8>AMD_REG_SS_BASE,
  <u8>AMD_REG_DS_SELECTOR,
  <u8>AMD_REG_DS_ATTRIB,
  <u8>AMD_REG_DS_LIMIT,
  <u8>AMD_REG_DS_BASE,
  <u8>AMD_REG_FS_SELECTOR,
  <u8>AMD_REG_FS_ATTRIB,
  <u8>AMD_REG_FS_LIMIT,
  <u8>AMD_REG_FS_BASE,
  <u8>AMD_REG_GS_SELECTOR,
  <u8>AMD_REG_GS_ATTRIB,
  <u8>AMD_REG_GS_LIMIT,
  <u8>AMD_REG_GS_BASE,
  <u8>AMD_REG_LDTR_SELECTOR,
  <u8>AMD_REG_LDTR_ATTRIB,
  <u8>AMD_REG_LDTR_LIMIT,
  <u8>AMD_REG_LDTR_BASE,
  <u8>AMD_REG_TR_SELECTOR,
  <u8>AMD_REG_TR_ATTRIB,
  <u8>AMD_REG_TR_LIMIT,
  <u8>AMD_REG_TR_BASE,
  <u8>AMD_REG_GDTR_LIMIT,
  <u8>AMD_REG_GDTR_BASE,
  <u8>AMD_REG_IDTR_LIMIT,
  <u8>AMD_REG_IDTR_BASE,
  <u8>AMD_REG_CPL,
]);

/** The number by which this processor's ABI knows a register. */
export function registerNumber(register: Register): u32 {
  return load<u8>(AMD_NUMBERS + <usize>register);
}

/** A register's name, for messages: "rip", "csBase". */
export function registerName(register: Register): string {
  switch (register) {
    case Register.Rax:
      return "rax";
    case Register.Rbx:
      return "rbx";
    case Register.Rcx:
      return "rcx";
    case Register.Rdx:
      return "rdx";
    case Register.Rbp:
      return "rbp";
    case Register.Rsi:
      return "rsi";
    case Register.Rdi:
      return "rdi";
    case Register.R8:
      return "r8";
    case Register.R9:
      return "r9";
    case Register.R10:
      return "r10";
    case Register.R11:
      return "r11";
    case Register.R12:
      return "r12";
    case Register.R13:
      return "r13";
    case Register.R14:
      return "r14";
    case Register.R15:
      return "r15";
    case Register.Rip:
      return "rip";
    case Register.Rsp:
      return "rsp";
    case Register.Rflags:
      return "rflags";
    case Register.Cr0:
      return "cr0";
    case Register.Cr2:
      return "cr2";
    case Register.Cr3:
      return "cr3";
    case Register.Cr4:
      return "cr4";
    case Register.Cr8:
      return "cr8";
    case Register.Efer:
      return "efer";
    case Register.Xcr0:
      return "xcr0";
    case Register.Dr0:
      return "dr0";
    case Register.Dr1:
      return "dr1";
    case Register.Dr2:
      return "dr2";
    case Register.Dr3:
      return "dr3";
    case Register.Dr6:
      return "dr6";
    case Register.Dr7:
      return "dr7";
    case Register.Star:
      return "star";
    case Register.Lstar:
      return "lstar";
    case Register.Cstar:
      return "cstar";
    case Register.Sfmask:
      return "sfmask";
    case Register.KernelGsBase:
      return "kernelGsBase";
    case Register.SysenterCs:
      return "sysenterCs";
    case Register.SysenterEsp:
      return "sysenterEsp";
    case Register.SysenterEip:
      return "sysenterEip";
    case Register.Pat:
      return "pat";
    case Register.DebugControl:
      return "debugControl";
    case Register.EsSelector:
      return "esSelector";
    case Register.EsAttrib:
      return "esAttrib";
    case Register.EsLimit:
      return "esLimit";
    case Register.EsBase:
      return "esBase";
    case Register.CsSelector:
      return "csSelector";
    case Register.CsAttrib:
      return "csAttrib";
    case Register.CsLimit:
      return "csLimit";
    case Register.CsBase:
      return "csBase";
    case Register.SsSelector:
      return "ssSelector";
    case Register.SsAttrib:
      return "ssAttrib";
    case Register.SsLimit:
      return "ssLimit";
    case Register.SsBase:
      return "ssBase";
    case Register.DsSelector:
      return "dsSelector";
    case Register.DsAttrib:
      return "dsAttrib";
    case Register.DsLimit:
      return "dsLimit";
    case Register.DsBase:
      return "dsBase";
    case Register.FsSelector:
      return "fsSelector";
    case Register.FsAttrib:
      return "fsAttrib";
    case Register.FsLimit:
      return "fsLimit";
    case Register.FsBase:
      return "fsBase";
    case Register.GsSelector:
      return "gsSelector";
    case Register.GsAttrib:
      return "gsAttrib";
    case Register.GsLimit:
      return "gsLimit";
    case Register.GsBase:
      return "gsBase";
    case Register.LdtrSelector:
      return "ldtrSelector";
    case Register.LdtrAttrib:
      return "ldtrAttrib";
    case Register.LdtrLimit:
      return "ldtrLimit";
    case Register.LdtrBase:
      return "ldtrBase";
    case Register.TrSelector:
      return "trSelector";
    case Register.TrAttrib:
      return "trAttrib";
    case Register.TrLimit:
      return "trLimit";
    case Register.TrBase:
      return "trBase";
    case Register.GdtrLimit:
      return "gdtrLimit";
    case Register.GdtrBase:
      return "gdtrBase";
    case Register.IdtrLimit:
      return "idtrLimit";
    case Register.IdtrBase:
      return "idtrBase";
    case Register.Cpl:
      return "cpl";
    default:
      return "?";
  }
}
