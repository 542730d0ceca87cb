// VM exits on AMD: what has to be done before the extension hears of one, and which it does not hear of

import { MAP_READS, MAP_WRITES } from "../../../../abi/generated/bare/objects";
import { PP_BLOCK_PLAIN_EXIT, PP_BLOCK_VMCB_VIRTUAL } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek8, peek64 } from "../../../../bsl/src/memory";
import { isDoor, serveDoor } from "../../../src/door";
import { callVmexit, runAgain, runAgainAdvanced } from "../../../src/life-cycle";
import { isGuarded, showMore } from "../../../src/nested/guard";
import { activeVs, block64 } from "../../../src/pp";
import { countExit } from "../../../src/statistics";
import { Vs } from "../../../src/vs";
import { refuseEntry } from "../refusal";
import { secureExit } from "../speculation";
import { keepFlush } from "./address-space";
import { ASKED_MSRPM } from "./asked";
import { askedVector, FIRST_VECTOR, LAST_VECTOR } from "./confinement";
import { raiseAgain, raiseFault, redeliver, VECTOR_AC, VECTOR_DB, VECTOR_GP, VECTOR_UD } from "./events";
import { guestMsrValue, readGuestMsr, writeGuestMsr } from "./guest-msrs";
import { isAskedFor } from "./msr-map";
import { EXIT_IRET, EXIT_NMI, serveNmi } from "./nmi";
import { tellCr4, tellExit } from "./told";
import { VMCB_CPL, VMCB_EXITINFO1, VMCB_EXITINFO2 } from "./vmcb";

/** VMEXIT_INVALID (APM volume 2, appendix C), -1: the processor refused the VMCB. QEMU writes its lower half only. */
const EXIT_INVALID: u32 = 0xffff_ffff;

/** Exit codes (appendix C): 32 times the intercept vector, plus the bit. */
const EXIT_DB: u32 = 0x41;
const EXIT_AC: u32 = 0x51;
const EXIT_RDPMC: u32 = 0x6f;
const EXIT_CPUID: u32 = 0x72;
const EXIT_INVD: u32 = 0x76;
const EXIT_INVLPGA: u32 = 0x7a;
const EXIT_IOIO: u32 = 0x7b;
const EXIT_MSR: u32 = 0x7c;
const EXIT_VMMCALL: u32 = 0x81;
const EXIT_VMLOAD: u32 = 0x82;
const EXIT_SKINIT: u32 = 0x86;
const EXIT_WBINVD: u32 = 0x89;
const EXIT_RDPRU: u32 = 0x8e;
const EXIT_NESTED_PAGE_FAULT: u32 = 0x400;

/** What has been done about an exit that the extension did not ask for: nothing, an exception, the instruction. */
const DELIVER: u32 = 0;
const RAISED: u32 = 1;
const SKIP: u32 = 2;

/** Places of RAX, RCX and RDX among a VS's general registers. */
const RAX: u32 = 0;
const RCX: u32 = 2;
const RDX: u32 = 3;

/** The active VS exited. Result: ACTION_*. */
export function enterVmexit(reason: u64): u32 {
  // The exit that pays for speed is asked for, or the VS would not have made it
  if (reason != block64(PP_BLOCK_PLAIN_EXIT)) return otherExit(reason);
  countExit(EXIT_CPUID);
  tellCr4(block64(PP_BLOCK_VMCB_VIRTUAL));
  return callVmexit(EXIT_CPUID);
}

/** The same on the ways that look. */
export function enterCarefulVmexit(reason: u64): u32 {
  secureExit();
  if (reason != block64(PP_BLOCK_PLAIN_EXIT)) return otherExit(reason);
  countExit(EXIT_CPUID);
  tellCr4(block64(PP_BLOCK_VMCB_VIRTUAL));
  return callVmexit(EXIT_CPUID);
}

/**
 * Any other exit, or all while CPUID may fault (cpuid-faulting.ts). Exported from the module, so that no compiler puts it
 * into the way of the first.
 */
export function otherExit(reason: u64): u32 {
  // Beside VMs that have all memory, guests exit for this most: a function that needs no registers saved
  if (<u32>reason == EXIT_NESTED_PAGE_FAULT && !isGuarded(changetype<Vs>(activeVs()))) return deliverExit(reason);
  return rareExit(reason);
}

