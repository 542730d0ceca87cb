// Lengths of intercepted instructions, for processors that do not save the next RIP

import { peek64 } from "../../../../bsl/src/memory";
import { VMCB_EXITCODE, VMCB_EXITINFO2, VMCB_NRIP, VMCB_RIP } from "./vmcb";

const EXIT_RDTSC: u64 = 0x6e;
const EXIT_RDPMC: u64 = 0x6f;
const EXIT_CPUID: u64 = 0x72;
const EXIT_INVD: u64 = 0x76;
const EXIT_PAUSE: u64 = 0x77;
const EXIT_HLT: u64 = 0x78;
const EXIT_IOIO: u64 = 0x7b;
const EXIT_MSR: u64 = 0x7c;
const EXIT_VMRUN: u64 = 0x80;
const EXIT_SKINIT: u64 = 0x86;
const EXIT_RDTSCP: u64 = 0x87;
const EXIT_WBINVD: u64 = 0x89;
const EXIT_MONITOR: u64 = 0x8a;
const EXIT_MWAIT_CONDITIONAL: u64 = 0x8c;
const EXIT_XSETBV: u64 = 0x8d;

/**
 * The address behind the instruction that a VMCB (in the direct map) exited for. Exact for what compilers emit: a
 * prefix is not counted. `nripSaved` says that the processor wrote nRIP. The present RIP where the exit has no
 * instruction of known length.
 */
export function nextRip(vmcb: u64, nripSaved: bool): u64 {
  const rip = peek64(vmcb + VMCB_RIP);
  const exit = peek64(vmcb + VMCB_EXITCODE);
  if (nripSaved) {
    const next = peek64(vmcb + VMCB_NRIP);
    return next != 0 ? next : rip;
  }
  // The exit that pays for speed comes first
  if (exit == EXIT_CPUID) return rip + 2;
  if (exit == EXIT_IOIO) return peek64(vmcb + VMCB_EXITINFO2);
  if (exit == EXIT_MSR || exit == EXIT_RDTSC || exit == EXIT_RDPMC) return rip + 2;
  if (exit == EXIT_INVD || exit == EXIT_WBINVD || exit == EXIT_PAUSE) return rip + 2;
  if (exit == EXIT_HLT) return rip + 1;
  if (exit >= EXIT_VMRUN && exit <= EXIT_SKINIT) return rip + 3;
  if (exit == EXIT_RDTSCP || exit == EXIT_XSETBV) return rip + 3;
  if (exit >= EXIT_MONITOR && exit <= EXIT_MWAIT_CONDITIONAL) return rip + 3;
  return rip;
}
