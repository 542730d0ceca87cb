// SYSCALL and SYSRET on the guest's behalf (APM volume 3)
//
// STAR: bits 47:32 selector of the kernel's CS, SS behind it; bits 63:48 that of the programs' 32-bit CS, SS 8 and the
// 64-bit CS 16 bytes behind it.

import { ATTRIBUTE_LONG, guest, guestWord, isIntel, Register } from "@bareflank/sdk";

const SYSCALL: u64 = 0x050f;
const SYSRET: u64 = 0x070f;
const SYSRET_64: u64 = 0x070f48;
const SYSCALL_BYTES: u64 = 2;

const RFLAGS_ALWAYS: u64 = 0x2;
const RFLAGS_RF: u64 = 1 << 16;
/** What SYSRET takes from R11: everything but RF, VM and what is reserved. */
const RFLAGS_FROM_R11: u64 = 0x3c7fd7;

const USER: u64 = 3;
/** Attributes of flat segments, in the SDK's order, which is the VMCB's (APM volume 2, 15.5.1). */
const CODE_64: u64 = 0xa9b;
const DATA: u64 = 0xc93;
const USER_CODE_64: u64 = 0xafb;
const USER_CODE_32: u64 = 0xcfb;
const USER_DATA: u64 = 0xcf3;
const LIMIT: u64 = 0xffff_ffff;

/** Whether the guest is at a SYSCALL. Intel's processors have it in 64-bit code only. */
export function isSyscall(): bool {
  if (isIntel() && (guest.vs.get(Register.CsAttrib) & ATTRIBUTE_LONG) == 0) return false;
  return (guestWord(guest.rip, 0) & 0xffff) == SYSCALL;
}

/** Whether the guest's kernel is at a SYSRET. */
export function isSysret(): bool {
  if (guest.privilege != 0) return false;
  const bytes = guestWord(guest.rip, 0);
  return (bytes & 0xffff) == SYSRET || (bytes & 0xff_ffff) == SYSRET_64;
}

/** Enters the guest's kernel. */
export function syscall(): void {
  const isLong = (guest.vs.get(Register.CsAttrib) & ATTRIBUTE_LONG) != 0;
  const flags = guest.rflags;
  guest.rcx = guest.rip + SYSCALL_BYTES;
  guest.r11 = flags & ~RFLAGS_RF;
  guest.rip = guest.vs.get(isLong ? Register.Lstar : Register.Cstar);
  guest.rflags = (flags & ~guest.vs.get(Register.Sfmask) & ~RFLAGS_RF) | RFLAGS_ALWAYS;
  const selector = (guest.vs.get(Register.Star) >> 32) & 0xfffc;
  loadSegments(selector, CODE_64, selector + 8, DATA, 0);
}

/** Returns to the program. */
export function sysret(): void {
  const is64 = (guestWord(guest.rip, 0) & 0xff_ffff) == SYSRET_64;
  guest.rflags = (guest.r11 & RFLAGS_FROM_R11) | RFLAGS_ALWAYS;
  guest.rip = is64 ? guest.rcx : guest.rcx & 0xffff_ffff;
  const selector = guest.vs.get(Register.Star) >> 48;
  const code = is64 ? selector + 16 : selector;
  loadSegments(code | USER, is64 ? USER_CODE_64 : USER_CODE_32, (selector + 8) | USER, USER_DATA, USER);
}

function loadSegments(code: u64, codeAttributes: u64, stack: u64, stackAttributes: u64, privilege: u64): void {
  const vs = guest.vs;
  vs.set(Register.CsSelector, code);
  vs.set(Register.CsAttrib, codeAttributes);
  vs.set(Register.CsLimit, LIMIT);
  vs.set(Register.CsBase, 0);
  vs.set(Register.SsSelector, stack);
  vs.set(Register.SsAttrib, stackAttributes);
  vs.set(Register.SsLimit, LIMIT);
  vs.set(Register.SsBase, 0);
  vs.set(Register.Cpl, privilege);
}