/** The extension hears of it. */
export function deliverExit(reason: u64): u32 {
  countExit(reason);
  tellExit(block64(PP_BLOCK_VMCB_VIRTUAL));
  return callVmexit(reason);
}

export function rareExit(reason: u64): u32 {
  const vs = changetype<Vs>(activeVs());
  const code = <u32>reason;
  if (code == EXIT_INVALID) {
    keepFlush(vs);
    countExit(reason);
    tellExit(DIRECT_BASE + vs.controlBlock);
    return refuseEntry(vs, reason);
  }
  if (code == EXIT_CPUID && vs.faultsCpuid != 0 && isProgram(vs)) {
    raiseFault(vs, VECTOR_GP);
    return runAgain(vs);
  }
  if (code == EXIT_VMMCALL && !isProgram(vs) && isDoor(vs)) {
    return serveDoor(vs) ? runAgainAdvanced(vs) : runAgain(vs);
  }
  if ((code == EXIT_NMI || code == EXIT_IRET) && serveNmi(vs, code)) return runAgain(vs);
  // What the extension does not hear of, its statistics do not count
  const done = isAsked(vs, code) ? DELIVER : serve(vs, code);
  if (done == SKIP) return runAgainAdvanced(vs);
  return done == RAISED ? runAgain(vs) : deliverExit(reason);
}

/** Whether the extension asked for such an exit. Those that have no bit it did, unless the kernel keeps the nested tables. */
function isAsked(vs: Vs, code: u32): bool {
  const vector = code >> 5;
  if (code == EXIT_NESTED_PAGE_FAULT) return !isGuarded(vs);
  if (vector < FIRST_VECTOR || vector > LAST_VECTOR) return true;
  if (((askedVector(vs, vector) >> (code & 31)) & 1) == 0) return false;
  // A map at an address of the extension's own is its own affair
  if (code != EXIT_MSR || vs.msrMap == 0) return true;
  const access = isMsrWrite(vs) ? MAP_WRITES : MAP_READS;
  return isAskedFor(DIRECT_BASE + vs.asked(ASKED_MSRPM), <u32>vs.readGeneral(RCX), access);
}

/** Does what the VM finds instead of an exit: DELIVER when there is nothing that the kernel could do. */
function serve(vs: Vs, code: u32): u32 {
  if (code == EXIT_MSR) return serveMsr(vs);
  if (code == EXIT_NESTED_PAGE_FAULT) return serveNestedPageFault(vs);
  if (code == EXIT_INVD || code == EXIT_WBINVD) return SKIP;
  if (code == EXIT_IOIO || code == EXIT_RDPMC) raiseFault(vs, VECTOR_GP);
  else if (code == EXIT_DB) raiseAgain(vs, VECTOR_DB);
  else if (code == EXIT_AC) raiseAgain(vs, VECTOR_AC);
  else if (code == EXIT_INVLPGA || code == EXIT_RDPRU || (code >= EXIT_VMMCALL && code <= EXIT_SKINIT)) {
    raiseFault(vs, VECTOR_UD);
  } else return DELIVER;
  return RAISED;
}

/** EXITINFO2 has the guest physical address (APM volume 2, 15.25.6). */
function serveNestedPageFault(vs: Vs): u32 {
  if (showMore(peek64(DIRECT_BASE + vs.controlBlock + VMCB_EXITINFO2))) redeliver(vs);
  else raiseFault(vs, VECTOR_GP);
  return RAISED;
}

/** Whether the VM is not at privilege level 0. */
function isProgram(vs: Vs): bool {
  return peek8(DIRECT_BASE + vs.controlBlock + VMCB_CPL) != 0;
}

function isMsrWrite(vs: Vs): bool {
  return (peek64(DIRECT_BASE + vs.controlBlock + VMCB_EXITINFO1) & 1) != 0;
}

function serveMsr(vs: Vs): u32 {
  const msr = <u32>vs.readGeneral(RCX);
  let done: bool = false;
  if (isMsrWrite(vs)) {
    done = writeGuestMsr(vs, msr, (vs.readGeneral(RDX) << 32) | (vs.readGeneral(RAX) & 0xffff_ffff));
  } else if (readGuestMsr(vs, msr)) {
    vs.writeGeneral(RAX, guestMsrValue() & 0xffff_ffff);
    vs.writeGeneral(RDX, guestMsrValue() >> 32);
    done = true;
  }
  if (done) return SKIP;
  raiseFault(vs, VECTOR_GP);
  return RAISED;
}
